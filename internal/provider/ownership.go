package provider

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// ownership knows, during one run, which resources manage which edges. Two that manage the same ones undo each
// other's changes in every apply.
type ownership struct {
	mu    sync.Mutex
	sets  map[end]plannedSet
	edges map[end]string // the type of the edges that are planned one by one at this end
}

// end is one object as an end of one kind of edges.
type end struct{ relation, noun, id string }

// set is a whole set of edges, at the end that owns it.
type set struct{ relation, owner, id, typeName string }

type plannedSet struct {
	typeName string
	// element is the noun of the elements, which are nil while they are not all known.
	element  string
	elements []string
}

func newOwnership() *ownership {
	return &ownership{sets: map[end]plannedSet{}, edges: map[end]string{}}
}

// claimEdge notes a single edge that a plan has, and warns of a set that contains it.
func (o *ownership) claimEdge(typeName string, ends ...end) diag.Diagnostics {
	o.mu.Lock()
	defer o.mu.Unlock()
	var diags diag.Diagnostics
	for _, e := range ends {
		o.edges[e] = typeName
		if planned, ok := o.sets[e]; ok {
			addFight(&diags, typeName, planned.typeName, e)
		}
	}
	return diags
}

// claimSet notes a whole set that a plan has, and warns of single edges, or of a set from the other direction that
// disagrees, at the same object.
func (o *ownership) claimSet(s set, element string, elements []string) diag.Diagnostics {
	o.mu.Lock()
	defer o.mu.Unlock()
	var diags diag.Diagnostics
	at := end{s.relation, s.owner, s.id}
	if planned, ok := o.sets[at]; ok && elements != nil && planned.elements != nil && !sameElements(elements, planned.elements) {
		diags.AddWarning(fmt.Sprintf("Two %s disagree about %s %s", s.typeName, s.owner, s.id),
			fmt.Sprintf("Both manage all assignments of this %s, but not the same ones. They undo each other's changes in every apply. "+
				"Use one resource for it.", s.owner))
	}
	o.sets[at] = plannedSet{s.typeName, element, elements}
	if edges, ok := o.edges[at]; ok {
		addFight(&diags, s.typeName, edges, at)
	}
	var disagreeing []string
	var otherType string
	for other, planned := range o.sets {
		if elements == nil || planned.elements == nil || other.relation != s.relation || other.noun != element {
			continue
		}
		if slices.Contains(elements, other.id) != slices.Contains(planned.elements, s.id) {
			disagreeing, otherType = append(disagreeing, other.id), planned.typeName
		}
	}
	if len(disagreeing) > 0 {
		slices.Sort(disagreeing)
		diags.AddWarning(fmt.Sprintf("%s and %s disagree about assignments of %s %s", s.typeName, otherType, s.owner, s.id),
			fmt.Sprintf("This %s of %s %s and the %s of %s %s manage the same assignments from their two ends, but one has an assignment that the "+
				"other lacks. They undo each other's changes in every apply. Manage these assignments from one end only.",
				s.typeName, s.owner, s.id, otherType, element, shortList(disagreeing)))
	}
	return diags
}

func addFight(diags *diag.Diagnostics, typeName, otherType string, at end) {
	names := []string{typeName, otherType}
	slices.Sort(names)
	// The names stand in the summary, because Terraform shows only the first of several warnings with one summary.
	diags.AddWarning(fmt.Sprintf("%s both manage assignments of %s %s", strings.Join(names, " and "), at.noun, at.id),
		fmt.Sprintf("The set removes what it does not list, and the single assignment puts it back, in every "+
			"apply. Use one of the two types for this %s.", at.noun))
}
