package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"golang.org/x/sync/errgroup"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
)

var (
	_ resource.ResourceWithConfigure   = (*assignmentsResource)(nil)
	_ resource.ResourceWithIdentity    = (*assignmentsResource)(nil)
	_ resource.ResourceWithImportState = (*assignmentsResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*assignmentsResource)(nil)

	_ resource.ResourceWithValidateConfig = (*assignmentsResource)(nil)
)

// assignmentsResource is the whole set of edges of one object. What the server has beyond the configured set is
// removed.
type assignmentsResource struct {
	configured

	typeName    string
	description string
	// relation is the type of the single edges that make up the set.
	relation string
	// owner and element are the nouns at the two ends; the attributes are named after them.
	owner, element string

	// list reads the whole set; ErrNotFound means that the owner is gone, and its edges with it.
	list func(ctx context.Context, d *directory.Directory, owner string) ([]string, error)
	// write turns the set from have into want, and returns what the server holds then, as far as that is known.
	write func(ctx context.Context, d *directory.Directory, owner string, have, want []string) ([]string, error)
}

// NewGroupMembersResource returns kamiwaza_group_members.
func NewGroupMembersResource() resource.Resource {
	return &assignmentsResource{
		typeName: "group_members", relation: "group_member", owner: "group", element: "user",
		description: "All members of one group. Users who are in the group but not in `user_ids` are removed from it.\n\n" +
			"The API has no call for all members of a group at once: they are read from the list of all users and changed one by one, " +
			"in parallel. For large sets that change a lot, `kamiwaza_user_groups` takes fewer requests.",
		list:  listMembers,
		write: writeMembers,
	}
}

// NewUserGroupsResource returns kamiwaza_user_groups.
func NewUserGroupsResource() resource.Resource {
	return &assignmentsResource{
		typeName: "user_groups", relation: "group_member", owner: "user", element: "group",
		description: "All groups of one user. The user is removed from groups that are not in `group_ids`.",
		list: func(ctx context.Context, d *directory.Directory, id string) ([]string, error) {
			user, err := d.Users.Get(ctx, id)
			return user.Groups, err
		},
		write: func(ctx context.Context, d *directory.Directory, id string, _, want []string) ([]string, error) {
			user, err := d.Users.Update(ctx, id, client.UserUpdate{Groups: client.Set(want)})
			return user.Groups, err
		},
	}
}

// NewGroupRolesResource returns kamiwaza_group_roles.
func NewGroupRolesResource() resource.Resource {
	return &assignmentsResource{
		typeName: "group_roles", relation: "group_role", owner: "group", element: "role",
		description: "All roles of one group. Roles that the group has but that are not in `role_ids` are taken from it.",
		list: func(ctx context.Context, d *directory.Directory, id string) ([]string, error) {
			group, err := d.Groups.Get(ctx, id)
			return group.Roles, err
		},
		write: func(ctx context.Context, d *directory.Directory, id string, _, want []string) ([]string, error) {
			group, err := d.Groups.Update(ctx, id, client.GroupUpdate{Roles: client.Set(want)})
			return group.Roles, err
		},
	}
}

// NewRoleRightsResource returns kamiwaza_role_rights.
func NewRoleRightsResource() resource.Resource {
	return &assignmentsResource{
		typeName: "role_rights", relation: "role_right", owner: "role", element: "right",
		description: "All rights of one role. Rights that the role has but that are not in `right_ids` are taken from it.",
		list: func(ctx context.Context, d *directory.Directory, id string) ([]string, error) {
			role, err := d.Roles.Get(ctx, id)
			return role.Rights, err
		},
		write: func(ctx context.Context, d *directory.Directory, id string, _, want []string) ([]string, error) {
			role, err := d.Roles.Update(ctx, id, client.RoleUpdate{Rights: client.Set(want)})
			return role.Rights, err
		},
	}
}

// listMembers reads the group too, because a group without members and one that is gone look alike in the users.
func listMembers(ctx context.Context, d *directory.Directory, group string) ([]string, error) {
	if _, err := d.Groups.Get(ctx, group); err != nil {
		return nil, err
	}
	members, err := d.Users.Members(ctx, group)
	return nonNil(members), err
}

