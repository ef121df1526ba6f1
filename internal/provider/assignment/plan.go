package assignment

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/idlist"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

// planAssignments notes what the plan of an instance comes to, warns of what it and others do to each other, and sees to
// it that no assignment goes that another instance has. unchanged says that the plan has nothing to do.
func (r *relation) planAssignments(ctx context.Context, in *run.Run, p assignmentPlan, unchanged bool, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	p.instance = framework.InstanceOf(ctx, resp.Private, &resp.Diagnostics)
	contact := claimsOf(in).notePlan(p, &resp.Diagnostics)
	if len(p.gives) > 0 {
		framework.SetPrivate(ctx, resp.Private, privateKeep, r.ids(contact.kept), &resp.Diagnostics)
	}
	// During an apply, the plan has said so; or it is the instance's own replacement that has the assignments.
	if !in.IsApplying() {
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
			fmt.Sprintf("Another %s no longer manages assignments that this %s manages: %s. Without a refresh, the apply could remove them. Plan again without "+
				"-refresh=false.", contact.takenFrom, p.typeName, r.list(contact.taken)))
	}
}

// readAssignments notes what an instance has in the state.
func readAssignments(ctx context.Context, in *run.Run, typeName string, has []assignment, req resource.ReadRequest, resp *resource.ReadResponse) {
	instance := framework.InstanceOf(ctx, resp.Private, &resp.Diagnostics)
	givenUp := claimsOf(in).noteRead(instance, typeName, has)
	if givenUp != framework.GetPrivate[bool](ctx, req.Private, privateConfirm, &resp.Diagnostics) {
		framework.SetPrivate(ctx, resp.Private, privateConfirm, givenUp, &resp.Diagnostics)
	}
}

// addMoved says that what one resource gives up stays, because another one has it.
func addMoved(diags *diag.Diagnostics, r *relation, moved []assignment, from, to string) {
	advice := fmt.Sprintf("If you have renamed or moved the resource, add a moved block. Terraform then does not destroy or create anything:\n\n"+
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
		return fmt.Sprintf("%s %s of %s %s", framework.Plural(len(to), r.to), idlist.Short(to), r.from, from[0])
	case to[0] == to[len(to)-1]:
		return fmt.Sprintf("%s %s of %s %s", framework.Plural(len(from), r.from), idlist.Short(from), r.to, to[0])
	}
	return idlist.Short(r.ids(assignments))
}

// replaceEnd decides whether another id at an end of an assignment replaces the resource. One that is not known yet does so
// only where the old object goes: it may turn out to be the same, and where it does not, the assignment is changed in place.
// So it is during an apply, because Terraform cannot turn an update into a replacement then. A plan without a refresh looks
// the same as an apply.
func replaceEnd(ctx context.Context, in *run.Run, at path.Path, state, plan types.String, resp *resource.ModifyPlanResponse) {
	switch {
	case state.IsNull() || plan.IsNull() || plan.Equal(state):
	case in.IsApplying(), !in.IsRefreshing(), plan.IsUnknown() && !in.GoesAway(state.ValueString()):
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("id"), types.StringUnknown())...)
	default:
		resp.RequiresReplace.Append(at)
	}
}

func addLeaving(diags *diag.Diagnostics, username string, groups []string) {
	diags.AddWarning("The provider's own user leaves a group",
		fmt.Sprintf("This plan removes %q, the user the provider authenticates as, from the group %s. If this group grants the user its "+
			"permissions, later runs will fail.", username, strings.Join(groups, ", ")))
}
