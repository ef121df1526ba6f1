package run

import (
	"context"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
)

// privateReplaced is the id of the object that a replacement destroys. Terraform plans the new object without a state, but
// with what was noted of the old one.
const privateReplaced = "replaced"

// objects knows, during one plan, which of the objects in the state stay. An assignment whose end is not known yet needs
// this: where the old end stays, the new one may turn out to be the same, and otherwise the assignment goes with it.
type objects struct {
	mu sync.Mutex
	// read are the ids of those that were read, and kept tells of those that were planned whether they stay.
	read, kept map[string]bool
}

func (o *objects) noteRead(id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.read[id] = true
}

func (o *objects) noteKept(id string, kept bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.kept[id] = kept
}

// GoesAway tells whether an object is destroyed or replaced. Terraform plans an object before what refers to it; one that
// was read and not planned since with its state is tainted, and so replaced.
func (r *Run) GoesAway(id string) bool {
	o := &r.objects
	o.mu.Lock()
	defer o.mu.Unlock()
	kept, planned := o.kept[id]
	return !kept && (planned || o.read[id])
}

// PlanObject notes whether the object in the state stays, and returns the id of the one that is planned to go.
func (r *Run) PlanObject(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse, id string) (goes string) {
	if r == nil {
		return ""
	}
	switch {
	case req.State.Raw.IsNull():
		goes = framework.GetPrivate[string](ctx, req.Private, privateReplaced, &resp.Diagnostics)
	case req.Plan.Raw.IsNull():
		goes = id
	default:
		r.objects.noteKept(id, true)
		framework.SetPrivate(ctx, resp.Private, privateReplaced, id, &resp.Diagnostics)
	}
	if goes != "" {
		r.objects.noteKept(goes, false)
	}
	return goes
}
