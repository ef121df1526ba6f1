package user

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/english"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
)

// afterRefusal finds out why the server refused to create a user: who has the username or the e-mail address already.
// Where that is wished, the user with the username is adopted.
func (r *userResource) afterRefusal(ctx context.Context, b backend, plan userModel, password string, refusal error, diags *diag.Diagnostics) (userModel, error) {
	failure, ok := errors.AsType[*client.Error](refusal)
	if !ok || failure.Status != http.StatusConflict && failure.Status != http.StatusBadRequest || errors.Is(refusal, client.ErrLogin) {
		return userModel{}, refusal
	}
	username := plan.Username.ValueString()
	user, err := b.byName(ctx, username)
	owner, ownerErr := b.byEmail(ctx, plan.Email.ValueString())
	named := err == nil && user.Username.ValueString() == username
	switch about := reasonOf(failure); {
	case errors.Is(err, client.ErrNotFound) && plan.AdoptExisting.ValueBool() && r.accounts().wasDeleted(username):
		return r.createNew(ctx, b, plan, password) // The old resource of the user has deleted it since the refusal.
	case named && (about == aboutUsername || about == aboutEmail && ownerErr == nil && owner.ID.Equal(user.ID)):
		if !plan.AdoptExisting.ValueBool() {
			return userModel{}, existsError(user, refusal)
		}
		return r.adopt(ctx, b, user.ID.ValueString(), plan, password, diags)
	case about != aboutPassword && ownerErr == nil:
		return userModel{}, emailTakenError(owner, refusal)
	case named:
		return userModel{}, framework.Advised(refusal, fmt.Sprintf("The user %q (%s) exists, but the refusal is not about the username, so the user was "+
			"neither changed nor adopted. See the message of the server.", user.Username.ValueString(), user.ID.ValueString()))
	case err == nil:
		return userModel{}, framework.Advised(refusal, fmt.Sprintf("The server has a user %q (%s), whose username differs from %q in upper and lower case. If "+
			"the server treats both as the same, set username = %q to import or adopt that user. Otherwise, see the message of the server.",
			user.Username.ValueString(), user.ID.ValueString(), username, user.Username.ValueString()))
	case about == aboutPassword:
		return userModel{}, framework.Advised(refusal, "") // The server's own words say it all.
	case !errors.Is(err, client.ErrNotFound):
		return userModel{}, framework.Advised(refusal, fmt.Sprintf("Whether a user with this username or e-mail address exists could not be found out: %s.", err))
	}
	return userModel{}, framework.Advised(refusal, "No user with this username or e-mail address was found. If another resource "+
		"of this configuration managed the user before, because you renamed it without a moved block, apply again. Otherwise, see the message of the server.")
}

// existing returns the user with exactly this username: one that differs in upper and lower case may be somebody else.
func existing(ctx context.Context, b backend, username string) (userModel, error) {
	user, err := b.byName(ctx, username)
	if err == nil && user.Username.ValueString() != username {
		err = client.ErrNotFound
	}
	return user, err
}

// What the refusal of a create may be about.
type reason int

const (
	aboutUsername reason = iota // or anything else that leaves room for it
	aboutEmail
	aboutPassword
)

// reasonOf tells what a refusal is about. Which status and text say that a name is taken is not documented, but what
// speaks of the password or the address alone is not about the name.
func reasonOf(failure *client.Error) reason {
	text := strings.ToLower(failure.Detail)
	speaksOf := func(words ...string) bool {
		return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(text, word) })
	}
	switch {
	case speaksOf("username", "user name"):
		return aboutUsername
	case speaksOf("password"):
		return aboutPassword
	case speaksOf("email", "e-mail"):
		return aboutEmail
	}
	return aboutUsername
}

