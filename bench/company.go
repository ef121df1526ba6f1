package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// shape is how a configuration writes the assignments of a company.
type shape string

const (
	edges   shape = "edges"   // one resource for each assignment
	sets    shape = "sets"    // one resource for all assignments of one object
	gateway shape = "gateway" // one resource for each membership, tuple and grant, on the gateway API
)

// size is one company in one shape, such as "edges:200": 200 users, and what comes with them.
type size struct {
	Shape shape
	Users int
}

func (s size) String() string { return fmt.Sprintf("%s:%d", s.Shape, s.Users) }

func parseSizes(text string) ([]size, error) {
	var sizes []size
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ' ' || r == ',' }) {
		name, number, _ := strings.Cut(word, ":")
		n, err := strconv.Atoi(number)
		if !slices.Contains([]shape{edges, sets, gateway, users}, shape(name)) || err != nil || n < 10 {
			return nil, fmt.Errorf("%q is no size: edges:N, sets:N, gateway:N or users:N for N users, at least 10", word)
		}
		sizes = append(sizes, size{shape(name), n})
	}
	if len(sizes) == 0 {
		return nil, fmt.Errorf("there is no size")
	}
	return sizes, nil
}

// company is a made-up company, as the configuration reads it. The assignments are names.
type company struct {
	Organizations []string            `json:"organizations"`
	Rights        []string            `json:"rights"`
	Roles         map[string][]string `json:"roles"`  // rights
	Groups        map[string][]string `json:"groups"` // roles
	Users         map[string]employee `json:"users"`
}

type employee struct {
	Organization string   `json:"organization"`
	Groups       []string `json:"groups"`
}

// What each object has of the next kind. A company too small to have as many has all there are.
const (
	groupsOfUser  = 5
	rolesOfGroup  = 10
	rightsOfRole  = 20
	usersPerGroup = 10
	usersPerRole  = 5
	usersPerRight = 2
	usersPerOrg   = 50
)

func newCompany(users int) company {
	c := company{
		Organizations: names("organization", max(1, users/usersPerOrg)),
		Rights:        names("right", users/usersPerRight),
		Roles:         map[string][]string{},
		Groups:        map[string][]string{},
		Users:         map[string]employee{},
	}
	roles, groups := names("role", users/usersPerRole), names("group", users/usersPerGroup)
	for i, role := range roles {
		c.Roles[role] = some(c.Rights, i, rightsOfRole)
	}
	for i, group := range groups {
		c.Groups[group] = some(roles, i, rolesOfGroup)
	}
	for i, user := range names("user", users) {
		c.Users[user] = employee{Organization: c.Organizations[i%len(c.Organizations)], Groups: some(groups, i, groupsOfUser)}
	}
	return c
}

func names(noun string, n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("%s-%04d", noun, i)
	}
	return names
}

// some returns n different ones of all, or all, beginning somewhere else for each i.
func some(all []string, i, n int) []string {
	n = min(n, len(all))
	picked := make([]string, n)
	for k := range picked {
		picked[k] = all[(i*n+k)%len(all)]
	}
	return picked
}

func (c company) objects() int {
	return len(c.Organizations) + len(c.Rights) + len(c.Roles) + len(c.Groups) + len(c.Users)
}

func (c company) assignments() int {
	n := 0
	for _, rights := range c.Roles {
		n += len(rights)
	}
	for _, roles := range c.Groups {
		n += len(roles)
	}
	for _, user := range c.Users {
		n += len(user.Groups)
	}
	return n
}

// What a company on the gateway API has besides users, groups and members: tuples for each user, in two namespaces, and grants
// on objects.
const (
	tuplesPerUser   = 10
	tupleNamespaces = 2
	usersPerObject  = 8
	grantsPerObject = 20
)

func (c company) granted() int { return len(c.Users) / usersPerObject }

// instances is how many resource instances the configuration has.
func (c company) instances(s shape) int {
	switch s {
	case gateway:
		memberships := 0
		for _, user := range c.Users {
			memberships += len(user.Groups)
		}
		return len(c.Groups) + len(c.Users)*(1+tuplesPerUser) + memberships + c.granted()*grantsPerObject
	case edges:
		return c.objects() + c.assignments()
	}
	return c.objects() + len(c.Roles) + len(c.Groups) + len(c.Users)
}

// mostRequests is how many requests a plan that refreshes all may take: three (the login, and the two that find out
// which API the platform has), one for each object but the users, and three for all users. On the gateway API, it is the login,
// the one that finds out which API it is, and one for each list: of users, of groups, of the members of each group, of the tuples
// of each namespace, and of the grants on each object.
func (c company) mostRequests(s shape) int {
	if s == gateway {
		return 2 + 1 + 1 + len(c.Groups) + tupleNamespaces + c.granted()
	}
	return 3 + len(c.Organizations) + len(c.Rights) + len(c.Roles) + len(c.Groups) + 3
}

// capped says which rules the company is too small for, or nothing.
func (c company) capped() []string {
	var capped []string
	note := func(have, want int, of, each string) {
		if have < want {
			capped = append(capped, fmt.Sprintf("each %s has all %d %ss instead of %d", each, have, of, want))
		}
	}
	note(len(c.Groups), groupsOfUser, "group", "user")
	note(len(c.Roles), rolesOfGroup, "role", "group")
	note(len(c.Rights), rightsOfRole, "right", "role")
	return capped
}
