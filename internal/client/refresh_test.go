package client_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
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

// gatewaySystem is a development server with the gateway API and a client of it that logs in, who share a clock.
type gatewaySystem struct {
	*gateway.API
	clienttest.Log
	clock  *clienttest.Clock
	server *gatewayserver.Server
	seen   *clienttest.Recorder
}

func startGateway(t *testing.T, cfg authserver.Config, changes ...func(*client.Config)) *gatewaySystem {
	t.Helper()
	s := &gatewaySystem{clock: clienttest.NewClock(), seen: &clienttest.Recorder{}}
	cfg.Now = s.clock.Now
	instance := authservertest.StartGateway(t, cfg, s.seen.Wrap)
	s.server = instance.Server
	config := s.Config(instance.URL, "", s.clock)
	withPassword(&config)
	for _, change := range changes {
		change(&config)
	}
	s.API = clienttest.Must(gateway.Connect(config))(t)
	return s
}

// served returns the requests that the server has seen, as "GET /route 200" (0: no answer), and forgets them.
func (s *gatewaySystem) served() []string {
	requests := s.server.Requests()
	s.server.ResetRequests()
	texts := make([]string, len(requests))
	for i, r := range requests {
		texts[i] = fmt.Sprintf("%s %s %d", r.Method, r.Route, r.Status)
	}
	return texts
}

func TestGatewayLoginSendsNoMoreThanIsConfigured(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*client.Config)
		want   url.Values
	}{
		"nothing": {func(*client.Config) {}, url.Values{"scope": {"openid email profile"}}},
		"all": {
			func(c *client.Config) {
				c.ClientID, c.ClientSecret, c.Scope = "terraform", "the client's secret", "openid"
			},
			url.Values{"scope": {"openid"}, "client_id": {"terraform"}, "client_secret": {"the client's secret"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := clienttest.Serve(t, clienttest.SaysJSON(`{"access_token":"t"}`))
			var log clienttest.Log
			config := log.Config(r.URL, "", clienttest.NewClock())
			withPassword(&config)
			test.change(&config)
			clienttest.Succeed(t, clienttest.Must(gateway.Connect(config))(t).Groups.Delete(t.Context(), "a"))
			test.want["grant_type"], test.want["username"], test.want["password"] = []string{"password"}, []string{config.Username}, []string{config.Password}
			clienttest.Equal(t, "call", r.All()[0].Line(), "POST /auth/token")
			clienttest.Equal(t, "form", clienttest.Must(url.ParseQuery(r.All()[0].Body))(t), test.want)
		})
	}
}

// The newest refresh token alone is of use, so that the second refresh shows which one is kept.
func TestTokenIsRefreshedBeforeItExpires(t *testing.T) {
	s := startGateway(t, authserver.Config{TokenTTL: 10 * time.Minute})
	list := func() []string {
		clienttest.Must(s.Users.List(t.Context()))(t)
		return s.served()
	}
	clienttest.EqualLines(t, "first call", list(), "POST /auth/token 200", "GET /auth/users/ 200")
	for range 3 {
		s.clock.Advance(9*time.Minute - time.Nanosecond)
		clienttest.EqualLines(t, "before the refresh", list(), "GET /auth/users/ 200")
		s.clock.Advance(time.Nanosecond)
		clienttest.EqualLines(t, "refresh", list(), "POST /auth/refresh 200", "GET /auth/users/ 200")
	}
	for _, request := range s.seen.All() {
		if strings.HasPrefix(request.Target, "/api/auth/refresh") {
			clienttest.Equal(t, "credentials besides the refresh token", request.Header.Get("Cookie")+request.Header.Get("Authorization")+request.Body, "")
		}
	}
}

func TestRefusedTokenIsRefreshedOnceForAllCalls(t *testing.T) {
	s := startGateway(t, authserver.Config{})
	clienttest.Must(s.Users.List(t.Context()))(t)
	for range 2 {
		s.served()
		s.server.RevokeTokens()
		for _, err := range atOnce(50, func() error { _, err := s.Users.List(t.Context()); return err }) {
			clienttest.Succeed(t, err)
		}
		served := s.served()
		clienttest.Equal(t, "logins", count(served, "POST /auth/token 200"), 0)
		clienttest.Equal(t, "refreshes", count(served, "POST /auth/refresh 200"), 1)
		clienttest.Equal(t, "calls", count(served, "GET /auth/users/ 200"), 50)
	}
}

