// Package group is kamiwaza_group: its resource and its data source.
package group

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/detach"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var (
	_ resource.ResourceWithConfigure   = (*groupResource)(nil)
	_ resource.ResourceWithIdentity    = (*groupResource)(nil)
	_ resource.ResourceWithImportState = (*groupResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*groupResource)(nil)
	_ resource.ResourceWithMoveState   = (*groupResource)(nil)
)

type groupResource struct{ run.Resource }

// NewResource returns kamiwaza_group.
func NewResource() resource.Resource { return &groupResource{} }

const typeName = "kamiwaza_group"

var noun = framework.Noun{Name: "group", Advice: framework.Advice{
	Lookup:      "With the RBAC API, which cannot list every group, its id shows in the platform's console and in the group_ids of its users.",
	Unsupported: "Platform 0.7 to 1.0 has no groups; 1.2 and later have them, and so have 0.3 to 0.6.",
	InUse:       detach.StillAssigned("group"),
}}

// users are the members, from whom force_detach takes a group.
var users = detach.Holders{
	Noun: "user",
	Find: func(ctx context.Context, d *directory.Directory, id string) ([]string, error) {
		return d.UsersInGroup(ctx, id)
	},
	Detach: func(ctx context.Context, d *directory.Directory, user, id string) error {
		return d.UserGroups.Remove(ctx, user, id)
	},
}

type groupModel struct {
	ID          types.String `tfsdk:"id"`
	Name        types.String `tfsdk:"name"`
	Description types.String `tfsdk:"description"`
	TenantID    types.String `tfsdk:"tenant_id"`
	ManagedBy   types.String `tfsdk:"managed_by"`
	CreatedAt   types.String `tfsdk:"created_at"`
	Cascade     types.String `tfsdk:"cascade"`
	ForceDetach types.Bool   `tfsdk:"force_detach"`
}

// Key returns the group's id and name.
func (m groupModel) Key() (id, name types.String) { return m.ID, m.Name }

func (r *groupResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_group"
}

func (r *groupResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	forceDetach := users.Attribute("group")
	forceDetach.Default = nil // which depends on the generation
	resp.Schema = schema.Schema{
		MarkdownDescription: "A group of users. This resource does not manage the group's assignments: add users with `kamiwaza_group_member` or " +
			"`kamiwaza_group_members` and, with the RBAC API, roles with `kamiwaza_group_role`.\n\n" +
			"The gateway API cannot change a group: another name or description replaces the group, which loses its members and grants.",
		Attributes: run.Annotate(typeName, map[string]schema.Attribute{
			"id":          framework.IDAttribute("group"),
			"name":        framework.NameAttribute("group"),
			"description": framework.DescriptionAttribute("group"),
			"tenant_id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The tenant of the group; null with the RBAC API.",
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"managed_by": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "Who manages the group, as the platform names it, such as `local`; null with the RBAC API. The members of a group that " +
					"follows an identity provider may change when users log in.",
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"created_at": framework.CreatedAtAttribute("group"),
			"cascade": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "What destroying the group deletes with it, as the platform names it, such as `grants`; nothing by default. Some servers refuse to " +
					"delete a group that has members or grants without it. Terraform uses the value in the state: set it and apply before you remove the group.",
				Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"force_detach": forceDetach,
		}),
	}
}

// PlatformDefaults are those with the RBAC API.
func (r *groupResource) PlatformDefaults() map[string]attr.Value {
	return map[string]attr.Value{"force_detach": types.BoolValue(false)}
}

func (r *groupResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = framework.IdentitySchema("group")
}

// ModifyPlan adds the rules of the platform's generation, notes whether the group stays, and lists what a destruction takes it
// from.
func (r *groupResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	r.CheckGeneration(ctx, typeName, req.Config, &resp.Diagnostics)
	if b := plannedBackend(ctx, r.Run); b != nil && !req.Plan.Raw.IsNull() && !resp.Diagnostics.HasError() {
		p := planning{creates: req.State.Raw.IsNull(), resp: resp}
		resp.Diagnostics.Append(req.Config.Get(ctx, &p.config)...)
		resp.Diagnostics.Append(req.Plan.Get(ctx, &p.plan)...)
		if !p.creates {
			resp.Diagnostics.Append(req.State.Get(ctx, &p.state)...)
		}
		b.plan(ctx, &p)
		resp.Diagnostics.Append(resp.Plan.Set(ctx, p.plan)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	detach.Plan[groupModel](ctx, r.Run, noun, users, req, resp)
}

func (r *groupResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	framework.Create(ctx, r.Run, noun, req, resp, func(plan groupModel) (groupModel, error) {
		b, err := backendOf(ctx, r.Run)
		if err != nil {
			return groupModel{}, err
		}
		return b.create(ctx, plan)
	})
}

func (r *groupResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	framework.Read(ctx, r.Run, noun, req, resp, func(state groupModel) (groupModel, error) {
		b, err := backendOf(ctx, r.Run)
		if err != nil {
			return groupModel{}, err
		}
		return b.read(ctx, state)
	})
}

func (r *groupResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	framework.Update(ctx, r.Run, noun, req, resp, func(plan, state groupModel) (groupModel, error) {
		b, err := backendOf(ctx, r.Run)
		if err != nil {
			return groupModel{}, err
		}
		return b.update(ctx, plan, state)
	})
}

func (r *groupResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	framework.Delete(ctx, r.Run, noun, req, resp, func(state groupModel) error {
		b, err := backendOf(ctx, r.Run)
		if err != nil {
			return err
		}
		if err := users.DetachAll(ctx, r.Run, req.Private, state.ID.ValueString(), &resp.Diagnostics); err != nil {
			return err
		}
		return b.delete(ctx, state)
	})
}

// ImportState takes an id or a name, which with the gateway API may look like an id.
func (r *groupResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	b, err := backendOf(ctx, r.Run)
	id := ""
	if err == nil && req.ID != "" {
		id, err = b.importID(ctx, req.ID)
	}
	if err != nil {
		framework.AddFailure(&resp.Diagnostics, "import", framework.Subject{Noun: noun.Name, Text: fmt.Sprintf("group %q", req.ID), Advice: noun.Advice}, err)
		return
	}
	req.ID = id
	if _, free := b.(gatewayBackend); free {
		framework.ImportByText(ctx, req, resp)
		return
	}
	framework.ImportByID(ctx, noun.Name, req, resp)
}

// MoveState takes the object over from the generic REST provider.
func (r *groupResource) MoveState(context.Context) []resource.StateMover {
	return []resource.StateMover{framework.FromRESTAPI("group")}
}
