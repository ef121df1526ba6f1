package gateway_test

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

// oidc is the body of a registration.
func oidc(alias string, more fields) fields {
	settings := fields{"alias": alias, "issuer": "https://idp.example.com/realm", "client_id": "c", "client_secret": "s"}
	maps.Copy(settings, more)
	return fields{"provider": "oidc", "oidc": settings}
}

var google = fields{"provider": "google", "google": fields{"client_id": "c", "client_secret": "s", "hosted_domain": "example.com"}, "ensure_redirects": false}

func providers(s session) []map[string]any {
	s.Helper()
	return list(s.Send("GET", "/auth/idp/providers", ""), "providers")
}

func TestIdentityProviders(t *testing.T) {
	s := start(t, authserver.Config{})
	equal(t, "none", s.Send("GET", "/auth/idp/providers", "").Object(), fields{"providers": []any{}, "idp_management_enabled": true})
	corp := fields{"alias": "corp", "provider_id": "oidc", "display_name": "corp", "enabled": true}
	equal(t, "registered", s.Send("POST", "/auth/idp/register", oidc("corp", fields{"scopes": []string{"openid"}})).Object(),
		fields{"status": "created", "provider": corp, "idp_management_enabled": true})
	equal(t, "registered google", s.Send("POST", "/auth/idp/register", google).Object()["provider"],
		fields{"alias": "google", "provider_id": "google", "display_name": "google", "enabled": true})
	equal(t, "list", values(providers(s), "alias"), []string{"corp", "google"})
	sum := sha256.Sum256([]byte("s"))
	if p := s.Server.Snapshot().IdentityProviders; p[0].ClientSecretHash != hex.EncodeToString(sum[:]) || p[0].Issuer != "https://idp.example.com/realm" ||
		len(p[0].Scopes) != 1 || !p[0].EnsureRedirects || p[1].EnsureRedirects || *p[1].HostedDomain != "example.com" || len(p[1].Scopes) != 3 {
		t.Errorf("data %+v", p)
	}

	corp["enabled"] = false
	equal(t, "disabled", s.Send("PATCH", "/auth/idp/corp", fields{"enabled": false}).Object()["provider"], corp)
	equal(t, "for a login page", values(list(s.As("").Send("GET", "/auth/idp/public/providers", ""), "providers"), "alias"), []string{"google"})
	equal(t, "registered again", s.Send("POST", "/auth/idp/register", oidc("corp", fields{"client_id": "c2"})).Object(),
		fields{"status": "updated", "provider": corp, "idp_management_enabled": true})
	equal(t, "replaced", s.Send("PUT", "/auth/idp/corp", oidc("corp", fields{"client_secret": "s2"})).Object()["provider"], corp)
	if p := s.Server.Snapshot().IdentityProviders[0]; p.ClientID != "c" || p.ClientSecretHash == hex.EncodeToString(sum[:]) {
		t.Errorf("replaced by %+v", p)
	}
	equal(t, "deleted", s.Send("DELETE", "/auth/idp/corp", "").Object(),
		fields{"deleted": true, "alias": "corp", "status": "deleted", "idp_management_enabled": true})
	s.Send("DELETE", "/auth/idp/corp", "").Refused(404, "Identity provider not found")
	s.Send("PATCH", "/auth/idp/corp", fields{"enabled": true}).Refused(404, "Identity provider not found")
	s.Send("PUT", "/auth/idp/corp", oidc("corp", nil)).Refused(404, "Identity provider not found")
	equal(t, "left", values(providers(s), "alias"), []string{"google"})
}

