package provider_test

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// What a platform is asked to find out which API it has, and for the role that the tests read.
const (
	askHealth       = "GET /api/auth/health"
	askLogin        = "POST /api/auth/token"
	askOrganization = "GET /api/auth/organizations/00000000-0000-0000-0000-000000000000"
	askRole         = "GET /api/auth/roles/6f1c2b9e-4d3a-4c55-9f0e-0a7d3f1b2c48"
)

// answered is an answer of JSON, or of HTML if the body begins with a tag.
type answered struct {
	status int
	body   string
}

var (
	routersOwn = answered{404, `{"detail":"Not Found"}`}
	webPage    = answered{200, "<!doctype html><title>Kamiwaza</title>"}

	// theGateway answers as chapters 2 and 3 of its API have it.
	theGateway = map[string]answered{
		askHealth: {200, `{"status":"healthy","KAMIWAZA_USE_AUTH":true}`},
		askLogin:  {200, `{"access_token":"t","token_type":"bearer","expires_in":3600,"refresh_token":"r"}`},
	}
	theRBAC = map[string]answered{
		askHealth:       routersOwn,
		askLogin:        {200, `{"access_token":"t","token_type":"bearer","expires_in":3600}`},
		askOrganization: {404, `{"detail":"Organization not found"}`},
		askRole:         {200, `{"id":"` + roleID + `","name":"operator","created_at":"2026-01-31T00:00:00Z"}`},
	}
)

const roleID = "6f1c2b9e-4d3a-4c55-9f0e-0a7d3f1b2c48"

// but returns the answers with some others.
func but(answers map[string]answered, pairs ...any) map[string]answered {
	answers = maps.Clone(answers)
	for pair := range slices.Chunk(pairs, 2) {
		answers[pair[0].(string)] = pair[1].(answered)
	}
	return answers
}

// stub is a platform that answers each request in a way of its own, and all others as otherwise.
type stub struct {
	t         *testing.T
	url       string
	mu        sync.Mutex
	answers   map[string]answered
	otherwise answered
	requests  []string
}

func newStub(t *testing.T, answers map[string]answered, otherwise answered) *stub {
	t.Helper()
	s := &stub{t: t, answers: answers, otherwise: otherwise}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.url = server.URL + "/api"
	return s
}

func (s *stub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	request := r.Method + " " + r.URL.Path
	s.requests = append(s.requests, request)
	if request == askHealth && r.Header.Get("Authorization")+r.Header.Get("Cookie") != "" {
		s.t.Error("the first request bears a token")
	}
	answer, ok := s.answers[request]
	if !ok {
		answer = s.otherwise
	}
	w.Header().Set("Content-Type", "application/json")
	if strings.HasPrefix(answer.body, "<") {
		w.Header().Set("Content-Type", "text/html")
	}
	w.WriteHeader(answer.status)
	_, _ = io.WriteString(w, answer.body)
}

// asked returns the requests since the last call.
func (s *stub) asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	requests := s.requests
	s.requests = nil
	return requests
}

func (s *stub) answer(answers map[string]answered) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers = answers
}

// reach configures a provider that logs in with a password.
func reach(p acctest.Protocol, url string, pairs ...string) acctest.Protocol {
	p.T.Helper()
	config := map[string]string{"base_url": url, "username": "admin", "password": "correct horse"}
	for pair := range slices.Chunk(pairs, 2) {
		config[pair[0]] = pair[1]
	}
	p.NoErrors(p.Configure(config))
	return p
}

// readRole refreshes a role, which must not leave the state, and returns the error.
func readRole(p acctest.Protocol) string {
	p.T.Helper()
	objectType := p.StateType("kamiwaza_role")
	state, err := tfprotov6.NewDynamicValue(objectType, p.Values(objectType, acctest.Fields{"id": roleID, "name": "operator"}))
	acctest.Must(p.T, err)
	read := p.TryRead("kamiwaza_role", &state, nil, nil)
	if p.Texts(objectType, read.NewState) == nil {
		p.T.Error("the role has left the state")
	}
	return errorOf(read.Diagnostics)
}

func errorOf(diagnostics []*tfprotov6.Diagnostic) string {
	var texts []string
	for _, d := range diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			texts = append(texts, d.Summary+": "+d.Detail)
		}
	}
	return strings.Join(texts, "\n")
}

