package main

import (
	"bytes"
	"errors"
	"flag"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
)

func parse(t *testing.T, env map[string]string, args ...string) options {
	t.Helper()
	var stderr bytes.Buffer
	got, err := parseFlags(args, func(name string) string { return env[name] }, &stderr)
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("%q: %v, %s", args, err, stderr.String())
	}
	return got
}

func TestDefaults(t *testing.T) {
	want := options{listen: "127.0.0.1:7777", name: "RBAC", config: authserver.Config{
		AdminUsername: "admin", AdminPassword: "pw", AdminEmail: "admin@example.com", TokenTTL: time.Hour, BcryptCost: 10,
		API: rbac.Behavior{DuplicateStatus: 409, AssignTwice: "ok", RemoveUnassigned: "ok", Case: "preserve"},
	}}
	if got := parse(t, nil, "-admin-password", "pw"); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestEveryFlag(t *testing.T) {
	got := parse(t, nil, "-api", "rbac", "-listen", ":1", "-admin-username", "u", "-admin-password", "p", "-admin-email", "u@example.org",
		"-api-key", "k", "-client-id", "ci", "-client-secret", "cs", "-state", "f", "-token-ttl", "2h", "-bcrypt-cost", "5",
		"-latency", "20ms", "-rate-limit", "2.5", "-fault", "GET * latency=1s", "-fault", "* /auth/token status=503 times=1",
		"-null-clears", "-duplicate-status", "400", "-duplicate-names", "-unique-emails", "-delete-cascades", "-delete-detaches",
		"-assign-twice", "400", "-remove-unassigned", "404", "-no-slash-redirect", "-case", "fold-store", "-trim-text", "-read-lag", "3s")
	want := options{listen: ":1", name: "RBAC", config: authserver.Config{
		AdminUsername: "u", AdminPassword: "p", AdminEmail: "u@example.org", APIKey: "k", ClientID: "ci", ClientSecret: "cs",
		StateFile: "f", TokenTTL: 2 * time.Hour, BcryptCost: 5, Latency: 20 * time.Millisecond, RateLimit: 2.5,
		Faults: []authserver.Fault{{Method: "GET", Latency: time.Second}, {Route: "/auth/token", Status: 503, Times: 1}},
		API: rbac.Behavior{
			NullClears: true, DuplicateStatus: 400, DuplicateNames: true, UniqueEmails: true, DeleteCascades: true,
			DeleteDetaches: true, AssignTwice: rbac.RedundantBadRequest, RemoveUnassigned: rbac.RedundantNotFound,
			NoSlashRedirect: true, Case: rbac.CaseFoldStore, TrimText: true, ReadLag: 3 * time.Second,
		},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	everyFieldIsSet(t, got.config.API)
}

// everyFieldIsSet holds that a switch cannot be added without its flag.
func everyFieldIsSet(t *testing.T, behavior authserver.API) {
	t.Helper()
	for v, i := reflect.ValueOf(behavior), 0; i < v.NumField(); i++ {
		if v.Field(i).IsZero() {
			t.Errorf("no flag sets Behavior.%s", v.Type().Field(i).Name)
		}
	}
}

func TestGatewayDefaults(t *testing.T) {
	got := parse(t, nil, "-admin-password", "pw", "-api", "gateway")
	want := gateway.Behavior{
		Platform: gateway.Platform12, SubjectIDs: gateway.SubjectIDsLinked, DuplicateStatus: 400, InvalidStatus: 400, Case: "preserve",
		Rename: gateway.RenameDone, UnknownRole: gateway.UnknownRoleCreated, SelfProtection: "ok", UsernameReuse: gateway.ReuseCreates,
		Inactive: gateway.InactiveLogin, ExternalFixed: "ok", PATFromPAT: "ok", PATLifetime: gateway.PATLifetime422, RevokeTwice: "ok",
		GroupNames: gateway.GroupNamesUnique, ManagedBy: "local", MemberIDs: gateway.MemberIDsAny, AddTwice: "ok", RemoveAbsent: "ok",
		GroupDelete: "ok", MappingKey: gateway.MappingKeyAll, MappingGroups: gateway.MappingGroupsIgnored, MappedMembers: "ok",
		IDPManagement: gateway.IDPManagementOn, IDPAbsent: "404", IDPKindChange: "ok", RebacBackend: gateway.BackendPostgres, OtherTenants: "ok", TupleDeleteAbsent: "ok",
		GroupSubjects: gateway.GroupSubjectsID, Granting: gateway.GrantingBoth, GrantTwice: gateway.GrantTwice201, GrantDeleteAbsent: "ok",
		GrantIDs: gateway.GrantIDsUUID, MaxLimit: 1000, LimitAbove: gateway.LimitAboveClamped,
		LocalSubjects: gateway.LocalSubjectsFound, AttributeReuse: "ok", InviteTwice: "ok",
	}
	if got.name != "gateway" || got.config.API != want {
		t.Errorf("got %q %+v, want %+v", got.name, got.config.API, want)
	}
	if err := want.Check(); err != nil {
		t.Error(err)
	}
}

func TestEveryGatewayFlag(t *testing.T) {
	got := parse(t, nil, "-admin-password", "p", "--api=gateway", "-platform", "0.12", "-lite", "-rebac-off", "-session-store",
		"-error-objects", "-subject-ids", "both", "-duplicate-status", "422", "-shared-emails", "-optional-email", "-invalid-status", "422",
		"-case", "fold-store", "-rename", "ignored", "-null-clears", "-empty-clears", "-roles-merge", "-empty-roles-default",
		"-unknown-role", "ignored", "-implied-roles", "-self-protection", "403", "-username-reuse", "revives", "-inactive", "tokens",
		"-external-hidden", "-external-fixed", "409", "-pat-names-unique", "-pat-from-pat", "403", "-pat-lifetime", "clamped",
		"-revoke-twice", "404", "-group-names", "shared", "-managed-by", "platform", "-member-ids", "local", "-add-twice", "409",
		"-remove-absent", "404", "-group-delete", "409", "-mapping-key", "path", "-mapping-groups", "created",
		"-issuer-trimmed", "-mapped-managed-by", "group_mapping", "-mapped-members", "403", "-idp-management", "503", "-idp-absent", "ok",
		"-idp-kind-change", "400", "-idp-secret-optional", "-rebac-backend", "spicedb", "-projection-lag", "2s",
		"-other-tenants", "403", "-tuple-delete-absent", "404", "-separate-lists", "-group-subjects", "userset", "-granting", "owners",
		"-grant-twice", "409", "-grant-delete-absent", "404", "-grants-replace", "-grant-ids", "composite", "-max-limit", "7",
		"-limit-above", "422", "-workroom-projection", "2", "-workroom-authority", "3", "-no-classification", "-members-anonymous",
		"-local-subjects", "separate", "-subject-users", "-attributes-merge", "-attribute-reuse", "409", "-invite-twice", "409", "-no-slash-redirect", "-trim-text", "-read-lag", "3s").config.API
	want := gateway.Behavior{
		Platform: gateway.Platform012, Lite: true, ReBACOff: true, SessionStore: true, ErrorObjects: true, SubjectIDs: gateway.SubjectIDsBoth,
		DuplicateStatus: 422, SharedEmails: true, OptionalEmail: true, InvalidStatus: 422, Case: authserver.CaseFoldStore,
		Rename: gateway.RenameIgnored, NullClears: true, EmptyClears: true, RolesMerge: true, EmptyRolesDefault: true,
		UnknownRole: gateway.UnknownRoleIgnored, ImpliedRoles: true, SelfProtection: "403", UsernameReuse: gateway.ReuseRevives,
		Inactive: gateway.InactiveTokens, ExternalHidden: true, ExternalFixed: "409", PATNamesUnique: true, PATFromPAT: "403",
		PATLifetime: gateway.PATLifetimeClamped, RevokeTwice: "404", GroupNames: gateway.GroupNamesShared, ManagedBy: "platform",
		MemberIDs: gateway.MemberIDsLocal, AddTwice: "409", RemoveAbsent: "404", GroupDelete: "409",
		MappingKey: gateway.MappingKeyPath, MappingGroups: gateway.MappingGroupsCreated, IssuerTrimmed: true, MappedManagedBy: "group_mapping",
		MappedMembers: "403", IDPManagement: gateway.IDPManagement503, IDPAbsent: "ok", IDPKindChange: "400", IDPSecretOptional: true,
		RebacBackend: gateway.BackendSpiceDB, ProjectionLag: 2 * time.Second, OtherTenants: "403", TupleDeleteAbsent: "404", SeparateLists: true,
		GroupSubjects: gateway.GroupSubjectsUserset, Granting: gateway.GrantingOwners, GrantTwice: gateway.GrantTwice409,
		GrantDeleteAbsent: "404", GrantsReplace: true, GrantIDs: gateway.GrantIDsComposite, MaxLimit: 7, LimitAbove: gateway.LimitAbove422,
		WorkroomProjection: 2, WorkroomAuthority: 3, NoClassification: true, MembersAnonymous: true,
		LocalSubjects: gateway.LocalSubjectsSeparate, SubjectUsers: true, AttributesMerge: true, AttributeReuse: "409", InviteTwice: "409",
		NoSlashRedirect: true, TrimText: true, ReadLag: 3 * time.Second,
	}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	everyFieldIsSet(t, got)
	if err := want.Check(); err != nil {
		t.Error(err)
	}
}

func TestEnvironment(t *testing.T) {
	env := map[string]string{passwordVariable: "p", apiKeyVariable: "k", clientSecretVariable: "s"}
	got := parse(t, env).config
	if got.AdminPassword != "p" || got.APIKey != "k" || got.ClientSecret != "s" {
		t.Errorf("config %+v", got)
	}
	got = parse(t, env, "-admin-password", "p2", "-api-key", "k2", "-client-secret", "s2").config
	if got.AdminPassword != "p2" || got.APIKey != "k2" || got.ClientSecret != "s2" {
		t.Errorf("config %+v", got)
	}
}

func TestHelp(t *testing.T) {
	env := map[string]string{passwordVariable: "topsecret", apiKeyVariable: "topsecret", clientSecretVariable: "topsecret"}
	var stderr bytes.Buffer
	_, err := parseFlags([]string{"-help"}, func(name string) string { return env[name] }, &stderr)
	if !errors.Is(err, flag.ErrHelp) {
		t.Fatal(err)
	}
	help := stderr.String()
	for _, want := range []string{
		passwordVariable, apiKeyVariable, clientSecretVariable, "/_dev/requests", "/_dev/faults",
		"'POST /auth/users/local status=503 retry-after=1 times=2'",
	} {
		if !strings.Contains(help, want) {
			t.Errorf("the help lacks %s:\n%s", want, help)
		}
	}
	if strings.Contains(help, "topsecret") {
		t.Error("the help shows a secret")
	}
}
