package conformance_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/conformance"
)

const user = `{"id": "50000000-0000-4000-8000-000000000001", "username": "ann", "active": true, "deleted": false, "is_external": false}`

func TestViolations(t *testing.T) {
	const secret = "the password of a test"
	for name, test := range map[string]struct {
		method, path, body string
		noToken            bool
		status             int
		contentType        string // application/json if empty
		answer             string
		want               []string // each a part of one violation
	}{
		"all is well":             {method: "GET", path: "/auth/users/", status: 200, answer: "[" + user + "]"},
		"no token":                {method: "GET", path: "/auth/users/", noToken: true, status: 200, answer: "[]", want: []string{"request of GET /api/auth/users/ (200): security requirements failed"}},
		"no token is needed":      {method: "GET", path: "/auth/health", noToken: true, status: 200, answer: "{}"},
		"an id that is none":      {method: "GET", path: "/auth/users/7", status: 404, answer: `{"detail": "Not Found"}`, want: []string{`request of GET /api/auth/users/7 (404): parameter "user_id" in path`}},
		"a slash in a segment":    {method: "DELETE", path: "/authz/groups/a%2Fb/members/c%2Fd", status: 204},
		"a parameter too many":    {method: "GET", path: "/auth/users/?limit=7", status: 200, answer: "[]", want: []string{`there is no query parameter "limit"`}},
		"a parameter of no type":  {method: "POST", path: "/auth/pats?ttl_seconds=x", status: 422, answer: `{"detail": []}`, want: []string{`parameter "ttl_seconds" in query`}},
		"a field too many":        {method: "POST", path: "/auth/users/local", body: `{"username": "ann", "password": "` + secret + `", "role": "admin"}`, status: 201, answer: user, want: []string{"request of POST /api/auth/users/local (201): there is no field /role"}},
		"a field that is missing": {method: "POST", path: "/auth/users/local", body: `{"username": "ann"}`, status: 422, answer: `{"detail": []}`, want: []string{"missing property 'password'"}},
		"a field of another type": {method: "POST", path: "/auth/users/local", body: `{"username": ["` + secret + `"], "password": "` + secret + `"}`, status: 422, answer: `{"detail": []}`, want: []string{"username"}},
		"no body":                 {method: "POST", path: "/auth/users/local", status: 422, answer: `{"detail": []}`, want: []string{"request body has an error"}},
		"a body too many":         {method: "DELETE", path: "/auth/pats/x", body: "{}", status: 200, answer: "{}", want: []string{"there is a body"}},
		"logout's body":           {method: "POST", path: "/auth/logout", body: `{"refresh_token": "x"}`, status: 200, answer: "{}"},
		"a text too long":         {method: "POST", path: "/authz/groups/", body: `{"name": "` + strings.Repeat("x", 256) + `"}`, status: 422, answer: `{"detail": []}`, want: []string{"/name"}},
		"a slash too few":         {method: "GET", path: "/auth/users", status: 307, want: []string{"request of GET /api/auth/users (307): the trailing slash"}},
		"an unknown field":        {method: "GET", path: "/auth/users/", status: 200, answer: "[" + strings.Replace(user, "{", `{"password": "`+secret+`", `, 1) + "]", want: []string{"answer of GET /api/auth/users/ (200): there is no field /0/password"}},
		"a lacking field":         {method: "GET", path: "/auth/users/", status: 200, answer: `[{"username": "` + secret + `"}]`, want: []string{"answer of GET /api/auth/users/ (200)"}},
		"a wrong type":            {method: "GET", path: "/auth/users/", status: 200, answer: "[" + strings.Replace(user, "true", `"`+secret+`"`, 1) + "]", want: []string{"active"}},
		"no uuid":                 {method: "GET", path: "/auth/users/", status: 200, answer: "[" + strings.Replace(user, "50000000", secret, 1) + "]", want: []string{"/0/id"}},
		"another status":          {method: "POST", path: "/auth/users/local", body: `{"username": "ann", "password": "x"}`, status: 200, answer: user, want: []string{"answer of POST /api/auth/users/local (200): status is not supported"}},
		"no JSON":                 {method: "GET", path: "/auth/users/", status: 200, contentType: "text/html", answer: "<p>", want: []string{"answer of GET /api/auth/users/ (200)"}},
		"a refusal":               {method: "GET", path: "/auth/users/", status: 403, answer: `{"detail": "Admin role required"}`},
		"a refusal with reasons":  {method: "GET", path: "/auth/users/", status: 503, answer: `{"detail": {"reason": "x"}}`},
		"a refusal without any":   {method: "GET", path: "/auth/users/", status: 403, answer: `{}`, want: []string{"the refusal has no detail"}},
		"a refusal that is HTML":  {method: "GET", path: "/auth/users/", status: 502, contentType: "text/html", answer: "<p>", want: []string{"the refusal has no detail"}},
		"a list of problems":      {method: "GET", path: "/auth/users/", status: 422, answer: `{"detail": [{"loc": ["x", 1], "msg": "m", "type": "t", "input": 7}]}`},
		"a list of less":          {method: "GET", path: "/auth/users/", status: 422, answer: `{"detail": [{"msg": "m"}]}`, want: []string{"answer of GET /api/auth/users/ (422)"}},
		"an unknown operation":    {method: "GET", path: "/nowhere", status: 200, answer: "x"},
	} {
		t.Run(name, func(t *testing.T) {
			recorder := conformance.New(t)
			handler := recorder.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if test.contentType == "" {
					test.contentType = "application/json"
				}
				w.Header().Set("Content-Type", test.contentType)
				w.WriteHeader(test.status)
				fmt.Fprint(w, test.answer)
			}))
			r := httptest.NewRequestWithContext(t.Context(), test.method, "/api"+test.path, strings.NewReader(test.body))
			if test.body != "" {
				r.Header.Set("Content-Type", "application/json")
			}
			if !test.noToken {
				r.Header.Set("Authorization", "Bearer token")
			}
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			if w.Code != test.status || w.Body.String() != test.answer || w.Header().Get("Content-Type") != test.contentType {
				t.Errorf("the answer was changed to %d %v %s", w.Code, w.Header(), w.Body)
			}
			var got []string
			for _, violation := range recorder.Violations() {
				got = append(got, violation.String())
			}
			if len(test.want) == 0 && len(got) > 0 || len(test.want) > 0 && len(got) == 0 {
				t.Errorf("violations %q, want %q", got, test.want)
			}
			for _, want := range test.want {
				if !slices.ContainsFunc(got, func(violation string) bool { return strings.Contains(violation, want) }) {
					t.Errorf("violations %q lack %q", got, want)
				}
			}
			if strings.Contains(strings.Join(got, "\n"), secret) {
				t.Errorf("a violation shows what was sent: %q", got)
			}
		})
	}
}

