package directory

import (
	"context"
	"errors"
	"sync"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// me remembers the answer to Me.
type me struct {
	mu   sync.Mutex
	user client.User
}

// Me returns the user that the client is logged in as, with at least its id or its username. It is asked for once.
func (d *Directory) Me(ctx context.Context) (client.User, error) {
	d.me.mu.Lock()
	defer d.me.mu.Unlock()
	if d.me.user.ID != "" || d.me.user.Username != "" {
		return d.me.user, nil
	}
	user, err := d.client.Users.Me(ctx)
	if err == nil && user.ID == "" && user.Username == "" {
		err = errors.New("the server does not say who the provider is logged in as")
	}
	if err == nil && user.ID == "" {
		// What this call answers is not documented; the name leads to the id.
		if user, err = d.UserByName(ctx, user.Username); err != nil {
			return client.User{}, err
		}
	}
	if err != nil {
		return client.User{}, err
	}
	d.me.user = user
	return user, nil
}
