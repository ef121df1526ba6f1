package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
)

var (
	_ resource.ResourceWithConfigure   = (*assignmentResource)(nil)
	_ resource.ResourceWithIdentity    = (*assignmentResource)(nil)
	_ resource.ResourceWithImportState = (*assignmentResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*assignmentResource)(nil)
)

// assignmentResource is one edge between two objects. It touches that edge only, whatever else the two are
// assigned to.
type assignmentResource struct {
	configured

	typeName    string
	description string
	// from and to are the nouns at the two ends; the attributes are named after them.
	from, to string

	add, remove func(ctx context.Context, d *directory.Directory, from, to string) error
	// exists asks the object that keeps the edge; ErrNotFound means that this object is gone, and the edge with it.
	exists func(ctx context.Context, d *directory.Directory, from, to string) (bool, error)
	// expect says that the edge was made only moments ago.
	expect func(d *directory.Directory, from, to string)
}

// assignedAt is the key, in the private state of an edge, of the time when it was made.
const assignedAt = "assigned_at"

// NewGroupMemberResource returns kamiwaza_group_member.
func NewGroupMemberResource() resource.Resource {
	return &assignmentResource{
		typeName: "group_member", from: "group", to: "user",
		description: "One user's membership of one group. It manages this membership alone and leaves all others as they are.",
		add: func(ctx context.Context, d *directory.Directory, group, user string) error {
			return d.Users.AddGroup(ctx, user, group)
		},
		remove: func(ctx context.Context, d *directory.Directory, group, user string) error {
			return d.Users.RemoveGroup(ctx, user, group)
		},
		exists: func(ctx context.Context, d *directory.Directory, group, user string) (bool, error) {
			owner, err := d.Users.Get(ctx, user)
			return among(owner.Groups, group, err)
		},
		expect: func(d *directory.Directory, group, user string) { d.Users.ExpectGroup(user, group) },
	}
}

// NewGroupRoleResource returns kamiwaza_group_role.
func NewGroupRoleResource() resource.Resource {
	return &assignmentResource{
		typeName: "group_role", from: "group", to: "role",
		description: "One role of one group: every member of the group has the role. It manages this assignment alone and leaves all others as they are.",
		add: func(ctx context.Context, d *directory.Directory, group, role string) error {
			return d.Groups.AddRole(ctx, group, role)
		},
		remove: func(ctx context.Context, d *directory.Directory, group, role string) error {
			return d.Groups.RemoveRole(ctx, group, role)
		},
		exists: func(ctx context.Context, d *directory.Directory, group, role string) (bool, error) {
			owner, err := d.Groups.Get(ctx, group)
			return among(owner.Roles, role, err)
		},
		expect: func(d *directory.Directory, group, role string) { d.Groups.ExpectRole(group, role) },
	}
}

// NewRoleRightResource returns kamiwaza_role_right.
func NewRoleRightResource() resource.Resource {
	return &assignmentResource{
		typeName: "role_right", from: "role", to: "right",
		description: "One right of one role. It manages this assignment alone and leaves all others as they are.",
		add: func(ctx context.Context, d *directory.Directory, role, right string) error {
			return d.Roles.AddRight(ctx, role, right)
		},
		remove: func(ctx context.Context, d *directory.Directory, role, right string) error {
			return d.Roles.RemoveRight(ctx, role, right)
		},
		exists: func(ctx context.Context, d *directory.Directory, role, right string) (bool, error) {
			owner, err := d.Roles.Get(ctx, role)
			return among(owner.Rights, right, err)
		},
		expect: func(d *directory.Directory, role, right string) { d.Roles.ExpectRight(role, right) },
	}
}

// errNoList says that an answer lacks a list, which is not to say that the list is empty.
var errNoList = errors.New("the server's answer leaves out the list of what is assigned")

// among tells whether an id is in a list from the server.
func among(ids []string, id string, err error) (bool, error) {
	if err == nil && ids == nil {
		err = errNoList
	}
	return slices.Contains(ids, id), err
}

