package provider_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

const (
	someID  = "6f1c2b9e-4d3a-4c55-9f0e-0a7d3f1b2c48"
	otherID = "00000000-0000-4000-8000-00000000000a"
)

// complete has a valid configuration of everything that can be configured, with each argument that it takes at one time.
var complete = map[string]acctest.Fields{
	"provider": {
		"base_url": "https://kamiwaza.example.com/api", "username": "admin", "password": "x", "login_method": "token", "client_id": "c",
		"client_secret": "s", "scope": "a b", "ca_cert_file": "ca.pem", "insecure_skip_verify": false, "request_timeout": "45s", "max_retries": 0,
		"max_concurrent_requests": 1, "headers": acctest.Fields{"X-Tenant": "blue"}, "read_mode": "shared", "api": "auto", "adopt_existing": true, "allow_self_lockout": true,
	},
	"kamiwaza_organization": {
		"name": "acme", "description": "", "deletion_protection": true, "idp_config": acctest.Fields{
			"provider": "okta", "domain": "acme.example.com", "client_id": "c", "metadata_url": "https://acme.example.com", "additional_config": `{"a": [1]}`,
		},
	},
	"kamiwaza_user": {
		"username": "ada", "email": "ada@example.com", "full_name": "Ada", "organization_id": someID, "is_superuser": true, "is_active": false,
		"external_id": "7", "password_wo": "x", "password_wo_version": "1", "deletion_protection": true, "on_destroy": "deactivate",
		"roles": []any{"user"},
	},
	"kamiwaza_personal_access_token": {
		"name": "ci", "scope": "admin", "audience": "kamiwaza-platform", "ttl_seconds": 3600, "rotate_before": "24h", "rotation_triggers": acctest.Fields{"year": "2027"},
	},
	"kamiwaza_group":         {"name": "admins", "description": "who repair things", "cascade": "grants", "force_detach": true},
	"kamiwaza_role":          {"name": "operator", "description": "repairs things"},
	"kamiwaza_right":         {"name": "restart", "description": "restart things"},
	"kamiwaza_group_member":  {"group_id": someID, "user_id": otherID},
	"kamiwaza_group_role":    {"group_id": someID, "role_id": otherID},
	"kamiwaza_role_right":    {"role_id": someID, "right_id": otherID},
	"kamiwaza_group_members": {"group_id": someID, "user_ids": []any{someID, otherID}},
	"kamiwaza_user_groups":   {"user_id": someID, "group_ids": []any{}},
	"kamiwaza_group_roles":   {"group_id": someID, "role_ids": []any{otherID}},
	"kamiwaza_role_rights":   {"role_id": someID, "right_ids": []any{otherID}},

	"data.kamiwaza_organization": {"id": someID},
	"data.kamiwaza_user":         {"username": "ada"},
	"data.kamiwaza_users": {
		"organization_id": someID, "group_id": otherID, "is_superuser": true, "is_active": false, "username_regex": "^a", "email_regex": `@example\.com$`,
		"inactive_since": "2026-01-31T00:00:00Z", "role": "admin", "usernames": []any{"ada"},
	},
	"data.kamiwaza_group":      {"id": someID},
	"data.kamiwaza_groups":     {"name_regex": "^a", "managed_by": "local"},
	"data.kamiwaza_pat_config": {},

	"data.kamiwaza_personal_access_tokens": {"include_revoked": true},
	"data.kamiwaza_role":                   {"id": someID},
	"data.kamiwaza_right":                  {"id": someID},
	"data.kamiwaza_user_access":            {"user_id": someID},
	"data.kamiwaza_right_holders":          {"right_id": someID},
	"data.kamiwaza_current_user":           {},
	"data.kamiwaza_current_permissions":    {},

	"ephemeral.kamiwaza_personal_access_token": {"name": "run", "scope": "admin", "ttl_seconds": 3600},
	"ephemeral.kamiwaza_access_token": {
		"username": "ada", "password": "x", "login_method": "local", "client_id": "c", "client_secret": "s", "scope": "a b",
	},
}

// freeTexts may be anything: no validation knows better than the server.
var freeTexts = map[string][]string{
	"provider":                        {"client_id", "client_secret", "scope", "ca_cert_file"}, // the file is read when the provider is configured
	"kamiwaza_organization":           {"description", "idp_config.metadata_url"},
	"kamiwaza_user":                   {"full_name", "external_id", "roles"},
	"kamiwaza_group":                  {"description"},
	"kamiwaza_role":                   {"description"},
	"kamiwaza_right":                  {"description"},
	"ephemeral.kamiwaza_access_token": {"client_id", "client_secret", "scope"},
	"kamiwaza_personal_access_token":  {"rotation_triggers"},
	"data.kamiwaza_groups":            {"managed_by"},
}

