package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
)

func TestProtocol_plainHTTP(t *testing.T) {
	for url, warns := range map[string]bool{
		"http://kamiwaza.example.com:7777/api":     true,
		"HTTP://10.0.0.1/api":                      true,
		"http://localhost.example.com/api":         true,
		"http://[2001:db8::1]/api":                 true,
		"http://0.0.0.0:7777/api":                  true,
		"https://kamiwaza.example.com/api":         false,
		"http://localhost:7777/api":                false,
		"http://LOCALHOST/api":                     false,
		"http://127.0.0.1:7777/api":                false,
		"http://127.8.9.10/api":                    false,
		"http://[::1]:7777/api":                    false,
		"https://127.0.0.1.nip.kamiwaza.test/api/": false,
	} {
		t.Run(url, func(t *testing.T) {
			diagnostics := acctest.Unconfigured(t).Configure(map[string]string{"base_url": url, "api_key": "x"})
			if !warns {
				if len(diagnostics) != 0 {
					t.Errorf("unexpected: %s: %s", diagnostics[0].Summary, diagnostics[0].Detail)
				}
				return
			}
			if len(diagnostics) != 1 || diagnostics[0].Severity != tfprotov6.DiagnosticSeverityWarning ||
				!diagnostics[0].Attribute.Equal(tftypes.NewAttributePath().WithAttributeName("base_url")) ||
				!acctest.Says("Credentials travel unencrypted").MatchString(diagnostics[0].Summary) ||
				!acctest.Says("plain HTTP", "can read the credentials", "Use https://").MatchString(diagnostics[0].Detail) {
				t.Errorf("got %v, want one warning at base_url", diagnostics)
			}
		})
	}

	t.Run("from the environment", func(t *testing.T) {
		t.Setenv("KAMIWAZA_BASE_URL", "http://kamiwaza.example.com/api")
		if got := acctest.Unconfigured(t).Warnings(acctest.Unconfigured(t).Configure(map[string]string{"api_key": "x"})); len(got) != 1 {
			t.Errorf("got %q, want one warning", got)
		}
	})
}
