package rbac

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// Behavior is the RBAC API, as an [authserver.API]. It chooses among the answers to what the
// API's documentation leaves open. A client must work under each; the zero value is the
// likeliest.
type Behavior struct {
	// NullClears makes null in a PUT clear the field: a text becomes null, a set empty; a
	// field that must have a value is then refused with 422. Otherwise null leaves the
	// field alone.
	NullClears bool

	// DuplicateStatus refuses a name that is taken: 409, the default, or 400. Usernames
	// are always unique.
	DuplicateStatus int

	// DuplicateNames lets organizations, groups, roles and rights share a name, each among
	// their own kind.
	DuplicateNames bool

	// UniqueEmails refuses two users with one e-mail address.
	UniqueEmails bool

	// DeleteCascades lets a group, role or right be deleted while it is assigned, and
	// removes it from its owners. Otherwise that is refused with 409.
	DeleteCascades bool

	// DeleteDetaches lets an organization be deleted while it has users, who are then in
	// none. Otherwise that is refused with 409.
	DeleteDetaches bool

	// AssignTwice is what assigning comes to where it changes nothing.
	AssignTwice Redundant

	// RemoveUnassigned is what removing an assignment comes to where there is none.
	RemoveUnassigned Redundant

	// NoSlashRedirect answers the router's 404 for a path whose trailing slash is missing
	// or too many, instead of redirecting with 307.
	NoSlashRedirect bool

	// Case is what becomes of capital letters in usernames and e-mail addresses.
	Case Case

	// TrimText removes white space at the ends of texts, passwords excepted, as pydantic does
	// with str_strip_whitespace.
	TrimText bool

	// ReadLag is for how long a GET of objects misses a write, as a replica does. The
	// user and the permissions of a token are read without lag, and so is all that a
	// write looks at.
	ReadLag time.Duration
}

// Redundant is the outcome of a write that has nothing to do: "ok", the default, or "400", "404" or "409".
type Redundant = authserver.Outcome

// The outcomes of a redundant write.
const (
	RedundantOK         Redundant = "ok"
	RedundantBadRequest Redundant = "400"
	RedundantNotFound   Redundant = "404"
	RedundantConflict   Redundant = "409"
)

// Case is what becomes of capital letters in usernames and e-mail addresses.
type Case = authserver.Case

// The ways to treat capital letters.
const (
	CasePreserve        = authserver.CasePreserve
	CaseFoldEmailDomain = authserver.CaseFoldEmailDomain
	CaseFoldCompare     = authserver.CaseFoldCompare
	CaseFoldStore       = authserver.CaseFoldStore
)

var redundants = []Redundant{RedundantOK, RedundantBadRequest, RedundantNotFound, RedundantConflict}

// Check refuses what is no answer.
func (b Behavior) Check() error {
	switch {
	case !slices.Contains([]int{0, http.StatusBadRequest, http.StatusConflict}, b.DuplicateStatus):
		return fmt.Errorf("the status of a duplicate is %d; it must be 400 or 409", b.DuplicateStatus)
	case b.AssignTwice != "" && !slices.Contains(redundants, b.AssignTwice):
		return fmt.Errorf("assigning twice is %q; it must be one of %q", b.AssignTwice, redundants)
	case b.RemoveUnassigned != "" && !slices.Contains(redundants, b.RemoveUnassigned):
		return fmt.Errorf("removing what is not assigned is %q; it must be one of %q", b.RemoveUnassigned, redundants)
	case b.ReadLag < 0:
		return fmt.Errorf("the read lag is negative: %v", b.ReadLag)
	}
	return b.Case.Check()
}

// Rules are those that the server keeps for all APIs.
func (b Behavior) Rules() authserver.Rules {
	return authserver.Rules{NullClears: b.NullClears, TrimText: b.TrimText, NoSlashRedirect: b.NoSlashRedirect, ReadLag: b.ReadLag}
}

// Serve begins to serve the API.
func (b Behavior) Serve(base authserver.Base) authserver.Service { return newService(base, b) }
