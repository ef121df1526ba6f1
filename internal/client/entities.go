package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
)

// Entity is what all objects of an API have in common. One that can be marked as deleted, and answered all the same, has a
// method IsDeleted() bool, too.
type Entity interface {
	// EntityID is the object's id, which the server chose.
	EntityID() string
}

// Entities are the calls that are the same for every kind of object: create, get, update and delete.
// T is the object, C the body that creates it, U the body that changes it. A body with secrets has a method
// Secrets() []string.
type Entities[T Entity, C any, U comparable] struct {
	client *Client
	noun   string
	path   string // of the collection, with its trailing slash
	create string // of the call that creates
	patch  bool   // whether changes are a PATCH, rather than a PUT
}

// NewEntities returns the calls for one kind of objects, of which errors speak as the noun. The collection's path ends with
// a slash; create is that of the call that creates.
func NewEntities[T Entity, C any, U comparable](c *Client, noun, path, create string) Entities[T, C, U] {
	return Entities[T, C, U]{client: c, noun: noun, path: path, create: create}
}

// WithPatch returns the calls of an API that changes objects with PATCH.
func WithPatch[T Entity, C any, U comparable](e Entities[T, C, U]) Entities[T, C, U] {
	e.patch = true
	return e
}

// Create makes a new object and returns it as the server holds it. An error that is ErrOutcomeUnknown means that
// the object may exist all the same; Create never sends such a request twice. Every error is a *Error or wraps one.
func (e Entities[T, C, U]) Create(ctx context.Context, body C) (T, error) {
	r := Request{Method: http.MethodPost, Path: e.create, JSON: body, Creates: true, Secrets: secretsOf(body)}
	created, err := Do[T](ctx, e.client, r)
	if err == nil && created.EntityID() == "" {
		err = BadAnswer(r, "the answer has no id")
	}
	return created, err
}

// Get reads the object with the id. ErrNotFound means that it does not exist; no other error does.
func (e Entities[T, C, U]) Get(ctx context.Context, id string) (T, error) {
	r := Request{Method: http.MethodGet, Path: e.path + Segment(id)}
	return e.checked(r, id)(Do[T](ctx, e.client, r))
}

// Update changes those fields of the object that body sets, and returns the object as the server holds it then.
// A server may ignore a Null; compare the answer. A body that sets nothing is not sent: the object is only read.
func (e Entities[T, C, U]) Update(ctx context.Context, id string, body U) (T, error) {
	var nothingToChange U
	if body == nothingToChange {
		return e.Get(ctx, id)
	}
	r := Request{Method: http.MethodPut, Path: e.path + Segment(id), JSON: body, Secrets: secretsOf(body)}
	if e.patch {
		r.Method = http.MethodPatch
	}
	updated, err := Do[T](ctx, e.client, r)
	if errors.Is(err, ErrEmpty) {
		return ReadUntilShown(ctx, e.client, body, func(ctx context.Context) (T, error) { return e.Get(ctx, id) })
	}
	return e.checked(r, id)(updated, err)
}

// Delete removes the object. ErrNotFound means that it was gone already.
func (e Entities[T, C, U]) Delete(ctx context.Context, id string) error {
	_, err := Do[Nothing](ctx, e.client, Request{Method: http.MethodDelete, Path: e.path + Segment(id)})
	return err
}

// checked does what CheckAnswer does, to the results of Do.
func (e Entities[T, C, U]) checked(r Request, id string) func(T, error) (T, error) {
	return func(value T, err error) (T, error) {
		if err == nil {
			err = CheckAnswer(r, e.noun, id, value)
		}
		return value, err
	}
}

// CheckAnswer refuses an answer that is about another object than the one asked for, or about none. One that is marked as
// deleted is gone.
func CheckAnswer(r Request, noun, id string, object Entity) error {
	if NormalID(object.EntityID()) != NormalID(id) {
		return BadAnswer(r, fmt.Sprintf("the answer is about the %s with id %q", noun, Shorten(object.EntityID())))
	}
	return NotDeleted(r, noun, object)
}

// NotDeleted returns an error that is ErrNotFound for an answer with an object that is marked as deleted.
func NotDeleted(r Request, noun string, object Entity) error {
	if !isDeleted(object) {
		return nil
	}
	return &Error{
		Method: r.Method, Path: r.Path, Status: http.StatusOK, Detail: fmt.Sprintf("the %s is marked as deleted", noun), err: ErrNotFound, sent: true,
	}
}

func isDeleted(object Entity) bool {
	marked, ok := object.(interface{ IsDeleted() bool })
	return ok && marked.IsDeleted()
}

// secretsOf returns what an error must not repeat, in case the server echoes what it was sent.
func secretsOf(body any) []string {
	if bearer, ok := body.(interface{ Secrets() []string }); ok {
		return bearer.Secrets()
	}
	return nil
}

// Listed are Entities of which the API lists all in one answer.
type Listed[T Entity, C any, U comparable] struct {
	Entities[T, C, U]
}

// List returns all objects that are not marked as deleted. The answer has no pages.
func (l Listed[T, C, U]) List(ctx context.Context) ([]T, error) {
	r := Request{Method: http.MethodGet, Path: l.path}
	all, err := Do[[]T](ctx, l.client, r)
	if slices.ContainsFunc(all, func(object T) bool { return object.EntityID() == "" }) {
		return nil, BadAnswer(r, fmt.Sprintf("a %s in the answer has no id", l.noun))
	}
	return slices.DeleteFunc(all, func(object T) bool { return isDeleted(object) }), err
}
