package directory

import (
	"context"
	"slices"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// What follows finds who has an object, from the list of users on. A role that only groups without users have, or a
// right that only roles of such groups have, cannot be found: the API does not list groups and roles.

// UsersInOrganization returns the ids of the organization's users.
func (d *Directory) UsersInOrganization(ctx context.Context, organizationID string) ([]string, error) {
	users, err := d.Users.List(ctx)
	var ids []string
	for _, user := range users {
		if user.OrganizationID == organizationID {
			ids = append(ids, user.ID)
		}
	}
	return ids, err
}

// UsersInGroup returns the ids of the group's members.
func (d *Directory) UsersInGroup(ctx context.Context, groupID string) ([]string, error) {
	members, err := d.Users.Members(ctx, groupID)
	return slices.Clone(members), err
}

// GroupsWithRole returns the ids of the groups that have the role, as far as they can be found.
func (d *Directory) GroupsWithRole(ctx context.Context, roleID string) ([]string, error) {
	reach, err := d.reachable(ctx)
	return having(reach.groups, func(group rbac.Group) client.IDs { return group.Roles }, roleID), err
}

// RolesWithRight returns the ids of the roles that have the right, as far as they can be found.
func (d *Directory) RolesWithRight(ctx context.Context, rightID string) ([]string, error) {
	reach, err := d.reachable(ctx)
	return having(reach.roles, func(role rbac.Role) client.IDs { return role.Rights }, rightID), err
}

// having returns, in order, the ids of the owners whose list has the element.
func having[T any](owners map[string]T, list func(T) client.IDs, element string) []string {
	var ids []string
	for id, owner := range owners {
		if slices.Contains(list(owner), element) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

func (d *Directory) reachable(ctx context.Context) (reach, error) {
	users, err := d.Users.List(ctx)
	if err != nil {
		return reach{}, err
	}
	return d.reach(ctx, users)
}

// LeaveOrganization takes a user out of its organization, unless it has joined another one since. Some servers do not
// let a user leave without joining another one; then nothing changes, and there is no error.
func (d *Directory) LeaveOrganization(ctx context.Context, userID, organizationID string) error {
	user, err := d.Users.fresh(ctx, userID)
	if err != nil || user.OrganizationID != organizationID {
		return err
	}
	_, err = d.Users.Update(ctx, userID, rbac.UserUpdate{OrganizationID: client.Null[string]()})
	return err
}
