package rbac

import (
	"context"
	"encoding/json"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// Role is a set of rights that is given to groups.
type Role struct {
	ID          string      `json:"id"`
	Name        string      `json:"name"`
	Description string      `json:"description"`
	Rights      client.IDs  `json:"rights"`
	CreatedAt   client.Time `json:"created_at"`
	UpdatedAt   client.Time `json:"updated_at"`
}

// EntityID returns ID.
func (r Role) EntityID() string { return r.ID }

// UnmarshalJSON reads a role.
func (r *Role) UnmarshalJSON(data []byte) error {
	type plain Role
	err := json.Unmarshal(data, (*plain)(r))
	r.ID = client.NormalID(r.ID)
	return err
}

// RoleCreate is a new role. Name is needed.
type RoleCreate struct {
	Name        string   `json:"name"`
	Description string   `json:"description,omitempty"`
	Rights      []string `json:"rights,omitempty"`
}

// RoleUpdate changes a role. Rights replaces the whole set.
type RoleUpdate struct {
	Name        client.Field[string]   `json:"name,omitzero"`
	Description client.Field[string]   `json:"description,omitzero"`
	Rights      client.Field[[]string] `json:"rights,omitzero"`
}

// Roles is the part of the API about roles.
type Roles struct {
	Entities[Role, RoleCreate, RoleUpdate]
}

// AddRight gives the right to the role. Whether doing so twice is an error is not documented.
func (r Roles) AddRight(ctx context.Context, roleID, rightID string) error {
	return r.assign(ctx, roleID, "/rights/", rightID)
}

// RemoveRight takes the right from the role. Whether removing what is not there is an error is not documented.
func (r Roles) RemoveRight(ctx context.Context, roleID, rightID string) error {
	return r.unassign(ctx, roleID, "/rights/", rightID)
}
