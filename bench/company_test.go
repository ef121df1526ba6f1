package main

import (
	"slices"
	"testing"
)

func TestCompany(t *testing.T) {
	for _, test := range []struct {
		users                           int
		edges, sets, requests, capRules int
	}{
		{10, 10 + 1 + 2 + 5 + 1 + 10*1 + 1*2 + 2*5, 21 + 11, 3 + 1 + 1 + 2 + 5 + 3, 3},
		{50, 50 + 5 + 10 + 25 + 1 + 50*5 + 5*10 + 10*20, 91 + 65, 3 + 5 + 10 + 25 + 1 + 3, 0},
		{100, 182 + 500 + 100 + 400, 182 + 130, 3 + 10 + 20 + 50 + 2 + 3, 0},
		{200, 364 + 1000 + 200 + 800, 364 + 260, 3 + 20 + 40 + 100 + 4 + 3, 0},
		{1000, 1820 + 5000 + 1000 + 4000, 1820 + 1300, 3 + 100 + 200 + 500 + 20 + 3, 0},
	} {
		c := newCompany(test.users)
		if got := c.instances(edges); got != test.edges {
			t.Errorf("%d users as edges: %d instances, want %d", test.users, got, test.edges)
		}
		if got := c.instances(sets); got != test.sets {
			t.Errorf("%d users as sets: %d instances, want %d", test.users, got, test.sets)
		}
		if got := c.mostRequests(edges); got != test.requests {
			t.Errorf("%d users: at most %d requests, want %d", test.users, got, test.requests)
		}
		if got := c.capped(); len(got) != test.capRules {
			t.Errorf("%d users: capped %q, want %d rules", test.users, got, test.capRules)
		}
	}
}

func TestCompanyOnTheGatewayAPI(t *testing.T) {
	c := newCompany(200)
	if got, want := c.instances(gateway), 20+200+1000+2000+500; got != want {
		t.Errorf("%d instances, want %d", got, want)
	}
	if got, want := c.mostRequests(gateway), 2+2+20+2+25; got != want {
		t.Errorf("at most %d requests, want %d", got, want)
	}
}

func TestAssignmentsAreDistinct(t *testing.T) {
	for _, users := range []int{10, 23, 50, 200} {
		c := newCompany(users)
		distinct := func(of string, names []string) {
			if unique := slices.Compact(slices.Sorted(slices.Values(names))); len(unique) != len(names) {
				t.Errorf("%d users: %s has one of %q twice", users, of, names)
			}
		}
		for role, rights := range c.Roles {
			distinct(role, rights)
		}
		for group, roles := range c.Groups {
			distinct(group, roles)
		}
		for user, u := range c.Users {
			distinct(user, u.Groups)
		}
	}
}

func TestParseSizes(t *testing.T) {
	got, err := parseSizes("edges:50, sets:1000 users:20000")
	if err != nil || !slices.Equal(got, []size{{edges, 50}, {sets, 1000}, {users, 20000}}) {
		t.Errorf("%v, %v", got, err)
	}
	for _, text := range []string{"", "gateway:x", "edges", "edges:x", "edges:9", "trees:50"} {
		if got, err := parseSizes(text); err == nil {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestMedian(t *testing.T) {
	for _, test := range []struct {
		values []float64
		want   float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{9, 1}, 5}, {[]float64{5, 1, 100}, 5}} {
		if got := median(test.values); got != test.want {
			t.Errorf("median of %v: %v, want %v", test.values, got, test.want)
		}
	}
}
