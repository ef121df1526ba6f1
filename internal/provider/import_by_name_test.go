package provider_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
	rbacserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/importid"
)

// slashedNames are hard to tell from the form of an import id.
var slashedNames = []string{
	"a", "a/b", "a/b/c", "/", "/a", "a/", "a%2Fb", "a%2fc", "100%", "%", "a b", " a", "a?b#c", `"a"`, "${a}", "Zo\u00eb", "a\\b", "..", someIDPlus, "A\tB",
}

const someIDPlus = someID + "x"

// tried imports an object, and returns its state before the first read.
func tried(p acctest.Protocol, typeName, id string) (state map[string]string, diagnostics []*tfprotov6.Diagnostic) {
	p.T.Helper()
	resp, err := p.Server.ImportResourceState(p.T.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: typeName, ID: id})
	acctest.Must(p.T, err)
	if len(resp.Diagnostics) > 0 {
		return nil, resp.Diagnostics
	}
	return p.Texts(p.StateType(typeName), resp.ImportedResources[0].State), nil
}

// TestProtocol_importByName imports each type by name. The state is that of an import by id, and all of them share their
// requests.
func TestProtocol_importByName(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, authserver.Config{})
	objects := acctest.Seed(t, s)
	p := acctest.NewProtocol(t, s)
	byName := maps.Clone(objects.Names)
	maps.Copy(byName, map[string]string{
		"kamiwaza_group_member": "admins/ada", "kamiwaza_group_role": "admins/operator", "kamiwaza_role_right": "operator/restart",
		"kamiwaza_group_members": "admins", "kamiwaza_user_groups": "ada", "kamiwaza_group_roles": "admins", "kamiwaza_role_rights": "operator",
	})
	s.Asked()
	states := map[string]map[string]string{}
	for _, typeName := range slices.Sorted(maps.Keys(objects.Identities)) {
		states[typeName] = p.AttributesOf(p.Imported(typeName, byName[typeName]))
	}
	acctest.WantCounts(t, s.Asked(), map[string]int{
		"POST /auth/token": 1, "GET /auth/users/": 1, "GET /auth/groups/{group_id}": 1, "GET /auth/roles/{role_id}": 1, "GET /auth/rights/{right_id}": 1,
		"GET /auth/organizations/{org_id}": 1,
	})
	for typeName, identity := range objects.Identities {
		imported, diagnostics := p.ImportByIdentity(typeName, identity)
		p.NoErrors(diagnostics)
		want := p.AttributesOf(p.Refreshed(acctest.Instance{TypeName: typeName, State: imported.State, Private: imported.Private}))
		if got := states[typeName]; !maps.Equal(got, want) || got["id"] == "" {
			t.Errorf("%s by name is %v, and by id %v", typeName, got, want)
		}
	}
}

// TestProtocol_importByName_hostile imports assignments between objects with names that have slashes, percent signs and
// spaces: each is found when its parts are escaped, and without when there is one reading only.
func TestProtocol_importByName_hostile(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, authserver.Config{})
	groups, roles := map[string]string{}, map[string]string{}
	var all []string
	for _, name := range slashedNames {
		role, err := s.API.Roles.Create(t.Context(), rbac.RoleCreate{Name: name})
		acctest.Must(t, err)
		group, err := s.API.Groups.Create(t.Context(), rbac.GroupCreate{Name: name, Roles: []string{role.ID}})
		acctest.Must(t, err)
		groups[name], roles[name] = group.ID, role.ID
		all = append(all, group.ID)
	}
	s.NewUser(t, rbac.UserCreate{Username: "ada", Groups: all})
	p := acctest.NewProtocol(t, s)
	for _, group := range slashedNames {
		for _, typeName := range []string{"kamiwaza_group", "kamiwaza_group_roles"} {
			state, diagnostics := tried(p, typeName, group)
			p.NoErrors(diagnostics)
			if state["id"] != groups[group] {
				t.Errorf("%s %q is %v", typeName, group, state)
			}
		}
		for _, role := range slashedNames {
			want := groups[group] + "/" + roles[role]
			escaped := importid.Escape(group) + "/" + importid.Escape(role)
			for _, id := range []string{escaped, group + "/" + role, groups[group] + "/" + role, group + "/" + roles[role]} {
				state, diagnostics := tried(p, "kamiwaza_group_role", id)
				severalReadings := id == group+"/"+role && acctest.Says("ways: ", "or use ids").MatchString(acctest.Written(diagnostics))
				// One name is what another one looks like when it is escaped.
				twoNames := strings.Contains(id, "a%2Fb") && acctest.Says(`"a%2Fb" may be two`, "use an id").MatchString(acctest.Written(diagnostics))
				switch {
				case severalReadings, twoNames:
				case len(diagnostics) > 0:
					t.Errorf("%q: %s", id, acctest.Written(diagnostics))
				case state["id"] != want:
					t.Errorf("%q is %s, want the group %q and the role %q", id, state["id"], group, role)
				}
			}
		}
	}
}

