package provider_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	rbacserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// setKind is one type of whole sets, and how to look at and change its edges without Terraform.
type setKind struct {
	typeName, owner, element string
	// write is the request that changes the set, and one tells whether it changes all at once.
	write string
	one   bool

	newOwner, newElement func(name string) string
	add, remove          func(ctx context.Context, owner, element string) error
	held                 func(owner string) []string
}

func setKinds(t *testing.T, s service) []setKind {
	t.Helper()
	newUser := func(name string) string {
		user, err := s.api.Users.Create(t.Context(), rbac.UserCreate{Username: name, Email: name + "@example.com", Password: "analytical engine"})
		must(t, err)
		return user.ID
	}
	newGroup := func(name string) string {
		group, err := s.api.Groups.Create(t.Context(), rbac.GroupCreate{Name: name})
		must(t, err)
		return group.ID
	}
	newRole := func(name string) string {
		role, err := s.api.Roles.Create(t.Context(), rbac.RoleCreate{Name: name})
		must(t, err)
		return role.ID
	}
	newRight := func(name string) string {
		right, err := s.api.Rights.Create(t.Context(), rbac.RightCreate{Name: name})
		must(t, err)
		return right.ID
	}
	return []setKind{
		{
			typeName: "group_members", owner: "group", element: "user", write: "POST /auth/users/{user_id}/groups/{group_id}",
			newOwner: newGroup, newElement: newUser,
			add:    func(ctx context.Context, group, user string) error { return s.api.Users.AddGroup(ctx, user, group) },
			remove: func(ctx context.Context, group, user string) error { return s.api.Users.RemoveGroup(ctx, user, group) },
			held: func(group string) (members []string) {
				for _, user := range s.Server.Snapshot().Users {
					if slices.Contains(user.Groups, group) {
						members = append(members, user.ID)
					}
				}
				return members
			},
		},
		{
			typeName: "user_groups", owner: "user", element: "group", write: "PUT /auth/users/{user_id}", one: true,
			newOwner: newUser, newElement: newGroup, add: s.api.Users.AddGroup, remove: s.api.Users.RemoveGroup,
			held: func(owner string) []string {
				for _, user := range s.Server.Snapshot().Users {
					if user.ID == owner {
						return user.Groups
					}
				}
				return nil
			},
		},
		{
			typeName: "group_roles", owner: "group", element: "role", write: "PUT /auth/groups/{group_id}", one: true,
			newOwner: newGroup, newElement: newRole, add: s.api.Groups.AddRole, remove: s.api.Groups.RemoveRole,
			held: func(owner string) []string {
				for _, group := range s.Server.Snapshot().Groups {
					if group.ID == owner {
						return group.Roles
					}
				}
				return nil
			},
		},
		{
			typeName: "role_rights", owner: "role", element: "right", write: "PUT /auth/roles/{role_id}", one: true,
			newOwner: newRole, newElement: newRight, add: s.api.Roles.AddRight, remove: s.api.Roles.RemoveRight,
			held: func(owner string) []string {
				for _, role := range s.Server.Snapshot().Roles {
					if role.ID == owner {
						return role.Rights
					}
				}
				return nil
			},
		},
	}
}

func (k setKind) address() string { return "kamiwaza_" + k.typeName + ".test" }

func (k setKind) config(s service, owner string, elements ...string) string {
	return s.config(k.resource(owner, elements...))
}

func (k setKind) resource(owner string, elements ...string) string {
	list := ""
	if len(elements) > 0 {
		list = `"` + strings.Join(elements, `", "`) + `"`
	}
	return fmt.Sprintf("resource \"kamiwaza_%s\" \"test\" {\n  %s_id  = %q\n  %s_ids = [%s]\n}\n", k.typeName, k.owner, owner, k.element, list)
}

