package rbac_test

import (
	"encoding/json"
	"maps"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// The four kinds of named objects, with what each has of its own.
var kinds = []struct {
	noun, path string
	own        fields // as answered when a create leaves it out
}{
	{"Organization", "/auth/organizations/", fields{"idp_config": nil}},
	{"Group", "/auth/groups/", fields{"roles": []any{}}},
	{"Role", "/auth/roles/", fields{"rights": []any{}}},
	{"Right", "/auth/rights/", fields{}},
}

func TestNamedObjects(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind.noun, func(t *testing.T) {
			now := newClock()
			s := start(t, authserver.Config{Now: now.Now})

			created := s.Send("POST", kind.path, fields{"name": "one"}).Object()
			id := created["id"].(string)
			want := fields{
				"id": id, "name": "one", "description": nil,
				"created_at": "2024-10-03T10:00:00.123456", "updated_at": "2024-10-03T10:00:00.123456",
			}
			maps.Copy(want, kind.own)
			equal(t, "created", created, want)
			equal(t, "read", s.Send("GET", kind.path+id, "").Object(), want)

			now.Add(time.Hour)
			want["description"], want["updated_at"] = "first", "2024-10-03T11:00:00.123456"
			equal(t, "described", s.Send("PUT", kind.path+id, fields{"description": "first"}).Object(), want)
			now.Add(time.Hour)
			want["name"], want["updated_at"] = "uno", "2024-10-03T12:00:00.123456"
			equal(t, "renamed", s.Send("PUT", kind.path+id, fields{"name": "uno"}).Object(), want)
			equal(t, "same name", s.Send("PUT", kind.path+id, fields{"name": "uno"}).Object(), want)
			want["description"] = ""
			equal(t, "emptied", s.Send("PUT", kind.path+id, fields{"description": ""}).Object(), want)
			equal(t, "nothing", s.Send("PUT", kind.path+id, "{}").Object(), want)
			equal(t, "read again", s.Send("GET", kind.path+id, "").Object(), want)

			full := s.Send("POST", kind.path, fields{"name": "two", "description": "second", "id": nobody, "shoe_size": 43}).Object()
			if full["description"] != "second" || full["id"] == nobody || full["shoe_size"] != nil {
				t.Errorf("created in full: %v", full)
			}
			missing := kind.noun + " not found"
			s.Send("DELETE", kind.path+id, "").Want(200)
			s.Send("GET", kind.path+id, "").Refused(404, missing)
			s.Send("PUT", kind.path+id, fields{"name": "x"}).Refused(404, missing)
			s.Send("DELETE", kind.path+id, "").Refused(404, missing)
			s.Send("GET", kind.path+full["id"].(string), "").Want(200)
			s.Send("POST", kind.path, fields{"name": "uno"}).Want(200) // the name is free again
		})
	}
}

func TestNamedObjectsAreNotListed(t *testing.T) {
	s := start(t, authserver.Config{})
	for _, kind := range kinds {
		s.Send("GET", kind.path, "").Refused(405, "Method Not Allowed")
	}
}

func TestNamedObjectsAreValidated(t *testing.T) {
	s := start(t, authserver.Config{})
	for _, kind := range kinds {
		t.Run(kind.noun, func(t *testing.T) {
			s := s
			s.TB = t
			param := map[string]string{"Organization": "org_id", "Group": "group_id", "Role": "role_id", "Right": "right_id"}[kind.noun]
			id := s.Send("POST", kind.path, fields{"name": "one"}).ID()

			s.Send("POST", kind.path, "{}").Invalid("body.name: missing")
			s.Send("POST", kind.path, fields{"name": nil, "description": 1}).Invalid("body.name: string_type", "body.description: string_type")
			s.Send("POST", kind.path, fields{"name": ""}).Invalid("body.name: string_too_short")
			s.Send("PUT", kind.path+id, fields{"name": "", "description": true}).Invalid("body.name: string_too_short", "body.description: string_type")
			s.Send("GET", kind.path+"x", "").Invalid("path." + param + ": uuid_parsing")
			s.Send("DELETE", kind.path+"x", "").Invalid("path." + param + ": uuid_parsing")
			s.Send("PUT", kind.path+"x", fields{"name": 1}).Invalid("path."+param+": uuid_parsing", "body.name: string_type")
			s.Send("PUT", kind.path+nobody, fields{"name": 1}).Invalid("body.name: string_type")
			if got := s.Send("GET", kind.path+id, "").Object()["name"]; got != "one" {
				t.Errorf("refused updates left the name %v", got)
			}
		})
	}
}

