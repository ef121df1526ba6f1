package identityprovider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

// writeOnly skips CLIs without write-only arguments.
var writeOnly = []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_11_0)}

// TestAccIdentityProvider leads one through its life, on servers that answer in all ways.
func TestAccIdentityProvider(t *testing.T) {
	t.Parallel()
	eachBehavior(t, func(t *testing.T, s acctest.Gateway) {
		t.Helper()
		config := func(secret, version string, more ...string) string {
			return s.Config(oidc("larkspur", secret, version, more...))
		}
		resource.Test(t, resource.TestCase{
			TerraformVersionChecks:   writeOnly,
			ProtoV6ProviderFactories: acctest.Factories,
			Steps: []resource.TestStep{
				{Config: config(firstSecret, "1"), Check: has(s, is("larkspur", "oidc", firstSecret, true))},
				{
					ImportState: true, ResourceName: address, ImportStateId: "larkspur", ImportStateVerify: true,
					ImportStateVerifyIgnore: []string{"issuer", "client_id", "client_secret_wo_version", "ensure_redirects"},
				},
				{ // The secret alone is no change without another version.
					Config: config(secondSecret, "1"), ConfigPlanChecks: action(plancheck.ResourceActionNoop),
					Check: has(s, is("larkspur", "oidc", firstSecret, true)),
				},
				{Config: config(secondSecret, "2"), ConfigPlanChecks: action(plancheck.ResourceActionUpdate), Check: has(s, is("larkspur", "oidc", secondSecret, true))},
				{
					Config: config(secondSecret, "2", `scopes = ["openid", "groups"]`), ConfigPlanChecks: action(plancheck.ResourceActionUpdate),
					Check: has(s, is("larkspur", "oidc", secondSecret, true, "groups", "openid")),
				},
				{ // enabled alone does not send the settings.
					PreConfig: s.Server.ResetRequests,
					Config:    config(secondSecret, "2", `scopes = ["openid", "groups"]`, "enabled = false"), ConfigPlanChecks: action(plancheck.ResourceActionUpdate),
					Check: resource.ComposeTestCheckFunc(has(s, is("larkspur", "oidc", secondSecret, false, "groups", "openid")), resource.TestCheckResourceAttr(address, "enabled", "false")),
				},
				{ // Somebody enables it.
					PreConfig: func() {
						if n := s.Count("PUT", "/auth/idp/{alias}"); n > 0 {
							t.Errorf("a change of enabled sent the settings %d times", n)
						}
						s.Send("PATCH", "/auth/idp/larkspur", map[string]any{"enabled": true})
					},
					Config: config(secondSecret, "2", `scopes = ["openid", "groups"]`, "enabled = false"), ConfigPlanChecks: action(plancheck.ResourceActionUpdate),
					Check: has(s, is("larkspur", "oidc", secondSecret, false, "groups", "openid")),
				},
				{ // Somebody deletes it.
					PreConfig: func() { s.Send("DELETE", "/auth/idp/larkspur", nil) },
					Config:    config(secondSecret, "2"), ConfigPlanChecks: action(plancheck.ResourceActionCreate), Check: has(s, is("larkspur", "oidc", secondSecret, true)),
				},
				{
					Config: s.Config(oidc("labs", secondSecret, "2", "enabled = false")), ConfigPlanChecks: action(plancheck.ResourceActionReplace),
					Check: has(s, is("labs", "oidc", secondSecret, false)),
				},
				{ // Another kind.
					Config:           s.Config(strings.NewReplacer(`"oidc"`, `"google"`, "issuer ", "# issuer ").Replace(oidc("labs", firstSecret, "2"))),
					ConfigPlanChecks: action(plancheck.ResourceActionReplace), Check: has(s, is("labs", "google", firstSecret, true)),
				},
				{Config: s.Config(" "), Check: has(s)},
			},
		})
	})
}

