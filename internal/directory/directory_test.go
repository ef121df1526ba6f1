package directory_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
)

// service is a development AuthService with a directory of it.
type service struct {
	*directory.Directory
	t      *testing.T
	server *authserver.Server
	url    string
	api    *client.Client
}

func start(t *testing.T, config authserver.Config) service {
	t.Helper()
	instance := authservertest.Start(t, config)
	api, err := client.New(client.Config{BaseURL: instance.URL, APIKey: authservertest.APIKey})
	if err != nil {
		t.Fatal(err)
	}
	return service{directory.New(api, directory.Shared), t, instance.Server, instance.URL, api}
}

func (s service) right(name string) string {
	s.t.Helper()
	right, err := s.api.Rights.Create(s.t.Context(), client.RightCreate{Name: name})
	must(s.t, err)
	return right.ID
}

func (s service) role(name string, rights ...string) string {
	s.t.Helper()
	role, err := s.api.Roles.Create(s.t.Context(), client.RoleCreate{Name: name, Rights: rights})
	must(s.t, err)
	return role.ID
}

func (s service) group(name string, roles ...string) string {
	s.t.Helper()
	group, err := s.api.Groups.Create(s.t.Context(), client.GroupCreate{Name: name, Roles: roles})
	must(s.t, err)
	return group.ID
}

func (s service) user(username string, groups ...string) client.User {
	s.t.Helper()
	user, err := s.api.Users.Create(s.t.Context(), client.UserCreate{
		Username: username, Email: strings.ToLower(username) + "@example.com", Password: "analytical engine", Groups: groups,
	})
	must(s.t, err)
	return user
}

func (s service) update(user client.User, update client.UserUpdate) client.User {
	s.t.Helper()
	updated, err := s.api.Users.Update(s.t.Context(), user.ID, update)
	must(s.t, err)
	return updated
}

// asked returns the paths of all requests since the last call, sorted.
func (s service) asked() []string {
	requests := s.server.Requests()
	s.server.ResetRequests()
	paths := make([]string, len(requests))
	for i, request := range requests {
		paths[i] = request.Method + " " + strings.TrimPrefix(request.Path, "/api")
	}
	slices.Sort(paths)
	return paths
}

// wantAsked fails unless these, in any order, are all the requests since the last call.
func (s service) wantAsked(want ...string) {
	s.t.Helper()
	slices.Sort(want)
	if got := s.asked(); !slices.Equal(got, want) {
		s.t.Errorf("the server was asked\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// wantError fails unless the error is the one and none of the others.
func wantError(t *testing.T, err, want error, not ...error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("the error is %v, want one that is %q", err, want)
	}
	for _, other := range not {
		if errors.Is(err, other) {
			t.Errorf("the error %v is %q too", err, other)
		}
	}
}

func wantText(t *testing.T, got any, want string) {
	t.Helper()
	if text := fmt.Sprint(got); text != want {
		t.Errorf("got\n  %s\nwant\n  %s", text, want)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
