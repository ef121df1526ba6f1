package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// UserByName finds a user by username. Some servers store usernames in lower case, so a single user whose name
// differs in case alone will do when there is none with exactly that name. An error that is client.ErrNotFound says
// that there is no such user; it is not a *client.Error.
func (d *Directory) UserByName(ctx context.Context, username string) (client.User, error) {
	return d.userBy(ctx, "username", username, func(user client.User) string { return user.Username })
}

// UserByEmail finds a user by e-mail address, in the same way. Addresses need not be unique: that two users have the
// address is an error, which names them.
func (d *Directory) UserByEmail(ctx context.Context, address string) (client.User, error) {
	return d.userBy(ctx, "e-mail address", address, func(user client.User) string { return user.Email })
}

func (d *Directory) userBy(ctx context.Context, what, wanted string, of func(client.User) string) (client.User, error) {
	users, err := d.client.Users.List(ctx)
	if err != nil {
		return client.User{}, err
	}
	var exact, folded []client.User
	for _, user := range users {
		if of(user) == wanted {
			exact = append(exact, user)
		}
		if strings.EqualFold(of(user), wanted) {
			folded = append(folded, user)
		}
	}
	matches := exact
	if len(matches) == 0 {
		matches = folded
	}
	switch len(matches) {
	case 0:
		return client.User{}, &noMatchError{fmt.Sprintf("none of the server's %d users has the %s %q", len(users), what, wanted)}
	case 1:
		return matches[0], nil
	}
	candidates := make([]string, len(matches))
	for i, user := range matches {
		candidates[i] = fmt.Sprintf("%q (%s)", user.Username, user.ID)
	}
	slices.Sort(candidates)
	return client.User{}, fmt.Errorf("%d users have the %s %q: %s", len(matches), what, wanted, strings.Join(candidates, ", "))
}

// noMatchError is client.ErrNotFound with a text of its own.
type noMatchError struct{ text string }

func (e *noMatchError) Error() string { return e.text }
func (e *noMatchError) Unwrap() error { return client.ErrNotFound }

// CurrentUser returns the user that the client is logged in as. What the server's own answer lacks is read from the
// user, as far as that user may read it; complete says whether nothing is missing.
func (d *Directory) CurrentUser(ctx context.Context) (user client.User, complete bool, err error) {
	me, err := d.client.Users.Me(ctx)
	if err != nil || isComplete(me) {
		return me, err == nil, err
	}
	switch {
	case me.ID != "":
		user, err = d.client.Users.Get(ctx, me.ID)
	case me.Username != "":
		user, err = d.UserByName(ctx, me.Username)
	default:
		return me, false, errors.New("the server does not say who the provider is logged in as")
	}
	switch {
	case errors.Is(err, client.ErrForbidden), errors.Is(err, client.ErrNotFound), errors.Is(err, client.ErrUnsupported):
		return me, false, nil
	}
	return user, err == nil, err
}

// isComplete tells a whole user from a subset, which the missing lists and dates give away.
func isComplete(user client.User) bool {
	return user.ID != "" && user.Username != "" && user.Email != "" && user.Groups != nil && !user.CreatedAt.IsZero()
}