// TestAccIdentityProvider_secret keeps the secret out of the state, the output and the errors, whatever the server says.
func TestAccIdentityProvider_secret(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{})
	w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+oidc("larkspur", firstSecret, "1"))
	w.Environment = append(w.Environment, "TF_LOG=trace", "TF_LOG_PATH="+filepath.Join(w.Dir, "log"))
	w.Terraform(t, 0, "apply", "-auto-approve")
	w.Write(t, acctest.RequiredProviders+oidc("larkspur", secondSecret, "2"))
	s.Server.Inject(authserver.Fault{Method: "PUT", Route: "/auth/idp/{alias}", Status: 400, Body: fmt.Sprintf(`{"detail":"client_secret %s is refused"}`, secondSecret)})
	out := w.Failure(t, "apply", "-auto-approve")
	acctest.WantWords(t, out, `Could not update identity provider "larkspur"`, "is refused")
	// The failed version is not in the state, so that the next apply sends it.
	if version := w.Objects(t)[address]["client_secret_wo_version"]; version != "1" {
		t.Errorf("the version in the state is %v", version)
	}
	s.Server.ClearFaults()
	w.Terraform(t, 0, "apply", "-auto-approve")
	check(t, s, is("larkspur", "oidc", secondSecret, true))
	for _, name := range []string{"terraform.tfstate", "terraform.tfstate.backup", "log"} {
		data, err := os.ReadFile(filepath.Join(w.Dir, name))
		acctest.Must(t, err)
		for line := range strings.Lines(string(data)) {
			if strings.Contains(line, "-secret-of-the-test") {
				t.Fatalf("%s has the secret: %s", name, line)
			}
		}
	}
	if strings.Contains(out, secondSecret) {
		t.Errorf("the error has the secret: %s", out)
	}
}

// TestAccIdentityProvider_taken refuses to take over an alias, unless that is wished.
func TestAccIdentityProvider_taken(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{})
	register(s, "larkspur")
	s.Send("PATCH", "/auth/idp/larkspur", map[string]any{"enabled": false})
	theirs := fmt.Sprint("larkspur oidc theirs ", hash("theirs"), " [openid profile email] false")
	w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+oidc("larkspur", firstSecret, "1"))
	acctest.WantWords(t, w.Output(t, 0, "plan"), `The identity provider "larkspur" exists already`)
	acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), `The identity provider "larkspur" exists already. The API would overwrite`, "import it", "adopt_existing = true")
	check(t, s, theirs)
	if len(w.Objects(t)) > 0 {
		t.Error("what was refused is in the state")
	}
	w.Write(t, acctest.RequiredProviders+oidc("larkspur", firstSecret, "1", "adopt_existing = true"))
	acctest.WantWords(t, w.Output(t, 0, "plan"), `This takes over the identity provider "larkspur"`)
	w.Terraform(t, 0, "apply", "-auto-approve")
	check(t, s, is("larkspur", "oidc", firstSecret, true))
	w.Terraform(t, 0, "plan", "-detailed-exitcode")

	// Another address that would take it over needs a moved block: the old one might delete it first.
	renamed := strings.Replace(oidc("larkspur", secondSecret, "2", "adopt_existing = true"), `"test"`, `"renamed"`, 1)
	w.Write(t, acctest.RequiredProviders+renamed)
	acctest.WantWords(t, w.Failure(t, "plan"), "One resource takes over", "add a moved block")
	w.Write(t, acctest.RequiredProviders+renamed+"moved {\n from = kamiwaza_identity_provider.test\n to = kamiwaza_identity_provider.renamed\n}\n")
	w.Terraform(t, 0, "apply", "-auto-approve")
	check(t, s, is("larkspur", "oidc", secondSecret, true))

	w.Write(t, acctest.RequiredProviders+renamed+oidc("larkspur", firstSecret, "1", "adopt_existing = true"))
	acctest.WantWords(t, w.Failure(t, "plan"), "Two resources would manage")
}