func wantError(t *testing.T, got string, phrases ...string) {
	t.Helper()
	if len(phrases) == 0 && got != "" {
		t.Errorf("unexpected: %s", got)
	}
	if len(phrases) > 0 && !acctest.Says(slices.Clone(phrases)...).MatchString(got) {
		t.Errorf("got %q, want an error with %q", got, phrases)
	}
}

func wantAsked(t *testing.T, s *stub, want ...string) {
	t.Helper()
	if got := s.asked(); !slices.Equal(got, want) {
		t.Errorf("the platform was asked\n  %q\nwant\n  %q", got, want)
	}
}

// times returns a request several times.
func times(n int, request string) []string { return slices.Repeat([]string{request}, n) }

func TestProtocol_platform(t *testing.T) {
	const undetermined = "Could not determine which API the platform has: "
	for name, test := range map[string]struct {
		answers   map[string]answered
		otherwise answered
		api       string
		phrases   []string // of the error, none if the role is read
		asked     []string
	}{
		"RBAC":                      {answers: theRBAC, asked: []string{askHealth, askLogin, askOrganization, askRole}},
		"RBAC, said to be":          {answers: theRBAC, api: "rbac", asked: []string{askLogin, askRole}},
		"RBAC, auto":                {answers: theRBAC, api: "auto", asked: []string{askHealth, askLogin, askOrganization, askRole}},
		"health needs a login":      {answers: but(theRBAC, askHealth, answered{401, `{"detail":"Not authenticated"}`}), asked: []string{askHealth, askLogin, askOrganization, askRole}},
		"health of another method":  {answers: but(theRBAC, askHealth, answered{405, `{"detail":"Method Not Allowed"}`}), asked: []string{askHealth, askLogin, askOrganization, askRole}},
		"the organization is found": {answers: but(theRBAC, askOrganization, answered{200, `{"id":"00000000-0000-0000-0000-000000000000","name":"x"}`}), asked: []string{askHealth, askLogin, askOrganization, askRole}},
		"the organization is not for the caller": {
			answers: but(theRBAC, askOrganization, answered{403, `{"detail":"Forbidden"}`}),
			asked:   []string{askHealth, askLogin, askOrganization, askRole},
		},
		"the gateway": {
			answers: theGateway, otherwise: routersOwn,
			phrases: []string{
				`Could not read role "operator"`, "This needs the RBAC API (platform 0.3 to 0.6), but the platform at",
				"/api has the gateway API (platform 0.7 and later)", "Check base_url", "the state keeps its objects",
			},
			asked: []string{askHealth},
		},
		"a gateway in need": {
			answers: but(theGateway, askHealth, answered{200, `{"status":"degraded"}`}), otherwise: routersOwn,
			phrases: []string{"has the gateway API"}, asked: []string{askHealth},
		},
		"a gateway, said to be":     {answers: theGateway, api: "gateway", phrases: []string{"needs the RBAC API (platform 0.3 to 0.6)", `is configured with api = "gateway"`}},
		"a gateway, said to be not": {answers: theGateway, otherwise: routersOwn, api: "rbac", phrases: []string{"does not offer this call"}, asked: []string{askLogin, askRole}},
		"web pages": {
			otherwise: webPage, phrases: []string{undetermined + "GET /auth/health answered 200 OK: a web page came back instead of JSON", "base_url: it usually ends in /api"},
			asked: []string{askHealth},
		},
		"web pages of 404": {
			otherwise: answered{404, webPage.body}, phrases: []string{undetermined, "a web page came back instead of JSON", "base_url: it usually ends in /api"},
			asked: []string{askHealth},
		},
		"another service": {
			otherwise: answered{404, `{"error":"no such route"}`}, phrases: []string{undetermined, "no such route", "Something other than the AuthService's API answered"},
			asked: []string{askHealth},
		},
		"neither": {
			answers: map[string]answered{askLogin: theRBAC[askLogin]}, otherwise: routersOwn,
			phrases: []string{"has neither the gateway API nor the RBAC API", "answered 404 Not Found", "Check base_url and the platform's version", "0.3 to 1.2"},
			asked:   []string{askHealth, askLogin, askOrganization},
		},
		"not even a login": {otherwise: routersOwn, phrases: []string{"Login failed: POST /auth/token answered 404", "Check base_url and login_method"}, asked: []string{askHealth, askLogin}},
		"a wrong password": {
			answers: but(theRBAC, askLogin, answered{401, `{"detail":"Incorrect username or password"}`}),
			phrases: []string{"Login failed: POST /auth/token answered 401", "Check username, password"}, asked: []string{askHealth, askLogin},
		},
		"health fails": {
			answers: but(theRBAC, askHealth, answered{500, `{"detail":"Internal Server Error"}`}),
			phrases: []string{undetermined + "GET /auth/health answered 500", "apply again"}, asked: []string{askHealth},
		},
		"health is not there for long": {
			answers: but(theRBAC, askHealth, answered{503, "upstream"}),
			phrases: []string{undetermined + "GET /auth/health answered 503", "apply again"}, asked: times(1+client.DefaultMaxRetries, askHealth),
		},
		"health is refused": {
			answers: but(theRBAC, askHealth, answered{403, webPage.body}),
			phrases: []string{undetermined + "GET /auth/health answered 403", `set api = "rbac"`}, asked: []string{askHealth},
		},
		"health says nothing": {answers: but(theRBAC, askHealth, answered{200, `{}`}), phrases: []string{undetermined, "the answer has no status", `set api = "rbac"`}, asked: []string{askHealth}},
		"health is empty":     {answers: but(theRBAC, askHealth, answered{200, ``}), phrases: []string{undetermined, "the answer is empty"}, asked: []string{askHealth}},
		"health is a list":    {answers: but(theRBAC, askHealth, answered{200, `["status"]`}), phrases: []string{undetermined, "not what this API documents"}, asked: []string{askHealth}},
		"health has no word": {
			answers: but(theRBAC, askHealth, answered{200, `{"status":null}`}), phrases: []string{undetermined, "the answer has no status"}, asked: []string{askHealth},
		},
		"the organization fails": {
			answers: but(theRBAC, askOrganization, answered{500, `{"detail":"Internal Server Error"}`}),
			phrases: []string{undetermined + askedFor(askOrganization) + " answered 500"}, asked: []string{askHealth, askLogin, askOrganization},
		},
		"a proxy refuses the organization": {
			answers: but(theRBAC, askOrganization, answered{403, webPage.body}),
			phrases: []string{undetermined, "answered 403", `set api = "rbac"`}, asked: []string{askHealth, askLogin, askOrganization},
		},
		"the organization is a web page": {
			answers: but(theRBAC, askOrganization, webPage), phrases: []string{undetermined, "a web page came back"}, asked: []string{askHealth, askLogin, askOrganization},
		},
		"another organization": {
			answers: but(theRBAC, askOrganization, answered{200, `{"id":"` + roleID + `"}`}),
			phrases: []string{undetermined, "the answer is about the organization"}, asked: []string{askHealth, askLogin, askOrganization},
		},
		"an id is not taken": {
			answers: but(theRBAC, askOrganization, answered{422, `{"detail":[{"loc":["path","org_id"],"msg":"bad id"}]}`}),
			phrases: []string{`Could not read role "operator"`, undetermined, "bad id"}, asked: []string{askHealth, askLogin, askOrganization},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStub(t, test.answers, test.otherwise)
			var pairs []string
			if test.api != "" {
				pairs = []string{"api", test.api}
			}
			p := reach(acctest.Unconfigured(t), s.url, pairs...)
			wantAsked(t, s)
			wantError(t, readRole(p), test.phrases...)
			wantAsked(t, s, test.asked...)

			// It is not found out a second time.
			got := readRole(p)
			if again := s.asked(); slices.Contains(again, askHealth) || slices.Contains(again, askOrganization) {
				t.Errorf("the platform was asked again: %q", again)
			}
			if (got == "") != (len(test.phrases) == 0) {
				t.Errorf("the second read gives %q", got)
			}
		})
	}
}

