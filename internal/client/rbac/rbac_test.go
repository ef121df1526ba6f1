package rbac_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	rbacserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/clienttest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// life is an object from its creation to its end. The two times are those of the creation and of the update.
type life[T rbac.Entity, C any, U comparable] struct {
	entities       rbac.Entities[T, C, U]
	create         C
	created        func(id string, at client.Time) T
	update         U
	updated        func(id string, created, updated client.Time) T
	id             func(T) string
	createAt, path string // of the requests
}

func (l life[T, C, U]) run(t *testing.T, s *system) {
	t.Helper()
	ctx := t.Context()
	born := client.Time{Time: s.clock.Now()}
	object := clienttest.Must(l.entities.Create(ctx, l.create))(t)
	id := l.id(object)
	clienttest.Equal(t, "created", object, l.created(id, born))
	clienttest.Equal(t, "read", clienttest.Must(l.entities.Get(ctx, id))(t), l.created(id, born))

	s.clock.Advance(time.Minute)
	changed := l.updated(id, born, client.Time{Time: s.clock.Now()})
	clienttest.Equal(t, "updated", clienttest.Must(l.entities.Update(ctx, id, l.update))(t), changed)
	clienttest.Equal(t, "read after the update", clienttest.Must(l.entities.Get(ctx, id))(t), changed)

	clienttest.Succeed(t, l.entities.Delete(ctx, id))
	_, err := l.entities.Get(ctx, id)
	clienttest.Fails(t, err, client.ErrNotFound)
	_, err = l.entities.Update(ctx, id, l.update)
	clienttest.Fails(t, err, client.ErrNotFound)
	clienttest.Fails(t, l.entities.Delete(ctx, id), client.ErrNotFound)
	clienttest.EqualLines(t, "requests", s.served(),
		"POST "+l.createAt+" 200", "GET "+l.path+" 200", "PUT "+l.path+" 200", "GET "+l.path+" 200",
		"DELETE "+l.path+" 200", "GET "+l.path+" 404", "PUT "+l.path+" 404", "DELETE "+l.path+" 404")
}

func TestRightsLiveAndDie(t *testing.T) {
	s := start(t, authserver.Config{})
	life[rbac.Right, rbac.RightCreate, rbac.RightUpdate]{
		entities: s.Rights.Entities,
		createAt: "/auth/rights/", path: "/auth/rights/{right_id}",
		id:     func(r rbac.Right) string { return r.ID },
		create: rbac.RightCreate{Name: "read", Description: "Look"},
		created: func(id string, at client.Time) rbac.Right {
			return rbac.Right{ID: id, Name: "read", Description: "Look", CreatedAt: at, UpdatedAt: at}
		},
		update: rbac.RightUpdate{Name: client.Set("view"), Description: client.Set("")},
		updated: func(id string, created, updated client.Time) rbac.Right {
			return rbac.Right{ID: id, Name: "view", CreatedAt: created, UpdatedAt: updated}
		},
	}.run(t, s)
}

func TestRolesLiveAndDie(t *testing.T) {
	s := start(t, authserver.Config{})
	read := clienttest.Must(s.Rights.Create(t.Context(), rbac.RightCreate{Name: "read"}))(t).ID
	write := clienttest.Must(s.Rights.Create(t.Context(), rbac.RightCreate{Name: "write"}))(t).ID
	s.served()
	life[rbac.Role, rbac.RoleCreate, rbac.RoleUpdate]{
		entities: s.Roles.Entities,
		createAt: "/auth/roles/", path: "/auth/roles/{role_id}",
		id:     func(r rbac.Role) string { return r.ID },
		create: rbac.RoleCreate{Name: "reader", Description: "Looks", Rights: []string{read}},
		created: func(id string, at client.Time) rbac.Role {
			return rbac.Role{ID: id, Name: "reader", Description: "Looks", Rights: []string{read}, CreatedAt: at, UpdatedAt: at}
		},
		update: rbac.RoleUpdate{Name: client.Set("writer"), Rights: client.Set([]string{read, write})},
		updated: func(id string, created, updated client.Time) rbac.Role {
			return rbac.Role{ID: id, Name: "writer", Description: "Looks", Rights: []string{read, write}, CreatedAt: created, UpdatedAt: updated}
		},
	}.run(t, s)
}

