package rbac

import "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"

// Group is a set of users, who have its roles. Who is in it, the users say.
type Group struct {
	Named
	Roles []string `json:"roles"` // ids
}

func (s *service) groupCalls() catalog[Group] {
	return catalog[Group]{
		store:  s.Store,
		table:  s.groups,
		param:  "group_id",
		empty:  Group{Roles: []string{}},
		named:  func(g *Group) *Named { return &g.Named },
		fields: func(body *authserver.Object, g *Group) { body.IDs("roles", &g.Roles) },
		check:  func(g Group) error { return s.roles.Has(g.Roles...) },
		release: func(id string) error {
			return s.userGroups().release(id, s.behavior.DeleteCascades)
		},
	}
}

func (s *service) groupRoles() edge[Group, Role] {
	return edge[Group, Role]{
		store:  s.Store,
		owners: s.groups, members: s.roles,
		owner: "group_id", member: "role_id",
		behavior: s.behavior,
		held:     func(g *Group) *[]string { return &g.Roles },
	}
}
