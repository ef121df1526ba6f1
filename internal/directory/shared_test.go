package directory_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	rbacserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
)

const listUsers = "GET /auth/users/"

// company is one object of each kind, or two, with an edge of each kind. It is made without the directory.
type company struct {
	organization rbac.Organization
	ada, grace   rbac.User
	admins       string
	operator     string
	restart      string
}

func (s service) company() company {
	s.t.Helper()
	organization, err := s.api.Organizations.Create(s.t.Context(), rbac.OrganizationCreate{Name: "acme"})
	must(s.t, err)
	c := company{organization: organization, restart: s.right("restart")}
	c.operator = s.role("operator", c.restart)
	c.admins = s.group("admins", c.operator)
	c.ada, c.grace = s.user("ada", c.admins), s.user("grace")
	c.ada = s.update(c.ada, rbac.UserUpdate{OrganizationID: client.Set(organization.ID)})
	s.asked()
	return c
}

// readAll reads every object of the company through the directory, and ignores what is gone.
func (s service) readAll(c company) {
	s.t.Helper()
	for _, err := range []error{
		second(s.Organizations.Get(s.t.Context(), c.organization.ID)),
		second(s.Users.Get(s.t.Context(), c.ada.ID)),
		second(s.Users.Get(s.t.Context(), c.grace.ID)),
		second(s.Groups.Get(s.t.Context(), c.admins)),
		second(s.Roles.Get(s.t.Context(), c.operator)),
		second(s.Rights.Get(s.t.Context(), c.restart)),
	} {
		if err != nil && !errors.Is(err, client.ErrNotFound) {
			s.t.Error(err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// What a write touches is read again, and nothing else is.
func TestWritesForget(t *testing.T) {
	type write func(ctx context.Context, d *directory.Directory, c company) error
	const organization, ada, grace, admins, operator, restart = "organization", "ada", "grace", "admins", "operator", "restart"
	for name, test := range map[string]struct {
		write write
		again []string
	}{
		// The answers of creates and updates say what the server holds, so they need no reading.
		"create": {func(ctx context.Context, d *directory.Directory, _ company) error {
			group, err := d.Groups.Create(ctx, rbac.GroupCreate{Name: "new"})
			return errors.Join(err, second(d.Groups.Get(ctx, group.ID)))
		}, nil},
		"update a user": {func(ctx context.Context, d *directory.Directory, c company) error {
			user, err := d.Users.Update(ctx, c.ada.ID, rbac.UserUpdate{FullName: client.Set("Ada")})
			read, readErr := d.Users.Get(ctx, c.ada.ID)
			if user.FullName != "Ada" || read.FullName != "Ada" {
				return fmt.Errorf("the answer was %+v, and read was %+v", user, read)
			}
			return errors.Join(err, readErr)
		}, nil},
		"update nothing": {func(ctx context.Context, d *directory.Directory, c company) error {
			return second(d.Groups.Update(ctx, c.admins, rbac.GroupUpdate{}))
		}, nil},
		"a refused update": {func(ctx context.Context, d *directory.Directory, c company) error {
			if _, err := d.Users.Update(ctx, c.ada.ID, rbac.UserUpdate{Email: client.Set("no address")}); !errors.Is(err, client.ErrInvalid) {
				return fmt.Errorf("the error is %w, want one about invalid values", err)
			}
			return nil
		}, []string{ada}},
		"delete a user": {func(ctx context.Context, d *directory.Directory, c company) error {
			return d.Users.Delete(ctx, c.grace.ID)
		}, []string{grace}},
		"delete an organization": {func(ctx context.Context, d *directory.Directory, c company) error {
			return d.Organizations.Delete(ctx, c.organization.ID)
		}, []string{organization, ada}},
		"delete a group": {func(ctx context.Context, d *directory.Directory, c company) error {
			return d.Groups.Delete(ctx, c.admins)
		}, []string{admins, ada}},
		"delete a role": {func(ctx context.Context, d *directory.Directory, c company) error {
			return d.Roles.Delete(ctx, c.operator)
		}, []string{operator, admins}},
		"delete a right": {func(ctx context.Context, d *directory.Directory, c company) error {
			return d.Rights.Delete(ctx, c.restart)
		}, []string{restart, operator}},
		"add a user to a group": {func(ctx context.Context, d *directory.Directory, c company) error {
			return d.UserGroups.Add(ctx, c.grace.ID, c.admins)
		}, []string{grace}},
		"remove a user from a group": {func(ctx context.Context, d *directory.Directory, c company) error {
			return d.UserGroups.Remove(ctx, c.ada.ID, c.admins)
		}, []string{ada}},
		"add a role to a group": {func(ctx context.Context, d *directory.Directory, c company) error {
			return d.GroupRoles.Add(ctx, c.admins, c.operator)
		}, []string{admins}},
		"remove a role from a group": {func(ctx context.Context, d *directory.Directory, c company) error {
			return d.GroupRoles.Remove(ctx, c.admins, c.operator)
		}, []string{admins}},
		"add a right to a role": {func(ctx context.Context, d *directory.Directory, c company) error {
			return d.RoleRights.Add(ctx, c.operator, c.restart)
		}, []string{operator}},
		"remove a right from a role": {func(ctx context.Context, d *directory.Directory, c company) error {
			return d.RoleRights.Remove(ctx, c.operator, c.restart)
		}, []string{operator}},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, authserver.Config{API: rbacserver.Behavior{DeleteCascades: true, DeleteDetaches: true}})
			c := s.company()
			paths := map[string]string{
				organization: "/auth/organizations/" + c.organization.ID, ada: "/auth/users/" + c.ada.ID, grace: "/auth/users/" + c.grace.ID,
				admins: "/auth/groups/" + c.admins, operator: "/auth/roles/" + c.operator, restart: "/auth/rights/" + c.restart,
			}
			must(t, second(s.Users.List(t.Context()))) // so that the next two are read alone
			s.readAll(c)
			s.wantAsked(listUsers, "GET "+paths[organization], "GET "+paths[admins], "GET "+paths[operator], "GET "+paths[restart])
			s.readAll(c)
			s.wantAsked()

			must(t, test.write(t.Context(), s.Directory, c))
			reads := slices.DeleteFunc(s.asked(), func(request string) bool { return request[:3] != "GET" })
			if len(reads) != 0 {
				t.Errorf("the write itself read %q", reads)
			}
			s.readAll(c)
			var again []string
			for _, object := range test.again {
				again = append(again, "GET "+paths[object])
			}
			s.wantAsked(again...)
		})
	}
}

// A call that began before a write must not be remembered after it, and whoever reads after the write must not join it.
func TestCallsDuringWrites(t *testing.T) {
	read := func(ctx context.Context, d *directory.Directory, c company) (rbac.Group, error) {
		return d.Groups.Get(ctx, c.admins)
	}
	unassign := func(ctx context.Context, d *directory.Directory, c company) error {
		return d.GroupRoles.Remove(ctx, c.admins, c.operator)
	}
	for name, test := range map[string]struct {
		method string
		early  func(ctx context.Context, d *directory.Directory, c company) (rbac.Group, error)
		write  func(ctx context.Context, d *directory.Directory, c company) error
	}{
		"a read and a write of the same": {"GET", read, unassign},
		"a read and a delete elsewhere": {"GET", read, func(ctx context.Context, d *directory.Directory, c company) error {
			return d.Roles.Delete(ctx, c.operator)
		}},
		"two writes": {"PUT", func(ctx context.Context, d *directory.Directory, c company) (rbac.Group, error) {
			return d.Groups.Update(ctx, c.admins, rbac.GroupUpdate{Description: client.Set("new")})
		}, unassign},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, authserver.Config{API: rbacserver.Behavior{DeleteCascades: true}})
			c := s.company()
			held, release := s.hold(test.method + " /auth/groups/" + c.admins)
			early := make(chan rbac.Group, 1)
			go func() {
				group, err := test.early(t.Context(), s.Directory, c)
				if err != nil {
					t.Error(err)
				}
				early <- group
			}()
			<-held
			must(t, test.write(t.Context(), s.Directory, c))
			ctx, stop := context.WithTimeout(t.Context(), 20*time.Second) // lest it join the early call, which waits for it
			defer stop()
			late, err := s.Groups.Get(ctx, c.admins)
			if err != nil {
				close(release)
				<-early
				t.Fatal(err)
			}
			if len(late.Roles) != 0 {
				t.Errorf("after the write the roles are %q", late.Roles)
			}
			close(release)
			if stale := <-early; len(stale.Roles) != 1 {
				t.Fatalf("the early call brought the roles %q, so that this test shows nothing", stale.Roles)
			}
			remembered, err := s.Groups.Get(t.Context(), c.admins)
			must(t, err)
			if len(remembered.Roles) != 0 {
				t.Errorf("remembered are the roles %q", remembered.Roles)
			}
		})
	}
}

