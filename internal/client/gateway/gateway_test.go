package gateway_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	gatewayserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/clienttest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
)

// system is a development server and a client of it, who share a clock.
type system struct {
	*gateway.API
	clienttest.Log
	clock  *clienttest.Clock
	server *gatewayserver.Server
}

// start runs a server whose behavior is the given one. The client has its API key.
func start(t *testing.T, behavior gatewayserver.Behavior, changes ...func(*client.Config)) *system {
	t.Helper()
	s := &system{clock: clienttest.NewClock()}
	instance := authservertest.StartGateway(t, authserver.Config{API: behavior, Now: s.clock.Now})
	s.server = instance.Server
	s.API = s.connect(t, instance.URL, changes...)
	return s
}

func (s *system) connect(t *testing.T, url string, changes ...func(*client.Config)) *gateway.API {
	t.Helper()
	config := s.Config(url, authservertest.APIKey, s.clock)
	for _, change := range changes {
		change(&config)
	}
	return clienttest.Must(gateway.Connect(config))(t)
}

// asks returns a client of a server that gives one answer to everything.
func asks(t *testing.T, answer http.HandlerFunc) (*gateway.API, *clienttest.Recorder) {
	t.Helper()
	r := clienttest.Serve(t, answer)
	s := &system{clock: clienttest.NewClock()}
	return s.connect(t, r.URL), r
}

func as(username, password string) func(*client.Config) {
	return func(c *client.Config) { c.APIKey, c.Username, c.Password = "", username, password }
}

// password is good enough for every user.
const password = "correct horse battery staple"

func (s *system) user(t *testing.T, username string) gateway.User {
	t.Helper()
	return clienttest.Must(s.Users.Create(t.Context(), gateway.UserCreate{Username: username, Email: username + "@example.com", Password: password}))(t)
}

// call is one call of the API, with the request that it makes of ids "a" and "b".
type call struct {
	name, method, target string
	body                 string // the JSON that is sent; "" is none
	creates              bool
	since                gatewayserver.Platform // "" for all
	do                   func(context.Context, *gateway.API) error
}

// calls is every call there is but Login and Refresh.
func calls() []call { return append(served(), unserved()...) }

