package gateway_test

import (
	"strings"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

// created splits the answer to a new token.
func created(t *testing.T, r reply) (token string, pat map[string]any) {
	t.Helper()
	got := r.Object()
	pat, _ = got["pat"].(map[string]any)
	return text(got, "token"), pat
}

func pats(s session) []gateway.PAT {
	s.Helper()
	var list struct{ Pats []gateway.PAT }
	s.Send("GET", "/auth/pats", "").Want(200).Decode(&list)
	return list.Pats
}

func TestPATs(t *testing.T) {
	now := newClock()
	s := start(t, authserver.Config{Now: now.Now})
	id := s.User("ann", "admin")
	subject := text(s.Send("GET", "/auth/users/"+id, "").Object(), "linked_subject_id")
	ann := s.Login("ann")

	token, pat := created(t, ann.Send("POST", "/auth/pats?name=ci&ttl_seconds=3600&scope=admin&aud=kamiwaza-platform", ""))
	exp := now.Now().Unix() + 3600
	equal(t, "token", pat, fields{
		"id": pat["id"], "jti": pat["jti"], "owner_id": subject, "name": "ci", "scope": "admin", "aud": "kamiwaza-platform", "exp": exp,
		"tenant_id": "__default__", "created_at": "2024-10-03T10:00:00.123456Z", "updated_at": "2024-10-03T10:00:00.123456Z", "revoked": false,
	})
	me := s.As(token).Send("GET", "/auth/users/me", "").Object()
	if me["sub"] != subject || me["username"] != subject {
		t.Errorf("users/me under a token is %v", me)
	}
	equal(t, "roles", me["roles"], []string{"admin"})
	s.As(token).Send("GET", "/auth/users/", "").Want(200)

	plain, other := created(t, ann.Send("POST", "/auth/pats", fields{"name": "ci", "scope": "openid", "ttl_seconds": 60}))
	equal(t, "roles", s.As(plain).Send("GET", "/auth/users/me", "").Object()["roles"], []string{"user", "editor", "viewer"})
	s.As(plain).Send("GET", "/auth/users/", "").Refused(403, "Admin role required")
	if list := pats(ann); len(list) != 2 || list[0].JTI != pat["jti"] || list[1].JTI != other["jti"] {
		t.Errorf("list %+v", list)
	}
	if list := pats(s); len(list) != 0 {
		t.Errorf("the list of another user is %+v", list)
	}
	if body := string(ann.Send("GET", "/auth/pats", "").Body); strings.Contains(body, token) {
		t.Error("the list shows a token")
	}
	s.Send("DELETE", "/auth/pats/"+text(pat, "jti"), "").Refused(404, "PAT not found") // another user's
	ann.Send("DELETE", "/auth/pats/x", "").Refused(404, "PAT not found")

	ann.Send("DELETE", "/auth/pats/"+text(pat, "jti"), "").Want(200)
	s.As(token).Send("GET", "/auth/users/me", "").Refused(401, "Not authenticated")
	if list := pats(ann); len(list) != 2 || !list[0].Revoked || list[1].Revoked {
		t.Errorf("list %+v", list)
	}
	now.Add(time.Minute)
	s.As(plain).Send("GET", "/auth/users/me", "").Want(401)

	_, usual := created(t, ann.Send("POST", "/auth/pats", "null"))
	if usual["exp"] != float64(now.Now().Unix()+30*24*3600) || usual["scope"] != "write" || usual["name"] != nil || usual["aud"] != nil {
		t.Errorf("a token by default is %v", usual)
	}
}

func TestPATConfig(t *testing.T) {
	s := start(t, authserver.Config{})
	s.User("ann")
	equal(t, "scopes", s.Send("GET", "/auth/pat-config", "").Object()["available_scopes"], []string{"read", "write", "admin"})
	ann := s.Login("ann")
	equal(t, "scopes", ann.Send("GET", "/auth/pat-config", "").Object()["available_scopes"], []string{"read", "write"})
	ann.Send("POST", "/auth/pats?scope=admin", "").Refused(403, "The scope admin needs the role admin")
}

func TestPATLimits(t *testing.T) {
	long := strings.Repeat("x", 256)
	s := start(t, authserver.Config{})
	s.Send("POST", "/auth/pats?name="+long+"&aud="+long+"&scope="+long, "").
		Invalid("query.name: string_too_long", "query.scope: string_too_long", "query.aud: string_too_long")
	s.Send("POST", "/auth/pats", fields{"name": long, "aud": long, "scope": long[:51], "ttl_seconds": 59}).
		Invalid("body.name: string_too_long", "body.scope: string_too_long", "body.aud: string_too_long", "body.ttl_seconds: greater_than_equal")
	s.Send("POST", "/auth/pats", fields{"ttl_seconds": 31536001}).Invalid("body.ttl_seconds: less_than_equal")
	s.Send("POST", "/auth/pats", fields{"ttl_seconds": "60", "name": 7}).Invalid("body.name: string_type", "body.ttl_seconds: int_type")
	s.Send("POST", "/auth/pats?scope="+long[:64]+"&ttl_seconds=60", "").Want(200)

	for behavior, status := range map[gateway.PATLifetime]int{
		"": 422, gateway.PATLifetime422: 422, gateway.PATLifetime400: 400, gateway.PATLifetimeClamped: 200, gateway.PATLifetimeGiven: 200,
	} {
		now := newClock()
		s := start(t, authserver.Config{Now: now.Now, API: gateway.Behavior{PATLifetime: behavior}})
		for ttl, clamped := range map[string]int64{"59": 60, "31536001": 31536000} {
			got := s.Send("POST", "/auth/pats?ttl_seconds="+ttl, "").Want(status)
			if status != 200 {
				continue
			}
			_, pat := created(t, got)
			is := pat["exp"] == float64(now.Now().Unix()+clamped)
			if is != (behavior == gateway.PATLifetimeClamped) {
				t.Errorf("%s: a lifetime of %s expires at %v", behavior, ttl, pat["exp"])
			}
		}
	}
}

func TestPATBehaviors(t *testing.T) {
	s := with(t, gateway.Behavior{PATNamesUnique: true, DuplicateStatus: 409, PATFromPAT: "403", RevokeTwice: "404"})
	s.User("ann", "admin")
	ann := s.Login("ann")
	token, pat := created(t, ann.Send("POST", "/auth/pats?name=ci&scope=admin", ""))
	ann.Send("POST", "/auth/pats?name=ci", "").Refused(409, "A token with this name already exists")
	s.As(token).Send("POST", "/auth/pats?name=another", "").Refused(403, "A personal access token cannot create another")
	ann.Send("DELETE", "/auth/pats/"+text(pat, "jti"), "").Want(200)
	ann.Send("DELETE", "/auth/pats/"+text(pat, "jti"), "").Refused(404, "PAT is already revoked")
	ann.Send("POST", "/auth/pats?name=ci", "").Want(200)

	s = start(t, authserver.Config{})
	_, pat = created(t, s.Send("POST", "/auth/pats?name=ci", ""))
	s.Send("POST", "/auth/pats?name=ci", "").Want(200)
	for range 2 {
		s.Send("DELETE", "/auth/pats/"+text(pat, "jti"), "").Want(200)
	}
}
