package gateway_test

import (
	"maps"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

// add adds a member to a workroom.
func add(s session, room, name, role string) reply {
	s.Helper()
	return s.Send("POST", room+"/members", fields{"email": name + "@example.com", "role": role, "attested": true})
}

func TestWorkroomMembers(t *testing.T) {
	now := newClock()
	s := start(t, authserver.Config{Now: now.Now})
	bob := text(user(s, "bob", nil).Object(), "linked_subject_id")
	me, path := subject(s), room(s, "lab")
	added := s.Send("POST", path+"/members", fields{
		"email": "bob@example.com", "role": "editor", "attested": true, "surface_id": "analyze", "landing_target": fields{"kind": "app"},
	}).Want(201).Object()
	want := fields{
		"id": added["id"], "workroom_id": path[len("/workrooms/"):], "tenant_id": "__default__", "user_id": bob, "role": "editor",
		"invited_by_user_id": me, "active": true, "joined_at": "2024-10-03T10:00:00.123456Z", "updated_at": nil, "removed_at": nil,
		"username": "bob", "email": "bob@example.com", "active_session_count": 0, "is_primary_owner": false,
		"surface_id": "analyze", "landing_target": fields{"kind": "app"},
	}
	equal(t, "added", added, want)
	members := list(s.Send("GET", path+"/members", ""), "items")
	equal(t, "the member", members[1], want)
	equal(t, "primary owners", values(members, "is_primary_owner"), []bool{true, false})
	theirs := s.Login("bob")
	shared := theirs.Send("GET", path, "").Object()
	if shared["is_owner"] != false || shared["is_shared"] != true || shared["membership_role"] != "editor" || shared["member_count"] != 2.0 {
		t.Errorf("shared %v", shared)
	}
	theirs.Send("PATCH", path, fields{"name": "ours"}).Want(200)
	theirs.Send("DELETE", path, "").Refused(403, "This needs the role owner in the workroom")
	add(theirs, path, "admin", "viewer").Refused(403, "This needs the role owner in the workroom")

	now.Add(1e9)
	if got := s.Send("PATCH", path+"/members/"+bob, fields{"role": "viewer"}).Object(); got["role"] != "viewer" || got["updated_at"] != "2024-10-03T10:00:01.123456Z" {
		t.Errorf("updated %v", got)
	}
	theirs.Send("PATCH", path, fields{"name": "x"}).Refused(403, "This needs the role editor in the workroom")
	equal(t, "looked up", theirs.Send("GET", path+"/members/lookup?email=bob@example.com", "").Object(),
		fields{"user_id": bob, "username": "bob", "email": "bob@example.com"})

	now.Add(1e9)
	for range 2 {
		got := s.Send("DELETE", path+"/members/"+bob, "").Object()
		if got["active"] != false || got["removed_at"] != "2024-10-03T10:00:02.123456Z" {
			t.Errorf("removed %v", got)
		}
	}
	theirs.Send("GET", path, "").Refused(403, "Workroom access denied")
	s.Send("PATCH", path+"/members/"+bob, fields{"role": "editor"}).Refused(404, "Member not found")
	if got := list(s.Send("GET", path+"/members", ""), "items"); len(got) != 1 {
		t.Errorf("members %v", got)
	}
	equal(t, "all members", values(list(s.Send("GET", path+"/members?include_inactive=true", ""), "items"), "active"), []bool{true, false})
	again := add(s, path, "bob", "viewer").Want(201).Object()
	if again["id"] != added["id"] || again["active"] != true || again["removed_at"] != nil || again["surface_id"] != nil {
		t.Errorf("added again %v", again)
	}
	add(s, path, "bob", "editor").Want(201)
	equal(t, "roles", values(list(s.Send("GET", path+"/role-history", ""), "items"), "role"), []string{"editor", "viewer", "viewer", "editor", "owner"})
	equal(t, "reasons", values(list(s.Send("GET", path+"/role-history?limit=2", ""), "items"), "change_reason"), []string{"added", "added"})
}

func TestInvalidWorkroomMembers(t *testing.T) {
	s := start(t, authserver.Config{})
	me, path := subject(s), room(s, "lab")
	s.Send("POST", path+"/members", "{}").Invalid("body.email: missing")
	s.Send("POST", path+"/members", fields{"email": "x", "role": "contributor", "surface_id": "x", "landing_target": fields{"kind": 7}}).
		Invalid("body.email: value_error", "body.role: enum", "body.surface_id: enum", "body.landing_target: string_type")
	add(s, path, "nobody", "viewer").Refused(404, "User not found")
	add(s, path, "admin", "viewer").Refused(409, "The user is the owner of the workroom")
	s.Send("PATCH", path+"/members/"+me, fields{"role": "viewer"}).Refused(400, "The owner of the workroom cannot be changed; transfer the ownership first")
	s.Send("DELETE", path+"/members/"+me, "").Want(400)
	s.Send("DELETE", path+"/members/"+nobody, "").Refused(404, "Member not found")
	s.Send("PATCH", path+"/members/"+nobody, "{}").Invalid("body.role: missing")
	s.Send("GET", path+"/members/lookup", "").Invalid("query.email: missing")
	s.Send("GET", path+"/members/lookup?email=nobody@example.com", "").Refused(404, "User not found")
	s.Send("GET", path+"/role-history?limit=501", "").Invalid("query.limit: less_than_equal")
}

func TestActiveSessions(t *testing.T) {
	s := start(t, authserver.Config{})
	bob := text(user(s, "bob", nil).Object(), "linked_subject_id")
	path := room(s, "lab")
	add(s, path, "bob", "editor").Want(201)
	s.Server.SetActiveSessions(path[len("/workrooms/"):], bob, 2)
	equal(t, "sessions", values(list(s.Send("GET", path+"/members", ""), "items"), "active_session_count"), []int{0, 2})
	s.Send("DELETE", path+"/members/"+bob, "").Refused(409, "active_sessions_confirmation_required")
	s.Login("bob").Send("GET", path, "").Want(200)
	got := s.Send("DELETE", path+"/members/"+bob+"?confirm_active_sessions=true", "").Object()
	if got["active"] != false || got["active_session_count"] != 0.0 {
		t.Errorf("removed %v", got)
	}

	s = with(t, gateway.Behavior{Platform: gateway.Platform102})
	bob = text(user(s, "bob", nil).Object(), "linked_subject_id")
	path = room(s, "lab")
	added := s.Send("POST", path+"/members", fields{"email": "bob@example.com", "surface_id": "analyze"}).Want(201).Object()
	if _, has := added["surface_id"]; has || added["role"] != "viewer" {
		t.Errorf("added %v", added)
	}
	s.Server.SetActiveSessions(path[len("/workrooms/"):], bob, 1)
	s.Send("DELETE", path+"/members/"+bob, "").Refused(409, "Member has active workroom sessions; confirm removal to continue")
}

func TestWorkroomTransfer(t *testing.T) {
	for _, test := range []struct {
		platform gateway.Platform
		body     fields
		role     any // of the owner before
	}{
		{gateway.Platform12, nil, nil},
		{gateway.Platform12, fields{"keep_previous_owner": true}, "editor"},
		{gateway.Platform12, fields{"keep_previous_owner": true, "previous_owner_role": "owner", "attestation_note": "n"}, "owner"},
		{gateway.Platform012, fields{"previous_owner_role": "viewer"}, "viewer"},
	} {
		s := with(t, gateway.Behavior{Platform: test.platform})
		bob := text(user(s, "bob", nil).Object(), "linked_subject_id")
		path := room(s, "lab")
		body := fields{"user_id": bob}
		maps.Copy(body, test.body)
		s.Send("POST", path+"/ownership/transfer", body).Refused(400, "The new owner must be an active member of the workroom")
		add(s, path, "bob", "owner").Want(201)
		s.Login("bob").Send("POST", path+"/ownership/transfer", body).Refused(403, "Only the owner of the workroom can transfer it")
		got := s.Send("POST", path+"/ownership/transfer", body).Object()
		if got["owner_user_id"] != bob || got["is_owner"] != false || got["membership_role"] != test.role || got["owner_username"] != "bob" {
			t.Errorf("%+v: transferred %v", test, got)
		}
		equal(t, "tuples", relationsOn(s, path), []string{"owner " + bob})
		s.Login("bob").Send("DELETE", path, "").Want(200)
	}
	s := start(t, authserver.Config{})
	s.Send("POST", room(s, "lab")+"/ownership/transfer", fields{"previous_owner_role": "x"}).
		Invalid("body.user_id: missing", "body.previous_owner_role: enum")
}

func TestMemberBehaviors(t *testing.T) {
	s := with(t, gateway.Behavior{AddTwice: "409", RemoveAbsent: "404", MembersAnonymous: true, Case: authserver.CaseFoldCompare})
	user(s, "bob", nil).Want(201)
	path := room(s, "lab")
	added := add(s, path, "BOB", "viewer").Want(201).Object()
	if added["email"] != nil || added["username"] != nil {
		t.Errorf("added %v", added)
	}
	add(s, path, "bob", "editor").Refused(409, "The user is already a member of this workroom")
	s.Send("DELETE", path+"/members/"+text(added, "user_id"), "").Want(200)
	s.Send("DELETE", path+"/members/"+text(added, "user_id"), "").Refused(404, "The user is not a member of this workroom")
}
