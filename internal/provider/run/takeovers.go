package run

import (
	"context"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/english"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
)

// takeovers knows, during one plan or apply, which objects one resource takes over with adopt_existing, and what other
// resources do with them. Whichever of two resources is planned second finds out.
type takeovers struct {
	mu sync.Mutex
	// wanted, going and kept are the instances that take over, destroy and keep objects in a plan.
	wanted, going, kept map[Takeover]string
	// taken are the objects that an apply has taken over.
	taken map[Takeover]bool
}

func newTakeovers() *takeovers {
	return &takeovers{wanted: map[Takeover]string{}, going: map[Takeover]string{}, kept: map[Takeover]string{}, taken: map[Takeover]bool{}}
}

// Takeover is an object that may go from one resource to another: Key is what the API takes for the same object.
type Takeover struct{ TypeName, Key string }

// PlanTakeover notes what a plan does with an object, which messages call label: adopts says that a new one may be taken over.
// It refuses to let two resources manage one object, and one to destroy what the other takes over: the apply might delete the
// object first.
func (r *Run) PlanTakeover(ctx context.Context, t Takeover, label string, adopts bool, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r == nil || t.Key == "" || r.IsApplying() {
		return
	}
	instance := framework.InstanceOf(ctx, resp.Private, &resp.Diagnostics)
	all := Shared(r, newTakeovers)
	all.mu.Lock()
	defer all.mu.Unlock()
	switch {
	case req.Plan.Raw.IsNull():
		all.going[t] = instance
	case !req.State.Raw.IsNull():
		all.kept[t] = instance
	case adopts:
		all.wanted[t] = instance
	}
	byOther := func(other string) bool { return all.wanted[t] != "" && other != "" && other != all.wanted[t] }
	switch {
	case byOther(all.kept[t]):
		resp.Diagnostics.AddError("Two resources would manage "+label,
			"One resource of this configuration manages it, and another one with adopt_existing = true names it, too. Remove one of them.")
	case byOther(all.going[t]):
		resp.Diagnostics.AddError(fmt.Sprintf("One resource takes over %s, and another one destroys it", label), fmt.Sprintf(
			"The apply might delete it and create a new one. If you have renamed or moved the resource, add a moved block, with which nothing changes:\n\n"+
				"moved {\n  from = %[1]s.OLD\n  to   = %[1]s.NEW\n}\n\nOtherwise, destroy the old resource in an apply of its own.", t.TypeName))
	}
}

// TakeOver notes that this apply has taken over the object.
func (r *Run) TakeOver(t Takeover) {
	all := Shared(r, newTakeovers)
	all.mu.Lock()
	defer all.mu.Unlock()
	all.taken[t] = true
}

// IsTakenOver tells whether the object must not be deleted, because its replacement has taken it over before, and says so.
func (r *Run) IsTakenOver(t Takeover, label string, diags *diag.Diagnostics) bool {
	all := Shared(r, newTakeovers)
	all.mu.Lock()
	defer all.mu.Unlock()
	if all.taken[t] {
		diags.AddWarning(english.Capitalize(label)+" was not destroyed",
			"The replacement of this resource with create_before_destroy has taken it over (adopt_existing = true).")
	}
	return all.taken[t]
}
