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
	Note        types.String    `tfsdk:"note"`
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
		MarkdownDescription: "The rights of a user, with the groups and roles that grant each of " +
			"them. Use it in `check` blocks, preconditions and outputs.\n\n" +
			"Inactive users have no rights. The platform decides what superusers may do in addition to the rights of their groups; this is not listed.\n\n" +
			"The data source returns the access at the time it is read. If the same configuration manages the assignments, add them to `depends_on`; otherwise Terraform may " +
			"read it before it applies them.",
		Attributes: map[string]schema.Attribute{
			"user_id": framework.LookupText("The id of the user, a UUID. Exactly one of `user_id` and `username` must be set.", framework.UUIDValidator{}),
			"username": framework.LookupText("The username. If no user has exactly this name, a user whose name differs only in upper and lower case " +
				"is returned."),
			"is_active":    schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the user may log in. If not, the user has no rights."},
			"is_superuser": schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the user is a superuser, who may do everything."},
			"rights": framework.NewIDSetDataAttribute("The names of the user's rights, for conditions such as `contains(data.kamiwaza_user_access.ada.rights, \"models.deploy\")`. " +
				"Names are not always unique; `grants` contains the ids."),
			"grants": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The rights of the user, sorted by name. Rights with the same name are listed separately.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"right_id":   framework.ComputedText("The id of the right."),
					"right_name": framework.ComputedText("The name of the right."),
					"paths":      pathsAttribute("the user"),
				}},
			},
			"note": framework.ComputedText("A note if the user is inactive or a superuser; otherwise null."),
		},
	}
}

func (d *userAccessDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{
		datasourcevalidator.ExactlyOneOf(path.MatchRoot("user_id"), path.MatchRoot("username")),
	}
}

func (d *userAccessDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	framework.ReadData(ctx, req, resp, func(config userAccessModel) (userAccessModel, error) { return accessOf(ctx, d.Run, config) })
}
