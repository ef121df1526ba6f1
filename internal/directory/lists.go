package directory

import (
	"fmt"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// GroupsOf returns the ids of the groups that the user is in. An answer that leaves them out does not say that there are
// none: that is an error.
func GroupsOf(user rbac.User) ([]string, error) {
	return listed(user.Groups, "user", user.Username, user.ID, "groups")
}

// RolesOf returns the ids of the roles that the group has, or an error as GroupsOf does.
func RolesOf(group rbac.Group) ([]string, error) {
	return listed(group.Roles, "group", group.Name, group.ID, "roles")
}

// RightsOf returns the ids of the rights that the role has, or an error as GroupsOf does.
func RightsOf(role rbac.Role) ([]string, error) {
	return listed(role.Rights, "role", role.Name, role.ID, "rights")
}

// checkLists refuses permissions that leave out a list.
func checkLists(permissions rbac.Permissions) error {
	for _, list := range []struct {
		name  string
		names []string
	}{{"groups", permissions.Groups}, {"roles", permissions.Roles}, {"rights", permissions.Rights}} {
		if list.names == nil {
			return &noListError{fmt.Sprintf("the server left out the list of %s from the permissions of the current user", list.name)}
		}
	}
	return nil
}

// noListError is ErrNoList with a text that names the object and the list.
type noListError struct{ text string }

func (e *noListError) Error() string { return e.text }
func (e *noListError) Unwrap() error { return ErrNoList }

func listed(ids client.IDs, noun, name, id, list string) ([]string, error) {
	if ids == nil {
		return nil, &noListError{fmt.Sprintf("the server left out the list of %s from the %s %q (%s)", list, noun, name, id)}
	}
	return ids, nil
}
