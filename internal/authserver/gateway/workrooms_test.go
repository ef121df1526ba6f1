package gateway_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

const global = "ffffffff-ffff-ffff-ffff-ffffffffffff"

// room creates a workroom and returns its path.
func room(s session, name string) string {
	s.Helper()
	return "/workrooms/" + s.Send("POST", "/workrooms/", fields{"name": name, "type": "persistent"}).ID()
}

// relationsOn are the relations to a workroom among the server's tuples.
func relationsOn(s session, path string) []string {
	found := []string{}
	for _, t := range s.Server.Snapshot().Tuples {
		if t.ResourceType == "workroom" && "/workrooms/"+t.ResourceID == path {
			found = append(found, t.Relation+" "+t.SubjectID)
		}
	}
	return found
}

func TestWorkrooms(t *testing.T) {
	now := newClock()
	s := start(t, authserver.Config{Now: now.Now})
	s.User("ann")
	ann := s.Login("ann")
	me := subject(ann)
	made := ann.Send("POST", "/workrooms/", fields{
		"name": "lab", "type": "persistent", "description": "d", "labels": []string{"a", "b"}, "classification": "c",
		"attributes": fields{"n": 1, "deep": fields{"x": nil}}, "scg_references": []string{"r"}, "unknown": true,
	}).Want(201).Object()
	want := fields{
		"id": made["id"], "tenant_id": "__default__", "owner_user_id": me, "name": "lab", "type": "persistent", "description": "d",
		"labels": []string{"a", "b"}, "classification": "c", "attributes": fields{"n": 1, "deep": fields{"x": nil}}, "scg_references": []string{"r"},
		"status": "active", "created_at": "2024-10-03T10:00:00.123456Z", "updated_at": nil, "deleted_at": nil, "member_count": 1,
		"membership_role": "owner", "is_owner": true, "is_shared": false, "owner_username": "ann", "owner_email": "ann@example.com",
	}
	equal(t, "created", made, want)
	path := "/workrooms/" + text(made, "id")
	equal(t, "read", ann.Send("GET", path, "").Object(), want)
	equal(t, "listed", list(ann.Send("GET", "/workrooms/", ""), "items"), []any{want})
	equal(t, "tuples", relationsOn(s, path), []string{"owner " + me})
	s.Send("POST", "/auth/check", tuple(me, "owner", "", fields{"object": fields{"namespace": "workroom", "id": made["id"]}})).Want(200)

	now.Add(1e9)
	maps.Copy(want, fields{
		"name": "lab 2", "description": nil, "labels": nil, "classification": nil, "attributes": nil, "scg_references": []string{},
		"updated_at": "2024-10-03T10:00:01.123456Z",
	})
	changes := fields{
		"name": "lab 2", "description": nil, "labels": nil, "classification": nil, "attributes": nil, "scg_references": []string{},
		"type": "ephemeral",
	}
	equal(t, "updated", ann.Send("PATCH", path, changes).Object(), want)
	equal(t, "updated with nothing", ann.Send("PATCH", path, fields{"name": nil}).Object(), want)

	for range 2 {
		if got := ann.Send("POST", path+"/archive", "").Object()["status"]; got != "archived" {
			t.Errorf("status %v", got)
		}
	}
	ann.Send("PATCH", path, fields{"name": "x"}).Refused(409, "The workroom is archived; restore it first")
	if got := list(ann.Send("GET", "/workrooms/", ""), "items"); len(got) != 0 {
		t.Errorf("listed %v", got)
	}
	equal(t, "archived ones", values(list(ann.Send("GET", "/workrooms/?include_archived=true", ""), "items"), "name"), []string{"lab 2"})
	for range 2 {
		equal(t, "restored", ann.Send("POST", path+"/restore", "").Object(), want)
	}
	equal(t, "deleted", ann.Send("DELETE", path, "").Object(), fields{"workroom_id": made["id"], "status": "deleted", "message": "Workroom deleted"})
	for _, method := range []string{"DELETE", "GET", "PATCH"} {
		ann.Send(method, path, "{}").Refused(404, "Workroom not found")
	}
	s.Send("GET", path, "").Refused(404, "Workroom not found") // for the administrator, too
	if rooms := s.Server.Snapshot().Workrooms; len(rooms) != 1 || rooms[0].Status != "deleted" || len(relationsOn(s, path)) != 0 {
		t.Errorf("left %+v", rooms)
	}
}

func TestInvalidWorkrooms(t *testing.T) {
	s := start(t, authserver.Config{})
	s.Send("POST", "/workrooms/", "{}").Invalid("body.name: missing", "body.type: missing")
	long := strings.Repeat("é", 1025)
	s.Send("POST", "/workrooms/", fields{"name": long, "type": "x", "description": long, "classification": long, "labels": []any{7}, "attributes": []any{}}).
		Invalid("body.type: enum", "body.name: string_too_long", "body.labels.0: string_type", "body.attributes: dict_type",
			"body.description: string_too_long", "body.classification: string_too_long")
	path := room(s, "lab")
	s.Send("PATCH", path, fields{"name": ""}).Invalid("body.name: string_too_short")
	s.Send("GET", "/workrooms/x", "").Invalid("path.workroom_id: uuid_parsing")
	s.Send("GET", "/workrooms/"+nobody, "").Refused(404, "Workroom not found")
	s.Send("GET", "/workrooms/?include_archived=x", "").Invalid("query.include_archived: bool_parsing")
	s.As("").Send("GET", "/workrooms/", "").Want(401)
}

