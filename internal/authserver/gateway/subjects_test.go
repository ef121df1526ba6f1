package gateway_test

import (
	"net/url"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

const subjects = "/authz/subjects/"

func TestSubjects(t *testing.T) {
	now := newClock()
	s := start(t, authserver.Config{Now: now.Now})
	declare(s, "clearance", "string")
	path := subjects + url.PathEscape("kim/lee@cluster +1")
	s.Send("GET", path, "").Refused(404, "subject_not_found")
	made := s.Send("PUT", path, fields{"attributes": fields{"clearance": "secret"}, "password": password}).Object()
	want := fields{
		"id": made["id"], "username": "kim/lee@cluster +1", "attributes": fields{"clearance": "secret"}, "grants": []any{},
		"created_at": "2024-10-03T10:00:00.123456Z", "updated_at": "2024-10-03T10:00:00.123456Z",
	}
	equal(t, "created", made, want)
	id := text(made, "id")
	for _, same := range []string{path, subjects + id, subjects + "by-id?id=" + id} {
		equal(t, "read", s.Send("GET", same, "").Object(), want)
	}
	s.Send("GET", subjects+"by-id?id=kim", "").Refused(404, "subject_not_found") // is no username
	now.Add(1e9)
	want["attributes"], want["updated_at"] = fields{}, "2024-10-03T10:00:01.123456Z"
	equal(t, "replaced", s.Send("PUT", subjects+"by-id?id="+id, fields{"attributes": fields{}}).Object(), want)

	grant := fields{"object_namespace": "dataset", "object_id": "urn:x", "relation": "viewer"}
	for range 2 {
		equal(t, "granted", s.Send("POST", path+"/grants", grant).Want(201).Object(), grant)
	}
	s.Send("POST", subjects+"by-id/grants?id="+id, fields{"object_namespace": "dataset", "object_id": "urn:x", "relation": "owner"}).Want(201)
	equal(t, "relations", values(list(s.Send("GET", subjects+"by-id/grants?id="+id, "")), "relation"), []string{"viewer", "owner"})
	equal(t, "the same tuples", values(list(s.Send("GET", "/auth/tuples/", "")), "subject_id"), []string{id, id})
	equal(t, "ungranted", s.Send("DELETE", path+"/grants", grant).Object(), fields{"deleted": true})
	equal(t, "ungranted again", s.Send("DELETE", subjects+"by-id/grants?id="+id, grant).Object(), fields{"deleted": false})
	equal(t, "with grants", values(list(s.Send("GET", path, ""), "grants"), "relation"), []string{"owner"})

	s.Send("DELETE", path+"?cascade=all", "").Refused(400, "cascade must be grants")
	equal(t, "deleted", s.Send("DELETE", path, "").Object(), fields{"deleted": true, "username": "kim/lee@cluster +1"})
	if got := s.Server.Snapshot(); len(got.Subjects) != 0 || len(got.Tuples) != 1 {
		t.Errorf("left %+v", got)
	}
	for _, method := range []string{"GET", "DELETE"} {
		s.Send(method, path, "").Refused(404, "subject_not_found")
		s.Send(method, path+"/grants", grant).Refused(404, "subject_not_found")
	}
}

func TestInvalidSubjects(t *testing.T) {
	s := start(t, authserver.Config{})
	s.Send("PUT", subjects+"kim", "{}").Invalid("body.attributes: missing")
	s.Send("PUT", subjects+"kim", fields{"attributes": []any{}, "password": 7}).Invalid("body.attributes: dict_type", "body.password: string_type")
	s.Send("PUT", subjects+"kim", fields{"attributes": fields{}, "password": "short"}).Refused(400, "Password must be at least 12 characters long")
	s.Send("GET", subjects+"by-id", "").Invalid("query.id: missing")
	s.Send("POST", subjects+"kim/grants", "{}").Invalid("body.object_namespace: missing", "body.object_id: missing", "body.relation: missing")
	s.Send("POST", subjects+"kim/grants", fields{"object_namespace": "dataset", "object_id": "x", "relation": "reader"}).Refused(422, `Unknown relation "reader"`)
	s.User("ann")
	s.Login("ann").Send("GET", subjects+"kim", "").Refused(403, "Role 'admin' is required to access this resource")
}

func TestLocalSubjects(t *testing.T) {
	s := start(t, authserver.Config{})
	declare(s, "clearance", "string")
	local := user(s, "ann", nil).Object()
	id := text(local, "linked_subject_id")
	for _, path := range []string{subjects + "ann", subjects + id, subjects + "by-id?id=" + id} {
		if got := s.Send("GET", path, "").Object(); got["id"] != id || got["username"] != "ann" {
			t.Errorf("%s is %v", path, got)
		}
	}
	s.Send("GET", subjects+text(local, "id"), "").Refused(404, "subject_not_found")
	s.Send("PUT", subjects+"ann", fields{"attributes": fields{"clearance": "secret"}, "password": "another password"}).Want(200)
	login(s, "ann", "another password").Want(200)
	s.Send("PUT", "/auth/users/"+text(local, "id"), fields{"username": "bea"}).Want(200)
	if got := s.Send("GET", subjects+"bea", "").Object(); got["id"] != id {
		t.Errorf("after a rename %v", got)
	}
	s.Send("POST", "/auth/tuples", tuple(id, "viewer", "x", nil)).Want(204)
	s.Send("DELETE", subjects+"bea?cascade=grants", "").Want(200)
	s.Send("GET", subjects+id, "").Refused(404, "subject_not_found")
	login(s, "bea", "another password").Want(401)
	s.Send("GET", "/auth/users/"+text(local, "id"), "").Want(200) // but stays in the platform
	if got := s.Server.Snapshot(); len(got.Subjects) != 0 || len(got.Tuples) != 0 {
		t.Errorf("left %+v", got)
	}
}

func TestSubjectBehaviors(t *testing.T) {
	s := with(t, gateway.Behavior{LocalSubjects: gateway.LocalSubjectsSeparate, AttributesMerge: true, GrantDeleteAbsent: "404"})
	declare(s, "a", "string")
	declare(s, "b", "string")
	id := text(user(s, "ann", nil).Object(), "linked_subject_id")
	s.Send("GET", subjects+"ann", "").Refused(404, "subject_not_found")
	made := s.Send("PUT", subjects+"ann", fields{"attributes": fields{"a": "1", "b": "1"}}).Object()
	if made["id"] == id {
		t.Errorf("created %v", made)
	}
	equal(t, "merged", s.Send("PUT", subjects+"ann", fields{"attributes": fields{"b": "2"}}).Object()["attributes"], fields{"a": "1", "b": "2"})
	s.Send("DELETE", subjects+"ann/grants", fields{"object_namespace": "dataset", "object_id": "x", "relation": "viewer"}).Refused(404, "Grant not found")

	s = with(t, gateway.Behavior{SubjectUsers: true})
	made = s.Send("PUT", subjects+"kim", fields{"attributes": fields{}, "password": password}).Object()
	if users := s.Server.Snapshot().Users; len(users) != 2 || users[1].SubjectID != made["id"] || users[1].Username != "kim" {
		t.Errorf("users %+v", users)
	}
	login(s, "kim", password).Want(200)
	equal(t, "by id", s.Send("PUT", subjects+"by-id?id=opaque", fields{"attributes": fields{}}).Object()["id"], "opaque")

	s = with(t, gateway.Behavior{Platform: gateway.Platform102, ReBACOff: true})
	s.Send("PUT", subjects+"kim", fields{"attributes": fields{}}).Want(200)
	s.Send("GET", subjects+"kim/grants", "").Refused(404, "rebac_disabled")
	s.Send("GET", subjects+"by-id?id=x", "").Refused(404, "subject_not_found") // an id, where there is no such route
}