// wrong is one way to get one argument wrong.
type wrong struct {
	of, argument string
	value        any
	at           string // the attribute that the message is about; "" is the argument itself
	want         string // part of "summary: detail"
}

var wrongs = []wrong{
	{of: "provider", argument: "base_url", value: "", want: "Invalid base URL: The base URL is empty; it looks like https://kamiwaza.example.com/api."},
	{of: "provider", argument: "base_url", value: "kamiwaza.example.com", want: "must begin with https:// or http:// and name a host"},
	{of: "provider", argument: "base_url", value: "ftp://kamiwaza.example.com", want: "must begin with https:// or http://"},
	{of: "provider", argument: "base_url", value: "https:///api", want: "name a host"},
	{of: "provider", argument: "base_url", value: "https://kamiwaza example.com", want: "must begin with https://"},
	{of: "provider", argument: "base_url", value: "https://ada:secret@kamiwaza.example.com/api", want: "must not contain credentials"},
	{of: "provider", argument: "base_url", value: "https://kamiwaza.example.com/api?token=secret", want: "must not have a query"},
	{of: "provider", argument: "base_url", value: "https://kamiwaza.example.com/api#x", want: "must not have a query (?) or a fragment (#)"},
	{of: "provider", argument: "api_key", value: "", want: "api_key string length must be at least 1"},
	{of: "provider", argument: "api_key", value: "key", want: "Two ways of logging in: Both api_key and username/password are set. Keep one of the two."},
	{of: "provider", argument: "username", value: "", want: "username string length must be at least 1"},
	{of: "provider", argument: "password", value: "", want: "password string length must be at least 1"},
	{of: "provider", argument: "login_method", value: "", want: `login_method value must be one of: ["token" "local"], got: ""`},
	{of: "provider", argument: "login_method", value: "oauth", want: `login_method value must be one of: ["token" "local"], got: "oauth"`},
	{of: "provider", argument: "ca_cert_pem", value: "-----BEGIN", at: "ca_cert_file", want: `"ca_cert_pem" cannot be specified when "ca_cert_file" is specified`},
	{of: "provider", argument: "request_timeout", value: "", want: `Invalid duration: "" is not a duration greater than zero with a unit, such as "45s" or "2m".`},
	{of: "provider", argument: "request_timeout", value: "45", want: `"45" is not a duration`},
	{of: "provider", argument: "request_timeout", value: "0s", want: `"0s" is not a duration greater than zero`},
	{of: "provider", argument: "request_timeout", value: "-1m", want: `"-1m" is not a duration greater than zero`},
	{of: "provider", argument: "max_retries", value: -1, want: "max_retries value must be between 0 and 20, got: -1"},
	{of: "provider", argument: "max_retries", value: 21, want: "max_retries value must be between 0 and 20, got: 21"},
	{of: "provider", argument: "max_retries", value: 1.5, want: "is not an integer"},
	{of: "provider", argument: "max_concurrent_requests", value: 0, want: "max_concurrent_requests value must be between 1 and 1000, got: 0"},
	{of: "provider", argument: "max_concurrent_requests", value: 1001, want: "max_concurrent_requests value must be between 1 and 1000, got: 1001"},
	{of: "provider", argument: "headers", value: acctest.Fields{"Authorization": "x"}, at: `headers["Authorization"]`, want: `Invalid header: The header "Authorization" cannot be configured: it is set for each request, from the API key or from the username and the password.`},
	{of: "provider", argument: "headers", value: acctest.Fields{"cookie": "x"}, at: `headers["cookie"]`, want: `The header "cookie" cannot be configured: it is set for each request, from the API key`},
	{of: "provider", argument: "headers", value: acctest.Fields{"Host": "x"}, at: `headers["Host"]`, want: `The header "Host" cannot be configured: it is set for each request.`},
	{of: "provider", argument: "headers", value: acctest.Fields{"user-agent": "x"}, at: `headers["user-agent"]`, want: `The header "user-agent" cannot be configured: it is set for each request.`},
	{of: "provider", argument: "headers", value: acctest.Fields{"Transfer-Encoding": "x"}, at: `headers["Transfer-Encoding"]`, want: `The header "Transfer-Encoding" cannot be configured: it is about a single connection.`},
	{of: "provider", argument: "headers", value: acctest.Fields{"X-Tenant": "a", "x-tenant": "b"}, at: `headers["x-tenant"]`, want: `The header "x-tenant" is configured twice, in two spellings.`},
	{of: "provider", argument: "headers", value: acctest.Fields{"": "x"}, at: `headers[""]`, want: `"" is not the name of a header.`},
	{of: "provider", argument: "headers", value: acctest.Fields{"X Tenant": "x"}, at: `headers["X Tenant"]`, want: `"X Tenant" is not the name of a header.`},
	{of: "provider", argument: "headers", value: acctest.Fields{"X-Tenant": "a\nb"}, at: `headers["X-Tenant"]`, want: `Invalid header: The value of the header "X-Tenant" has a line break or another control character, which no header can carry.`},
	{of: "provider", argument: "headers", value: acctest.Fields{"X-Tenant": nil}, at: `headers["X-Tenant"]`, want: `Invalid header: The value of the header "X-Tenant" is null. Remove the header, or set it to a string.`},
	{of: "provider", argument: "api", value: "", want: `api value must be one of: ["auto" "rbac" "gateway"], got: ""`},
	{of: "provider", argument: "api", value: "rest", want: `api value must be one of: ["auto" "rbac" "gateway"], got: "rest"`},
	{of: "provider", argument: "read_mode", value: "cached", want: `read_mode value must be one of: ["shared" "direct"], got: "cached"`},

	{of: "kamiwaza_organization", argument: "name", value: "", want: "name string length must be at least 1"},
	{of: "kamiwaza_organization", argument: "idp_config", value: acctest.Fields{}, at: "idp_config.provider", want: "Missing Configuration for Required Attribute"},
	{of: "kamiwaza_organization", argument: "idp_config.provider", value: "", want: "idp_config.provider string length must be at least 1"},
	{of: "kamiwaza_organization", argument: "idp_config.domain", value: "", want: "idp_config.domain string length must be at least 1"},
	{of: "kamiwaza_organization", argument: "idp_config.client_id", value: "", want: "idp_config.client_id string length must be at least 1"},
	{of: "kamiwaza_organization", argument: "idp_config.additional_config", value: "", want: "idp_config.additional_config must be a JSON object, as jsonencode"},
	{of: "kamiwaza_organization", argument: "idp_config.additional_config", value: "{", want: "must be a JSON object"},
	{of: "kamiwaza_organization", argument: "idp_config.additional_config", value: "[]", want: "must be a JSON object"},
	{of: "kamiwaza_organization", argument: "idp_config.additional_config", value: "null", want: "must be a JSON object"},
	{of: "kamiwaza_organization", argument: "idp_config.additional_config", value: `"{}"`, want: "must be a JSON object"},
	{of: "kamiwaza_organization", argument: "idp_config.additional_config", value: `{} x`, want: "must be a JSON object"},

	{of: "kamiwaza_user", argument: "username", value: "", want: "username string length must be at least 1"},
	{of: "kamiwaza_user", argument: "email", value: "", want: `Invalid e-mail address: The value of email, "", is not an e-mail address such as "ada@example.com".`},
	{of: "kamiwaza_user", argument: "email", value: "ada", want: `"ada", is not an e-mail address`},
	{of: "kamiwaza_user", argument: "email", value: "ada@", want: "is not an e-mail address"},
	{of: "kamiwaza_user", argument: "email", value: "@example.com", want: "is not an e-mail address"},
	{of: "kamiwaza_user", argument: "email", value: "Ada <ada@example.com>", want: "is not an e-mail address"},
	{of: "kamiwaza_user", argument: "email", value: "ada@example.com, bob@example.com", want: "is not an e-mail address"},
	{of: "kamiwaza_user", argument: "email", value: " ada@example.com", want: "is not an e-mail address"},
	{of: "kamiwaza_user", argument: "organization_id", value: "", want: `Invalid id: organization_id: "" is not a UUID such as`},
	{of: "kamiwaza_user", argument: "organization_id", value: "acme", want: `"acme" is not a UUID such as`},
	{of: "kamiwaza_user", argument: "organization_id", value: strings.ToUpper(someID), want: `must be written in lower case: "` + someID + `"`},
	{of: "kamiwaza_user", argument: "password", value: "", want: "password string length must be at least 1"},
	{of: "kamiwaza_user", argument: "password", value: "x", want: `"password_wo" cannot be specified when "password" is specified`},
	{of: "kamiwaza_user", argument: "password_wo", value: "", want: "password_wo string length must be at least 1"},
	{of: "kamiwaza_user", argument: "password_wo", value: nil, at: "password_wo_version", want: `"password_wo" must be specified when "password_wo_version" is specified`},
	{of: "kamiwaza_user", argument: "password_wo_version", value: nil, at: "password_wo", want: `"password_wo_version" must be specified when "password_wo" is specified`},
	{of: "kamiwaza_user", argument: "password_wo_version", value: "", want: "string length must be at least 1"},
	{of: "kamiwaza_user", argument: "on_destroy", value: "", want: `on_destroy value must be one of: ["delete" "deactivate"], got: ""`},
	{of: "kamiwaza_user", argument: "on_destroy", value: "keep", want: `on_destroy value must be one of: ["delete" "deactivate"], got: "keep"`},

	{of: "kamiwaza_group", argument: "name", value: "", want: "name string length must be at least 1"},
	{of: "kamiwaza_group", argument: "cascade", value: "", want: "cascade string length must be at least 1"},
	{of: "kamiwaza_group_member", argument: "group_id", value: "", want: "group_id string length must be at least 1"},
	{of: "kamiwaza_group_member", argument: "user_id", value: "", want: "user_id string length must be at least 1"},
	{of: "kamiwaza_group_members", argument: "group_id", value: "", want: "group_id string length must be at least 1"},
	{of: "kamiwaza_group_members", argument: "user_ids", value: []any{""}, want: `Invalid id: user_ids: "" is not a UUID`},
	{of: "kamiwaza_group_members", argument: "user_ids", value: []any{otherID, nil}, want: "Invalid id: An element of user_ids is null"},
	{of: "kamiwaza_personal_access_token", argument: "name", value: "", want: "name UTF-8 character count must be between 1 and 255, got: 0"},
	{of: "kamiwaza_personal_access_token", argument: "scope", value: "", want: "scope UTF-8 character count must be between 1 and 50, got: 0"},
	{of: "kamiwaza_personal_access_token", argument: "audience", value: "", want: "audience UTF-8 character count must be between 1 and 255, got: 0"},
	{of: "kamiwaza_personal_access_token", argument: "ttl_seconds", value: 59, want: "ttl_seconds value must be between 60 and 31536000, got: 59"},
	{of: "kamiwaza_personal_access_token", argument: "ttl_seconds", value: 31536001, want: "ttl_seconds value must be between 60 and 31536000, got: 31536001"},
	{of: "kamiwaza_personal_access_token", argument: "rotate_before", value: "7d", want: `"7d" is not a duration greater than zero with a unit`},
	{of: "kamiwaza_role", argument: "name", value: "", want: "name string length must be at least 1"},
	{of: "kamiwaza_right", argument: "name", value: "", want: "name string length must be at least 1"},

	{of: "data.kamiwaza_user", argument: "id", value: "", want: `id: "" is not a UUID`},
	{of: "data.kamiwaza_user", argument: "id", value: someID, want: "Exactly one of these attributes must be configured: [id,subject_id,username,email]"},
	{of: "data.kamiwaza_user", argument: "username", value: "", want: "username string length must be at least 1"},
	{of: "data.kamiwaza_user", argument: "username", value: nil, at: "none", want: "Exactly one of these attributes must be configured: [id,subject_id,username,email]"},
	{of: "data.kamiwaza_user", argument: "email", value: "", want: "email string length must be at least 1"},
	{of: "data.kamiwaza_user", argument: "email", value: "ada@example.com", at: "username", want: "Exactly one of these attributes must be configured: [id,subject_id,username,email]"},
	{of: "data.kamiwaza_user", argument: "subject_id", value: "", want: "subject_id string length must be at least 1"},
	{of: "data.kamiwaza_group", argument: "id", value: "", want: "id string length must be at least 1"},
	{of: "data.kamiwaza_group", argument: "name", value: "", want: "name string length must be at least 1"},
	{of: "data.kamiwaza_group", argument: "name", value: "admins", at: "id", want: "Exactly one of these attributes must be configured: [id,name]"},
	{of: "data.kamiwaza_organization", argument: "name", value: "", want: "name string length must be at least 1"},
	{of: "data.kamiwaza_organization", argument: "name", value: "acme", at: "id", want: "Exactly one of these attributes must be configured: [id,name]"},
	{of: "data.kamiwaza_role", argument: "name", value: "", want: "name string length must be at least 1"},
	{of: "data.kamiwaza_role", argument: "name", value: "operator", at: "id", want: "Exactly one of these attributes must be configured: [id,name]"},
	{of: "data.kamiwaza_role", argument: "id", value: nil, at: "none", want: "Exactly one of these attributes must be configured: [id,name]"},
	{of: "data.kamiwaza_right", argument: "name", value: "", want: "name string length must be at least 1"},
	{of: "data.kamiwaza_right", argument: "name", value: "restart", at: "id", want: "Exactly one of these attributes must be configured: [id,name]"},
	{of: "data.kamiwaza_right_holders", argument: "right_name", value: "", want: "right_name string length must be at least 1"},
	{of: "data.kamiwaza_right_holders", argument: "right_name", value: "restart", at: "right_id", want: "Exactly one of these attributes must be configured: [right_id,right_name]"},
	{of: "data.kamiwaza_users", argument: "usernames", value: []any{"ada", nil}, want: "Invalid username: An element of usernames is null or empty"},
	{of: "data.kamiwaza_users", argument: "usernames", value: []any{"ada", ""}, want: "Invalid username: An element of usernames is null or empty"},
	{of: "data.kamiwaza_groups", argument: "name_regex", value: "(", want: "Invalid regular expression"},
	{of: "data.kamiwaza_users", argument: "role", value: "", want: "role string length must be at least 1"},
	{of: "data.kamiwaza_users", argument: "group_id", value: "", want: "group_id string length must be at least 1"},
	{of: "data.kamiwaza_users", argument: "username_regex", value: "(", want: "Invalid regular expression: The value of username_regex, \"(\", is not a regular expression of RE2: missing closing )"},
	{of: "data.kamiwaza_users", argument: "username_regex", value: "a(?=b)", want: "is not a regular expression of RE2"},
	{of: "data.kamiwaza_users", argument: "email_regex", value: "[", want: "The value of email_regex, \"[\", is not a regular expression of RE2: missing closing ]"},
	{of: "data.kamiwaza_users", argument: "inactive_since", value: "", want: "Invalid RFC3339 String Value"},
	{of: "data.kamiwaza_users", argument: "inactive_since", value: "2026-01-31", want: "not valid RFC3339 string format"},
	{of: "data.kamiwaza_users", argument: "inactive_since", value: "2026-02-30T00:00:00Z", want: "day out of range"},
	{of: "data.kamiwaza_user_access", argument: "user_id", value: nil, at: "none", want: "Exactly one of these attributes must be configured: [user_id,username]"},
	{of: "data.kamiwaza_user_access", argument: "username", value: "", want: "username string length must be at least 1"},
	{of: "data.kamiwaza_user_access", argument: "username", value: "ada", at: "user_id", want: "Exactly one of these attributes must be configured: [user_id,username]"},

	{of: "ephemeral.kamiwaza_personal_access_token", argument: "name", value: "", want: "name UTF-8 character count must be between 1 and 255, got: 0"},
	{of: "ephemeral.kamiwaza_personal_access_token", argument: "scope", value: "", want: "scope UTF-8 character count must be between 1 and 50, got: 0"},
	{of: "ephemeral.kamiwaza_personal_access_token", argument: "ttl_seconds", value: 1, want: "ttl_seconds value must be between 60 and 31536000, got: 1"},
	{of: "ephemeral.kamiwaza_access_token", argument: "username", value: "", want: "username string length must be at least 1"},
	{of: "ephemeral.kamiwaza_access_token", argument: "password", value: "", want: "password string length must be at least 1"},
	{of: "ephemeral.kamiwaza_access_token", argument: "login_method", value: "x", want: `login_method value must be one of: ["token" "local"], got: "x"`},
}

