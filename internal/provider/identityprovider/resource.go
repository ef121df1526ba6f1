// Package identityprovider is kamiwaza_identity_provider: its resource and its data source.
package identityprovider

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var (
	_ resource.ResourceWithConfigure      = (*providerResource)(nil)
	_ resource.ResourceWithIdentity       = (*providerResource)(nil)
	_ resource.ResourceWithImportState    = (*providerResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*providerResource)(nil)
	_ resource.ResourceWithValidateConfig = (*providerResource)(nil)
)

type providerResource struct{ run.Resource }

// NewResource returns kamiwaza_identity_provider.
func NewResource() resource.Resource { return &providerResource{} }

const typeName = "kamiwaza_identity_provider"

var noun = framework.Noun{Name: "identity provider", Advice: framework.Advice{
	Lookup:      "The data source kamiwaza_identity_providers lists the aliases.",
	Unsupported: unsupported,
}}

const unsupported = "Identity providers need platform 0.9 and later."

type providerModel struct {
	ID                    types.String    `tfsdk:"id"`
	Alias                 types.String    `tfsdk:"alias"`
	Kind                  types.String    `tfsdk:"kind"`
	Issuer                types.String    `tfsdk:"issuer"`
	ClientID              types.String    `tfsdk:"client_id"`
	ClientSecret          types.String    `tfsdk:"client_secret"`
	ClientSecretWO        types.String    `tfsdk:"client_secret_wo"`
	ClientSecretWOVersion types.String    `tfsdk:"client_secret_wo_version"`
	HostedDomain          types.String    `tfsdk:"hosted_domain"`
	Scopes                framework.IDSet `tfsdk:"scopes"`
	EnsureRedirects       types.Bool      `tfsdk:"ensure_redirects"`
	Enabled               types.Bool      `tfsdk:"enabled"`
	AdoptExisting         types.Bool      `tfsdk:"adopt_existing"`
}

// Key returns the alias, which is the id, too.
func (m providerModel) Key() (id, name types.String) { return m.ID, m.Alias }

func (m providerModel) takeover() run.Takeover {
	return run.Takeover{TypeName: typeName, Key: m.Alias.ValueString()}
}

func (m providerModel) sameSettings(other providerModel) bool {
	return m.Issuer.Equal(other.Issuer) && m.ClientID.Equal(other.ClientID) && m.ClientSecret.Equal(other.ClientSecret) &&
		m.ClientSecretWOVersion.Equal(other.ClientSecretWOVersion) && m.HostedDomain.Equal(other.HostedDomain) && m.Scopes.Equal(other.Scopes) &&
		m.EnsureRedirects.Equal(other.EnsureRedirects)
}

func (r *providerResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = typeName
}