func TestSetsOfNamedObjects(t *testing.T) {
	s := start(t, authserver.Config{})
	for _, kind := range []struct {
		noun, path, field, member string
		create                    func(string) string
	}{
		{"Group", "/auth/groups/", "roles", "Role", func(name string) string { return s.Role(name) }},
		{"Role", "/auth/roles/", "rights", "Right", func(name string) string { return s.Right(name) }},
	} {
		t.Run(kind.noun, func(t *testing.T) {
			s := s
			s.TB = t
			a, b, c := kind.create("a"), kind.create("b"), kind.create("c")
			owner := s.Send("POST", kind.path, fields{"name": "owner", kind.field: []string{b, a, b}}).Object()
			equal(t, "created without repetition", owner[kind.field], []string{b, a})
			path := kind.path + owner["id"].(string)

			put := func(set any) reply { return s.Send("PUT", path, fields{kind.field: set}) }
			equal(t, "replaced", put([]string{c, a, c}).Object()[kind.field], []string{c, a})
			equal(t, "untouched", s.Send("PUT", path, fields{"description": "x"}).Object()[kind.field], []string{c, a})
			put([]string{a, nobody}).Refused(404, kind.member+" not found")
			put([]any{a, "x", 1, nil}).Invalid("body."+kind.field+".1: uuid_parsing",
				"body."+kind.field+".2: uuid_type", "body."+kind.field+".3: uuid_type")
			put("x").Invalid("body." + kind.field + ": list_type")
			equal(t, "after refusals", s.Send("GET", path, "").Object()[kind.field], []string{c, a})
			equal(t, "emptied", put([]string{}).Object()[kind.field], []string{})

			s.Send("POST", kind.path, fields{"name": "new", kind.field: []string{nobody}}).Refused(404, kind.member+" not found")
			s.Send("POST", kind.path, fields{"name": "new", kind.field: nil}).Invalid("body." + kind.field + ": list_type")
			s.Send("POST", kind.path, fields{"name": "new"}).Want(200) // none was left behind
		})
	}
}

func TestIDPConfig(t *testing.T) {
	s := start(t, authserver.Config{})
	config := fields{"provider": "oidc", "domain": "example.com", "client_id": "abc"}
	created := s.Send("POST", "/auth/organizations/", fields{"name": "acme", "idp_config": config}).Object()
	path := "/auth/organizations/" + created["id"].(string)
	equal(t, "defaults", created["idp_config"], fields{
		"provider": "oidc", "domain": "example.com", "client_id": "abc", "metadata_url": nil, "additional_config": fields{},
	})

	// Any JSON is kept as it is: large numbers and the order of keys, too.
	got := s.Send("PUT", path, `{"idp_config": {"provider": "p", "domain": "", "client_id": "c", "metadata_url": "u",
		"additional_config": {"z": [1, {"b": null}], "a": 12345678901234567890, "<": "é"}}}`).Want(200)
	var organization struct {
		IDP struct {
			Domain     string          `json:"domain"`
			URL        string          `json:"metadata_url"`
			Additional json.RawMessage `json:"additional_config"`
		} `json:"idp_config"`
	}
	got.Decode(&organization)
	if want := `{"z":[1,{"b":null}],"a":12345678901234567890,"<":"é"}`; string(organization.IDP.Additional) != want {
		t.Errorf("additional_config %s, want %s", organization.IDP.Additional, want)
	}
	if organization.IDP.URL != "u" || organization.IDP.Domain != "" {
		t.Errorf("idp_config %+v", organization.IDP)
	}

	// It is replaced, not merged.
	s.Send("PUT", path, fields{"idp_config": fields{"provider": "q", "additional_config": "x"}}).Invalid(
		"body.idp_config.domain: missing", "body.idp_config.client_id: missing", "body.idp_config.additional_config: dict_type")
	s.Send("PUT", path, fields{"idp_config": "x"}).Invalid("body.idp_config: model_attributes_type")
	s.Send("POST", "/auth/organizations/", fields{"idp_config": fields{"provider": 1, "domain": nil, "client_id": "", "metadata_url": 2}}).
		Invalid("body.name: missing", "body.idp_config.provider: string_type", "body.idp_config.domain: string_type",
			"body.idp_config.metadata_url: string_type")
	equal(t, "replaced", s.Send("PUT", path, fields{"idp_config": config}).Object()["idp_config"], created["idp_config"])
	equal(t, "untouched", s.Send("PUT", path, fields{"name": "acme 2"}).Object()["idp_config"], created["idp_config"])
}
