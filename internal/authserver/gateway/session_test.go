package gateway_test

import (
	"maps"
	"net/url"
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/conformance"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

// Short names for what these tests use everywhere
type (
	fields  = authservertest.Fields
	session = authservertest.GatewaySession
	reply   = authservertest.Reply
)

var (
	equal    = authservertest.Equal
	jsonText = authservertest.JSON
	newClock = authservertest.NewClock
)

const (
	password = authservertest.Password
	nobody   = authservertest.Nobody
)

// start runs a server whose answers are held against the platform's OpenAPI document, if there is one. It describes the
// newest release.
func start(t testing.TB, cfg authserver.Config) session {
	t.Helper()
	behavior, _ := cfg.API.(gateway.Behavior)
	if behavior.Platform != "" && behavior.Platform != gateway.Platform12 {
		return authservertest.StartGatewaySession(t, cfg)
	}
	return authservertest.StartGatewaySession(t, cfg, conformance.Check(t, func(v conformance.Violation) bool {
		// The tests send what is wrong, and the server is to refuse it, but for what the platform ignores.
		return v.Answer || v.Status < 300 && !strings.HasPrefix(v.Problem, "there is no")
	}))
}

// with runs a server with a behavior.
func with(t testing.TB, behavior gateway.Behavior) session {
	t.Helper()
	return start(t, authserver.Config{API: behavior})
}

// subject returns the subject id of the session's user.
func subject(s session) string {
	s.Helper()
	return text(s.Send("GET", "/auth/users/me", "").Object(), "sub")
}

// list returns the objects of a list, or those of a member of the answer.
func list(r reply, member ...string) []map[string]any {
	r.Helper()
	var answer any
	if r.Status != 201 {
		r.Want(200)
	}
	r.Decode(&answer)
	for _, name := range member {
		answer = answer.(map[string]any)[name]
	}
	objects := []map[string]any{}
	for _, item := range answer.([]any) {
		objects = append(objects, item.(map[string]any))
	}
	return objects
}

// values returns a field of each object.
func values(objects []map[string]any, field string) []any {
	all := []any{}
	for _, object := range objects {
		all = append(all, object[field])
	}
	return all
}

// unchecked runs a server whose answers the OpenAPI document does not list.
func unchecked(t testing.TB, behavior gateway.Behavior) session {
	t.Helper()
	return authservertest.StartGatewaySession(t, authserver.Config{API: behavior})
}

// login asks for tokens.
func login(s session, username, password string) reply {
	s.Helper()
	return s.Form("/auth/token", url.Values{"username": {username}, "password": {password}})
}

// user creates a user with the fields given besides the usual ones.
func user(s session, name string, more fields) reply {
	s.Helper()
	all := fields{"username": name, "email": name + "@example.com", "password": password}
	maps.Copy(all, more)
	return s.Send("POST", "/auth/users/local", all)
}

// text returns a text in a JSON object.
func text(object map[string]any, key string) string {
	found, _ := object[key].(string)
	return found
}
