package session_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
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
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

const patAddress = "kamiwaza_personal_access_token.ci"

func patConfig(s acctest.Gateway, arguments string) string {
	return s.Config(fmt.Sprintf("resource \"kamiwaza_personal_access_token\" \"ci\" {\n%s\n}\n", arguments))
}

// inForce are the tokens that were not revoked.
func inForce(s acctest.Gateway) (tokens []gateway.PAT) {
	return slices.DeleteFunc(s.Server.Snapshot().PATs, func(pat gateway.PAT) bool { return pat.Revoked })
}

func patPlans(action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return acctest.Plans(patAddress, action)
}

func TestAccPersonalAccessToken(t *testing.T) {
	t.Parallel()
	for name, behavior := range map[string]gateway.Behavior{
		"default": {}, "refused twice": {RevokeTwice: "409", PATNamesUnique: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testPersonalAccessToken(t, acctest.StartGateway(t, authserver.Config{API: behavior}))
		})
	}
}

func testPersonalAccessToken(t *testing.T, s acctest.Gateway) {
	t.Helper()
	var first string
	works := func(state *terraform.State) error {
		token := state.RootModule().Resources[patAddress].Primary.Attributes["token"]
		if reply, err := s.With(token).Try("GET", "/auth/users/me", nil); err != nil || reply.Status != 200 {
			return fmt.Errorf("the token does not work: %+v (%w)", reply, err)
		}
		if n := len(inForce(s)); n != 1 {
			return fmt.Errorf("%d tokens are in force", n)
		}
		return nil
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{
				Config: patConfig(s, `name = "ci"`+"\nttl_seconds = 86400"), Check: resource.ComposeTestCheckFunc(works, func(*terraform.State) error {
					first = inForce(s)[0].JTI
					return nil
				}),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectSensitiveValue(patAddress, tfjsonpath.New("token")),
					statecheck.ExpectKnownValue(patAddress, tfjsonpath.New("audience"), knownvalue.StringExact("kamiwaza-platform")),
					statecheck.ExpectKnownValue(patAddress, tfjsonpath.New("scope"), knownvalue.StringExact("write")),
					statecheck.ExpectKnownValue(patAddress, tfjsonpath.New("expires_at"), knownvalue.NotNull()),
				},
			},
			{ImportState: true, ResourceName: patAddress, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"token", "ttl_seconds"}},
			{ // A quarter of an hour is not yet time.
				Config:           patConfig(s, `name = "ci"`+"\nttl_seconds = 86400\nrotate_before = \"15m\""),
				ConfigPlanChecks: patPlans(plancheck.ResourceActionUpdate), Check: works,
			},
			{ // Two days is.
				Config:             patConfig(s, `name = "ci"`+"\nttl_seconds = 86400\nrotate_before = \"48h\""),
				ConfigPlanChecks:   patPlans(plancheck.ResourceActionReplace),
				Check:              works,
				ExpectNonEmptyPlan: true, // A new token lives for one day only.
			},
			{
				Config:           patConfig(s, `name = "ci"`+"\nttl_seconds = 86400\nrotation_triggers = { year = \"2027\" }"),
				ConfigPlanChecks: patPlans(plancheck.ResourceActionReplace), Check: works,
			},
			{ // Somebody revokes the token.
				PreConfig:        func() { s.Send("DELETE", "/auth/pats/"+inForce(s)[0].JTI, nil) },
				Config:           patConfig(s, `name = "ci"`+"\nttl_seconds = 86400\nrotation_triggers = { year = \"2027\" }"),
				ConfigPlanChecks: patPlans(plancheck.ResourceActionCreate),
				Check: resource.ComposeTestCheckFunc(works, func(*terraform.State) error {
					if inForce(s)[0].JTI == first {
						return fmt.Errorf("the token is the first one still")
					}
					return nil
				}),
			},
			{
				Config: patConfig(s, `name = "ci"`+"\nttl_seconds = 10"), PlanOnly: true,
				ExpectError: acctest.Says("ttl_seconds", "between 60 and 31536000"),
			},
			{
				Config: s.Config("data \"kamiwaza_personal_access_tokens\" \"mine\" {}\ndata \"kamiwaza_pat_config\" \"this\" {}\n"),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue("data.kamiwaza_personal_access_tokens.mine", tfjsonpath.New("tokens"), knownvalue.ListSizeExact(1)),
					statecheck.ExpectKnownValue("data.kamiwaza_pat_config.this", tfjsonpath.New("default_scope"), knownvalue.StringExact("write")),
					statecheck.ExpectKnownValue("data.kamiwaza_pat_config.this", tfjsonpath.New("min_ttl_seconds"), knownvalue.Int64Exact(60)),
				},
			},
		},
	})
	if tokens := inForce(s); len(tokens) != 0 {
		t.Errorf("after destroy, these tokens are in force: %+v", tokens)
	}
}

