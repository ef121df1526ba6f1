package authserver

import (
	"net/http"
	"slices"
)

// edge is one kind of assignment: each owner holds a set of ids of members.
type edge[O, M any] struct {
	store         *store
	owners        *table[O]
	members       *table[M]
	owner, member string // the parameters of the path
	held          func(*O) *[]string
}

// assign adds a member to an owner's set.
func (e edge[O, M]) assign(in *input) (any, error) {
	return e.change(in, "assigned to", func(held *[]string, id string) error {
		if slices.Contains(*held, id) {
			return in.behavior.AssignTwice.outcome("%s is already assigned to this %s", e.members.noun, e.owners.noun)
		}
		*held = append(slices.Clip(*held), id) // clipped: earlier versions share the array
		return nil
	})
}

// remove takes a member from an owner's set.
func (e edge[O, M]) remove(in *input) (any, error) {
	return e.change(in, "removed from", func(held *[]string, id string) error {
		if !slices.Contains(*held, id) {
			return in.behavior.RemoveUnassigned.outcome("%s is not assigned to this %s", e.members.noun, e.owners.noun)
		}
		*held = without(*held, id)
		return nil
	})
}

func (e edge[O, M]) change(in *input, verb string, change func(held *[]string, id string) error) (any, error) {
	ownerID, memberID := in.id(e.owner), in.id(e.member)
	if err := in.refused(); err != nil {
		return nil, err
	}
	err := e.store.write(func() error {
		owner, err := e.owners.get(ownerID)
		if err != nil {
			return err
		}
		if err := e.members.has(memberID); err != nil {
			return err
		}
		held := e.held(&owner)
		before := len(*held)
		if err := change(held, memberID); err != nil || len(*held) == before {
			return err
		}
		return e.owners.put(owner)
	})
	return message("%s %s %s", e.members.noun, verb, e.owners.noun), err
}

// release takes a member that is to be deleted from all its owners, or refuses if it has any
// and cascade is false.
func (e edge[O, M]) release(id string, cascade bool) error {
	for _, row := range e.owners.rows {
		owner := row.value
		held := e.held(&owner)
		if !slices.Contains(*held, id) {
			continue
		}
		if !cascade {
			return refuse(http.StatusConflict, "%s is still assigned to a %s", e.members.noun, e.owners.noun)
		}
		*held = without(*held, id)
		if err := e.owners.put(owner); err != nil {
			return err
		}
	}
	return nil
}

// without returns a copy of ids that lacks one.
func without(ids []string, id string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(other string) bool { return other == id })
}
