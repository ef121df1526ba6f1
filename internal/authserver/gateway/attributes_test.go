package gateway_test

import (
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

const attributes = "/cluster/attribute-schema"

// declare declares an attribute of a type, and returns its path.
func declare(s session, name, kind string) string {
	s.Helper()
	s.Send("PUT", attributes+"/"+name, fields{"type": kind}).Want(200)
	return attributes + "/" + name
}

func TestAttributes(t *testing.T) {
	now := newClock()
	s := start(t, authserver.Config{Now: now.Now})
	want := fields{
		"name": "clearance", "type": "string", "state": "declared", "authority": "local_admin", "sensitive": false, "schema_version": "1.0",
		"declared_at": "2024-10-03T10:00:00.123456Z", "deprecated_at": nil, "withdrawn_at": nil, "declared_by": subject(s),
	}
	const path = attributes + "/clearance"
	equal(t, "declared", s.Send("PUT", path, fields{"type": "string"}).Object(), want)
	now.Add(1e9)
	equal(t, "declared again", s.Send("PUT", path, fields{"type": "string", "authority": "local_admin", "sensitive": false}).Object(), want)
	equal(t, "listed", s.Send("GET", attributes, "").Object(), fields{"attributes": []any{want}, "schema_version": "v0.3.6"})
	for _, shape := range []fields{{"type": "int"}, {"type": "string", "sensitive": true}, {"type": "string", "authority": "self"}, {"type": "string", "schema_version": "2"}} {
		s.Send("PUT", path, shape).Refused(400, "shape_change_on_declared")
	}
	for range 2 {
		equal(t, "deprecated", s.Send("DELETE", path, "").Object(), fields{"state": "deprecated", "subjects_holding_value": 0})
	}
	if got := list(s.Send("GET", attributes, ""), "attributes"); got[0]["deprecated_at"] != "2024-10-03T10:00:01.123456Z" {
		t.Errorf("listed %v", got)
	}
	if got := list(s.Send("GET", attributes+"?include_deprecated=false", ""), "attributes"); len(got) != 0 {
		t.Errorf("listed %v", got)
	}
	equal(t, "declared once more", s.Send("PUT", path, fields{"type": "string"}).Object(), want)
	equal(t, "withdrawn", s.Send("DELETE", path+"?force=true", "").Object(), fields{"state": "withdrawn", "subjects_holding_value": 0})
	s.Send("DELETE", path, "").Refused(404, "Attribute not found")
	s.Send("DELETE", attributes+"/none", "").Refused(404, "Attribute not found")
	if got := list(s.Send("GET", attributes, ""), "attributes"); len(got) != 0 || s.Server.Snapshot().Attributes[0].State != "withdrawn" {
		t.Errorf("listed %v", got)
	}
	s.Send("PUT", path, fields{"type": "int"}).Want(200)
	s.Send("DELETE", path+"?subjects_holding_value=3", "").Refused(409, "3 subjects hold a value of the attribute; withdraw it with force")

	s.Send("PUT", path, fields{"type": "float", "authority": "x", "schema_version": ""}).
		Invalid("body.type: enum", "body.authority: enum", "body.schema_version: string_too_short")
	s.User("ann", "viewer")
	s.User("bob", "guest")
	s.Login("ann").Send("GET", attributes, "").Want(200)
	s.Login("ann").Send("PUT", path, "{}").Refused(403, "Role 'admin' is required to access this resource")
	s.Login("bob").Send("GET", attributes, "").Refused(403, "Role 'viewer' is required to access this resource")
}

func TestAttributeReuse(t *testing.T) {
	s := with(t, gateway.Behavior{AttributeReuse: "409"})
	path := declare(s, "clearance", "string")
	s.Send("DELETE", path+"?force=true", "").Want(200)
	s.Send("PUT", path, fields{"type": "string"}).Refused(409, "The attribute clearance was withdrawn; its name cannot be used again")
}

func TestAttributeValues(t *testing.T) {
	s := start(t, authserver.Config{})
	declare(s, "text", "string")
	declare(s, "number", "int")
	declare(s, "flag", "bool")
	declare(s, "texts", "string[]")
	for _, test := range []struct{ given, want fields }{
		{fields{"text": "a", "number": 7, "flag": true}, fields{"text": "a", "number": 7, "flag": true}},
		{fields{"texts": []string{"a", "b"}}, fields{"texts": []string{"a", "b"}}},
		{fields{"texts": []string{"a"}}, fields{"texts": "a"}},
		{fields{"texts": "a"}, fields{"texts": "a"}},
		{fields{"texts": []string{}, "text": nil}, fields{}},
	} {
		equal(t, "answered", s.Send("PUT", "/authz/subjects/kim", fields{"attributes": test.given}).Object()["attributes"], test.want)
		equal(t, "read", s.Send("GET", "/authz/subjects/kim", "").Object()["attributes"], test.want)
	}
	for _, given := range []fields{{"text": 7}, {"text": []string{"a"}}, {"number": "7"}, {"number": 1.5}, {"flag": 1}, {"texts": []any{"a", nil}}, {"texts": 7}} {
		s.Send("PUT", "/authz/subjects/kim", fields{"attributes": given}).Want(422)
	}
	s.Send("PUT", "/authz/subjects/kim", fields{"attributes": fields{"texts": "a", "none": "b"}}).Refused(400, "attribute_not_registered")
	s.Send("PUT", "/authz/subjects/kim", fields{"attributes": fields{"texts": "a", "text": "b"}}).Want(200)
	s.Send("DELETE", attributes+"/texts", "").Refused(409, "1 subjects hold a value of the attribute; withdraw it with force")
	equal(t, "withdrawn", s.Send("DELETE", attributes+"/texts?force=true", "").Object(), fields{"state": "withdrawn", "subjects_holding_value": 1})
	equal(t, "left", s.Send("GET", "/authz/subjects/kim", "").Object()["attributes"], fields{"text": "b"})
}
