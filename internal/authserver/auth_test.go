package authserver_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
)

const incorrect = "Incorrect username or password"

func TestPasswordGrant(t *testing.T) {
	s := start(t, authserver.Config{TokenTTL: 90 * time.Second})
	s.user("ann")

	got := s.form("/auth/token", grant("ann", password)).object()
	if got["token_type"] != "bearer" || got["expires_in"] != 90.0 || len(got) != 3 {
		t.Errorf("token answer %v", got)
	}
	s.as(got["access_token"].(string)).send("GET", "/auth/users/", "").want(200)

	without := func(name string) url.Values {
		form := grant("ann", password)
		form.Del(name)
		return form
	}
	with := func(name, value string) url.Values {
		form := grant("ann", password)
		form.Set(name, value)
		return form
	}
	s.form("/auth/token", with("password", "wrong")).refused(401, incorrect)
	s.form("/auth/token", with("username", "bob")).refused(401, incorrect)
	s.form("/auth/token", with("username", "Ann")).refused(401, incorrect)
	s.form("/auth/token", without("scope")).want(200)
	s.form("/auth/token", without("username")).invalid("body.username: missing")
	s.form("/auth/token", with("password", "")).invalid("body.password: missing")
	s.form("/auth/token", without("grant_type")).invalid("body.grant_type: missing")
	s.form("/auth/token", with("grant_type", "implicit")).invalid("body.grant_type: string_pattern_mismatch")
	s.send("POST", "/auth/token", fields{"username": "ann", "password": password, "grant_type": "password"}).
		invalid("body.grant_type: missing", "body.username: missing", "body.password: missing")
	s.form("/auth/token", with("scope", strings.Repeat("x", 5<<20))).want(413)
	// The credentials belong into the body, not into the URL.
	s.form("/auth/token?"+grant("ann", password).Encode(), nil).want(422)
}

func TestPasswordGrantWithClientCredentials(t *testing.T) {
	s := start(t, authserver.Config{ClientID: "terraform", ClientSecret: "s3cret"})
	form := grant(authservertest.AdminUsername, authservertest.AdminPassword)
	s.form("/auth/token", form).refused(401, "Invalid client credentials")
	form.Set("client_id", "terraform")
	s.form("/auth/token", form).refused(401, "Invalid client credentials")
	form.Set("client_secret", "s3cret")
	s.form("/auth/token", form).want(200)
	form.Set("client_id", "other")
	s.form("/auth/token", form).refused(401, "Invalid client credentials")
}

func TestLocalLogin(t *testing.T) {
	s := start(t, authserver.Config{})
	s.user("ann")
	path := func(username, password string) string {
		return "/auth/local-login?" + url.Values{"username": {username}, "password": {password}}.Encode()
	}
	token := s.as("").send("POST", path("ann", password), "").object()["access_token"].(string)
	s.as(token).send("GET", "/auth/users/", "").want(200)
	s.as("").send("POST", path("ann", "wrong"), "").refused(401, incorrect)
	s.as("").send("POST", path("ann", ""), "").refused(401, incorrect)
	s.as("").send("POST", "/auth/local-login", "").invalid("query.username: missing", "query.password: missing")
}

func TestLoginOfInactiveUser(t *testing.T) {
	s := start(t, authserver.Config{})
	id := s.user("ann")
	s.send("PUT", "/auth/users/"+id, fields{"is_active": false}).want(200)
	s.form("/auth/token", grant("ann", password)).refused(403, "Inactive user")
	s.form("/auth/token", grant("ann", "wrong")).refused(401, incorrect)
	s.send("PUT", "/auth/users/"+id, fields{"is_active": true}).want(200)
	s.form("/auth/token", grant("ann", password)).want(200)
}

func TestPasswordIsLimitedTo72Bytes(t *testing.T) {
	s := start(t, authserver.Config{})
	long := strings.Repeat("é", 36)
	body := fields{"username": "ann", "email": "ann@example.com", "password": long + "x"}
	s.send("POST", "/auth/users/local", body).invalid("body.password: value_error")
	body["password"] = long
	s.send("POST", "/auth/users/local", body).want(200)
	s.form("/auth/token", grant("ann", long)).want(200)
	// bcrypt by itself would look at the first 72 bytes only.
	s.form("/auth/token", grant("ann", long+"x")).refused(401, incorrect)
}