// writeMembers changes the memberships one by one, as many at a time as the client lets through. After the first failure it
// begins no more.
func writeMembers(ctx context.Context, d *directory.Directory, group string, have, want []string) ([]string, error) {
	changes, ctx := errgroup.WithContext(ctx)
	for _, user := range without(want, have) {
		changes.Go(func() error { return d.Users.AddGroup(ctx, user, group) })
	}
	for _, user := range without(have, want) {
		changes.Go(func() error { return d.Users.RemoveGroup(ctx, user, group) })
	}
	return want, changes.Wait()
}

// without returns the elements that are not among others.
func without(elements, others []string) []string {
	among := make(map[string]bool, len(others))
	for _, other := range others {
		among[other] = true
	}
	rest := []string{}
	for _, element := range elements {
		if !among[element] {
			rest = append(rest, element)
		}
	}
	return rest
}

func sameElements(a, b []string) bool {
	return len(without(a, b)) == 0 && len(without(b, a)) == 0
}

func (r *assignmentsResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + r.typeName
}

func (r *assignmentsResource) ownerID() path.Path    { return path.Root(r.owner + "_id") }
func (r *assignmentsResource) elementIDs() path.Path { return path.Root(r.element + "_ids") }

func (r *assignmentsResource) label(owner string) string {
	return fmt.Sprintf("set of %ss of %s %s", r.element, r.owner, owner)
}

func (r *assignmentsResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: fmt.Sprintf("%s\n\nUse it instead of `kamiwaza_%s`, not beside it: the two would undo each other's changes for the "+
			"same %s. Destroying this resource removes only the %ss in its state, which after a refresh are all that the server has.\n\nAn apply that deletes a %s and takes it out of this set deletes "+
			"first, which servers may refuse. `lifecycle { create_before_destroy = true }` in the %s's resource turns that around.",
			r.description, r.relation, r.owner, r.element, r.element, r.element),
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: fmt.Sprintf("The same as `%s_id`, which is also the import id.", r.owner),
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			r.owner + "_id": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: fmt.Sprintf("The id of the %s, a UUID in lower case. Another one replaces the resource.", r.owner),
				Validators:          []validator.String{uuid{}},
				PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			r.element + "_ids": newIDSetAttribute(schema.SetAttribute{
				Required: true,
				MarkdownDescription: fmt.Sprintf("The ids of all %ss, UUIDs in lower case; an empty set for none. Terraform compares the "+
					"elements of a set each with each, so its time grows with their square: thousands take seconds, ten thousand take minutes "+
					"to apply.", r.element),
			}),
		},
	}
}

func (r *assignmentsResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		r.owner + "_id": identityschema.StringAttribute{RequiredForImport: true, Description: fmt.Sprintf("The id of the %s, a UUID.", r.owner)},
	}}
}

// get reads the owner and the elements; the elements are nil while they are not all known.
func (r *assignmentsResource) get(ctx context.Context, source attributes, diags *diag.Diagnostics) (owner types.String, elements []string) {
	var ids idSet
	diags.Append(source.GetAttribute(ctx, r.ownerID(), &owner)...)
	diags.Append(source.GetAttribute(ctx, r.elementIDs(), &ids)...)
	return owner, ids.known()
}

func (r *assignmentsResource) set(ctx context.Context, target settable, owner types.String, elements []string, diags *diag.Diagnostics) {
	diags.Append(target.SetAttribute(ctx, path.Root("id"), owner)...)
	diags.Append(target.SetAttribute(ctx, r.ownerID(), owner)...)
	diags.Append(target.SetAttribute(ctx, r.elementIDs(), newIDSet(elements))...)
}

// ValidateConfig checks the elements.
func (r *assignmentsResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var ids idSet
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, r.elementIDs(), &ids)...)
	if ids.nullElements > 0 {
		resp.Diagnostics.AddAttributeError(r.elementIDs(), "Invalid id", fmt.Sprintf("An element of %s is null.", r.elementIDs()))
	}
	for _, id := range slices.Sorted(maps.Keys(ids.ids)) {
		if problem := uuidProblem(id); problem != "" {
			resp.Diagnostics.AddAttributeError(r.elementIDs(), "Invalid id", fmt.Sprintf("%s: %s.", r.elementIDs(), problem))
		}
	}
}

