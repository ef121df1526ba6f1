package provider

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/idlist"
)

// planAssignments notes what the plan of an instance comes to, warns of what it and others do to each other, and sees to
// it that no assignment goes that another instance has. unchanged says that the plan has nothing to do.
func (c *connection) planAssignments(ctx context.Context, r *relation, p assignmentPlan, unchanged bool, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	p.instance = framework.InstanceOf(ctx, resp.Private, &resp.Diagnostics)
	contact := c.claims.notePlan(p, &resp.Diagnostics)
	if len(p.gives) > 0 {
		framework.SetPrivate(ctx, resp.Private, privateKeep, r.ids(contact.kept), &resp.Diagnostics)
	}
	// During an apply, the plan has said so; or it is the instance's own replacement that has the assignments.
	if !c.applying.Load() {
		if contact.keptBy != "" && p.ends {
			addMoved(&resp.Diagnostics, r, contact.kept, p.typeName, contact.keptBy)
		}
		if contact.giverEnds {
			addMoved(&resp.Diagnostics, r, contact.taken, contact.takenFrom, p.typeName)
		}
	}
	if !unchanged {
		return
	}
	switch {
	case framework.GetPrivate[bool](ctx, req.Private, privateConfirm, &resp.Diagnostics):
		// An update, because Terraform applies nothing that has no difference.
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("id"), types.StringUnknown())...)
	case len(contact.taken) > 0 && !contact.wasRead:
		resp.Diagnostics.AddError("This plan needs a refresh",
			fmt.Sprintf("Another %s gives up assignments that this %s has: %s. Without a refresh, the apply could lose them. Plan again without "+
				"-refresh=false.", contact.takenFrom, p.typeName, r.list(contact.taken)))
	}
}

// readAssignments notes what an instance has in the state.
func (c *connection) readAssignments(ctx context.Context, typeName string, has []assignment, req resource.ReadRequest, resp *resource.ReadResponse) {
	instance := framework.InstanceOf(ctx, resp.Private, &resp.Diagnostics)
	givenUp := c.claims.noteRead(instance, typeName, has)
	if givenUp != framework.GetPrivate[bool](ctx, req.Private, privateConfirm, &resp.Diagnostics) {
		framework.SetPrivate(ctx, resp.Private, privateConfirm, givenUp, &resp.Diagnostics)
	}
}

// addMoved says that what one resource gives up stays, because another one has it.
func addMoved(diags *diag.Diagnostics, r *relation, moved []assignment, from, to string) {
	advice := fmt.Sprintf("If you only renamed or moved the resource, add a moved block instead. Terraform then has nothing to destroy or create:\n\n"+
		"moved {\n  from = %s.OLD\n  to   = %s.NEW\n}", from, to)
	if from != to {
		advice = fmt.Sprintf("Between resources of one type, a moved block avoids the destroy and the create. From %s to %s, use a removed block with "+
			"destroy = false for the old resource and an import block for the new one.", from, to)
	}
	diags.AddWarning(fmt.Sprintf("%s is destroyed, but %s keeps its assignments: %s", from, to, r.list(moved)),
		"This plan destroys or replaces one resource, and another one manages the same assignments. They stay on the server.\n\n"+advice)
}

// ids writes assignments as in the state.
func (r *relation) ids(assignments []assignment) []string {
	ids := make([]string, len(assignments))
	for i, a := range assignments {
		ids[i] = a.from + "/" + a.to
	}
	slices.Sort(ids)
	return ids
}

// list names assignments for a message, by the object that they share if there is one.
func (r *relation) list(assignments []assignment) string {
	from, to := make([]string, len(assignments)), make([]string, len(assignments))
	for i, a := range assignments {
		from[i], to[i] = a.from, a.to
	}
	slices.Sort(from)
	slices.Sort(to)
	switch {
	case from[0] == from[len(from)-1]:
		return fmt.Sprintf("%s %s of %s %s", plural(len(to), r.to), idlist.Short(to), r.from, from[0])
	case to[0] == to[len(to)-1]:
		return fmt.Sprintf("%s %s of %s %s", plural(len(from), r.from), idlist.Short(from), r.to, to[0])
	}
	return idlist.Short(r.ids(assignments))
}

func plural(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}

// replaceIfKnown replaces the resource when the value becomes another one. One that is not known yet may turn out to be
// the same: then nothing has to change, and otherwise checkReplaced asks for another plan.
func replaceIfKnown() planmodifier.String {
	const description = "another value replaces the resource"
	return stringplanmodifier.RequiresReplaceIf(
		func(_ context.Context, req planmodifier.StringRequest, resp *stringplanmodifier.RequiresReplaceIfFuncResponse) {
			resp.RequiresReplace = !req.PlanValue.IsUnknown()
		}, description, description)
}

// checkReplaced refuses, during an apply, what only a plan may decide: Terraform plans each instance once more when all
// values are known, and cannot turn an update into a replacement then. When nothing was written or read yet, it may be
// an apply or a plan without a refresh; an apply fails by itself then, but with words that do not help.
func (c *connection) checkReplaced(at path.Path, state, plan types.String, diags *diag.Diagnostics) {
	if state.IsNull() || plan.IsUnknown() || plan.ValueString() == state.ValueString() {
		return
	}
	changed := fmt.Sprintf("changed from %q to %q, which replaces the resource", state.ValueString(), plan.ValueString())
	switch {
	case c.applying.Load():
		diags.AddAttributeError(at, fmt.Sprintf("%s needs another plan", at),
			fmt.Sprintf("It was not known when this plan was made, and it has %s. The resource was left as it is. Plan and apply again.", changed))
	case !c.refreshing.Load():
		diags.AddAttributeWarning(at, fmt.Sprintf("%s may need another plan", at),
			fmt.Sprintf("It has %s. If the apply ends with \"Provider produced inconsistent final plan\", the value was not known when the plan was "+
				"made, and the resource was not changed: plan and apply again.", changed))
	}
}

// replaceEnd decides whether another id at an end of an assignment replaces the resource. One that is not known yet does so
// only where the old object goes: it may turn out to be the same, and where it does not, the assignment is changed in place.
// So it is during an apply, because Terraform cannot turn an update into a replacement then. A plan without a refresh looks
// the same as an apply.
func (c *connection) replaceEnd(ctx context.Context, at path.Path, state, plan types.String, resp *resource.ModifyPlanResponse) {
	switch {
	case state.IsNull() || plan.IsNull() || plan.Equal(state):
	case c.applying.Load(), !c.refreshing.Load(), plan.IsUnknown() && !c.objects.goesAway(state.ValueString()):
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("id"), types.StringUnknown())...)
	default:
		resp.RequiresReplace.Append(at)
	}
}
