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
	lab     = "80000000-0000-4000-8000-000000000001"
	mapping = "90000000-0000-4000-8000-000000000001"
	invited = "a0000000-0000-4000-8000-000000000001"
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
		"token_hash": "3c469e9d6c5875d37a43f353d4f88e61fcf812c66eee3457465a40b0da4153e0"}],
	"tuples": [
		{"subject_namespace": "user", "subject_id": "` + annsub + `", "relation": "viewer", "resource_type": "dataset", "resource_id": "x"},
		{"subject_namespace": "group", "subject_id": "` + team + `", "relation": "editor", "resource_type": "dataset", "resource_id": "x", "granted": true}
	],
	"workrooms": [{"id": "` + lab + `", "name": "lab", "owner_user_id": "` + annsub + `", "attributes": {"a": 1},
		"members": [{"user_id": "` + bob + `", "role": "viewer", "active": true}]}],
	"group_mappings": [{"id": "` + mapping + `", "issuer": "https://idp.example.com", "idp_group_path": "/staff", "local_group_name": "team"}],
	"identity_providers": [{"alias": "corp", "provider_id": "oidc", "enabled": true}],
	"attributes": [{"name": "clearance", "type": "string"}, {"name": "teams", "type": "string[]", "state": "deprecated"}],
	"subjects": [
		{"id": "` + annsub + `", "username": "ann", "attributes": {"clearance": "secret"}},
		{"id": "kim", "username": "Kim", "attributes": {"teams": ["a"]}}
	],
	"invitations": [{"id": "` + invited + `", "invitee": "lee@example.com", "surface_id": "use", "room_scope": {"kind": "no_workroom"}}]
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

	equal(t, "tuples", values(list(s.Send("GET", "/auth/tuples/", "")), "relation"), []string{"viewer", "editor"})
	labs := list(holder.Send("GET", "/workrooms/"+lab+"/members", ""), "items")
	equal(t, "members of the workroom", values(labs, "role"), []string{"viewer", "owner"})
	equal(t, "mappings", values(list(s.Send("GET", mappings, "")), "id"), []string{mapping})
	equal(t, "identity providers", values(providers(s), "display_name"), []string{"corp"})
	equal(t, "attributes", values(list(s.Send("GET", attributes, ""), "attributes"), "state"), []string{"declared", "deprecated"})
	equal(t, "subject", s.Send("GET", subjects+"ann", "").Object()["attributes"], fields{"clearance": "secret"})
	equal(t, "another subject", s.Send("GET", subjects+"kim", "").Object()["attributes"], fields{"teams": "a"})
	if got := s.Server.Snapshot().Invitations; len(got) != 1 || got[0].Status != "active" {
		t.Errorf("invitations %+v", got)
	}
}

