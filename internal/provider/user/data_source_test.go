package user_test

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

func TestAccUserDataSource(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	ctx := t.Context()
	organization, err := s.API.Organizations.Create(ctx, rbac.OrganizationCreate{Name: "acme"})
	acctest.Must(t, err)
	var groups []string
	for _, name := range []string{"admins", "staff"} {
		group, err := s.API.Groups.Create(ctx, rbac.GroupCreate{Name: name})
		acctest.Must(t, err)
		groups = append(groups, group.ID)
	}
	ada, err := s.API.Users.Create(ctx, rbac.UserCreate{
		Username: "ada", Email: "ada@example.com", Password: "analytical engine", FullName: "Ada Lovelace",
		OrganizationID: organization.ID, IsSuperuser: true, ExternalID: "hr-1", Groups: groups,
	})
	acctest.Must(t, err)
	_, err = s.API.Users.Update(ctx, ada.ID, rbac.UserUpdate{FullName: client.Set("Countess Lovelace")})
	acctest.Must(t, err)
	if !s.CanLogIn(t, "ada", "analytical engine") {
		t.Fatal("ada cannot log in")
	}
	plain, err := s.API.Users.Create(ctx, rbac.UserCreate{Username: "plain", Email: "team@example.com", Password: "analytical engine"})
	acctest.Must(t, err)
	twin, err := s.API.Users.Create(ctx, rbac.UserCreate{Username: "twin", Email: "team@example.com", Password: "analytical engine"})
	acctest.Must(t, err)

	const address = "data.kamiwaza_user.test"
	config := func(arguments string) string {
		return s.Config("data \"kamiwaza_user\" \"test\" {\n" + arguments + "\n}")
	}
	var steps []resource.TestStep
	for _, argument := range []string{
		fmt.Sprintf("id = %q", ada.ID), `username = "ada"`, `username = "ADA"`, `email = "ada@example.com"`, `email = "Ada@Example.com"`,
	} {
		steps = append(steps, resource.TestStep{
			Config: config(argument),
			ConfigStateChecks: acctest.Holds(address, map[string]knownvalue.Check{
				"id":              knownvalue.StringExact(ada.ID),
				"username":        knownvalue.StringExact("ada"),
				"email":           knownvalue.StringExact("ada@example.com"),
				"full_name":       knownvalue.StringExact("Countess Lovelace"),
				"organization_id": knownvalue.StringExact(organization.ID),
				"is_superuser":    knownvalue.Bool(true),
				"is_active":       knownvalue.Bool(true),
				"external_id":     knownvalue.StringExact("hr-1"),
				"group_ids":       acctest.Texts(groups...),
				"created_at":      acctest.AnyTimestamp,
				"updated_at":      acctest.AnyTimestamp,
				"last_login":      acctest.AnyTimestamp,
			}),
		})
	}
	steps = append(steps, resource.TestStep{ // of whom little is known
		Config: config(fmt.Sprintf("id = %q", plain.ID)),
		ConfigStateChecks: acctest.Holds(address, map[string]knownvalue.Check{
			"full_name":       knownvalue.Null(),
			"organization_id": knownvalue.Null(),
			"is_superuser":    knownvalue.Bool(false),
			"external_id":     knownvalue.Null(),
			"group_ids":       acctest.Texts(),
			"updated_at":      knownvalue.Null(),
			"last_login":      knownvalue.Null(),
		}),
	})
	for _, bad := range []struct {
		arguments string
		phrases   []string
	}{
		{"", []string{"Missing Attribute Configuration", "Exactly one of these attributes must be configured: [id,subject_id,username,email]"}},
		{`username = "ada"` + "\n" + `email = "ada@example.com"`, []string{"Exactly one of these attributes must be configured"}},
		{`username = ""`, []string{"username string length must be at least 1"}},
		{`id = "ada"`, []string{"Invalid id", `id: "ada" is not a UUID`}},
		{`username = "mary"`, []string{`Could not find user "mary"`, `None of the server's 4 users has the username "mary".`, "A data source reads what exists already"}},
		{`email = "mary@example.com"`, []string{`Could not find user with the e-mail address "mary@example.com"`, "None of the server's 4 users has the e-mail address"}},
		{
			`id = "00000000-0000-4000-8000-000000000000"`,
			[]string{"Could not find user 00000000-0000-4000-8000-000000000000", "404 Not Found: User not found", "A data source reads what exists already"},
		},
		{
			`email = "team@example.com"`,
			[]string{
				`Could not read user with the e-mail address "team@example.com"`,
				fmt.Sprintf(`2 users have the e-mail address "team@example.com": "plain" (%s), "twin" (%s)`, plain.ID, twin.ID),
			},
		},
	} {
		steps = append(steps, resource.TestStep{Config: config(bad.arguments), ExpectError: acctest.Says(bad.phrases...)})
	}
	for _, arguments := range []string{`username = "ada"`, fmt.Sprintf("id = %q", ada.ID)} {
		steps = append(steps, resource.TestStep{ // a server without this call is no server without this user
			PreConfig: func() {
				s.Server.ClearFaults()
				for _, route := range []string{"/auth/users/", "/auth/users/{user_id}"} {
					s.Server.Inject(authserver.Fault{Method: "GET", Route: route, Status: 404, Body: `{"detail": "Not Found"}`})
				}
			},
			Config:      config(arguments),
			ExpectError: acctest.Says("Could not read user", "The server does not offer this call"),
		})
	}
	resource.ParallelTest(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories, Steps: steps})
}

// Looked up in the same apply that creates the user.
func TestAccUserDataSource_afterCreation(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	resource.ParallelTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{{
			Config: s.Config(acctest.Company + `
data "kamiwaza_user" "ada" {
  id         = kamiwaza_user.ada.id
  depends_on = [kamiwaza_group_member.ada]
}`),
			ConfigStateChecks: acctest.Holds("data.kamiwaza_user.ada", map[string]knownvalue.Check{
				"username":  knownvalue.StringExact("ada"),
				"group_ids": knownvalue.SetExact([]knownvalue.Check{acctest.AnyUUID}),
			}),
		}},
	})
}
