package directory_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	rbacserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
)

func TestUserByName(t *testing.T) {
	s := start(t, authserver.Config{})
	ada, upper, charles := s.user("ada"), s.user("ADA"), s.user("Charles")
	for name, want := range map[string]rbac.User{"ada": ada, "ADA": upper, "Charles": charles, "charles": charles} {
		user, err := s.Users.ByName(t.Context(), name)
		must(t, err)
		if user.ID != want.ID {
			t.Errorf("%q is the user %q", name, user.Username)
		}
	}

	_, err := s.Users.ByName(t.Context(), "mary")
	wantError(t, err, client.ErrNotFound)
	wantText(t, err, `none of the server's 4 users has the username "mary"`)

	_, err = s.Users.ByName(t.Context(), "Ada")
	wantError(t, err, err, client.ErrNotFound)
	wantText(t, err, fmt.Sprintf(`2 users have the username "Ada": "ADA" (%s), "ada" (%s)`, upper.ID, ada.ID))
}

func TestUserByEmail(t *testing.T) {
	s := start(t, authserver.Config{})
	ada := s.user("ada")
	shared := rbac.UserUpdate{Email: client.Set("Team@example.com")}
	zoe, mary := s.update(s.user("zoe"), shared), s.update(s.user("mary"), shared)
	for _, address := range []string{"ada@example.com", "ADA@example.com"} {
		user, err := s.Users.ByEmail(t.Context(), address)
		must(t, err)
		if user.ID != ada.ID {
			t.Errorf("%q is the address of %q", address, user.Username)
		}
	}
	for _, address := range []string{"Team@example.com", "team@example.com"} {
		_, err := s.Users.ByEmail(t.Context(), address)
		wantError(t, err, err, client.ErrNotFound)
		wantText(t, err, fmt.Sprintf(`2 users have the e-mail address %q: "mary" (%s), "zoe" (%s)`, address, mary.ID, zoe.ID))
	}
	_, err := s.Users.ByEmail(t.Context(), "nobody@example.com")
	wantError(t, err, client.ErrNotFound)
}

// What /auth/users/me answers is not documented.
func TestCurrentUser(t *testing.T) {
	s := start(t, authserver.Config{})
	id := s.server.AdminID()
	byID, list := "GET /auth/users/"+id, "GET /auth/users/"
	for _, test := range []struct {
		name, answer string
		asked        []string
	}{
		{"whole", "", nil},
		{"id", fmt.Sprintf(`{"id": %q}`, id), []string{byID}},
		{"no groups", fmt.Sprintf(`{"id": %q, "username": "admin", "email": "admin@example.com", "created_at": "2024-10-03T12:00:00"}`, id), []string{byID}},
		{"name", `{"username": "admin", "groups": []}`, []string{list}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.answer != "" {
				s.server.Inject(authserver.Fault{Method: "GET", Route: "/auth/users/me", Status: 200, Body: test.answer})
				defer s.server.ClearFaults()
			}
			s.asked()
			user, complete, err := directory.New(s.api, directory.Shared).CurrentUser(t.Context())
			must(t, err)
			if user.ID != id || user.Username != "admin" || !user.IsSuperuser || user.CreatedAt.Year() < 2025 || !complete {
				t.Errorf("complete is %v, and the user is %+v", complete, user)
			}
			s.wantAsked(append([]string{"GET /auth/users/me"}, test.asked...)...)
		})
	}
}

func TestCurrentUser_mayNotReadItself(t *testing.T) {
	s := start(t, authserver.Config{})
	for _, test := range []struct{ answer, route string }{
		{`{"id": "00000000-0000-4000-8000-000000000000", "username": "ada"}`, "/auth/users/{user_id}"},
		{`{"username": "ada"}`, "/auth/users/"},
	} {
		s.server.Inject(authserver.Fault{Method: "GET", Route: "/auth/users/me", Status: 200, Body: test.answer})
		s.server.Inject(authserver.Fault{Method: "GET", Route: test.route, Status: 403, Times: 1})
		user, complete, err := directory.New(s.api, directory.Shared).CurrentUser(t.Context())
		must(t, err)
		if user.Username != "ada" || complete {
			t.Errorf("complete is %v, and the user is %+v", complete, user)
		}
		// What is not a matter of permission is an error.
		s.server.Inject(authserver.Fault{Method: "GET", Route: test.route, Status: 500})
		if _, _, err := s.CurrentUser(t.Context()); err == nil {
			t.Errorf("GET %s answered 500, and there is no error", test.route)
		}
		s.server.ClearFaults()
	}
}

func TestCurrentUser_groupsLeftOut(t *testing.T) {
	s := start(t, authserver.Config{})
	body := fmt.Sprintf(`{"id": %q, "username": "admin"}`, s.server.AdminID())
	for _, route := range []string{"/auth/users/me", "/auth/users/{user_id}"} {
		s.server.Inject(authserver.Fault{Method: "GET", Route: route, Status: 200, Body: body})
	}
	_, complete, err := s.CurrentUser(t.Context())
	wantText(t, err, fmt.Sprintf(`the server left out the list of groups from the user "admin" (%s)`, s.server.AdminID()))
	if complete {
		t.Error("the user is complete")
	}
}