func (r *providerResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	needed := stringvalidator.LengthAtLeast(1)
	replace := []planmodifier.String{stringplanmodifier.RequiresReplace()}
	resp.Schema = schema.Schema{
		MarkdownDescription: "An identity provider through which users log in: Google, or any other that speaks OpenID Connect. Needs the gateway API (platform 0.9 " +
			"and later) and a platform that may administer Keycloak.\n\n" +
			"The API tells only whether an identity provider exists and is enabled. Changes of all other arguments outside Terraform are not detected, and an " +
			"import leaves them null: set them only if you want Terraform to change them.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed: true, MarkdownDescription: "The same as `alias`, which is also the import id.",
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"alias": schema.StringAttribute{
				Required: true, PlanModifiers: replace, Validators: []validator.String{needed, aliasValidator{}},
				MarkdownDescription: "The alias, which stands in login URLs. It must not begin with `federation-`. Changing it replaces the identity provider.",
			},
			"kind": schema.StringAttribute{
				Required: true, PlanModifiers: replace, Validators: []validator.String{stringvalidator.OneOf(kindOIDC, kindGoogle)},
				MarkdownDescription: "The kind: `oidc` or `google`. Changing it replaces the identity provider.",
			},
			"issuer": schema.StringAttribute{
				Optional: true, Validators: []validator.String{framework.URLValidator{}},
				MarkdownDescription: "The URL of the issuer, for `oidc`. The platform reads its discovery document when it is set up, so it must be reachable. Required to " +
					"create an `oidc` provider.",
			},
			"client_id": schema.StringAttribute{
				Optional: true, Validators: []validator.String{needed},
				MarkdownDescription: "The client id of the platform at the identity provider. Required to create one.",
			},
			"client_secret": schema.StringAttribute{
				Optional: true, Sensitive: true, Validators: []validator.String{needed, stringvalidator.ConflictsWith(path.MatchRoot("client_secret_wo"))},
				MarkdownDescription: "The client secret, **stored in the state**. Prefer `client_secret_wo`. One of the two is required to create an identity provider and " +
					"to change any of its arguments except `enabled`, because the API takes them as a whole.",
			},
			"client_secret_wo": schema.StringAttribute{
				Optional: true, WriteOnly: true, Validators: []validator.String{needed, stringvalidator.AlsoRequires(path.MatchRoot("client_secret_wo_version"))},
				MarkdownDescription: "The client secret, as a write-only argument that is not stored. Needs Terraform or OpenTofu 1.11 and `client_secret_wo_version`.",
			},
			"client_secret_wo_version": schema.StringAttribute{
				Optional: true, Validators: []validator.String{needed, stringvalidator.AlsoRequires(path.MatchRoot("client_secret_wo"))},
				MarkdownDescription: "The version of `client_secret_wo`, such as `1`, which the state stores instead of the secret. Another version sends the secret again.",
			},
			"hosted_domain": schema.StringAttribute{
				Optional: true, Validators: []validator.String{needed},
				MarkdownDescription: "For `google`: the domain whose users may log in, such as `example.com`; by default, all.",
			},
			"scopes": framework.NewIDSetAttribute(schema.SetAttribute{
				Optional: true, MarkdownDescription: "The scopes to request; by default, the server's, which are `openid`, `profile` and `email`.",
			}),
			"ensure_redirects": schema.BoolAttribute{
				Optional: true, MarkdownDescription: "Whether the platform adds its redirect URLs to its Keycloak client; by default, it does.",
			},
			"enabled": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(true),
				MarkdownDescription: "Whether users can log in with it; `true` by default.",
			},
			"adopt_existing": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(false),
				MarkdownDescription: "Whether to take over an existing identity provider with this alias, whose settings are overwritten, instead of returning an error; " +
					"`false` by default. It only has an effect when the resource is created.",
			},
		},
	}
}

// aliasValidator refuses what the platform keeps for itself.
type aliasValidator struct{}

func (aliasValidator) Description(context.Context) string             { return "must not begin with " + federation }
func (v aliasValidator) MarkdownDescription(c context.Context) string { return v.Description(c) }

func (aliasValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if strings.HasPrefix(req.ConfigValue.ValueString(), federation) {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid alias", fmt.Sprintf(
			"%q begins with %q. The platform reserves these aliases for the brokers of federations. Choose another alias.", req.ConfigValue.ValueString(), federation))
	}
}

func (r *providerResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"id": identityschema.StringAttribute{RequiredForImport: true, Description: "The alias of the identity provider."},
	}}
}

// ValidateConfig refuses arguments of the other kind.
func (r *providerResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if names := config.Scopes.Known(); config.Scopes.NullElements() > 0 || names != nil && (len(names) == 0 || names[0] == "") {
		resp.Diagnostics.AddAttributeError(path.Root("scopes"), "Invalid scopes", "An element is null or empty, or there is none. Name the scopes, or remove scopes "+
			"to request those that the server chooses.")
	}
	switch {
	case config.Kind.ValueString() == kindGoogle && config.Issuer.ValueString() != "":
		resp.Diagnostics.AddAttributeError(path.Root("issuer"), "issuer is for oidc", "The platform knows the issuer of Google. Remove issuer, or set kind = \"oidc\".")
	case config.Kind.ValueString() == kindOIDC && config.HostedDomain.ValueString() != "":
		resp.Diagnostics.AddAttributeError(path.Root("hosted_domain"), "hosted_domain is for google", "Only Google has hosted domains. Remove hosted_domain, or set "+
			"kind = \"google\".")
	}
}