func TestConcurrentReadersShareOneRequest(t *testing.T) {
	s := start(t, authserver.Config{})
	c := s.company()
	held, release := s.hold("GET /auth/groups/" + c.admins)
	var readers sync.WaitGroup
	for range 200 {
		readers.Go(func() {
			group, err := s.Groups.Get(t.Context(), c.admins)
			if err != nil || group.Name != "admins" {
				t.Errorf("the group is %+v, and the error is %v", group, err)
			}
		})
	}
	<-held
	close(release)
	readers.Wait()
	s.wantAsked("GET /auth/groups/" + c.admins)
}

// Two users are read alone, and one list serves the rest; which ones are first is up to the readers.
func TestConcurrentReadersOfUsersShareOneList(t *testing.T) {
	s := start(t, authserver.Config{})
	var ids []string
	for i := range 200 {
		ids = append(ids, s.user(fmt.Sprintf("user%03d", i)).ID)
	}
	s.asked()
	var readers sync.WaitGroup
	for i, id := range append(slices.Clone(ids), ids...) {
		readers.Go(func() {
			user, err := s.Users.Get(t.Context(), id)
			if want := fmt.Sprintf("user%03d", i%200); err != nil || user.Username != want {
				t.Errorf("the user is %+v, want %s, and the error is %v", user, want, err)
			}
		})
	}
	readers.Wait()
	asked := s.asked()
	if len(asked) != 3 || !slices.Contains(asked, listUsers) {
		t.Errorf("the server was asked %q, want two users and one list", asked)
	}
}

