package claim

import (
	"context"
	"errors"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/idlist"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

// Set is a resource that is the whole set of assignments of one object, the owner. What the server has beyond the configured
// set is removed, once a plan has shown it.
type Set interface {
	Relation
	TypeName() string
	// Subject and OwnerLabel name the set and its owner in messages.
	Subject(owner string) framework.Subject
	OwnerLabel(owner string) string
	// Edge is the assignment of one element.
	Edge(owner, element string) Assignment
	// Get reads the owner and the elements from a plan or a state, all of them known. Put writes them; like is a plan or a state of
	// the set, for what is written in several ways.
	Get(ctx context.Context, source framework.Reader, diags *diag.Diagnostics) (owner string, elements []string)
	Put(ctx context.Context, like framework.Reader, target framework.Writer, owner string, elements []string, diags *diag.Diagnostics)
	PutIdentity(ctx context.Context, target framework.Writer, owner string, diags *diag.Diagnostics)
	// Held reads the whole set as the server has it; ErrNotFound means that the owner is gone, and its assignments with it. like
	// is as in Put.
	Held(ctx context.Context, in *run.Run, like framework.Reader, owner string) ([]string, error)
	// Managed returns those of the elements that the set of a plan manages: it may leave others alone from now on.
	Managed(ctx context.Context, plan framework.Reader, elements []string) []string
	// Change assigns the elements of want that are not in have, makes sure of the others, and removes those of drop.
	Change(ctx context.Context, in *run.Run, owner string, have, want, drop []string) error
}

// Edges are the assignments of elements.
func Edges(s Set, owner string, elements []string) []Assignment {
	assignments := make([]Assignment, len(elements))
	for i, element := range elements {
		assignments[i] = s.Edge(owner, element)
	}
	return assignments
}

// CreateSet takes over what the server has. Without an answer for all of it there is no state: a tainted set would be
// destroyed first, and take access away that was there before.
func CreateSet(ctx context.Context, in *run.Run, s Set, req resource.CreateRequest, resp *resource.CreateResponse) {
	in.Applying()
	owner, want := s.Get(ctx, req.Plan, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	have, err := s.Held(ctx, in, req.Plan, owner)
	if err == nil {
		err = s.Change(ctx, in, owner, have, want, idlist.Without(have, want))
	}
	if err != nil {
		framework.AddFailure(&resp.Diagnostics, "create", s.Subject(owner), err)
		return
	}
	s.PutIdentity(ctx, resp.Identity, owner, &resp.Diagnostics)
	s.Put(ctx, req.Plan, &resp.State, owner, want, &resp.Diagnostics)
	framework.InstanceOf(ctx, resp.Private, &resp.Diagnostics)
}

// ReadSet reads all that the server has. A set without an owner leaves the state.
func ReadSet(ctx context.Context, in *run.Run, s Set, req resource.ReadRequest, resp *resource.ReadResponse) {
	owner, _ := s.Get(ctx, req.State, &resp.Diagnostics)
	s.PutIdentity(ctx, resp.Identity, owner, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	in.Refreshing()
	held, err := s.Held(ctx, in, req.State, owner)
	switch {
	case errors.Is(err, client.ErrNotFound):
		in.Gone(&resp.Diagnostics, s.OwnerLabel(owner))
		resp.State.RemoveResource(ctx)
	case err != nil:
		framework.AddFailure(&resp.Diagnostics, "read", s.Subject(owner), err)
	default:
		in.Found("")
		s.Put(ctx, req.State, &resp.State, owner, held, &resp.Diagnostics)
		ReadInstance(ctx, in, s.TypeName(), Edges(s, owner, held), req, resp)
	}
}

// UpdateSet changes what the plan shows and leaves what came later, which the next plan shows. Where the owner was not known
// in the plan and turns out to be another one, it gets the elements before the old one loses them.
func UpdateSet(ctx context.Context, in *run.Run, s Set, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	in.Applying()
	oldOwner, have := s.Get(ctx, req.State, &resp.Diagnostics)
	owner, want := s.Get(ctx, req.Plan, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	var err error
	if owner == oldOwner {
		err = s.Change(ctx, in, owner, have, want, s.Managed(ctx, req.Plan, idlist.Without(have, want)))
	} else if err = s.Change(ctx, in, owner, nil, want, nil); err == nil {
		err = s.Change(ctx, in, oldOwner, have, nil, have)
	}
	if err != nil {
		framework.AddFailure(&resp.Diagnostics, "update", s.Subject(oldOwner), err)
		if owner != oldOwner {
			return // The state stays what it was.
		}
		// Part of it may have been done. What cannot be told stays in the state as it was.
		if want, err = s.Held(ctx, in, req.Plan, owner); err != nil {
			return
		}
	}
	s.PutIdentity(ctx, resp.Identity, owner, &resp.Diagnostics)
	s.Put(ctx, req.Plan, &resp.State, owner, want, &resp.Diagnostics)
	Confirmed(ctx, resp.Private, &resp.Diagnostics)
}

// DeleteSet removes what is in the state and leaves what came later, and what another resource has.
func DeleteSet(ctx context.Context, in *run.Run, s Set, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	in.Applying()
	owner, elements := s.Get(ctx, req.State, &resp.Diagnostics)
	kept := Kept(ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ours := slices.DeleteFunc(elements, func(element string) bool { return kept[s.AssignmentID(s.Edge(owner, element))] })
	// Those that are gone already need no call, and with many elements a list is cheaper than asking for each.
	have, err := s.Held(ctx, in, req.State, owner)
	if err == nil {
		err = s.Change(ctx, in, owner, have, nil, idlist.Common(ours, have))
	}
	if err == nil || errors.Is(err, client.ErrNotFound) {
		return
	}
	framework.AddFailure(&resp.Diagnostics, "delete", s.Subject(owner), err)
	if held, err := s.Held(ctx, in, req.State, owner); err == nil {
		s.Put(ctx, req.State, &resp.State, owner, idlist.Common(ours, held), &resp.Diagnostics)
	}
}

// SetRow is the set of an owner in a list.
func SetRow(in *run.Run, s Set, owner, name string) framework.Row {
	return framework.Row{
		Name: name,
		Identify: func(ctx context.Context, identity framework.Writer, diags *diag.Diagnostics) {
			s.PutIdentity(ctx, identity, owner, diags)
		},
		Fill: func(ctx context.Context, state *tfsdk.Resource, diags *diag.Diagnostics) {
			held, err := s.Held(ctx, in, state, owner)
			if err != nil {
				framework.AddFailure(diags, "read", s.Subject(owner), err)
				return
			}
			s.Put(ctx, state, state, owner, held, diags)
		},
	}
}
