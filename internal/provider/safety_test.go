package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	rbacserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// withArguments is the configuration with more arguments for the provider.
func withArguments(s acctest.Service, arguments, body string) string {
	return strings.Replace(s.Config(body), "provider \"kamiwaza\" {", "provider \"kamiwaza\" {\n  "+arguments, 1)
}

func TestAccUser_selfLockout(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, authserver.Config{})
	const imported = `
import {
  to = kamiwaza_user.admin
  id = "admin"
}
`
	admin := func(arguments string) string {
		return fmt.Sprintf(`
resource "kamiwaza_user" "admin" {
  username = %q
  email    = "admin@example.com"
  %s
}
`, authservertest.AdminUsername, arguments)
	}
	const superuser = "is_superuser = true"
	locked := func(loss string) []string {
		return []string{"The provider would lock itself out", loss + ` user "admin"`, "allow_self_lockout = true"}
	}
	resource.Test(t, resource.TestCase{
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_5_0)},
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{Config: s.Config(imported + admin(superuser))},
			{Config: s.Config(admin("")), ExpectError: acctest.Says(locked("takes the superuser flag from")...)},
			{Config: s.Config(admin(superuser + "\nis_active = false")), ExpectError: acctest.Says(locked("deactivates")...)},
			{Config: s.Config(admin(superuser + "\nexternal_id = \"x\"\npassword = \"pw\"")), ExpectError: acctest.Says(locked("deletes")...)},
			{Config: s.Config(""), ExpectError: acctest.Says(locked("deletes")...)},
			{ // nothing of this was done
				Config:           s.Config(admin(superuser)),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
			},
			{ // another user is another matter
				Config: s.Config(admin(superuser) + "resource \"kamiwaza_user\" \"other\" {\nusername = \"other\"\nemail = \"other@example.com\"\npassword = \"pw\"\nis_superuser = true\n}"),
			},
			{Config: s.Config(admin(superuser))},
			{Config: withArguments(s, "allow_self_lockout = true", admin("")), Check: func(*terraform.State) error {
				if s.MustUser(t, "admin").IsSuperuser {
					return fmt.Errorf("the superuser flag was not taken")
				}
				return nil
			}},
			{ // repaired from outside, so that the test can end
				PreConfig: func() {
					s.Server.Inject(authserver.Fault{Method: "DELETE", Route: "/auth/users/{user_id}", Times: 1, Status: 404, Body: `{"detail": "User not found"}`})
				},
				Config: withArguments(s, "allow_self_lockout = true", ""),
			},
		},
	})
}

func TestAcc_deletionProtection(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, authserver.Config{})
	config := func(protection, external string) string {
		return s.Config(fmt.Sprintf(`
resource "kamiwaza_organization" "acme" {
  name                = "acme"
  deletion_protection = %[1]s
}
resource "kamiwaza_user" "test" {
  username            = "ada"
  email               = "ada@example.com"
  password            = "analytical engine"
  external_id         = %[2]q
  deletion_protection = %[1]s
}`, protection, external))
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{
				Config: config("true", "1"),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				},
			},
			{Config: s.Config(""), ExpectError: acctest.Says("is protected from deletion", "set deletion_protection = false and apply first")},
			{Config: config("true", "2"), ExpectError: acctest.Says(`User "ada"`, "is protected from deletion")},
			{Config: config("false", "2"), ExpectError: acctest.Says(`User "ada"`, "is protected from deletion")}, // not in the same apply
			{
				Config: config("false", "1"),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(acctest.UserAddress, plancheck.ResourceActionUpdate),
						plancheck.ExpectResourceAction("kamiwaza_organization.acme", plancheck.ResourceActionUpdate),
					},
				},
			},
			{Config: config("false", "2")},
			{Config: s.Config(""), Check: func(*terraform.State) error {
				if data := s.Server.Snapshot(); len(data.Users) != 1 || len(data.Organizations) != 0 {
					return fmt.Errorf("the server still holds %+v", data)
				}
				return nil
			}},
		},
	})
}

