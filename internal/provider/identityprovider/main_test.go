package identityprovider_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

func TestMain(m *testing.M) { acctest.Main(m) }

const (
	typeName = "kamiwaza_identity_provider"
	address  = typeName + ".test"
	issuer   = "https://sso.larkspur.example.com/realms/staff"

	firstSecret, secondSecret = "first-secret-of-the-test", "second-secret-of-the-test"
)

// oidc is a configuration: more are other arguments, or later ones.
func oidc(alias, secret, version string, more ...string) string {
	return fmt.Sprintf(`
resource "kamiwaza_identity_provider" "test" {
  alias                    = %q
  kind                     = "oidc"
  issuer                   = %q
  client_id                = "kamiwaza"
  client_secret_wo         = %q
  client_secret_wo_version = %q
  %s
}
`, alias, issuer, secret, version, strings.Join(more, "\n  "))
}

// register sets up an identity provider behind Terraform's back.
func register(s acctest.Gateway, alias string) {
	s.Send("POST", "/auth/idp/register", map[string]any{
		"provider": "oidc", "oidc": map[string]any{"alias": alias, "issuer": issuer, "client_id": "theirs", "client_secret": "theirs"},
	})
}

// has expects what the service has: the aliases with client id, hash of the secret, scopes and whether it is enabled.
func has(s acctest.Gateway, want ...string) resource.TestCheckFunc {
	return acctest.ServiceHas(func() []string {
		got := []string{}
		for _, p := range s.Server.Snapshot().IdentityProviders {
			got = append(got, fmt.Sprint(p.Alias, " ", p.ProviderID, " ", p.ClientID, " ", p.ClientSecretHash[:8], " ", p.Scopes, " ", p.Enabled))
		}
		return got
	}, want...)
}

func check(t *testing.T, s acctest.Gateway, want ...string) {
	t.Helper()
	acctest.Check(t, has(s, want...))
}

// is an identity provider as has writes it, with the default scopes unless others are given.
func is(alias, kind, secret string, enabled bool, scopes ...string) string {
	if scopes == nil {
		scopes = []string{"openid", "profile", "email"}
	}
	return fmt.Sprint(alias, " ", kind, " kamiwaza ", hash(secret), " ", scopes, " ", enabled)
}

func hash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])[:8]
}

var behaviors = map[string]gateway.Behavior{
	"default": {},
	"lenient": {IDPAbsent: authserver.OutcomeOK, IDPSecretOptional: true, ErrorObjects: true, TrimText: true},
	"strict":  {IDPKindChange: "409", NoSlashRedirect: true, Lite: true},
}

func eachBehavior(t *testing.T, test func(t *testing.T, s acctest.Gateway)) {
	t.Helper()
	acctest.EachBehavior(t, behaviors, test)
}

func action(action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return acctest.Plans(address, action)
}
