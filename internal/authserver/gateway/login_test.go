package gateway_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

// claims reads what a JWT says.
func claims(t *testing.T, token string) map[string]any {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("no JWT: %d parts", len(parts))
	}
	data, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var said map[string]any
	if err := json.Unmarshal(data, &said); err != nil {
		t.Fatal(err)
	}
	return said
}

func TestPasswordGrant(t *testing.T) {
	s := start(t, authserver.Config{TokenTTL: 90 * time.Second})
	id := s.User("ann")
	got := login(s, "ann", password).Object()
	if got["token_type"] != "bearer" || got["expires_in"] != 90.0 || text(got, "refresh_token") == "" || text(got, "id_token") == "" {
		t.Errorf("answer %v", got)
	}
	me := s.As(text(got, "access_token")).Send("GET", "/auth/users/me", "").Object()
	subject := text(s.Send("GET", "/auth/users/"+id, "").Object(), "linked_subject_id")
	equal(t, "users/me", me, fields{"sub": subject, "username": "ann", "email": "ann@example.com", "groups": []string{}, "roles": []string{"user"}})
	if subject == id {
		t.Error("the subject id is the local id")
	}
	said := claims(t, text(got, "access_token"))
	if said["sub"] != subject || said["sid"] == "" || said["preferred_username"] != "ann" {
		t.Errorf("claims %v", said)
	}

	form := func(changes ...string) reply {
		values := url.Values{"grant_type": {"password"}, "username": {"ann"}, "password": {password}, "scope": {"email"}, "client_id": {"kamiwaza-platform"}}
		for i := 0; i < len(changes); i += 2 {
			values.Set(changes[i], changes[i+1])
		}
		return s.Form("/auth/token", values)
	}
	if got := form().Object(); got["id_token"] != nil {
		t.Errorf("an id_token without the scope openid: %v", got)
	}
	form("client_id", "").Want(200)
	form("client_id", "string").Refused(401, "Invalid client credentials")
	form("grant_type", "client_credentials").Refused(400, "unsupported_grant_type")
	form("password", "wrong").Refused(401, "Invalid username or password")
	form("username", "nobody").Refused(401, "Invalid username or password")
	form("username", "").Invalid("body.username: missing")
	form("password", "").Invalid("body.password: missing")
	s.Form("/auth/token", url.Values{}).Invalid("body.username: missing", "body.password: missing")
}

func TestClientCredentials(t *testing.T) {
	s := start(t, authserver.Config{ClientID: "terraform", ClientSecret: "the client's secret"})
	form := func(id, secret string) reply {
		return s.Form("/auth/token", url.Values{
			"username": {authservertest.AdminUsername}, "password": {authservertest.AdminPassword}, "client_id": {id}, "client_secret": {secret},
		})
	}
	form("terraform", "the client's secret").Want(200)
	form("", "the client's secret").Want(200)
	form("terraform", "another").Want(401)
	form("kamiwaza-platform", "the client's secret").Want(401)
}

func TestRefresh(t *testing.T) {
	now := newClock()
	s := start(t, authserver.Config{Now: now.Now})
	id := s.User("ann")
	refresh := func(token string) reply {
		return s.As("").Send("POST", "/auth/refresh?refresh_token="+url.QueryEscape(token), "")
	}

	first := login(s, "ann", password).Object()
	s.Send("PUT", "/auth/users/"+id, fields{"roles": []string{"admin"}}).Want(200)
	ann := s.As(text(first, "access_token"))
	ann.Send("GET", "/auth/users/", "").Refused(403, "Admin role required") // the roles are of the login

	second := refresh(text(first, "refresh_token")).Object()
	s.As(text(second, "access_token")).Send("GET", "/auth/users/", "").Want(200)
	if claims(t, text(first, "access_token"))["sid"] != claims(t, text(second, "access_token"))["sid"] {
		t.Error("a refresh begins another session")
	}
	refresh(text(first, "refresh_token")).Refused(401, "Invalid or expired refresh token") // it was rotated
	ann.Send("GET", "/auth/users/me", "").Want(200)                                        // the access token goes on

	r, _ := http.NewRequest(http.MethodPost, s.URL+"/auth/refresh", nil)
	r.AddCookie(&http.Cookie{Name: "refresh_token", Value: text(second, "refresh_token")})
	got, err := s.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	third := got.Object()
	s.As("").Send("POST", "/auth/refresh", "").Want(401)

	s.Server.RevokeTokens()
	s.As(text(third, "access_token")).Send("GET", "/auth/users/me", "").Refused(401, "Not authenticated")
	fourth := refresh(text(third, "refresh_token")).Object()
	now.Add(time.Hour)
	s.As(text(fourth, "access_token")).Send("GET", "/auth/users/me", "").Want(401)
	now.Add(30 * 24 * time.Hour)
	refresh(text(fourth, "refresh_token")).Want(401)

	fifth := login(s, "ann", password).Object()
	s.Server.EndSessions()
	refresh(text(fifth, "refresh_token")).Want(401)
}

func TestLogout(t *testing.T) {
	s := start(t, authserver.Config{})
	s.User("ann")
	tokens := login(s, "ann", password).Object()
	ann := s.As(text(tokens, "access_token"))
	refresh := func() reply { return s.Send("POST", "/auth/refresh?refresh_token="+text(tokens, "refresh_token"), "") }

	for _, body := range []any{"", "null", fields{}} { // the access token alone ends nothing
		if got := ann.Send("POST", "/auth/logout", body).Object(); got["session_termination_requested"] != false || text(got, "message") == "" {
			t.Errorf("logout answers %v", got)
		}
	}
	tokens = refresh().Object()
	if got := ann.Send("POST", "/auth/logout", fields{"refresh_token": tokens["refresh_token"]}).Object(); got["session_termination_requested"] != true {
		t.Errorf("logout answers %v", got)
	}
	refresh().Want(401)
	s.As("").Send("POST", "/auth/logout", fields{"refresh_token": 7}).Invalid("body.refresh_token: string_type")
}

