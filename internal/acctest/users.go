package acctest

import (
	"maps"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// UserFields is the configuration of one user, with changes.
func UserFields(username string, changes Fields) Fields {
	config := Fields{"username": username, "email": username + "@example.com", "password": "from the configuration"}
	maps.Copy(config, changes)
	return config
}

// NewUser creates a user without Terraform.
func (s Service) NewUser(t *testing.T, user rbac.UserCreate) rbac.User {
	t.Helper()
	if user.Email == "" {
		user.Email = user.Username + "@example.com"
	}
	user.Password = "her own secret"
	created, err := s.API.Users.Create(t.Context(), user)
	Must(t, err)
	return created
}

// UserAddress is the address of the user in UserConfig.
const UserAddress = "kamiwaza_user.test"

// UserConfig is a configuration with one user and more arguments for it.
func UserConfig(s Service, arguments string) string {
	return s.Config(`
resource "kamiwaza_organization" "acme" {
  name = "acme"
}
resource "kamiwaza_user" "test" {
` + arguments + `
}`)
}
