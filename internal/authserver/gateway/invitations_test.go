package gateway_test

import (
	"slices"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

func TestInvitations(t *testing.T) {
	now := newClock()
	s := start(t, authserver.Config{Now: now.Now})
	path := room(s, "lab")
	invite := func(body any) reply { return s.Send("POST", "/platform/users/invitations", body) }
	scope := fields{"kind": "workroom", "workroom_id": path[len("/workrooms/"):]}
	made := list(invite(fields{
		"invitees": []string{"ann@example.com", "bob@example.com"}, "groups": []string{"team"}, "surface_id": "use",
		"landing_target": fields{"kind": "app", "id": "7"}, "room_scope": scope,
	}), "items")
	want := fields{
		"id": made[0]["id"], "invitee": "ann@example.com", "groups": []string{"team"}, "surface_id": "use", "landing_target": fields{"kind": "app", "id": "7"},
		"room_scope": scope, "invited_by": subject(s), "status": "active", "created_at": "2024-10-03T10:00:00.123456Z",
	}
	equal(t, "invited", made[0], want)
	equal(t, "invitees", values(made, "invitee"), []string{"ann@example.com", "bob@example.com"})
	plain := fields{"invitees": []string{"ann@example.com"}, "surface_id": "use", "room_scope": fields{"kind": "no_workroom"}, "landing_target": nil}
	invite(plain).Want(201)
	if got := s.Server.Snapshot().Invitations; len(got) != 3 || got[2].LandingTarget != nil || len(got[2].Groups) != 0 {
		t.Errorf("invitations %+v", got)
	}

	invite("{}").Invalid("body.invitees: missing", "body.surface_id: missing", "body.room_scope: missing")
	invite(fields{
		"invitees": []string{"x"}, "groups": slices.Repeat([]string{"g"}, 51), "surface_id": "x", "role": "admin",
		"landing_target": fields{"id": "", "more": 1}, "room_scope": fields{"kind": "workroom", "workroom_id": nil, "x": 1},
	}).Invalid("body.role: extra_forbidden", "body.groups: too_long", "body.invitees.0: value_error", "body.surface_id: enum",
		"body.landing_target.more: extra_forbidden", "body.landing_target.kind: missing", "body.landing_target.id: string_too_short",
		"body.room_scope.x: extra_forbidden", "body.room_scope.workroom_id: uuid_type")
	plain["invitees"], plain["room_scope"] = []string{}, fields{"kind": "all"}
	invite(plain).Invalid("body.invitees: too_short", "body.room_scope.kind: enum")
	plain["invitees"], plain["room_scope"] = nil, fields{"kind": "workroom", "workroom_id": nobody}
	invite(plain).Invalid("body.invitees: list_type")
	plain["invitees"] = []string{"kim@example.com"}
	invite(plain).Refused(404, "Workroom not found")
	s.User("ann")
	s.Login("ann").Send("POST", "/platform/users/invitations", plain).Refused(403, "Role 'admin' is required to access this resource")
}

func TestInviteTwice(t *testing.T) {
	s := with(t, gateway.Behavior{InviteTwice: "409"})
	body := fields{"invitees": []string{"ann@example.com"}, "surface_id": "use", "room_scope": fields{"kind": "no_workroom"}}
	s.Send("POST", "/platform/users/invitations", body).Want(201)
	body["invitees"] = []string{"bob@example.com", "ann@example.com"}
	s.Send("POST", "/platform/users/invitations", body).Refused(409, "ann@example.com is invited already")
	if got := s.Server.Snapshot().Invitations; len(got) != 1 {
		t.Errorf("invitations %+v", got)
	}
}
