package access

import (
	"cmp"
	"slices"
)

// Change is what one holder gains and loses.
type Change struct {
	// Holder is the holder after the change or, where there is none any more, before it.
	Holder *Holder
	// Gained has the ways after the change, and Lost those before it.
	Gained, Lost []Access
}

// AccountChange is what happens to a user's account.
type AccountChange struct {
	Holder *Holder
	Effect Effect
}

// Effect is what happens to an account.
type Effect string

// What happens to accounts.
const (
	Appears     Effect = "appears"
	Vanishes    Effect = "vanishes"
	Activated   Effect = "activated"
	Deactivated Effect = "deactivated"
)

// Difference is what changed from one graph to another.
type Difference struct {
	// Changes are those of holders who gain or lose something. Holders whose changes are about everything come first.
	Changes []Change
	// Accounts are in the order of names.
	Accounts []AccountChange
}

// IsEmpty tells whether nothing changed.
func (d Difference) IsEmpty() bool { return len(d.Changes)+len(d.Accounts) == 0 }

// Compare finds out what changed. It keeps up to limit ways to each permission, or all of them if it is negative. Objects are the same
// if their ids are, and a permission that another one of the same kind and name replaces does not count as lost and gained.
func Compare(before, after *Graph, limit int) Difference {
	c := comparison{
		old: before.NewWalker(0), new: after.NewWalker(0), oldWays: before.NewWalker(limit), newWays: after.NewWalker(limit),
		counterpart: make([]int, len(after.Permissions)), kept: make([]bool, len(before.Permissions)),
	}
	was := map[key]int{}
	for i, permission := range before.Permissions {
		was[key{permission.Kind, permission.ID}] = i
	}
	for i, permission := range after.Permissions {
		c.counterpart[i] = -1
		if old, ok := was[key{permission.Kind, permission.ID}]; ok {
			c.counterpart[i] = old
		}
	}

	var d Difference
	for _, h := range after.Holders {
		old := before.holders[key{h.Kind, h.ID}]
		if h.Kind == Subject && old == nil && before.isUser(h.ID) {
			continue // A user is gone, and what is left of its access gives nobody anything.
		}
		c.add(&d, old, h)
	}
	for _, h := range before.Holders {
		if after.holders[key{h.Kind, h.ID}] == nil && (h.Kind != Subject || !after.isUser(h.ID)) {
			c.add(&d, h, nil)
		}
	}
	slices.SortStableFunc(d.Changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), compareHolders(a.Holder, b.Holder))
	})
	slices.SortStableFunc(d.Accounts, func(a, b AccountChange) int { return compareHolders(a.Holder, b.Holder) })
	return d
}

func compareHolders(a, b *Holder) int {
	return cmp.Or(cmp.Compare(slices.Index(holderKinds, a.Kind), slices.Index(holderKinds, b.Kind)), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
}

// rank is lower for changes about everything: first who gains it.
func (c Change) rank() int {
	everything := func(a Access) bool { return a.Permission.IsEverything() }
	switch {
	case slices.ContainsFunc(c.Gained, everything):
		return 0
	case slices.ContainsFunc(c.Lost, everything):
		return 1
	}
	return 2
}

// isUser tells whether a subject is one of the users.
func (g *Graph) isUser(id string) bool { return g.user(id) != nil }

// comparison is two graphs that are being compared.
type comparison struct {
	old, new         *Walker
	oldWays, newWays *Walker // for those permissions alone that change
	counterpart      []int   // of the permissions after the change: those before it, -1 for none
	kept             []bool  // by permission before the change, for one holder at a time
}

// add adds the changes of one holder; old or now is nil if there is none.
func (c *comparison) add(d *Difference, old, now *Holder) {
	var had, has []Access
	if old != nil {
		had = c.old.Access(old)
	}
	if now != nil {
		has = c.new.Access(now)
	}
	h := cmp.Or(now, old)
	if effect, ok := effectOf(old, now); ok && h.Kind == User {
		d.Accounts = append(d.Accounts, AccountChange{h, effect})
	}
	change := Change{Holder: h}
	for _, access := range has {
		if was := c.counterpart[access.Permission.permission]; was >= 0 {
			c.kept[was] = true
		}
	}
	for _, access := range had {
		if !c.kept[access.Permission.permission] {
			change.Lost = append(change.Lost, access)
		}
	}
	for _, access := range has {
		was := c.counterpart[access.Permission.permission]
		if _, had := find(had, was); !had {
			change.Gained = append(change.Gained, access)
		}
		if was >= 0 {
			c.kept[was] = false
		}
	}
	change.cancelReplaced()
	if len(change.Gained) > 0 {
		withWays(change.Gained, c.newWays.Access(now))
	}
	if len(change.Lost) > 0 {
		withWays(change.Lost, c.oldWays.Access(old))
	}
	if len(change.Gained)+len(change.Lost) > 0 {
		d.Changes = append(d.Changes, change)
	}
}

// find looks up what a Walker has returned.
func find(all []Access, permission int) (int, bool) {
	return slices.BinarySearchFunc(all, permission, func(a Access, permission int) int { return cmp.Compare(a.Permission.permission, permission) })
}

// withWays adds the ways, which are kept only where something changes.
func withWays(some, all []Access) {
	for i, access := range some {
		at, _ := find(all, access.Permission.permission)
		some[i] = all[at]
	}
}

// effectOf tells what happens to the account.
func effectOf(old, now *Holder) (Effect, bool) {
	switch {
	case old == nil:
		return Appears, true
	case now == nil:
		return Vanishes, true
	case old.Active && !now.Active:
		return Deactivated, true
	case !old.Active && now.Active:
		return Activated, true
	}
	return "", false
}

// cancelReplaced leaves out permissions that are replaced under the same name.
func (c *Change) cancelReplaced() {
	lost := map[key]int{} // by kind and name: how often
	for _, access := range c.Lost {
		lost[key{access.Permission.Kind, access.Permission.Name}]++
	}
	replaced := map[key]int{}
	c.Gained = slices.DeleteFunc(c.Gained, func(a Access) bool {
		k := key{a.Permission.Kind, a.Permission.Name}
		if replaced[k] == lost[k] {
			return false
		}
		replaced[k]++
		return true
	})
	c.Lost = slices.DeleteFunc(c.Lost, func(a Access) bool {
		k := key{a.Permission.Kind, a.Permission.Name}
		if replaced[k] == 0 {
			return false
		}
		replaced[k]--
		return true
	})
}

// InOld says of gaps that they are those of the older snapshot.
func InOld(gaps []string) []string {
	texts := make([]string, len(gaps))
	for i, gap := range gaps {
		texts[i] = gap + ", in the older snapshot"
	}
	return texts
}