func init() {
	// Every other argument that ends in _id or _ids takes UUIDs, but for those that the gateway API has, too.
	for of, arguments := range map[string][]string{
		"kamiwaza_group_role":         {"group_id", "role_id"},
		"kamiwaza_role_right":         {"role_id", "right_id"},
		"kamiwaza_user_groups":        {"user_id", "group_ids"},
		"kamiwaza_group_roles":        {"group_id", "role_ids"},
		"kamiwaza_role_rights":        {"role_id", "right_ids"},
		"data.kamiwaza_organization":  {"id"},
		"data.kamiwaza_users":         {"organization_id"},
		"data.kamiwaza_role":          {"id"},
		"data.kamiwaza_right":         {"id"},
		"data.kamiwaza_user_access":   {"user_id"},
		"data.kamiwaza_right_holders": {"right_id"},
	} {
		for _, argument := range arguments {
			for text, problem := range map[string]string{
				"": "is not a UUID such as", "admins": "is not a UUID such as", " " + someID: "is not a UUID such as",
				someID + "/" + someID: "is not a UUID such as", "{" + someID + "}": "is not a UUID such as",
				strings.ReplaceAll(someID, "-", ""): "is not a UUID such as", strings.ToUpper(someID): `must be written in lower case: "` + someID + `"`,
			} {
				if strings.HasSuffix(argument, "_ids") {
					wrongs = append(wrongs, wrong{of, argument, []any{otherID, text}, "", "Invalid id: " + argument + ": " + fmt.Sprintf("%q ", text) + problem})
				} else {
					wrongs = append(wrongs, wrong{of, argument, text, "", "Invalid id: " + argument + ": " + fmt.Sprintf("%q ", text) + problem})
				}
			}
			if strings.HasSuffix(argument, "_ids") {
				wrongs = append(wrongs, wrong{of, argument, []any{otherID, nil}, "", "Invalid id: An element of " + argument + " is null"})
			}
		}
	}
}

