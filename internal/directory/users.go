package directory

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// Users are the users, with the groups they are in, as one run sees them.
type Users struct {
	*Listing[rbac.User, rbac.UserCreate, rbac.UserUpdate]
	started func() (time.Time, bool)

	mu sync.Mutex
	// members are the ids of users, by id of the group, as the roster has them; silent is about a user whose groups the list
	// leaves out.
	roster  *roster[rbac.User]
	members map[string][]string
	silent  error
}

func newUsers(api *rbac.API, mode ReadMode) *Users {
	return &Users{
		Listing: newListing(api.Pause, api.Users, mode, "user", func(user rbac.User) string { return user.Username }),
		started: api.Started,
	}
}

// Members returns the ids of the users in the group, sorted by username; nobody is in a group that does not exist. The
// slice is shared: it must not be changed.
func (u *Users) Members(ctx context.Context, groupID string) ([]string, error) {
	roster, err := u.all(ctx)
	if err != nil {
		return nil, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.roster != roster {
		u.roster, u.members, u.silent = roster, map[string][]string{}, nil
		for _, user := range roster.objects {
			groups, err := GroupsOf(user)
			if err != nil {
				u.silent = cmp.Or(u.silent, err)
			}
			for _, group := range distinct(groups) {
				u.members[group] = append(u.members[group], user.ID)
			}
		}
	}
	if u.silent != nil {
		return nil, u.silent
	}
	return u.members[groupID], nil
}

// Create makes a new user. When the answer is lost, the user is looked up by name, and taken for the new one if it was
// created since this run began and is just what was asked for. An error that is client.ErrOutcomeUnknown means that no
// such user was found, which does not prove that there will be none.
func (u *Users) Create(ctx context.Context, body rbac.UserCreate) (rbac.User, error) {
	user, err := u.Collection.Create(ctx, body)
	if !errors.Is(err, client.ErrOutcomeUnknown) {
		return user, err
	}
	return u.lostCreate(ctx, err, u.started, func(ctx context.Context) (rbac.User, error) { return u.ByName(ctx, body.Username) },
		func(user rbac.User, began time.Time) bool { return !user.CreatedAt.Before(began) && isNew(user, body) })
}

// isNew tells whether the user is what a create with the body makes, before anybody changes or uses it.
func isNew(user rbac.User, body rbac.UserCreate) bool {
	return strings.EqualFold(user.Username, body.Username) && strings.EqualFold(user.Email, body.Email) &&
		user.FullName == body.FullName && user.OrganizationID == body.OrganizationID &&
		user.IsSuperuser == body.IsSuperuser && user.ExternalID == body.ExternalID &&
		user.IsActive && user.LastLogin.IsZero() && len(user.Groups) == len(body.Groups)
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