// The option -replace is not seen at plan time, so the apply refuses.
func TestProtocol_deletionProtectionAtApply(t *testing.T) {
	s := acctest.Start(t, acctest.AuthserverDefaults)
	p, made := acctest.NewProtocol(t, s), acctest.Seed(t, s)
	for typeName, name := range map[string]string{"kamiwaza_user": "username", "kamiwaza_organization": "name"} {
		id := made.Identities[typeName]["id"]
		state := map[string]any{"id": id, name: made.Names[typeName], "deletion_protection": true}
		resp := p.TryDestroy(typeName, state)
		if len(resp.Diagnostics) != 1 || !acctest.Says("deletion_protection").MatchString(resp.Diagnostics[0].Detail) {
			t.Errorf("%s: %d diagnostics, want an error about deletion_protection", typeName, len(resp.Diagnostics))
		}
	}
	if data := s.Server.Snapshot(); len(data.Users) != 2 || len(data.Organizations) != 1 {
		t.Errorf("the server holds %+v", data)
	}
}

func TestAccUser_deactivatedOnDestroy(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, authserver.Config{})
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{
				Config:      acctest.UserConfig(s, "username = \"ada\"\nemail = \"ada@example.com\"\npassword = \"pw\"\non_destroy = \"suspend\""),
				ExpectError: acctest.Says(`on_destroy value must be one of: ["delete" "deactivate"]`),
			},
			{
				Config: acctest.UserConfig(s, "username = \"ada\"\nemail = \"ada@example.com\"\npassword = \"pw\"\non_destroy = \"deactivate\""),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(acctest.UserAddress, tfjsonpath.New("on_destroy"), knownvalue.StringExact("deactivate")),
				},
			},
			{Config: s.Config(""), Check: func(state *terraform.State) error {
				if len(state.RootModule().Resources) != 0 {
					return fmt.Errorf("the user is still in the state")
				}
				if s.MustUser(t, "ada").IsActive {
					return fmt.Errorf("the user is still active")
				}
				return nil
			}},
		},
	})
}

func TestAccUser_adopted(t *testing.T) {
	t.Parallel()
	for name, behavior := range map[string]rbacserver.Behavior{
		"409": {}, "400, folded": {DuplicateStatus: 400, Case: rbacserver.CaseFoldStore},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.Start(t, authserver.Config{API: behavior})
			existing, err := s.API.Users.Create(t.Context(), rbac.UserCreate{
				Username: "ada", Email: "old@example.com", FullName: "old", Password: "her own secret", IsSuperuser: true,
			})
			acctest.Must(t, err)
			config := `
resource "kamiwaza_user" "test" {
  username = "ada"
  email    = "ada@example.com"
  password = "from the configuration"
}`
			adopting := strings.Replace(config, "username", "adopt_existing = true\n  username", 1)
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Factories,
				Steps: []resource.TestStep{
					{
						Config: s.Config(config),
						ExpectError: acctest.Says(`Could not create user "ada"`, "The user exists already", "import {", "to = kamiwaza_user.NAME",
							`id = "`+existing.ID+`"`, "adopt_existing = true"),
					},
					{ // an external id cannot be changed; the user stays who she is
						Config:      s.Config(strings.Replace(adopting, "username", "external_id = \"hr-1\"\n  username", 1)),
						ExpectError: acctest.Says("cannot be adopted", "Its external_id is"),
					},
					{ // a failed adoption does not leave a user behind whom the next apply destroys
						PreConfig: func() {
							s.Server.Inject(authserver.Fault{Method: "PUT", Route: "/auth/users/{user_id}", Times: 1, Status: 500})
						},
						Config:      s.Config(adopting),
						ExpectError: acctest.Says("exists, and adopting it failed"),
					},
					{
						Config: s.Config(adopting),
						ConfigPlanChecks: resource.ConfigPlanChecks{
							PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(acctest.UserAddress, plancheck.ResourceActionCreate)},
							PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
						},
						ConfigStateChecks: []statecheck.StateCheck{
							statecheck.ExpectKnownValue(acctest.UserAddress, tfjsonpath.New("id"), knownvalue.StringExact(existing.ID)),
						},
						Check: func(*terraform.State) error {
							user := s.MustUser(t, "ada")
							if user.ID != existing.ID || user.Email != "ada@example.com" || acctest.Text(user.FullName) != "" || user.IsSuperuser {
								return fmt.Errorf("the server holds %+v", user)
							}
							if !s.CanLogIn(t, "ada", "her own secret") {
								return fmt.Errorf("the user lost her password")
							}
							return nil
						},
					},
				},
			})
		})
	}
}