// served are those that the development server has.
func served() []call {
	only := func(_ any, err error) error { return err }
	return []call{
		{
			"Users.Create", "POST", "/auth/users/local", `{"username":"ada","email":"ada@example.com","password":"a new user's secret"}`, true, "",
			func(ctx context.Context, c *gateway.API) error {
				return only(c.Users.Create(ctx, gateway.UserCreate{Username: "ada", Email: "ada@example.com", Password: "a new user's secret"}))
			},
		},
		{
			"Users.List", "GET", "/auth/users/", "", false, "",
			func(ctx context.Context, c *gateway.API) error { return only(c.Users.List(ctx)) },
		},
		{
			"Users.Get", "GET", "/auth/users/a", "", false, "",
			func(ctx context.Context, c *gateway.API) error { return only(c.Users.Get(ctx, "a")) },
		},
		{
			"Users.Resolve", "GET", "/auth/users/resolve/a", "", false, gatewayserver.Platform012,
			func(ctx context.Context, c *gateway.API) error { return only(c.Users.Resolve(ctx, "a")) },
		},
		{
			"Users.Update", "PUT", "/auth/users/a", `{"active":false}`, false, "",
			func(ctx context.Context, c *gateway.API) error {
				return only(c.Users.Update(ctx, "a", gateway.UserUpdate{Active: client.Set(false)}))
			},
		},
		{
			"Users.ResetPassword", "POST", "/auth/users/a/password", `{"new_password":"another secret"}`, false, "",
			func(ctx context.Context, c *gateway.API) error {
				return c.Users.ResetPassword(ctx, "a", "another secret")
			},
		},
		{
			"Users.Delete", "DELETE", "/auth/users/a", "", false, "",
			func(ctx context.Context, c *gateway.API) error { return c.Users.Delete(ctx, "a") },
		},
		{
			"Sessions.Purge", "POST", "/auth/sessions/purge", `{"tenant_id":"t","subject_id":"a"}`, false, "",
			func(ctx context.Context, c *gateway.API) error {
				return only(c.Sessions.Purge(ctx, gateway.Subject{TenantID: "t", ID: "a"}))
			},
		},
		{
			"Sessions.Delete", "DELETE", "/auth/sessions/a", "", false, "",
			func(ctx context.Context, c *gateway.API) error { return c.Sessions.Delete(ctx, "a") },
		},
		{
			"PATs.Config", "GET", "/auth/pat-config", "", false, gatewayserver.Platform012,
			func(ctx context.Context, c *gateway.API) error { return only(c.PATs.Config(ctx)) },
		},
		{
			"PATs.Create", "POST", "/auth/pats?aud=kamiwaza-platform&name=ci+%26+cd&scope=admin&ttl_seconds=60",
			`{"name":"ci \u0026 cd","ttl_seconds":60,"scope":"admin","aud":"kamiwaza-platform"}`, true, "",
			func(ctx context.Context, c *gateway.API) error {
				return only(c.PATs.Create(ctx, gateway.PATCreate{Name: "ci & cd", TTLSeconds: 60, Scope: "admin"}))
			},
		},
		{
			"PATs.List", "GET", "/auth/pats", "", false, "",
			func(ctx context.Context, c *gateway.API) error { return only(c.PATs.List(ctx)) },
		},
		{
			"PATs.Revoke", "DELETE", "/auth/pats/a", "", false, "",
			func(ctx context.Context, c *gateway.API) error { return c.PATs.Revoke(ctx, "a") },
		},
		{
			"Groups.Create", "POST", "/authz/groups/", `{"name":"x"}`, true, gatewayserver.Platform12,
			func(ctx context.Context, c *gateway.API) error {
				return only(c.Groups.Create(ctx, gateway.GroupCreate{Name: "x"}))
			},
		},
		{
			"Groups.List", "GET", "/authz/groups/", "", false, gatewayserver.Platform12,
			func(ctx context.Context, c *gateway.API) error { return only(c.Groups.List(ctx)) },
		},
		{
			"Groups.Get", "GET", "/authz/groups/a", "", false, gatewayserver.Platform12,
			func(ctx context.Context, c *gateway.API) error { return only(c.Groups.Get(ctx, "a")) },
		},
		{
			"Groups.Delete", "DELETE", "/authz/groups/a", "", false, gatewayserver.Platform12,
			func(ctx context.Context, c *gateway.API) error { return c.Groups.Delete(ctx, "a") },
		},
		{
			"Groups.DeleteCascade", "DELETE", "/authz/groups/a?cascade=grants", "", false, gatewayserver.Platform12,
			func(ctx context.Context, c *gateway.API) error { return c.Groups.DeleteCascade(ctx, "a", "grants") },
		},
		{
			"Groups.Members", "GET", "/authz/groups/a/members", "", false, gatewayserver.Platform12,
			func(ctx context.Context, c *gateway.API) error { return only(c.Groups.Members(ctx, "a")) },
		},
		{
			"Groups.AddMember", "POST", "/authz/groups/a/members", `{"user_id":"b"}`, false, gatewayserver.Platform12,
			func(ctx context.Context, c *gateway.API) error { return c.Groups.AddMember(ctx, "a", "b") },
		},
		{
			"Groups.RemoveMember", "DELETE", "/authz/groups/a/members/b", "", false, gatewayserver.Platform12,
			func(ctx context.Context, c *gateway.API) error { return c.Groups.RemoveMember(ctx, "a", "b") },
		},
		{
			"Me", "GET", "/auth/users/me", "", false, "",
			func(ctx context.Context, c *gateway.API) error { return only(c.Me(ctx)) },
		},
		{
			"Health", "GET", "/auth/health", "", false, "",
			func(ctx context.Context, c *gateway.API) error { return only(c.Health(ctx)) },
		},
		{
			"OpenAPI", "GET", "/openapi.json", "", false, "",
			func(ctx context.Context, c *gateway.API) error { return only(c.OpenAPI(ctx)) },
		},
	}
}

func TestRequestsAreAsTheContractHasThem(t *testing.T) {
	for _, call := range calls() {
		t.Run(call.name, func(t *testing.T) {
			c, r := asks(t, clienttest.SaysJSON(`{"id":"a"}`))
			_ = call.do(t.Context(), c)
			request := r.Only(t)
			clienttest.Equal(t, "request", request.Line(), call.method+" "+call.target)
			clienttest.Equal(t, "body", request.Body, call.body)
			anonymous := call.name == "Health" || call.name == "OpenAPI"
			clienttest.Equal(t, "bears the token", request.Header.Get("Authorization") != "", !anonymous)
		})
	}
}