func TestPasswordReplacesARefreshThatFails(t *testing.T) {
	for name, fault := range map[string]authserver.Fault{
		"refused":       {Status: 401},
		"not offered":   {Status: 404},
		"server error":  {Status: 500},
		"for now":       {Status: 503, RetryAfter: "1"},
		"lost":          {Drop: authserver.DropBefore},
		"answer lost":   {Drop: authserver.DropAfter},
		"without token": {Status: 200, Body: `{"expires_in":60}`},
	} {
		t.Run(name, func(t *testing.T) {
			fault.Method, fault.Route = "POST", "/auth/refresh"
			s := startGateway(t, authserver.Config{})
			clienttest.Must(s.Users.List(t.Context()))(t)
			s.server.Inject(fault)
			s.server.RevokeTokens()
			s.served()
			clienttest.Must(s.Groups.Create(t.Context(), gateway.GroupCreate{Name: "readers"}))(t)
			clienttest.EqualLines(t, "requests", s.served(),
				"POST /authz/groups/ 401", fmt.Sprintf("POST /auth/refresh %d", fault.Status), "POST /auth/token 200", "POST /authz/groups/ 201")
			clienttest.Equal(t, "waits", len(s.Slept()), 0)

			s.server.ClearFaults() // The login has brought a refresh token of its own.
			s.server.RevokeTokens()
			clienttest.Must(s.Users.List(t.Context()))(t)
			clienttest.EqualLines(t, "requests", s.served(), "GET /auth/users/ 401", "POST /auth/refresh 200", "GET /auth/users/ 200")
		})
	}
}

func TestLoginThatIsRefusedAfterARefreshIsFinal(t *testing.T) {
	s := startGateway(t, authserver.Config{})
	clienttest.Must(s.Users.List(t.Context()))(t)
	s.server.Inject(authserver.Fault{Route: "/auth/refresh", Status: 401})
	s.server.Inject(authserver.Fault{Route: "/auth/token", Status: 401})
	s.server.RevokeTokens()
	s.served()
	for range 2 {
		_, err := s.Users.List(t.Context())
		clienttest.Fails(t, err, client.ErrLogin, client.ErrUnauthorized)
	}
	clienttest.EqualLines(t, "requests", s.served(), "GET /auth/users/ 401", "POST /auth/refresh 401", "POST /auth/token 401")
}

func TestRefreshTokenIsUsedOnce(t *testing.T) {
	s := startGateway(t, authserver.Config{}, withRetries(0))
	clienttest.Must(s.Users.List(t.Context()))(t)
	for _, route := range []string{"/auth/refresh", "/auth/token"} {
		s.server.Inject(authserver.Fault{Route: route, Status: 500, Times: 1})
	}
	s.server.RevokeTokens()
	s.served()
	_, err := s.Users.List(t.Context())
	clienttest.Fails(t, err, client.ErrLogin)
	s.clock.Advance(30 * time.Second)
	clienttest.Must(s.Users.List(t.Context()))(t)
	clienttest.EqualLines(t, "requests", s.served(),
		"GET /auth/users/ 401", "POST /auth/refresh 500", "POST /auth/token 500", "POST /auth/token 200", "GET /auth/users/ 200")
}

func TestPasswordReplacesARefreshedTokenThatIsRefused(t *testing.T) {
	s := startGateway(t, authserver.Config{})
	clienttest.Must(s.Users.List(t.Context()))(t)
	s.server.Inject(authserver.Fault{Method: "GET", Route: "/auth/users/", Status: 401, Times: 2})
	s.served()
	clienttest.Must(s.Users.List(t.Context()))(t)
	clienttest.EqualLines(t, "requests", s.served(), "GET /auth/users/ 401", "POST /auth/refresh 200", "GET /auth/users/ 401", "POST /auth/token 200", "GET /auth/users/ 200")

	// A call that refuses every token costs one refresh and one login, not one for each call.
	s.server.Inject(authserver.Fault{Method: "GET", Route: "/auth/users/me", Status: 401})
	for range 10 {
		_, err := s.Me(t.Context())
		clienttest.Fails(t, err, client.ErrUnauthorized)
		clienttest.Must(s.Users.List(t.Context()))(t)
	}
	served := s.served()
	clienttest.Equal(t, "refreshes", count(served, "POST /auth/refresh 200"), 1)
	clienttest.Equal(t, "logins", count(served, "POST /auth/token 200"), 1)
}

func TestAPIKeyIsNeverRefreshed(t *testing.T) {
	s := startGateway(t, authserver.Config{}, withAPIKey("revoked"))
	_, err := s.Users.List(t.Context())
	clienttest.Equal(t, "by API key", clienttest.FailureOf(t, err, client.ErrUnauthorized).ByAPIKey, true)
	clienttest.EqualLines(t, "requests", s.served(), "GET /auth/users/ 401")
}

