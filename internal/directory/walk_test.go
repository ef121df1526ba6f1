package directory_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	rbacserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
)

func pathTexts(paths []directory.Path) string {
	texts := make([]string, len(paths))
	for i, path := range paths {
		texts[i] = path.Group.Name + "/" + path.Role.Name
	}
	return strings.Join(texts, " ")
}

func grantTexts(grants []directory.Grant) (texts []string) {
	for _, grant := range grants {
		texts = append(texts, fmt.Sprintf("%s by %s", grant.Right.Name, pathTexts(grant.Paths)))
	}
	return texts
}

func holderTexts(holders []directory.Holder) (texts []string) {
	for _, holder := range holders {
		texts = append(texts, fmt.Sprintf("%s by %s", holder.User.Username, pathTexts(holder.Paths)))
	}
	return texts
}

func TestAccess(t *testing.T) {
	s := start(t, authserver.Config{})
	restart, look, unused := s.right("restart"), s.right("look"), s.right("unused")
	operator, viewer, other := s.role("operator", restart, look), s.role("viewer", look), s.role("other", unused)
	staff, admins := s.group("staff", viewer), s.group("admins", viewer, operator)
	s.group("strangers", other)
	ada := s.user("ada", staff, admins, s.group("empty"))
	s.asked()

	grants, err := s.Access(t.Context(), ada)
	must(t, err)
	wantText(t, grantTexts(grants), "[look by admins/operator admins/viewer staff/viewer restart by admins/operator]")
	want := []string{
		"GET /auth/roles/" + operator, "GET /auth/roles/" + viewer,
		"GET /auth/rights/" + restart, "GET /auth/rights/" + look,
	}
	for _, group := range ada.Groups {
		want = append(want, "GET /auth/groups/"+group)
	}
	s.wantAsked(want...)
}

func TestAccess_sharedNames(t *testing.T) {
	s := start(t, authserver.Config{API: rbacserver.Behavior{DuplicateNames: true}})
	rights := []string{s.right("look"), s.right("look")}
	ada := s.user("ada", s.group("staff", s.role("viewer", rights[0])), s.group("staff", s.role("viewer", rights...)))
	first, err := s.Access(t.Context(), ada)
	must(t, err)
	if len(first) != 2 || first[0].Right.ID >= first[1].Right.ID {
		t.Fatalf("the grants are %v, want the two rights in the order of their ids", first)
	}
	for range 5 { // whatever order the answers come in
		again, err := s.Access(t.Context(), ada)
		must(t, err)
		wantText(t, again, fmt.Sprint(first))
	}
}

func TestAccess_inactive(t *testing.T) {
	s := start(t, authserver.Config{})
	ada := s.user("ada", s.group("admins", s.role("operator", s.right("restart"))))
	ada = s.update(ada, rbac.UserUpdate{IsActive: client.Set(false)})
	s.asked()
	grants, err := s.Access(t.Context(), ada)
	must(t, err)
	if len(grants) != 0 {
		t.Errorf("an inactive user has the grants %v", grants)
	}
	s.wantAsked()
}

// What is gone is skipped at each level, and what stands beside it is not.
func TestAccess_dangling(t *testing.T) {
	s := start(t, authserver.Config{})
	restart, look := s.right("restart"), s.right("look")
	operator, viewer := s.role("operator", restart, look), s.role("viewer", look)
	admins, staff := s.group("admins", operator), s.group("staff", viewer)
	ada := s.user("ada", admins, staff)
	for _, test := range []struct{ gone, want string }{
		{"/auth/groups/" + admins, "[look by staff/viewer]"},
		{"/auth/roles/" + operator, "[look by staff/viewer]"},
		{"/auth/rights/" + restart, "[look by admins/operator staff/viewer]"},
	} {
		s.server.Inject(authserver.Fault{Method: "GET", Route: test.gone, Status: 404, Body: `{"detail": "It was deleted"}`})
		grants, err := s.Access(t.Context(), ada)
		must(t, err)
		wantText(t, grantTexts(grants), test.want)
		s.server.ClearFaults()
	}
}

