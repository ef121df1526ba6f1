package run

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/idlist"
)

// WarnOfMissing warns of ids that name nothing on the server. It only ever sees ids that are known at plan time, so
// objects of the same apply are not among them. otherwise is a sentence that says what comes of it unless they are created.
func (r *Run) WarnOfMissing(ctx context.Context, at path.Path, noun string, ids []string, otherwise string, diags *diag.Diagnostics) {
	var missing []string
	var err error
	switch {
	case len(ids) == 0:
		return
	case r.PlannedGeneration(ctx) != Gateway:
		missing, err = r.Directory.Missing(ctx, noun, ids)
	case noun == "user":
		missing, err = r.warnOfLocalIDs(ctx, at, ids, diags)
	default:
		missing, err = r.Gateway.Groups.Missing(ctx, ids)
	}
	if err != nil || len(missing) == 0 {
		return // What keeps the server from answering, the refresh or the apply reports.
	}
	diags.AddAttributeWarning(at, fmt.Sprintf("There is no %s %s", noun, idlist.Short(missing)),
		fmt.Sprintf("The server has no %s with this id. %s", noun, otherwise))
}

// warnOfLocalIDs warns of ids of users where subject ids are wanted, and returns those that are neither.
func (r *Run) warnOfLocalIDs(ctx context.Context, at path.Path, ids []string, diags *diag.Diagnostics) (missing []string, err error) {
	local, missing, err := r.Gateway.WrongSubjects(ctx, ids)
	for _, id := range slices.Sorted(maps.Keys(local)) {
		diags.AddAttributeWarning(at, fmt.Sprintf("%s is not the subject id of the user", id),
			fmt.Sprintf("It is the user's id, but groups and grants know users by their subject id, which is %s. Use the attribute subject_id of kamiwaza_user instead of id.",
				local[id]))
	}
	return missing, err
}

// Self returns the subject id and the username of the user that the provider is logged in as.
func (r *Run) Self(ctx context.Context) (subjectID, username string, err error) {
	generation, err := r.Generation(ctx)
	switch {
	case err != nil:
		return "", "", err
	case generation == Gateway:
		me, err := r.Gateway.Me(ctx)
		if errors.Is(err, client.ErrUnauthorized) && r.Client.Username() != "" {
			// A platform without Keycloak may refuse to say who it is.
			user, err := r.Gateway.Users.ByName(ctx, r.Client.Username())
			return user.SubjectID(), user.Username, err
		}
		return me.SubjectID, me.Username, err
	}
	me, err := r.Directory.Me(ctx)
	return me.ID, me.Username, err
}

// CheckSelfLockout refuses a change that would keep the provider from ever repairing what it did; loss says what
// the user loses.
func (r *Run) CheckSelfLockout(ctx context.Context, subjectID, loss string, diags *diag.Diagnostics) {
	if r == nil || r.AllowSelfLockout {
		return
	}
	self, _, err := r.Self(ctx)
	switch {
	case err != nil:
		r.selfUnknown.Do(func() {
			diags.AddWarning("Could not check for a self-lockout", fmt.Sprintf("This plan %s. The provider could not determine whether that is the user it "+
				"authenticates as: %s. Check the other users in this plan too: this warning is given once.", loss, err))
		})
	case self == subjectID:
		other := "superuser"
		if r.PlannedGeneration(ctx) == Gateway {
			other = "user with the role admin"
		}
		diags.AddError("The provider would lock itself out",
			fmt.Sprintf("This plan %s, which is the user the provider authenticates as. Later runs could not undo this. "+
				"Authenticate as another %s, or set allow_self_lockout = true in the provider's configuration.", loss, other))
	}
}
