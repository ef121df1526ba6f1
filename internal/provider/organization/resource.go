// Package organization is kamiwaza_organization: its resource and its data source.
package organization

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/detach"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var (
	_ resource.ResourceWithConfigure   = (*organizationResource)(nil)
	_ resource.ResourceWithIdentity    = (*organizationResource)(nil)
	_ resource.ResourceWithImportState = (*organizationResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*organizationResource)(nil)
	_ resource.ResourceWithMoveState   = (*organizationResource)(nil)
)

type organizationResource struct{ run.Resource }

// NewResource returns kamiwaza_organization.
func NewResource() resource.Resource { return &organizationResource{} }

var noun = framework.Noun{Name: "organization", Advice: framework.Advice{
	Lookup:      "The API cannot list organizations. The id is in the platform's console and in the organization_id of the users.",
	Unsupported: "Organizations need the RBAC API of platform 0.3 to 0.6.",
	InUse: detach.InUse("organization", "The server keeps an organization that still has users; data \"kamiwaza_users\" with its organization_id lists "+
		"them. If this configuration moves or deletes them, Terraform deletes the organization first."),
}}

// users are those of the organization, who leave it with force_detach.
var users = detach.Holders{
	Noun: "user",
	Find: func(ctx context.Context, d *directory.Directory, id string) ([]string, error) {
		return d.UsersInOrganization(ctx, id)
	},
	Detach: func(ctx context.Context, d *directory.Directory, user, id string) error {
		return d.LeaveOrganization(ctx, user, id)
	},
}

type organizationModel struct {
	ID          types.String    `tfsdk:"id"`
	Name        types.String    `tfsdk:"name"`
	Description types.String    `tfsdk:"description"`
	IDPConfig   *idpConfigModel `tfsdk:"idp_config"`
	CreatedAt   types.String    `tfsdk:"created_at"`

	DeletionProtection types.Bool `tfsdk:"deletion_protection"`
	ForceDetach        types.Bool `tfsdk:"force_detach"`
}

type idpConfigModel struct {
	Provider         types.String `tfsdk:"provider"`
	Domain           types.String `tfsdk:"domain"`
	ClientID         types.String `tfsdk:"client_id"`
	MetadataURL      types.String `tfsdk:"metadata_url"`
	AdditionalConfig types.String `tfsdk:"additional_config"`
}

// Key returns the organization's id and name.
func (m organizationModel) Key() (id, name types.String) { return m.ID, m.Name }

// IsProtected tells whether the organization must not be destroyed.
func (m organizationModel) IsProtected() bool { return m.DeletionProtection.ValueBool() }

func (r *organizationResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_organization"
}

func (r *organizationResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	needed := []validator.String{stringvalidator.LengthAtLeast(1)}
	resp.Schema = schema.Schema{
		MarkdownDescription: "An organization, such as a company or department. It can have an identity provider through which its users log in, " +
			"and users refer to it with `organization_id`.",
		Attributes: map[string]schema.Attribute{
			"id":          framework.IDAttribute("organization"),
			"name":        framework.NameAttribute("organization"),
			"description": framework.DescriptionAttribute("organization"),
			"idp_config": schema.SingleNestedAttribute{
				Optional: true,
				MarkdownDescription: "The identity provider of the organization. Some servers do not allow removing it; the apply then " +
					"returns an error.",
				Attributes: map[string]schema.Attribute{
					"provider": schema.StringAttribute{
						Required: true, Validators: needed,
						MarkdownDescription: "The type of the identity provider, as named by the platform, such as `okta` or `azure`. Must not be empty.",
					},
					"domain": schema.StringAttribute{
						Required: true, Validators: needed,
						MarkdownDescription: "The domain of the identity provider, such as `example.okta.com`; not empty.",
					},
					"client_id": schema.StringAttribute{
						Required: true, Validators: needed,
						MarkdownDescription: "The client id of the platform at the identity provider. Must not be empty.",
					},
					"metadata_url": schema.StringAttribute{
						Optional:            true,
						MarkdownDescription: "The URL of the identity provider's metadata (SAML or OpenID Connect discovery).",
					},
					"additional_config": schema.StringAttribute{
						Optional: true, Computed: true, Sensitive: true,
						MarkdownDescription: "Additional settings as a JSON object; use `jsonencode`. Omit it to keep the existing settings; set it to " +
							"`jsonencode({})` to remove all of them. It may contain secrets. Terraform hides it in plans, but **stores it in the state**.",
						Validators:    []validator.String{framework.JSONObjectValidator{}},
						PlanModifiers: []planmodifier.String{framework.KeepSameJSON{}},
					},
				},
			},
			"created_at":          framework.CreatedAtAttribute("organization"),
			"deletion_protection": framework.DeletionProtectionAttribute("organization"),
			"force_detach":        users.Attribute("organization"),
		},
	}
}

func (r *organizationResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = framework.IdentitySchema("organization")
}

// ModifyPlan refuses to plan the end of a protected organization, and lists what a destruction takes it from.
func (r *organizationResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	r.CheckGeneration(ctx, "kamiwaza_organization", req.Config, &resp.Diagnostics)
	if !framework.PlanProtected[organizationModel](ctx, noun, req, resp) {
		return
	}
	detach.Plan[organizationModel](ctx, r.Run, noun, users, req, resp)
}

func (r *organizationResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	framework.Create(ctx, r.Run, noun, req, resp, func(plan organizationModel) (organizationModel, error) {
		return createOrganization(ctx, r.Directory, plan)
	})
}

func (r *organizationResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	framework.Read(ctx, r.Run, noun, req, resp, func(state organizationModel) (organizationModel, error) {
		if r.IsRecent(state.CreatedAt.ValueString()) {
			r.Directory.Organizations.Expect(state.ID.ValueString())
		}
		return readOrganization(ctx, r.Directory, state)
	})
}

func (r *organizationResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	framework.Update(ctx, r.Run, noun, req, resp, func(plan, state organizationModel) (organizationModel, error) {
		return updateOrganization(ctx, r.Directory, plan, state)
	})
}

func (r *organizationResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	framework.Delete(ctx, r.Run, noun, req, resp, func(state organizationModel) error {
		if state.DeletionProtection.ValueBool() {
			// No plan sees the replacement of a tainted organization.
			return framework.ErrProtected("organization")
		}
		if err := users.DetachAll(ctx, r.Run, req.Private, state.ID.ValueString(), &resp.Diagnostics); err != nil {
			return err
		}
		return r.Directory.Organizations.Delete(ctx, state.ID.ValueString())
	})
}

// ImportState takes an id or a name.
func (r *organizationResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	r.ImportByIDOrName(ctx, noun, req, resp)
}

// MoveState takes the object over from the generic REST provider.
func (r *organizationResource) MoveState(context.Context) []resource.StateMover {
	return []resource.StateMover{framework.FromRESTAPI("organization")}
}
