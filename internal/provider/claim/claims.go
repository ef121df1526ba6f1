// Package claim is what the resources of assignments know of each other in one plan or apply: which has an assignment and which
// gives one up. It is why no assignment goes that another resource has.
package claim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/idlist"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

// claims knows, during one plan or apply, which resource instances have which assignments and which give some up.
// Terraform plans instances in no particular order and tells the provider nothing about the others, so whichever of two
// comes second finds out what they do to each other.
//
// An assignment that one instance gives up and another has must stay. How the one that comes second sees to that:
//
//	it is destroyed, and another was read or planned with the assignment: its delete leaves the assignment alone
//	it has the assignment, and another is to be destroyed:                it is updated, which makes the assignment sure
//	it is created:                                                        directory.Edges does the rest in the apply
type claims struct {
	mu sync.Mutex
	// has are the instances that were read or planned with an assignment, and gives those that are planned to lose it.
	has, gives map[Assignment][]claim
	// sets and singles are the instances that have a whole set, or a single assignment, at one end.
	sets, singles map[End][]claim
	// read and planned are the instances that were.
	read, planned map[string]bool
}

// claim is what one instance has or gives.
type claim struct {
	instance, typeName string
	// ends says of what is given up that the instance is destroyed or replaced.
	ends bool
	// size is how many elements of a whole set are known, and complete says that these are all.
	size     int
	complete bool
}

// Assignment is one edge of a relation, such as group_member, by the ids of its two ends.
type Assignment struct{ Relation, From, To string }

// End is one object as an end of the edges of a relation, or of a part of these edges.
type End struct {
	Relation, Noun, ID string
	// Part tells apart what different sets may manage at one object; messages do not name it.
	Part string
}

func newClaims() *claims {
	return &claims{
		has: map[Assignment][]claim{}, gives: map[Assignment][]claim{}, sets: map[End][]claim{}, singles: map[End][]claim{},
		read: map[string]bool{}, planned: map[string]bool{},
	}
}

// others are the claims on one thing that are not the instance's own.
func others(all []claim, instance string) []claim {
	return slices.DeleteFunc(slices.Clone(all), func(c claim) bool { return c.instance == instance })
}

// noteRead notes what an instance has in the state, and tells whether another is planned to give any of it up.
func (c *claims) noteRead(instance, typeName string, has []Assignment) (givenUp bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.read[instance] = true
	for _, a := range has {
		if !c.planned[instance] { // Terraform plans a destruction before it reads the instance.
			c.has[a] = append(others(c.has[a], instance), claim{instance: instance, typeName: typeName})
		}
		givenUp = givenUp || len(others(c.gives[a], instance)) > 0
	}
	return givenUp
}

// Plan is what the plan of one instance comes to.
type Plan struct {
	// TypeName is the resource's type, and Label names a single assignment in messages.
	TypeName, Label string
	// Ends says that the instance is destroyed or replaced.
	Ends bool
	// Has are the assignments after the apply, as far as they are known, and Gives those that go.
	Has, Gives []Assignment
	// Sets is where the instance has a whole set, of elements of a noun; Complete says that all of them are known.
	Sets     []End
	Element  string
	Edge     func(element string) Assignment // nil where no set of another type has the same assignments from the other end
	Complete bool
	// Singles are the two ends of a single assignment.
	Singles []End

	instance string
}

// contact is what an instance has to do with others.
type contact struct {
	// kept are assignments that it gives up and others have, and taken those that it has and others give up.
	kept, taken []Assignment
	// keptBy and takenFrom are the types of the others; keptBy is "" while it is not known whether they will stay.
	keptBy, takenFrom string
	// giverEnds says that one that gives some up is destroyed or replaced, rather than only disagreeing about them.
	giverEnds, wasRead bool
}