func TestRBACGrantNeverRefreshes(t *testing.T) {
	r := clienttest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/auth/token" {
			clienttest.SaysJSON(`{"access_token":"t","expires_in":60,"refresh_token":"r"}`)(w, r)
			return
		}
		clienttest.SaysJSON(`[]`)(w, r)
	})
	c := newCaller(t, r.URL, withPassword)
	for range 2 {
		clienttest.Must(c.Users.List(t.Context()))(t)
		c.clock.Advance(time.Hour)
	}
	clienttest.EqualLines(t, "requests", r.Lines(), "POST /auth/token", "GET /auth/users/", "POST /auth/token", "GET /auth/users/")
}

// A cookie of the server's would be used for a refresh in the place of the refresh token.
func TestCookiesOfTheServerAreNotKept(t *testing.T) {
	r := clienttest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "refresh_token", Value: "somebody's"})
		if strings.HasPrefix(r.URL.Path, "/auth/token") || strings.HasPrefix(r.URL.Path, "/auth/refresh") {
			clienttest.SaysJSON(`{"access_token":"t","expires_in":60,"refresh_token":"r"}`)(w, r)
			return
		}
		clienttest.SaysJSON(`[]`)(w, r)
	})
	var log clienttest.Log
	clock := clienttest.NewClock()
	config := log.Config(r.URL, "", clock)
	withPassword(&config)
	c := clienttest.Must(gateway.Connect(config))(t)
	for range 2 {
		clienttest.Must(c.Users.List(t.Context()))(t)
		clock.Advance(time.Hour)
	}
	clienttest.EqualLines(t, "requests", r.Lines(), "POST /auth/token", "GET /auth/users/", "POST /auth/refresh?refresh_token=r", "GET /auth/users/")
	for _, request := range r.All() {
		if strings.Contains(request.Header.Get("Cookie"), "refresh_token") {
			t.Errorf("%s bears the cookie %q", request.Method, request.Header.Get("Cookie"))
		}
	}
}

// Those that are no longer in use stay out, too.
func TestIssuedTokensStayOut(t *testing.T) {
	const access, old, current, other = "the/access+token", "the/first+refresh token", "the/second+refresh token", "another/one's+refresh token"
	issued := []string{old, current}
	answers := map[string]http.HandlerFunc{
		"echo": func(w http.ResponseWriter, r *http.Request) {
			clienttest.Says(400, "text/plain", everythingAbout(r))(w, r)
		},
		"a detail": clienttest.Says(401, "application/json", `{"detail":"refused `+access+` `+old+` `+current+`"}`),
		"a redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.example.com"+r.RequestURI, http.StatusTemporaryRedirect)
		},
		"nothing": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	}
	for name, answer := range answers {
		t.Run(name, func(t *testing.T) {
			next := 0
			r := clienttest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
				switch {
				case next < len(issued) && (r.URL.Path == "/auth/token" || r.URL.Path == "/auth/refresh"):
					clienttest.SaysJSON(encoded(map[string]any{"access_token": access, "expires_in": 60, "refresh_token": issued[next]}, false))(w, r)
					next++
				case r.URL.Path == "/auth/users/" && next < 3:
					clienttest.SaysJSON(`[]`)(w, r)
				default:
					answer(w, r)
				}
			})
			var log clienttest.Log
			clock := clienttest.NewClock()
			config := log.Config(r.URL, "", clock)
			withPassword(&config)
			c := clienttest.Must(gateway.Connect(config))(t)
			for range 2 {
				clienttest.Must(c.Users.List(t.Context()))(t)
				clock.Advance(time.Hour)
			}
			_, err := c.Refresh(t.Context(), other)
			_, listErr := c.Users.List(t.Context()) // whose refresh fails, and then its login
			texts := fmt.Sprint(err, listErr, log.Tried())
			for _, failed := range []error{err, listErr} {
				failure, ok := errors.AsType[*client.Error](failed)
				if !ok || !errors.Is(failed, client.ErrLogin) {
					t.Fatalf("the error is %v", failed)
				}
				texts += fmt.Sprintf("%+v %v", *failure, failure.Unwrap())
			}
			for _, secret := range []string{access, old, current, other} {
				for _, spelling := range spellings(secret) {
					if strings.Contains(texts, spelling) {
						t.Errorf("the token %q is in %s", spelling, texts)
					}
				}
			}
			if strings.Contains(texts, "?") {
				t.Errorf("a query in %s", texts)
			}
		})
	}
}
