package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
)

var (
	_ resource.ResourceWithConfigure   = (*rightResource)(nil)
	_ resource.ResourceWithIdentity    = (*rightResource)(nil)
	_ resource.ResourceWithImportState = (*rightResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*rightResource)(nil)
	_ resource.ResourceWithMoveState   = (*rightResource)(nil)
)

type rightResource struct{ configured }

// NewRightResource returns kamiwaza_right.
func NewRightResource() resource.Resource { return &rightResource{} }

type rightModel struct {
	ID          types.String `tfsdk:"id"`
	Name        types.String `tfsdk:"name"`
	Description types.String `tfsdk:"description"`
	CreatedAt   types.String `tfsdk:"created_at"`
	ForceDetach types.Bool   `tfsdk:"force_detach"`
}

func (m rightModel) noun() string       { return "right" }
func (m rightModel) id() types.String   { return m.ID }
func (m rightModel) name() types.String { return m.Name }

func rightFromAPI(right rbac.Right, prior rightModel) rightModel {
	return rightModel{
		ID:          types.StringValue(right.ID),
		Name:        framework.SameText(prior.Name, right.Name),
		Description: framework.OptionalText(prior.Description, right.Description),
		CreatedAt:   framework.Timestamp(right.CreatedAt),
		ForceDetach: types.BoolValue(prior.ForceDetach.ValueBool()),
	}
}

func (r *rightResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_right"
}

func (r *rightResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A right: one thing that may be done. Users have it through a role of one of their groups; give it to a role with " +
			"`kamiwaza_role_right`.",
		Attributes: map[string]schema.Attribute{
			"id":           framework.IDAttribute("right"),
			"name":         framework.NameAttribute("right"),
			"description":  framework.DescriptionAttribute("right"),
			"created_at":   framework.CreatedAtAttribute("right"),
			"force_detach": forceDetachAttribute("right", "roles"),
		},
	}
}

func (r *rightResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = framework.IdentitySchema("right")
}

// ModifyPlan notes whether the right stays, and lists what a destruction takes it from.
func (r *rightResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	planNamed[rightModel](ctx, r.connection, rolesWithRight, req, resp)
}

func (r *rightResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	create(ctx, r.connection, req, resp, func(plan rightModel) (rightModel, error) {
		right, err := r.directory.Rights.Create(ctx, rbac.RightCreate{
			Name:        plan.Name.ValueString(),
			Description: plan.Description.ValueString(),
		})
		return rightFromAPI(right, plan), err
	})
}

func (r *rightResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	read(ctx, r.connection, req, resp, func(state rightModel) (rightModel, error) {
		if r.isRecent(state.CreatedAt.ValueString()) {
			r.directory.Rights.Expect(state.ID.ValueString())
		}
		right, err := r.directory.Rights.Get(ctx, state.ID.ValueString())
		return rightFromAPI(right, state), err
	})
}

func (r *rightResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	update(ctx, r.connection, req, resp, func(plan, state rightModel) (rightModel, error) {
		right, err := r.directory.Rights.Update(ctx, state.ID.ValueString(), rbac.RightUpdate{
			Name:        framework.ChangedText(state.Name, plan.Name),
			Description: framework.ChangedText(state.Description, plan.Description),
		})
		return rightFromAPI(right, plan), err
	})
}

func (r *rightResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	remove(ctx, r.connection, req, resp, func(state rightModel) error {
		if err := r.detach(ctx, rolesWithRight, req.Private, state.ID.ValueString(), &resp.Diagnostics); err != nil {
			return err
		}
		return r.directory.Rights.Delete(ctx, state.ID.ValueString())
	})
}

func (r *rightResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	importByID(ctx, "right", req, resp)
}

// MoveState takes the object over from the generic REST provider.
func (r *rightResource) MoveState(context.Context) []resource.StateMover {
	return []resource.StateMover{fromRESTAPI("right")}
}
