package workroom

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/mapplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/importid"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/claim"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var (
	_ resource.ResourceWithConfigure   = (*memberResource)(nil)
	_ resource.ResourceWithIdentity    = (*memberResource)(nil)
	_ resource.ResourceWithImportState = (*memberResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*memberResource)(nil)
)

// memberResource is one member of a workroom.
type memberResource struct{ run.Resource }

// NewMemberResource returns kamiwaza_workroom_member.
func NewMemberResource() resource.Resource { return &memberResource{} }

const memberType = "kamiwaza_workroom_member"

type memberModel struct {
	ID            types.String `tfsdk:"id"`
	WorkroomID    types.String `tfsdk:"workroom_id"`
	Email         types.String `tfsdk:"email"`
	Role          types.String `tfsdk:"role"`
	SurfaceID     types.String `tfsdk:"surface_id"`
	LandingTarget types.Map    `tfsdk:"landing_target"`
	UserID        types.String `tfsdk:"user_id"`

	TerminateActiveSessions types.Bool `tfsdk:"terminate_active_sessions"`
}

type memberIdentity struct {
	WorkroomID types.String `tfsdk:"workroom_id"`
	UserID     types.String `tfsdk:"user_id"`
}

func (m memberModel) identity() memberIdentity { return memberIdentity{m.WorkroomID, m.UserID} }

func (m memberModel) subject() framework.Subject {
	email := m.Email.ValueString()
	if email == "" {
		email = m.UserID.ValueString()
	}
	return memberSubject(m.WorkroomID.ValueString(), email)
}

func (m memberModel) change() change {
	c := change{
		room: m.WorkroomID.ValueString(), userID: m.UserID.ValueString(), email: m.Email.ValueString(), role: m.Role.ValueString(),
		surfaceID: m.SurfaceID.ValueString(), landingTarget: map[string]string{},
	}
	for key, value := range m.LandingTarget.Elements() {
		text, _ := value.(types.String)
		c.landingTarget[key] = text.ValueString()
	}
	return c
}

// with is the model with what the platform has. It need not return the address, the surface or the landing target.
func (m memberModel) with(found member) memberModel {
	m.ID = types.StringValue(m.WorkroomID.ValueString() + "/" + found.userID)
	m.UserID, m.Role = types.StringValue(found.userID), types.StringValue(found.role)
	if m.Email.IsNull() {
		m.Email = types.StringValue(found.name())
	}
	if found.surfaceID != "" || m.SurfaceID.IsUnknown() {
		m.SurfaceID = framework.TextOrNull(found.surfaceID)
	}
	if len(found.landingTarget) > 0 || m.LandingTarget.IsNull() || m.LandingTarget.IsUnknown() {
		m.LandingTarget = framework.TextMap(found.landingTarget)
	}
	if m.TerminateActiveSessions.IsNull() {
		m.TerminateActiveSessions = types.BoolValue(false)
	}
	return m
}

func (r *memberResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = memberType
}

