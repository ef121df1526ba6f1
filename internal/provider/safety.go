package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/idlist"
)

// warnOfMissing warns of ids that name nothing on the server. It only ever sees ids that are known at plan time, so
// objects of the same apply are not among them.
func (c *connection) warnOfMissing(ctx context.Context, at path.Path, noun string, ids []string, diags *diag.Diagnostics) {
	missing, err := c.directory.Missing(ctx, noun, ids)
	if err != nil || len(missing) == 0 {
		return // What keeps the server from answering, the refresh or the apply reports.
	}
	diags.AddAttributeWarning(at, fmt.Sprintf("There is no %s %s", noun, idlist.Short(missing)),
		fmt.Sprintf("The server has no %s with this id, so the apply will fail unless it is created before.", noun))
}

// isSelf tells whether the user is the one that the provider is logged in as.
func (c *connection) isSelf(ctx context.Context, id string) (bool, error) {
	me, err := c.directory.Me(ctx)
	return err == nil && me.ID == id, err
}

// checkSelfLockout refuses a change that would keep the provider from ever repairing what it did; loss says what
// the user loses.
func (c *connection) checkSelfLockout(ctx context.Context, id, loss string, diags *diag.Diagnostics) {
	if c == nil || c.allowSelfLockout {
		return
	}
	self, err := c.isSelf(ctx, id)
	switch {
	case err != nil:
		c.selfUnknown.Do(func() {
			diags.AddWarning("Could not check for a self-lockout", fmt.Sprintf("This plan %s. The provider could not determine whether that is the user it "+
				"authenticates as: %s. Check the other users in this plan too: this warning is given once.", loss, err))
		})
	case self:
		diags.AddError("The provider would lock itself out",
			fmt.Sprintf("This plan %s, the user that the provider authenticates as: later runs could not undo this. "+
				"Log in as another superuser, or set allow_self_lockout = true in the provider's configuration.", loss))
	}
}

func addLeaving(diags *diag.Diagnostics, username string, groups []string) {
	diags.AddWarning("The provider's own user leaves a group",
		fmt.Sprintf("This plan removes %q, the user that the provider logs in as, from the group %s. If that group gives the provider its "+
			"rights, later runs will fail.", username, strings.Join(groups, ", ")))
}

func addProtected(diags *diag.Diagnostics, label string) {
	diags.AddError(capitalize(label)+" is protected from deletion",
		"This plan would destroy it, and deletion_protection is true. To destroy it, set deletion_protection = false and apply first; then "+
			"remove or replace it in a second apply.")
}
