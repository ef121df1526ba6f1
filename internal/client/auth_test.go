package client_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
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

// atOnce runs do n times at the same time and returns what became of each.
func atOnce(n int, do func() error) []error {
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { errs[i] = do() })
	}
	all.Wait()
	return errs
}

func count(lines []string, line string) int {
	n := 0
	for _, l := range lines {
		if l == line {
			n++
		}
	}
	return n
}

func TestAPIKeyNeedsNoLogin(t *testing.T) {
	s := start(t, authserver.Config{})
	clienttest.Must(s.Users.List(t.Context()))(t)
	clienttest.EqualLines(t, "requests", s.served(), "GET /auth/users/ 200")
}

func TestNewSendsNothing(t *testing.T) {
	s := start(t, authserver.Config{}, withPassword)
	clienttest.EqualLines(t, "requests", s.served())
}

func TestOneLoginServesAllCalls(t *testing.T) {
	for method, route := range map[client.LoginMethod]string{
		client.LoginToken: "/auth/token", client.LoginLocal: "/auth/local-login",
	} {
		t.Run(string(method), func(t *testing.T) {
			s := start(t, authserver.Config{}, withPassword, func(c *client.Config) { c.LoginMethod = method })
			for _, err := range atOnce(50, func() error { _, err := s.Users.List(t.Context()); return err }) {
				clienttest.Succeed(t, err)
			}
			served := s.served()
			clienttest.Equal(t, "logins", count(served, "POST "+route+" 200"), 1)
			clienttest.Equal(t, "calls", count(served, "GET /auth/users/ 200"), 50)
			clienttest.Equal(t, "requests", len(served), 51)
		})
	}
}

func TestTokenIsRenewedBeforeItExpires(t *testing.T) {
	for _, test := range []struct{ life, renewal time.Duration }{
		{time.Hour, 59 * time.Minute},
		{10 * time.Minute, 9 * time.Minute},
		{5 * time.Minute, 4 * time.Minute},
		{time.Minute, 48 * time.Second},
		{5 * time.Second, 4 * time.Second},
	} {
		t.Run(test.life.String(), func(t *testing.T) {
			s := start(t, authserver.Config{TokenTTL: test.life}, withPassword)
			list := func() []string {
				clienttest.Must(s.Users.List(t.Context()))(t)
				return s.served()
			}
			for range 2 { // the first token and the second are treated alike
				clienttest.EqualLines(t, "first call", list(), "POST /auth/token 200", "GET /auth/users/ 200")
				s.clock.Advance(test.renewal - time.Nanosecond)
				clienttest.EqualLines(t, "before the renewal", list(), "GET /auth/users/ 200")
				s.clock.Advance(time.Nanosecond)
			}
		})
	}
}

func TestTokenOfUnknownLifeIsUsedUntilItIsRefused(t *testing.T) {
	for name, life := range map[string]string{
		"missing": ``, "null": `,"expires_in":null`, "zero": `,"expires_in":0`, "negative": `,"expires_in":-1`, "beyond all bounds": `,"expires_in":9223372036854775807`,
	} {
		t.Run(name, func(t *testing.T) {
			r := clienttest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/auth/token" {
					clienttest.SaysJSON(`{"access_token":"t"`+life+`}`)(w, r)
					return
				}
				clienttest.SaysJSON(`[]`)(w, r)
			})
			c := newCaller(t, r.URL, withPassword)
			for range 3 {
				clienttest.Must(c.Users.List(t.Context()))(t)
				c.clock.Advance(1000 * time.Hour)
			}
			clienttest.EqualLines(t, "requests", r.Lines(), "POST /auth/token", "GET /auth/users/", "GET /auth/users/", "GET /auth/users/")
		})
	}
}

