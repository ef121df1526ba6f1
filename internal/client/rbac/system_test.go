package rbac_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	rbacserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/clienttest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// system is a development server and a client of it, who share a clock.
type system struct {
	*rbac.API
	clock  *clienttest.Clock
	server *rbacserver.Server
	url    string
}

func start(t *testing.T, cfg authserver.Config) *system {
	t.Helper()
	clock := clienttest.NewClock()
	cfg.Now = clock.Now
	instance := authservertest.Start(t, cfg)
	return &system{connect(t, clock, instance.URL), clock, instance.Server, instance.URL}
}

// served returns the requests that the server has seen, as "GET /route 200", and forgets them.
func (s *system) served() []string {
	requests := s.server.Requests()
	s.server.ResetRequests()
	texts := make([]string, len(requests))
	for i, r := range requests {
		texts[i] = fmt.Sprintf("%s %s %d", r.Method, r.Route, r.Status)
	}
	return texts
}

func connect(t *testing.T, clock *clienttest.Clock, url string, changes ...func(*client.Config)) *rbac.API {
	t.Helper()
	var log clienttest.Log
	config := log.Config(url, authservertest.APIKey, clock)
	for _, change := range changes {
		change(&config)
	}
	return clienttest.Must(rbac.Connect(config))(t)
}

// newCaller returns a client of the API at url, with an API key.
func newCaller(t *testing.T, url string, changes ...func(*client.Config)) *rbac.API {
	t.Helper()
	return connect(t, clienttest.NewClock(), url, changes...)
}

// withPassword makes a client log in with the server's default credentials.
func withPassword(c *client.Config) {
	c.APIKey, c.Username, c.Password = "", authservertest.AdminUsername, authservertest.AdminPassword
}

func at(year int, month time.Month, day, hour, minute, second, nano int) client.Time {
	return client.Time{Time: time.Date(year, month, day, hour, minute, second, nano, time.UTC)}
}
