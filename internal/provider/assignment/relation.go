// Package assignment is what connects users, groups, roles and rights: one resource for a single assignment, and one for all
// assignments of an object, of each relation.
package assignment

import (
	"context"
	"fmt"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
)

// relation is one kind of assignments: one group has one user as a member, for example.
type relation struct {
	name string // of the type of single assignments, without its prefix
	// from and to are the nouns at the two ends; attributes are named after them, and ids are written in this order.
	from, to string
	edges    func(*directory.Directory) *directory.Edges
	// keptByTo says that the API keeps the assignment with the object at the end "to".
	keptByTo bool
}

var (
	groupMember = &relation{
		name: "group_member", from: "group", to: "user", keptByTo: true,
		edges: func(d *directory.Directory) *directory.Edges { return d.UserGroups },
	}
	groupRole = &relation{
		name: "group_role", from: "group", to: "role",
		edges: func(d *directory.Directory) *directory.Edges { return d.GroupRoles },
	}
	roleRight = &relation{
		name: "role_right", from: "role", to: "right",
		edges: func(d *directory.Directory) *directory.Edges { return d.RoleRights },
	}
)

// Keys of the private state, which the provider keeps beside each instance in the state.
const (
	// privateKeep are the assignments that a planned destruction leaves alone.
	privateKeep = "keep"
	// privateConfirm says that the instance is updated to make sure of what another one gives up.
	privateConfirm = "confirm"
	// privateAssignedAt is the time when an assignment was made.
	privateAssignedAt = "assigned_at"
)

func (r *relation) assignment(from, to string) assignment {
	return assignment{relation: r.name, from: from, to: to}
}

func (r *relation) label(a assignment) string {
	return fmt.Sprintf("%s %s to %s %s", r.to, a.to, r.from, a.from)
}

// owner returns the ids as the API keeps them: the assignment is in the owner's list of elements.
func (r *relation) owner(a assignment) (owner, element string) {
	if r.keptByTo {
		return a.to, a.from
	}
	return a.from, a.to
}

func (r *relation) add(ctx context.Context, d *directory.Directory, a assignment) error {
	owner, element := r.owner(a)
	return r.edges(d).Add(ctx, owner, element)
}

func (r *relation) remove(ctx context.Context, d *directory.Directory, a assignment) error {
	owner, element := r.owner(a)
	return r.edges(d).Remove(ctx, owner, element)
}

func (r *relation) keep(ctx context.Context, d *directory.Directory, a assignment) error {
	owner, element := r.owner(a)
	return r.edges(d).Keep(ctx, owner, element)
}

// has asks the object that keeps the assignment; ErrNotFound means that this object is gone, and the assignment with it.
func (r *relation) has(ctx context.Context, d *directory.Directory, a assignment) (bool, error) {
	owner, element := r.owner(a)
	return r.edges(d).Has(ctx, owner, element)
}

func (r *relation) expect(d *directory.Directory, a assignment) {
	owner, element := r.owner(a)
	r.edges(d).Expect(owner, element)
}
