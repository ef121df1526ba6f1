package directory

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
)

// Gateway is a Directory for the gateway API: it answers questions about the objects of one AuthService, and changes them.
// It is safe for concurrent use.
type Gateway struct {
	Users  *GatewayUsers
	Groups *GatewayGroups
	// GroupMembers are the assignments from groups to the subject ids of users.
	GroupMembers *Edges
	// Tuples and Grants are very likely two views of the same.
	Tuples          *Tuples
	Grants          *Grants
	Workrooms       *Workrooms
	WorkroomMembers *WorkroomMembers

	Mappings          *Mappings
	IdentityProviders *IdentityProviders
	Subjects          *Subjects
	Attributes        *Attributes
	PATs              *PATs
	Sessions          gateway.Sessions

	api *gateway.API
	me  remembered[gateway.UserInfo]
}

// NewGateway returns a directory that asks through the API.
func NewGateway(api *gateway.API, mode ReadMode) *Gateway {
	members := newCollection(api.Pause, memberLists{groups: api.Groups}, mode)
	members.memory.leavesOut = func(list gateway.GroupMembers) bool { return list.Members == nil }
	g := &Gateway{
		Users: &GatewayUsers{
			Listing: newListing(api.Pause, api.Users, mode, "user", func(user gateway.User) string { return user.Username }),
			api:     api.Users, started: api.Started,
		},
		Groups: &GatewayGroups{
			Listing: newListing(api.Pause, api.Groups, mode, "group", func(group gateway.Group) string { return group.Name }),
			api:     api.Groups,
		},
		GroupMembers: newEdges(members, func(list gateway.GroupMembers) []string { return list.Members }, nil,
			api.Groups.AddMember, api.Groups.RemoveMember),
		PATs:     newPATs(api, mode),
		Sessions: api.Sessions,
		api:      api,
	}
	g.Tuples, g.Grants = newTuples(api, mode), newGrants(api, mode)
	g.WorkroomMembers = newWorkroomMembers(api, mode)
	g.Workrooms = newWorkrooms(api, mode, g.WorkroomMembers)
	g.Mappings, g.IdentityProviders = newMappings(api, mode), newIdentityProviders(api, mode)
	g.Subjects, g.Attributes = newSubjects(api, mode), newAttributes(api, mode)
	g.Tuples.twin, g.Grants.twin = g.Grants, g.Tuples
	// The lists are asked for first: a plan needs them anyway, to see whether subjects and groups exist.
	g.Users.few, g.Groups.few, g.Mappings.few = 0, 0, 0
	// Whether servers clean up behind a delete is not documented.
	g.Users.deleted = func(string) {
		g.WorkroomMembers.lists.memory.detach(nothing, func(roomMembers) bool { return true })
		members.memory.detach(nothing, func(gateway.GroupMembers) bool { return true }) // Which groups it was in is not known here.
		g.forgetGrants()
	}
	g.Subjects.deleted = g.Users.deleted
	g.Groups.deleted = func(id string) {
		members.memory.touch(id)
		g.forgetGrants()
	}
	return g
}

// nothing is no object's id.
const nothing = "\x00"

// forgetGrants forgets who has what, after a delete of somebody or something.
func (g *Gateway) forgetGrants() {
	g.Tuples.lists.memory.detach(nothing, func(tupleList) bool { return true })
	g.Grants.lists.memory.detach(nothing, func(grantList) bool { return true })
}

// memberLists are the lists of members as objects of their own, with the ids of their groups.
type memberLists struct {
	listOnly[gateway.GroupMembers]
	groups gateway.Groups
}

// Get reads the members of one group.
func (m memberLists) Get(ctx context.Context, groupID string) (gateway.GroupMembers, error) {
	return m.groups.Members(ctx, groupID)
}

// Me returns what the server tells of the user that the client is logged in as. It is asked for once in a run, also when
// that fails, because the check of each user's destruction needs it.
func (g *Gateway) Me(ctx context.Context) (gateway.UserInfo, error) {
	return g.me.get(ctx, func(ctx context.Context) (gateway.UserInfo, error) {
		me, err := g.api.Me(ctx)
		if err == nil && me.SubjectID == "" {
			err = errNobody
		}
		return me, err
	})
}

// Invite invites users, who cannot be read back.
func (g *Gateway) Invite(ctx context.Context, body gateway.InvitationCreate) ([]gateway.Invitation, error) {
	return g.api.Invitations.Create(ctx, body)
}

// PATConfig returns what the platform allows of personal access tokens.
func (g *Gateway) PATConfig(ctx context.Context) (gateway.PATConfig, error) {
	return g.api.PATs.Config(ctx)
}

// GatewayUsers are the users as one run sees them.
type GatewayUsers struct {
	*Listing[gateway.User, gateway.UserCreate, gateway.UserUpdate]
	api     gateway.Users
	started func() (time.Time, bool)
}

