package gateway

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// IdentityProvider is an identity provider as the API answers it.
type IdentityProvider struct {
	Alias       string `json:"alias"`
	ProviderID  string `json:"provider_id"`
	DisplayName string `json:"display_name"`
	Enabled     bool   `json:"enabled"`
}

// IdentityProviderData is an identity provider and what Keycloak knows of it besides, which no call answers.
type IdentityProviderData struct {
	IdentityProvider
	ClientID         string   `json:"client_id"`
	ClientSecretHash string   `json:"client_secret_hash"` // SHA-256, in hexadecimal digits
	Issuer           string   `json:"issuer,omitempty"`
	HostedDomain     *string  `json:"hosted_domain,omitempty"`
	Scopes           []string `json:"scopes"`
	EnsureRedirects  bool     `json:"ensure_redirects"`
}

// idpKinds are the kinds of identity providers.
var idpKinds = []string{"google", "oidc"}

// brokers begin the aliases that belong to federations.
const brokers = "federation-"

// managesIDPs reports whether the platform may change identity providers.
func (s *service) managesIDPs() bool {
	return s.behavior.IDPManagement == "" || s.behavior.IDPManagement == IDPManagementOn
}

func (s *service) listIDPs(*call) (any, error) {
	list := []IdentityProvider{}
	for _, p := range s.idps.SeeAll() {
		list = append(list, p.IdentityProvider)
	}
	return map[string]any{"providers": list, "idp_management_enabled": s.managesIDPs()}, nil
}

// listPublicIDPs answers what a login page offers.
func (s *service) listPublicIDPs(*call) (any, error) {
	list := []map[string]string{}
	for _, p := range s.idps.SeeAll() {
		if p.Enabled && !strings.HasPrefix(p.Alias, brokers) {
			list = append(list, map[string]string{"alias": p.Alias, "provider_id": p.ProviderID, "display_name": p.DisplayName})
		}
	}
	return map[string]any{"providers": list}, nil
}

// changeIDPs runs a change of the provider of an alias, and answers what became of it. Nothing changes where the platform does
// not manage identity providers.
func (s *service) changeIDPs(in *call, alias string, change func() (map[string]any, error)) (any, error) {
	if err := in.Refused(); err != nil {
		return nil, err
	}
	if strings.HasPrefix(alias, brokers) {
		return nil, authserver.Refuse(http.StatusBadRequest, `Aliases beginning with "federation-" are reserved for mesh federation brokers.`)
	}
	switch s.behavior.IDPManagement {
	case IDPManagementIgnored:
		return map[string]any{"status": "disabled", "idp_management_enabled": false}, nil
	case IDPManagement403, IDPManagement503:
		return nil, Outcome(s.behavior.IDPManagement).Refuse("Management of identity providers is not enabled on this platform")
	}
	var answer map[string]any
	err := s.Store.Write(func() (err error) {
		answer, err = change()
		return err
	})
	if err != nil {
		return nil, err
	}
	answer["idp_management_enabled"] = true
	return answer, nil
}

// readIDP reads an identity provider. Without an alias of the path, that of the body names it.
func (s *service) readIDP(in *call, alias string) (IdentityProviderData, error) {
	p := IdentityProviderData{EnsureRedirects: true, Scopes: []string{"openid", "profile", "email"}}
	body, err := in.Created()
	if err != nil {
		return p, err
	}
	var secret *string
	var configured []string
	settings := func(kind string) func(*authserver.Object) {
		return func(o *authserver.Object) {
			configured = append(configured, kind)
			o.Name("client_id", &p.ClientID)
			if o.Has("client_secret") || alias == "" || !s.behavior.IDPSecretOptional {
				secret = new(string)
				o.Name("client_secret", secret)
			}
			o.Texts("scopes", &p.Scopes)
			if kind == "oidc" || o.Has("alias") {
				o.Name("alias", &p.Alias)
			}
			if kind == "google" {
				o.OptionalText("hosted_domain", &p.HostedDomain)
				return
			}
			o.Name("issuer", &p.Issuer)
			checkIssuer(o, p.Issuer)
		}
	}
	body.Name("provider", &p.ProviderID)
	for _, kind := range idpKinds {
		body.OptionalObject(kind, settings(kind), func() {})
	}
	body.Flag("ensure_redirects", &p.EnsureRedirects)
	if err := in.Refused(); err != nil {
		return p, err
	}
	if secret != nil {
		p.ClientSecretHash = hashOf(*secret)
	}
	if p.Alias == "" {
		p.Alias = alias
		if alias == "" {
			p.Alias = "google"
		}
	}
	p.DisplayName = p.Alias
	issuer, _ := url.Parse(p.Issuer) // checked above
	switch {
	case !slices.Contains(idpKinds, p.ProviderID):
		return p, authserver.Refuse(http.StatusBadRequest, "Unsupported provider %q", p.ProviderID)
	case !slices.Equal(configured, []string{p.ProviderID}):
		return p, authserver.Refuse(http.StatusBadRequest, "The provider %s needs the settings %s and no others", p.ProviderID, p.ProviderID)
	case alias != "" && p.Alias != alias:
		return p, authserver.Refuse(http.StatusBadRequest, "The alias in the body is not that in the path")
	case strings.HasSuffix(issuer.Hostname(), ".invalid"):
		return p, authserver.Refuse(http.StatusBadRequest, "The discovery document of the issuer cannot be fetched")
	}
	return p, nil
}

