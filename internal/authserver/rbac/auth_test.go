package rbac_test

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
	s.User("ann")

	got := s.Form("/auth/token", grant("ann", password)).Object()
	if got["token_type"] != "bearer" || got["expires_in"] != 90.0 || len(got) != 3 {
		t.Errorf("token answer %v", got)
	}
	s.As(got["access_token"].(string)).Send("GET", "/auth/users/", "").Want(200)

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
	s.Form("/auth/token", with("password", "wrong")).Refused(401, incorrect)
	s.Form("/auth/token", with("username", "bob")).Refused(401, incorrect)
	s.Form("/auth/token", with("username", "Ann")).Refused(401, incorrect)
	s.Form("/auth/token", without("scope")).Want(200)
	s.Form("/auth/token", without("username")).Invalid("body.username: missing")
	s.Form("/auth/token", with("password", "")).Invalid("body.password: missing")
	s.Form("/auth/token", without("grant_type")).Invalid("body.grant_type: missing")
	s.Form("/auth/token", with("grant_type", "implicit")).Invalid("body.grant_type: string_pattern_mismatch")
	s.Send("POST", "/auth/token", fields{"username": "ann", "password": password, "grant_type": "password"}).
		Invalid("body.grant_type: missing", "body.username: missing", "body.password: missing")
	s.Form("/auth/token", with("scope", strings.Repeat("x", 5<<20))).Want(413)
	// The credentials belong into the body, not into the URL.
	s.Form("/auth/token?"+grant("ann", password).Encode(), nil).Want(422)
}

func TestPasswordGrantWithClientCredentials(t *testing.T) {
	s := start(t, authserver.Config{ClientID: "terraform", ClientSecret: "s3cret"})
	form := grant(authservertest.AdminUsername, authservertest.AdminPassword)
	s.Form("/auth/token", form).Refused(401, "Invalid client credentials")
	form.Set("client_id", "terraform")
	s.Form("/auth/token", form).Refused(401, "Invalid client credentials")
	form.Set("client_secret", "s3cret")
	s.Form("/auth/token", form).Want(200)
	form.Set("client_id", "other")
	s.Form("/auth/token", form).Refused(401, "Invalid client credentials")
}

func TestLocalLogin(t *testing.T) {
	s := start(t, authserver.Config{})
	s.User("ann")
	path := func(username, password string) string {
		return "/auth/local-login?" + url.Values{"username": {username}, "password": {password}}.Encode()
	}
	token := s.As("").Send("POST", path("ann", password), "").Object()["access_token"].(string)
	s.As(token).Send("GET", "/auth/users/", "").Want(200)
	s.As("").Send("POST", path("ann", "wrong"), "").Refused(401, incorrect)
	s.As("").Send("POST", path("ann", ""), "").Refused(401, incorrect)
	s.As("").Send("POST", "/auth/local-login", "").Invalid("query.username: missing", "query.password: missing")
}

func TestLoginOfInactiveUser(t *testing.T) {
	s := start(t, authserver.Config{})
	id := s.User("ann")
	s.Send("PUT", "/auth/users/"+id, fields{"is_active": false}).Want(200)
	s.Form("/auth/token", grant("ann", password)).Refused(403, "Inactive user")
	s.Form("/auth/token", grant("ann", "wrong")).Refused(401, incorrect)
	s.Send("PUT", "/auth/users/"+id, fields{"is_active": true}).Want(200)
	s.Form("/auth/token", grant("ann", password)).Want(200)
}

func TestPasswordIsLimitedTo72Bytes(t *testing.T) {
	s := start(t, authserver.Config{})
	long := strings.Repeat("é", 36)
	body := fields{"username": "ann", "email": "ann@example.com", "password": long + "x"}
	s.Send("POST", "/auth/users/local", body).Invalid("body.password: value_error")
	body["password"] = long
	s.Send("POST", "/auth/users/local", body).Want(200)
	s.Form("/auth/token", grant("ann", long)).Want(200)
	// bcrypt by itself would look at the first 72 bytes only.
	s.Form("/auth/token", grant("ann", long+"x")).Refused(401, incorrect)
}

