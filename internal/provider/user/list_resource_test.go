package user_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"
	"github.com/hashicorp/terraform-plugin-testing/querycheck/queryfilter"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// TestUserList lists users with the RBAC API.
func TestUserList(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, authserver.Config{})
	ctx := t.Context()
	organization, err := s.API.Organizations.Create(ctx, rbac.OrganizationCreate{Name: "acme"})
	acctest.Must(t, err)
	group, err := s.API.Groups.Create(ctx, rbac.GroupCreate{Name: "admins"})
	acctest.Must(t, err)
	for _, user := range []rbac.UserCreate{
		{Username: "zoe", Email: "zoe@example.org", OrganizationID: organization.ID},
		{Username: "ada", Email: "ada@example.com", Groups: []string{group.ID}, IsSuperuser: true},
		{Username: "mary", Email: "mary@example.com", Groups: []string{group.ID}},
	} {
		s.NewUser(t, user)
	}
	_, err = s.API.Users.Update(ctx, s.MustUser(t, "zoe").ID, rbac.UserUpdate{IsActive: client.Set(false)})
	acctest.Must(t, err)

	for name, test := range map[string]struct {
		config acctest.Fields
		want   []string
	}{
		"no config":      {nil, []string{"ada", "mary", "zoe"}},
		"empty config":   {acctest.Fields{}, []string{"ada", "mary", "zoe"}},
		"include self":   {acctest.Fields{"include_self": true}, []string{"ada", "admin", "mary", "zoe"}},
		"organization":   {acctest.Fields{"organization_id": organization.ID}, []string{"zoe"}},
		"group":          {acctest.Fields{"group_id": group.ID}, []string{"ada", "mary"}},
		"superusers":     {acctest.Fields{"is_superuser": true}, []string{"ada"}},
		"inactive":       {acctest.Fields{"is_active": false}, []string{"zoe"}},
		"username regex": {acctest.Fields{"username_regex": "^[am]"}, []string{"ada", "mary"}},
		"email regex":    {acctest.Fields{"email_regex": "org$"}, []string{"zoe"}},
		"inactive since": {acctest.Fields{"inactive_since": "2000-01-01T00:00:00Z"}, []string{"ada", "mary", "zoe"}},
		"usernames":      {acctest.Fields{"usernames": []any{"zoe", "MARY"}, "is_active": true}, []string{"mary"}},
		"nobody":         {acctest.Fields{"usernames": []any{}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := acctest.NewProtocol(t, s)
			all, diagnostics := p.List("kamiwaza_user", test.config, 0)
			p.NoErrors(diagnostics)
			if names := acctest.Names(all); !slices.Equal(names, test.want) {
				t.Errorf("the list has %q, want %q", names, test.want)
			}
			for _, listed := range all {
				if want := s.MustUser(t, listed.Name).ID; listed.Identity["id"] != want {
					t.Errorf("the identity of %s is %v, want %s", listed.Name, listed.Identity, want)
				}
			}
		})
	}

	p := acctest.NewProtocol(t, s)
	if _, diagnostics := p.List("kamiwaza_user", acctest.Fields{"usernames": []any{"ada", "hugo"}}, 0); !acctest.Says("Could not list users", `username "hugo"`).MatchString(acctest.Written(diagnostics)) {
		t.Errorf("a username that nobody has: %s", acctest.Written(diagnostics))
	}
	if _, diagnostics := p.List("kamiwaza_user", acctest.Fields{"role": "admin"}, 0); !acctest.Says("role is not available on this platform", "RBAC API").MatchString(acctest.Written(diagnostics)) {
		t.Errorf("a filter of the other API: %s", acctest.Written(diagnostics))
	}
}

// TestUserList_limit warns, before anything else, that a list is longer than its limit.
func TestUserList_limit(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, authserver.Config{})
	for i := range 5 {
		s.NewUser(t, rbac.UserCreate{Username: fmt.Sprintf("user%d", i), Email: "user@example.com"})
	}
	p := acctest.NewProtocol(t, s)
	all, diagnostics := p.List("kamiwaza_user", nil, 2)
	if warnings := p.Warnings(diagnostics); len(warnings) != 1 || !acctest.Says("Only 2 of 5 users are listed", "limit = 10000").MatchString(warnings[0]) {
		t.Errorf("the warnings are %q", warnings)
	}
	if names := acctest.Names(all); !slices.Equal(names, []string{"user0", "user1"}) {
		t.Errorf("the list has %q", names)
	}
	if _, diagnostics = p.List("kamiwaza_user", nil, 5); len(diagnostics) != 0 {
		t.Errorf("with room for all: %s", acctest.Written(diagnostics))
	}
}

