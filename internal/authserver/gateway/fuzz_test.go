package gateway_test

import (
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
	RebacBackend: gateway.BackendSpiceDB, SeparateLists: true, GroupSubjects: gateway.GroupSubjectsUserset, GrantTwice: gateway.GrantTwice200,
	GrantsReplace: true, GrantIDs: gateway.GrantIDsComposite, MaxLimit: 2, LimitAbove: gateway.LimitAbove422, IssuerTrimmed: true,
	MappingKey: gateway.MappingKeyPath, MappingGroups: gateway.MappingGroupsCreated, MappedManagedBy: "group_mapping",
	IDPAbsent: authserver.OutcomeOK, IDPSecretOptional: true, SubjectUsers: true, AttributesMerge: true, WorkroomProjection: 1,
	NoClassification: true,
}

// boss is the administrator's subject id.
const boss = "60000000-0000-4000-8000-000000000009"

// ruled is the company with an administrator who owns its workroom. A new server need not hash the password.
var ruled = strings.NewReplacer(
	`"users": [`, `"users": [{"id": "50000000-0000-4000-8000-000000000009", "subject_id": "`+boss+`", "username": "admin", "roles": ["admin"],
		"password_hash": "`+hash(authservertest.AdminPassword)+`"},`,
	`"owner_user_id": "`+annsub, `"owner_user_id": "`+boss,
).Replace(company)

