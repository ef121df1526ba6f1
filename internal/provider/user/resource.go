// Package user is kamiwaza_user: its resource, and the data sources kamiwaza_user, kamiwaza_users and kamiwaza_current_user.
package user

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/english"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var (
	_ resource.ResourceWithConfigure   = (*userResource)(nil)
	_ resource.ResourceWithIdentity    = (*userResource)(nil)
	_ resource.ResourceWithImportState = (*userResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*userResource)(nil)
	_ resource.ResourceWithMoveState   = (*userResource)(nil)
)

type userResource struct{ run.Resource }

// NewResource returns kamiwaza_user.
func NewResource() resource.Resource { return &userResource{} }

type userModel struct {
	ID                types.String `tfsdk:"id"`
	SubjectID         types.String `tfsdk:"subject_id"`
	Username          types.String `tfsdk:"username"`
	Email             types.String `tfsdk:"email"`
	FullName          types.String `tfsdk:"full_name"`
	OrganizationID    types.String `tfsdk:"organization_id"`
	IsSuperuser       types.Bool   `tfsdk:"is_superuser"`
	IsActive          types.Bool   `tfsdk:"is_active"`
	ExternalID        types.String `tfsdk:"external_id"`
	Password          types.String `tfsdk:"password"`
	PasswordWO        types.String `tfsdk:"password_wo"`
	PasswordWOVersion types.String `tfsdk:"password_wo_version"`
	Roles             types.Set    `tfsdk:"roles"`
	IsExternal        types.Bool   `tfsdk:"is_external"`
	CreatedAt         types.String `tfsdk:"created_at"`

	AdoptExisting      types.Bool   `tfsdk:"adopt_existing"`
	DeletionProtection types.Bool   `tfsdk:"deletion_protection"`
	OnDestroy          types.String `tfsdk:"on_destroy"`
}

// Key returns the user's id and name.
func (m userModel) Key() (id, name types.String) { return m.ID, m.Username }

const typeName = "kamiwaza_user"

var noun = framework.Noun{Name: "user", Advice: framework.Advice{
	Lookup:   "You can also import a user by username.",
	Searched: "No user certainly matches the request.",
}}

// kept are the attributes that no server knows, as the configuration or the state has them.
func (m userModel) kept() userModel {
	return userModel{
		Password:           m.Password,
		PasswordWOVersion:  m.PasswordWOVersion,
		AdoptExisting:      types.BoolValue(m.AdoptExisting.ValueBool()),
		DeletionProtection: framework.DeletionProtection(m.DeletionProtection),
		OnDestroy:          types.StringValue(cmp.Or(m.OnDestroy.ValueString(), onDestroyDelete)),
	}
}

// equal compares all attributes.
func (m userModel) equal(other userModel) bool {
	roles := m.Roles.Equal(other.Roles)
	other.Roles = m.Roles // whose order does not matter
	return roles && reflect.DeepEqual(m, other)
}

// label is how messages name a user.
func label(m userModel) string { return noun.Label(m.Key()) }

// What on_destroy may be.
const (
	onDestroyDelete     = "delete"
	onDestroyDeactivate = "deactivate"
)

func (r *userResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_user"
}

