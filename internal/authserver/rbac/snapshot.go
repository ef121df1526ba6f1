package rbac

import "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"

// Data is all that a server holds, but for passwords. Each slice is in the order of creation.
type Data struct {
	Users         []User
	Organizations []Organization
	Groups        []Group
	Roles         []Role
	Rights        []Right
}

func (s *service) snapshot() (data Data) {
	s.Store.Read(func() {
		accounts := s.users.All()
		users := make([]User, len(accounts))
		for i, a := range accounts {
			users[i] = a.User
		}
		authserver.DeepCopy(&data, Data{users, s.organizations.All(), s.groups.All(), s.roles.All(), s.rights.All()})
	})
	return data
}
