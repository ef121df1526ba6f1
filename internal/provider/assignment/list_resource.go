package assignment

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"golang.org/x/sync/errgroup"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/importid"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/claim"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

// ends is the configuration of a list: the ids at the two ends of a relation, null for any.
type ends interface {
	ends() (from, to types.String)
}

type groupMemberEnds struct {
	GroupID types.String `tfsdk:"group_id"`
	UserID  types.String `tfsdk:"user_id"`
}

func (e groupMemberEnds) ends() (from, to types.String) { return e.GroupID, e.UserID }

type groupRoleEnds struct {
	GroupID types.String `tfsdk:"group_id"`
	RoleID  types.String `tfsdk:"role_id"`
}

func (e groupRoleEnds) ends() (from, to types.String) { return e.GroupID, e.RoleID }

type roleRightEnds struct {
	RoleID  types.String `tfsdk:"role_id"`
	RightID types.String `tfsdk:"right_id"`
}

func (e roleRightEnds) ends() (from, to types.String) { return e.RoleID, e.RightID }

// NewGroupMemberListResource returns the list resource kamiwaza_group_member.
func NewGroupMemberListResource() list.ListResource {
	return singleList[groupMemberEnds](groupMember, "members of groups")
}

// NewGroupRoleListResource returns the list resource kamiwaza_group_role.
func NewGroupRoleListResource() list.ListResource {
	return singleList[groupRoleEnds](groupRole, "roles of groups")
}

// NewRoleRightListResource returns the list resource kamiwaza_role_right.
func NewRoleRightListResource() list.ListResource {
	return singleList[roleRightEnds](roleRight, "rights of roles")
}

// NewGroupMembersListResource returns the list resource kamiwaza_group_members.
func NewGroupMembersListResource() list.ListResource {
	return setList[groupMemberEnds](newGroupMembers())
}

// NewUserGroupsListResource returns the list resource kamiwaza_user_groups.
func NewUserGroupsListResource() list.ListResource {
	return setList[groupMemberEnds](newUserGroups())
}

// NewGroupRolesListResource returns the list resource kamiwaza_group_roles.
func NewGroupRolesListResource() list.ListResource {
	return setList[groupRoleEnds](newGroupRoles())
}

// NewRoleRightsListResource returns the list resource kamiwaza_role_rights.
func NewRoleRightsListResource() list.ListResource {
	return setList[roleRightEnds](newRoleRights())
}

// singleList lists single assignments.
func singleList[C ends](r *relation, nouns string) list.ListResource {
	single := &assignmentResource{relation: r}
	return &run.List[C]{
		TypeName: single.TypeName(), Noun: framework.Noun{Name: "assignment"}, Nouns: nouns,
		Description: fmt.Sprintf("Lists the %s. The display name is `<%s>/<%s>`, both by name.%s", nouns, r.from, r.to, walked(r, r.from)),
		Attributes: map[string]schema.Attribute{
			r.from + "_id": endAttribute(r.from, "Only assignments of this "+r.from, r.gateway != nil),
			r.to + "_id":   endAttribute(r.to, "Only assignments of this "+r.to, r.gateway != nil),
		},
		Rows: func(ctx context.Context, in *run.Run, config C) ([]framework.Row, error) {
			from, to := config.ends()
			objects, err := r.objects(ctx, in, []types.String{from, to}, r.from, r.to)
			if err != nil {
				return nil, err
			}
			found, err := r.search(ctx, in, objects, from, to)
			rows := make([]framework.Row, len(found))
			for i, a := range found {
				rows[i] = claim.SingleRow(single, a, importid.Name(objects.name(r.from, a.From))+"/"+importid.Name(objects.name(r.to, a.To)))
			}
			return rows, err
		},
	}
}

