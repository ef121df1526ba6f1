package assignment

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/claim"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var (
	_ resource.ResourceWithConfigure   = (*assignmentResource)(nil)
	_ resource.ResourceWithIdentity    = (*assignmentResource)(nil)
	_ resource.ResourceWithImportState = (*assignmentResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*assignmentResource)(nil)
)

// assignmentResource is one assignment. It touches that one only, whatever else the two objects are assigned to.
type assignmentResource struct {
	run.Resource
	*relation

	description string
}

// NewGroupMemberResource returns kamiwaza_group_member.
func NewGroupMemberResource() resource.Resource {
	return &assignmentResource{
		relation:    groupMember,
		description: "A user's membership in a group. Additive: this resource does not change other memberships.",
	}
}

// NewGroupRoleResource returns kamiwaza_group_role.
func NewGroupRoleResource() resource.Resource {
	return &assignmentResource{
		relation:    groupRole,
		description: "A role of a group. Every member of the group has the role. Additive: this resource does not change other assignments.",
	}
}

// NewRoleRightResource returns kamiwaza_role_right.
func NewRoleRightResource() resource.Resource {
	return &assignmentResource{
		relation:    roleRight,
		description: "A right of a role. Additive: this resource does not change other assignments.",
	}
}

func (r *assignmentResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + r.name
	resp.ResourceBehavior.MutableIdentity = true // see Update
}

func (r *assignmentResource) fromID() path.Path { return path.Root(r.from + "_id") }
func (r *assignmentResource) toID() path.Path   { return path.Root(r.to + "_id") }

// TypeName is the type with its prefix.
func (r *assignmentResource) TypeName() string { return "kamiwaza_" + r.name }

// Label names an assignment.
func (r *assignmentResource) Label(a claim.Assignment) string {
	return "assignment of " + r.label(a)
}

func (r *assignmentResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	end := func(noun string) schema.StringAttribute {
		return schema.StringAttribute{
			Required:            true,
			MarkdownDescription: fmt.Sprintf("The %s. Changing it replaces the assignment.", idOf(noun, r.gateway != nil)),
			Validators:          idValidators(r.gateway != nil),
		}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: r.description,
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: fmt.Sprintf("The id of the assignment, `<%s_id>/<%s_id>`, which is also its import id.", r.from, r.to),
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			r.from + "_id": end(r.from),
			r.to + "_id":   end(r.to),
		},
	}
}

func (r *assignmentResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	end := func(noun string) identityschema.StringAttribute {
		return identityschema.StringAttribute{RequiredForImport: true, Description: fmt.Sprintf("The %s.", idOf(noun, r.gateway != nil))}
	}
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		r.from + "_id": end(r.from),
		r.to + "_id":   end(r.to),
	}}
}

func (r *assignmentResource) ends(ctx context.Context, source framework.Reader, diags *diag.Diagnostics) (from, to types.String) {
	diags.Append(source.GetAttribute(ctx, r.fromID(), &from)...)
	diags.Append(source.GetAttribute(ctx, r.toID(), &to)...)
	return from, to
}

