package client_test

import (
	"context"
	"crypto/x509"
	"fmt"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	rbacserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/clienttest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// caller is a client whose clock stands still and whose waiting takes no time.
type caller struct {
	*rbac.API
	clienttest.Log
	clock *clienttest.Clock
}

// newCaller returns a client of the API at url, with an API key and the default number of retries.
func newCaller(t *testing.T, url string, changes ...func(*client.Config)) *caller {
	t.Helper()
	return newCallerAt(t, clienttest.NewClock(), url, changes...)
}

func newCallerAt(t *testing.T, now *clienttest.Clock, url string, changes ...func(*client.Config)) *caller {
	t.Helper()
	c := &caller{clock: now}
	config := c.Config(url, authservertest.APIKey, now)
	for _, change := range changes {
		change(&config)
	}
	c.API = clienttest.Must(rbac.Connect(config))(t)
	return c
}

// system is a development server and a caller of it, who share a clock.
type system struct {
	*caller
	server *rbacserver.Server
	url    string
}

func start(t *testing.T, cfg authserver.Config, changes ...func(*client.Config)) *system {
	t.Helper()
	now := clienttest.NewClock()
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

// trust makes a client verify certificates by the server's own.
func trust(r *clienttest.Recorder) func(*client.Config) {
	return func(c *client.Config) {
		c.RootCAs = x509.NewCertPool()
		c.RootCAs.AddCert(r.Certificate())
	}
}

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
