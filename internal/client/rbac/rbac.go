// Package rbac has the calls of the RBAC API of the Kamiwaza AuthService (platform 0.3 to 0.6): users, organizations, groups,
// roles, rights and the assignments between them.
package rbac

import (
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// API is the RBAC API of one AuthService, and the client that reaches it.
type API struct {
	*client.Client

	Users         Users
	Organizations Organizations
	Groups        Groups
	Roles         Roles
	Rights        Rights
}

// New returns the API that the client reaches.
func New(c *client.Client) *API {
	return &API{
		Client:        c,
		Users:         Users{entities[User, UserCreate, UserUpdate](c, "user", "/auth/users/", "/auth/users/local")},
		Organizations: Organizations{entities[Organization, OrganizationCreate, OrganizationUpdate](c, "organization", "/auth/organizations/", "")},
		Groups:        Groups{entities[Group, GroupCreate, GroupUpdate](c, "group", "/auth/groups/", "")},
		Roles:         Roles{entities[Role, RoleCreate, RoleUpdate](c, "role", "/auth/roles/", "")},
		Rights:        Rights{entities[Right, RightCreate, RightUpdate](c, "right", "/auth/rights/", "")},
	}
}

// Connect checks the configuration and returns the API, as client.New does. It sends nothing.
func Connect(config client.Config) (*API, error) {
	c, err := client.New(config)
	if err != nil {
		return nil, err
	}
	return New(c), nil
}