func TestLoginIsRemembered(t *testing.T) {
	now := newClock()
	s := start(t, authserver.Config{Now: now.Now})
	id := s.User("ann")
	if got := s.Send("GET", "/auth/users/"+id, "").Object()["last_login"]; got != nil {
		t.Errorf("last_login before a login: %v", got)
	}
	now.Add(time.Minute)
	s.Form("/auth/token", grant("ann", "wrong")).Want(401)
	if got := s.Send("GET", "/auth/users/"+id, "").Object()["last_login"]; got != nil {
		t.Errorf("last_login after a refused login: %v", got)
	}
	s.Login("ann")
	if got := s.Send("GET", "/auth/users/"+id, "").Object()["last_login"]; got != "2024-10-03T10:01:00.123456" {
		t.Errorf("last_login %v", got)
	}
}

func TestTokensAreRandom(t *testing.T) {
	s := start(t, authserver.Config{})
	s.User("ann")
	if a, b := s.Login("ann").Token, s.Login("ann").Token; a == b || len(a) < 20 {
		t.Errorf("two logins gave %q and %q", a, b)
	}
}

const notValid = "Could not validate credentials"

func TestTokenExpires(t *testing.T) {
	now := newClock()
	s := start(t, authserver.Config{Now: now.Now, TokenTTL: time.Minute})
	s.User("ann")
	ann := s.Login("ann")
	now.Add(59 * time.Second)
	ann.Send("GET", "/auth/users/", "").Want(200)
	now.Add(time.Second)
	got := ann.Send("GET", "/auth/users/", "").Refused(401, notValid)
	if got.Header.Get("WWW-Authenticate") != "Bearer" {
		t.Error("a 401 without WWW-Authenticate")
	}
	ann.WithCookie("/auth/users/me").Refused(401, notValid)
	s.Login("ann").Send("GET", "/auth/users/", "").Want(200)
	s.Send("GET", "/auth/users/", "").Want(200) // the API key stays
}

func TestUnknownTokens(t *testing.T) {
	s := start(t, authserver.Config{})
	s.User("ann")
	good := s.Login("ann").Token
	s.As(good).Send("GET", "/auth/users/", "").Want(200)
	for name, token := range map[string]string{
		"in small letters": strings.ToLower(good),
		"cut":              good[:len(good)-1],
		"token and more":   good + "x",
		"three parts":      "x.y.z",
		"key and more":     authservertest.APIKey + "x",
	} {
		t.Run(name, func(t *testing.T) {
			s := s.As(token)
			s.TB = t
			s.Send("GET", "/auth/users/", "").Refused(401, notValid)
		})
	}
}

func TestTokenOfAnotherServer(t *testing.T) {
	// Both know the same user.
	file := seed(t, company)
	one := start(t, authserver.Config{StateFile: file})
	other := start(t, authserver.Config{StateFile: file})
	form := grant(authservertest.AdminUsername, authservertest.AdminPassword)
	token := one.Form("/auth/token", form).Object()["access_token"].(string)
	one.As(token).Send("GET", "/auth/users/", "").Want(200)
	other.As(token).Send("GET", "/auth/users/", "").Refused(401, notValid)
}

func TestRevokeTokens(t *testing.T) {
	s := start(t, authserver.Config{})
	s.User("ann")
	ann := s.Login("ann")
	s.Server.RevokeTokens()
	ann.Send("GET", "/auth/users/", "").Refused(401, notValid)
	s.Login("ann").Send("GET", "/auth/users/", "").Want(200)
	s.Send("GET", "/auth/users/", "").Want(200)
}

func TestTokensEndWithTheirUser(t *testing.T) {
	s := start(t, authserver.Config{})
	id := s.User("ann")
	ann := s.Login("ann")
	s.Send("PUT", "/auth/users/"+id, fields{"is_active": false}).Want(200)
	ann.Send("GET", "/auth/users/", "").Refused(401, notValid)
	s.Send("PUT", "/auth/users/"+id, fields{"is_active": true}).Want(200)
	ann.Send("GET", "/auth/users/", "").Want(200)
	s.Send("DELETE", "/auth/users/"+id, "").Want(200)
	ann.Send("GET", "/auth/users/", "").Refused(401, notValid)
	s.Form("/auth/token", grant("ann", password)).Refused(401, incorrect)
}

func TestAPIKeyActsAsTheAdmin(t *testing.T) {
	now := newClock()
	s := start(t, authserver.Config{Now: now.Now})
	now.Add(1000 * time.Hour)
	if got := s.WithCookie("/auth/users/me").Object(); got["id"] != s.Server.AdminID() || got["username"] != authservertest.AdminUsername {
		t.Errorf("the API key is of %v", got)
	}
	s.Right("deploy")
	s.Send("PUT", "/auth/users/"+s.Server.AdminID(), fields{"is_superuser": false}).Want(200)
	s.Send("POST", "/auth/rights/", fields{"name": "release"}).Refused(403, "Not enough permissions")
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
		r, _ := http.NewRequest(http.MethodGet, s.URL+"/auth/users/", nil)
		r.Header.Set("Authorization", header)
		got, err := s.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		got.Want(status)
	}
	s.As("").Send("GET", "/auth/users/", "").Refused(401, "Not authenticated")
}

