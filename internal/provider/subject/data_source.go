package subject

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var (
	_ datasource.DataSourceWithConfigure        = (*subjectDataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*subjectDataSource)(nil)
)

type subjectDataSource struct{ run.DataSource }

// NewDataSource returns the data source kamiwaza_subject.
func NewDataSource() datasource.DataSource { return &subjectDataSource{} }

type dataModel struct {
	ID         types.String `tfsdk:"id"`
	Username   types.String `tfsdk:"username"`
	Attributes types.String `tfsdk:"attributes"`
	Grants     []grantData  `tfsdk:"grants"`
	CreatedAt  types.String `tfsdk:"created_at"`
}

type grantData struct {
	Relation        types.String `tfsdk:"relation"`
	ObjectNamespace types.String `tfsdk:"object_namespace"`
	ObjectID        types.String `tfsdk:"object_id"`
}

// Label names the subject.
func (m dataModel) Label() string { return m.label() }

func (d *subjectDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = typeName
}

func (d *subjectDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A subject: a user in Keycloak with attributes. Needs the gateway API (platform 1.0 and later).",
		Attributes: map[string]schema.Attribute{
			"id":         framework.LookupText("The subject id. Set either `id` or `username`."),
			"username":   framework.LookupText("The username."),
			"attributes": framework.ComputedText("The attributes as a JSON object; use `jsondecode`. A list with one element is returned as the element."),
			"grants": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "What the subject was granted.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"relation":         framework.ComputedText("The relation, such as `viewer`."),
					"object_namespace": framework.ComputedText("The namespace of the object, such as `dataset`."),
					"object_id":        framework.ComputedText("The id of the object."),
				}},
			},
			"created_at": framework.ComputedTime("When the subject was created"),
		},
	}
}

// ConfigValidators sees to it that there is one lookup value.
func (d *subjectDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{datasourcevalidator.ExactlyOneOf(path.MatchRoot("id"), path.MatchRoot("username"))}
}

func (d *subjectDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	d.CheckGeneration(ctx, "data."+typeName, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	framework.ReadData(ctx, req, resp, func(config dataModel) (dataModel, error) { return find(ctx, d.Run, config) })
}
