package user

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// checkPassword compares the configured password of an existing user with what is remembered of the one it was
// created with. Nothing in the API changes a password, so another one is an error.
func checkPassword(config, plan, state userModel) diag.Diagnostics {
	var diags diag.Diagnostics
	switch {
	case !state.Password.IsNull() && !config.PasswordWO.IsNull():
		// On its way out of the state: the same password, now write-only.
		if !config.PasswordWO.IsUnknown() && !config.PasswordWO.Equal(state.Password) {
			diags.AddAttributeError(path.Root("password_wo"), passwordCannotChange,
				"password_wo takes the place of password, but its value is another one. Give it the value that password had.")
		}
	case !state.Password.IsNull() && !plan.Password.IsNull():
		if !plan.Password.IsUnknown() && !plan.Password.Equal(state.Password) {
			diags.AddAttributeError(path.Root("password"), passwordCannotChange, howToRecreate)
		}
	case !state.PasswordWOVersion.IsNull() && !plan.PasswordWOVersion.IsNull():
		if !plan.PasswordWOVersion.IsUnknown() && !plan.PasswordWOVersion.Equal(state.PasswordWOVersion) {
			diags.AddAttributeError(path.Root("password_wo_version"), passwordCannotChange, fmt.Sprintf(
				"The API has no call for it. Put password_wo_version back to %q. To recreate the user with another password_wo (it gets a "+
					"new id), leave the version as it is and run: terraform apply -replace=ADDRESS", state.PasswordWOVersion.ValueString()))
		}
	case state.Password.IsNull() && !plan.Password.IsNull():
		diags.AddAttributeWarning(path.Root("password"), "Password not changed on the existing user", onlyRemembered)
	case state.PasswordWOVersion.IsNull() && !plan.PasswordWOVersion.IsNull():
		diags.AddAttributeWarning(path.Root("password_wo_version"), "Password not changed on the existing user", onlyRemembered)
	}
	return diags
}

const (
	passwordCannotChange = "The password of an existing user cannot be changed"

	// Terraform plans an update first even under -replace, so that -replace alone would end at this very error.
	howToRecreate = "The API has no call for it. Put the old value back, or recreate the user with the new password (it gets a new id): " +
		"run terraform taint ADDRESS and apply. The option -replace does the same only for users with a password_wo, because " +
		"Terraform would first ask for the change that is refused here."

	onlyRemembered = "The API cannot change a password, so the existing user keeps the one it has. The configured one counts only if " +
		"the user is ever created anew."
)