// Adopting the provider's own user must not lock the provider out either.
func TestAccUser_adoptingOneself(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, authserver.Config{})
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{{
			Config:      s.Config("resource \"kamiwaza_user\" \"test\" {\nadopt_existing = true\nusername = \"admin\"\nemail = \"admin@example.com\"\npassword = \"pw\"\n}"),
			ExpectError: acctest.Says("The provider would lock itself out", `takes the superuser flag from user "admin"`),
		}},
	})
	if !s.MustUser(t, "admin").IsSuperuser {
		t.Error("the administrator is no superuser any more")
	}
}

func TestProtocol_planWarnings(t *testing.T) {
	s := acctest.Start(t, acctest.AuthserverDefaults)
	made := acctest.Seed(t, s)
	id := func(typeName string) string { return made.Identities["kamiwaza_"+typeName]["id"] }
	group, role, right, user := id("group"), id("role"), id("right"), id("user")
	other, err := s.API.Groups.Create(t.Context(), rbac.GroupCreate{Name: "other"})
	acctest.Must(t, err)
	const nowhere = "00000000-0000-4000-8000-000000000000"
	acctest.Must(t, s.API.Users.AddGroup(t.Context(), s.Server.AdminID(), group))
	type object = map[string]any

	for name, test := range map[string]struct {
		typeName      string
		prior, config object
		want          []string // a phrase of each warning
	}{
		"an edge to nothing":        {"kamiwaza_role_right", nil, object{"role_id": role, "right_id": nowhere}, []string{"There is no right " + nowhere + ": The server has no right with this id"}},
		"an edge from nothing":      {"kamiwaza_group_role", nil, object{"group_id": nowhere, "role_id": role}, []string{"There is no group " + nowhere}},
		"an edge between objects":   {"kamiwaza_group_member", nil, object{"group_id": group, "user_id": user}, nil},
		"an edge to come":           {"kamiwaza_role_right", nil, object{"role_id": acctest.Unknown{}, "right_id": acctest.Unknown{}}, nil},
		"an edge that exists":       {"kamiwaza_role_right", object{"id": role + "/" + nowhere, "role_id": role, "right_id": nowhere}, object{"role_id": role, "right_id": nowhere}, nil},
		"a set with nothing in it":  {"kamiwaza_role_rights", nil, object{"role_id": role, "right_ids": []string{right, nowhere}}, []string{"There is no right " + nowhere + ": The server has no right with this id"}},
		"a set of nothing":          {"kamiwaza_role_rights", nil, object{"role_id": nowhere, "right_ids": []string{}}, []string{"There is no role " + nowhere}},
		"a set of objects":          {"kamiwaza_role_rights", nil, object{"role_id": role, "right_ids": []string{right}}, nil},
		"a set to come":             {"kamiwaza_role_rights", nil, object{"role_id": role, "right_ids": acctest.Unknown{}}, nil},
		"a set that takes away":     {"kamiwaza_role_rights", nil, object{"role_id": role, "right_ids": []string{}}, []string{"Creating this removes rights that the role has: The role " + role + " has 1 right(s) that are not in the configuration. This resource is authoritative, so the apply removes them: " + right}},
		"an edge of oneself goes":   {"kamiwaza_group_member", object{"id": group + "/" + s.Server.AdminID(), "group_id": group, "user_id": s.Server.AdminID()}, nil, []string{`The provider's own user leaves a group: This plan removes "admin"`}},
		"an edge of another goes":   {"kamiwaza_group_member", object{"id": group + "/" + user, "group_id": group, "user_id": user}, nil, nil},
		"a set loses oneself":       {"kamiwaza_group_members", object{"id": group, "group_id": group, "user_ids": []string{user, s.Server.AdminID()}}, object{"group_id": group, "user_ids": []string{user}}, []string{"The provider's own user leaves a group"}},
		"a set loses another":       {"kamiwaza_group_members", object{"id": group, "group_id": group, "user_ids": []string{user, s.Server.AdminID()}}, object{"group_id": group, "user_ids": []string{s.Server.AdminID()}}, nil},
		"a set of oneself goes":     {"kamiwaza_user_groups", object{"id": s.Server.AdminID(), "user_id": s.Server.AdminID(), "group_ids": []string{group}}, nil, []string{"The provider's own user leaves a group"}},
		"a set of oneself shrinks":  {"kamiwaza_user_groups", object{"id": s.Server.AdminID(), "user_id": s.Server.AdminID(), "group_ids": []string{group}}, object{"user_id": s.Server.AdminID(), "group_ids": []string{}}, []string{"The provider's own user leaves a group"}},
		"a set moves elsewhere":     {"kamiwaza_group_members", object{"id": group, "group_id": group, "user_ids": []string{s.Server.AdminID()}}, object{"group_id": other.ID, "user_ids": []string{s.Server.AdminID()}}, []string{"The provider's own user leaves a group"}},
		"a set of another goes":     {"kamiwaza_user_groups", object{"id": user, "user_id": user, "group_ids": []string{group}}, nil, nil},
		"roles are no group of one": {"kamiwaza_group_roles", object{"id": group, "group_id": group, "role_ids": []string{role}}, object{"group_id": group, "role_ids": []string{}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			p := acctest.NewProtocol(t, s) // each a run of its own
			got := p.Warnings(p.Plan(test.typeName, test.prior, test.config).Diagnostics)
			if len(got) != len(test.want) {
				t.Fatalf("the warnings are %q, want %d", got, len(test.want))
			}
			for i, want := range test.want {
				if !acctest.Says(want).MatchString(got[i]) {
					t.Errorf("the warning is %q, want %q", got[i], want)
				}
			}
		})
	}
}

