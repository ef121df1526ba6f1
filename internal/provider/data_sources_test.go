package provider_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	rbacserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider"
)

// readData reads a data source as Terraform does.
func (p protocol) readData(typeName string, config fields) (*tfprotov6.DynamicValue, []*tfprotov6.Diagnostic) {
	p.t.Helper()
	objectType := p.schemas.DataSourceSchemas[typeName].ValueType()
	encoded, err := tfprotov6.NewDynamicValue(objectType, p.values(objectType, config))
	must(p.t, err)
	resp, err := p.server.ReadDataSource(p.t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: typeName, Config: &encoded})
	must(p.t, err)
	return resp.State, resp.Diagnostics
}

// attributes decodes the attributes of a data source.
func (p protocol) attributes(typeName string, state *tfprotov6.DynamicValue) map[string]tftypes.Value {
	p.t.Helper()
	value, err := state.Unmarshal(p.schemas.DataSourceSchemas[typeName].ValueType())
	must(p.t, err)
	var attributes map[string]tftypes.Value
	must(p.t, value.As(&attributes))
	return attributes
}

// A list that the server leaves out is not an empty one: whoever audits with it would read that nobody has access.
func TestProtocol_dataSourcesWithoutLists(t *testing.T) {
	s := start(t, authserver.Config{})
	objects := seed(t, s)
	id := func(noun string) string { return objects.identities["kamiwaza_"+noun]["id"] }
	user := fmt.Sprintf(`{"id": %q, "username": "ada", "email": "ada@example.com", "created_at": "2024-10-03T12:00:00"}`, id("user"))
	group := fmt.Sprintf(`{"id": %q, "name": "admins"}`, id("group"))
	role := fmt.Sprintf(`{"id": %q, "name": "operator"}`, id("role"))
	ada := fmt.Sprintf(`the user "ada" (%s)`, id("user"))
	admins := fmt.Sprintf(`the group "admins" (%s)`, id("group"))
	operator := fmt.Sprintf(`the role "operator" (%s)`, id("role"))
	for _, test := range []struct {
		typeName string
		config   fields
		bodies   map[string]string // by route
		want     string
	}{
		{"user", fields{"id": id("user")}, map[string]string{"/auth/users/{user_id}": user}, "groups from " + ada},
		{"user", fields{"username": "ada"}, map[string]string{"/auth/users/{user_id}": user, "/auth/users/": "[" + user + "]"}, "groups from " + ada},
		{"users", nil, map[string]string{"/auth/users/": "[" + user + "]"}, "groups from " + ada},
		{"users", fields{"group_id": id("group")}, map[string]string{"/auth/users/": "[" + user + "]"}, "groups from " + ada},
		{"user_access", fields{"user_id": id("user")}, map[string]string{"/auth/users/{user_id}": user}, "groups from " + ada},
		{"user_access", fields{"user_id": id("user")}, map[string]string{"/auth/groups/{group_id}": group}, "roles from " + admins},
		{"user_access", fields{"user_id": id("user")}, map[string]string{"/auth/roles/{role_id}": role}, "rights from " + operator},
		{"right_holders", fields{"right_id": id("right")}, map[string]string{"/auth/users/": "[" + user + "]"}, "groups from " + ada},
		{"right_holders", fields{"right_id": id("right")}, map[string]string{"/auth/groups/{group_id}": group}, "roles from " + admins},
		{"right_holders", fields{"right_id": id("right")}, map[string]string{"/auth/roles/{role_id}": role}, "rights from " + operator},
		{"group", fields{"id": id("group")}, map[string]string{"/auth/groups/{group_id}": group}, "roles from " + admins},
		{"role", fields{"id": id("role")}, map[string]string{"/auth/roles/{role_id}": role}, "rights from " + operator},
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
		_, diagnostics := newProtocol(t, s).readData("kamiwaza_"+test.typeName, test.config)
		s.Server.ClearFaults()
		if want := "The server left out the list of " + test.want; len(diagnostics) != 1 || !says(want).MatchString(diagnostics[0].Detail) {
			t.Errorf("data.kamiwaza_%s %v: %v, want %q", test.typeName, test.config, diagnostics, want)
		}
	}
}

// Audits in the apply that writes whole sets, at a server whose reads miss what was written in the last two seconds.
func TestAccReadsLag_sets(t *testing.T) {
	t.Parallel()
	clock, pause := patience()
	s := start(t, authserver.Config{Now: clock, API: rbacserver.Behavior{ReadLag: 2 * time.Second}})
	w := workdirFor(t, s, requiredProviders+s.config(`
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
	w.environment = append(w.environment, serveProvider(t, provider.NewSleeping(pause)))
	w.terraform(t, 0, "init")
	w.terraform(t, 0, "apply", "-auto-approve", "-target=kamiwaza_group.admins", "-target=kamiwaza_role.operator", "-target=kamiwaza_right.restart", "-target=kamiwaza_user.ada")
	must(t, pause(t.Context(), time.Minute)) // so that the lag is that of the sets alone
	w.terraform(t, 0, "apply", "-auto-approve")
	if out := w.terraform(t, 0, "output", "-json", "who"); strings.TrimSpace(out) != `[["ada"],["ada"]]` {
		t.Errorf("the audits found %s", out)
	}
}
