package authserver_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
)

func TestFaultWithStatus(t *testing.T) {
	s := start(t, authserver.Config{})
	s.Server.Inject(authserver.Fault{Method: "POST", Route: "/auth/rights/", Status: 503, RetryAfter: "1", After: 1, Times: 2})
	create := func() reply { return s.Send("POST", "/auth/rights/", fields{"name": "r"}) }

	create().Want(200)
	for range 2 {
		if got := create().Refused(503, "Service Unavailable"); got.Header.Get("Retry-After") != "1" {
			t.Errorf("Retry-After %q", got.Header.Get("Retry-After"))
		}
	}
	create().Want(409)
	s.Send("POST", "/auth/roles/", fields{"name": "r"}).Want(200)
	if rights := s.Server.Snapshot().Rights; len(rights) != 1 {
		t.Errorf("a fault with a status acted: %v", rights)
	}

	s.Server.Inject(authserver.Fault{Status: 502, Body: "<h1>Bad Gateway</h1>", ContentType: "text/html"})
	for _, path := range []string{"/auth/users/", "/auth/nonsense", "/auth/users"} {
		got := s.As("").Send("GET", path, "").Want(502) // before the credentials
		if string(got.Body) != "<h1>Bad Gateway</h1>" || got.Header.Get("Content-Type") != "text/html" || got.Header.Get("Retry-After") != "" {
			t.Errorf("answer %v %s", got.Header, got.Body)
		}
	}
	s.Form("/auth/token", grant("admin", "x")).Want(502)
	s.Server.ClearFaults()
	s.Send("GET", "/auth/users/", "").Want(200)
}

func TestFaultMatching(t *testing.T) {
	s := start(t, authserver.Config{})
	one, two := "/auth/rights/"+s.Right("one"), "/auth/rights/"+s.Right("two")
	for _, test := range []struct {
		name          string
		method, route string
		struck        bool // a GET of one
	}{
		{"any", "", "", true},
		{"method", "GET", "", true},
		{"other method", "PUT", "", false},
		{"route", "", "/auth/rights/{right_id}", true},
		{"other route", "", "/auth/roles/{role_id}", false},
		{"both", "GET", "/auth/rights/{right_id}", true},
		{"path", "", one, true},
		{"other path", "", two, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := s
			s.TB = t
			s.Server.ClearFaults()
			s.Server.Inject(authserver.Fault{Method: test.method, Route: test.route, Status: 500})
			want := 200
			if test.struck {
				want = 500
			}
			s.Send("GET", one, "").Want(want)
		})
	}
	s.Server.ClearFaults()
	s.Server.Inject(authserver.Fault{Status: 204})
	if got := s.Send("DELETE", one, "").Want(204); len(got.Body) > 0 || got.Header.Get("Content-Length") != "" {
		t.Errorf("a 204 with %v %s", got.Header, got.Body)
	}
	// A call that this API does not have can be made up.
	s.Server.ClearFaults()
	s.Server.Inject(authserver.Fault{Route: "/auth/health", Status: 200, Body: `{"status": "healthy"}`})
	equal(t, "health", s.Send("GET", "/auth/health", "").Object(), fields{"status": "healthy"})
}

func TestFaultsTakeTurns(t *testing.T) {
	s := start(t, authserver.Config{})
	var waited time.Duration
	s.Server.SetSleep(func(_ context.Context, d time.Duration) error { waited = d; return nil })
	s.Server.Inject(authserver.Fault{Latency: time.Second})
	s.Server.Inject(authserver.Fault{Status: 500, Times: 2})
	s.Server.Inject(authserver.Fault{Status: 501, Latency: time.Minute, After: 1, Times: 1})
	for i, want := range []struct {
		status int
		waited time.Duration
	}{{500, time.Second}, {500, time.Second}, {200, time.Second}, {501, time.Minute + time.Second}, {200, time.Second}} {
		waited = 0
		if got := s.Send("GET", "/auth/users/", ""); got.Status != want.status || waited != want.waited {
			t.Errorf("request %d: %d after %v, want %d after %v", i, got.Status, waited, want.status, want.waited)
		}
	}
}

