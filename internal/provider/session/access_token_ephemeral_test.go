package session_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/echoprovider"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// The echo provider puts into its state what would otherwise be seen nowhere.
func TestAccAccessTokenEphemeral(t *testing.T) {
	s := acctest.WithAda(t, authserver.Config{})
	config := func(arguments string) string {
		// An API key: the one that logs in is the ephemeral resource.
		return fmt.Sprintf(`
provider "kamiwaza" {
  base_url = %q
  api_key  = %q
}
ephemeral "kamiwaza_access_token" "ada" {
  username = "ada"
%s
}
provider "echo" {
  data = ephemeral.kamiwaza_access_token.ada
}
resource "echo" "ada" {}
`, s.URL, authservertest.APIKey, arguments)
	}
	const password = `password = "` + acctest.AdasPassword + `"`
	const none = `provider "echo" {}` // The echo provider never changes what it has made.
	withEcho := maps.Clone(acctest.Factories)
	withEcho["echo"] = echoprovider.NewProviderServer()
	token := func(name string, value knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue("echo.ada", tfjsonpath.New("data").AtMapKey(name), value)
	}
	works := knownvalue.StringFunc(func(token string) error {
		c, err := rbac.Connect(client.Config{BaseURL: s.URL, APIKey: token})
		if err != nil {
			return err
		}
		me, err := c.Users.Me(t.Context())
		if err == nil && me.Username != "ada" {
			err = fmt.Errorf("the token is %s's", me.Username)
		}
		return err
	})
	inAnHour := knownvalue.StringFunc(func(text string) error {
		at, err := time.Parse("2006-01-02T15:04:05Z", text)
		if left := time.Until(at); err == nil && (left > time.Hour || left < 50*time.Minute) {
			err = fmt.Errorf("the token ends in %v", left)
		}
		return err
	})

	var steps []resource.TestStep
	for _, method := range []struct{ route, arguments string }{
		{"/auth/token", password},
		{"/auth/token", password + "\n" + `login_method = "token"`},
		{"/auth/local-login", password + "\n" + `login_method = "local"`},
	} {
		steps = append(steps, resource.TestStep{
			PreConfig: s.Server.ResetRequests,
			Config:    config(method.arguments),
			ConfigStateChecks: []statecheck.StateCheck{
				token("access_token", works),
				token("refresh_token", knownvalue.Null()),
				token("token_type", knownvalue.StringExact("bearer")),
				token("expires_at", inAnHour),
			},
			Check: func(*terraform.State) error {
				if s.Count("POST", method.route) == 0 {
					return fmt.Errorf("nobody logged in at %s", method.route)
				}
				return nil
			},
		}, resource.TestStep{Config: none})
	}
	steps = append(steps,
		resource.TestStep{ // what another server answers
			PreConfig: func() {
				s.Server.Inject(authserver.Fault{Method: "POST", Route: "/auth/token", Status: 200, Body: `{"access_token": "opaque", "refresh_token": "again"}`})
			},
			Config: config(password),
			ConfigStateChecks: []statecheck.StateCheck{
				token("access_token", knownvalue.StringExact("opaque")),
				token("refresh_token", knownvalue.StringExact("again")),
				token("token_type", knownvalue.Null()),
				token("expires_at", knownvalue.Null()),
			},
		},
		resource.TestStep{PreConfig: s.Server.ClearFaults, Config: none},
	)
	for _, bad := range []struct {
		arguments string
		phrases   []string
	}{
		{`password = ""`, []string{"password string length must be at least 1"}},
		{"password = \"x\"\n" + `login_method = "magic"`, []string{`login_method value must be one of: ["token" "local"]`}},
		{`password = "wrong"`, []string{
			`Could not get an access token for user "ada"`, "Login failed: POST /auth/token answered 401 Unauthorized: Incorrect username or password.",
			"Check username, password", "the provider's own credentials are not used",
		}},
	} {
		steps = append(steps, resource.TestStep{Config: config(bad.arguments), ExpectError: acctest.Says(bad.phrases...)})
	}
	steps = append(steps, resource.TestStep{Config: none})
	resource.ParallelTest(t, resource.TestCase{
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_10_0)},
		ProtoV6ProviderFactories: withEcho,
		Steps:                    steps,
	})
}

// The token of a user that the same apply creates serves another instance of the provider, and nothing of it is stored.
func TestAccAccessTokenEphemeral_ofNewUser(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	resource.ParallelTest(t, resource.TestCase{
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_11_0)},
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{{
			Config: s.Config(fmt.Sprintf(`
resource "kamiwaza_user" "ada" {
  username            = "ada"
  email               = "ada@example.com"
  password_wo         = %[2]q
  password_wo_version = 1
}
ephemeral "kamiwaza_access_token" "ada" {
  username = kamiwaza_user.ada.id == "" ? "" : kamiwaza_user.ada.username
  password = %[2]q
}
provider "kamiwaza" {
  alias    = "ada"
  base_url = %[1]q
  api_key  = ephemeral.kamiwaza_access_token.ada.access_token
}
data "kamiwaza_current_user" "ada" {
  provider   = kamiwaza.ada
  depends_on = [kamiwaza_user.ada]
}`, s.URL, acctest.AdasPassword)),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("data.kamiwaza_current_user.ada", tfjsonpath.New("username"), knownvalue.StringExact("ada")),
			},
			Check: func(state *terraform.State) error {
				if text := state.String(); strings.Contains(text, "eyJ") || strings.Contains(text, acctest.AdasPassword) {
					return fmt.Errorf("the state holds a token or the password:\n%s", text)
				}
				return nil
			},
		}},
	})
}

