package provider_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider"
)

func TestMain(m *testing.M) {
	if name := filepath.Base(os.Args[0]); slices.Contains(standIns, name) {
		if err := serveStandIn(name); err != nil {
			panic(err)
		}
		return
	}
	// What the developer has set for daily work must not reach the tests.
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "KAMIWAZA_") {
			if err := os.Unsetenv(name); err != nil {
				panic(err)
			}
		}
	}
	os.Exit(m.Run())
}

var factories = map[string]func() (tfprotov6.ProviderServer, error){
	"kamiwaza": providerserver.NewProtocol6WithError(provider.NewImpatient()()),
}

// service is a development AuthService of a test's own.
type service struct {
	*authservertest.Instance
	// api is a second client, which changes things behind Terraform's back.
	api *rbac.API
}

func start(t testing.TB, config authserver.Config) service {
	t.Helper()
	instance := authservertest.Start(t, config)
	api, err := rbac.Connect(client.Config{BaseURL: instance.URL, APIKey: authservertest.APIKey})
	if err != nil {
		t.Fatal(err)
	}
	return service{instance, api}
}

// config is a configuration with a provider block that reaches the service.
func (s service) config(body string) string {
	return fmt.Sprintf(`
provider "kamiwaza" {
  base_url = %q
  username = %q
  password = %q
}
`, s.URL, authservertest.AdminUsername, authservertest.AdminPassword) + body
}

// count tells how many requests of a method and route the service has seen.
func (s service) count(method, route string) (n int) {
	for _, request := range s.Server.Requests() {
		if request.Method == method && request.Route == route {
			n++
		}
	}
	return n
}

// put sends a PUT behind Terraform's back.
func (s service) put(t *testing.T, path, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, s.URL+path, strings.NewReader(body))
	must(t, err)
	req.Header.Set("Authorization", "Bearer "+authservertest.APIKey)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	must(t, err)
	must(t, resp.Body.Close())
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("PUT %s: %s", path, resp.Status)
	}
}

// says matches an output that has all the phrases in this order, wherever Terraform breaks its lines.
func says(phrases ...string) *regexp.Regexp {
	for i, phrase := range phrases {
		words := strings.Fields(phrase)
		for j, word := range words {
			words[j] = regexp.QuoteMeta(word)
		}
		phrases[i] = strings.Join(words, `\s+`)
	}
	return regexp.MustCompile("(?s)" + strings.Join(phrases, ".*"))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func text(optional *string) string {
	if optional == nil {
		return ""
	}
	return *optional
}

// company has one of each type.
const company = `
resource "kamiwaza_organization" "acme" {
  name = "acme"
}
resource "kamiwaza_user" "ada" {
  username        = "ada"
  email           = "ada@example.com"
  password        = "correct horse"
  organization_id = kamiwaza_organization.acme.id
}
resource "kamiwaza_group" "admins" {
  name = "admins"
}
resource "kamiwaza_role" "operator" {
  name = "operator"
}
resource "kamiwaza_right" "restart" {
  name = "restart"
}
resource "kamiwaza_group_member" "ada" {
  group_id = kamiwaza_group.admins.id
  user_id  = kamiwaza_user.ada.id
}
resource "kamiwaza_group_role" "operator" {
  group_id = kamiwaza_group.admins.id
  role_id  = kamiwaza_role.operator.id
}
resource "kamiwaza_role_right" "restart" {
  role_id  = kamiwaza_role.operator.id
  right_id = kamiwaza_right.restart.id
}
`
