package provider_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
)

// assignmentKinds are the kinds of assignments in a blueprint, as its JSON calls them.
var assignmentKinds = []string{"members", "teams", "own", "roles1", "rolesN", "rights1", "rightsN"}

// move changes how the assignments are written, as people do when they tidy up a configuration without moved blocks:
// resources get other addresses, single assignments become sets and the reverse, sets from one end become sets from the
// other, and a few people change groups. It returns what it did.
func (w blueprint) move(random *rand.Rand) (moves []string) {
	for _, kind := range assignmentKinds {
		if random.IntN(2) == 0 {
			w.Generation[kind]++
			moves = append(moves, "rename "+kind)
		}
	}
	for range 6 {
		switch random.IntN(6) {
		case 0:
			moves = append(moves, swap(random, "roles", w.Roles1, w.RolesN))
		case 1:
			moves = append(moves, swap(random, "rights", w.Rights1, w.RightsN))
		case 2, 3:
			moves = append(moves, w.swapMembers(random))
		case 4:
			moves = append(moves, w.swapUser(random))
		case 5:
			moves = append(moves, w.transfer(random))
		}
	}
	return moves
}

// pick returns one of the keys.
func pick[T any](random *rand.Rand, of ...map[string]T) string {
	var keys []string
	for _, m := range of {
		keys = slices.AppendSeq(keys, maps.Keys(m))
	}
	slices.Sort(keys)
	return keys[random.IntN(len(keys))]
}

// swap turns single assignments of one owner into a set, or the reverse.
func swap(random *rand.Rand, what string, singly, whole map[string][]string) string {
	owner := pick(random, singly, whole)
	from, to := singly, whole
	if _, ok := whole[owner]; ok {
		from, to = whole, singly
	}
	to[owner] = from[owner]
	delete(from, owner)
	return fmt.Sprintf("swap %s of %s", what, owner)
}

// swapMembers does so with the members of a group. A user whose groups are a set cannot be in a group that is one.
func (w blueprint) swapMembers(random *rand.Rand) string {
	group := pick(random, w.Members, w.Teams)
	if _, ok := w.Members[group]; ok {
		for user, groups := range w.Own {
			if slices.Contains(groups, group) {
				w.disown(user)
			}
		}
		w.Teams[group] = w.Members[group]
		delete(w.Members, group)
	} else {
		w.Members[group] = w.Teams[group]
		delete(w.Teams, group)
	}
	return "swap members of " + group
}

// disown turns the set of a user's groups into single memberships.
func (w blueprint) disown(user string) {
	for _, group := range w.Own[user] {
		w.Members[group] = append(slices.Clone(w.Members[group]), user)
	}
	delete(w.Own, user)
}

// swapUser turns single memberships of a user into a set from the other end, or the reverse.
func (w blueprint) swapUser(random *rand.Rand) string {
	user := pick(random, w.Users)
	if _, ok := w.Own[user]; ok {
		w.disown(user)
		return "no set for " + user
	}
	for _, users := range w.Teams {
		if slices.Contains(users, user) {
			return "nothing"
		}
	}
	groups := []string{}
	for _, group := range slices.Sorted(maps.Keys(w.Members)) {
		if i := slices.Index(w.Members[group], user); i >= 0 {
			groups = append(groups, group)
			w.Members[group] = slices.Delete(slices.Clone(w.Members[group]), i, i+1)
		}
	}
	w.Own[user] = groups
	return "a set for " + user
}

// transfer moves a user from one group to another one.
func (w blueprint) transfer(random *rand.Rand) string {
	from, to := pick(random, w.Members, w.Teams), pick(random, w.Members, w.Teams)
	list := func(group string) map[string][]string {
		if _, ok := w.Members[group]; ok {
			return w.Members
		}
		return w.Teams
	}
	if len(list(from)[from]) == 0 {
		return "nothing"
	}
	user := list(from)[from][random.IntN(len(list(from)[from]))]
	if from == to || slices.Contains(list(to)[to], user) {
		return "nothing"
	}
	list(from)[from] = slices.DeleteFunc(slices.Clone(list(from)[from]), func(member string) bool { return member == user })
	list(to)[to] = append(slices.Clone(list(to)[to]), user)
	return fmt.Sprintf("%s from %s to %s", user, from, to)
}
