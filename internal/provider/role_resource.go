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
	_ resource.ResourceWithConfigure   = (*roleResource)(nil)
	_ resource.ResourceWithIdentity    = (*roleResource)(nil)
	_ resource.ResourceWithImportState = (*roleResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*roleResource)(nil)
	_ resource.ResourceWithMoveState   = (*roleResource)(nil)
)

type roleResource struct{ configured }

// NewRoleResource returns kamiwaza_role.
func NewRoleResource() resource.Resource { return &roleResource{} }

type roleModel struct {
	ID          types.String `tfsdk:"id"`
	Name        types.String `tfsdk:"name"`
	Description types.String `tfsdk:"description"`
	CreatedAt   types.String `tfsdk:"created_at"`
	ForceDetach types.Bool   `tfsdk:"force_detach"`
}

func (m roleModel) noun() string       { return "role" }
func (m roleModel) id() types.String   { return m.ID }
func (m roleModel) name() types.String { return m.Name }

func roleFromAPI(role rbac.Role, prior roleModel) roleModel {
	return roleModel{
		ID:          types.StringValue(role.ID),
		Name:        framework.SameText(prior.Name, role.Name),
		Description: framework.OptionalText(prior.Description, role.Description),
		CreatedAt:   framework.Timestamp(role.CreatedAt),
		ForceDetach: types.BoolValue(prior.ForceDetach.ValueBool()),
	}
}

func (r *roleResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_role"
}

func (r *roleResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A role: a set of rights that is given to groups. This resource does not manage the role's assignments: add rights " +
			"with `kamiwaza_role_right`, and give it to groups with `kamiwaza_group_role`.",
		Attributes: map[string]schema.Attribute{
			"id":           framework.IDAttribute("role"),
			"name":         framework.NameAttribute("role"),
			"description":  framework.DescriptionAttribute("role"),
			"created_at":   framework.CreatedAtAttribute("role"),
			"force_detach": forceDetachAttribute("role", "groups"),
		},
	}
}

func (r *roleResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = framework.IdentitySchema("role")
}

// ModifyPlan notes whether the role stays, and lists what a destruction takes it from.
func (r *roleResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	planNamed[roleModel](ctx, r.connection, groupsWithRole, req, resp)
}

func (r *roleResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	create(ctx, r.connection, req, resp, func(plan roleModel) (roleModel, error) {
		role, err := r.directory.Roles.Create(ctx, rbac.RoleCreate{
			Name:        plan.Name.ValueString(),
			Description: plan.Description.ValueString(),
		})
		return roleFromAPI(role, plan), err
	})
}

func (r *roleResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	read(ctx, r.connection, req, resp, func(state roleModel) (roleModel, error) {
		if r.isRecent(state.CreatedAt.ValueString()) {
			r.directory.Roles.Expect(state.ID.ValueString())
		}
		role, err := r.directory.Roles.Get(ctx, state.ID.ValueString())
		return roleFromAPI(role, state), err
	})
}

func (r *roleResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	update(ctx, r.connection, req, resp, func(plan, state roleModel) (roleModel, error) {
		role, err := r.directory.Roles.Update(ctx, state.ID.ValueString(), rbac.RoleUpdate{
			Name:        framework.ChangedText(state.Name, plan.Name),
			Description: framework.ChangedText(state.Description, plan.Description),
		})
		return roleFromAPI(role, plan), err
	})
}

func (r *roleResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	remove(ctx, r.connection, req, resp, func(state roleModel) error {
		if err := r.detach(ctx, groupsWithRole, req.Private, state.ID.ValueString(), &resp.Diagnostics); err != nil {
			return err
		}
		return r.directory.Roles.Delete(ctx, state.ID.ValueString())
	})
}

func (r *roleResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	importByID(ctx, "role", req, resp)
}

// MoveState takes the object over from the generic REST provider.
func (r *roleResource) MoveState(context.Context) []resource.StateMover {
	return []resource.StateMover{fromRESTAPI("role")}
}