// TestOldStateFile holds that a file of before the optional lists is read.
func TestOldStateFile(t *testing.T) {
	old, _, _ := strings.Cut(company, `,
	"tuples"`)
	s := start(t, authserver.Config{StateFile: seed(t, old+"}")})
	if data := s.Server.Snapshot(); len(data.Users) != 4 || len(data.Tuples)+len(data.Workrooms) != 0 {
		t.Errorf("data %+v", data)
	}
	room(s, "lab")
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
	s.Send("POST", grants, grant("kim", "viewer", nil)).Want(201)
	user(s, "bob", nil).Want(201)
	add(s, room(s, "lab"), "bob", "editor").Want(201)
	mapGroup(s, "https://idp.example.com", "/staff", "g").Want(201)
	s.Send("POST", "/auth/idp/register", oidc("corp", fields{"client_secret": "a secret of a provider"})).Want(200)
	declare(s, "clearance", "string[]")
	s.Send("PUT", subjects+"kim", fields{"attributes": fields{"clearance": []string{"a", "b"}}, "password": password}).Want(200)
	s.Send("POST", "/platform/users/invitations", fields{"invitees": []string{"x@example.com"}, "surface_id": "use", "room_scope": fields{"kind": "no_workroom"}}).Want(201)
	before := s.Server.Snapshot()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{token, password, authservertest.AdminPassword, "a secret of a provider"} {
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
		"it is damaged":                               `{`,
		"it has no version":                           `{}`,
		"its version is 2":                            `{"version": 2}`,
		`it has no "groups"`:                          `{"version": 1, "users": [], "pats": []}`,
		`it has no "pats"`:                            `{"version": 1, "users": [], "groups": []}`,
		"unknown field":                               strings.Replace(company, `"username": "bob"`, `"name": "bob"`, 1),
		"users[1]: the username is missing":           strings.Replace(company, `"username": "bob", `, "", 1),
		`users[0]: the email "ann": `:                 strings.Replace(company, `"email": "ann@example.com"`, `"email": "ann"`, 1),
		"users[1]: the id":                            strings.Replace(company, bob, "x", 1),
		"users[1]: the id " + ann:                     strings.Replace(company, bob, ann, 1),
		"users[1]: the object " + bob + ": Usernam":   strings.Replace(company, `"bob"`, `"ann"`, 1),
		"users[2]: the object " + eve + ": Email al":  strings.Replace(company, "eve@example.com", "ann@example.com", 1),
		"users[1]: the password_hash is not":          strings.Replace(company, `"active": false`, `"password_hash": "x"`, 1),
		"groups[0]: the name is missing":              strings.Replace(company, `"name": "team", `, "", 1),
		"pats[0]: User not found: " + bob[:8]:         strings.Replace(company, `"user_id": "`+ann, `"user_id": "`+bob[:8], 1),
		"tuples[0]: the subject, the relation or the": strings.Replace(company, `"relation": "viewer", `, "", 1),
		"tuples[1]: it is there twice": strings.NewReplacer(`"group", "subject_id": "`+team, `"user", "subject_id": "`+annsub,
			`"editor"`, `"viewer"`).Replace(company),
		"workrooms[0]: the id":                       strings.Replace(company, lab, "x", 1),
		"workrooms[0]: the name or the owner_user_i": strings.Replace(company, `"name": "lab", `, "", 1),
		`workrooms[0]: the type is "x"`:              strings.Replace(company, `"name": "lab"`, `"name": "lab", "type": "x"`, 1),
		`workrooms[0]: the status is "x"`:            strings.Replace(company, `"name": "lab"`, `"name": "lab", "status": "x"`, 1),
		"workrooms[0]: the attributes are no object": strings.Replace(company, `{"a": 1}`, `[1]`, 1),
		"workrooms[0]: the owner has left":           strings.Replace(company, `{"user_id": "`+bob, `{"user_id": "`+annsub+`", "role": "owner"}, {"user_id": "`+bob, 1),
		"workrooms[0]: members[0]: the user_id is m": strings.Replace(company, `"user_id": "`+bob+`", `, "", 1),
		`workrooms[0]: members[0]: the role is ""`:   strings.Replace(company, `"role": "viewer", "active"`, `"active"`, 1),
		"workrooms[0]: members[1]: the user is the":  strings.Replace(company, `{"user_id": "`+bob, `{"user_id": "`+bob+`", "role": "viewer"}, {"user_id": "`+bob, 1),
		"group_mappings[0]: the issuer, the idp_gro": strings.Replace(company, `"idp_group_path": "/staff", `, "", 1),
		`identity_providers[0]: the alias "" is mis`: strings.Replace(company, `"alias": "corp", `, "", 1),
		`identity_providers[0]: the provider_id is `: strings.Replace(company, `"provider_id": "oidc"`, `"provider_id": "saml"`, 1),
		`attributes[1]: the name "clearance" is mis`: strings.Replace(company, `"name": "teams"`, `"name": "clearance"`, 1),
		`attributes[1]: the type is "x"`:             strings.Replace(company, `"string[]"`, `"x"`, 1),
		`attributes[1]: the state is "x"`:            strings.Replace(company, `"deprecated"`, `"x"`, 1),
		`attributes[1]: the authority is "x"`:        strings.Replace(company, `"deprecated"`, `"deprecated", "authority": "x"`, 1),
		`subjects[1]: the id "" or the username`:     strings.Replace(company, `"id": "kim", `, "", 1),
		"subjects[1]: the password_hash is not":      strings.Replace(company, `"username": "Kim"`, `"username": "Kim", "password_hash": "x"`, 1),
		`subjects[1]: Attribute not found: "x"`:      strings.Replace(company, `"teams": ["a"]`, `"x": ["a"]`, 1),
		`subjects[1]: the attribute "teams" is not`:  strings.Replace(company, `"teams": ["a"]`, `"teams": [1]`, 1),
		`invitations[0]: the invitee "lee"`:          strings.Replace(company, `"lee@example.com"`, `"lee"`, 1),
		"invitations[0]: the surface_id or the kind": strings.Replace(company, `"surface_id": "use", `, "", 1),
		"pats[0]: the jti, the token_hash or the s":  strings.Replace(company, `, "scope": "admin"`, "", 1),
	} {
		_, err := gateway.New(authserver.Config{AdminUsername: "admin", AdminPassword: password, BcryptCost: 4, StateFile: seed(t, text)})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
