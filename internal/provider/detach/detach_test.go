package detach_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	rbacserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
)

// forceDetachCompany deletes, with keep = false, one of each object that others have, and takes it from them in the same
// apply: Terraform deletes it first.
const forceDetachCompany = `
variable "keep" {
  default = true
}
locals {
  names = var.keep ? ["goes", "stays"] : ["stays"]
}
resource "kamiwaza_organization" "this" {
  for_each     = toset(local.names)
  name         = each.key
  force_detach = FORCE
}
resource "kamiwaza_group" "this" {
  for_each     = toset(local.names)
  name         = each.key
  force_detach = FORCE
}
resource "kamiwaza_role" "this" {
  for_each     = toset(local.names)
  name         = each.key
  force_detach = FORCE
}
resource "kamiwaza_right" "this" {
  for_each     = toset(local.names)
  name         = each.key
  force_detach = FORCE
}
resource "kamiwaza_user" "this" {
  username        = "ada"
  email           = "ada@example.com"
  password        = "correct horse"
  organization_id = kamiwaza_organization.this[local.names[0]].id
}
resource "kamiwaza_user_groups" "this" {
  user_id   = kamiwaza_user.this.id
  group_ids = [for name in local.names : kamiwaza_group.this[name].id]
}
resource "kamiwaza_group_roles" "this" {
  group_id = kamiwaza_group.this["stays"].id
  role_ids = [for name in local.names : kamiwaza_role.this[name].id]
}
resource "kamiwaza_role_rights" "this" {
  role_id   = kamiwaza_role.this["stays"].id
  right_ids = [for name in local.names : kamiwaza_right.this[name].id]
}
`

func TestAccForceDetach(t *testing.T) {
	t.Parallel()
	for name, behavior := range map[string]rbacserver.Behavior{
		"refuses": {NullClears: true}, "cascades": {NullClears: true, DeleteCascades: true, DeleteDetaches: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.Start(t, authserver.Config{API: behavior})
			w := acctest.WorkdirFor(t, s, strings.ReplaceAll(forceDetachCompany, "FORCE", "true"))
			w.Terraform(t, 0, "apply", "-auto-approve")
			out := strings.Join(strings.Fields(w.Terraform(t, 0, "apply", "-auto-approve", "-var=keep=false")), " ")
			for _, want := range []string{
				`Destroying organization "goes"`, `Destroying group "goes"`, `Destroying role "goes"`, `Destroying right "goes"`,
				"takes it from 1 user", "takes it from 1 group", "takes it from 1 role",
			} {
				if !strings.Contains(out, want) {
					t.Errorf("the plan does not say %q:\n%s", want, out)
				}
			}
			w.Terraform(t, 0, "plan", "-detailed-exitcode", "-var=keep=false")
			data := s.Server.Snapshot()
			if n := len(data.Organizations) + len(data.Groups) + len(data.Roles) + len(data.Rights); n != 4 {
				t.Errorf("the server has %d objects, want 4", n)
			}
			if n := s.Edges("group_member") + s.Edges("group_role") + s.Edges("role_right"); n != 3 {
				t.Errorf("the server has %d assignments, want 3", n)
			}
			w.Terraform(t, 0, "destroy", "-auto-approve", "-var=keep=false")
		})
	}
}

// TestAccForceDetach_off does what the error says where force_detach is off.
func TestAccForceDetach_off(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, authserver.Config{})
	body := strings.ReplaceAll(forceDetachCompany, "FORCE", "false")
	w := acctest.WorkdirFor(t, s, body)
	w.Terraform(t, 0, "apply", "-auto-approve")
	out := w.Failure(t, "apply", "-auto-approve", "-var=keep=false")
	for _, noun := range []string{"organization", "group", "role", "right"} {
		if want := `Could not delete ` + noun + ` "goes"`; !strings.Contains(out, want) {
			t.Errorf("the apply does not say %q", want)
		}
	}
	if !strings.Contains(out, "create_before_destroy = true") {
		t.Errorf("the apply does not say what to do:\n%s", out)
	}
	ordered := strings.ReplaceAll(body, "force_detach = false", "lifecycle {\n    create_before_destroy = true\n  }")
	acctest.Must(t, os.WriteFile(filepath.Join(w.Dir, "main.tf"), []byte(ordered), 0o600))
	w.Terraform(t, 0, "apply", "-auto-approve")
	w.Terraform(t, 0, "apply", "-auto-approve", "-var=keep=false")
	w.Terraform(t, 0, "plan", "-detailed-exitcode", "-var=keep=false")
}
