// Package session is what logs in: the ephemeral resource kamiwaza_access_token.
package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/english"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var (
	_ ephemeral.EphemeralResourceWithConfigure = (*accessTokenEphemeral)(nil)
	_ ephemeral.EphemeralResourceWithRenew     = (*accessTokenEphemeral)(nil)
)

type accessTokenEphemeral struct{ run.Ephemeral }

// NewAccessTokenEphemeral returns the ephemeral resource kamiwaza_access_token.
func NewAccessTokenEphemeral() ephemeral.EphemeralResource { return &accessTokenEphemeral{} }

type accessTokenModel struct {
	Username     types.String `tfsdk:"username"`
	Password     types.String `tfsdk:"password"`
	LoginMethod  types.String `tfsdk:"login_method"`
	ClientID     types.String `tfsdk:"client_id"`
	ClientSecret types.String `tfsdk:"client_secret"`
	Scope        types.String `tfsdk:"scope"`
	AccessToken  types.String `tfsdk:"access_token"`
	RefreshToken types.String `tfsdk:"refresh_token"`
	TokenType    types.String `tfsdk:"token_type"`
	ExpiresAt    types.String `tfsdk:"expires_at"`
}

// accessTokenEnd is what a renewal is told: nothing secret.
type accessTokenEnd struct {
	Username  string    `json:"username"`
	ExpiresAt time.Time `json:"expires_at"`
}

const accessTokenEndKey = "end"

func (e *accessTokenEphemeral) Metadata(_ context.Context, req ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_access_token"
}

func (e *accessTokenEphemeral) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	needed := []validator.String{stringvalidator.LengthAtLeast(1)}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Logs in as a user and returns an access token for another provider or a write-only argument. The login takes place in each plan and apply, " +
			"with these credentials and the provider's `base_url`. Terraform does not store credentials or tokens. Needs Terraform 1.10 or " +
			"OpenTofu 1.11.\n\n" +
			"The user must exist at plan time. If the same configuration creates the user, make the username depend on the id, which defers the " +
			"login until the user exists: `username = kamiwaza_user.ci.id == \"\" ? \"\" : kamiwaza_user.ci.username`.\n\n" +
			"A token cannot be renewed within a run: Terraform keeps the first value, and the API cannot extend a token. If a run takes longer " +
			"than the token is valid, the provider returns a warning, which Terraform 1.11 and OpenTofu 1.12 show only in their logs (`TF_LOG=WARN`). The " +
			"API cannot revoke a token, so it is valid until it expires.",
		Attributes: map[string]schema.Attribute{
			"username": schema.StringAttribute{
				Required: true, Validators: needed,
				MarkdownDescription: "The username.",
			},
			"password": schema.StringAttribute{
				Required: true, Sensitive: true, Validators: needed,
				MarkdownDescription: "The password of the user.",
			},
			"login_method": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "How to log in: `token` (the OAuth 2 password grant; the default) or `local` (the platform's local login, which " +
					"sends the password in the query string, where proxies may log it). The provider's `login_method` does not apply.",
				Validators: []validator.String{stringvalidator.OneOf(string(client.LoginToken), string(client.LoginLocal))},
			},
			"client_id": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "The OAuth 2 client id for `login_method = \"token\"`, if the platform requires one.",
			},
			"client_secret": schema.StringAttribute{
				Optional: true, Sensitive: true,
				MarkdownDescription: "The secret of `client_id`.",
			},
			"scope": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "The OAuth 2 scopes to request, separated by spaces.",
			},
			"access_token": schema.StringAttribute{
				Computed: true, Sensitive: true,
				MarkdownDescription: "The access token. Send it as `Authorization: Bearer <token>`.",
			},
			"refresh_token": schema.StringAttribute{
				Computed: true, Sensitive: true,
				MarkdownDescription: "The refresh token; null if the server does not return one.",
			},
			"token_type": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The kind of token, usually `bearer`; null if the server does not return it.",
			},
			"expires_at": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "When the access token expires, in UTC (RFC 3339); null if the server does not return it.",
			},
		},
	}
}

