package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
)

var _ datasource.DataSourceWithConfigure = (*rightDataSource)(nil)

type rightDataSource struct{ configuredData }

// NewRightDataSource returns the data source kamiwaza_right.
func NewRightDataSource() datasource.DataSource { return &rightDataSource{} }

type rightDataModel struct {
	ID          types.String `tfsdk:"id"`
	Name        types.String `tfsdk:"name"`
	Description types.String `tfsdk:"description"`
	CreatedAt   types.String `tfsdk:"created_at"`
	UpdatedAt   types.String `tfsdk:"updated_at"`
}

func (m rightDataModel) label() string { return "right " + m.ID.ValueString() }

func rightDataFromAPI(right rbac.Right) rightDataModel {
	return rightDataModel{
		ID:          types.StringValue(right.ID),
		Name:        types.StringValue(right.Name),
		Description: textOrNull(right.Description),
		CreatedAt:   framework.Timestamp(right.CreatedAt),
		UpdatedAt:   framework.Timestamp(right.UpdatedAt),
	}
}

func (d *rightDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_right"
}

func (d *rightDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A right, by its id. The API cannot look it up by name. See `kamiwaza_right_holders` for the users who hold it.",
		Attributes:          namedDataAttributes("right"),
	}
}

func (d *rightDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	readData(ctx, req, resp, func(config rightDataModel) (rightDataModel, error) {
		right, err := d.directory.Rights.Get(ctx, config.ID.ValueString())
		return rightDataFromAPI(right), err
	})
}
