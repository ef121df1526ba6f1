// Package gateway has the calls of the gateway API of the Kamiwaza AuthService (platform 0.7 and later): local users and
// their sessions, personal access tokens, groups and their members, relationship tuples and grants, workrooms, and what
// belongs to identity providers.
//
// A user has two ids: the platform's own, which the paths of users take, and the subject id, which groups, sessions and tokens
// know. Subject ids are free text: they are compared exactly and never rewritten.
package gateway

import "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"

// API is the gateway API of one AuthService, and the client that reaches it.
type API struct {
	*client.Client

	Users    Users
	Sessions Sessions
	PATs     PATs
	Groups   Groups
	Tuples   Tuples
	Grants   Grants

	Workrooms       Workrooms
	WorkroomMembers WorkroomMembers

	Mappings          Mappings
	IdentityProviders IdentityProviders
	Subjects          Subjects
	Attributes        Attributes
	Invitations       Invitations
}

// New returns the API that the client reaches. Its logins are client.GatewayGrant.
func New(c *client.Client) *API {
	c = c.WithGrant(client.GatewayGrant)
	return &API{
		Client: c,
		Users: Users{
			client.Listed[User, UserCreate, UserUpdate]{Entities: client.NewEntities[User, UserCreate, UserUpdate](c, "user", "/auth/users/", "/auth/users/local")}, c,
		},
		Sessions: Sessions{c},
		PATs:     PATs{c},
		Groups: Groups{
			client.Listed[Group, GroupCreate, GroupUpdate]{Entities: client.NewEntities[Group, GroupCreate, GroupUpdate](c, "group", groups, groups)}, c,
		},
		Tuples: Tuples{c},
		Grants: Grants{c},

		Workrooms:       newWorkrooms(c),
		WorkroomMembers: WorkroomMembers{c},

		Mappings:          newMappings(c),
		IdentityProviders: IdentityProviders{c},
		Subjects:          Subjects{c, &offers{}},
		Attributes:        Attributes{c},
		Invitations:       Invitations{c},
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