// schemaOf returns the schema of what complete has.
func schemaOf(p acctest.Protocol, of string) *tfprotov6.Schema {
	p.T.Helper()
	schema := p.Schemas.ResourceSchemas[of]
	if of == "provider" {
		schema = p.Schemas.Provider
	} else if name, ok := strings.CutPrefix(of, "data."); ok {
		schema = p.Schemas.DataSourceSchemas[name]
	} else if name, ok := strings.CutPrefix(of, "ephemeral."); ok {
		schema = p.Schemas.EphemeralResourceSchemas[name]
	}
	if schema == nil {
		p.T.Fatalf("there is no %s", of)
	}
	return schema
}

// validate asks the provider about a configuration, as Terraform does before a plan.
func validate(p acctest.Protocol, of string, config acctest.Fields) (diagnostics []*tfprotov6.Diagnostic) {
	p.T.Helper()
	objectType := schemaOf(p, of).ValueType()
	encoded, err := tfprotov6.NewDynamicValue(objectType, acctest.Encode(p.T, objectType, config))
	acctest.Must(p.T, err)
	ctx := p.T.Context()
	if of == "provider" {
		resp, err := p.Server.ValidateProviderConfig(ctx, &tfprotov6.ValidateProviderConfigRequest{Config: &encoded})
		acctest.Must(p.T, err)
		return resp.Diagnostics
	}
	if name, ok := strings.CutPrefix(of, "data."); ok {
		resp, err := p.Server.ValidateDataResourceConfig(ctx, &tfprotov6.ValidateDataResourceConfigRequest{TypeName: name, Config: &encoded})
		acctest.Must(p.T, err)
		return resp.Diagnostics
	}
	if name, ok := strings.CutPrefix(of, "ephemeral."); ok {
		resp, err := p.Server.ValidateEphemeralResourceConfig(ctx, &tfprotov6.ValidateEphemeralResourceConfigRequest{TypeName: name, Config: &encoded})
		acctest.Must(p.T, err)
		return resp.Diagnostics
	}
	resp, err := p.Server.ValidateResourceConfig(ctx, &tfprotov6.ValidateResourceConfigRequest{
		TypeName: of, Config: &encoded, ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
	})
	acctest.Must(p.T, err)
	return resp.Diagnostics
}

