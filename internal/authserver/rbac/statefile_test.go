package rbac_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
)

// The ids of company.
const (
	acme   = "10000000-0000-4000-8000-000000000001"
	deploy = "20000000-0000-4000-8000-000000000001"
	ops    = "30000000-0000-4000-8000-000000000001"
	team   = "40000000-0000-4000-8000-000000000001"
	ann    = "50000000-0000-4000-8000-000000000001"
	bob    = "50000000-0000-4000-8000-000000000002"
)

// company is a state file as one writes it by hand.
const company = `{
	"version": 1,
	"organizations": [{"id": "` + acme + `", "name": "acme", "idp_config": {"provider": "p", "domain": "d", "client_id": "c"}}],
	"rights": [{"id": "` + deploy + `", "name": "deploy", "description": "to production"}],
	"roles":  [{"id": "` + ops + `", "name": "ops", "rights": ["` + deploy + `"]}],
	"groups": [{"id": "` + team + `", "name": "team", "roles": ["` + ops + `"], "created_at": "2020-01-01T00:00:00"}],
	"users":  [
		{"id": "` + ann + `", "username": "ann", "email": "ann@example.com", "groups": ["` + team + `"], "organization_id": "` + acme + `"},
		{"id": "` + bob + `", "username": "bob", "email": "bob@example.com", "is_active": false}
	]
}`

// seed writes a state file.
func seed(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "state.json")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestStateFileByHand(t *testing.T) {
	now := newClock()
	s := start(t, authserver.Config{StateFile: seed(t, company), Now: now.Now})
	const start = "2024-10-03T10:00:00.123456"
	equal(t, "user", s.Send("GET", "/auth/users/"+ann, "").Object(), fields{
		"id": ann, "username": "ann", "email": "ann@example.com", "full_name": nil, "organization_id": acme,
		"is_superuser": false, "external_id": nil, "is_active": true, "groups": []string{team},
		"created_at": start, "updated_at": nil, "last_login": nil,
	})
	equal(t, "inactive", s.Send("GET", "/auth/users/"+bob, "").Object()["is_active"], false)
	equal(t, "groups", s.Send("GET", "/auth/users/"+bob, "").Object()["groups"], []string{})
	equal(t, "group", s.Send("GET", "/auth/groups/"+team, "").Object(), fields{
		"id": team, "name": "team", "description": nil, "roles": []string{ops},
		"created_at": "2020-01-01T00:00:00", "updated_at": "2020-01-01T00:00:00",
	})
	equal(t, "organization", s.Send("GET", "/auth/organizations/"+acme, "").Object()["idp_config"], fields{
		"provider": "p", "domain": "d", "client_id": "c", "metadata_url": nil, "additional_config": fields{},
	})
	// Without a hash there is no login, not even with an empty or the admin's password.
	for _, guess := range []string{"x", " ", authservertest.AdminPassword} {
		s.Form("/auth/token", grant("ann", guess)).Refused(401, incorrect)
	}
	s.Send("DELETE", "/auth/organizations/"+acme, "").Want(409) // references count
	s.Send("POST", "/auth/rights/", fields{"name": "deploy"}).Want(409)
}

func TestStateFileKeepsEverything(t *testing.T) {
	now := newClock()
	path := filepath.Join(t.TempDir(), "state.json")
	first := start(t, authserver.Config{StateFile: path, Now: now.Now})
	right := first.Right("<right> & ü")
	role := first.Role("role", right)
	group := first.Group("group", role)
	organization := first.Send("POST", "/auth/organizations/", fields{"name": "o", "description": "", "idp_config": fields{
		"provider": "p", "domain": "d", "client_id": "c", "additional_config": fields{"a": []int{1}},
	}}).ID()
	first.User("zoe", group)
	id := first.Send("POST", "/auth/users/local", fields{
		"username": "ann", "email": "a@example.com", "password": password, "organization_id": organization, "groups": []string{group},
	}).ID()
	now.Add(time.Hour)
	first.Send("PUT", "/auth/users/"+id, fields{"full_name": "Ann"}).Want(200)
	first.Send("DELETE", "/auth/rights/"+first.Right("gone"), "").Want(200)
	first.Login("ann")
	before := first.Server.Snapshot()

	second := start(t, authserver.Config{StateFile: path})
	equal(t, "data", second.Server.Snapshot(), before)
	if second.Server.AdminID() != first.Server.AdminID() {
		t.Error("the admin has another id")
	}
	second.Login("ann")
	second.Send("POST", "/auth/rights/", fields{"name": "<right> & ü"}).Want(409)
	second.Right("later")
	rights := second.Server.Snapshot().Rights
	if rights[len(rights)-1].Name != "later" {
		t.Errorf("a new right is not the last of %v", rights)
	}

	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if text := string(data); strings.Contains(text, password) || strings.Contains(text, authservertest.AdminPassword) || !json.Valid(data) {
		t.Error("the file is no JSON, or holds a password")
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("the directory holds %v, %v", entries, err)
	}
}

func TestStateFileIsPrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	fresh, seeded := filepath.Join(t.TempDir(), "state.json"), seed(t, company)
	for _, path := range []string{fresh, seeded} {
		start(t, authserver.Config{StateFile: path})
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("mode %v, want 0600", info.Mode())
		}
	}
}

func TestAdminOfTheStateFile(t *testing.T) {
	hash, err := bcrypt.GenerateFromPassword([]byte("old"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(company, `"username": "bob"`, `"username": "bob", "full_name": "Bob", "password_hash": "`+string(hash)+`"`, 1)
	path := seed(t, text)
	s := start(t, authserver.Config{StateFile: path, AdminUsername: "bob", AdminPassword: "new", AdminEmail: "other@example.com"})
	if s.Server.AdminID() != bob {
		t.Errorf("the admin is %s", s.Server.AdminID())
	}
	got := s.Send("GET", "/auth/users/"+bob, "").Object()
	if got["is_superuser"] != true || got["is_active"] != true || got["full_name"] != "Bob" || got["email"] != "bob@example.com" {
		t.Errorf("the admin is %v", got)
	}
	s.Form("/auth/token", grant("bob", "old")).Want(401)
	s.Form("/auth/token", grant("bob", "new")).Want(200)
	if users := s.Server.Snapshot().Users; len(users) != 2 {
		t.Errorf("users %v", users)
	}

	// The flags are set though the password is right already.
	s.Send("PUT", "/auth/users/"+bob, fields{"is_superuser": false, "is_active": false}).Want(200)
	s = start(t, authserver.Config{StateFile: path, AdminUsername: "bob", AdminPassword: "new"})
	s.Right("works")
	s.Form("/auth/token", grant("bob", "new")).Want(200)

	// Nothing is written where nothing changes: a write would replace the file.
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	s = start(t, authserver.Config{StateFile: path, AdminUsername: "bob", AdminPassword: "new"})
	s.Send("POST", "/auth/users/"+ann+"/groups/"+team, "").Want(200)
	after, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if !os.SameFile(before, after) {
		t.Error("the file was written without a change")
	}
}

func TestDamagedStateFile(t *testing.T) {
	replace := func(from, to string) string {
		t.Helper()
		if !strings.Contains(company, from) {
			t.Fatalf("company lacks %s", from)
		}
		return strings.Replace(company, from, to, 1)
	}
	damages := map[string]struct{ text, want string }{
		"empty":                   {"", "it is damaged: unexpected end of JSON input"},
		"spaces":                  {" \n", "it is damaged"},
		"no JSON":                 {"hello", "it is damaged: invalid character"},
		"binary":                  {"\x00\xff", "it is damaged"},
		"more behind":             {company + "{}", "it is damaged: invalid character '{' after"},
		"twice":                   {company + company, "it is damaged"},
		"array":                   {"[]", "it is damaged: json: cannot unmarshal array"},
		"null":                    {"null", "it has no version"},
		"no version":              {"{}", "it has no version"},
		"old version":             {`{"version": 0}`, "its version is 0; this program reads version 1"},
		"new version":             {`{"version": 2, "tenants": []}`, "its version is 2; this program reads version 1"},
		"version text":            {`{"version": "1"}`, "it is damaged"},
		"unknown list":            {replace(`"version": 1`, `"version": 1, "user": []`), `unknown field "user"`},
		"no lists":                {`{"version": 1}`, `it has no "organizations"; a list of none is []`},
		"no organizations":        {replace(`"organizations"`, `"organisations"`), `it has no "organizations"`},
		"no rights":               {replace(`"rights": [{`, `"right": [{`), `it has no "rights"`},
		"no roles":                {replace(`"roles":  [{`, `"role": [{`), `it has no "roles"`},
		"no groups":               {replace(`"groups": [{`, `"group": [{`), `it has no "groups"`},
		"no users":                {company[:strings.Index(company, `"users"`)] + `"version": 1}`, `it has no "users"`},
		"null users":              {company[:strings.Index(company, `"users"`)] + `"users": null}`, `it has no "users"`},
		"users in capitals":       {replace(`"users"`, `"Users"`), `it has no "users"`},
		"unknown field":           {replace(`"is_active": false`, `"active": false`), `unknown field "active"`},
		"password":                {replace(`"is_active": false`, `"password": "x"`), `unknown field "password"`},
		"unknown field of a role": {replace(`"name": "ops"`, `"name": "ops", "right": []`), `unknown field "right"`},
		"wrong type":              {replace(`"name": "ops"`, `"name": 7`), "cannot unmarshal number"},
		"object for a list":       {replace(`[{"id": "`+deploy+`", "name": "deploy", "description": "to production"}]`, "{}"), "cannot unmarshal object"},
		"bad time":                {replace("2020-01-01T00:00:00", "2020-01-01"), "not a timestamp"},
		"no id":                   {replace(`"id": "`+acme+`", `, ""), `organizations[0]: the id ""`},
		"bad id":                  {replace(`"id": "`+ann+`"`, `"id": "ann"`), `users[0]: the id "ann"`},
		"id twice":                {replace(bob, ann), "users[1]: the id " + ann + " is not unique"},
		"no name":                 {replace(`, "name": "deploy"`, ""), "rights[0]: the name is missing"},
		"no username":             {replace(`"username": "bob", `, ""), "users[1]: the username is missing"},
		"null user":               {replace(`"users":  [`, `"users": [null,`), "users[0]: the username is missing"},
		"username twice":          {replace(`"username": "bob"`, `"username": "ann"`), "Username already registered"},
		"no email":                {replace(`, "email": "bob@example.com"`, ""), `users[1]: the email ""`},
		"bad email":               {replace("bob@example.com", "bob"), `users[1]: the email "bob"`},
		"bad hash":                {replace(`"is_active": false`, `"password_hash": "x"`), "users[1]: the password_hash is not bcrypt's"},
		"unknown right":           {replace(`["`+deploy+`"]`, `["`+nobody+`"]`), "roles[0]: Right not found: " + nobody},
		"unknown role":            {replace(`["`+ops+`"]`, `["`+nobody+`"]`), "groups[0]: Role not found: " + nobody},
		"unknown group":           {replace(`["`+team+`"]`, `["`+nobody+`"]`), "users[0]: Group not found: " + nobody},
		"unknown organization":    {replace(`"organization_id": "`+acme, `"organization_id": "`+nobody), "users[0]: Organization not found: " + nobody},
		"group twice":             {replace(`["`+team+`"]`, `["`+team+`", "`+team+`"]`), "is in its set twice"},
		"null group":              {replace(`["`+team+`"]`, `[null]`), `users[0]: the id ""`},
		"additional_config":       {replace(`"client_id": "c"`, `"client_id": "c", "additional_config": []`), "additional_config is not an object"},
	}
	for at := 1; at < len(company)-1; at += 97 {
		damages["truncated at "+company[:at][max(0, at-12):]] = struct{ text, want string }{company[:at], "it is damaged"}
	}
	for name, damage := range damages {
		t.Run(name, func(t *testing.T) {
			path := seed(t, damage.text)
			_, err := rbac.New(authserver.Config{AdminUsername: "admin", AdminPassword: "x", StateFile: path, BcryptCost: bcrypt.MinCost})
			if err == nil || !strings.Contains(err.Error(), damage.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("New answers %v, want %q and %s", err, damage.want, path)
			}
			if after, err := os.ReadFile(path); err != nil || string(after) != damage.text {
				t.Errorf("the file was touched: %v", err)
			}
		})
	}
}

func TestStateFileObeysTheSwitches(t *testing.T) {
	twins := strings.Replace(company, `"rights": [`, `"rights": [{"id": "`+nobody+`", "name": "deploy"}, `, 1)
	config := authserver.Config{AdminUsername: "admin", AdminPassword: "x", StateFile: seed(t, twins), BcryptCost: bcrypt.MinCost}
	if _, err := rbac.New(config); err == nil || !strings.Contains(err.Error(), "Right with this name already exists") {
		t.Errorf("New answers %v", err)
	}
	config.API = rbac.Behavior{DuplicateNames: true}
	if _, err := rbac.New(config); err != nil {
		t.Error(err)
	}
}

func TestStateFileThatCannotBeWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "dir")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "state.json")
	if err := os.WriteFile(path, []byte(company), 0o600); err != nil {
		t.Fatal(err)
	}
	s := start(t, authserver.Config{StateFile: path, API: rbac.Behavior{DeleteCascades: true, DeleteDetaches: true, UniqueEmails: true}})
	before := s.Server.Snapshot()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}

	for _, call := range []struct {
		method, path string
		body         any
	}{
		{"POST", "/auth/users/local", fields{"username": "eve", "email": "eve@example.com", "password": password}},
		{"PUT", "/auth/users/" + ann, fields{"email": "new@example.com", "groups": []string{}}},
		{"DELETE", "/auth/users/" + ann, ""},
		{"DELETE", "/auth/users/" + ann + "/groups/" + team, ""},
		{"POST", "/auth/users/" + bob + "/groups/" + team, ""},
		{"POST", "/auth/organizations/", fields{"name": "o"}},
		{"DELETE", "/auth/organizations/" + acme, ""},
		{"POST", "/auth/groups/", fields{"name": "g"}},
		{"PUT", "/auth/groups/" + team, fields{"name": "renamed", "roles": []string{}}},
		{"DELETE", "/auth/groups/" + team, ""},
		{"DELETE", "/auth/roles/" + ops, ""},
		{"DELETE", "/auth/rights/" + deploy, ""},
	} {
		s.Send(call.method, call.path, call.body).Refused(500, "Internal Server Error")
		equal(t, "after "+call.method+" "+call.path, s.Server.Snapshot(), before)
	}
	s.Form("/auth/token", grant(authservertest.AdminUsername, authservertest.AdminPassword)).Want(500)
	s.Send("GET", "/auth/users/"+ann, "").Want(200)
	s.Send("POST", "/auth/users/"+ann+"/groups/"+team, "").Want(200) // nothing to write

	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	// The names of what was not created are free, and those of what was not changed are not.
	s.User("eve")
	s.Group("g")
	s.Group("renamed")
	s.Send("POST", "/auth/groups/", fields{"name": "team"}).Want(409)
	s.Send("POST", "/auth/users/local", fields{"username": "x", "email": "ann@example.com", "password": "x"}).Want(409)
	again := start(t, authserver.Config{StateFile: path})
	equal(t, "written after all", again.Server.Snapshot(), s.Server.Snapshot())
}