// TestProtocol_importByName_refused: what no object or several have the name of is an error that says what to do.
func TestProtocol_importByName_refused(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, authserver.Config{API: rbacserver.Behavior{DuplicateNames: true}})
	newGroup := func(name string) string {
		group, err := s.API.Groups.Create(t.Context(), rbac.GroupCreate{Name: name})
		acctest.Must(t, err)
		return group.ID
	}
	first, second, nested, plain, twins := newGroup("a"), newGroup("a/b"), newGroup("Platform"), newGroup("Board"), []string{newGroup("twin"), newGroup("twin")}
	slices.Sort(twins)
	groups := []string{first, second, nested, twins[0], twins[1]}
	c, bc := s.NewUser(t, rbac.UserCreate{Username: "c", Groups: groups}), s.NewUser(t, rbac.UserCreate{Username: "b/c"})
	for id, want := range map[string][]string{
		"Board": {
			`Could not import group "Board"`, `None of the 5 groups that can be reached from the users is called "Board". The API lists users alone, so a group without ` +
				`members can be found by its id only`,
		},
		"platform":                   {fmt.Sprintf(`No group is called "platform", but there is "Platform" (%s).`, nested)},
		"twin":                       {fmt.Sprintf(`2 groups are called "twin": %s, %s. Use the id of one of them.`, twins[0], twins[1])},
		strings.ToUpper(plain):       {fmt.Sprintf("must be written in lower case: %q", plain)},
		"a/x":                        {`Could not import kamiwaza_group_member "a/x"`, `None of the server's 3 users has the username "x".`},
		"x/c":                        {`None of the 5 groups that can be reached from the users is called "x".`, "by its id only"},
		"x/y":                        {`is called "x".`, `None of the server's 3 users has the username "y".`},
		"twin/c":                     {`2 groups are called "twin"`},
		"platform/c":                 {`No group is called "platform", but there is "Platform"`},
		"a/b/c":                      {fmt.Sprintf(`It can be read in 2 ways: group "a" (%s) and user "b/c" (%s); group "a/b" (%s) and user "c" (%s). Write each "/" within a name as %%2F, or use ids.`, first, bc.ID, second, c.ID)},
		"x/y/z":                      {`at none of them it names two objects: group "x" and user "y/z"; group "x/y" and user "z".`, "The API lists users alone"},
		"c/":                         {"A kamiwaza_group_member is imported as <group>/<user>", `"c/" is not of that form`},
		strings.ToUpper(c.ID) + "/c": {"must be written in lower case"},
	} {
		typeName := "kamiwaza_group"
		if strings.Contains(id, "/") {
			typeName = "kamiwaza_group_member"
		}
		_, diagnostics := tried(acctest.NewProtocol(t, s), typeName, id)
		if len(diagnostics) != 1 {
			t.Errorf("%s %q: %d diagnostics, want one error", typeName, id, len(diagnostics))
			continue
		}
		acctest.WantWords(t, acctest.Written(diagnostics), want...)
	}
}