func (w wrong) config() acctest.Fields { return with(complete[w.of], w.argument, w.value) }

// with returns a copy of a configuration with another value of one argument.
func with(config acctest.Fields, argument string, value any) acctest.Fields {
	config = maps.Clone(config)
	name, below, nested := strings.Cut(argument, ".")
	if nested {
		value = with(config[name].(acctest.Fields), below, value)
	}
	config[name] = value
	return config
}

// expect checks that the errors have one at the attribute that says what is wanted.
func expect(t *testing.T, diagnostics []*tfprotov6.Diagnostic, at, want string) {
	t.Helper()
	if at == "none" {
		at = ""
	}
	var texts []string
	for _, d := range diagnostics {
		text := d.Summary + ": " + d.Detail
		if d.Severity == tfprotov6.DiagnosticSeverityError && acctest.AttributeOf(d) == at && acctest.Says(want).MatchString(text) {
			return
		}
		texts = append(texts, acctest.AttributeOf(d)+": "+text)
	}
	t.Errorf("got\n  %s\nwant an error at %q with %q", strings.Join(texts, "\n  "), at, want)
}

func TestProtocol_validation(t *testing.T) {
	p := acctest.Unconfigured(t)
	seen := map[string]map[string]bool{}
	for _, w := range wrongs {
		if seen[w.of] == nil {
			seen[w.of] = map[string]bool{}
		}
		seen[w.of][w.argument] = true
		t.Run(fmt.Sprintf("%s.%s=%v", w.of, w.argument, w.value), func(t *testing.T) {
			p := p
			p.T = t
			at := w.at
			if at == "" {
				at = w.argument
			}
			expect(t, validate(p, w.of, w.config()), at, w.want)
		})
	}

	all := []string{"provider"}
	all = append(all, slices.Collect(maps.Keys(p.Schemas.ResourceSchemas))...)
	for name := range p.Schemas.DataSourceSchemas {
		all = append(all, "data."+name)
	}
	for name := range p.Schemas.EphemeralResourceSchemas {
		all = append(all, "ephemeral."+name)
	}
	for _, of := range slices.Sorted(slices.Values(all)) {
		t.Run(of, func(t *testing.T) {
			p := p
			p.T = t
			config, ok := complete[of]
			if !ok {
				t.Fatalf("there is no complete configuration of %s", of)
			}
			p.NoErrors(validate(p, of, config))
			for argument, attribute := range arguments("", schemaOf(p, of).Block.Attributes) {
				settable := attribute.Required || attribute.Optional
				switch {
				case !settable && strings.Contains(argument, "."): // below a computed one
				case !settable:
					// What only the server decides cannot be configured.
					expect(t, validate(p, of, with(config, argument, sample(attribute.Type))), argument, "Invalid Configuration for Read-Only Attribute")
				default:
					// What is not known yet is not wrong yet.
					p.NoErrors(validate(p, of, with(config, argument, acctest.Unknown{})))
					if attribute.Required {
						expect(t, validate(p, of, with(config, argument, nil)), argument, "Missing Configuration for Required Attribute")
					}
					if !seen[of][argument] && !slices.Contains(freeTexts[of], argument) && !tftypes.Bool.Is(attribute.Type) {
						t.Errorf("no row gets %s wrong", argument)
					}
				}
			}
		})
	}
}

