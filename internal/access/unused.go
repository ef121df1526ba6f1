package access

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/connection"
)

// Finding is something that may be cleaned up.
type Finding struct {
	Rule Rule
	// Objects are what it is about: one, or all those that have the same effect.
	Objects []*Node
	// Detail says more, "" if there is nothing to say.
	Detail string
}

// Rule is why something may be cleaned up.
type Rule string

// The rules, in the order of findings.
const (
	NeverLoggedIn  Rule = "never_logged_in"
	NotLoggedIn    Rule = "not_logged_in"
	GivesNothing   Rule = "gives_nothing"
	NoMembers      Rule = "no_members"
	HeldByNobody   Rule = "held_by_nobody"
	SameEffect     Rule = "same_effect"
	LeadsToNobody  Rule = "leads_to_nobody"
	RoleWithoutAny Rule = "no_rights"
)

// Rules are all of them with what they mean, in the order of findings.
var Rules = []struct {
	Rule    Rule
	Meaning string
}{
	{NeverLoggedIn, "Active users who have never logged in"},
	{NotLoggedIn, "Active users who have not logged in for a long time"},
	{GivesNothing, "Groups that give nothing"},
	{NoMembers, "Groups without members"},
	{RoleWithoutAny, "Roles without rights"},
	{HeldByNobody, "Rights that no active user has"},
	{SameEffect, "Groups, or roles, with the same effect"},
	{LeadsToNobody, "Objects in the state that no user leads to"},
}

// HasLogins tells whether the API says when users last logged in.
func (g *Graph) HasLogins() bool { return g.Generation == connection.RBAC }

// IsDormant tells whether an active user has not logged in since the time, or never.
func (h *Holder) IsDormant(since time.Time) bool {
	return h.User != nil && h.Active && h.User.LastLogin.Before(since)
}

// Unused finds what may be cleaned up: users who have not logged in since the time, and what has no effect. managed are ids of groups, roles
// and rights in a state.
func (g *Graph) Unused(since time.Time, managed map[Kind][]string) []Finding {
	found := map[Rule][]Finding{}
	add := func(rule Rule, detail string, objects ...*Node) {
		found[rule] = append(found[rule], Finding{rule, objects, detail})
	}
	held, reached := g.reached()
	if g.HasLogins() {
		for _, h := range g.Holders {
			switch {
			case !h.IsDormant(since):
			case h.User.LastLogin.IsZero():
				add(NeverLoggedIn, "created "+h.User.CreatedAt.Format(time.DateOnly), h.Node)
			default:
				add(NotLoggedIn, "last login "+h.User.LastLogin.Format(time.DateOnly), h.Node)
			}
		}
	}
	w := g.NewWalker(0)
	same := map[string][]*Node{}
	for _, list := range [][]*Node{g.Groups, g.Roles} {
		for _, n := range list {
			gives := w.reach(n)
			switch {
			case len(gives) > 0:
				k := effect(n.Kind, gives)
				same[k] = append(same[k], n)
			case n.Kind == Role:
				add(RoleWithoutAny, "", n)
			default:
				add(GivesNothing, "", n)
			}
			if n.Kind == Group && !reached[n] {
				add(NoMembers, "", n)
			}
		}
	}
	for _, permission := range g.Permissions {
		if permission.Kind == Right && !held[permission] {
			add(HeldByNobody, "", permission)
		}
	}
	for _, objects := range same {
		if len(objects) > 1 {
			add(SameEffect, "", objects...)
		}
	}
	slices.SortFunc(found[SameEffect], func(a, b Finding) int {
		return strings.Compare(string(a.Objects[0].Kind)+a.Objects[0].Name+a.Objects[0].ID, string(b.Objects[0].Kind)+b.Objects[0].Name+b.Objects[0].ID)
	})
	for _, kind := range []Kind{Group, Role, Right} {
		for _, id := range slices.Sorted(slices.Values(managed[kind])) {
			if n := g.nodes[key{kind, id}]; n == nil || !reached[n] && !held[n] {
				add(LeadsToNobody, "", &Node{Kind: kind, ID: id, Name: g.nameOf(kind, id), permission: -1})
			}
		}
	}
	var all []Finding
	for _, rule := range Rules {
		all = append(all, found[rule.Rule]...)
	}
	return all
}

// nameOf is the name of an object, or its id if it has none here.
func (g *Graph) nameOf(kind Kind, id string) string {
	if n := g.nodes[key{kind, id}]; n != nil {
		return n.Name
	}
	return id
}

// effect is the same text for nodes that lead to the same permissions.
func effect(kind Kind, gives []Access) string {
	var b strings.Builder
	b.WriteString(string(kind))
	for _, access := range gives {
		fmt.Fprintf(&b, " %d", access.Permission.permission)
	}
	return b.String()
}

// reached finds what active holders have, and what any holder, active or not, leads to.
func (g *Graph) reached() (held, reached map[*Node]bool) {
	held, reached = map[*Node]bool{}, map[*Node]bool{}
	var follow func(seen map[*Node]bool, n *Node)
	follow = func(seen map[*Node]bool, n *Node) {
		for _, next := range n.to {
			if !seen[next] {
				seen[next] = true
				follow(seen, next)
			}
		}
	}
	for _, h := range g.Holders {
		if h.Active {
			follow(held, h.Node)
		}
		follow(reached, h.Node)
	}
	return held, reached
}