func TestFewUsersAreReadAlone(t *testing.T) {
	s := start(t, authserver.Config{})
	c := s.company()
	for range 3 {
		s.readAll(c)
	}
	if slices.Contains(s.asked(), listUsers) {
		t.Error("two users were worth a list of all")
	}
}

// A list costs as much as some reads of single users, so a larger company gets its next list later.
func TestNextListComesWhenItIsWorthIt(t *testing.T) {
	s := start(t, authserver.Config{})
	var ids []string
	for i := range 199 { // and the admin
		ids = append(ids, s.user(fmt.Sprintf("user%03d", i)).ID)
	}
	_, err := s.Users.List(t.Context())
	must(t, err)
	s.asked()
	for _, id := range ids[:6] {
		_, err := s.Users.Update(t.Context(), id, rbac.UserUpdate{Email: client.Set("no address")}) // refused, and so forgotten
		wantError(t, err, client.ErrInvalid)
	}
	s.asked()
	for _, id := range ids[:6] {
		must(t, second(s.Users.Get(t.Context(), id)))
	}
	want := []string{listUsers}
	for _, id := range ids[:4] {
		want = append(want, "GET /auth/users/"+id)
	}
	s.wantAsked(want...)
}

func TestUserMissingInTheList(t *testing.T) {
	s := start(t, authserver.Config{})
	c := s.company()
	hidden, gone := s.user("hidden"), s.user("gone")
	must(t, s.api.Users.Delete(t.Context(), gone.ID))
	whole, err := s.api.Users.List(t.Context())
	must(t, err)
	s.server.Inject(authserver.Fault{Method: "GET", Route: "/auth/users/", Status: 200, Body: asJSON(t, slices.DeleteFunc(whole, func(user rbac.User) bool {
		return user.ID == hidden.ID
	}))})
	s.readAll(c)
	s.asked()

	found, err := s.Users.Get(t.Context(), hidden.ID)
	must(t, err)
	if found.Username != "hidden" {
		t.Errorf("the user is %+v", found)
	}
	s.wantAsked(listUsers, "GET /auth/users/"+hidden.ID)

	_, err = s.Users.Get(t.Context(), gone.ID)
	wantError(t, err, client.ErrNotFound)
	s.wantAsked("GET /auth/users/" + gone.ID)
}

// A list that does not tell the users' groups must not make memberships pass for gone.
func TestListWithoutGroups(t *testing.T) {
	s := start(t, authserver.Config{})
	c := s.company()
	zoe := s.user("zoe", c.admins)
	s.server.Inject(authserver.Fault{Method: "GET", Route: "/auth/users/", Status: 200, Body: fmt.Sprintf(
		`[{"id": %q, "username": "zoe", "email": "zoe@example.com"}]`, zoe.ID)})
	s.readAll(c)
	user, err := s.Users.Get(t.Context(), zoe.ID)
	must(t, err)
	if !slices.Equal(user.Groups, []string{c.admins}) {
		t.Errorf("the user is %+v", user)
	}
	members, err := s.Users.Members(t.Context(), c.admins)
	wantText(t, err, fmt.Sprintf(`the server left out the list of groups from the user "zoe" (%s)`, zoe.ID))
	wantText(t, members, "[]")

	// Whoever is found by name is read alone then.
	user, err = s.Users.ByName(t.Context(), "zoe")
	must(t, err)
	wantText(t, user.Groups, fmt.Sprint([]string{c.admins}))
}

