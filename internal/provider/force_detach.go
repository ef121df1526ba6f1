package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/idlist"
)

// Keys of the private state.
const (
	// privateForceDetach is force_detach in the state, and privateLabel names the object, for the plan of a replacement.
	privateForceDetach = "force_detach"
	privateLabel       = "label"
	// privateDetach are the holders that a planned destruction takes the object from.
	privateDetach = "detach"
)

// holders are the objects of one noun that have an object, such as the groups that have a role.
type holders struct {
	noun   string
	find   func(d *directory.Directory, ctx context.Context, id string) ([]string, error)
	detach func(d *directory.Directory, ctx context.Context, holder, id string) error
}

var (
	usersInOrganization = holders{"user", (*directory.Directory).UsersInOrganization, (*directory.Directory).LeaveOrganization}
	usersInGroup        = holders{"user", (*directory.Directory).UsersInGroup, groupMember.detach}
	groupsWithRole      = holders{"group", (*directory.Directory).GroupsWithRole, groupRole.detach}
	rolesWithRight      = holders{"role", (*directory.Directory).RolesWithRight, roleRight.detach}
)

func forceDetachAttribute(noun, holders string) schema.BoolAttribute {
	return schema.BoolAttribute{
		Optional: true, Computed: true, Default: booldefault.StaticBool(false),
		MarkdownDescription: fmt.Sprintf("Whether destroying the %[1]s first removes it from the %[2]s that have it, which the plan lists in a warning; `false` by default: "+
			"some servers then refuse to delete %[3]s in use. Only %[2]s that can be found from the list of users are included. Terraform uses the "+
			"value in the state: set it and apply before you remove the %[1]s. With `-replace`, Terraform does not show the warning.", noun, holders, article(noun)),
	}
}

// planNamed notes whether the object in the state stays, and for one that goes, what it is taken from first.
func planNamed[M model](ctx context.Context, c *connection, h holders, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var state M
	force := types.BoolNull()
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
		resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("force_detach"), &force)...)
		framework.SetPrivate(ctx, resp.Private, privateForceDetach, force.ValueBool(), &resp.Diagnostics)
		framework.SetPrivate(ctx, resp.Private, privateLabel, label(state), &resp.Diagnostics)
	}
	goes := c.planObject(ctx, req, resp, state.id().ValueString())
	if goes == "" || resp.Diagnostics.HasError() || !framework.GetPrivate[bool](ctx, resp.Private, privateForceDetach, &resp.Diagnostics) {
		return
	}
	subject := subject{noun: state.noun(), text: framework.GetPrivate[string](ctx, resp.Private, privateLabel, &resp.Diagnostics)}
	found, err := h.find(c.directory, ctx, goes)
	if err != nil {
		addError(&resp.Diagnostics, "find what has", subject, err)
		return
	}
	framework.SetPrivate(ctx, resp.Private, privateDetach, found, &resp.Diagnostics)
	if len(found) > 0 {
		resp.Diagnostics.AddWarning(fmt.Sprintf("Destroying %s takes it from %d %s", subject.text, len(found), plural(len(found), h.noun)),
			fmt.Sprintf("force_detach is true: before the %s is deleted, it is taken from %s %s.", subject.noun, plural(len(found), h.noun), idlist.Short(found)))
	}
}

// detach takes the object from what the plan has listed.
func (c *connection) detach(ctx context.Context, h holders, private framework.PrivateState, id string, diags *diag.Diagnostics) error {
	for _, holder := range framework.GetPrivate[[]string](ctx, private, privateDetach, diags) {
		if err := h.detach(c.directory, ctx, holder, id); err != nil && !errors.Is(err, client.ErrNotFound) {
			return fmt.Errorf("could not take it from %s %s: %w", h.noun, holder, err)
		}
	}
	return nil
}
