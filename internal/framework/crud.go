package framework

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// Noun is a kind of objects.
type Noun struct {
	Name   string
	Advice Advice
}

// Label is how messages name one of them: user "ada" (6f1c2b9e-…), as far as that is known.
func (n Noun) Label(id, name types.String) string {
	text := n.Name
	if name := name.ValueString(); name != "" {
		text += fmt.Sprintf(" %q", name)
	}
	if id := id.ValueString(); id != "" && id != name.ValueString() {
		text += fmt.Sprintf(" (%s)", id)
	}
	return text
}

func (n Noun) subject(m Model) Subject {
	return Subject{Noun: n.Name, Text: n.Label(m.Key()), Advice: n.Advice}
}

// Model is the state of a resource that is one object of the server.
type Model interface {
	// Key returns the object's id and name, null as long as they are not known.
	Key() (id, name types.String)
}

// Run is told what the calls of one run of the provider come to.
type Run interface {
	// Applying is called before something is changed, and Refreshing before something is read into the state.
	Applying()
	Refreshing()
	// Found is called with the id of an object of the state that the server has, and Gone where it has it no more; label
	// names that object.
	Found(id string)
	Gone(diags *diag.Diagnostics, label string)
}

// objectIdentity is the resource identity of an object.
type objectIdentity struct {
	ID types.String `tfsdk:"id"`
}

// Create saves what call returns even when it fails: an object with an id exists, and forgetting it would leave
// it on the server with nobody to care for it.
func Create[M Model](ctx context.Context, run Run, noun Noun, req resource.CreateRequest, resp *resource.CreateResponse, call func(plan M) (M, error)) {
	run.Applying()
	var plan M
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	state, err := call(plan)
	if id, _ := state.Key(); id.ValueString() != "" {
		resp.Diagnostics.Append(resp.Identity.Set(ctx, objectIdentity{id})...)
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	}
	if err != nil {
		AddFailure(&resp.Diagnostics, "create", noun.subject(plan), err)
		return
	}
	addUnmet(ctx, &resp.Diagnostics, "create", noun.subject(plan), req.Plan, resp.State)
}

// Read replaces the state by what call returns. An object that is gone leaves the state, with a warning.
func Read[M Model](ctx context.Context, run Run, noun Noun, req resource.ReadRequest, resp *resource.ReadResponse, call func(state M) (M, error)) {
	var prior M
	resp.Diagnostics.Append(req.State.Get(ctx, &prior)...)
	id, name := prior.Key()
	// Before the call, because the framework refuses a Read without an identity, and Terraform before 1.12 keeps none.
	resp.Diagnostics.Append(resp.Identity.Set(ctx, objectIdentity{id})...)
	if resp.Diagnostics.HasError() {
		return
	}
	run.Refreshing()
	state, err := call(prior)
	switch {
	case errors.Is(err, client.ErrNotFound):
		// After an import nothing but the id is known, and Terraform itself says that there is no such object.
		if !name.IsNull() {
			run.Gone(&resp.Diagnostics, noun.Label(id, name))
		}
		resp.State.RemoveResource(ctx)
	case err != nil:
		AddFailure(&resp.Diagnostics, "read", noun.subject(prior), err)
	default:
		run.Found(id.ValueString())
		if !reflect.DeepEqual(state, prior) { // Set is slow, and most refreshes find no drift.
			resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
		}
	}
}

// Update replaces the state by what call returns, or leaves it as it is when call fails.
func Update[M Model](ctx context.Context, run Run, noun Noun, req resource.UpdateRequest, resp *resource.UpdateResponse, call func(plan, state M) (M, error)) {
	run.Applying()
	var plan, prior M
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &prior)...)
	if resp.Diagnostics.HasError() {
		return
	}
	id, _ := prior.Key()
	resp.Diagnostics.Append(resp.Identity.Set(ctx, objectIdentity{id})...)
	state, err := call(plan, prior)
	if err != nil {
		AddFailure(&resp.Diagnostics, "update", noun.subject(prior), err)
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	addUnmet(ctx, &resp.Diagnostics, "update", noun.subject(prior), req.Plan, resp.State)
}

// Delete takes an object that was gone already for deleted.
func Delete[M Model](ctx context.Context, run Run, noun Noun, req resource.DeleteRequest, resp *resource.DeleteResponse, call func(state M) error) {
	run.Applying()
	var state M
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if err := call(state); err != nil && !errors.Is(err, client.ErrNotFound) {
		AddFailure(&resp.Diagnostics, "delete", noun.subject(state), err)
	}
}