func (r *memberResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	keep := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	resp.Schema = schema.Schema{
		MarkdownDescription: "A member of a workroom. Additive: this resource does not change other members; for all of them, use `kamiwaza_workroom_members`. " +
			"Needs the gateway API (platform 0.12 and later). Only an owner of the workroom can change its members.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed: true, PlanModifiers: keep,
				MarkdownDescription: "The id of the membership, `<workroom id>/<user id>`, which is also the import id. `<workroom id>/<email>` works for imports, too.",
			},
			"workroom_id": schema.StringAttribute{
				Required: true, MarkdownDescription: "The id of the workroom. Changing it replaces the member.",
				Validators: []validator.String{framework.UUIDValidator{}},
			},
			"email": schema.StringAttribute{
				Required: true, MarkdownDescription: "The e-mail address of a user who exists on the platform. Changing it replaces the member, unless it is " +
					"another address of the same user.",
				Validators:    []validator.String{framework.EmailValidator{}},
				PlanModifiers: []planmodifier.String{framework.IgnoreCase{}},
			},
			"role": schema.StringAttribute{
				Optional: true, Computed: true, Default: stringdefault.StaticString("viewer"), Validators: []validator.String{roleValidator},
				MarkdownDescription: "The role: `owner`, `editor` or `viewer`, which is the default. Changes are made in place.",
			},
			"surface_id": schema.StringAttribute{
				Optional: true, Computed: true, Validators: []validator.String{stringvalidator.OneOf("use", "analyze", "build", "operate")},
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown(), stringplanmodifier.RequiresReplaceIfConfigured()},
				MarkdownDescription: "The surface of the console where the member starts: `use`, `analyze`, `build` or `operate`. Omit it to leave it to the " +
					"platform. Needs platform 1.2. Changing it replaces the member.",
			},
			"landing_target": schema.MapAttribute{
				Optional: true, Computed: true, ElementType: types.StringType, Validators: []validator.Map{mapvalidator.SizeAtLeast(1), mapvalidator.NoNullValues()},
				PlanModifiers: []planmodifier.Map{mapplanmodifier.UseStateForUnknown(), mapplanmodifier.RequiresReplaceIfConfigured()},
				MarkdownDescription: "Where the member lands in the workroom: `kind`, and `id` for some kinds. Omit it to leave it to the platform. Needs " +
					"platform 1.2. Changing it replaces the member.",
			},
			"user_id": schema.StringAttribute{
				Computed: true, PlanModifiers: keep, MarkdownDescription: "The subject id of the user (the attribute `subject_id` of `kamiwaza_user`).",
			},
			"terminate_active_sessions": terminateAttribute(),
		},
	}
}

func (r *memberResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"workroom_id": identityschema.StringAttribute{RequiredForImport: true, Description: "The id of the workroom."},
		"user_id":     identityschema.StringAttribute{RequiredForImport: true, Description: "The subject id of the user."},
	}}
}

// ModifyPlan notes who has the member, and who gives it up.
func (r *memberResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.Run == nil {
		return
	}
	r.CheckGeneration(ctx, memberType, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	var old, planned memberModel
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &old)...)
	}
	if !req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(req.Plan.Get(ctx, &planned)...)
	}
	exists, ends := !req.State.Raw.IsNull(), req.Plan.Raw.IsNull()
	if exists && !ends {
		ends = r.planMove(ctx, old, planned, req, resp)
	}
	plan := claim.Plan{TypeName: memberType}
	room, email := planned.WorkroomID, planned.Email
	if !room.IsNull() && !room.IsUnknown() && !email.IsUnknown() {
		has := memberClaim(room.ValueString(), email.ValueString())
		plan.Has, plan.Label = []claim.Assignment{has}, memberClaims{}.Describe([]claim.Assignment{has})
		plan.Singles = []claim.End{membersEnd(room.ValueString())}
	}
	same := room.Equal(old.WorkroomID) && email.Equal(old.Email)
	if exists && (ends || !same && !room.IsUnknown() && !email.IsUnknown()) {
		plan.Gives, plan.Ends = []claim.Assignment{memberClaim(old.WorkroomID.ValueString(), old.Email.ValueString())}, ends
	}
	unchanged := same && planned.Role.Equal(old.Role) && planned.TerminateActiveSessions.Equal(old.TerminateActiveSessions)
	claim.PlanInstance(ctx, r.Run, memberClaims{}, plan, unchanged, req, resp)
}

// planMove decides whether another workroom or address replaces the member, and tells so. What is not known yet does so only where
// the old workroom goes, and an address does not if it is the same user's. Where it is not replaced, Update sees to it.
func (r *memberResource) planMove(ctx context.Context, old, planned memberModel, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) (replaced bool) {
	before := len(resp.RequiresReplace)
	claim.ReplaceEnd(ctx, r.Run, path.Root("workroom_id"), old.WorkroomID, planned.WorkroomID, resp)
	sameEmail := planned.Email.Equal(old.Email)
	if !sameEmail && !planned.Email.IsUnknown() && !r.IsApplying() && r.IsRefreshing() && !r.isSameUser(ctx, old, planned.Email.ValueString()) {
		resp.RequiresReplace.Append(path.Root("email"))
	}
	if replaced = len(resp.RequiresReplace) > before; replaced || sameEmail && planned.WorkroomID.Equal(old.WorkroomID) {
		return replaced
	}
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("id"), types.StringUnknown())...)
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("user_id"), types.StringUnknown())...)
	var config memberModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if config.SurfaceID.IsNull() {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("surface_id"), types.StringUnknown())...)
	}
	if config.LandingTarget.IsNull() {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("landing_target"), types.MapUnknown(types.StringType))...)
	}
	return false
}

