package assignment_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	rbacserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// ends are the ids at the two ends of an edge.
type ends struct{ from, to string }

func TestAccGroupMember(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	testAssignment(t, s, "group_member", "group", "user", edges{
		add:    func(ctx context.Context, e ends) error { return s.API.Users.AddGroup(ctx, e.to, e.from) },
		remove: func(ctx context.Context, e ends) error { return s.API.Users.RemoveGroup(ctx, e.to, e.from) },
		held: func() (all []ends) {
			for _, user := range s.Server.Snapshot().Users {
				for _, group := range user.Groups {
					all = append(all, ends{group, user.ID})
				}
			}
			return all
		},
	})
}

func TestAccGroupRole(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	testAssignment(t, s, "group_role", "group", "role", edges{
		add:    func(ctx context.Context, e ends) error { return s.API.Groups.AddRole(ctx, e.from, e.to) },
		remove: func(ctx context.Context, e ends) error { return s.API.Groups.RemoveRole(ctx, e.from, e.to) },
		held: func() (all []ends) {
			for _, group := range s.Server.Snapshot().Groups {
				for _, role := range group.Roles {
					all = append(all, ends{group.ID, role})
				}
			}
			return all
		},
	})
}

func TestAccRoleRight(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	testAssignment(t, s, "role_right", "role", "right", edges{
		add:    func(ctx context.Context, e ends) error { return s.API.Roles.AddRight(ctx, e.from, e.to) },
		remove: func(ctx context.Context, e ends) error { return s.API.Roles.RemoveRight(ctx, e.from, e.to) },
		held: func() (all []ends) {
			for _, role := range s.Server.Snapshot().Roles {
				for _, right := range role.Rights {
					all = append(all, ends{role.ID, right})
				}
			}
			return all
		},
	})
}

// edges is one kind of edge: how to change it behind Terraform's back, and all that the server holds.
type edges struct {
	add, remove func(context.Context, ends) error
	held        func() []ends
}

// testAssignment leads an edge between the objects "a" and "b" through its life, while the edge from "a" to "c",
// which Terraform does not manage, stays as it is.
func testAssignment(t *testing.T, s acctest.Service, typeName, from, to string, kind edges) {
	t.Helper()
	address := "kamiwaza_" + typeName + ".test"
	object := func(noun, name string) string {
		if noun == "user" {
			return fmt.Sprintf(`
resource "kamiwaza_user" %[1]q {
  username = %[1]q
  email    = "%[1]s@example.com"
  password = "analytical engine"
}`, name)
		}
		return fmt.Sprintf(`
resource "kamiwaza_%s" %[2]q {
  name = %[2]q
}`, noun, name)
	}
	objects := object(from, "a") + object(to, "b") + object(to, "c")
	edge := func(target string) string {
		return fmt.Sprintf(`
resource "kamiwaza_%[1]s" "test" {
  %[2]s_id = kamiwaza_%[2]s.a.id
  %[3]s_id = kamiwaza_%[3]s.%[4]s.id
}`, typeName, from, to, target)
	}
	var a, b, c string // their ids, known after the first step
	learn := func(state *terraform.State) error {
		id := func(noun, name string) string {
			return state.RootModule().Resources["kamiwaza_"+noun+"."+name].Primary.ID
		}
		a, b, c = id(from, "a"), id(to, "b"), id(to, "c")
		return nil
	}
	expectHeld := func(want ...string) resource.TestCheckFunc {
		return func(*terraform.State) error {
			var got []string
			for _, e := range kind.held() {
				got = append(got, strings.NewReplacer(a, "a", b, "b", c, "c").Replace(e.from+"→"+e.to))
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				return fmt.Errorf("the server holds the edges %v, want %v", got, want)
			}
			return nil
		}
	}
	plans := func(action plancheck.ResourceActionType) resource.ConfigPlanChecks {
		return resource.ConfigPlanChecks{
			PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, action)},
			PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
		}
	}
	form := fmt.Sprintf("A kamiwaza_%s is imported as <%s>/<%s>", typeName, from, to)
	const nowhere = "00000000-0000-4000-8000-000000000000"

	resource.ParallelTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{
				Config:      s.Config(fmt.Sprintf("resource \"kamiwaza_%s\" \"test\" {\n%s_id = \"a\"\n%s_id = \"%s\"\n}", typeName, from, to, nowhere)),
				ExpectError: acctest.Says("Invalid id", from+`_id: "a" is not a UUID such as`),
			},
			{
				Config: s.Config(objects),
				Check:  resource.ComposeTestCheckFunc(learn, expectHeld()),
			},
			{ // beside an edge that somebody else made
				PreConfig:        func() { acctest.Must(t, kind.add(t.Context(), ends{a, c})) },
				Config:           s.Config(objects + edge("b")),
				ConfigPlanChecks: plans(plancheck.ResourceActionCreate),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.CompareValuePairs(address, tfjsonpath.New(from+"_id"), "kamiwaza_"+from+".a", tfjsonpath.New("id"), compare.ValuesSame()),
					statecheck.CompareValuePairs(address, tfjsonpath.New(to+"_id"), "kamiwaza_"+to+".b", tfjsonpath.New("id"), compare.ValuesSame()),
				},
				Check: resource.ComposeTestCheckFunc(
					expectHeld("a→b", "a→c"),
					func(state *terraform.State) error {
						if id := state.RootModule().Resources[address].Primary.ID; id != a+"/"+b {
							return fmt.Errorf("the id is %q, want %s/%s", id, a, b)
						}
						return nil
					}),
			},
			{ResourceName: address, ImportState: true, ImportStateVerify: true},
			{ResourceName: address, ImportState: true, ImportStateId: nowhere, ExpectError: acctest.Says(form, "is not of that form")},
			{ResourceName: address, ImportState: true, ImportStateId: nowhere + "/x", ExpectError: acctest.Says("Could not import kamiwaza_"+typeName, `"x"`)},
			{ResourceName: address, ImportState: true, ImportStateId: "x/" + nowhere, ExpectError: acctest.Says("Could not import kamiwaza_"+typeName, from)},
			{ResourceName: address, ImportState: true, ImportStateId: nowhere + "/" + nowhere + "/x", ExpectError: acctest.Says("Could not import kamiwaza_"+typeName, to)},
			{ResourceName: address, ImportState: true, ImportStateId: nowhere + "/" + nowhere, ExpectError: acctest.Says("Cannot import non-existent remote object")},
			{ // removed behind Terraform's back
				PreConfig:        func() { acctest.Must(t, kind.remove(t.Context(), ends{a, b})) },
				Config:           s.Config(objects + edge("b")),
				ConfigPlanChecks: plans(plancheck.ResourceActionCreate),
				Check:            expectHeld("a→b", "a→c"),
			},
			{ // another end is another edge; the one that exists already becomes Terraform's
				Config:           s.Config(objects + edge("c")),
				ConfigPlanChecks: plans(plancheck.ResourceActionReplace),
				Check:            expectHeld("a→c"),
			},
			{
				PreConfig: func() {
					s.Server.Inject(authserver.Fault{Method: "DELETE", Times: 1, Status: 403, Body: `{"detail": "Not while I am looking"}`})
				},
				Config:      s.Config(objects),
				ExpectError: acctest.Says("Could not delete assignment of "+to, "answered 403 Forbidden: Not while I am looking."),
			},
			{ // which changed nothing, and the edge is still known
				Config:           s.Config(objects + edge("c")),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
				Check:            expectHeld("a→c"),
			},
			{ // removed on both sides
				PreConfig: func() {
					acctest.Must(t, kind.remove(t.Context(), ends{a, c}))
					acctest.Must(t, kind.add(t.Context(), ends{a, b}))
				},
				Config: s.Config(objects),
				Check:  expectHeld("a→b"), // not Terraform's
			},
			{ // or the server would rightly refuse to delete what is still in use
				PreConfig: func() { acctest.Must(t, kind.remove(t.Context(), ends{a, b})) },
				Config:    s.Config(""),
			},
		},
	})
}

