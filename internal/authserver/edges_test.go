package authserver_test

import (
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
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
	right, role, group := s.right("r0"), s.role("r0"), s.group("g0")
	return []assignment{
		{"User", "Group", "/auth/users/" + s.user("owner"), "/auth/groups/", "groups", []string{group, s.group("g1"), s.group("g2")}},
		{"Group", "Role", "/auth/groups/" + s.group("owner"), "/auth/roles/", "roles", []string{role, s.role("r1"), s.role("r2")}},
		{"Role", "Right", "/auth/roles/" + s.role("owner"), "/auth/rights/", "rights", []string{right, s.right("r1"), s.right("r2")}},
	}
}

// eachEdge runs a test for each kind of edge at a server of its own.
func eachEdge(t *testing.T, b authserver.Behavior, test func(session, assignment)) {
	t.Helper()
	for i, name := range []string{"user-group", "group-role", "role-right"} {
		t.Run(name, func(t *testing.T) {
			s := start(t, authserver.Config{Behavior: b})
			test(s, assignments(s)[i])
		})
	}
}

func TestAssign(t *testing.T) {
	eachEdge(t, authserver.Behavior{}, func(s session, a assignment) {
		held := func() any { return s.send("GET", a.ownerPath, "").object()[a.field] }
		for _, member := range []string{a.members[2], a.members[0], a.members[1]} {
			got := s.send("POST", a.edge(member), "").object()
			if text, ok := got["message"].(string); !ok || text == "" {
				s.Errorf("assign answers %v", got)
			}
		}
		equal(s, "assigned", held(), []string{a.members[2], a.members[0], a.members[1]})
		s.send("DELETE", a.edge(a.members[0]), "").object()
		equal(s, "removed", held(), []string{a.members[2], a.members[1]})

		nobodys := a
		nobodys.ownerPath = a.ownerPath[:len(a.ownerPath)-len(nobody)] + nobody
		for _, method := range []string{"POST", "DELETE"} {
			s.send(method, a.edge(nobody), "").refused(404, a.member+" not found")
			s.send(method, nobodys.edge(a.members[0]), "").refused(404, a.owner+" not found")
			s.send(method, a.edge("x"), "").want(422)
		}
		equal(s, "after refusals", held(), []string{a.members[2], a.members[1]})
	})
	s := start(t, authserver.Config{})
	s.send("POST", "/auth/users/x/groups/y", "").invalid("path.user_id: uuid_parsing", "path.group_id: uuid_parsing")
	s.send("POST", "/auth/groups/x/roles/y", "").invalid("path.group_id: uuid_parsing", "path.role_id: uuid_parsing")
	s.send("DELETE", "/auth/roles/x/rights/y", "").invalid("path.role_id: uuid_parsing", "path.right_id: uuid_parsing")
}

func TestRedundantAssignments(t *testing.T) {
	for _, test := range []struct {
		redundant authserver.Redundant
		status    int
	}{
		{"", 200},
		{authserver.RedundantOK, 200},
		{authserver.RedundantBadRequest, 400},
		{authserver.RedundantNotFound, 404},
		{authserver.RedundantConflict, 409},
	} {
		t.Run("assign twice "+string(test.redundant), func(t *testing.T) {
			eachEdge(t, authserver.Behavior{AssignTwice: test.redundant}, func(s session, a assignment) {
				s.send("POST", a.edge(a.members[0]), "").want(200)
				s.send("POST", a.edge(a.members[0]), "").want(test.status)
				s.send("DELETE", a.edge(a.members[1]), "").want(200)
				equal(s, "held", s.send("GET", a.ownerPath, "").object()[a.field], a.members[:1])
			})
		})
		t.Run("remove unassigned "+string(test.redundant), func(t *testing.T) {
			eachEdge(t, authserver.Behavior{RemoveUnassigned: test.redundant}, func(s session, a assignment) {
				s.send("POST", a.edge(a.members[0]), "").want(200)
				s.send("POST", a.edge(a.members[0]), "").want(200)
				got := s.send("DELETE", a.edge(a.members[1]), "").want(test.status)
				if string(got.body) == `{"detail":"Not Found"}` {
					t.Error("the refusal looks like the router's")
				}
				equal(s, "held", s.send("GET", a.ownerPath, "").object()[a.field], a.members[:1])
			})
		})
	}
}

func TestDeleteOfAssigned(t *testing.T) {
	t.Run("refused", func(t *testing.T) {
		eachEdge(t, authserver.Behavior{DeleteDetaches: true}, func(s session, a assignment) {
			s.send("PUT", a.ownerPath, fields{a.field: a.members}).want(200)
			path := a.memberPath + a.members[1]
			s.send("DELETE", path, "").want(409)
			s.send("GET", path, "").want(200)
			equal(s, "held", s.send("GET", a.ownerPath, "").object()[a.field], a.members)
			s.send("DELETE", a.edge(a.members[1]), "").want(200)
			s.send("DELETE", path, "").want(200)
		})
	})
	t.Run("cascades", func(t *testing.T) {
		eachEdge(t, authserver.Behavior{DeleteCascades: true}, func(s session, a assignment) {
			s.send("PUT", a.ownerPath, fields{a.field: a.members}).want(200)
			s.send("DELETE", a.memberPath+a.members[1], "").want(200)
			s.send("GET", a.memberPath+a.members[1], "").want(404)
			equal(s, "held", s.send("GET", a.ownerPath, "").object()[a.field], []string{a.members[0], a.members[2]})
		})
	})
	t.Run("an owner goes with its assignments", func(t *testing.T) {
		eachEdge(t, authserver.Behavior{}, func(s session, a assignment) {
			s.send("PUT", a.ownerPath, fields{a.field: a.members}).want(200)
			s.send("DELETE", a.ownerPath, "").want(200)
			s.send("DELETE", a.memberPath+a.members[1], "").want(200)
		})
	})
}

func TestDeleteOfOrganizationWithUsers(t *testing.T) {
	join := func(s session) (user, organization string) {
		user, organization = s.user("ann"), s.organization("acme")
		s.send("PUT", "/auth/users/"+user, fields{"organization_id": organization}).want(200)
		return "/auth/users/" + user, "/auth/organizations/" + organization
	}
	t.Run("refused", func(t *testing.T) {
		s := start(t, authserver.Config{Behavior: authserver.Behavior{DeleteCascades: true}})
		user, organization := join(s)
		s.send("DELETE", organization, "").refused(409, "Organization still has users")
		s.send("GET", organization, "").want(200)
		s.send("DELETE", user, "").want(200)
		s.send("DELETE", organization, "").want(200)
	})
	t.Run("detaches", func(t *testing.T) {
		s := start(t, authserver.Config{Behavior: authserver.Behavior{DeleteDetaches: true}})
		user, organization := join(s)
		s.send("DELETE", organization, "").want(200)
		if got := s.send("GET", user, "").object()["organization_id"]; got != nil {
			t.Errorf("organization_id %v", got)
		}
	})
}
