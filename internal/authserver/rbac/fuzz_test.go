package rbac_test

import (
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
)

// lenient is a server that answers the API's open questions otherwise than by default.
var lenient = rbac.Behavior{
	NullClears: true, DuplicateStatus: 400, DuplicateNames: true, DeleteCascades: true, DeleteDetaches: true,
	AssignTwice: rbac.RedundantBadRequest, RemoveUnassigned: rbac.RedundantNotFound, Case: rbac.CaseFoldStore,
}

func FuzzRequest(f *testing.F) {
	targets := []authservertest.FuzzTarget{
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
	authservertest.RequestFuzz[*rbac.Server]{
		Company: company, Behaviors: [2]authserver.API{rbac.Behavior{}, lenient}, Targets: targets, Bodies: bodies, New: rbac.New,
		Snapshot: func(server *rbac.Server) any { return server.Snapshot() },
		Check: func(t *testing.T, server *rbac.Server, behavior authserver.API) {
			t.Helper()
			checkStateFile(t, server.Dump(), behavior)
		},
	}.Run(f)
}

func checkStateFile(t *testing.T, data []byte, behavior authserver.API) {
	t.Helper()
	authservertest.CheckStateFile(t, data, func(data []byte) ([]byte, error) {
		return rbac.RestoreAndDump(data, behavior.(rbac.Behavior))
	})
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
