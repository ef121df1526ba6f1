package user

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var _ datasource.DataSourceWithConfigure = (*usersDataSource)(nil)

type usersDataSource struct{ run.DataSource }

// NewUsersDataSource returns the data source kamiwaza_users.
func NewUsersDataSource() datasource.DataSource { return &usersDataSource{} }

type usersDataModel struct {
	OrganizationID types.String      `tfsdk:"organization_id"`
	GroupID        types.String      `tfsdk:"group_id"`
	IsSuperuser    types.Bool        `tfsdk:"is_superuser"`
	IsActive       types.Bool        `tfsdk:"is_active"`
	UsernameRegex  types.String      `tfsdk:"username_regex"`
	EmailRegex     types.String      `tfsdk:"email_regex"`
	InactiveSince  timetypes.RFC3339 `tfsdk:"inactive_since"`
	Users          []userDataModel   `tfsdk:"users"`
	IDs            framework.IDSet   `tfsdk:"ids"`
	Usernames      framework.IDSet   `tfsdk:"usernames"`
}

func (m usersDataModel) Label() string { return "users" }

func (d *usersDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_users"
}

func (d *usersDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	id := []validator.String{framework.UUIDValidator{}}
	resp.Schema = schema.Schema{
		MarkdownDescription: "All users, or those that match all given arguments. Returns an empty list if no user matches.",
		Attributes: map[string]schema.Attribute{
			"organization_id": schema.StringAttribute{
				Optional: true, Validators: id,
				MarkdownDescription: "Only users of the organization with this id, a UUID in lower case.",
			},
			"group_id": schema.StringAttribute{
				Optional: true, Validators: id,
				MarkdownDescription: "Only members of the group with this id, a UUID in lower case.",
			},
			"is_superuser": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Only superusers (`true`), or only others (`false`).",
			},
			"is_active": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Only users who may log in (`true`), or only those who may not (`false`).",
			},
			"username_regex": schema.StringAttribute{
				Optional: true, Validators: []validator.String{framework.RegexValidator{}},
				MarkdownDescription: "Only users whose username matches this regular expression ([RE2](https://github.com/google/re2/wiki/Syntax)). It " +
					"may match anywhere in the name; use `^` and `$` to anchor it.",
			},
			"email_regex": schema.StringAttribute{
				Optional: true, Validators: []validator.String{framework.RegexValidator{}},
				MarkdownDescription: "Only users whose e-mail address matches this regular expression, such as `@example\\\\.com$`.",
			},
			"inactive_since": schema.StringAttribute{
				Optional: true, CustomType: timetypes.RFC3339Type{},
				MarkdownDescription: "Only users whose last login was before this time (RFC 3339), or who never logged in. " +
					"`timeadd(plantimestamp(), \"-2160h\")` returns users who have not logged in for 90 days.",
			},
			"users": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The users, sorted by username.",
				NestedObject:        schema.NestedAttributeObject{Attributes: userDataAttributes()},
			},
			"ids":       framework.NewIDSetDataAttribute("The ids of the users, for `for_each`."),
			"usernames": framework.NewIDSetDataAttribute("The usernames, for `for_each`."),
		},
	}
}

func (d *usersDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	framework.ReadData(ctx, req, resp, func(config usersDataModel) (usersDataModel, error) { return listUsers(ctx, d.Run, config) })
}