func TestGroupsLiveAndDie(t *testing.T) {
	s := start(t, authserver.Config{})
	role := clienttest.Must(s.Roles.Create(t.Context(), rbac.RoleCreate{Name: "reader"}))(t).ID
	s.served()
	life[rbac.Group, rbac.GroupCreate, rbac.GroupUpdate]{
		entities: s.Groups.Entities,
		createAt: "/auth/groups/", path: "/auth/groups/{group_id}",
		id:     func(g rbac.Group) string { return g.ID },
		create: rbac.GroupCreate{Name: "readers", Description: "Who look", Roles: []string{role}},
		created: func(id string, at client.Time) rbac.Group {
			return rbac.Group{ID: id, Name: "readers", Description: "Who look", Roles: []string{role}, CreatedAt: at, UpdatedAt: at}
		},
		update: rbac.GroupUpdate{Name: client.Set("nobodies"), Description: client.Set("Who do nothing"), Roles: client.Set([]string{})},
		updated: func(id string, created, updated client.Time) rbac.Group {
			return rbac.Group{ID: id, Name: "nobodies", Description: "Who do nothing", Roles: []string{}, CreatedAt: created, UpdatedAt: updated}
		},
	}.run(t, s)
}

func TestOrganizationsLiveAndDie(t *testing.T) {
	s := start(t, authserver.Config{})
	life[rbac.Organization, rbac.OrganizationCreate, rbac.OrganizationUpdate]{
		entities: s.Organizations.Entities,
		createAt: "/auth/organizations/", path: "/auth/organizations/{org_id}",
		id: func(o rbac.Organization) string { return o.ID },
		create: rbac.OrganizationCreate{Name: "Acme", Description: "Makes all", IDPConfig: &rbac.IDPConfig{
			Provider: "okta", Domain: "acme.example.com", ClientID: "acme", AdditionalConfig: json.RawMessage(`{"tenants":[1,2]}`),
		}},
		created: func(id string, at client.Time) rbac.Organization {
			return rbac.Organization{ID: id, Name: "Acme", Description: "Makes all", CreatedAt: at, UpdatedAt: at, IDPConfig: &rbac.IDPConfig{
				Provider: "okta", Domain: "acme.example.com", ClientID: "acme", AdditionalConfig: json.RawMessage(`{"tenants":[1,2]}`),
			}}
		},
		update: rbac.OrganizationUpdate{Name: client.Set("Acme Ltd"), IDPConfig: client.Set(rbac.IDPConfig{
			Provider: "google", Domain: "acme.example.org", ClientID: "a2", MetadataURL: "https://idp.example.org/metadata", AdditionalConfig: json.RawMessage(`{}`),
		})},
		updated: func(id string, created, updated client.Time) rbac.Organization {
			return rbac.Organization{ID: id, Name: "Acme Ltd", Description: "Makes all", CreatedAt: created, UpdatedAt: updated, IDPConfig: &rbac.IDPConfig{
				Provider: "google", Domain: "acme.example.org", ClientID: "a2", MetadataURL: "https://idp.example.org/metadata", AdditionalConfig: json.RawMessage(`{}`),
			}}
		},
	}.run(t, s)
}

