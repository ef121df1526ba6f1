// Package directory is one run's shared view of the AuthService. Each object is fetched once, however many ask for it
// and at whatever time, and forgotten when it is written. Lookups that take more than one call, and walks over who has
// what (user → groups → roles → rights), live here too.
package directory

import (
	"context"
	"slices"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
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

	client *client.Client
	me     me
}

// Organizations are the organizations as one run sees them.
type Organizations = Collection[client.Organization, client.OrganizationCreate, client.OrganizationUpdate]

// Rights are the rights as one run sees them.
type Rights = Collection[client.Right, client.RightCreate, client.RightUpdate]

// Groups are the groups, with the roles they have, as one run sees them.
type Groups struct {
	*Collection[client.Group, client.GroupCreate, client.GroupUpdate]
	api client.Groups
}

// Roles are the roles, with the rights they have, as one run sees them.
type Roles struct {
	*Collection[client.Role, client.RoleCreate, client.RoleUpdate]
	api client.Roles
}

// New returns a directory that asks through the client.
func New(c *client.Client, mode ReadMode) *Directory {
	d := &Directory{
		Users:         newUsers(c, mode),
		Organizations: newCollection(c, c.Organizations.Entities, mode),
		Groups:        &Groups{newCollection(c, c.Groups.Entities, mode), c.Groups},
		Roles:         &Roles{newCollection(c, c.Roles.Entities, mode), c.Roles},
		Rights:        newCollection(c, c.Rights.Entities, mode),
		client:        c,
	}
	d.Users.memory.leavesOut = func(user client.User) bool { return user.Groups == nil }
	d.Groups.memory.leavesOut = func(group client.Group) bool { return group.Roles == nil }
	d.Roles.memory.leavesOut = func(role client.Role) bool { return role.Rights == nil }
	// What hangs on an object may go with it: whether servers clean up behind a delete is not documented.
	d.Organizations.deleted = func(id string) {
		d.Users.memory.detach(id, func(user client.User) bool { return user.OrganizationID == id })
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

// AddRole gives the role to the group. Whether doing so twice is an error is not documented.
func (g *Groups) AddRole(ctx context.Context, groupID, roleID string) error {
	err := g.api.AddRole(ctx, groupID, roleID)
	return g.wroteEdge(groupID, roleID, err, hasRole(roleID))
}

// ExpectRole says that an earlier run added the role only moments ago, so that a read may miss it still.
func (g *Groups) ExpectRole(groupID, roleID string) {
	g.memory.expectEdge(groupID, roleID, hasRole(roleID))
}

// RemoveRole takes the role from the group. Whether removing what is not there is an error is not documented.
func (g *Groups) RemoveRole(ctx context.Context, groupID, roleID string) error {
	err := g.api.RemoveRole(ctx, groupID, roleID)
	return g.wroteEdge(groupID, roleID, err, not(hasRole(roleID)))
}

// AddRight gives the right to the role. Whether doing so twice is an error is not documented.
func (r *Roles) AddRight(ctx context.Context, roleID, rightID string) error {
	err := r.api.AddRight(ctx, roleID, rightID)
	return r.wroteEdge(roleID, rightID, err, hasRight(rightID))
}

// ExpectRight says that an earlier run added the right only moments ago, so that a read may miss it still.
func (r *Roles) ExpectRight(roleID, rightID string) {
	r.memory.expectEdge(roleID, rightID, hasRight(rightID))
}

// RemoveRight takes the right from the role. Whether removing what is not there is an error is not documented.
func (r *Roles) RemoveRight(ctx context.Context, roleID, rightID string) error {
	err := r.api.RemoveRight(ctx, roleID, rightID)
	return r.wroteEdge(roleID, rightID, err, not(hasRight(rightID)))
}

// inGroup, hasRole and hasRight are what a read shows of an object that has the edge, and not of one that lacks it.

func inGroup(id string) func(client.User) bool {
	return func(user client.User) bool { return holds(user.Groups, id) }
}

func hasRole(id string) func(client.Group) bool {
	return func(group client.Group) bool { return holds(group.Roles, id) }
}

func hasRight(id string) func(client.Role) bool {
	return func(role client.Role) bool { return holds(role.Rights, id) }
}

func not[T any](shown func(T) bool) func(T) bool {
	return func(object T) bool { return !shown(object) }
}

// holds tells whether the id is among the others.
func holds(ids []string, id string) bool { return slices.Contains(ids, id) }