func TestLoginIsRemembered(t *testing.T) {
	now := newClock()
	s := start(t, authserver.Config{Now: now.Now})
	id := s.user("ann")
	if got := s.send("GET", "/auth/users/"+id, "").object()["last_login"]; got != nil {
		t.Errorf("last_login before a login: %v", got)
	}
	now.add(time.Minute)
	s.form("/auth/token", grant("ann", "wrong")).want(401)
	if got := s.send("GET", "/auth/users/"+id, "").object()["last_login"]; got != nil {
		t.Errorf("last_login after a refused login: %v", got)
	}
	s.login("ann")
	if got := s.send("GET", "/auth/users/"+id, "").object()["last_login"]; got != "2024-10-03T10:01:00.123456" {
		t.Errorf("last_login %v", got)
	}
}

func TestTokensAreRandom(t *testing.T) {
	s := start(t, authserver.Config{})
	s.user("ann")
	if a, b := s.login("ann").token, s.login("ann").token; a == b || len(a) < 20 {
		t.Errorf("two logins gave %q and %q", a, b)
	}
}

const notValid = "Could not validate credentials"

func TestTokenExpires(t *testing.T) {
	now := newClock()
	s := start(t, authserver.Config{Now: now.Now, TokenTTL: time.Minute})
	s.user("ann")
	ann := s.login("ann")
	now.add(59 * time.Second)
	ann.send("GET", "/auth/users/", "").want(200)
	now.add(time.Second)
	got := ann.send("GET", "/auth/users/", "").refused(401, notValid)
	if got.header.Get("WWW-Authenticate") != "Bearer" {
		t.Error("a 401 without WWW-Authenticate")
	}
	ann.withCookie("/auth/users/me").refused(401, notValid)
	s.login("ann").send("GET", "/auth/users/", "").want(200)
	s.send("GET", "/auth/users/", "").want(200) // the API key stays
	if got := s.server.IssuedTokens(); got != 1 {
		t.Errorf("%d tokens are remembered, want the one in force", got)
	}
}

func TestUnknownTokens(t *testing.T) {
	s := start(t, authserver.Config{})
	s.user("ann")
	good := s.login("ann").token
	s.as(good).send("GET", "/auth/users/", "").want(200)
	for name, token := range map[string]string{
		"in small letters": strings.ToLower(good),
		"cut":              good[:len(good)-1],
		"token and more":   good + "x",
		"three parts":      "x.y.z",
		"key and more":     authservertest.APIKey + "x",
	} {
		t.Run(name, func(t *testing.T) {
			s := s.as(token)
			s.TB = t
			s.send("GET", "/auth/users/", "").refused(401, notValid)
		})
	}
}

func TestTokenOfAnotherServer(t *testing.T) {
	// Both know the same user.
	file := seed(t, company)
	one := start(t, authserver.Config{StateFile: file})
	other := start(t, authserver.Config{StateFile: file})
	form := grant(authservertest.AdminUsername, authservertest.AdminPassword)
	token := one.form("/auth/token", form).object()["access_token"].(string)
	one.as(token).send("GET", "/auth/users/", "").want(200)
	other.as(token).send("GET", "/auth/users/", "").refused(401, notValid)
}

func TestRevokeTokens(t *testing.T) {
	s := start(t, authserver.Config{})
	s.user("ann")
	ann := s.login("ann")
	s.server.RevokeTokens()
	ann.send("GET", "/auth/users/", "").refused(401, notValid)
	s.login("ann").send("GET", "/auth/users/", "").want(200)
	s.send("GET", "/auth/users/", "").want(200)
}

