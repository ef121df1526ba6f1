package workroom

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
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
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/idlist"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/claim"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var (
	_ resource.ResourceWithConfigure      = (*membersResource)(nil)
	_ resource.ResourceWithIdentity       = (*membersResource)(nil)
	_ resource.ResourceWithImportState    = (*membersResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*membersResource)(nil)
	_ resource.ResourceWithValidateConfig = (*membersResource)(nil)
)

// membersResource is all members of a workroom but its owner.
type membersResource struct{ run.Resource }

// NewMembersResource returns kamiwaza_workroom_members.
func NewMembersResource() resource.Resource { return &membersResource{} }

const membersType = "kamiwaza_workroom_members"

// privateUserIDs are the ids of the members by their addresses: the platform takes addresses and need not return them.
const privateUserIDs = "user_ids"

type membersModel struct {
	ID         types.String `tfsdk:"id"`
	WorkroomID types.String `tfsdk:"workroom_id"`
	Members    types.Map    `tfsdk:"members"`

	TerminateActiveSessions types.Bool `tfsdk:"terminate_active_sessions"`
}

type membersIdentity struct {
	WorkroomID types.String `tfsdk:"workroom_id"`
}

func (m membersModel) subject() framework.Subject {
	return framework.Subject{Noun: "set", Assignment: true, Text: "members of workroom " + m.WorkroomID.ValueString()}
}

// roles are the known roles by address, and known says that there are no others.
func (m membersModel) roles() (roles map[string]string, known bool) {
	roles, known = map[string]string{}, !m.Members.IsUnknown()
	for email, value := range m.Members.Elements() {
		role, _ := value.(types.String)
		known = known && !role.IsUnknown()
		roles[email] = role.ValueString()
	}
	return roles, known
}

// with is the model with these roles.
func (m membersModel) with(roles map[string]string) membersModel {
	values := map[string]attr.Value{}
	for email, role := range roles {
		values[email] = types.StringValue(role)
	}
	m.ID, m.Members = m.WorkroomID, types.MapValueMust(types.StringType, values)
	if m.TerminateActiveSessions.IsNull() {
		m.TerminateActiveSessions = types.BoolValue(false)
	}
	return m
}

func (r *membersResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = membersType
}

func (r *membersResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "All members of a workroom. Authoritative: members who are not in `members` are removed from the workroom, except owners: the " +
			"resource never removes the owner of the workroom, and other owners only if it has added them. Needs the gateway API (platform 0.12 and " +
			"later). Only an owner of the workroom can change its members.\n\n" +
			"Do not use it together with `kamiwaza_workroom_member` for the same workroom, because they undo each other's changes. Members who are added " +
			"between plan and apply stay, and the next plan shows them. Destroying this resource removes the members in its state, except those whom " +
			"another resource of the configuration manages.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed: true, PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "The same as `workroom_id`, which is also the import id.",
			},
			"workroom_id": schema.StringAttribute{
				Required: true, MarkdownDescription: "The id of the workroom. Changing it replaces the resource.",
				Validators:    []validator.String{framework.UUIDValidator{}},
				PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"members": schema.MapAttribute{
				Required: true, ElementType: types.StringType,
				MarkdownDescription: "All members except the owner of the workroom: a map from the e-mail addresses of users who exist on the platform to their " +
					"roles, `owner`, `editor` or `viewer`. An empty map stands for none. Roles are changed in place.",
				Validators: []validator.Map{
					mapvalidator.KeysAre(framework.EmailValidator{}), mapvalidator.ValueStringsAre(roleValidator), mapvalidator.NoNullValues(),
				},
			},
			"terminate_active_sessions": terminateAttribute(),
		},
	}
}

func (r *membersResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"workroom_id": identityschema.StringAttribute{RequiredForImport: true, Description: "The id of the workroom."},
	}}
}