func TestUsersLiveAndDie(t *testing.T) {
	s := start(t, authserver.Config{})
	group := clienttest.Must(s.Groups.Create(t.Context(), rbac.GroupCreate{Name: "readers"}))(t).ID
	org := clienttest.Must(s.Organizations.Create(t.Context(), rbac.OrganizationCreate{Name: "Acme"}))(t).ID
	s.served()
	life[rbac.User, rbac.UserCreate, rbac.UserUpdate]{
		entities: s.Users.Entities,
		createAt: "/auth/users/local", path: "/auth/users/{user_id}",
		id: func(u rbac.User) string { return u.ID },
		create: rbac.UserCreate{
			Username: "ada", Email: "ada@example.com", Password: "difference engine", FullName: "Ada L.",
			OrganizationID: org, IsSuperuser: true, ExternalID: "hr-1", Groups: []string{group},
		},
		created: func(id string, at client.Time) rbac.User {
			return rbac.User{
				ID: id, Username: "ada", Email: "ada@example.com", FullName: "Ada L.", OrganizationID: org,
				IsSuperuser: true, ExternalID: "hr-1", IsActive: true, Groups: []string{group}, CreatedAt: at,
			}
		},
		update: rbac.UserUpdate{
			Email: client.Set("countess@example.com"), FullName: client.Set(""), IsActive: client.Set(false),
			Groups: client.Set([]string{}), IsSuperuser: client.Set(false),
		},
		updated: func(id string, created, updated client.Time) rbac.User {
			return rbac.User{
				ID: id, Username: "ada", Email: "countess@example.com", OrganizationID: org,
				ExternalID: "hr-1", Groups: []string{}, CreatedAt: created, UpdatedAt: updated,
			}
		},
	}.run(t, s)
}

func TestListReturnsAllUsersWithTheirGroups(t *testing.T) {
	s := start(t, authserver.Config{})
	ctx := t.Context()
	group := clienttest.Must(s.Groups.Create(ctx, rbac.GroupCreate{Name: "readers"}))(t).ID
	admin := clienttest.Must(s.Users.Me(ctx))(t)
	ada := clienttest.Must(s.Users.Create(ctx, rbac.UserCreate{Username: "ada", Email: "ada@example.com", Password: "x", Groups: []string{group}}))(t)

	clienttest.Equal(t, "users", clienttest.Must(s.Users.List(ctx))(t), []rbac.User{admin, ada})
	clienttest.Equal(t, "groups", ada.Groups, []string{group})
}

func TestAssignmentsAreAddedAndRemoved(t *testing.T) {
	s := start(t, authserver.Config{})
	ctx := t.Context()
	user := clienttest.Must(s.Users.Create(ctx, rbac.UserCreate{Username: "ada", Email: "ada@example.com", Password: "x"}))(t).ID
	group := clienttest.Must(s.Groups.Create(ctx, rbac.GroupCreate{Name: "readers"}))(t).ID
	role := clienttest.Must(s.Roles.Create(ctx, rbac.RoleCreate{Name: "reader"}))(t).ID
	right := clienttest.Must(s.Rights.Create(ctx, rbac.RightCreate{Name: "read"}))(t).ID

	for _, edge := range []struct {
		path        string
		from, to    string
		add, remove func(context.Context, string, string) error
		held        func() []string
	}{
		{
			"/auth/users/{user_id}/groups/{group_id}", user, group, s.Users.AddGroup, s.Users.RemoveGroup,
			func() []string { return clienttest.Must(s.Users.Get(ctx, user))(t).Groups },
		},
		{
			"/auth/groups/{group_id}/roles/{role_id}", group, role, s.Groups.AddRole, s.Groups.RemoveRole,
			func() []string { return clienttest.Must(s.Groups.Get(ctx, group))(t).Roles },
		},
		{
			"/auth/roles/{role_id}/rights/{right_id}", role, right, s.Roles.AddRight, s.Roles.RemoveRight,
			func() []string { return clienttest.Must(s.Roles.Get(ctx, role))(t).Rights },
		},
	} {
		s.served()
		clienttest.Succeed(t, edge.add(ctx, edge.from, edge.to))
		clienttest.EqualLines(t, "requests", s.served(), "POST "+edge.path+" 200")
		clienttest.Equal(t, "added", edge.held(), []string{edge.to})

		s.served()
		clienttest.Succeed(t, edge.remove(ctx, edge.from, edge.to))
		clienttest.EqualLines(t, "requests", s.served(), "DELETE "+edge.path+" 200")
		clienttest.Equal(t, "removed", edge.held(), []string{})
	}
}

