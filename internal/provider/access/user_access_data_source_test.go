package access_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	rbacserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// access is who has what, with two rights of one name: ada is in admins and staff, zoe in staff.
type access struct {
	look, look2, restart    rbac.Right
	operator, viewer        rbac.Role
	admins, staff           rbac.Group
	ada, zoe, mary, outside rbac.User
}

func newAccess(t *testing.T, s acctest.Service) (a access) {
	t.Helper()
	ctx := t.Context()
	right := func(name string) rbac.Right {
		right, err := s.API.Rights.Create(ctx, rbac.RightCreate{Name: name})
		acctest.Must(t, err)
		return right
	}
	role := func(name string, rights ...rbac.Right) rbac.Role {
		create := rbac.RoleCreate{Name: name}
		for _, right := range rights {
			create.Rights = append(create.Rights, right.ID)
		}
		role, err := s.API.Roles.Create(ctx, create)
		acctest.Must(t, err)
		return role
	}
	group := func(name string, roles ...rbac.Role) rbac.Group {
		create := rbac.GroupCreate{Name: name}
		for _, role := range roles {
			create.Roles = append(create.Roles, role.ID)
		}
		group, err := s.API.Groups.Create(ctx, create)
		acctest.Must(t, err)
		return group
	}
	user := func(name string, groups ...rbac.Group) rbac.User {
		create := rbac.UserCreate{Username: name, Email: name + "@example.com", Password: "analytical engine"}
		for _, group := range groups {
			create.Groups = append(create.Groups, group.ID)
		}
		user, err := s.API.Users.Create(ctx, create)
		acctest.Must(t, err)
		return user
	}
	a.look, a.look2, a.restart = right("look"), right("look"), right("restart")
	if a.look2.ID < a.look.ID {
		a.look, a.look2 = a.look2, a.look
	}
	a.operator, a.viewer = role("operator", a.restart, a.look), role("viewer", a.look, a.look2)
	a.admins, a.staff = group("admins", a.viewer, a.operator), group("staff", a.viewer)
	a.ada, a.zoe, a.mary, a.outside = user("ada", a.staff, a.admins), user("zoe", a.staff), user("mary", a.admins), user("outside")
	return a
}

func pathIs(group rbac.Group, role rbac.Role) knownvalue.Check {
	return knownvalue.ObjectExact(map[string]knownvalue.Check{
		"group_id": knownvalue.StringExact(group.ID), "group_name": knownvalue.StringExact(group.Name),
		"role_id": knownvalue.StringExact(role.ID), "role_name": knownvalue.StringExact(role.Name),
	})
}

func grantIs(right rbac.Right, paths ...knownvalue.Check) knownvalue.Check {
	return knownvalue.ObjectExact(map[string]knownvalue.Check{
		"right_id": knownvalue.StringExact(right.ID), "right_name": knownvalue.StringExact(right.Name), "paths": knownvalue.ListExact(paths),
	})
}

var sharedNames = authserver.Config{API: rbacserver.Behavior{DuplicateNames: true}}