// ModifyPlan checks what a change needs, and warns of an alias that is taken.
func (r *providerResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	r.CheckGeneration(ctx, typeName, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	var config, plan, state providerModel
	creates := req.State.Raw.IsNull()
	if !creates {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if req.Plan.Raw.IsNull() {
		r.PlanTakeover(ctx, state.takeover(), noun.Label(state.Key()), false, req, resp)
		return
	}
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	r.ClaimObject(ctx, typeName, noun.Label(state.Key()), req, resp)
	r.PlanTakeover(ctx, plan.takeover(), noun.Label(plan.Key()), plan.AdoptExisting.ValueBool(), req, resp)
	if creates || len(resp.RequiresReplace) > 0 || !plan.sameSettings(state) {
		checkSettings(config, &resp.Diagnostics)
	}
	if r.Run != nil && creates && !plan.Alias.IsUnknown() && !r.IsApplying() {
		r.warnOfTaken(ctx, plan, &resp.Diagnostics)
	}
}

// checkSettings refuses a change without what the API needs for it.
func checkSettings(config providerModel, diags *diag.Diagnostics) {
	const whole = "The API takes the settings of an identity provider as a whole, with the secret, and never returns them."
	if config.Kind.ValueString() == kindOIDC && config.Issuer.IsNull() {
		diags.AddAttributeError(path.Root("issuer"), "issuer is missing", whole+" Set issuer.")
	}
	if config.ClientID.IsNull() {
		diags.AddAttributeError(path.Root("client_id"), "client_id is missing", whole+" Set client_id.")
	}
	if config.ClientSecret.IsNull() && config.ClientSecretWO.IsNull() {
		diags.AddAttributeError(path.Root("client_secret_wo"), "client_secret_wo is missing",
			whole+" Set client_secret_wo and client_secret_wo_version, or client_secret.")
	}
}

// warnOfTaken warns of an alias that is taken, as far as the plan can tell: the old resource of the identity provider may
// give it up in the same apply.
func (r *providerResource) warnOfTaken(ctx context.Context, plan providerModel, diags *diag.Diagnostics) {
	exists, err := isTaken(ctx, r.Run, plan.Alias.ValueString())
	switch {
	case err != nil || !exists:
	case plan.AdoptExisting.ValueBool():
		diags.AddAttributeWarning(path.Root("adopt_existing"), fmt.Sprintf("This takes over the identity provider %q", plan.Alias.ValueString()),
			"It exists already. The apply overwrites its settings with those in the configuration, and destroying the resource deletes it.")
	default:
		diags.AddAttributeWarning(path.Root("alias"), fmt.Sprintf("The identity provider %q exists already", plan.Alias.ValueString()),
			"Unless another resource deletes it before, the apply will fail. To manage the existing one, import it, or set adopt_existing = true.")
	}
}

func (r *providerResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var config providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	framework.Create(ctx, r.Run, noun, req, resp, func(plan providerModel) (providerModel, error) {
		return create(ctx, r.Run, plan, secretOf(config))
	})
}

// secretOf is the secret of a configuration.
func secretOf(config providerModel) string {
	if config.ClientSecretWO.IsNull() {
		return config.ClientSecret.ValueString()
	}
	return config.ClientSecretWO.ValueString()
}

func (r *providerResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	framework.Read(ctx, r.Run, noun, req, resp, func(state providerModel) (providerModel, error) { return read(ctx, r.Run, state) })
}

func (r *providerResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var config providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	framework.Update(ctx, r.Run, noun, req, resp, func(plan, state providerModel) (providerModel, error) {
		return update(ctx, r.Run, plan, state, secretOf(config))
	})
}

func (r *providerResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	framework.Delete(ctx, r.Run, noun, req, resp, func(state providerModel) error {
		if r.IsTakenOver(state.takeover(), noun.Label(state.Key()), &resp.Diagnostics) {
			return nil
		}
		return remove(ctx, r.Run, state.ID.ValueString())
	})
}

func (r *providerResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	framework.ImportByText(ctx, req, resp)
}

// managementAdvice says what keeps the platform from managing identity providers.
const managementAdvice = "The platform has no administrator credentials for Keycloak, so it cannot change identity providers (idp_management_enabled is false). " +
	"Nothing was changed. Ask the operator of the platform to configure them."

// explained adds the reason to a refusal of a platform that may not administer Keycloak.
func explained(err error) error {
	if errors.Is(err, client.ErrDisabled) {
		return framework.Advised(err, managementAdvice)
	}
	return err
}
