package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

func TestAccCurrentPermissionsDataSource(t *testing.T) {
	s := start(t, authserver.Config{})
	objects := seed(t, s)
	const address = "data.kamiwaza_current_permissions.test"
	config := s.config(`data "kamiwaza_current_permissions" "test" {}`)
	resource.ParallelTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories,
		Steps: []resource.TestStep{
			{
				Config: config,
				ConfigStateChecks: holds(address, map[string]knownvalue.Check{
					"user_id": knownvalue.StringExact(s.Server.AdminID()), "groups": texts(), "roles": texts(), "rights": texts(),
				}),
			},
			{
				PreConfig: func() {
					must(t, s.api.Users.AddGroup(t.Context(), s.Server.AdminID(), objects.identities["kamiwaza_group"]["id"]))
				},
				Config: config,
				ConfigStateChecks: holds(address, map[string]knownvalue.Check{
					"groups": texts("admins"), "roles": texts("operator"), "rights": texts("restart"),
				}),
			},
			{
				PreConfig: func() {
					s.Server.Inject(authserver.Fault{Method: "GET", Route: "/auth/users/me/permissions", Status: 403, Body: `{"detail": "Not yours"}`})
				},
				Config:      config,
				ExpectError: says("Could not read permissions of the current user", "403 Forbidden: Not yours"),
			},
		},
	})
}
