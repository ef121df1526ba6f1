package rbac

import (
	"encoding/json"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// Right is one thing that may be done.
type Right struct {
	ID          string      `json:"id"`
	Name        string      `json:"name"`
	Description string      `json:"description"`
	CreatedAt   client.Time `json:"created_at"`
	UpdatedAt   client.Time `json:"updated_at"`
}

// EntityID returns ID.
func (r Right) EntityID() string { return r.ID }

// UnmarshalJSON reads a right.
func (r *Right) UnmarshalJSON(data []byte) error {
	type plain Right
	err := json.Unmarshal(data, (*plain)(r))
	r.ID = client.NormalID(r.ID)
	return err
}

// RightCreate is a new right. Name is needed.
type RightCreate struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
}

// RightUpdate changes a right.
type RightUpdate struct {
	Name        client.Field[string] `json:"name,omitzero"`
	Description client.Field[string] `json:"description,omitzero"`
}

// Rights is the part of the API about rights.
type Rights struct {
	Entities[Right, RightCreate, RightUpdate]
}
