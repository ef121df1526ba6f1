package user_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

func TestAccUser(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	attribute := func(name string, value knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(acctest.UserAddress, tfjsonpath.New(name), value)
	}
	plans := func(action plancheck.ResourceActionType) resource.ConfigPlanChecks {
		return resource.ConfigPlanChecks{
			PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(acctest.UserAddress, action)},
			PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
		}
	}
	sameID := statecheck.CompareValue(compare.ValuesSame())

	resource.ParallelTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		CheckDestroy: func(*terraform.State) error {
			if users := s.Server.Snapshot().Users; len(users) != 1 {
				return fmt.Errorf("the server holds %d users, want the administrator alone", len(users))
			}
			return nil
		},
		Steps: []resource.TestStep{
			{
				Config: acctest.UserConfig(s, `
  username        = "ada"
  email           = "ada@example.com"
  full_name       = "Ada Lovelace"
  organization_id = kamiwaza_organization.acme.id
  is_superuser    = true
  external_id     = "hr-1"
  password        = "analytical engine"`),
				ConfigPlanChecks: plans(plancheck.ResourceActionCreate),
				ConfigStateChecks: []statecheck.StateCheck{
					attribute("id", acctest.AnyUUID),
					attribute("created_at", acctest.AnyTimestamp),
					attribute("username", knownvalue.StringExact("ada")),
					attribute("email", knownvalue.StringExact("ada@example.com")),
					attribute("full_name", knownvalue.StringExact("Ada Lovelace")),
					attribute("is_superuser", knownvalue.Bool(true)),
					attribute("is_active", knownvalue.Bool(true)),
					attribute("external_id", knownvalue.StringExact("hr-1")),
					attribute("password", knownvalue.StringExact("analytical engine")),
					attribute("password_wo", knownvalue.Null()),
					statecheck.CompareValuePairs(acctest.UserAddress, tfjsonpath.New("organization_id"),
						"kamiwaza_organization.acme", tfjsonpath.New("id"), compare.ValuesSame()),
					sameID.AddStateValue(acctest.UserAddress, tfjsonpath.New("id")),
				},
				Check: func(*terraform.State) error {
					user := s.MustUser(t, "ada")
					if acctest.Text(user.FullName) != "Ada Lovelace" || !user.IsSuperuser || !user.IsActive || acctest.Text(user.ExternalID) != "hr-1" || user.OrganizationID == nil {
						return fmt.Errorf("the server holds %+v", user)
					}
					if !s.CanLogIn(t, "ada", "analytical engine") {
						return fmt.Errorf("the password was not set")
					}
					return nil
				},
			},
			{ResourceName: acctest.UserAddress, ImportState: true, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"password"}},
			{ResourceName: acctest.UserAddress, ImportState: true, ImportStateId: "ada", ImportStateVerify: true, ImportStateVerifyIgnore: []string{"password"}},
			{
				ResourceName: acctest.UserAddress, ImportState: true, ImportStateId: "charles",
				ExpectError: acctest.Says(`Could not import user "charles"`, `"charles" is not an id (a UUID), and none of the server's 2 users has the username "charles"`),
			},
			{ // every argument that can be changed in place, changed or left out
				Config: acctest.UserConfig(s, `
  username        = "ada"
  email           = "countess@example.com"
  organization_id = kamiwaza_organization.acme.id
  is_active       = false
  external_id     = "hr-1"
  password        = "analytical engine"`),
				ConfigPlanChecks: plans(plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{
					attribute("full_name", knownvalue.Null()),
					attribute("is_superuser", knownvalue.Bool(false)),
					sameID.AddStateValue(acctest.UserAddress, tfjsonpath.New("id")),
				},
				Check: func(*terraform.State) error {
					user := s.MustUser(t, "ada")
					if user.Email != "countess@example.com" || acctest.Text(user.FullName) != "" || user.IsSuperuser || user.IsActive {
						return fmt.Errorf("the server holds %+v", user)
					}
					return nil
				},
			},
			{ // upper and lower case of a username alone would replace the user for nothing
				Config: acctest.UserConfig(s, `
  username        = "ADA"
  email           = "countess@example.com"
  organization_id = kamiwaza_organization.acme.id
  is_active       = false
  external_id     = "hr-1"
  password        = "analytical engine"`),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
			},
			{ // a quiet promotion is drift
				PreConfig: func() {
					s.Put(t, "/auth/users/"+s.MustUser(t, "ada").ID, `{"is_superuser": true, "is_active": true}`)
				},
				Config: acctest.UserConfig(s, `
  username        = "ada"
  email           = "countess@example.com"
  organization_id = kamiwaza_organization.acme.id
  is_active       = false
  external_id     = "hr-1"
  password        = "analytical engine"`),
				ConfigPlanChecks: plans(plancheck.ResourceActionUpdate),
				Check: func(*terraform.State) error {
					if user := s.MustUser(t, "ada"); user.IsSuperuser || user.IsActive {
						return fmt.Errorf("the server holds %+v", user)
					}
					return nil
				},
			},
			{ // this server ignores null, and so the user stays in the organization
				Config: acctest.UserConfig(s, `
  username    = "ada"
  email       = "countess@example.com"
  is_active   = false
  external_id = "hr-1"
  password    = "analytical engine"`),
				ExpectError: acctest.Says(`User "ada"`, "kept the old value of organization_id instead of clearing it"),
			},
			{ // an external id cannot be changed
				Config: acctest.UserConfig(s, `
  username        = "ada"
  email           = "countess@example.com"
  organization_id = kamiwaza_organization.acme.id
  external_id     = "hr-2"
  password        = "analytical engine"`),
				ConfigPlanChecks: plans(plancheck.ResourceActionReplace),
				Check: func(*terraform.State) error {
					if user := s.MustUser(t, "ada"); acctest.Text(user.ExternalID) != "hr-2" {
						return fmt.Errorf("the server holds %+v", user)
					}
					return nil
				},
			},
			{ // nor can a username; with it, another password is no problem
				Config: acctest.UserConfig(s, `
  username        = "lovelace"
  email           = "countess@example.com"
  organization_id = kamiwaza_organization.acme.id
  external_id     = "hr-2"
  password        = "difference engine"`),
				ConfigPlanChecks: plans(plancheck.ResourceActionReplace),
				Check: func(*terraform.State) error {
					if _, ok := s.User("ada"); ok {
						return fmt.Errorf("the old user is still there")
					}
					if !s.CanLogIn(t, "lovelace", "difference engine") {
						return fmt.Errorf("the new password was not set")
					}
					return nil
				},
			},
			{ // deleted behind Terraform's back
				PreConfig: func() { acctest.Must(t, s.API.Users.Delete(t.Context(), s.MustUser(t, "lovelace").ID)) },
				Config: acctest.UserConfig(s, `
  username        = "lovelace"
  email           = "countess@example.com"
  organization_id = kamiwaza_organization.acme.id
  external_id     = "hr-2"
  password        = "difference engine"`),
				ConfigPlanChecks: plans(plancheck.ResourceActionCreate),
			},
		},
	})
}

