// Package named is the resource and the data source of objects that have a name and a description: roles and rights.
package named

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/detach"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var (
	_ resource.ResourceWithConfigure   = (*Resource)(nil)
	_ resource.ResourceWithIdentity    = (*Resource)(nil)
	_ resource.ResourceWithImportState = (*Resource)(nil)
	_ resource.ResourceWithModifyPlan  = (*Resource)(nil)
	_ resource.ResourceWithMoveState   = (*Resource)(nil)
)

// Resource is the resource of one noun.
type Resource struct {
	run.Resource

	Noun        framework.Noun
	Description string
	Holders     detach.Holders
	Calls       Calls
}

type model struct {
	ID          types.String `tfsdk:"id"`
	Name        types.String `tfsdk:"name"`
	Description types.String `tfsdk:"description"`
	CreatedAt   types.String `tfsdk:"created_at"`
	ForceDetach types.Bool   `tfsdk:"force_detach"`
}

// Key returns the object's id and name.
func (m model) Key() (id, name types.String) { return m.ID, m.Name }

func (f Fields) model(prior model) model {
	return model{
		ID:          types.StringValue(f.ID),
		Name:        framework.SameText(prior.Name, f.Name),
		Description: framework.OptionalText(prior.Description, f.Description),
		CreatedAt:   framework.Timestamp(f.CreatedAt),
		ForceDetach: types.BoolValue(prior.ForceDetach.ValueBool()),
	}
}

func (r *Resource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + r.Noun.Name
}

func (r *Resource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: r.Description,
		Attributes: map[string]schema.Attribute{
			"id":           framework.IDAttribute(r.Noun.Name),
			"name":         framework.NameAttribute(r.Noun.Name),
			"description":  framework.DescriptionAttribute(r.Noun.Name),
			"created_at":   framework.CreatedAtAttribute(r.Noun.Name),
			"force_detach": r.Holders.Attribute(r.Noun.Name),
		},
	}
}

func (r *Resource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = framework.IdentitySchema(r.Noun.Name)
}

// ModifyPlan notes whether the object stays, and lists what a destruction takes it from.
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	r.CheckGeneration(ctx, "kamiwaza_"+r.Noun.Name, req.Config, &resp.Diagnostics)
	detach.Plan[model](ctx, r.Run, r.Noun, r.Holders, req, resp)
}

func (r *Resource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	framework.Create(ctx, r.Run, r.Noun, req, resp, func(plan model) (model, error) {
		created, err := r.Calls.Create(ctx, r.Directory, plan.Name.ValueString(), plan.Description.ValueString())
		return created.model(plan), err
	})
}

func (r *Resource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	framework.Read(ctx, r.Run, r.Noun, req, resp, func(state model) (model, error) {
		if r.IsRecent(state.CreatedAt.ValueString()) {
			r.Calls.Expect(r.Directory, state.ID.ValueString())
		}
		read, err := r.Calls.Get(ctx, r.Directory, state.ID.ValueString())
		return read.model(state), err
	})
}

func (r *Resource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	framework.Update(ctx, r.Run, r.Noun, req, resp, func(plan, state model) (model, error) {
		updated, err := r.Calls.Update(ctx, r.Directory, state.ID.ValueString(),
			framework.ChangedText(state.Name, plan.Name), framework.ChangedText(state.Description, plan.Description))
		return updated.model(plan), err
	})
}

func (r *Resource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	framework.Delete(ctx, r.Run, r.Noun, req, resp, func(state model) error {
		if err := r.Holders.DetachAll(ctx, r.Run, req.Private, state.ID.ValueString(), &resp.Diagnostics); err != nil {
			return err
		}
		return r.Calls.Delete(ctx, r.Directory, state.ID.ValueString())
	})
}

// ImportState takes an id or a name.
func (r *Resource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	r.ImportByIDOrName(ctx, r.Noun, req, resp)
}

// MoveState takes the object over from the generic REST provider.
func (r *Resource) MoveState(context.Context) []resource.StateMover {
	return []resource.StateMover{framework.FromRESTAPI(r.Noun.Name)}
}
