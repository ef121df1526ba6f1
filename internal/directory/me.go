package directory

import (
	"context"
	"errors"
	"sync"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// errNobody: what the server answers about the caller names nobody.
var errNobody = errors.New("the server does not say who the provider is logged in as")

// me remembers the answer to Me.
type me struct {
	flights flights[client.User]

	mu   sync.Mutex
	user client.User
}

// Me returns the user that the client is logged in as, with at least its id or its username. It is asked for once.
func (d *Directory) Me(ctx context.Context) (client.User, error) {
	d.me.mu.Lock()
	user := d.me.user
	d.me.mu.Unlock()
	if user.ID != "" {
		return user, nil
	}
	return d.me.flights.do(ctx, "", func(ctx context.Context) (client.User, error) {
		user, err := d.client.Users.Me(ctx)
		switch {
		case err != nil:
		case user.ID == "" && user.Username == "":
			err = errNobody
		case user.ID == "":
			// What this call answers is not documented; the name leads to the id.
			user, err = d.Users.ByName(ctx, user.Username)
		}
		if err != nil {
			return client.User{}, err
		}
		d.me.mu.Lock()
		defer d.me.mu.Unlock()
		d.me.user = user
		return user, nil
	})
}

// CurrentUser returns the user that the client is logged in as, as it is now. What the server's own answer lacks is read
// from the user, as far as that user may read it; complete says whether nothing is missing.
func (d *Directory) CurrentUser(ctx context.Context) (user client.User, complete bool, err error) {
	me, err := d.client.Users.Me(ctx)
	if err != nil || isComplete(me) {
		return me, err == nil, err
	}
	switch {
	case me.ID != "":
		user, err = d.Users.Get(ctx, me.ID)
	case me.Username != "":
		user, err = d.Users.ByName(ctx, me.Username)
	default:
		return me, false, errNobody
	}
	switch {
	case errors.Is(err, client.ErrForbidden), errors.Is(err, client.ErrNotFound), errors.Is(err, client.ErrUnsupported):
		return me, false, nil
	case err == nil:
		_, err = GroupsOf(user)
	}
	return user, err == nil, err
}

// isComplete tells a whole user from a subset, which the missing lists and dates give away.
func isComplete(user client.User) bool {
	return user.ID != "" && user.Username != "" && user.Email != "" && user.Groups != nil && !user.CreatedAt.IsZero()
}

// CurrentPermissions returns the names of what the user that the client is logged in as has.
func (d *Directory) CurrentPermissions(ctx context.Context) (client.Permissions, error) {
	permissions, err := d.client.Users.MyPermissions(ctx)
	if err == nil {
		err = checkLists(permissions)
	}
	return permissions, err
}