func TestAccUser_inactiveFromTheStart(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	config := acctest.UserConfig(s, `
  username  = "ada"
  email     = "ada@example.com"
  password  = "analytical engine"
  is_active = false`)
	resource.ParallelTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{ // the second of the two calls fails: the user must not be forgotten
				PreConfig: func() {
					s.Server.Inject(authserver.Fault{Method: "PUT", Route: "/auth/users/{user_id}", Times: 1, Status: 500})
				},
				Config:      config,
				ExpectError: acctest.Says(`Could not create user "ada"`, "The user was created, but is still active: PUT"),
			},
			{
				Config: config,
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(acctest.UserAddress, plancheck.ResourceActionReplace)},
				},
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(acctest.UserAddress, tfjsonpath.New("is_active"), knownvalue.Bool(false)),
				},
				Check: func(*terraform.State) error {
					if n := len(s.Server.Snapshot().Users); n != 2 {
						return fmt.Errorf("the server holds %d users, want the administrator and ada", n)
					}
					if s.MustUser(t, "ada").IsActive {
						return fmt.Errorf("the user is active")
					}
					return nil
				},
			},
		},
	})
}

func TestAccUser_passwordCannotChange(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	config := func(password string) string {
		return acctest.UserConfig(s, `
  username = "ada"
  email    = "ada@example.com"
`+password)
	}
	resource.ParallelTest(t, resource.TestCase{
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_11_0)},
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{Config: config(""), ExpectError: acctest.Says("A new user needs a password", "Set password_wo and password_wo_version")},
			{
				Config:      config(`password = "first"` + "\n" + `password_wo = "first"` + "\n" + `password_wo_version = 1`),
				ExpectError: acctest.Says(`Attribute "password_wo" cannot be specified when "password" is specified`),
			},
			{
				Config:      config(`password_wo = "first"`),
				ExpectError: acctest.Says(`Attribute "password_wo_version" must be specified when "password_wo" is specified`),
			},
			{Config: config(`password = "first"`)},
			{
				Config:      config(`password = "second"`),
				ExpectError: acctest.Says("The password of an existing user cannot be changed", "terraform taint ADDRESS", "-replace"),
			},
			{ // the password leaves the state, but must stay the same
				Config:      config(`password_wo = "second"` + "\n" + `password_wo_version = 1`),
				ExpectError: acctest.Says("The password of an existing user cannot be changed", "Give it the value that password had"),
			},
			{
				Config: config(`password_wo = "first"` + "\n" + `password_wo_version = 1`),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(acctest.UserAddress, plancheck.ResourceActionUpdate)},
				},
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(acctest.UserAddress, tfjsonpath.New("password"), knownvalue.Null()),
					statecheck.ExpectKnownValue(acctest.UserAddress, tfjsonpath.New("password_wo"), knownvalue.Null()),
					statecheck.ExpectKnownValue(acctest.UserAddress, tfjsonpath.New("password_wo_version"), knownvalue.StringExact("1")),
				},
			},
			{
				Config:      config(`password_wo = "second"` + "\n" + `password_wo_version = 2`),
				ExpectError: acctest.Says("The password of an existing user cannot be changed", "Restore password_wo_version = \"1\"", "terraform apply -replace=ADDRESS"),
			},
			{ // which is what the message advises
				Taint:  []string{acctest.UserAddress},
				Config: config(`password_wo = "second"` + "\n" + `password_wo_version = 1`),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(acctest.UserAddress, plancheck.ResourceActionReplace)},
				},
				Check: func(*terraform.State) error {
					if !s.CanLogIn(t, "ada", "second") {
						return fmt.Errorf("the new user does not have the new password")
					}
					return nil
				},
			},
		},
	})
}

