// Package directory is one run's view of the AuthService: lookups that take more than one call, and walks over who
// has what (user → groups → roles → rights).
package directory

import (
	"context"
	"fmt"
	"strings"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// Directory answers questions about the objects of one AuthService. It is safe for concurrent use.
type Directory struct {
	client *client.Client
}

// New returns a directory that asks through the client.
func New(c *client.Client) *Directory {
	return &Directory{client: c}
}

// UserByName finds a user by username. Some servers store usernames in lower case, so a single user whose name
// differs in case alone will do when there is none with exactly that name. An error that is client.ErrNotFound says
// that there is no such user; it is not a *client.Error.
func (d *Directory) UserByName(ctx context.Context, username string) (client.User, error) {
	users, err := d.client.Users.List(ctx)
	if err != nil {
		return client.User{}, err
	}
	var folded []client.User
	for _, user := range users {
		if user.Username == username {
			return user, nil
		}
		if strings.EqualFold(user.Username, username) {
			folded = append(folded, user)
		}
	}
	if len(folded) == 1 {
		return folded[0], nil
	}
	return client.User{}, fmt.Errorf("none of the server's %d users has the username %q: %w", len(users), username, client.ErrNotFound)
}