// Where the list fails, whatever the reason, it is asked for once, and users are read one by one. What cannot do without the
// list reports why it failed.
func TestListFails(t *testing.T) {
	row := func(user rbac.User, created string) string {
		return fmt.Sprintf(`{"id": %q, "username": %q, "email": %q, "groups": [], "created_at": %q}`, user.ID, user.Username, user.Email, created)
	}
	for name, fault := range map[string]func(users []rbac.User) authserver.Fault{
		"forbidden": func([]rbac.User) authserver.Fault { return authserver.Fault{Status: 403} },
		"not offered": func([]rbac.User) authserver.Fault {
			return authserver.Fault{Status: 404, Body: `{"detail": "Not Found"}`}
		},
		"not found": func([]rbac.User) authserver.Fault {
			return authserver.Fault{Status: 404, Body: `{"detail": "No users"}`}
		},
		"server error": func([]rbac.User) authserver.Fault { return authserver.Fault{Status: 500} },
		"a proxy's": func([]rbac.User) authserver.Fault {
			return authserver.Fault{Status: 504, ContentType: "text/html", Body: "<html>"}
		},
		"cut short":  func([]rbac.User) authserver.Fault { return authserver.Fault{Truncate: true} },
		"not a list": func([]rbac.User) authserver.Fault { return authserver.Fault{Status: 200, Body: `{"users": []}`} },
		"a row is wrong": func(users []rbac.User) authserver.Fault {
			return authserver.Fault{Status: 200, Body: "[" + row(users[0], "2024-10-03T12:00:00") + "," + row(users[1], "yesterday") + "]"}
		},
		"a row has no id": func([]rbac.User) authserver.Fault {
			return authserver.Fault{Status: 200, Body: `[{"username": "ada"}]`}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, authserver.Config{})
			var users []rbac.User
			for i := range 20 {
				users = append(users, s.user(fmt.Sprintf("user%02d", i)))
			}
			f := fault(users)
			f.Method, f.Route = "GET", "/auth/users/"
			s.server.Inject(f)
			s.asked()
			api, err := rbac.Connect(client.Config{BaseURL: s.url, APIKey: authservertest.APIKey, MaxRetries: client.DefaultMaxRetries, Sleep: noPause})
			must(t, err)
			d := directory.New(api, directory.Shared)

			var readers sync.WaitGroup
			for _, want := range users {
				readers.Go(func() {
					user, err := d.Users.Get(t.Context(), want.ID)
					if err != nil || user.Username != want.Username {
						t.Errorf("the user is %+v, want %s, and the error is %v", user, want.Username, err)
					}
				})
			}
			readers.Wait()
			asked := s.asked()
			lists := len(slices.DeleteFunc(slices.Clone(asked), func(request string) bool { return request != listUsers }))
			if singles := len(asked) - lists; singles != len(users) || lists == 0 {
				t.Errorf("the server was asked for %d users alone and %d times for the list, want %d and one list with its retries", singles, lists, len(users))
			}
			for what, err := range map[string]error{
				"List": second(d.Users.List(t.Context())), "Members": second(d.Users.Members(t.Context(), "g")), "ByName": second(d.Users.ByName(t.Context(), "user00")),
			} {
				if err == nil {
					t.Errorf("%s does without the list", what)
				}
				if errors.Is(err, client.ErrNotFound) {
					t.Errorf("%s takes the list for an object that is gone: %v", what, err)
				}
			}
			s.wantAsked() // again

			// A write is a reason to ask again.
			s.server.ClearFaults()
			must(t, second(d.Users.Update(t.Context(), users[0].ID, rbac.UserUpdate{FullName: client.Set("Ada")})))
			must(t, second(d.Users.ByName(t.Context(), "user00")))
		})
	}
}

func noPause(context.Context, time.Duration) error { return nil }

// Without a login, reading users one by one leads nowhere.
func TestListFails_login(t *testing.T) {
	s := start(t, authserver.Config{})
	c := s.company()
	api, err := rbac.Connect(client.Config{BaseURL: s.url, Username: authservertest.AdminUsername, Password: authservertest.AdminPassword})
	must(t, err)
	d := directory.New(api, directory.Shared)
	s.server.Inject(authserver.Fault{Method: "POST", Route: "/auth/token", Status: 401})
	for range 3 {
		wantError(t, second(d.Users.Get(t.Context(), c.ada.ID)), client.ErrLogin)
	}
	if asked := s.asked(); slices.ContainsFunc(asked, func(request string) bool { return request != "POST /auth/token" }) {
		t.Errorf("without a login, the server was asked %q", asked)
	}
}

func TestListIsFreshAfterWrites(t *testing.T) {
	s := start(t, authserver.Config{})
	c := s.company()
	members := func() []string {
		t.Helper()
		members, err := s.Users.Members(t.Context(), c.admins)
		must(t, err)
		return members
	}
	wantText(t, members(), fmt.Sprint([]string{c.ada.ID}))
	wantText(t, members(), fmt.Sprint([]string{c.ada.ID}))
	s.wantAsked(listUsers)
	must(t, s.UserGroups.Add(t.Context(), c.grace.ID, c.admins))
	wantText(t, members(), fmt.Sprint([]string{c.ada.ID, c.grace.ID}))
	must(t, s.UserGroups.Remove(t.Context(), c.ada.ID, c.admins))
	wantText(t, members(), fmt.Sprint([]string{c.grace.ID}))

	created, err := s.Users.Create(t.Context(), rbac.UserCreate{Username: "zoe", Email: "zoe@example.com", Password: "analytical engine"})
	must(t, err)
	found, err := s.Users.ByName(t.Context(), "zoe")
	must(t, err)
	if found.ID != created.ID {
		t.Errorf("found was %+v", found)
	}
}

func TestErrorsAreNotRemembered(t *testing.T) {
	s := start(t, authserver.Config{})
	c := s.company()
	s.server.Inject(authserver.Fault{Method: "GET", Route: "/auth/roles/{role_id}", Status: 500, Times: 1})
	var failed sync.WaitGroup
	failed.Go(func() {
		if _, err := s.Roles.Get(t.Context(), c.operator); err == nil {
			t.Error("the server answered 500, and there is no error")
		}
	})
	failed.Wait()
	must(t, second(s.Roles.Get(t.Context(), c.operator)))
	s.wantAsked("GET /auth/roles/"+c.operator, "GET /auth/roles/"+c.operator)
}