func TestWhoAmIReadsTheCookieOnly(t *testing.T) {
	s := start(t, authserver.Config{})
	group := s.Group("admins")
	id := s.User("ann", group)
	ann := s.Login("ann")
	user := s.Send("GET", "/auth/users/"+id, "").Want(200)
	for _, path := range []string{"/auth/users/me", "/auth/verify-token"} {
		if got := ann.WithCookie(path).Want(200); !bytes.Equal(got.Body, user.Body) {
			t.Errorf("%s answers %s, want %s", path, got.Body, user.Body)
		}
		ann.Send("GET", path, "").Refused(401, "Not authenticated")
		s.As("").WithCookie(path).Refused(401, "Not authenticated")
		s.As("rubbish").WithCookie(path).Refused(401, notValid)
	}
}

func TestPermissions(t *testing.T) {
	s := start(t, authserver.Config{})
	read, write := s.Right("read"), s.Right("write")
	reader, writer := s.Role("reader", read), s.Role("writer", write, read)
	a, b := s.Group("a", writer), s.Group("b", reader, writer)
	s.Role("unused", read)
	id := s.User("ann", b, a)
	ann := s.Login("ann")

	got := string(s.As("").Send("GET", "/auth/users/me/permissions?token="+ann.Token, "").Want(200).Body)
	want := `{"user_id":"` + id + `","rights":["read","write"],"roles":["reader","writer"],"groups":["a","b"]}`
	if got != want {
		t.Errorf("permissions %s, want %s", got, want)
	}
	got = string(s.Send("GET", "/auth/users/me/permissions?token="+s.Token, "").Want(200).Body)
	if want := `{"user_id":"` + s.Server.AdminID() + `","rights":[],"roles":[],"groups":[]}`; got != want {
		t.Errorf("permissions %s, want %s", got, want)
	}
	s.Send("GET", "/auth/users/me/permissions", "").Invalid("query.token: missing")
	s.Send("GET", "/auth/users/me/permissions?token=rubbish", "").Refused(401, notValid)
	s.Send("GET", "/auth/users/me/permissions?token=", "").Refused(401, "Not authenticated")
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
	s.User("ann")
	ann := s.Login("ann")
	for _, call := range protected {
		t.Run(call.method+" "+call.path, func(t *testing.T) {
			s, ann := s, ann
			s.TB, ann.TB = t, t
			// Neither the body nor the ids are looked at before the caller.
			path := strings.ReplaceAll(call.path, nobody, "no-uuid")
			s.As("").Send(call.method, path, "{").Refused(401, "Not authenticated")
			if call.method != "GET" {
				ann.Send(call.method, path, "{").Refused(403, "Not enough permissions")
			} else if got := ann.Send("GET", call.path, ""); got.Status != 200 && got.Status != 404 {
				t.Errorf("a reader's GET: %d", got.Status)
			}
			if got := s.Send(call.method, call.path, "{}"); got.Status == 401 || got.Status == 403 || got.Status == 405 {
				t.Errorf("the admin's call: %d", got.Status)
			} else if string(got.Body) == `{"detail":"Not Found"}` {
				t.Error("the router does not know the call")
			}
		})
	}
}

func TestLogHoldsNoSecrets(t *testing.T) {
	var log bytes.Buffer
	s := start(t, authserver.Config{Log: slog.New(slog.NewTextHandler(&log, nil))})
	s.As("").Send("POST", "/auth/local-login?username=admin&password=topsecret", "").Want(401)
	s.As("").Send("GET", "/auth/users/me/permissions?token=topsecret", "").Want(401)
	s.Form("/auth/token", grant("admin", "topsecret")).Want(401)
	s.Send("POST", "/auth/users/local", `{"password": "topsecret", "email": 1`).Want(422)
	s.Send("POST", "/auth/users/local", fields{"password": strings.Repeat("topsecret", 9)}).Want(422)
	s.As("topsecret").Send("GET", "/auth/users/", "").Want(401)
	s.Send("GET", "/auth/users/", "").Want(200)

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
