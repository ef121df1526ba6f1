package directory

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/idlist"
)

// ErrNoList says that an answer leaves out a list of what is assigned, which is not to say that the list is empty.
var ErrNoList = errors.New("the server's answer leaves out the list of what is assigned")

// Edges are the assignments of one relation, from the objects that the API keeps them with (owners) to others
// (elements): a user's groups, a group's roles, a role's rights.
//
// One apply may give an edge up in one resource and take it over in another, in any order and at the same time: a
// resource whose address changed, or a set that became single assignments. Terraform does not tell the provider, so
// Edges decide for the whole run:
//
//	destroy old: Remove(ops, ada)          create new: Add(ops, ada)
//	  Remove first: the edge goes, and Add brings it back
//	  Add first:    the edge is kept from then on, and Remove leaves it alone
//
// Changes of one edge run one after the other, so that the two never overlap.
type Edges struct {
	// add and remove change one edge; list reads all of an owner, from memory where that is up to date; fetch asks
	// the server; replace writes all of them and returns what the server holds then.
	add, remove func(ctx context.Context, owner, element string) error
	list, fetch func(ctx context.Context, owner string) ([]string, error)
	// replace is nil where the API has no such call.
	replace func(ctx context.Context, owner string, elements []string) ([]string, error)
	expect  func(owner, element string)

	turns Turns // by owner or, without replace, by edge

	mu sync.Mutex
	// kept and removed are the edges that this run has written, or wants as they are, and those that it has removed.
	kept, removed map[edge]bool
}

type edge struct{ owner, element string }

// newEdges returns the edges that the objects of a collection keep in a list. update is the body that replaces the list, nil
// where the API has no such call.
func newEdges[T Object, C any, U comparable](
	owners *Collection[T, C, U], held func(T) []string, update func(elements []string) U,
	add, remove func(ctx context.Context, owner, element string) error,
) *Edges {
	has := func(element string) func(T) bool {
		return func(owner T) bool { return slices.Contains(held(owner), element) }
	}
	elements := func(owner T, err error) ([]string, error) {
		if err == nil && held(owner) == nil {
			err = ErrNoList
		}
		return held(owner), err
	}
	e := &Edges{
		add: func(ctx context.Context, owner, element string) error {
			return owners.wroteEdge(owner, element, add(ctx, owner, element), has(element))
		},
		remove: func(ctx context.Context, owner, element string) error {
			return owners.wroteEdge(owner, element, remove(ctx, owner, element), not(has(element)))
		},
		list:    func(ctx context.Context, owner string) ([]string, error) { return elements(owners.Get(ctx, owner)) },
		fetch:   func(ctx context.Context, owner string) ([]string, error) { return elements(owners.fresh(ctx, owner)) },
		expect:  func(owner, element string) { owners.memory.expectEdge(owner, element, has(element)) },
		kept:    map[edge]bool{},
		removed: map[edge]bool{},
	}
	if update != nil {
		e.replace = func(ctx context.Context, owner string, want []string) ([]string, error) {
			return elements(owners.Update(ctx, owner, update(want)))
		}
	}
	return e
}

// turn waits for the turn to change the edge. Where all edges of an owner can be written at once, they share one.
func (e *Edges) turn(changed edge) (end func()) {
	if e.replace == nil {
		return e.turns.Take(changed.owner + "\x00" + changed.element)
	}
	return e.turns.Take(changed.owner)
}

// List returns the elements that are assigned to the owner. ErrNotFound means that there is no such owner, and
// ErrNoList that the server does not say.
func (e *Edges) List(ctx context.Context, owner string) ([]string, error) { return e.list(ctx, owner) }

// Has tells whether the element is assigned to the owner. Its errors are those of List.
func (e *Edges) Has(ctx context.Context, owner, element string) (bool, error) {
	held, err := e.list(ctx, owner)
	return slices.Contains(held, element), err
}

// Expect says that an earlier run made the assignment only moments ago, so that a read may miss it still.
func (e *Edges) Expect(owner, element string) { e.expect(owner, element) }

// Add assigns the element to the owner. That it was assigned already is not an error.
func (e *Edges) Add(ctx context.Context, owner, element string) error {
	added := edge{owner, element}
	defer e.turn(added)()
	return e.addInTurn(ctx, added)
}

// Remove takes the element from the owner, unless this run has assigned it or keeps it. That it was not assigned is
// not an error, nor that the owner is gone.
func (e *Edges) Remove(ctx context.Context, owner, element string) error {
	removed := edge{owner, element}
	defer e.turn(removed)()
	return e.removeInTurn(ctx, removed)
}

// Keep says that a resource of this run wants the assignment to stay: no Remove takes it from then on. One that this
// run has already removed is made again.
func (e *Edges) Keep(ctx context.Context, owner, element string) error {
	kept := edge{owner, element}
	defer e.turn(kept)()
	if e.keep(kept) {
		return e.addInTurn(ctx, kept)
	}
	return nil
}

// fewChanges is how many assignments of one owner are changed one by one. More are written at once: that takes two
// requests, too, but it can overwrite what somebody else changes between the two.
const fewChanges = 2