// All who share a request that fails hear of it, and the next one asks anew.
func TestErrorOfASharedRead(t *testing.T) {
	s := start(t, authserver.Config{})
	c := s.company()
	held, release := s.hold("GET /auth/groups/" + c.admins)
	s.server.Inject(authserver.Fault{Method: "GET", Route: "/auth/groups/" + c.admins, Status: 500, Times: 1})
	errs := make(chan error, 20)
	var readers sync.WaitGroup
	read := func() { errs <- second(s.Groups.Get(t.Context(), c.admins)) }
	readers.Go(read)
	<-held
	for range cap(errs) - 1 {
		readers.Go(read)
	}
	close(release)
	readers.Wait()
	close(errs)
	failed := 0
	for err := range errs {
		if err != nil {
			failed++
		}
	}
	if failed == 0 {
		t.Error("the server answered 500, and nobody heard of it")
	}
	must(t, second(s.Groups.Get(t.Context(), c.admins)))
}

// Who gives up leaves at once, and does not take the request from those who share it.
func TestCancellation(t *testing.T) {
	s := start(t, authserver.Config{})
	c := s.company()
	held, release := s.hold("GET /auth/groups/" + c.admins)
	impatient, giveUp := context.WithCancel(t.Context())
	gaveUp := make(chan error, 1)
	go func() { gaveUp <- second(s.Groups.Get(impatient, c.admins)) }()
	<-held
	giveUp()
	wantError(t, <-gaveUp, context.Canceled)
	// This one finds the request still under way, or what it brought.
	result := make(chan error, 1)
	go func() { result <- second(s.Groups.Get(t.Context(), c.admins)) }()
	close(release)
	must(t, <-result)
	s.wantAsked("GET /auth/groups/" + c.admins)
}

func TestDirect(t *testing.T) {
	s := start(t, authserver.Config{})
	c := s.company()
	s.Directory = directory.New(s.api, directory.Direct)
	s.readAll(c)
	s.asked()
	s.readAll(c)
	s.wantAsked(
		"GET /auth/organizations/"+c.organization.ID, "GET /auth/users/"+c.ada.ID, "GET /auth/users/"+c.grace.ID,
		"GET /auth/groups/"+c.admins, "GET /auth/roles/"+c.operator, "GET /auth/rights/"+c.restart,
	)
	for range 3 {
		must(t, second(s.Users.Get(t.Context(), c.ada.ID)))
		must(t, second(s.Users.Members(t.Context(), c.admins)))
	}
	ada := "GET /auth/users/" + c.ada.ID
	s.wantAsked(ada, ada, ada, listUsers, listUsers, listUsers)
}

// A load-balanced deployment: reads miss what was just written. The directory waits for its own writes, for as long as
// the server lags, and its pauses move the server's clock here.
func TestReadsThatMissOwnWrites(t *testing.T) {
	now := time.Now()
	var mu sync.Mutex
	clock := func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return now
	}
	pause := func(_ context.Context, d time.Duration) error {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(d)
		return nil
	}
	for _, mode := range []directory.ReadMode{directory.Shared, directory.Direct} {
		t.Run(string(mode), func(t *testing.T) {
			instance := authservertest.Start(t, authserver.Config{Now: clock, API: rbacserver.Behavior{ReadLag: 2 * time.Second}})
			api, err := rbac.Connect(client.Config{BaseURL: instance.URL, APIKey: authservertest.APIKey, Sleep: pause})
			must(t, err)
			d := directory.New(api, mode)

			group, err := d.Groups.Create(t.Context(), rbac.GroupCreate{Name: "admins"})
			must(t, err)
			must(t, second(d.Groups.Get(t.Context(), group.ID)))
			role, err := d.Roles.Create(t.Context(), rbac.RoleCreate{Name: "operator"})
			must(t, err)
			must(t, d.GroupRoles.Add(t.Context(), group.ID, role.ID))
			group, err = d.Groups.Get(t.Context(), group.ID)
			must(t, err)
			wantText(t, group.Roles, fmt.Sprint([]string{role.ID}))
			other, err := api.Roles.Create(t.Context(), rbac.RoleCreate{Name: "reader"})
			must(t, err)
			must(t, api.Groups.AddRole(t.Context(), group.ID, other.ID))
			_ = pause(t.Context(), 2*time.Second)
			must(t, d.GroupRoles.Remove(t.Context(), group.ID, other.ID))
			group, err = d.Groups.Get(t.Context(), group.ID)
			must(t, err)
			wantText(t, group.Roles, fmt.Sprint([]string{role.ID}))

			user, err := d.Users.Create(t.Context(), rbac.UserCreate{Username: "ada", Email: "ada@example.com", Password: "analytical engine"})
			must(t, err)
			must(t, second(d.Users.ByName(t.Context(), "ada")))
			must(t, d.UserGroups.Add(t.Context(), user.ID, group.ID))
			members, err := d.Users.Members(t.Context(), group.ID)
			must(t, err)
			wantText(t, members, fmt.Sprint([]string{user.ID}))
			must(t, d.Users.Delete(t.Context(), user.ID))
			_, err = d.Users.Get(t.Context(), user.ID)
			wantError(t, err, client.ErrNotFound)

			// What somebody else undoes is not waited for forever.
			must(t, api.Groups.Delete(t.Context(), group.ID))
			begin := clock()
			_, err = directory.New(api, mode).Groups.Get(t.Context(), group.ID) // which did not write it
			must(t, err)
			if waited := clock().Sub(begin); waited != 0 {
				t.Errorf("another run waited for %v", waited)
			}
			_ = pause(t.Context(), 2*time.Second)
			must(t, d.RoleRights.Add(t.Context(), role.ID, right(t, d)))
			must(t, api.Roles.Delete(t.Context(), role.ID))
			_ = pause(t.Context(), 2*time.Second)
			begin = clock()
			for range 2 {
				_, err = d.Roles.Get(t.Context(), role.ID)
				wantError(t, err, client.ErrNotFound)
			}
			if waited := clock().Sub(begin); waited < 3*time.Second || waited > 10*time.Second {
				t.Errorf("an object that somebody else deleted was waited for during %v, want once some seconds", waited)
			}
		})
	}
}

