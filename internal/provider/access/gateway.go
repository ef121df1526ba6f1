package access

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/english"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

// gatewayAccess collects what one user has.
type gatewayAccess struct {
	*run.Run
	user   gateway.User
	groups []gateway.Group // of the user
	notes  []string
}

// gatewayAccessOf returns what the user whom the configuration of the data source names has, and why.
func gatewayAccessOf(ctx context.Context, r *run.Run, config userAccessModel) (userAccessModel, error) {
	a := gatewayAccess{Run: r}
	var err error
	if config.UserID.IsNull() {
		a.user, err = r.Gateway.Users.ByName(ctx, config.Username.ValueString())
	} else {
		a.user, err = r.Gateway.Users.Get(ctx, config.UserID.ValueString())
	}
	if err != nil {
		return config, err
	}
	model := userAccessModel{
		UserID: types.StringValue(a.user.ID), Username: types.StringValue(a.user.Username), IsActive: types.BoolValue(a.user.Active),
		IsSuperuser: types.BoolValue(slices.Contains(a.user.Roles, "admin")), Roles: framework.NewIDSet(a.user.Roles),
	}
	if !a.user.Active {
		a.notes = append(a.notes, fmt.Sprintf("The user %q is inactive. Access that was given before comes back when the user is activated.", a.user.Username))
	}
	if model.IsSuperuser.ValueBool() {
		a.notes = append(a.notes, fmt.Sprintf("The user %q has the platform role admin, which allows more than is listed here.", a.user.Username))
	}
	if model.Groups, err = a.listGroups(ctx); err == nil {
		model.Relations, err = a.listRelations(ctx)
	}
	if err == nil {
		model.Workrooms, err = a.listRooms(ctx)
	}
	if len(a.notes) > 0 {
		model.Note = types.StringValue(strings.Join(a.notes, " "))
	}
	return model, err
}

// lacks tells whether a call failed because the platform does not have the feature, or has it switched off, and notes it.
func (a *gatewayAccess) lacks(err error, what string) bool {
	switch {
	case errors.Is(err, client.ErrUnsupported):
		a.notes = append(a.notes, fmt.Sprintf("The platform does not offer %s.", what))
	case errors.Is(err, client.ErrDisabled):
		a.notes = append(a.notes, fmt.Sprintf("ReBAC is switched off, so the platform has no %s.", what))
	default:
		return false
	}
	return true
}

func (a *gatewayAccess) listGroups(ctx context.Context) ([]groupModel, error) {
	all, err := a.Gateway.Groups.List(ctx)
	switch {
	case a.lacks(err, "groups"):
		return nil, nil
	case err != nil:
		return nil, err
	}
	models := []groupModel{}
	for _, group := range all {
		is, err := a.Gateway.GroupMembers.Has(ctx, group.ID, a.user.SubjectID())
		switch {
		case errors.Is(err, client.ErrNotFound): // deleted since the list was read
		case err != nil:
			return nil, err
		case is:
			a.groups = append(a.groups, group)
			models = append(models, groupModel{types.StringValue(group.ID), types.StringValue(group.Name)})
		}
	}
	slices.SortFunc(models, func(a, b groupModel) int { return cmp.Compare(a.Name.ValueString(), b.Name.ValueString()) })
	return models, nil
}

// way tells how a tuple's subject is the user, if it is. How a group is written as a subject is not documented.
func (a *gatewayAccess) way(subject gateway.Ref) (wayModel, bool) {
	id := strings.TrimSuffix(subject.ID, "#member")
	switch subject.Namespace {
	case "user":
		return wayModel{Via: types.StringValue("user"), Effective: types.BoolValue(true)}, subject.ID == a.user.SubjectID()
	case "role":
		return wayModel{Via: types.StringValue("role"), RoleName: types.StringValue(id)}, slices.Contains(a.user.Roles, id)
	case "group":
		for _, group := range a.groups {
			if group.ID == id || group.Name == id {
				return wayModel{Via: types.StringValue("group"), GroupID: types.StringValue(group.ID), GroupName: types.StringValue(group.Name)}, true
			}
		}
	}
	return wayModel{}, false
}

func (a *gatewayAccess) listRelations(ctx context.Context) ([]relationModel, error) {
	tuples, err := a.Gateway.Tuples.List(ctx, gateway.DefaultTenant, "")
	switch {
	case a.lacks(err, "relations to objects"):
		return nil, nil
	case err != nil:
		return nil, err
	}
	models := []relationModel{}
	for _, tuple := range tuples { // which are sorted by object and relation
		way, is := a.way(tuple.Subject())
		if !is {
			continue
		}
		if way.Via.ValueString() == "group" {
			way.Effective = a.expandsGroups(ctx, tuple.Object())
		}
		relation := relationModel{
			Relation: types.StringValue(tuple.Relation), ObjectNamespace: types.StringValue(tuple.ObjectNamespace), ObjectID: types.StringValue(tuple.ObjectID),
		}
		last := len(models) - 1
		if last < 0 || !models[last].Relation.Equal(relation.Relation) || !models[last].ObjectNamespace.Equal(relation.ObjectNamespace) ||
			!models[last].ObjectID.Equal(relation.ObjectID) {
			models = append(models, relation)
			last++
		}
		models[last].Paths = append(models[last].Paths, way)
	}
	return models, nil
}

// expansion is whether the platform expands groups, null if it does not tell. It is the same for all objects.
type expansion struct{ yes types.Bool }

func (a *gatewayAccess) expandsGroups(ctx context.Context, object gateway.Ref) types.Bool {
	known := run.Shared(a.Run, func() *expansion {
		who, err := a.Gateway.Grants.WhoCanAccess(ctx, object, "")
		if err != nil {
			return &expansion{types.BoolNull()}
		}
		return &expansion{types.BoolValue(who.Effective)}
	})
	return known.yes
}

func (a *gatewayAccess) listRooms(ctx context.Context) ([]roomModel, error) {
	rooms, err := a.Gateway.Workrooms.AdminList(ctx)
	switch {
	case a.lacks(err, "workrooms"):
		return nil, nil
	case err != nil:
		return nil, err
	}
	models, hidden := []roomModel{}, 0
	for _, room := range rooms {
		var role string
		if room.OwnerUserID == a.user.SubjectID() {
			role = "owner"
		} else {
			member, err := a.Gateway.WorkroomMembers.Get(ctx, room.ID, a.user.SubjectID())
			switch {
			case errors.Is(err, client.ErrNotMember):
				hidden++
			case err != nil && !errors.Is(err, client.ErrNotFound):
				return nil, err
			}
			role = member.Role
		}
		if role != "" {
			models = append(models, roomModel{types.StringValue(room.ID), types.StringValue(room.Name), types.StringValue(role)})
		}
	}
	if hidden > 0 {
		a.notes = append(a.notes, fmt.Sprintf("The members of %d %s could not be read, because the user the provider authenticates as is no member.",
			hidden, english.Plural(hidden, "workroom")))
	}
	return models, nil
}
