package assignment_test

import (
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

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	rbacserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

func TestAccSets(t *testing.T) {
	t.Parallel()
	acctest.EachSetKind(t, authserver.Config{}, func(t *testing.T, s acctest.Service, k acctest.SetKind) {
		t.Helper()
		owner, other := k.NewOwner("owner"), k.NewOwner("other")
		a, b, c, d := k.NewElement("a"), k.NewElement("b"), k.NewElement("c"), k.NewElement("d")
		const nowhere = "00000000-0000-4000-8000-000000000000"
		resource.Test(t, resource.TestCase{
			ProtoV6ProviderFactories: acctest.Factories,
			Steps: []resource.TestStep{
				{Config: k.Config(s, "owner", a), ExpectError: acctest.Says("Invalid id", k.Owner+`_id: "owner" is not a UUID`)},
				{Config: k.Config(s, owner, "a"), ExpectError: acctest.Says("Invalid id", `"a" is not a UUID`)},
				{Config: k.Config(s, nowhere, a), ExpectError: acctest.Says("Could not create set of "+k.Element+"s of "+k.Owner+" "+nowhere, "404 Not Found")},
				{ // what others gave is taken away: the set is authoritative
					PreConfig: func() {
						acctest.Must(t, k.Add(t.Context(), owner, d))
						acctest.Must(t, k.Add(t.Context(), other, d))
					},
					Config:            k.Config(s, owner, a, b),
					ConfigPlanChecks:  k.Plans(plancheck.ResourceActionCreate),
					ConfigStateChecks: []statecheck.StateCheck{k.ExpectState(a, b)},
					Check:             resource.ComposeTestCheckFunc(k.ExpectHeld(owner, a, b), k.ExpectHeld(other, d)),
				},
				{ResourceName: k.Address(), ImportState: true, ImportStateVerify: true},
				{
					ResourceName: k.Address(), ImportState: true, ImportStateId: "nobody",
					ExpectError: acctest.Says("Could not import kamiwaza_"+k.TypeName+` "nobody"`, k.Owner),
				},
				{ResourceName: k.Address(), ImportState: true, ImportStateId: nowhere, ExpectError: acctest.Says("Cannot import non-existent remote object")},
				{ // an element added behind Terraform's back shows in the plan as one to remove
					PreConfig: func() { acctest.Must(t, k.Add(t.Context(), owner, c)) },
					Config:    k.Config(s, owner, a, b),
					ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(k.Address(), plancheck.ResourceActionUpdate),
						plancheck.ExpectKnownValue(k.Address(), tfjsonpath.New(k.Element+"_ids"), knownvalue.SetSizeExact(2)),
					}},
					Check: k.ExpectHeld(owner, a, b),
				},
				{ // an element removed behind Terraform's back comes back
					PreConfig:        func() { acctest.Must(t, k.Remove(t.Context(), owner, a)) },
					Config:           k.Config(s, owner, a, b),
					ConfigPlanChecks: k.Plans(plancheck.ResourceActionUpdate),
					Check:            k.ExpectHeld(owner, a, b),
				},
				{ // one out, one in
					Config:            k.Config(s, owner, b, c),
					ConfigPlanChecks:  k.Plans(plancheck.ResourceActionUpdate),
					ConfigStateChecks: []statecheck.StateCheck{k.ExpectState(b, c)},
					Check:             k.ExpectHeld(owner, b, c),
				},
				{
					Config:            k.Config(s, owner, b),
					ConfigStateChecks: []statecheck.StateCheck{k.ExpectState(b)},
					Check:             k.ExpectHeld(owner, b),
				},
				{ // an empty set means none
					Config:            k.Config(s, owner),
					ConfigPlanChecks:  k.Plans(plancheck.ResourceActionUpdate),
					ConfigStateChecks: []statecheck.StateCheck{k.ExpectState()},
					Check:             k.ExpectHeld(owner),
				},
				{Config: k.Config(s, owner, a, b), Check: k.ExpectHeld(owner, a, b)},
				{ // another owner is another set; the old one's own edges go
					Config:           k.Config(s, other, a, b, d),
					ConfigPlanChecks: k.Plans(plancheck.ResourceActionReplace),
					Check:            resource.ComposeTestCheckFunc(k.ExpectHeld(owner), k.ExpectHeld(other, a, b, d)),
				},
				{
					Config: s.Config(""),
					Check:  resource.ComposeTestCheckFunc(k.ExpectHeld(other), k.ExpectHeld(owner)),
				},
			},
		})
	})
}

