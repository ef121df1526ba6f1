// Package access is the audits: data sources about who may do what, and why.
package access

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var (
	_ datasource.DataSourceWithConfigure        = (*userAccessDataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*userAccessDataSource)(nil)
)

type userAccessDataSource struct{ run.DataSource }

// NewUserAccessDataSource returns the data source kamiwaza_user_access.
func NewUserAccessDataSource() datasource.DataSource { return &userAccessDataSource{} }

type userAccessModel struct {
	UserID      types.String    `tfsdk:"user_id"`
	Username    types.String    `tfsdk:"username"`
	IsActive    types.Bool      `tfsdk:"is_active"`
	IsSuperuser types.Bool      `tfsdk:"is_superuser"`
	Rights      framework.IDSet `tfsdk:"rights"`
	Grants      []grantModel    `tfsdk:"grants"`
	Roles       framework.IDSet `tfsdk:"roles"`
	Groups      []groupModel    `tfsdk:"groups"`
	Relations   []relationModel `tfsdk:"relations"`
	Workrooms   []roomModel     `tfsdk:"workrooms"`
	Note        types.String    `tfsdk:"note"`
}

// groupModel, relationModel and roomModel are what a user has with the gateway API.
type groupModel struct {
	ID   types.String `tfsdk:"id"`
	Name types.String `tfsdk:"name"`
}

type relationModel struct {
	Relation        types.String `tfsdk:"relation"`
	ObjectNamespace types.String `tfsdk:"object_namespace"`
	ObjectID        types.String `tfsdk:"object_id"`
	Paths           []wayModel   `tfsdk:"paths"`
}

type wayModel struct {
	Via       types.String `tfsdk:"via"`
	GroupID   types.String `tfsdk:"group_id"`
	GroupName types.String `tfsdk:"group_name"`
	RoleName  types.String `tfsdk:"role_name"`
	Effective types.Bool   `tfsdk:"effective"`
}

type roomModel struct {
	ID   types.String `tfsdk:"id"`
	Name types.String `tfsdk:"name"`
	Role types.String `tfsdk:"role"`
}

type grantModel struct {
	RightID   types.String `tfsdk:"right_id"`
	RightName types.String `tfsdk:"right_name"`
	Paths     []pathModel  `tfsdk:"paths"`
}

type pathModel struct {
	GroupID   types.String `tfsdk:"group_id"`
	GroupName types.String `tfsdk:"group_name"`
	RoleID    types.String `tfsdk:"role_id"`
	RoleName  types.String `tfsdk:"role_name"`
}

func (m userAccessModel) Label() string {
	if m.UserID.IsNull() {
		return fmt.Sprintf("user %q", m.Username.ValueString())
	}
	return "user " + m.UserID.ValueString()
}

func pathsFromDirectory(paths []directory.Path) []pathModel {
	models := make([]pathModel, len(paths))
	for i, path := range paths {
		models[i] = pathModel{
			GroupID:   types.StringValue(path.Group.ID),
			GroupName: types.StringValue(path.Group.Name),
			RoleID:    types.StringValue(path.Role.ID),
			RoleName:  types.StringValue(path.Role.Name),
		}
	}
	return models
}

func pathsAttribute(subject string) schema.ListNestedAttribute {
	return schema.ListNestedAttribute{
		Computed: true,
		MarkdownDescription: fmt.Sprintf("Each group of %s and each of its roles that grants this right, sorted by the names of "+
			"group and role. The user loses the right only if all of them are removed.", subject),
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"group_id":   framework.ComputedText("The id of the group."),
			"group_name": framework.ComputedText("The name of the group."),
			"role_id":    framework.ComputedText("The id of the role."),
			"role_name":  framework.ComputedText("The name of the role."),
		}},
	}
}

func (d *userAccessDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_user_access"
}