func TestFaultsAreNotTheAPI(t *testing.T) {
	recorder := conformance.New(t)
	s := authservertest.StartGatewaySession(t, authserver.Config{}, recorder.Wrap)
	s.Server.Inject(authserver.Fault{Route: "/auth/users/", Status: 200, Body: "{}", Times: 1})
	s.Server.Inject(authserver.Fault{Route: "/auth/users/", Truncate: true, Times: 1})
	s.Send("GET", "/auth/users/?limit=7", "").Want(200)
	if _, err := s.Try("GET", "/auth/users/", ""); err == nil {
		t.Error("the answer is not cut")
	}
	s.Send("GET", "/auth/users/", "").Want(200)
	if got := fmt.Sprint(recorder.Violations()); got != `[request of GET /api/auth/users/ (200): there is no query parameter "limit"]` {
		t.Errorf("violations %s", got)
	}
}

func TestFind(t *testing.T) {
	t.Setenv(conformance.Variable, "")
	root := t.TempDir()
	document, module := filepath.Join(root, "shared", "openapi-gateway-1.2.0.json"), filepath.Join(root, "module", "inner")
	for path, data := range map[string]string{document: "{}", filepath.Join(root, "module", "go.mod"): "", filepath.Join(module, "x"): ""} {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(module)
	if path, found := conformance.Find(); !found || !sameFile(t, path, document) {
		t.Errorf("found %q", path)
	}
	t.Setenv(conformance.Variable, "elsewhere.json")
	if path, _ := conformance.Find(); path != "elsewhere.json" {
		t.Errorf("found %q", path)
	}
	if _, err := conformance.Open("elsewhere.json"); err == nil {
		t.Error("a document that is not there is read")
	}
	t.Setenv(conformance.Variable, "")
	if err := os.Remove(document); err != nil {
		t.Fatal(err)
	}
	if path, found := conformance.Find(); found {
		t.Errorf("found %q", path)
	}
}

func sameFile(t *testing.T, a, b string) bool {
	t.Helper()
	first, err := os.Stat(a)
	if err != nil {
		t.Fatal(err)
	}
	second, err := os.Stat(b)
	if err != nil {
		t.Fatal(err)
	}
	return os.SameFile(first, second)
}