// adopt takes over an existing user and updates it to the plan. It returns no state with an error: the user is not
// Terraform's yet, and must not be destroyed for a failed update.
func (r *userResource) adopt(ctx context.Context, b backend, id string, plan userModel, password string, diags *diag.Diagnostics) (userModel, error) {
	// The resource that has managed the user may be destroyed at the same time, and delete or deactivate it.
	defer r.accounts().turns.Take(id)()
	user, err := existing(ctx, b, plan.Username.ValueString())
	switch {
	case errors.Is(err, client.ErrNotFound):
		return r.createNew(ctx, b, plan, password)
	case err != nil:
		return userModel{}, fmt.Errorf("the user %s exists, and adopting it failed: %w", id, err)
	}
	r.checkAdoption(ctx, user, plan, diags)
	if diags.HasError() {
		return userModel{}, errors.New("the existing user was not adopted")
	}
	if plan.ExternalID.IsNull() || plan.ExternalID.IsUnknown() {
		plan.ExternalID = user.ExternalID
	}
	id = user.ID.ValueString()
	if !r.accounts().adopt(id) {
		return userModel{}, fmt.Errorf("the user %s exists and is not adopted, because another resource of this configuration manages it; remove one of the two", id)
	}
	// The server's own values, and not the plan's spelling of them, decide what has to change.
	adopted, err := b.update(ctx, plan, user, "")
	if err != nil {
		return userModel{}, fmt.Errorf("the user %s exists, and adopting it failed: %w", id, err)
	}
	plan.ID, plan.SubjectID, plan.IsExternal, plan.CreatedAt = adopted.ID, adopted.SubjectID, adopted.IsExternal, adopted.CreatedAt
	if plan.Roles.IsUnknown() {
		plan.Roles = adopted.Roles
	}
	if !adopted.equal(plan) {
		return userModel{}, fmt.Errorf("the user %s exists, and the server did not apply all of the configuration; import the user to see "+
			"what differs", id)
	}
	return adopted, nil
}

// checkAdoption refuses to take over a user who cannot become what the plan says, or must not.
func (r *userResource) checkAdoption(ctx context.Context, user, plan userModel, diags *diag.Diagnostics) {
	if !plan.ExternalID.IsNull() && !plan.ExternalID.IsUnknown() && user.ExternalID.ValueString() != plan.ExternalID.ValueString() {
		diags.AddAttributeError(path.Root("external_id"), english.Capitalize(label(user))+" cannot be adopted",
			fmt.Sprintf("Its external_id is %q, which the API cannot change. Set external_id to that, or omit it.", user.ExternalID.ValueString()))
	}
	r.checkDemotion(ctx, user, plan, diags)
}

// checkDemotion refuses to take from the provider's own user what the provider needs.
func (r *userResource) checkDemotion(ctx context.Context, user, plan userModel, diags *diag.Diagnostics) {
	if user.IsActive.ValueBool() && plan.IsActive.Equal(types.BoolValue(false)) {
		r.CheckSelfLockout(ctx, user.SubjectID.ValueString(), "deactivates "+label(user), diags)
	}
	if user.IsSuperuser.ValueBool() && plan.IsSuperuser.Equal(types.BoolValue(false)) {
		r.CheckSelfLockout(ctx, user.SubjectID.ValueString(), "takes the superuser flag from "+label(user), diags)
	}
	if hasRole(user.Roles, roleAdmin) && !plan.Roles.IsUnknown() && !hasRole(plan.Roles, roleAdmin) {
		r.CheckSelfLockout(ctx, user.SubjectID.ValueString(), "takes the role admin from "+label(user), diags)
	}
}

// existsError says that a username is taken, and how to import its user.
func existsError(user userModel, refusal error) error {
	return framework.Advised(refusal, fmt.Sprintf("The user exists already. To manage it with Terraform, import it:\n\n"+
		"import {\n  to = kamiwaza_user.NAME\n  id = %q\n}\n\n"+
		"NAME is the name of this resource. Alternatively, set adopt_existing = true in this resource to adopt the user. If it is the "+
		"user of this resource, because the resource is tainted or replaced with create_before_destroy, run: terraform untaint ADDRESS", user.ID.ValueString()))
}

// emailTakenError says that a user with the e-mail address exists, which some servers refuse to have twice.
func emailTakenError(user userModel, refusal error) error {
	return framework.Advised(refusal, fmt.Sprintf("The e-mail address %q belongs to the user %q (%s). If the server refused the address, choose another one, or "+
		"import that user.", user.Email.ValueString(), user.Username.ValueString(), user.ID.ValueString()))
}

// roleAdmin is the platform role that the provider itself needs.
const roleAdmin = "admin"

func hasRole(roles types.Set, role string) bool {
	return slices.ContainsFunc(roles.Elements(), func(element attr.Value) bool { return element.Equal(types.StringValue(role)) })
}
