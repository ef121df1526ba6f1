package user

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

// backend keeps users with one generation of the API. Errors are those of the package client; ErrNotFound says that there is
// no such user.
type backend interface {
	// plan adds the rules of the generation to a plan: what is required, defaults, and what replaces the user.
	plan(ctx context.Context, p *planning)
	// checkPassword compares the configured password with what the state remembers of it.
	checkPassword(config, plan, state userModel) diag.Diagnostics
	// byName and byEmail find a user as the server has it.
	byName(ctx context.Context, username string) (userModel, error)
	byEmail(ctx context.Context, address string) (userModel, error)
	// create makes the user of a plan, which the server may leave active.
	create(ctx context.Context, plan userModel, password string) (userModel, error)
	read(ctx context.Context, state userModel) (userModel, error)
	// update changes what differs between the two.
	update(ctx context.Context, plan, state userModel) (userModel, error)
	// deactivate keeps the user from logging in; delete removes it.
	deactivate(ctx context.Context, state userModel) error
	delete(ctx context.Context, state userModel) error
}

// planning is the plan of a user that is created or stays; what backends change in it becomes the plan.
type planning struct {
	config, state, plan userModel
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
func (r *userResource) plannedBackend(ctx context.Context) backend {
	if r.PlannedGeneration(ctx) == run.RBAC {
		return rbacBackend{r.Run}
	}
	return nil
}

// backend returns the one of the platform.
func (r *userResource) backend(ctx context.Context) (backend, error) {
	_, err := r.Generation(ctx)
	return rbacBackend{r.Run}, err
}
