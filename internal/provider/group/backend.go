package group

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

// backend keeps groups with one generation of the API. Errors are those of the package client; ErrNotFound says that there
// is no such group.
type backend interface {
	// plan adds the rules of the generation to a plan: defaults, and what replaces the group.
	plan(ctx context.Context, p *planning)
	create(ctx context.Context, plan groupModel) (groupModel, error)
	read(ctx context.Context, state groupModel) (groupModel, error)
	// update changes what differs between the two.
	update(ctx context.Context, plan, state groupModel) (groupModel, error)
	delete(ctx context.Context, state groupModel) error

	// importID returns the id of the group that an import names.
	importID(ctx context.Context, wanted string) (string, error)
	// find returns the group with the id for a data source.
	find(ctx context.Context, id string) (groupDataModel, error)
}

// planning is the plan of a group that is created or stays; what backends change in it becomes the plan.
type planning struct {
	config, state, plan groupModel
	creates             bool
	resp                *resource.ModifyPlanResponse
}

// replace plans a replacement if the value becomes another one; one that is not known yet may turn out to be the same.
func (p *planning) replace(attribute string, state, plan types.String) {
	if !p.creates && !plan.IsUnknown() && plan.ValueString() != state.ValueString() {
		p.resp.RequiresReplace.Append(path.Root(attribute))
	}
}

// plannedBackend returns the one of the platform, or nil where a plan cannot find it out.
func plannedBackend(ctx context.Context, r *run.Run) backend {
	switch r.PlannedGeneration(ctx) {
	case run.RBAC:
		return rbacBackend{r}
	case run.Gateway:
		return gatewayBackend{r}
	}
	return nil
}

// backendOf returns the one of the platform.
func backendOf(ctx context.Context, r *run.Run) (backend, error) {
	generation, err := r.Generation(ctx)
	if generation == run.Gateway {
		return gatewayBackend{r}, err
	}
	return rbacBackend{r}, err
}
