package assignment

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"golang.org/x/sync/errgroup"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/idlist"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

// NewGroupMembersResource returns kamiwaza_group_members.
func NewGroupMembersResource() resource.Resource { return newGroupMembers() }

func newGroupMembers() *assignmentsResource {
	return &assignmentsResource{
		relation: groupMember, typeName: "group_members", owner: "group", element: "user",
		description: "All members of a group. Authoritative: users who are not in `user_ids` are removed from the group.\n\n" +
			"The API has no endpoint for all members of a group. The provider reads the members from the list of all users and changes them one by one, " +
			"in parallel. For large sets with many changes, `kamiwaza_user_groups` needs fewer requests.",
		list:   listMembers,
		change: changeMembers,
	}
}

// NewUserGroupsResource returns kamiwaza_user_groups.
func NewUserGroupsResource() resource.Resource { return newUserGroups() }

func newUserGroups() *assignmentsResource {
	return keptByOwner(&assignmentsResource{
		relation: groupMember, typeName: "user_groups", owner: "user", element: "group",
		description: "All groups of a user. Authoritative: the user is removed from groups that are not in `group_ids`.",
	})
}

// NewGroupRolesResource returns kamiwaza_group_roles.
func NewGroupRolesResource() resource.Resource { return newGroupRoles() }

func newGroupRoles() *assignmentsResource {
	return keptByOwner(&assignmentsResource{
		relation: groupRole, typeName: "group_roles", owner: "group", element: "role",
		description: "All roles of a group. Authoritative: roles that are not in `role_ids` are removed from the group.",
	})
}

// NewRoleRightsResource returns kamiwaza_role_rights.
func NewRoleRightsResource() resource.Resource { return newRoleRights() }

func newRoleRights() *assignmentsResource {
	return keptByOwner(&assignmentsResource{
		relation: roleRight, typeName: "role_rights", owner: "role", element: "right",
		description: "All rights of a role. Authoritative: rights that are not in `right_ids` are removed from the role.",
	})
}

// keptByOwner completes a set whose assignments the RBAC API keeps with the set's own owner.
func keptByOwner(r *assignmentsResource) *assignmentsResource {
	r.list = func(ctx context.Context, in *run.Run, owner string) ([]string, error) {
		return r.rbac(in.Directory).List(ctx, owner)
	}
	r.change = func(ctx context.Context, in *run.Run, owner string, have, want, drop []string) error {
		return r.rbac(in.Directory).Change(ctx, owner, have, want, drop)
	}
	return r
}

// listMembers reads the group too where the API keeps the assignments with the users, because a group without members and
// one that is gone look alike in the users.
func listMembers(ctx context.Context, in *run.Run, group string) ([]string, error) {
	k, err := groupMember.keeper(ctx, in)
	switch {
	case err != nil:
		return nil, err
	case !k.byTo:
		return k.List(ctx, group)
	}
	if _, err := in.Directory.Groups.Get(ctx, group); err != nil {
		return nil, err
	}
	members, err := in.Directory.Users.Members(ctx, group)
	return idlist.NonNil(members), err
}

// changeMembers changes the memberships one by one, as many at a time as the client lets through. After the first failure it
// begins no more.
func changeMembers(ctx context.Context, in *run.Run, group string, have, want, drop []string) error {
	k, err := groupMember.keeper(ctx, in)
	switch {
	case err != nil:
		return err
	case !k.byTo:
		return k.Change(ctx, group, have, want, drop)
	}
	changes, ctx := errgroup.WithContext(ctx)
	for _, user := range idlist.Without(want, have) {
		changes.Go(func() error { return k.Add(ctx, user, group) })
	}
	for _, user := range idlist.Common(want, have) {
		changes.Go(func() error { return k.Keep(ctx, user, group) })
	}
	for _, user := range drop {
		changes.Go(func() error { return k.Remove(ctx, user, group) })
	}
	return changes.Wait()
}
