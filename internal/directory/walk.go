package directory

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"maps"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// Path is one way in which a user comes to hold a right: the user is in the group, the group has the role, and the
// role has the right.
type Path struct {
	Group rbac.Group
	Role  rbac.Role
}

// Grant is a right that a user holds, and all the paths that lead to it, sorted by name.
type Grant struct {
	Right rbac.Right
	Paths []Path
}

// Holder is a user whom at least one path leads to a right, sorted by name.
type Holder struct {
	User  rbac.User
	Paths []Path
}

// Access tells what the user may do, and why, sorted by the rights' names. An inactive user may do nothing. It says
// nothing of what a superuser may do beyond the rights that groups give.
func (d *Directory) Access(ctx context.Context, user rbac.User) ([]Grant, error) {
	if !user.IsActive {
		return nil, nil
	}
	reach, err := d.reach(ctx, []rbac.User{user})
	if err != nil {
		return nil, err
	}
	paths := map[string][]Path{} // by right
	for _, path := range reach.paths(user) {
		for _, right := range distinct(path.Role.Rights) {
			paths[right] = append(paths[right], path)
		}
	}
	ids := make([]string, 0, len(paths))
	for id := range paths {
		ids = append(ids, id)
	}
	rights, err := fetch(ctx, ids, d.Rights.Get)
	if err != nil {
		return nil, err
	}
	grants := make([]Grant, 0, len(rights))
	for id, right := range rights {
		grants = append(grants, Grant{Right: right, Paths: paths[id]})
	}
	slices.SortFunc(grants, func(a, b Grant) int {
		return cmp.Or(cmp.Compare(a.Right.Name, b.Right.Name), cmp.Compare(a.Right.ID, b.Right.ID))
	})
	return grants, nil
}

// Holders are the users of a right.
type Holders struct {
	Right rbac.Right
	// Active are those who hold the right, sorted by username.
	Active []Holder
	// Inactive are those whose groups would give them the right; while they are inactive, they may do nothing.
	Inactive []Holder
	// Superusers are the active superusers, whether or not they hold the right.
	Superusers []rbac.User
}

// Holders tells who holds the right, and why. An error that is client.ErrNotFound says that there is no such right.
func (d *Directory) Holders(ctx context.Context, rightID string) (Holders, error) {
	right, err := d.Rights.Get(ctx, rightID)
	if err != nil {
		return Holders{}, err
	}
	users, err := d.Users.List(ctx)
	if err != nil {
		return Holders{}, err
	}
	reach, err := d.reach(ctx, users)
	if err != nil {
		return Holders{}, err
	}
	holders := Holders{Right: right}
	for _, user := range users {
		if user.IsActive && user.IsSuperuser {
			holders.Superusers = append(holders.Superusers, user)
		}
		paths := slices.DeleteFunc(reach.paths(user), func(path Path) bool {
			return !slices.Contains(path.Role.Rights, right.ID)
		})
		switch {
		case len(paths) == 0:
		case user.IsActive:
			holders.Active = append(holders.Active, Holder{user, paths})
		default:
			holders.Inactive = append(holders.Inactive, Holder{user, paths})
		}
	}
	return holders, nil
}

// reach is all that some users are in or have, by id.
type reach struct {
	groups map[string]rbac.Group
	roles  map[string]rbac.Role
}

// reach reads it. Whatever leaves a list out is an error: the audit would say that somebody lacks what nobody has looked up.
func (d *Directory) reach(ctx context.Context, users []rbac.User) (reach, error) {
	var r reach
	var err error
	if r.groups, err = follow(ctx, slices.Values(users), GroupsOf, d.Groups.Get); err != nil {
		return reach{}, err
	}
	if r.roles, err = follow(ctx, maps.Values(r.groups), RolesOf, d.Roles.Get); err != nil {
		return reach{}, err
	}
	_, err = allOf(maps.Values(r.roles), RightsOf)
	return r, err
}

// follow reads what is in the lists of all objects.
func follow[T, U any](
	ctx context.Context, objects iter.Seq[T], listOf func(T) ([]string, error), get func(context.Context, string) (U, error),
) (map[string]U, error) {
	ids, err := allOf(objects, listOf)
	if err != nil {
		return nil, err
	}
	return fetch(ctx, ids, get)
}

// allOf joins the lists of all objects.
func allOf[T any](objects iter.Seq[T], listOf func(T) ([]string, error)) ([]string, error) {
	var all []string
	for object := range objects {
		ids, err := listOf(object)
		if err != nil {
			return nil, err
		}
		all = append(all, ids...)
	}
	return all, nil
}

// paths returns the user's ways to all roles, sorted by the names of group and role.
func (r reach) paths(user rbac.User) []Path {
	var paths []Path
	for _, groupID := range distinct(user.Groups) {
		group := r.groups[groupID] // one that is gone has no roles
		for _, roleID := range distinct(group.Roles) {
			if role, ok := r.roles[roleID]; ok {
				paths = append(paths, Path{group, role})
			}
		}
	}
	slices.SortFunc(paths, func(a, b Path) int {
		return cmp.Or(
			cmp.Compare(a.Group.Name, b.Group.Name), cmp.Compare(a.Group.ID, b.Group.ID),
			cmp.Compare(a.Role.Name, b.Role.Name), cmp.Compare(a.Role.ID, b.Role.ID),
		)
	})
	return paths
}

// fetch gets the objects with the ids, each once, and as many at a time as the client lets through. What no longer
// exists is left out: whether a server cleans up the assignments to what it deletes is not documented. Any other
// error ends the rest.
func fetch[T any](ctx context.Context, ids []string, get func(context.Context, string) (T, error)) (map[string]T, error) {
	var mu sync.Mutex
	objects := map[string]T{}
	group, ctx := errgroup.WithContext(ctx)
	for _, id := range distinct(ids) {
		group.Go(func() error {
			object, err := get(ctx, id)
			if errors.Is(err, client.ErrNotFound) {
				return nil
			}
			if err == nil {
				mu.Lock()
				defer mu.Unlock()
				objects[id] = object
			}
			return err
		})
	}
	return objects, group.Wait()
}

// distinct returns the ids in order, each once.
func distinct(ids []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(ids)))
}