// The edges that came after the last refresh are not Terraform's to remove.
func TestProtocol_setsLeaveForeignEdges(t *testing.T) {
	t.Parallel()
	acctest.EachSetKind(t, authserver.Config{}, func(t *testing.T, s acctest.Service, k acctest.SetKind) {
		t.Helper()
		owner := k.NewOwner("owner")
		a, b, c := k.NewElement("a"), k.NewElement("b"), k.NewElement("c")
		for _, element := range []string{a, b, c} {
			acctest.Must(t, k.Add(t.Context(), owner, element))
		}
		p := acctest.NewProtocol(t, s)
		state := map[string]any{"id": owner, k.Owner + "_id": owner, k.Element + "_ids": []string{a, b}}
		p.Destroy("kamiwaza_"+k.TypeName, state)
		acctest.Must(t, k.ExpectHeld(owner, c)(nil))
		p.Destroy("kamiwaza_"+k.TypeName, state) // once more, when they are gone already
		acctest.Must(t, k.ExpectHeld(owner, c)(nil))
	})
}

// A destruction that fails halfway leaves in the state what is left on the server.
func TestProtocol_setsHalfDestroyed(t *testing.T) {
	t.Parallel()
	acctest.EachSetKind(t, authserver.Config{}, func(t *testing.T, s acctest.Service, k acctest.SetKind) {
		t.Helper()
		owner := k.NewOwner("owner")
		elements := []string{k.NewElement("a"), k.NewElement("b")}
		for _, element := range elements {
			acctest.Must(t, k.Add(t.Context(), owner, element))
		}
		s.Server.Inject(authserver.Fault{Method: "DELETE", After: 1, Status: 403})
		p := acctest.NewProtocol(t, s)
		resp := p.TryDestroy("kamiwaza_"+k.TypeName, map[string]any{"id": owner, k.Owner + "_id": owner, k.Element + "_ids": elements})
		if len(resp.Diagnostics) == 0 {
			t.Error("there is no error")
		}
		inState, held := p.Set(p.StateType("kamiwaza_"+k.TypeName), resp.NewState, k.Element+"_ids"), slices.Sorted(slices.Values(k.Held(owner)))
		if len(held) != 1 || !slices.Equal(inState, held) {
			t.Errorf("the state has %v, the server %v", inState, held)
		}
	})
}

// A failure halfway leaves the state equal to what the server has, without a refresh in between.
func TestProtocol_setsAfterPartialFailure(t *testing.T) {
	t.Parallel()
	acctest.EachSetKind(t, authserver.Config{}, func(t *testing.T, s acctest.Service, k acctest.SetKind) {
		t.Helper()
		owner, gone := k.NewOwner("owner"), k.NewElement("gone")
		acctest.Must(t, k.Add(t.Context(), owner, gone))
		var elements []string
		for i := range 5 {
			elements = append(elements, k.NewElement(fmt.Sprintf("e%d", i)))
		}
		method, route, _ := strings.Cut(k.Write, " ")
		fault := authserver.Fault{Method: method, Route: route, After: 2, Times: 1, Status: 500} // the third of the five edges
		if k.One {
			fault.After, fault.Status, fault.Drop = 0, 0, authserver.DropAfter // all is done, and nothing heard of it
			fault.Times = 5
		}
		p := acctest.NewProtocol(t, s)
		s.Server.Inject(fault)
		prior := map[string]any{"id": owner, k.Owner + "_id": owner, k.Element + "_ids": []string{gone}}
		resp := p.Apply("kamiwaza_"+k.TypeName, prior, map[string]any{"id": owner, k.Owner + "_id": owner, k.Element + "_ids": elements})
		inState, held := p.Set(p.StateType("kamiwaza_"+k.TypeName), resp.NewState, k.Element+"_ids"), slices.Sorted(slices.Values(k.Held(owner)))
		if !slices.Equal(inState, held) {
			t.Errorf("the state has %v, the server %v", inState, held)
		}
		if failed := len(resp.Diagnostics) > 0; failed == k.One {
			t.Errorf("%d diagnostics, with %d of %d elements on the server", len(resp.Diagnostics), len(held), len(elements))
		}
	})
}

// After the first failure no further request is begun: what one user must not do is not tried for ten thousand.
func TestProtocol_membersStopAtTheFirstFailure(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, authserver.Config{})
	k := acctest.SetKinds(t, s)[0]
	owner := k.NewOwner("owner")
	var elements []string
	for i := range 50 {
		elements = append(elements, k.NewElement(fmt.Sprintf("e%d", i)))
	}
	method, route, _ := strings.Cut(k.Write, " ")
	s.Server.Inject(authserver.Fault{Method: method, Route: route, After: 2, Status: 403})
	p := acctest.NewProtocol(t, s)
	s.Server.ResetRequests()
	prior := map[string]any{"id": owner, k.Owner + "_id": owner, k.Element + "_ids": []string{}}
	resp := p.Apply("kamiwaza_"+k.TypeName, prior, map[string]any{"id": owner, k.Owner + "_id": owner, k.Element + "_ids": elements})
	if len(resp.Diagnostics) == 0 {
		t.Error("there is no error")
	}
	// Two succeed, and at most as many more as may be under way at a time are refused.
	if n := s.Count(method, route); n > 2+client.DefaultMaxConcurrentRequests {
		t.Errorf("%d requests were sent", n)
	}
	if inState := p.Set(p.StateType("kamiwaza_"+k.TypeName), resp.NewState, k.Element+"_ids"); len(inState) != 2 {
		t.Errorf("the state has %v, the server %v: %v", inState, k.Held(owner), resp.Diagnostics[0])
	}
}