func right(t *testing.T, d *directory.Directory) string {
	t.Helper()
	right, err := d.Rights.Create(t.Context(), rbac.RightCreate{Name: "restart"})
	must(t, err)
	return right.ID
}

// lagging is a directory of a server whose reads miss what was written in the last two seconds. The directory's pauses move
// the server's clock.
func lagging(t *testing.T, handler func(http.Handler) http.Handler) (d *directory.Directory, api *rbac.API, clock func() time.Time, pause func(time.Duration)) {
	t.Helper()
	var mu sync.Mutex
	now := time.Now()
	clock = func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return now
	}
	pause = func(d time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(d)
	}
	instance := authservertest.Start(t, authserver.Config{
		Now: clock, API: rbacserver.Behavior{ReadLag: 2 * time.Second, DeleteCascades: true},
	})
	front := httptest.NewServer(handler(instance.Server))
	t.Cleanup(front.Close)
	api, err := rbac.Connect(client.Config{BaseURL: front.URL + "/api", APIKey: authservertest.APIKey, Sleep: func(_ context.Context, d time.Duration) error {
		pause(d)
		return nil
	}})
	must(t, err)
	return directory.New(api, directory.Shared), api, clock, pause
}

func asItIs(server http.Handler) http.Handler { return server }

// withoutAnswers answers every PUT that succeeds with 204.
func withoutAnswers(server http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPut {
			server.ServeHTTP(w, r)
			return
		}
		answer := httptest.NewRecorder()
		if server.ServeHTTP(answer, r); answer.Code == http.StatusOK {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	})
}

// A run sees its own updates, whatever they set, by whatever call it looks, and whether or not the server answered them.
func TestUpdatesAreSeen(t *testing.T) {
	for name, handler := range map[string]func(http.Handler) http.Handler{"answered": asItIs, "204": withoutAnswers} {
		t.Run(name, func(t *testing.T) {
			d, api, _, pause := lagging(t, handler)
			ctx := t.Context()
			organization, err := api.Organizations.Create(ctx, rbac.OrganizationCreate{Name: "acme"})
			must(t, err)
			right, err := api.Rights.Create(ctx, rbac.RightCreate{Name: "restart"})
			must(t, err)
			role, err := api.Roles.Create(ctx, rbac.RoleCreate{Name: "operator"})
			must(t, err)
			group, err := api.Groups.Create(ctx, rbac.GroupCreate{Name: "admins"})
			must(t, err)
			ada, err := api.Users.Create(ctx, rbac.UserCreate{Username: "ada", Email: "ada@example.com", Password: "analytical engine"})
			must(t, err)
			pause(time.Minute)

			user, err := d.Users.Update(ctx, ada.ID, rbac.UserUpdate{FullName: client.Set("Ada"), Email: client.Set("Ada@Example.com")})
			must(t, err)
			wantText(t, user.FullName, "Ada")
			must(t, second(d.Users.List(ctx)))
			user, err = d.Users.Get(ctx, ada.ID)
			must(t, err)
			wantText(t, user.FullName+" "+user.Email, "Ada Ada@Example.com")

			must(t, second(d.Users.Update(ctx, ada.ID, rbac.UserUpdate{Groups: client.Set([]string{group.ID})})))
			must(t, second(d.Groups.Update(ctx, group.ID, rbac.GroupUpdate{Roles: client.Set([]string{role.ID})})))
			must(t, second(d.Roles.Update(ctx, role.ID, rbac.RoleUpdate{Rights: client.Set([]string{right.ID})})))
			holders, err := d.Holders(ctx, right.ID)
			must(t, err)
			wantText(t, holderTexts(holders.Active), "[ada by admins/operator]")
			must(t, second(d.Users.Update(ctx, ada.ID, rbac.UserUpdate{Groups: client.Set([]string{})})))
			members, err := d.Users.Members(ctx, group.ID)
			must(t, err)
			wantText(t, members, "[]")

			idp := &rbac.IDPConfig{Provider: "google", Domain: "example.com", ClientID: "id", AdditionalConfig: []byte(`{"a": [1, {"b": null}]}`)}
			changed, err := d.Organizations.Update(ctx, organization.ID, rbac.OrganizationUpdate{IDPConfig: client.Set(*idp)})
			must(t, err)
			wantText(t, changed.IDPConfig.Domain, "example.com")
		})
	}
}