// askedFor is a request as errors have it.
func askedFor(request string) string { return strings.Replace(request, "/api", "", 1) }

func TestProtocol_platformFromTheEnvironment(t *testing.T) {
	s := newStub(t, theRBAC, routersOwn)
	t.Setenv("KAMIWAZA_API", "rbac")
	wantError(t, readRole(reach(acctest.Unconfigured(t), s.url)))
	wantAsked(t, s, askLogin, askRole)
	wantError(t, readRole(reach(acctest.Unconfigured(t), s.url, "api", "auto")))
	wantAsked(t, s, askHealth, askLogin, askOrganization, askRole)

	t.Setenv("KAMIWAZA_API", "rest")
	diagnostics := acctest.Unconfigured(t).Configure(map[string]string{"base_url": s.url, "api_key": "x"})
	expect(t, diagnostics, "api", `Invalid API: KAMIWAZA_API is "rest"; it must be "auto", "rbac" or "gateway".`)
}

// All kinds of calls meet the same error on a gateway. What to do about it is said once, and nothing leaves the state.
func TestProtocol_gateway(t *testing.T) {
	s := newStub(t, theGateway, routersOwn)
	p := reach(acctest.Unconfigured(t), s.url)
	role := acctest.Fields{"name": "operator"}
	wantError(t, errorOf(p.Plan("kamiwaza_role", nil, role).Diagnostics), "kamiwaza_role is not available on this platform")
	wantAsked(t, s, askHealth)

	const short = "has the gateway API (platform 0.7 and later)."
	first := readRole(p)
	wantError(t, first, short, "Check base_url")
	existing := acctest.Fields{"id": roleID, "name": "operator"}
	_, read := p.ReadData("kamiwaza_role", acctest.Fields{"id": roleID})
	destroyed := p.TryDestroy("kamiwaza_role", existing)
	if p.Texts(p.StateType("kamiwaza_role"), destroyed.NewState) == nil {
		t.Error("the role has left the state")
	}
	for name, got := range map[string]string{
		"a second read": readRole(p),
		"data":          errorOf(read),
		"create":        errorOf(p.Apply("kamiwaza_role", nil, role).Diagnostics),
		"update":        errorOf(p.Apply("kamiwaza_role", existing, acctest.Fields{"id": roleID, "name": "other"}).Diagnostics),
		"delete":        errorOf(destroyed.Diagnostics),
	} {
		if !strings.HasSuffix(got, short) {
			t.Errorf("%s: got %q, want one that ends in %q", name, got, short)
		}
	}
	wantAsked(t, s)
}