// Ids of objects that the same run created are never missing, even where reads lag behind.
func TestAcc_noWarningForTheSameApply(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, authserver.Config{})
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{{
			PreConfig: s.Server.ResetRequests,
			Config:    s.Config(acctest.Company),
			Check: func(*terraform.State) error {
				for _, request := range s.Server.Requests() {
					if request.Status == 404 && !acctest.IsDetection(request) {
						return fmt.Errorf("%s %s was asked for in vain", request.Method, request.Path)
					}
				}
				return nil
			},
		}},
	})
}

func TestProtocol_fightsOverAssignments(t *testing.T) {
	s := acctest.Start(t, acctest.AuthserverDefaults)
	made := acctest.Seed(t, s)
	id := func(typeName string) string { return made.Identities["kamiwaza_"+typeName]["id"] }
	group, role, right, user := id("group"), id("role"), id("right"), id("user")
	type object = map[string]any
	type planned struct {
		typeName string
		config   object
	}
	edges := map[string]planned{
		"group_member": {"kamiwaza_group_member", object{"group_id": group, "user_id": user}},
		"group_role":   {"kamiwaza_group_role", object{"group_id": group, "role_id": role}},
		"role_right":   {"kamiwaza_role_right", object{"role_id": role, "right_id": right}},
	}
	sets := map[string]planned{
		"group_members": {"kamiwaza_group_members", object{"group_id": group, "user_ids": []string{user}}},
		"user_groups":   {"kamiwaza_user_groups", object{"user_id": user, "group_ids": []string{group}}},
		"group_roles":   {"kamiwaza_group_roles", object{"group_id": group, "role_ids": []string{role}}},
		"role_rights":   {"kamiwaza_role_rights", object{"role_id": role, "right_ids": []string{right}}},
		"no groups":     {"kamiwaza_user_groups", object{"user_id": user, "group_ids": []string{}}},
	}
	owners := map[string]string{"group_members": "group " + group, "user_groups": "user " + user, "group_roles": "group " + group, "role_rights": "role " + role}

	second := func(t *testing.T, first, then planned) []string {
		t.Helper()
		p := acctest.NewProtocol(t, s)
		p.NoErrors(p.Plan(first.typeName, nil, first.config).Diagnostics)
		var fights []string
		for _, warning := range p.Warnings(p.Plan(then.typeName, nil, then.config).Diagnostics) {
			if strings.Contains(warning, " both manage ") || strings.Contains(warning, " disagree about ") {
				fights = append(fights, warning)
			}
		}
		return fights
	}
	for _, pair := range [][2]string{{"group_member", "group_members"}, {"group_member", "user_groups"}, {"group_role", "group_roles"}, {"role_right", "role_rights"}} {
		edge, set := edges[pair[0]], sets[pair[1]]
		want := acctest.Says(edge.typeName + " and " + set.typeName + " both manage assignments of " + owners[pair[1]])
		for _, order := range [][2]planned{{edge, set}, {set, edge}} {
			if fights := second(t, order[0], order[1]); len(fights) != 1 || !want.MatchString(fights[0]) {
				t.Errorf("%s after %s: the warnings are %q, want %v", order[1].typeName, order[0].typeName, fights, want)
			}
		}
	}
	if fights := second(t, sets["group_members"], sets["user_groups"]); len(fights) != 0 {
		t.Errorf("sets from both ends that agree: %q", fights)
	}
	for _, order := range [][2]planned{{sets["group_members"], sets["no groups"]}, {sets["no groups"], sets["group_members"]}} {
		if fights := second(t, order[0], order[1]); len(fights) != 1 || !acctest.Says("kamiwaza_", group, "disagree").MatchString(fights[0]) && !acctest.Says("disagree", group).MatchString(fights[0]) {
			t.Errorf("sets from both ends that disagree: %q", fights)
		}
	}
	if fights := second(t, sets["user_groups"], sets["no groups"]); len(fights) != 1 || !acctest.Says("Two kamiwaza_user_groups disagree about user "+user).MatchString(fights[0]) {
		t.Errorf("two sets of one owner: %q", fights)
	}
	if fights := second(t, edges["group_role"], sets["role_rights"]); len(fights) != 0 {
		t.Errorf("different edges: %q", fights)
	}
}

