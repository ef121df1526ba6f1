// Package attribute is kamiwaza_attribute: its resource and its data source.
package attribute

import (
	"context"
	"errors"
	"net/http"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var (
	_ resource.ResourceWithConfigure   = (*attributeResource)(nil)
	_ resource.ResourceWithIdentity    = (*attributeResource)(nil)
	_ resource.ResourceWithImportState = (*attributeResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*attributeResource)(nil)
)

type attributeResource struct{ run.Resource }

// NewResource returns kamiwaza_attribute.
func NewResource() resource.Resource { return &attributeResource{} }

const typeName = "kamiwaza_attribute"

var noun = framework.Noun{Name: "attribute", Advice: framework.Advice{
	Lookup:      "The data source kamiwaza_attributes lists the attributes.",
	Unsupported: unsupported,
}}

const unsupported = "Attributes need platform 1.0 and later."

type attributeModel struct {
	ID            types.String `tfsdk:"id"`
	Name          types.String `tfsdk:"name"`
	Type          types.String `tfsdk:"type"`
	Sensitive     types.Bool   `tfsdk:"sensitive"`
	Authority     types.String `tfsdk:"authority"`
	SchemaVersion types.String `tfsdk:"schema_version"`
	DeclaredAt    types.String `tfsdk:"declared_at"`
	AdoptExisting types.Bool   `tfsdk:"adopt_existing"`
	ForceWithdraw types.Bool   `tfsdk:"force_withdraw"`
}

// Key returns the name, which is the id, too.
func (m attributeModel) Key() (id, name types.String) { return m.ID, m.Name }

func (m attributeModel) takeover() run.Takeover {
	return run.Takeover{TypeName: typeName, Key: m.Name.ValueString()}
}

func (r *attributeResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = typeName
}

func (r *attributeResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	replace := []planmodifier.String{stringplanmodifier.RequiresReplace()}
	keep := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	resp.Schema = schema.Schema{
		MarkdownDescription: "An attribute that subjects can have, such as a clearance. Needs the gateway API (platform 1.0 and later).\n\n" +
			"The platform cannot change an attribute that is declared, so changing an argument replaces it: it is deprecated, or withdrawn with `force_withdraw`, and " +
			"declared again, which the platform may refuse.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{Computed: true, PlanModifiers: keep, MarkdownDescription: "The same as `name`, which is also the import id."},
			"name": schema.StringAttribute{
				Required: true, PlanModifiers: replace, Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
				MarkdownDescription: "The name. Changing it replaces the attribute.",
			},
			"type": schema.StringAttribute{
				Required: true, PlanModifiers: replace, Validators: []validator.String{stringvalidator.OneOf(attributeTypes...)},
				MarkdownDescription: "The type of its values: `string`, `int`, `bool` or `string[]`. Changing it replaces the attribute.",
			},
			"sensitive": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(false), PlanModifiers: []planmodifier.Bool{boolplanmodifier.RequiresReplace()},
				MarkdownDescription: "Whether its values are sensitive; `false` by default. Changing it replaces the attribute.",
			},
			"authority": schema.StringAttribute{
				Optional: true, Computed: true, Default: stringdefault.StaticString(defaultAuthority), PlanModifiers: replace,
				Validators: []validator.String{stringvalidator.OneOf(authorities...)},
				MarkdownDescription: "Who may set its values: `local_admin`, which is the default, `self`, `mesh_peer` or `system`. Changing it replaces the " +
					"attribute.",
			},
			"schema_version": schema.StringAttribute{
				Optional: true, Computed: true, Default: stringdefault.StaticString(defaultSchemaVersion), PlanModifiers: replace, Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
				MarkdownDescription: "The version of its declaration; `1.0` by default. Changing it replaces the attribute.",
			},
			"declared_at": schema.StringAttribute{Computed: true, PlanModifiers: keep, MarkdownDescription: "When the attribute was declared, in UTC (RFC 3339)."},
			"adopt_existing": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(false),
				MarkdownDescription: "Whether to take over an existing attribute that is declared in the same way, instead of returning an error; `false` by default. It only has an " +
					"effect when the resource is created.",
			},
			"force_withdraw": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(false),
				MarkdownDescription: "Whether destroying the attribute withdraws it, also if subjects have values of it; `false` by default: it is deprecated, which the platform refuses " +
					"while subjects have values. Terraform uses the value in the state: set it and apply before you remove the resource.",
			},
		},
	}
}

func (r *attributeResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"id": identityschema.StringAttribute{RequiredForImport: true, Description: "The name of the attribute."},
	}}
}

// ModifyPlan refuses a type that the platform does not have, and looks for resources that share an attribute.
func (r *attributeResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	r.CheckGeneration(ctx, typeName, req.Config, &resp.Diagnostics)
	var planned attributeModel
	if req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &planned)...)
	} else {
		resp.Diagnostics.Append(req.Plan.Get(ctx, &planned)...)
	}
	if !resp.Diagnostics.HasError() {
		r.ClaimObject(ctx, typeName, noun.Label(planned.Key()), req, resp)
		r.PlanTakeover(ctx, planned.takeover(), noun.Label(planned.Key()), planned.AdoptExisting.ValueBool(), req, resp)
	}
}

func (r *attributeResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	framework.Create(ctx, r.Run, noun, req, resp, func(plan attributeModel) (attributeModel, error) { return create(ctx, r.Run, plan) })
}

func (r *attributeResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	framework.Read(ctx, r.Run, noun, req, resp, func(state attributeModel) (attributeModel, error) { return read(ctx, r.Run, state) })
}

// Update has only arguments of Terraform's own to change.
func (r *attributeResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	framework.Update(ctx, r.Run, noun, req, resp, func(plan, _ attributeModel) (attributeModel, error) { return plan, nil })
}

func (r *attributeResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	framework.Delete(ctx, r.Run, noun, req, resp, func(state attributeModel) error {
		if r.IsTakenOver(state.takeover(), noun.Label(state.Key()), &resp.Diagnostics) {
			return nil
		}
		return explainedDelete(remove(ctx, r.Run, state.ID.ValueString(), state.ForceWithdraw.ValueBool()))
	})
}

func (r *attributeResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	framework.ImportByText(ctx, req, resp)
}

// explained adds to a refusal to declare an attribute what to do about it.
func explained(err error) error {
	failure, failed := errors.AsType[*client.Error](err)
	switch {
	case errors.Is(err, client.ErrAttributeDeclared):
		return framework.Advised(err, "The attribute is declared in another way, which cannot change. Give the arguments the values that it has (see the data source "+
			"kamiwaza_attributes), or choose another name.")
	case errors.Is(err, client.ErrConflict), failed && failure.Status == http.StatusBadRequest:
		return framework.Advised(err, "An attribute of this name may have been withdrawn, and some platforms do not allow using its name again. If so, choose another name.")
	}
	return err
}

// explainedDelete is the same for a delete.
func explainedDelete(err error) error {
	if errors.Is(err, client.ErrConflict) {
		return framework.Advised(err, "Subjects have values of this attribute. Remove them first or, to withdraw the attribute all the same, set force_withdraw = true and apply, "+
			"then destroy it.")
	}
	return err
}
