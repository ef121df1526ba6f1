package run

import (
	"context"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

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
	// owners are the instances that have an object in the state and keep it.
	owners map[object]string
}

// object is an object of the server.
type object struct{ typeName, id string }

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

// ClaimObject warns if two resources keep the same object, which messages call label: Terraform does not notice that an object is
// imported to two addresses. It plans each instance with its state once at most, so a second claim is another one's.
func (r *Run) ClaimObject(ctx context.Context, typeName, label string, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r == nil || req.State.Raw.IsNull() || req.Plan.Raw.IsNull() {
		return
	}
	var id types.String
	resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("id"), &id)...)
	instance := framework.InstanceOf(ctx, resp.Private, &resp.Diagnostics)
	o, claimed := &r.objects, object{typeName, id.ValueString()}
	o.mu.Lock()
	defer o.mu.Unlock()
	owner, owned := o.owners[claimed]
	o.owners[claimed] = instance
	if owned && owner != instance {
		resp.Diagnostics.AddWarning(fmt.Sprintf("Two %s resources manage %s", typeName, label),
			"The object is in the state under two addresses, or is imported to two. The resources undo each other's changes, and if you remove one of them from the "+
				"configuration, Terraform destroys the object of the other. Keep one of the two. To remove the other one from the state without destroying the "+
				"object, delete its import block and use a removed block with destroy = false, or terraform state rm ADDRESS.")
	}
}
