package user

import (
	"context"
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var (
	_ datasource.DataSourceWithConfigure        = (*userDataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*userDataSource)(nil)
)

type userDataSource struct{ run.DataSource }

// NewDataSource returns the data source kamiwaza_user.
func NewDataSource() datasource.DataSource { return &userDataSource{} }

type userDataModel struct {
	ID             types.String    `tfsdk:"id"`
	SubjectID      types.String    `tfsdk:"subject_id"`
	Username       types.String    `tfsdk:"username"`
	Email          types.String    `tfsdk:"email"`
	FullName       types.String    `tfsdk:"full_name"`
	OrganizationID types.String    `tfsdk:"organization_id"`
	IsSuperuser    types.Bool      `tfsdk:"is_superuser"`
	IsActive       types.Bool      `tfsdk:"is_active"`
	ExternalID     types.String    `tfsdk:"external_id"`
	Roles          framework.IDSet `tfsdk:"roles"`
	IsExternal     types.Bool      `tfsdk:"is_external"`
	GroupIDs       framework.IDSet `tfsdk:"group_ids"`
	CreatedAt      types.String    `tfsdk:"created_at"`
	UpdatedAt      types.String    `tfsdk:"updated_at"`
	LastLogin      types.String    `tfsdk:"last_login"`
}

func (m userDataModel) Label() string {
	switch {
	case !m.Username.IsNull():
		return fmt.Sprintf("user %q", m.Username.ValueString())
	case !m.SubjectID.IsNull():
		return fmt.Sprintf("user with the subject id %q", m.SubjectID.ValueString())
	case !m.Email.IsNull():
		return fmt.Sprintf("user with the e-mail address %q", m.Email.ValueString())
	}
	return "user " + m.ID.ValueString()
}

// userDataAttributes are what the server tells of a user.
func userDataAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id":              framework.ComputedText("The id of the user, a UUID."),
		"subject_id":      framework.ComputedText("The id by which groups, grants and tokens know the user; with the RBAC API the same as `id`."),
		"username":        framework.ComputedText("The username, as stored on the server."),
		"email":           framework.ComputedText("The e-mail address; null if there is none."),
		"full_name":       framework.ComputedText("The display name; null if not set."),
		"organization_id": framework.ComputedText("The id of the user's organization; null if the user is in none, and with the gateway API."),
		"is_superuser":    schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the user may do everything. With the gateway API, see `roles`."},
		"is_active":       schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the user may log in."},
		"is_external":     schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the user comes from an identity provider; null with the RBAC API."},
		"external_id":     framework.ComputedText("The id of the user in another system; null if not set."),
		"roles":           framework.NewIDSetDataAttribute("The names of the user's platform roles; null with the RBAC API."),
		"group_ids": framework.NewIDSetDataAttribute("The ids of the groups that the user is in; null with the gateway API, which lists groups' members " +
			"alone: see `kamiwaza_group`."),
		"created_at": framework.ComputedTime("When the user was created"),
		"updated_at": framework.ComputedTime("When the user was last changed; null if the server does not return it"),
		"last_login": framework.ComputedText("When the user last logged in, in UTC (RFC 3339); null if never, and with the gateway API. For the user the " +
			"provider authenticates as, it changes in every run."),
	}
}

func (d *userDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_user"
}

func (d *userDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := userDataAttributes()
	maps.Copy(attributes, map[string]schema.Attribute{
		"id":         framework.LookupText("The id of the user, a UUID. Exactly one of `id`, `subject_id`, `username` and `email` must be set.", framework.UUIDValidator{}),
		"subject_id": framework.LookupText("The id by which groups, grants and tokens know the user; with the RBAC API the same as `id`."),
		"username": framework.LookupText("The username. If no user has exactly this name, a user whose name differs only in upper and lower case " +
			"is returned."),
		"email": framework.LookupText("The e-mail address, compared in the same way. If several users have it, the data source returns an error that lists them."),
	})
	resp.Schema = schema.Schema{
		MarkdownDescription: "A user, by id, subject id, username or e-mail address. It includes attributes that change on their own and are not part of the resource: the " +
			"groups, the last change and the last login.",
		Attributes: attributes,
	}
}

func (d *userDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{
		datasourcevalidator.ExactlyOneOf(path.MatchRoot("id"), path.MatchRoot("subject_id"), path.MatchRoot("username"), path.MatchRoot("email")),
	}
}

func (d *userDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	framework.ReadData(ctx, req, resp, func(config userDataModel) (userDataModel, error) {
		b, err := backendOf(ctx, d.Run)
		if err != nil {
			return config, err
		}
		return b.find(ctx, config)
	})
}
