package provider

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
)

var (
	_ resource.ResourceWithConfigure   = (*organizationResource)(nil)
	_ resource.ResourceWithIdentity    = (*organizationResource)(nil)
	_ resource.ResourceWithImportState = (*organizationResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*organizationResource)(nil)
	_ resource.ResourceWithMoveState   = (*organizationResource)(nil)
)

type organizationResource struct{ configured }

// NewOrganizationResource returns kamiwaza_organization.
func NewOrganizationResource() resource.Resource { return &organizationResource{} }

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

func (m organizationModel) noun() string       { return "organization" }
func (m organizationModel) id() types.String   { return m.ID }
func (m organizationModel) name() types.String { return m.Name }

func organizationFromAPI(organization rbac.Organization, prior organizationModel) organizationModel {
	return organizationModel{
		ID:          types.StringValue(organization.ID),
		Name:        framework.SameText(prior.Name, organization.Name),
		Description: framework.OptionalText(prior.Description, organization.Description),
		IDPConfig:   idpConfigFromAPI(organization.IDPConfig, prior.IDPConfig),
		CreatedAt:   framework.Timestamp(organization.CreatedAt),

		DeletionProtection: framework.DeletionProtection(prior.DeletionProtection),
		ForceDetach:        types.BoolValue(prior.ForceDetach.ValueBool()),
	}
}

func idpConfigFromAPI(config *rbac.IDPConfig, prior *idpConfigModel) *idpConfigModel {
	if config == nil {
		return nil
	}
	if prior == nil {
		prior = &idpConfigModel{}
	}
	return &idpConfigModel{
		Provider:         types.StringValue(config.Provider),
		Domain:           types.StringValue(config.Domain),
		ClientID:         types.StringValue(config.ClientID),
		MetadataURL:      framework.OptionalText(prior.MetadataURL, config.MetadataURL),
		AdditionalConfig: additionalConfigFromAPI(config.AdditionalConfig, prior.AdditionalConfig),
	}
}

// additionalConfigFromAPI keeps the configuration's spelling of an object that is the same to JSON; no object and an
// empty one are the same to the service.
func additionalConfigFromAPI(server json.RawMessage, prior types.String) types.String {
	if framework.SameJSON(prior.ValueString(), string(server)) {
		return prior
	}
	return types.StringValue(string(server))
}

func (m *idpConfigModel) toAPI() *rbac.IDPConfig {
	if m == nil {
		return nil
	}
	additional := json.RawMessage("{}")
	if m.AdditionalConfig.ValueString() != "" {
		additional = json.RawMessage(m.AdditionalConfig.ValueString())
	}
	return &rbac.IDPConfig{
		Provider:         m.Provider.ValueString(),
		Domain:           m.Domain.ValueString(),
		ClientID:         m.ClientID.ValueString(),
		MetadataURL:      m.MetadataURL.ValueString(),
		AdditionalConfig: additional,
	}
}

// changedIDPConfig is the update of the whole configuration, which the API replaces in one piece.
func changedIDPConfig(state, plan *idpConfigModel) client.Field[rbac.IDPConfig] {
	switch {
	case plan == nil && state == nil, plan != nil && state != nil && *plan == *state:
		return client.Field[rbac.IDPConfig]{}
	case plan == nil:
		return client.Null[rbac.IDPConfig]()
	}
	return client.Set(*plan.toAPI())
}

func (r *organizationResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_organization"
}