func (r *assignmentResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + r.typeName
}

func (r *assignmentResource) fromID() path.Path { return path.Root(r.from + "_id") }
func (r *assignmentResource) toID() path.Path   { return path.Root(r.to + "_id") }

func (r *assignmentResource) label(from, to types.String) string {
	return fmt.Sprintf("assignment of %s %s to %s %s", r.to, to.ValueString(), r.from, from.ValueString())
}

func (r *assignmentResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	end := func(noun string) schema.StringAttribute {
		return schema.StringAttribute{
			Required:            true,
			MarkdownDescription: fmt.Sprintf("The id of the %s, a UUID in lower case. Another one replaces the assignment.", noun),
			Validators:          []validator.String{uuid{}},
			PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
		}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: r.description,
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: fmt.Sprintf("The two ids as `<%s_id>/<%s_id>`, which is also the import id.", r.from, r.to),
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			r.from + "_id": end(r.from),
			r.to + "_id":   end(r.to),
		},
	}
}

func (r *assignmentResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	end := func(noun string) identityschema.StringAttribute {
		return identityschema.StringAttribute{RequiredForImport: true, Description: fmt.Sprintf("The id of the %s, a UUID.", noun)}
	}
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		r.from + "_id": end(r.from),
		r.to + "_id":   end(r.to),
	}}
}

// attributes is what configurations, plans, states and identities have in common.
type attributes interface {
	GetAttribute(ctx context.Context, at path.Path, target any) diag.Diagnostics
}

// settable is what states and identities have in common.
type settable interface {
	SetAttribute(ctx context.Context, at path.Path, value any) diag.Diagnostics
}

func (r *assignmentResource) ends(ctx context.Context, source attributes, diags *diag.Diagnostics) (from, to types.String) {
	diags.Append(source.GetAttribute(ctx, r.fromID(), &from)...)
	diags.Append(source.GetAttribute(ctx, r.toID(), &to)...)
	return from, to
}

func (r *assignmentResource) setEnds(ctx context.Context, target settable, from, to types.String, diags *diag.Diagnostics) {
	diags.Append(target.SetAttribute(ctx, r.fromID(), from)...)
	diags.Append(target.SetAttribute(ctx, r.toID(), to)...)
}

// ModifyPlan warns of ids that name nothing, of sets that manage the same edge, and of the provider's own user losing
// a group.
func (r *assignmentResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.connection == nil {
		return
	}
	var oldFrom, oldTo, from, to types.String
	if !req.State.Raw.IsNull() {
		oldFrom, oldTo = r.ends(ctx, req.State, &resp.Diagnostics)
	}
	if !req.Plan.Raw.IsNull() {
		from, to = r.ends(ctx, req.Plan, &resp.Diagnostics)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if r.typeName == "group_member" && !oldTo.IsNull() && (!from.Equal(oldFrom) || !to.Equal(oldTo)) {
		if me, err := r.directory.Me(ctx); err == nil && me.ID == oldTo.ValueString() {
			addLeaving(&resp.Diagnostics, me.Username, []string{oldFrom.ValueString()})
		}
	}
	var ends []end
	for _, e := range []struct {
		at       path.Path
		noun     string
		old, new types.String
	}{{r.fromID(), r.from, oldFrom, from}, {r.toID(), r.to, oldTo, to}} {
		if e.new.IsNull() || e.new.IsUnknown() {
			continue
		}
		ends = append(ends, end{r.typeName, e.noun, e.new.ValueString()})
		if !e.new.Equal(e.old) {
			r.warnOfMissing(ctx, e.at, e.noun, []string{e.new.ValueString()}, &resp.Diagnostics)
		}
	}
	resp.Diagnostics.Append(r.ownership.claimEdge("kamiwaza_"+r.typeName, ends...)...)
}

func (r *assignmentResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	from, to := r.ends(ctx, req.Plan, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	err := r.add(ctx, r.directory, from.ValueString(), to.ValueString())
	if r.settled(ctx, err, from, to, true) {
		err = nil
	}
	if err != nil {
		addError(&resp.Diagnostics, "create", r.label(from, to), err)
		return
	}
	r.setEnds(ctx, resp.Identity, from, to, &resp.Diagnostics)
	r.setEnds(ctx, &resp.State, from, to, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), from.ValueString()+"/"+to.ValueString())...)
	now := strconv.Quote(r.client.Now().UTC().Format(time.RFC3339))
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, assignedAt, []byte(now))...)
}

