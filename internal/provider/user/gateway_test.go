package user_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

const (
	firstPassword  = "analytical engine"
	secondPassword = "difference engine"
)

// gatewayUser is a configuration of one user with these arguments.
func gatewayUser(s acctest.Gateway, arguments string) string {
	return s.Config(fmt.Sprintf("resource \"kamiwaza_user\" \"test\" {\n%s\n}\n", arguments))
}

// onGateway returns the user as the service has it, and fails if there is none.
func onGateway(t *testing.T, s acctest.Gateway, username string) gateway.UserData {
	t.Helper()
	for _, user := range s.Server.Snapshot().Users {
		if user.Username == username && !user.Deleted {
			return user
		}
	}
	t.Fatalf("the service has no user %q", username)
	return gateway.UserData{}
}

// TestAccUser_gateway leads a user through its life on a platform with the gateway API.
func TestAccUser_gateway(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{})
	const address = "kamiwaza_user.test"
	base := "username = \"ada\"\nemail = \"ada@example.com\"\n"
	withPassword := base + fmt.Sprintf("password_wo = %q\npassword_wo_version = \"1\"\n", firstPassword)
	changed := strings.Replace(withPassword, "ada@example.com", "lovelace@example.com", 1) + "roles = [\"viewer\", \"analyst\"]\n"
	reset := strings.NewReplacer(firstPassword, secondPassword, `version = "1"`, `version = "2"`).Replace(changed)
	var id string
	plans := func(action plancheck.ResourceActionType) resource.ConfigPlanChecks {
		return acctest.Plans(address, action)
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{
				Config: gatewayUser(s, withPassword),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(address, tfjsonpath.New("roles"), knownvalue.SetExact([]knownvalue.Check{knownvalue.StringExact("user")})),
					statecheck.ExpectKnownValue(address, tfjsonpath.New("is_active"), knownvalue.Bool(true)),
					statecheck.ExpectKnownValue(address, tfjsonpath.New("is_external"), knownvalue.Bool(false)),
					statecheck.ExpectKnownValue(address, tfjsonpath.New("is_superuser"), knownvalue.Null()),
					statecheck.ExpectKnownValue(address, tfjsonpath.New("full_name"), knownvalue.Null()),
					statecheck.ExpectKnownValue(address, tfjsonpath.New("password"), knownvalue.Null()),
				},
				Check: func(state *terraform.State) error {
					user := onGateway(t, s, "ada")
					id = user.ID
					attributes := state.RootModule().Resources[address].Primary.Attributes
					if attributes["id"] != user.ID || attributes["subject_id"] != user.SubjectID || user.ID == user.SubjectID {
						return fmt.Errorf("the state has %v, the service %+v", attributes, user)
					}
					if !s.CanLogIn("ada", firstPassword) {
						return fmt.Errorf("the password is not the user's")
					}
					return nil
				},
			},
			{ImportState: true, ResourceName: address, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"password_wo_version"}},
			{ImportState: true, ResourceName: address, ImportStateId: "ada", ImportStateVerify: true, ImportStateVerifyIgnore: []string{"password_wo_version"}},
			{
				Config: gatewayUser(s, changed), ConfigPlanChecks: plans(plancheck.ResourceActionUpdate),
				Check: func(*terraform.State) error {
					user := onGateway(t, s, "ada")
					slices.Sort(user.Roles)
					if user.ID != id || *user.Email != "lovelace@example.com" || !slices.Equal(user.Roles, []string{"analyst", "viewer"}) {
						return fmt.Errorf("the service has %+v", user)
					}
					return nil
				},
			},
			{
				Config: gatewayUser(s, reset), ConfigPlanChecks: plans(plancheck.ResourceActionUpdate),
				Check: func(*terraform.State) error {
					if s.CanLogIn("ada", firstPassword) || !s.CanLogIn("ada", secondPassword) {
						return fmt.Errorf("the password was not reset")
					}
					return nil
				},
			},
			{ // Somebody gives the user a role.
				PreConfig: func() {
					s.Send("PUT", "/auth/users/"+id, map[string]any{"roles": []string{"viewer", "analyst", "admin"}})
				},
				Config: gatewayUser(s, reset), ConfigPlanChecks: plans(plancheck.ResourceActionUpdate),
				Check: func(*terraform.State) error {
					if user := onGateway(t, s, "ada"); slices.Contains(user.Roles, "admin") {
						return fmt.Errorf("the service has %+v", user)
					}
					return nil
				},
			},
			{
				Config: gatewayUser(s, reset+"is_active = false\n"), ConfigPlanChecks: plans(plancheck.ResourceActionUpdate),
				Check: func(*terraform.State) error {
					if user := onGateway(t, s, "ada"); user.Active || s.CanLogIn("ada", secondPassword) {
						return fmt.Errorf("the service has %+v", user)
					}
					return nil
				},
			},
			{ // Somebody deletes the user.
				PreConfig: func() { s.Send("DELETE", "/auth/users/"+id, nil) },
				Config:    gatewayUser(s, reset), ConfigPlanChecks: plans(plancheck.ResourceActionCreate),
				Check: func(*terraform.State) error {
					if user := onGateway(t, s, "ada"); user.ID == id {
						return fmt.Errorf("the service has %+v", user)
					}
					return nil
				},
			},
		},
	})
	for _, user := range s.Server.Snapshot().Users {
		if user.Username == "ada" && (!user.Deleted || user.Active && user.ID != id) {
			t.Errorf("after destroy the service has %+v", user)
		}
	}
	if s.CanLogIn("ada", secondPassword) {
		t.Error("the user still logs in after the resource was destroyed")
	}
}

