package access

import (
	"fmt"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/snapshot"
)

// addRBAC adds what there is with the RBAC API: users are in groups, groups have roles, and roles have rights.
func (g *Graph) addRBAC(s snapshot.Snapshot) {
	for _, right := range s.Rights {
		g.node(Right, right.ID, right.Name)
	}
	for _, role := range s.Roles {
		node := g.node(Role, role.ID, role.Name)
		for _, right := range role.Rights {
			node.leadTo(g.node(Right, right, ""))
		}
		g.noteUnknown(role.Rights == nil, "rights", Role, role.Name)
	}
	for _, group := range s.Groups {
		node := g.node(Group, group.ID, group.Name)
		for _, role := range group.Roles {
			node.leadTo(g.node(Role, role, ""))
		}
		g.noteUnknown(group.Roles == nil, "roles", Group, group.Name)
	}
	for i, user := range s.Users {
		h := g.holder(User, user.ID, user.Username, user.Email, user.Active)
		h.User = &s.Users[i]
		if user.Superuser {
			h.leadTo(g.node(Superuser, string(Superuser), "superuser"))
		}
		for _, group := range user.Groups {
			h.leadTo(g.node(Group, group, ""))
		}
		g.noteUnknown(user.Groups == nil, "groups", User, user.Username)
	}
}

// noteUnknown notes a list that the server has left out.
func (g *Graph) noteUnknown(unknown bool, what string, of Kind, name string) {
	if unknown {
		g.Gaps = append(g.Gaps, fmt.Sprintf("the server left out the %s of the %s %q", what, of, name))
	}
}

// gaps are what could not be read.
func gaps(s snapshot.Snapshot) []string {
	var texts []string
	for _, lost := range s.Lost {
		switch {
		case lost.Stranger: // see Graph.Hidden
		case lost.What != "":
			texts = append(texts, fmt.Sprintf("the %s of the %s %s could not be read", lost.What, lost.Kind, lost.ID))
		case lost.Gone:
			texts = append(texts, fmt.Sprintf("the %s %s does not exist, though something refers to it", lost.Kind, lost.ID))
		default:
			texts = append(texts, fmt.Sprintf("the %s %s could not be read", lost.Kind, lost.ID))
		}
	}
	return texts
}
