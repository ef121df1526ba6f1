package directory

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// fewUsers is how many users are read one by one before the list of all users is asked for.
const fewUsers = 2

// listedForOne is how many users a list brings for the cost of reading one alone.
const listedForOne = 50

// Users are the users, with the groups they are in, as one run sees them. The first few are read one by one; then one
// list serves the rest, so that neither a single user of a large company costs a list of all, nor a thousand users a
// thousand requests. Where the list fails, users are read one by one.
type Users struct {
	*Collection[rbac.User, rbac.UserCreate, rbac.UserUpdate]
	api     rbac.Users
	started func() (time.Time, bool)

	lists flights[*roster]

	mu      sync.Mutex
	latest  *roster
	singles int // reads of single users since the latest roster
}

// roster is the outcome of one list of all users.
type roster struct {
	began   int                 // the clock of the collection when it was asked for
	err     error               // why there is no list
	users   []rbac.User         // sorted by username
	members map[string][]string // ids of users, by id of the group
	silent  error               // about a user whose groups the list leaves out
}

func newUsers(api *rbac.API, mode ReadMode) *Users {
	u := &Users{Collection: newCollection(api.Pause, api.Users.Entities, mode), api: api.Users, started: api.Started}
	if !u.direct {
		u.fetch = u.fetchOrList
	}
	return u
}

// List returns all users, sorted by username. The slice is shared: it must not be changed.
func (u *Users) List(ctx context.Context) ([]rbac.User, error) {
	roster, err := u.all(ctx)
	if err != nil {
		return nil, err
	}
	return roster.users, nil
}

// Members returns the ids of the users in the group, sorted by username; nobody is in a group that does not exist. The
// slice is shared: it must not be changed.
func (u *Users) Members(ctx context.Context, groupID string) ([]string, error) {
	roster, err := u.all(ctx)
	if err != nil {
		return nil, err
	}
	if roster.silent != nil {
		return nil, roster.silent
	}
	return roster.members[groupID], nil
}

// Create makes a new user. When the answer is lost, the user is looked up by name, and taken for the new one if it was
// created since this run began and is just what was asked for. An error that is client.ErrOutcomeUnknown means that no
// such user was found, which does not prove that there will be none.
func (u *Users) Create(ctx context.Context, body rbac.UserCreate) (rbac.User, error) {
	user, err := u.Collection.Create(ctx, body)
	if !errors.Is(err, client.ErrOutcomeUnknown) {
		return user, err
	}
	found, _ := client.Settle(ctx, u.pause,
		func() (rbac.User, error) {
			u.memory.touch("") // A list from before may lack the user.
			return u.ByName(ctx, body.Username)
		},
		func(_ rbac.User, err error) bool { return errors.Is(err, client.ErrNotFound) })
	began, known := u.started()
	if !known || found.CreatedAt.Before(began) || !isNew(found, body) {
		return rbac.User{}, err
	}
	u.memory.create(found)
	return found, nil
}

// isNew tells whether the user is what a create with the body makes, before anybody changes or uses it.
func isNew(user rbac.User, body rbac.UserCreate) bool {
	return strings.EqualFold(user.Username, body.Username) && strings.EqualFold(user.Email, body.Email) &&
		user.FullName == body.FullName && user.OrganizationID == body.OrganizationID &&
		user.IsSuperuser == body.IsSuperuser && user.ExternalID == body.ExternalID &&
		user.IsActive && user.LastLogin.IsZero() && len(user.Groups) == len(body.Groups)
}

// all returns the latest roster, or a new one if any user was written since. That goes for a list that failed, too: what
// passes, the client has waited for already.
func (u *Users) all(ctx context.Context) (*roster, error) {
	if u.direct {
		return u.list(ctx)
	}
	if latest := u.current(); latest != nil {
		return latest, latest.err
	}
	return u.lists.do(ctx, fmt.Sprint(u.memory.now()), func(ctx context.Context) (*roster, error) {
		if latest := u.current(); latest != nil { // as in Get
			return latest, latest.err
		}
		return u.list(ctx)
	})
}

// current returns the latest roster if it still holds.
func (u *Users) current() *roster {
	now := u.memory.now()
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.latest != nil && u.latest.began == now {
		return u.latest
	}
	return nil
}