// TestAccUser_gatewayLacks asks the gateway API for what only the RBAC API has.
func TestAccUser_gatewayLacks(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{})
	user := fmt.Sprintf("username = \"ada\"\nemail = \"ada@example.com\"\npassword = %q\n", firstPassword)
	for argument, advice := range map[string]string{
		"full_name = \"Ada Lovelace\"": "identity provider", "is_superuser = true": `Use roles = ["admin"]`,
		"organization_id = \"6f1c2b9e-4d3a-4c55-9f0e-0a7d3f1b2c48\"": "has no organizations", "external_id = \"e1\"": "sets it itself",
	} {
		resource.Test(t, resource.TestCase{
			ProtoV6ProviderFactories: acctest.Factories,
			Steps: []resource.TestStep{{
				Config: gatewayUser(s, user+argument), PlanOnly: true,
				ExpectError: acctest.Says("is not available on this platform", "RBAC API (platform 0.3 to 0.6)", "gateway API (platform 0.7 and later)", advice),
			}},
		})
	}
	if n := len(s.Server.Snapshot().Users); n != 1 {
		t.Errorf("the service has %d users", n)
	}
}

// TestAccUser_gatewayDestroy destroys users on servers that leave the logins of deleted users alone.
func TestAccUser_gatewayDestroy(t *testing.T) {
	t.Parallel()
	for name, behavior := range map[string]gateway.Behavior{"no session store": {}, "session store": {SessionStore: true}, "lite": {Lite: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.StartGateway(t, authserver.Config{API: behavior})
			user := fmt.Sprintf("username = \"ada\"\nemail = \"ada@example.com\"\npassword_wo = %q\npassword_wo_version = \"1\"\n", firstPassword)
			kept := user + "on_destroy = \"deactivate\"\n"
			for _, config := range []string{user, strings.ReplaceAll(kept, "ada", "kept")} {
				resource.Test(t, resource.TestCase{
					ProtoV6ProviderFactories: acctest.Factories,
					Steps:                    []resource.TestStep{{Config: gatewayUser(s, config)}},
				})
			}
			if s.CanLogIn("ada", firstPassword) || s.CanLogIn("kept", firstPassword) {
				t.Error("a destroyed user still logs in")
			}
			if user := onGateway(t, s, "kept"); user.Active {
				t.Errorf("the service has %+v", user)
			}
			if n := s.Count(http.MethodPost, "/auth/users/{user_id}/password"); n < 1 {
				t.Errorf("%d passwords were reset", n)
			}
		})
	}
}

// TestAccUser_gatewayLockout takes from the provider's own user what the provider needs.
func TestAccUser_gatewayLockout(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{})
	admin := "username = \"admin\"\nemail = \"admin@example.com\"\n"
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{Config: gatewayUser(s, admin), ResourceName: "kamiwaza_user.test", ImportState: true, ImportStateId: "admin", ImportStatePersist: true},
			{
				Config: gatewayUser(s, admin+"roles = [\"user\"]\n"), PlanOnly: true,
				ExpectError: acctest.Says("The provider would lock itself out", "takes the role admin from"),
			},
			{
				Config: gatewayUser(s, admin+"is_active = false\n"), PlanOnly: true,
				ExpectError: acctest.Says("The provider would lock itself out"),
			},
			{Config: s.Config("removed {\n  from = kamiwaza_user.test\n  lifecycle {\n    destroy = false\n  }\n}\n")},
		},
	})
}