func TestLifeOfATokenIsReadInEveryForm(t *testing.T) {
	for text, want := range map[string]int{
		`3600`: 3600, `3600.0`: 3600, `3.6e3`: 3600, `3599.9`: 3599, `"3600"`: 3600, `"3600.0"`: 3600, `" 3600 "`: 3600,
		`0`: 0, `-1`: 0, `"-1"`: 0, `null`: 0, `""`: 0, `"soon"`: 0, `"NaN"`: 0, `"Inf"`: 0, `true`: 0, `{}`: 0, `[3600]`: 0,
		`9223372036854775807`: 0, `1e300`: 0, `1e999`: 0,
	} {
		t.Run(text, func(t *testing.T) {
			r := clienttest.Serve(t, clienttest.SaysJSON(`{"access_token":"t","expires_in":`+text+`}`))
			token := clienttest.Must(newCaller(t, r.URL).Login(t.Context(), client.Login{Username: "ada", Password: "x"}))(t)
			clienttest.Equal(t, "token", token, client.Token{AccessToken: "t", ExpiresIn: client.Seconds(want)})
		})
	}
}

func TestRenewedTokenOfUnknownLifeForgetsThatOfTheFirst(t *testing.T) {
	answers := []string{`{"access_token":"t1","expires_in":3600}`, `{"access_token":"t2"}`}
	r := clienttest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/auth/token" {
			clienttest.SaysJSON(answers[0])(w, r)
			answers = answers[1:]
			return
		}
		clienttest.SaysJSON(`[]`)(w, r)
	})
	c := newCaller(t, r.URL, withPassword)
	for range 3 {
		clienttest.Must(c.Users.List(t.Context()))(t)
		c.clock.Advance(time.Hour)
	}
	clienttest.EqualLines(t, "requests", r.Lines(), "POST /auth/token", "GET /auth/users/", "POST /auth/token", "GET /auth/users/", "GET /auth/users/")
	clienttest.Equal(t, "token", r.All()[4].Header.Get("Authorization"), "Bearer t2")
}

func TestRevokedTokenIsReplacedAndTheCallReplayedOnce(t *testing.T) {
	s := start(t, authserver.Config{}, withPassword)
	ctx := t.Context()
	clienttest.Must(s.Users.List(ctx))(t)

	s.served()
	s.server.RevokeTokens()
	clienttest.Must(s.Users.List(ctx))(t)
	clienttest.EqualLines(t, "requests", s.served(), "GET /auth/users/ 401", "POST /auth/token 200", "GET /auth/users/ 200")

	s.server.RevokeTokens()
	clienttest.Must(s.Users.Me(ctx))(t) // bears the new token in the cookie, too
	s.server.RevokeTokens()
	clienttest.Must(s.Users.MyPermissions(ctx))(t) // and in the query
	s.server.RevokeTokens()
	s.served()
	role := clienttest.Must(s.Roles.Create(ctx, rbac.RoleCreate{Name: "reader"}))(t)
	clienttest.EqualLines(t, "requests", s.served(), "POST /auth/roles/ 401", "POST /auth/token 200", "POST /auth/roles/ 200")
	roles := s.server.Snapshot().Roles
	if len(roles) != 1 || roles[0].ID != role.ID {
		t.Errorf("roles %+v, want the one with the id %s", roles, role.ID)
	}
	if waits := s.Slept(); len(waits) > 0 {
		t.Errorf("waited %v", waits)
	}
}

// Gateways in front of the API answer 401 in their own way, and mean the same.
func TestRevokedTokenIsReplacedWhateverThe401LooksLike(t *testing.T) {
	for name, fault := range map[string]authserver.Fault{
		"JSON":         {Body: `{"detail":"Not authenticated"}`},
		"other JSON":   {Body: `{"error":"invalid_token"}`},
		"a text":       {Body: "Unauthorized\n", ContentType: "text/plain"},
		"a page":       {Body: page, ContentType: "text/html; charset=utf-8"},
		"a page alone": {Body: page},
	} {
		t.Run(name, func(t *testing.T) {
			fault.Status, fault.Route, fault.Times = 401, "/auth/roles/", 1
			s := start(t, authserver.Config{Faults: []authserver.Fault{fault}}, withPassword)
			clienttest.Must(s.Roles.Create(t.Context(), rbac.RoleCreate{Name: "reader"}))(t)
			clienttest.EqualLines(t, "requests", s.served(), "POST /auth/token 200", "POST /auth/roles/ 401", "POST /auth/token 200", "POST /auth/roles/ 200")
		})
	}
}

