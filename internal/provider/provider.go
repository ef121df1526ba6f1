// Package provider is the Terraform side: schemas, plans and state. What the service is asked goes through
// internal/directory.
package provider

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/connection"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/english"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/access"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/assignment"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/attribute"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/grant"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/group"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/groupmapping"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/identityprovider"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/invitation"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/organization"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/right"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/role"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/session"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/subject"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/user"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/workroom"
)

var (
	_ provider.ProviderWithActions            = (*kamiwazaProvider)(nil)
	_ provider.ProviderWithEphemeralResources = (*kamiwazaProvider)(nil)
	_ provider.ProviderWithFunctions          = (*kamiwazaProvider)(nil)
	_ provider.ProviderWithListResources      = (*kamiwazaProvider)(nil)
	_ provider.ProviderWithValidateConfig     = (*kamiwazaProvider)(nil)
)

// New returns a constructor of the provider, as the plugin framework's server wants it. The version goes into the
// User-Agent.
func New(version string, options ...Option) func() provider.Provider {
	return func() provider.Provider {
		p := &kamiwazaProvider{version: version}
		for _, option := range options {
			option(p)
		}
		return p
	}
}

// Option changes a provider; tests need some.
type Option func(*kamiwazaProvider)

// WithClock gives the client a clock, and a way to pause, of the caller's.
func WithClock(now func() time.Time, sleep func(context.Context, time.Duration) error) Option {
	return func(p *kamiwazaProvider) { p.now, p.sleep = now, sleep }
}

type kamiwazaProvider struct {
	version string
	// now and sleep stand in for the client's clock and pauses; nil means the real ones.
	now   func() time.Time
	sleep func(context.Context, time.Duration) error
}

func (p *kamiwazaProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName, resp.Version = "kamiwaza", p.version
}

func (p *kamiwazaProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		organization.NewResource,
		user.NewResource,
		group.NewResource,
		role.NewResource,
		right.NewResource,
		assignment.NewGroupMemberResource,
		assignment.NewGroupRoleResource,
		assignment.NewRoleRightResource,
		assignment.NewGroupMembersResource,
		assignment.NewUserGroupsResource,
		assignment.NewGroupRolesResource,
		assignment.NewRoleRightsResource,
		grant.NewRelationshipTupleResource,
		grant.NewResourceGrantResource,
		grant.NewResourceGrantsResource,
		identityprovider.NewResource,
		groupmapping.NewResource,
		subject.NewResource,
		attribute.NewResource,
		workroom.NewResource,
		workroom.NewMemberResource,
		workroom.NewMembersResource,
		session.NewPersonalAccessTokenResource,
	}
}

func (p *kamiwazaProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		organization.NewDataSource,
		user.NewDataSource,
		user.NewUsersDataSource,
		group.NewDataSource,
		group.NewGroupsDataSource,
		role.NewDataSource,
		right.NewDataSource,
		access.NewUserAccessDataSource,
		access.NewRightHoldersDataSource,
		user.NewCurrentUserDataSource,
		access.NewCurrentPermissionsDataSource,
		grant.NewRelationshipTuplesDataSource,
		grant.NewResourceAccessDataSource,
		grant.NewAccessibleResourcesDataSource,
		grant.NewAccessCheckDataSource,
		identityprovider.NewDataSource,
		groupmapping.NewDataSource,
		subject.NewDataSource,
		attribute.NewDataSource,
		workroom.NewDataSource,
		workroom.NewWorkroomsDataSource,
		workroom.NewMembersDataSource,
		session.NewPersonalAccessTokensDataSource,
		session.NewPATConfigDataSource,
	}
}

func (p *kamiwazaProvider) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{session.NewAccessTokenEphemeral, session.NewPersonalAccessTokenEphemeral}
}

func (p *kamiwazaProvider) Actions(context.Context) []func() action.Action {
	return []func() action.Action{user.NewResetPasswordAction, user.NewPurgeSessionsAction, user.NewLockUserAction, workroom.NewTransferOwnershipAction, invitation.NewAction}
}

