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

// remembered is an answer that is asked for once in a run, also when that fails. The zero value is ready for use.
type remembered[T any] struct {
	flights flights[T]

	mu    sync.Mutex
	asked bool
	value T
	err   error
}

func (r *remembered[T]) known() (value T, asked bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.value, r.asked, r.err
}

func (r *remembered[T]) get(ctx context.Context, ask func(context.Context) (T, error)) (T, error) {
	if value, asked, err := r.known(); asked {
		return value, err
	}
	return r.flights.do(ctx, "", func(ctx context.Context) (T, error) {
		if value, asked, err := r.known(); asked { // since the look above
			return value, err
		}
		value, err := ask(ctx)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.value, r.asked, r.err = value, true, err
		return value, err
	})
}

// Me returns the user that the client is logged in as, with at least its id. It is asked for once in a run, also when that
// fails, because the check of each user's destruction needs it.
func (d *Directory) Me(ctx context.Context) (rbac.User, error) { return d.me.get(ctx, d.askMe) }

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
