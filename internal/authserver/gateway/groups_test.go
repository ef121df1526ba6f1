package gateway_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

// group creates a group and returns its path.
func group(s session, name string) string {
	s.Helper()
	return "/authz/groups/" + s.Send("POST", "/authz/groups/", fields{"name": name}).ID()
}

func members(s session, group string) any {
	s.Helper()
	return s.Send("GET", group+"/members", "").Object()["members"]
}

func TestGroups(t *testing.T) {
	now := newClock()
	s := start(t, authserver.Config{Now: now.Now})
	me := s.Send("GET", "/auth/users/me", "").Object()["sub"]
	made := s.Send("POST", "/authz/groups/", fields{"name": "analysts", "description": "read everything"}).Want(201).Object()
	want := fields{
		"id": made["id"], "tenant_id": "__default__", "name": "analysts", "description": "read everything", "managed_by": "local",
		"created_by": me, "created_at": "2024-10-03T10:00:00.123456Z", "updated_at": "2024-10-03T10:00:00.123456Z",
	}
	equal(t, "created", made, want)
	path := "/authz/groups/" + text(made, "id")
	equal(t, "read", s.Send("GET", path, "").Object(), want)
	second := s.Send("POST", "/authz/groups/", fields{"name": "Analysts", "description": nil}).Object()
	var list []map[string]any
	s.Send("GET", "/authz/groups/", "").Want(200).Decode(&list)
	equal(t, "list", list, []any{want, second})
	s.Send("POST", "/authz/groups/", fields{"name": "analysts"}).Refused(400, "Group already exists")

	long := strings.Repeat("é", 256)
	s.Send("POST", "/authz/groups/", "{}").Invalid("body.name: missing")
	s.Send("POST", "/authz/groups/", fields{"name": ""}).Invalid("body.name: string_too_short")
	s.Send("POST", "/authz/groups/", fields{"name": long, "description": strings.Repeat(long, 17)}).
		Invalid("body.name: string_too_long", "body.description: string_too_long")
	s.Send("POST", "/authz/groups/", fields{"name": long[:510]}).Want(201)

	s.Send("PUT", path, fields{"name": "x"}).Refused(405, "Method Not Allowed") // there is no update
	s.Send("DELETE", path, "").Want(204)
	for _, method := range []string{"GET", "DELETE"} {
		s.Send(method, path, "").Refused(404, "Group not found")
	}
	s.Send("GET", path+"/members", "").Refused(404, "Group not found")
	s.Send("POST", path+"/members", fields{"user_id": "x"}).Refused(404, "Group not found")
	s.Send("DELETE", path+"/members/x", "").Refused(404, "Group not found")
}

func TestMembers(t *testing.T) {
	s := start(t, authserver.Config{})
	g := group(s, "g")
	equal(t, "members", members(s, g), []string{})
	ids := []string{"ann@example.com", "a/b c+d", nobody}
	for _, id := range ids {
		for range 2 {
			s.Send("POST", g+"/members", fields{"user_id": id}).Want(204)
		}
	}
	equal(t, "members", members(s, g), ids)
	s.Send("POST", g+"/members", "{}").Invalid("body.user_id: missing")
	s.Send("POST", g+"/members", fields{"user_id": ""}).Invalid("body.user_id: string_too_short")
	s.Send("POST", g+"/members", fields{"user_id": strings.Repeat("x", 256)}).Invalid("body.user_id: string_too_long")
	for _, id := range ids[:2] {
		for range 2 {
			s.Send("DELETE", g+"/members/"+url.PathEscape(id), "").Want(204)
		}
	}
	equal(t, "members", members(s, g), []string{nobody})
	s.Send("DELETE", g, "").Want(204) // its members do not keep it
	if groups := s.Server.Snapshot().Groups; len(groups) != 0 {
		t.Errorf("groups %+v", groups)
	}
}

func TestGroupBehaviors(t *testing.T) {
	s := with(t, gateway.Behavior{
		GroupNames: gateway.GroupNamesFolded, DuplicateStatus: 409, AddTwice: "409", RemoveAbsent: "404", GroupDelete: "409", ManagedBy: "platform",
	})
	g := group(s, "Analysts")
	s.Send("POST", "/authz/groups/", fields{"name": "aNALYSTS"}).Refused(409, "Group already exists")
	if got := s.Send("GET", g, "").Object()["managed_by"]; got != "platform" {
		t.Errorf("managed_by %v", got)
	}
	s.Send("POST", g+"/members", fields{"user_id": "x"}).Want(204)
	s.Send("POST", g+"/members", fields{"user_id": "x"}).Refused(409, "The user is already a member of this group")
	s.Send("DELETE", g+"/members/y", "").Refused(404, "The user is not a member of this group")
	s.Send("DELETE", g, "").Refused(409, "The group has members; delete it with cascade")
	s.Send("DELETE", g+"?cascade=everything", "").Refused(400, "cascade must be one of grants, members, true")
	s.Send("DELETE", g+"?cascade=true", "").Want(204)

	s = with(t, gateway.Behavior{GroupNames: gateway.GroupNamesShared})
	first, second := group(s, "same"), group(s, "same")
	if first == second {
		t.Error("two groups are one")
	}
}

func TestMemberIDs(t *testing.T) {
	for kind, want := range map[gateway.MemberIDs]struct{ subject, local, text int }{
		"": {204, 204, 204}, gateway.MemberIDsAny: {204, 204, 204}, gateway.MemberIDsSubject: {204, 404, 404},
		gateway.MemberIDsLocal: {404, 204, 404}, gateway.MemberIDsEither: {204, 204, 404},
	} {
		t.Run(string(kind), func(t *testing.T) {
			s := with(t, gateway.Behavior{MemberIDs: kind, AddTwice: "400"})
			ann, bob := user(s, "ann", nil).Object(), user(s, "bob", nil).Object()
			g := group(s, "g")
			add := func(id string) reply { return s.Send("POST", g+"/members", fields{"user_id": id}) }
			add(text(ann, "linked_subject_id")).Want(want.subject)
			add(text(bob, "id")).Want(want.local)
			add("ann").Want(want.text)
			if kind == gateway.MemberIDsEither {
				equal(t, "members", members(s, g), []string{text(ann, "linked_subject_id"), text(bob, "linked_subject_id")})
				add(text(ann, "id")).Want(400) // the same user
				s.Send("DELETE", g+"/members/"+text(ann, "id"), "").Want(204)
				equal(t, "members", members(s, g), []string{text(bob, "linked_subject_id")})
			}
			s.Send("DELETE", "/auth/users/"+text(bob, "id"), "").Want(200)
			if kind == gateway.MemberIDsLocal {
				add(text(bob, "id")).Refused(404, "User not found")
			}
		})
	}
}

func TestReBACOff(t *testing.T) {
	s := with(t, gateway.Behavior{ReBACOff: true})
	s.Send("GET", "/authz/groups/", "").Refused(404, "rebac_disabled")
	s.Send("POST", "/authz/groups/", fields{"name": "g"}).Refused(404, "rebac_disabled")
	s.Send("GET", "/auth/users/", "").Want(200)
	s = with(t, gateway.Behavior{ReBACOff: true, ErrorObjects: true})
	s.Send("GET", "/authz/groups/x", "").Want(404)
}