// ModifyPlan warns of ids that name nothing, of the provider's own user losing a group, and of other resources that manage
// the same assignment.
func (r *assignmentResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.Run == nil {
		return
	}
	r.CheckGeneration(ctx, r.TypeName(), req.Config, &resp.Diagnostics)
	var oldFrom, oldTo, from, to types.String
	if !req.State.Raw.IsNull() {
		oldFrom, oldTo = r.ends(ctx, req.State, &resp.Diagnostics)
	}
	if !req.Plan.Raw.IsNull() {
		from, to = r.ends(ctx, req.Plan, &resp.Diagnostics)
		claim.ReplaceEnd(ctx, r.Run, r.fromID(), oldFrom, from, resp)
		claim.ReplaceEnd(ctx, r.Run, r.toID(), oldTo, to, resp)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	plan := claim.Plan{TypeName: r.TypeName()}
	for _, e := range []struct {
		at       path.Path
		noun     string
		old, new types.String
	}{{r.fromID(), r.from, oldFrom, from}, {r.toID(), r.to, oldTo, to}} {
		if e.new.IsNull() || e.new.IsUnknown() {
			continue
		}
		plan.Singles = append(plan.Singles, claim.End{Relation: r.name, Noun: e.noun, ID: e.new.ValueString()})
		r.checkIDs(ctx, r.Run, e.at, []string{e.new.ValueString()}, &resp.Diagnostics)
		if !e.new.Equal(e.old) {
			r.WarnOfMissing(ctx, e.at, e.noun, []string{e.new.ValueString()}, missingFails, &resp.Diagnostics)
		}
	}
	old := r.assignment(oldFrom.ValueString(), oldTo.ValueString())
	if len(plan.Singles) == 2 {
		plan.Has = []claim.Assignment{r.assignment(from.ValueString(), to.ValueString())}
		plan.Label = r.label(plan.Has[0])
	}
	if !oldTo.IsNull() && (!from.IsUnknown() && !from.Equal(oldFrom) || !to.IsUnknown() && !to.Equal(oldTo)) {
		plan.Gives, plan.Ends = []claim.Assignment{old}, true
	}
	claim.PlanInstance(ctx, r.Run, r.relation, plan, from.Equal(oldFrom) && to.Equal(oldTo), req, resp)
	if r.relation == groupMember && len(plan.Gives) > 0 {
		if id, username, err := r.Self(ctx); err == nil && id == old.To {
			addLeaving(&resp.Diagnostics, username, []string{old.From})
		}
	}
}

// Get reads the two ends.
func (r *assignmentResource) Get(ctx context.Context, source framework.Reader, diags *diag.Diagnostics) claim.Assignment {
	from, to := r.ends(ctx, source, diags)
	return r.assignment(from.ValueString(), to.ValueString())
}

// Put writes the two ends.
func (r *assignmentResource) Put(ctx context.Context, target framework.Writer, a claim.Assignment, diags *diag.Diagnostics) {
	diags.Append(target.SetAttribute(ctx, r.fromID(), a.From)...)
	diags.Append(target.SetAttribute(ctx, r.toID(), a.To)...)
}

// PutIdentity writes the two ends, which are the identity too.
func (r *assignmentResource) PutIdentity(ctx context.Context, target framework.Writer, a claim.Assignment, diags *diag.Diagnostics) {
	r.Put(ctx, target, a, diags)
}

func (r *assignmentResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	claim.CreateSingle(ctx, r.Run, r, req, resp)
}

func (r *assignmentResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	claim.ReadSingle(ctx, r.Run, r, req, resp)
}

func (r *assignmentResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	claim.UpdateSingle(ctx, r.Run, r, req, resp)
}

func (r *assignmentResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	claim.DeleteSingle(ctx, r.Run, r, req, resp)
}

// ImportState takes the two ends as <from>/<to>, each by its id or its name, or the ids from the identity in an import block.
func (r *assignmentResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if req.ID != "" {
		if imported, ok := r.find(ctx, r.Run, req.ID, &resp.Diagnostics); ok {
			claim.ImportSingle(ctx, r, imported, resp)
		}
		return
	}
	from, to := r.ends(ctx, req.Identity, &resp.Diagnostics)
	for _, end := range []struct {
		noun string
		id   types.String
	}{{r.from, from}, {r.to, to}} {
		if problem := r.idProblem(ctx, r.Run, end.id.ValueString()); problem != "" {
			resp.Diagnostics.AddError("Invalid import id", fmt.Sprintf("The identity of a kamiwaza_%s is %s_id and %s_id, but the id of the %s is wrong: %s.",
				r.name, r.from, r.to, end.noun, problem))
		}
	}
	if resp.Diagnostics.HasError() {
		return
	}
	claim.ImportSingle(ctx, r, r.assignment(from.ValueString(), to.ValueString()), resp)
}
