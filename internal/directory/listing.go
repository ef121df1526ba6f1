package directory

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// fewObjects is how many objects are usually read one by one before the list of all of them is asked for.
const fewObjects = 2

// listedForOne is how many objects a list brings for the cost of reading one alone.
const listedForOne = 50

// Listing is a Collection whose objects the API lists all in one answer. The first few are read one by one; then one
// list serves the rest, so that neither a single user of a large company costs a list of all, nor a thousand users a
// thousand requests. Where the list fails, objects are read one by one.
type Listing[T Object, C any, U comparable] struct {
	*Collection[T, C, U]
	// noun and name are how messages call the objects and one of them.
	noun string
	name func(T) string

	// few is how many objects are read one by one before the list is asked for.
	few int

	listAll func(context.Context) ([]T, error)
	lists   flights[*roster[T]]

	mu      sync.Mutex
	latest  *roster[T]
	singles int // reads of single objects since the latest roster
}

// roster is the outcome of one list of all objects.
type roster[T any] struct {
	began   int   // the clock of the collection when it was asked for
	err     error // why there is no list
	objects []T   // sorted by name
}

// ListAPI is the calls for one kind of objects that can be listed.
type ListAPI[T Object, C any, U comparable] interface {
	API[T, C, U]
	List(ctx context.Context) ([]T, error)
}

func newListing[T Object, C any, U comparable](pause pauser, api ListAPI[T, C, U], mode ReadMode, noun string, name func(T) string) *Listing[T, C, U] {
	l := &Listing[T, C, U]{Collection: newCollection(pause, api, mode), noun: noun, name: name, few: fewObjects, listAll: api.List}
	if !l.direct {
		l.fetch = l.fetchOrList
	}
	return l
}

// List returns all objects, sorted by name. The slice is shared: it must not be changed.
func (l *Listing[T, C, U]) List(ctx context.Context) ([]T, error) {
	roster, err := l.all(ctx)
	if err != nil {
		return nil, err
	}
	return roster.objects, nil
}

// all returns the latest roster, or a new one if any object was written since. That goes for a list that failed, too: what
// passes, the client has waited for already.
func (l *Listing[T, C, U]) all(ctx context.Context) (*roster[T], error) {
	if l.direct {
		return l.list(ctx)
	}
	if latest := l.current(); latest != nil {
		return latest, latest.err
	}
	return l.lists.do(ctx, fmt.Sprint(l.memory.now()), func(ctx context.Context) (*roster[T], error) {
		if latest := l.current(); latest != nil { // as in Get
			return latest, latest.err
		}
		return l.list(ctx)
	})
}

// current returns the latest roster if it still holds.
func (l *Listing[T, C, U]) current() *roster[T] {
	now := l.memory.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.latest != nil && l.latest.began == now {
		return l.latest
	}
	return nil
}

func (l *Listing[T, C, U]) list(ctx context.Context) (*roster[T], error) {
	var r reading[T]
	objects, err := client.Settle(ctx, l.pause,
		func() ([]T, error) {
			r = reading[T]{began: l.memory.now(), found: map[string]T{}}
			objects, err := l.listAll(ctx)
			for _, object := range objects {
				r.found[object.EntityID()] = object
			}
			return objects, err
		},
		func(_ []T, err error) bool { return err == nil && l.memory.misses(r) })
	if errors.Is(err, client.ErrNotFound) { // There is no list, which does not say that any object is gone.
		err = fmt.Errorf("the list of %ss was not found: %v", l.noun, err) //nolint:errorlint // It must not be ErrNotFound.
	}
	if err != nil {
		l.keep(&roster[T]{began: r.began, err: err})
		return nil, err
	}
	slices.SortFunc(objects, func(a, b T) int {
		return cmp.Or(cmp.Compare(l.name(a), l.name(b)), cmp.Compare(a.EntityID(), b.EntityID()))
	})
	l.memory.accept(r)
	listed := &roster[T]{began: r.began, objects: objects}
	l.keep(listed)
	return listed, nil
}

func (l *Listing[T, C, U]) keep(latest *roster[T]) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.latest, l.singles = latest, 0
}

// fetchOrList reads one object alone or, when that has been done often enough, together with all others. An object that is
// not in the list is asked for alone before it counts as gone; and so is one whose list failed: a single row that cannot be
// read, or a list too large for the server, must not keep the others from being read.
func (l *Listing[T, C, U]) fetchOrList(ctx context.Context, id string) (T, error) {
	if !l.takeSingle() {
		if _, err := l.all(ctx); errors.Is(err, client.ErrLogin) {
			var none T
			return none, err
		}
	}
	if object, known, _ := l.memory.get(id); known { // from this list, or from another reader's
		return object, nil
	}
	return l.api.Get(ctx, id)
}

// takeSingle tells whether the next object is read alone.
func (l *Listing[T, C, U]) takeSingle() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	enough := l.few
	if l.latest != nil {
		enough = max(enough, len(l.latest.objects)/listedForOne)
	}
	listFails := l.latest != nil && l.latest.err != nil
	if l.singles >= enough && !listFails {
		return false
	}
	l.singles++
	return true
}

// names returns the objects, to be found by their names.
func (l *Listing[T, C, U]) names(ctx context.Context) (Lookup, error) {
	objects, err := l.List(ctx)
	return lookupOf(l.noun, "name", slices.Values(objects), l.name, l.name), err
}

// by finds an object by one of its texts. Its errors are those of Lookup.ID.
func (l *Listing[T, C, U]) by(ctx context.Context, what, wanted string, of func(T) string) (T, error) {
	var none T
	objects, err := l.List(ctx)
	if err != nil {
		return none, err
	}
	id, err := lookupOf(l.noun, what, slices.Values(objects), of, l.name).ID(wanted)
	if err != nil {
		return none, err
	}
	i := slices.IndexFunc(objects, func(object T) bool { return object.EntityID() == id })
	if l.memory.silent(objects[i]) { // The list left something out; the object alone may come with it.
		return l.Get(ctx, id)
	}
	return objects[i], nil
}

// lostCreate finds the object of a create whose answer is lost, if it was created since this run began, and is just what was
// asked for. Otherwise it returns lost, the error of that create.
func (l *Listing[T, C, U]) lostCreate(
	ctx context.Context, lost error, started func() (time.Time, bool), find func(context.Context) (T, error), isNew func(T, time.Time) bool,
) (T, error) {
	found, err := client.Settle(ctx, l.pause,
		func() (T, error) {
			l.memory.touch("") // A list from before may lack the object.
			return find(ctx)
		},
		func(_ T, err error) bool { return errors.Is(err, client.ErrNotFound) })
	began, known := started()
	if err != nil || !known || !isNew(found, began) {
		var none T
		return none, lost
	}
	l.memory.create(found)
	return found, nil
}

// noMatchError is client.ErrNotFound with a text of its own.
type noMatchError struct{ text string }

func (e *noMatchError) Error() string { return e.text }
func (e *noMatchError) Unwrap() error { return client.ErrNotFound }