func TestAccess_errors(t *testing.T) {
	s := start(t, authserver.Config{})
	right := s.right("restart")
	role := s.role("operator", right)
	group := s.group("admins", role)
	ada := s.user("ada", group)
	for _, path := range []string{"/auth/groups/" + group, "/auth/roles/" + role, "/auth/rights/" + right} {
		for _, test := range []struct {
			status int
			detail string
			want   error
		}{
			{403, "Not enough permissions", client.ErrForbidden},
			{404, "Not Found", client.ErrUnsupported}, // the router's own, not the object's
		} {
			s.server.Inject(authserver.Fault{Method: "GET", Route: path, Status: test.status, Body: fmt.Sprintf(`{"detail": %q}`, test.detail)})
			grants, err := s.Access(t.Context(), ada)
			wantError(t, err, test.want, client.ErrNotFound)
			if grants != nil {
				t.Errorf("GET %s answered %d, and the grants are %v", path, test.status, grants)
			}
			s.server.ClearFaults()
		}
	}
}

// A refused login must not pass for objects that are gone.
func TestAccess_loginNotFound(t *testing.T) {
	s := start(t, authserver.Config{})
	ada := s.user("ada", s.group("admins"))
	s.server.Inject(authserver.Fault{Method: "POST", Route: "/auth/token", Status: 404, Body: `{"detail": "User not found"}`})
	c, err := rbac.Connect(client.Config{BaseURL: s.url, Username: authservertest.AdminUsername, Password: authservertest.AdminPassword})
	must(t, err)
	_, err = directory.New(c, directory.Shared).Access(t.Context(), ada)
	wantError(t, err, client.ErrLogin, client.ErrNotFound)
}

// The first error ends the walk, while another answer is still awaited.
func TestAccess_firstErrorCancels(t *testing.T) {
	s := start(t, authserver.Config{})
	refused, slow := s.group("refused"), s.group("slow")
	ada := s.user("ada", refused, slow)
	s.server.Inject(authserver.Fault{Method: "GET", Route: "/auth/groups/" + refused, Status: 403})
	_, release := s.hold("GET /auth/groups/" + slow)
	defer close(release)
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second) // lest it hang where it should fail
	defer stop()
	_, err := s.Access(ctx, ada)
	wantError(t, err, client.ErrForbidden)
	must(t, ctx.Err())
}

