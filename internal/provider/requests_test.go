package provider_test

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
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

// asked counts the requests since the last call, by method and route.
func (s service) asked() map[string]int {
	counts := map[string]int{}
	for _, request := range s.Server.Requests() {
		counts[request.Method+" "+cmp.Or(request.Route, request.Path)]++
	}
	s.Server.ResetRequests()
	return counts
}

// isDetection tells the requests that find out which API the platform has; both are answered 404.
func isDetection(request authserver.Request) bool {
	return request.Path == "/api/auth/health" || request.Path == "/api/auth/organizations/00000000-0000-0000-0000-000000000000"
}

// wantCounts compares the requests of one run. The two that find out which API the platform has come with every run.
func wantCounts(t *testing.T, got, want map[string]int) {
	t.Helper()
	want = maps.Clone(want)
	want["GET /api/auth/health"]++
	want["GET /auth/organizations/{org_id}"]++
	if !maps.Equal(got, want) {
		t.Errorf("the requests were\n  %v\nwant\n  %v", got, want)
	}
}

// workdirFor is a directory with a configuration and the environment to reach the service.
func workdirFor(t *testing.T, s service, body string) workdir {
	t.Helper()
	file := filepath.Join(t.TempDir(), "main.tf")
	must(t, os.WriteFile(file, []byte(body), 0o600))
	w := newExampleRunner(t).prepare(t, file)
	w.environment = append(slices.Clone(w.environment),
		"KAMIWAZA_BASE_URL="+s.URL, "KAMIWAZA_USERNAME="+authservertest.AdminUsername, "KAMIWAZA_PASSWORD="+authservertest.AdminPassword)
	return w
}

// actions are what a plan is going to do, by address; what it leaves alone is left out.
func (w workdir) actions(t *testing.T, exitCode int) map[string]string {
	t.Helper()
	w.terraform(t, exitCode, "plan", "-detailed-exitcode", "-out=plan")
	var plan struct {
		Changes []struct {
			Address string
			Change  struct{ Actions []string }
		} `json:"resource_changes"`
	}
	must(t, json.Unmarshal([]byte(w.terraform(t, 0, "show", "-json", "plan")), &plan))
	actions := map[string]string{}
	for _, change := range plan.Changes {
		if action := strings.Join(change.Change.Actions, " "); action != "no-op" {
			actions[change.Address] = action
		}
	}
	return actions
}

// age makes all assignments in the state an hour old. What was made only moments ago is waited for when it is missing.
func (w workdir) age(t *testing.T) {
	t.Helper()
	file := filepath.Join(w.dir, "terraform.tfstate")
	data, err := os.ReadFile(file)
	must(t, err)
	var state map[string]any
	must(t, json.Unmarshal(data, &state))
	for _, r := range state["resources"].([]any) {
		for _, i := range r.(map[string]any)["instances"].([]any) {
			instance := i.(map[string]any)
			encoded, _ := instance["private"].(string)
			decoded, err := base64.StdEncoding.DecodeString(encoded)
			must(t, err)
			var private map[string][]byte
			if encoded == "" || json.Unmarshal(decoded, &private) != nil || private["assigned_at"] == nil {
				continue
			}
			private["assigned_at"] = []byte(strconv.Quote(time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)))
			decoded, err = json.Marshal(private)
			must(t, err)
			instance["private"] = base64.StdEncoding.EncodeToString(decoded)
		}
	}
	data, err = json.Marshal(state)
	must(t, err)
	must(t, os.WriteFile(file, data, 0o600))
}

// TestAccRequests counts what the refresh of a mixed state costs, and what drift looks like when it is found in the list
// of all users.
func TestAccRequests(t *testing.T) {
	t.Parallel()
	// What was made only now would be waited for when it is missing.
	s := start(t, authserver.Config{Now: func() time.Time { return time.Now().Add(-time.Hour) }})
	w := workdirFor(t, s, mixed)
	w.terraform(t, 0, "apply", "-auto-approve")
	w.age(t)
	s.asked()

	w.terraform(t, 0, "plan", "-detailed-exitcode")
	shared := map[string]int{
		"POST /auth/token":                 1,
		"GET /auth/organizations/{org_id}": 1,
		"GET /auth/users/{user_id}":        2,
		"GET /auth/users/":                 1,
		"GET /auth/groups/{group_id}":      2,
		"GET /auth/roles/{role_id}":        2,
		"GET /auth/rights/{right_id}":      6,
	}
	wantCounts(t, s.asked(), shared)

	direct := w
	direct.environment = append(slices.Clone(w.environment), "KAMIWAZA_READ_MODE=direct")
	direct.terraform(t, 0, "plan", "-detailed-exitcode")
	wantCounts(t, s.asked(), map[string]int{
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
	must(t, s.api.Users.RemoveGroup(t.Context(), ids["user5"], ids["singly"]))
	must(t, s.api.Users.AddGroup(t.Context(), ids["admin"], ids["whole"]))
	_, err := s.api.Users.Update(t.Context(), ids["user6"], rbac.UserUpdate{IsSuperuser: client.Set(true)})
	must(t, err)
	s.asked()
	drift := map[string]string{
		`kamiwaza_group_member.this["user5"]`: "create",
		`kamiwaza_group_members.this`:         "update",
		`kamiwaza_user.this["user6"]`:         "update",
	}
	if got := w.actions(t, 2); !maps.Equal(got, drift) {
		t.Errorf("the plan is %v, want %v", got, drift)
	}
	wantMe := maps.Clone(shared)
	wantMe["GET /auth/users/me"] = 1 // Is it the provider's own user that leaves a group, or is a superuser no more?
	wantCounts(t, s.asked(), wantMe)
	w.terraform(t, 0, "apply", "-auto-approve")
	w.terraform(t, 0, "plan", "-detailed-exitcode")
	w.age(t)

	must(t, s.api.Users.Delete(t.Context(), ids["user7"]))
	s.asked()
	got := w.actions(t, 2)
	if want := map[string]string{
		`kamiwaza_user.this["user7"]`:         "create",
		`kamiwaza_group_member.this["user7"]`: "create",
		`kamiwaza_group_members.this`:         "update",
	}; !maps.Equal(got, want) {
		t.Errorf("the plan is %v, want %v", got, want)
	}
	requests := s.asked()
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
	s := start(t, authserver.Config{})
	w := workdirFor(t, s, mixed+`
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
	w.terraform(t, 0, "apply", "-auto-approve")
	for output, noun := range map[string]string{"rights": "right", "members": "user"} {
		n := map[string]int{"right": 6, "user": 8}[noun]
		var want []string
		for i := range n {
			want = append(want, fmt.Sprintf("%s%d", noun, i))
		}
		var got []string
		must(t, json.Unmarshal([]byte(w.terraform(t, 0, "output", "-json", output)), &got))
		if !slices.Equal(got, want) {
			t.Errorf("the output %s is %q, want %q", output, got, want)
		}
	}
	w.terraform(t, 0, "plan", "-detailed-exitcode")
}
