package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

// Request is one call, before it is known how often it must be sent.
type Request struct {
	Method string
	// Path is below the base URL, its variable segments escaped with Segment.
	Path string
	// Query never shows up in errors or logs: this API puts tokens and passwords into it.
	Query url.Values
	// TokenParameter, when set, names the query parameter that bears the token, beside header and cookie.
	TokenParameter string
	// At most one of JSON and Form is set; encode turns it into body and contentType.
	JSON        any
	Form        url.Values
	body        []byte
	contentType string
	// Secrets are those in the request that the client's configuration does not have. No error repeats them.
	Secrets []string
	// Creates marks a call that makes a new object each time it is sent.
	Creates bool
	// Anonymous marks calls that bear no token, such as the logins.
	Anonymous bool
	// Once keeps the call from being repeated after a temporary failure.
	Once bool
}

// Nothing is the result of calls whose answer carries no information; its body is not looked into.
type Nothing struct{}

// encode makes the request's body.
func (r *Request) encode() (err error) {
	switch {
	case r.JSON != nil:
		r.contentType = "application/json"
		r.body, err = json.Marshal(r.JSON)
	case r.Form != nil:
		r.contentType = "application/x-www-form-urlencoded"
		r.body = []byte(r.Form.Encode())
	}
	return err
}

// ErrEmpty says that a success brought no value: servers of other versions answer 204 where this API documents 200, and
// null is what a function without a result comes to. Neither must pass for an empty list or for no permissions.
var ErrEmpty = errors.New("the answer is empty")

// Do sends a request and decodes its answer into a T. Every error is a *Error, or wraps one, but for a guard's own. One that
// is ErrEmpty says that a success brought no value.
func Do[T any](ctx context.Context, c *Client, r Request) (T, error) {
	var value T
	if err := r.encode(); err != nil {
		return value, &Error{Method: r.Method, Path: r.Path, err: err}
	}
	a, err := c.send(ctx, r)
	if err != nil {
		return value, err
	}
	if _, ok := any(value).(Nothing); ok {
		return value, nil
	}
	fail := func(detail string, err error) (T, error) {
		failure := &Error{Method: r.Method, Path: r.Path, Status: a.status, Detail: detail, err: err, sent: true}
		if r.Creates {
			failure.marks = []error{ErrOutcomeUnknown}
		}
		var zero T
		return zero, failure
	}
	if body := bytes.TrimSpace(a.body); len(body) == 0 || string(body) == "null" {
		return fail("the answer is empty", ErrEmpty)
	}
	if err := json.Unmarshal(a.body, &value); err != nil {
		return fail(fmt.Sprintf("the answer is not what this API documents: %s", Shorten(err.Error())), err)
	}
	return value, nil
}

// BadAnswer returns the error of a success whose answer cannot be used, for the given reason. Of a create, it is
// ErrOutcomeUnknown.
func BadAnswer(r Request, reason string) *Error {
	failure := &Error{Method: r.Method, Path: r.Path, Status: http.StatusOK, Detail: reason, sent: true}
	if r.Creates {
		failure.marks = []error{ErrOutcomeUnknown}
	}
	return failure
}

// NotSent returns the error of a call that is not made, for the given reason.
func NotSent(r Request, reason string) *Error {
	return &Error{Method: r.Method, Path: r.Path, err: errors.New(reason)}
}

// Disabled returns the error of a success that says that what the call needs is switched off.
func Disabled(r Request, code, reason string) *Error {
	return &Error{Method: r.Method, Path: r.Path, Status: http.StatusOK, Detail: reason, Code: code, err: ErrDisabled, sent: true}
}

// Unsupported returns the error of a call that is not made, because the server does not offer it.
func Unsupported(r Request, reason string) *Error {
	return &Error{Method: r.Method, Path: r.Path, Detail: reason, err: ErrUnsupported}
}

// Segment escapes one variable part of a path. A dot segment would be resolved away by servers and proxies.
func Segment(text string) string {
	switch text {
	case ".", "..":
		return "%2E" + text[1:]
	}
	return url.PathEscape(text)
}
