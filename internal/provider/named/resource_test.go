package named_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// named is what the server holds of a group, a role or a right.
type named struct{ id, name, description string }

func TestAccGroup(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	testNamedResource(t, s, "group", s.API.Groups.Delete, func() (all []named) {
		for _, group := range s.Server.Snapshot().Groups {
			all = append(all, named{group.ID, group.Name, acctest.Text(group.Description)})
		}
		return all
	})
}

func TestAccRole(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	testNamedResource(t, s, "role", s.API.Roles.Delete, func() (all []named) {
		for _, role := range s.Server.Snapshot().Roles {
			all = append(all, named{role.ID, role.Name, acctest.Text(role.Description)})
		}
		return all
	})
}

func TestAccRight(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	testNamedResource(t, s, "right", s.API.Rights.Delete, func() (all []named) {
		for _, right := range s.Server.Snapshot().Rights {
			all = append(all, named{right.ID, right.Name, acctest.Text(right.Description)})
		}
		return all
	})
}

// testNamedResource leads a group, a role or a right through its life.
func testNamedResource(t *testing.T, s acctest.Service, noun string, remove func(context.Context, string) error, held func() []named) {
	t.Helper()
	address := "kamiwaza_" + noun + ".test"
	config := func(arguments string) string {
		return s.Config(fmt.Sprintf("resource \"kamiwaza_%s\" \"test\" {\n%s\n}", noun, arguments))
	}
	attribute := func(name string, value knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(address, tfjsonpath.New(name), value)
	}
	expectHeld := func(name, description string) resource.TestCheckFunc {
		return func(state *terraform.State) error {
			want := named{state.RootModule().Resources[address].Primary.ID, name, description}
			if all := held(); len(all) != 1 || all[0] != want {
				return fmt.Errorf("the server holds %+v, want only %+v", all, want)
			}
			return nil
		}
	}
	sameID := statecheck.CompareValue(compare.ValuesSame())
	newID := statecheck.CompareValue(compare.ValuesDiffer())

	resource.ParallelTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		CheckDestroy: func(*terraform.State) error {
			if all := held(); len(all) != 0 {
				return fmt.Errorf("the server still holds %+v", all)
			}
			return nil
		},
		Steps: []resource.TestStep{
			{ // create
				Config: config(`name = "first"` + "\n" + `description = "what it is for"`),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(address, plancheck.ResourceActionCreate),
						plancheck.ExpectUnknownValue(address, tfjsonpath.New("id")),
					},
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				},
				ConfigStateChecks: []statecheck.StateCheck{
					attribute("id", acctest.AnyUUID),
					attribute("created_at", acctest.AnyTimestamp),
					attribute("name", knownvalue.StringExact("first")),
					attribute("description", knownvalue.StringExact("what it is for")),
					sameID.AddStateValue(address, tfjsonpath.New("id")),
				},
				Check: expectHeld("first", "what it is for"),
			},
			{ // import by id
				ResourceName:      address,
				ImportState:       true,
				ImportStateVerify: true,
			},
			{ // a name, where no user leads to the object
				ResourceName:  address,
				ImportState:   true,
				ImportStateId: "first",
				ExpectError:   acctest.Says(fmt.Sprintf("Could not import %s %q", noun, "first"), "The API lists users alone", "can be found by its id only"),
			},
			{ // an id that names nothing
				ResourceName:  address,
				ImportState:   true,
				ImportStateId: "00000000-0000-4000-8000-000000000000",
				ExpectError:   acctest.Says(`Cannot import non-existent remote object`),
			},
			{ // update in place
				Config: config(`name = "second"` + "\n" + `description = "another purpose"`),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate)},
				},
				ConfigStateChecks: []statecheck.StateCheck{
					attribute("name", knownvalue.StringExact("second")),
					sameID.AddStateValue(address, tfjsonpath.New("id")),
				},
				Check: expectHeld("second", "another purpose"),
			},
			{ // leave the optional argument out: the server's value is cleared
				Config: config(`name = "second"`),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate),
						plancheck.ExpectKnownValue(address, tfjsonpath.New("id"), acctest.AnyUUID),
					},
				},
				ConfigStateChecks: []statecheck.StateCheck{attribute("description", knownvalue.Null())},
				Check:             expectHeld("second", ""),
			},
			{ // an empty text means the same as none: Terraform remembers it, and nothing is sent
				PreConfig: s.Server.ResetRequests,
				Config:    config(`name = "second"` + "\n" + `description = ""`),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				},
				ConfigStateChecks: []statecheck.StateCheck{attribute("description", knownvalue.StringExact(""))},
				Check: func(*terraform.State) error {
					if n := s.Count("PUT", "/auth/"+noun+"s/{"+noun+"_id}"); n != 0 {
						return fmt.Errorf("%d PUT requests, want none", n)
					}
					return nil
				},
			},
			{ // changed behind Terraform's back
				PreConfig: func() { s.Put(t, "/auth/"+noun+"s/"+held()[0].id, `{"description": "meddled with"}`) },
				Config:    config(`name = "second"`),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate)},
				},
				ConfigStateChecks: []statecheck.StateCheck{newID.AddStateValue(address, tfjsonpath.New("id"))},
				Check:             expectHeld("second", ""),
			},
			{ // deleted behind Terraform's back
				PreConfig: func() { acctest.Must(t, remove(t.Context(), held()[0].id)) },
				Config:    config(`name = "second"`),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionCreate)},
				},
				ConfigStateChecks: []statecheck.StateCheck{newID.AddStateValue(address, tfjsonpath.New("id"))},
				Check:             expectHeld("second", ""),
			},
			{ // what the server refuses, in its own words
				PreConfig: func() {
					s.Server.Inject(authserver.Fault{Method: "PUT", Times: 1, Status: 403, Body: `{"detail": "Only on weekdays"}`})
				},
				Config:      config(`name = "third"`),
				ExpectError: acctest.Says(`Could not update `+noun+` "second"`, "answered 403 Forbidden: Only on weekdays.", "writing needs a superuser"),
			},
			{ // a refusal changed nothing
				Config: config(`name = "second"`),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				},
			},
			{ // an empty name
				Config:      config(`name = ""`),
				ExpectError: acctest.Says(`name string length must be at least 1`),
			},
			{ // gone before Terraform deletes it
				PreConfig: func() {
					s.Server.Inject(authserver.Fault{Method: "DELETE", Times: 1, Status: 404, Body: `{"detail": "Not here any more"}`})
				},
				Config: s.Config(""),
			},
			{ // the fault above left the object behind
				PreConfig: func() { acctest.Must(t, remove(t.Context(), held()[0].id)) },
				Config:    s.Config(""),
			},
		},
	})
}
