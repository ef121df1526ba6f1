// Package workroom is kamiwaza_workroom and who is in one: resources, data sources, and the action that hands one over.
package workroom

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var (
	_ resource.ResourceWithConfigure      = (*workroomResource)(nil)
	_ resource.ResourceWithIdentity       = (*workroomResource)(nil)
	_ resource.ResourceWithImportState    = (*workroomResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*workroomResource)(nil)
	_ resource.ResourceWithValidateConfig = (*workroomResource)(nil)
)

type workroomResource struct{ run.Resource }

// NewResource returns kamiwaza_workroom.
func NewResource() resource.Resource { return &workroomResource{} }

const typeName = "kamiwaza_workroom"

var noun = framework.Noun{Name: "workroom", Advice: framework.Advice{
	Lookup:   "The data source kamiwaza_workrooms lists the workrooms with their ids.",
	Searched: "It then looked for a new workroom of this name, and found none or several.",
}}

type workroomModel struct {
	ID             types.String    `tfsdk:"id"`
	Name           types.String    `tfsdk:"name"`
	Type           types.String    `tfsdk:"type"`
	Description    types.String    `tfsdk:"description"`
	Labels         framework.IDSet `tfsdk:"labels"`
	Attributes     types.String    `tfsdk:"attributes"`
	Classification types.String    `tfsdk:"classification"`
	SCGReferences  framework.IDSet `tfsdk:"scg_references"`
	Archived       types.Bool      `tfsdk:"archived"`
	OwnerID        types.String    `tfsdk:"owner_id"`
	TenantID       types.String    `tfsdk:"tenant_id"`
	CreatedAt      types.String    `tfsdk:"created_at"`

	DeletionProtection types.Bool `tfsdk:"deletion_protection"`
}

// Key returns the workroom's id and name.
func (m workroomModel) Key() (id, name types.String) { return m.ID, m.Name }

// IsProtected tells whether the workroom must not be destroyed.
func (m workroomModel) IsProtected() bool { return m.DeletionProtection.ValueBool() }

func (r *workroomResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = typeName
}

// The types of workrooms. An ephemeral one ends with a session, so Terraform cannot manage it.
const (
	persistent = "persistent"
	ephemeral  = "ephemeral"
)

func (r *workroomResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	keep := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	texts := func(description string) framework.IDSetAttribute {
		return framework.NewIDSetAttribute(schema.SetAttribute{Optional: true, MarkdownDescription: description})
	}
	protection := framework.DeletionProtectionAttribute("workroom")
	protection.Default = booldefault.StaticBool(true)
	protection.MarkdownDescription = "Whether to refuse plans that destroy or replace the workroom; `true` by default, because destroying a workroom " +
		"deletes all that is in it. To destroy a protected workroom, set this to `false` and apply first."
	resp.Schema = schema.Schema{
		MarkdownDescription: "A persistent workroom, owned by the user the provider authenticates as. Add members with `kamiwaza_workroom_member` or " +
			"`kamiwaza_workroom_members`. Needs the gateway API (platform 0.12 and later).\n\n" +
			"Only the owner of a workroom can change it and its members; the role `admin` alone is not enough. If the ownership was transferred to another " +
			"user, the provider can still read and destroy the workroom as an administrator, but not change it.\n\n" +
			"**Destroying a workroom deletes its content.**",
		Attributes: map[string]schema.Attribute{
			"id": framework.IDAttribute("workroom"),
			"name": schema.StringAttribute{
				Required: true, MarkdownDescription: "The name, at most 255 characters. Names need not be unique.",
				Validators: []validator.String{stringvalidator.UTF8LengthBetween(1, 255)},
			},
			"type": schema.StringAttribute{
				Optional: true, Computed: true, Default: stringdefault.StaticString(persistent),
				MarkdownDescription: "The type; `persistent`, which is the default, is the only one that Terraform can manage. Changing it replaces the workroom.",
				Validators:          []validator.String{typeValidator{}},
				PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"description": schema.StringAttribute{
				Optional: true, MarkdownDescription: "A description, at most 1024 characters. Omit it or set it to `\"\"` to clear it.",
				Validators: []validator.String{stringvalidator.UTF8LengthAtMost(1024)},
			},
			"labels": texts("Labels of the workroom."),
			"attributes": schema.StringAttribute{
				Optional: true, Computed: true,
				MarkdownDescription: "Attributes of the workroom, as a JSON object; use `jsonencode`. Omit it to keep the existing attributes; set it to " +
					"`jsonencode({})` to remove all of them.",
				Validators:    []validator.String{framework.JSONObjectValidator{}},
				PlanModifiers: []planmodifier.String{framework.KeepSameJSON{}},
			},
			"classification": schema.StringAttribute{
				Optional: true, MarkdownDescription: "The classification of the content. Platforms later than 1.2 do not return it.",
				Validators: []validator.String{stringvalidator.UTF8LengthBetween(1, 255)},
			},
			"scg_references": texts("References to security classification guides. Platforms later than 1.2 do not return them."),
			"archived": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(false),
				MarkdownDescription: "Whether the workroom is archived, which makes it read-only; `false` by default. If other arguments of an archived workroom " +
					"change, the provider restores it, changes it, and archives it again.",
			},
			"owner_id": schema.StringAttribute{
				Computed: true, PlanModifiers: keep, MarkdownDescription: "The subject id of the owner.",
			},
			"tenant_id":           schema.StringAttribute{Computed: true, PlanModifiers: keep, MarkdownDescription: "The tenant of the workroom."},
			"created_at":          framework.CreatedAtAttribute("workroom"),
			"deletion_protection": protection,
		},
	}
}