func TestCurrentUser_unknown(t *testing.T) {
	s := start(t, authserver.Config{})
	s.server.Inject(authserver.Fault{Method: "GET", Route: "/auth/users/me", Status: 200, Body: `{"email": "ada@example.com"}`})
	_, _, err := s.CurrentUser(t.Context())
	wantText(t, err, "the server does not say who the provider is logged in as")

	s.server.ClearFaults()
	s.server.Inject(authserver.Fault{Method: "GET", Route: "/auth/users/me", Status: 404, Body: `{"detail": "Not Found"}`})
	_, _, err = s.CurrentUser(t.Context())
	wantError(t, err, client.ErrUnsupported)
	if requests := s.asked(); slices.Contains(requests, "GET /auth/users/") {
		t.Errorf("the server was asked %q", requests)
	}
}

// Who the provider is, is asked for once, also when that fails: each user that a plan destroys makes it ask.
func TestMe_isAskedForOnce(t *testing.T) {
	s := start(t, authserver.Config{})
	id := s.server.AdminID()
	me, list := "GET /auth/users/me", "GET /auth/users/"
	for name, test := range map[string]struct {
		fault authserver.Fault
		asked []string
		want  string // of the error
	}{
		"whole":  {authserver.Fault{}, []string{me}, ""},
		"name":   {authserver.Fault{Route: "/auth/users/me", Status: 200, Body: `{"username": "admin"}`}, []string{me, list}, ""},
		"fails":  {authserver.Fault{Route: "/auth/users/me", Status: 500}, []string{me}, "GET /auth/users/me answered 500 Internal Server Error: Internal Server Error"},
		"nobody": {authserver.Fault{Route: "/auth/users/me", Status: 200, Body: `{}`}, []string{me}, "the server does not say who the provider is logged in as"},
	} {
		t.Run(name, func(t *testing.T) {
			if test.fault.Route != "" {
				test.fault.Method = "GET"
				s.server.Inject(test.fault)
				defer s.server.ClearFaults()
			}
			s.asked()
			d := directory.New(s.api, directory.Shared)
			for range 3 {
				user, err := d.Me(t.Context())
				if test.want != "" {
					wantText(t, err, test.want)
					continue
				}
				must(t, err)
				wantText(t, user.ID, id)
			}
			s.wantAsked(test.asked...)
		})
	}
}

// The answer to a create is lost: the user is recognized as the new one if nobody else can have made it.
func TestLostCreate(t *testing.T) {
	body := rbac.UserCreate{Username: "Ada", Email: "ada@example.com", Password: "analytical engine", FullName: "Ada Lovelace"}
	lost := authserver.Fault{Method: "POST", Route: "/auth/users/local", Times: 1, Drop: authserver.DropAfter}
	const create = "/auth/users/local"
	notMade := authserver.Fault{Method: "POST", Route: create, Times: 1, Drop: authserver.DropBefore}
	another := body
	another.FullName = "Another"
	for name, test := range map[string]struct {
		fault    authserver.Fault
		behavior rbacserver.Behavior
		exists   *rbac.UserCreate // made by somebody else
		age      time.Duration    // so long before the run
		found    bool
	}{
		"made":                    {fault: lost, found: true},
		"made, with folded names": {fault: lost, behavior: rbacserver.Behavior{Case: rbacserver.CaseFoldStore}, found: true},
		"made, and answered half": {fault: authserver.Fault{Method: "POST", Route: create, Times: 1, Truncate: true}, found: true},
		"not made":                {fault: notMade},
		"not made, 500":           {fault: authserver.Fault{Method: "POST", Route: create, Times: 1, Status: 500}},
		"existed before":          {fault: notMade, exists: &body, age: time.Hour},
		"another one":             {fault: notMade, exists: &another},
	} {
		t.Run(name, func(t *testing.T) {
			var ago time.Duration
			s := start(t, authserver.Config{API: test.behavior, Now: func() time.Time { return time.Now().Add(-ago) }})
			if test.exists != nil {
				ago = test.age
				must(t, second(s.api.Users.Create(t.Context(), *test.exists)))
				ago = 0
			}
			s.server.Inject(test.fault)
			api, err := rbac.Connect(client.Config{BaseURL: s.url, APIKey: authservertest.APIKey, Sleep: func(context.Context, time.Duration) error { return nil }})
			must(t, err)
			user, err := directory.New(api, directory.Shared).Users.Create(t.Context(), body)
			if !test.found {
				wantError(t, err, client.ErrOutcomeUnknown)
				return
			}
			must(t, err)
			if data := s.server.Snapshot(); len(data.Users) != 2 || data.Users[1].ID != user.ID {
				t.Errorf("the user is %+v, and the server has %+v", user, data.Users)
			}
		})
	}
}