// Create makes a new user. A user whose answer is lost is looked up as that of Users.Create is.
func (u *GatewayUsers) Create(ctx context.Context, body gateway.UserCreate) (gateway.User, error) {
	user, err := u.Listing.Create(ctx, body)
	if !errors.Is(err, client.ErrOutcomeUnknown) {
		return user, err
	}
	return u.lostCreate(ctx, err, u.started, func(ctx context.Context) (gateway.User, error) { return u.ByName(ctx, body.Username) },
		func(user gateway.User, began time.Time) bool {
			return !user.CreatedAt.Before(began) && strings.EqualFold(user.Username, body.Username) && strings.EqualFold(user.Email, body.Email) &&
				user.Active && (body.Roles == nil || sameNames(user.Roles, body.Roles))
		})
}

func sameNames(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}

// ResetPassword sets the password of the user with the id.
func (u *GatewayUsers) ResetPassword(ctx context.Context, id, password string) error {
	return u.api.ResetPassword(ctx, id, password)
}

// ByName finds a user by username, as Users.ByName does.
func (u *GatewayUsers) ByName(ctx context.Context, username string) (gateway.User, error) {
	return u.by(ctx, "username", username, func(user gateway.User) string { return user.Username })
}

// ByEmail finds a user by e-mail address, as Users.ByEmail does.
func (u *GatewayUsers) ByEmail(ctx context.Context, address string) (gateway.User, error) {
	return u.by(ctx, "e-mail address", address, func(user gateway.User) string { return user.Email })
}

// BySubject finds a user by subject id, which is compared exactly. The error of one that no user has is client.ErrNotFound.
func (u *GatewayUsers) BySubject(ctx context.Context, subjectID string) (gateway.User, error) {
	users, err := u.List(ctx)
	if err != nil {
		return gateway.User{}, err
	}
	for _, user := range users {
		if user.SubjectID() == subjectID {
			return user, nil
		}
	}
	return gateway.User{}, &noMatchError{"none of the server's users has the subject id \"" + subjectID + "\""}
}

// WrongSubjects returns those of the ids that are no user's subject id: local maps the ones that are a user's own id, instead,
// to that user's subject id, and missing are the ones of nobody. Users of an identity provider need not be listed.
func (g *Gateway) WrongSubjects(ctx context.Context, ids []string) (local map[string]string, missing []string, err error) {
	users, err := g.Users.List(ctx)
	if err != nil {
		return nil, nil, err
	}
	subjects, subjectOf := map[string]bool{}, map[string]string{}
	for _, user := range users {
		subjects[user.SubjectID()], subjectOf[user.ID] = true, user.SubjectID()
	}
	local = map[string]string{}
	for _, id := range ids {
		switch subject, isLocal := subjectOf[id]; {
		case subjects[id]:
		case isLocal:
			local[id] = subject
		default:
			missing = append(missing, id)
		}
	}
	return local, missing, nil
}

// GatewayGroups are the groups as one run sees them.
type GatewayGroups struct {
	*Listing[gateway.Group, gateway.GroupCreate, gateway.GroupUpdate]
	api gateway.Groups
}

// ByName finds a group by name. Names need not be unique: that two groups have the name is an error, which names them.
func (g *GatewayGroups) ByName(ctx context.Context, name string) (gateway.Group, error) {
	return g.by(ctx, "name", name, func(group gateway.Group) string { return group.Name })
}

// DeleteCascade removes the group together with what the word stands for. Its errors are those of Delete.
func (g *GatewayGroups) DeleteCascade(ctx context.Context, id, cascade string) error {
	return g.wroteDelete(id, g.api.DeleteCascade(ctx, id, cascade))
}

// PATs are the personal access tokens of the user that the client is logged in as, those that were revoked included. They are
// read from one list.
type PATs struct {
	*fromList[gateway.PAT]
	api gateway.PATs
}

func newPATs(api *gateway.API, mode ReadMode) *PATs {
	name := func(pat gateway.PAT) string { return pat.Name }
	return &PATs{newFromList(api.Pause, api.PATs.List, mode, "personal access token", "jti", name), api.PATs}
}

// Create makes a new token; the answer has the token itself.
func (p *PATs) Create(ctx context.Context, body gateway.PATCreate) (gateway.PATCreated, error) {
	created, err := p.api.Create(ctx, body)
	if err == nil {
		p.memory.create(created.PAT)
	} else {
		p.memory.touch("")
	}
	return created, err
}

// Revoke ends a token. That it was revoked already, or is unknown, is not an error; how servers answer then is not documented.
func (p *PATs) Revoke(ctx context.Context, jti string) error {
	err := p.api.Revoke(ctx, jti)
	p.memory.touch(jti)
	failure, ok := errors.AsType[*client.Error](err)
	if !ok {
		return err
	}
	switch failure.Status {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusConflict:
		pat, getErr := p.Get(ctx, jti)
		if errors.Is(getErr, client.ErrNotFound) || getErr == nil && pat.Revoked {
			return nil
		}
	}
	return err
}
