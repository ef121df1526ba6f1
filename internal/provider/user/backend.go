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
	// checkPassword compares the configured password of an existing user with what the state remembers of it.
	checkPassword(config, plan, state userModel) diag.Diagnostics
	// byName and byEmail find a user as the server has it.
	byName(ctx context.Context, username string) (userModel, error)
	byEmail(ctx context.Context, address string) (userModel, error)
	// create makes the user of a plan, which the server may leave active.
	create(ctx context.Context, plan userModel, password string) (userModel, error)
	read(ctx context.Context, state userModel) (userModel, error)
	// update changes what differs between the two, and the password unless it is "".
	update(ctx context.Context, plan, state userModel, password string) (userModel, error)
	// deactivate keeps the user from logging in; delete removes it.
	deactivate(ctx context.Context, state userModel) error
	delete(ctx context.Context, state userModel) error

	// find, list and current are for data sources: the user whom the configuration names, all users, those of a group if
	// it is not "", and the one that the provider is logged in as.
	find(ctx context.Context, config userDataModel) (userDataModel, error)
	// groupIDProblem says what keeps a text from being the id of a group; "" means nothing does.
	groupIDProblem(id string) string
	list(ctx context.Context, groupID string) ([]userDataModel, error)
	current(ctx context.Context) (userDataModel, error)
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
