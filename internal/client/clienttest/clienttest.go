// Package clienttest has what tests of the client and of the APIs that it reaches share: a client whose waiting takes no
// time, servers that answer what a test says, and checks.
package clienttest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// Clock is a time that passes only when a test says so.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock returns a clock that shows some time.
func NewClock() *Clock { return &Clock{now: time.Date(2026, 1, 2, 3, 4, 5, 678901000, time.UTC)} }

// Now returns what the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Log is what a client does besides its requests.
type Log struct {
	mu       sync.Mutex
	delays   []time.Duration
	attempts []client.Attempt
}

// Config configures a client of the API at url by an API key, with the default number of retries. Its clock stands still, and
// its waiting takes no time.
func (l *Log) Config(url, apiKey string, clock *Clock) client.Config {
	return client.Config{
		BaseURL:    url,
		APIKey:     apiKey,
		MaxRetries: client.DefaultMaxRetries,
		Now:        clock.Now,
		Sleep: func(ctx context.Context, d time.Duration) error {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.delays = append(l.delays, d)
			return ctx.Err()
		},
		OnAttempt: func(_ context.Context, a client.Attempt) {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.attempts = append(l.attempts, a)
		},
	}
}

// Slept returns how long the client has waited, each time, and forgets it.
func (l *Log) Slept() []time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	delays := l.delays
	l.delays = nil
	return delays
}

// Tried returns the attempts that the client has told of, as "GET /path 200", and forgets them.
func (l *Log) Tried() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	texts := make([]string, len(l.attempts))
	for i, a := range l.attempts {
		texts[i] = fmt.Sprintf("%s %s %d", a.Method, a.Path, a.Status)
	}
	l.attempts = nil
	return texts
}

// Equal fails the test unless got is want.
func Equal[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

// EqualLines does the same for lists of requests, of which none and an empty list are one.
func EqualLines(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

// Must returns a value that was to be had without an error.
func Must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// Succeed fails the test at an error.
func Succeed(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var sentinels = []error{
	client.ErrUnauthorized, client.ErrLogin, client.ErrForbidden, client.ErrNotFound, client.ErrUnsupported,
	client.ErrConflict, client.ErrInvalid, client.ErrNotAPI, client.ErrOutcomeUnknown, client.ErrDisabled, client.ErrUnavailable,
	client.ErrAdminRequired, client.ErrNotMember, client.ErrActiveSessions, client.ErrAttributeUndeclared, client.ErrAttributeDeclared,
}

// Fails checks that an error is a *client.Error of exactly the given kinds.
func Fails(t *testing.T, err error, kinds ...error) {
	t.Helper()
	_ = FailureOf(t, err, kinds...)
}

// FailureOf does the same and returns the *client.Error.
func FailureOf(t *testing.T, err error, kinds ...error) *client.Error {
	t.Helper()
	var failure *client.Error
	if !errors.As(err, &failure) {
		t.Fatalf("error %v (%T), want a *client.Error", err, err)
	}
	for _, sentinel := range sentinels {
		if is, want := errors.Is(err, sentinel), slices.Contains(kinds, sentinel); is != want {
			t.Errorf("error %q: is %q: %t, want %t", err, sentinel, is, want)
		}
	}
	return failure
}
