package group

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"

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
}

// planning is the plan of a group that is created or stays; what backends change in it becomes the plan.
type planning struct {
	config, state, plan groupModel
	creates             bool
	resp                *resource.ModifyPlanResponse
}

// plannedBackend returns the one of the platform, or nil where a plan cannot find it out.
func (r *groupResource) plannedBackend(ctx context.Context) backend {
	if r.PlannedGeneration(ctx) == run.RBAC {
		return rbacBackend{r.Run}
	}
	return nil
}

// backend returns the one of the platform.
func (r *groupResource) backend(ctx context.Context) (backend, error) {
	_, err := r.Generation(ctx)
	return rbacBackend{r.Run}, err
}
