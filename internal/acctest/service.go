package acctest

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	rbacserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/serve"
)

// Factories make the provider for resource.TestCase; it does not pause before it repeats a request.
var Factories = map[string]func() (tfprotov6.ProviderServer, error){
	"kamiwaza": func() (tfprotov6.ProviderServer, error) { return serve.Server(NewImpatient()()), nil },
}

// Service is a development AuthService of a test's own.
type Service struct {
	*authservertest.Instance
	// API is a second client, which changes things behind Terraform's back.
	API *rbac.API
}

// Start starts a service with the given configuration; what that leaves open has defaults for tests.
func Start(t testing.TB, config authserver.Config) Service {
	t.Helper()
	instance := authservertest.Start(t, config)
	api, err := rbac.Connect(client.Config{BaseURL: instance.URL, APIKey: authservertest.APIKey})
	if err != nil {
		t.Fatal(err)
	}
	return Service{instance, api}
}

// Address is the base URL.
func (s Service) Address() string { return s.URL }

// Config is a configuration with a provider block that reaches the service.
func (s Service) Config(body string) string { return providerBlock(s.URL) + body }

func providerBlock(url string) string {
	return fmt.Sprintf(`
provider "kamiwaza" {
  base_url = %q
  username = %q
  password = %q
}
`, url, authservertest.AdminUsername, authservertest.AdminPassword)
}

// Count tells how many requests of a method and route the service has seen.
func (s Service) Count(method, route string) int { return count(s.Server.Requests(), method, route) }

func count(requests []authserver.Request, method, route string) (n int) {
	for _, request := range requests {
		if request.Method == method && request.Route == route {
			n++
		}
	}
	return n
}

// Put sends a PUT behind Terraform's back.
func (s Service) Put(t *testing.T, path, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, s.URL+path, strings.NewReader(body))
	Must(t, err)
	req.Header.Set("Authorization", "Bearer "+authservertest.APIKey)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	Must(t, err)
	Must(t, resp.Body.Close())
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("PUT %s: %s", path, resp.Status)
	}
}

// Company has one of each type.
const Company = `
resource "kamiwaza_organization" "acme" {
  name = "acme"
}
resource "kamiwaza_user" "ada" {
  username        = "ada"
  email           = "ada@example.com"
  password        = "correct horse"
  organization_id = kamiwaza_organization.acme.id
}
resource "kamiwaza_group" "admins" {
  name = "admins"
}
resource "kamiwaza_role" "operator" {
  name = "operator"
}
resource "kamiwaza_right" "restart" {
  name = "restart"
}
resource "kamiwaza_group_member" "ada" {
  group_id = kamiwaza_group.admins.id
  user_id  = kamiwaza_user.ada.id
}
resource "kamiwaza_group_role" "operator" {
  group_id = kamiwaza_group.admins.id
  role_id  = kamiwaza_role.operator.id
}
resource "kamiwaza_role_right" "restart" {
  role_id  = kamiwaza_role.operator.id
  right_id = kamiwaza_right.restart.id
}
`

// AuthserverDefaults is a service without any peculiarity.
var AuthserverDefaults = authserver.Config{}

// Objects are one object and one edge of each type, made without Terraform.
type Objects struct {
	Identities map[string]map[string]string // by type
	Names      map[string]string            // by type, for those that have one
}

// Seed makes Objects on the service.
func Seed(t *testing.T, s Service) Objects {
	t.Helper()
	ctx := t.Context()
	organization, err := s.API.Organizations.Create(ctx, rbac.OrganizationCreate{Name: "acme"})
	Must(t, err)
	right, err := s.API.Rights.Create(ctx, rbac.RightCreate{Name: "restart"})
	Must(t, err)
	role, err := s.API.Roles.Create(ctx, rbac.RoleCreate{Name: "operator", Rights: []string{right.ID}})
	Must(t, err)
	group, err := s.API.Groups.Create(ctx, rbac.GroupCreate{Name: "admins", Roles: []string{role.ID}})
	Must(t, err)
	user, err := s.API.Users.Create(ctx, rbac.UserCreate{
		Username: "ada", Email: "ada@example.com", Password: "analytical engine", OrganizationID: organization.ID, Groups: []string{group.ID},
	})
	Must(t, err)
	return Objects{
		Identities: map[string]map[string]string{
			"kamiwaza_organization": {"id": organization.ID},
			"kamiwaza_user":         {"id": user.ID},
			"kamiwaza_group":        {"id": group.ID},
			"kamiwaza_role":         {"id": role.ID},
			"kamiwaza_right":        {"id": right.ID},
			"kamiwaza_group_member": {"group_id": group.ID, "user_id": user.ID},
			"kamiwaza_group_role":   {"group_id": group.ID, "role_id": role.ID},
			"kamiwaza_role_right":   {"role_id": role.ID, "right_id": right.ID},

			"kamiwaza_group_members": {"group_id": group.ID},
			"kamiwaza_user_groups":   {"user_id": user.ID},
			"kamiwaza_group_roles":   {"group_id": group.ID},
			"kamiwaza_role_rights":   {"role_id": role.ID},
		},
		Names: map[string]string{
			"kamiwaza_organization": "acme", "kamiwaza_user": "ada", "kamiwaza_group": "admins", "kamiwaza_role": "operator", "kamiwaza_right": "restart",
		},
	}
}

