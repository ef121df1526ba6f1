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

func TestAccUsersDataSource(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	ctx := t.Context()
	organization, err := s.API.Organizations.Create(ctx, rbac.OrganizationCreate{Name: "acme"})
	acctest.Must(t, err)
	group, err := s.API.Groups.Create(ctx, rbac.GroupCreate{Name: "admins"})
	acctest.Must(t, err)
	ids := map[string]string{"admin": s.Server.AdminID()}
	for _, user := range []rbac.UserCreate{
		{Username: "zoe", Email: "zoe@example.org", OrganizationID: organization.ID},
		{Username: "ada", Email: "ada@example.com", OrganizationID: organization.ID, Groups: []string{group.ID}, IsSuperuser: true},
		{Username: "mary", Email: "mary@example.com", Groups: []string{group.ID}, FullName: "Mary Somerville"},
	} {
		user.Password = "analytical engine"
		created, err := s.API.Users.Create(ctx, user)
		acctest.Must(t, err)
		ids[user.Username] = created.ID
	}
	if !s.CanLogIn(t, "ada", "analytical engine") || !s.CanLogIn(t, "zoe", "analytical engine") {
		t.Fatal("ada or zoe cannot log in")
	}
	_, err = s.API.Users.Update(ctx, ids["zoe"], rbac.UserUpdate{IsActive: client.Set(false)})
	acctest.Must(t, err)

	const address = "data.kamiwaza_users.test"
	config := func(arguments string) string {
		return s.Config("data \"kamiwaza_users\" \"test\" {\n" + arguments + "\n}")
	}
	var steps []resource.TestStep
	for _, test := range []struct {
		arguments string
		want      []string
	}{
		{"", []string{"ada", "admin", "mary", "zoe"}},
		{fmt.Sprintf("organization_id = %q", organization.ID), []string{"ada", "zoe"}},
		{fmt.Sprintf("group_id = %q", group.ID), []string{"ada", "mary"}},
		{"is_superuser = true", []string{"ada", "admin"}},
		{"is_superuser = false", []string{"mary", "zoe"}},
		{"is_active = false", []string{"zoe"}},
		{"is_active = true", []string{"ada", "admin", "mary"}},
		{`username_regex = "^a"`, []string{"ada", "admin"}},
		{`username_regex = "a$"`, []string{"ada"}},
		{`email_regex = "@example\\.org$"`, []string{"zoe"}},
		{`inactive_since = "2000-01-01T00:00:00Z"`, []string{"mary"}},
		{`inactive_since = "2999-01-01T00:00:00+02:00"`, []string{"ada", "admin", "mary", "zoe"}},
		{fmt.Sprintf("group_id = %q\nis_superuser = false\nemail_regex = \"example\"", group.ID), []string{"mary"}},
		{`username_regex = "nobody"`, nil},
	} {
		users := make([]knownvalue.Check, len(test.want))
		wantIDs := make([]string, len(test.want))
		for i, username := range test.want {
			wantIDs[i] = ids[username]
			users[i] = knownvalue.ObjectPartial(map[string]knownvalue.Check{
				"id": knownvalue.StringExact(ids[username]), "username": knownvalue.StringExact(username),
			})
		}
		steps = append(steps, resource.TestStep{
			Config: config(test.arguments),
			ConfigStateChecks: acctest.Holds(address, map[string]knownvalue.Check{
				"users": knownvalue.ListExact(users), "ids": acctest.Texts(wantIDs...), "usernames": acctest.Texts(test.want...),
			}),
		})
	}
	steps = append(steps,
		resource.TestStep{
			Config: config(`username_regex = "mary"`),
			ConfigStateChecks: acctest.Holds(address, map[string]knownvalue.Check{
				"users": knownvalue.ListExact([]knownvalue.Check{knownvalue.ObjectExact(map[string]knownvalue.Check{
					"id":              knownvalue.StringExact(ids["mary"]),
					"subject_id":      knownvalue.StringExact(ids["mary"]),
					"roles":           knownvalue.Null(),
					"is_external":     knownvalue.Null(),
					"username":        knownvalue.StringExact("mary"),
					"email":           knownvalue.StringExact("mary@example.com"),
					"full_name":       knownvalue.StringExact("Mary Somerville"),
					"organization_id": knownvalue.Null(),
					"is_superuser":    knownvalue.Bool(false),
					"is_active":       knownvalue.Bool(true),
					"external_id":     knownvalue.Null(),
					"group_ids":       acctest.Texts(group.ID),
					"created_at":      acctest.AnyTimestamp,
					"updated_at":      knownvalue.Null(),
					"last_login":      knownvalue.Null(),
				})}),
			}),
		},
		resource.TestStep{
			Config:      config(`username_regex = "(ada"`),
			PlanOnly:    true,
			ExpectError: acctest.Says(`username_regex = "(ada"`, `"(ada", is not a regular expression of RE2: missing closing )`),
		},
		resource.TestStep{
			Config:      config(`email_regex = "(?=ada)"`),
			PlanOnly:    true,
			ExpectError: acctest.Says(`email_regex = "(?=ada)"`, "Perl syntax"),
		},
		resource.TestStep{
			Config:      config(`inactive_since = "last year"`),
			PlanOnly:    true,
			ExpectError: acctest.Says("Invalid RFC3339 String Value", `inactive_since = "last year"`, "Given Value: last year"),
		},
		resource.TestStep{
			Config:      config(`group_id = "admins"`),
			ExpectError: acctest.Says("Invalid id", `"admins" is not a UUID`),
		},
		resource.TestStep{
			PreConfig: func() {
				s.Server.Inject(authserver.Fault{Method: "GET", Route: "/auth/users/", Status: 403, Body: `{"detail": "Not yours"}`})
			},
			Config:      config(""),
			ExpectError: acctest.Says("Could not read users", "403 Forbidden: Not yours"),
		},
	)
	resource.ParallelTest(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories, Steps: steps})
}
