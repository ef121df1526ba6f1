package named

import (
	"context"
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

// Data is what the data sources of organizations, groups, roles and rights have in common.
type Data struct {
	ID          types.String `tfsdk:"id"`
	Name        types.String `tfsdk:"name"`
	Description types.String `tfsdk:"description"`
	CreatedAt   types.String `tfsdk:"created_at"`
	UpdatedAt   types.String `tfsdk:"updated_at"`
}

// Data are the fields as a data source shows them.
func (f Fields) Data() Data {
	return Data{
		ID:          types.StringValue(f.ID),
		Name:        types.StringValue(f.Name),
		Description: framework.TextOrNull(f.Description),
		CreatedAt:   framework.Timestamp(f.CreatedAt),
		UpdatedAt:   framework.Timestamp(f.UpdatedAt),
	}
}

// DataAttributes are the attributes of Data.
func DataAttributes(noun string) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id":          framework.WantedID(noun),
		"name":        framework.ComputedText(fmt.Sprintf("The name of the %s.", noun)),
		"description": framework.ComputedText(fmt.Sprintf("The description of the %s; null if not set.", noun)),
		"created_at":  framework.ComputedTime(fmt.Sprintf("When the %s was created", noun)),
		"updated_at":  framework.ComputedTime(fmt.Sprintf("When the %s was last changed; null if the server does not return it", noun)),
	}
}

var _ datasource.DataSourceWithConfigure = (*DataSource[DataModel])(nil)

// DataSource is the data source of one noun, whose model is M. It finds objects by their id.
type DataSource[M DataModel] struct {
	run.DataSource

	Noun        string
	Description string
	// Attributes are those that M has besides Data's.
	Attributes map[string]schema.Attribute
	Fetch      func(ctx context.Context, d *directory.Directory, id string) (M, error)
}

// DataModel has Data embedded.
type DataModel interface {
	framework.DataModel
	// WantedID is the id in the configuration.
	WantedID() string
}

// WantedID returns ID.
func (d Data) WantedID() string { return d.ID.ValueString() }

func (d *DataSource[M]) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + d.Noun
}

func (d *DataSource[M]) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := DataAttributes(d.Noun)
	maps.Copy(attributes, d.Attributes)
	resp.Schema = schema.Schema{MarkdownDescription: d.Description, Attributes: attributes}
}

func (d *DataSource[M]) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	framework.ReadData(ctx, req, resp, func(config M) (M, error) { return d.Fetch(ctx, d.Directory, config.WantedID()) })
}
