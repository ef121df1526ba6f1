package provider_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// mixed has eight users, and edges one by one beside whole sets.
const mixed = `
locals {
  people = toset([for n in range(8) : "user${n}"])
  things = toset([for n in range(6) : "right${n}"])
}
resource "kamiwaza_organization" "acme" {
  name = "acme"
}
resource "kamiwaza_user" "this" {
  for_each            = local.people
  username            = each.key
  email               = "${each.key}@example.com"
  organization_id     = kamiwaza_organization.acme.id
  password_wo         = "correct horse"
  password_wo_version = 1
}
resource "kamiwaza_group" "singly" {
  name = "singly"
}
resource "kamiwaza_group" "whole" {
  name = "whole"
}
resource "kamiwaza_role" "singly" {
  name = "singly"
}
resource "kamiwaza_role" "whole" {
  name = "whole"
}
resource "kamiwaza_right" "this" {
  for_each = local.things
  name     = each.key
}
resource "kamiwaza_group_member" "this" {
  for_each = local.people
  group_id = kamiwaza_group.singly.id
  user_id  = kamiwaza_user.this[each.key].id
}
resource "kamiwaza_group_members" "this" {
  group_id = kamiwaza_group.whole.id
  user_ids = [for name in local.people : kamiwaza_user.this[name].id]
}
resource "kamiwaza_group_role" "this" {
  for_each = { singly = kamiwaza_role.singly.id, whole = kamiwaza_role.whole.id }
  group_id = kamiwaza_group.singly.id
  role_id  = each.value
}
resource "kamiwaza_group_roles" "this" {
  group_id = kamiwaza_group.whole.id
  role_ids = [kamiwaza_role.singly.id, kamiwaza_role.whole.id]
}
resource "kamiwaza_role_right" "this" {
  for_each = local.things
  role_id  = kamiwaza_role.singly.id
  right_id = kamiwaza_right.this[each.key].id
}
resource "kamiwaza_role_rights" "this" {
  role_id   = kamiwaza_role.whole.id
  right_ids = [for name in local.things : kamiwaza_right.this[name].id]
}
`