func (d *userAccessDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The access of a user, with the ways in which the user gets it: with the RBAC API (platform 0.3 to 0.6), the rights, and the groups and " +
			"roles that grant each of them; with the gateway API (platform 0.7 and later), the platform roles, groups, relations to objects, and workrooms. Use it in " +
			"`check` blocks, preconditions and outputs.\n\n" +
			"With the RBAC API, inactive users have no rights. The platform decides what superusers may do in addition to the rights of their groups; this is not listed.\n\n" +
			"The data source returns the access at the time it is read. If the same configuration manages the assignments, add them to `depends_on`; otherwise Terraform may " +
			"read it before it applies them.",
		Attributes: map[string]schema.Attribute{
			"user_id": framework.LookupText("The id of the user, a UUID (with the gateway API, the attribute `id` of `kamiwaza_user`, not `subject_id`). Exactly one of `user_id` and `username` must be set.", framework.UUIDValidator{}),
			"username": framework.LookupText("The username. If no user has exactly this name, a user whose name differs only in upper and lower case " +
				"is returned."),
			"is_active":    schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the user may log in. If not, the user has no rights."},
			"is_superuser": schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the user is a superuser, who may do everything; with the gateway API, whether the user has the platform role `admin`."},
			"rights": framework.NewIDSetDataAttribute("The names of the user's rights; null with the gateway API. For conditions such as `contains(data.kamiwaza_user_access.ada.rights, \"models.deploy\")`. " +
				"Names are not always unique; `grants` contains the ids."),
			"grants": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The rights of the user, sorted by name; null with the gateway API. Rights with the same name are listed separately.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"right_id":   framework.ComputedText("The id of the right."),
					"right_name": framework.ComputedText("The name of the right."),
					"paths":      pathsAttribute("the user"),
				}},
			},
			"roles": framework.NewIDSetDataAttribute("The names of the platform roles of the user; null with the RBAC API."),
			"groups": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "The groups of the user, sorted by name; null with the RBAC API, and if the platform has no groups.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"id":   framework.ComputedText("The id of the group."),
					"name": framework.ComputedText("The name of the group."),
				}},
			},
			"relations": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "The relations of the user to objects, by tuples and grants in the default tenant, sorted by object; null with the RBAC API, and " +
					"if ReBAC is switched off.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"relation":         framework.ComputedText("The relation, such as `viewer`."),
					"object_namespace": framework.ComputedText("The namespace of the object, such as `dataset`."),
					"object_id":        framework.ComputedText("The id of the object."),
					"paths": schema.ListNestedAttribute{
						Computed: true, MarkdownDescription: "The ways in which the user has the relation.",
						NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
							"via":        framework.ComputedText("`user` if the relation was given to the user, `group` or `role` if to a group or a platform role of the user."),
							"group_id":   framework.ComputedText("The id of the group; otherwise null."),
							"group_name": framework.ComputedText("The name of the group; otherwise null."),
							"role_name":  framework.ComputedText("The name of the platform role; otherwise null."),
							"effective": schema.BoolAttribute{
								Computed: true, MarkdownDescription: "Whether this way gives access: `false` for a group if the platform does not expand groups; null if it does not tell.",
							},
						}},
					},
				}},
			},
			"workrooms": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "The workrooms of the user, sorted by name: those that the user owns and, of the workrooms whose members the provider may read, " +
					"those that the user is a member of; null with the RBAC API, and if the platform has no workrooms.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"id":   framework.ComputedText("The id of the workroom."),
					"name": framework.ComputedText("The name of the workroom."),
					"role": framework.ComputedText("The role of the user: `owner`, `editor` or `viewer`."),
				}},
			},
			"note": framework.ComputedText("A note if the user is inactive or a superuser, or if the platform does not tell all; otherwise null."),
		},
	}
}

func (d *userAccessDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{
		datasourcevalidator.ExactlyOneOf(path.MatchRoot("user_id"), path.MatchRoot("username")),
	}
}

func (d *userAccessDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	framework.ReadData(ctx, req, resp, func(config userAccessModel) (userAccessModel, error) {
		switch generation, err := d.Generation(ctx); {
		case err != nil:
			return config, err
		case generation == run.Gateway:
			return gatewayAccessOf(ctx, d.Run, config)
		}
		return accessOf(ctx, d.Run, config)
	})
}
