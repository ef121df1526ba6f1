package gateway

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// User is a local user. Texts that the server does not have are "".
type User struct {
	ID       string `json:"id"`
	Username string `json:"username"`
	Email    string `json:"email"`
	// Roles are the names of realm roles, in no order; nil if the answer leaves them out.
	Roles           client.Texts `json:"roles"`
	Active          bool         `json:"active"`
	Deleted         bool         `json:"deleted"`
	IsExternal      bool         `json:"is_external"`
	ExternalID      string       `json:"external_id"`
	LinkedSubjectID string       `json:"linked_subject_id"`
	FullName        string       `json:"full_name"`
	Name            string       `json:"name"`
	IsSuperuser     bool         `json:"is_superuser"`
	CreatedAt       client.Time  `json:"created_at"`
	UpdatedAt       client.Time  `json:"updated_at"`
}

// EntityID returns ID.
func (u User) EntityID() string { return u.ID }

// IsDeleted returns Deleted.
func (u User) IsDeleted() bool { return u.Deleted }

// SubjectID is what groups, sessions and tokens know the user by. Platforms before 0.12 have no linked subject, and one
// without Keycloak has the id alone.
func (u User) SubjectID() string { return cmp.Or(u.LinkedSubjectID, u.ExternalID, u.ID) }

// UnmarshalJSON reads a user; one whose active is missing or null is active.
func (u *User) UnmarshalJSON(data []byte) error {
	type plain User
	read := plain{Active: true}
	err := json.Unmarshal(data, &read)
	*u = User(read)
	u.ID = client.NormalID(u.ID)
	return err
}

// UserCreate is a new local user. Username and Password are needed, and since platform 0.12 Email.
type UserCreate struct {
	Username string `json:"username"`
	Email    string `json:"email,omitempty"`
	Password string `json:"password"`
	// Roles are ["user"] where they are nil.
	Roles []string `json:"roles,omitzero"`
}

// Secrets are those in the body.
func (u UserCreate) Secrets() []string { return []string{u.Password} }

// UserUpdate changes a user. What becomes of a Null, and whether Roles replaces the whole set, is not documented.
type UserUpdate struct {
	Username client.Field[string]   `json:"username,omitzero"`
	Email    client.Field[string]   `json:"email,omitzero"`
	Active   client.Field[bool]     `json:"active,omitzero"`
	Roles    client.Field[[]string] `json:"roles,omitzero"`
}

// Users is the part of the API about local users. A deleted one is not found, though it may still log in: see
// ResetPassword.
type Users struct {
	client.Listed[User, UserCreate, UserUpdate]
	client *client.Client
}

// Resolve returns the user with a subject id or an id. Platforms before 0.12 do not offer it.
func (u Users) Resolve(ctx context.Context, identifier string) (User, error) {
	r := client.Request{Method: http.MethodGet, Path: "/auth/users/resolve/" + client.Segment(identifier)}
	user, err := client.Do[User](ctx, u.client, r)
	switch {
	case err != nil:
		return User{}, err
	case user.ID == "":
		return User{}, client.BadAnswer(r, "the answer has no id")
	}
	return user, client.NotDeleted(r, "user", user)
}

// ResetPassword sets the password of the user with the id. The old one stops working at once.
func (u Users) ResetPassword(ctx context.Context, id, password string) error {
	_, err := client.Do[client.Nothing](ctx, u.client, client.Request{
		Method: http.MethodPost, Path: "/auth/users/" + client.Segment(id) + "/password",
		JSON: map[string]string{"new_password": password}, Secrets: []string{password},
	})
	return err
}

// IsImplied tells the roles that Keycloak gives everybody; a server may list them with those of each user.
func IsImplied(role string) bool {
	return role == "offline_access" || role == "uma_authorization" || strings.HasPrefix(role, "default-roles-")
}