func (r *organizationResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	needed := []validator.String{stringvalidator.LengthAtLeast(1)}
	resp.Schema = schema.Schema{
		MarkdownDescription: "An organization: the company or department that users belong to, with the identity provider they log in through, " +
			"if there is one. Users join it by their `organization_id`.",
		Attributes: map[string]schema.Attribute{
			"id":          framework.IDAttribute("organization"),
			"name":        framework.NameAttribute("organization"),
			"description": framework.DescriptionAttribute("organization"),
			"idp_config": schema.SingleNestedAttribute{
				Optional: true,
				MarkdownDescription: "The organization's identity provider; none by default. Some servers do not allow removing it once it is set; the apply then " +
					"returns an error.",
				Attributes: map[string]schema.Attribute{
					"provider": schema.StringAttribute{
						Required: true, Validators: needed,
						MarkdownDescription: "The kind of identity provider, as the platform names it, such as `okta` or `azure`; not empty.",
					},
					"domain": schema.StringAttribute{
						Required: true, Validators: needed,
						MarkdownDescription: "The domain of the identity provider, such as `example.okta.com`; not empty.",
					},
					"client_id": schema.StringAttribute{
						Required: true, Validators: needed,
						MarkdownDescription: "The client id under which the platform is registered with the identity provider; not empty.",
					},
					"metadata_url": schema.StringAttribute{
						Optional:            true,
						MarkdownDescription: "Where the identity provider publishes its metadata (SAML or OpenID Connect discovery); none by default.",
					},
					"additional_config": schema.StringAttribute{
						Optional: true, Computed: true, Sensitive: true,
						MarkdownDescription: "Further settings as a JSON object, written with `jsonencode`. Omit it to keep the existing settings; set it to " +
							"`jsonencode({})` to remove all of them. It may contain secrets: it is hidden in plans, but **stored in the state**.",
						Validators:    []validator.String{framework.JSONObjectValidator{}},
						PlanModifiers: []planmodifier.String{framework.KeepSameJSON{}},
					},
				},
			},
			"created_at":          framework.CreatedAtAttribute("organization"),
			"deletion_protection": framework.DeletionProtectionAttribute("organization"),
			"force_detach":        forceDetachAttribute("organization", "users"),
		},
	}
}

func (r *organizationResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = framework.IdentitySchema("organization")
}

// ModifyPlan refuses to plan the end of a protected organization, and lists what a destruction takes it from.
func (r *organizationResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var state organizationModel
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
		protected := ""
		if state.DeletionProtection.ValueBool() {
			protected = label(state)
		}
		framework.SetPrivate(ctx, resp.Private, privateProtected, protected, &resp.Diagnostics)
	}
	if req.State.Raw.IsNull() || req.Plan.Raw.IsNull() {
		if protected := framework.GetPrivate[string](ctx, resp.Private, privateProtected, &resp.Diagnostics); protected != "" {
			addProtected(&resp.Diagnostics, protected)
			return
		}
	}
	planNamed[organizationModel](ctx, r.connection, usersInOrganization, req, resp)
}

func (r *organizationResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	create(ctx, r.connection, req, resp, func(plan organizationModel) (organizationModel, error) {
		organization, err := r.directory.Organizations.Create(ctx, rbac.OrganizationCreate{
			Name:        plan.Name.ValueString(),
			Description: plan.Description.ValueString(),
			IDPConfig:   plan.IDPConfig.toAPI(),
		})
		return organizationFromAPI(organization, plan), err
	})
}

func (r *organizationResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	read(ctx, r.connection, req, resp, func(state organizationModel) (organizationModel, error) {
		if r.isRecent(state.CreatedAt.ValueString()) {
			r.directory.Organizations.Expect(state.ID.ValueString())
		}
		organization, err := r.directory.Organizations.Get(ctx, state.ID.ValueString())
		return organizationFromAPI(organization, state), err
	})
}

func (r *organizationResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	update(ctx, r.connection, req, resp, func(plan, state organizationModel) (organizationModel, error) {
		organization, err := r.directory.Organizations.Update(ctx, state.ID.ValueString(), rbac.OrganizationUpdate{
			Name:        framework.ChangedText(state.Name, plan.Name),
			Description: framework.ChangedText(state.Description, plan.Description),
			IDPConfig:   changedIDPConfig(state.IDPConfig, plan.IDPConfig),
		})
		return organizationFromAPI(organization, plan), err
	})
}

func (r *organizationResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	remove(ctx, r.connection, req, resp, func(state organizationModel) error {
		if state.DeletionProtection.ValueBool() {
			// No plan sees the replacement of a tainted organization.
			return errors.New("the organization is kept by deletion_protection; set that to false and apply first")
		}
		if err := r.detach(ctx, usersInOrganization, req.Private, state.ID.ValueString(), &resp.Diagnostics); err != nil {
			return err
		}
		return r.directory.Organizations.Delete(ctx, state.ID.ValueString())
	})
}

func (r *organizationResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	importByID(ctx, "organization", req, resp)
}

// MoveState takes the object over from the generic REST provider.
func (r *organizationResource) MoveState(context.Context) []resource.StateMover {
	return []resource.StateMover{fromRESTAPI("organization")}
}
