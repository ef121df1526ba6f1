package rbac

import (
	"net/http"
	"slices"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// edge is one kind of assignment: each owner holds a set of ids of members.
type edge[O, M any] struct {
	store         *authserver.Store
	owners        *authserver.Table[O]
	members       *authserver.Table[M]
	owner, member string // the parameters of the path
	held          func(*O) *[]string
	behavior      Behavior
}

// assign adds a member to an owner's set.
func (e edge[O, M]) assign(in *call) (any, error) {
	return e.change(in, "assigned to", func(held *[]string, id string) error {
		if slices.Contains(*held, id) {
			return e.behavior.AssignTwice.Refuse("%s is already assigned to this %s", e.members.Noun, e.owners.Noun)
		}
		*held = append(slices.Clip(*held), id) // clipped: earlier versions share the array
		return nil
	})
}

// remove takes a member from an owner's set.
func (e edge[O, M]) remove(in *call) (any, error) {
	return e.change(in, "removed from", func(held *[]string, id string) error {
		if !slices.Contains(*held, id) {
			return e.behavior.RemoveUnassigned.Refuse("%s is not assigned to this %s", e.members.Noun, e.owners.Noun)
		}
		*held = without(*held, id)
		return nil
	})
}

func (e edge[O, M]) change(in *call, verb string, change func(held *[]string, id string) error) (any, error) {
	ownerID, memberID := in.PathID(e.owner), in.PathID(e.member)
	if err := in.Refused(); err != nil {
		return nil, err
	}
	err := e.store.Write(func() error {
		owner, err := e.owners.Get(ownerID)
		if err != nil {
			return err
		}
		if err := e.members.Has(memberID); err != nil {
			return err
		}
		held := e.held(&owner)
		before := len(*held)
		if err := change(held, memberID); err != nil || len(*held) == before {
			return err
		}
		return e.owners.Put(owner)
	})
	return authserver.Message("%s %s %s", e.members.Noun, verb, e.owners.Noun), err
}

// release takes a member that is to be deleted from all its owners, or refuses if it has any
// and cascade is false.
func (e edge[O, M]) release(id string, cascade bool) error {
	for _, owner := range e.owners.All() {
		held := e.held(&owner)
		if !slices.Contains(*held, id) {
			continue
		}
		if !cascade {
			return authserver.Refuse(http.StatusConflict, "%s is still assigned to a %s", e.members.Noun, e.owners.Noun)
		}
		*held = without(*held, id)
		if err := e.owners.Put(owner); err != nil {
			return err
		}
	}
	return nil
}

// without returns a copy of ids that lacks one.
func without(ids []string, id string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(other string) bool { return other == id })
}
