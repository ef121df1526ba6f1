package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// existing finds the user that stands in the way of a create. Which status says that a username is taken is not
// documented, so the name itself decides.
func (r *userResource) existing(ctx context.Context, plan userModel, err error) (client.User, bool) {
	failure, ok := errors.AsType[*client.Error](err)
	if !ok || failure.Status != http.StatusConflict && failure.Status != http.StatusBadRequest {
		return client.User{}, false
	}
	user, err := r.directory.Users.ByName(ctx, plan.Username.ValueString())
	return user, err == nil
}

// adopt takes over an existing user and updates it to the plan. Where that is not wished, its error says how to
// import the user. It returns no state with an error: the user is not Terraform's yet, and must not be destroyed
// for a failed update.
func (r *userResource) adopt(ctx context.Context, user client.User, plan userModel, conflict error, diags *diag.Diagnostics) (userModel, error) {
	if !r.adoptExisting {
		return userModel{}, &existsError{user, conflict}
	}
	state := userFromAPI(user, plan)
	if user.ExternalID != plan.ExternalID.ValueString() {
		return userModel{}, fmt.Errorf("the user %s exists and cannot be adopted: its external_id is %q, which the API cannot change", user.ID, user.ExternalID)
	}
	if user.IsActive && !plan.IsActive.ValueBool() {
		r.checkSelfLockout(ctx, state, "deactivates "+label(state), diags)
	}
	if user.IsSuperuser && !plan.IsSuperuser.ValueBool() {
		r.checkSelfLockout(ctx, state, "takes the superuser flag from "+label(state), diags)
	}
	if diags.HasError() {
		return userModel{}, errors.New("the existing user was not adopted")
	}
	// The server's own values, and not the plan's spelling of them, decide what has to change.
	adopted, err := r.change(ctx, plan, userFromAPI(user, userModel{ID: types.StringValue(user.ID)}))
	if err != nil {
		return userModel{}, fmt.Errorf("the user %s exists, and adopting it failed: %w", user.ID, err)
	}
	plan.ID, plan.CreatedAt = adopted.ID, adopted.CreatedAt
	if adopted != plan {
		return userModel{}, fmt.Errorf("the user %s exists, and the server did not take over all of the configuration; import the user to see "+
			"what differs", user.ID)
	}
	diags.AddWarning(fmt.Sprintf("Adopted the existing %s", label(adopted)),
		"The user existed already, and adopt_existing is true, so the user was updated to the configuration and is Terraform's from now on. "+
			"The user's password stays what it was.")
	return adopted, nil
}

// existsError says that a username is taken, and how to import its user.
type existsError struct {
	user     client.User
	conflict error
}

func (e *existsError) Error() string { return e.conflict.Error() }

// Unwrap gives the server's refusal.
func (e *existsError) Unwrap() error { return e.conflict }

// advice is an import block that needs nothing but the resource's own name.
func (e *existsError) advice() string {
	return fmt.Sprintf("The user exists already. To manage it with Terraform, import it:\n\n"+
		"import {\n  to = kamiwaza_user.NAME\n  id = %q\n}\n\n"+
		"(NAME stands for this resource's address.) Or set adopt_existing = true in the provider's configuration to take over existing users "+
		"by their names.", e.user.ID)
}
