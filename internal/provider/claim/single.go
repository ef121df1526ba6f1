package claim

import (
	"context"
	"errors"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

// privateAssignedAt is the key of the private state for the time when an assignment was made.
const privateAssignedAt = "assigned_at"

// Single is a resource that is one assignment. It touches that one only, whatever else there is at its two ends.
type Single interface {
	Relation
	// TypeName is the resource's type, and Label names an assignment in messages.
	TypeName() string
	Label(a Assignment) string
	// Get reads the assignment from a plan or a state, all of it known. Put writes its attributes, and PutIdentity its identity.
	Get(ctx context.Context, source framework.Reader, diags *diag.Diagnostics) Assignment
	Put(ctx context.Context, target framework.Writer, a Assignment, diags *diag.Diagnostics)
	PutIdentity(ctx context.Context, target framework.Writer, a Assignment, diags *diag.Diagnostics)
	// Add, Remove and Keep are those of directory.Edges. Has reads the assignment; a recent one was made only moments ago, so that
	// a read may miss it still. ErrNotFound means that an end is gone, and the assignment with it.
	Add(ctx context.Context, in *run.Run, a Assignment) error
	Remove(ctx context.Context, in *run.Run, a Assignment) error
	Keep(ctx context.Context, in *run.Run, a Assignment) error
	Has(ctx context.Context, in *run.Run, a Assignment, recent bool) (bool, error)
}

func singleSubject(s Single, a Assignment) framework.Subject {
	return framework.Subject{Noun: "assignment", Assignment: true, Text: s.Label(a)}
}

func putSingle(ctx context.Context, s Single, state framework.Writer, identity framework.Writer, a Assignment, diags *diag.Diagnostics) {
	s.PutIdentity(ctx, identity, a, diags)
	s.Put(ctx, state, a, diags)
	diags.Append(state.SetAttribute(ctx, path.Root("id"), s.AssignmentID(a))...)
}

// CreateSingle makes the assignment.
func CreateSingle(ctx context.Context, in *run.Run, s Single, req resource.CreateRequest, resp *resource.CreateResponse) {
	in.Applying()
	created := s.Get(ctx, req.Plan, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	if err := s.Add(ctx, in, created); err != nil {
		framework.AddFailure(&resp.Diagnostics, "create", singleSubject(s, created), err)
		return
	}
	putSingle(ctx, s, &resp.State, resp.Identity, created, &resp.Diagnostics)
	NoteAssigned(ctx, in, resp.Private, &resp.Diagnostics)
	framework.InstanceOf(ctx, resp.Private, &resp.Diagnostics)
}

// NoteAssigned notes when an instance has made its assignment.
func NoteAssigned(ctx context.Context, in *run.Run, private framework.PrivateState, diags *diag.Diagnostics) {
	framework.SetPrivate(ctx, private, privateAssignedAt, in.Client.Now().UTC().Format(time.RFC3339), diags)
}

// IsRecent tells whether an instance has made its assignment only moments ago, so that a read may miss it still.
func IsRecent(ctx context.Context, in *run.Run, private framework.PrivateState, diags *diag.Diagnostics) bool {
	return in.IsRecent(framework.GetPrivate[string](ctx, private, privateAssignedAt, diags))
}

// ReadSingle removes from the state an assignment that is gone.
func ReadSingle(ctx context.Context, in *run.Run, s Single, req resource.ReadRequest, resp *resource.ReadResponse) {
	read := s.Get(ctx, req.State, &resp.Diagnostics)
	s.PutIdentity(ctx, resp.Identity, read, &resp.Diagnostics)
	recent := IsRecent(ctx, in, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	in.Refreshing()
	exists, err := s.Has(ctx, in, read, recent)
	switch {
	case errors.Is(err, client.ErrNotFound), err == nil && !exists:
		in.Gone(&resp.Diagnostics, s.Label(read))
		resp.State.RemoveResource(ctx)
	case err != nil:
		framework.AddFailure(&resp.Diagnostics, "read", singleSubject(s, read), err)
	default:
		in.Found(s.AssignmentID(read))
		ReadInstance(ctx, in, s.TypeName(), []Assignment{read}, req, resp)
	}
}

// UpdateSingle makes sure of the assignment when another resource gives it up in the same apply. Where an end was not known
// in the plan and turns out to be another one, the new assignment is made before the old one is removed.
func UpdateSingle(ctx context.Context, in *run.Run, s Single, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	in.Applying()
	old, wanted := s.Get(ctx, req.State, &resp.Diagnostics), s.Get(ctx, req.Plan, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	var err error
	if wanted == old {
		err = s.Keep(ctx, in, wanted)
	} else if err = s.Add(ctx, in, wanted); err == nil {
		err = s.Remove(ctx, in, old)
	}
	if err != nil {
		framework.AddFailure(&resp.Diagnostics, "update", singleSubject(s, old), err)
		return
	}
	putSingle(ctx, s, &resp.State, resp.Identity, wanted, &resp.Diagnostics)
	Confirmed(ctx, resp.Private, &resp.Diagnostics)
}

// DeleteSingle removes the assignment, unless the plan has found another resource that has it.
func DeleteSingle(ctx context.Context, in *run.Run, s Single, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	in.Applying()
	deleted := s.Get(ctx, req.State, &resp.Diagnostics)
	kept := Kept(ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() || len(kept) > 0 {
		return
	}
	if err := s.Remove(ctx, in, deleted); err != nil {
		framework.AddFailure(&resp.Diagnostics, "delete", singleSubject(s, deleted), err)
	}
}

// ImportSingle takes over an assignment.
func ImportSingle(ctx context.Context, s Single, a Assignment, resp *resource.ImportStateResponse) {
	putSingle(ctx, s, &resp.State, resp.Identity, a, &resp.Diagnostics)
	framework.InstanceOf(ctx, resp.Private, &resp.Diagnostics)
}

// SingleRow is the assignment in a list.
func SingleRow(s Single, a Assignment, name string) framework.Row {
	return framework.Row{
		Name: name,
		Identify: func(ctx context.Context, identity framework.Writer, diags *diag.Diagnostics) {
			s.PutIdentity(ctx, identity, a, diags)
		},
		Fill: func(ctx context.Context, state *tfsdk.Resource, diags *diag.Diagnostics) {
			s.Put(ctx, state, a, diags)
			diags.Append(state.SetAttribute(ctx, path.Root("id"), s.AssignmentID(a))...)
		},
	}
}