// isSameUser tells whether the address is one of the user who is the member already. The address of a user may change, and the
// platform need not tell it.
func (r *memberResource) isSameUser(ctx context.Context, old memberModel, email string) bool {
	id, err := keeperOf(r.Run).lookup(ctx, old.WorkroomID.ValueString(), email)
	return err == nil && id == old.UserID.ValueString()
}

// membersEnd is a workroom as the end of claims.
func membersEnd(room string) claim.End {
	return claim.End{Relation: "workroom_member", Noun: "workroom", ID: room}
}

func (r *memberResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	r.Applying()
	var plan memberModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	c := plan.change()
	c.userID = ""
	added, err := ensure(ctx, keeperOf(r.Run), c)
	if added.userID != "" {
		resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.with(added).identity())...)
		resp.Diagnostics.Append(resp.State.Set(ctx, plan.with(added))...)
	}
	if err != nil {
		framework.AddFailure(&resp.Diagnostics, "create", plan.subject(), err)
	}
	claim.NoteAssigned(ctx, r.Run, resp.Private, &resp.Diagnostics)
	framework.InstanceOf(ctx, resp.Private, &resp.Diagnostics)
}

func (r *memberResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state memberModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.Refreshing()
	if claim.IsRecent(ctx, r.Run, req.Private, &resp.Diagnostics) {
		r.Gateway.WorkroomMembers.Expect(state.WorkroomID.ValueString(), state.UserID.ValueString())
	}
	members, err := keeperOf(r.Run).list(ctx, state.WorkroomID.ValueString())
	found, is := find(members, state.UserID.ValueString(), state.Email.ValueString())
	switch {
	case errors.Is(err, client.ErrNotFound), err == nil && !is:
		r.Gone(&resp.Diagnostics, state.subject().Text)
		resp.State.RemoveResource(ctx)
	case err != nil:
		framework.AddFailure(&resp.Diagnostics, "read", state.subject(), err)
	default:
		r.Found(state.ID.ValueString())
		state = state.with(found)
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
		claim.ReadInstance(ctx, r.Run, memberType, []claim.Assignment{memberClaim(state.WorkroomID.ValueString(), state.Email.ValueString())}, req, resp)
	}
}

// Update changes the role, and makes sure of a member whom another resource gives up in the same apply. Where the workroom or the
// user turns out to be another one, the new member is added before the old one is removed.
func (r *memberResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	r.Applying()
	var plan, state memberModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	k, c, was := keeperOf(r.Run), plan.change(), state.change()
	c.userID = was.userID
	found := member{userID: c.userID, role: c.role}
	var err error
	if !plan.WorkroomID.Equal(state.WorkroomID) || !plan.Email.Equal(state.Email) {
		c.userID = ""
		found, err = ensure(ctx, k, c)
		if err == nil && (c.room != was.room || found.userID != was.userID) {
			err = k.remove(ctx, was, plan.TerminateActiveSessions.ValueBool())
		}
	} else if err = k.keep(ctx, c); err == nil && !plan.Role.Equal(state.Role) {
		found, err = k.setRole(ctx, c)
	}
	if err != nil {
		framework.AddFailure(&resp.Diagnostics, "update", state.subject(), err)
		return
	}
	plan = plan.with(found)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	claim.Confirmed(ctx, resp.Private, &resp.Diagnostics)
}

func (r *memberResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	r.Applying()
	var state memberModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if kept := claim.Kept(ctx, req.Private, &resp.Diagnostics); resp.Diagnostics.HasError() || len(kept) > 0 {
		return
	}
	if err := keeperOf(r.Run).remove(ctx, state.change(), state.TerminateActiveSessions.ValueBool()); err != nil {
		framework.AddFailure(&resp.Diagnostics, "delete", state.subject(), err)
	}
}