func TestTokensEndWithTheirUser(t *testing.T) {
	s := start(t, authserver.Config{})
	id := s.user("ann")
	ann := s.login("ann")
	s.send("PUT", "/auth/users/"+id, fields{"is_active": false}).want(200)
	ann.send("GET", "/auth/users/", "").refused(401, notValid)
	s.send("PUT", "/auth/users/"+id, fields{"is_active": true}).want(200)
	ann.send("GET", "/auth/users/", "").want(200)
	s.send("DELETE", "/auth/users/"+id, "").want(200)
	ann.send("GET", "/auth/users/", "").refused(401, notValid)
	s.form("/auth/token", grant("ann", password)).refused(401, incorrect)
}

func TestAPIKeyActsAsTheAdmin(t *testing.T) {
	now := newClock()
	s := start(t, authserver.Config{Now: now.Now})
	now.add(1000 * time.Hour)
	if got := s.withCookie("/auth/users/me").object(); got["id"] != s.server.AdminID() || got["username"] != authservertest.AdminUsername {
		t.Errorf("the API key is of %v", got)
	}
	s.right("deploy")
	s.send("PUT", "/auth/users/"+s.server.AdminID(), fields{"is_superuser": false}).want(200)
	s.send("POST", "/auth/rights/", fields{"name": "release"}).refused(403, "Not enough permissions")
}

func TestBearerScheme(t *testing.T) {
	s := start(t, authserver.Config{})
	for header, status := range map[string]int{
		"Bearer " + authservertest.APIKey: 200,
		"bearer " + authservertest.APIKey: 200,
		"Token " + authservertest.APIKey:  401,
		authservertest.APIKey:             401,
		"Bearer ":                         401,
		"Bearer":                          401,
		"":                                401,
	} {
		r, _ := http.NewRequest(http.MethodGet, s.url+"/auth/users/", nil)
		r.Header.Set("Authorization", header)
		got, err := s.do(r)
		if err != nil {
			t.Fatal(err)
		}
		got.want(status)
	}
	s.as("").send("GET", "/auth/users/", "").refused(401, "Not authenticated")
}

func TestWhoAmIReadsTheCookieOnly(t *testing.T) {
	s := start(t, authserver.Config{})
	group := s.group("admins")
	id := s.user("ann", group)
	ann := s.login("ann")
	user := s.send("GET", "/auth/users/"+id, "").want(200)
	for _, path := range []string{"/auth/users/me", "/auth/verify-token"} {
		if got := ann.withCookie(path).want(200); !bytes.Equal(got.body, user.body) {
			t.Errorf("%s answers %s, want %s", path, got.body, user.body)
		}
		ann.send("GET", path, "").refused(401, "Not authenticated")
		s.as("").withCookie(path).refused(401, "Not authenticated")
		s.as("rubbish").withCookie(path).refused(401, notValid)
	}
}

func TestPermissions(t *testing.T) {
	s := start(t, authserver.Config{})
	read, write := s.right("read"), s.right("write")
	reader, writer := s.role("reader", read), s.role("writer", write, read)
	a, b := s.group("a", writer), s.group("b", reader, writer)
	s.role("unused", read)
	id := s.user("ann", b, a)
	ann := s.login("ann")

	got := string(s.as("").send("GET", "/auth/users/me/permissions?token="+ann.token, "").want(200).body)
	want := `{"user_id":"` + id + `","rights":["read","write"],"roles":["reader","writer"],"groups":["a","b"]}`
	if got != want {
		t.Errorf("permissions %s, want %s", got, want)
	}
	got = string(s.send("GET", "/auth/users/me/permissions?token="+s.token, "").want(200).body)
	if want := `{"user_id":"` + s.server.AdminID() + `","rights":[],"roles":[],"groups":[]}`; got != want {
		t.Errorf("permissions %s, want %s", got, want)
	}
	s.send("GET", "/auth/users/me/permissions", "").invalid("query.token: missing")
	s.send("GET", "/auth/users/me/permissions?token=rubbish", "").refused(401, notValid)
	s.send("GET", "/auth/users/me/permissions?token=", "").refused(401, "Not authenticated")
}