func (r *assignmentResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	from, to := r.ends(ctx, req.State, &resp.Diagnostics)
	r.setEnds(ctx, resp.Identity, from, to, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	made, diags := req.Private.GetKey(ctx, assignedAt)
	resp.Diagnostics.Append(diags...)
	if r.isRecent(strings.Trim(string(made), `"`)) {
		r.expect(r.directory, from.ValueString(), to.ValueString())
	}
	exists, err := r.exists(ctx, r.directory, from.ValueString(), to.ValueString())
	switch {
	case errors.Is(err, client.ErrNotFound), err == nil && !exists:
		addGone(&resp.Diagnostics, r.label(from, to))
		resp.State.RemoveResource(ctx)
	case err != nil:
		addError(&resp.Diagnostics, "read", r.label(from, to), err)
	default:
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, assignedAt, nil)...) // It has been seen.
	}
}

// Update is never called, because both ends require a replacement; the interface wants it.
func (r *assignmentResource) Update(context.Context, resource.UpdateRequest, *resource.UpdateResponse) {
}

func (r *assignmentResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	from, to := r.ends(ctx, req.State, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	err := r.remove(ctx, r.directory, from.ValueString(), to.ValueString())
	if err != nil && !errors.Is(err, client.ErrNotFound) && !r.settled(ctx, err, from, to, false) {
		addError(&resp.Diagnostics, "delete", r.label(from, to), err)
	}
}

// settled tells whether a refused change had been made before: some servers refuse to assign twice or to remove what
// is not assigned, and which status they do it with is not documented.
func (r *assignmentResource) settled(ctx context.Context, err error, from, to types.String, wanted bool) bool {
	failure, ok := errors.AsType[*client.Error](err)
	if !ok {
		return false
	}
	switch failure.Status {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusConflict:
		exists, err := r.exists(ctx, r.directory, from.ValueString(), to.ValueString())
		return err == nil && exists == wanted
	}
	return false
}

// ImportState takes the two ids as <from>/<to>, or from the identity in an import block.
func (r *assignmentResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	var from, to types.String
	if req.ID == "" {
		from, to = r.ends(ctx, req.Identity, &resp.Diagnostics)
	} else {
		first, second, found := strings.Cut(req.ID, "/")
		if !found || strings.Contains(second, "/") {
			resp.Diagnostics.AddError("Invalid import id", fmt.Sprintf(
				"A kamiwaza_%s is imported as <%s_id>/<%s_id>: the id of the %s, a slash, and the id of the %s. %q is not of that form.",
				r.typeName, r.from, r.to, r.from, r.to, req.ID))
			return
		}
		from, to = types.StringValue(first), types.StringValue(second)
	}
	for _, end := range []struct {
		noun string
		id   types.String
	}{{r.from, from}, {r.to, to}} {
		if problem := uuidProblem(end.id.ValueString()); problem != "" {
			resp.Diagnostics.AddError("Invalid import id", fmt.Sprintf(
				"A kamiwaza_%s is imported as <%s_id>/<%s_id>, but the id of the %s is wrong: %s.", r.typeName, r.from, r.to, end.noun, problem))
		}
	}
	if resp.Diagnostics.HasError() {
		return
	}
	r.setEnds(ctx, resp.Identity, from, to, &resp.Diagnostics)
	r.setEnds(ctx, &resp.State, from, to, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), from.ValueString()+"/"+to.ValueString())...)
}
