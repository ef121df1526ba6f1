package provider_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	rbacserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
)

// What the API's documentation leaves open must not matter: under each possible behavior, every type is created,
// plans nothing more, is updated, adopts what was assigned already, and is destroyed.
func TestAccEveryBehavior(t *testing.T) {
	t.Parallel()
	// Switches that do not touch each other share a run; each value of each switch occurs.
	for name, behavior := range map[string]rbacserver.Behavior{
		"defaults": {},
		"null clears, cascades, 400": {
			NullClears: true, DuplicateNames: true, DeleteCascades: true, DeleteDetaches: true,
			AssignTwice: rbacserver.RedundantBadRequest, RemoveUnassigned: rbacserver.RedundantBadRequest,
		},
		"unique e-mails, no redirects, 404": {
			DuplicateStatus: 400, UniqueEmails: true, NoSlashRedirect: true, Case: rbacserver.CaseFoldEmailDomain,
			AssignTwice: rbacserver.RedundantNotFound, RemoveUnassigned: rbacserver.RedundantNotFound,
		},
		"compared folded, 409": {
			Case: rbacserver.CaseFoldCompare, AssignTwice: rbacserver.RedundantConflict, RemoveUnassigned: rbacserver.RedundantConflict,
		},
		"stored folded": {Case: rbacserver.CaseFoldStore},
		"trimmed":       {TrimText: true},
		"reads lag":     {ReadLag: 20 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testBehavior(t, acctest.Start(t, authserver.Config{API: behavior}))
		})
	}
}

func testBehavior(t *testing.T, s acctest.Service) {
	t.Helper()
	const edges = `
resource "kamiwaza_group_member" "ada" {
  group_id = kamiwaza_group.admins.id
  user_id  = kamiwaza_user.ada.id
}
resource "kamiwaza_group_role" "operator" {
  group_id = kamiwaza_group.admins.id
  role_id  = kamiwaza_role.operator.id
}
resource "kamiwaza_role_right" "restart" {
  role_id  = kamiwaza_role.operator.id
  right_id = kamiwaza_right.restart.id
}`
	const before = `
resource "kamiwaza_organization" "acme" {
  name        = "acme"
  description = "to be cleared"
}
resource "kamiwaza_organization" "other" {
  name = "other"
}
resource "kamiwaza_user" "ada" {
  username        = "Ada.Lovelace"
  email           = "Ada.Lovelace@Example.COM"
  full_name       = "to be cleared"
  password        = "analytical engine"
  organization_id = kamiwaza_organization.acme.id
  is_active       = false
}
resource "kamiwaza_group" "admins" {
  name        = "admins"
  description = "to be cleared"
}
resource "kamiwaza_role" "operator" {
  name        = "operator"
  description = "to be cleared"
}
resource "kamiwaza_right" "restart" {
  name        = "restart"
  description = "to be cleared"
}`
	const after = `
resource "kamiwaza_organization" "acme" {
  name = "acme inc"
}
resource "kamiwaza_organization" "other" {
  name = "other"
}
resource "kamiwaza_user" "ada" {
  username        = "Ada.Lovelace"
  email           = "Countess@Example.COM"
  password        = "analytical engine"
  organization_id = kamiwaza_organization.other.id
  is_superuser    = true
}
resource "kamiwaza_group" "admins" {
  name = "administrators"
}
resource "kamiwaza_role" "operator" {
  name = "operators"
}
resource "kamiwaza_right" "restart" {
  name = "restarting"
}`
	ids := func() (group, user, role, right string) {
		data := s.Server.Snapshot()
		return data.Groups[0].ID, data.Users[1].ID, data.Roles[0].ID, data.Rights[0].ID
	}
	plansNothingMore := resource.ConfigPlanChecks{
		PostApplyPreRefresh:  []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
		PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		CheckDestroy: func(*terraform.State) error {
			data := s.Server.Snapshot()
			if n := len(data.Organizations) + len(data.Groups) + len(data.Roles) + len(data.Rights); n != 0 || len(data.Users) != 1 {
				return fmt.Errorf("the server still holds %+v", data)
			}
			return nil
		},
		Steps: []resource.TestStep{
			{
				Config:           s.Config(before),
				ConfigPlanChecks: plansNothingMore,
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue("kamiwaza_user.ada", tfjsonpath.New("username"), knownvalue.StringExact("Ada.Lovelace")),
					statecheck.ExpectKnownValue("kamiwaza_user.ada", tfjsonpath.New("email"), knownvalue.StringExact("Ada.Lovelace@Example.COM")),
				},
			},
			{ // the edges are there already, made by somebody else
				PreConfig: func() {
					group, user, role, right := ids()
					acctest.Must(t, s.API.Users.AddGroup(t.Context(), user, group))
					acctest.Must(t, s.API.Groups.AddRole(t.Context(), group, role))
					acctest.Must(t, s.API.Roles.AddRight(t.Context(), role, right))
				},
				Config:           s.Config(before + edges),
				ConfigPlanChecks: plansNothingMore,
			},
			{
				Config:           s.Config(after + edges),
				ConfigPlanChecks: plansNothingMore,
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue("kamiwaza_user.ada", tfjsonpath.New("full_name"), knownvalue.Null()),
					statecheck.ExpectKnownValue("kamiwaza_organization.acme", tfjsonpath.New("description"), knownvalue.Null()),
				},
				Check: func(*terraform.State) error {
					data := s.Server.Snapshot()
					user, group, role, right := data.Users[1], data.Groups[0], data.Roles[0], data.Rights[0]
					if acctest.Text(user.FullName)+acctest.Text(group.Description)+acctest.Text(role.Description)+acctest.Text(right.Description) != "" {
						return fmt.Errorf("something was not cleared: %+v", data)
					}
					if group.Name != "administrators" || role.Name != "operators" || right.Name != "restarting" || !user.IsActive || !user.IsSuperuser {
						return fmt.Errorf("something was not updated: %+v", data)
					}
					return nil
				},
			},
			{ // the answers are lost and the requests repeated: then the edges are gone already
				PreConfig: func() {
					s.Server.Inject(authserver.Fault{Method: "DELETE", Route: "/auth/users/{user_id}/groups/{group_id}", Times: 1, Drop: authserver.DropAfter})
					s.Server.Inject(authserver.Fault{Method: "DELETE", Route: "/auth/groups/{group_id}/roles/{role_id}", Times: 1, Drop: authserver.DropAfter})
					s.Server.Inject(authserver.Fault{Method: "DELETE", Route: "/auth/roles/{role_id}/rights/{right_id}", Times: 1, Drop: authserver.DropAfter})
				},
				Config: s.Config(after),
			},
		},
	})
}