func (e *accessTokenEphemeral) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	var model accessTokenModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	// Before the login, so that the token never ends earlier than announced.
	issued := time.Now().UTC()
	api := e.Client
	generation, err := e.Generation(ctx)
	if generation == run.Gateway {
		api = api.WithGrant(client.GatewayGrant)
	}
	var token client.Token
	if err == nil {
		token, err = api.Login(ctx, model.login())
	}
	if err != nil {
		addLoginError(&resp.Diagnostics, model.Username.ValueString(), err)
		return
	}
	model.AccessToken = types.StringValue(token.AccessToken)
	model.RefreshToken = framework.TextOrNull(token.RefreshToken)
	model.TokenType = framework.TextOrNull(token.TokenType)
	if life := time.Duration(token.ExpiresIn) * time.Second; life > 0 {
		end := accessTokenEnd{model.Username.ValueString(), issued.Add(life).Truncate(time.Second)}
		model.ExpiresAt = types.StringValue(end.ExpiresAt.Format(time.RFC3339))
		resp.RenewAt = end.ExpiresAt.Add(-min(life/5, time.Minute))
		private, err := json.Marshal(end)
		if err != nil {
			resp.Diagnostics.AddError("Could not remember when the access token ends", err.Error())
			return
		}
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, accessTokenEndKey, private)...)
	}
	resp.Diagnostics.Append(resp.Result.Set(ctx, model)...)
}

func (m accessTokenModel) login() client.Login {
	login := client.Login{
		Method:       client.LoginToken,
		Username:     m.Username.ValueString(),
		Password:     m.Password.ValueString(),
		ClientID:     m.ClientID.ValueString(),
		ClientSecret: m.ClientSecret.ValueString(),
		Scope:        m.Scope.ValueString(),
	}
	if method := m.LoginMethod.ValueString(); method != "" {
		login.Method = client.LoginMethod(method)
	}
	return login
}

// addLoginError differs from framework.AddFailure in its advice: these are not the provider's own credentials.
func addLoginError(diags *diag.Diagnostics, username string, err error) {
	summary := fmt.Sprintf("Could not get an access token for user %q", username)
	switch {
	case errors.Is(err, client.ErrUnsupported):
		diags.AddAttributeError(path.Root("login_method"), summary,
			english.Capitalize(err.Error())+".\n\nThe server does not offer this way of logging in. Try the other login_method, and check base_url in the "+
				"provider's configuration.")
	case errors.Is(err, client.ErrUnauthorized), errors.Is(err, client.ErrForbidden):
		diags.AddAttributeError(path.Root("username"), summary,
			english.Capitalize(err.Error())+".\n\nCheck username, password and, if the platform requires a client, client_id and client_secret of this "+
				"ephemeral resource; the provider's own credentials are not used for it. If this configuration creates the user, it does not "+
				"exist yet at plan time: make the username depend on the user's id, as shown in the documentation of kamiwaza_access_token.")
	default:
		framework.AddFailure(diags, "get an access token for", framework.Subject{Text: fmt.Sprintf("user %q", username), Login: true}, err)
	}
}

// Renew has no way to hand out another token (ephemeral.RenewResponse has no result), so it says what is to come.
// Whoever uses the token fails when it ends, with an error that does not tell why.
func (e *accessTokenEphemeral) Renew(ctx context.Context, req ephemeral.RenewRequest, resp *ephemeral.RenewResponse) {
	private, diags := req.Private.GetKey(ctx, accessTokenEndKey)
	resp.Diagnostics.Append(diags...)
	var end accessTokenEnd
	if resp.Diagnostics.HasError() || json.Unmarshal(private, &end) != nil {
		return
	}
	resp.Diagnostics.AddWarning(
		fmt.Sprintf("The access token of user %q ends at %s", end.Username, end.ExpiresAt.Format(time.RFC3339)),
		"This run is about to outlast the token, and no new one can take its place within the run: what uses the token after that time will be "+
			"refused. If the run fails for this reason, run it again with a new token. To avoid this, split the run "+
			"(terraform apply -target=ADDRESS), or increase the lifetime of tokens on the platform.",
	)
}