func hash(password string) string {
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		panic(err)
	}
	return string(hash)
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
		{"GET", "/auth/tuples/?ID", "tenant=__default__"},
		{"POST", "/auth/tuples", ""},
		{"DELETE", "/auth/tuples", ""},
		{"DELETE", "/auth/tuples/object", ""},
		{"POST", "/auth/check", ""},
		{"GET", "/authz/resources/dataset/grants?ID", "object_id=x"},
		{"POST", "/authz/resources/ID/grants", "dataset"},
		{"DELETE", "/authz/resources/dataset/grants?ID", "object_id=x&subject_namespace=user&subject_id=" + annsub + "&relation=viewer"},
		{"GET", "/authz/resources/dataset/access?ID", "object_id=x&limit=1&offset=1"},
		{"GET", "/authz/access/resources?ID", "namespace=dataset&subject_id=" + annsub},
		{"GET", "/authz/group-mappings?ID", "issuer=https://idp.example.com/"},
		{"POST", "/authz/group-mappings", ""},
		{"DELETE", "/authz/group-mappings/ID", mapping},
		{"POST", "/auth/idp/register", ""},
		{"PUT", "/auth/idp/ID", "corp"},
		{"PATCH", "/auth/idp/ID", "corp"},
		{"DELETE", "/auth/idp/ID", "corp"},
		{"POST", "/workrooms/", ""},
		{"PATCH", "/workrooms/ID", lab},
		{"DELETE", "/workrooms/ID", lab},
		{"POST", "/workrooms/ID/archive", lab},
		{"POST", "/workrooms/ID/members", lab},
		{"PATCH", "/workrooms/" + lab + "/members/ID", bob},
		{"DELETE", "/workrooms/" + lab + "/members/ID", bob},
		{"GET", "/workrooms/" + lab + "/members/lookup?ID", "email=ann@example.com"},
		{"GET", "/workrooms/" + lab + "/role-history?ID", "limit=1"},
		{"POST", "/workrooms/ID/ownership/transfer", lab},
		{"GET", "/admin/workrooms/?ID", "skip=1&limit=1&include_deleted=true"},
		{"DELETE", "/admin/workrooms/ID", lab},
		{"PUT", "/authz/subjects/ID", "ann"},
		{"PUT", "/authz/subjects/by-id?ID", "id=kim"},
		{"DELETE", "/authz/subjects/ID", "kim"},
		{"POST", "/authz/subjects/ID/grants", "kim"},
		{"DELETE", "/authz/subjects/ID/grants", annsub},
		{"PUT", "/cluster/attribute-schema/ID", "clearance"},
		{"DELETE", "/cluster/attribute-schema/teams?ID", "force=true&subjects_holding_value=1"},
		{"POST", "/platform/users/invitations", ""},
	}
	bodies := []string{
		``, `null`, `{}`, `[]`, `"x"`, `{"name":"n"}`, `{"name":null}`, `{"name":"","description":null}`, `{"name":"\ud800","description":"\u0000"}`,
		`{"username":"kim","email":"kim@example.com","password":"long enough password","roles":["user","admin","x"]}`,
		`{"username":"BOB","email":"","active":true,"roles":[]}`, `{"email":null,"active":null,"roles":null,"username":null}`,
		`{"email":"` + strings.Repeat("Ⱥ", 32) + `@EXAMPLE.com","username":"İ"}`, `{"email":"eve@example.com"}`,
		`{"new_password":"long enough password"}`, `{"new_password":"short","current_password":"x"}`,
		`{"tenant_id":"__default__","subject_id":"` + annsub + `"}`, `{"name":"ci","ttl_seconds":1e3,"scope":"admin","aud":"a"}`,
		`{"user_id":"` + bob + `"}`, `{"user_id":"` + annsub + `"}`, `{"user_id":7}`, `{"refresh_token":"x"}`, `{"name":"n"} x`, "\xff",
		`{"subject":{"namespace":"user","id":"` + annsub + `"},"relation":"viewer","object":{"namespace":"dataset","id":"x"},"object_id":"x"}`,
		`{"subject":{"namespace":"group","id":"` + team + `#member"},"relation":null,"object":{"namespace":"\u0000","id":7},"object_id":"x"}`,
		`{"issuer":"https://idp.example.com//","idp_group_path":"/staff","local_group_name":"new"}`,
		`{"provider":"oidc","oidc":{"alias":"corp","issuer":"https://idp.example.com","client_id":"c","client_secret":"s","scopes":null}}`,
		`{"provider":"google","google":{"client_id":"c","hosted_domain":null},"oidc":null,"enabled":false}`,
		`{"name":"n","type":"ephemeral","labels":["a"],"attributes":{"a":{"b":[1e99]}},"classification":null,"scg_references":[]}`,
		`{"email":"ann@example.com","role":"owner","surface_id":"use","landing_target":{"kind":"\ud800"},"attested":true}`,
		`{"user_id":"` + bob + `","keep_previous_owner":true,"previous_owner_role":"viewer"}`,
		`{"attributes":{"clearance":"s","teams":["a","b"]},"password":"long enough password"}`, `{"attributes":{"teams":"a","clearance":null}}`,
		`{"object_namespace":"dataset","object_id":"x","relation":"viewer"}`, `{"type":"int","sensitive":true,"authority":"self","schema_version":"2"}`,
		`{"invitees":["x@example.com"],"surface_id":"use","room_scope":{"kind":"workroom","workroom_id":"` + lab + `"},"landing_target":{"kind":"k"}}`,
		`username=ann&password=x`, `username=admin&password=x%zz`,
	}
	authservertest.RequestFuzz[*gateway.Server]{
		Company: ruled, Behaviors: [2]authserver.API{gateway.Behavior{}, other}, Targets: targets, Bodies: bodies, New: gateway.New,
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
		ruled, strings.Replace(company, `{"a": 1}`, `{"a": {"\ud800": 1e99}}`, 1), strings.Replace(company, lab, strings.ToUpper(lab), 1),
		strings.Replace(company, `["a"]`, `["a", "a"]`, 1), strings.Replace(company, `"granted": true`, `"id": "x", "tenant_id": "other"`, 1),
		strings.Replace(company, `"enabled": true`, `"scopes": null, "hosted_domain": ""`, 1),
		strings.Replace(company, `"surface_id": "use"`, `"surface_id": "use", "landing_target": {}, "groups": null`, 1),
		strings.Replace(company, `"owner_user_id"`, `"role_history": [{"user_id": "x"}], "labels": [], "owner_user_id"`, 1),
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if dump, err := gateway.RestoreAndDump(data, gateway.Behavior{}); err == nil {
			checkStateFile(t, dump, gateway.Behavior{})
		}
	})
}