// TestAccTrimmedText: a server that removes white space at the ends of texts, where descriptions end in a newline because
// they are written as heredocs. Objects are made once, and no plan shows a difference.
func TestAccTrimmedText(t *testing.T) {
	t.Parallel()
	for _, trims := range []bool{true, false} {
		s := acctest.Start(t, authserver.Config{API: rbacserver.Behavior{TrimText: trims}})
		var body strings.Builder
		for _, noun := range []string{"organization", "group", "role", "right"} {
			fmt.Fprintf(&body, `
resource "kamiwaza_%s" "this" {
  name        = "Operator "
  description = <<-EOT
      ${var.first}
    Ask them first.
  EOT
}
`, noun)
		}
		w := acctest.WorkdirFor(t, s, body.String()+`
variable "first" {
  default = "Runs the clusters."
}
resource "kamiwaza_user" "this" {
  username  = "ada "
  email     = "ada@example.com"
  full_name = " ${var.first}\n"
  password  = " correct horse "
}
`)
		w.Terraform(t, 0, "apply", "-auto-approve")
		w.Terraform(t, 0, "plan", "-detailed-exitcode")
		w.Terraform(t, 0, "plan", "-refresh-only", "-detailed-exitcode")
		s.Asked()
		w.Terraform(t, 0, "apply", "-auto-approve", "-var=first=Runs everything.")
		for request := range s.Asked() {
			if strings.HasPrefix(request, "DELETE") || strings.HasPrefix(request, "POST /auth/groups") {
				t.Errorf("trims %v: a changed description leads to %s", trims, request)
			}
		}
		w.Terraform(t, 0, "plan", "-detailed-exitcode", "-var=first=Runs everything.")
		w.Terraform(t, 0, "destroy", "-auto-approve")
	}
}