// All objects of one kind are asked for at the same time: no answer comes before all have been asked for.
func TestAccess_isConcurrent(t *testing.T) {
	s := start(t, authserver.Config{})
	var ids []string
	for i := range 5 {
		ids = append(ids, s.group(fmt.Sprint("group ", i)))
	}
	ada := s.user("ada", ids...)
	var arrived atomic.Int32
	all := make(chan struct{})
	meeting := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if int(arrived.Add(1)) == len(ids) {
			close(all)
		}
		select {
		case <-all:
			s.server.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(meeting.Close)
	c, err := rbac.Connect(client.Config{BaseURL: meeting.URL + "/api", APIKey: authservertest.APIKey, RequestTimeout: 20 * time.Second})
	must(t, err)
	_, err = directory.New(c, directory.Shared).Access(t.Context(), ada)
	must(t, err)
}

func TestHolders(t *testing.T) {
	s := start(t, authserver.Config{})
	restart, look := s.right("restart"), s.right("look")
	operator, deputy, viewer := s.role("operator", restart, look), s.role("deputy", restart), s.role("viewer", look)
	admins, staff, night := s.group("admins", operator, viewer), s.group("staff", viewer), s.group("night", deputy, operator)
	s.group("nobody's", operator)
	s.user("zoe", admins, night)
	s.user("ada", night, staff)
	s.user("charles", staff)
	s.update(s.user("mary", admins), rbac.UserUpdate{IsActive: client.Set(false)})
	s.update(s.user("retired"), rbac.UserUpdate{IsActive: client.Set(false), IsSuperuser: client.Set(true)})
	s.update(s.user("root", staff), rbac.UserUpdate{IsSuperuser: client.Set(true)})
	s.asked()

	holders, err := s.Holders(t.Context(), restart)
	must(t, err)
	wantText(t, holders.Right.Name, "restart")
	wantText(t, holderTexts(holders.Active), "[ada by night/deputy night/operator zoe by admins/operator night/deputy night/operator]")
	wantText(t, holderTexts(holders.Inactive), "[mary by admins/operator]")
	var superusers []string
	for _, user := range holders.Superusers {
		superusers = append(superusers, user.Username)
	}
	wantText(t, superusers, "[admin root]")
	s.wantAsked(
		"GET /auth/rights/"+restart, "GET /auth/users/",
		"GET /auth/groups/"+admins, "GET /auth/groups/"+staff, "GET /auth/groups/"+night,
		"GET /auth/roles/"+operator, "GET /auth/roles/"+deputy, "GET /auth/roles/"+viewer,
	)
}

func TestHolders_noSuchRight(t *testing.T) {
	s := start(t, authserver.Config{})
	s.asked()
	const none = "00000000-0000-4000-8000-000000000000"
	_, err := s.Holders(t.Context(), none)
	wantError(t, err, client.ErrNotFound)
	s.wantAsked("GET /auth/rights/" + none)
}

// A right that is there and a list or a group that is refused: an audit must not come out shorter for it.
func TestHolders_errors(t *testing.T) {
	s := start(t, authserver.Config{})
	right := s.right("restart")
	group := s.group("admins", s.role("operator", right))
	s.user("ada", group)
	for _, path := range []string{"/auth/users/", "/auth/groups/" + group} {
		s.server.Inject(authserver.Fault{Method: "GET", Route: path, Status: 403})
		_, err := s.Holders(t.Context(), right)
		wantError(t, err, client.ErrForbidden)
		s.server.ClearFaults()
	}
}

// An answer that leaves a list out does not say that the list is empty: an audit that took it so would miss holders.
func TestAudits_listLeftOut(t *testing.T) {
	s := start(t, authserver.Config{})
	right := s.right("restart")
	role := s.role("operator", right)
	group := s.group("admins", role)
	ada := s.user("ada", group)
	for name, test := range map[string]struct{ route, body, want string }{
		"the list's users": {
			"/auth/users/", fmt.Sprintf(`[{"id": %q, "username": "ada"}]`, ada.ID),
			fmt.Sprintf(`the server left out the list of groups from the user "ada" (%s)`, ada.ID),
		},
		"a user": {
			"/auth/users/{user_id}", fmt.Sprintf(`{"id": %q, "username": "ada", "groups": null}`, ada.ID),
			fmt.Sprintf(`the server left out the list of groups from the user "ada" (%s)`, ada.ID),
		},
		"a group": {
			"/auth/groups/{group_id}", fmt.Sprintf(`{"id": %q, "name": "admins"}`, group),
			fmt.Sprintf(`the server left out the list of roles from the group "admins" (%s)`, group),
		},
		"a role": {
			"/auth/roles/{role_id}", fmt.Sprintf(`{"id": %q, "name": "operator", "rights": null}`, role),
			fmt.Sprintf(`the server left out the list of rights from the role "operator" (%s)`, role),
		},
	} {
		t.Run(name, func(t *testing.T) {
			s.server.Inject(authserver.Fault{Method: "GET", Route: test.route, Status: 200, Body: test.body})
			defer s.server.ClearFaults()
			d := directory.New(s.api, directory.Shared)
			if test.route != "/auth/users/{user_id}" {
				holders, err := d.Holders(t.Context(), right)
				wantText(t, err, test.want)
				wantText(t, holders.Active, "[]")
			}
			if test.route != "/auth/users/" {
				user, err := d.Users.Get(t.Context(), ada.ID)
				must(t, err)
				grants, err := d.Access(t.Context(), user)
				wantText(t, err, test.want)
				wantText(t, grants, "[]")
			}
		})
	}
}

func TestCurrentPermissions_listLeftOut(t *testing.T) {
	s := start(t, authserver.Config{})
	for _, missing := range []string{"groups", "roles", "rights"} {
		body := map[string]any{"user_id": s.server.AdminID(), "groups": []string{}, "roles": []string{}, "rights": []string{}}
		delete(body, missing)
		s.server.Inject(authserver.Fault{Method: "GET", Route: "/auth/users/me/permissions", Status: 200, Body: asJSON(t, body)})
		_, err := s.CurrentPermissions(t.Context())
		wantText(t, err, "the server left out the list of "+missing+" from the permissions of the current user")
		s.server.ClearFaults()
	}
}