// An edge is gone when either of its ends is, whatever a server leaves behind.
func TestAccAssignment_endDeleted(t *testing.T) {
	s := acctest.Start(t, authserver.Config{API: rbacserver.Behavior{DeleteCascades: true}})
	recreated := func(addresses ...string) resource.ConfigPlanChecks {
		var checks []plancheck.PlanCheck
		for _, address := range addresses {
			checks = append(checks, plancheck.ExpectResourceAction(address, plancheck.ResourceActionCreate))
		}
		return resource.ConfigPlanChecks{PreApply: checks, PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
	}
	resource.ParallelTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{Config: s.Config(acctest.Company)},
			{
				PreConfig:        func() { acctest.Must(t, s.API.Users.Delete(t.Context(), s.MustUser(t, "ada").ID)) },
				Config:           s.Config(acctest.Company),
				ConfigPlanChecks: recreated("kamiwaza_user.ada", "kamiwaza_group_member.ada"),
			},
			{
				PreConfig:        func() { acctest.Must(t, s.API.Groups.Delete(t.Context(), s.Server.Snapshot().Groups[0].ID)) },
				Config:           s.Config(acctest.Company),
				ConfigPlanChecks: recreated("kamiwaza_group.admins", "kamiwaza_group_member.ada", "kamiwaza_group_role.operator"),
			},
			{
				PreConfig:        func() { acctest.Must(t, s.API.Roles.Delete(t.Context(), s.Server.Snapshot().Roles[0].ID)) },
				Config:           s.Config(acctest.Company),
				ConfigPlanChecks: recreated("kamiwaza_role.operator", "kamiwaza_group_role.operator", "kamiwaza_role_right.restart"),
			},
			{
				PreConfig:        func() { acctest.Must(t, s.API.Rights.Delete(t.Context(), s.Server.Snapshot().Rights[0].ID)) },
				Config:           s.Config(acctest.Company),
				ConfigPlanChecks: recreated("kamiwaza_right.restart", "kamiwaza_role_right.restart"),
			},
		},
	})
}

// What is still assigned by somebody else cannot be deleted, and the error says what to do.
func TestAccAssignment_stillInUse(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	var foreign rbac.Group
	resource.ParallelTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{Config: s.Config(acctest.Company)},
			{
				PreConfig: func() {
					var err error
					foreign, err = s.API.Groups.Create(t.Context(), rbac.GroupCreate{Name: "foreign", Roles: []string{s.Server.Snapshot().Roles[0].ID}})
					acctest.Must(t, err)
				},
				Config:      s.Config(""),
				ExpectError: acctest.Says(`Could not delete role "operator"`, "409 Conflict", "Assignments that Terraform does not manage have to be removed by hand"),
			},
			{
				PreConfig: func() { acctest.Must(t, s.API.Groups.Delete(t.Context(), foreign.ID)) },
				Config:    s.Config(""),
				Check: func(*terraform.State) error {
					data := s.Server.Snapshot()
					if n := len(data.Organizations) + len(data.Groups) + len(data.Roles) + len(data.Rights); n != 0 || len(data.Users) != 1 {
						return fmt.Errorf("the server still holds %+v", data)
					}
					return nil
				},
			},
		},
	})
}
