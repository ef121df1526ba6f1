package access_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/access"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/connection"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/snapshot"
)

// all writes what everybody may do, as in "ada: query by a → b (2)".
func all(g *access.Graph, limit int) []string {
	var lines []string
	walker := g.NewWalker(limit)
	for _, h := range g.Holders {
		for _, a := range walker.Access(h) {
			ways := make([]string, len(a.Ways))
			for i, way := range a.Ways {
				ways[i] = way.String()
			}
			lines = append(lines, fmt.Sprintf("%s: %s by %s (%d)", h.Name, a.Permission.Name, strings.Join(ways, ", "), a.Count))
		}
	}
	return lines
}

func wantLines(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func rbacCompany() snapshot.Snapshot {
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	return snapshot.Snapshot{
		Generation: connection.RBAC,
		Users: []snapshot.User{
			{ID: "1", SubjectID: "1", Username: "ada", Active: true, Groups: []string{"a", "b"}, LastLogin: day},
			{ID: "2", SubjectID: "2", Username: "bela", Active: false, Groups: []string{"a"}, Superuser: true},
			{ID: "3", SubjectID: "3", Username: "chen", Active: true, Groups: []string{"c"}, CreatedAt: day},
		},
		Groups: []snapshot.Group{
			{ID: "a", Name: "a", Roles: []string{"r1", "r2"}},
			{ID: "b", Name: "b", Roles: []string{"r1", "r2"}},
			{ID: "c", Name: "c", Roles: []string{}},
			{ID: "d", Name: "d", Roles: []string{"r3", "r4"}}, // in a state, but nobody is in it
		},
		Roles: []snapshot.Role{
			{ID: "r1", Name: "r1", Rights: []string{"query"}},
			{ID: "r2", Name: "r2", Rights: []string{"query"}},
			{ID: "r3", Name: "r3", Rights: []string{"drop"}},
			{ID: "r4", Name: "r4", Rights: []string{}},
		},
		Rights: []snapshot.Right{{ID: "query", Name: "query"}, {ID: "drop", Name: "drop"}},
	}
}

func TestWalker(t *testing.T) {
	t.Parallel()
	g := access.New(rbacCompany())
	wantLines(t, "all ways", all(g, -1), "ada: query by a → r1, a → r2, b → r1, b → r2 (4)")
	wantLines(t, "the first three", all(g, 3), "ada: query by a → r1, a → r2, b → r1 (4)")
	wantLines(t, "no ways", all(g, 0), "ada: query by  (4)")
}

func TestUnused(t *testing.T) {
	t.Parallel()
	g := access.New(rbacCompany())
	findings := func(since time.Time, managed map[access.Kind][]string) []string {
		var lines []string
		for _, f := range g.Unused(since, managed) {
			names := make([]string, len(f.Objects))
			for i, n := range f.Objects {
				names[i] = n.Name
			}
			lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s %s", f.Rule, strings.Join(names, "+"), f.Detail)))
		}
		return lines
	}
	wantLines(t, "in the year of the last logins", findings(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), nil),
		"never_logged_in chen created 2026-03-01", "gives_nothing c", "no_members d", "no_rights r4", "held_by_nobody drop", "same_effect a+b", "same_effect r1+r2")
	got := findings(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), map[access.Kind][]string{access.Group: {"a", "d", "gone"}, access.Role: {"r1", "r3"}, access.Right: {"drop"}})
	if !slices.Contains(got, "not_logged_in ada last login 2026-03-01") {
		t.Errorf("a year later: %q", got)
	}
	wantLines(t, "what leads to nobody", slices.DeleteFunc(got, func(line string) bool { return !strings.HasPrefix(line, "leads") }),
		"leads_to_nobody d", "leads_to_nobody gone", "leads_to_nobody r3", "leads_to_nobody drop")
}

func gatewayCompany() snapshot.Snapshot {
	tuple := func(subject, relation, object string) snapshot.Tuple {
		namespace, id, _ := strings.Cut(subject, ":")
		kind, name, _ := strings.Cut(object, ":")
		return snapshot.Tuple{Tenant: "__default__", SubjectNamespace: namespace, SubjectID: id, Relation: relation, ObjectNamespace: kind, ObjectID: name}
	}
	return snapshot.Snapshot{
		Generation: connection.Gateway,
		Users: []snapshot.User{
			{ID: "l1", SubjectID: "s1", Username: "ada", Email: "ada@example.com", Active: true, Roles: []string{"user"}},
			{ID: "l2", SubjectID: "s2", Username: "bela", Active: true, Roles: []string{}},
		},
		Groups: []snapshot.Group{
			{ID: "g1", Name: "one", Members: []string{"s1"}},
			{ID: "g2", Name: "two", Members: []string{"l2"}}, // some releases name members by the other id
		},
		Mappings: []snapshot.Mapping{{ID: "m", Issuer: "https://idp", IDPGroupPath: "/eng", LocalGroupName: "two"}},
		Tuples: []snapshot.Tuple{
			tuple("group:g1", "member", "group:g2"), // and back: groups in each other
			tuple("group:g2", "member", "group:g1"),
			tuple("group:g2", "viewer", "model:m"),
			tuple("user:ada@example.com", "editor", "model:m"), // some releases name users by e-mail address
			tuple("role:default-roles-kamiwaza", "viewer", "dataset:all"),
			tuple("workroom:w", "viewer", "dataset:room"),
			tuple("service:x", "viewer", "dataset:all"),
		},
		Workrooms: []snapshot.Workroom{{ID: "w", Name: "Research", Owner: "s1", Members: []snapshot.WorkroomMember{{SubjectID: "s2", Role: "viewer"}}}},
	}
}

