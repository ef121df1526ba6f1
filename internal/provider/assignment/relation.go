// Package assignment is what connects users, groups, roles and rights: one resource for a single assignment, and one for all
// assignments of an object, of each relation.
package assignment

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/english"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/idlist"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/claim"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

// relation is one kind of assignments: one group has one user as a member, for example.
type relation struct {
	name string // of the type of single assignments, without its prefix
	// from and to are the nouns at the two ends; attributes are named after them, and ids are written in this order.
	from, to string
	// rbac and gateway are where the two generations of the API keep the assignments; gateway is nil where it has none.
	rbac    func(*directory.Directory) keeper
	gateway func(*directory.Gateway) keeper
}

// keeper is where one generation keeps the assignments of a relation.
type keeper struct {
	*directory.Edges
	// byTo says that the API keeps the assignment with the object at the end "to".
	byTo bool
}

var (
	groupMember = &relation{
		name: "group_member", from: "group", to: "user",
		rbac:    func(d *directory.Directory) keeper { return keeper{d.UserGroups, true} },
		gateway: func(g *directory.Gateway) keeper { return keeper{g.GroupMembers, false} },
	}
	groupRole = &relation{
		name: "group_role", from: "group", to: "role",
		rbac: func(d *directory.Directory) keeper { return keeper{d.GroupRoles, false} },
	}
	roleRight = &relation{
		name: "role_right", from: "role", to: "right",
		rbac: func(d *directory.Directory) keeper { return keeper{d.RoleRights, false} },
	}
)

// keeper returns that of the platform's generation. For a relation that the platform does not have, it is one whose calls
// say so.
func (r *relation) keeper(ctx context.Context, in *run.Run) (keeper, error) {
	if r.gateway != nil {
		switch generation, err := in.Generation(ctx); {
		case err != nil:
			return keeper{}, err
		case generation == run.Gateway:
			return r.gateway(in.Gateway), nil
		}
	}
	return r.rbac(in.Directory), nil
}

// idOf describes the id of a noun; onGateway says whether the type exists with the gateway API, too.
func idOf(noun string, onGateway bool) string {
	switch {
	case !onGateway:
		return fmt.Sprintf("id of the %s, a UUID in lower case", noun)
	case noun == "user":
		return "subject id of the user (the attribute `subject_id` of `kamiwaza_user`); with the RBAC API, a UUID in lower case"
	}
	return fmt.Sprintf("id of the %s; with the RBAC API, a UUID in lower case", noun)
}

// freeIDs tells whether ids are free text, which with the gateway API they are.
func (r *relation) freeIDs(ctx context.Context, in *run.Run) bool {
	return r.gateway != nil && in.PlannedGeneration(ctx) == run.Gateway
}

// idProblem says what keeps a text from being an id; "" means nothing does.
func (r *relation) idProblem(ctx context.Context, in *run.Run, id string) string {
	switch {
	case !r.freeIDs(ctx, in):
		return framework.UUIDProblem(id)
	case id == "":
		return "it is empty"
	}
	return ""
}

// idValidators check an id. With the gateway API, ids are free text; see checkIDs.
func idValidators(onGateway bool) []validator.String {
	if onGateway {
		return []validator.String{stringvalidator.LengthAtLeast(1)}
	}
	return []validator.String{framework.UUIDValidator{}}
}

// checkIDs refuses ids that the platform cannot have.
func (r *relation) checkIDs(ctx context.Context, in *run.Run, at path.Path, ids []string, diags *diag.Diagnostics) {
	if r.gateway == nil || in.PlannedGeneration(ctx) != run.RBAC {
		return
	}
	for _, id := range ids {
		if problem := framework.UUIDProblem(id); problem != "" {
			diags.AddAttributeError(at, "Invalid id", fmt.Sprintf("%s: %s.", at, problem))
		}
	}
}

// missingFails says what comes of an assignment to an object that does not exist.
const missingFails = "Unless it is created before, the apply will fail."

func (r *relation) assignment(from, to string) claim.Assignment {
	return claim.Assignment{Relation: r.name, From: from, To: to}
}

// AssignmentID writes an assignment as in the state.
func (r *relation) AssignmentID(a claim.Assignment) string { return a.From + "/" + a.To }

// Describe names assignments for a message, by the object that they share if there is one.
func (r *relation) Describe(assignments []claim.Assignment) string {
	from, to, ids := make([]string, len(assignments)), make([]string, len(assignments)), make([]string, len(assignments))
	for i, a := range assignments {
		from[i], to[i], ids[i] = a.From, a.To, r.AssignmentID(a)
	}
	slices.Sort(from)
	slices.Sort(to)
	slices.Sort(ids)
	switch {
	case from[0] == from[len(from)-1]:
		return fmt.Sprintf("%s %s of %s %s", english.Plural(len(to), r.to), idlist.Short(to), r.from, from[0])
	case to[0] == to[len(to)-1]:
		return fmt.Sprintf("%s %s of %s %s", english.Plural(len(from), r.from), idlist.Short(from), r.to, to[0])
	}
	return idlist.Short(ids)
}

func (r *relation) label(a claim.Assignment) string {
	return fmt.Sprintf("%s %s to %s %s", r.to, a.To, r.from, a.From)
}

// owner returns the ids as the API keeps them: the assignment is in the owner's list of elements.
func (k keeper) owner(a claim.Assignment) (owner, element string) {
	if k.byTo {
		return a.To, a.From
	}
	return a.From, a.To
}

// Add makes the assignment.
func (r *relation) Add(ctx context.Context, in *run.Run, a claim.Assignment) error {
	k, err := r.keeper(ctx, in)
	if err != nil {
		return err
	}
	owner, element := k.owner(a)
	return k.Add(ctx, owner, element)
}

// Remove ends the assignment, unless this run wants it to stay.
func (r *relation) Remove(ctx context.Context, in *run.Run, a claim.Assignment) error {
	k, err := r.keeper(ctx, in)
	if err != nil {
		return err
	}
	owner, element := k.owner(a)
	return k.Remove(ctx, owner, element)
}

// Keep makes sure of an assignment that another resource of this run gives up.
func (r *relation) Keep(ctx context.Context, in *run.Run, a claim.Assignment) error {
	k, err := r.keeper(ctx, in)
	if err != nil {
		return err
	}
	owner, element := k.owner(a)
	return k.Keep(ctx, owner, element)
}

// Has asks the object that keeps the assignment; ErrNotFound means that this object is gone, and the assignment with it. A
// recent one was made only moments ago, so that a read may miss it still.
func (r *relation) Has(ctx context.Context, in *run.Run, a claim.Assignment, recent bool) (bool, error) {
	k, err := r.keeper(ctx, in)
	if err != nil {
		return false, err
	}
	owner, element := k.owner(a)
	if recent {
		k.Expect(owner, element)
	}
	return k.Has(ctx, owner, element)
}

func addLeaving(diags *diag.Diagnostics, username string, groups []string) {
	diags.AddWarning("The provider's own user leaves a group",
		fmt.Sprintf("This plan removes %q, the user the provider authenticates as, from the group %s. If this group grants the user its "+
			"permissions, later runs will fail.", username, strings.Join(groups, ", ")))
}
