package client

import "encoding/json"

// Organization groups users by the company they belong to, and may name their identity provider.
type Organization struct {
	ID          string     `json:"id"`
	Name        string     `json:"name"`
	Description string     `json:"description"`
	IDPConfig   *IDPConfig `json:"idp_config"`
	CreatedAt   Time       `json:"created_at"`
	UpdatedAt   Time       `json:"updated_at"`
}

// EntityID returns ID.
func (o Organization) EntityID() string { return o.ID }

// IDPConfig is an organization's identity provider.
type IDPConfig struct {
	Provider    string `json:"provider"`
	Domain      string `json:"domain"`
	ClientID    string `json:"client_id"`
	MetadataURL string `json:"metadata_url,omitempty"`
	// AdditionalConfig is a JSON object; the API wants one, so an empty one is {}.
	AdditionalConfig json.RawMessage `json:"additional_config"`
}

// OrganizationCreate is a new organization. Name is needed.
type OrganizationCreate struct {
	Name        string     `json:"name"`
	Description string     `json:"description,omitempty"`
	IDPConfig   *IDPConfig `json:"idp_config,omitempty"`
}

// OrganizationUpdate changes an organization. IDPConfig is replaced as a whole.
type OrganizationUpdate struct {
	Name        Field[string]    `json:"name,omitzero"`
	Description Field[string]    `json:"description,omitzero"`
	IDPConfig   Field[IDPConfig] `json:"idp_config,omitzero"`
}

// Organizations is the part of the API about organizations.
type Organizations struct {
	Entities[Organization, OrganizationCreate, OrganizationUpdate]
}
