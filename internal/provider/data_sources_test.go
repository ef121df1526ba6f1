package provider_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	rbacserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
)

// A list that the server leaves out is not an empty one: whoever audits with it would read that nobody has access.
func TestProtocol_dataSourcesWithoutLists(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	objects := acctest.Seed(t, s)
	id := func(noun string) string { return objects.Identities["kamiwaza_"+noun]["id"] }
	user := fmt.Sprintf(`{"id": %q, "username": "ada", "email": "ada@example.com", "created_at": "2024-10-03T12:00:00"}`, id("user"))
	group := fmt.Sprintf(`{"id": %q, "name": "admins"}`, id("group"))
	role := fmt.Sprintf(`{"id": %q, "name": "operator"}`, id("role"))
	ada := fmt.Sprintf(`the user "ada" (%s)`, id("user"))
	admins := fmt.Sprintf(`the group "admins" (%s)`, id("group"))
	operator := fmt.Sprintf(`the role "operator" (%s)`, id("role"))
	for _, test := range []struct {
		typeName string
		config   acctest.Fields
		bodies   map[string]string // by route
		want     string
	}{
		{"user", acctest.Fields{"id": id("user")}, map[string]string{"/auth/users/{user_id}": user}, "groups from " + ada},
		{"user", acctest.Fields{"username": "ada"}, map[string]string{"/auth/users/{user_id}": user, "/auth/users/": "[" + user + "]"}, "groups from " + ada},
		{"users", nil, map[string]string{"/auth/users/": "[" + user + "]"}, "groups from " + ada},
		{"users", acctest.Fields{"group_id": id("group")}, map[string]string{"/auth/users/": "[" + user + "]"}, "groups from " + ada},
		{"user_access", acctest.Fields{"user_id": id("user")}, map[string]string{"/auth/users/{user_id}": user}, "groups from " + ada},
		{"user_access", acctest.Fields{"user_id": id("user")}, map[string]string{"/auth/groups/{group_id}": group}, "roles from " + admins},
		{"user_access", acctest.Fields{"user_id": id("user")}, map[string]string{"/auth/roles/{role_id}": role}, "rights from " + operator},
		{"right_holders", acctest.Fields{"right_id": id("right")}, map[string]string{"/auth/users/": "[" + user + "]"}, "groups from " + ada},
		{"right_holders", acctest.Fields{"right_id": id("right")}, map[string]string{"/auth/groups/{group_id}": group}, "roles from " + admins},
		{"right_holders", acctest.Fields{"right_id": id("right")}, map[string]string{"/auth/roles/{role_id}": role}, "rights from " + operator},
		{"group", acctest.Fields{"id": id("group")}, map[string]string{"/auth/groups/{group_id}": group}, "roles from " + admins},
		{"role", acctest.Fields{"id": id("role")}, map[string]string{"/auth/roles/{role_id}": role}, "rights from " + operator},
		{"current_user", nil, map[string]string{"/auth/users/me": user, "/auth/users/{user_id}": user}, "groups from " + ada},
		{
			"current_permissions", nil,
			map[string]string{"/auth/users/me/permissions": `{"groups": [], "roles": []}`},
			"rights from the permissions of the current user",
		},
	} {
		for route, body := range test.bodies {
			s.Server.Inject(authserver.Fault{Method: "GET", Route: route, Status: 200, Body: body})
		}
		_, diagnostics := acctest.NewProtocol(t, s).ReadData("kamiwaza_"+test.typeName, test.config)
		s.Server.ClearFaults()
		if want := "The server left out the list of " + test.want; len(diagnostics) != 1 || !acctest.Says(want).MatchString(diagnostics[0].Detail) {
			t.Errorf("data.kamiwaza_%s %v: %v, want %q", test.typeName, test.config, diagnostics, want)
		}
	}
}

// Audits in the apply that writes whole sets, at a server whose reads miss what was written in the last two seconds.
func TestAccReadsLag_sets(t *testing.T) {
	t.Parallel()
	clock, pause := acctest.Patience()
	s := acctest.Start(t, authserver.Config{Now: clock, API: rbacserver.Behavior{ReadLag: 2 * time.Second}})
	w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+s.Config(`
resource "kamiwaza_right" "restart" {
  name = "restart"
}
resource "kamiwaza_role" "operator" {
  name = "operator"
}
resource "kamiwaza_group" "admins" {
  name = "admins"
}
resource "kamiwaza_user" "ada" {
  username = "ada"
  email    = "ada@example.com"
  password = "analytical engine"
}
resource "kamiwaza_role_rights" "operator" {
  role_id   = kamiwaza_role.operator.id
  right_ids = [kamiwaza_right.restart.id]
}
resource "kamiwaza_group_roles" "admins" {
  group_id = kamiwaza_group.admins.id
  role_ids = [kamiwaza_role.operator.id]
}
resource "kamiwaza_user_groups" "ada" {
  user_id   = kamiwaza_user.ada.id
  group_ids = [kamiwaza_group.admins.id]
}
data "kamiwaza_users" "admins" {
  group_id   = kamiwaza_group.admins.id
  depends_on = [kamiwaza_user_groups.ada]
}
data "kamiwaza_right_holders" "restart" {
  right_id   = kamiwaza_right.restart.id
  depends_on = [kamiwaza_role_rights.operator, kamiwaza_group_roles.admins, kamiwaza_user_groups.ada]
}
output "who" {
  value = [data.kamiwaza_users.admins.usernames, data.kamiwaza_right_holders.restart.usernames]
}
`))
	w.Environment = append(w.Environment, acctest.ServeProvider(t, acctest.NewSleeping(pause)))
	w.Terraform(t, 0, "init")
	w.Terraform(t, 0, "apply", "-auto-approve", "-target=kamiwaza_group.admins", "-target=kamiwaza_role.operator", "-target=kamiwaza_right.restart", "-target=kamiwaza_user.ada")
	acctest.Must(t, pause(t.Context(), time.Minute)) // so that the lag is that of the sets alone
	w.Terraform(t, 0, "apply", "-auto-approve")
	if out := w.Terraform(t, 0, "output", "-json", "who"); strings.TrimSpace(out) != `[["ada"],["ada"]]` {
		t.Errorf("the audits found %s", out)
	}
}