// Clear deletes everything but the administrator.
func (s Service) Clear(t *testing.T) {
	t.Helper()
	data := s.Server.Snapshot()
	for _, user := range data.Users {
		if user.ID != s.Server.AdminID() {
			Must(t, s.API.Users.Delete(t.Context(), user.ID))
		}
	}
	for _, group := range data.Groups {
		Must(t, s.API.Groups.Delete(t.Context(), group.ID))
	}
	for _, role := range data.Roles {
		Must(t, s.API.Roles.Delete(t.Context(), role.ID))
	}
	for _, right := range data.Rights {
		Must(t, s.API.Rights.Delete(t.Context(), right.ID))
	}
	for _, organization := range data.Organizations {
		Must(t, s.API.Organizations.Delete(t.Context(), organization.ID))
	}
}

// Asked counts the requests since the last call, by method and route.
func (s Service) Asked() map[string]int {
	counts := map[string]int{}
	for _, request := range s.Server.Requests() {
		counts[request.Method+" "+cmp.Or(request.Route, request.Path)]++
	}
	s.Server.ResetRequests()
	return counts
}

// IsDetection tells the requests that find out which API the platform has; both are answered 404.
func IsDetection(request authserver.Request) bool {
	return request.Path == "/api/auth/health" || request.Path == "/api/auth/organizations/00000000-0000-0000-0000-000000000000"
}

// WantCounts compares the requests of one run. The two that find out which API the platform has come with every run.
func WantCounts(t *testing.T, got, want map[string]int) {
	t.Helper()
	want = maps.Clone(want)
	want["GET /api/auth/health"]++
	want["GET /auth/organizations/{org_id}"]++
	if !maps.Equal(got, want) {
		t.Errorf("the requests were\n  %v\nwant\n  %v", got, want)
	}
}

// Edges counts the assignments of a relation that the server has.
func (s Service) Edges(relation string) (n int) {
	data := s.Server.Snapshot()
	switch relation {
	case "group_member":
		for _, user := range data.Users {
			n += len(user.Groups)
		}
	case "group_role":
		for _, group := range data.Groups {
			n += len(group.Roles)
		}
	case "role_right":
		for _, role := range data.Roles {
			n += len(role.Rights)
		}
	}
	return n
}

// Population counts the users, organizations, groups, roles and rights on the server.
func Population(s Service) [5]int {
	data := s.Server.Snapshot()
	return [5]int{len(data.Users), len(data.Organizations), len(data.Groups), len(data.Roles), len(data.Rights)}
}

// User finds a user in the server's own data.
func (s Service) User(username string) (rbacserver.User, bool) {
	for _, user := range s.Server.Snapshot().Users {
		if user.Username == username {
			return user, true
		}
	}
	return rbacserver.User{}, false
}

// MustUser returns the user with the name as the service holds it, and fails if there is none.
func (s Service) MustUser(t *testing.T, username string) rbacserver.User {
	t.Helper()
	user, ok := s.User(username)
	if !ok {
		t.Fatalf("the server has no user %q", username)
	}
	return user
}

// CanLogIn tells whether the service accepts the password.
func (s Service) CanLogIn(t *testing.T, username, password string) bool {
	t.Helper()
	_, err := s.API.Login(t.Context(), client.Login{Username: username, Password: password})
	return err == nil
}

// Population is how many users, organizations, groups, roles and rights there are.
func (s Service) Population() string { return fmt.Sprint(Population(s)) }