// What has been seen once is not given up for a list from a replica that lags behind the one before.
func TestReadsAfterAReadStillShowTheUpdate(t *testing.T) {
	s := start(t, authserver.Config{})
	c := s.company()
	before, err := s.api.Users.List(t.Context())
	must(t, err)
	must(t, s.UserGroups.Add(t.Context(), c.grace.ID, c.admins))
	must(t, second(s.Users.Update(t.Context(), c.ada.ID, rbac.UserUpdate{FullName: client.Set("Ada")})))
	s.readAll(c)
	s.server.Inject(authserver.Fault{Method: "GET", Route: "/auth/users/", Status: 200, Body: asJSON(t, before), Times: 1})
	users, err := s.Users.List(t.Context())
	must(t, err)
	for _, user := range users {
		if user.ID == c.ada.ID && user.FullName != "Ada" || user.ID == c.grace.ID && len(user.Groups) != 1 {
			t.Errorf("the list has %+v", user)
		}
	}
}

// waits is a directory that counts its pauses.
func (s service) waits() (*directory.Directory, *int) {
	s.t.Helper()
	pauses := 0
	api, err := rbac.Connect(client.Config{BaseURL: s.url, APIKey: authservertest.APIKey, Sleep: func(context.Context, time.Duration) error {
		pauses++
		return nil
	}})
	must(s.t, err)
	return directory.New(api, directory.Shared), &pauses
}

// What somebody else has undone is waited for once, and then taken for the truth.
func TestChangesOfOthers(t *testing.T) {
	ctx := t.Context()
	for name, test := range map[string]struct {
		own, other func(s service, d *directory.Directory, c company) error
	}{
		"deletes a user that this run made": {
			func(_ service, d *directory.Directory, _ company) error {
				return second(d.Users.Create(ctx, rbac.UserCreate{Username: "zoe", Email: "zoe@example.com", Password: "analytical engine"}))
			},
			func(s service, _ *directory.Directory, _ company) error {
				users, err := s.api.Users.List(ctx)
				i := slices.IndexFunc(users, func(user rbac.User) bool { return user.Username == "zoe" })
				return errors.Join(err, s.api.Users.Delete(ctx, users[i].ID))
			},
		},
		"changes another field": {
			func(_ service, d *directory.Directory, c company) error {
				return second(d.Users.Update(ctx, c.ada.ID, rbac.UserUpdate{FullName: client.Set("Ada")}))
			},
			func(s service, _ *directory.Directory, c company) error {
				return second(s.api.Users.Update(ctx, c.ada.ID, rbac.UserUpdate{FullName: client.Set("Somebody")}))
			},
		},
		"changes the groups": {
			func(_ service, d *directory.Directory, c company) error {
				return second(d.Users.Update(ctx, c.grace.ID, rbac.UserUpdate{Groups: client.Set([]string{c.admins})}))
			},
			func(s service, _ *directory.Directory, c company) error {
				return s.api.Users.RemoveGroup(ctx, c.grace.ID, c.admins)
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, authserver.Config{})
			c := s.company()
			d, pauses := s.waits()
			must(t, test.own(s, d, c))
			must(t, test.other(s, d, c))
			must(t, second(d.Users.List(ctx)))
			if *pauses == 0 {
				t.Error("the run's own write was not waited for")
			}
			*pauses = 0
			must(t, d.UserGroups.Add(ctx, c.ada.ID, c.admins)) // so that there is another list
			must(t, second(d.Users.List(ctx)))
			if *pauses != 0 {
				t.Errorf("it was waited for once more: %d pauses", *pauses)
			}
		})
	}
}

// Own writes that follow one another, and that undo what came before, leave nothing to wait for.
func TestOwnWritesAreNotWaitedFor(t *testing.T) {
	ctx := t.Context()
	type write func(d *directory.Directory, c company) error
	groups := func(user func(c company) string, ids ...func(c company) string) write {
		return func(d *directory.Directory, c company) error {
			set := []string{}
			for _, id := range ids {
				set = append(set, id(c))
			}
			return second(d.Users.Update(ctx, user(c), rbac.UserUpdate{Groups: client.Set(set)}))
		}
	}
	grace, admins := func(c company) string { return c.grace.ID }, func(c company) string { return c.admins }
	add := func(d *directory.Directory, c company) error { return d.UserGroups.Add(ctx, c.grace.ID, c.admins) }
	take := func(d *directory.Directory, c company) error { return d.UserGroups.Remove(ctx, c.grace.ID, c.admins) }
	remove := func(d *directory.Directory, c company) error { return d.Groups.Delete(ctx, c.admins) }
	for name, writes := range map[string][]write{
		"an edge whose other end is deleted":  {add, remove},
		"a set with an end that is deleted":   {groups(grace, admins), remove},
		"an edge, and then the empty set":     {add, groups(grace)},
		"an edge taken, and then the set":     {take, groups(grace, admins)},
		"a set, and then an edge taken":       {groups(grace, admins), take},
		"an update of a user that is deleted": {groups(grace, admins), func(d *directory.Directory, c company) error { return d.Users.Delete(ctx, c.grace.ID) }},
		"two updates of the same field": {
			func(d *directory.Directory, c company) error {
				return second(d.Users.Update(ctx, c.ada.ID, rbac.UserUpdate{FullName: client.Set("Ada")}))
			},
			func(d *directory.Directory, c company) error {
				return second(d.Users.Update(ctx, c.ada.ID, rbac.UserUpdate{FullName: client.Set("")}))
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, authserver.Config{API: rbacserver.Behavior{DeleteCascades: true}})
			c := s.company()
			d, pauses := s.waits()
			for _, write := range writes {
				must(t, write(d, c))
			}
			s.Directory = d
			s.readAll(c)
			must(t, second(d.Users.List(ctx)))
			if *pauses != 0 {
				t.Errorf("there were %d pauses", *pauses)
			}
		})
	}
}