// ValidateConfig refuses an address that stands twice, in two spellings.
func (r *membersResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config membersModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	roles, _ := config.roles()
	seen := map[string]string{}
	for _, email := range slices.Sorted(maps.Keys(roles)) {
		if other, twice := seen[strings.ToLower(email)]; twice {
			resp.Diagnostics.AddAttributeError(path.Root("members"), "One member twice",
				fmt.Sprintf("%q and %q are one e-mail address. Remove one of them.", other, email))
		}
		seen[strings.ToLower(email)] = email
	}
}

// ModifyPlan notes who has the members and who gives some up, and shows what a new set takes away.
func (r *membersResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.Run == nil {
		return
	}
	r.CheckGeneration(ctx, membersType, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	var old, planned membersModel
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &old)...)
	}
	if !req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(req.Plan.Get(ctx, &planned)...)
	}
	before, _ := old.roles()
	after, known := planned.roles()
	room, sameRoom := planned.WorkroomID, planned.WorkroomID.Equal(old.WorkroomID)
	plan := claim.Plan{TypeName: membersType, Element: "member", Complete: known, Ends: !sameRoom && !room.IsUnknown()}
	for email := range before {
		if _, stays := after[email]; plan.Ends || sameRoom && known && !stays {
			plan.Gives = append(plan.Gives, memberClaim(old.WorkroomID.ValueString(), email))
		}
	}
	if !room.IsNull() && !room.IsUnknown() {
		plan.Sets = []claim.End{membersEnd(room.ValueString())}
		for email := range after {
			plan.Has = append(plan.Has, memberClaim(room.ValueString(), email))
		}
	}
	unchanged := sameRoom && planned.Members.Equal(old.Members) && planned.TerminateActiveSessions.Equal(old.TerminateActiveSessions)
	claim.PlanInstance(ctx, r.Run, memberClaims{}, plan, unchanged, req, resp)
	if req.State.Raw.IsNull() && plan.Sets != nil {
		r.warnOfRemoval(ctx, room.ValueString(), after, known, &resp.Diagnostics)
	}
}

// warnOfRemoval names who is in the workroom before the set exists: the plan shows a creation, and nobody who goes.
func (r *membersResource) warnOfRemoval(ctx context.Context, room string, want map[string]string, known bool, diags *diag.Diagnostics) {
	members, err := keeperOf(r.Run).list(ctx, room)
	if err != nil {
		return // The apply will say so.
	}
	extra := []string{}
	for _, m := range members {
		if !m.isOwner && m.role != ownerRole && emailOf(want, nil, m) == "" {
			extra = append(extra, m.name())
		}
	}
	if len(extra) == 0 {
		return
	}
	slices.Sort(extra)
	unless := ""
	if !known {
		unless = ", unless they are among those that are still unknown"
	}
	diags.AddAttributeWarning(path.Root("members"), "Creating this removes members that the workroom has",
		fmt.Sprintf("The workroom %s has %d member(s) who are not in the configuration. This resource is authoritative, so the apply removes them%s: %s.\n\n"+
			"To keep them, add them to members. To see the removals as a diff in the plan, import the resource first.",
			room, len(extra), unless, idlist.Short(extra)))
}

// emailOf is the address by which a set calls a member; "" if it does not.
func emailOf(roles, userIDs map[string]string, m member) string {
	for _, email := range slices.Sorted(maps.Keys(roles)) {
		if userIDs[email] == m.userID && m.userID != "" {
			return email
		}
	}
	for _, email := range slices.Sorted(maps.Keys(roles)) {
		if userIDs[email] == "" && m.email != "" && strings.EqualFold(email, m.email) {
			return email
		}
	}
	return ""
}

// held are the members whom a set manages: those that it names, and all others who are no owners. Their ids come with them.
func held(members []member, roles, userIDs map[string]string) (byEmail map[string]member) {
	byEmail = map[string]member{}
	for _, m := range members {
		email := emailOf(roles, userIDs, m)
		switch {
		case email != "":
			byEmail[email] = m
		case !m.isOwner && m.role != ownerRole:
			byEmail[m.name()] = m
		}
	}
	return byEmail
}