// A password that comes to be known only during the apply is still not silently ignored.
func TestAccUser_passwordUnknownAtPlan(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	config := func(trigger string) string {
		return acctest.UserConfig(s, `
  username = "ada"
  email    = "ada@example.com"
  password = "pw-${terraform_data.source.id}"`) + `
resource "terraform_data" "source" {
  triggers_replace = "` + trigger + `"
}`
	}
	resource.ParallelTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{Config: config("a")},
			{Config: config("b"), ExpectError: acctest.Says("The password of an existing user cannot be changed")},
		},
	})
}

func TestAccUser_imported(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	created, err := s.API.Users.Create(t.Context(), rbac.UserCreate{Username: "ada", Email: "ada@example.com", Password: "her own secret"})
	acctest.Must(t, err)
	imported := `
import {
  to = kamiwaza_user.test
  id = "ada"
}
`
	resource.ParallelTest(t, resource.TestCase{
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_5_0)},
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{ // a password in the configuration is remembered and nothing else
				Config: imported + acctest.UserConfig(s, `
  username = "ada"
  email    = "ada@example.com"
  password = "from the configuration"`),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(acctest.UserAddress, plancheck.ResourceActionUpdate)},
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				},
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(acctest.UserAddress, tfjsonpath.New("id"), knownvalue.StringExact(created.ID)),
				},
				Check: func(*terraform.State) error {
					if !s.CanLogIn(t, "ada", "her own secret") {
						return fmt.Errorf("the user lost her password")
					}
					return nil
				},
			},
		},
	})
}

