package provider_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

func TestAccRightHoldersDataSource(t *testing.T) {
	s := start(t, sharedNames)
	a := newAccess(t, s)
	_, err := s.api.Users.Update(t.Context(), a.mary.ID, rbac.UserUpdate{IsActive: client.Set(false)})
	must(t, err)
	_, err = s.api.Users.Update(t.Context(), a.zoe.ID, rbac.UserUpdate{IsSuperuser: client.Set(true)})
	must(t, err)
	unheld, err := s.api.Rights.Create(t.Context(), rbac.RightCreate{Name: "unheld"})
	must(t, err)

	const address = "data.kamiwaza_right_holders.test"
	config := func(right string) string {
		return s.config(fmt.Sprintf("data \"kamiwaza_right_holders\" \"test\" {\n  right_id = %q\n}", right))
	}
	holder := func(user rbac.User, paths ...knownvalue.Check) knownvalue.Check {
		return knownvalue.ObjectExact(map[string]knownvalue.Check{
			"user_id": knownvalue.StringExact(user.ID), "username": knownvalue.StringExact(user.Username), "paths": knownvalue.ListExact(paths),
		})
	}
	resource.ParallelTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories,
		Steps: []resource.TestStep{
			{
				Config: config(a.look.ID),
				ConfigStateChecks: holds(address, map[string]knownvalue.Check{
					"right_id":   knownvalue.StringExact(a.look.ID),
					"right_name": knownvalue.StringExact("look"),
					"holders": knownvalue.ListExact([]knownvalue.Check{
						holder(a.ada, pathIs(a.admins, a.operator), pathIs(a.admins, a.viewer), pathIs(a.staff, a.viewer)),
						holder(a.zoe, pathIs(a.staff, a.viewer)),
					}),
					"usernames":          texts("ada", "zoe"),
					"inactive_usernames": texts("mary"),
					"superusers":         texts("admin", "zoe"),
				}),
			},
			{ // the other right of that name
				Config: config(a.look2.ID),
				ConfigStateChecks: holds(address, map[string]knownvalue.Check{
					"holders": knownvalue.ListExact([]knownvalue.Check{
						holder(a.ada, pathIs(a.admins, a.viewer), pathIs(a.staff, a.viewer)),
						holder(a.zoe, pathIs(a.staff, a.viewer)),
					}),
				}),
			},
			{
				Config: config(unheld.ID),
				ConfigStateChecks: holds(address, map[string]knownvalue.Check{
					"holders": knownvalue.ListExact(nil), "usernames": texts(), "inactive_usernames": texts(), "superusers": texts("admin", "zoe"),
				}),
			},
			{
				Config:      config("00000000-0000-4000-8000-000000000000"),
				ExpectError: says("Could not find right 00000000-0000-4000-8000-000000000000", "404 Not Found: Right not found"),
			},
			{
				PreConfig: func() {
					s.Server.Inject(authserver.Fault{Method: "GET", Route: "/auth/groups/" + a.staff.ID, Status: 403, Body: `{"detail": "Not yours"}`})
				},
				Config:      config(a.look.ID),
				ExpectError: says("Could not read right "+a.look.ID, "403 Forbidden: Not yours"),
			},
		},
	})
}
