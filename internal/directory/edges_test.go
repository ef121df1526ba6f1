package directory_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	rbacserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
)

// relationCase is one relation, with an owner and elements of its own.
type relationCase struct {
	edges    *directory.Edges
	owner    string
	elements []string
	add      string // route of the call that assigns one
	put      string // route of the call that writes all
	assign   func(element string) error
	held     func() []string
}

func relationCases(t *testing.T, s service, n int) map[string]relationCase {
	t.Helper()
	var users, groups, roles, rights []string
	for i := range n {
		name := fmt.Sprintf("e%d", i)
		user, err := s.api.Users.Create(t.Context(), rbac.UserCreate{Username: name, Email: name + "@example.com", Password: "analytical engine"})
		must(t, err)
		group, err := s.api.Groups.Create(t.Context(), rbac.GroupCreate{Name: name})
		must(t, err)
		role, err := s.api.Roles.Create(t.Context(), rbac.RoleCreate{Name: name})
		must(t, err)
		right, err := s.api.Rights.Create(t.Context(), rbac.RightCreate{Name: name})
		must(t, err)
		users, groups = append(users, user.ID), append(groups, group.ID)
		roles, rights = append(roles, role.ID), append(rights, right.ID)
	}
	snapshot := func(find func(data rbacserver.Data) []string) func() []string {
		return func() []string { return slices.Sorted(slices.Values(find(s.server.Snapshot()))) }
	}
	return map[string]relationCase{
		"user's groups": {
			edges: s.UserGroups, owner: users[0], elements: groups,
			add: "/auth/users/{user_id}/groups/{group_id}", put: "/auth/users/{user_id}",
			assign: func(group string) error { return s.api.Users.AddGroup(t.Context(), users[0], group) },
			held: snapshot(func(data rbacserver.Data) []string {
				i := slices.IndexFunc(data.Users, func(u rbacserver.User) bool { return u.ID == users[0] })
				return data.Users[i].Groups
			}),
		},
		"group's roles": {
			edges: s.GroupRoles, owner: groups[0], elements: roles,
			add: "/auth/groups/{group_id}/roles/{role_id}", put: "/auth/groups/{group_id}",
			assign: func(role string) error { return s.api.Groups.AddRole(t.Context(), groups[0], role) },
			held: snapshot(func(data rbacserver.Data) []string {
				i := slices.IndexFunc(data.Groups, func(g rbacserver.Group) bool { return g.ID == groups[0] })
				return data.Groups[i].Roles
			}),
		},
		"role's rights": {
			edges: s.RoleRights, owner: roles[0], elements: rights,
			add: "/auth/roles/{role_id}/rights/{right_id}", put: "/auth/roles/{role_id}",
			assign: func(right string) error { return s.api.Roles.AddRight(t.Context(), roles[0], right) },
			held: snapshot(func(data rbacserver.Data) []string {
				i := slices.IndexFunc(data.Roles, func(r rbacserver.Role) bool { return r.ID == roles[0] })
				return data.Roles[i].Rights
			}),
		},
	}
}

// eachRelation runs a test for each relation with a server of its own.
func eachRelation(t *testing.T, n int, test func(t *testing.T, s service, c relationCase)) {
	t.Helper()
	for _, name := range []string{"user's groups", "group's roles", "role's rights"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, authserver.Config{})
			test(t, s, relationCases(t, s, n)[name])
		})
	}
}

func (c relationCase) wantHeld(t *testing.T, want ...string) {
	t.Helper()
	if got := c.held(); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
		t.Errorf("the server has %v, want %v", got, want)
	}
}

func TestEdgesTakeOver(t *testing.T) {
	t.Parallel()
	eachRelation(t, 3, func(t *testing.T, s service, c relationCase) {
		t.Helper()
		a, b := c.elements[0], c.elements[1]
		must(t, c.assign(a))
		must(t, c.assign(b))

		// What this run has added or keeps, it does not remove.
		must(t, c.edges.Add(t.Context(), c.owner, a))
		must(t, c.edges.Remove(t.Context(), c.owner, a))
		must(t, c.edges.Change(t.Context(), c.owner, []string{a}, nil, []string{a}))
		c.wantHeld(t, a, b)

		// What it has removed comes back when somebody keeps it.
		must(t, c.edges.Remove(t.Context(), c.owner, b))
		c.wantHeld(t, a)
		must(t, c.edges.Keep(t.Context(), c.owner, b))
		must(t, c.edges.Remove(t.Context(), c.owner, b))
		c.wantHeld(t, a, b)
	})
}