// Every call of the contract that needs a bearer token.
var protected = []struct{ method, path string }{
	{"POST", "/auth/users/local"},
	{"GET", "/auth/users/"},
	{"GET", "/auth/users/" + nobody},
	{"PUT", "/auth/users/" + nobody},
	{"DELETE", "/auth/users/" + nobody},
	{"POST", "/auth/users/" + nobody + "/groups/" + nobody},
	{"DELETE", "/auth/users/" + nobody + "/groups/" + nobody},
	{"POST", "/auth/organizations/"},
	{"GET", "/auth/organizations/" + nobody},
	{"PUT", "/auth/organizations/" + nobody},
	{"DELETE", "/auth/organizations/" + nobody},
	{"POST", "/auth/groups/"},
	{"GET", "/auth/groups/" + nobody},
	{"PUT", "/auth/groups/" + nobody},
	{"DELETE", "/auth/groups/" + nobody},
	{"POST", "/auth/groups/" + nobody + "/roles/" + nobody},
	{"DELETE", "/auth/groups/" + nobody + "/roles/" + nobody},
	{"POST", "/auth/roles/"},
	{"GET", "/auth/roles/" + nobody},
	{"PUT", "/auth/roles/" + nobody},
	{"DELETE", "/auth/roles/" + nobody},
	{"POST", "/auth/roles/" + nobody + "/rights/" + nobody},
	{"DELETE", "/auth/roles/" + nobody + "/rights/" + nobody},
	{"POST", "/auth/rights/"},
	{"GET", "/auth/rights/" + nobody},
	{"PUT", "/auth/rights/" + nobody},
	{"DELETE", "/auth/rights/" + nobody},
}

func TestOnlySuperusersWrite(t *testing.T) {
	s := start(t, authserver.Config{})
	s.user("ann")
	ann := s.login("ann")
	for _, call := range protected {
		t.Run(call.method+" "+call.path, func(t *testing.T) {
			s, ann := s, ann
			s.TB, ann.TB = t, t
			// Neither the body nor the ids are looked at before the caller.
			path := strings.ReplaceAll(call.path, nobody, "no-uuid")
			s.as("").send(call.method, path, "{").refused(401, "Not authenticated")
			if call.method != "GET" {
				ann.send(call.method, path, "{").refused(403, "Not enough permissions")
			} else if got := ann.send("GET", call.path, ""); got.status != 200 && got.status != 404 {
				t.Errorf("a reader's GET: %d", got.status)
			}
			if got := s.send(call.method, call.path, "{}"); got.status == 401 || got.status == 403 || got.status == 405 {
				t.Errorf("the admin's call: %d", got.status)
			} else if string(got.body) == `{"detail":"Not Found"}` {
				t.Error("the router does not know the call")
			}
		})
	}
}

func TestLogHoldsNoSecrets(t *testing.T) {
	var log bytes.Buffer
	s := start(t, authserver.Config{Log: slog.New(slog.NewTextHandler(&log, nil))})
	s.as("").send("POST", "/auth/local-login?username=admin&password=topsecret", "").want(401)
	s.as("").send("GET", "/auth/users/me/permissions?token=topsecret", "").want(401)
	s.form("/auth/token", grant("admin", "topsecret")).want(401)
	s.send("POST", "/auth/users/local", `{"password": "topsecret", "email": 1`).want(422)
	s.send("POST", "/auth/users/local", fields{"password": strings.Repeat("topsecret", 9)}).want(422)
	s.as("topsecret").send("GET", "/auth/users/", "").want(401)
	s.send("GET", "/auth/users/", "").want(200)

	text := log.String()
	if strings.Contains(text, "topsecret") || strings.Contains(text, authservertest.APIKey) {
		t.Errorf("a secret is in the log:\n%s", text)
	}
	if lines := strings.Count(text, "\n"); lines != 6 {
		t.Errorf("%d lines, want one for each refused request:\n%s", lines, text)
	}
	if want := `msg=refused method=POST path=/api/auth/local-login status=401 why="Incorrect username or password"`; !strings.Contains(text, want) {
		t.Errorf("no line has %s:\n%s", want, text)
	}
}
