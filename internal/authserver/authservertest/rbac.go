package authservertest

import (
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
)

// Session talks to a server with the RBAC API as one user.
type Session struct {
	Caller
	Server *rbac.Server
}

// StartSession runs a server with the RBAC API and returns the session of its API key.
func StartSession(t testing.TB, cfg authserver.Config) Session {
	t.Helper()
	instance := Start(t, cfg)
	return Session{NewCaller(t, instance.URL), instance.Server}
}

// As returns a session of another token; "" is none.
func (s Session) As(token string) Session {
	s.Caller = s.With(token)
	return s
}

// Password is the password of each user that User creates.
const Password = "a password of a test"

// Right creates a right and returns its id.
func (s Session) Right(name string) string {
	s.Helper()
	return s.Send("POST", "/auth/rights/", Fields{"name": name}).ID()
}

// Role creates a role and returns its id.
func (s Session) Role(name string, rights ...string) string {
	s.Helper()
	return s.Send("POST", "/auth/roles/", Fields{"name": name, "rights": append([]string{}, rights...)}).ID()
}

// Group creates a group and returns its id.
func (s Session) Group(name string, roles ...string) string {
	s.Helper()
	return s.Send("POST", "/auth/groups/", Fields{"name": name, "roles": append([]string{}, roles...)}).ID()
}

// Organization creates an organization and returns its id.
func (s Session) Organization(name string) string {
	s.Helper()
	return s.Send("POST", "/auth/organizations/", Fields{"name": name}).ID()
}

// User creates a user with Password and returns its id.
func (s Session) User(name string, groups ...string) string {
	s.Helper()
	return s.Send("POST", "/auth/users/local", Fields{
		"username": name, "email": name + "@example.com", "password": Password, "groups": append([]string{}, groups...),
	}).ID()
}

// Login returns the session of a user that User created.
func (s Session) Login(username string) Session {
	s.Helper()
	got := s.Form("/auth/token", Grant(username, Password))
	token, _ := got.Object()["access_token"].(string)
	return s.As(token)
}