// A redirect to the path with another slash would be the client's fault.
func TestEveryCallReachesItsRoute(t *testing.T) {
	for _, platform := range []gatewayserver.Platform{gatewayserver.Platform093, gatewayserver.Platform012, gatewayserver.Platform102, gatewayserver.Platform12} {
		t.Run(string(platform), func(t *testing.T) {
			s := &system{clock: clienttest.NewClock()}
			unchecked := authservertest.StartGatewaySession(t, authserver.Config{API: gatewayserver.Behavior{Platform: platform}, Now: s.clock.Now})
			s.server, s.API = unchecked.Server, s.connect(t, unchecked.URL) // "a" is no id
			for _, call := range served() {
				err := call.do(t.Context(), s.API)
				offered := slices.Index(platforms, call.since) <= slices.Index(platforms, platform)
				if errors.Is(err, client.ErrUnsupported) == offered {
					t.Errorf("%s: the error is %v", call.name, err)
				}
				for _, request := range s.server.Requests() {
					if request.Status >= 300 && request.Status <= 399 {
						t.Errorf("%s is answered %d", call.name, request.Status)
					}
				}
				s.server.ResetRequests()
			}
		})
	}
}

// platforms are the releases, oldest first; "" is before all of them.
var platforms = []gatewayserver.Platform{"", gatewayserver.Platform093, gatewayserver.Platform012, gatewayserver.Platform102, gatewayserver.Platform12}

// A create that may have worked is not sent again; everything else is.
func TestEveryCreateIsSentOnceWhereItMayHaveWorked(t *testing.T) {
	for _, call := range calls() {
		t.Run(call.name, func(t *testing.T) {
			c, r := asks(t, clienttest.Says(http.StatusBadGateway, "", ""))
			attempts, kinds := 1+client.DefaultMaxRetries, []error(nil)
			if call.creates {
				attempts, kinds = 1, []error{client.ErrOutcomeUnknown}
			}
			clienttest.Fails(t, call.do(t.Context(), c), kinds...)
			clienttest.Equal(t, "requests", len(r.All()), attempts)
		})
	}
}

func TestEveryCallToAWebsiteIsNotAnAPICall(t *testing.T) {
	for _, call := range calls() {
		c, _ := asks(t, clienttest.Says(http.StatusOK, "text/html", "<!DOCTYPE html><html><body>Sign in</body></html>"))
		kinds := []error{client.ErrNotAPI}
		if call.creates {
			kinds = append(kinds, client.ErrOutcomeUnknown)
		}
		clienttest.Fails(t, call.do(t.Context(), c), kinds...)
	}
}

func TestPasswordsThatServersEchoStayOut(t *testing.T) {
	tried := 0
	for _, call := range calls() {
		if !strings.Contains(call.body, " secret\"") {
			continue
		}
		tried++
		c, _ := asks(t, func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			detail, _ := json.Marshal(map[string]string{"detail": "refused: " + string(body)})
			clienttest.Says(http.StatusBadRequest, "application/json", string(detail))(w, r)
		})
		failure := clienttest.FailureOf(t, call.do(t.Context(), c))
		if text := failure.Error(); strings.Contains(text, " secret") || !strings.Contains(text, "refused: ") {
			t.Errorf("%s: the error is %s", call.name, text)
		}
	}
	clienttest.Equal(t, "calls with a password", tried, 5)
}

