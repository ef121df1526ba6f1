// Package provider is the Terraform side: schemas, plans and state. What the service is asked goes through
// internal/directory.
package provider

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
)

var (
	_ provider.ProviderWithEphemeralResources = (*kamiwazaProvider)(nil)
	_ provider.ProviderWithFunctions          = (*kamiwazaProvider)(nil)
	_ provider.ProviderWithValidateConfig     = (*kamiwazaProvider)(nil)
)

// New returns a constructor of the provider, as the plugin framework's server wants it. The version goes into the
// User-Agent.
func New(version string) func() provider.Provider {
	return func() provider.Provider { return &kamiwazaProvider{version: version} }
}

type kamiwazaProvider struct {
	version string
	// now and sleep stand in for the client's clock and pauses in tests; nil means the real ones.
	now   func() time.Time
	sleep func(context.Context, time.Duration) error
}

type providerModel struct {
	BaseURL               types.String `tfsdk:"base_url"`
	APIKey                types.String `tfsdk:"api_key"`
	Username              types.String `tfsdk:"username"`
	Password              types.String `tfsdk:"password"`
	LoginMethod           types.String `tfsdk:"login_method"`
	ClientID              types.String `tfsdk:"client_id"`
	ClientSecret          types.String `tfsdk:"client_secret"`
	Scope                 types.String `tfsdk:"scope"`
	CACertFile            types.String `tfsdk:"ca_cert_file"`
	CACertPEM             types.String `tfsdk:"ca_cert_pem"`
	InsecureSkipVerify    types.Bool   `tfsdk:"insecure_skip_verify"`
	RequestTimeout        types.String `tfsdk:"request_timeout"`
	MaxRetries            types.Int64  `tfsdk:"max_retries"`
	MaxConcurrentRequests types.Int64  `tfsdk:"max_concurrent_requests"`
	Headers               types.Map    `tfsdk:"headers"`
	ReadMode              types.String `tfsdk:"read_mode"`
	AllowSelfLockout      types.Bool   `tfsdk:"allow_self_lockout"`
}

func (p *kamiwazaProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName, resp.Version = "kamiwaza", p.version
}

func (p *kamiwazaProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		NewOrganizationResource,
		NewUserResource,
		NewGroupResource,
		NewRoleResource,
		NewRightResource,
		NewGroupMemberResource,
		NewGroupRoleResource,
		NewRoleRightResource,
		NewGroupMembersResource,
		NewUserGroupsResource,
		NewGroupRolesResource,
		NewRoleRightsResource,
	}
}

func (p *kamiwazaProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		NewOrganizationDataSource,
		NewUserDataSource,
		NewUsersDataSource,
		NewGroupDataSource,
		NewRoleDataSource,
		NewRightDataSource,
		NewUserAccessDataSource,
		NewRightHoldersDataSource,
		NewCurrentUserDataSource,
		NewCurrentPermissionsDataSource,
	}
}

func (p *kamiwazaProvider) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{NewAccessTokenEphemeral}
}

func (p *kamiwazaProvider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{NewAssignmentsFunction, NewParseIDFunction}
}

