package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
)

var _ datasource.DataSourceWithConfigure = (*roleDataSource)(nil)

type roleDataSource struct{ configuredData }

// NewRoleDataSource returns the data source kamiwaza_role.
func NewRoleDataSource() datasource.DataSource { return &roleDataSource{} }

type roleDataModel struct {
	ID          types.String    `tfsdk:"id"`
	Name        types.String    `tfsdk:"name"`
	Description types.String    `tfsdk:"description"`
	RightIDs    framework.IDSet `tfsdk:"right_ids"`
	CreatedAt   types.String    `tfsdk:"created_at"`
	UpdatedAt   types.String    `tfsdk:"updated_at"`
}

func (m roleDataModel) label() string { return "role " + m.ID.ValueString() }

func roleDataFromAPI(role rbac.Role) (roleDataModel, error) {
	rights, err := directory.RightsOf(role)
	return roleDataModel{
		ID:          types.StringValue(role.ID),
		Name:        types.StringValue(role.Name),
		Description: textOrNull(role.Description),
		RightIDs:    framework.NewIDSet(rights),
		CreatedAt:   framework.Timestamp(role.CreatedAt),
		UpdatedAt:   framework.Timestamp(role.UpdatedAt),
	}, err
}

func (d *roleDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_role"
}

func (d *roleDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A role, by its id, with the rights that it gives. The API cannot look it up by name.",
		Attributes:          namedDataAttributes("role"),
	}
	resp.Schema.Attributes["right_ids"] = framework.NewIDSetDataAttribute("The ids of the role's rights.")
}

func (d *roleDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	readData(ctx, req, resp, func(config roleDataModel) (roleDataModel, error) {
		role, err := d.directory.Roles.Get(ctx, config.ID.ValueString())
		if err != nil {
			return config, err
		}
		return roleDataFromAPI(role)
	})
}