func TestProtocol_accessTokenRenewal(t *testing.T) {
	for _, test := range []struct{ life, before time.Duration }{
		{time.Hour, time.Minute},
		{10 * time.Second, 2 * time.Second},
	} {
		p := acctest.NewProtocol(t, acctest.WithAda(t, authserver.Config{TokenTTL: test.life}))
		opened := p.Open(map[string]string{"username": "ada", "password": acctest.AdasPassword})
		p.NoErrors(opened.Diagnostics)
		token := p.Texts(p.TokenType(), opened.Result)
		end, err := time.Parse(time.RFC3339, token["expires_at"])
		acctest.Must(t, err)
		if !opened.RenewAt.Equal(end.Add(-test.before)) {
			t.Errorf("a token that lives for %v until %v is renewed at %v", test.life, end, opened.RenewAt)
		}
		for _, secret := range []string{acctest.AdasPassword, token["access_token"]} {
			if secret == "" || strings.Contains(string(opened.Private), secret) {
				t.Errorf("the private data are %s", opened.Private)
			}
		}

		renewed, err := p.Server.RenewEphemeralResource(t.Context(), &tfprotov6.RenewEphemeralResourceRequest{
			TypeName: "kamiwaza_access_token", Private: opened.Private,
		})
		acctest.Must(t, err)
		if len(renewed.Diagnostics) != 1 || renewed.Diagnostics[0].Severity != tfprotov6.DiagnosticSeverityWarning ||
			renewed.Diagnostics[0].Summary != fmt.Sprintf(`The access token of user "ada" ends at %s`, token["expires_at"]) ||
			!acctest.Says("This run is about to outlast the token", "run it again").MatchString(renewed.Diagnostics[0].Detail) {
			t.Errorf("the renewal says %v", renewed.Diagnostics)
		}
		if !renewed.RenewAt.IsZero() {
			t.Errorf("it is to be renewed again at %v", renewed.RenewAt)
		}
	}
}

func TestProtocol_accessTokenWithoutEnd(t *testing.T) {
	s := acctest.WithAda(t, authserver.Config{})
	p := acctest.NewProtocol(t, s)
	s.Server.Inject(authserver.Fault{Method: "POST", Route: "/auth/token", Status: 200, Body: `{"access_token": "opaque", "token_type": "bearer"}`})
	opened := p.Open(map[string]string{"username": "ada", "password": acctest.AdasPassword})
	p.NoErrors(opened.Diagnostics)
	if _, ok := p.Texts(p.TokenType(), opened.Result)["expires_at"]; ok || !opened.RenewAt.IsZero() || len(opened.Private) != 0 {
		t.Errorf("the token ends at %v", opened.RenewAt)
	}
}

// What a server echoes must not reach a message, and each error is about what can be done.
func TestProtocol_accessTokenErrors(t *testing.T) {
	for _, test := range []struct {
		fault     authserver.Fault
		attribute string
		want      []string
	}{
		{
			authserver.Fault{Status: 401, Body: `{"detail": "no: ada, analytical engine, hush-hush"}`},
			"username",
			[]string{"answered 401 Unauthorized: no: ada, (hidden), (hidden).", "Check username, password"},
		},
		{authserver.Fault{Status: 403, Body: `{"detail": "Inactive user"}`}, "username", []string{"403 Forbidden: Inactive user."}},
		{authserver.Fault{Status: 404, Body: `{"detail": "No such user"}`}, "username", []string{"404 Not Found: No such user.", "Check username, password"}},
		{authserver.Fault{Status: 404, Body: `{"detail": "Not Found"}`}, "login_method", []string{"does not offer this way of logging in", "Try the other login_method"}},
		{
			authserver.Fault{Status: 422, Body: `{"detail": [{"loc": ["body", "client_id"], "msg": "unknown: hush-hush"}]}`},
			"client_id",
			[]string{"POST /auth/token was refused: unknown: (hidden)."},
		},
		{authserver.Fault{Status: 500, Body: `{"detail": "broken"}`}, "", []string{"500 Internal Server Error: broken.", "If the service is only slow"}},
		{authserver.Fault{Status: 404, Body: "<html>"}, "", []string{"a web page came back", "Check base_url"}},
	} {
		s := acctest.WithAda(t, authserver.Config{})
		p := acctest.NewProtocol(t, s)
		test.fault.Method, test.fault.Route = "POST", "/auth/token"
		s.Server.Inject(test.fault)
		diagnostics := p.Open(map[string]string{
			"username": "ada", "password": acctest.AdasPassword, "client_id": "terraform", "client_secret": "hush-hush",
		}).Diagnostics
		if len(diagnostics) != 1 {
			t.Fatalf("%+v: %v, want one error", test.fault, diagnostics)
		}
		d := diagnostics[0]
		if d.Summary != `Could not get an access token for user "ada"` || !acctest.Says(test.want...).MatchString(d.Detail) {
			t.Errorf("%+v: %s\n%s", test.fault, d.Summary, d.Detail)
		}
		at := ""
		if d.Attribute != nil && len(d.Attribute.Steps()) > 0 {
			at = string(d.Attribute.Steps()[0].(tftypes.AttributeName))
		}
		if at != test.attribute {
			t.Errorf("%+v: the error is at %q, want %q", test.fault, at, test.attribute)
		}
	}
}
