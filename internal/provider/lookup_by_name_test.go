package provider_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
	rbacserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// TestProtocol_dataByName reads each object by its name, which must bring what its id brings, and share the requests.
func TestProtocol_dataByName(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, authserver.Config{})
	objects := acctest.Seed(t, s)
	p := acctest.NewProtocol(t, s)
	s.Asked()
	for _, typeName := range slices.Sorted(maps.Keys(objects.Names)) {
		if typeName == "kamiwaza_user" {
			continue
		}
		objectType := p.Schemas.DataSourceSchemas[typeName].ValueType()
		byName, diagnostics := p.ReadData(typeName, acctest.Fields{"name": objects.Names[typeName]})
		p.NoErrors(diagnostics)
		byID, diagnostics := p.ReadData(typeName, acctest.Fields{"id": objects.Identities[typeName]["id"]})
		p.NoErrors(diagnostics)
		got, want := p.Texts(objectType, byName), p.Texts(objectType, byID)
		if !maps.Equal(got, want) || got["id"] != objects.Identities[typeName]["id"] {
			t.Errorf("%s by name is %v, and by id %v", typeName, got, want)
		}
	}
	acctest.WantCounts(t, s.Asked(), map[string]int{
		"POST /auth/token": 1, "GET /auth/users/": 1, "GET /auth/groups/{group_id}": 1, "GET /auth/roles/{role_id}": 1, "GET /auth/rights/{right_id}": 1,
		"GET /auth/organizations/{org_id}": 1,
	})
}

// TestProtocol_dataByName_refused: a name of a data source is never an id.
func TestProtocol_dataByName_refused(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, authserver.Config{API: rbacserver.Behavior{DuplicateNames: true}})
	id := acctest.Seed(t, s).Identities["kamiwaza_group"]["id"]
	twin, err := s.API.Groups.Create(t.Context(), rbac.GroupCreate{Name: "admins"})
	acctest.Must(t, err)
	s.NewUser(t, rbac.UserCreate{Username: "bela", Groups: []string{twin.ID}})
	twins := []string{id, twin.ID}
	slices.Sort(twins)
	for _, test := range []struct{ typeName, name, want string }{
		{"kamiwaza_group", "admins", fmt.Sprintf(`Could not read group "admins": 2 groups are called "admins": %s. Use the id of one of them.`, strings.Join(twins, ", "))},
		{"kamiwaza_group", id, fmt.Sprintf("Could not find group %q: None of the 2 groups that can be reached from the users is called", id)},
		{"kamiwaza_role", "Operator", `Could not find role "Operator": No role is called "Operator", but there is "operator"`},
		{"kamiwaza_right", "look", `Could not find right "look": The only right that can be reached from the users is not called "look". The API lists users alone`},
		{"kamiwaza_organization", "acme inc", `Could not find organization "acme inc"`},
	} {
		_, diagnostics := acctest.NewProtocol(t, s).ReadData(test.typeName, acctest.Fields{"name": test.name})
		acctest.WantWords(t, acctest.Written(diagnostics), test.want)
	}

	g := acctest.StartGateway(t, authserver.Config{API: gateway.Behavior{GroupNames: gateway.GroupNamesShared}})
	for _, name := range []string{"crew", "twin", "twin"} {
		g.Send("POST", "/authz/groups/", map[string]any{"name": name})
	}
	for name, want := range map[string]string{
		"Crew": `No group is called "Crew", but there is "crew"`, "twin": `2 groups are called "twin"`, "nobody": `None of the server's 3 groups has the name "nobody"`,
	} {
		_, diagnostics := acctest.NewProtocol(t, g).ReadData("kamiwaza_group", acctest.Fields{"name": name})
		acctest.WantWords(t, acctest.Written(diagnostics), want)
	}
}