func TestTokensAreChecked(t *testing.T) {
	s := start(t, authserver.Config{})
	s.User("ann")
	ann := s.Login("ann")
	if got := ann.As("").Send("GET", "/auth/users/me", "").Refused(401, "Not authenticated"); got.Header.Get("WWW-Authenticate") != "Bearer" {
		t.Errorf("headers %v", got.Header)
	}
	ann.As("wrong").Send("GET", "/auth/users/me", "").Refused(401, "Not authenticated")
	ann.WithCookie("/auth/users/me").Want(200)

	got := ann.Send("GET", "/auth/validate", "").Want(200)
	if got.Header.Get("X-User-Name") != "ann" || got.Header.Get("X-User-Roles") != "user" || got.Header.Get("X-User-Id") == "" {
		t.Errorf("headers %v", got.Header)
	}
	for _, path := range []string{"/auth/validate", "/auth/forward/validate", "/auth/forward/validate/x"} {
		ann.Send("POST", path, "").Want(200)
		ann.As("").Send("POST", path, "").Want(401)
	}
}

func TestNonAdmins(t *testing.T) {
	s := start(t, authserver.Config{})
	id := s.User("ann", "user", "editor", "viewer")
	ann := s.Login("ann")
	for _, call := range []struct{ method, path string }{
		{"POST", "/auth/users/local"},
		{"GET", "/auth/users/"},
		{"GET", "/auth/users/resolve/" + id},
		{"GET", "/auth/users/" + id},
		{"PUT", "/auth/users/" + id},
		{"DELETE", "/auth/users/" + id},
		{"POST", "/auth/users/" + id + "/password"},
		{"POST", "/auth/sessions/purge"},
		{"DELETE", "/auth/sessions/x"},
	} {
		ann.Send(call.method, call.path, "{}").Refused(403, "Admin role required")
		ann.As("").Send(call.method, call.path, "{}").Refused(401, "Not authenticated")
	}
	for _, call := range []struct{ method, path string }{
		{"GET", "/authz/groups/"},
		{"POST", "/authz/groups/"},
		{"GET", "/authz/groups/x"},
		{"DELETE", "/authz/groups/x"},
		{"GET", "/authz/groups/x/members"},
		{"POST", "/authz/groups/x/members"},
		{"DELETE", "/authz/groups/x/members/y"},
	} {
		ann.Send(call.method, call.path, "{}").Refused(403, "Role 'admin' is required to access this resource")
		ann.As("").Send(call.method, call.path, "{}").Refused(401, "Not authenticated")
	}
}

func TestAPIKey(t *testing.T) {
	s := start(t, authserver.Config{})
	me := s.Send("GET", "/auth/users/me", "").Object()
	if me["username"] != me["sub"] {
		t.Errorf("the key is no personal access token of the admin's: %v", me)
	}
	s.Send("GET", "/auth/users/", "").Want(200)
}

func TestLite(t *testing.T) {
	s := with(t, gateway.Behavior{Lite: true})
	equal(t, "health", s.As("").Send("GET", "/auth/health", "").Object(), fields{"status": "healthy", "KAMIWAZA_USE_AUTH": false})
	created := user(s, "ann", nil).Object()
	if created["linked_subject_id"] != nil || created["external_id"] != nil {
		t.Errorf("created %v", created)
	}
	ann := s.Login("ann")
	ann.Send("GET", "/auth/users/me", "").Refused(401, "Not authenticated")
	ann.Send("GET", "/auth/pats", "").Want(200)
	if claims(t, ann.Token)["sub"] != created["id"] {
		t.Error("the subject id is not the local id")
	}
	s.Send("DELETE", "/auth/users/"+text(created, "id"), "").Want(200)
	login(s, "ann", password).Want(401) // there is no Keycloak that a delete does not reach
	ann.Send("GET", "/auth/pats", "").Want(401)
}

func TestMetadata(t *testing.T) {
	s := start(t, authserver.Config{}).As("")
	equal(t, "health", s.Send("GET", "/auth/health", "").Object(), fields{"status": "healthy", "KAMIWAZA_USE_AUTH": true})
	if got := s.Send("GET", "/auth/", "").Object(); got["message"] != "Kamiwaza Auth Service" {
		t.Errorf("root %v", got)
	}
	keys, _ := s.Send("GET", "/auth/jwks", "").Object()["keys"].([]any)
	if key, _ := keys[0].(map[string]any); key["kty"] != "RSA" || text(key, "n") == "" || key["e"] != "AQAB" {
		t.Errorf("keys %v", keys)
	}
	s.Send("GET", "/ping", "").Want(401)
	for behavior, mode := range map[gateway.Behavior]string{{}: "rebac", {ReBACOff: true}: "rbac", {Lite: true}: "no-auth"} {
		s := with(t, behavior)
		equal(t, "ping", s.Send("GET", "/ping", "").Object()["status"], "pong")
		s.Send("GET", "/whoami", "").Want(200)
		if got := s.Send("GET", "/config/runtime-posture", "").Object()["authMode"]; got != mode {
			t.Errorf("authMode %v, want %s", got, mode)
		}
	}
}