func TestUsersLiveAndDie(t *testing.T) {
	for name, behavior := range map[string]gatewayserver.Behavior{
		"1.2": {}, "1.0.2": {Platform: gatewayserver.Platform102}, "0.9.3": {Platform: gatewayserver.Platform093}, "lite": {Lite: true},
		"external": {SubjectIDs: gatewayserver.SubjectIDsExternal}, "both": {SubjectIDs: gatewayserver.SubjectIDsBoth},
	} {
		t.Run(name, func(t *testing.T) {
			s, ctx := start(t, behavior), t.Context()
			ada := clienttest.Must(s.Users.Create(ctx, gateway.UserCreate{
				Username: "ada", Email: "ada@example.com", Password: password, Roles: []string{"viewer", "user"},
			}))(t)
			clienttest.Equal(t, "created", ada.CreatedAt.Time, s.clock.Now().Truncate(time.Microsecond))
			clienttest.Equal(t, "fields", fmt.Sprint(ada.Username, ada.Email, ada.Roles, ada.Active, ada.Deleted, ada.IsExternal),
				fmt.Sprint("ada", "ada@example.com", []string{"viewer", "user"}, true, false, false))
			clienttest.Equal(t, "read", clienttest.Must(s.Users.Get(ctx, ada.ID))(t), ada)
			listed := clienttest.Must(s.Users.List(ctx))(t)
			clienttest.Equal(t, "listed", listed[len(listed)-1], ada)

			held := s.server.Snapshot().Users
			clienttest.Equal(t, "subject id", ada.SubjectID(), held[len(held)-1].SubjectID)
			clienttest.Equal(t, "is the id", ada.SubjectID() == ada.ID, behavior.Lite)

			updated := clienttest.Must(s.Users.Update(ctx, ada.ID, gateway.UserUpdate{
				Email: client.Set("a@example.com"), Active: client.Set(false), Roles: client.Set([]string{}),
			}))(t)
			clienttest.Equal(t, "updated", fmt.Sprint(updated.Username, updated.Email, updated.Active, updated.Roles != nil, len(updated.Roles)),
				fmt.Sprint("ada", "a@example.com", false, true, 0))

			clienttest.Succeed(t, s.Users.Delete(ctx, ada.ID))
			_, err := s.Users.Get(ctx, ada.ID)
			clienttest.Fails(t, err, client.ErrNotFound)
			_, err = s.Users.Update(ctx, ada.ID, gateway.UserUpdate{Active: client.Set(true)})
			clienttest.Fails(t, err, client.ErrNotFound)
			clienttest.Fails(t, s.Users.Delete(ctx, ada.ID), client.ErrNotFound)
			clienttest.Fails(t, s.Users.ResetPassword(ctx, ada.ID, password), client.ErrNotFound)
			clienttest.Equal(t, "left", len(clienttest.Must(s.Users.List(ctx))(t)), len(listed)-1)
		})
	}
}

func TestRolesThatAreLeftOutAreTheServersChoice(t *testing.T) {
	s, ctx := start(t, gatewayserver.Behavior{}), t.Context()
	for i, test := range []struct{ given, want []string }{{nil, []string{"user"}}, {[]string{}, []string{}}, {[]string{"admin"}, []string{"admin"}}} {
		name := fmt.Sprint("ada", i)
		user := clienttest.Must(s.Users.Create(ctx, gateway.UserCreate{Username: name, Email: name + "@example.com", Password: password, Roles: test.given}))(t)
		clienttest.Equal(t, "roles", []string(user.Roles), test.want)
	}
}

func TestUsersAreResolvedByEitherID(t *testing.T) {
	s, ctx := start(t, gatewayserver.Behavior{}), t.Context()
	ada := s.user(t, "ada")
	for _, id := range []string{ada.ID, ada.SubjectID()} {
		clienttest.Equal(t, id, clienttest.Must(s.Users.Resolve(ctx, id))(t), ada)
	}
	clienttest.Succeed(t, s.Users.Delete(ctx, ada.ID))
	_, err := s.Users.Resolve(ctx, ada.SubjectID())
	clienttest.Fails(t, err, client.ErrNotFound)
}

func TestAnswerAboutADeletedUserIsThatOfNone(t *testing.T) {
	const deleted = `{"id":"a","username":"ada","active":false,"deleted":true}`
	c, _ := asks(t, clienttest.SaysJSON(deleted))
	_, err := c.Users.Get(t.Context(), "a")
	clienttest.Equal(t, "text", clienttest.FailureOf(t, err, client.ErrNotFound).Error(), "GET /auth/users/a answered 200 OK: the user is marked as deleted")
	_, err = c.Users.Resolve(t.Context(), "a")
	clienttest.Fails(t, err, client.ErrNotFound)
	_, err = c.Users.Update(t.Context(), "a", gateway.UserUpdate{Active: client.Set(true)})
	clienttest.Fails(t, err, client.ErrNotFound)

	c, _ = asks(t, clienttest.SaysJSON(`[`+deleted+`,{"id":"b"}]`))
	clienttest.Equal(t, "listed", clienttest.Must(c.Users.List(t.Context()))(t), []gateway.User{{ID: "b", Active: true}})
}

