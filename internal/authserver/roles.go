package authserver

// Role is a set of rights. Which groups have it, the groups say.
type Role struct {
	Named
	Rights []string `json:"rights"` // ids
}

func (s *Server) roles() catalog[Role] {
	return catalog[Role]{
		store:  s.store,
		table:  s.store.roles,
		param:  "role_id",
		empty:  Role{Rights: []string{}},
		named:  func(r *Role) *Named { return &r.Named },
		fields: func(body *object, r *Role) { body.ids("rights", &r.Rights) },
		check:  func(r Role) error { return s.store.rights.has(r.Rights...) },
		release: func(id string) error {
			return s.groupRoles().release(id, s.config.Behavior.DeleteCascades)
		},
	}
}

func (s *Server) roleRights() edge[Role, Right] {
	return edge[Role, Right]{
		store:  s.store,
		owners: s.store.roles, members: s.store.rights,
		owner: "role_id", member: "right_id",
		held: func(r *Role) *[]string { return &r.Rights },
	}
}