// arguments returns all attributes by their paths, those inside single objects included.
func arguments(prefix string, attributes []*tfprotov6.SchemaAttribute) map[string]*tfprotov6.SchemaAttribute {
	all := map[string]*tfprotov6.SchemaAttribute{}
	for _, attribute := range attributes {
		all[prefix+attribute.Name] = attribute
		if attribute.NestedType != nil && attribute.NestedType.Nesting == tfprotov6.SchemaObjectNestingModeSingle {
			maps.Copy(all, arguments(prefix+attribute.Name+".", attribute.NestedType.Attributes))
		}
	}
	return all
}

// sample is some value of a type.
func sample(of tftypes.Type) any {
	switch {
	case of == nil: // a nested one
		return acctest.Unknown{}
	case of.Is(tftypes.Bool):
		return true
	case of.Is(tftypes.Number):
		return 1
	case of.Is(tftypes.String):
		return "x"
	}
	return []any{}
}

// What the provider finds out before its first call, together with the environment, which is empty here.
func TestProtocol_configureValidation(t *testing.T) {
	good := map[string]string{"base_url": "https://kamiwaza.example.com/api", "api_key": "x"}
	for _, test := range []struct{ at, value, want string }{
		{"base_url", "", "Invalid base URL: The base URL is empty; it looks like https://kamiwaza.example.com/api. Set base_url or the environment variable KAMIWAZA_BASE_URL."},
		{"api_key", "", "No credentials: Set api_key (or KAMIWAZA_API_KEY), or username and password (or KAMIWAZA_USERNAME and KAMIWAZA_PASSWORD)."},
		{"ca_cert_file", "/does/not/exist.pem", "Certificate file not readable: Open /does/not/exist.pem:"},
		{"ca_cert_file", "validation_test.go", "Not a certificate: The file validation_test.go holds no certificate in PEM form"},
		{"ca_cert_pem", "-----BEGIN CERTIFICATE-----", "Not a certificate: The text holds no certificate in PEM form"},
	} {
		t.Run(test.at+"="+test.value, func(t *testing.T) {
			config := maps.Clone(good)
			config[test.at] = test.value
			expect(t, acctest.Unconfigured(t).Configure(config), test.at, test.want)
		})
	}
	pair := map[string]string{"base_url": good["base_url"], "username": "ada"}
	expect(t, acctest.Unconfigured(t).Configure(pair), "password", "No password: A username is set, but no password. Set password or the environment variable KAMIWAZA_PASSWORD.")
	delete(pair, "username")
	pair["password"] = "x"
	expect(t, acctest.Unconfigured(t).Configure(pair), "username", "No username: A password is set, but no username. Set username or the environment variable KAMIWAZA_USERNAME.")
}