func TestRevokedTokenIsReplacedOnceForAllCalls(t *testing.T) {
	s := start(t, authserver.Config{}, withPassword)
	clienttest.Must(s.Users.List(t.Context()))(t)
	s.served()
	s.server.RevokeTokens()
	for _, err := range atOnce(50, func() error { _, err := s.Users.List(t.Context()); return err }) {
		clienttest.Succeed(t, err)
	}
	served := s.served()
	clienttest.Equal(t, "logins", count(served, "POST /auth/token 200"), 1)
	clienttest.Equal(t, "calls", count(served, "GET /auth/users/ 200"), 50)
}

func TestSecondUnauthorizedIsReturned(t *testing.T) {
	s := start(t, authserver.Config{Faults: []authserver.Fault{{Route: "/auth/roles/", Status: 401}}}, withPassword)
	_, err := s.Roles.Create(t.Context(), rbac.RoleCreate{Name: "reader"})
	failure := clienttest.FailureOf(t, err, client.ErrUnauthorized)
	clienttest.Equal(t, "call", failure.Method+" "+failure.Path, "POST /auth/roles/")
	clienttest.EqualLines(t, "requests", s.served(), "POST /auth/token 200", "POST /auth/roles/ 401", "POST /auth/token 200", "POST /auth/roles/ 401")
}

func TestLoginThatIsRefusedInMidRunIsFinal(t *testing.T) {
	s := start(t, authserver.Config{}, withPassword)
	clienttest.Must(s.Users.List(t.Context()))(t)
	s.served()
	s.server.RevokeTokens()
	s.server.Inject(authserver.Fault{Route: "/auth/token", Status: 401})
	for range 2 {
		_, err := s.Roles.Create(t.Context(), rbac.RoleCreate{Name: "reader"})
		clienttest.Fails(t, err, client.ErrLogin, client.ErrUnauthorized) // not in doubt: no request was accepted
	}
	clienttest.EqualLines(t, "requests", s.served(), "POST /auth/roles/ 401", "POST /auth/token 401")
}

func TestAPIKeyThatIsRefusedIsNotTriedAgain(t *testing.T) {
	s := start(t, authserver.Config{}, withAPIKey("revoked"))
	_, err := s.Users.List(t.Context())
	clienttest.Fails(t, err, client.ErrUnauthorized)
	clienttest.EqualLines(t, "requests", s.served(), "GET /auth/users/ 401")
	clienttest.Equal(t, "waits", len(s.Slept()), 0)
}

func TestRefusedLoginIsAskedForOnce(t *testing.T) {
	for name, test := range map[string]struct {
		fault authserver.Fault
		kinds []error
	}{
		"401":          {authserver.Fault{Status: 401}, []error{client.ErrLogin, client.ErrUnauthorized}},
		"403":          {authserver.Fault{Status: 403}, []error{client.ErrLogin, client.ErrForbidden}},
		"400":          {authserver.Fault{Status: 400}, []error{client.ErrLogin}},
		"422":          {authserver.Fault{Status: 422}, []error{client.ErrLogin, client.ErrInvalid}},
		"404":          {authserver.Fault{Status: 404, Body: `{"detail":"No such user"}`}, []error{client.ErrLogin, client.ErrUnauthorized}},
		"not offered":  {authserver.Fault{Status: 404, Body: `{"detail":"Not Found"}`}, []error{client.ErrLogin, client.ErrUnsupported}},
		"another site": {authserver.Fault{Status: 404, Body: page, ContentType: "text/html"}, []error{client.ErrLogin, client.ErrNotAPI}},
	} {
		t.Run(name, func(t *testing.T) {
			test.fault.Route = "/auth/token"
			s := start(t, authserver.Config{Faults: []authserver.Fault{test.fault}}, withPassword)
			create := func() error { _, err := s.Roles.Create(t.Context(), rbac.RoleCreate{Name: "reader"}); return err }
			for _, err := range append(atOnce(20, create), create()) {
				failure := clienttest.FailureOf(t, err, test.kinds...)
				clienttest.Equal(t, "call", failure.Method+" "+failure.Path, "POST /auth/token")
				if !strings.HasPrefix(err.Error(), "login failed: POST /auth/token answered "+strconv.Itoa(test.fault.Status)) {
					t.Errorf("text %q", err)
				}
			}
			clienttest.EqualLines(t, "requests", s.served(), "POST /auth/token "+strconv.Itoa(test.fault.Status))
			clienttest.Equal(t, "waits", len(s.Slept()), 0)
		})
	}
}