func TestEdgesTakeOverAtTheSameTime(t *testing.T) {
	t.Parallel()
	eachRelation(t, 6, func(t *testing.T, s service, c relationCase) {
		t.Helper()
		for _, element := range c.elements {
			must(t, c.assign(element))
		}
		for _, method := range []string{"PUT", "POST", "DELETE"} {
			s.server.Inject(authserver.Fault{Method: method, Latency: 5 * time.Millisecond})
		}
		var results []chan error
		begin := func(call func() error) {
			result := make(chan error, 1)
			results = append(results, result)
			go func() { result <- call() }()
		}
		for _, element := range c.elements {
			begin(func() error { return c.edges.Remove(t.Context(), c.owner, element) })
			begin(func() error { return c.edges.Add(t.Context(), c.owner, element) })
		}
		begin(func() error { return c.edges.Change(t.Context(), c.owner, c.elements, nil, c.elements) })
		begin(func() error { return c.edges.Change(t.Context(), c.owner, c.elements, c.elements, nil) })
		for _, result := range results {
			must(t, <-result)
		}
		c.wantHeld(t, c.elements...)
	})
}

// TestEdgesChange changes few and many at once. What came after the plan stays.
func TestEdgesChange(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 6} {
		eachRelation(t, n+2, func(t *testing.T, s service, c relationCase) {
			t.Helper()
			later, old, want := c.elements[0], c.elements[1], c.elements[2:]
			must(t, c.assign(later))
			must(t, c.assign(old))
			must(t, c.edges.Change(t.Context(), c.owner, []string{old}, want, []string{old}))
			c.wantHeld(t, append([]string{later}, want...)...)
		})
	}
}

// TestEdgesRefused: a refusal counts as done only where the server holds what was asked for.
func TestEdgesRefused(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 404, 409} {
		eachRelation(t, 2, func(t *testing.T, s service, c relationCase) {
			t.Helper()
			a, b := c.elements[0], c.elements[1]
			must(t, c.assign(b))
			for _, method := range []string{"POST", "DELETE"} {
				s.server.Inject(authserver.Fault{Method: method, Route: c.add, Status: status, Body: `{"detail": "No"}`})
			}
			if err := c.edges.Add(t.Context(), c.owner, a); err == nil {
				t.Errorf("%d: an assignment that was refused counts as made", status)
			}
			must(t, c.edges.Add(t.Context(), c.owner, b))
			// A 404 says that there is nothing to remove.
			s.Directory = directory.New(s.api, directory.Shared) // which keeps nothing
			edges := map[string]*directory.Edges{"/auth/users/{user_id}": s.UserGroups, "/auth/groups/{group_id}": s.GroupRoles, "/auth/roles/{role_id}": s.RoleRights}[c.put]
			must(t, edges.Remove(t.Context(), c.owner, a))
			if err := edges.Remove(t.Context(), c.owner, b); err == nil && status != 404 {
				t.Errorf("%d: an assignment whose removal was refused counts as removed", status)
			}
		})
	}
}

// TestEdgesAnswers: what a server answers to the change of a whole set is compared with what was asked for.
func TestEdgesAnswers(t *testing.T) {
	t.Parallel()
	eachRelation(t, 6, func(t *testing.T, s service, c relationCase) {
		t.Helper()
		old, want := c.elements[:2], c.elements[2:]
		for _, element := range old {
			must(t, c.assign(element))
		}
		answer := func(list string) authserver.Fault {
			return authserver.Fault{Method: "PUT", Route: c.put, Times: 1, Status: 200, Body: fmt.Sprintf(`{"id": %q, "username": "e0", "name": "e0"%s}`, c.owner, list)}
		}
		// Another set than the one that was asked for, which nothing was done to.
		list := map[string]string{"/auth/users/{user_id}": "groups", "/auth/groups/{group_id}": "roles", "/auth/roles/{role_id}": "rights"}[c.put]
		s.server.Inject(answer(fmt.Sprintf(`, %q: [%q, %q]`, list, old[0], want[0])))
		err := c.edges.Change(t.Context(), c.owner, old, want, old)
		unmet, ok := errors.AsType[*directory.UnmetError](err)
		if !ok || !slices.Equal(unmet.Missing, want[1:]) || !slices.Equal(unmet.Left, old[:1]) {
			t.Errorf("an answer with another set gives %v", err)
		}
		// No list at all: the server is asked.
		s.server.Inject(answer(""))
		if err := c.edges.Change(t.Context(), c.owner, old, want, old); err == nil {
			t.Error("an answer without a list passes for success, though nothing was done")
		}
		must(t, c.edges.Change(t.Context(), c.owner, old, want, old))
		c.wantHeld(t, want...)
	})
}
