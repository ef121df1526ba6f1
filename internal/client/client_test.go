package client_test

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	rbacserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// clock is a time that passes only when a test says so.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 1, 2, 3, 4, 5, 678901000, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// caller is a client whose clock stands still and whose waiting takes no time.
type caller struct {
	*rbac.API
	clock *clock

	mu       sync.Mutex
	delays   []time.Duration
	attempts []client.Attempt
}

// newCaller returns a client of the API at url, with an API key and the default number of retries.
func newCaller(t *testing.T, url string, changes ...func(*client.Config)) *caller {
	t.Helper()
	return newCallerAt(t, newClock(), url, changes...)
}

func newCallerAt(t *testing.T, now *clock, url string, changes ...func(*client.Config)) *caller {
	t.Helper()
	c := &caller{clock: now}
	config := client.Config{
		BaseURL:    url,
		APIKey:     authservertest.APIKey,
		MaxRetries: client.DefaultMaxRetries,
		Now:        c.clock.Now,
		Sleep: func(ctx context.Context, d time.Duration) error {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.delays = append(c.delays, d)
			return ctx.Err()
		},
		OnAttempt: func(_ context.Context, a client.Attempt) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.attempts = append(c.attempts, a)
		},
	}
	for _, change := range changes {
		change(&config)
	}
	made, err := rbac.Connect(config)
	if err != nil {
		t.Fatal(err)
	}
	c.API = made
	return c
}

// slept returns how long the client has waited, each time, and forgets it.
func (c *caller) slept() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	delays := c.delays
	c.delays = nil
	return delays
}

// tried returns the attempts that the client has told of, as "GET /path 200", and forgets them.
func (c *caller) tried() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	texts := make([]string, len(c.attempts))
	for i, a := range c.attempts {
		texts[i] = fmt.Sprintf("%s %s %d", a.Method, a.Path, a.Status)
	}
	c.attempts = nil
	return texts
}

// system is a development server and a caller of it, who share a clock.
type system struct {
	*caller
	server *rbacserver.Server
	url    string
}

func start(t *testing.T, cfg authserver.Config, changes ...func(*client.Config)) *system {
	t.Helper()
	now := newClock()
	cfg.Now = now.Now
	instance := authservertest.Start(t, cfg)
	return &system{newCallerAt(t, now, instance.URL, changes...), instance.Server, instance.URL}
}

// served returns the requests that the server has seen, as "GET /route 200" (0: no answer), and forgets them.
func (s *system) served() []string {
	requests := s.server.Requests()
	s.server.ResetRequests()
	texts := make([]string, len(requests))
	for i, r := range requests {
		texts[i] = fmt.Sprintf("%s %s %d", r.Method, r.Route, r.Status)
	}
	return texts
}

// withPassword makes a client log in with the server's default credentials.
func withPassword(c *client.Config) {
	c.APIKey, c.Username, c.Password = "", authservertest.AdminUsername, authservertest.AdminPassword
}

// withAPIKey makes a client send a bearer token of its own.
func withAPIKey(key string) func(*client.Config) {
	return func(c *client.Config) { c.APIKey, c.Username, c.Password = key, "", "" }
}

func withRetries(n int) func(*client.Config) {
	return func(c *client.Config) { c.MaxRetries = n }
}

// evenly makes a client's pauses all of their medium length.
func evenly(c *client.Config) { c.Chance = func() float64 { return 0.5 } }

// seen is a request as a hand-written server received it.
type seen struct {
	method, target string // the target is the path and the query as they were sent
	header         http.Header
	body           string
}

func (r seen) line() string { return r.method + " " + r.target }

// recorder is a hand-written server that remembers what it was asked.
type recorder struct {
	*httptest.Server
	mu       sync.Mutex
	requests []seen
}

// serve runs a hand-written server. The answer may read the request's body.
func serve(t *testing.T, answer http.HandlerFunc) *recorder {
	t.Helper()
	r := newRecorder(answer)
	r.Start()
	t.Cleanup(r.Close)
	return r
}

// serveTLS does the same with a certificate that no system trusts; see trust.
func serveTLS(t *testing.T, answer http.HandlerFunc) *recorder {
	t.Helper()
	r := newRecorder(answer)
	r.StartTLS()
	t.Cleanup(r.Close)
	return r
}

func newRecorder(answer http.HandlerFunc) *recorder {
	r := &recorder{}
	r.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		req.Body = io.NopCloser(strings.NewReader(string(body)))
		r.mu.Lock()
		r.requests = append(r.requests, seen{req.Method, req.RequestURI, req.Header, string(body)})
		r.mu.Unlock()
		answer(w, req)
	}))
	r.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that are meant to fail
	return r
}