// A login that is down is waited out once, not once for each caller.
func TestLoginThatFailsForNowIsAskedForAgainOnlyLater(t *testing.T) {
	for name, test := range map[string]struct {
		fault authserver.Fault
		rest  time.Duration
	}{
		"rate limit":            {authserver.Fault{Status: 429}, 30 * time.Second},
		"unavailable":           {authserver.Fault{Status: 503}, 30 * time.Second},
		"unavailable for a bit": {authserver.Fault{Status: 503, RetryAfter: "5"}, 30 * time.Second},
		"unavailable for long":  {authserver.Fault{Status: 503, RetryAfter: "100"}, 100 * time.Second},
		"bad gateway":           {authserver.Fault{Status: 502, Body: page}, 30 * time.Second},
		"lost answer":           {authserver.Fault{Drop: authserver.DropAfter}, 30 * time.Second},
		"internal error":        {authserver.Fault{Status: 500}, 30 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			test.fault.Route = "/auth/token"
			s := start(t, authserver.Config{Faults: []authserver.Fault{test.fault}}, withPassword, withRetries(2))
			logins := 3 // with retries of its own, but not those of the calls on top
			if test.fault.Status == 500 {
				logins = 1
			}
			create := func() error { _, err := s.Roles.Create(t.Context(), rbac.RoleCreate{Name: "reader"}); return err }
			for _, err := range append(atOnce(100, create), create()) {
				clienttest.Equal(t, "status", clienttest.FailureOf(t, err, client.ErrLogin).Status, test.fault.Status)
			}
			clienttest.Equal(t, "logins", len(s.served()), logins)
			clienttest.Equal(t, "waits", len(s.Slept()), logins-1)

			s.server.ClearFaults()
			s.clock.Advance(test.rest - time.Nanosecond)
			clienttest.Fails(t, create(), client.ErrLogin)
			clienttest.EqualLines(t, "requests", s.served())
			s.clock.Advance(time.Nanosecond)
			clienttest.Succeed(t, create())
			clienttest.EqualLines(t, "requests", s.served(), "POST /auth/token 200", "POST /auth/roles/ 200")
		})
	}
}

// tokenRefuser runs a server that issues one token after the other, and refuses all of them for the paths.
func tokenRefuser(t *testing.T, paths ...string) *clienttest.Recorder {
	t.Helper()
	var issued atomic.Int32
	return clienttest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/auth/token":
			clienttest.SaysJSON(`{"access_token":"t`+strconv.Itoa(int(issued.Add(1)))+`"}`)(w, r)
		case slices.Contains(paths, r.URL.Path):
			clienttest.Says(http.StatusUnauthorized, "application/json", `{"detail":"Not authenticated"}`)(w, r)
		default:
			clienttest.SaysJSON(`[]`)(w, r)
		}
	})
}

func TestTokenThatIsRefusedWhenNewIsNotReplacedForEachCall(t *testing.T) {
	r := tokenRefuser(t, "/auth/users/", "/auth/roles/")
	c := newCaller(t, r.URL, withPassword)
	list := func() error { _, err := c.Users.List(t.Context()); return err }
	for _, err := range append(atOnce(50, list), list()) {
		failure := clienttest.FailureOf(t, err, client.ErrUnauthorized)
		clienttest.Equal(t, "call", failure.Method+" "+failure.Path, "GET /auth/users/")
		clienttest.Equal(t, "text", err.Error(), "the login succeeded, but a token that it had just issued was refused: GET /auth/users/ answered 401 Unauthorized: Not authenticated")
	}
	_, err := c.Roles.Create(t.Context(), rbac.RoleCreate{Name: "reader"})
	clienttest.Fails(t, err, client.ErrUnauthorized) // and is not in doubt
	logins := func() int { return count(r.Lines(), "POST /auth/token") }
	clienttest.Equal(t, "logins", logins(), 2)

	c.clock.Advance(30*time.Second - time.Nanosecond)
	clienttest.Fails(t, list(), client.ErrUnauthorized)
	clienttest.Equal(t, "logins", logins(), 2)
	c.clock.Advance(time.Nanosecond)
	for range 10 {
		clienttest.Fails(t, list(), client.ErrUnauthorized)
	}
	clienttest.Equal(t, "logins 30 seconds later", logins(), 3)
}