func TestStateFileOfTwoServers(t *testing.T) {
	var log bytes.Buffer
	path := seed(t, company)
	first := start(t, authserver.Config{StateFile: path, Log: slog.New(slog.NewTextHandler(&log, nil))})
	second := start(t, authserver.Config{StateFile: path})
	first.Right("of the first")

	// What the first has written is not lost to the second, which says so to whoever started it.
	second.Send("POST", "/auth/rights/", fields{"name": "of the second"}).Refused(500, "Internal Server Error")
	second.Send("GET", "/auth/users/"+ann, "").Want(200)
	second = start(t, authserver.Config{StateFile: path})
	equal(t, "data", second.Server.Snapshot(), first.Server.Snapshot())

	second.Right("of the second")
	first.Send("DELETE", "/auth/rights/"+deploy, "").Want(409) // nothing to write
	first.Send("PUT", "/auth/rights/"+deploy, "{}").Refused(500, "Internal Server Error")
	if want := "another program has written it"; !strings.Contains(log.String(), want) || !strings.Contains(log.String(), path) {
		t.Errorf("the log lacks %q and %s:\n%s", want, path, log.String())
	}
}

func TestStateFileInTheWrongPlace(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{dir, filepath.Join(dir, "missing", "state.json")} {
		_, err := rbac.New(authserver.Config{AdminUsername: "admin", AdminPassword: "x", StateFile: path, BcryptCost: bcrypt.MinCost})
		if err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("New answers %v", err)
		}
	}
}
