package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
)

// model is the state of one entity.
type model interface {
	noun() string
	id() types.String
	name() types.String
}

// label is how messages name an object: user "ada" (6f1c2b9e-…), as far as that is known.
func label(m model) string {
	text := m.noun()
	if name := m.name().ValueString(); name != "" {
		text += fmt.Sprintf(" %q", name)
	}
	if id := m.id().ValueString(); id != "" {
		text += fmt.Sprintf(" (%s)", id)
	}
	return text
}

func subjectOf(m model) subject { return subject{noun: m.noun(), text: label(m)} }

// entityIdentity is the resource identity of every entity.
type entityIdentity struct {
	ID types.String `tfsdk:"id"`
}

// create saves what call returns even when it fails: an object with an id exists, and forgetting it would leave
// it on the server with nobody to care for it.
func create[M model](ctx context.Context, c *connection, req resource.CreateRequest, resp *resource.CreateResponse, call func(plan M) (M, error)) {
	c.applying.Store(true)
	var plan M
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	state, err := call(plan)
	if state.id().ValueString() != "" {
		resp.Diagnostics.Append(resp.Identity.Set(ctx, entityIdentity{state.id()})...)
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	}
	if err != nil {
		addError(&resp.Diagnostics, "create", subjectOf(plan), err)
		return
	}
	addUnmet(ctx, &resp.Diagnostics, "create", subjectOf(plan), req.Plan, resp.State)
}

func read[M model](ctx context.Context, c *connection, req resource.ReadRequest, resp *resource.ReadResponse, call func(state M) (M, error)) {
	var prior M
	resp.Diagnostics.Append(req.State.Get(ctx, &prior)...)
	// Before the call, because the framework refuses a Read without an identity, and Terraform before 1.12 keeps none.
	resp.Diagnostics.Append(resp.Identity.Set(ctx, entityIdentity{prior.id()})...)
	if resp.Diagnostics.HasError() {
		return
	}
	c.refreshing.Store(true)
	state, err := call(prior)
	switch {
	case errors.Is(err, client.ErrNotFound):
		// After an import nothing but the id is known, and Terraform itself says that there is no such object.
		if !prior.name().IsNull() {
			c.addGone(&resp.Diagnostics, label(prior))
		}
		resp.State.RemoveResource(ctx)
	case err != nil:
		addError(&resp.Diagnostics, "read", subjectOf(prior), err)
	default:
		c.found.Store(true)
		c.objects.noteRead(prior.id().ValueString())
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	}
}

func update[M model](ctx context.Context, c *connection, req resource.UpdateRequest, resp *resource.UpdateResponse, call func(plan, state M) (M, error)) {
	c.applying.Store(true)
	var plan, prior M
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &prior)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.Identity.Set(ctx, entityIdentity{prior.id()})...)
	state, err := call(plan, prior)
	if err != nil {
		addError(&resp.Diagnostics, "update", subjectOf(prior), err)
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	addUnmet(ctx, &resp.Diagnostics, "update", subjectOf(prior), req.Plan, resp.State)
}

func remove[M model](ctx context.Context, c *connection, req resource.DeleteRequest, resp *resource.DeleteResponse, call func(state M) error) {
	c.applying.Store(true)
	var state M
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if err := call(state); err != nil && !errors.Is(err, client.ErrNotFound) {
		addError(&resp.Diagnostics, "delete", subjectOf(state), err)
	}
}

// attributes is what configurations, plans, states and identities have in common.
type attributes interface {
	GetAttribute(ctx context.Context, at path.Path, target any) diag.Diagnostics
}

// settable is what states and identities have in common.
type settable interface {
	SetAttribute(ctx context.Context, at path.Path, value any) diag.Diagnostics
}

// importByID takes the id from the command line, or from the identity in an import block.
func importByID(ctx context.Context, noun string, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id := types.StringValue(req.ID)
	if req.ID == "" {
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root("id"), &id)...)
	}
	if problem := framework.UUIDProblem(id.ValueString()); problem != "" {
		resp.Diagnostics.AddError("Invalid import id", fmt.Sprintf("%s is imported by its id: %s.", capitalize(article(noun)), problem))
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), id)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, entityIdentity{id})...)
}
