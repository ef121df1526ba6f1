package workroom

import (
	"errors"
	"fmt"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
)

const strangersAdvice = "Only a member of a workroom can read it and its members, and only an owner can change them. The role admin does not make an " +
	"administrator a member: it allows listing and deleting workrooms, and nothing else. Authenticate as the owner, or let the owner transfer the " +
	"workroom to the user the provider authenticates as."

// explained adds to the error of a call about a workroom what only workrooms have: roles of their own, which the role admin
// does not include.
func explained(err error) error {
	if isRefusal(err) {
		return framework.Advised(err, strangersAdvice)
	}
	return offered(err)
}

// hidden is the error of a workroom that the platform hides from the provider's user, but that there is.
func hidden(err error) error {
	return framework.Advised(fmt.Errorf("%s; but there is such a workroom", err.Error()), strangersAdvice)
}

// isRefusal tells whether the platform refuses the call to this user.
func isRefusal(err error) bool {
	return errors.Is(err, client.ErrForbidden) && !errors.Is(err, client.ErrAdminRequired) && !errors.Is(err, client.ErrLogin)
}

// offered adds to the error of a call that the platform lacks which release has it.
func offered(err error) error {
	return framework.Offered(err, "The platform does not offer workrooms. They need platform 0.12 or later. If the platform is 0.12 or later, check base_url.")
}

// limited explains why the platform refuses one more active workroom.
func limited(err error) error {
	if errors.Is(err, client.ErrConflict) {
		return framework.Advised(err, "The platform limits how many active workrooms a user can own (50 by default). Archive or delete workrooms that are not in use, or "+
			"ask the operator of the platform to raise the limit.")
	}
	return err
}

// creatable explains why the platform refuses a new workroom.
func creatable(err error) error {
	if isRefusal(err) {
		return framework.Advised(err, "The platform restricts who can create workrooms. Ask its operator to allow it for the user the provider authenticates as, or "+
			"authenticate as a user who may.")
	}
	return offered(limited(err))
}

// memberError adds to an error of a call about a member what to do about it.
func memberError(err error, isOwner bool) error {
	switch {
	case errors.Is(err, client.ErrActiveSessions):
		return framework.Advised(err, "The member has active sessions in the workroom. Ask the user to leave, or set terminate_active_sessions = true and apply, then "+
			"remove the member.")
	case err != nil && isOwner && !isRefusal(err):
		return framework.Advised(err, "The user owns the workroom, so the platform does not let the provider change or remove the member. Transfer the ownership to "+
			"another member first, or take the member out of Terraform with a removed block that has destroy = false.")
	}
	return explained(err)
}