func TestProtocol_movedFromRESTAPI(t *testing.T) {
	s := acctest.Start(t, acctest.AuthserverDefaults)
	p, made := acctest.NewProtocol(t, s), acctest.Seed(t, s)
	move := func(typeName, address, sourceType, json string) *tfprotov6.MoveResourceStateResponse {
		t.Helper()
		resp, err := p.Server.MoveResourceState(t.Context(), &tfprotov6.MoveResourceStateRequest{
			SourceProviderAddress: address, SourceTypeName: sourceType, TargetTypeName: typeName,
			SourceState: &tfprotov6.RawState{JSON: []byte(json)},
		})
		acctest.Must(t, err)
		return resp
	}
	const restapi = "registry.terraform.io/Mastercard/restapi"
	for _, noun := range []string{"user", "organization", "group", "role", "right"} {
		typeName := "kamiwaza_" + noun
		id := made.Identities[typeName]["id"]
		resp := move(typeName, restapi, "restapi_object", fmt.Sprintf(`{"id": %q, "path": "/auth/%ss/", "data": "{}", "api_data": {"name": "x"}}`, id, noun))
		p.NoErrors(resp.Diagnostics)
		// What Terraform does next is to read it.
		state := p.Texts(p.StateType(typeName), p.Read(typeName, resp.TargetState, nil, resp.TargetPrivate).NewState)
		if state["id"] != id || state["name"]+state["username"] != made.Names[typeName] {
			t.Errorf("%s: after the move, the state is %v", typeName, state)
		}
	}
	for name, resp := range map[string]*tfprotov6.MoveResourceStateResponse{
		"no id":            move("kamiwaza_role", restapi, "restapi_object", `{"id": "operator"}`),
		"another type":     move("kamiwaza_role", restapi, "restapi_thing", `{"id": "00000000-0000-4000-8000-000000000000"}`),
		"another provider": move("kamiwaza_role", "registry.terraform.io/acme/restapi", "restapi_object", `{"id": "00000000-0000-4000-8000-000000000000"}`),
		"damaged":          move("kamiwaza_role", restapi, "restapi_object", `{`),
	} {
		if len(resp.Diagnostics) == 0 || resp.Diagnostics[0].Severity != tfprotov6.DiagnosticSeverityError {
			t.Errorf("%s: no error", name)
		}
	}
}

// Each user that a plan destroys asks who the provider is. When that fails, one request and one warning will do.
func TestProtocol_selfUnknown(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	p := acctest.NewProtocol(t, s)
	s.Server.Inject(authserver.Fault{Method: "GET", Route: "/auth/users/me", Status: 500, Body: `{"detail": "Out of order"}`})
	s.Server.ResetRequests()
	var warnings []string
	for i := range 3 {
		state := acctest.Fields{
			"id": fmt.Sprintf("00000000-0000-4000-8000-%012d", i), "username": fmt.Sprintf("user%d", i), "email": "user@example.com",
			"is_superuser": false, "is_active": true, "deletion_protection": false, "on_destroy": "delete",
		}
		warnings = append(warnings, p.Warnings(p.Plan("kamiwaza_user", state, nil).Diagnostics)...)
	}
	if len(warnings) != 1 || !acctest.Says("Could not check for a self-lockout", `deletes user "user0"`, "Out of order", "Check the other users in this plan too").MatchString(warnings[0]) {
		t.Errorf("the warnings are %q, want one", warnings)
	}
	asked := 0
	for _, request := range s.Server.Requests() {
		if request.Route == "/auth/users/me" {
			asked++
		}
	}
	if asked != 1 {
		t.Errorf("the server was asked %d times who the provider is, want once", asked)
	}
}
