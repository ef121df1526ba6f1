package gateway_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

// The ids of company.
const (
	ann     = "50000000-0000-4000-8000-000000000001"
	annsub  = "60000000-0000-4000-8000-000000000001"
	bob     = "50000000-0000-4000-8000-000000000002"
	eve     = "50000000-0000-4000-8000-000000000003"
	team    = "40000000-0000-4000-8000-000000000001"
	annsPAT = "70000000-0000-4000-8000-000000000001"
)

// company is a state file as one writes it by hand. The token of its PAT is "token".
const company = `{
	"version": 1,
	"users": [
		{"id": "` + ann + `", "subject_id": "` + annsub + `", "username": "ann", "email": "ann@example.com", "roles": ["user", "admin"]},
		{"id": "` + bob + `", "username": "bob", "active": false, "disabled": true},
		{"id": "` + eve + `", "username": "eve", "email": "eve@example.com", "is_external": true, "created_at": "2020-01-01T00:00:00"}
	],
	"groups": [{"id": "` + team + `", "name": "team", "members": ["` + annsub + `", "anybody"], "managed_by": "mapping"}],
	"pats": [{"id": "` + annsPAT + `", "jti": "j", "user_id": "` + ann + `", "scope": "admin",
		"token_hash": "3c469e9d6c5875d37a43f353d4f88e61fcf812c66eee3457465a40b0da4153e0"}]
}`

// seed writes a state file.
func seed(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "state.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestStateFileByHand(t *testing.T) {
	now := newClock()
	s := start(t, authserver.Config{StateFile: seed(t, company), Now: now.Now})
	equal(t, "ann", s.Send("GET", "/auth/users/"+ann, "").Object(), fields{
		"id": ann, "username": "ann", "email": "ann@example.com", "roles": []string{"user", "admin"}, "active": true, "deleted": false,
		"is_external": false, "external_id": nil, "linked_subject_id": annsub, "full_name": nil, "name": nil, "is_superuser": false,
		"created_at": "2024-10-03T10:00:00.123456", "updated_at": "2024-10-03T10:00:00.123456",
	})
	if got := s.Send("GET", "/auth/users/"+bob, "").Object(); got["active"] != false || got["linked_subject_id"] != bob || got["email"] != nil {
		t.Errorf("bob %v", got)
	}
	if got := s.Send("GET", "/auth/users/"+eve, "").Object(); got["is_external"] != true || got["created_at"] != "2020-01-01T00:00:00" {
		t.Errorf("eve %v", got)
	}
	equal(t, "members", members(s, "/authz/groups/"+team), []string{annsub, "anybody"})
	if got := s.Send("GET", "/authz/groups/"+team, "").Object()["managed_by"]; got != "mapping" {
		t.Errorf("managed_by %v", got)
	}
	holder := s.As("token")
	if list := pats(holder); len(list) != 1 || list[0].OwnerID != annsub || list[0].Exp != nil {
		t.Errorf("tokens %+v", list)
	}
	login(s, "ann", "x").Want(401)
}

func TestRestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.json")
	config := authserver.Config{StateFile: path}
	s := start(t, config)
	id := s.User("ann", "admin")
	token, pat := created(t, s.Login("ann").Send("POST", "/auth/pats?name=ci&scope=admin", ""))
	g := group(s, "g")
	s.Send("POST", g+"/members", fields{"user_id": "x"}).Want(204)
	s.Send("DELETE", "/auth/users/"+id, "").Want(200)
	before := s.Server.Snapshot()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{token, password, authservertest.AdminPassword} {
		if strings.Contains(string(data), secret) {
			t.Error("the state file holds a secret")
		}
	}

	s = start(t, config)
	equal(t, "data", s.Server.Snapshot(), before)
	s.Send("GET", "/auth/users/"+id, "").Want(404)
	login(s, "ann", password).Want(200)
	if list := pats(s.As(token)); len(list) != 1 || list[0].JTI != pat["jti"] {
		t.Errorf("tokens %+v", list)
	}
	equal(t, "members", members(s, g), []string{"x"})
	user(s, "ann", nil).Want(201)
}

func TestAdminIsSetUp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.json")
	config := authserver.Config{StateFile: path}
	s := start(t, config)
	id := s.Server.AdminID()
	s.Send("PUT", "/auth/users/"+id, fields{"active": false, "roles": []string{"viewer"}}).Want(200)
	s.Send("DELETE", "/auth/users/"+id, "").Want(200)

	config.AdminPassword = "another password"
	s = start(t, config)
	login(s, authservertest.AdminUsername, "another password").Want(200)
	got := s.Send("GET", "/auth/users/"+id, "").Object()
	if s.Server.AdminID() != id || got["active"] != true || got["deleted"] != false {
		t.Errorf("the admin is %v", got)
	}
	equal(t, "roles", got["roles"], []string{"viewer", "admin"})
}

func TestDamagedStateFiles(t *testing.T) {
	for want, text := range map[string]string{
		"it is damaged":                              `{`,
		"it has no version":                          `{}`,
		"its version is 2":                           `{"version": 2}`,
		`it has no "groups"`:                         `{"version": 1, "users": [], "pats": []}`,
		`it has no "pats"`:                           `{"version": 1, "users": [], "groups": []}`,
		"unknown field":                              strings.Replace(company, `"username": "bob"`, `"name": "bob"`, 1),
		"users[1]: the username is missing":          strings.Replace(company, `"username": "bob", `, "", 1),
		`users[0]: the email "ann": `:                strings.Replace(company, `"email": "ann@example.com"`, `"email": "ann"`, 1),
		"users[1]: the id":                           strings.Replace(company, bob, "x", 1),
		"users[1]: the id " + ann:                    strings.Replace(company, bob, ann, 1),
		"users[1]: the object " + bob + ": Usernam":  strings.Replace(company, `"bob"`, `"ann"`, 1),
		"users[2]: the object " + eve + ": Email al": strings.Replace(company, "eve@example.com", "ann@example.com", 1),
		"users[1]: the password_hash is not":         strings.Replace(company, `"active": false`, `"password_hash": "x"`, 1),
		"groups[0]: the name is missing":             strings.Replace(company, `"name": "team", `, "", 1),
		"pats[0]: User not found: " + bob[:8]:        strings.Replace(company, `"user_id": "`+ann, `"user_id": "`+bob[:8], 1),
		"pats[0]: the jti, the token_hash or the s":  strings.Replace(company, `, "scope": "admin"`, "", 1),
	} {
		_, err := gateway.New(authserver.Config{AdminUsername: "admin", AdminPassword: password, BcryptCost: 4, StateFile: seed(t, text)})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
