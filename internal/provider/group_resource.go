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
	_ resource.ResourceWithConfigure   = (*groupResource)(nil)
	_ resource.ResourceWithIdentity    = (*groupResource)(nil)
	_ resource.ResourceWithImportState = (*groupResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*groupResource)(nil)
	_ resource.ResourceWithMoveState   = (*groupResource)(nil)
)

type groupResource struct{ configured }

// NewGroupResource returns kamiwaza_group.
func NewGroupResource() resource.Resource { return &groupResource{} }

type groupModel struct {
	ID          types.String `tfsdk:"id"`
	Name        types.String `tfsdk:"name"`
	Description types.String `tfsdk:"description"`
	CreatedAt   types.String `tfsdk:"created_at"`
	ForceDetach types.Bool   `tfsdk:"force_detach"`
}

func (m groupModel) noun() string       { return "group" }
func (m groupModel) id() types.String   { return m.ID }
func (m groupModel) name() types.String { return m.Name }

func groupFromAPI(group rbac.Group, prior groupModel) groupModel {
	return groupModel{
		ID:          types.StringValue(group.ID),
		Name:        framework.SameText(prior.Name, group.Name),
		Description: framework.OptionalText(prior.Description, group.Description),
		CreatedAt:   framework.Timestamp(group.CreatedAt),
		ForceDetach: types.BoolValue(prior.ForceDetach.ValueBool()),
	}
}

func (r *groupResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_group"
}

func (r *groupResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A group: users that share roles. This resource does not manage the group's assignments: add users with " +
			"`kamiwaza_group_member` and roles with `kamiwaza_group_role`.",
		Attributes: map[string]schema.Attribute{
			"id":           framework.IDAttribute("group"),
			"name":         framework.NameAttribute("group"),
			"description":  framework.DescriptionAttribute("group"),
			"created_at":   framework.CreatedAtAttribute("group"),
			"force_detach": forceDetachAttribute("group", "users"),
		},
	}
}

func (r *groupResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = framework.IdentitySchema("group")
}

// ModifyPlan notes whether the group stays, and lists what a destruction takes it from.
func (r *groupResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	planNamed[groupModel](ctx, r.connection, usersInGroup, req, resp)
}

func (r *groupResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	create(ctx, r.connection, req, resp, func(plan groupModel) (groupModel, error) {
		group, err := r.directory.Groups.Create(ctx, rbac.GroupCreate{
			Name:        plan.Name.ValueString(),
			Description: plan.Description.ValueString(),
		})
		return groupFromAPI(group, plan), err
	})
}

func (r *groupResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	read(ctx, r.connection, req, resp, func(state groupModel) (groupModel, error) {
		if r.isRecent(state.CreatedAt.ValueString()) {
			r.directory.Groups.Expect(state.ID.ValueString())
		}
		group, err := r.directory.Groups.Get(ctx, state.ID.ValueString())
		return groupFromAPI(group, state), err
	})
}

func (r *groupResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	update(ctx, r.connection, req, resp, func(plan, state groupModel) (groupModel, error) {
		group, err := r.directory.Groups.Update(ctx, state.ID.ValueString(), rbac.GroupUpdate{
			Name:        framework.ChangedText(state.Name, plan.Name),
			Description: framework.ChangedText(state.Description, plan.Description),
		})
		return groupFromAPI(group, plan), err
	})
}

func (r *groupResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	remove(ctx, r.connection, req, resp, func(state groupModel) error {
		if err := r.detach(ctx, usersInGroup, req.Private, state.ID.ValueString(), &resp.Diagnostics); err != nil {
			return err
		}
		return r.directory.Groups.Delete(ctx, state.ID.ValueString())
	})
}

func (r *groupResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	importByID(ctx, "group", req, resp)
}

// MoveState takes the object over from the generic REST provider.
func (r *groupResource) MoveState(context.Context) []resource.StateMover {
	return []resource.StateMover{fromRESTAPI("group")}
}