func TestRedundantAssignmentsAreWhatTheServerSays(t *testing.T) {
	s := start(t, authserver.Config{API: rbacserver.Behavior{
		AssignTwice: rbacserver.RedundantConflict, RemoveUnassigned: rbacserver.RedundantNotFound,
	}})
	ctx := t.Context()
	group := clienttest.Must(s.Groups.Create(ctx, rbac.GroupCreate{Name: "readers"}))(t).ID
	role := clienttest.Must(s.Roles.Create(ctx, rbac.RoleCreate{Name: "reader"}))(t).ID

	clienttest.Fails(t, s.Groups.RemoveRole(ctx, group, role), client.ErrNotFound)
	clienttest.Succeed(t, s.Groups.AddRole(ctx, group, role))
	clienttest.Fails(t, s.Groups.AddRole(ctx, group, role), client.ErrConflict)
}

func TestMeAndVerifyReturnTheTokensOwner(t *testing.T) {
	for name, identity := range map[string]func(*client.Config){"API key": nil, "login": withPassword} {
		t.Run(name, func(t *testing.T) {
			s := start(t, authserver.Config{})
			if identity != nil {
				s.API = connect(t, s.clock, s.url, identity)
			}
			me := clienttest.Must(s.Users.Me(t.Context()))(t)
			if me.ID != s.server.AdminID() || me.Username != authservertest.AdminUsername || !me.IsSuperuser {
				t.Errorf("me: %+v", me)
			}
			clienttest.Equal(t, "verified", clienttest.Must(s.Users.Verify(t.Context()))(t), me)
		})
	}
}

func TestMyPermissionsAreNames(t *testing.T) {
	s := start(t, authserver.Config{})
	ctx := t.Context()
	right := clienttest.Must(s.Rights.Create(ctx, rbac.RightCreate{Name: "read"}))(t).ID
	role := clienttest.Must(s.Roles.Create(ctx, rbac.RoleCreate{Name: "reader", Rights: []string{right}}))(t).ID
	group := clienttest.Must(s.Groups.Create(ctx, rbac.GroupCreate{Name: "readers", Roles: []string{role}}))(t).ID
	ada := clienttest.Must(s.Users.Create(ctx, rbac.UserCreate{Username: "ada", Email: "ada@example.com", Password: "x", Groups: []string{group}}))(t).ID

	hers := connect(t, s.clock, s.url, withPassword, func(c *client.Config) { c.Username, c.Password = "ada", "x" })
	clienttest.Equal(t, "permissions", clienttest.Must(hers.Users.MyPermissions(ctx))(t), rbac.Permissions{
		UserID: ada, Groups: []string{"readers"}, Roles: []string{"reader"}, Rights: []string{"read"},
	})
}