// What only a plan can tell.
func TestProtocol_planValidation(t *testing.T) {
	user := func(changes acctest.Fields) acctest.Fields {
		config := acctest.Fields{
			"id": someID, "username": "ada", "email": "ada@example.com", "is_superuser": false, "is_active": true, "deletion_protection": false,
			"on_destroy": "delete", "created_at": "2026-01-31T00:00:00Z",
		}
		maps.Copy(config, changes)
		return config
	}
	organization := acctest.Fields{"id": someID, "name": "acme", "deletion_protection": true, "created_at": "2026-01-31T00:00:00Z"}
	p := acctest.NewProtocol(t, acctest.Start(t, authserver.Config{}))
	for name, test := range map[string]struct {
		of            string
		prior, config acctest.Fields
		at, want      string // none: the plan is good
	}{
		"a new user without a password": {
			of: "kamiwaza_user", config: acctest.Fields{"username": "ada", "email": "ada@example.com"},
			at: "password", want: "A new user needs a password: Set password_wo and password_wo_version",
		},
		"a new user with a password that is not known yet": {
			of: "kamiwaza_user", config: acctest.Fields{"username": "ada", "email": "ada@example.com", "password": acctest.Unknown{}},
		},
		"a new user with a write-only password that is not known yet": {
			of: "kamiwaza_user", config: acctest.Fields{"username": "ada", "email": "ada@example.com", "password_wo": acctest.Unknown{}, "password_wo_version": "1"},
		},
		"an imported user without a password": {of: "kamiwaza_user", prior: user(nil), config: user(nil)},
		"another password": {
			of: "kamiwaza_user", prior: user(acctest.Fields{"password": "old"}), config: user(acctest.Fields{"password": "new"}),
			at: "password", want: "The password of an existing user cannot be changed: The API cannot change passwords. Restore the old value",
		},
		"another version": {
			of: "kamiwaza_user", prior: user(acctest.Fields{"password_wo_version": "1"}), config: user(acctest.Fields{"password_wo": "x", "password_wo_version": "2"}),
			at: "password_wo_version", want: `The password of an existing user cannot be changed: The API cannot change passwords. Restore password_wo_version = "1".`,
		},
		"another password on its way out of the state": {
			of: "kamiwaza_user", prior: user(acctest.Fields{"password": "old"}), config: user(acctest.Fields{"password_wo": "new", "password_wo_version": "1"}),
			at: "password_wo", want: "Give it the value that password had.",
		},
		"a protected user": {
			of: "kamiwaza_user", prior: user(acctest.Fields{"deletion_protection": true}),
			at: "none", want: `User "ada" (` + someID + `) is protected from deletion: This plan would destroy it, and deletion_protection is true.`,
		},
		"a protected user of another name": {
			of: "kamiwaza_user", prior: user(acctest.Fields{"deletion_protection": true}), config: user(acctest.Fields{"username": "bob", "password": "x"}),
			at: "none", want: "is protected from deletion",
		},
		"a protected organization": {
			of: "kamiwaza_organization", prior: organization,
			at: "none", want: `Organization "acme" (` + someID + `) is protected from deletion`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := p
			p.T = t
			resp := p.Plan(test.of, test.prior, test.config)
			if test.want == "" {
				p.NoErrors(resp.Diagnostics)
				return
			}
			expect(t, resp.Diagnostics, test.at, test.want)
		})
	}
}

