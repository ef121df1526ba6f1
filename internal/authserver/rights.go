package authserver

// Right is something that one may do. Which roles include it, the roles say.
type Right struct {
	Named
}

func (s *Server) rights() catalog[Right] {
	return catalog[Right]{
		store:  s.store,
		table:  s.store.rights,
		param:  "right_id",
		named:  func(r *Right) *Named { return &r.Named },
		fields: func(*object, *Right) {},
		check:  func(Right) error { return nil },
		release: func(id string) error {
			return s.roleRights().release(id, s.config.Behavior.DeleteCascades)
		},
	}
}