// ImportState takes <workroom>/<user>, each by its id or a name, or the identity in an import block.
func (r *memberResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	var identity memberIdentity
	var room, wanted string
	if req.ID == "" {
		resp.Diagnostics.Append(req.Identity.Get(ctx, &identity)...)
		room, wanted = identity.WorkroomID.ValueString(), identity.UserID.ValueString()
	} else {
		room, wanted = r.find(ctx, req.ID, &resp.Diagnostics)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if problem := framework.UUIDProblem(room); problem != "" || wanted == "" {
		resp.Diagnostics.AddError("Invalid import id", fmt.Sprintf(
			"A %s is imported as <workroom>/<user>: the id or the name of the workroom, a slash, and the id, the e-mail address or the username of the user. "+
				"%q is not of that form.", memberType, req.ID))
		return
	}
	if framework.UUIDProblem(wanted) != "" && (req.ID != "" || strings.Contains(wanted, "@")) {
		text := wanted
		wanted = r.userID(ctx, room, text, &resp.Diagnostics)
		if strings.Contains(text, "@") && wanted != text {
			resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("email"), text)...)
		}
	}
	if resp.Diagnostics.HasError() {
		return
	}
	identity = memberIdentity{types.StringValue(room), types.StringValue(wanted)}
	resp.Diagnostics.Append(resp.Identity.Set(ctx, identity)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), room+"/"+wanted)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("workroom_id"), room)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("user_id"), wanted)...)
	framework.InstanceOf(ctx, resp.Private, &resp.Diagnostics)
}

// find takes an import id apart. The name of a workroom may have slashes, so each of them is tried, and there has to be exactly
// one workroom for it. The id of an import that is wrong in form is nobody's: both parts are empty.
func (r *memberResource) find(ctx context.Context, id string, diags *diag.Diagnostics) (room, user string) {
	splits := importid.Splits(id)
	if len(splits) == 0 {
		return "", ""
	}
	if split := splits[0]; framework.UUIDProblem(split[0]) == "" {
		return split[0], importid.Unescape(split[1])
	}
	fail := func(err error) (room, user string) {
		framework.AddFailure(diags, "import", framework.Subject{Noun: "member", Text: fmt.Sprintf("%s %q", memberType, id)}, explained(err))
		return "", ""
	}
	lookup, err := r.Lookup(ctx, noun.Name)
	if err != nil {
		return fail(err)
	}
	var texts []string
	for _, split := range splits {
		for _, name := range distinct(split[0], importid.Unescape(split[0])) {
			for _, found := range lookup.IDs(name) {
				texts = append(texts, fmt.Sprintf("workroom %q (%s) and user %q", name, found, split[1]))
				room, user = found, importid.Unescape(split[1])
			}
		}
	}
	switch len(texts) {
	case 0:
		_, err := lookup.ID(importid.Unescape(splits[0][0]))
		return fail(err)
	case 1:
		return room, user
	}
	return fail(importid.Ambiguous(texts))
}

// userID finds the member whom a text names: by the id, the address or the username.
func (r *memberResource) userID(ctx context.Context, room, text string, diags *diag.Diagnostics) string {
	k := keeperOf(r.Run)
	members, err := k.list(ctx, room)
	if err == nil {
		if m, is := find(members, text, ""); is {
			return m.userID
		}
		if m, is := find(members, "", text); is {
			return m.userID
		}
		var named []string
		for _, m := range members {
			if m.username == text {
				named = append(named, m.userID)
			}
		}
		var id string
		switch {
		case len(named) == 1:
			return named[0]
		case len(named) > 1:
			err = fmt.Errorf("%d members have this username: %s. Use the id of one of them", len(named), strings.Join(named, ", "))
		case !strings.Contains(text, "@"):
			err = fmt.Errorf("none of the workroom's %d members has this id, e-mail address or username", len(members))
		default:
			if id, err = k.lookup(ctx, room, text); err == nil {
				return id
			}
		}
	}
	framework.AddFailure(diags, "import", memberSubject(room, text), err)
	return ""
}

// distinct returns both texts, or one if they are the same.
func distinct(a, b string) []string {
	return slices.Compact([]string{a, b})
}
