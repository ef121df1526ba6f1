package rbac

import (
	"encoding/json"
	"net/http"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// Organization is what users may belong to, one at most.
type Organization struct {
	Named
	IDPConfig *IDPConfig `json:"idp_config"`
}

// IDPConfig is an organization's identity provider. AdditionalConfig is a JSON object.
type IDPConfig struct {
	Provider         string          `json:"provider"`
	Domain           string          `json:"domain"`
	ClientID         string          `json:"client_id"`
	MetadataURL      *string         `json:"metadata_url"`
	AdditionalConfig json.RawMessage `json:"additional_config"`
}

func (s *service) organizationCalls() catalog[Organization] {
	return catalog[Organization]{
		store: s.Store,
		table: s.organizations,
		param: "org_id",
		named: func(o *Organization) *Named { return &o.Named },
		fields: func(body *authserver.Object, o *Organization) {
			read := func(body *authserver.Object) { o.IDPConfig = readIDPConfig(body) }
			body.OptionalObject("idp_config", read, func() { o.IDPConfig = nil })
		},
		check:   func(Organization) error { return nil },
		release: s.releaseOrganization,
	}
}

func readIDPConfig(body *authserver.Object) *IDPConfig {
	config := &IDPConfig{AdditionalConfig: json.RawMessage("{}")}
	body.Text("provider", &config.Provider)
	body.Text("domain", &config.Domain)
	body.Text("client_id", &config.ClientID)
	body.OptionalText("metadata_url", &config.MetadataURL)
	body.JSON("additional_config", &config.AdditionalConfig)
	return config
}

// releaseOrganization takes an organization that is to be deleted from its users.
func (s *service) releaseOrganization(id string) error {
	for _, user := range s.users.All() {
		if user.OrganizationID == nil || *user.OrganizationID != id {
			continue
		}
		if !s.behavior.DeleteDetaches {
			return authserver.Refuse(http.StatusConflict, "Organization still has users")
		}
		user.OrganizationID = nil
		if err := s.users.Put(user); err != nil {
			return err
		}
	}
	return nil
}