func (p *kamiwazaProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Keeps access to the Kamiwaza AI platform as code: organizations, users, groups, roles, rights and the " +
			"assignments between them, in the AuthService of platform 0.3 to 0.6.\n\n" +
			"Each argument can also be set in the environment; the configuration takes precedence.",
		Attributes: map[string]schema.Attribute{
			"base_url": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The address of the platform's API, usually ending in `/api`, such as `https://kamiwaza.example.com/api`. " +
					"Required here or as `KAMIWAZA_BASE_URL` (or `KAMIWAZA_BASE_URI`).",
				Validators: []validator.String{baseURL{}},
			},
			"api_key": schema.StringAttribute{
				Optional: true, Sensitive: true,
				MarkdownDescription: "A bearer token to call the API with, instead of `username` and `password`. It is sent unchanged and cannot " +
					"be renewed. Environment: `KAMIWAZA_API_KEY` (or `KAMIWAZA_API_TOKEN`).",
				Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"username": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "The user to log in as; writing needs a superuser. Environment: `KAMIWAZA_USERNAME`.",
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"password": schema.StringAttribute{
				Optional: true, Sensitive: true,
				MarkdownDescription: "The password of `username`. Environment: `KAMIWAZA_PASSWORD`.",
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"login_method": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "How to log in: `token` (the OAuth 2 password grant; the default) or `local` (the platform's local login, which " +
					"sends the password in the query string, where a proxy's access log may keep it). Environment: `KAMIWAZA_LOGIN_METHOD`.",
				Validators: []validator.String{stringvalidator.OneOf(string(client.LoginToken), string(client.LoginLocal))},
			},
			"client_id": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "The OAuth 2 client for `login_method = \"token\"`; only needed if the platform asks for one, and none by default. Environment: `KAMIWAZA_CLIENT_ID`.",
			},
			"client_secret": schema.StringAttribute{
				Optional: true, Sensitive: true,
				MarkdownDescription: "The secret of `client_id`. Environment: `KAMIWAZA_CLIENT_SECRET`.",
			},
			"scope": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "The OAuth 2 scopes to ask for, separated by spaces; none by default. Environment: `KAMIWAZA_SCOPE`.",
			},
			"ca_cert_file": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "A file of PEM certificates to trust in addition to the system's, for a platform with a private certificate " +
					"authority; none by default. Not together with `ca_cert_pem`. Environment: `KAMIWAZA_CA_CERT_FILE`.",
				Validators: []validator.String{stringvalidator.ConflictsWith(path.MatchRoot("ca_cert_pem"))},
			},
			"ca_cert_pem": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "The same as `ca_cert_file`, as a string. Environment: `KAMIWAZA_CA_CERT_PEM`.",
			},
			"insecure_skip_verify": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether to accept any certificate; `false` by default. Anyone who intercepts the connection can then read the credentials; prefer " +
					"`ca_cert_file`. Environment: `KAMIWAZA_VERIFY_SSL` (`false`, `0` or `no` disables the verification).",
			},
			"request_timeout": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: fmt.Sprintf("The timeout of each attempt of a request, such as `45s` or `2m`; `%s` by default. "+
					"Environment: `KAMIWAZA_REQUEST_TIMEOUT`.", client.DefaultRequestTimeout),
				Validators: []validator.String{duration{}},
			},
			"max_retries": schema.Int64Attribute{
				Optional: true,
				MarkdownDescription: fmt.Sprintf("How often a request is repeated after a temporary failure (429, 502, 503, 504 or a broken connection), "+
					"with increasing delays; `%d` by default, `0` for never, at most `20`. A create is only repeated if the server cannot have acted on it. "+
					"Environment: `KAMIWAZA_MAX_RETRIES`.", client.DefaultMaxRetries),
				Validators: []validator.Int64{int64validator.Between(0, 20)},
			},
			"max_concurrent_requests": schema.Int64Attribute{
				Optional: true,
				MarkdownDescription: fmt.Sprintf("The maximum number of concurrent requests, from `1` to `1000`; `%d` by default. Terraform's `-parallelism` "+
					"(10 by default) limits it too. Environment: `KAMIWAZA_MAX_CONCURRENT_REQUESTS`.", client.DefaultMaxConcurrentRequests),
				Validators: []validator.Int64{int64validator.Between(1, 1000)},
			},
			"headers": schema.MapAttribute{
				ElementType: types.StringType,
				Optional:    true, Sensitive: true,
				MarkdownDescription: "Headers to add to each request, for a gateway in front of the platform; none by default. Headers that the provider or the connection sets, such as " +
					"`Authorization`, `Cookie`, `Content-Type`, `Host` and `User-Agent`, are refused, and so are idempotency keys. Environment: `KAMIWAZA_HEADERS` (a JSON object with string values).",
				Validators: []validator.Map{headers{}},
			},
			"read_mode": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "How the objects of one run are read: `shared` (the default) reads each object once, and most users from one " +
					"list; `direct` sends a request for each resource and data source. Environment: `KAMIWAZA_READ_MODE`.",
				Validators: []validator.String{stringvalidator.OneOf(string(directory.Shared), string(directory.Direct))},
			},
			"allow_self_lockout": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether a plan may delete or deactivate the user the provider authenticates as, or remove its superuser flag; " +
					"`false` by default, because later runs could not undo this. Environment: `KAMIWAZA_ALLOW_SELF_LOCKOUT`.",
			},
		},
	}
}

// ValidateConfig finds what is wrong with the configuration alone; Configure checks it together with the environment.
func (p *kamiwazaProvider) ValidateConfig(ctx context.Context, req provider.ValidateConfigRequest, resp *provider.ValidateConfigResponse) {
	var model providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if model.hasTwoLogins() {
		addTwoLogins(&resp.Diagnostics)
	}
}

func (p *kamiwazaProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var model providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if unknown := unknownAttributes(req.Config); len(unknown) > 0 {
		// Values from resources that are yet to be created are no error: a plan that only creates needs no call.
		p.share(newConnection(client.Unavailable(fmt.Errorf("the provider's configuration is not known yet, because objects that are yet to be "+
			"created decide about these arguments: %s. Create those objects first (terraform apply -target=ADDRESS), or set the values "+
			"directly", strings.Join(unknown, ", "))), model, &resp.Diagnostics), resp)
		return
	}
	config := model.resolve(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	warnOfPlainHTTP(config.BaseURL, &resp.Diagnostics)
	config.UserAgent = fmt.Sprintf("terraform-provider-kamiwaza/%s (+Terraform/%s)", p.version, req.TerraformVersion)
	config.OnAttempt, config.Now, config.Sleep = logAttempt, p.now, p.sleep
	c, err := client.New(config)
	if err != nil {
		resp.Diagnostics.AddError("Invalid provider configuration", capitalize(err.Error())+".")
		return
	}
	p.share(newConnection(c, model, &resp.Diagnostics), resp)
}

func (p *kamiwazaProvider) share(c *connection, resp *provider.ConfigureResponse) {
	resp.ResourceData, resp.DataSourceData, resp.EphemeralResourceData = c, c, c
}

func logAttempt(ctx context.Context, attempt client.Attempt) {
	tflog.Debug(ctx, "AuthService request", map[string]any{
		"method": attempt.Method, "path": attempt.Path, "status": attempt.Status, "duration_ms": attempt.Duration.Milliseconds(),
	})
}