func (r *userResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A local user: a person or a service that logs in with a username and a password. This resource does not manage the user's " +
			"groups: add the user to groups with `kamiwaza_group_member`.\n\n" +
			"With the gateway API, a new `password` or another `password_wo_version` resets the password. The RBAC API cannot change a password, so there it is an " +
			"error at plan time.",
		Attributes: run.Annotate(typeName, map[string]schema.Attribute{
			"id": framework.IDAttribute("user"),
			"subject_id": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "The id of the user in groups, grants and tokens. It differs from `id` with the gateway API; with the RBAC API, both " +
					"are the same.",
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"username": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The username. Must not be empty. With the gateway API, it changes in place if the server allows it. With the RBAC API, changing it replaces the " +
					"user. Differences in upper and lower case are ignored, because some servers store it in lower case.",
				Validators:    []validator.String{stringvalidator.LengthAtLeast(1)},
				PlanModifiers: []planmodifier.String{framework.IgnoreCase{}},
			},
			"email": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The e-mail address, such as `ada@example.com`. The RBAC API requires it, and so does platform 0.12 and later. Differences in " +
					"upper and lower case alone are not drift.",
				Validators: []validator.String{framework.EmailValidator{}},
			},
			"full_name": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "The display name. Omit it or set it to `\"\"` to clear it.",
			},
			"organization_id": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The id of the user's organization, a UUID in lower case. Some servers do not allow removing a user from an organization, only moving it to another one; " +
					"the apply then returns an error.",
				Validators: []validator.String{framework.UUIDValidator{}},
			},
			"is_superuser": schema.BoolAttribute{
				Optional: true, Computed: true,
				MarkdownDescription: "Whether the user is a superuser, who may do everything. Defaults to `false`.",
			},
			"is_active": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(true),
				MarkdownDescription: "Whether the user may log in. Defaults to `true`. If `false`, a new user is created active " +
					"and deactivated immediately, because the API cannot create inactive users. If `true`, a user who was deactivated outside Terraform is reactivated, with a warning in the plan.",
			},
			"external_id": schema.StringAttribute{
				Optional: true, Computed: true,
				MarkdownDescription: "The id of the user in another system. Changing it, or clearing it with `\"\"`, replaces the user, because the API cannot change it. " +
					"Omit it to keep the value of an existing user.",
			},
			"roles": schema.SetAttribute{
				Optional: true, Computed: true, ElementType: types.StringType,
				MarkdownDescription: "The names of the user's platform roles, such as `admin`, `user`, `viewer` or `guest`. A change takes effect when the user next " +
					"logs in. Omit it to keep the roles of an existing user; a new user then gets the default of the server, usually `user`.",
				Validators: []validator.Set{setvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1))},
			},
			"is_external": schema.BoolAttribute{
				Computed:            true,
				MarkdownDescription: "Whether the user comes from an identity provider; null if the server does not return it.",
				PlanModifiers:       []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
			},
			"password": schema.StringAttribute{
				Optional: true, Sensitive: true,
				MarkdownDescription: "The password, which is **stored in the state**; prefer `password_wo`. A new user needs one of the two. Must not be empty. With the gateway API, a " +
					"different value resets the password; with the RBAC API, it cannot be changed. An imported user keeps its password until then.",
				Validators: []validator.String{
					stringvalidator.LengthAtLeast(1),
					stringvalidator.ConflictsWith(path.MatchRoot("password_wo")),
				},
			},
			"password_wo": schema.StringAttribute{
				// Not marked as sensitive: it is never stored, and Terraform keeps the paths of several sensitive attributes in
				// random order, which "plan -refresh-only -detailed-exitcode" takes for a change.
				Optional: true, WriteOnly: true,
				MarkdownDescription: "The password, as a write-only argument that is not stored. It is used when the user is created and, with the gateway API, when `password_wo_version` " +
					"changes. Must not be empty. It can come from an ephemeral resource. Needs Terraform or OpenTofu 1.11 and `password_wo_version`.",
				Validators: []validator.String{
					stringvalidator.LengthAtLeast(1),
					stringvalidator.AlsoRequires(path.MatchRoot("password_wo_version")),
				},
			},
			"password_wo_version": schema.StringAttribute{
				// Not a number: Terraform 1.11 takes any number in a state for a change in "plan -refresh-only -detailed-exitcode".
				Optional: true,
				MarkdownDescription: "The version of `password_wo`, such as `1`, which the state stores instead of the password. With the gateway API, " +
					"another version resets the password; with the RBAC API, which cannot change a password, it is an error for an existing user.",
				Validators: []validator.String{stringvalidator.LengthAtLeast(1), stringvalidator.AlsoRequires(path.MatchRoot("password_wo"))},
			},
			"created_at": framework.CreatedAtAttribute("user"),
			"adopt_existing": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(false),
				MarkdownDescription: "Whether to adopt an existing user with exactly this username instead of returning an error. Defaults to `false`. The user is updated to match the " +
					"configuration and keeps its id, password and groups. The plan names the user in a warning. It only has an effect when the resource is created.",
			},
			"deletion_protection": framework.DeletionProtectionAttribute("user"),
			"on_destroy": schema.StringAttribute{
				Optional: true, Computed: true, Default: stringdefault.StaticString(onDestroyDelete),
				MarkdownDescription: "The effect of destroying this resource: `delete` (the default) deletes the user; `deactivate` sets `is_active` to " +
					"`false` and keeps the user on the server, for example for an audit. Terraform uses the value in the state: set it and apply " +
					"before you remove the resource. A user with `deactivate` cannot be replaced by one with the same username, because the " +
					"deactivated user keeps it.",
				Validators: []validator.String{stringvalidator.OneOf(onDestroyDelete, onDestroyDeactivate)},
			},
		}),
	}
}

// PlatformDefaults are those with the RBAC API.
func (r *userResource) PlatformDefaults() map[string]attr.Value {
	return map[string]attr.Value{"is_superuser": types.BoolValue(false)}
}

func (r *userResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = framework.IdentitySchema("user")
}

func (r *userResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var config userModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	password := config.Password.ValueString() + config.PasswordWO.ValueString() // one of them is null
	framework.Create(ctx, r.Run, noun, req, resp, func(plan userModel) (userModel, error) {
		b, err := backendOf(ctx, r.Run)
		if err != nil {
			return userModel{}, err
		}
		state, err := r.createNew(ctx, b, plan, password)
		if err != nil && state.ID.IsNull() {
			return r.afterRefusal(ctx, b, plan, password, err, &resp.Diagnostics)
		}
		return state, err
	})
	r.afterWrite(ctx, resp.State, resp.Private, &resp.Diagnostics)
}