// TestAccIdentityProvider_unmanaged has a platform without administrator credentials for Keycloak.
func TestAccIdentityProvider_unmanaged(t *testing.T) {
	t.Parallel()
	for _, management := range []gateway.IDPManagement{gateway.IDPManagement403, gateway.IDPManagement503, gateway.IDPManagementIgnored} {
		t.Run(string(management), func(t *testing.T) {
			t.Parallel()
			on := acctest.StartGateway(t, authserver.Config{})
			off := acctest.StartGateway(t, authserver.Config{API: gateway.Behavior{IDPManagement: management}})
			const sentence = "The platform has no administrator credentials for Keycloak"
			fresh := acctest.WorkdirFor(t, off, acctest.RequiredProviders+oidc("larkspur", firstSecret, "1"))
			acctest.WantWords(t, fresh.Failure(t, "apply", "-auto-approve"), "Could not create identity provider", sentence)
			if len(fresh.Objects(t)) > 0 {
				t.Error("what was not created is in the state")
			}
			w := acctest.WorkdirFor(t, on, acctest.RequiredProviders+oidc("larkspur", firstSecret, "1"))
			w.Terraform(t, 0, "apply", "-auto-approve")
			w.Environment = append(w.Environment, "KAMIWAZA_BASE_URL="+off.Address())
			acctest.WantWords(t, w.Failure(t, "destroy", "-auto-approve", "-refresh=false"), "Could not delete identity provider", sentence)
			w.Write(t, acctest.RequiredProviders+oidc("larkspur", firstSecret, "1", "enabled = false"))
			acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve", "-refresh=false"), "Could not update identity provider", sentence)
			if enabled := w.Objects(t)[address]["enabled"]; enabled != true {
				t.Errorf("the state says that enabled is %v", enabled)
			}
		})
	}
}

// TestAccIdentityProvider_partly fails between the registration and the disabling: the state has what there is.
func TestAccIdentityProvider_partly(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{})
	s.Server.Inject(authserver.Fault{Method: "PATCH", Route: "/auth/idp/{alias}", Times: 1, Status: 400, Body: `{"detail":"not today"}`})
	w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+oidc("larkspur", firstSecret, "1", "enabled = false"))
	acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), "not today")
	if state := w.Objects(t)[address]; state["alias"] != "larkspur" || state["enabled"] != true {
		t.Errorf("the state has %v", state)
	}
	w.Terraform(t, 0, "apply", "-auto-approve")
	check(t, s, is("larkspur", "oidc", firstSecret, false))
	w.Terraform(t, 0, "plan", "-detailed-exitcode")
}

// TestAccIdentityProvider_goneBefore destroys one that somebody has deleted since the plan.
func TestAccIdentityProvider_goneBefore(t *testing.T) {
	t.Parallel()
	eachBehavior(t, func(t *testing.T, s acctest.Gateway) {
		t.Helper()
		w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+oidc("larkspur", firstSecret, "1"))
		w.Terraform(t, 0, "apply", "-auto-approve")
		s.Send("DELETE", "/auth/idp/larkspur", nil)
		w.Terraform(t, 0, "destroy", "-auto-approve", "-refresh=false")
	})
}

// TestAccIdentityProvider_import imports one and changes only enabled, for which no secret is needed.
func TestAccIdentityProvider_import(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{})
	register(s, "larkspur")
	const config = `
resource "kamiwaza_identity_provider" "test" {
  alias   = "larkspur"
  kind    = "oidc"
  enabled = false
}
`
	w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+config)
	w.Terraform(t, 0, "import", address, "larkspur")
	w.Terraform(t, 0, "apply", "-auto-approve")
	check(t, s, fmt.Sprint("larkspur oidc theirs ", hash("theirs"), " [openid profile email] false"))
	w.Terraform(t, 0, "plan", "-detailed-exitcode")
	w.Write(t, acctest.RequiredProviders+strings.Replace(config, "enabled = false", `scopes = ["openid"]`, 1))
	acctest.WantWords(t, w.Failure(t, "plan"), "client_secret_wo is missing", "client_id is missing", "issuer is missing")
}