// TestProtocol_importByName_gateway imports what the gateway API has by name, among it members whom it does not list.
func TestProtocol_importByName_gateway(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{API: gateway.Behavior{SubjectIDs: gateway.SubjectIDsExternal, GroupNames: gateway.GroupNamesShared}})
	subjects := map[string]string{}
	for _, name := range []string{"ada", "b/c", "outsider"} {
		s.User(name)
	}
	for _, user := range s.Server.Snapshot().Users {
		subjects[user.Username] = user.SubjectID
	}
	group := s.Send("POST", "/authz/groups/", map[string]any{"name": "crew/one"}).ID()
	for _, member := range []string{subjects["ada"], subjects["b/c"], "outsider"} {
		s.Send("POST", "/authz/groups/"+group+"/members", map[string]any{"user_id": member})
	}
	for range 2 {
		s.Send("POST", "/authz/groups/", map[string]any{"name": "twin"})
	}
	room := s.Send("POST", "/workrooms/", map[string]any{"name": "lab/one", "type": "persistent"}).ID()
	s.Server.ResetRequests()
	p := acctest.NewProtocol(t, s)
	for _, test := range []struct{ typeName, id, want string }{
		{"kamiwaza_group", "crew/one", group},
		{"kamiwaza_group", group, group},
		{"kamiwaza_group_members", "crew/one", group},
		{"kamiwaza_group_member", "crew/one/ada", group + "/" + subjects["ada"]},
		{"kamiwaza_group_member", "crew%2Fone/ada", group + "/" + subjects["ada"]},
		{"kamiwaza_group_member", group + "/b/c", group + "/" + subjects["b/c"]},
		{"kamiwaza_group_member", "crew/one/b/c", group + "/" + subjects["b/c"]},
		{"kamiwaza_group_member", "crew/one/" + subjects["ada"], group + "/" + subjects["ada"]},
		{"kamiwaza_group_member", "crew/one/outsider", group + "/outsider"}, // whose id is another user's name
		{"kamiwaza_workroom", "lab/one", room},
		{"kamiwaza_workroom_members", "lab/one", room},
	} {
		state, diagnostics := tried(p, test.typeName, test.id)
		p.NoErrors(diagnostics)
		if state["id"] != test.want {
			t.Errorf("%s %q is %v, want %s", test.typeName, test.id, state, test.want)
		}
	}
	for _, list := range []string{"/auth/users", "/authz/groups/", "/workrooms/"} {
		if n := s.Count("GET", list); n > 1 {
			t.Errorf("%s was asked for %d times", list, n)
		}
	}
	for _, test := range []struct{ typeName, id, want string }{
		{"kamiwaza_group", "Crew/one", `No group is called "Crew/one", but there is "crew/one"`},
		{"kamiwaza_group", "twin", `2 groups are called "twin"`},
		{"kamiwaza_group_members", "nobody", `None of the server's 3 groups has the name "nobody".`},
		{"kamiwaza_group_member", "crew%2Fone/nobody", `None of the server's 4 users has the username "nobody".`},
		{"kamiwaza_workroom_members", "nowhere", `None of the server's 1 workrooms has the name "nowhere".`},
	} {
		_, diagnostics := tried(p, test.typeName, test.id)
		acctest.WantWords(t, acctest.Written(diagnostics), "Could not import", test.want)
	}
}

// TestAccImportByName imports a company by import blocks with names alone, one of them for all elements of a map.
func TestAccImportByName(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	acctest.Seed(t, s)
	company := strings.Replace(acctest.Company, `password        = "correct horse"`, "", 1)
	var imports strings.Builder
	checks := []plancheck.PlanCheck{}
	for address, id := range map[string]string{
		"organization.acme": "acme", "user.ada": "ada", "group.admins": "admins", "role.operator": "operator", "right.restart": "restart",
		"group_member.ada": "admins/ada", "group_role.operator": "admins/operator", "role_right.restart": "operator/restart",
	} {
		fmt.Fprintf(&imports, "import {\n  to = kamiwaza_%s\n  id = %q\n}\n", address, id)
		checks = append(checks, plancheck.ExpectResourceAction("kamiwaza_"+address, plancheck.ResourceActionNoop))
	}
	before := s.Population()
	resource.ParallelTest(t, resource.TestCase{
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_5_0)},
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{Config: s.Config(company + imports.String()), ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: checks}},
			{PreConfig: func() {
				if after := s.Population(); after != before {
					t.Errorf("the server has %s, and had %s", after, before)
				}
			}, Config: s.Config(company), ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}},
		},
	})
}
