package user

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var (
	_ datasource.DataSourceWithConfigure      = (*usersDataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*usersDataSource)(nil)
)

type usersDataSource struct{ run.DataSource }

// NewUsersDataSource returns the data source kamiwaza_users.
func NewUsersDataSource() datasource.DataSource { return &usersDataSource{} }

type usersDataModel struct {
	usersFilter
	Users     []userDataModel `tfsdk:"users"`
	IDs       framework.IDSet `tfsdk:"ids"`
	Usernames framework.IDSet `tfsdk:"usernames"`
	Missing   framework.IDSet `tfsdk:"missing"`
}

// usersFilter is what users must be like; arguments that are not set ask for nothing.
type usersFilter struct {
	OrganizationID types.String      `tfsdk:"organization_id"`
	GroupID        types.String      `tfsdk:"group_id"`
	IsSuperuser    types.Bool        `tfsdk:"is_superuser"`
	IsActive       types.Bool        `tfsdk:"is_active"`
	Role           types.String      `tfsdk:"role"`
	UsernameRegex  types.String      `tfsdk:"username_regex"`
	EmailRegex     types.String      `tfsdk:"email_regex"`
	InactiveSince  timetypes.RFC3339 `tfsdk:"inactive_since"`
}

func (m usersDataModel) Label() string { return "users" }

func (d *usersDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_users"
}

func (d *usersDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	id := []validator.String{framework.UUIDValidator{}}
	resp.Schema = schema.Schema{
		MarkdownDescription: "All users, or the users that match all given arguments. Returns an empty list if no user matches.",
		Attributes: map[string]schema.Attribute{
			"organization_id": schema.StringAttribute{
				Optional: true, Validators: id,
				MarkdownDescription: "Only users of the organization with this id, a UUID in lower case. Needs the RBAC API (platform 0.3 to 0.6).",
			},
			"group_id": schema.StringAttribute{
				Optional: true, Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
				MarkdownDescription: "Only members of the group with this id.",
			},
			"is_superuser": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Only superusers (`true`), or only users who are not superusers (`false`).",
			},
			"is_active": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Only users who may log in (`true`), or only those who may not (`false`).",
			},
			"role": schema.StringAttribute{
				Optional: true, Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
				MarkdownDescription: "Only users with the platform role of this name, such as `admin`. Needs the gateway API (platform 0.7 and later).",
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
					"`timeadd(plantimestamp(), \"-2160h\")` returns users who have not logged in for 90 days. Needs the RBAC API (platform 0.3 to 0.6).",
			},
			"users": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The users, sorted by username.",
				NestedObject:        schema.NestedAttributeObject{Attributes: userDataAttributes()},
			},
			"ids": framework.NewIDSetDataAttribute("The ids of the users, for `for_each`."),
			"usernames": framework.NewIDSetArgument("Only users with these usernames, each found as by the data source `kamiwaza_user`. A username that no user has is " +
				"not an error: see `missing`. If not set, the usernames of the users, for `for_each`."),
			"missing": framework.NewIDSetDataAttribute("Those of `usernames` that no user on the server has; empty if `usernames` is not set. A user whom another " +
				"argument excludes is not missing."),
		},
	}
}

// ValidateConfig checks the usernames.
func (d *usersDataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	var usernames framework.IDSet
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("usernames"), &usernames)...)
	if usernames.NullElements() > 0 || slices.Contains(usernames.Some(), "") {
		resp.Diagnostics.AddAttributeError(path.Root("usernames"), "Invalid username", "An element of usernames is null or empty.")
	}
}

func (d *usersDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	d.CheckGeneration(ctx, "data.kamiwaza_users", req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	framework.ReadData(ctx, req, resp, func(config usersDataModel) (usersDataModel, error) {
		b, err := backendOf(ctx, d.Run)
		if err != nil {
			return config, err
		}
		users, err := config.list(ctx, b)
		if err != nil {
			return config, err
		}
		named, err := config.named(ctx, d.Run)
		if err != nil {
			return config, err
		}
		config.Users = []userDataModel{}
		var ids, usernames []string
		for _, user := range users {
			if named(user) {
				config.Users = append(config.Users, user)
				ids, usernames = append(ids, user.ID.ValueString()), append(usernames, user.Username.ValueString())
			}
		}
		config.IDs = framework.NewIDSet(ids)
		if config.Usernames.IsNull() {
			config.Usernames = framework.NewIDSet(usernames)
		}
		return config, nil
	})
}

// named returns whether a user is one of the wanted usernames, and notes those that are missing.
func (m *usersDataModel) named(ctx context.Context, in *run.Run) (func(userDataModel) bool, error) {
	m.Missing = framework.NewIDSet(nil)
	if m.Usernames.IsNull() {
		return func(userDataModel) bool { return true }, nil
	}
	lookup, err := in.Lookup(ctx, "user")
	if err != nil {
		return nil, err
	}
	found := map[string]bool{} // by subject id
	var missing []string
	for _, username := range m.Usernames.Known() {
		id, err := lookup.ID(username)
		switch {
		case errors.Is(err, client.ErrNotFound):
			missing = append(missing, username)
		case err != nil:
			return nil, err
		default:
			found[id] = true
		}
	}
	m.Missing = framework.NewIDSet(missing)
	return func(user userDataModel) bool { return found[user.SubjectID.ValueString()] }, nil
}

// list returns the users, sorted by username.
func (m usersFilter) list(ctx context.Context, b backend) ([]userDataModel, error) {
	wanted, err := m.wanted()
	if err != nil {
		return nil, err
	}
	if problem := b.groupIDProblem(m.GroupID.ValueString()); !m.GroupID.IsNull() && problem != "" {
		return nil, fmt.Errorf("invalid id: group_id: %s", problem)
	}
	users, err := b.list(ctx, m.GroupID.ValueString())
	return slices.DeleteFunc(users, func(user userDataModel) bool { return !wanted(user) }), err
}

func (m usersFilter) wanted() (func(userDataModel) bool, error) {
	username, err := regexp.Compile(m.UsernameRegex.ValueString())
	if err != nil {
		return nil, err
	}
	email, err := regexp.Compile(m.EmailRegex.ValueString())
	if err != nil {
		return nil, err
	}
	var since time.Time
	if !m.InactiveSince.IsNull() {
		if since, err = time.Parse(time.RFC3339, m.InactiveSince.ValueString()); err != nil {
			return nil, err
		}
	}
	loggedInSince := func(user userDataModel) bool {
		last, err := time.Parse(time.RFC3339, user.LastLogin.ValueString())
		return err == nil && !last.Before(since) // A user who never logged in has no time.
	}
	return func(user userDataModel) bool {
		return (m.OrganizationID.IsNull() || user.OrganizationID.Equal(m.OrganizationID)) &&
			(m.IsSuperuser.IsNull() || user.IsSuperuser.Equal(m.IsSuperuser)) &&
			(m.IsActive.IsNull() || user.IsActive.Equal(m.IsActive)) &&
			(m.Role.IsNull() || slices.Contains(user.Roles.Some(), m.Role.ValueString())) &&
			username.MatchString(user.Username.ValueString()) &&
			email.MatchString(user.Email.ValueString()) &&
			(m.InactiveSince.IsNull() || !loggedInSince(user))
	}, nil
}
