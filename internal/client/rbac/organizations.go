package rbac

import (
	"encoding/json"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// Organization groups users by the company they belong to, and may name their identity provider.
type Organization struct {
	ID          string      `json:"id"`
	Name        string      `json:"name"`
	Description string      `json:"description"`
	IDPConfig   *IDPConfig  `json:"idp_config"`
	CreatedAt   client.Time `json:"created_at"`
	UpdatedAt   client.Time `json:"updated_at"`
}

// EntityID returns ID.
func (o Organization) EntityID() string { return o.ID }

// UnmarshalJSON reads an organization.
func (o *Organization) UnmarshalJSON(data []byte) error {
	type plain Organization
	err := json.Unmarshal(data, (*plain)(o))
	o.ID = client.NormalID(o.ID)
	return err
}

// IDPConfig is an organization's identity provider.
type IDPConfig struct {
	Provider    string `json:"provider"`
	Domain      string `json:"domain"`
	ClientID    string `json:"client_id"`
	MetadataURL string `json:"metadata_url,omitempty"`
	// AdditionalConfig is a JSON object; the API wants one, so an empty one is {}.
	AdditionalConfig json.RawMessage `json:"additional_config"`
}

// secrets are the texts in the additional configuration, where secrets of identity providers are kept. Short ones are left
// out: hiding words such as "true" would spoil messages, and they are no secrets.
func (c *IDPConfig) secrets() []string {
	const short = 8
	var texts []string
	var collect func(value any)
	collect = func(value any) {
		switch value := value.(type) {
		case string:
			if len(value) >= short {
				texts = append(texts, value)
			}
		case []any:
			for _, element := range value {
				collect(element)
			}
		case map[string]any:
			for _, field := range value {
				collect(field)
			}
		}
	}
	if c != nil {
		var config any
		_ = json.Unmarshal(c.AdditionalConfig, &config) // The server refuses what is not JSON.
		collect(config)
	}
	return texts
}

// OrganizationCreate is a new organization. Name is needed.
type OrganizationCreate struct {
	Name        string     `json:"name"`
	Description string     `json:"description,omitempty"`
	IDPConfig   *IDPConfig `json:"idp_config,omitempty"`
}

// Secrets are those in the body.
func (o OrganizationCreate) Secrets() []string { return o.IDPConfig.secrets() }

// OrganizationUpdate changes an organization. IDPConfig is replaced as a whole.
type OrganizationUpdate struct {
	Name        client.Field[string]    `json:"name,omitzero"`
	Description client.Field[string]    `json:"description,omitzero"`
	IDPConfig   client.Field[IDPConfig] `json:"idp_config,omitzero"`
}

// Secrets are those in the body.
func (o OrganizationUpdate) Secrets() []string { return o.IDPConfig.Value().secrets() }

// Organizations is the part of the API about organizations.
type Organizations struct {
	Entities[Organization, OrganizationCreate, OrganizationUpdate]
}
