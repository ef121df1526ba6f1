package group

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/named"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

// rbacBackend keeps groups with the RBAC API.
type rbacBackend struct{ *run.Run }

func (b rbacBackend) plan(_ context.Context, p *planning) {
	if p.config.ForceDetach.IsNull() {
		p.plan.ForceDetach = types.BoolValue(false)
	}
	p.plan.TenantID, p.plan.ManagedBy = types.StringNull(), types.StringNull()
}

func (b rbacBackend) create(ctx context.Context, plan groupModel) (groupModel, error) {
	group, err := b.Directory.Groups.Create(ctx, rbac.GroupCreate{
		Name:        plan.Name.ValueString(),
		Description: plan.Description.ValueString(),
	})
	return groupFromAPI(group, plan), err
}

func (b rbacBackend) read(ctx context.Context, state groupModel) (groupModel, error) {
	if b.IsRecent(state.CreatedAt.ValueString()) {
		b.Directory.Groups.Expect(state.ID.ValueString())
	}
	group, err := b.Directory.Groups.Get(ctx, state.ID.ValueString())
	return groupFromAPI(group, state), err
}

func (b rbacBackend) update(ctx context.Context, plan, state groupModel) (groupModel, error) {
	group, err := b.Directory.Groups.Update(ctx, state.ID.ValueString(), rbac.GroupUpdate{
		Name:        framework.ChangedText(state.Name, plan.Name),
		Description: framework.ChangedText(state.Description, plan.Description),
	})
	return groupFromAPI(group, plan), err
}

func (b rbacBackend) delete(ctx context.Context, state groupModel) error {
	return b.Directory.Groups.Delete(ctx, state.ID.ValueString())
}

func groupFromAPI(group rbac.Group, prior groupModel) groupModel {
	return groupModel{
		ID:          types.StringValue(group.ID),
		Name:        framework.SameText(prior.Name, group.Name),
		Description: framework.OptionalText(prior.Description, group.Description),
		CreatedAt:   framework.Timestamp(group.CreatedAt),
		ForceDetach: types.BoolValue(prior.ForceDetach.ValueBool()),
	}
}

func (b rbacBackend) importID(ctx context.Context, wanted string) (string, error) {
	return b.IDOf(ctx, noun.Name, wanted)
}

func (b rbacBackend) find(ctx context.Context, id string) (groupDataModel, error) {
	if problem := framework.UUIDProblem(id); problem != "" {
		return groupDataModel{}, fmt.Errorf("invalid id: %s", problem)
	}
	group, err := b.Directory.Groups.Get(ctx, id)
	if err != nil {
		return groupDataModel{}, err
	}
	roles, err := directory.RolesOf(group)
	if err != nil {
		return groupDataModel{}, err
	}
	fields := named.Fields{ID: group.ID, Name: group.Name, Description: group.Description, CreatedAt: group.CreatedAt, UpdatedAt: group.UpdatedAt}
	return groupDataModel{Data: fields.Data(), RoleIDs: framework.NewIDSet(roles)}, nil
}
