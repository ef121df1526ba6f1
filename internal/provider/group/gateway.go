package group

import (
	"context"
	"errors"
	"net/http"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/named"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

// gatewayBackend keeps groups with the gateway API, which has no call to change one.
type gatewayBackend struct{ *run.Run }

func (b gatewayBackend) plan(_ context.Context, p *planning) {
	p.plan.ForceDetach = types.BoolNull()
	before := len(p.resp.RequiresReplace)
	p.replace("name", p.state.Name, p.plan.Name)
	p.replace("description", p.state.Description, p.plan.Description)
	if len(p.resp.RequiresReplace) > before && !b.IsApplying() {
		p.resp.Diagnostics.AddWarning("Replacing "+noun.Label(p.state.Key())+" drops its members and grants",
			"The gateway API cannot change a group. The new group has another id and loses its members: those that Terraform manages are added "+
				"to the new group, all others are not. Grants to the old group stay behind and give nobody anything. To keep the group, put back its "+
				"name and description.")
	}
}

func (b gatewayBackend) create(ctx context.Context, plan groupModel) (groupModel, error) {
	group, err := b.Gateway.Groups.Create(ctx, gateway.GroupCreate{
		Name:        plan.Name.ValueString(),
		Description: plan.Description.ValueString(),
	})
	return groupFromGateway(group, plan), err
}

func (b gatewayBackend) read(ctx context.Context, state groupModel) (groupModel, error) {
	if b.IsRecent(state.CreatedAt.ValueString()) {
		b.Gateway.Groups.Expect(state.ID.ValueString())
	}
	group, err := b.Gateway.Groups.Get(ctx, state.ID.ValueString())
	return groupFromGateway(group, state), err
}

// update has only arguments of Terraform's own to change.
func (b gatewayBackend) update(ctx context.Context, plan, state groupModel) (groupModel, error) {
	group, err := b.Gateway.Groups.Get(ctx, state.ID.ValueString())
	return groupFromGateway(group, plan), err
}

func (b gatewayBackend) delete(ctx context.Context, state groupModel) error {
	id := state.ID.ValueString()
	if cascade := state.Cascade.ValueString(); cascade != "" {
		return b.Gateway.Groups.DeleteCascade(ctx, id, cascade)
	}
	err := b.Gateway.Groups.Delete(ctx, id)
	if failure, ok := errors.AsType[*client.Error](err); ok && (failure.Status == http.StatusConflict || failure.Status == http.StatusBadRequest) {
		return framework.Advised(err, "The server keeps a group that has members or grants. Remove them first or, to delete them with the group, set cascade to "+
			"what the server asks for and apply, then destroy the group. Terraform uses the value in the state.")
	}
	return err
}

func groupFromGateway(group gateway.Group, prior groupModel) groupModel {
	return groupModel{
		ID:          types.StringValue(group.ID),
		Name:        framework.SameText(prior.Name, group.Name),
		Description: framework.OptionalText(prior.Description, group.Description),
		TenantID:    framework.TextOrNull(group.TenantID),
		ManagedBy:   framework.TextOrNull(group.ManagedBy),
		CreatedAt:   framework.Timestamp(group.CreatedAt),
		Cascade:     prior.Cascade,
	}
}

func dataFields(group gateway.Group) named.Data {
	return named.Fields{
		ID: group.ID, Name: group.Name, Description: group.Description, CreatedAt: group.CreatedAt, UpdatedAt: group.UpdatedAt,
	}.Data()
}

func (b gatewayBackend) importID(ctx context.Context, wanted string) (string, error) {
	if framework.UUIDProblem(wanted) != "" {
		return b.IDOf(ctx, noun.Name, wanted)
	}
	if _, err := b.Gateway.Groups.Get(ctx, wanted); !errors.Is(err, client.ErrNotFound) {
		return wanted, err
	}
	return b.IDByName(ctx, noun.Name, wanted)
}

func (b gatewayBackend) find(ctx context.Context, id string) (groupDataModel, error) {
	group, err := b.Gateway.Groups.Get(ctx, id)
	if err != nil {
		return groupDataModel{}, err
	}
	members, err := b.Gateway.GroupMembers.List(ctx, group.ID)
	return groupDataModel{
		Data: dataFields(group), TenantID: framework.TextOrNull(group.TenantID), ManagedBy: framework.TextOrNull(group.ManagedBy),
		MemberIDs: framework.NewIDSet(members),
	}, err
}

// listGroups returns all groups, which only the gateway API can list.
func listGroups(ctx context.Context, r *run.Run) ([]listedGroupModel, error) {
	groups, err := r.Gateway.Groups.List(ctx)
	all := make([]listedGroupModel, len(groups))
	for i, group := range groups {
		all[i] = listedGroupModel{dataFields(group), framework.TextOrNull(group.TenantID), framework.TextOrNull(group.ManagedBy)}
	}
	return all, err
}
