package directory_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	rbacserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
)

// service is a development AuthService with a directory of it.
type service struct {
	*directory.Directory
	t      *testing.T
	server *rbacserver.Server
	url    string
	api    *rbac.API
	gate   *gate
}

func start(t *testing.T, config authserver.Config) service {
	t.Helper()
	instance := authservertest.Start(t, config)
	gate := &gate{server: instance.Server}
	front := httptest.NewServer(gate)
	t.Cleanup(front.Close)
	url := front.URL + "/api"
	api, err := rbac.Connect(client.Config{BaseURL: url, APIKey: authservertest.APIKey, Sleep: noPause})
	if err != nil {
		t.Fatal(err)
	}
	return service{directory.New(api, directory.Shared), t, instance.Server, url, api, gate}
}

// gate stands before a server and can hold an answer back.
type gate struct {
	server http.Handler

	mu   sync.Mutex
	call string // to hold, such as "GET /api/auth/users/"; "" for none
	held chan struct{}
	free chan struct{}
}

// hold makes the gate keep the next answer to the call, such as "GET /auth/users/". It returns a channel that is closed
// when the server has answered, and one to close to let the answer out.
func (s service) hold(call string) (held <-chan struct{}, release chan<- struct{}) {
	s.gate.mu.Lock()
	defer s.gate.mu.Unlock()
	s.gate.call, s.gate.held, s.gate.free = strings.Replace(call, " ", " /api", 1), make(chan struct{}), make(chan struct{})
	return s.gate.held, s.gate.free
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	holds, held, free := r.Method+" "+r.URL.Path == g.call, g.held, g.free
	if holds {
		g.call = ""
	}
	g.mu.Unlock()
	if !holds {
		g.server.ServeHTTP(w, r)
		return
	}
	answer := httptest.NewRecorder()
	g.server.ServeHTTP(answer, r)
	close(held)
	select {
	case <-free:
	case <-r.Context().Done():
	}
	maps.Copy(w.Header(), answer.Header())
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

func (s service) right(name string) string {
	s.t.Helper()
	right, err := s.api.Rights.Create(s.t.Context(), rbac.RightCreate{Name: name})
	must(s.t, err)
	return right.ID
}

func (s service) role(name string, rights ...string) string {
	s.t.Helper()
	role, err := s.api.Roles.Create(s.t.Context(), rbac.RoleCreate{Name: name, Rights: rights})
	must(s.t, err)
	return role.ID
}

func (s service) group(name string, roles ...string) string {
	s.t.Helper()
	group, err := s.api.Groups.Create(s.t.Context(), rbac.GroupCreate{Name: name, Roles: roles})
	must(s.t, err)
	return group.ID
}

func (s service) user(username string, groups ...string) rbac.User {
	s.t.Helper()
	user, err := s.api.Users.Create(s.t.Context(), rbac.UserCreate{
		Username: username, Email: strings.ToLower(username) + "@example.com", Password: "analytical engine", Groups: groups,
	})
	must(s.t, err)
	return user
}

func (s service) update(user rbac.User, update rbac.UserUpdate) rbac.User {
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

func asJSON(t *testing.T, value any) string {
	t.Helper()
	data, err := json.Marshal(value)
	must(t, err)
	return string(data)
}