func (k setKind) expectHeld(owner string, want ...string) resource.TestCheckFunc {
	return func(*terraform.State) error {
		got, wanted := slices.Sorted(slices.Values(k.held(owner))), slices.Sorted(slices.Values(want))
		switch {
		case slices.Equal(got, wanted):
			return nil
		case len(wanted) > 10:
			return fmt.Errorf("the server holds %d elements that are not the %d wanted", len(got), len(wanted))
		}
		return fmt.Errorf("the server holds %v, want %v", got, wanted)
	}
}

func (k setKind) expectState(elements ...string) statecheck.StateCheck {
	checks := make([]knownvalue.Check, len(elements))
	for i, element := range elements {
		checks[i] = knownvalue.StringExact(element)
	}
	return statecheck.ExpectKnownValue(k.address(), tfjsonpath.New(k.element+"_ids"), knownvalue.SetExact(checks))
}

func (k setKind) plans(action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{
		PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(k.address(), action)},
		PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
	}
}

// eachSetKind runs a test for each type of sets with a server of its own.
func eachSetKind(t *testing.T, config authserver.Config, test func(t *testing.T, s service, k setKind)) {
	t.Helper()
	for i, typeName := range []string{"group_members", "user_groups", "group_roles", "role_rights"} {
		t.Run(typeName, func(t *testing.T) {
			t.Parallel()
			s := start(t, config)
			test(t, s, setKinds(t, s)[i])
		})
	}
}

func TestAccSets(t *testing.T) {
	t.Parallel()
	eachSetKind(t, authserver.Config{}, func(t *testing.T, s service, k setKind) {
		t.Helper()
		owner, other := k.newOwner("owner"), k.newOwner("other")
		a, b, c, d := k.newElement("a"), k.newElement("b"), k.newElement("c"), k.newElement("d")
		const nowhere = "00000000-0000-4000-8000-000000000000"
		resource.Test(t, resource.TestCase{
			ProtoV6ProviderFactories: factories,
			Steps: []resource.TestStep{
				{Config: k.config(s, "owner", a), ExpectError: says("Invalid id", k.owner+`_id: "owner" is not a UUID`)},
				{Config: k.config(s, owner, "a"), ExpectError: says("Invalid id", `"a" is not a UUID`)},
				{Config: k.config(s, nowhere, a), ExpectError: says("Could not create set of "+k.element+"s of "+k.owner+" "+nowhere, "404 Not Found")},
				{ // what others gave is taken away: the set is authoritative
					PreConfig: func() {
						must(t, k.add(t.Context(), owner, d))
						must(t, k.add(t.Context(), other, d))
					},
					Config:            k.config(s, owner, a, b),
					ConfigPlanChecks:  k.plans(plancheck.ResourceActionCreate),
					ConfigStateChecks: []statecheck.StateCheck{k.expectState(a, b)},
					Check:             resource.ComposeTestCheckFunc(k.expectHeld(owner, a, b), k.expectHeld(other, d)),
				},
				{ResourceName: k.address(), ImportState: true, ImportStateVerify: true},
				{
					ResourceName: k.address(), ImportState: true, ImportStateId: "owner",
					ExpectError: says("A kamiwaza_" + k.typeName + " is imported by the id of its " + k.owner + `: "owner" is not a UUID`),
				},
				{ResourceName: k.address(), ImportState: true, ImportStateId: nowhere, ExpectError: says("Cannot import non-existent remote object")},
				{ // an element added behind Terraform's back shows in the plan as one to remove
					PreConfig: func() { must(t, k.add(t.Context(), owner, c)) },
					Config:    k.config(s, owner, a, b),
					ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(k.address(), plancheck.ResourceActionUpdate),
						plancheck.ExpectKnownValue(k.address(), tfjsonpath.New(k.element+"_ids"), knownvalue.SetSizeExact(2)),
					}},
					Check: k.expectHeld(owner, a, b),
				},
				{ // an element removed behind Terraform's back comes back
					PreConfig:        func() { must(t, k.remove(t.Context(), owner, a)) },
					Config:           k.config(s, owner, a, b),
					ConfigPlanChecks: k.plans(plancheck.ResourceActionUpdate),
					Check:            k.expectHeld(owner, a, b),
				},
				{ // one out, one in
					Config:            k.config(s, owner, b, c),
					ConfigPlanChecks:  k.plans(plancheck.ResourceActionUpdate),
					ConfigStateChecks: []statecheck.StateCheck{k.expectState(b, c)},
					Check:             k.expectHeld(owner, b, c),
				},
				{
					Config:            k.config(s, owner, b),
					ConfigStateChecks: []statecheck.StateCheck{k.expectState(b)},
					Check:             k.expectHeld(owner, b),
				},
				{ // an empty set means none
					Config:            k.config(s, owner),
					ConfigPlanChecks:  k.plans(plancheck.ResourceActionUpdate),
					ConfigStateChecks: []statecheck.StateCheck{k.expectState()},
					Check:             k.expectHeld(owner),
				},
				{Config: k.config(s, owner, a, b), Check: k.expectHeld(owner, a, b)},
				{ // another owner is another set; the old one's own edges go
					Config:           k.config(s, other, a, b, d),
					ConfigPlanChecks: k.plans(plancheck.ResourceActionReplace),
					Check:            resource.ComposeTestCheckFunc(k.expectHeld(owner), k.expectHeld(other, a, b, d)),
				},
				{
					Config: s.config(""),
					Check:  resource.ComposeTestCheckFunc(k.expectHeld(other), k.expectHeld(owner)),
				},
			},
		})
	})
}