func TestProtocol_functionArguments(t *testing.T) {
	p := acctest.Unconfigured(t)
	sets := tftypes.Map{ElementType: tftypes.Set{ElementType: tftypes.String}}
	for _, test := range []struct {
		function string
		of       tftypes.Type
		argument any
		want     string // none: the call is good
	}{
		{"parse_id", tftypes.String, someID + "/" + otherID, ""},
		{"parse_id", tftypes.String, "", `"" has no slash. The id of an assignment is <first>/<second>`},
		{"parse_id", tftypes.String, "/", `The first id is not valid: "" is not a UUID`},
		{"parse_id", tftypes.String, someID, "has no slash"},
		{"parse_id", tftypes.String, someID + "/", `The second id is not valid: "" is not a UUID`},
		{"parse_id", tftypes.String, someID + "/" + someID + "/" + someID, "has 2 slashes instead of one"},
		{"parse_id", tftypes.String, strings.ToUpper(someID) + "/" + otherID, "must be written in lower case"},
		{"assignments", sets, acctest.Fields{}, ""},
		{"assignments", sets, acctest.Fields{"admins": []any{"operator"}}, ""},
		{"assignments", sets, acctest.Fields{"": []any{"operator"}}, "One of the keys is empty"},
		{"assignments", sets, acctest.Fields{"a/b": []any{"operator"}}, `The key "a/b" contains a slash`},
		{"assignments", sets, acctest.Fields{"admins": nil}, `The set of "admins" is null. Write [] for no assignments`},
		{"assignments", sets, acctest.Fields{"admins": []any{nil}}, `The set of "admins" contains null`},
		{"assignments", sets, acctest.Fields{"admins": []any{""}}, `The set of "admins" has an empty element`},
	} {
		t.Run(fmt.Sprintf("%s(%v)", test.function, test.argument), func(t *testing.T) {
			argument, err := tfprotov6.NewDynamicValue(test.of, acctest.Encode(t, test.of, test.argument))
			acctest.Must(t, err)
			resp, err := p.Server.CallFunction(t.Context(), &tfprotov6.CallFunctionRequest{Name: test.function, Arguments: []*tfprotov6.DynamicValue{&argument}})
			acctest.Must(t, err)
			switch {
			case test.want == "" && resp.Error != nil:
				t.Error(resp.Error.Text)
			case test.want != "" && (resp.Error == nil || !acctest.Says(test.want).MatchString(resp.Error.Text) || resp.Error.FunctionArgument == nil || *resp.Error.FunctionArgument != 0):
				t.Errorf("got %+v, want an error about the first argument with %q", resp.Error, test.want)
			}
		})
	}
	for name := range p.Schemas.Functions {
		if name != "parse_id" && name != "assignments" {
			t.Errorf("no row calls %s", name)
		}
	}
}