func TestUpdatesSayExactlyWhatChanges(t *testing.T) {
	idp := rbac.IDPConfig{Provider: "okta", Domain: "d", ClientID: "c", AdditionalConfig: json.RawMessage(`{"k":1}`)}
	for name, test := range map[string]struct {
		want   string
		update func(context.Context, *rbac.API)
	}{
		"one field": {`{"description":"x"}`, func(ctx context.Context, c *rbac.API) {
			_, _ = c.Roles.Update(ctx, "a", rbac.RoleUpdate{Description: client.Set("x")})
		}},
		"an empty text": {`{"description":""}`, func(ctx context.Context, c *rbac.API) {
			_, _ = c.Rights.Update(ctx, "a", rbac.RightUpdate{Description: client.Set("")})
		}},
		"null": {`{"description":null}`, func(ctx context.Context, c *rbac.API) {
			_, _ = c.Groups.Update(ctx, "a", rbac.GroupUpdate{Description: client.Null[string]()})
		}},
		"false": {`{"is_active":false,"is_superuser":false}`, func(ctx context.Context, c *rbac.API) {
			_, _ = c.Users.Update(ctx, "a", rbac.UserUpdate{IsActive: client.Set(false), IsSuperuser: client.Set(false)})
		}},
		"an empty set": {`{"groups":[]}`, func(ctx context.Context, c *rbac.API) {
			_, _ = c.Users.Update(ctx, "a", rbac.UserUpdate{Groups: client.Set([]string{})})
		}},
		"a nil set, which is empty": {`{"rights":[]}`, func(ctx context.Context, c *rbac.API) {
			_, _ = c.Roles.Update(ctx, "a", rbac.RoleUpdate{Rights: client.Set[[]string](nil)})
		}},
		"null for a set": {`{"roles":null}`, func(ctx context.Context, c *rbac.API) {
			_, _ = c.Groups.Update(ctx, "a", rbac.GroupUpdate{Roles: client.Null[[]string]()})
		}},
		"all of a user": {
			`{"email":"e","full_name":"f","is_active":true,"groups":["g","h"],"is_superuser":true,"organization_id":null}`,
			func(ctx context.Context, c *rbac.API) {
				_, _ = c.Users.Update(ctx, "a", rbac.UserUpdate{
					Email: client.Set("e"), FullName: client.Set("f"), IsActive: client.Set(true), Groups: client.Set([]string{"g", "h"}),
					IsSuperuser: client.Set(true), OrganizationID: client.Null[string](),
				})
			},
		},
		"an object": {
			`{"name":"n","idp_config":{"provider":"okta","domain":"d","client_id":"c","additional_config":{"k":1}}}`,
			func(ctx context.Context, c *rbac.API) {
				_, _ = c.Organizations.Update(ctx, "a", rbac.OrganizationUpdate{Name: client.Set("n"), IDPConfig: client.Set(idp)})
			},
		},
		"null for an object": {`{"idp_config":null}`, func(ctx context.Context, c *rbac.API) {
			_, _ = c.Organizations.Update(ctx, "a", rbac.OrganizationUpdate{IDPConfig: client.Null[rbac.IDPConfig]()})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			r := clienttest.Serve(t, clienttest.SaysJSON(`{"id":"a"}`))
			test.update(t.Context(), newCaller(t, r.URL))
			request := r.Only(t)
			clienttest.Equal(t, "method", request.Method, http.MethodPut)
			clienttest.Equal(t, "body", request.Body, test.want)
		})
	}
}

func TestUpdateOfNothingOnlyReads(t *testing.T) {
	s := start(t, authserver.Config{})
	ctx := t.Context()
	role := clienttest.Must(s.Roles.Create(ctx, rbac.RoleCreate{Name: "reader"}))(t)
	s.clock.Advance(time.Minute)
	s.served()
	clienttest.Equal(t, "role", clienttest.Must(s.Roles.Update(ctx, role.ID, rbac.RoleUpdate{}))(t), role)
	clienttest.EqualLines(t, "requests", s.served(), "GET /auth/roles/{role_id} 200")

	_, err := s.Roles.Update(ctx, s.server.AdminID(), rbac.RoleUpdate{})
	clienttest.Fails(t, err, client.ErrNotFound)
}

func TestNullMayClearOrNot(t *testing.T) {
	for _, clears := range []bool{true, false} {
		s := start(t, authserver.Config{API: rbacserver.Behavior{NullClears: clears}})
		role := clienttest.Must(s.Roles.Create(t.Context(), rbac.RoleCreate{Name: "reader", Description: "Looks"}))(t)
		role = clienttest.Must(s.Roles.Update(t.Context(), role.ID, rbac.RoleUpdate{Description: client.Null[string]()}))(t)
		clienttest.Equal(t, "cleared", role.Description == "", clears)
	}
}

func TestEscapedSegmentsReachTheRouteTheyAreMeantFor(t *testing.T) {
	s := start(t, authserver.Config{})
	for _, id := range []string{"..", ".", "a/b", "ü", "a?b#c%d"} {
		_, err := s.Roles.Get(t.Context(), id)
		failure := clienttest.FailureOf(t, err, client.ErrInvalid) // no UUID
		clienttest.Equal(t, "fields", len(failure.Fields), 1)
		clienttest.Equal(t, "location", failure.Fields[0].Location, []string{"path", "role_id"})
		clienttest.EqualLines(t, "requests", s.served(), "GET /auth/roles/{role_id} 422")
	}
}
