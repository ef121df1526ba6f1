// Package subject is kamiwaza_subject: its resource and its data source.
package subject

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var (
	_ resource.ResourceWithConfigure   = (*subjectResource)(nil)
	_ resource.ResourceWithIdentity    = (*subjectResource)(nil)
	_ resource.ResourceWithImportState = (*subjectResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*subjectResource)(nil)
)

type subjectResource struct{ run.Resource }

// NewResource returns kamiwaza_subject.
func NewResource() resource.Resource { return &subjectResource{} }

const typeName = "kamiwaza_subject"

var noun = framework.Noun{Name: "subject", Advice: framework.Advice{
	Lookup:      "The data source kamiwaza_subject finds a subject by username.",
	Unsupported: unsupported,
}}

const unsupported = "Subjects need platform 1.0 and later."

type subjectModel struct {
	ID                types.String `tfsdk:"id"`
	Username          types.String `tfsdk:"username"`
	Attributes        types.String `tfsdk:"attributes"`
	Password          types.String `tfsdk:"password"`
	PasswordWO        types.String `tfsdk:"password_wo"`
	PasswordWOVersion types.String `tfsdk:"password_wo_version"`
	CreatedAt         types.String `tfsdk:"created_at"`

	AdoptExisting      types.Bool `tfsdk:"adopt_existing"`
	CascadeGrants      types.Bool `tfsdk:"cascade_grants"`
	DeletionProtection types.Bool `tfsdk:"deletion_protection"`
}

// Key returns the subject's id and username.
func (m subjectModel) Key() (id, name types.String) { return m.ID, m.Username }

// takeover names the subject by its username, which Keycloak takes for the same in capital letters.
func (m subjectModel) takeover() run.Takeover {
	return run.Takeover{TypeName: typeName, Key: strings.ToLower(m.Username.ValueString())}
}

// IsProtected tells whether the subject must not be destroyed.
func (m subjectModel) IsProtected() bool { return m.DeletionProtection.ValueBool() }

func (r *subjectResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = typeName
}

func (r *subjectResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	needed := stringvalidator.LengthAtLeast(1)
	no := booldefault.StaticBool(false)
	resp.Schema = schema.Schema{
		MarkdownDescription: "A subject: a user in Keycloak with attributes, which gates evaluate to filter data. Needs the gateway API (platform 1.0 and later). Declare " +
			"the attributes with `kamiwaza_attribute`.\n\n" +
			"A subject can be the same person as a `kamiwaza_user`. To add attributes to an existing user, set `adopt_existing = true`, or import the subject. " +
			"**Destroying a subject deletes the user in Keycloak.**",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed: true, PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "The subject id, which is the attribute `subject_id` of `kamiwaza_user`. An import takes it, or the username.",
			},
			"username": schema.StringAttribute{
				Required: true, Validators: []validator.String{needed},
				PlanModifiers:       []planmodifier.String{framework.IgnoreCase{}, stringplanmodifier.RequiresReplace()},
				MarkdownDescription: "The username. Changing it replaces the subject.",
			},
			"attributes": schema.StringAttribute{
				Optional: true, Computed: true, Validators: []validator.String{framework.JSONObjectValidator{}}, PlanModifiers: []planmodifier.String{keepSameValues{}},
				MarkdownDescription: "The attributes, as a JSON object; use `jsonencode`. Each must be declared, for example with `kamiwaza_attribute`. Omit it to keep the existing " +
					"attributes; set it to `jsonencode({})` to remove all of them. A list with one element is the same as the element.",
			},
			"password": schema.StringAttribute{
				Optional: true, Sensitive: true, Validators: []validator.String{needed, stringvalidator.ConflictsWith(path.MatchRoot("password_wo"))},
				MarkdownDescription: "The password, **stored in the state**. Prefer `password_wo`. A different value changes the password. By default, the provider does not set one.",
			},
			"password_wo": schema.StringAttribute{
				Optional: true, WriteOnly: true, Validators: []validator.String{needed, stringvalidator.AlsoRequires(path.MatchRoot("password_wo_version"))},
				MarkdownDescription: "The password, as a write-only argument that is not stored. Needs Terraform or OpenTofu 1.11 and `password_wo_version`.",
			},
			"password_wo_version": schema.StringAttribute{
				Optional: true, Validators: []validator.String{needed, stringvalidator.AlsoRequires(path.MatchRoot("password_wo"))},
				MarkdownDescription: "The version of `password_wo`, such as `1`, which the state stores instead of the password. Another version changes the password.",
			},
			"created_at": framework.CreatedAtAttribute("subject"),
			"adopt_existing": schema.BoolAttribute{
				Optional: true, Computed: true, Default: no,
				MarkdownDescription: "Whether to take over an existing subject with this username instead of returning an error; `false` by default. It only has an effect when the " +
					"resource is created.",
			},
			"cascade_grants": schema.BoolAttribute{
				Optional: true, Computed: true, Default: no,
				MarkdownDescription: "Whether destroying the subject removes its relationship tuples and grants, too; `false` by default. Terraform uses the value in the state: set it " +
					"and apply before you remove the resource.",
			},
			"deletion_protection": framework.DeletionProtectionAttribute("subject"),
		},
	}
}