func TestPasswordsAreReset(t *testing.T) {
	s, ctx := start(t, gatewayserver.Behavior{}), t.Context()
	ada := s.user(t, "ada")
	clienttest.Succeed(t, s.Users.ResetPassword(ctx, ada.ID, "another password of hers"))
	_, err := s.Login(ctx, client.Login{Username: "ada", Password: password})
	clienttest.Fails(t, err, client.ErrLogin, client.ErrUnauthorized)
	clienttest.Must(s.Login(ctx, client.Login{Username: "ada", Password: "another password of hers"}))(t)
}

func TestLoginsAreRefreshed(t *testing.T) {
	s, ctx := start(t, gatewayserver.Behavior{}), t.Context()
	s.user(t, "ada")
	first := clienttest.Must(s.Login(ctx, client.Login{Username: "ada", Password: password}))(t)
	second := clienttest.Must(s.Refresh(ctx, first.RefreshToken))(t)
	if second.AccessToken == "" || second.RefreshToken == first.RefreshToken {
		t.Error("the refresh does not bring new tokens")
	}
	_, err := s.Refresh(ctx, first.RefreshToken)
	clienttest.Fails(t, err, client.ErrLogin, client.ErrUnauthorized)
	clienttest.Must(s.Refresh(ctx, second.RefreshToken))(t)
}

func TestMeIsTheTokensOwner(t *testing.T) {
	s := start(t, gatewayserver.Behavior{})
	ada := s.user(t, "ada")
	me := clienttest.Must(s.connect(t, s.BaseURL(), as("ada", password)).Me(t.Context()))(t)
	clienttest.Equal(t, "me", me, gateway.UserInfo{
		SubjectID: ada.SubjectID(), Username: "ada", Email: "ada@example.com", Groups: client.Texts{}, Roles: client.Texts{"user"},
	})

	lite := start(t, gatewayserver.Behavior{Lite: true}, as(authservertest.AdminUsername, authservertest.AdminPassword))
	_, err := lite.Me(t.Context())
	clienttest.Fails(t, err, client.ErrUnauthorized)
	clienttest.Must(lite.Users.List(t.Context()))(t)
}

func TestSessionsEnd(t *testing.T) {
	s, ctx := start(t, gatewayserver.Behavior{SessionStore: true}), t.Context()
	ada := s.user(t, "ada")
	for range 2 {
		clienttest.Must(s.Login(ctx, client.Login{Username: "ada", Password: password}))(t)
	}
	subject := gateway.Subject{TenantID: "__default__", ID: ada.SubjectID()}
	clienttest.Equal(t, "revoked", clienttest.Must(s.Sessions.Purge(ctx, subject))(t), 2)
	clienttest.Equal(t, "revoked again", clienttest.Must(s.Sessions.Purge(ctx, subject))(t), 0)
	clienttest.Fails(t, s.Sessions.Delete(ctx, "a"), client.ErrNotFound)
}

func TestPATsLiveAndDie(t *testing.T) {
	s, ctx := start(t, gatewayserver.Behavior{}), t.Context()
	created := clienttest.Must(s.PATs.Create(ctx, gateway.PATCreate{Name: "ci & cd", Scope: "admin", TTLSeconds: 3600}))(t)
	pat := created.PAT
	clienttest.Equal(t, "fields", fmt.Sprint(pat.Name, pat.Scope, pat.Audience, pat.Revoked), fmt.Sprint("ci & cd", "admin", gateway.PATAudience, false))
	expires, ends := pat.ExpiresAt()
	clienttest.Equal(t, "ends", ends, true)
	clienttest.Equal(t, "expires", expires, s.clock.Now().Add(time.Hour).Truncate(time.Second))
	clienttest.Equal(t, "listed", clienttest.Must(s.PATs.List(ctx))(t), []gateway.PAT{pat})

	byToken := s.connect(t, s.BaseURL(), func(c *client.Config) { c.APIKey = created.Token })
	clienttest.Must(byToken.Users.List(ctx))(t)
	clienttest.Succeed(t, s.PATs.Revoke(ctx, pat.JTI))
	_, err := byToken.Users.List(ctx)
	clienttest.Fails(t, err, client.ErrUnauthorized)
	clienttest.Equal(t, "revoked", clienttest.Must(s.PATs.List(ctx))(t)[0].Revoked, true)
	clienttest.Fails(t, s.PATs.Revoke(ctx, "a"), client.ErrNotFound)

	config := clienttest.Must(s.PATs.Config(ctx))(t)
	clienttest.Equal(t, "scopes", []string(config.AvailableScopes), []string{"read", "write", "admin"})
	clienttest.Equal(t, "shortest", config.TTL.MinSeconds, 60)
}

