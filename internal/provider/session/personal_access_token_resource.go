package session

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/mapplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var (
	_ resource.ResourceWithConfigure   = (*patResource)(nil)
	_ resource.ResourceWithIdentity    = (*patResource)(nil)
	_ resource.ResourceWithImportState = (*patResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*patResource)(nil)
)

type patResource struct{ run.Resource }

// NewPersonalAccessTokenResource returns kamiwaza_personal_access_token.
func NewPersonalAccessTokenResource() resource.Resource { return &patResource{} }

type patModel struct {
	ID               types.String `tfsdk:"id"`
	Name             types.String `tfsdk:"name"`
	Scope            types.String `tfsdk:"scope"`
	Audience         types.String `tfsdk:"audience"`
	TTLSeconds       types.Int64  `tfsdk:"ttl_seconds"`
	RotateBefore     types.String `tfsdk:"rotate_before"`
	RotationTriggers types.Map    `tfsdk:"rotation_triggers"`
	Token            types.String `tfsdk:"token"`
	OwnerID          types.String `tfsdk:"owner_id"`
	ExpiresAt        types.String `tfsdk:"expires_at"`
	CreatedAt        types.String `tfsdk:"created_at"`
}

// Key returns the token's id and name.
func (m patModel) Key() (id, name types.String) { return m.ID, m.Name }

// with returns the model with what the server has.
func (m patModel) with(p pat) patModel {
	m.ID = types.StringValue(p.jti)
	m.Name = framework.OptionalText(m.Name, p.name)
	m.Scope = framework.TextOrNull(p.scope)
	m.OwnerID = framework.TextOrNull(p.ownerID)
	m.ExpiresAt, m.CreatedAt = p.expiry(), p.createdAt
	switch {
	case p.audience != "":
		m.Audience = types.StringValue(p.audience)
	case m.Audience.IsNull(): // after an import; another value would replace the token
		m.Audience = types.StringValue(defaultAudience)
	}
	if p.token != "" {
		m.Token = types.StringValue(p.token)
	}
	if m.RotationTriggers.IsNull() {
		m.RotationTriggers = types.MapNull(types.StringType)
	}
	return m
}

// replaceOtherTTL does not replace a token that was imported: no server tells for how long it was made.
var replaceOtherTTL = int64planmodifier.RequiresReplaceIf(
	func(_ context.Context, req planmodifier.Int64Request, resp *int64planmodifier.RequiresReplaceIfFuncResponse) {
		resp.RequiresReplace = !req.StateValue.IsNull()
	}, "another value replaces the token", "another value replaces the token")

func (r *patResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_personal_access_token"
}

func (r *patResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	replace := []planmodifier.String{stringplanmodifier.RequiresReplace()}
	keep := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	resp.Schema = schema.Schema{
		MarkdownDescription: "A personal access token of the user the provider authenticates as. Needs the gateway API (platform 0.7 and later).\n\n" +
			"The token is **stored in the state**. Where it is needed only during a run, use the ephemeral resource `kamiwaza_personal_access_token` " +
			"instead, which stores nothing and revokes its token at the end.\n\n" +
			"A token that expires or is revoked leaves the state, and the next apply creates a new one. Destroying the resource revokes the token.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed: true, PlanModifiers: keep,
				MarkdownDescription: "The id of the token (`jti`), which is also the import id. An import cannot bring the token itself.",
			},
			"name": schema.StringAttribute{
				Optional: true, PlanModifiers: replace, Validators: []validator.String{stringvalidator.UTF8LengthBetween(1, 255)},
				MarkdownDescription: "The name of the token, at most 255 characters; none by default. Changing it replaces the token.",
			},
			"scope": schema.StringAttribute{
				Optional: true, Computed: true, Validators: []validator.String{stringvalidator.UTF8LengthBetween(1, 50)},
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown(), stringplanmodifier.RequiresReplaceIfConfigured()},
				MarkdownDescription: "The scope, which decides the roles of the token: `admin` has the role admin, and any other scope reads and writes as an ordinary " +
					"user, whatever the roles of the owner are. By default, the server chooses. `kamiwaza_pat_config` lists the scopes. Changing it replaces the token.",
			},
			"audience": schema.StringAttribute{
				Optional: true, Computed: true, Default: stringdefault.StaticString(defaultAudience), PlanModifiers: replace,
				Validators:          []validator.String{stringvalidator.UTF8LengthBetween(1, 255)},
				MarkdownDescription: "The audience; `kamiwaza-platform` by default, which the platform needs. Changing it replaces the token.",
			},
			"ttl_seconds": schema.Int64Attribute{
				Optional: true, PlanModifiers: []planmodifier.Int64{replaceOtherTTL},
				Validators: []validator.Int64{int64validator.Between(shortestTTL, longestTTL)},
				MarkdownDescription: "How long the token is valid, in seconds, from `60` to `31536000` (a year); by default, the server chooses. A platform may have " +
					"narrower limits. Changing it replaces the token.",
			},
			"rotate_before": schema.StringAttribute{
				Optional: true, Validators: []validator.String{framework.DurationValidator{}},
				MarkdownDescription: "How long before it expires the token is replaced, such as `168h`: the first plan in that time replaces it. By default, it is " +
					"replaced only after it has expired. With `lifecycle { create_before_destroy = true }`, the new token exists before the old one is revoked.",
			},
			"rotation_triggers": schema.MapAttribute{
				Optional: true, ElementType: types.StringType, PlanModifiers: []planmodifier.Map{mapplanmodifier.RequiresReplace()},
				MarkdownDescription: "Any strings. A change of one of them replaces the token.",
			},
			"token": schema.StringAttribute{
				Computed: true, Sensitive: true, PlanModifiers: keep,
				MarkdownDescription: "The token, to be sent as `Authorization: Bearer <token>`; null after an import.",
			},
			"owner_id": schema.StringAttribute{
				Computed: true, PlanModifiers: keep,
				MarkdownDescription: "The subject id of the user to whom the token belongs.",
			},
			"expires_at": schema.StringAttribute{
				Computed: true, PlanModifiers: keep,
				MarkdownDescription: "When the token expires, in UTC (RFC 3339); null if it does not expire.",
			},
			"created_at": framework.CreatedAtAttribute("token"),
		},
	}
}

