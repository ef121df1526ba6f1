package provider_test

import (
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

const replacedCompany = `
variable "username" {
  default = "ada"
}
variable "moved" {
  default = false
}
variable "full_name" {
  default = "Bob"
}
resource "kamiwaza_group" "old" {
  name         = "old"
  force_detach = true
}
resource "kamiwaza_group" "new" {
  count        = var.moved ? 1 : 0
  name         = "new"
  force_detach = true
}
resource "kamiwaza_role" "this" {
  name = "reader"
}
resource "kamiwaza_user" "ada" {
  username = var.username
  email    = "ada@example.com"
  password = "correct horse"
}
resource "kamiwaza_user" "bob" {
  username  = "bob"
  email     = "bob@example.com"
  password  = "correct horse"
  full_name = var.full_name
}
data "kamiwaza_user" "bob" {
  username   = "bob"
  depends_on = [kamiwaza_user.bob]
}
resource "kamiwaza_group_member" "ada" {
  group_id = var.moved ? kamiwaza_group.new[0].id : kamiwaza_group.old.id
  user_id  = kamiwaza_user.ada.id
}
resource "kamiwaza_user_groups" "bob" {
  user_id   = data.kamiwaza_user.bob.id
  group_ids = [var.moved ? kamiwaza_group.new[0].id : kamiwaza_group.old.id]
}
resource "kamiwaza_group_roles" "this" {
  group_id = var.moved ? kamiwaza_group.new[0].id : kamiwaza_group.old.id
  role_ids = [kamiwaza_role.this.id]
}
`

// TestAccReplacedObjects replaces objects that have assignments, and points assignments at objects that the same apply
// creates. In one apply, everything is as configured; an object that only changes keeps its assignments throughout.
func TestAccReplacedObjects(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, authserver.Config{})
	w := acctest.WorkdirFor(t, s, replacedCompany)
	w.Terraform(t, 0, "apply", "-auto-approve")
	for _, step := range []struct {
		taint     string
		arguments []string // of the apply
		variables []string // of the apply and of the plan after it
	}{
		{arguments: []string{"-replace=kamiwaza_user.ada"}},
		{arguments: []string{"-replace=kamiwaza_user.bob"}},
		{arguments: []string{"-replace=kamiwaza_group.old"}},
		{arguments: []string{"-replace=kamiwaza_role.this", "-replace=kamiwaza_group_roles.this"}},
		{variables: []string{"-var=username=grace"}},
		{taint: "kamiwaza_user.bob"},
		{taint: "kamiwaza_user.ada"},
		{variables: []string{"-var=moved=true"}},
		{},
		{variables: []string{"-var=full_name=Robert"}},
	} {
		if step.taint != "" {
			w.Terraform(t, 0, "taint", step.taint)
		}
		s.Asked()
		out := w.Terraform(t, 0, append(append([]string{"apply", "-auto-approve"}, step.arguments...), step.variables...)...)
		if len(step.variables) > 0 && strings.Contains(step.variables[0], "full_name") {
			for request := range s.Asked() {
				if strings.HasPrefix(request, "DELETE") {
					t.Errorf("a changed full name leads to %s:\n%s", request, out)
				}
			}
		}
		if members, roles := s.Edges("group_member"), s.Edges("group_role"); members != 2 || roles != 1 {
			t.Errorf("%+v: the server has %d memberships and %d roles of groups, want 2 and 1:\n%s", step, members, roles, out)
		}
		w.Terraform(t, 0, append([]string{"plan", "-detailed-exitcode"}, step.variables...)...)
	}
	w.Terraform(t, 0, "destroy", "-auto-approve")
}
