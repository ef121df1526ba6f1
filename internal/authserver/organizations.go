package authserver

import (
	"encoding/json"
	"net/http"
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

func (s *Server) organizations() catalog[Organization] {
	return catalog[Organization]{
		store: s.store,
		table: s.store.organizations,
		param: "org_id",
		named: func(o *Organization) *Named { return &o.Named },
		fields: func(body *object, o *Organization) {
			read := func(body *object) { o.IDPConfig = readIDPConfig(body) }
			body.optionalObject("idp_config", read, func() { o.IDPConfig = nil })
		},
		check:   func(Organization) error { return nil },
		release: s.releaseOrganization,
	}
}

func readIDPConfig(body *object) *IDPConfig {
	config := &IDPConfig{AdditionalConfig: json.RawMessage("{}")}
	body.text("provider", &config.Provider)
	body.text("domain", &config.Domain)
	body.text("client_id", &config.ClientID)
	body.optionalText("metadata_url", &config.MetadataURL)
	body.json("additional_config", &config.AdditionalConfig)
	return config
}

// releaseOrganization takes an organization that is to be deleted from its users.
func (s *Server) releaseOrganization(id string) error {
	for _, row := range s.store.users.rows {
		user := row.value
		if user.OrganizationID == nil || *user.OrganizationID != id {
			continue
		}
		if !s.config.Behavior.DeleteDetaches {
			return refuse(http.StatusConflict, "Organization still has users")
		}
		user.OrganizationID = nil
		if err := s.store.users.put(user); err != nil {
			return err
		}
	}
	return nil
}