// ModifyPlan shows what a plan alone does not: what a new set takes away, ids that name nothing, and who else
// manages the same edges.
func (r *assignmentsResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.connection == nil {
		return
	}
	var have []string
	if !req.State.Raw.IsNull() {
		var owner types.String
		owner, have = r.get(ctx, req.State, &resp.Diagnostics)
		r.warnOfLeaving(ctx, req, owner, have, &resp.Diagnostics)
	}
	if req.Plan.Raw.IsNull() || resp.Diagnostics.HasError() {
		return
	}
	owner, want := r.get(ctx, req.Plan, &resp.Diagnostics)
	if owner.IsUnknown() || resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.ownership.claimSet(set{r.relation, r.owner, owner.ValueString(), "kamiwaza_" + r.typeName}, r.element, want)...)
	if req.State.Raw.IsNull() {
		r.warnOfMissing(ctx, r.ownerID(), r.owner, []string{owner.ValueString()}, &resp.Diagnostics)
		r.warnOfRemoval(ctx, owner.ValueString(), want, &resp.Diagnostics)
	}
	r.warnOfMissing(ctx, r.elementIDs(), r.element, without(want, have), &resp.Diagnostics)
}

// warnOfRemoval names what the server has before the set exists: the plan shows a creation, and nothing that goes.
func (r *assignmentsResource) warnOfRemoval(ctx context.Context, owner string, want []string, diags *diag.Diagnostics) {
	if want == nil {
		return
	}
	held, err := r.list(ctx, r.directory, owner)
	if err != nil {
		return // Whatever it is, the apply will say so; that the owner is missing has been said.
	}
	if extra := without(held, want); len(extra) > 0 {
		slices.Sort(extra)
		diags.AddAttributeWarning(r.elementIDs(), fmt.Sprintf("Creating this removes %ss that the %s has", r.element, r.owner),
			fmt.Sprintf("The %s %s has %d %s(s) that are not in the configuration, and this resource manages all of them. They will be removed: %s.\n\n"+
				"To keep them, add them to %s_ids. To see such changes as differences in the plan, import the resource first.",
				r.owner, owner, len(extra), r.element, shortList(extra), r.element))
	}
}

// warnOfLeaving warns when the user that the provider logs in as loses groups.
func (r *assignmentsResource) warnOfLeaving(ctx context.Context, req resource.ModifyPlanRequest, owner types.String, have []string, diags *diag.Diagnostics) {
	if r.relation != "group_member" {
		return
	}
	lost := have
	if !req.Plan.Raw.IsNull() {
		newOwner, want := r.get(ctx, req.Plan, diags)
		if want != nil && newOwner.Equal(owner) {
			lost = without(have, want)
		} else if want == nil && newOwner.Equal(owner) {
			return // not known yet
		}
	}
	if len(lost) == 0 {
		return
	}
	me, err := r.directory.Me(ctx)
	switch {
	case err != nil:
	case r.owner == "user" && owner.ValueString() == me.ID:
		addLeaving(diags, me.Username, lost)
	case r.owner == "group" && slices.Contains(lost, me.ID):
		addLeaving(diags, me.Username, []string{owner.ValueString()})
	}
}

func (r *assignmentsResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	owner, want := r.get(ctx, req.Plan, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	have, err := r.list(ctx, r.directory, owner.ValueString())
	if err != nil {
		addError(&resp.Diagnostics, "create", r.label(owner.ValueString()), err)
		return
	}
	held, err := r.change(ctx, owner.ValueString(), have, want)
	if held != nil {
		resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, r.ownerID(), owner)...)
		r.set(ctx, &resp.State, owner, held, &resp.Diagnostics)
	}
	if err != nil {
		addError(&resp.Diagnostics, "create", r.label(owner.ValueString()), err)
	}
}

