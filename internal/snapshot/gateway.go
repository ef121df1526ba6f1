package snapshot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
)

// readGateway reads the lists of the gateway API, then the members of each group and workroom.
func (r *reader) readGateway(ctx context.Context, g *directory.Gateway) error {
	for _, step := range []func(context.Context, *directory.Gateway) error{
		r.readLocalUsers, r.readLocalGroups, r.readMappings, r.readIdentityProviders, r.readTuples, r.readWorkrooms, r.readAttributes,
	} {
		if err := step(ctx, g); err != nil {
			return err
		}
	}
	return nil
}

// optional reads a list that not every platform has.
func optional[T any](ctx context.Context, r *reader, what string, list func(context.Context) ([]T, error)) (objects []T, offered bool, err error) {
	r.options.Progress(what)
	objects, err = list(ctx)
	switch {
	case errors.Is(err, client.ErrUnsupported):
		r.Missing = append(r.Missing, what+" (this platform does not offer them)")
		return nil, false, nil
	case errors.Is(err, client.ErrDisabled):
		r.Missing = append(r.Missing, what+" (switched off on this platform)")
		return nil, false, nil
	case err != nil:
		return nil, false, fmt.Errorf("could not list the %s: %w", what, err)
	}
	return objects, true, nil
}

func (r *reader) readLocalUsers(ctx context.Context, g *directory.Gateway) error {
	r.options.Progress("users")
	users, err := g.Users.List(ctx)
	if err != nil {
		return fmt.Errorf("could not list the users: %w", err)
	}
	for _, user := range users {
		var roles []string // nil if the answer leaves them out
		if user.Roles != nil {
			roles = slices.DeleteFunc(distinct(user.Roles), gateway.IsImplied)
		}
		r.Users = append(r.Users, User{
			ID: user.ID, SubjectID: user.SubjectID(), Username: user.Username, Email: user.Email, Active: user.Active,
			CreatedAt: user.CreatedAt.Time, Roles: roles,
		})
	}
	return r.findSelf(func() (string, error) {
		me, err := g.Me(ctx)
		return me.SubjectID, err
	})
}

func (r *reader) readLocalGroups(ctx context.Context, g *directory.Gateway) error {
	groups, _, err := optional(ctx, r, "groups", g.Groups.List)
	if err != nil {
		return err
	}
	ids := make([]string, len(groups))
	for i, group := range groups {
		ids[i] = group.ID
	}
	members, err := membersOf(ctx, r, KindGroup, ids, g.GroupMembers.List)
	if err != nil {
		return err
	}
	for i, group := range groups {
		r.Groups = append(r.Groups, Group{
			ID: group.ID, Name: group.Name, Description: group.Description, CreatedAt: group.CreatedAt.Time, Members: distinct(members[i]),
		})
	}
	return nil
}

// membersOf reads who is in each of the objects; nil where that may not be read.
func membersOf[T any](ctx context.Context, r *reader, kind Kind, ids []string, list func(context.Context, string) ([]T, error)) ([][]T, error) {
	all := make([][]T, len(ids))
	if r.options.WithoutMembers {
		return all, nil
	}
	found, err := each(ctx, r, kind, "members", ids, list)
	for i, members := range found {
		if members != nil {
			all[i] = append([]T{}, *members...)
		}
	}
	return all, err
}

func (r *reader) readMappings(ctx context.Context, g *directory.Gateway) error {
	mappings, _, err := optional(ctx, r, "group mappings", g.Mappings.List)
	for _, m := range mappings {
		r.Mappings = append(r.Mappings, Mapping{
			ID: m.ID, Issuer: m.Issuer, IDPGroupPath: m.IDPGroupPath, LocalGroupName: m.LocalGroupName, CreatedAt: m.CreatedAt.Time,
		})
	}
	return err
}

func (r *reader) readIdentityProviders(ctx context.Context, g *directory.Gateway) error {
	providers, _, err := optional(ctx, r, "identity providers", g.IdentityProviders.List)
	for _, p := range providers {
		r.IdentityProviders = append(r.IdentityProviders, IdentityProvider{Alias: p.Alias, Kind: p.Kind(), Enabled: p.Enabled})
	}
	return err
}

