package rbac

import (
	"cmp"
	"net/http"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// service is the RBAC API at work.
type service struct {
	authserver.Base
	behavior      Behavior
	users         *authserver.Table[account]
	usernames     *authserver.Index[account]
	organizations *authserver.Table[Organization]
	groups        *authserver.Table[Group]
	roles         *authserver.Table[Role]
	rights        *authserver.Table[Right]
	adminID       string
}

func newService(base authserver.Base, b Behavior) *service {
	s := &service{Base: base, behavior: b}
	status := cmp.Or(b.DuplicateStatus, http.StatusConflict)

	s.usernames = authserver.NewIndex(func(a account) string { return b.Case.Key(a.Username) },
		authserver.Refuse(status, "Username already registered"))
	indexes := []*authserver.Index[account]{s.usernames}
	if b.UniqueEmails {
		indexes = append(indexes, authserver.NewIndex(func(a account) string { return b.Case.Key(a.Email) },
			authserver.Refuse(status, "Email already registered")))
	}
	s.users = authserver.NewTable(s.Store, "User", func(a account) string { return a.ID }, indexes...)
	s.organizations = namedTable(s, "Organization", func(o Organization) Named { return o.Named })
	s.groups = namedTable(s, "Group", func(g Group) Named { return g.Named })
	s.roles = namedTable(s, "Role", func(r Role) Named { return r.Named })
	s.rights = namedTable(s, "Right", func(r Right) Named { return r.Named })
	return s
}

func namedTable[T any](s *service, noun string, named func(T) Named) *authserver.Table[T] {
	id := func(value T) string { return named(value).ID }
	if s.behavior.DuplicateNames {
		return authserver.NewTable(s.Store, noun, id)
	}
	return authserver.NewTable(s.Store, noun, id, authserver.NewIndex(func(value T) string { return named(value).Name },
		authserver.Refuse(cmp.Or(s.behavior.DuplicateStatus, http.StatusConflict), "%s with this name already exists", noun)))
}
