package claim

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

// Keys of the private state, which the provider keeps beside each instance in the state.
const (
	// privateKeep are the assignments that a planned destruction leaves alone.
	privateKeep = "keep"
	// privateConfirm says that the instance is updated to make sure of what another one gives up.
	privateConfirm = "confirm"
)

// Relation writes the assignments of one relation.
type Relation interface {
	// AssignmentID writes one as in the state.
	AssignmentID(a Assignment) string
	// List names some for a message.
	List(all []Assignment) string
}

// PlanInstance notes what the plan of an instance comes to, warns of what it and others do to each other, and sees to
// it that no assignment goes that another instance has. unchanged says that the plan has nothing to do.
func PlanInstance(ctx context.Context, in *run.Run, r Relation, p Plan, unchanged bool, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	p.instance = framework.InstanceOf(ctx, resp.Private, &resp.Diagnostics)
	contact := claimsOf(in).notePlan(p, &resp.Diagnostics)
	if len(p.Gives) > 0 {
		framework.SetPrivate(ctx, resp.Private, privateKeep, ids(r, contact.kept), &resp.Diagnostics)
	}
	// During an apply, the plan has said so; or it is the instance's own replacement that has the assignments.
	if !in.IsApplying() {
		if contact.keptBy != "" && p.Ends {
			addMoved(&resp.Diagnostics, r, contact.kept, p.TypeName, contact.keptBy)
		}
		if contact.giverEnds {
			addMoved(&resp.Diagnostics, r, contact.taken, contact.takenFrom, p.TypeName)
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
				"-refresh=false.", contact.takenFrom, p.TypeName, r.List(contact.taken)))
	}
}

// ReadInstance notes what an instance has in the state.
func ReadInstance(ctx context.Context, in *run.Run, typeName string, has []Assignment, req resource.ReadRequest, resp *resource.ReadResponse) {
	instance := framework.InstanceOf(ctx, resp.Private, &resp.Diagnostics)
	givenUp := claimsOf(in).noteRead(instance, typeName, has)
	if givenUp != framework.GetPrivate[bool](ctx, req.Private, privateConfirm, &resp.Diagnostics) {
		framework.SetPrivate(ctx, resp.Private, privateConfirm, givenUp, &resp.Diagnostics)
	}
}

// addMoved says that what one resource gives up stays, because another one has it.
func addMoved(diags *diag.Diagnostics, r Relation, moved []Assignment, from, to string) {
	advice := fmt.Sprintf("If you have renamed or moved the resource, add a moved block. Terraform then does not destroy or create anything:\n\n"+
		"moved {\n  from = %s.OLD\n  to   = %s.NEW\n}", from, to)
	if from != to {
		advice = fmt.Sprintf("Between resources of one type, a moved block avoids the destroy and the create. From %s to %s, use a removed block with "+
			"destroy = false for the old resource and an import block for the new one.", from, to)
	}
	diags.AddWarning(fmt.Sprintf("%s is destroyed, but %s keeps its assignments: %s", from, to, r.List(moved)),
		"This plan destroys or replaces one resource, and another one manages the same assignments. They stay on the server.\n\n"+advice)
}

// ids writes assignments as in the state.
func ids(r Relation, assignments []Assignment) []string {
	ids := make([]string, len(assignments))
	for i, a := range assignments {
		ids[i] = r.AssignmentID(a)
	}
	slices.Sort(ids)
	return ids
}

// Kept are the ids of the assignments that a planned destruction leaves alone, because another instance has them.
func Kept(ctx context.Context, private framework.PrivateState, diags *diag.Diagnostics) map[string]bool {
	kept := map[string]bool{}
	for _, id := range framework.GetPrivate[[]string](ctx, private, privateKeep, diags) {
		kept[id] = true
	}
	return kept
}

// Confirmed notes that an instance has made sure of what another one gives up.
func Confirmed(ctx context.Context, private framework.PrivateState, diags *diag.Diagnostics) {
	framework.SetPrivate(ctx, private, privateConfirm, false, diags)
}

// ReplaceEnd decides whether another id at an end of an assignment replaces the resource. One that is not known yet does so
// only where the old object goes: it may turn out to be the same, and where it does not, the assignment is changed in place.
// So it is during an apply, because Terraform cannot turn an update into a replacement then. A plan without a refresh looks
// the same as an apply.
func ReplaceEnd(ctx context.Context, in *run.Run, at path.Path, state, plan types.String, resp *resource.ModifyPlanResponse) {
	switch {
	case state.IsNull() || plan.IsNull() || plan.Equal(state):
	case in.IsApplying(), !in.IsRefreshing(), plan.IsUnknown() && !in.GoesAway(state.ValueString()):
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("id"), types.StringUnknown())...)
	default:
		resp.RequiresReplace.Append(at)
	}
}
