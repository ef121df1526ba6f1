package rbac

import (
	"encoding/json"
	"fmt"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

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
		deepCopy(&data, Data{users, s.organizations.All(), s.groups.All(), s.roles.All(), s.rights.All()})
	})
	return data
}

// deepCopy copies by way of JSON, which all types here survive unchanged.
func deepCopy(into, from any) {
	if err := json.Unmarshal(authserver.Encode(from), into); err != nil {
		panic(fmt.Sprintf("authserver: data does not survive JSON: %v", err))
	}
}
