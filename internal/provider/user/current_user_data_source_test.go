package user_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

func TestAccCurrentUserDataSource(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	const address = "data.kamiwaza_current_user.test"
	config := s.Config(`data "kamiwaza_current_user" "test" {}`)
	whole := acctest.Holds(address, map[string]knownvalue.Check{
		"id":              knownvalue.StringExact(s.Server.AdminID()),
		"username":        knownvalue.StringExact("admin"),
		"email":           knownvalue.StringExact("admin@example.com"),
		"full_name":       knownvalue.Null(),
		"organization_id": knownvalue.Null(),
		"is_superuser":    knownvalue.Bool(true),
		"is_active":       knownvalue.Bool(true),
		"external_id":     knownvalue.Null(),
		"group_ids":       acctest.Texts(),
		"created_at":      acctest.AnyTimestamp,
		"updated_at":      knownvalue.Null(),
		"last_login":      acctest.AnyTimestamp,
	})
	answer := func(status int, body string) func() {
		return func() {
			s.Server.ClearFaults()
			s.Server.Inject(authserver.Fault{Method: "GET", Route: "/auth/users/me", Status: status, Body: body})
		}
	}
	refuse := func(route string) {
		s.Server.Inject(authserver.Fault{Method: "GET", Route: route, Status: 403})
	}
	resource.ParallelTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{Config: config, ConfigStateChecks: whole},
			{PreConfig: answer(200, `{"username": "admin"}`), Config: config, ConfigStateChecks: whole},
			{ // what may not be read is null, not false and not empty
				PreConfig: func() {
					answer(200, `{"username": "admin", "email": "admin@example.com"}`)()
					refuse("/auth/users/")
				},
				Config: config,
				ConfigStateChecks: acctest.Holds(address, map[string]knownvalue.Check{
					"id":           knownvalue.Null(),
					"username":     knownvalue.StringExact("admin"),
					"email":        knownvalue.StringExact("admin@example.com"),
					"is_superuser": knownvalue.Null(),
					"is_active":    knownvalue.Null(),
					"group_ids":    knownvalue.Null(),
					"created_at":   knownvalue.Null(),
				}),
			},
			{ // what it says for sure is kept
				PreConfig: func() {
					answer(200, `{"id": "`+s.Server.AdminID()+`", "is_superuser": true, "is_active": false, "groups": []}`)()
					refuse("/auth/users/{user_id}")
				},
				Config: config,
				ConfigStateChecks: acctest.Holds(address, map[string]knownvalue.Check{
					"username":     knownvalue.Null(),
					"is_superuser": knownvalue.Bool(true),
					"is_active":    knownvalue.Bool(false),
					"group_ids":    acctest.Texts(),
				}),
			},
			{
				PreConfig:   answer(200, `{}`),
				Config:      config,
				ExpectError: acctest.Says("Could not read current user", "The server does not say who the provider is logged in as."),
			},
			{
				PreConfig:   answer(404, `{"detail": "Not Found"}`),
				Config:      config,
				ExpectError: acctest.Says("Could not read current user", "The server does not offer this call"),
			},
		},
	})
}
