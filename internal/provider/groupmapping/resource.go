// Package groupmapping is kamiwaza_group_mapping: its resource and its data source.
package groupmapping

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/importid"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var (
	_ resource.ResourceWithConfigure   = (*mappingResource)(nil)
	_ resource.ResourceWithIdentity    = (*mappingResource)(nil)
	_ resource.ResourceWithImportState = (*mappingResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*mappingResource)(nil)
)

type mappingResource struct{ run.Resource }

// NewResource returns kamiwaza_group_mapping.
func NewResource() resource.Resource { return &mappingResource{} }

const typeName = "kamiwaza_group_mapping"

var noun = framework.Noun{Name: "group mapping", Advice: framework.Advice{
	Lookup:      "The data source kamiwaza_group_mappings lists the mappings with their ids.",
	Searched:    "It then looked for a new mapping with these values, and found none.",
	Unsupported: unsupported,
}}

const unsupported = "Group mappings need platform 1.2 and later."

type mappingModel struct {
	ID             types.String `tfsdk:"id"`
	Issuer         types.String `tfsdk:"issuer"`
	IDPGroupPath   types.String `tfsdk:"idp_group_path"`
	LocalGroupName types.String `tfsdk:"local_group_name"`
	TenantID       types.String `tfsdk:"tenant_id"`
	CreatedAt      types.String `tfsdk:"created_at"`
}

// Key returns the mapping's id and path.
func (m mappingModel) Key() (id, name types.String) { return m.ID, m.IDPGroupPath }

func (r *mappingResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = typeName
}

func (r *mappingResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	replace := []planmodifier.String{stringplanmodifier.RequiresReplace()}
	keep := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	resp.Schema = schema.Schema{
		MarkdownDescription: "A mapping from a group of an identity provider to a group of the platform: when a user of that group logs in, the platform adds the user " +
			"to its own group. Needs the gateway API (platform 1.2 and later).\n\n" +
			"The API cannot change a mapping, so changing any argument replaces it. Destroying a mapping may leave the members that it has added.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed: true, PlanModifiers: keep,
				MarkdownDescription: "The id of the mapping, which is also the import id. `<issuer>/<idp_group_path>/<local_group_name>` works for imports, too, with `/` in " +
					"each part written as `%2F` and `%` as `%25`.",
			},
			"issuer": schema.StringAttribute{
				Required: true, PlanModifiers: []planmodifier.String{sameIssuer{}, stringplanmodifier.RequiresReplace()},
				Validators:          []validator.String{stringvalidator.UTF8LengthBetween(1, 2048)},
				MarkdownDescription: "The issuer of the identity provider, as it stands in its tokens.",
			},
			"idp_group_path": schema.StringAttribute{
				Required: true, PlanModifiers: replace, Validators: []validator.String{stringvalidator.UTF8LengthBetween(1, 2048)},
				MarkdownDescription: "The path of the group at the identity provider, such as `/engineering/ml`.",
			},
			"local_group_name": schema.StringAttribute{
				Required: true, PlanModifiers: replace, Validators: []validator.String{stringvalidator.UTF8LengthBetween(1, 255)},
				MarkdownDescription: "The name of the group of the platform. Use the attribute `name` of `kamiwaza_group`, so that the group exists first: the platform does not " +
					"check it.",
			},
			"tenant_id":  schema.StringAttribute{Computed: true, PlanModifiers: keep, MarkdownDescription: "The tenant of the mapping."},
			"created_at": framework.CreatedAtAttribute("mapping"),
		},
	}
}

// sameIssuer plans no change where only the slash at the end differs, which some servers remove.
type sameIssuer struct{}

func (sameIssuer) Description(context.Context) string             { return "ignores a slash at the end" }
func (m sameIssuer) MarkdownDescription(c context.Context) string { return m.Description(c) }

func (sameIssuer) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	if !req.StateValue.IsNull() && !req.PlanValue.IsUnknown() && directory.SameIssuer(req.StateValue.ValueString(), req.PlanValue.ValueString()) {
		resp.PlanValue = req.StateValue
	}
}

func (r *mappingResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = framework.IdentitySchema("group mapping")
}

// ModifyPlan refuses a type that the platform does not have, and warns of resources that share a mapping.
func (r *mappingResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	r.CheckGeneration(ctx, typeName, req.Config, &resp.Diagnostics)
	var state mappingModel
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	r.ClaimObject(ctx, typeName, noun.Label(state.Key()), req, resp)
}

func (r *mappingResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	framework.Create(ctx, r.Run, noun, req, resp, func(plan mappingModel) (mappingModel, error) { return create(ctx, r.Run, plan) })
}

func (r *mappingResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	framework.Read(ctx, r.Run, noun, req, resp, func(state mappingModel) (mappingModel, error) { return read(ctx, r.Run, state) })
}

// Update is never called: every argument replaces the mapping.
func (r *mappingResource) Update(context.Context, resource.UpdateRequest, *resource.UpdateResponse) {}

func (r *mappingResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	framework.Delete(ctx, r.Run, noun, req, resp, func(state mappingModel) error { return remove(ctx, r.Run, state.ID.ValueString()) })
}

// ImportState takes an id, or the three arguments.
func (r *mappingResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if parts := strings.Split(req.ID, "/"); len(parts) == 3 && r.Run != nil {
		id, err := find(ctx, r.Run, importid.Unescape(parts[0]), importid.Unescape(parts[1]), importid.Unescape(parts[2]))
		if err != nil {
			framework.AddFailure(&resp.Diagnostics, "import", framework.Subject{Noun: noun.Name, Text: fmt.Sprintf("group mapping %q", req.ID), Advice: noun.Advice}, err)
			return
		}
		req.ID = id
	}
	framework.ImportByText(ctx, req, resp)
}