func TestFaultDrop(t *testing.T) {
	s := start(t, authserver.Config{})
	for _, test := range []struct {
		drop  authserver.Drop
		acted bool
	}{{authserver.DropBefore, false}, {authserver.DropAfter, true}} {
		t.Run(string(test.drop), func(t *testing.T) {
			s.Server.ResetRequests()
			s.Server.Inject(authserver.Fault{Method: "POST", Drop: test.drop, Times: 1})
			_, err := s.Try("POST", "/auth/rights/", fields{"name": string(test.drop)})
			if !errors.Is(err, io.EOF) {
				t.Errorf("the client sees %v, want EOF", err)
			}
			acted := false
			for _, right := range s.Server.Snapshot().Rights {
				acted = acted || right.Name == string(test.drop)
			}
			if acted != test.acted {
				t.Errorf("acted: %v", acted)
			}
			equal(t, "requests", s.Server.Requests(),
				[]authserver.Request{{Method: "POST", Route: "/auth/rights/", Path: "/api/auth/rights/"}})
		})
	}
}

func TestFaultTruncate(t *testing.T) {
	s := start(t, authserver.Config{})
	s.Server.Inject(authserver.Fault{Method: "POST", Truncate: true, Times: 1})
	got, err := s.Try("POST", "/auth/rights/", fields{"name": "r"})
	if !errors.Is(err, io.ErrUnexpectedEOF) || got.Status != 200 || len(got.Body) == 0 || json.Valid(got.Body) {
		t.Errorf("the client sees %v, %d %s", err, got.Status, got.Body)
	}
	if len(s.Server.Snapshot().Rights) != 1 {
		t.Error("it did not act")
	}
	s.Send("POST", "/auth/rights/", fields{"name": "s"}).Want(200)
}

func TestLatency(t *testing.T) {
	s := start(t, authserver.Config{Latency: 20 * time.Millisecond})
	var waits []time.Duration
	s.Server.SetSleep(func(_ context.Context, d time.Duration) error { waits = append(waits, d); return nil })
	s.Server.Inject(authserver.Fault{Method: "GET", Latency: time.Second})
	s.Send("GET", "/auth/users/", "").Want(200)
	s.Send("POST", "/auth/rights/", fields{"name": "r"}).Want(200)
	equal(t, "waits", waits, []time.Duration{1020 * time.Millisecond, 20 * time.Millisecond})
}

