package gateway

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// mappings is the path of the collection, which has no slash.
const mappings = "/authz/group-mappings"

// Mapping makes the members of an identity provider's group members of a local group, which it names.
type Mapping struct {
	ID             string      `json:"id"`
	TenantID       string      `json:"tenant_id"`
	Issuer         string      `json:"issuer"`
	IDPGroupPath   string      `json:"idp_group_path"`
	LocalGroupName string      `json:"local_group_name"`
	PolicyVersion  string      `json:"policy_version"`
	CreatedBy      string      `json:"created_by"` // a subject id
	CreatedAt      client.Time `json:"created_at"`
	UpdatedAt      client.Time `json:"updated_at"`
}

// EntityID returns ID.
func (m Mapping) EntityID() string { return m.ID }

func (m Mapping) complete() bool { return m.ID != "" }

// UnmarshalJSON reads a mapping.
func (m *Mapping) UnmarshalJSON(data []byte) error {
	type plain Mapping
	err := json.Unmarshal(data, (*plain)(m))
	m.ID = client.NormalID(m.ID)
	return err
}

// MappingCreate is a new mapping. All is needed; nobody checks that there is such a group.
type MappingCreate struct {
	Issuer         string `json:"issuer"`
	IDPGroupPath   string `json:"idp_group_path"`
	LocalGroupName string `json:"local_group_name"`
}

// MappingUpdate is empty: the API cannot change a mapping.
type MappingUpdate struct{}

// Mappings is the part of the API about group mappings. Platforms before 1.2 do not offer it.
type Mappings struct {
	client.Entities[Mapping, MappingCreate, MappingUpdate]
	client *client.Client
}

func newMappings(c *client.Client) Mappings {
	return Mappings{client.NewEntities[Mapping, MappingCreate, MappingUpdate](c, "mapping", mappings+"/", mappings), c}
}

// List returns all mappings.
func (m Mappings) List(ctx context.Context) ([]Mapping, error) { return m.ListOf(ctx, "") }

// ListOf returns the mappings of one issuer; of all where it is "".
func (m Mappings) ListOf(ctx context.Context, issuer string) ([]Mapping, error) {
	r := client.Request{Method: http.MethodGet, Path: mappings}
	if issuer != "" {
		r.Query = url.Values{"issuer": {issuer}}
	}
	return listOf[Mapping](ctx, m.client, r, "mapping")
}