func (r *recorder) all() []seen {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.requests)
}

// lines returns the requests as "GET /path?query".
func (r *recorder) lines() []string {
	var lines []string
	for _, request := range r.all() {
		lines = append(lines, request.line())
	}
	return lines
}

// only returns the one request that there has been.
func (r *recorder) only(t *testing.T) seen {
	t.Helper()
	requests := r.all()
	if len(requests) != 1 {
		t.Fatalf("%d requests, want one: %q", len(requests), r.lines())
	}
	return requests[0]
}

// trust makes a client verify certificates by the server's own.
func trust(r *recorder) func(*client.Config) {
	return func(c *client.Config) {
		c.RootCAs = x509.NewCertPool()
		c.RootCAs.AddCert(r.Certificate())
	}
}

// says returns a handler that gives one answer to everything.
func says(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if contentType != "" {
			w.Header().Set("Content-Type", contentType)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func saysJSON(body string) http.HandlerFunc { return says(http.StatusOK, "application/json", body) }

// call is one call of the API, with the request that it makes of ids "a" and "b".
type call struct {
	name, method, path string
	body               string // the JSON that is sent; "" is none
	creates            bool
	do                 func(context.Context, *rbac.API) error
}

// line is how errors name the call.
func (c call) line() string { return c.method + " " + c.path }

// calls is every call there is but Login.
func calls() []call {
	only := func(_ any, err error) error { return err }
	return []call{
		{
			"Users.Create", "POST", "/auth/users/local", `{"username":"ada","email":"ada@example.com","password":"a new user's secret","is_superuser":false}`, true,
			func(ctx context.Context, c *rbac.API) error {
				return only(c.Users.Create(ctx, rbac.UserCreate{Username: "ada", Email: "ada@example.com", Password: "a new user's secret"}))
			},
		},
		{
			"Users.List", "GET", "/auth/users/", "", false,
			func(ctx context.Context, c *rbac.API) error { return only(c.Users.List(ctx)) },
		},
		{
			"Users.Get", "GET", "/auth/users/a", "", false,
			func(ctx context.Context, c *rbac.API) error { return only(c.Users.Get(ctx, "a")) },
		},
		{
			"Users.Update", "PUT", "/auth/users/a", `{"is_active":false}`, false,
			func(ctx context.Context, c *rbac.API) error {
				return only(c.Users.Update(ctx, "a", rbac.UserUpdate{IsActive: client.Set(false)}))
			},
		},
		{
			"Users.Delete", "DELETE", "/auth/users/a", "", false,
			func(ctx context.Context, c *rbac.API) error { return c.Users.Delete(ctx, "a") },
		},
		{
			"Users.AddGroup", "POST", "/auth/users/a/groups/b", "", false,
			func(ctx context.Context, c *rbac.API) error { return c.Users.AddGroup(ctx, "a", "b") },
		},
		{
			"Users.RemoveGroup", "DELETE", "/auth/users/a/groups/b", "", false,
			func(ctx context.Context, c *rbac.API) error { return c.Users.RemoveGroup(ctx, "a", "b") },
		},
		{
			"Users.Me", "GET", "/auth/users/me", "", false,
			func(ctx context.Context, c *rbac.API) error { return only(c.Users.Me(ctx)) },
		},
		{
			"Users.Verify", "GET", "/auth/verify-token", "", false,
			func(ctx context.Context, c *rbac.API) error { return only(c.Users.Verify(ctx)) },
		},
		{
			"Users.MyPermissions", "GET", "/auth/users/me/permissions", "", false,
			func(ctx context.Context, c *rbac.API) error { return only(c.Users.MyPermissions(ctx)) },
		},

		{
			"Organizations.Create", "POST", "/auth/organizations/", `{"name":"x"}`, true,
			func(ctx context.Context, c *rbac.API) error {
				return only(c.Organizations.Create(ctx, rbac.OrganizationCreate{Name: "x"}))
			},
		},
		{
			"Organizations.Get", "GET", "/auth/organizations/a", "", false,
			func(ctx context.Context, c *rbac.API) error { return only(c.Organizations.Get(ctx, "a")) },
		},
		{
			"Organizations.Update", "PUT", "/auth/organizations/a", `{"name":"y"}`, false,
			func(ctx context.Context, c *rbac.API) error {
				return only(c.Organizations.Update(ctx, "a", rbac.OrganizationUpdate{Name: client.Set("y")}))
			},
		},
		{
			"Organizations.Delete", "DELETE", "/auth/organizations/a", "", false,
			func(ctx context.Context, c *rbac.API) error { return c.Organizations.Delete(ctx, "a") },
		},

		{
			"Groups.Create", "POST", "/auth/groups/", `{"name":"x"}`, true,
			func(ctx context.Context, c *rbac.API) error {
				return only(c.Groups.Create(ctx, rbac.GroupCreate{Name: "x"}))
			},
		},
		{
			"Groups.Get", "GET", "/auth/groups/a", "", false,
			func(ctx context.Context, c *rbac.API) error { return only(c.Groups.Get(ctx, "a")) },
		},
		{
			"Groups.Update", "PUT", "/auth/groups/a", `{"name":"y"}`, false,
			func(ctx context.Context, c *rbac.API) error {
				return only(c.Groups.Update(ctx, "a", rbac.GroupUpdate{Name: client.Set("y")}))
			},
		},
		{
			"Groups.Delete", "DELETE", "/auth/groups/a", "", false,
			func(ctx context.Context, c *rbac.API) error { return c.Groups.Delete(ctx, "a") },
		},
		{
			"Groups.AddRole", "POST", "/auth/groups/a/roles/b", "", false,
			func(ctx context.Context, c *rbac.API) error { return c.Groups.AddRole(ctx, "a", "b") },
		},
		{
			"Groups.RemoveRole", "DELETE", "/auth/groups/a/roles/b", "", false,
			func(ctx context.Context, c *rbac.API) error { return c.Groups.RemoveRole(ctx, "a", "b") },
		},

		{
			"Roles.Create", "POST", "/auth/roles/", `{"name":"x"}`, true,
			func(ctx context.Context, c *rbac.API) error {
				return only(c.Roles.Create(ctx, rbac.RoleCreate{Name: "x"}))
			},
		},
		{
			"Roles.Get", "GET", "/auth/roles/a", "", false,
			func(ctx context.Context, c *rbac.API) error { return only(c.Roles.Get(ctx, "a")) },
		},
		{
			"Roles.Update", "PUT", "/auth/roles/a", `{"name":"y"}`, false,
			func(ctx context.Context, c *rbac.API) error {
				return only(c.Roles.Update(ctx, "a", rbac.RoleUpdate{Name: client.Set("y")}))
			},
		},
		{
			"Roles.Delete", "DELETE", "/auth/roles/a", "", false,
			func(ctx context.Context, c *rbac.API) error { return c.Roles.Delete(ctx, "a") },
		},
		{
			"Roles.AddRight", "POST", "/auth/roles/a/rights/b", "", false,
			func(ctx context.Context, c *rbac.API) error { return c.Roles.AddRight(ctx, "a", "b") },
		},
		{
			"Roles.RemoveRight", "DELETE", "/auth/roles/a/rights/b", "", false,
			func(ctx context.Context, c *rbac.API) error { return c.Roles.RemoveRight(ctx, "a", "b") },
		},

		{
			"Rights.Create", "POST", "/auth/rights/", `{"name":"x"}`, true,
			func(ctx context.Context, c *rbac.API) error {
				return only(c.Rights.Create(ctx, rbac.RightCreate{Name: "x"}))
			},
		},
		{
			"Rights.Get", "GET", "/auth/rights/a", "", false,
			func(ctx context.Context, c *rbac.API) error { return only(c.Rights.Get(ctx, "a")) },
		},
		{
			"Rights.Update", "PUT", "/auth/rights/a", `{"name":"y"}`, false,
			func(ctx context.Context, c *rbac.API) error {
				return only(c.Rights.Update(ctx, "a", rbac.RightUpdate{Name: client.Set("y")}))
			},
		},
		{
			"Rights.Delete", "DELETE", "/auth/rights/a", "", false,
			func(ctx context.Context, c *rbac.API) error { return c.Rights.Delete(ctx, "a") },
		},
	}
}

// equal fails the test unless got is want.
func equal[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

// equalLines does the same for lists of requests, of which none and an empty list are one.
func equalLines(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

// must returns a value that was to be had without an error.
func must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func succeed(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var sentinels = []error{
	client.ErrUnauthorized, client.ErrLogin, client.ErrForbidden, client.ErrNotFound, client.ErrUnsupported,
	client.ErrConflict, client.ErrInvalid, client.ErrNotAPI, client.ErrOutcomeUnknown,
}

// fails checks that an error is a *client.Error of exactly the given kinds.
func fails(t *testing.T, err error, kinds ...error) {
	t.Helper()
	_ = failureOf(t, err, kinds...)
}

// failureOf does the same and returns the *client.Error.
func failureOf(t *testing.T, err error, kinds ...error) *client.Error {
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