func (r *assignmentsResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var owner types.String
	resp.Diagnostics.Append(req.State.GetAttribute(ctx, r.ownerID(), &owner)...)
	resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, r.ownerID(), owner)...)
	if resp.Diagnostics.HasError() {
		return
	}
	held, err := r.list(ctx, r.directory, owner.ValueString())
	switch {
	case errors.Is(err, client.ErrNotFound):
		addGone(&resp.Diagnostics, fmt.Sprintf("%s %s", r.owner, owner.ValueString()))
		resp.State.RemoveResource(ctx)
	case err != nil:
		addError(&resp.Diagnostics, "read", r.label(owner.ValueString()), err)
	case held == nil:
		addError(&resp.Diagnostics, "read", r.label(owner.ValueString()), errNoList)
	default:
		r.set(ctx, &resp.State, owner, held, &resp.Diagnostics)
	}
}

func (r *assignmentsResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	owner, have := r.get(ctx, req.State, &resp.Diagnostics)
	_, want := r.get(ctx, req.Plan, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, r.ownerID(), owner)...)
	if resp.Diagnostics.HasError() {
		return
	}
	held, err := r.change(ctx, owner.ValueString(), have, want)
	if held != nil {
		r.set(ctx, &resp.State, owner, held, &resp.Diagnostics)
	}
	if err != nil {
		addError(&resp.Diagnostics, "update", r.label(owner.ValueString()), err)
	}
}

// Delete removes the edges in the state and leaves those that came later.
func (r *assignmentsResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	owner, ours := r.get(ctx, req.State, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	have, err := r.list(ctx, r.directory, owner.ValueString())
	if err == nil {
		var held []string
		held, err = r.change(ctx, owner.ValueString(), have, without(have, ours))
		if held != nil && err != nil {
			r.set(ctx, &resp.State, owner, without(ours, without(ours, held)), &resp.Diagnostics)
		}
	}
	if err != nil && !errors.Is(err, client.ErrNotFound) {
		addError(&resp.Diagnostics, "delete", r.label(owner.ValueString()), err)
	}
}

// change turns the set from have into want and returns what the server holds then, also after a failure; nil means
// that this cannot be told.
func (r *assignmentsResource) change(ctx context.Context, owner string, have, want []string) ([]string, error) {
	if sameElements(have, want) {
		return want, nil
	}
	held, err := r.write(ctx, r.directory, owner, have, want)
	if err != nil {
		// Part of it may have been done. And some of it may have been done before: some servers refuse to assign twice.
		var listErr error
		if held, listErr = r.list(ctx, r.directory, owner); listErr != nil {
			return nil, err
		}
		if sameElements(held, want) {
			err = nil
		}
		return nonNil(held), err
	}
	if !sameElements(held, want) {
		err = fmt.Errorf("the server answered with success, but it holds other %ss than planned. It lacks: %s. It has besides: %s. "+
			"The state has what the server holds", r.element, shortList(without(want, held)), shortList(without(held, want)))
	}
	return nonNil(held), err
}

// nonNil tells an empty set from one that is not known.
func nonNil(elements []string) []string {
	if elements == nil {
		return []string{}
	}
	return elements
}

// shortList names ids for a message.
func shortList(ids []string) string {
	const most = 10
	switch {
	case len(ids) == 0:
		return "none"
	case len(ids) > most:
		return fmt.Sprintf("%s and %d more", strings.Join(ids[:most], ", "), len(ids)-most)
	}
	return strings.Join(ids, ", ")
}

// ImportState takes the id of the owner, or the identity in an import block.
func (r *assignmentsResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	owner := types.StringValue(req.ID)
	if req.ID == "" {
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, r.ownerID(), &owner)...)
	}
	if problem := uuidProblem(owner.ValueString()); problem != "" {
		resp.Diagnostics.AddError("Invalid import id", fmt.Sprintf("A kamiwaza_%s is imported by the id of its %s: %s.", r.typeName, r.owner, problem))
		return
	}
	resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, r.ownerID(), owner)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), owner)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, r.ownerID(), owner)...)
}