func (p *kamiwazaProvider) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{
		organization.NewListResource,
		user.NewListResource,
		group.NewListResource,
		role.NewListResource,
		right.NewListResource,
		assignment.NewGroupMemberListResource,
		assignment.NewGroupRoleListResource,
		assignment.NewRoleRightListResource,
		assignment.NewGroupMembersListResource,
		assignment.NewUserGroupsListResource,
		assignment.NewGroupRolesListResource,
		assignment.NewRoleRightsListResource,
		grant.NewRelationshipTupleListResource,
		grant.NewResourceGrantListResource,
		grant.NewResourceGrantsListResource,
		identityprovider.NewListResource,
		groupmapping.NewListResource,
		attribute.NewListResource,
		workroom.NewListResource,
		workroom.NewMemberListResource,
		workroom.NewMembersListResource,
		session.NewPersonalAccessTokenListResource,
	}
}

func (p *kamiwazaProvider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{assignment.NewAssignmentsFunction, assignment.NewParseIDFunction}
}

func (p *kamiwazaProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Manages access to the Kamiwaza AI platform: users, groups, roles, rights, organizations and the assignments " +
			"between them; grants, workrooms, identity providers and personal access tokens. Supports platform 0.3 to 0.6 (RBAC API) and 0.7 and later (gateway API).\n\n" +
			"You can also set each argument as an environment variable. The configuration takes precedence.",
		Attributes: settingAttributes(),
	}
}

// ValidateConfig finds what is wrong with the configuration alone; Configure checks it together with the environment.
func (p *kamiwazaProvider) ValidateConfig(_ context.Context, req provider.ValidateConfigRequest, resp *provider.ValidateConfigResponse) {
	report(connection.CheckArguments(argumentsOf(req.Config, &resp.Diagnostics)), &resp.Diagnostics)
}

func (p *kamiwazaProvider) Configure(_ context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	config, problems := connection.Resolve(argumentsOf(req.Config, &resp.Diagnostics))
	report(problems, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	if len(config.Unknown) > 0 {
		// Values from resources that are yet to be created are no error: a plan that only creates needs no call.
		p.share(newRun(client.Unavailable(fmt.Errorf("the provider's configuration is not known yet, because these arguments depend on resources that do not exist yet"+
			": %s. Create those resources first (terraform apply -target=ADDRESS), or set the arguments "+
			"directly", strings.Join(config.Unknown, ", "))), config), resp)
		return
	}
	warnOfPlainHTTP(config.Client.BaseURL, &resp.Diagnostics)
	config.Client.UserAgent = fmt.Sprintf("terraform-provider-kamiwaza/%s (+Terraform/%s)", p.version, req.TerraformVersion)
	config.Client.OnAttempt, config.Client.Now, config.Client.Sleep = logAttempt, p.now, p.sleep
	c, err := client.New(config.Client)
	if err != nil {
		resp.Diagnostics.AddError("Invalid provider configuration", english.Capitalize(err.Error())+".")
		return
	}
	p.share(newRun(c, config), resp)
}

func (p *kamiwazaProvider) share(r *run.Run, resp *provider.ConfigureResponse) {
	resp.ResourceData, resp.DataSourceData, resp.ListResourceData, resp.EphemeralResourceData, resp.ActionData = r, r, r, r, r
}

// newRun connects the run to the platform, whose generation is found out before the first call.
func newRun(c *client.Client, config connection.Configuration) *run.Run {
	platform := connection.New(c, config)
	return run.New(run.Config{
		Client:           c,
		Directory:        platform.Directory,
		Gateway:          platform.Gateway,
		Generation:       platform.Generation,
		GenerationOnce:   platform.GenerationOnce,
		AllowSelfLockout: config.AllowSelfLockout,
	})
}

func logAttempt(ctx context.Context, attempt client.Attempt) {
	tflog.Debug(ctx, "AuthService request", map[string]any{
		"method": attempt.Method, "path": attempt.Path, "status": attempt.Status, "duration_ms": attempt.Duration.Milliseconds(),
	})
}