// The edges that came after the last refresh are not Terraform's to remove.
func TestProtocol_setsLeaveForeignEdges(t *testing.T) {
	t.Parallel()
	eachSetKind(t, authserver.Config{}, func(t *testing.T, s service, k setKind) {
		t.Helper()
		owner := k.newOwner("owner")
		a, b, c := k.newElement("a"), k.newElement("b"), k.newElement("c")
		for _, element := range []string{a, b, c} {
			must(t, k.add(t.Context(), owner, element))
		}
		p := newProtocol(t, s)
		state := map[string]any{"id": owner, k.owner + "_id": owner, k.element + "_ids": []string{a, b}}
		p.destroy("kamiwaza_"+k.typeName, state)
		must(t, k.expectHeld(owner, c)(nil))
		p.destroy("kamiwaza_"+k.typeName, state) // once more, when they are gone already
		must(t, k.expectHeld(owner, c)(nil))
	})
}

// A destruction that fails halfway leaves in the state what is left on the server.
func TestProtocol_setsHalfDestroyed(t *testing.T) {
	t.Parallel()
	eachSetKind(t, authserver.Config{}, func(t *testing.T, s service, k setKind) {
		t.Helper()
		owner := k.newOwner("owner")
		elements := []string{k.newElement("a"), k.newElement("b")}
		for _, element := range elements {
			must(t, k.add(t.Context(), owner, element))
		}
		s.Server.Inject(authserver.Fault{Method: "DELETE", After: 1, Status: 403})
		p := newProtocol(t, s)
		resp := p.tryDestroy("kamiwaza_"+k.typeName, map[string]any{"id": owner, k.owner + "_id": owner, k.element + "_ids": elements})
		if len(resp.Diagnostics) == 0 {
			t.Error("there is no error")
		}
		inState, held := p.set(p.stateType("kamiwaza_"+k.typeName), resp.NewState, k.element+"_ids"), slices.Sorted(slices.Values(k.held(owner)))
		if len(held) != 1 || !slices.Equal(inState, held) {
			t.Errorf("the state has %v, the server %v", inState, held)
		}
	})
}

