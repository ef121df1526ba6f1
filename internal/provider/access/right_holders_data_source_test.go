package access_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

func TestAccRightHoldersDataSource(t *testing.T) {
	s := acctest.Start(t, sharedNames)
	a := newAccess(t, s)
	_, err := s.API.Users.Update(t.Context(), a.mary.ID, rbac.UserUpdate{IsActive: client.Set(false)})
	acctest.Must(t, err)
	_, err = s.API.Users.Update(t.Context(), a.zoe.ID, rbac.UserUpdate{IsSuperuser: client.Set(true)})
	acctest.Must(t, err)
	unheld, err := s.API.Rights.Create(t.Context(), rbac.RightCreate{Name: "unheld"})
	acctest.Must(t, err)

	const address = "data.kamiwaza_right_holders.test"
	config := func(right string) string {
		return s.Config(fmt.Sprintf("data \"kamiwaza_right_holders\" \"test\" {\n  right_id = %q\n}", right))
	}
	holder := func(user rbac.User, paths ...knownvalue.Check) knownvalue.Check {
		return knownvalue.ObjectExact(map[string]knownvalue.Check{
			"user_id": knownvalue.StringExact(user.ID), "username": knownvalue.StringExact(user.Username), "paths": knownvalue.ListExact(paths),
		})
	}
	resource.ParallelTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{
				Config: config(a.look.ID),
				ConfigStateChecks: acctest.Holds(address, map[string]knownvalue.Check{
					"right_id":   knownvalue.StringExact(a.look.ID),
					"right_name": knownvalue.StringExact("look"),
					"holders": knownvalue.ListExact([]knownvalue.Check{
						holder(a.ada, pathIs(a.admins, a.operator), pathIs(a.admins, a.viewer), pathIs(a.staff, a.viewer)),
						holder(a.zoe, pathIs(a.staff, a.viewer)),
					}),
					"usernames":          acctest.Texts("ada", "zoe"),
					"inactive_usernames": acctest.Texts("mary"),
					"superusers":         acctest.Texts("admin", "zoe"),
				}),
			},
			{
				Config:      s.Config("data \"kamiwaza_right_holders\" \"test\" {\n  right_name = \"look\"\n}"),
				ExpectError: acctest.Says(`Could not read right "look"`, `2 rights are called "look"`, a.look.ID),
			},
			{
				Config:      s.Config("data \"kamiwaza_right_holders\" \"test\" {\n  right_name = \"unheld\"\n}"),
				ExpectError: acctest.Says(`Could not find right "unheld"`, "a right that no user has can be found by its id only"),
			},
			{
				Config: s.Config("data \"kamiwaza_right_holders\" \"test\" {\n  right_name = \"restart\"\n}"),
				ConfigStateChecks: acctest.Holds(address, map[string]knownvalue.Check{
					"right_id": knownvalue.StringExact(a.restart.ID), "right_name": knownvalue.StringExact("restart"), "usernames": acctest.Texts("ada"),
				}),
			},
			{ // the other right of that name
				Config: config(a.look2.ID),
				ConfigStateChecks: acctest.Holds(address, map[string]knownvalue.Check{
					"holders": knownvalue.ListExact([]knownvalue.Check{
						holder(a.ada, pathIs(a.admins, a.viewer), pathIs(a.staff, a.viewer)),
						holder(a.zoe, pathIs(a.staff, a.viewer)),
					}),
				}),
			},
			{
				Config: config(unheld.ID),
				ConfigStateChecks: acctest.Holds(address, map[string]knownvalue.Check{
					"holders": knownvalue.ListExact(nil), "usernames": acctest.Texts(), "inactive_usernames": acctest.Texts(), "superusers": acctest.Texts("admin", "zoe"),
				}),
			},
			{
				Config:      config("00000000-0000-4000-8000-000000000000"),
				ExpectError: acctest.Says("Could not find right 00000000-0000-4000-8000-000000000000", "404 Not Found: Right not found"),
			},
			{
				PreConfig: func() {
					s.Server.Inject(authserver.Fault{Method: "GET", Route: "/auth/groups/" + a.staff.ID, Status: 403, Body: `{"detail": "Not yours"}`})
				},
				Config:      config(a.look.ID),
				ExpectError: acctest.Says("Could not read right "+a.look.ID, "403 Forbidden: Not yours"),
			},
		},
	})
}
