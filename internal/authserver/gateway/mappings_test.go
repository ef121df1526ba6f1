package gateway_test

import (
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

const mappings = "/authz/group-mappings"

func mapGroup(s session, issuer, path, name string) reply {
	s.Helper()
	return s.Send("POST", mappings, fields{"issuer": issuer, "idp_group_path": path, "local_group_name": name})
}

func TestGroupMappings(t *testing.T) {
	now := newClock()
	s := start(t, authserver.Config{Now: now.Now})
	made := mapGroup(s, "https://idp.example.com/", "/staff", "team").Want(201).Object()
	want := fields{
		"id": made["id"], "tenant_id": "__default__", "issuer": "https://idp.example.com/", "idp_group_path": "/staff", "local_group_name": "team",
		"policy_version": "1", "created_by": subject(s), "created_at": "2024-10-03T10:00:00.123456Z", "updated_at": "2024-10-03T10:00:00.123456Z",
	}
	equal(t, "created", made, want)
	path := mappings + "/" + text(made, "id")
	equal(t, "read", s.Send("GET", path, "").Object(), want)
	mapGroup(s, "https://idp.example.com/", "/staff", "team").Refused(400, "Group mapping already exists")
	mapGroup(s, "https://idp.example.com/", "/staff", "other").Want(201)
	mapGroup(s, "https://idp.example.com", "/staff", "team").Want(201)
	equal(t, "all", values(list(s.Send("GET", mappings, "")), "local_group_name"), []string{"team", "other", "team"})
	equal(t, "of an issuer", values(list(s.Send("GET", mappings+"?issuer=https://idp.example.com", "")), "local_group_name"), []string{"team"})
	if got := s.Server.Snapshot(); len(got.Mappings) != 3 || len(got.Groups) != 0 {
		t.Errorf("data %+v", got)
	}
	s.Send("DELETE", path, "").Want(204)
	for _, method := range []string{"GET", "DELETE"} {
		s.Send(method, path, "").Refused(404, "Group mapping not found")
	}
	s.Send("POST", mappings, "{}").Invalid("body.issuer: missing", "body.idp_group_path: missing", "body.local_group_name: missing")
	mapGroup(s, "", strings.Repeat("x", 2049), strings.Repeat("x", 256)).
		Invalid("body.issuer: string_too_short", "body.idp_group_path: string_too_long", "body.local_group_name: string_too_long")
}

func TestMappingBehaviors(t *testing.T) {
	s := with(t, gateway.Behavior{
		MappingKey: gateway.MappingKeyPath, IssuerTrimmed: true, DuplicateStatus: 409, MappingGroups: gateway.MappingGroupsCreated,
		MappedManagedBy: "group_mapping", MappedMembers: "403",
	})
	g := group(s, "own")
	if got := mapGroup(s, "https://idp.example.com//", "/staff", "team").Want(201).Object()["issuer"]; got != "https://idp.example.com" {
		t.Errorf("issuer %v", got)
	}
	mapGroup(s, "https://idp.example.com", "/staff", "other").Refused(409, "Group mapping already exists")
	if got := list(s.Send("GET", mappings+"?issuer=https://idp.example.com/", "")); len(got) != 1 {
		t.Errorf("mappings %v", got)
	}
	groups := list(s.Send("GET", "/authz/groups/", ""))
	equal(t, "groups", values(groups, "name"), []string{"own", "team"}) // and not other
	equal(t, "managed_by", values(groups, "managed_by"), []string{"local", "group_mapping"})
	s.Send("POST", "/authz/groups/"+text(groups[1], "id")+"/members", fields{"user_id": "x"}).Refused(403, "A group mapping manages the members of this group")
	s.Send("POST", g+"/members", fields{"user_id": "x"}).Want(204)

	s = with(t, gateway.Behavior{MappingKey: gateway.MappingKeyNone, MappingGroups: gateway.MappingGroupsRequired})
	mapGroup(s, "https://idp.example.com", "/staff", "team").Refused(404, "Group not found")
	group(s, "team")
	for range 2 {
		mapGroup(s, "https://idp.example.com", "/staff", "team").Want(201)
	}
}