func TestGroupsLiveAndDie(t *testing.T) {
	s, ctx := start(t, gatewayserver.Behavior{}), t.Context()
	readers := clienttest.Must(s.Groups.Create(ctx, gateway.GroupCreate{Name: "readers", Description: "They read."}))(t)
	clienttest.Equal(t, "fields", fmt.Sprint(readers.Name, readers.Description, readers.TenantID, readers.ManagedBy), fmt.Sprint("readers", "They read.", "__default__", "local"))
	clienttest.Equal(t, "read", clienttest.Must(s.Groups.Get(ctx, readers.ID))(t), readers)
	clienttest.Equal(t, "listed", clienttest.Must(s.Groups.List(ctx))(t), []gateway.Group{readers})
	clienttest.Succeed(t, s.Groups.Delete(ctx, readers.ID))
	_, err := s.Groups.Get(ctx, readers.ID)
	clienttest.Fails(t, err, client.ErrNotFound)
	clienttest.Fails(t, s.Groups.Delete(ctx, readers.ID), client.ErrNotFound)
}

func TestGroupsAreDeletedWithTheirMembers(t *testing.T) {
	s, ctx := start(t, gatewayserver.Behavior{GroupDelete: "409"}), t.Context()
	readers := clienttest.Must(s.Groups.Create(ctx, gateway.GroupCreate{Name: "readers"}))(t)
	clienttest.Succeed(t, s.Groups.AddMember(ctx, readers.ID, "ada"))
	clienttest.Fails(t, s.Groups.Delete(ctx, readers.ID), client.ErrConflict)
	clienttest.Succeed(t, s.Groups.DeleteCascade(ctx, readers.ID, "grants"))
	_, err := s.Groups.Members(ctx, readers.ID)
	clienttest.Fails(t, err, client.ErrNotFound)
}

// Members are free text, which is escaped in paths and comes back as it is.
func TestMembersComeAndGo(t *testing.T) {
	s, ctx := start(t, gatewayserver.Behavior{}), t.Context()
	readers := clienttest.Must(s.Groups.Create(ctx, gateway.GroupCreate{Name: "readers"}))(t)
	members := func() []string { return clienttest.Must(s.Groups.Members(ctx, readers.ID))(t).Members }
	clienttest.Equal(t, "at first", members(), []string{})
	ids := []string{
		"b41c0c6c-0000-4000-8000-000000000001", "B41C0C6C-0000-4000-8000-00000000000A", "ada@example.com", "a/b", "a b", "a+b", "100%", "%2F", "ä", "a?b#c", "a;b",
	}
	for _, id := range ids {
		clienttest.Succeed(t, s.Groups.AddMember(ctx, readers.ID, id))
	}
	clienttest.Equal(t, "members", members(), ids)
	for _, id := range ids {
		clienttest.Succeed(t, s.Groups.RemoveMember(ctx, readers.ID, id))
	}
	clienttest.Equal(t, "at last", members(), []string{})
}