// A failure halfway leaves the state equal to what the server has, without a refresh in between.
func TestProtocol_setsAfterPartialFailure(t *testing.T) {
	t.Parallel()
	eachSetKind(t, authserver.Config{}, func(t *testing.T, s service, k setKind) {
		t.Helper()
		owner, gone := k.newOwner("owner"), k.newElement("gone")
		must(t, k.add(t.Context(), owner, gone))
		var elements []string
		for i := range 5 {
			elements = append(elements, k.newElement(fmt.Sprintf("e%d", i)))
		}
		method, route, _ := strings.Cut(k.write, " ")
		fault := authserver.Fault{Method: method, Route: route, After: 2, Times: 1, Status: 500} // the third of the five edges
		if k.one {
			fault.After, fault.Status, fault.Drop = 0, 0, authserver.DropAfter // all is done, and nothing heard of it
			fault.Times = 5
		}
		p := newProtocol(t, s)
		s.Server.Inject(fault)
		prior := map[string]any{"id": owner, k.owner + "_id": owner, k.element + "_ids": []string{gone}}
		resp := p.apply("kamiwaza_"+k.typeName, prior, map[string]any{"id": owner, k.owner + "_id": owner, k.element + "_ids": elements})
		inState, held := p.set(p.stateType("kamiwaza_"+k.typeName), resp.NewState, k.element+"_ids"), slices.Sorted(slices.Values(k.held(owner)))
		if !slices.Equal(inState, held) {
			t.Errorf("the state has %v, the server %v", inState, held)
		}
		if failed := len(resp.Diagnostics) > 0; failed == k.one {
			t.Errorf("%d diagnostics, with %d of %d elements on the server", len(resp.Diagnostics), len(held), len(elements))
		}
	})
}

// After the first failure no further request is begun: what one user must not do is not tried for ten thousand.
func TestProtocol_membersStopAtTheFirstFailure(t *testing.T) {
	t.Parallel()
	s := start(t, authserver.Config{})
	k := setKinds(t, s)[0]
	owner := k.newOwner("owner")
	var elements []string
	for i := range 50 {
		elements = append(elements, k.newElement(fmt.Sprintf("e%d", i)))
	}
	method, route, _ := strings.Cut(k.write, " ")
	s.Server.Inject(authserver.Fault{Method: method, Route: route, After: 2, Status: 403})
	p := newProtocol(t, s)
	s.Server.ResetRequests()
	prior := map[string]any{"id": owner, k.owner + "_id": owner, k.element + "_ids": []string{}}
	resp := p.apply("kamiwaza_"+k.typeName, prior, map[string]any{"id": owner, k.owner + "_id": owner, k.element + "_ids": elements})
	if len(resp.Diagnostics) == 0 {
		t.Error("there is no error")
	}
	// Two succeed, and at most as many more as may be under way at a time are refused.
	if n := s.count(method, route); n > 2+client.DefaultMaxConcurrentRequests {
		t.Errorf("%d requests were sent", n)
	}
	if inState := p.set(p.stateType("kamiwaza_"+k.typeName), resp.NewState, k.element+"_ids"); len(inState) != 2 {
		t.Errorf("the state has %v, the server %v: %v", inState, k.held(owner), resp.Diagnostics[0])
	}
}

func TestAccSets_partialFailure(t *testing.T) {
	t.Parallel()
	eachSetKind(t, authserver.Config{}, func(t *testing.T, s service, k setKind) {
		t.Helper()
		owner := k.newOwner("owner")
		var elements []string
		for i := range 5 {
			elements = append(elements, k.newElement(fmt.Sprintf("e%d", i)))
		}
		method, route, _ := strings.Cut(k.write, " ")
		after := 2 // the third of the five edges
		if k.one {
			after = 0 // all five are one request
		}
		resource.Test(t, resource.TestCase{
			ProtoV6ProviderFactories: factories,
			Steps: []resource.TestStep{
				{Config: k.config(s, owner)},
				{
					PreConfig: func() {
						s.Server.Inject(authserver.Fault{Method: method, Route: route, After: after, Times: 1, Status: 500, Body: `{"detail": "out of luck"}`})
					},
					Config:      k.config(s, owner, elements...),
					ExpectError: says("Could not update set of "+k.element+"s of "+k.owner, "500 Internal Server Error: out of luck"),
				},
				{
					Config:           k.config(s, owner, elements...),
					ConfigPlanChecks: k.plans(plancheck.ResourceActionUpdate),
					Check:            k.expectHeld(owner, elements...),
				},
			},
		})
	})
}

