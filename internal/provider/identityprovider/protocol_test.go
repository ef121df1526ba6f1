package identityprovider_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

// TestProtocol_validation refuses what no server takes.
func TestProtocol_validation(t *testing.T) {
	t.Parallel()
	p := acctest.Unconfigured(t)
	valid := func(more acctest.Fields) acctest.Fields {
		config := acctest.Fields{"alias": "larkspur", "kind": "oidc", "issuer": issuer, "client_id": "kamiwaza", "client_secret": firstSecret}
		maps.Copy(config, more)
		return config
	}
	for name, test := range map[string]struct {
		config acctest.Fields
		want   string // "" for none
	}{
		"valid":                    {valid(nil), ""},
		"of a federation":          {valid(acctest.Fields{"alias": "federation-x"}), "reserves these aliases for the brokers of federations"},
		"hosted domain of oidc":    {valid(acctest.Fields{"hosted_domain": "x"}), "hosted_domain is for google"},
		"issuer of google":         {valid(acctest.Fields{"kind": "google"}), "issuer is for oidc"},
		"another kind":             {valid(acctest.Fields{"kind": "saml"}), `"google"`},
		"no scopes":                {valid(acctest.Fields{"scopes": []any{}}), "Invalid scopes"},
		"an empty scope":           {valid(acctest.Fields{"scopes": []any{"openid", ""}}), "Invalid scopes"},
		"a null scope":             {valid(acctest.Fields{"scopes": []any{"openid", nil}}), "Invalid scopes"},
		"scopes not known":         {valid(acctest.Fields{"scopes": acctest.Unknown{}}), ""},
		"a secret with no version": {valid(acctest.Fields{"client_secret": nil, "client_secret_wo": "x"}), "client_secret_wo_version"},
	} {
		objectType := p.StateType(typeName)
		resp, err := p.Server.ValidateResourceConfig(t.Context(), &tfprotov6.ValidateResourceConfigRequest{
			TypeName: typeName, Config: p.Encoded(objectType, acctest.Encode(t, objectType, test.config)),
			ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
		})
		acctest.Must(t, err)
		if got := acctest.Written(resp.Diagnostics); (test.want == "") != (got == "") || !strings.Contains(got, test.want) {
			t.Errorf("%s: the provider says %q, want %q", name, got, test.want)
		}
	}
}

// TestProtocol_identity imports by identity.
func TestProtocol_identity(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{})
	register(s, "larkspur")
	p := acctest.NewProtocol(t, s)
	imported, diagnostics := p.ImportByIdentity(typeName, map[string]string{"id": "larkspur"})
	p.NoErrors(diagnostics)
	i := p.Refreshed(acctest.Instance{TypeName: typeName, State: imported.State, Private: imported.Private})
	if got := p.AttributesOf(i); got["alias"] != "larkspur" || got["kind"] != "oidc" {
		t.Errorf("imported %v", got)
	}
}

// TestProtocol_data lists identity providers, on each release.
func TestProtocol_data(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		behavior gateway.Behavior
		managed  bool
	}{
		"default": {gateway.Behavior{}, true}, "0.9.3": {gateway.Behavior{Platform: gateway.Platform093}, true},
		"unmanaged": {gateway.Behavior{IDPManagement: gateway.IDPManagement403}, false},
	} {
		s := acctest.StartGateway(t, authserver.Config{API: test.behavior})
		p := acctest.NewProtocol(t, s)
		if test.managed {
			register(s, "larkspur")
		}
		state, diagnostics := p.ReadData("kamiwaza_identity_providers", nil)
		p.NoErrors(diagnostics)
		attributes := p.Attributes("kamiwaza_identity_providers", state)
		var managed bool
		acctest.Must(t, attributes["management_enabled"].As(&managed))
		if got := fmt.Sprint(attributes["identity_providers"]); managed != test.managed || strings.Contains(got, `"larkspur"`) != test.managed {
			t.Errorf("%s: managed is %v, and the list %s", name, managed, got)
		}
	}
	s := acctest.StartGateway(t, authserver.Config{})
	s.Server.Inject(authserver.Fault{Method: "GET", Route: "/auth/idp/providers", Status: 404, Body: `{"detail":"Not Found"}`})
	_, diagnostics := acctest.NewProtocol(t, s).ReadData("kamiwaza_identity_providers", nil)
	if got := acctest.Written(diagnostics); !strings.Contains(got, "need platform 0.9 and later") {
		t.Errorf("a platform without them says %q", got)
	}
}

// TestAccRequests counts the requests of a refresh, which are one list.
func TestAccRequests(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{})
	many := strings.Replace(oidc("idp${count.index}", firstSecret, "1"), "{\n", "{\n  count = 8\n", 1)
	w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+many)
	w.Terraform(t, 0, "apply", "-auto-approve")
	s.Server.ResetRequests()
	w.Terraform(t, 0, "plan", "-detailed-exitcode")
	if n := s.Count("GET", "/auth/idp/providers"); n != 1 || len(s.Server.Requests()) > 3 {
		t.Errorf("a refresh listed %d times, in %d requests", n, len(s.Server.Requests()))
	}
}
