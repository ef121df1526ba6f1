package rbac

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// User is a person or a machine that can log in. Texts that the server does not have are "".
type User struct {
	ID             string      `json:"id"`
	Username       string      `json:"username"`
	Email          string      `json:"email"`
	FullName       string      `json:"full_name"`
	OrganizationID string      `json:"organization_id"`
	IsSuperuser    bool        `json:"is_superuser"`
	ExternalID     string      `json:"external_id"`
	IsActive       bool        `json:"is_active"`
	Groups         client.IDs  `json:"groups"`
	CreatedAt      client.Time `json:"created_at"`
	UpdatedAt      client.Time `json:"updated_at"`
	LastLogin      client.Time `json:"last_login"` // zero: never
}

// EntityID returns ID.
func (u User) EntityID() string { return u.ID }

// UnmarshalJSON reads a user; one whose is_active is missing or null is active, as the API's schema has it.
func (u *User) UnmarshalJSON(data []byte) error {
	type plain User
	shape := struct {
		plain
		IsActive *bool `json:"is_active"`
	}{}
	if err := json.Unmarshal(data, &shape); err != nil {
		return err
	}
	*u = User(shape.plain)
	u.ID, u.OrganizationID = client.NormalID(u.ID), client.NormalID(u.OrganizationID)
	u.IsActive = shape.IsActive == nil || *shape.IsActive
	return nil
}

// UserCreate is a new local user. Username, Email and Password are needed.
type UserCreate struct {
	Username       string   `json:"username"`
	Email          string   `json:"email"`
	Password       string   `json:"password"`
	FullName       string   `json:"full_name,omitempty"`
	OrganizationID string   `json:"organization_id,omitempty"`
	IsSuperuser    bool     `json:"is_superuser"`
	ExternalID     string   `json:"external_id,omitempty"`
	Groups         []string `json:"groups,omitempty"`
}

// Secrets are those in the body.
func (u UserCreate) Secrets() []string { return []string{u.Password} }

// UserUpdate changes a user. Username, password and external id cannot be changed. Groups replaces the whole set.
type UserUpdate struct {
	Email          client.Field[string]   `json:"email,omitzero"`
	FullName       client.Field[string]   `json:"full_name,omitzero"`
	IsActive       client.Field[bool]     `json:"is_active,omitzero"`
	Groups         client.Field[[]string] `json:"groups,omitzero"`
	IsSuperuser    client.Field[bool]     `json:"is_superuser,omitzero"`
	OrganizationID client.Field[string]   `json:"organization_id,omitzero"`
}

// Users is the part of the API about users. The API can create local users only.
type Users struct {
	Entities[User, UserCreate, UserUpdate]
}

// List returns all users, each with its groups. It is this API's only list call and has no pages.
func (u Users) List(ctx context.Context) ([]User, error) {
	return client.Listed[User, UserCreate, UserUpdate]{Entities: u.Entities.Entities}.List(ctx)
}

// AddGroup makes the user a member of the group. Whether doing so twice is an error is not documented.
func (u Users) AddGroup(ctx context.Context, userID, groupID string) error {
	return u.assign(ctx, userID, "/groups/", groupID)
}

// RemoveGroup ends the user's membership. Whether removing what is not there is an error is not documented.
func (u Users) RemoveGroup(ctx context.Context, userID, groupID string) error {
	return u.unassign(ctx, userID, "/groups/", groupID)
}

// Me returns the user that the client is logged in as. Which fields it carries is not documented.
func (u Users) Me(ctx context.Context) (User, error) {
	return client.Do[User](ctx, u.client, client.Request{Method: http.MethodGet, Path: "/auth/users/me"})
}

// Verify has the server check the client's token and returns the user it belongs to.
func (u Users) Verify(ctx context.Context) (User, error) {
	return client.Do[User](ctx, u.client, client.Request{Method: http.MethodGet, Path: "/auth/verify-token"})
}

// Permissions are the names of all that a user has, through groups and their roles.
type Permissions struct {
	UserID string   `json:"user_id"`
	Groups []string `json:"groups"`
	Roles  []string `json:"roles"`
	Rights []string `json:"rights"`
}

// UnmarshalJSON reads permissions.
func (p *Permissions) UnmarshalJSON(data []byte) error {
	type plain Permissions
	err := json.Unmarshal(data, (*plain)(p))
	p.UserID = client.NormalID(p.UserID)
	return err
}

// MyPermissions returns what the identity that the client is logged in as may do.
func (u Users) MyPermissions(ctx context.Context) (Permissions, error) {
	return client.Do[Permissions](ctx, u.client, client.Request{Method: http.MethodGet, Path: "/auth/users/me/permissions", TokenParameter: "token"})
}