// TestAccPersonalAccessToken_lag reads a token from a replica that misses it still.
func TestAccPersonalAccessToken_lag(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{API: gateway.Behavior{ReadLag: 2 * time.Second}})
	server, err := providerserver.NewProtocol6WithError(acctest.NewTimed(time.Now, func(_ context.Context, d time.Duration) error {
		<-time.After(d)
		return nil
	})())()
	acctest.Must(t, err)
	p := acctest.NewProtocol(t, s)
	made, _ := p.Made("kamiwaza_personal_access_token", acctest.Fields{"name": "ci"})
	later := acctest.Unconfigured(t)
	later.Server = server
	later.NoErrors(later.Configure(map[string]string{"base_url": s.Address(), "username": authservertest.AdminUsername, "password": authservertest.AdminPassword}))
	if state := later.AttributesOf(later.Refreshed(made)); state == nil {
		t.Error("the token has left the state")
	}
}

// TestAccPersonalAccessToken_expired finds an expired token gone.
func TestAccPersonalAccessToken_expired(t *testing.T) {
	t.Parallel()
	clock := authservertest.NewClock()
	s := acctest.StartGateway(t, authserver.Config{Now: clock.Now})
	p := acctest.NewProtocol(t, s)
	made, _ := p.Made("kamiwaza_personal_access_token", acctest.Fields{"name": "ci", "ttl_seconds": 120})
	clock.Add(3 * time.Minute)
	p = acctest.NewProtocol(t, s)
	read := p.Read("kamiwaza_personal_access_token", made.State, nil, made.Private)
	if warnings := strings.Join(p.Warnings(read.Diagnostics), "\n"); !strings.Contains(warnings, "is no longer valid: It expired at") {
		t.Errorf("the read warns %q", warnings)
	}
	if state := p.AttributesOf(acctest.Instance{TypeName: "kamiwaza_personal_access_token", State: read.NewState}); state != nil {
		t.Errorf("the state has %v", state)
	}
}

// TestAccPersonalAccessToken_ephemeral makes a token for the length of a run.
func TestAccPersonalAccessToken_ephemeral(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{})
	resource.Test(t, resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_11_0)},
		ProtoV6ProviderFactories: map[string]func() (tfprotov6.ProviderServer, error){
			"kamiwaza": providerserver.NewProtocol6WithError(acctest.NewImpatient()()),
		},
		Steps: []resource.TestStep{{
			Config: s.Config(`
ephemeral "kamiwaza_personal_access_token" "run" {
  scope = "admin"
}
resource "kamiwaza_user" "ci" {
  username            = "ci"
  email               = "ci@example.com"
  password_wo         = substr(ephemeral.kamiwaza_personal_access_token.run.token, 0, 60)
  password_wo_version = "1"
}
`),
		}},
	})
	made := s.Server.Snapshot().PATs
	if len(made) == 0 || len(inForce(s)) != 0 {
		t.Errorf("of %d tokens, these are in force after the run: %+v", len(made), inForce(s))
	}
}

// TestAccGateway_tokens runs with a personal access token, with and without the scope that the provider needs.
func TestAccGateway_tokens(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{})
	token := func(scope string) string {
		made := s.Send("POST", "/auth/pats?scope="+scope+"&name="+scope, nil).Object()
		return made["token"].(string)
	}
	config := func(token string) string {
		return fmt.Sprintf("provider \"kamiwaza\" {\n  base_url = %q\n  api_key  = %q\n}\nresource \"kamiwaza_group\" \"test\" {\n  name = \"crew\"\n}\n"+
			"resource \"kamiwaza_user\" \"test\" {\n  username = \"ada\"\n  email = \"ada@example.com\"\n  password_wo = \"correct horse battery\"\n  password_wo_version = \"1\"\n}\n", s.Address(), token)
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{
				Config:      config(token("write")),
				ExpectError: acctest.Says("The provider needs the platform role admin", "created with the scope admin"),
			},
			{Config: config(token("admin"))},
		},
	})
}

// TestAccAccessToken_gateway logs another user in.
func TestAccAccessToken_gateway(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{})
	s.User("ada")
	resource.Test(t, resource.TestCase{
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_11_0)},
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{{
			Config: s.Config(fmt.Sprintf(`
ephemeral "kamiwaza_access_token" "ada" {
  username = "ada"
  password = %q
}
resource "kamiwaza_user" "ci" {
  username            = "ci"
  email               = "ci@example.com"
  password_wo         = substr(ephemeral.kamiwaza_access_token.ada.access_token, 0, 60)
  password_wo_version = "1"
}
`, authservertest.Password)),
		}},
	})
}
