package access_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

func TestAccCurrentPermissionsDataSource(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	objects := acctest.Seed(t, s)
	const address = "data.kamiwaza_current_permissions.test"
	config := s.Config(`data "kamiwaza_current_permissions" "test" {}`)
	resource.ParallelTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{
				Config: config,
				ConfigStateChecks: acctest.Holds(address, map[string]knownvalue.Check{
					"user_id": knownvalue.StringExact(s.Server.AdminID()), "groups": acctest.Texts(), "roles": acctest.Texts(), "rights": acctest.Texts(),
				}),
			},
			{
				PreConfig: func() {
					acctest.Must(t, s.API.Users.AddGroup(t.Context(), s.Server.AdminID(), objects.Identities["kamiwaza_group"]["id"]))
				},
				Config: config,
				ConfigStateChecks: acctest.Holds(address, map[string]knownvalue.Check{
					"groups": acctest.Texts("admins"), "roles": acctest.Texts("operator"), "rights": acctest.Texts("restart"),
				}),
			},
			{
				PreConfig: func() {
					s.Server.Inject(authserver.Fault{Method: "GET", Route: "/auth/users/me/permissions", Status: 403, Body: `{"detail": "Not yours"}`})
				},
				Config:      config,
				ExpectError: acctest.Says("Could not read permissions of the current user", "403 Forbidden: Not yours"),
			},
		},
	})
}
