package rbac

import "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"

// Role is a set of rights. Which groups have it, the groups say.
type Role struct {
	Named
	Rights []string `json:"rights"` // ids
}

func (s *service) roleCalls() catalog[Role] {
	return catalog[Role]{
		store:  s.Store,
		table:  s.roles,
		param:  "role_id",
		empty:  Role{Rights: []string{}},
		named:  func(r *Role) *Named { return &r.Named },
		fields: func(body *authserver.Object, r *Role) { body.IDs("rights", &r.Rights) },
		check:  func(r Role) error { return s.rights.Has(r.Rights...) },
		release: func(id string) error {
			return s.groupRoles().release(id, s.behavior.DeleteCascades)
		},
	}
}

func (s *service) roleRights() edge[Role, Right] {
	return edge[Role, Right]{
		store:  s.Store,
		owners: s.roles, members: s.rights,
		owner: "role_id", member: "right_id",
		behavior: s.behavior,
		held:     func(r *Role) *[]string { return &r.Rights },
	}
}
