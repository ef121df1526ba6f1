package directory

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// Object is what all objects of the AuthService have in common.
type Object interface {
	// EntityID is the object's id, which the server chose.
	EntityID() string
}

// API is the calls for one kind of objects: T is the object, C the body that creates it, U the body that changes it. Update
// does not send a body that is the zero value. ErrNotFound of the package client says that there is no such object.
type API[T Object, C any, U comparable] interface {
	Create(ctx context.Context, body C) (T, error)
	Get(ctx context.Context, id string) (T, error)
	Update(ctx context.Context, id string, body U) (T, error)
	Delete(ctx context.Context, id string) error
}

// Collection is all objects of one kind as one run sees them. T, C and U are those of API. The objects that
// it returns are shared: whoever wants to change a list inside one takes a copy.
type Collection[T Object, C any, U comparable] struct {
	api    API[T, C, U]
	direct bool
	pause  pauser
	// fetch reads one object from the server.
	fetch func(ctx context.Context, id string) (T, error)
	// deleted, when set, is told of every delete that was sent.
	deleted func(id string)

	flights flights[T]
	memory  *memory[T]
}

// pauser waits for the given time, or until the context ends, whose error it then returns.
type pauser = func(context.Context, time.Duration) error

func newCollection[T Object, C any, U comparable](pause pauser, api API[T, C, U], mode ReadMode) *Collection[T, C, U] {
	return &Collection[T, C, U]{api: api, direct: mode == Direct, pause: pause, fetch: api.Get, memory: newMemory[T]()}
}

// Get returns the object with the id. ErrNotFound means that it does not exist; no other error does.
func (c *Collection[T, C, U]) Get(ctx context.Context, id string) (T, error) {
	if c.direct {
		return c.read(ctx, id)
	}
	object, known, changed := c.memory.get(id)
	if known {
		return object, nil
	}
	return c.flights.do(ctx, flightKey(id, changed), func(ctx context.Context) (T, error) {
		// Another call may have brought it between the look above and this one's turn.
		if object, known, _ := c.memory.get(id); known {
			return object, nil
		}
		return c.read(ctx, id)
	})
}

// flightKey is another one after a write, so that whoever reads after it does not join a read that began before.
func flightKey(id string, changed int) string { return fmt.Sprintf("%s@%d", id, changed) }

// fresh reads the object alone, whatever is remembered of it.
func (c *Collection[T, C, U]) fresh(ctx context.Context, id string) (T, error) {
	return c.readWith(ctx, id, c.api.Get)
}

// read asks the server for the object.
func (c *Collection[T, C, U]) read(ctx context.Context, id string) (T, error) {
	return c.readWith(ctx, id, c.fetch)
}

func (c *Collection[T, C, U]) readWith(ctx context.Context, id string, fetch func(context.Context, string) (T, error)) (T, error) {
	var r reading[T]
	tells := func(err error) bool { return err == nil || errors.Is(err, client.ErrNotFound) }
	object, err := client.Settle(ctx, c.pause,
		func() (T, error) {
			r = reading[T]{began: c.memory.now(), id: id}
			object, err := fetch(ctx, id)
			if err == nil {
				r.found = map[string]T{id: object}
			}
			return object, err
		},
		func(_ T, err error) bool { return tells(err) && c.memory.misses(r) })
	if tells(err) {
		c.memory.accept(r)
	}
	return object, err
}

// Create makes a new object and returns it as the server holds it. An error that is client.ErrOutcomeUnknown means that
// the object may exist all the same.
func (c *Collection[T, C, U]) Create(ctx context.Context, body C) (T, error) {
	object, err := c.api.Create(ctx, body)
	if err == nil {
		c.memory.create(object)
	} else {
		c.memory.touch("") // There may be one more all the same, whose id nobody knows.
	}
	return object, err
}

// Update changes those fields of the object that body sets, and returns the object as the server holds it then. A body
// that sets nothing is not sent.
func (c *Collection[T, C, U]) Update(ctx context.Context, id string, body U) (T, error) {
	var nothing U
	if body == nothing {
		return c.Get(ctx, id)
	}
	began := c.memory.now()
	object, err := c.api.Update(ctx, id, body)
	if err == nil {
		c.memory.update(began, object, fieldsOf(body, object))
	} else {
		c.memory.touch(id)
	}
	return object, err
}

// Delete removes the object. ErrNotFound means that it was gone already.
func (c *Collection[T, C, U]) Delete(ctx context.Context, id string) error {
	return c.wroteDelete(id, c.api.Delete(ctx, id))
}

// wroteDelete notes that a delete of the object has ended, and with which error, which it returns.
func (c *Collection[T, C, U]) wroteDelete(id string, err error) error {
	if err == nil {
		c.memory.remove(id)
	} else {
		c.memory.touch(id)
	}
	if c.deleted != nil {
		c.deleted(id)
	}
	return err
}

// Expect says that an earlier run created the object only moments ago, so that a read may miss it still. It is waited for
// then, as if this run had created it.
func (c *Collection[T, C, U]) Expect(id string) { c.memory.expectObject(id) }

// wroteEdge notes that a write of the edge from the object to the other one has ended, and with which error, which it
// returns. A read after one without an error shows it.
func (c *Collection[T, C, U]) wroteEdge(id, other string, err error, shown func(T) bool) error {
	if err == nil {
		c.memory.edge(id, other, shown)
	} else {
		c.memory.touch(id)
	}
	return err
}