// TestAccUser_gatewayRename changes the username on platforms that do so, refuse it, and ignore it.
func TestAccUser_gatewayRename(t *testing.T) {
	t.Parallel()
	user := fmt.Sprintf("username = \"ada\"\nemail = \"ada@example.com\"\npassword_wo = %q\npassword_wo_version = \"1\"\n", firstPassword)
	renamed := strings.Replace(user, `"ada"`, `"lovelace"`, 1)
	for rename, problem := range map[gateway.Rename][]string{
		gateway.RenameDone:    nil,
		gateway.RenameRefused: {`Could not update user "ada"`, "answered 400", "recreate the user under the new name", "-replace=ADDRESS"},
		gateway.RenameIgnored: {"differs from the plan", "username"},
	} {
		t.Run(string(rename), func(t *testing.T) {
			t.Parallel()
			s := acctest.StartGateway(t, authserver.Config{API: gateway.Behavior{Rename: rename}})
			step := resource.TestStep{
				Config: gatewayUser(s, renamed),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction("kamiwaza_user.test", plancheck.ResourceActionUpdate),
				}},
			}
			if problem != nil {
				step = resource.TestStep{Config: step.Config, ExpectError: acctest.Says(problem...)}
			}
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Factories,
				Steps: []resource.TestStep{
					{Config: gatewayUser(s, user)},
					step,
					{ // The state tells the truth: the old name has nothing to change, or the new one is there.
						Config: gatewayUser(s, map[bool]string{true: renamed, false: user}[problem == nil]), PlanOnly: true,
					},
				},
			})
		})
	}
}

// TestAccUser_gatewayAdopt adopts a user that exists, who keeps the password.
func TestAccUser_gatewayAdopt(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{})
	id := s.User("ada", "viewer")
	user := fmt.Sprintf("username = \"ada\"\nemail = \"lovelace@example.com\"\nroles = [\"user\"]\npassword_wo = %q\npassword_wo_version = \"1\"\n", firstPassword)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{Config: gatewayUser(s, user), ExpectError: acctest.Says("The user exists already", "adopt_existing = true")},
			{
				Config: gatewayUser(s, user+"adopt_existing = true\n"),
				Check: func(*terraform.State) error {
					held := onGateway(t, s, "ada")
					if held.ID != id || *held.Email != "lovelace@example.com" || !slices.Equal(held.Roles, []string{"user"}) || !s.CanLogIn("ada", authservertest.Password) {
						return fmt.Errorf("the service has %+v", held)
					}
					return nil
				},
			},
		},
	})
}

// TestAccUser_gatewayExternal manages a user of an identity provider, whose password is not the platform's.
func TestAccUser_gatewayExternal(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{})
	s.Server.AddExternalUser("sso", "sso@example.com")
	user := "username = \"sso\"\nemail = \"sso@example.com\"\n"
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{Config: gatewayUser(s, user), ResourceName: "kamiwaza_user.test", ImportState: true, ImportStateId: "sso", ImportStatePersist: true},
			{
				Config: gatewayUser(s, user+"roles = [\"viewer\"]\n"),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue("kamiwaza_user.test", tfjsonpath.New("is_external"), knownvalue.Bool(true)),
				},
			},
		},
	})
	if n := s.Count(http.MethodPost, "/auth/users/{user_id}/password"); n != 0 {
		t.Errorf("the password of a user without one was reset %d times", n)
	}
}

// TestProtocol_gatewayIdentity imports each type by its identity, as Terraform 1.12 does.
func TestProtocol_gatewayIdentity(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{})
	p := acctest.NewProtocol(t, s)
	ada := s.User("ada")
	group := s.Send(http.MethodPost, "/authz/groups/", map[string]any{"name": "crew"}).ID()
	subject := onGateway(t, s, "ada").SubjectID
	s.Send(http.MethodPost, "/authz/groups/"+group+"/members", map[string]any{"user_id": subject})
	pat, _ := s.Send(http.MethodPost, "/auth/pats?name=ci", nil).Object()["pat"].(map[string]any)
	for typeName, identity := range map[string]map[string]string{
		"kamiwaza_user":                  {"id": ada},
		"kamiwaza_group":                 {"id": group},
		"kamiwaza_group_member":          {"group_id": group, "user_id": subject},
		"kamiwaza_group_members":         {"group_id": group},
		"kamiwaza_personal_access_token": {"id": pat["jti"].(string)},
	} {
		imported, diagnostics := p.ImportByIdentity(typeName, identity)
		p.NoErrors(diagnostics)
		read := p.Read(typeName, imported.State, imported.Identity, imported.Private)
		state := p.Texts(p.StateType(typeName), read.NewState)
		for name, want := range identity {
			if state[name] != want {
				t.Errorf("%s: after the import, %s is %q, want %q", typeName, name, state[name], want)
			}
		}
	}
}
