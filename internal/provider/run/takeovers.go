package run

import (
	"context"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
)

// privateTaken says that another resource takes over the object whose destruction is planned.
const privateTaken = "taken"

// takeovers knows, during one plan or apply, the objects that one resource takes over with adopt_existing, so that the
// resource which had them before does not delete them. All are by type and key, which is what the API takes for the same.
type takeovers struct {
	mu sync.Mutex
	// In a plan: who takes over, destroys or keeps the object. In an apply: what was taken over.
	wanted, going, kept, taken map[string]bool
}

func newTakeovers() *takeovers {
	return &takeovers{wanted: map[string]bool{}, going: map[string]bool{}, kept: map[string]bool{}, taken: map[string]bool{}}
}

// Takeover is an object that may go from one resource to another.
type Takeover struct {
	TypeName, Key string
	Label         string // as messages name it
}

func (t Takeover) id() string { return t.TypeName + " " + t.Key }

// PlanTakeover notes what a plan does with an object: adopts says that it is planned to be created with adopt_existing.
// It warns where one resource takes over what another one destroys, and refuses to let two resources manage one object.
func (r *Run) PlanTakeover(ctx context.Context, t Takeover, adopts bool, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r == nil || t.Key == "" {
		return
	}
	all := Shared(r, newTakeovers)
	all.mu.Lock()
	defer all.mu.Unlock()
	switch id := t.id(); {
	case req.Plan.Raw.IsNull():
		all.going[id] = true
		framework.SetPrivate(ctx, resp.Private, privateTaken, all.wanted[id], &resp.Diagnostics)
	case !req.State.Raw.IsNull():
		all.kept[id] = len(resp.RequiresReplace) == 0
	case adopts:
		all.wanted[id] = true
	}
	if r.IsApplying() || !all.wanted[t.id()] {
		return
	}
	switch {
	case all.kept[t.id()]:
		resp.Diagnostics.AddError("Two resources would manage "+t.Label,
			"One resource of this configuration manages it, and another one with adopt_existing = true names it, too. Remove one of them.")
	case all.going[t.id()]:
		resp.Diagnostics.AddWarning(fmt.Sprintf("One resource takes over %s, and another one destroys it", t.Label), fmt.Sprintf(
			"If you have renamed or moved the resource, add a moved block. The object then does not change:\n\n"+
				"moved {\n  from = %[1]s.OLD\n  to   = %[1]s.NEW\n}\n\nWithout the block, the apply may delete the object and create a new one.", t.TypeName))
	}
}

// TakeOver notes that this apply has taken over the object.
func (r *Run) TakeOver(t Takeover) {
	all := Shared(r, newTakeovers)
	all.mu.Lock()
	defer all.mu.Unlock()
	all.taken[t.id()] = true
}

// IsTakenOver tells whether the object must not be deleted, because another resource has taken it over or is going to, and
// says so.
func (r *Run) IsTakenOver(ctx context.Context, t Takeover, private framework.PrivateState, diags *diag.Diagnostics) bool {
	planned := framework.GetPrivate[bool](ctx, private, privateTaken, diags)
	all := Shared(r, newTakeovers)
	all.mu.Lock()
	defer all.mu.Unlock()
	if !planned && !all.taken[t.id()] {
		return false
	}
	diags.AddWarning(framework.Capitalize(t.Label)+" was not destroyed",
		"The same apply takes it over (adopt_existing = true) in another resource, or in the replacement of this resource with create_before_destroy.")
	return true
}
