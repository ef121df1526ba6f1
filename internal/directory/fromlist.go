package directory

import (
	"context"
	"errors"
	"fmt"
)

// listOnly are the calls of objects that can only be read.
type listOnly[T any] struct{}

var errListOnly = errors.New("the API has no such call")

// Create does not exist.
func (listOnly[T]) Create(context.Context, struct{}) (object T, err error) {
	return object, errListOnly
}

// Update does not exist.
func (listOnly[T]) Update(context.Context, string, struct{}) (object T, err error) {
	return object, errListOnly
}

// Delete does not exist.
func (listOnly[T]) Delete(context.Context, string) error { return errListOnly }

// fromList are objects of which the API can only list all.
type fromList[T Object] struct {
	*Listing[T, struct{}, struct{}]
	id string // what messages call the id
}

func newFromList[T Object](pause pauser, list func(context.Context) ([]T, error), mode ReadMode, noun, id string, name func(T) string) *fromList[T] {
	return &fromList[T]{newListing(pause, listAPI[T]{list: list}, mode, noun, name), id}
}

// Get returns the object with the id. ErrNotFound means that it is not in the list; no other error does.
func (l *fromList[T]) Get(ctx context.Context, id string) (T, error) {
	var none T
	objects, err := l.List(ctx)
	if err != nil {
		return none, err
	}
	for _, object := range objects {
		if object.EntityID() == id {
			return object, nil
		}
	}
	return none, &noMatchError{fmt.Sprintf("none of the server's %d %ss has the %s %q", len(objects), l.noun, l.id, id)}
}

// listAPI are the calls that a Listing asks for.
type listAPI[T any] struct {
	listOnly[T]
	list func(context.Context) ([]T, error)
}

// List returns all objects.
func (l listAPI[T]) List(ctx context.Context) ([]T, error) { return l.list(ctx) }

// Get does not exist.
func (listAPI[T]) Get(context.Context, string) (object T, err error) { return object, errListOnly }
