package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Entity is what all objects of the AuthService have in common.
type Entity interface {
	User | Organization | Group | Role | Right
	// EntityID is the object's id, a UUID that the server chose.
	EntityID() string
}

// Entities is the part of the API that is the same for every kind of object: create, get, update and delete.
// T is the object, C the body that creates it, U the body that changes it.
type Entities[T Entity, C any, U comparable] struct {
	client *Client
	noun   string
	path   string // of the collection, with its trailing slash
	create string // of the call that creates
}

// Create makes a new object and returns it as the server holds it. An error that is ErrOutcomeUnknown means that
// the object may exist all the same; Create never sends such a request twice. Every error is a *Error or wraps one.
func (e Entities[T, C, U]) Create(ctx context.Context, body C) (T, error) {
	r := request{method: http.MethodPost, path: e.create, json: body, creates: true, secrets: secretsOf(body)}
	created, err := do[T](ctx, e.client, r)
	if err == nil && created.EntityID() == "" {
		err = &Error{Method: r.method, Path: r.path, Status: http.StatusOK, Detail: "the answer has no id", err: ErrOutcomeUnknown}
	}
	return created, err
}

// Get reads the object with the id. ErrNotFound means that it does not exist; no other error does.
func (e Entities[T, C, U]) Get(ctx context.Context, id string) (T, error) {
	r := request{method: http.MethodGet, path: e.path + segment(id)}
	return e.sameID(r, id)(do[T](ctx, e.client, r))
}

// Update changes those fields of the object that body sets, and returns the object as the server holds it then.
// A server may ignore a Null; compare the answer. A body that sets nothing is not sent: the object is only read.
func (e Entities[T, C, U]) Update(ctx context.Context, id string, body U) (T, error) {
	var nothingToChange U
	if body == nothingToChange {
		return e.Get(ctx, id)
	}
	r := request{method: http.MethodPut, path: e.path + segment(id), json: body, secrets: secretsOf(body)}
	updated, err := do[T](ctx, e.client, r)
	if errors.Is(err, errEmpty) {
		return e.getUpdated(ctx, id, body)
	}
	return e.sameID(r, id)(updated, err)
}

// Delete removes the object. ErrNotFound means that it was gone already.
func (e Entities[T, C, U]) Delete(ctx context.Context, id string) error {
	_, err := do[nothing](ctx, e.client, request{method: http.MethodDelete, path: e.path + segment(id)})
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
func (e Entities[T, C, U]) sameID(r request, id string) func(T, error) (T, error) {
	return func(value T, err error) (T, error) {
		if err == nil && value.EntityID() != normalID(id) {
			err = &Error{
				Method: r.method, Path: r.path, Status: http.StatusOK,
				Detail: fmt.Sprintf("the answer is about the %s with id %q", e.noun, shorten(value.EntityID())),
			}
		}
		return value, err
	}
}

// assign and unassign add and remove the edge from an object to one of another kind; both are safe to repeat.
func (e Entities[T, C, U]) assign(ctx context.Context, id, edges, to string) error {
	_, err := do[nothing](ctx, e.client, request{method: http.MethodPost, path: e.path + segment(id) + edges + segment(to)})
	return err
}

func (e Entities[T, C, U]) unassign(ctx context.Context, id, edges, to string) error {
	_, err := do[nothing](ctx, e.client, request{method: http.MethodDelete, path: e.path + segment(id) + edges + segment(to)})
	return err
}

// Field is one field of an update: the zero value leaves it alone, Set gives it a value, Null asks to clear it.
type Field[T any] struct {
	value   *T
	present bool
}

// Set returns a Field that gives a value. A text is cleared by setting it to "", a set by setting it to an empty one or nil.
func Set[T any](value T) Field[T] { return Field[T]{&value, true} }

// Null returns a Field that is sent as null. Whether the server clears the value or keeps it is not documented.
func Null[T any]() Field[T] { return Field[T]{nil, true} }

// IsZero makes encoding/json leave the field out (its option omitzero).
func (f Field[T]) IsZero() bool { return !f.present }

// MarshalJSON encodes the value or null.
func (f Field[T]) MarshalJSON() ([]byte, error) {
	data, err := json.Marshal(f.value)
	if f.value != nil && string(data) == "null" { // A nil slice; null would leave the set as it is.
		return []byte("[]"), err
	}
	return data, err
}

// IDs are the ids of objects of another kind. nil says that an answer left them out, not that there are none.
type IDs []string

// UnmarshalJSON refuses elements that are no ids, and writes UUIDs in lower case.
func (ids *IDs) UnmarshalJSON(data []byte) error {
	var elements []string
	if err := json.Unmarshal(data, &elements); err != nil {
		return err
	}
	if slices.Contains(elements, "") { // or null
		return errors.New("an id in a list is null or empty")
	}
	for i, id := range elements {
		elements[i] = normalID(id)
	}
	*ids = elements
	return nil
}

var uuidForm = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// normalID writes a UUID in lower case, so that ids can be compared, and leaves all else as it is.
func normalID(id string) string {
	if lower := strings.ToLower(id); lower != id && uuidForm.MatchString(lower) {
		return lower
	}
	return id
}

// Time is a moment as the AuthService writes it: ISO 8601, and without a zone it is UTC.
type Time struct{ time.Time }

// UnmarshalJSON reads a time with or without a zone; null and "" are the zero time.
func (t *Time) UnmarshalJSON(data []byte) error {
	var text *string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	if text == nil || *text == "" {
		t.Time = time.Time{}
		return nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999"} {
		parsed, err := time.Parse(layout, *text)
		if parsed = parsed.UTC(); err == nil && parsed.Year() >= 0 && parsed.Year() <= 9999 { // as RFC 3339 can write it
			t.Time = parsed
			return nil
		}
	}
	return fmt.Errorf("%q is not a time like 2024-10-03T12:00:00.123456", shorten(*text))
}