// A gateway may keep a token from one call alone, such as from one that bears it in a cookie.
func TestCallThatRefusesEveryTokenDoesNotSpoilOthers(t *testing.T) {
	r := tokenRefuser(t, "/auth/users/me")
	c := newCaller(t, r.URL, withPassword)
	for range 20 {
		_, err := c.Users.Me(t.Context())
		clienttest.Fails(t, err, client.ErrUnauthorized)
		clienttest.Must(c.Users.List(t.Context()))(t)
	}
	clienttest.Equal(t, "logins", count(r.Lines(), "POST /auth/token"), 2)
}

func TestLoginIsRetriedInsideACreate(t *testing.T) {
	s := start(t, authserver.Config{Faults: []authserver.Fault{
		{Route: "/auth/token", Status: 502, Times: 1},
		{Route: "/auth/token", Drop: authserver.DropAfter, Times: 1},
	}}, withPassword)
	clienttest.Must(s.Roles.Create(t.Context(), rbac.RoleCreate{Name: "reader"}))(t)
	clienttest.EqualLines(t, "requests", s.served(), "POST /auth/token 502", "POST /auth/token 0", "POST /auth/token 200", "POST /auth/roles/ 200")
}

// What the server refused of a login are not the fields of the object that some call logged in for.
func TestFieldsOfARefusedLoginAreThoseOfTheLogin(t *testing.T) {
	body := `{"detail":[{"loc":["body","username"],"msg":"Field required"}]}`
	for route, method := range map[string]client.LoginMethod{"/auth/token": client.LoginToken, "/auth/local-login": client.LoginLocal} {
		s := start(t, authserver.Config{Faults: []authserver.Fault{{Route: route, Status: 422, Body: body}}}, withPassword,
			func(c *client.Config) { c.LoginMethod = method })
		for range 2 { // The second is what is remembered of the first.
			_, err := s.Users.Create(t.Context(), rbac.UserCreate{Username: "ada", Email: "ada@example.com", Password: "x"})
			failure := clienttest.FailureOf(t, err, client.ErrLogin, client.ErrInvalid)
			clienttest.Equal(t, "is the login", errors.Is(failure, client.ErrLogin), true) // also without what wraps it
			clienttest.Equal(t, "call", failure.Method+" "+failure.Path, "POST "+route)
			clienttest.Equal(t, "fields", failure.Fields, []client.FieldError{{Location: []string{"body", "username"}, Message: "Field required"}})
		}

		s = start(t, authserver.Config{Faults: []authserver.Fault{{Route: "/auth/users/local", Status: 422, Body: body}}}, withPassword)
		_, err := s.Users.Create(t.Context(), rbac.UserCreate{Username: "ada", Email: "ada@example.com", Password: "x"})
		clienttest.Fails(t, err, client.ErrInvalid) // and not ErrLogin
	}
}

func TestFailedLoginLeavesNoDoubtAboutACreate(t *testing.T) {
	s := start(t, authserver.Config{Faults: []authserver.Fault{{Route: "/auth/token", Status: 500}}}, withPassword)
	_, err := s.Roles.Create(t.Context(), rbac.RoleCreate{Name: "reader"})
	clienttest.Fails(t, err, client.ErrLogin)
}

func TestAnswerOfALoginWithoutATokenIsAnError(t *testing.T) {
	for name, test := range map[string]struct {
		body, detail string
		kinds        []error
	}{
		"no token":    {`{"token_type":"bearer"}`, "the answer has no access_token", []error{client.ErrLogin}},
		"null":        {`null`, "the answer is empty", []error{client.ErrLogin}},
		"empty":       {``, "the answer is empty", []error{client.ErrLogin}},
		"no JSON":     {`token`, "the answer is not what this API documents: invalid character 'o' in literal true (expecting 'r')", []error{client.ErrLogin}},
		"a page":      {page, "a web page came back instead of JSON", []error{client.ErrLogin, client.ErrNotAPI}},
		"other types": {`{"access_token":{}}`, "the answer is not what this API documents: json: cannot unmarshal object into Go struct field Token.access_token of type string", []error{client.ErrLogin}},
	} {
		t.Run(name, func(t *testing.T) {
			r := clienttest.Serve(t, clienttest.SaysJSON(test.body))
			c := newCaller(t, r.URL, withPassword)
			_, err := c.Users.List(t.Context())
			failure := clienttest.FailureOf(t, err, test.kinds...)
			clienttest.Equal(t, "text", err.Error(), "login failed: POST /auth/token answered 200 OK: "+test.detail)
			clienttest.Equal(t, "status", failure.Status, http.StatusOK)
			r.Only(t)
		})
	}
}