// typeValidator refuses what Terraform cannot manage.
type typeValidator struct{}

func (typeValidator) Description(context.Context) string             { return "must be persistent" }
func (v typeValidator) MarkdownDescription(c context.Context) string { return v.Description(c) }

func (typeValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	switch value := req.ConfigValue.ValueString(); {
	case req.ConfigValue.IsNull(), req.ConfigValue.IsUnknown(), value == persistent:
	case value == ephemeral:
		resp.Diagnostics.AddAttributeError(req.Path, "Terraform cannot manage ephemeral workrooms",
			"An ephemeral workroom disappears when its owner logs out, or after a day. Use type = \"persistent\".")
	default:
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid type", fmt.Sprintf("%q is not a type of workrooms. Use \"persistent\".", value))
	}
}

func (r *workroomResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = framework.IdentitySchema("workroom")
}

// ValidateConfig refuses empty labels and references.
func (r *workroomResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config workroomModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	for name, set := range map[string]framework.IDSet{"labels": config.Labels, "scg_references": config.SCGReferences} {
		if set.NullElements() > 0 || slices.Contains(set.Some(), "") {
			resp.Diagnostics.AddAttributeError(path.Root(name), "Invalid "+name, fmt.Sprintf("An element of %s is null or empty. Remove it.", name))
		}
	}
}

// ModifyPlan refuses to plan the end of a protected workroom.
func (r *workroomResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	r.CheckGeneration(ctx, typeName, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() || !framework.PlanProtected[workroomModel](ctx, noun, req, resp) {
		return
	}
	var state workroomModel
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	r.ClaimObject(ctx, typeName, noun.Label(state.Key()), req, resp)
	r.PlanObject(ctx, req, resp, state.ID.ValueString())
}

func (r *workroomResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	framework.Create(ctx, r.Run, noun, req, resp, func(plan workroomModel) (workroomModel, error) { return create(ctx, r.Run, plan) })
}

func (r *workroomResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	framework.Read(ctx, r.Run, noun, req, resp, func(state workroomModel) (workroomModel, error) { return read(ctx, r.Run, state) })
}

func (r *workroomResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	framework.Update(ctx, r.Run, noun, req, resp, func(plan, state workroomModel) (workroomModel, error) {
		return update(ctx, r.Run, plan, state)
	})
}

func (r *workroomResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	framework.Delete(ctx, r.Run, noun, req, resp, func(state workroomModel) error {
		if state.IsProtected() {
			// No plan sees the replacement of a tainted workroom.
			return framework.ErrProtected(noun.Name)
		}
		return remove(ctx, r.Run, state.ID.ValueString())
	})
}

// ImportState takes an id, or the name of a workroom.
func (r *workroomResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if framework.UUIDProblem(req.ID) != "" && req.ID != "" && r.Run != nil {
		id, err := idByName(ctx, r.Run, req.ID)
		if err != nil {
			framework.AddFailure(&resp.Diagnostics, "import", framework.Subject{Noun: noun.Name, Text: fmt.Sprintf("workroom %q", req.ID), Advice: noun.Advice}, err)
			return
		}
		req.ID = id
	}
	framework.ImportByID(ctx, noun.Name, req, resp)
	// An import says nothing of the protection, and the default keeps the content.
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("deletion_protection"), true)...)
}