// TestAccRequests counts what the refresh of a mixed state costs, and what drift looks like when it is found in the list
// of all users.
func TestAccRequests(t *testing.T) {
	t.Parallel()
	// What was made only now would be waited for when it is missing.
	s := acctest.Start(t, authserver.Config{Now: func() time.Time { return time.Now().Add(-time.Hour) }})
	w := acctest.WorkdirFor(t, s, mixed)
	w.Terraform(t, 0, "apply", "-auto-approve")
	w.Age(t)
	s.Asked()

	w.Terraform(t, 0, "plan", "-detailed-exitcode")
	shared := map[string]int{
		"POST /auth/token":                 1,
		"GET /auth/organizations/{org_id}": 1,
		"GET /auth/users/{user_id}":        2,
		"GET /auth/users/":                 1,
		"GET /auth/groups/{group_id}":      2,
		"GET /auth/roles/{role_id}":        2,
		"GET /auth/rights/{right_id}":      6,
	}
	acctest.WantCounts(t, s.Asked(), shared)

	direct := w
	direct.Environment = append(slices.Clone(w.Environment), "KAMIWAZA_READ_MODE=direct")
	direct.Terraform(t, 0, "plan", "-detailed-exitcode")
	acctest.WantCounts(t, s.Asked(), map[string]int{
		"POST /auth/token":                 1,
		"GET /auth/organizations/{org_id}": 1,
		"GET /auth/users/{user_id}":        8 + 8, // the users, and their single memberships
		"GET /auth/users/":                 1,
		"GET /auth/groups/{group_id}":      2 + 2 + 1 + 1, // the groups, single roles, all roles, all members
		"GET /auth/roles/{role_id}":        2 + 6 + 1,
		"GET /auth/rights/{right_id}":      6,
	})

	data := s.Server.Snapshot()
	ids := map[string]string{}
	for _, user := range data.Users {
		ids[user.Username] = user.ID
	}
	for _, group := range data.Groups {
		ids[group.Name] = group.ID
	}
	acctest.Must(t, s.API.Users.RemoveGroup(t.Context(), ids["user5"], ids["singly"]))
	acctest.Must(t, s.API.Users.AddGroup(t.Context(), ids["admin"], ids["whole"]))
	_, err := s.API.Users.Update(t.Context(), ids["user6"], rbac.UserUpdate{IsSuperuser: client.Set(true)})
	acctest.Must(t, err)
	s.Asked()
	drift := map[string]string{
		`kamiwaza_group_member.this["user5"]`: "create",
		`kamiwaza_group_members.this`:         "update",
		`kamiwaza_user.this["user6"]`:         "update",
	}
	if got := w.Actions(t, 2); !maps.Equal(got, drift) {
		t.Errorf("the plan is %v, want %v", got, drift)
	}
	wantMe := maps.Clone(shared)
	wantMe["GET /auth/users/me"] = 1 // Is it the provider's own user that leaves a group, or is a superuser no more?
	acctest.WantCounts(t, s.Asked(), wantMe)
	w.Terraform(t, 0, "apply", "-auto-approve")
	w.Terraform(t, 0, "plan", "-detailed-exitcode")
	w.Age(t)

	acctest.Must(t, s.API.Users.Delete(t.Context(), ids["user7"]))
	s.Asked()
	got := w.Actions(t, 2)
	if want := map[string]string{
		`kamiwaza_user.this["user7"]`:         "create",
		`kamiwaza_group_member.this["user7"]`: "create",
		`kamiwaza_group_members.this`:         "update",
	}; !maps.Equal(got, want) {
		t.Errorf("the plan is %v, want %v", got, want)
	}
	requests := s.Asked()
	// The user is asked for alone before it counts as gone: for itself and for its membership, which may share the request.
	if n := requests["GET /auth/users/{user_id}"]; n < 3 || n > 4 {
		t.Errorf("%d users were read alone, want 2 and the one that is gone", n)
	}
	if requests["GET /auth/users/"] != 1 {
		t.Errorf("the requests are %v, want one list", requests)
	}
}

// TestAccDataSourceSeesTheApply: what an apply has written, its data sources see.
func TestAccDataSourceSeesTheApply(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, authserver.Config{})
	w := acctest.WorkdirFor(t, s, mixed+`
data "kamiwaza_group" "before" {
  id = kamiwaza_group.whole.id
}
data "kamiwaza_user_access" "user3" {
  user_id    = kamiwaza_user.this["user3"].id
  depends_on = [kamiwaza_group_member.this, kamiwaza_group_members.this, kamiwaza_group_role.this, kamiwaza_group_roles.this, kamiwaza_role_right.this, kamiwaza_role_rights.this]
}
data "kamiwaza_users" "whole" {
  group_id   = kamiwaza_group.whole.id
  depends_on = [kamiwaza_group_members.this]
}
output "rights" {
  value = sort(data.kamiwaza_user_access.user3.rights)
}
output "members" {
  value = sort(data.kamiwaza_users.whole.usernames)
}
`)
	w.Terraform(t, 0, "apply", "-auto-approve")
	for output, noun := range map[string]string{"rights": "right", "members": "user"} {
		n := map[string]int{"right": 6, "user": 8}[noun]
		var want []string
		for i := range n {
			want = append(want, fmt.Sprintf("%s%d", noun, i))
		}
		var got []string
		acctest.Must(t, json.Unmarshal([]byte(w.Terraform(t, 0, "output", "-json", output)), &got))
		if !slices.Equal(got, want) {
			t.Errorf("the output %s is %q, want %q", output, got, want)
		}
	}
	w.Terraform(t, 0, "plan", "-detailed-exitcode")
}