func (u *Users) list(ctx context.Context) (*roster, error) {
	var r reading[rbac.User]
	users, err := client.Settle(ctx, u.pause,
		func() ([]rbac.User, error) {
			r = reading[rbac.User]{began: u.memory.now(), found: map[string]rbac.User{}}
			users, err := u.api.List(ctx)
			for _, user := range users {
				r.found[user.ID] = user
			}
			return users, err
		},
		func(_ []rbac.User, err error) bool { return err == nil && u.memory.misses(r) })
	if errors.Is(err, client.ErrNotFound) { // There is no list, which does not say that any object is gone.
		err = fmt.Errorf("the list of users was not found: %v", err) //nolint:errorlint // It must not be ErrNotFound.
	}
	if err != nil {
		u.keep(&roster{began: r.began, err: err})
		return nil, err
	}
	slices.SortFunc(users, func(a, b rbac.User) int {
		return cmp.Or(cmp.Compare(a.Username, b.Username), cmp.Compare(a.ID, b.ID))
	})
	listed := &roster{began: r.began, users: users, members: map[string][]string{}}
	for _, user := range users {
		groups, err := GroupsOf(user)
		if err != nil {
			listed.silent = cmp.Or(listed.silent, err)
		}
		for _, group := range distinct(groups) {
			listed.members[group] = append(listed.members[group], user.ID)
		}
	}
	u.memory.accept(r)
	u.keep(listed)
	return listed, nil
}

func (u *Users) keep(latest *roster) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.latest, u.singles = latest, 0
}

// fetchOrList reads one user alone or, when that has been done often enough, together with all others. A user that is
// not in the list is asked for alone before it counts as gone; and so is one whose list failed: a single row that cannot be
// read, or a list too large for the server, must not keep the others from being read.
func (u *Users) fetchOrList(ctx context.Context, id string) (rbac.User, error) {
	if !u.takeSingle() {
		if _, err := u.all(ctx); errors.Is(err, client.ErrLogin) {
			return rbac.User{}, err
		}
	}
	if user, known, _ := u.memory.get(id); known { // from this list, or from another reader's
		return user, nil
	}
	return u.api.Get(ctx, id)
}

// takeSingle tells whether the next user is read alone.
func (u *Users) takeSingle() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	enough := fewUsers
	if u.latest != nil {
		enough = max(enough, len(u.latest.users)/listedForOne)
	}
	listFails := u.latest != nil && u.latest.err != nil
	if u.singles >= enough && !listFails {
		return false
	}
	u.singles++
	return true
}

// ByName finds a user by username. Some servers store usernames in lower case, so a single user whose name
// differs in case alone will do when there is none with exactly that name. An error that is client.ErrNotFound says
// that there is no such user; it is not a *client.Error.
func (u *Users) ByName(ctx context.Context, username string) (rbac.User, error) {
	return u.by(ctx, "username", username, func(user rbac.User) string { return user.Username })
}

// ByEmail finds a user by e-mail address, in the same way. Addresses need not be unique: that two users have the
// address is an error, which names them.
func (u *Users) ByEmail(ctx context.Context, address string) (rbac.User, error) {
	return u.by(ctx, "e-mail address", address, func(user rbac.User) string { return user.Email })
}

func (u *Users) by(ctx context.Context, what, wanted string, of func(rbac.User) string) (rbac.User, error) {
	users, err := u.List(ctx)
	if err != nil {
		return rbac.User{}, err
	}
	var exact, folded []rbac.User
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
		return rbac.User{}, &noMatchError{fmt.Sprintf("none of the server's %d users has the %s %q", len(users), what, wanted)}
	case 1:
		if matches[0].Groups == nil { // The list left them out; the user alone may come with them.
			return u.Get(ctx, matches[0].ID)
		}
		return matches[0], nil
	}
	candidates := make([]string, len(matches))
	for i, user := range matches {
		candidates[i] = fmt.Sprintf("%q (%s)", user.Username, user.ID)
	}
	slices.Sort(candidates)
	return rbac.User{}, fmt.Errorf("%d users have the %s %q: %s", len(matches), what, wanted, strings.Join(candidates, ", "))
}

// noMatchError is client.ErrNotFound with a text of its own.
type noMatchError struct{ text string }

func (e *noMatchError) Error() string { return e.text }
func (e *noMatchError) Unwrap() error { return client.ErrNotFound }