// An edge that an earlier run has written only moments ago is looked for again where a read has missed it.
func TestExpectedEdges(t *testing.T) {
	d, api, _, pause := lagging(t, asItIs)
	ctx := t.Context()
	group, err := api.Groups.Create(ctx, rbac.GroupCreate{Name: "admins"})
	must(t, err)
	ada, err := api.Users.Create(ctx, rbac.UserCreate{Username: "ada", Email: "ada@example.com", Password: "analytical engine"})
	must(t, err)
	pause(time.Minute)
	must(t, api.Users.AddGroup(ctx, ada.ID, group.ID))
	user, err := d.Users.Get(ctx, ada.ID)
	must(t, err)
	wantText(t, user.Groups, "[]")
	must(t, second(d.Users.List(ctx)))
	d.UserGroups.Expect(ada.ID, group.ID)
	user, err = d.Users.Get(ctx, ada.ID)
	must(t, err)
	wantText(t, user.Groups, fmt.Sprint([]string{group.ID}))
	members, err := d.Users.Members(ctx, group.ID)
	must(t, err)
	wantText(t, members, fmt.Sprint([]string{ada.ID}))
}

// That a username is taken says that the list from before is not the latest.
func TestListIsFreshAfterARefusedCreate(t *testing.T) {
	s := start(t, authserver.Config{})
	must(t, second(s.Users.List(t.Context())))
	ada := s.user("ada")
	_, err := s.Users.Create(t.Context(), rbac.UserCreate{Username: "ada", Email: "ada@example.com", Password: "analytical engine"})
	wantError(t, err, client.ErrConflict)
	user, err := s.Users.ByName(t.Context(), "ada")
	must(t, err)
	wantText(t, user.ID, ada.ID)
}

// A list that leaves the groups out does not say that an edge is missing.
func TestListWithoutGroupsIsNotWaitedFor(t *testing.T) {
	s := start(t, authserver.Config{})
	c := s.company()
	d, pauses := s.waits()
	must(t, d.UserGroups.Add(t.Context(), c.grace.ID, c.admins))
	must(t, second(d.Users.Update(t.Context(), c.ada.ID, rbac.UserUpdate{Groups: client.Set([]string{c.admins})})))
	s.server.Inject(authserver.Fault{Method: "GET", Route: "/auth/users/", Status: 200, Body: fmt.Sprintf(
		`[{"id": %q, "username": "ada"}, {"id": %q, "username": "grace"}]`, c.ada.ID, c.grace.ID)})
	must(t, second(d.Users.List(t.Context())))
	if *pauses != 0 {
		t.Errorf("there were %d pauses", *pauses)
	}
}

// What a server makes of an update is what reads are expected to show; where its answer leaves a list out, what it was sent.
func TestUpdatesThatTheServerSpells(t *testing.T) {
	ctx := t.Context()
	s := start(t, authserver.Config{API: rbacserver.Behavior{Case: rbacserver.CaseFoldStore}})
	c := s.company()
	d, pauses := s.waits()
	answer := func(method string, status int, body string) {
		s.server.Inject(authserver.Fault{Method: method, Route: "/auth/users/" + c.grace.ID, Status: status, Body: body, Times: 1})
	}

	// In small letters.
	must(t, second(d.Users.Update(ctx, c.ada.ID, rbac.UserUpdate{Email: client.Set("ADA@example.com")})))
	must(t, second(d.Users.List(ctx)))

	// Without the list, which another read brings, in another order.
	more := s.group("more")
	answer("PUT", 200, fmt.Sprintf(`{"id": %q, "username": "grace"}`, c.grace.ID))
	must(t, second(d.Users.Update(ctx, c.grace.ID, rbac.UserUpdate{Groups: client.Set([]string{c.admins, more})})))
	answer("GET", 200, fmt.Sprintf(`{"id": %q, "username": "grace", "groups": [%q, %q]}`, c.grace.ID, more, c.admins))
	user, err := d.Users.Get(ctx, c.grace.ID)
	must(t, err)
	wantText(t, user.Groups, fmt.Sprint([]string{more, c.admins}))

	// With another list.
	answer("PUT", 200, fmt.Sprintf(`{"id": %q, "username": "grace", "groups": [%q]}`, c.grace.ID, more))
	must(t, second(d.Users.Update(ctx, c.grace.ID, rbac.UserUpdate{Groups: client.Set([]string{c.admins})})))
	s.update(c.grace, rbac.UserUpdate{Groups: client.Set([]string{more}), FullName: client.Set("Grace")})
	must(t, second(d.Users.List(ctx)))
	if *pauses != 0 {
		t.Errorf("there were %d pauses", *pauses)
	}
}