func TestAccUserAccessDataSource(t *testing.T) {
	s := acctest.Start(t, sharedNames)
	a := newAccess(t, s)
	const address = "data.kamiwaza_user_access.test"
	config := func(arguments string) string {
		return s.Config("data \"kamiwaza_user_access\" \"test\" {\n" + arguments + "\n}")
	}
	change := func(update rbac.UserUpdate) func() {
		return func() {
			_, err := s.API.Users.Update(t.Context(), a.ada.ID, update)
			acctest.Must(t, err)
		}
	}
	all := map[string]knownvalue.Check{
		"user_id":  knownvalue.StringExact(a.ada.ID),
		"username": knownvalue.StringExact("ada"),
		"rights":   acctest.Texts("look", "restart"),
		"grants": knownvalue.ListExact([]knownvalue.Check{
			grantIs(a.look, pathIs(a.admins, a.operator), pathIs(a.admins, a.viewer), pathIs(a.staff, a.viewer)),
			grantIs(a.look2, pathIs(a.admins, a.viewer), pathIs(a.staff, a.viewer)),
			grantIs(a.restart, pathIs(a.admins, a.operator)),
		}),
		"is_active":    knownvalue.Bool(true),
		"is_superuser": knownvalue.Bool(false),
		"note":         knownvalue.Null(),
	}
	nothing := map[string]knownvalue.Check{"rights": acctest.Texts(), "grants": knownvalue.ListExact(nil)}

	resource.ParallelTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{Config: config(fmt.Sprintf("user_id = %q", a.ada.ID)), ConfigStateChecks: acctest.Holds(address, all)},
			{Config: config(`username = "ada"`), ConfigStateChecks: acctest.Holds(address, all)},
			{Config: config(`username = "ADA"`), ConfigStateChecks: acctest.Holds(address, all)},
			{Config: config(`username = "outside"`), ConfigStateChecks: acctest.Holds(address, nothing)},
			{
				PreConfig: change(rbac.UserUpdate{IsSuperuser: client.Set(true)}),
				Config:    config(`username = "ada"`),
				ConfigStateChecks: acctest.Holds(address, map[string]knownvalue.Check{
					"is_superuser": knownvalue.Bool(true),
					"rights":       acctest.Texts("look", "restart"),
					"note":         knownvalue.StringExact(`The user "ada" is a superuser: the platform may allow more than the rights listed here.`),
				}),
			},
			{
				PreConfig:         change(rbac.UserUpdate{IsActive: client.Set(false)}),
				Config:            config(`username = "ada"`),
				ConfigStateChecks: acctest.Holds(address, nothing),
			},
			{
				Config: config(`username = "ada"`),
				ConfigStateChecks: acctest.Holds(address, map[string]knownvalue.Check{
					"is_active": knownvalue.Bool(false),
					"note":      knownvalue.StringExact(`The user "ada" is inactive and has no rights, regardless of its groups.`),
				}),
			},
			{Config: config(""), ExpectError: acctest.Says("Exactly one of these attributes must be configured: [user_id,username]")},
			{Config: config(`username = "charles"`), ExpectError: acctest.Says(`Could not find user "charles"`, `None of the server's 5 users has the username "charles".`)},
			{
				Config:      config(`user_id = "00000000-0000-4000-8000-000000000000"`),
				ExpectError: acctest.Says("Could not find user 00000000-0000-4000-8000-000000000000", "404 Not Found: User not found"),
			},
			{ // one group that may not be read is not one that gives nothing
				PreConfig: func() {
					s.Server.Inject(authserver.Fault{Method: "GET", Route: "/auth/groups/" + a.staff.ID, Status: 403, Body: `{"detail": "Not yours"}`})
				},
				Config:      config(`username = "zoe"`),
				ExpectError: acctest.Says(`Could not read user "zoe"`, "403 Forbidden: Not yours"),
			},
			{
				PreConfig: func() {
					s.Server.ClearFaults()
					s.Server.Inject(authserver.Fault{Method: "GET", Route: "/auth/roles/{role_id}", Status: 404, Body: `{"detail": "Not Found"}`})
				},
				Config:      config(`username = "zoe"`),
				ExpectError: acctest.Says(`Could not read user "zoe"`, "The server does not offer this call"),
			},
		},
	})
}

// As people use it: the rights of a user who is created, and made a member, in the same apply.
func TestAccUserAccessDataSource_precondition(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	config := func(forbidden string) string {
		return s.Config(acctest.Company + fmt.Sprintf(`
data "kamiwaza_user_access" "ada" {
  user_id    = kamiwaza_user.ada.id
  depends_on = [kamiwaza_group_member.ada, kamiwaza_group_role.operator, kamiwaza_role_right.restart]

  lifecycle {
    postcondition {
      condition     = !contains(self.rights, %q)
      error_message = "ada may %%{ for g in self.grants }${g.right_name} through ${g.paths[0].group_name} and ${g.paths[0].role_name}%%{ endfor }"
    }
  }
}`, forbidden))
	}
	resource.ParallelTest(t, resource.TestCase{
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_2_0)},
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{Config: config("restart"), ExpectError: acctest.Says("ada may restart through admins and operator")},
			{
				Config: config("delete"),
				ConfigStateChecks: acctest.Holds("data.kamiwaza_user_access.ada", map[string]knownvalue.Check{
					"rights": acctest.Texts("restart"),
				}),
			},
		},
	})
}