func TestAccUser_badInput(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	steps := make([]resource.TestStep, 0, 8)
	for _, bad := range []struct {
		arguments string
		phrases   []string
	}{
		{`username = "ada"
  email = "Ada <ada@example.com>"`, []string{"Invalid e-mail address", `"Ada <ada@example.com>", is not an e-mail address such as "ada@example.com"`}},
		{`username = ""
  email = "ada@example.com"`, []string{"username string length must be at least 1"}},
		{`username = "ada"
  email = "ada@example.com"
  organization_id = "acme"`, []string{"Invalid id", `organization_id: "acme" is not a UUID such as`}},
		{`username = "ada"
  email = "ada@example.com"
  organization_id = "6F1C2B9E-4D3A-4C55-9F0E-0A7D3F1B2C48"`, []string{"must be written in lower case"}},
		// What only the server knows is an error at the attribute all the same.
		{`username = "ada"
  email = "ada@intranet"`, []string{`Could not create user "ada"`, `email = "ada@intranet"`, "POST /auth/users/local was refused"}},
		{`username = "admin"
  email = "ada@example.com"`, []string{`Could not create user "admin"`, "409 Conflict", "The user exists already", "import {", "to = kamiwaza_user.NAME", `id = "` + s.Server.AdminID() + `"`, "adopt_existing = true"}},
		{`username = "ada"
  email = "ada@example.com"
  organization_id = "00000000-0000-4000-8000-000000000000"`, []string{`Could not create user "ada"`, "404 Not Found: Organization not found"}},
	} {
		steps = append(steps, resource.TestStep{
			Config:      acctest.UserConfig(s, bad.arguments+"\n  password = \"analytical engine\""),
			ExpectError: acctest.Says(bad.phrases...),
		})
	}
	resource.ParallelTest(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories, Steps: steps})
}

// Terraform keeps texts in the normalization form NFC, and a server may have them in another. That is neither drift nor a difference from the
// plan, whatever else of the user changes.
func TestAccUser_normalized(t *testing.T) {
	t.Parallel()
	const decomposed = "cafe\u0301"
	for name, start := range map[string]func() (acctest.Addressed, string, string){
		"rbac": func() (acctest.Addressed, string, string) {
			s := acctest.Start(t, authserver.Config{})
			made := s.NewUser(t, rbac.UserCreate{Username: decomposed, Email: "a@example.com", FullName: decomposed})
			return s, made.ID, "full_name = \"café\"\n"
		},
		"gateway": func() (acctest.Addressed, string, string) {
			s := acctest.StartGateway(t, authserver.Config{})
			id := s.Send("POST", "/auth/users/local", acctest.Fields{"username": decomposed, "email": decomposed + "@example.com", "password": "Correct-horse-1"}).ID()
			return s, id, "email = \"" + decomposed + "@example.com\"\n"
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, id, more := start()
			user := func(isActive bool) string {
				email := ""
				if name == "rbac" {
					email = "email = \"a@example.com\"\n"
				}
				return acctest.RequiredProviders + fmt.Sprintf("\nresource \"kamiwaza_user\" \"test\" {\n  username = \"café\"\n  is_active = %t\n  %s%s}\n", isActive, email, more)
			}
			w := acctest.WorkdirFor(t, s, user(true))
			w.Terraform(t, 0, "import", "kamiwaza_user.test", id)
			w.Terraform(t, 0, "plan", "-detailed-exitcode")
			w.Write(t, user(false))
			w.Terraform(t, 0, "apply", "-auto-approve")
			w.Terraform(t, 0, "plan", "-detailed-exitcode")
		})
	}
}