// createNew creates the user, and deactivates it if it is to be inactive: the API creates active users only.
func (r *userResource) createNew(ctx context.Context, b backend, plan userModel, password string) (userModel, error) {
	created, err := b.create(ctx, plan, password)
	if err != nil {
		return userModel{}, err
	}
	r.accounts().noteMade(created.ID.ValueString())
	if plan.IsActive.Equal(created.IsActive) {
		return created, nil
	}
	wanted := created
	wanted.IsActive = plan.IsActive
	deactivated, err := b.update(ctx, wanted, created, "")
	if err != nil {
		return created, fmt.Errorf("the user was created, but is still active: %w", err)
	}
	return deactivated, nil
}

// afterWrite keeps what Terraform does not: the instance's mark, and whether this provider wanted the user to be active.
func (r *userResource) afterWrite(ctx context.Context, state framework.Reader, private framework.PrivateState, diags *diag.Diagnostics) {
	var active types.Bool
	diags.Append(state.GetAttribute(ctx, path.Root("is_active"), &active)...)
	if !active.IsNull() {
		framework.SetPrivate(ctx, private, privateActive, active.ValueBool(), diags)
		framework.InstanceOf(ctx, private, diags)
	}
}

func (r *userResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	framework.Read(ctx, r.Run, noun, req, resp, func(state userModel) (userModel, error) {
		b, err := backendOf(ctx, r.Run)
		if err != nil {
			return userModel{}, err
		}
		read, err := b.read(ctx, state)
		if err == nil {
			r.accounts().noteRead(read)
		}
		return read, err
	})
}

func (r *userResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var config, plan, state userModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	b, err := backendOf(ctx, r.Run)
	if err != nil {
		framework.AddFailure(&resp.Diagnostics, "update", framework.Subject{Noun: noun.Name, Text: label(state)}, err)
		return
	}
	// Once more, for passwords that were not known at plan time. Its warnings have been given by then.
	if problems := b.checkPassword(config, plan, state); problems.HasError() {
		resp.Diagnostics.Append(problems...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	framework.Update(ctx, r.Run, noun, req, resp, func(plan, state userModel) (userModel, error) {
		return b.update(ctx, plan, state, newPassword(config, plan, state))
	})
	r.afterWrite(ctx, resp.State, resp.Private, &resp.Diagnostics)
}

func (r *userResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state userModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	// Once more, because no plan sees the replacement of a tainted user.
	r.checkDestroy(ctx, state, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	r.Applying()
	defer r.accounts().turns.Take(state.ID.ValueString())()
	if r.accounts().isAdopted(state.ID.ValueString()) || framework.GetPrivate[bool](ctx, req.Private, privateKeep, &resp.Diagnostics) {
		resp.Diagnostics.AddWarning(english.Capitalize(label(state))+" was not destroyed",
			"The same apply adopts the user (adopt_existing = true) in another resource, or in the replacement of this resource with "+
				"create_before_destroy. The user keeps its id, password and groups.")
		return
	}
	framework.Delete(ctx, r.Run, noun, req, resp, func(state userModel) error {
		b, err := backendOf(ctx, r.Run)
		switch {
		case err != nil:
			return err
		case state.OnDestroy.ValueString() == onDestroyDeactivate:
			return b.deactivate(ctx, state)
		}
		r.accounts().noteDeleted(state.Username.ValueString())
		return b.delete(ctx, state)
	})
}

// ImportState takes an id or a username, which may look like an id.
func (r *userResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if req.ID != "" {
		id, err := r.byIDOrName(ctx, req.ID)
		if err != nil {
			framework.AddFailure(&resp.Diagnostics, "import", framework.Subject{Noun: "user", Text: fmt.Sprintf("user %q", req.ID)}, err)
			return
		}
		req.ID = id
	}
	framework.ImportByID(ctx, "user", req, resp)
}

func (r *userResource) byIDOrName(ctx context.Context, wanted string) (id string, err error) {
	b, err := backendOf(ctx, r.Run)
	if err != nil {
		return "", err
	}
	isID := framework.UUIDProblem(wanted) == ""
	if isID {
		if _, err := b.read(ctx, userModel{ID: types.StringValue(wanted)}); !errors.Is(err, client.ErrNotFound) {
			return wanted, err
		}
	}
	user, err := b.byName(ctx, wanted)
	switch {
	case !errors.Is(err, client.ErrNotFound):
		return user.ID.ValueString(), err
	case isID:
		return wanted, nil // Terraform itself says that there is no such object.
	case framework.UUIDProblem(strings.ToLower(wanted)) == "":
		return "", errors.New(framework.UUIDProblem(wanted))
	}
	return "", fmt.Errorf("%q is not an id (a UUID), and %w", wanted, err)
}

// MoveState takes the object over from the generic REST provider.
func (r *userResource) MoveState(context.Context) []resource.StateMover {
	return []resource.StateMover{framework.FromRESTAPI("user")}
}
