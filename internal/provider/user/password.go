package user

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// newPassword returns the password that an existing user is to have from now on, "" for the one it has.
func newPassword(config, plan, state userModel) string {
	switch {
	case !plan.Password.IsNull() && !plan.Password.Equal(state.Password):
		return plan.Password.ValueString()
	case !plan.PasswordWOVersion.IsNull() && !plan.PasswordWOVersion.Equal(state.PasswordWOVersion) && !config.PasswordWO.Equal(state.Password):
		return config.PasswordWO.ValueString()
	}
	return ""
}

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
				"The API cannot change passwords. Restore password_wo_version = %q. To recreate the user with another password_wo (and a "+
					"new id), keep the version and run: terraform apply -replace=ADDRESS", state.PasswordWOVersion.ValueString()))
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
	howToRecreate = "The API cannot change passwords. Restore the old value, or recreate the user with the new password (and a new id): " +
		"run terraform taint ADDRESS and apply. Do not use -replace, which only works for users with password_wo, because " +
		"Terraform would plan the change that this error refuses."

	onlyRemembered = "The API cannot change passwords, so the existing user keeps its current password. The configured password is used only if " +
		"the user is recreated."
)