// TestProtocol_usernames: who has left is missing, and not an error. Whom another argument leaves out is not missing.
func TestProtocol_usernames(t *testing.T) {
	t.Parallel()
	rbacService, gatewayService := acctest.Start(t, authserver.Config{}), acctest.StartGateway(t, authserver.Config{API: gateway.Behavior{SubjectIDs: gateway.SubjectIDsExternal}})
	for _, name := range []string{"ada", "bela"} {
		rbacService.NewUser(t, rbac.UserCreate{Username: name})
		gatewayService.User(name)
	}
	wanted := acctest.Fields{"usernames": []string{"ada", "ADMIN", "left", "quit"}}
	for generation, s := range map[string]acctest.Addressed{"rbac": rbacService, "gateway": gatewayService} {
		t.Run(generation, func(t *testing.T) {
			t.Parallel()
			for _, test := range []struct {
				config                    acctest.Fields
				users, usernames, missing string
			}{
				{wanted, "[ada admin]", "[ADMIN ada left quit]", "[left quit]"},
				{with(wanted, "username_regex", "^ad"), "[ada admin]", "[ADMIN ada left quit]", "[left quit]"},
				{with(wanted, "username_regex", "^b"), "[]", "[ADMIN ada left quit]", "[left quit]"},
				{acctest.Fields{"usernames": []string{}}, "[]", "[]", "[]"},
				{nil, "[ada admin bela]", "[ada admin bela]", "[]"},
			} {
				p := acctest.NewProtocol(t, s)
				state, diagnostics := p.ReadData("kamiwaza_users", test.config)
				p.NoErrors(diagnostics)
				objectType := p.Schemas.DataSourceSchemas["kamiwaza_users"].ValueType()
				found := usernamesOf(t, p, state)
				got := []string{found, fmt.Sprint(p.Set(objectType, state, "usernames")), fmt.Sprint(p.Set(objectType, state, "missing"))}
				if want := []string{test.users, test.usernames, test.missing}; !slices.Equal(got, want) {
					t.Errorf("%v: users, usernames and missing are %v, want %v", test.config, got, want)
				}
				if n := len(p.Set(objectType, state, "ids")); n != len(strings.Fields(strings.Trim(found, "[]"))) {
					t.Errorf("%v: there are %d ids for %s", test.config, n, found)
				}
			}
		})
	}
}

// TestProtocol_usernamesProblems: two users who are meant by one username, and users who cannot be listed, are errors.
func TestProtocol_usernamesProblems(t *testing.T) {
	t.Parallel()
	rbacService := acctest.Start(t, authserver.Config{})
	first := rbacService.NewUser(t, rbac.UserCreate{Username: "Zoe"})
	second := rbacService.NewUser(t, rbac.UserCreate{Username: "zoE"})
	_, diagnostics := acctest.NewProtocol(t, rbacService).ReadData("kamiwaza_users", acctest.Fields{"usernames": []string{"zoe"}})
	acctest.WantWords(t, acctest.Written(diagnostics), `Could not read users: 2 users have the username "zoe"`, first.ID, second.ID)
	rbacService.Server.Inject(authserver.Fault{Method: "GET", Route: "/auth/users/", Status: 403, Body: `{"detail": "Not yours"}`})
	_, diagnostics = acctest.NewProtocol(t, rbacService).ReadData("kamiwaza_users", acctest.Fields{"usernames": []string{"zoe"}})
	acctest.WantWords(t, acctest.Written(diagnostics), "403 Forbidden: Not yours")
}

// usernamesOf returns the usernames of the users that data.kamiwaza_users has found.
func usernamesOf(t *testing.T, p acctest.Protocol, state *tfprotov6.DynamicValue) string {
	t.Helper()
	var users []tftypes.Value
	acctest.Must(t, p.Attributes("kamiwaza_users", state)["users"].As(&users))
	usernames := make([]string, len(users))
	for i, user := range users {
		var attributes map[string]tftypes.Value
		acctest.Must(t, user.As(&attributes))
		acctest.Must(t, attributes["username"].As(&usernames[i]))
	}
	return fmt.Sprint(usernames)
}