func TestAccSets_partialFailure(t *testing.T) {
	t.Parallel()
	acctest.EachSetKind(t, authserver.Config{}, func(t *testing.T, s acctest.Service, k acctest.SetKind) {
		t.Helper()
		owner := k.NewOwner("owner")
		var elements []string
		for i := range 5 {
			elements = append(elements, k.NewElement(fmt.Sprintf("e%d", i)))
		}
		method, route, _ := strings.Cut(k.Write, " ")
		after := 2 // the third of the five edges
		if k.One {
			after = 0 // all five are one request
		}
		resource.Test(t, resource.TestCase{
			ProtoV6ProviderFactories: acctest.Factories,
			Steps: []resource.TestStep{
				{Config: k.Config(s, owner)},
				{
					PreConfig: func() {
						s.Server.Inject(authserver.Fault{Method: method, Route: route, After: after, Times: 1, Status: 500, Body: `{"detail": "out of luck"}`})
					},
					Config:      k.Config(s, owner, elements...),
					ExpectError: acctest.Says("Could not update set of "+k.Element+"s of "+k.Owner, "500 Internal Server Error: out of luck"),
				},
				{
					Config:           k.Config(s, owner, elements...),
					ConfigPlanChecks: k.Plans(plancheck.ResourceActionUpdate),
					Check:            k.ExpectHeld(owner, elements...),
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
	acctest.EachSetKind(t, config, func(t *testing.T, s acctest.Service, k acctest.SetKind) {
		t.Helper()
		owner := k.NewOwner("owner")
		a, b := k.NewElement("a"), k.NewElement("b")
		method, route, _ := strings.Cut(k.Write, " ")
		resource.Test(t, resource.TestCase{
			ProtoV6ProviderFactories: acctest.Factories,
			Steps: []resource.TestStep{
				{Config: k.Config(s, owner, a)},
				{ // the answer is lost, the request repeated, and by then there is nothing left to do
					PreConfig: func() {
						s.Server.Inject(authserver.Fault{Method: method, Route: route, Times: 1, Drop: authserver.DropAfter})
					},
					Config:            k.Config(s, owner, a, b),
					ConfigStateChecks: []statecheck.StateCheck{k.ExpectState(a, b)},
					Check:             k.ExpectHeld(owner, a, b),
				},
			},
		})
	})
}

func TestAccSets_thousand(t *testing.T) {
	t.Parallel()
	const n = 1000
	acctest.EachSetKind(t, authserver.Config{}, func(t *testing.T, s acctest.Service, k acctest.SetKind) {
		t.Helper()
		owner := k.NewOwner("owner")
		elements := make([]string, n)
		for i := range elements {
			elements[i] = k.NewElement(fmt.Sprintf("e%04d", i))
		}
		method, route, _ := strings.Cut(k.Write, " ")
		resource.Test(t, resource.TestCase{
			ProtoV6ProviderFactories: acctest.Factories,
			Steps: []resource.TestStep{
				{
					PreConfig: s.Server.ResetRequests,
					Config:    k.Config(s, owner, elements...),
					Check: func(*terraform.State) error {
						want := n
						if k.One {
							want = 1
						}
						if got := s.Count(method, route); got != want {
							return fmt.Errorf("%d requests %s, want %d", got, k.Write, want)
						}
						return k.ExpectHeld(owner, elements...)(nil)
					},
					ConfigPlanChecks: k.Plans(plancheck.ResourceActionCreate),
				},
				{
					Config:           k.Config(s, owner, elements[1:]...),
					ConfigPlanChecks: k.Plans(plancheck.ResourceActionUpdate),
					Check:            k.ExpectHeld(owner, elements[1:]...),
				},
			},
		})
	})
}

func TestAccSets_ownerDeleted(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, authserver.Config{API: rbacserver.Behavior{DeleteCascades: true}})
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
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{Config: s.Config(config)},
			{
				PreConfig: func() { acctest.Must(t, s.API.Roles.Delete(t.Context(), s.Server.Snapshot().Roles[0].ID)) },
				Config:    s.Config(config),
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
