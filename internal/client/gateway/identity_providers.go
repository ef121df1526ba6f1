package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// IdentityProvider is what the API tells of an identity provider, which is not how it is set up.
type IdentityProvider struct {
	Alias       string `json:"alias"`
	ProviderID  string `json:"provider_id"`
	DisplayName string `json:"display_name"`
	Enabled     bool   `json:"enabled"`
}

// EntityID returns Alias.
func (p IdentityProvider) EntityID() string { return p.Alias }

func (p IdentityProvider) complete() bool { return p.Alias != "" }

// UnmarshalJSON reads an identity provider; one whose enabled is missing or null is enabled.
func (p *IdentityProvider) UnmarshalJSON(data []byte) error {
	type plain IdentityProvider
	read := plain{Enabled: true}
	err := json.Unmarshal(data, &read)
	*p = IdentityProvider(read)
	return err
}

// IdentityProviderList are all identity providers.
type IdentityProviderList struct {
	Providers []IdentityProvider
	// ManagementDisabled says that the platform may not administer Keycloak, so that nothing here can be changed.
	ManagementDisabled bool
}

// The documented kinds of identity providers.
const (
	IDPGoogle = "google"
	IDPOIDC   = "oidc"
)

// IDPReserved begins the aliases of identity providers that the platform manages itself.
const IDPReserved = "federation-"

// Kind returns the kind of the identity provider: whatever is not Google is taken for OIDC.
func (p IdentityProvider) Kind() string {
	if p.ProviderID == IDPGoogle {
		return IDPGoogle
	}
	return IDPOIDC
}

// IdentityProviderConfig is how an identity provider is set up: Provider is one of the kinds, and the field of that kind is
// set. The API takes it as a whole, with the secret.
type IdentityProviderConfig struct {
	Provider        string        `json:"provider"`
	Google          *GoogleConfig `json:"google,omitempty"`
	OIDC            *OIDCConfig   `json:"oidc,omitempty"`
	EnsureRedirects bool          `json:"ensure_redirects"`
}

// GoogleConfig is Google as an identity provider. The server chooses the scopes that are nil.
type GoogleConfig struct {
	Alias        string   `json:"alias"`
	ClientID     string   `json:"client_id"`
	ClientSecret string   `json:"client_secret"`
	HostedDomain string   `json:"hosted_domain,omitempty"`
	Scopes       []string `json:"scopes,omitzero"`
}

// OIDCConfig is any other identity provider that speaks OpenID Connect. The server reads what the issuer says of itself, and
// chooses the scopes that are nil.
type OIDCConfig struct {
	Alias        string   `json:"alias"`
	Issuer       string   `json:"issuer"`
	ClientID     string   `json:"client_id"`
	ClientSecret string   `json:"client_secret"`
	Scopes       []string `json:"scopes,omitzero"`
}

// Alias is that of the kind that is set.
func (c IdentityProviderConfig) Alias() string {
	switch {
	case c.Google != nil:
		return c.Google.Alias
	case c.OIDC != nil:
		return c.OIDC.Alias
	}
	return ""
}

// Secrets are those in the body.
func (c IdentityProviderConfig) Secrets() []string {
	var secrets []string
	if c.Google != nil {
		secrets = append(secrets, c.Google.ClientSecret)
	}
	if c.OIDC != nil {
		secrets = append(secrets, c.OIDC.ClientSecret)
	}
	return secrets
}

// IdentityProviders is the part of the API about identity providers. Where the platform may not administer Keycloak, changes
// are client.ErrDisabled.
type IdentityProviders struct{ client *client.Client }

// List returns all identity providers.
func (p IdentityProviders) List(ctx context.Context) (IdentityProviderList, error) {
	r := client.Request{Method: http.MethodGet, Path: "/auth/idp/providers"}
	answer, err := client.Do[struct {
		Providers []IdentityProvider `json:"providers"`
		Manages   *bool              `json:"idp_management_enabled"`
	}](ctx, p.client, r)
	if err != nil {
		return IdentityProviderList{}, err
	}
	providers, err := checkRows(answer.Providers, r, "provider")
	return IdentityProviderList{Providers: providers, ManagementDisabled: answer.Manages != nil && !*answer.Manages}, err
}

// Register sets up an identity provider. One that has the alias already is changed: look first.
func (p IdentityProviders) Register(ctx context.Context, config IdentityProviderConfig) error {
	return p.change(ctx, client.Request{Method: http.MethodPost, Path: "/auth/idp/register", JSON: config, Secrets: config.Secrets()}, config.Alias())
}

// Update sets up the identity provider with the alias anew.
func (p IdentityProviders) Update(ctx context.Context, alias string, config IdentityProviderConfig) error {
	return p.change(ctx, client.Request{Method: http.MethodPut, Path: idp(alias), JSON: config, Secrets: config.Secrets()}, alias)
}

// SetEnabled lets users log in with the identity provider, or not.
func (p IdentityProviders) SetEnabled(ctx context.Context, alias string, enabled bool) error {
	return p.change(ctx, client.Request{Method: http.MethodPatch, Path: idp(alias), JSON: map[string]bool{"enabled": enabled}}, alias)
}

// Delete removes the identity provider. Whether removing an absent one is an error is not documented.
func (p IdentityProviders) Delete(ctx context.Context, alias string) error {
	return p.change(ctx, client.Request{Method: http.MethodDelete, Path: idp(alias)}, alias)
}

func idp(alias string) string { return "/auth/idp/" + client.Segment(alias) }

// change sends a request whose success must not be taken at its word.
func (p IdentityProviders) change(ctx context.Context, r client.Request, alias string) error {
	answer, err := client.Do[struct {
		Alias    string            `json:"alias"`
		Provider *IdentityProvider `json:"provider"`
		Deleted  *bool             `json:"deleted"`
		Manages  *bool             `json:"idp_management_enabled"`
	}](ctx, p.client, r)
	about := answer.Alias
	if answer.Provider != nil {
		about = answer.Provider.Alias
	}
	switch {
	case errors.Is(err, client.ErrEmpty): // The form of the answer is not documented.
		return nil
	case err != nil:
		return err
	case answer.Manages != nil && !*answer.Manages:
		return client.Disabled(r, client.CodeIDPManagementDisabled, "the platform may not administer Keycloak (idp_management_enabled is false), so that nothing was changed")
	case answer.Deleted != nil && !*answer.Deleted:
		return client.BadAnswer(r, "the answer says that the identity provider was not deleted")
	case about != "" && about != alias:
		return client.BadAnswer(r, fmt.Sprintf("the answer is about the identity provider %q", client.Shorten(about)))
	}
	return nil
}
