package rbac_test

import (
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
)

// assignment is one of the three kinds of edges, with an owner and three members.
type assignment struct {
	owner, member string // nouns
	ownerPath     string
	memberPath    string
	field         string
	members       []string
}

func (a assignment) edge(member string) string {
	return a.ownerPath + "/" + a.field + "/" + member
}

func assignments(s session) []assignment {
	right, role, group := s.Right("r0"), s.Role("r0"), s.Group("g0")
	return []assignment{
		{"User", "Group", "/auth/users/" + s.User("owner"), "/auth/groups/", "groups", []string{group, s.Group("g1"), s.Group("g2")}},
		{"Group", "Role", "/auth/groups/" + s.Group("owner"), "/auth/roles/", "roles", []string{role, s.Role("r1"), s.Role("r2")}},
		{"Role", "Right", "/auth/roles/" + s.Role("owner"), "/auth/rights/", "rights", []string{right, s.Right("r1"), s.Right("r2")}},
	}
}

// eachEdge runs a test for each kind of edge at a server of its own.
func eachEdge(t *testing.T, b rbac.Behavior, test func(session, assignment)) {
	t.Helper()
	for i, name := range []string{"user-group", "group-role", "role-right"} {
		t.Run(name, func(t *testing.T) {
			s := start(t, authserver.Config{API: b})
			test(s, assignments(s)[i])
		})
	}
}

func TestAssign(t *testing.T) {
	eachEdge(t, rbac.Behavior{}, func(s session, a assignment) {
		held := func() any { return s.Send("GET", a.ownerPath, "").Object()[a.field] }
		for _, member := range []string{a.members[2], a.members[0], a.members[1]} {
			got := s.Send("POST", a.edge(member), "").Object()
			if text, ok := got["message"].(string); !ok || text == "" {
				s.Errorf("assign answers %v", got)
			}
		}
		equal(s, "assigned", held(), []string{a.members[2], a.members[0], a.members[1]})
		s.Send("DELETE", a.edge(a.members[0]), "").Object()
		equal(s, "removed", held(), []string{a.members[2], a.members[1]})

		nobodys := a
		nobodys.ownerPath = a.ownerPath[:len(a.ownerPath)-len(nobody)] + nobody
		for _, method := range []string{"POST", "DELETE"} {
			s.Send(method, a.edge(nobody), "").Refused(404, a.member+" not found")
			s.Send(method, nobodys.edge(a.members[0]), "").Refused(404, a.owner+" not found")
			s.Send(method, a.edge("x"), "").Want(422)
		}
		equal(s, "after refusals", held(), []string{a.members[2], a.members[1]})
	})
	s := start(t, authserver.Config{})
	s.Send("POST", "/auth/users/x/groups/y", "").Invalid("path.user_id: uuid_parsing", "path.group_id: uuid_parsing")
	s.Send("POST", "/auth/groups/x/roles/y", "").Invalid("path.group_id: uuid_parsing", "path.role_id: uuid_parsing")
	s.Send("DELETE", "/auth/roles/x/rights/y", "").Invalid("path.role_id: uuid_parsing", "path.right_id: uuid_parsing")
}

func TestRedundantAssignments(t *testing.T) {
	for _, test := range []struct {
		redundant rbac.Redundant
		status    int
	}{
		{"", 200},
		{rbac.RedundantOK, 200},
		{rbac.RedundantBadRequest, 400},
		{rbac.RedundantNotFound, 404},
		{rbac.RedundantConflict, 409},
	} {
		t.Run("assign twice "+string(test.redundant), func(t *testing.T) {
			eachEdge(t, rbac.Behavior{AssignTwice: test.redundant}, func(s session, a assignment) {
				s.Send("POST", a.edge(a.members[0]), "").Want(200)
				s.Send("POST", a.edge(a.members[0]), "").Want(test.status)
				s.Send("DELETE", a.edge(a.members[1]), "").Want(200)
				equal(s, "held", s.Send("GET", a.ownerPath, "").Object()[a.field], a.members[:1])
			})
		})
		t.Run("remove unassigned "+string(test.redundant), func(t *testing.T) {
			eachEdge(t, rbac.Behavior{RemoveUnassigned: test.redundant}, func(s session, a assignment) {
				s.Send("POST", a.edge(a.members[0]), "").Want(200)
				s.Send("POST", a.edge(a.members[0]), "").Want(200)
				got := s.Send("DELETE", a.edge(a.members[1]), "").Want(test.status)
				if string(got.Body) == `{"detail":"Not Found"}` {
					t.Error("the refusal looks like the router's")
				}
				equal(s, "held", s.Send("GET", a.ownerPath, "").Object()[a.field], a.members[:1])
			})
		})
	}
}

func TestDeleteOfAssigned(t *testing.T) {
	t.Run("refused", func(t *testing.T) {
		eachEdge(t, rbac.Behavior{DeleteDetaches: true}, func(s session, a assignment) {
			s.Send("PUT", a.ownerPath, fields{a.field: a.members}).Want(200)
			path := a.memberPath + a.members[1]
			s.Send("DELETE", path, "").Want(409)
			s.Send("GET", path, "").Want(200)
			equal(s, "held", s.Send("GET", a.ownerPath, "").Object()[a.field], a.members)
			s.Send("DELETE", a.edge(a.members[1]), "").Want(200)
			s.Send("DELETE", path, "").Want(200)
		})
	})
	t.Run("cascades", func(t *testing.T) {
		eachEdge(t, rbac.Behavior{DeleteCascades: true}, func(s session, a assignment) {
			s.Send("PUT", a.ownerPath, fields{a.field: a.members}).Want(200)
			s.Send("DELETE", a.memberPath+a.members[1], "").Want(200)
			s.Send("GET", a.memberPath+a.members[1], "").Want(404)
			equal(s, "held", s.Send("GET", a.ownerPath, "").Object()[a.field], []string{a.members[0], a.members[2]})
		})
	})
	t.Run("an owner goes with its assignments", func(t *testing.T) {
		eachEdge(t, rbac.Behavior{}, func(s session, a assignment) {
			s.Send("PUT", a.ownerPath, fields{a.field: a.members}).Want(200)
			s.Send("DELETE", a.ownerPath, "").Want(200)
			s.Send("DELETE", a.memberPath+a.members[1], "").Want(200)
		})
	})
}

func TestDeleteOfOrganizationWithUsers(t *testing.T) {
	join := func(s session) (user, organization string) {
		user, organization = s.User("ann"), s.Organization("acme")
		s.Send("PUT", "/auth/users/"+user, fields{"organization_id": organization}).Want(200)
		return "/auth/users/" + user, "/auth/organizations/" + organization
	}
	t.Run("refused", func(t *testing.T) {
		s := start(t, authserver.Config{API: rbac.Behavior{DeleteCascades: true}})
		user, organization := join(s)
		s.Send("DELETE", organization, "").Refused(409, "Organization still has users")
		s.Send("GET", organization, "").Want(200)
		s.Send("DELETE", user, "").Want(200)
		s.Send("DELETE", organization, "").Want(200)
	})
	t.Run("detaches", func(t *testing.T) {
		s := start(t, authserver.Config{API: rbac.Behavior{DeleteDetaches: true}})
		user, organization := join(s)
		s.Send("DELETE", organization, "").Want(200)
		if got := s.Send("GET", user, "").Object()["organization_id"]; got != nil {
			t.Errorf("organization_id %v", got)
		}
	})
}
