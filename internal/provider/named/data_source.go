package named

import (
	"context"
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
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
		"id":          framework.ComputedText(fmt.Sprintf("The id of the %s.", noun)),
		"name":        framework.ComputedText(fmt.Sprintf("The name of the %s.", noun)),
		"description": framework.ComputedText(fmt.Sprintf("The description of the %s; null if not set.", noun)),
		"created_at":  framework.ComputedTime(fmt.Sprintf("When the %s was created", noun)),
		"updated_at":  framework.ComputedTime(fmt.Sprintf("When the %s was last changed; null if the server does not return it", noun)),
	}
}

// foundIf says which objects the RBAC API finds by name, by noun.
var foundIf = map[string]string{
	"organization": "The RBAC API can only list users, so an organization is only found by name if it has users.",
	"group":        "The RBAC API can only list users, so it only finds groups with members by name.",
	"role":         "The RBAC API can only list users, so a role is only found by name if a group with members has it.",
	"right":        "The RBAC API can only list users, so a right is only found by name if a user has it.",
}

// LookupAttributes are the attributes of Data by which data sources find an object.
func LookupAttributes(noun string) map[string]schema.Attribute {
	id := framework.LookupText(fmt.Sprintf("The id of the %s, a UUID. Exactly one of `id` and `name` must be set.", noun), framework.UUIDValidator{})
	if noun == "group" { // The gateway API has other ids.
		id = framework.LookupText("The id of the group. Exactly one of `id` and `name` must be set.")
	}
	return map[string]schema.Attribute{
		"id": id,
		"name": framework.LookupText(fmt.Sprintf("The name of the %[1]s, which must match exactly. If several %[1]ss have it, the data source returns an error "+
			"that lists them. %[2]s", noun, foundIf[noun])),
	}
}

// LookupValidators require exactly one of them.
func LookupValidators() []datasource.ConfigValidator {
	return []datasource.ConfigValidator{datasourcevalidator.ExactlyOneOf(path.MatchRoot("id"), path.MatchRoot("name"))}
}

// Find returns the id of the object that a configuration names.
func (d Data) Find(ctx context.Context, r *run.Run, noun string) (string, error) {
	if d.ID.IsNull() {
		return r.IDByName(ctx, noun, d.Name.ValueString())
	}
	return d.ID.ValueString(), nil
}

// Wanted is how messages name what a configuration looks for.
func (d Data) Wanted(noun string) string {
	if d.ID.IsNull() {
		return fmt.Sprintf("%s %q", noun, d.Name.ValueString())
	}
	return noun + " " + d.ID.ValueString()
}

var (
	_ datasource.DataSourceWithConfigure        = (*DataSource[DataModel])(nil)
	_ datasource.DataSourceWithConfigValidators = (*DataSource[DataModel])(nil)
)

// DataSource is the data source of one noun, whose model is M. It finds objects by their id or name.
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
	// Find returns the id of the object that the configuration names.
	Find(ctx context.Context, r *run.Run, noun string) (string, error)
}

func (d *DataSource[M]) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + d.Noun
}

func (d *DataSource[M]) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := DataAttributes(d.Noun)
	maps.Copy(attributes, LookupAttributes(d.Noun))
	maps.Copy(attributes, d.Attributes)
	resp.Schema = schema.Schema{MarkdownDescription: d.Description, Attributes: attributes}
}

// ConfigValidators requires an id or a name.
func (d *DataSource[M]) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return LookupValidators()
}

func (d *DataSource[M]) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	framework.ReadData(ctx, req, resp, func(config M) (M, error) {
		id, err := config.Find(ctx, d.Run, d.Noun)
		if err != nil {
			return config, err
		}
		return d.Fetch(ctx, d.Directory, id)
	})
}
