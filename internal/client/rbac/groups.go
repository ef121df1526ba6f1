package rbac

import (
	"context"
	"encoding/json"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// Group is a set of users that share roles.
type Group struct {
	ID          string      `json:"id"`
	Name        string      `json:"name"`
	Description string      `json:"description"`
	Roles       client.IDs  `json:"roles"`
	CreatedAt   client.Time `json:"created_at"`
	UpdatedAt   client.Time `json:"updated_at"`
}

// EntityID returns ID.
func (g Group) EntityID() string { return g.ID }

// UnmarshalJSON reads a group.
func (g *Group) UnmarshalJSON(data []byte) error {
	type plain Group
	err := json.Unmarshal(data, (*plain)(g))
	g.ID = client.NormalID(g.ID)
	return err
}

// GroupCreate is a new group. Name is needed.
type GroupCreate struct {
	Name        string   `json:"name"`
	Description string   `json:"description,omitempty"`
	Roles       []string `json:"roles,omitempty"`
}

// GroupUpdate changes a group. Roles replaces the whole set.
type GroupUpdate struct {
	Name        client.Field[string]   `json:"name,omitzero"`
	Description client.Field[string]   `json:"description,omitzero"`
	Roles       client.Field[[]string] `json:"roles,omitzero"`
}

// Groups is the part of the API about groups.
type Groups struct {
	Entities[Group, GroupCreate, GroupUpdate]
}

// AddRole gives the role to the group. Whether doing so twice is an error is not documented.
func (g Groups) AddRole(ctx context.Context, groupID, roleID string) error {
	return g.assign(ctx, groupID, "/roles/", roleID)
}

// RemoveRole takes the role from the group. Whether removing what is not there is an error is not documented.
func (g Groups) RemoveRole(ctx context.Context, groupID, roleID string) error {
	return g.unassign(ctx, groupID, "/roles/", roleID)
}