// The token of another user needs no login of the provider's own.
func TestProtocol_platformOfAnAccessToken(t *testing.T) {
	token := map[string]string{"username": "ada", "password": "x"}
	for name, test := range map[string]struct {
		answers map[string]answered
		api     string
		phrases []string
		asked   []string
	}{
		"RBAC":                    {answers: theRBAC, asked: []string{askHealth, askLogin}},
		"RBAC, said to be":        {answers: theRBAC, api: "rbac", asked: []string{askLogin}},
		"the gateway":             {answers: theGateway, asked: []string{askHealth, askLogin}},
		"the gateway, said to be": {answers: theGateway, api: "gateway", asked: []string{askLogin}},
		"health fails":            {answers: but(theRBAC, askHealth, answered{500, ""}), phrases: []string{"Could not determine which API", "answered 500"}, asked: []string{askHealth}},
		"the password is not ada's": {
			answers: but(theRBAC, askLogin, answered{401, `{"detail":"No"}`}), phrases: []string{"the provider's own credentials are not used"},
			asked: []string{askHealth, askLogin},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStub(t, test.answers, routersOwn)
			p := acctest.Unconfigured(t)
			config := map[string]string{"base_url": s.url, "api_key": "x"}
			if test.api != "" {
				config["api"] = test.api
			}
			p.NoErrors(p.Configure(config))
			wantError(t, errorOf(p.Open(token).Diagnostics), test.phrases...)
			wantAsked(t, s, test.asked...)
		})
	}
}

// A failure that passes is not tried again for each resource, and not kept for good.
func TestProtocol_platformComesBack(t *testing.T) {
	now := time.Now()
	server, err := providerserver.NewProtocol6WithError(acctest.NewTimed(
		func() time.Time { return now }, func(ctx context.Context, _ time.Duration) error { return ctx.Err() })())()
	acctest.Must(t, err)
	p := acctest.Unconfigured(t)
	p.Server = server
	s := newStub(t, but(theRBAC, askHealth, answered{503, "upstream"}), routersOwn)
	reach(p, s.url)
	wantError(t, readRole(p), "answered 503")
	wantAsked(t, s, times(1+client.DefaultMaxRetries, askHealth)...)
	s.answer(theRBAC)
	now = now.Add(20 * time.Second)
	wantError(t, readRole(p), "answered 503")
	wantAsked(t, s)
	now = now.Add(20 * time.Second)
	wantError(t, readRole(p))
	wantAsked(t, s, askHealth, askLogin, askOrganization, askRole)
}