func TestGateway(t *testing.T) {
	t.Parallel()
	wantLines(t, "the gateway", all(access.New(gatewayCompany()), -1),
		"ada: default-roles-kamiwaza by directly (1)",
		"ada: user by directly (1)",
		"ada: editor of model:m by directly (1)",
		"ada: member of the group one by one → two (1)",
		"ada: member of the group two by one (1)",
		"ada: viewer of dataset:all by default-roles-kamiwaza (1)",
		"ada: viewer of dataset:room by Research (1)",
		"ada: viewer of model:m by one → two (1)",
		"ada: owner of the workroom Research by directly (1)",
		"bela: default-roles-kamiwaza by directly (1)",
		"bela: member of the group one by two (1)",
		"bela: member of the group two by two → one (1)",
		"bela: viewer of dataset:all by default-roles-kamiwaza (1)",
		"bela: viewer of dataset:room by Research (1)",
		"bela: viewer of model:m by two (1)",
		"bela: viewer of the workroom Research by directly (1)",
		"service:x: viewer of dataset:all by directly (1)",
		"members of /eng at https://idp: member of the group one by two (1)",
		"members of /eng at https://idp: member of the group two by two → one (1)",
		"members of /eng at https://idp: viewer of model:m by two (1)",
	)
}

// differences writes who gains and loses what.
func differences(before, after snapshot.Snapshot) []string {
	var lines []string
	d := access.Compare(access.New(before), access.New(after), -1)
	for _, a := range d.Accounts {
		lines = append(lines, fmt.Sprintf("%s %s", a.Holder.Name, a.Effect))
	}
	for _, c := range d.Changes {
		for _, a := range c.Gained {
			lines = append(lines, fmt.Sprintf("%s + %s", c.Holder.Name, a.Permission.Name))
		}
		for _, a := range c.Lost {
			lines = append(lines, fmt.Sprintf("%s - %s", c.Holder.Name, a.Permission.Name))
		}
	}
	return lines
}

func TestCompare(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*snapshot.Snapshot)
		want   []string
	}{
		"nothing":                {func(*snapshot.Snapshot) {}, nil},
		"one of several ways":    {func(s *snapshot.Snapshot) { s.Groups[0].Roles = nil }, nil},
		"an inactive user":       {func(s *snapshot.Snapshot) { s.Users[1].Groups = []string{} }, nil},
		"a user becomes active":  {func(s *snapshot.Snapshot) { s.Users[1].Active = true }, []string{"bela activated", "bela + superuser", "bela + query"}},
		"everything comes first": {func(s *snapshot.Snapshot) { s.Users[0].Groups = nil; s.Users[2].Superuser = true }, []string{"chen + superuser", "ada - query"}},
		"a user is gone":         {func(s *snapshot.Snapshot) { s.Users = s.Users[1:] }, []string{"ada vanishes", "ada - query"}},
		"a right is renamed":     {func(s *snapshot.Snapshot) { s.Rights[0].Name = "ask" }, nil},
		"a right has another id": {func(s *snapshot.Snapshot) {
			s.Rights[0].ID = "q2"
			s.Roles[0].Rights = []string{"q2"}
			s.Roles[1].Rights = nil
		}, nil},
		"a right has two for one":   {func(s *snapshot.Snapshot) { s.Rights[1].Name = "query"; s.Roles[0].Rights = []string{"query", "drop"} }, []string{"ada + query"}},
		"a role gives another, too": {func(s *snapshot.Snapshot) { s.Roles[1].Rights = []string{"drop"} }, []string{"ada + drop"}},
	} {
		after := rbacCompany()
		test.change(&after)
		wantLines(t, name, differences(rbacCompany(), after), test.want...)
	}
}

// What is left of the access of a user who is gone gives nobody anything.
func TestCompare_leftovers(t *testing.T) {
	t.Parallel()
	before, after := gatewayCompany(), gatewayCompany()
	after.Users = after.Users[1:]
	got := differences(before, after)
	if len(got) < 5 || got[0] != "ada vanishes" || slices.ContainsFunc(got[1:], func(line string) bool { return !strings.HasPrefix(line, "ada - ") }) {
		t.Errorf("a user is gone:\n%s", strings.Join(got, "\n"))
	}
}
