package run

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/idlist"
)

// WarnOfMissing warns of ids that name nothing on the server. It only ever sees ids that are known at plan time, so
// objects of the same apply are not among them.
func (r *Run) WarnOfMissing(ctx context.Context, at path.Path, noun string, ids []string, diags *diag.Diagnostics) {
	missing, err := r.Directory.Missing(ctx, noun, ids)
	if err != nil || len(missing) == 0 {
		return // What keeps the server from answering, the refresh or the apply reports.
	}
	diags.AddAttributeWarning(at, fmt.Sprintf("There is no %s %s", noun, idlist.Short(missing)),
		fmt.Sprintf("The server has no %s with this id, so the apply will fail unless it is created before.", noun))
}

// isSelf tells whether the user is the one that the provider is logged in as.
func (r *Run) isSelf(ctx context.Context, id string) (bool, error) {
	me, err := r.Directory.Me(ctx)
	return err == nil && me.ID == id, err
}

// CheckSelfLockout refuses a change that would keep the provider from ever repairing what it did; loss says what
// the user loses.
func (r *Run) CheckSelfLockout(ctx context.Context, id, loss string, diags *diag.Diagnostics) {
	if r == nil || r.AllowSelfLockout {
		return
	}
	self, err := r.isSelf(ctx, id)
	switch {
	case err != nil:
		r.selfUnknown.Do(func() {
			diags.AddWarning("Could not check for a self-lockout", fmt.Sprintf("This plan %s. The provider could not determine whether that is the user it "+
				"authenticates as: %s. Check the other users in this plan too: this warning is given once.", loss, err))
		})
	case self:
		diags.AddError("The provider would lock itself out",
			fmt.Sprintf("This plan %s, the user that the provider authenticates as: later runs could not undo this. "+
				"Log in as another superuser, or set allow_self_lockout = true in the provider's configuration.", loss))
	}
}
