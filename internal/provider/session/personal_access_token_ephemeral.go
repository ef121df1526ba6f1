package session

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var (
	_ ephemeral.EphemeralResourceWithConfigure = (*patEphemeral)(nil)
	_ ephemeral.EphemeralResourceWithClose     = (*patEphemeral)(nil)
)

type patEphemeral struct{ run.Ephemeral }

// NewPersonalAccessTokenEphemeral returns the ephemeral resource kamiwaza_personal_access_token.
func NewPersonalAccessTokenEphemeral() ephemeral.EphemeralResource { return &patEphemeral{} }

type patEphemeralModel struct {
	Name       types.String `tfsdk:"name"`
	Scope      types.String `tfsdk:"scope"`
	TTLSeconds types.Int64  `tfsdk:"ttl_seconds"`
	ID         types.String `tfsdk:"id"`
	Token      types.String `tfsdk:"token"`
	ExpiresAt  types.String `tfsdk:"expires_at"`
}

// ephemeralTTL is how long a token lives that nobody revokes, because the run was killed: long enough for an apply.
const ephemeralTTL = 60 * 60

const patKey = "jti"

func (e *patEphemeral) Metadata(_ context.Context, req ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_personal_access_token"
}

func (e *patEphemeral) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A personal access token of the user the provider authenticates as, for another provider or a write-only argument. It is created " +
			"when a plan or an apply needs it, revoked when that ends, and never stored. Needs Terraform 1.10 or OpenTofu 1.11, and the gateway API (platform 0.7 and later).",
		Attributes: map[string]schema.Attribute{
			"name": schema.StringAttribute{
				Optional: true, Validators: []validator.String{stringvalidator.UTF8LengthBetween(1, 255)},
				MarkdownDescription: "The name of the token, at most 255 characters; `terraform` by default.",
			},
			"scope": schema.StringAttribute{
				Optional: true, Computed: true, Validators: []validator.String{stringvalidator.UTF8LengthBetween(1, 50)},
				MarkdownDescription: "The scope, which decides the roles of the token: `admin` has the role admin, and any other scope reads and writes as an ordinary " +
					"user. By default, the server chooses.",
			},
			"ttl_seconds": schema.Int64Attribute{
				Optional: true, Validators: []validator.Int64{int64validator.Between(shortestTTL, longestTTL)},
				MarkdownDescription: "How long the token is valid if the run does not come to its end, in seconds, from `60` to `31536000`; `3600` by default.",
			},
			"id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The id of the token (`jti`).",
			},
			"token": schema.StringAttribute{
				Computed: true, Sensitive: true,
				MarkdownDescription: "The access token. Send it as `Authorization: Bearer <token>`.",
			},
			"expires_at": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "When the token expires, in UTC (RFC 3339); null if it does not expire.",
			},
		},
	}
}

func (e *patEphemeral) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	var model patEphemeralModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	e.CheckGeneration(ctx, "ephemeral.kamiwaza_personal_access_token", req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	wanted := newPAT{name: "terraform", scope: model.Scope.ValueString(), ttlSeconds: ephemeralTTL}
	if !model.Name.IsNull() {
		wanted.name = model.Name.ValueString()
	}
	if !model.TTLSeconds.IsNull() {
		wanted.ttlSeconds = model.TTLSeconds.ValueInt64()
	}
	made, err := createPAT(ctx, e.Run, wanted)
	if err != nil {
		framework.AddFailure(&resp.Diagnostics, "create", framework.Subject{
			Noun: patNoun.Name, Text: fmt.Sprintf("personal access token %q", wanted.name), Advice: patNoun.Advice,
		}, err)
		return
	}
	private, err := json.Marshal(made.jti)
	if err != nil {
		resp.Diagnostics.AddError("Could not remember the personal access token", err.Error())
		return
	}
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, patKey, private)...)
	model.ID, model.Token, model.ExpiresAt = types.StringValue(made.jti), types.StringValue(made.token), made.expiry()
	model.Scope = framework.TextOrNull(made.scope)
	resp.Diagnostics.Append(resp.Result.Set(ctx, model)...)
}

// Close revokes the token.
func (e *patEphemeral) Close(ctx context.Context, req ephemeral.CloseRequest, resp *ephemeral.CloseResponse) {
	private, diags := req.Private.GetKey(ctx, patKey)
	resp.Diagnostics.Append(diags...)
	var jti string
	if resp.Diagnostics.HasError() || json.Unmarshal(private, &jti) != nil {
		return
	}
	if err := revokePAT(ctx, e.Run, jti); err != nil {
		framework.AddFailure(&resp.Diagnostics, "revoke", framework.Subject{
			Noun: patNoun.Name, Text: fmt.Sprintf("personal access token (%s)", jti), Advice: patNoun.Advice,
		}, err)
	}
}