// The client reports what the server says of what is so already; package directory decides what counts as done.
func TestRedundantCallsAreWhatTheServerSays(t *testing.T) {
	kinds := map[gatewayserver.Outcome][]error{"400": nil, "404": {client.ErrNotFound}, "409": {client.ErrConflict}}
	check := func(t *testing.T, outcome gatewayserver.Outcome, err error) {
		t.Helper()
		if outcome == authserver.OutcomeOK {
			clienttest.Succeed(t, err)
			return
		}
		clienttest.Fails(t, err, kinds[outcome]...)
	}
	for _, outcome := range []gatewayserver.Outcome{authserver.OutcomeOK, "400", "404", "409"} {
		t.Run(string(outcome), func(t *testing.T) {
			ctx := t.Context()
			if outcome != "404" {
				s := start(t, gatewayserver.Behavior{AddTwice: outcome})
				group := clienttest.Must(s.Groups.Create(ctx, gateway.GroupCreate{Name: "readers"}))(t)
				clienttest.Succeed(t, s.Groups.AddMember(ctx, group.ID, "ada"))
				check(t, outcome, s.Groups.AddMember(ctx, group.ID, "ada"))
			}
			s := start(t, gatewayserver.Behavior{RemoveAbsent: outcome})
			group := clienttest.Must(s.Groups.Create(ctx, gateway.GroupCreate{Name: "readers"}))(t)
			check(t, outcome, s.Groups.RemoveMember(ctx, group.ID, "ada"))
			if outcome != "400" {
				s = start(t, gatewayserver.Behavior{RevokeTwice: outcome})
				pat := clienttest.Must(s.PATs.Create(ctx, gateway.PATCreate{}))(t).PAT
				clienttest.Succeed(t, s.PATs.Revoke(ctx, pat.JTI))
				check(t, outcome, s.PATs.Revoke(ctx, pat.JTI))
			}
		})
	}
}

func TestSegmentsOfPathsAreEscaped(t *testing.T) {
	for text, want := range map[string]string{
		"a/b": "a%2Fb", "a b": "a%20b", "a%b": "a%25b", "a?b": "a%3Fb", "a#b": "a%23b", "ada@example.com": "ada@example.com", "..": "%2E.", ".": "%2E",
	} {
		c, r := asks(t, clienttest.SaysJSON(`{"id":"x"}`))
		ctx := t.Context()
		_, _ = c.Users.Get(ctx, text)
		_, _ = c.Users.Resolve(ctx, text)
		_ = c.Users.ResetPassword(ctx, text, password)
		_ = c.Sessions.Delete(ctx, text)
		_ = c.PATs.Revoke(ctx, text)
		_ = c.Groups.DeleteCascade(ctx, text, text)
		_, _ = c.Groups.Members(ctx, text)
		_ = c.Groups.AddMember(ctx, text, text)
		_ = c.Groups.RemoveMember(ctx, text, text)
		query := r.All()[5].Target[len("/authz/groups/"+want+"?cascade="):]
		clienttest.EqualLines(t, text, r.Lines(),
			"GET /auth/users/"+want, "GET /auth/users/resolve/"+want, "POST /auth/users/"+want+"/password", "DELETE /auth/sessions/"+want, "DELETE /auth/pats/"+want,
			"DELETE /authz/groups/"+want+"?cascade="+query, "GET /authz/groups/"+want+"/members", "POST /authz/groups/"+want+"/members",
			"DELETE /authz/groups/"+want+"/members/"+want)
	}
}

func TestPlatformTellsWhatItOffers(t *testing.T) {
	s := start(t, gatewayserver.Behavior{Platform: gatewayserver.Platform102})
	document := clienttest.Must(s.OpenAPI(t.Context()))(t)
	clienttest.Equal(t, "version", document.Version, "1.0.2")
	clienttest.Equal(t, "users", document.Offers("PUT", "/auth/users/{id}"), true)
	clienttest.Equal(t, "method", document.Offers("PATCH", "/auth/users/{user_id}"), false)
	clienttest.Equal(t, "groups", document.Offers("GET", "/authz/groups/"), false)

	health := clienttest.Must(s.Health(t.Context()))(t)
	clienttest.Equal(t, "uses auth", health.UsesAuth != nil && *health.UsesAuth, true)
	lite := clienttest.Must(start(t, gatewayserver.Behavior{Lite: true}).Health(t.Context()))(t)
	clienttest.Equal(t, "uses auth", lite.UsesAuth != nil && !*lite.UsesAuth, true)
}

func TestEveryMethodIsTested(t *testing.T) {
	methods := []string{"Health", "Me", "OpenAPI"}
	for part := range reflect.TypeFor[gateway.API]().Fields() {
		if part.Anonymous {
			continue
		}
		for method := range part.Type.Methods() {
			methods = append(methods, part.Name+"."+method.Name)
		}
	}
	tested := []string{"Groups.Update", "Mappings.Update"} // which the API does not have
	for _, call := range calls() {
		tested = append(tested, call.name)
	}
	slices.Sort(methods)
	slices.Sort(tested)
	clienttest.EqualLines(t, "in calls()", tested, methods...)
}
