package client_test

import (
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/clienttest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// redirects returns a handler that sends every path but those below /moved elsewhere.
func redirects(status int, location func(*http.Request) string, then http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/moved") {
			then(w, r)
			return
		}
		w.Header()["Location"] = []string{location(r)}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{"detail":"it is elsewhere"}`)
	}
}

func to(location string) func(*http.Request) string {
	return func(*http.Request) string { return location }
}

func TestRedirectsKeepMethodBodyAndToken(t *testing.T) {
	for _, status := range []int{301, 302, 307, 308} {
		for name, location := range map[string]func(*http.Request) string{
			"path": func(r *http.Request) string { return "/moved" + r.URL.Path },
			"relative path": func(r *http.Request) string {
				return strings.Repeat("../", strings.Count(r.URL.Path, "/")-1) + "moved" + r.URL.Path
			},
			"address":          func(r *http.Request) string { return "http://" + r.Host + "/moved" + r.URL.Path },
			"without a scheme": func(r *http.Request) string { return "//" + r.Host + "/moved" + r.URL.Path },
		} {
			t.Run(fmt.Sprint(status, " ", name), func(t *testing.T) {
				for _, call := range calls() {
					r := clienttest.Serve(t, redirects(status, location, clienttest.SaysJSON(`{"id":"a"}`)))
					c := newCaller(t, r.URL)
					err := call.do(t.Context(), c.API)
					if call.name != "Users.List" {
						clienttest.Succeed(t, err)
					}
					requests := r.All()
					if len(requests) != 2 {
						t.Fatalf("requests %q", r.Lines())
					}
					first, second := requests[0], requests[1]
					clienttest.Equal(t, "method", second.Method, first.Method)
					clienttest.Equal(t, "target", second.Target, "/moved"+first.Target) // the query included
					clienttest.Equal(t, "body", second.Body, first.Body)
					for _, name := range []string{"Authorization", "Cookie", "Content-Type", "Accept"} {
						clienttest.Equal(t, name, second.Header.Get(name), first.Header.Get(name))
					}
					clienttest.Equal(t, "Authorization", second.Header.Get("Authorization"), "Bearer "+authservertest.APIKey)
					clienttest.EqualLines(t, "attempts", c.Tried(), call.line()+" 200")
				}
			})
		}
	}
}

func TestRedirectsToTheSameHostAreFollowedHoweverItIsSpelled(t *testing.T) {
	for from, others := range map[string]map[string]bool{
		"https://h.example.com/api/auth/users": {
			"https://h.example.com:443/api/auth/users/": true, "HTTPS://H.Example.COM/api/auth/users/": true,
			"https://H.EXAMPLE.COM:443/x": true, "//h.example.com:443/x": true, "https://h.example.com:/x": true,
			"https://h.example.com:8443/x": false, "https://h.example.com:80/x": false, "http://h.example.com:443/x": false,
			"http://h.example.com/x": false, "https://h.example.com.evil.com/x": false, "https://h.example.com@evil.com/x": false,
		},
		"https://h.example.com:443/x":  {"https://h.example.com/y": true, "https://h.example.com:8443/y": false},
		"https://h.example.com:8443/x": {"https://H.example.com:8443/y": true, "https://h.example.com/y": false},
		"http://h.example.com/x": {
			"http://h.example.com:80/y": true, "http://H.example.com/y": true, "http://h.example.com:8080/y": false, "https://H.EXAMPLE.com/y": true,
			"https://h.example.com:8443/y": true, "http://h.example.com:443/y": false,
		},
		"https://[::1]/x": {"https://[::1]:443/y": true, "https://[::2]/y": false},
	} {
		for location, want := range others {
			_, err := client.RedirectTarget(clienttest.Must(url.Parse(from))(t), location)
			clienttest.Equal(t, from+" leads to "+location, err == nil, want)
		}
	}
}

func TestRedirectToTheHostInCapitalsIsFollowed(t *testing.T) {
	r := clienttest.Serve(t, redirects(307, func(r *http.Request) string { return "http://LOCALHOST:" + strings.Split(r.Host, ":")[1] + "/moved" }, clienttest.SaysJSON(`{"id":"a"}`)))
	c := newCaller(t, strings.Replace(r.URL, "127.0.0.1", "localhost", 1))
	clienttest.Must(c.Roles.Create(t.Context(), rbac.RoleCreate{Name: "reader"}))(t)
	clienttest.EqualLines(t, "requests", r.Lines(), "POST /auth/roles/", "POST /moved")
}

func TestRedirectMayHaveAQueryOfItsOwn(t *testing.T) {
	r := clienttest.Serve(t, redirects(307, to("/moved?x=y"), clienttest.SaysJSON(`{}`)))
	clienttest.Must(newCaller(t, r.URL).Users.MyPermissions(t.Context()))(t)
	clienttest.EqualLines(t, "requests", r.Lines(), "GET /auth/users/me/permissions?token="+authservertest.APIKey, "GET /moved?x=y")
}

func TestRedirectsElsewhereAreRefused(t *testing.T) {
	other := clienttest.Serve(t, clienttest.SaysJSON(`{"id":"a"}`))
	otherTLS := clienttest.ServeTLS(t, clienttest.SaysJSON(`{"id":"a"}`))
	otherName := func(r *clienttest.Recorder) string { return strings.Replace(r.URL, "127.0.0.1", "localhost", 1) }
	for name, test := range map[string]struct {
		secure   bool // the first server speaks TLS
		location string
		refused  string
	}{
		"another port":                  {false, other.URL, other.URL},
		"another host":                  {false, otherName(other), otherName(other)},
		"another host, without scheme":  {false, strings.TrimPrefix(otherName(other), "http:"), otherName(other)},
		"a user in the address":         {false, strings.Replace(otherName(other), "http://", "http://u:secret@", 1), otherName(other)},
		"another host with TLS":         {false, otherName(otherTLS), otherName(otherTLS)},
		"down to http":                  {true, other.URL, other.URL},
		"down to http on the same port": {true, "http://same", "http://127.0.0.1"},
		"another port with TLS":         {true, otherTLS.URL, otherTLS.URL},
		"a scheme that is none of HTTP": {false, "file:///etc/passwd", "file://"},
		"no location":                   {false, "", "without a valid address"},
		"no valid location":             {false, "http://[::1", "without a valid address"},
	} {
		t.Run(name, func(t *testing.T) {
			location := func(r *http.Request) string {
				if test.location == "" {
					return ""
				}
				location := strings.Replace(test.location, "//same", "//"+r.Host, 1)
				return location + "/moved?token=" + url.QueryEscape(r.Header.Get("Authorization"))
			}
			run := clienttest.Serve
			if test.secure {
				run = clienttest.ServeTLS
			}
			r := run(t, redirects(307, location, clienttest.SaysJSON(`{}`)))
			c := newCaller(t, r.URL, func(c *client.Config) { c.InsecureSkipVerify = true })
			for _, call := range calls() {
				before := len(r.All())
				err := call.do(t.Context(), c.API)
				failure := clienttest.FailureOf(t, err) // not even ErrOutcomeUnknown
				clienttest.Equal(t, "call", failure.Method+" "+failure.Path, call.line())
				if !strings.Contains(err.Error(), test.refused) {
					t.Errorf("error %q does not say %q", err, test.refused)
				}
				if strings.Contains(err.Error(), "?") || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), authservertest.APIKey) {
					t.Errorf("error %q says too much", err)
				}
				clienttest.Equal(t, "requests", len(r.All())-before, 1)
			}
			clienttest.Equal(t, "waits", len(c.Slept()), 0)
		})
	}
	if lines := append(other.Lines(), otherTLS.Lines()...); len(lines) > 0 {
		t.Errorf("requests that went elsewhere: %q", lines)
	}
}

func TestRedirectOfALoginElsewhereIsRefused(t *testing.T) {
	other := clienttest.Serve(t, clienttest.SaysJSON(`{"access_token":"t"}`))
	r := clienttest.Serve(t, redirects(307, to(other.URL), nil))
	for _, method := range []client.LoginMethod{client.LoginToken, client.LoginLocal} {
		c := newCaller(t, r.URL, withPassword, func(c *client.Config) { c.LoginMethod = method })
		_, err := c.Users.List(t.Context())
		clienttest.Fails(t, err, client.ErrLogin)
		if strings.Contains(err.Error(), authservertest.AdminPassword) || strings.Contains(err.Error(), "?") {
			t.Errorf("error %q says too much", err)
		}
	}
	clienttest.EqualLines(t, "requests that went elsewhere", other.Lines())
}

func TestRedirectUpToTLSOnTheSameHostIsFollowed(t *testing.T) {
	secure := clienttest.ServeTLS(t, clienttest.SaysJSON(`{"id":"a"}`))
	r := clienttest.Serve(t, redirects(308, func(r *http.Request) string { return secure.URL + r.RequestURI }, nil))
	c := newCaller(t, r.URL, trust(secure))
	clienttest.Must(c.Roles.Create(t.Context(), rbac.RoleCreate{Name: "reader"}))(t)
	request := secure.Only(t)
	clienttest.Equal(t, "request", request.Line(), "POST /auth/roles/")
	clienttest.Equal(t, "body", request.Body, `{"name":"reader"}`)
	clienttest.Equal(t, "Authorization", request.Header.Get("Authorization"), "Bearer "+authservertest.APIKey)
}

func TestRedirectsInARowAreBounded(t *testing.T) {
	for hops, works := range map[int]bool{1: true, 5: true, 6: false, 1000: false} {
		left := hops
		r := clienttest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
			if left == 0 {
				clienttest.SaysJSON(`{"id":"a"}`)(w, r)
				return
			}
			left--
			http.Redirect(w, r, "/auth/roles/", http.StatusTemporaryRedirect)
		})
		c := newCaller(t, r.URL)
		_, err := c.Roles.Create(t.Context(), rbac.RoleCreate{Name: "reader"})
		clienttest.Equal(t, fmt.Sprint(hops, " redirects work"), err == nil, works)
		clienttest.Equal(t, "requests", len(r.All()), min(hops, 5)+1)
		if !works {
			clienttest.Fails(t, err) // nothing was made
			clienttest.Equal(t, "text", err.Error(), "POST /auth/roles/: redirect refused: there are more than 5 in a row")
		}
		clienttest.Equal(t, "waits", len(c.Slept()), 0)
	}
}

func TestOtherAnswersOf3xxAreNotFollowed(t *testing.T) {
	for _, status := range []int{300, 303, 304, 305} {
		r := clienttest.Serve(t, redirects(status, to("/moved"), nil))
		_, err := newCaller(t, r.URL).Roles.Create(t.Context(), rbac.RoleCreate{Name: "reader"})
		var kinds []error
		if status == http.StatusSeeOther { // which some servers answer when they have acted
			kinds = []error{client.ErrOutcomeUnknown}
		}
		clienttest.Equal(t, "status", clienttest.FailureOf(t, err, kinds...).Status, status)
		clienttest.EqualLines(t, "requests", r.Lines(), "POST /auth/roles/")
	}
}

func TestPrivateCertificateAuthorityIsTrustedWhenConfigured(t *testing.T) {
	r := clienttest.ServeTLS(t, clienttest.SaysJSON(`[]`))
	clienttest.Must(newCaller(t, r.URL, trust(r)).Users.List(t.Context()))(t)
	clienttest.Equal(t, "requests", len(r.All()), 1)
}

func TestVerificationCanBeSwitchedOff(t *testing.T) {
	r := clienttest.ServeTLS(t, clienttest.SaysJSON(`[]`))
	clienttest.Must(newCaller(t, r.URL, func(c *client.Config) { c.InsecureSkipVerify = true }).Users.List(t.Context()))(t)
}

func TestCertificateThatIsNotTrustedIsFinal(t *testing.T) {
	r := clienttest.ServeTLS(t, clienttest.SaysJSON(`[]`))
	otherName := strings.Replace(r.URL, "127.0.0.1", "localhost", 1)
	for name, c := range map[string]*caller{
		"unknown authority": newCaller(t, r.URL),
		"another name":      newCaller(t, otherName, trust(r)),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.Roles.Create(t.Context(), rbac.RoleCreate{Name: "reader"})
			clienttest.Fails(t, err)
			if _, ok := errors.AsType[*tls.CertificateVerificationError](err); !ok {
				t.Errorf("%v hides its cause", err)
			}
			clienttest.EqualLines(t, "attempts", c.Tried(), "POST /auth/roles/ 0")
			clienttest.Equal(t, "waits", len(c.Slept()), 0)
		})
	}
	clienttest.Equal(t, "requests", len(r.All()), 0)
}

func TestPlainHTTPWhereTLSIsExpectedIsFinal(t *testing.T) {
	r := clienttest.Serve(t, clienttest.SaysJSON(`[]`))
	c := newCaller(t, strings.Replace(r.URL, "http://", "https://", 1))
	_, err := c.Users.List(t.Context())
	clienttest.Fails(t, err)
	if _, ok := errors.AsType[tls.RecordHeaderError](err); !ok {
		t.Errorf("%v hides its cause", err)
	}
	clienttest.EqualLines(t, "attempts", c.Tried(), "GET /auth/users/ 0")
	clienttest.Equal(t, "waits", len(c.Slept()), 0)
}

func TestTLSOlderThan12IsRefused(t *testing.T) {
	for version, works := range map[uint16]bool{tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		r := clienttest.NewRecorder(clienttest.SaysJSON(`[]`))
		r.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: version}
		r.StartTLS()
		t.Cleanup(r.Close)
		_, err := newCaller(t, r.URL, trust(r), withRetries(0)).Users.List(t.Context())
		clienttest.Equal(t, tls.VersionName(version)+" works", err == nil, works)
	}
}

func TestHeadersAreSent(t *testing.T) {
	r := clienttest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		clienttest.SaysJSON(`{"access_token":"t","id":"a"}`)(w, r)
	})
	c := newCaller(t, r.URL, withPassword, func(c *client.Config) {
		c.UserAgent = "terraform-provider-kamiwaza/1.2.3"
		c.Headers = map[string]string{"X-Tenant": "blue"}
	})
	clienttest.Must(c.Roles.Create(t.Context(), rbac.RoleCreate{Name: "reader"}))(t)
	requests := r.All()
	clienttest.EqualLines(t, "requests", r.Lines(), "POST /auth/token", "POST /auth/roles/")
	clienttest.Equal(t, "type of the form", requests[0].Header.Get("Content-Type"), "application/x-www-form-urlencoded")
	for name, want := range map[string]string{
		"X-Tenant": "blue", "Authorization": "Bearer t", "Accept": "application/json", "Content-Type": "application/json",
		"User-Agent": "terraform-provider-kamiwaza/1.2.3", "Cookie": "access_token=t",
	} {
		clienttest.Equal(t, name, requests[1].Header.Values(name), []string{want})
	}
	clienttest.Equal(t, "tenant of the login", requests[0].Header.Get("X-Tenant"), "blue")
	clienttest.Equal(t, "agent of the login", requests[0].Header.Get("User-Agent"), "terraform-provider-kamiwaza/1.2.3")
}

func TestAttemptsAreToldWithoutSecrets(t *testing.T) {
	s := start(t, authserver.Config{Faults: []authserver.Fault{
		{Route: "/auth/users/me/permissions", Status: 502, Times: 1},
		{Route: "/auth/users/me/permissions", Truncate: true, Times: 1},
	}})
	type key struct{}
	ctx := context.WithValue(t.Context(), key{}, "mine")
	var attempts []client.Attempt
	var contexts []any
	c := newCallerAt(t, s.clock, s.url, withPassword, func(c *client.Config) {
		c.LoginMethod = client.LoginLocal
		now := s.clock.Now // looked at before, at, and after each answer
		c.Now = func() time.Time { s.clock.Advance(time.Second); return now() }
		c.OnAttempt = func(ctx context.Context, a client.Attempt) {
			attempts, contexts = append(attempts, a), append(contexts, ctx.Value(key{}))
		}
	})
	clienttest.Must(c.Users.MyPermissions(ctx))(t)
	clienttest.Equal(t, "attempts", attempts, []client.Attempt{
		{Method: "POST", Path: "/auth/local-login", Status: 200, Duration: 2 * time.Second},
		{Method: "GET", Path: "/auth/users/me/permissions", Status: 502, Duration: 2 * time.Second},
		{Method: "GET", Path: "/auth/users/me/permissions", Status: 0, Duration: 2 * time.Second},
		{Method: "GET", Path: "/auth/users/me/permissions", Status: 200, Duration: 2 * time.Second},
	})
	clienttest.Equal(t, "contexts", contexts, []any{"mine", "mine", "mine", "mine"})
}

// The server's clock is compared when the headers come: the body of a long list takes its time.
func TestServersClockIsComparedBeforeTheBodyIsRead(t *testing.T) {
	clock, compared := clienttest.NewClock(), make(chan struct{})
	compare := sync.OnceFunc(func() { close(compared) })
	var answering atomic.Bool
	date := clock.Now().Add(time.Hour).Truncate(time.Second)
	r := clienttest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", date.Format(http.TimeFormat))
		_, _ = io.WriteString(w, `[`)
		answering.Store(true)
		w.(http.Flusher).Flush()
		select {
		case <-compared:
		case <-r.Context().Done(): // The client waits for the body first.
		}
		clock.Advance(20 * time.Second)
		_, _ = io.WriteString(w, `]`)
	})
	c := newCallerAt(t, clock, r.URL, withRetries(0), func(c *client.Config) {
		c.RequestTimeout = 5 * time.Second
		c.Now = func() time.Time {
			now := clock.Now()
			if answering.Load() {
				compare()
			}
			return now
		}
	})
	clienttest.Must(c.Users.List(t.Context()))(t)
	clienttest.Equal(t, "server's clock", c.Now(), date.Add(20*time.Second))
}

// gauge counts the requests under way. It answers only once there are as many as the limit, so that a client that
// sends fewer at a time would hang.
type gauge struct {
	limit     int
	mu        sync.Mutex
	now, most int
	full      *sync.Cond
	arrived   int // and in rounds of limit
	released  int // rounds
}

func (g *gauge) enter() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.now++
	g.most = max(g.most, g.now)
	// Those of a round wait for each other. Those of the round before may not have left yet, so now does not tell.
	round := g.arrived / g.limit
	if g.arrived++; g.arrived%g.limit == 0 {
		g.released++
		g.full.Broadcast()
	}
	for g.released <= round {
		g.full.Wait()
	}
	g.now--
}

func TestRequestsUnderWayAreLimited(t *testing.T) {
	for _, limit := range []int{1, 3, 10} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			g := &gauge{limit: limit}
			g.full = sync.NewCond(&g.mu)
			s := start(t, authserver.Config{})
			front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/api/auth/token" {
					g.enter()
				}
				s.server.ServeHTTP(w, r)
			}))
			t.Cleanup(front.Close)
			c := newCaller(t, front.URL+"/api", withPassword, func(c *client.Config) { c.MaxConcurrentRequests = limit })
			for _, err := range atOnce(limit*8, func() error { _, err := c.Users.List(t.Context()); return err }) {
				clienttest.Succeed(t, err)
			}
			clienttest.Equal(t, "most at once", g.most, limit)
		})
	}
}

func TestNoLimitMeansAllAtOnce(t *testing.T) {
	g := &gauge{limit: 40}
	g.full = sync.NewCond(&g.mu)
	r := clienttest.Serve(t, func(w http.ResponseWriter, r *http.Request) { g.enter(); clienttest.SaysJSON(`[]`)(w, r) })
	c := newCaller(t, r.URL)
	for _, err := range atOnce(40, func() error { _, err := c.Users.List(t.Context()); return err }) {
		clienttest.Succeed(t, err)
	}
	clienttest.Equal(t, "most at once", g.most, 40)
}

func TestWaitingForASlotCanBeCancelled(t *testing.T) {
	arrived, release := make(chan struct{}), make(chan struct{})
	r := clienttest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-release
		clienttest.SaysJSON(`[]`)(w, r)
	})
	c := newCaller(t, r.URL, func(c *client.Config) { c.MaxConcurrentRequests = 1 })
	first := make(chan error, 1)
	go func() { _, err := c.Users.List(t.Context()); first <- err }()
	<-arrived
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := c.Roles.Create(ctx, rbac.RoleCreate{Name: "reader"})
	clienttest.Fails(t, err) // not in doubt: it was not sent
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v hides its cause", err)
	}
	close(release)
	clienttest.Succeed(t, <-first)
	clienttest.EqualLines(t, "attempts", c.Tried(), "GET /auth/users/ 200")
}

// TestRequestTimeoutBoundsAnAttempt waits for a real timeout, but asserts nothing about how long it took.
func TestRequestTimeoutBoundsAnAttempt(t *testing.T) {
	t.Parallel()
	for name, begin := range map[string]func(http.ResponseWriter){
		"no answer": func(http.ResponseWriter) {},
		"half an answer": func(w http.ResponseWriter) {
			_, _ = io.WriteString(w, `[{"id":`)
			w.(http.Flusher).Flush()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := clienttest.Serve(t, func(w http.ResponseWriter, r *http.Request) { begin(w); <-r.Context().Done() })
			c := newCaller(t, r.URL, withRetries(2), func(c *client.Config) { c.RequestTimeout = 100 * time.Millisecond })
			_, err := c.Users.List(t.Context())
			clienttest.Fails(t, err)
			clienttest.Equal(t, "text", err.Error(), "GET /auth/users/: no answer within 100ms")
			clienttest.Equal(t, "attempts", len(c.Tried()), 3)
			clienttest.Equal(t, "waits", len(c.Slept()), 2)
		})
	}
	t.Run("of a create, which is then in doubt", func(t *testing.T) {
		t.Parallel()
		r := clienttest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet {
				clienttest.SaysJSON(`[]`)(w, r)
				return
			}
			<-r.Context().Done()
		})
		c := newCaller(t, r.URL, func(c *client.Config) { c.RequestTimeout = 500 * time.Millisecond })
		clienttest.Must(c.Users.List(t.Context()))(t) // leaves a connection, so that the create's time is not spent on one
		_, err := c.Roles.Create(t.Context(), rbac.RoleCreate{Name: "reader"})
		clienttest.Fails(t, err, client.ErrOutcomeUnknown)
		clienttest.Equal(t, "text", err.Error(), "POST /auth/roles/: no answer within 500ms")
		clienttest.Equal(t, "creates", count(r.Lines(), "POST /auth/roles/"), 1)
	})
}

func TestTooLargeAnswersAreRefusedOnce(t *testing.T) {
	exact := `[` + strings.Repeat(" ", 98) + `]`
	for name, test := range map[string]struct {
		body  string
		works bool
	}{"as large as may be": {exact, true}, "one byte larger": {exact + " ", false}} {
		t.Run(name, func(t *testing.T) {
			r := clienttest.Serve(t, clienttest.SaysJSON(test.body))
			c := newCaller(t, r.URL)
			c.SetMaxAnswer(100)
			_, err := c.Users.List(t.Context())
			clienttest.Equal(t, "works", err == nil, test.works)
			if !test.works {
				clienttest.Fails(t, err)
				clienttest.Equal(t, "text", err.Error(), "GET /auth/users/: the answer is too large")
				_, err = c.Roles.Create(t.Context(), rbac.RoleCreate{Name: "reader"})
				clienttest.Fails(t, err, client.ErrOutcomeUnknown)
				clienttest.Equal(t, "requests", len(r.All()), 2)
			}
		})
	}
}

func TestConnectionsAreKept(t *testing.T) {
	var mu sync.Mutex
	var from []string
	g := &gauge{limit: 10}
	g.full = sync.NewCond(&g.mu)
	r := clienttest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		if !slices.Contains(from, r.RemoteAddr) {
			from = append(from, r.RemoteAddr)
		}
		mu.Unlock()
		g.enter()
		clienttest.SaysJSON(`[]`)(w, r)
	})
	c := newCaller(t, r.URL, func(c *client.Config) { c.MaxConcurrentRequests = 10 })
	for range 5 {
		for _, err := range atOnce(10, func() error { _, err := c.Users.List(t.Context()); return err }) {
			clienttest.Succeed(t, err)
		}
	}
	clienttest.Equal(t, "connections", len(from), 10)
}

func TestHTTP2IsUsedWhereOffered(t *testing.T) {
	var proto string
	r := clienttest.NewRecorder(func(w http.ResponseWriter, r *http.Request) {
		proto = r.Proto
		clienttest.SaysJSON(`[]`)(w, r)
	})
	r.EnableHTTP2 = true
	r.StartTLS()
	t.Cleanup(r.Close)
	clienttest.Must(newCaller(t, r.URL, trust(r)).Users.List(t.Context()))(t)
	clienttest.Equal(t, "protocol", proto, "HTTP/2.0")
}

// A list of all users is mostly repeated text, and gateways compress it for those who say that they can read it.
func TestCompressedAnswersAreRead(t *testing.T) {
	r := clienttest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			t.Errorf("Accept-Encoding is %q", r.Header.Get("Accept-Encoding"))
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
		compressed := gzip.NewWriter(w)
		_, _ = io.WriteString(compressed, `[{"id":"a","username":"ada"}]`)
		_ = compressed.Close()
	})
	users := clienttest.Must(newCaller(t, r.URL).Users.List(t.Context()))(t)
	clienttest.Equal(t, "user", users[0].Username, "ada")
}

// The bound holds for what comes out: a small compressed answer may be huge.
func TestTooLargeCompressedAnswersAreRefused(t *testing.T) {
	r := clienttest.Serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
		compressed := gzip.NewWriter(w)
		_, _ = io.WriteString(compressed, `"`+strings.Repeat(" ", 100_000)+`"`)
		_ = compressed.Close()
	})
	c := newCaller(t, r.URL)
	c.SetMaxAnswer(50_000)
	_, err := c.Users.List(t.Context())
	if err == nil || !strings.Contains(err.Error(), "too large") {
		t.Errorf("error %v", err)
	}
}

func TestSleepEndsWithItsContext(t *testing.T) {
	clienttest.Succeed(t, client.Sleep(t.Context(), 0))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := client.Sleep(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
