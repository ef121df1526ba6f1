package groupmapping

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

func create(ctx context.Context, in *run.Run, plan mappingModel) (mappingModel, error) {
	mapping, err := in.Gateway.Mappings.Create(ctx, gateway.MappingCreate{
		Issuer: plan.Issuer.ValueString(), IDPGroupPath: plan.IDPGroupPath.ValueString(), LocalGroupName: plan.LocalGroupName.ValueString(),
	})
	if errors.Is(err, client.ErrNotFound) {
		err = framework.Advised(err, "This platform wants the group of local_group_name to exist. Create it first: use the attribute name of kamiwaza_group as "+
			"local_group_name.")
	}
	return fromMapping(mapping, plan), err
}

func read(ctx context.Context, in *run.Run, state mappingModel) (mappingModel, error) {
	if in.IsRecent(state.CreatedAt.ValueString()) {
		in.Gateway.Mappings.Expect(state.ID.ValueString())
	}
	mapping, err := in.Gateway.Mappings.Get(ctx, state.ID.ValueString())
	return fromMapping(mapping, state), err
}

func remove(ctx context.Context, in *run.Run, id string) error {
	return in.Gateway.Mappings.Delete(ctx, id)
}

// find returns the id of the mapping with the three values.
func find(ctx context.Context, in *run.Run, issuer, groupPath, localGroup string) (string, error) {
	mapping, err := in.Gateway.Mappings.Like(ctx, gateway.MappingCreate{Issuer: issuer, IDPGroupPath: groupPath, LocalGroupName: localGroup})
	return mapping.ID, err
}

func fromMapping(mapping gateway.Mapping, prior mappingModel) mappingModel {
	if mapping.ID == "" {
		return mappingModel{}
	}
	issuer := types.StringValue(mapping.Issuer)
	if !prior.Issuer.IsNull() && directory.SameIssuer(prior.Issuer.ValueString(), mapping.Issuer) {
		issuer = prior.Issuer
	}
	return mappingModel{
		ID: types.StringValue(mapping.ID), Issuer: issuer, IDPGroupPath: framework.SameText(prior.IDPGroupPath, mapping.IDPGroupPath),
		LocalGroupName: framework.SameText(prior.LocalGroupName, mapping.LocalGroupName), TenantID: framework.TextOrNull(mapping.TenantID),
		CreatedAt: framework.Timestamp(mapping.CreatedAt),
	}
}

func listMappings(ctx context.Context, in *run.Run, issuer types.String) ([]mappingData, error) {
	found, err := in.Gateway.Mappings.List(ctx)
	all := []mappingData{}
	for _, m := range found {
		if issuer.IsNull() || directory.SameIssuer(issuer.ValueString(), m.Issuer) {
			all = append(all, mappingData{
				ID: types.StringValue(m.ID), Issuer: types.StringValue(m.Issuer), IDPGroupPath: types.StringValue(m.IDPGroupPath),
				LocalGroupName: types.StringValue(m.LocalGroupName), CreatedAt: framework.Timestamp(m.CreatedAt),
			})
		}
	}
	return all, framework.Offered(err, unsupported)
}