// Many callers wait for one answer, and one that gives up leaves it to the others.
func TestProtocol_platformIsFoundOnce(t *testing.T) {
	s := newStub(t, theRBAC, routersOwn)
	p := reach(acctest.Unconfigured(t), s.url)
	objectType := p.StateType("kamiwaza_role")
	state, err := tfprotov6.NewDynamicValue(objectType, p.Values(objectType, acctest.Fields{"id": roleID, "name": "operator"}))
	acctest.Must(t, err)
	stopped, stop := context.WithCancel(t.Context())
	stop()
	read, err := p.Server.ReadResource(stopped, &tfprotov6.ReadResourceRequest{TypeName: "kamiwaza_role", CurrentState: &state})
	acctest.Must(t, err)
	wantError(t, errorOf(read.Diagnostics), "Context canceled")

	var group sync.WaitGroup
	for range 20 {
		group.Go(func() { wantError(t, readRole(p)) })
	}
	group.Wait()
	counts := map[string]int{}
	for _, request := range s.asked() {
		counts[request]++
	}
	for _, request := range []string{askHealth, askLogin, askOrganization} {
		if counts[request] != 1 {
			t.Errorf("%s was asked %d times, want once", request, counts[request])
		}
	}
}

func TestProtocol_platformIsDown(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	url := s.URL + "/api"
	s.Close()
	wantError(t, readRole(reach(acctest.Unconfigured(t), url)), `Could not read role "operator"`, "Could not determine which API the platform has", "GET /auth/health",
		"connection refused", "If it has never answered, check base_url")
}

// A base URL that is not known yet is an error of the first call, whatever is said about the platform.
func TestProtocol_platformIsNotKnownYet(t *testing.T) {
	for _, api := range []any{nil, "auto", "rbac", "gateway", acctest.Unknown{}} {
		p := acctest.Unconfigured(t)
		objectType := p.Schemas.Provider.ValueType()
		config, err := tfprotov6.NewDynamicValue(objectType, p.Values(objectType, acctest.Fields{"base_url": acctest.Unknown{}, "api_key": "x", "api": api}))
		acctest.Must(t, err)
		configured, err := p.Server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{TerraformVersion: "1.14.0", Config: &config})
		acctest.Must(t, err)
		p.NoErrors(configured.Diagnostics)
		planned := errorOf(p.Plan("kamiwaza_role", nil, acctest.Fields{"name": "operator"}).Diagnostics)
		if api == "gateway" { // which is known, at least
			wantError(t, planned, "kamiwaza_role is not available on this platform")
		} else {
			wantError(t, planned)
		}
		wantError(t, readRole(p), `Could not read role "operator"`, "The provider's configuration is not known yet", "base_url")
		wantError(t, errorOf(p.Open(map[string]string{"username": "ada", "password": "x"}).Diagnostics), "rovider's configuration is not known yet")
	}
}

// TestAccPlatform goes through Terraform: on a gateway, a role is refused in the plan, and with a state from another platform
// nothing is lost.
func TestAccPlatform(t *testing.T) {
	rbac := acctest.Start(t, authserver.Config{})
	gateway := newStub(t, theGateway, routersOwn)
	config := func(url, arguments string) string {
		return providerBlock(fmt.Sprintf("base_url = %q\nusername = %q\npassword = %q\n%s", url,
			authservertest.AdminUsername, authservertest.AdminPassword, arguments)) + role
	}
	resource.ParallelTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{
				Config:      config(gateway.url, ""),
				ExpectError: acctest.Says("kamiwaza_role is not available on this platform", "needs the RBAC API", "has the gateway API"),
			},
			{PreConfig: func() { wantAsked(t, gateway, askHealth) }, Config: config(rbac.URL, "")},
			{Config: config(gateway.url, ""), ExpectError: acctest.Says(`Could not read role "test"`, "has the gateway API")},
			{Config: config(rbac.URL, `api = "gateway"`), ExpectError: acctest.Says(`Could not read role "test"`, `api = "gateway"`)},
			{Config: config(rbac.URL, `api = "soap"`), ExpectError: acctest.Says(`api value must be one of: ["auto" "rbac" "gateway"], got: "soap"`)},
			{Config: config(rbac.URL, `api = "rbac"`), PlanOnly: true},
			{Config: config(rbac.URL, ""), PlanOnly: true},
		},
	})
}
