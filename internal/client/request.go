package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
)

// request is one call, before it is known how often it must be sent.
type request struct {
	method string
	// path is below the base URL, its variable segments escaped.
	path string
	// query never shows up in errors or logs: this API puts tokens and passwords into it.
	query url.Values
	// tokenParameter, when set, names the query parameter that bears the token, beside header and cookie.
	tokenParameter string
	// At most one of json and form is set; encode turns it into body and contentType.
	json        any
	form        url.Values
	body        []byte
	contentType string
	// secrets are those in the request that the client's configuration does not have.
	secrets []string
	// creates marks a call that makes a new object each time it is sent.
	creates bool
	// anonymous marks the logins, which bear no token.
	anonymous bool
}

// nothing is the result of calls whose answer carries no information; its body is not looked into.
type nothing struct{}

// encode makes the request's body.
func (r *request) encode() (err error) {
	switch {
	case r.json != nil:
		r.contentType = "application/json"
		r.body, err = json.Marshal(r.json)
	case r.form != nil:
		r.contentType = "application/x-www-form-urlencoded"
		r.body = []byte(r.form.Encode())
	}
	return err
}

// errEmpty says that a success brought no value: servers of other versions answer 204 where this API documents 200, and
// null is what a function without a result comes to. Neither must pass for an empty list or for no permissions.
var errEmpty = errors.New("the answer is empty")

// do sends a request and decodes its answer into a T. Every error is a *Error, or wraps one.
func do[T any](ctx context.Context, c *Client, r request) (T, error) {
	var value T
	if err := r.encode(); err != nil {
		return value, &Error{Method: r.method, Path: r.path, err: err}
	}
	a, err := c.send(ctx, r)
	if err != nil {
		return value, err
	}
	if _, ok := any(value).(nothing); ok {
		return value, nil
	}
	fail := func(detail string, err error) (T, error) {
		failure := &Error{Method: r.method, Path: r.path, Status: a.status, Detail: detail, err: err, sent: true}
		if r.creates {
			failure.marks = []error{ErrOutcomeUnknown}
		}
		var zero T
		return zero, failure
	}
	if body := bytes.TrimSpace(a.body); len(body) == 0 || string(body) == "null" {
		return fail("the answer is empty", errEmpty)
	}
	if err := json.Unmarshal(a.body, &value); err != nil {
		return fail(fmt.Sprintf("the answer is not what this API documents: %s", shorten(err.Error())), err)
	}
	return value, nil
}

// segment escapes one variable part of a path. A dot segment would be resolved away by servers and proxies.
func segment(text string) string {
	switch text {
	case ".", "..":
		return "%2E" + text[1:]
	}
	return url.PathEscape(text)
}
