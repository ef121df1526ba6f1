package rbac

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// Entity is what all objects of the API have in common.
type Entity interface {
	// EntityID is the object's id, a UUID that the server chose.
	EntityID() string
}

// Entities is the part of the API that is the same for every kind of object: create, get, update and delete.
// T is the object, C the body that creates it, U the body that changes it.
type Entities[T Entity, C any, U comparable] struct {
	client *client.Client
	noun   string
	path   string // of the collection, with its trailing slash
	create string // of the call that creates
}

// Create makes a new object and returns it as the server holds it. An error that is client.ErrOutcomeUnknown means that
// the object may exist all the same; Create never sends such a request twice. Every error is a *client.Error or wraps one.
func (e Entities[T, C, U]) Create(ctx context.Context, body C) (T, error) {
	r := client.Request{Method: http.MethodPost, Path: e.create, JSON: body, Creates: true, Secrets: secretsOf(body)}
	created, err := client.Do[T](ctx, e.client, r)
	if err == nil && created.EntityID() == "" {
		err = client.BadAnswer(r, "the answer has no id")
	}
	return created, err
}

// Get reads the object with the id. client.ErrNotFound means that it does not exist; no other error does.
func (e Entities[T, C, U]) Get(ctx context.Context, id string) (T, error) {
	r := client.Request{Method: http.MethodGet, Path: e.path + client.Segment(id)}
	return e.sameID(r, id)(client.Do[T](ctx, e.client, r))
}

// Update changes those fields of the object that body sets, and returns the object as the server holds it then.
// A server may ignore a Null; compare the answer. A body that sets nothing is not sent: the object is only read.
func (e Entities[T, C, U]) Update(ctx context.Context, id string, body U) (T, error) {
	var nothingToChange U
	if body == nothingToChange {
		return e.Get(ctx, id)
	}
	r := client.Request{Method: http.MethodPut, Path: e.path + client.Segment(id), JSON: body, Secrets: secretsOf(body)}
	updated, err := client.Do[T](ctx, e.client, r)
	if errors.Is(err, client.ErrEmpty) {
		return client.ReadUntilShown(ctx, e.client, body, func(ctx context.Context) (T, error) { return e.Get(ctx, id) })
	}
	return e.sameID(r, id)(updated, err)
}

// Delete removes the object. client.ErrNotFound means that it was gone already.
func (e Entities[T, C, U]) Delete(ctx context.Context, id string) error {
	_, err := client.Do[client.Nothing](ctx, e.client, client.Request{Method: http.MethodDelete, Path: e.path + client.Segment(id)})
	return err
}

// secretsOf returns what an error must not repeat, in case the server echoes what it was sent.
func secretsOf(body any) []string {
	if bearer, ok := body.(interface{ secrets() []string }); ok {
		return bearer.secrets()
	}
	return nil
}

// sameID refuses an answer that is about another object than the one asked for, or about none.
func (e Entities[T, C, U]) sameID(r client.Request, id string) func(T, error) (T, error) {
	return func(value T, err error) (T, error) {
		if err == nil && value.EntityID() != client.NormalID(id) {
			err = client.BadAnswer(r, fmt.Sprintf("the answer is about the %s with id %q", e.noun, client.Shorten(value.EntityID())))
		}
		return value, err
	}
}

// assign and unassign add and remove the edge from an object to one of another kind; both are safe to repeat.
func (e Entities[T, C, U]) assign(ctx context.Context, id, edges, to string) error {
	_, err := client.Do[client.Nothing](ctx, e.client, client.Request{Method: http.MethodPost, Path: e.path + client.Segment(id) + edges + client.Segment(to)})
	return err
}

func (e Entities[T, C, U]) unassign(ctx context.Context, id, edges, to string) error {
	_, err := client.Do[client.Nothing](ctx, e.client, client.Request{Method: http.MethodDelete, Path: e.path + client.Segment(id) + edges + client.Segment(to)})
	return err
}
