package provider_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider"
)

func TestMain(m *testing.M) {
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
	"kamiwaza": providerserver.NewProtocol6WithError(provider.New("test")()),
}

// service is a development AuthService of a test's own.
type service struct {
	*authservertest.Instance
	// api is a second client, which changes things behind Terraform's back.
	api *client.Client
}

func start(t *testing.T, config authserver.Config) service {
	t.Helper()
	instance := authservertest.Start(t, config)
	api, err := client.New(client.Config{BaseURL: instance.URL, APIKey: authservertest.APIKey})
	if err != nil {
		t.Fatal(err)
	}
	return service{instance, api}
}

// config is a configuration with a provider block that reaches the service.
func (s service) config(body string) string {
	return fmt.Sprintf(`
provider "kamiwaza" {
  base_url    = %q
  username    = %q
  password    = %q
  max_retries = 0
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