// keepSameValues plans no change where the attributes are the same to the server, and keeps them where the configuration
// leaves them out.
type keepSameValues struct{}

func (keepSameValues) Description(context.Context) string {
	return "omitting it keeps the existing value, and equivalent attributes are not a change"
}
func (m keepSameValues) MarkdownDescription(c context.Context) string { return m.Description(c) }

func (keepSameValues) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	switch {
	case req.ConfigValue.IsUnknown():
	case req.ConfigValue.IsNull() && !req.StateValue.IsNull(), !req.StateValue.IsNull() && sameValues(req.StateValue, req.ConfigValue):
		resp.PlanValue = req.StateValue
	}
}

func (r *subjectResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"id": identityschema.StringAttribute{RequiredForImport: true, Description: "The subject id."},
	}}
}

// ModifyPlan refuses to end a protected subject, or the provider's own user.
func (r *subjectResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	r.CheckGeneration(ctx, typeName, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() || !framework.PlanProtected[subjectModel](ctx, noun, req, resp) {
		return
	}
	var plan, state subjectModel
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
		plan = state
	}
	if !req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	}
	r.ClaimObject(ctx, typeName, noun.Label(state.Key()), req, resp)
	r.PlanTakeover(ctx, plan.takeover(), noun.Label(plan.Key()), plan.AdoptExisting.ValueBool(), req, resp)
	if req.State.Raw.IsNull() || !req.Plan.Raw.IsNull() && len(resp.RequiresReplace) == 0 {
		return
	}
	r.CheckSelfLockout(ctx, state.ID.ValueString(), fmt.Sprintf("deletes %s", noun.Label(state.Key())), &resp.Diagnostics)
}

func (r *subjectResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var config subjectModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	framework.Create(ctx, r.Run, noun, req, resp, func(plan subjectModel) (subjectModel, error) {
		return create(ctx, r.Run, plan, passwordOf(config))
	})
}

// passwordOf is the password of a configuration, "" if there is none.
func passwordOf(config subjectModel) string {
	if config.PasswordWO.IsNull() {
		return config.Password.ValueString()
	}
	return config.PasswordWO.ValueString()
}

func (r *subjectResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	framework.Read(ctx, r.Run, noun, req, resp, func(state subjectModel) (subjectModel, error) { return read(ctx, r.Run, state) })
}

func (r *subjectResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var config subjectModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	framework.Update(ctx, r.Run, noun, req, resp, func(plan, state subjectModel) (subjectModel, error) {
		password := ""
		if !plan.Password.Equal(state.Password) || !plan.PasswordWOVersion.Equal(state.PasswordWOVersion) {
			password = passwordOf(config)
		}
		return update(ctx, r.Run, plan, state, password)
	})
}

func (r *subjectResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	framework.Delete(ctx, r.Run, noun, req, resp, func(state subjectModel) error {
		if state.IsProtected() {
			// No plan sees the replacement of a tainted subject.
			return framework.ErrProtected(noun.Name)
		}
		if r.IsTakenOver(state.takeover(), noun.Label(state.Key()), &resp.Diagnostics) {
			return nil
		}
		return remove(ctx, r.Run, state)
	})
}

// ImportState takes a subject id, or a username.
func (r *subjectResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if req.ID != "" && r.Run != nil {
		id, err := idOf(ctx, r.Run, req.ID)
		if err != nil {
			framework.AddFailure(&resp.Diagnostics, "import", framework.Subject{Noun: noun.Name, Text: fmt.Sprintf("subject %q", req.ID), Advice: noun.Advice}, err)
			return
		}
		req.ID = id
	}
	framework.ImportByText(ctx, req, resp)
}