func rolesOf(byEmail map[string]member) map[string]string {
	roles := map[string]string{}
	for email, m := range byEmail {
		roles[email] = m.role
	}
	return roles
}

func idsOf(byEmail map[string]member) map[string]string {
	ids := map[string]string{}
	for email, m := range byEmail {
		ids[email] = m.userID
	}
	return ids
}

// setChange is what an apply has to do to the members of one workroom.
type setChange struct {
	room        string
	endSessions bool
	// want are the roles by address, and drop those who are to go.
	want map[string]string
	drop map[string]member
}

// apply adds members and changes roles before it removes anybody. held is who is in the workroom, and it returns who is then.
func (c setChange) apply(ctx context.Context, k keeper, held map[string]member) (map[string]member, error) {
	now := maps.Clone(held)
	for _, email := range slices.Sorted(maps.Keys(c.want)) {
		wanted := change{room: c.room, email: email, role: c.want[email]}
		var err error
		m, present := now[email]
		wanted.userID = m.userID
		switch {
		case !present:
			m, err = ensure(ctx, k, wanted)
		case m.role != wanted.role:
			m, err = k.setRole(ctx, wanted)
		default:
			err = k.keep(ctx, wanted)
		}
		if err != nil {
			return now, err
		}
		now[email] = m
	}
	for _, email := range slices.Sorted(maps.Keys(c.drop)) {
		if err := k.remove(ctx, change{room: c.room, userID: c.drop[email].userID, email: email}, c.endSessions); err != nil {
			return now, err
		}
		delete(now, email)
	}
	return now, nil
}

func (r *membersResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	r.Applying()
	var plan membersModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	k, room := keeperOf(r.Run), plan.WorkroomID.ValueString()
	want, _ := plan.roles()
	members, err := k.list(ctx, room)
	var now map[string]member
	if err == nil {
		present := held(members, want, nil)
		drop := maps.Clone(present)
		maps.DeleteFunc(drop, func(email string, _ member) bool { return want[email] != "" })
		now, err = setChange{room: room, endSessions: plan.TerminateActiveSessions.ValueBool(), want: want, drop: drop}.apply(ctx, k, present)
	}
	if err != nil {
		// There is no state: a tainted set would be destroyed first, and take members out who were in before.
		framework.AddFailure(&resp.Diagnostics, "create", plan.subject(), err)
		return
	}
	r.put(ctx, resp, plan, now)
	framework.InstanceOf(ctx, resp.Private, &resp.Diagnostics)
}

func (r *membersResource) put(ctx context.Context, resp *resource.CreateResponse, m membersModel, now map[string]member) {
	resp.Diagnostics.Append(resp.Identity.Set(ctx, membersIdentity{m.WorkroomID})...)
	resp.Diagnostics.Append(resp.State.Set(ctx, m.with(rolesOf(now)))...)
	framework.SetPrivate(ctx, resp.Private, privateUserIDs, idsOf(now), &resp.Diagnostics)
}

func (r *membersResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state membersModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, membersIdentity{state.WorkroomID})...)
	userIDs := framework.GetPrivate[map[string]string](ctx, req.Private, privateUserIDs, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	r.Refreshing()
	members, err := keeperOf(r.Run).list(ctx, state.WorkroomID.ValueString())
	roles, _ := state.roles()
	switch {
	case errors.Is(err, client.ErrNotFound):
		r.Gone(&resp.Diagnostics, noun.Label(state.WorkroomID, types.StringNull()))
		resp.State.RemoveResource(ctx)
	case err != nil:
		framework.AddFailure(&resp.Diagnostics, "read", state.subject(), err)
	default:
		r.Found("")
		now := held(members, roles, userIDs)
		resp.Diagnostics.Append(resp.State.Set(ctx, state.with(rolesOf(now)))...)
		framework.SetPrivate(ctx, resp.Private, privateUserIDs, idsOf(now), &resp.Diagnostics)
		var has []claim.Assignment
		for email := range now {
			has = append(has, memberClaim(state.WorkroomID.ValueString(), email))
		}
		claim.ReadInstance(ctx, r.Run, membersType, has, req, resp)
	}
}

