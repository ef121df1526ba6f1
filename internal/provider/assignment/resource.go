package assignment

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
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

func (r *assignmentResource) typeName() string { return "kamiwaza_" + r.name }

func (r *assignmentResource) label(a claim.Assignment) string {
	return "assignment of " + r.relation.label(a)
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

func (r *assignmentResource) setEnds(ctx context.Context, target framework.Writer, from, to types.String, diags *diag.Diagnostics) {
	diags.Append(target.SetAttribute(ctx, r.fromID(), from)...)
	diags.Append(target.SetAttribute(ctx, r.toID(), to)...)
}

// ModifyPlan warns of ids that name nothing, of the provider's own user losing a group, and of other resources that manage
// the same assignment.
func (r *assignmentResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.Run == nil {
		return
	}
	r.CheckGeneration(ctx, r.typeName(), req.Config, &resp.Diagnostics)
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
	plan := claim.Plan{TypeName: r.typeName()}
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
			r.WarnOfMissing(ctx, e.at, e.noun, []string{e.new.ValueString()}, &resp.Diagnostics)
		}
	}
	old := r.assignment(oldFrom.ValueString(), oldTo.ValueString())
	if len(plan.Singles) == 2 {
		plan.Has = []claim.Assignment{r.assignment(from.ValueString(), to.ValueString())}
		plan.Label = r.relation.label(plan.Has[0])
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

func (r *assignmentResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	r.Applying()
	from, to := r.ends(ctx, req.Plan, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	created := r.assignment(from.ValueString(), to.ValueString())
	if err := r.add(ctx, r.Run, created); err != nil {
		framework.AddFailure(&resp.Diagnostics, "create", framework.Subject{Noun: "assignment", Assignment: true, Text: r.label(created)}, err)
		return
	}
	r.setEnds(ctx, resp.Identity, from, to, &resp.Diagnostics)
	r.setEnds(ctx, &resp.State, from, to, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), created.From+"/"+created.To)...)
	framework.SetPrivate(ctx, resp.Private, privateAssignedAt, r.Client.Now().UTC().Format(time.RFC3339), &resp.Diagnostics)
	framework.InstanceOf(ctx, resp.Private, &resp.Diagnostics)
}

func (r *assignmentResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	from, to := r.ends(ctx, req.State, &resp.Diagnostics)
	r.setEnds(ctx, resp.Identity, from, to, &resp.Diagnostics)
	made := framework.GetPrivate[string](ctx, req.Private, privateAssignedAt, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	r.Refreshing()
	read := r.assignment(from.ValueString(), to.ValueString())
	exists, err := r.has(ctx, r.Run, read, r.IsRecent(made))
	switch {
	case errors.Is(err, client.ErrNotFound), err == nil && !exists:
		r.Gone(&resp.Diagnostics, r.label(read))
		resp.State.RemoveResource(ctx)
	case err != nil:
		framework.AddFailure(&resp.Diagnostics, "read", framework.Subject{Noun: "assignment", Assignment: true, Text: r.label(read)}, err)
	default:
		r.Found(read.From + "/" + read.To)
		claim.ReadInstance(ctx, r.Run, r.typeName(), []claim.Assignment{read}, req, resp)
	}
}

// Update makes sure of the assignment when another resource gives it up in the same apply. Where an id was not known in the
// plan and turns out to be another one, the new assignment is made before the old one is removed.
func (r *assignmentResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	r.Applying()
	oldFrom, oldTo := r.ends(ctx, req.State, &resp.Diagnostics)
	from, to := r.ends(ctx, req.Plan, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	old, wanted := r.assignment(oldFrom.ValueString(), oldTo.ValueString()), r.assignment(from.ValueString(), to.ValueString())
	var err error
	if wanted == old {
		err = r.keep(ctx, r.Run, wanted)
	} else if err = r.add(ctx, r.Run, wanted); err == nil {
		err = r.remove(ctx, r.Run, old)
	}
	if err != nil {
		framework.AddFailure(&resp.Diagnostics, "update", framework.Subject{Noun: "assignment", Assignment: true, Text: r.label(old)}, err)
		return
	}
	r.setEnds(ctx, resp.Identity, from, to, &resp.Diagnostics)
	r.setEnds(ctx, &resp.State, from, to, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), wanted.From+"/"+wanted.To)...)
	claim.Confirmed(ctx, resp.Private, &resp.Diagnostics)
}

func (r *assignmentResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	r.Applying()
	from, to := r.ends(ctx, req.State, &resp.Diagnostics)
	kept := claim.Kept(ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() || len(kept) > 0 {
		return
	}
	deleted := r.assignment(from.ValueString(), to.ValueString())
	if err := r.remove(ctx, r.Run, deleted); err != nil {
		framework.AddFailure(&resp.Diagnostics, "delete", framework.Subject{Noun: "assignment", Assignment: true, Text: r.label(deleted)}, err)
	}
}

// ImportState takes the two ids as <from>/<to>, or from the identity in an import block.
func (r *assignmentResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	var from, to types.String
	if req.ID == "" {
		from, to = r.ends(ctx, req.Identity, &resp.Diagnostics)
	} else {
		first, second, found := strings.Cut(req.ID, "/")
		if !found || strings.Contains(second, "/") && !r.freeIDs(ctx, r.Run) {
			resp.Diagnostics.AddError("Invalid import id", fmt.Sprintf(
				"A kamiwaza_%s is imported as <%s_id>/<%s_id>: the id of the %s, a slash, and the id of the %s. %q is not of that form.",
				r.name, r.from, r.to, r.from, r.to, req.ID))
			return
		}
		from, to = types.StringValue(first), types.StringValue(second)
	}
	for _, end := range []struct {
		noun string
		id   types.String
	}{{r.from, from}, {r.to, to}} {
		if problem := r.idProblem(ctx, r.Run, end.id.ValueString()); problem != "" {
			resp.Diagnostics.AddError("Invalid import id", fmt.Sprintf(
				"A kamiwaza_%s is imported as <%s_id>/<%s_id>, but the id of the %s is wrong: %s.", r.name, r.from, r.to, end.noun, problem))
		}
	}
	if resp.Diagnostics.HasError() {
		return
	}
	r.setEnds(ctx, resp.Identity, from, to, &resp.Diagnostics)
	r.setEnds(ctx, &resp.State, from, to, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), from.ValueString()+"/"+to.ValueString())...)
	framework.InstanceOf(ctx, resp.Private, &resp.Diagnostics)
}