// Under each answer to assigning twice and to removing what is not assigned, the outcome is what was configured.
func TestAccSets_redundantChanges(t *testing.T) {
	t.Parallel()
	config := authserver.Config{API: rbacserver.Behavior{
		AssignTwice: rbacserver.RedundantConflict, RemoveUnassigned: rbacserver.RedundantNotFound, DeleteCascades: true, NullClears: true,
	}}
	eachSetKind(t, config, func(t *testing.T, s service, k setKind) {
		t.Helper()
		owner := k.newOwner("owner")
		a, b := k.newElement("a"), k.newElement("b")
		method, route, _ := strings.Cut(k.write, " ")
		resource.Test(t, resource.TestCase{
			ProtoV6ProviderFactories: factories,
			Steps: []resource.TestStep{
				{Config: k.config(s, owner, a)},
				{ // the answer is lost, the request repeated, and by then there is nothing left to do
					PreConfig: func() {
						s.Server.Inject(authserver.Fault{Method: method, Route: route, Times: 1, Drop: authserver.DropAfter})
					},
					Config:            k.config(s, owner, a, b),
					ConfigStateChecks: []statecheck.StateCheck{k.expectState(a, b)},
					Check:             k.expectHeld(owner, a, b),
				},
			},
		})
	})
}

func TestAccSets_thousand(t *testing.T) {
	t.Parallel()
	const n = 1000
	eachSetKind(t, authserver.Config{}, func(t *testing.T, s service, k setKind) {
		t.Helper()
		owner := k.newOwner("owner")
		elements := make([]string, n)
		for i := range elements {
			elements[i] = k.newElement(fmt.Sprintf("e%04d", i))
		}
		method, route, _ := strings.Cut(k.write, " ")
		resource.Test(t, resource.TestCase{
			ProtoV6ProviderFactories: factories,
			Steps: []resource.TestStep{
				{
					PreConfig: s.Server.ResetRequests,
					Config:    k.config(s, owner, elements...),
					Check: func(*terraform.State) error {
						want := n
						if k.one {
							want = 1
						}
						if got := s.count(method, route); got != want {
							return fmt.Errorf("%d requests %s, want %d", got, k.write, want)
						}
						return k.expectHeld(owner, elements...)(nil)
					},
					ConfigPlanChecks: k.plans(plancheck.ResourceActionCreate),
				},
				{
					Config:           k.config(s, owner, elements[1:]...),
					ConfigPlanChecks: k.plans(plancheck.ResourceActionUpdate),
					Check:            k.expectHeld(owner, elements[1:]...),
				},
			},
		})
	})
}

func TestAccSets_ownerDeleted(t *testing.T) {
	t.Parallel()
	s := start(t, authserver.Config{API: rbacserver.Behavior{DeleteCascades: true}})
	const config = `
resource "kamiwaza_role" "operator" {
  name = "operator"
}
resource "kamiwaza_right" "restart" {
  name = "restart"
}
resource "kamiwaza_role_rights" "operator" {
  role_id   = kamiwaza_role.operator.id
  right_ids = [kamiwaza_right.restart.id]
}
`
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories,
		Steps: []resource.TestStep{
			{Config: s.config(config)},
			{
				PreConfig: func() { must(t, s.api.Roles.Delete(t.Context(), s.Server.Snapshot().Roles[0].ID)) },
				Config:    s.config(config),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction("kamiwaza_role.operator", plancheck.ResourceActionCreate),
						plancheck.ExpectResourceAction("kamiwaza_role_rights.operator", plancheck.ResourceActionCreate),
					},
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				},
			},
		},
	})
}
