package gateway_test

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
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

// other is a server that answers the API's open questions otherwise than by default.
var other = gateway.Behavior{
	DuplicateStatus: 422, InvalidStatus: 422, Case: authserver.CaseFoldStore, NullClears: true, EmptyClears: true, RolesMerge: true,
	EmptyRolesDefault: true, UnknownRole: gateway.UnknownRoleIgnored, ImpliedRoles: true, UsernameReuse: gateway.ReuseRevives,
	PATLifetime: gateway.PATLifetimeClamped, GroupNames: gateway.GroupNamesFolded, MemberIDs: gateway.MemberIDsEither,
	SessionStore: true, ErrorObjects: true, OptionalEmail: true, SharedEmails: true, TrimText: true,
}

// FuzzRequest sends requests to a server that holds a company. It must never fail by itself, change nothing when it
// refuses, and hold only what it would take back from its state file.
func FuzzRequest(f *testing.F) {
	targets := []struct{ method, path, id string }{
		{"POST", "/auth/users/local", ""},
		{"PUT", "/auth/users/ID", ann},
		{"DELETE", "/auth/users/ID", ann},
		{"GET", "/auth/users/ID", ann},
		{"GET", "/auth/users/resolve/ID", annsub},
		{"POST", "/auth/users/ID/password", ann},
		{"POST", "/auth/users/me/password", ""},
		{"POST", "/auth/sessions/purge", ""},
		{"POST", "/auth/pats?ID", "name=ci&ttl_seconds=3600"},
		{"DELETE", "/auth/pats/ID", "j"},
		{"POST", "/authz/groups/", ""},
		{"DELETE", "/authz/groups/ID", team},
		{"POST", "/authz/groups/ID/members", team},
		{"DELETE", "/authz/groups/" + team + "/members/ID", annsub},
		{"POST", "/auth/token", ""},
		{"POST", "/auth/refresh?ID", "refresh_token=x"},
		{"POST", "/auth/logout", ""},
	}
	bodies := []string{
		``, `null`, `{}`, `[]`, `"x"`, `{"name":"n"}`, `{"name":null}`, `{"name":"","description":null}`, `{"name":"\ud800","description":"\u0000"}`,
		`{"username":"kim","email":"kim@example.com","password":"long enough password","roles":["user","admin","x"]}`,
		`{"username":"BOB","email":"","active":true,"roles":[]}`, `{"email":null,"active":null,"roles":null,"username":null}`,
		`{"email":"` + strings.Repeat("Ⱥ", 32) + `@EXAMPLE.com","username":"İ"}`, `{"email":"eve@example.com"}`,
		`{"new_password":"long enough password"}`, `{"new_password":"short","current_password":"x"}`,
		`{"tenant_id":"__default__","subject_id":"` + annsub + `"}`, `{"name":"ci","ttl_seconds":1e3,"scope":"admin","aud":"a"}`,
		`{"user_id":"` + bob + `"}`, `{"user_id":"` + annsub + `"}`, `{"user_id":7}`, `{"refresh_token":"x"}`, `{"name":"n"} x`, "\xff",
		`username=ann&password=x`, `username=admin&password=x%zz`,
	}
	for i, target := range targets {
		for _, body := range bodies {
			f.Add(uint8(i), target.id, "application/json", []byte(body))
			f.Add(uint8(i)|0x80, target.id, "application/json", []byte(body))
		}
		f.Add(uint8(i), "x", "text/plain", []byte(`{}`))
		f.Add(uint8(i), "a/b c", "application/x-www-form-urlencoded", []byte(bodies[len(bodies)-2]))
	}
	dir := f.TempDir()
	servers := map[bool]*gateway.Server{}
	f.Fuzz(func(t *testing.T, which uint8, id, contentType string, body []byte) {
		target, behavior := targets[int(which&0x7f)%len(targets)], gateway.Behavior{}
		if which >= 0x80 {
			behavior = other
		}
		server := servers[which >= 0x80]
		if server == nil {
			path := filepath.Join(dir, fmt.Sprintf("%t.json", which >= 0x80))
			if err := os.WriteFile(path, []byte(company), 0o600); err != nil {
				t.Fatal(err)
			}
			var err error
			server, err = gateway.New(authserver.Config{
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
		case w.Code >= 500 && w.Code != http.StatusServiceUnavailable:
			t.Errorf("%s %s: %d %s", r.Method, r.URL.Path, w.Code, w.Body)
		case w.Code == http.StatusTemporaryRedirect, w.Code == http.StatusNoContent:
		case !json.Valid(w.Body.Bytes()) && !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html"):
			t.Errorf("%s %s: %d and no JSON: %q", r.Method, r.URL.Path, w.Code, w.Body)
		}
		if reflect.DeepEqual(before, after) {
			return
		}
		delete(servers, which >= 0x80)
		if w.Code >= 300 {
			t.Errorf("%s %s: refused with %d, and changed\n%+v\nto\n%+v", r.Method, r.URL.Path, w.Code, before, after)
		}
		checkStateFile(t, server.Dump(), behavior)
	})
}

// checkStateFile holds that a file that a server wrote is read, and written again, without a change.
func checkStateFile(t *testing.T, data []byte, behavior gateway.Behavior) {
	t.Helper()
	again, err := gateway.RestoreAndDump(data, behavior)
	if err != nil {
		t.Errorf("its own state file is refused: %v\n%s", err, data)
	} else if !bytes.Equal(data, again) {
		t.Errorf("its own state file changes from\n%sto\n%s", data, again)
	}
}

func FuzzStateFile(f *testing.F) {
	for _, text := range []string{
		company, ``, `null`, `{}`, `{"version":1}`, `{"version":1,"users":[],"groups":[],"pats":[]}`,
		strings.Replace(company, ann, strings.ToUpper(ann), 1), strings.Replace(company, ann, "urn:uuid:"+ann, 1),
		strings.Replace(company, `"active": false`, `"deleted": true`, 1), strings.Replace(company, `"active": false`, `"roles": null`, 1),
		strings.Replace(company, `"active": false`, `"created_at": "0000-01-01T00:00:00+23:59"`, 1),
		strings.Replace(company, `"active": false`, `"updated_at": "9999-12-31T23:59:59-23:59"`, 1),
		strings.Replace(company, `"name": "team"`, `"name": "\ud800"`, 1), strings.Replace(company, `"admin"]`, `"admin","admin"]`, 1),
		strings.Replace(company, `"members": [`, `"created_at": "2020-01-01T00:00:00Z", "members": ["anybody", `, 1),
		strings.Replace(company, `"scope": "admin"`, `"scope": "x", "exp": 7, "revoked": true`, 1),
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if dump, err := gateway.RestoreAndDump(data, gateway.Behavior{}); err == nil {
			checkStateFile(t, dump, gateway.Behavior{})
		}
	})
}
