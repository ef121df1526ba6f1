package gateway

import (
	"cmp"
	"slices"
)

// Where a subject's relation to an object comes from.
const (
	fromTuple = "direct"
	fromGroup = "group"
)

// permissions are the relations that give a permission.
var permissions = map[string][]string{
	"can_view":   {"viewer", "editor", "writer", "executor", "invoker", "owner"},
	"can_edit":   {"editor", "writer", "owner"},
	"can_manage": {"owner"},
	"can_grant":  {"owner"},
}

// including returns the relations that include one.
func including(relation string) []string {
	switch relation {
	case "viewer":
		return []string{"viewer", "editor", "owner"}
	case "editor":
		return []string{"editor", "owner"}
	}
	return []string{relation}
}

// graph is all tuples and groups, as readers see them.
type graph struct {
	tuples []TupleData
	groups map[GrantSubject][]string // subject ids of members, by the group as a subject; none where groups do not expand
}

func (s *service) newGraph() graph {
	g := graph{tuples: s.tuples.SeeAll(), groups: map[GrantSubject][]string{}}
	if s.backend() != BackendSpiceDB {
		return g
	}
	for _, group := range s.groups.SeeAll() {
		g.groups[s.groupSubject(group.Group)] = group.Members
	}
	for _, t := range g.tuples { // a membership may be a tuple, too
		if t.Relation == "member" && t.ResourceType == "group" && t.SubjectNamespace == "user" {
			group := GrantSubject{"group", t.ResourceID}
			g.groups[group] = union(g.groups[group], []string{t.SubjectID})
		}
	}
	return g
}

func (s *service) backend() Backend { return cmp.Or(s.behavior.RebacBackend, BackendPostgres) }

// groupSubject is how a group is written as the subject of a grant.
func (s *service) groupSubject(g Group) GrantSubject {
	switch s.behavior.GroupSubjects {
	case GroupSubjectsName:
		return GrantSubject{"group", g.Name}
	case GroupSubjectsUserset:
		return GrantSubject{"group", g.ID + "#member"}
	}
	return GrantSubject{"group", g.ID}
}

// expands reports whether a group among the subjects has a user as a member.
func (g graph) expands(group, user GrantSubject) bool {
	return user.Namespace == "user" && slices.Contains(g.groups[group], user.ID)
}

// find returns where one of some relations comes from, or "".
func (g graph) find(subject GrantSubject, to object, relations []string) string {
	found := ""
	for _, t := range g.tuples {
		switch {
		case t.object() != to || !slices.Contains(relations, t.Relation):
		case t.subject() == subject:
			return fromTuple
		case g.expands(t.subject(), subject):
			found = fromGroup
		}
	}
	return found
}

// subject is how tuples name the caller.
func (c caller) subject() GrantSubject { return GrantSubject{"user", c.SubjectID} }

// policy answers how access is decided, in a form of its own.
func (s *service) policy(*call) (any, error) {
	return map[string]any{
		"default": "deny", "backend": s.backend(), "tenant": tenant, "relations": s.relations(), "permissions": permissions,
		"version": s.behavior.Platform.version(),
	}, nil
}