// notePlan notes what an instance is planned to have and to give up, in place of what was noted of it before, and finds out
// what that has to do with others.
func (c *claims) notePlan(p Plan, diags *diag.Diagnostics) contact {
	c.mu.Lock()
	defer c.mu.Unlock()
	found := contact{wasRead: c.read[p.instance]}
	c.planned[p.instance] = true
	mine := claim{instance: p.instance, typeName: p.TypeName, size: len(p.Has), complete: p.Complete, ends: p.Ends}
	for _, a := range p.Gives {
		c.has[a] = others(c.has[a], p.instance)
		c.gives[a] = append(others(c.gives[a], p.instance), mine)
		if len(c.has[a]) > 0 {
			found.kept = append(found.kept, a)
			found.keptBy = cmp.Or(found.keptBy, c.plannedType(c.has[a]))
		}
	}
	for _, a := range p.Has {
		c.gives[a] = others(c.gives[a], p.instance)
		c.has[a] = append(others(c.has[a], p.instance), mine)
		if len(c.gives[a]) > 0 {
			giver := c.gives[a][0]
			found.taken = append(found.taken, a)
			if giver.ends || !found.giverEnds { // the warning is about those that end
				found.takenFrom, found.giverEnds = giver.typeName, giver.ends
			}
		}
	}
	for _, at := range p.Sets {
		c.planSet(p, at, mine, diags)
	}
	for _, e := range p.Singles {
		c.singles[e] = append(others(c.singles[e], p.instance), mine)
		if sets := others(c.sets[e], p.instance); len(sets) > 0 {
			addFight(diags, p.TypeName, sets[0].typeName, e)
		}
	}
	if len(p.Singles) > 0 && len(p.Has) > 0 && slices.ContainsFunc(others(c.has[p.Has[0]], p.instance), func(other claim) bool {
		return other.typeName == p.TypeName && c.planned[other.instance]
	}) {
		diags.AddWarning(fmt.Sprintf("Two %s resources manage the same assignment: %s", p.TypeName, p.Label),
			"If you remove one of them from the configuration, the assignment stays for the other. Use only one resource for it.")
	}
	return found
}

// plannedType is the type of one that was planned with the assignment; one that was only read may give it up yet.
func (c *claims) plannedType(all []claim) string {
	for _, claim := range all {
		if c.planned[claim.instance] {
			return claim.typeName
		}
	}
	return ""
}

// planSet notes a whole set, and warns of single assignments at the same object, of another set there, and of sets from
// the other direction that disagree.
func (c *claims) planSet(p Plan, at End, mine claim, diags *diag.Diagnostics) {
	sets := others(c.sets[at], p.instance)
	c.sets[at] = append(sets, mine)
	if len(sets) > 0 {
		c.addSecondSet(p, at, mine, sets[0], diags)
	}
	if singles := c.singles[at]; len(singles) > 0 {
		addFight(diags, p.TypeName, singles[0].typeName, at)
	}
	if !p.Complete || p.Edge == nil {
		return
	}
	var disagreeing []string
	var otherType string
	for other, sets := range c.sets {
		if other.Relation != at.Relation || other.Noun != p.Element || len(sets) == 0 || !sets[0].complete {
			continue
		}
		if both := c.has[p.Edge(other.ID)]; includes(both, p.instance) != includes(both, sets[0].instance) {
			disagreeing, otherType = append(disagreeing, other.ID), sets[0].typeName
		}
	}
	if len(disagreeing) > 0 {
		slices.Sort(disagreeing)
		diags.AddWarning(fmt.Sprintf("%s and %s disagree about assignments of %s %s", p.TypeName, otherType, at.Noun, at.ID),
			fmt.Sprintf("This %s of %s %s and the %s of %s %s manage the same assignments from both sides, but one contains an assignment that the "+
				"other does not. They undo each other's changes in every apply. Manage these assignments from one side only.",
				p.TypeName, at.Noun, at.ID, otherType, p.Element, idlist.Short(disagreeing)))
	}
}

// addSecondSet warns of two whole sets at one object.
func (c *claims) addSecondSet(p Plan, at End, mine, other claim, diags *diag.Diagnostics) {
	agree := mine.complete && other.complete && mine.size == other.size
	for _, a := range p.Has {
		agree = agree && includes(c.has[a], other.instance)
	}
	if agree {
		diags.AddWarning(fmt.Sprintf("Two %s resources manage all %ss of %s %s", p.TypeName, p.Element, at.Noun, at.ID),
			"They have the same elements, but if you change only one of them, the other undoes the change. Use only one resource.")
		return
	}
	diags.AddWarning(fmt.Sprintf("Two %s disagree about %s %s", p.TypeName, at.Noun, at.ID),
		fmt.Sprintf("Both manage all assignments of this %s, but they have different elements. They undo each other's changes in every apply. "+
			"Use one resource for it.", at.Noun))
}

func addFight(diags *diag.Diagnostics, typeName, otherType string, at End) {
	names := []string{typeName, otherType}
	slices.Sort(names)
	// The names stand in the summary, because Terraform shows only the first of several warnings with one summary.
	diags.AddWarning(fmt.Sprintf("%s both manage assignments of %s %s", strings.Join(names, " and "), at.Noun, at.ID),
		fmt.Sprintf("In every apply, the set removes the assignment and the other resource adds it again. "+
			"Use one of the two types for this %s.", at.Noun))
}

func includes(all []claim, instance string) bool {
	return slices.ContainsFunc(all, func(c claim) bool { return c.instance == instance })
}

// claimsOf are those of one run.
func claimsOf(r *run.Run) *claims { return run.Shared(r, newClaims) }
