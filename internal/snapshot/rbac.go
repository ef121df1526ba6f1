package snapshot

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
)

// readRBAC follows the users to their groups, the groups to their roles, and the roles to their rights, level by level: the
// RBAC API lists users alone.
func (r *reader) readRBAC(ctx context.Context, d *directory.Directory) error {
	r.options.Progress("users")
	users, err := d.Users.List(ctx)
	if err != nil {
		return fmt.Errorf("could not list the users: %w", err)
	}
	organizations, groups := slices.Clone(r.options.Also[KindOrganization]), slices.Clone(r.options.Also[KindGroup])
	for _, user := range users {
		r.Users = append(r.Users, User{
			ID: user.ID, SubjectID: user.ID, Username: user.Username, Email: user.Email, Active: user.IsActive, CreatedAt: user.CreatedAt.Time,
			FullName: user.FullName, OrganizationID: user.OrganizationID, ExternalID: user.ExternalID, Superuser: user.IsSuperuser,
			Groups: distinct(user.Groups), LastLogin: user.LastLogin.Time,
		})
		groups = append(groups, user.Groups...)
		if user.OrganizationID != "" {
			organizations = append(organizations, user.OrganizationID)
		}
	}
	if err := r.findSelf(func() (string, error) {
		me, err := d.Me(ctx)
		return me.ID, err
	}); err != nil {
		return err
	}
	if err := r.readOrganizations(ctx, d, organizations); err != nil {
		return err
	}
	roles, err := r.readGroups(ctx, d, groups)
	if err != nil {
		return err
	}
	rights, err := r.readRoles(ctx, d, append(roles, r.options.Also[KindRole]...))
	if err != nil {
		return err
	}
	return r.readRights(ctx, d, append(rights, r.options.Also[KindRight]...))
}

// findSelf finds the user that the caller is logged in as: by the name that the login needs, or by what the server says.
func (r *reader) findSelf(ask func() (id string, err error)) error {
	if r.options.WithoutSelf {
		return nil
	}
	name := r.client.Username()
	if name == "" {
		id, err := ask()
		if err != nil {
			return fmt.Errorf("%w: %w", ErrSelf, err)
		}
		r.setSelf(func(user User) bool { return user.ID == id || user.SubjectID == id })
		return nil
	}
	r.setSelf(func(user User) bool { return user.Username == name })
	if r.Self == "" {
		r.setSelf(func(user User) bool { return strings.EqualFold(user.Username, name) })
	}
	return nil
}

func (r *reader) setSelf(is func(User) bool) {
	if i := slices.IndexFunc(r.Users, is); i >= 0 {
		r.Self = r.Users[i].ID
	}
}

func (r *reader) readOrganizations(ctx context.Context, d *directory.Directory, ids []string) error {
	organizations, err := readAll(ctx, r, KindOrganization, ids, d.Organizations.Get)
	for _, o := range organizations {
		r.Organizations = append(r.Organizations, Organization{
			ID: o.ID, Name: o.Name, Description: o.Description, CreatedAt: o.CreatedAt.Time, IDP: idpOf(o.IDPConfig),
		})
	}
	return err
}

// idpOf leaves out the additional configuration, which may hold secrets.
func idpOf(config *rbac.IDPConfig) *IDP {
	if config == nil {
		return nil
	}
	return &IDP{Provider: config.Provider, Domain: config.Domain, ClientID: config.ClientID, MetadataURL: config.MetadataURL}
}

func (r *reader) readGroups(ctx context.Context, d *directory.Directory, ids []string) (roles []string, err error) {
	groups, err := readAll(ctx, r, KindGroup, ids, d.Groups.Get)
	for _, g := range groups {
		r.Groups = append(r.Groups, Group{ID: g.ID, Name: g.Name, Description: g.Description, CreatedAt: g.CreatedAt.Time, Roles: distinct(g.Roles)})
		roles = append(roles, g.Roles...)
	}
	return roles, err
}

func (r *reader) readRoles(ctx context.Context, d *directory.Directory, ids []string) (rights []string, err error) {
	roles, err := readAll(ctx, r, KindRole, ids, d.Roles.Get)
	for _, role := range roles {
		r.Roles = append(r.Roles, Role{
			ID: role.ID, Name: role.Name, Description: role.Description, CreatedAt: role.CreatedAt.Time, Rights: distinct(role.Rights),
		})
		rights = append(rights, role.Rights...)
	}
	return rights, err
}

func (r *reader) readRights(ctx context.Context, d *directory.Directory, ids []string) error {
	rights, err := readAll(ctx, r, KindRight, ids, d.Rights.Get)
	for _, right := range rights {
		r.Rights = append(r.Rights, Right{ID: right.ID, Name: right.Name, Description: right.Description, CreatedAt: right.CreatedAt.Time})
	}
	return err
}