// setList lists whole sets, the empty ones included.
func setList[C ends](set *assignmentsResource) list.ListResource {
	return &run.List[C]{
		TypeName: set.TypeName(), Noun: framework.Noun{Name: "set"}, Nouns: fmt.Sprintf("sets of %ss", set.element),
		Description: fmt.Sprintf("Lists the set of all %ss of each %s. The display name is the name of the %[2]s.%[3]s", set.element, set.owner, walked(set.relation, set.owner)),
		Attributes: map[string]schema.Attribute{
			set.owner + "_id":   endAttribute(set.owner, "Only the set of this "+set.owner, set.onGateway()),
			set.element + "_id": endAttribute(set.element, "Only sets that contain this "+set.element, set.onGateway()),
		},
		Rows: func(ctx context.Context, in *run.Run, config C) ([]framework.Row, error) {
			from, to := config.ends()
			owner, element := from, to
			if set.owner != set.from {
				owner, element = to, from
			}
			objects, err := set.objects(ctx, in, []types.String{from, to}, set.owner)
			if err != nil {
				return nil, err
			}
			var rows []framework.Row
			owners := objects.ids(set.owner, owner)
			var held [][]string
			if !owner.IsNull() || !element.IsNull() { // Otherwise no list has to be read yet.
				if held, err = lists(ctx, owners, func(ctx context.Context, id string) ([]string, error) { return set.list(ctx, in, id) }); err != nil {
					return nil, err
				}
			}
			for i, id := range owners {
				if element.IsNull() || slices.Contains(held[i], element.ValueString()) {
					rows = append(rows, claim.SetRow(in, set, id, objects.name(set.owner, id)))
				}
			}
			return rows, nil
		},
	}
}

func endAttribute(noun, description string, onGateway bool) schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true, Validators: idValidators(onGateway),
		MarkdownDescription: fmt.Sprintf("%s: the %s.", description, idOf(noun, onGateway)),
	}
}

// walked says which objects of a noun the RBAC API does not find.
func walked(r *relation, noun string) string {
	switch {
	case noun == "role":
		return " The provider only finds roles of groups that users are in. For another role, set `role_id`."
	case noun == "group" && r == groupRole:
		return " The provider only finds groups that users are in. For another group, set `group_id`."
	case noun == "group":
		return " With the RBAC API, groups without members are not listed."
	}
	return ""
}

// objects are the names of objects, by noun and id.
type objects map[string]map[string]string

// objects finds those of the nouns, and checks the ids of a configuration.
func (r *relation) objects(ctx context.Context, in *run.Run, ids []types.String, nouns ...string) (objects, error) {
	for i, noun := range []string{r.from, r.to} {
		if problem := r.idProblem(ctx, in, ids[i].ValueString()); !ids[i].IsNull() && problem != "" {
			return nil, fmt.Errorf("invalid id: %s_id: %s", noun, problem)
		}
	}
	all := objects{}
	for _, noun := range nouns {
		lookup, err := in.Lookup(ctx, noun)
		if err != nil {
			return nil, err
		}
		all[noun] = map[string]string{}
		for _, object := range lookup.Objects() {
			all[noun][object.ID] = object.Name
		}
	}
	return all, nil
}

// name is the name of an object, or the id of one that is not found by name.
func (o objects) name(noun, id string) string { return cmp.Or(o[noun][id], id) }

// ids are those of all objects of the noun, or the one that is wanted.
func (o objects) ids(noun string, wanted types.String) []string {
	if !wanted.IsNull() {
		return []string{wanted.ValueString()}
	}
	return slices.Sorted(maps.Keys(o[noun]))
}

// search finds the assignments with the ends; null stands for any.
func (r *relation) search(ctx context.Context, in *run.Run, o objects, from, to types.String) ([]claim.Assignment, error) {
	k, err := r.keeper(ctx, in)
	if err != nil {
		return nil, err
	}
	noun, owner, element := r.from, from, to
	if k.byTo {
		noun, owner, element = r.to, to, from
	}
	owners := o.ids(noun, owner)
	held, err := lists(ctx, owners, k.List)
	var found []claim.Assignment
	for i, elements := range held {
		for _, id := range elements {
			switch {
			case !element.IsNull() && element.ValueString() != id:
			case k.byTo:
				found = append(found, r.assignment(id, owners[i]))
			default:
				found = append(found, r.assignment(owners[i], id))
			}
		}
	}
	return found, err
}

// lists reads the lists of several objects, as many at a time as the client lets through.
func lists(ctx context.Context, ids []string, list func(context.Context, string) ([]string, error)) ([][]string, error) {
	all := make([][]string, len(ids))
	tasks, ctx := errgroup.WithContext(ctx)
	for i, id := range ids {
		tasks.Go(func() (err error) {
			all[i], err = list(ctx, id)
			return err
		})
	}
	if err := tasks.Wait(); err != nil {
		return nil, err
	}
	return all, nil
}