func TestGlobalWorkroom(t *testing.T) {
	s := start(t, authserver.Config{})
	s.User("ann")
	for _, who := range []session{s, s.Login("ann")} {
		got := who.Send("GET", "/workrooms/"+global, "").Object()
		if text(got, "name") != "Global Workroom" || text(got, "status") != "active" || got["is_owner"] != false || got["membership_role"] != nil {
			t.Errorf("got %v", got)
		}
		who.Send("GET", "/workrooms/"+strings.ToUpper(global), "").Want(200)
		for _, call := range [][2]string{{"PATCH", ""}, {"DELETE", ""}, {"POST", "/archive"}, {"POST", "/restore"}, {"GET", "/members"}} {
			who.Send(call[0], "/workrooms/"+global+call[1], "{}").Refused(403, "The Global Workroom is protected")
		}
	}
	s.Send("DELETE", "/admin/workrooms/"+global, "").Refused(403, "The Global Workroom is protected")
	s.As("").Send("GET", "/workrooms/"+global, "").Want(401)
	if rooms := s.Server.Snapshot().Workrooms; len(rooms) != 0 {
		t.Errorf("left %+v", rooms)
	}
}

func TestWorkroomLimit(t *testing.T) {
	s := start(t, authserver.Config{})
	first := room(s, "0")
	for i := range 49 {
		room(s, fmt.Sprint(i))
	}
	const reached = "The limit of 50 active workrooms is reached"
	s.Send("POST", "/workrooms/", fields{"name": "x", "type": "ephemeral"}).Refused(409, reached)
	s.Send("POST", first+"/archive", "").Want(200)
	room(s, "x")
	s.Send("POST", first+"/restore", "").Refused(409, reached)
}

func TestAdminWorkrooms(t *testing.T) {
	s := start(t, authserver.Config{})
	s.User("ann")
	ann := s.Login("ann")
	first, second := room(ann, "first"), room(ann, "second")
	for _, call := range [][2]string{{"GET", ""}, {"PATCH", ""}, {"DELETE", ""}, {"POST", "/archive"}, {"GET", "/members"}, {"GET", "/role-history"}} {
		s.Send(call[0], first+call[1], "{}").Refused(403, "Workroom access denied") // an administrator is no member
	}
	if got := list(s.Send("GET", "/workrooms/", ""), "items"); len(got) != 0 {
		t.Errorf("listed %v", got)
	}
	all := list(s.Send("GET", "/admin/workrooms/", ""), "items")
	equal(t, "all", values(all, "name"), []string{"first", "second"})
	equal(t, "owners", values(all, "owner_username"), []string{"ann", "ann"})
	equal(t, "is_owner", values(all, "is_owner"), []bool{false, false})
	equal(t, "a page", values(list(s.Send("GET", "/admin/workrooms/?skip=1&limit=1", ""), "items"), "name"), []string{"second"})
	for range 2 {
		equal(t, "deleted", s.Send("DELETE", "/admin"+first, "").Object()["status"], "deleted")
	}
	equal(t, "left", values(list(s.Send("GET", "/admin/workrooms/", ""), "items"), "name"), []string{"second"})
	equal(t, "with deleted", values(list(s.Send("GET", "/admin/workrooms/?include_deleted=true", ""), "items"), "status"), []string{"deleted", "active"})
	ann.Send("GET", first, "").Want(404)
	ann.Send("GET", second, "").Want(200)
	s.Send("DELETE", "/admin/workrooms/"+nobody, "").Refused(404, "Workroom not found")
	s.Send("GET", "/admin/workrooms/?skip=-1&limit=1001", "").Invalid("query.skip: greater_than_equal", "query.limit: less_than_equal")
	ann.Send("GET", "/admin/workrooms/", "").Refused(403, "Role 'admin' is required to access this resource")
}

func TestWorkroomsThatAreBusy(t *testing.T) {
	s := with(t, gateway.Behavior{WorkroomProjection: 2, WorkroomAuthority: 1})
	first, second := room(s, "first"), room(s, "second")
	s.Send("GET", first, "").Refused(503, "authorization_unavailable")
	s.Send("POST", first+"/members", fields{"email": "x@example.com"}).Refused(503, "authorization_unavailable")
	s.Send("GET", first, "").Want(200)
	s.Send("GET", second, "").Want(503)
	equal(t, "listed", values(list(s.Send("GET", "/workrooms/", ""), "items"), "name"), []string{"first", "second"})
	s.Send("DELETE", "/admin"+first, "").Refused(503, "workroom_authority_unavailable")
	s.Send("GET", first, "").Want(200)
	s.Send("DELETE", "/admin"+first, "").Want(200)
}

func TestWorkroomBehaviors(t *testing.T) {
	s := with(t, gateway.Behavior{NoClassification: true, ReBACOff: true})
	made := s.Send("POST", "/workrooms/", fields{"name": "lab", "type": "persistent", "classification": "c", "scg_references": []string{"r"}}).Want(201).Object()
	for _, field := range []string{"classification", "scg_references"} {
		if _, has := made[field]; has {
			t.Errorf("created %v", made)
		}
	}
	if data := s.Server.Snapshot(); len(data.Tuples) != 0 || data.Workrooms[0].Classification != nil {
		t.Errorf("data %+v", data)
	}
	for _, path := range []string{"/workrooms/", "/admin/workrooms/"} {
		with(t, gateway.Behavior{Platform: gateway.Platform093}).Send("GET", path, "").Refused(404, "Not Found")
		with(t, gateway.Behavior{Platform: gateway.Platform012}).Send("GET", path, "").Want(200)
	}
}