// Update changes what the plan shows and leaves who came later, whom the next plan shows.
func (r *membersResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	r.Applying()
	var plan, state membersModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	userIDs := framework.GetPrivate[map[string]string](ctx, req.Private, privateUserIDs, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	k, room := keeperOf(r.Run), plan.WorkroomID.ValueString()
	before, _ := state.roles()
	want, _ := plan.roles()
	members, err := k.list(ctx, room)
	if err != nil {
		framework.AddFailure(&resp.Diagnostics, "update", state.subject(), err)
		return
	}
	named := maps.Clone(before)
	maps.Copy(named, want)
	present := held(members, named, userIDs)
	ours, drop := map[string]member{}, map[string]member{}
	for email, m := range present {
		switch _, was := before[email]; {
		case want[email] != "":
			ours[email] = m
		case was && !m.isOwner:
			ours[email], drop[email] = m, m
		}
	}
	now, err := setChange{room: room, endSessions: plan.TerminateActiveSessions.ValueBool(), want: want, drop: drop}.apply(ctx, k, ours)
	if err != nil {
		framework.AddFailure(&resp.Diagnostics, "update", state.subject(), err)
	}
	// After a failure part of it is done.
	resp.Diagnostics.Append(resp.Identity.Set(ctx, membersIdentity{plan.WorkroomID})...)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan.with(rolesOf(now)))...)
	framework.SetPrivate(ctx, resp.Private, privateUserIDs, idsOf(now), &resp.Diagnostics)
	claim.Confirmed(ctx, resp.Private, &resp.Diagnostics)
}

// Delete removes who is in the state and leaves who came later, and whom another resource has.
func (r *membersResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	r.Applying()
	var state membersModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	userIDs := framework.GetPrivate[map[string]string](ctx, req.Private, privateUserIDs, &resp.Diagnostics)
	kept := claim.Kept(ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	k, room := keeperOf(r.Run), state.WorkroomID.ValueString()
	roles, _ := state.roles()
	members, err := k.list(ctx, room)
	if errors.Is(err, client.ErrNotFound) {
		return
	}
	var now map[string]member
	if err == nil {
		now = held(members, roles, userIDs)
		maps.DeleteFunc(now, func(email string, m member) bool {
			_, ours := roles[email]
			return !ours || m.isOwner || kept[memberClaims{}.AssignmentID(memberClaim(room, email))]
		})
		now, err = setChange{room: room, endSessions: state.TerminateActiveSessions.ValueBool(), drop: now}.apply(ctx, k, now)
	}
	if err != nil {
		framework.AddFailure(&resp.Diagnostics, "delete", state.subject(), err)
		if now != nil {
			resp.Diagnostics.Append(resp.State.Set(ctx, state.with(rolesOf(now)))...)
		}
	}
}

// ImportState takes the id of the workroom, or the identity in an import block.
func (r *membersResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	room := types.StringValue(req.ID)
	if req.ID == "" {
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root("workroom_id"), &room)...)
		if problem := framework.UUIDProblem(room.ValueString()); problem != "" {
			resp.Diagnostics.AddError("Invalid import id", fmt.Sprintf("The identity of a %s is the id of its workroom: %s.", membersType, problem))
			return
		}
	} else {
		id, err := r.IDOf(ctx, noun.Name, req.ID)
		if err != nil {
			framework.AddFailure(&resp.Diagnostics, "import", framework.Subject{Noun: "set", Text: fmt.Sprintf("%s %q", membersType, req.ID)}, explained(err))
			return
		}
		room = types.StringValue(id)
	}
	resp.Diagnostics.Append(resp.Identity.Set(ctx, membersIdentity{room})...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), room)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("workroom_id"), room)...)
	framework.InstanceOf(ctx, resp.Private, &resp.Diagnostics)
}
