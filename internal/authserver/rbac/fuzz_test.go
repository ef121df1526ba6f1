package rbac_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
)

// lenient is a server that answers the API's open questions otherwise than by default.
var lenient = rbac.Behavior{
	NullClears: true, DuplicateStatus: 400, DuplicateNames: true, DeleteCascades: true, DeleteDetaches: true,
	AssignTwice: rbac.RedundantBadRequest, RemoveUnassigned: rbac.RedundantNotFound, Case: rbac.CaseFoldStore,
}

// FuzzRequest sends requests to a server that holds a company. It must never fail by itself, change nothing when it
// refuses, and hold only what it would take back from its state file.
func FuzzRequest(f *testing.F) {
	targets := []struct{ method, path, id string }{
		{"POST", "/auth/users/local", ""},
		{"PUT", "/auth/users/ID", ann},
		{"DELETE", "/auth/users/ID", ann},
		{"GET", "/auth/users/ID", ann},
		{"POST", "/auth/users/ID/groups/" + team, bob},
		{"DELETE", "/auth/users/ID/groups/" + team, ann},
		{"POST", "/auth/organizations/", ""},
		{"PUT", "/auth/organizations/ID", acme},
		{"DELETE", "/auth/organizations/ID", acme},
		{"POST", "/auth/groups/", ""},
		{"PUT", "/auth/groups/ID", team},
		{"DELETE", "/auth/groups/ID", team},
		{"POST", "/auth/roles/", ""},
		{"PUT", "/auth/roles/ID", ops},
		{"DELETE", "/auth/roles/ID", ops},
		{"POST", "/auth/rights/", ""},
		{"PUT", "/auth/rights/ID", deploy},
		{"DELETE", "/auth/rights/ID", deploy},
		{"POST", "/auth/token", ""},
		{"POST", "/auth/local-login?ID", "username=ann&password=x"},
		{"GET", "/auth/users/me/permissions?ID", "token=" + authservertest.APIKey},
	}
	bodies := []string{
		``, `null`, `{}`, `[]`, `"x"`, `{"name":"n"}`, `{"name":null}`, `{"name":"","description":null}`, `{"name":"\ud800","description":"\u0000"}`,
		`{"username":"eve","email":"eve@example.com","password":"x","groups":["` + team + `","` + strings.ToUpper(team) + `"],"organization_id":"` + acme + `"}`,
		`{"email":"` + strings.Repeat("Ⱥ", 32) + `@EXAMPLE.com"}`,
		`{"email":"İ@EXAMPLE.com","full_name":"","is_active":false,"is_superuser":true,"groups":null,"organization_id":null}`,
		`{"name":"o","idp_config":{"provider":"p","domain":"d","client_id":"c","metadata_url":null,"additional_config":{"a":[1e999, {"b" : null}]}}}`,
		`{"roles":["` + ops + `"],"rights":["` + deploy + `",7]}`, `{"name":"n"} x`, `{"name":"n","name":"m"}`, "\xff",
		`grant_type=password&username=ann&password=x`, `grant_type=password&username=admin&password=x%zz`,
	}
	for i, target := range targets {
		for _, body := range bodies {
			f.Add(uint8(i), target.id, "application/json", []byte(body))
			f.Add(uint8(i)|0x80, target.id, "application/json", []byte(body))
		}
		f.Add(uint8(i), "x", "text/plain", []byte(`{}`))
		f.Add(uint8(i), "{"+target.id+"}", "application/x-www-form-urlencoded", []byte(bodies[len(bodies)-2]))
	}
	dir := f.TempDir()
	servers := map[bool]*rbac.Server{}
	f.Fuzz(func(t *testing.T, which uint8, id, contentType string, body []byte) {
		target, behavior := targets[int(which&0x7f)%len(targets)], rbac.Behavior{}
		if which >= 0x80 {
			behavior = lenient
		}
		server := servers[which >= 0x80]
		if server == nil {
			path := filepath.Join(dir, fmt.Sprintf("%t.json", which >= 0x80))
			if err := os.WriteFile(path, []byte(company), 0o600); err != nil {
				t.Fatal(err)
			}
			var err error
			server, err = rbac.New(authserver.Config{
				AdminUsername: authservertest.AdminUsername, AdminPassword: authservertest.AdminPassword, APIKey: authservertest.APIKey,
				BcryptCost: bcrypt.MinCost, API: behavior, StateFile: path,
			})
			if err != nil {
				t.Fatal(err)
			}
			servers[which >= 0x80] = server
		}
		if query, _ := url.ParseQuery(id); strings.Contains(target.path, "?") {
			id = query.Encode()
		} else {
			id = url.PathEscape(id)
		}
		r := httptest.NewRequestWithContext(t.Context(), target.method, "/api"+strings.Replace(target.path, "ID", id, 1), bytes.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		r.Header.Set("Authorization", "Bearer "+authservertest.APIKey)

		before, w := server.Snapshot(), httptest.NewRecorder()
		server.ServeHTTP(w, r)
		after := server.Snapshot()
		switch {
		case w.Code >= 500:
			t.Errorf("%s %s: %d %s", r.Method, r.URL, w.Code, w.Body)
		case w.Code == http.StatusTemporaryRedirect: // a path that ends in a slash
		case !json.Valid(w.Body.Bytes()) && !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html"):
			t.Errorf("%s %s: %d and no JSON: %q", r.Method, r.URL, w.Code, w.Body)
		}
		if reflect.DeepEqual(before, after) {
			return
		}
		delete(servers, which >= 0x80)
		if w.Code != http.StatusOK {
			t.Errorf("%s %s: refused with %d, and changed\n%+v\nto\n%+v", r.Method, r.URL, w.Code, before, after)
		}
		checkStateFile(t, server.Dump(), behavior)
	})
}

// checkStateFile holds that a file that a server wrote is read, and written again, without a change.
func checkStateFile(t *testing.T, data []byte, behavior rbac.Behavior) {
	t.Helper()
	again, err := rbac.RestoreAndDump(data, behavior)
	if err != nil {
		t.Errorf("its own state file is refused: %v\n%s", err, data)
	} else if !bytes.Equal(data, again) {
		t.Errorf("its own state file changes from\n%sto\n%s", data, again)
	}
}

func FuzzStateFile(f *testing.F) {
	for _, text := range []string{
		company, ``, `null`, `{}`, `{"version":1}`, `{"version":1,"organizations":[],"rights":[],"roles":[],"groups":[],"users":[]}`,
		strings.Replace(company, ann, strings.ToUpper(ann), 1), strings.Replace(company, ann, "urn:uuid:"+ann, 1),
		strings.Replace(company, `"client_id": "c"`, `"client_id": "c", "additional_config":  {"a" : 1}`, 1),
		strings.Replace(company, `"is_active": false`, `"created_at": "0000-01-01T00:00:00+23:59"`, 1),
		strings.Replace(company, `"is_active": false`, `"updated_at": "9999-12-31T23:59:59-23:59"`, 1),
		strings.Replace(company, `"is_active": false`, `"organization_id": ""`, 1),
		strings.Replace(company, `"name": "ops"`, `"name": "\ud800"`, 1),
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if dump, err := rbac.RestoreAndDump(data, rbac.Behavior{}); err == nil {
			checkStateFile(t, dump, rbac.Behavior{})
		}
	})
}
