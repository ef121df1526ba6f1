package directory

import (
	"context"
	"errors"
	"sync"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// errNobody: what the server answers about the caller names nobody.
var errNobody = errors.New("the server does not say who the provider is logged in as")

// me remembers the answer to Me.
type me struct {
	flights flights[rbac.User]

	mu    sync.Mutex
	asked bool
	user  rbac.User
	err   error
}

func (m *me) get() (user rbac.User, asked bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.user, m.asked, m.err
}

func (m *me) set(user rbac.User, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.user, m.asked, m.err = user, true, err
}

// Me returns the user that the client is logged in as, with at least its id. It is asked for once in a run, also when that
// fails, because the check of each user's destruction needs it.
func (d *Directory) Me(ctx context.Context) (rbac.User, error) {
	if user, asked, err := d.me.get(); asked {
		return user, err
	}
	return d.me.flights.do(ctx, "", func(ctx context.Context) (rbac.User, error) {
		if user, asked, err := d.me.get(); asked { // since the look above
			return user, err
		}
		user, err := d.askMe(ctx)
		d.me.set(user, err)
		return user, err
	})
}

func (d *Directory) askMe(ctx context.Context) (rbac.User, error) {
	user, err := d.api.Users.Me(ctx)
	switch {
	case err != nil:
		return rbac.User{}, err
	case user.ID != "":
		return user, nil
	case user.Username != "":
		// What this call answers is not documented; the name leads to the id.
		return d.Users.ByName(ctx, user.Username)
	}
	return rbac.User{}, errNobody
}

// CurrentUser returns the user that the client is logged in as, as it is now. What the server's own answer lacks is read
// from the user, as far as that user may read it; complete says whether nothing is missing.
func (d *Directory) CurrentUser(ctx context.Context) (user rbac.User, complete bool, err error) {
	me, err := d.api.Users.Me(ctx)
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
func isComplete(user rbac.User) bool {
	return user.ID != "" && user.Username != "" && user.Email != "" && user.Groups != nil && !user.CreatedAt.IsZero()
}

// CurrentPermissions returns the names of what the user that the client is logged in as has.
func (d *Directory) CurrentPermissions(ctx context.Context) (rbac.Permissions, error) {
	permissions, err := d.api.Users.MyPermissions(ctx)
	if err == nil {
		err = checkLists(permissions)
	}
	return permissions, err
}
