package authserver

// Group is a set of users, who have its roles. Who is in it, the users say.
type Group struct {
	Named
	Roles []string `json:"roles"` // ids
}

func (s *Server) groups() catalog[Group] {
	return catalog[Group]{
		store:  s.store,
		table:  s.store.groups,
		param:  "group_id",
		empty:  Group{Roles: []string{}},
		named:  func(g *Group) *Named { return &g.Named },
		fields: func(body *object, g *Group) { body.ids("roles", &g.Roles) },
		check:  func(g Group) error { return s.store.roles.has(g.Roles...) },
		release: func(id string) error {
			return s.userGroups().release(id, s.config.Behavior.DeleteCascades)
		},
	}
}

func (s *Server) groupRoles() edge[Group, Role] {
	return edge[Group, Role]{
		store:  s.store,
		owners: s.store.groups, members: s.store.roles,
		owner: "group_id", member: "role_id",
		held: func(g *Group) *[]string { return &g.Roles },
	}
}
