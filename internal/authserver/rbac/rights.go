package rbac

import "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"

// Right is something that one may do. Which roles include it, the roles say.
type Right struct {
	Named
}

func (s *service) rightCalls() catalog[Right] {
	return catalog[Right]{
		store:  s.Store,
		table:  s.rights,
		param:  "right_id",
		named:  func(r *Right) *Named { return &r.Named },
		fields: func(*authserver.Object, *Right) {},
		check:  func(Right) error { return nil },
		release: func(id string) error {
			return s.roleRights().release(id, s.behavior.DeleteCascades)
		},
	}
}
