package gateway_test

import (
	"strings"
	"testing"

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

func FuzzRequest(f *testing.F) {
	targets := []authservertest.FuzzTarget{
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
	authservertest.RequestFuzz[*gateway.Server]{
		Company: company, Behaviors: [2]authserver.API{gateway.Behavior{}, other}, Targets: targets, Bodies: bodies, New: gateway.New,
		Snapshot: func(server *gateway.Server) any { return server.Snapshot() },
		Check: func(t *testing.T, server *gateway.Server, behavior authserver.API) {
			t.Helper()
			checkStateFile(t, server.Dump(), behavior)
		},
	}.Run(f)
}

func checkStateFile(t *testing.T, data []byte, behavior authserver.API) {
	t.Helper()
	authservertest.CheckStateFile(t, data, func(data []byte) ([]byte, error) {
		return gateway.RestoreAndDump(data, behavior.(gateway.Behavior))
	})
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
