package provider_test

import (
	"maps"
	"strings"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
)

var (
	someUser    = acctest.Fields{"namespace": "user", "id": someID}
	someDataset = acctest.Fields{"namespace": "dataset", "id": "urn:li:dataset:1"}
)

// What follows are the rows of complete, freeTexts and wrongs about who may use what, which only the gateway API has.
func init() {
	maps.Copy(complete, map[string]acctest.Fields{
		"kamiwaza_relationship_tuple": {"subject": someUser, "relation": "viewer", "object": someDataset, "tenant": "__default__"},
		"kamiwaza_resource_grant":     {"subject": someUser, "relation": "viewer", "object": someDataset},
		"kamiwaza_resource_grants": {
			"object": someDataset, "relations": []any{"viewer", "editor"}, "grants": acctest.Fields{"viewer": acctest.Fields{"user": []any{someID}}},
		},
		"kamiwaza_identity_provider": {
			"alias": "larkspur", "kind": "oidc", "issuer": "https://login.example.com", "client_id": "c", "client_secret_wo": "s", "client_secret_wo_version": "1",
			"scopes": []any{"openid"}, "enabled": false, "ensure_redirects": true, "adopt_existing": true,
		},
		"kamiwaza_group_mapping": {"issuer": "https://login.example.com", "idp_group_path": "/analytics", "local_group_name": "analytics"},
		"kamiwaza_workroom": {
			"name": "Forecasts", "description": "", "type": "persistent", "classification": "internal", "labels": []any{"a"}, "scg_references": []any{"b"},
			"attributes": `{"a": 1}`, "archived": true, "deletion_protection": false,
		},
		"kamiwaza_workroom_member": {
			"workroom_id": someID, "email": "ada@example.com", "role": "viewer", "surface_id": "use", "landing_target": acctest.Fields{"a": "b"},
			"terminate_active_sessions": true,
		},
		"kamiwaza_workroom_members": {"workroom_id": someID, "members": acctest.Fields{"ada@example.com": "viewer"}, "terminate_active_sessions": true},
		"kamiwaza_subject": {
			"username": "ada", "attributes": `{"clearance": ["a"]}`, "password_wo": "x", "password_wo_version": "1", "cascade_grants": true,
			"adopt_existing": true, "deletion_protection": true,
		},
		"kamiwaza_attribute": {
			"name": "clearance", "type": "string", "sensitive": true, "authority": "self", "schema_version": "2", "adopt_existing": true, "force_withdraw": true,
		},

		"data.kamiwaza_relationship_tuples": {
			"tenant": "__default__", "object_namespace": "dataset", "object_id": "1", "relation": "viewer", "subject_namespace": "user", "subject_id": someID,
		},
		"data.kamiwaza_resource_access":      {"object": someDataset, "permission": "view"},
		"data.kamiwaza_accessible_resources": {"namespace": "dataset", "permission": "view", "subject_id": someID},
		"data.kamiwaza_access_check":         {"subject": someUser, "relation": "viewer", "object": someDataset},
		"data.kamiwaza_identity_providers":   {},
		"data.kamiwaza_group_mappings":       {"issuer": "https://login.example.com"},
		"data.kamiwaza_workroom":             {"name": "Forecasts"},
		"data.kamiwaza_workrooms":            {"all_users": true},
		"data.kamiwaza_workroom_members":     {"workroom_id": someID},
		"data.kamiwaza_subject":              {"username": "ada"},
		"data.kamiwaza_attributes":           {"include_deprecated": true},
	})
	maps.Copy(freeTexts, map[string][]string{
		"kamiwaza_workroom":  {"description"},
		"kamiwaza_attribute": {"schema_version"},
	})

	long := strings.Repeat("x", 5000)
	row := func(of, argument string, value any, want string) {
		wrongs = append(wrongs, wrong{of: of, argument: argument, value: value, want: want})
	}
	// An object in which a value is missing is wrong as a whole.
	end := func(of, name, ids string) {
		wrongs = append(wrongs, wrong{of, name, acctest.Fields{"namespace": "user", "id": nil}, name + ".id", "Missing Configuration for Required Attribute"})
		row(of, name+".namespace", "", "Invalid namespace: "+name+".namespace: it is empty.")
		row(of, name+".namespace", "user:ada", `"user:ada" has a colon or #; write the namespace and the id as two values`)
		row(of, name+".namespace", long, "it is longer than 255 characters")
		row(of, name+".id", "", name+".id "+ids)
	}
	for _, of := range []string{"kamiwaza_relationship_tuple", "kamiwaza_resource_grant"} {
		end(of, "subject", "UTF-8 character count must be between 1 and 1024, got: 0")
		end(of, "object", "UTF-8 character count must be between 1 and 4096, got: 0")
		row(of, "relation", "", "relation UTF-8 character count must be between 1 and 255, got: 0")
	}
	row("kamiwaza_relationship_tuple", "tenant", "", "tenant string length must be at least 1, got: 0")
	end("kamiwaza_resource_grants", "object", "UTF-8 character count must be between 1 and 4096, got: 0")
	row("kamiwaza_resource_grants", "relations", []any{}, "relations set must contain at least 1 elements, got: 0")
	wrongs = append(wrongs, wrong{"kamiwaza_resource_grants", "relations", []any{"editor"}, `grants["viewer"]`, `Add "viewer" to relations, or remove it from grants.`})
	for _, grants := range []struct {
		value    acctest.Fields
		at, want string
	}{
		{acctest.Fields{"": acctest.Fields{}}, `grants[""]`, "Invalid relation: A relation has 1 to 255 characters."},
		{acctest.Fields{"viewer": nil}, `grants["viewer"]`, `Invalid grants: grants["viewer"] is null. To grant nothing, leave it out or use {}.`},
		{acctest.Fields{"owner": acctest.Fields{}}, `grants["owner"]`, `Add "owner" to relations, or remove it from grants.`},
		{acctest.Fields{"viewer": acctest.Fields{"user": nil}}, `grants["viewer"]["user"]`, "is null. To grant nothing, leave it out or use []."},
		{acctest.Fields{"viewer": acctest.Fields{"user:x": []any{}}}, `grants["viewer"]["user:x"]`, "has a colon or #"},
		{acctest.Fields{"viewer": acctest.Fields{"user": []any{""}}}, `grants["viewer"]["user"]`, "is null or empty."},
		{acctest.Fields{"viewer": acctest.Fields{"user": []any{nil}}}, `grants["viewer"]["user"]`, "is null or empty."},
		{acctest.Fields{"viewer": acctest.Fields{"user": []any{long}}}, `grants["viewer"]["user"]`, "is longer than 1024 characters."},
	} {
		wrongs = append(wrongs, wrong{"kamiwaza_resource_grants", "grants", grants.value, grants.at, grants.want})
	}
	end("data.kamiwaza_access_check", "subject", "string length must be at least 1, got: 0")
	end("data.kamiwaza_access_check", "object", "string length must be at least 1, got: 0")
	end("data.kamiwaza_resource_access", "object", "string length must be at least 1, got: 0")
	for of, texts := range map[string][]string{
		"data.kamiwaza_access_check":         {"relation"},
		"data.kamiwaza_relationship_tuples":  {"tenant", "object_id", "relation", "subject_id"},
		"data.kamiwaza_accessible_resources": {"permission", "subject_id"},
		"data.kamiwaza_resource_access":      {"permission"},
		"data.kamiwaza_group_mappings":       {"issuer"},
		"data.kamiwaza_workroom":             {"name"},
		"kamiwaza_group_mapping":             {"issuer", "idp_group_path", "local_group_name"},
		"kamiwaza_identity_provider":         {"alias", "client_id", "client_secret_wo", "client_secret_wo_version"},
		"kamiwaza_workroom":                  {"name", "classification"},
		"kamiwaza_subject":                   {"username", "password_wo", "password_wo_version"},
		"kamiwaza_attribute":                 {"name"},
	} {
		for _, argument := range texts {
			row(of, argument, "", "Attribute "+argument+" ")
		}
	}
	for of, texts := range map[string][]string{
		"data.kamiwaza_relationship_tuples":  {"object_namespace", "subject_namespace"},
		"data.kamiwaza_accessible_resources": {"namespace"},
	} {
		for _, argument := range texts {
			row(of, argument, "user:ada", `Invalid namespace: `+argument)
		}
	}
	for of, ids := range map[string][]string{
		"data.kamiwaza_workroom": {"id"}, "data.kamiwaza_workroom_members": {"workroom_id"},
		"kamiwaza_workroom_member": {"workroom_id"}, "kamiwaza_workroom_members": {"workroom_id"},
	} {
		for _, argument := range ids {
			row(of, argument, "x/y", `Invalid id: `+argument+`: "x/y" is not a UUID such as`)
			row(of, argument, "", `Invalid id: `+argument+`: "" is not a UUID such as`)
		}
	}
	row("data.kamiwaza_subject", "id", "", "id string length must be at least 1, got: 0")
	row("data.kamiwaza_subject", "username", "", "username string length must be at least 1, got: 0")
	row("kamiwaza_identity_provider", "kind", "saml", `kind value must be one of: ["oidc" "google"], got: "saml"`)
	row("kamiwaza_identity_provider", "scopes", []any{""}, "Invalid scopes: An element is null or empty, or there is none.")
	row("kamiwaza_identity_provider", "client_secret", "", "client_secret string length must be at least 1")
	row("kamiwaza_identity_provider", "hosted_domain", "example.com", "hosted_domain is for google: Only Google has hosted domains.")
	row("kamiwaza_identity_provider", "alias", "federation-x", `Invalid alias: "federation-x" begins with "federation-".`)
	row("kamiwaza_identity_provider", "issuer", "example.com", `Invalid URL: The value of issuer, "example.com", is not a URL such as "https://login.example.com".`)
	row("kamiwaza_subject", "attributes", "x", "Not a JSON object")
	row("kamiwaza_subject", "password", "", "password string length must be at least 1")
	row("kamiwaza_workroom", "scg_references", []any{""}, "Invalid scg_references: An element of scg_references is null or empty. Remove it.")
	row("kamiwaza_workroom", "labels", []any{""}, "Invalid labels: An element of labels is null or empty. Remove it.")
	row("kamiwaza_workroom", "type", "ephemeral", "Terraform cannot manage ephemeral workrooms")
	row("kamiwaza_workroom", "type", "shared", `"shared" is not a type of workrooms.`)
	row("kamiwaza_workroom", "attributes", "x", "Not a JSON object")
	row("kamiwaza_workroom_member", "email", "ada", `"ada", is not an e-mail address`)
	row("kamiwaza_workroom_member", "role", "boss", `role value must be one of: ["owner" "editor" "viewer"], got: "boss"`)
	row("kamiwaza_workroom_member", "surface_id", "s", `surface_id value must be one of: ["use" "analyze" "build" "operate"], got: "s"`)
	row("kamiwaza_workroom_member", "landing_target", acctest.Fields{"x": nil}, "null")
	wrongs = append(wrongs, wrong{"kamiwaza_workroom_members", "members", acctest.Fields{"ada": "viewer"}, `members["ada"]`, "is not an e-mail address"})
	wrongs = append(wrongs, wrong{"kamiwaza_workroom_members", "members", acctest.Fields{"ada@example.com": "boss"}, `members["ada@example.com"]`, "value must be one of"})
	row("kamiwaza_workroom_members", "members", acctest.Fields{"ada@example.com": nil}, "null")
	row("kamiwaza_workroom_members", "members", acctest.Fields{"ada@example.com": "viewer", "Ada@example.com": "viewer"}, `"Ada@example.com" and "ada@example.com" are one e-mail address.`)
	row("kamiwaza_attribute", "type", "text", `type value must be one of: ["string" "int" "bool" "string[]"], got: "text"`)
	row("kamiwaza_attribute", "authority", "hr", `authority value must be one of`)
}