func TestLoginLeavesTheSessionAlone(t *testing.T) {
	s := start(t, authserver.Config{}, withPassword)
	ctx := t.Context()
	clienttest.Must(s.Users.Create(ctx, rbac.UserCreate{Username: "ada", Email: "ada@example.com", Password: "x"}))(t)
	clienttest.Must(s.Login(ctx, client.Login{Username: "ada", Password: "x"}))(t)
	_, err := s.Login(ctx, client.Login{Username: "ada", Password: "wrong"})
	clienttest.Fails(t, err, client.ErrLogin, client.ErrUnauthorized)
	s.served()
	clienttest.Equal(t, "me", clienttest.Must(s.Users.Me(ctx))(t).Username, authservertest.AdminUsername)
	clienttest.EqualLines(t, "requests", s.served(), "GET /auth/users/me 200")
}

// slowLogin runs a server whose logins take until they are released. It signals each one that starts.
func slowLogin(t *testing.T) (r *clienttest.Recorder, started <-chan struct{}, release func()) {
	t.Helper()
	starts, released := make(chan struct{}, 100), make(chan struct{})
	release = sync.OnceFunc(func() { close(released) })
	r = clienttest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/auth/token" {
			starts <- struct{}{}
			<-released
			clienttest.SaysJSON(`{"access_token":"t"}`)(w, r)
			return
		}
		clienttest.SaysJSON(`[]`)(w, r)
	})
	t.Cleanup(release) // before the server closes, which waits for its requests
	return r, starts, release
}

func TestCancelledCallerDoesNotSpoilTheLoginOfOthers(t *testing.T) {
	r, started, release := slowLogin(t)
	c := newCaller(t, r.URL, withPassword)
	list := func(ctx context.Context) error { _, err := c.Users.List(ctx); return err }

	ctx, cancel := context.WithCancel(t.Context())
	first := make(chan error, 1)
	go func() { first <- list(ctx) }()
	<-started
	others := make(chan []error, 1)
	go func() { others <- atOnce(10, func() error { return list(t.Context()) }) }()
	cancel()

	err := <-first // at once, though the login has not ended
	clienttest.Equal(t, "text", clienttest.FailureOf(t, err).Error(), "GET /auth/users/: context canceled")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v hides its cause", err)
	}
	release()
	for _, err := range <-others {
		clienttest.Succeed(t, err)
	}
	clienttest.Equal(t, "logins", count(r.Lines(), "POST /auth/token"), 1)
}

func TestWaitingForTheLoginOfAnotherCanBeCancelled(t *testing.T) {
	r, started, release := slowLogin(t)
	c := newCaller(t, r.URL, withPassword)
	first := make(chan error, 1)
	go func() { _, err := c.Users.List(t.Context()); first <- err }()
	<-started

	impatient, giveUp := context.WithCancel(t.Context())
	giveUp()
	_, err := c.Roles.Create(impatient, rbac.RoleCreate{Name: "reader"})
	clienttest.Equal(t, "text", clienttest.FailureOf(t, err).Error(), "POST /auth/roles/: context canceled") // and not in doubt
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v hides its cause", err)
	}
	release()
	clienttest.Succeed(t, <-first)
	clienttest.EqualLines(t, "requests", r.Lines(), "POST /auth/token", "GET /auth/users/")
}

func TestCallThatIsCancelledBeforeTheLoginSendsNothing(t *testing.T) {
	r := clienttest.Serve(t, clienttest.SaysJSON(`{"access_token":"t"}`))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := newCaller(t, r.URL, withPassword).Users.List(ctx)
	clienttest.Fails(t, err)
	clienttest.EqualLines(t, "requests", r.Lines())
}