func TestInvalidIdentityProviders(t *testing.T) {
	s := start(t, authserver.Config{})
	register := func(body any) reply { return s.Send("POST", "/auth/idp/register", body) }
	register("{}").Invalid("body.provider: missing")
	register(fields{"provider": "oidc", "oidc": fields{}}).
		Invalid("body.oidc.client_id: missing", "body.oidc.client_secret: missing", "body.oidc.alias: missing", "body.oidc.issuer: missing")
	register(oidc("x", fields{"issuer": "nowhere"})).Invalid("body.oidc.issuer: url_parsing")
	register(oidc("x", fields{"issuer": "https://idp.invalid"})).Refused(400, "The discovery document of the issuer cannot be fetched")
	register(fields{"provider": "saml"}).Refused(400, `Unsupported provider "saml"`)
	register(fields{"provider": "google", "oidc": oidc("x", nil)["oidc"]}).Refused(400, "The provider google needs the settings google and no others")
	both := oidc("x", nil)
	both["google"] = google["google"]
	register(both).Want(400)
	const reserved = `Aliases beginning with "federation-" are reserved for mesh federation brokers.`
	register(oidc("federation-x", nil)).Refused(400, reserved)
	s.Send("DELETE", "/auth/idp/federation-x", "").Refused(400, reserved)
	s.Send("PUT", "/auth/idp/other", oidc("x", nil)).Refused(400, "The alias in the body is not that in the path")
	s.Send("PATCH", "/auth/idp/x", "{}").Invalid("body.enabled: missing")
	s.Send("PUT", "/auth/idp/x", fields{"provider": "google", "google": fields{"client_id": "c"}}).Invalid("body.google.client_secret: missing")
	s.User("ann")
	s.Login("ann").Send("GET", "/auth/idp/providers", "").Refused(403, "Admin role required")
}

func TestIdentityProviderBehaviors(t *testing.T) {
	s := unchecked(t, gateway.Behavior{IDPAbsent: authserver.OutcomeOK, IDPSecretOptional: true, IDPKindChange: "409"})
	equal(t, "deleted nothing", s.Send("DELETE", "/auth/idp/corp", "").Object()["deleted"], false)
	equal(t, "changed nothing", s.Send("PATCH", "/auth/idp/corp", fields{"enabled": true}).Object()["status"], "not_found")
	equal(t, "created", s.Send("PUT", "/auth/idp/corp", oidc("corp", nil)).Object()["status"], "created")
	before := s.Server.Snapshot().IdentityProviders[0].ClientSecretHash
	bare := oidc("corp", fields{"client_id": "c2"})
	delete(bare["oidc"].(fields), "client_secret")
	s.Send("PUT", "/auth/idp/corp", bare).Want(200)
	if p := s.Server.Snapshot().IdentityProviders[0]; p.ClientSecretHash != before || p.ClientID != "c2" {
		t.Errorf("replaced by %+v", p)
	}
	s.Send("POST", "/auth/idp/register", bare).Invalid("body.oidc.client_secret: missing")
	s.Send("PUT", "/auth/idp/corp", google).Refused(409, "The kind of an identity provider cannot change")

	s = with(t, gateway.Behavior{})
	s.Send("POST", "/auth/idp/register", oidc("corp", nil)).Want(200)
	equal(t, "another kind", s.Send("PUT", "/auth/idp/corp", google).Object()["provider"].(map[string]any)["provider_id"], "google")
}

func TestIdentityProvidersUnmanaged(t *testing.T) {
	for management, status := range map[gateway.IDPManagement]int{gateway.IDPManagement403: 403, gateway.IDPManagement503: 503, gateway.IDPManagementIgnored: 200} {
		s := with(t, gateway.Behavior{IDPManagement: management})
		equal(t, "management", s.Send("GET", "/auth/idp/providers", "").Object()["idp_management_enabled"], false)
		for _, got := range []reply{
			s.Send("POST", "/auth/idp/register", oidc("corp", nil)), s.Send("PUT", "/auth/idp/corp", oidc("corp", nil)),
			s.Send("PATCH", "/auth/idp/corp", fields{"enabled": true}), s.Send("DELETE", "/auth/idp/corp", ""),
		} {
			if got.Want(status); status == 200 && got.Object()["idp_management_enabled"] != false {
				t.Errorf("ignored with %s", got.Body)
			}
		}
		if got := providers(s); len(got) != 0 {
			t.Errorf("providers %v", got)
		}
	}
}