// checkIssuer refuses what is no address. A host in the domain invalid is an address that nobody can reach.
func checkIssuer(o *authserver.Object, issuer string) {
	o.MaxLength("issuer", issuer, 2083)
	parsed, err := url.Parse(issuer)
	if issuer != "" && (err != nil || parsed.Host == "" || parsed.Scheme != "https" && parsed.Scheme != "http") {
		o.Report("url_parsing", "Input should be a valid URL", "issuer")
	}
}

// registerIDP creates or replaces an identity provider.
func (s *service) registerIDP(in *call) (any, error) {
	wanted, err := s.readIDP(in, "")
	if err != nil {
		return nil, err
	}
	return s.changeIDPs(in, wanted.Alias, func() (map[string]any, error) { return s.putIDP(wanted) })
}

// putIDP stores an identity provider. One that there is stays enabled or not, and keeps what is not given.
func (s *service) putIDP(p IdentityProviderData) (map[string]any, error) {
	status := "created"
	p.Enabled = true
	if before, err := s.idps.Get(p.Alias); err == nil {
		status, p.Enabled = "updated", before.Enabled
		if p.ClientSecretHash == "" {
			p.ClientSecretHash = before.ClientSecretHash
		}
	}
	return map[string]any{"status": status, "provider": p.IdentityProvider}, s.idps.Put(p)
}

// replaceIDP replaces an identity provider.
func (s *service) replaceIDP(in *call) (any, error) {
	alias := pathName(in, "alias", 255)
	wanted, err := s.readIDP(in, alias)
	if err != nil {
		return nil, err
	}
	return s.changeIDPs(in, alias, func() (map[string]any, error) {
		switch before, err := s.idps.Get(alias); {
		case err != nil && s.behavior.IDPAbsent != authserver.OutcomeOK:
			return nil, err
		case err == nil && before.ProviderID != wanted.ProviderID:
			if err := s.behavior.IDPKindChange.Refuse("The kind of an identity provider cannot change"); err != nil {
				return nil, err
			}
		}
		return s.putIDP(wanted)
	})
}

// toggleIDP enables or disables an identity provider.
func (s *service) toggleIDP(in *call) (any, error) {
	alias, enabled := in.PathValue("alias"), false
	body, err := in.Created()
	if err != nil {
		return nil, err
	}
	if !body.Has("enabled") {
		body.Report("missing", "Field required", "enabled")
	}
	body.Flag("enabled", &enabled)
	return s.changeIDPs(in, alias, func() (map[string]any, error) {
		found, err := s.idps.Get(alias)
		if err != nil {
			return s.absentIDP(alias, err)
		}
		found.Enabled = enabled
		return map[string]any{"status": "updated", "provider": found.IdentityProvider}, s.idps.Put(found)
	})
}

func (s *service) deleteIDP(in *call) (any, error) {
	alias := in.PathValue("alias")
	return s.changeIDPs(in, alias, func() (map[string]any, error) {
		if err := s.idps.Has(alias); err != nil {
			return s.absentIDP(alias, err)
		}
		s.idps.Remove(alias)
		return map[string]any{"deleted": true, "alias": alias, "status": "deleted"}, nil
	})
}

// absentIDP is the answer to a change of what is not there.
func (s *service) absentIDP(alias string, missing error) (map[string]any, error) {
	if s.behavior.IDPAbsent != authserver.OutcomeOK {
		return nil, missing
	}
	return map[string]any{"deleted": false, "alias": alias, "status": "not_found"}, nil
}
