// Package review finds out what a plan of Terraform or OpenTofu changes about who may do what. It applies the plan to a snapshot of the
// platform, and compares the two. Its functions are pure.
package review

import (
	"cmp"
	"slices"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/access"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/snapshot"
)

// Review is what a plan changes.
type Review struct {
	access.Difference
	// Before and After are who may do what now, and when the plan is applied.
	Before, After *access.Graph
	// Unknown is what the plan does not tell, in the order of addresses: the review lacks what that changes.
	Unknown []Unknown
	// Other are changes that the snapshot says nothing of, but a reviewer wants to know of.
	Other []Other
}

// Unknown is an argument that is not known before the apply.
type Unknown struct {
	// Address is the resource instance, and Argument the argument, "" for all of it.
	Address  string `json:"address"`
	Argument string `json:"argument,omitzero"`
	Reason   string `json:"reason"`
}

// Other is a change of something that is no assignment, such as a token.
type Other struct {
	Address string `json:"address"`
	Action  string `json:"action"`
	Detail  string `json:"detail,omitzero"`
}

// New reviews a plan against a snapshot, with up to limit ways to each permission; all of them if it is negative.
func New(before snapshot.Snapshot, plan *Plan, limit int) Review {
	w := newWorld(before)
	plan.applyTo(w)
	old, after := access.New(before), access.New(w.snapshot())
	byAddress := func(a, b Unknown) int {
		return cmp.Or(cmp.Compare(a.Address, b.Address), cmp.Compare(a.Argument, b.Argument))
	}
	slices.SortFunc(w.unknown, byAddress)
	slices.SortStableFunc(w.other, func(a, b Other) int { return cmp.Compare(a.Address, b.Address) })
	return Review{Difference: access.Compare(old, after, limit), Before: old, After: after, Unknown: w.unknown, Other: w.other}
}