func TestLatencyEndsWithTheRequest(t *testing.T) {
	s := start(t, authserver.Config{Latency: 1000 * time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	r := httptest.NewRequestWithContext(ctx, "POST", "/api/auth/rights/", strings.NewReader(`{"name": "r"}`))
	r.Header.Set("Authorization", "Bearer "+authservertest.APIKey)
	ended := make(chan any)
	go func() {
		defer func() { ended <- recover() }()
		s.Server.ServeHTTP(httptest.NewRecorder(), r)
	}()
	cancel()
	if got, _ := (<-ended).(error); !errors.Is(got, http.ErrAbortHandler) {
		t.Errorf("the handler ends with %v", got)
	}
	if len(s.Server.Snapshot().Rights) != 0 {
		t.Error("it acted for a client that is gone")
	}
}

func TestRateLimit(t *testing.T) {
	now := newClock()
	s := start(t, authserver.Config{RateLimit: 2, Now: now.Now})
	limited := func(want string) {
		t.Helper()
		if got := s.As("").Send("GET", "/auth/users/", "").Refused(429, "Too Many Requests"); got.Header.Get("Retry-After") != want {
			t.Errorf("Retry-After %q, want %q", got.Header.Get("Retry-After"), want)
		}
	}
	s.Send("GET", "/auth/users/", "").Want(200)
	s.Form("/auth/token", grant("admin", "x")).Want(401)
	limited("1")
	limited("1") // a refused request costs nothing
	now.Add(500 * time.Millisecond)
	s.Send("GET", "/auth/users/", "").Want(200)
	limited("1")

	slow := start(t, authserver.Config{RateLimit: 0.1, Now: now.Now})
	slow.Send("GET", "/auth/users/", "").Want(200)
	if got := slow.Send("GET", "/auth/users/", "").Want(429); got.Header.Get("Retry-After") != "10" {
		t.Errorf("Retry-After %q, want 10", got.Header.Get("Retry-After"))
	}
	slow.Server.Inject(authserver.Fault{Status: 500})
	slow.Send("GET", "/auth/users/", "").Want(500)
}

var badFaults = map[string]authserver.Fault{
	"it does nothing":      {Method: "GET", Times: 1},
	"no route":             {Route: "/auth/roles/{id}", Status: 500},
	"does not start with":  {Route: "auth/roles/", Status: 500},
	"cannot be negative":   {Status: 500, After: -1},
	"more than one":        {Status: 500, Drop: authserver.DropAfter},
	"not one of 200":       {Status: 42},
	"need a status":        {Latency: 1, Body: "x"},
	"has no body":          {Status: 204, Body: "x"},
	`must be "before" or`:  {Drop: "during"},
	"cannot be negative, ": {Latency: -1},
}

func TestFaultsAreChecked(t *testing.T) {
	s := start(t, authserver.Config{})
	for want, fault := range badFaults {
		want, _, _ = strings.Cut(want, ", ")
		t.Run(want, func(t *testing.T) {
			defer func() {
				if got, _ := recover().(string); !strings.Contains(got, want) {
					t.Errorf("Inject panics with %q", got)
				}
			}()
			_, err := authserver.New(authserver.Config{API: rbac.Behavior{}, AdminUsername: "a", AdminPassword: "b", Faults: []authserver.Fault{fault}})
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("New answers %v", err)
			}
			s.Server.Inject(fault)
		})
	}
}

func TestFaultsOfTheStartNeedARoute(t *testing.T) {
	for route, known := range map[string]bool{
		"":                        true,
		"/auth/roles/":            true,
		"/auth/roles/{role_id}":   true,
		"/auth/roles/" + nobody:   true,
		"/auth/users/me":          true,
		"/auth/users/a/groups/b":  true,
		"/auth/roles":             false,
		"/auth/health":            false,
		"/auth/users/local/":      false,
		"/auth/roles/{role_id}/":  false,
		"/auth/users/a/groups/":   false,
		"/auth/users/a/groups/{}": false,
		"/api/auth/roles/":        false,
	} {
		_, err := authserver.New(authserver.Config{
			API: rbac.Behavior{}, AdminUsername: "a", AdminPassword: "b", BcryptCost: 4, Faults: []authserver.Fault{{Route: route, Status: 500}},
		})
		switch {
		case known && err != nil:
			t.Errorf("%s: %v", route, err)
		case !known && (err == nil || !strings.Contains(err.Error(), "the API has no route") || !strings.Contains(err.Error(), "/auth/roles/")):
			t.Errorf("%s: error %v, want one that lists the routes", route, err)
		}
	}
}

func TestParseFault(t *testing.T) {
	for text, want := range map[string]authserver.Fault{
		"POST /auth/roles/ status=503 retry-after=1 times=2": {Method: "POST", Route: "/auth/roles/", Status: 503, RetryAfter: "1", Times: 2},
		"GET * latency=200ms":                                {Method: "GET", Latency: 200 * time.Millisecond},
		"  post   /auth/users/local drop=after ":             {Method: "POST", Route: "/auth/users/local", Drop: authserver.DropAfter},
		"* * truncate=true after=3":                          {Truncate: true, After: 3},
		"PUT /auth/roles/{role_id}\tdrop=before":             {Method: "PUT", Route: "/auth/roles/{role_id}", Drop: authserver.DropBefore},
		`* * status=502 content-type=text/html body="<p>a \"b\"</p>" times=1`: {
			Status: 502, ContentType: "text/html", Body: `<p>a "b"</p>`, Times: 1,
		},
		`* * status=429 retry-after="Wed, 21 Oct 2015 07:28:00 GMT"`: {Status: 429, RetryAfter: "Wed, 21 Oct 2015 07:28:00 GMT"},
		"* * status=500 body=a=b":                                    {Status: 500, Body: "a=b"},
	} {
		got, err := authserver.ParseFault(text)
		if err != nil || got != want {
			t.Errorf("%s:\n got %+v, %v\nwant %+v", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"":                            "want a method, a route and settings",
		"GET *":                       "want a method, a route and settings",
		"GET * status":                "status",
		"GET * status=x":              "status",
		"GET * after=1.5 status=500":  "after",
		"GET * latency=5":             "latency",
		"GET * colour=red":            "colour: there is no such setting",
		`GET * status=500 body="x`:    "body: the quotes do not close",
		`GET * truncate=perhaps`:      "truncate",
		`GET * status=500 body="a"b=`: "b: there is no such setting",
	} {
		if _, err := authserver.ParseFault(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
}

func TestFaultJSON(t *testing.T) {
	fault := authserver.Fault{
		Method: "PUT", Route: "/auth/roles/{role_id}", After: 1, Times: 2, Latency: 1500 * time.Millisecond,
		Status: 503, Body: "b", ContentType: "text/plain", RetryAfter: "1", Drop: "before", Truncate: true,
	}
	const text = `{"method":"PUT","route":"/auth/roles/{role_id}","after":1,"times":2,"latency":"1.5s","status":503,` +
		`"body":"b","content_type":"text/plain","retry_after":"1","drop":"before","truncate":true}`
	if got := jsonText(t, fault); got != text {
		t.Errorf("written as %s", got)
	}
	var got authserver.Fault
	if err := json.Unmarshal([]byte(text), &got); err != nil || got != fault {
		t.Errorf("read as %+v, %v", got, err)
	}
}

func TestDevFaults(t *testing.T) {
	s := start(t, authserver.Config{Latency: 1000 * time.Hour, RateLimit: 1e-6}).As("")
	s.Server.SetSleep(func(context.Context, time.Duration) error { t.Error("/_dev waits"); return nil })
	s.URL = strings.TrimSuffix(s.URL, "/api")

	equal(t, "no faults", json.RawMessage(s.Send("GET", "/_dev/faults", "").Want(200).Body), []any{})
	s.Send("POST", "/_dev/faults", fields{"method": "GET", "route": "/auth/users/", "status": 503, "retry_after": "2", "times": 1}).Object()
	for body, want := range map[string]string{
		`{"status": 42}`:       "not one of 200",
		`{"stat": 500}`:        "unknown field",
		`{"latency": "x"}`:     "invalid duration",
		`{"status": 500`:       "unexpected end",
		``:                     "unexpected end",
		`null`:                 "it does nothing",
		`{"route": "/a/{b}"}`:  "no route",
		`{"latency": 5}`:       "cannot unmarshal",
		`{"status": 500, "x":`: "unexpected end",
	} {
		if got := s.Send("POST", "/_dev/faults", body).Want(422); !strings.Contains(string(got.Body), want) {
			t.Errorf("%s answers %s, want %s", body, got.Body, want)
		}
	}
	s.Server.SetSleep(func(context.Context, time.Duration) error { return nil })
	api := s
	api.URL += "/api"
	if got := api.Send("GET", "/auth/users/", "").Want(503); got.Header.Get("Retry-After") != "2" {
		t.Errorf("Retry-After %q", got.Header.Get("Retry-After"))
	}
	api.Send("GET", "/auth/users/", "").Want(401)
	equal(t, "faults", json.RawMessage(s.Send("GET", "/_dev/faults", "").Want(200).Body), []any{fields{
		"fault": fields{"method": "GET", "route": "/auth/users/", "status": 503, "retry_after": "2", "times": 1}, "matched": 2, "struck": 1,
	}})
	s.Send("DELETE", "/_dev/faults", "").Object()
	equal(t, "no faults", json.RawMessage(s.Send("GET", "/_dev/faults", "").Want(200).Body), []any{})
	s.Send("PUT", "/_dev/faults", "").Want(405)
	s.Send("GET", "/_dev/nonsense", "").Want(404)
}
