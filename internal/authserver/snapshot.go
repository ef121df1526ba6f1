package authserver

import (
	"encoding/json"
	"fmt"
)

// Data is all that a server holds, but for passwords. Each slice is in the order of creation.
type Data struct {
	Users         []User
	Organizations []Organization
	Groups        []Group
	Roles         []Role
	Rights        []Right
}

// Snapshot returns a copy of the server's data as it is now, without read lag.
func (s *Server) Snapshot() Data {
	s.store.mu.RLock()
	defer s.store.mu.RUnlock()
	var data Data
	deepCopy(&data.Users, s.store.users.all())
	deepCopy(&data.Organizations, s.store.organizations.all())
	deepCopy(&data.Groups, s.store.groups.all())
	deepCopy(&data.Roles, s.store.roles.all())
	deepCopy(&data.Rights, s.store.rights.all())
	return data
}

// deepCopy copies by way of JSON, which all types here survive unchanged.
func deepCopy(into, from any) {
	if err := json.Unmarshal(encode(from), into); err != nil {
		panic(fmt.Sprintf("authserver: data does not survive JSON: %v", err))
	}
}