// Change assigns the elements of want to the owner, unless it has them already, and removes those of drop, unless this
// run keeps them. What else the owner has stays. have is what the owner was last known to have.
func (e *Edges) Change(ctx context.Context, owner string, have, want, drop []string) error {
	if e.replace == nil {
		return e.changeEach(ctx, owner, have, want, drop)
	}
	defer e.turns.Take(owner)()
	var gone, remove []string
	for _, element := range want {
		if e.keep(edge{owner, element}) {
			gone = append(gone, element)
		}
	}
	add := idlist.Without(want, idlist.Without(have, gone))
	for _, element := range drop {
		if !e.isKept(edge{owner, element}) {
			remove = append(remove, element)
		}
	}
	if len(add)+len(remove) > fewChanges {
		return e.rewrite(ctx, owner, want, remove)
	}
	for _, element := range add { // first, so that a change of roles is at no time a loss of all
		if err := e.addInTurn(ctx, edge{owner, element}); err != nil {
			return err
		}
	}
	for _, element := range remove {
		if err := e.removeInTurn(ctx, edge{owner, element}); err != nil {
			return err
		}
	}
	return nil
}

// changeEach changes the edges one by one, as many at a time as the client lets through. After the first failure it begins no
// more, and nothing is removed before all is assigned.
func (e *Edges) changeEach(ctx context.Context, owner string, have, want, drop []string) error {
	assignments, assigning := errgroup.WithContext(ctx)
	for _, element := range idlist.Without(want, have) {
		assignments.Go(func() error { return e.Add(assigning, owner, element) })
	}
	for _, element := range idlist.Common(want, have) {
		assignments.Go(func() error { return e.Keep(assigning, owner, element) })
	}
	if err := assignments.Wait(); err != nil {
		return err
	}
	removals, removing := errgroup.WithContext(ctx)
	for _, element := range drop {
		removals.Go(func() error { return e.Remove(removing, owner, element) })
	}
	return removals.Wait()
}

// rewrite writes all of the owner's edges at once: what the server has now, with the elements of want and without those
// of remove.
func (e *Edges) rewrite(ctx context.Context, owner string, want, remove []string) error {
	now, err := e.fetch(ctx, owner)
	if err != nil {
		return err
	}
	held, err := e.replace(ctx, owner, append(idlist.Without(idlist.Without(now, remove), want), want...))
	e.note(owner, true, remove...)
	if err != nil { // It may have been done all the same, and only the answer is lost or says too little.
		var fetchErr error
		if held, fetchErr = e.fetch(ctx, owner); fetchErr != nil {
			return err
		}
	}
	missing, left := idlist.Without(want, held), idlist.Common(remove, held)
	switch {
	case len(missing)+len(left) == 0:
		e.note(owner, false, want...)
		return nil
	case err != nil && !errors.Is(err, ErrNoList):
		return err
	}
	return &UnmetError{Missing: missing, Left: left}
}

// UnmetError says that the server answered a change of assignments with success, but did not make all of it.
type UnmetError struct {
	// Missing are the elements that it did not assign, and Left those that it did not remove.
	Missing, Left []string
}

// Error lists the elements.
func (e *UnmetError) Error() string {
	var problems []string
	if len(e.Missing) > 0 {
		problems = append(problems, "it did not assign "+idlist.Short(e.Missing))
	}
	if len(e.Left) > 0 {
		problems = append(problems, "it did not remove "+idlist.Short(e.Left))
	}
	return "the server answered with success, but " + strings.Join(problems, ", and ")
}

// The rest expects the caller to have the owner's turn.

func (e *Edges) addInTurn(ctx context.Context, added edge) error {
	e.keep(added)
	err := e.add(ctx, added.owner, added.element)
	if e.refusedAs(ctx, err, added, true) {
		err = nil
	}
	if err == nil {
		e.note(added.owner, false, added.element)
	}
	return err
}

func (e *Edges) removeInTurn(ctx context.Context, removed edge) error {
	if e.isKept(removed) {
		return nil
	}
	err := e.remove(ctx, removed.owner, removed.element)
	e.note(removed.owner, true, removed.element) // even after a failure: the server may have acted
	if errors.Is(err, client.ErrNotFound) || e.refusedAs(ctx, err, removed, false) {
		return nil
	}
	return err
}

// refusedAs tells whether a change was refused because the edge was as wanted before: some servers refuse to assign
// twice or to remove what is not assigned, and which status they do it with is not documented.
func (e *Edges) refusedAs(ctx context.Context, err error, changed edge, wanted bool) bool {
	failure, ok := errors.AsType[*client.Error](err)
	if !ok {
		return false
	}
	switch failure.Status {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusConflict:
		exists, err := e.Has(ctx, changed.owner, changed.element)
		return err == nil && exists == wanted
	}
	return false
}

// keep marks the edge as wanted, and tells whether this run has removed it.
func (e *Edges) keep(kept edge) (removed bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.kept[kept] = true
	return e.removed[kept]
}

func (e *Edges) isKept(kept edge) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.kept[kept]
}

// keptElements returns the elements of all edges that are kept.
func (e *Edges) keptElements() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var elements []string
	for kept := range e.kept {
		elements = append(elements, kept.element)
	}
	return elements
}

// note remembers what this run has removed, or made again.
func (e *Edges) note(owner string, removed bool, elements ...string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, element := range elements {
		e.removed[edge{owner, element}] = removed
	}
}
