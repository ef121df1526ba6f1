package assignment

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/idlist"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/claim"
)

// edge is the assignment of one element.
func (r *assignmentsResource) edge(owner, element string) claim.Assignment {
	if r.owner == r.from {
		return r.assignment(owner, element)
	}
	return r.assignment(element, owner)
}

func (r *assignmentsResource) assignments(owner string, elements []string) []claim.Assignment {
	assignments := make([]claim.Assignment, len(elements))
	for i, element := range elements {
		assignments[i] = r.edge(owner, element)
	}
	return assignments
}

// ModifyPlan shows what a plan alone does not: what a new set takes away, ids that name nothing, and who else
// manages the same assignments.
func (r *assignmentsResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.Run == nil {
		return
	}
	r.CheckGeneration(ctx, "kamiwaza_"+r.typeName, req.Config, &resp.Diagnostics)
	var oldOwner, owner types.String
	var before, after framework.IDSet
	if !req.State.Raw.IsNull() {
		oldOwner, before = r.get(ctx, req.State, &resp.Diagnostics)
	}
	if !req.Plan.Raw.IsNull() {
		owner, after = r.get(ctx, req.Plan, &resp.Diagnostics)
		claim.ReplaceEnd(ctx, r.Run, r.ownerID(), oldOwner, owner, resp)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	var have []string
	if !oldOwner.IsNull() {
		have = before.Known()
	}
	lost := r.lost(oldOwner, owner, have, after)
	plan := claim.Plan{
		TypeName: "kamiwaza_" + r.typeName,
		Gives:    r.assignments(oldOwner.ValueString(), lost),
		Ends:     !owner.IsUnknown() && !owner.Equal(oldOwner),
	}
	if !owner.IsNull() && !owner.IsUnknown() {
		id := owner.ValueString()
		plan.Has = r.assignments(id, after.Some())
		plan.Sets, plan.Element, plan.Complete = []claim.End{{Relation: r.name, Noun: r.owner, ID: id}}, r.element, after.Known() != nil
		plan.Edge = func(element string) claim.Assignment { return r.edge(id, element) }
	}
	unchanged := owner.Equal(oldOwner) && after.Equal(before)
	claim.PlanInstance(ctx, r.Run, r.relation, plan, unchanged, req, resp)
	r.warnOfLeaving(ctx, oldOwner, lost, &resp.Diagnostics)

	if plan.Sets == nil {
		return
	}
	r.checkIDs(ctx, r.Run, r.ownerID(), []string{owner.ValueString()}, &resp.Diagnostics)
	r.checkIDs(ctx, r.Run, r.elementIDs(), slices.Sorted(slices.Values(after.Some())), &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	if req.State.Raw.IsNull() {
		r.WarnOfMissing(ctx, r.ownerID(), r.owner, []string{owner.ValueString()}, &resp.Diagnostics)
		r.warnOfRemoval(ctx, owner.ValueString(), after, &resp.Diagnostics)
	}
	r.WarnOfMissing(ctx, r.elementIDs(), r.element, idlist.Without(after.Some(), have), &resp.Diagnostics)
}

// lost are the elements that the plan takes from the old owner, as far as that is known.
func (r *assignmentsResource) lost(oldOwner, owner types.String, have []string, after framework.IDSet) []string {
	switch {
	case owner.IsUnknown():
		return nil
	case !owner.Equal(oldOwner): // which is so when the set is destroyed, too
		return have
	case after.Known() == nil:
		return nil
	}
	return idlist.Without(have, after.Known())
}

// warnOfRemoval names what the server has before the set exists: the plan shows a creation, and nothing that goes.
func (r *assignmentsResource) warnOfRemoval(ctx context.Context, owner string, want framework.IDSet, diags *diag.Diagnostics) {
	if want.IsUnknown() {
		return
	}
	held, err := r.list(ctx, r.Run, owner)
	if err != nil {
		return // Whatever it is, the apply will say so; that the owner is missing has been said.
	}
	extra := idlist.Without(held, want.Some())
	if len(extra) == 0 {
		return
	}
	slices.Sort(extra)
	unless := ""
	if want.UnknownElements() > 0 {
		unless = fmt.Sprintf(", unless they are among the %d %s(s) that are still unknown", want.UnknownElements(), r.element)
	}
	diags.AddAttributeWarning(r.elementIDs(), fmt.Sprintf("Creating this removes %ss that the %s has", r.element, r.owner),
		fmt.Sprintf("The %s %s has %d %s(s) that are not in the configuration. This resource is authoritative, so the apply removes them%s: %s.\n\n"+
			"To keep them, add them to %s_ids. To see the removals as a diff in the plan, import the resource first.",
			r.owner, owner, len(extra), r.element, unless, idlist.Short(extra), r.element))
}

// warnOfLeaving warns when the user that the provider logs in as loses groups.
func (r *assignmentsResource) warnOfLeaving(ctx context.Context, owner types.String, lost []string, diags *diag.Diagnostics) {
	if r.relation != groupMember || len(lost) == 0 {
		return
	}
	id, username, err := r.Self(ctx)
	switch {
	case err != nil:
	case r.owner == "user" && owner.ValueString() == id:
		addLeaving(diags, username, lost)
	case r.owner == "group" && slices.Contains(lost, id):
		addLeaving(diags, username, []string{owner.ValueString()})
	}
}
