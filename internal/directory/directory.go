// Package directory is one run's shared view of the AuthService. Each object is fetched once, however many ask for it
// and at whatever time, and forgotten when it is written. Lookups that take more than one call, and walks over who has
// what (user → groups → roles → rights), live here too.
package directory

import (
	"slices"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// ReadMode says how much the readers of one run share.
type ReadMode string

const (
	// Shared reads each object once in a run, and most users from one list.
	Shared ReadMode = "shared"
	// Direct asks the server each time.
	Direct ReadMode = "direct"
)

// Directory answers questions about the objects of one AuthService, and changes them. All that reads or writes during a
// run must share one, or it would answer from memory what another has changed. It is safe for concurrent use.
type Directory struct {
	Users         *Users
	Organizations *Organizations
	Groups        *Groups
	Roles         *Roles
	Rights        *Rights

	// The assignments, which are kept with the user, the group and the role.
	UserGroups, GroupRoles, RoleRights *Edges

	api *rbac.API
	me  remembered[rbac.User]
}

// Organizations are the organizations as one run sees them.
type Organizations = Collection[rbac.Organization, rbac.OrganizationCreate, rbac.OrganizationUpdate]

// Rights are the rights as one run sees them.
type Rights = Collection[rbac.Right, rbac.RightCreate, rbac.RightUpdate]

// Groups are the groups, with the roles they have, as one run sees them.
type Groups = Collection[rbac.Group, rbac.GroupCreate, rbac.GroupUpdate]

// Roles are the roles, with the rights they have, as one run sees them.
type Roles = Collection[rbac.Role, rbac.RoleCreate, rbac.RoleUpdate]

// New returns a directory that asks through the API.
func New(api *rbac.API, mode ReadMode) *Directory {
	d := &Directory{
		Users:         newUsers(api, mode),
		Organizations: newCollection(api.Pause, api.Organizations.Entities, mode),
		Groups:        newCollection(api.Pause, api.Groups.Entities, mode),
		Roles:         newCollection(api.Pause, api.Roles.Entities, mode),
		Rights:        newCollection(api.Pause, api.Rights.Entities, mode),
		api:           api,
	}
	d.Users.memory.leavesOut = func(user rbac.User) bool { return user.Groups == nil }
	d.Groups.memory.leavesOut = func(group rbac.Group) bool { return group.Roles == nil }
	d.Roles.memory.leavesOut = func(role rbac.Role) bool { return role.Rights == nil }
	d.UserGroups = newEdges(d.Users.Collection, func(user rbac.User) []string { return user.Groups },
		func(groups []string) rbac.UserUpdate { return rbac.UserUpdate{Groups: client.Set(groups)} },
		api.Users.AddGroup, api.Users.RemoveGroup)
	d.GroupRoles = newEdges(d.Groups, func(group rbac.Group) []string { return group.Roles },
		func(roles []string) rbac.GroupUpdate { return rbac.GroupUpdate{Roles: client.Set(roles)} },
		api.Groups.AddRole, api.Groups.RemoveRole)
	d.RoleRights = newEdges(d.Roles, func(role rbac.Role) []string { return role.Rights },
		func(rights []string) rbac.RoleUpdate { return rbac.RoleUpdate{Rights: client.Set(rights)} },
		api.Roles.AddRight, api.Roles.RemoveRight)
	// What hangs on an object may go with it: whether servers clean up behind a delete is not documented.
	d.Organizations.deleted = func(id string) {
		d.Users.memory.detach(id, func(user rbac.User) bool { return user.OrganizationID == id })
	}
	d.Groups.deleted = func(id string) {
		d.Users.memory.detach(id, inGroup(id))
	}
	d.Roles.deleted = func(id string) {
		d.Groups.memory.detach(id, hasRole(id))
	}
	d.Rights.deleted = func(id string) {
		d.Roles.memory.detach(id, hasRight(id))
	}
	return d
}

// inGroup, hasRole and hasRight are what a read shows of an object that has the edge, and not of one that lacks it.

func inGroup(id string) func(rbac.User) bool {
	return func(user rbac.User) bool { return holds(user.Groups, id) }
}

func hasRole(id string) func(rbac.Group) bool {
	return func(group rbac.Group) bool { return holds(group.Roles, id) }
}

func hasRight(id string) func(rbac.Role) bool {
	return func(role rbac.Role) bool { return holds(role.Rights, id) }
}

func not[T any](shown func(T) bool) func(T) bool {
	return func(object T) bool { return !shown(object) }
}

// holds tells whether the id is among the others.
func holds(ids []string, id string) bool { return slices.Contains(ids, id) }