// TestUserList_failure reports errors as results, and never as a shorter list.
func TestUserList_failure(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, authserver.Config{})
	s.NewUser(t, rbac.UserCreate{Username: "ada", Email: "ada@example.com"})
	s.Server.Inject(authserver.Fault{Method: "GET", Route: "/auth/users/", Status: 403, Body: `{"detail": "Only on weekdays"}`})
	all, diagnostics := acctest.NewProtocol(t, s).List("kamiwaza_user", nil, 0)
	if len(all) != 0 || !acctest.Says("Could not list users", "Only on weekdays").MatchString(acctest.Written(diagnostics)) {
		t.Errorf("the list has %q and says %s", acctest.Names(all), acctest.Written(diagnostics))
	}
}

// TestUserList_gateway lists users with the gateway API, which knows them by two ids.
func TestUserList_gateway(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{})
	s.User("ada", "admin")
	zoe := s.User("zoe")
	group := s.Send("POST", "/authz/groups/", map[string]any{"name": "analysts"}).ID()
	s.Send("POST", "/authz/groups/"+group+"/members", map[string]any{"user_id": s.SubjectID(t, "zoe")})
	p := acctest.NewProtocol(t, s)
	for name, test := range map[string]struct {
		config acctest.Fields
		want   []string
	}{
		"all":       {nil, []string{"ada", "zoe"}},
		"role":      {acctest.Fields{"role": "admin"}, []string{"ada"}},
		"group":     {acctest.Fields{"group_id": group}, []string{"zoe"}},
		"usernames": {acctest.Fields{"usernames": []any{"zoe"}}, []string{"zoe"}},
		"self":      {acctest.Fields{"role": "admin", "include_self": true}, []string{"ada", "admin"}},
	} {
		all, diagnostics := p.List("kamiwaza_user", test.config, 0)
		p.NoErrors(diagnostics)
		if names := acctest.Names(all); !slices.Equal(names, test.want) {
			t.Errorf("%s: the list has %q, want %q", name, names, test.want)
		}
		for _, listed := range all {
			if listed.Name == "zoe" && listed.Identity["id"] != zoe {
				t.Errorf("%s: the identity of zoe is %v, want %s", name, listed.Identity, zoe)
			}
		}
	}
	if _, diagnostics := p.List("kamiwaza_user", acctest.Fields{"inactive_since": "2000-01-01T00:00:00Z"}, 0); !acctest.Says("inactive_since is not available on this platform", "gateway API").MatchString(acctest.Written(diagnostics)) {
		t.Errorf("a filter of the other API: %s", acctest.Written(diagnostics))
	}
}

// TestAccUserList queries users with Terraform itself.
func TestAccUserList(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, authserver.Config{})
	ada := s.NewUser(t, rbac.UserCreate{Username: "ada", Email: "ada@example.com"})
	s.NewUser(t, rbac.UserCreate{Username: "zoe", Email: "zoe@example.com"})
	const address = "kamiwaza_user.all"
	isAda := queryfilter.ByResourceIdentity(map[string]knownvalue.Check{"id": knownvalue.StringExact(ada.ID)})
	resource.Test(t, resource.TestCase{
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_14_0)},
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{{
			Query: true,
			Config: s.Config(`
list "kamiwaza_user" "all" {
  provider         = kamiwaza
  include_resource = true
  config {
    email_regex = "@example.com$"
  }
}
`),
			QueryResultChecks: []querycheck.QueryResultCheck{
				querycheck.ExpectLength(address, 2),
				querycheck.ExpectIdentity(address, map[string]knownvalue.Check{"id": knownvalue.StringExact(ada.ID)}),
				querycheck.ExpectResourceDisplayName(address, isAda, knownvalue.StringExact("ada")),
				querycheck.ExpectResourceKnownValues(address, isAda, []querycheck.KnownValueCheck{
					{Path: tfjsonpath.New("email"), KnownValue: knownvalue.StringExact("ada@example.com")},
					{Path: tfjsonpath.New("password"), KnownValue: knownvalue.Null()},
				}),
			},
		}},
	})
}