func (r *reader) readTuples(ctx context.Context, g *directory.Gateway) error {
	tuples, _, err := optional(ctx, r, "relationship tuples", func(ctx context.Context) ([]gateway.Tuple, error) {
		return g.Tuples.List(ctx, gateway.DefaultTenant, "")
	})
	for _, t := range tuples {
		r.Tuples = append(r.Tuples, Tuple{
			Tenant: t.Tenant, SubjectNamespace: t.SubjectNamespace, SubjectID: t.SubjectID, Relation: t.Relation,
			ObjectNamespace: t.ObjectNamespace, ObjectID: t.ObjectID,
		})
	}
	return err
}

// readWorkrooms reads the workrooms of the caller and, if the caller may, those of all others. Only its members may read who is
// in a workroom.
func (r *reader) readWorkrooms(ctx context.Context, g *directory.Gateway) error {
	rooms, offered, err := optional(ctx, r, "workrooms", g.Workrooms.List)
	if err != nil || !offered {
		return err
	}
	rooms = slices.Clone(rooms)
	others, err := g.Workrooms.AdminList(ctx)
	switch {
	case errors.Is(err, client.ErrUnsupported), errors.Is(err, client.ErrForbidden):
		r.Missing = append(r.Missing, "workrooms of others (only the role admin may list them)")
	case err != nil:
		return fmt.Errorf("could not list the workrooms of all users: %w", err)
	}
	for _, other := range others {
		if !slices.ContainsFunc(rooms, func(room gateway.Workroom) bool { return room.ID == other.ID }) {
			rooms = append(rooms, other)
		}
	}
	rooms = slices.DeleteFunc(rooms, func(room gateway.Workroom) bool { return room.ID == gateway.GlobalWorkroom })
	ids := make([]string, len(rooms))
	for i, room := range rooms {
		ids[i] = room.ID
	}
	members, err := membersOf(ctx, r, KindWorkroom, ids, g.WorkroomMembers.List)
	if err != nil {
		return err
	}
	for i, room := range rooms {
		converted, err := workroomOf(room, members[i])
		if err != nil {
			return err
		}
		r.Workrooms = append(r.Workrooms, converted)
	}
	return nil
}

func workroomOf(room gateway.Workroom, members []gateway.WorkroomMember) (Workroom, error) {
	w := Workroom{
		ID: room.ID, Name: room.Name, Type: room.Type, Description: room.Description, Classification: room.Classification,
		Labels: distinct(room.Labels), SCGReferences: distinct(room.SCGReferences), Archived: room.Status == gateway.WorkroomArchived,
		CreatedAt: room.CreatedAt.Time, Owner: room.OwnerUserID,
	}
	if len(room.Attributes) > 0 {
		attributes, err := json.Marshal(room.Attributes)
		if err != nil {
			return Workroom{}, fmt.Errorf("could not write the attributes of the workroom %s: %w", room.ID, err)
		}
		w.Attributes = string(attributes)
	}
	if members == nil {
		return w, nil
	}
	w.Members = []WorkroomMember{}
	for _, m := range members {
		if m.Active {
			w.Members = append(w.Members, WorkroomMember{
				SubjectID: m.UserID, Email: m.Email, Username: m.Username, Role: m.Role, Owner: m.IsPrimaryOwner || m.UserID == room.OwnerUserID,
				SurfaceID: m.SurfaceID, LandingTarget: m.LandingTarget,
			})
		}
	}
	return w, nil
}

// readAttributes leaves out deprecated attributes, which Terraform takes for gone.
func (r *reader) readAttributes(ctx context.Context, g *directory.Gateway) error {
	attributes, _, err := optional(ctx, r, "attributes", g.Attributes.List)
	for _, a := range attributes {
		if a.State == gateway.AttributeDeclared {
			r.Attributes = append(r.Attributes, Attribute{
				Name: a.Name, Type: a.Type, Authority: a.Authority, SchemaVersion: a.SchemaVersion, Sensitive: a.Sensitive, DeclaredAt: a.DeclaredAt.Time,
			})
		}
	}
	return err
}