func (r *patResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"id": identityschema.StringAttribute{RequiredForImport: true, Description: "The id of the token (jti)."},
	}}
}

// ModifyPlan replaces a token that expires soon.
func (r *patResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	r.CheckGeneration(ctx, "kamiwaza_personal_access_token", req.Config, &resp.Diagnostics)
	if r.Run == nil || req.State.Raw.IsNull() || req.Plan.Raw.IsNull() || resp.Diagnostics.HasError() {
		return
	}
	var plan, state patModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	r.ClaimObject(ctx, "kamiwaza_personal_access_token", patNoun.Label(state.Key()), req, resp)
	before, err := time.ParseDuration(plan.RotateBefore.ValueString())
	if err != nil || !r.IsRefreshing() {
		return // There is none, or it is not known yet; and an apply, which reads nothing, cannot begin a replacement.
	}
	expires, err := time.Parse(time.RFC3339, state.ExpiresAt.ValueString())
	if err == nil && !r.Client.Now().Add(before).Before(expires) {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("expires_at"), types.StringUnknown())...)
		resp.RequiresReplace.Append(path.Root("expires_at"))
	}
}

func (r *patResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	framework.Create(ctx, r.Run, patNoun, req, resp, func(plan patModel) (patModel, error) {
		made, err := createPAT(ctx, r.Run, newPAT{
			name: plan.Name.ValueString(), scope: plan.Scope.ValueString(), audience: plan.Audience.ValueString(), ttlSeconds: plan.TTLSeconds.ValueInt64(),
		})
		if err != nil {
			return patModel{}, err
		}
		return plan.with(made), nil
	})
}

func (r *patResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	reader := &patRun{Run: r.Run}
	framework.Read(ctx, reader, patNoun, req, resp, func(state patModel) (patModel, error) {
		if r.IsRecent(state.CreatedAt.ValueString()) {
			expectPAT(r.Run, state.ID.ValueString())
		}
		found, err := reader.read(ctx, state.ID.ValueString())
		if err != nil {
			return patModel{}, err
		}
		return state.with(found), nil
	})
}

// Update has only arguments of Terraform's own to change.
func (r *patResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	framework.Update(ctx, r.Run, patNoun, req, resp, func(plan, state patModel) (patModel, error) {
		found, err := readPAT(ctx, r.Run, state.ID.ValueString())
		if err != nil {
			return patModel{}, err
		}
		return plan.with(found), nil
	})
}

func (r *patResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	framework.Delete(ctx, r.Run, patNoun, req, resp, func(state patModel) error { return revokePAT(ctx, r.Run, state.ID.ValueString()) })
}

func (r *patResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	framework.ImportByText(ctx, req, resp)
}
