package rbac_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/clienttest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

func TestUnknownFieldsAreIgnoredAndMissingOnesTolerated(t *testing.T) {
	for name, test := range map[string]struct {
		body string
		want any
		get  func(context.Context, *rbac.API) (any, error)
	}{
		"a user of an id alone": {
			`{"id":"a"}`,
			rbac.User{ID: "a", IsActive: true},
			func(ctx context.Context, c *rbac.API) (any, error) { return c.Users.Get(ctx, "a") },
		},
		"a user of nulls": {
			`{"id":"a","username":null,"email":null,"full_name":null,"organization_id":null,"is_superuser":null,"external_id":null,
			  "is_active":null,"groups":null,"created_at":null,"updated_at":null,"last_login":null}`,
			rbac.User{ID: "a", IsActive: true},
			func(ctx context.Context, c *rbac.API) (any, error) { return c.Users.Get(ctx, "a") },
		},
		"a user with more": {
			`{"id":"a","username":"ada","is_active":false,"groups":["g"],"last_login":"2024-10-03T12:00:00","roles":[1],"plain":{},"x":null}`,
			rbac.User{ID: "a", Username: "ada", Groups: []string{"g"}, LastLogin: at(2024, 10, 3, 12, 0, 0, 0)},
			func(ctx context.Context, c *rbac.API) (any, error) { return c.Users.Get(ctx, "a") },
		},
		"an active user": {
			`{"id":"a","is_active":true}`,
			rbac.User{ID: "a", IsActive: true},
			func(ctx context.Context, c *rbac.API) (any, error) { return c.Users.Get(ctx, "a") },
		},
		"users": {
			`[{"id":"a","is_active":false},{"id":"b"}]`,
			[]rbac.User{{ID: "a"}, {ID: "b", IsActive: true}},
			func(ctx context.Context, c *rbac.API) (any, error) { return c.Users.List(ctx) },
		},
		"no users": {
			`[]`,
			[]rbac.User{},
			func(ctx context.Context, c *rbac.API) (any, error) { return c.Users.List(ctx) },
		},
		"a group": {
			`{"id":"a","name":"x","description":null,"roles":null,"members":3}`,
			rbac.Group{ID: "a", Name: "x"},
			func(ctx context.Context, c *rbac.API) (any, error) { return c.Groups.Get(ctx, "a") },
		},
		"a role": {
			`{"id":"a","rights":null}`,
			rbac.Role{ID: "a"},
			func(ctx context.Context, c *rbac.API) (any, error) { return c.Roles.Get(ctx, "a") },
		},
		"a right": {
			`{"id":"a","name":null,"scope":"x"}`,
			rbac.Right{ID: "a"},
			func(ctx context.Context, c *rbac.API) (any, error) { return c.Rights.Get(ctx, "a") },
		},
		"an organization": {
			`{"id":"a","idp_config":null,"plan":"x"}`,
			rbac.Organization{ID: "a"},
			func(ctx context.Context, c *rbac.API) (any, error) { return c.Organizations.Get(ctx, "a") },
		},
		"an organization with part of an identity provider": {
			`{"id":"a","idp_config":{"provider":"okta","metadata_url":null}}`,
			rbac.Organization{ID: "a", IDPConfig: &rbac.IDPConfig{Provider: "okta"}},
			func(ctx context.Context, c *rbac.API) (any, error) { return c.Organizations.Get(ctx, "a") },
		},
		"a subset of me": {
			`{"username":"ada"}`,
			rbac.User{Username: "ada", IsActive: true},
			func(ctx context.Context, c *rbac.API) (any, error) { return c.Users.Me(ctx) },
		},
		"permissions of nulls": {
			`{"user_id":"a","rights":null,"roles":null,"groups":null,"more":1}`,
			rbac.Permissions{UserID: "a"},
			func(ctx context.Context, c *rbac.API) (any, error) { return c.Users.MyPermissions(ctx) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := clienttest.Serve(t, clienttest.SaysJSON(test.body))
			clienttest.Equal(t, "answer", clienttest.Must(test.get(t.Context(), newCaller(t, r.URL)))(t), test.want)
		})
	}
}

// Whoever compares ids may rely on one spelling.
func TestIDsInCapitalsAreReadInLowerCase(t *testing.T) {
	const upper, lower = "6F1C2B9E-4D3A-4C55-9F0E-0A7D3F1B2C48", "6f1c2b9e-4d3a-4c55-9f0e-0a7d3f1b2c48"
	const another = "A-Name-That-Is-No-UUID"
	r := clienttest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		object := fmt.Sprintf(`{"id":%[1]q,"user_id":%[1]q,"organization_id":%[1]q,"groups":[%[1]q,%[2]q],"roles":[%[1]q,%[2]q],"rights":[%[1]q,%[2]q],
			"username":%[1]q,"name":%[1]q,"external_id":%[1]q}`, upper, another)
		if r.URL.Path == "/auth/users/" {
			object = "[" + object + "]"
		}
		clienttest.SaysJSON(object)(w, r)
	})
	c := newCaller(t, r.URL)
	ctx := t.Context()
	ids := client.IDs{lower, another}
	user := rbac.User{ID: lower, OrganizationID: lower, Groups: ids, Username: upper, ExternalID: upper, IsActive: true}
	for _, id := range []string{lower, upper} {
		clienttest.Equal(t, "user", clienttest.Must(c.Users.Get(ctx, id))(t), user)
		clienttest.Equal(t, "updated user", clienttest.Must(c.Users.Update(ctx, id, rbac.UserUpdate{IsActive: client.Set(true)}))(t), user)
		clienttest.Equal(t, "organization", clienttest.Must(c.Organizations.Get(ctx, id))(t), rbac.Organization{ID: lower, Name: upper})
		clienttest.Equal(t, "group", clienttest.Must(c.Groups.Get(ctx, id))(t), rbac.Group{ID: lower, Name: upper, Roles: ids})
		clienttest.Equal(t, "role", clienttest.Must(c.Roles.Get(ctx, id))(t), rbac.Role{ID: lower, Name: upper, Rights: ids})
		clienttest.Equal(t, "right", clienttest.Must(c.Rights.Get(ctx, id))(t), rbac.Right{ID: lower, Name: upper})
	}
	clienttest.Equal(t, "users", clienttest.Must(c.Users.List(ctx))(t), []rbac.User{user})
	clienttest.Equal(t, "created user", clienttest.Must(c.Users.Create(ctx, rbac.UserCreate{}))(t), user)
	clienttest.Equal(t, "me", clienttest.Must(c.Users.Me(ctx))(t), user)
	names := []string{upper, another}
	clienttest.Equal(t, "permissions", clienttest.Must(c.Users.MyPermissions(ctx))(t), rbac.Permissions{UserID: lower, Groups: names, Roles: names, Rights: names})

	_, err := newCaller(t, clienttest.Serve(t, clienttest.SaysJSON(`{"id":"A"}`)).URL).Roles.Get(ctx, "a")
	clienttest.Fails(t, err) // What is no UUID is compared as it is.
}

func TestAnswersOfOtherTypesAreErrors(t *testing.T) {
	for _, body := range []string{`{"id":1}`, `{"id":"a","groups":"g","roles":"r","rights":"x","idp_config":[]}`, `"a"`, `[]`, `{"id":"a"} x`, `true`} {
		r := clienttest.Serve(t, clienttest.SaysJSON(body))
		c := newCaller(t, r.URL)
		for name, get := range map[string]func() error{
			"user":         func() error { _, err := c.Users.Get(t.Context(), "a"); return err },
			"organization": func() error { _, err := c.Organizations.Get(t.Context(), "a"); return err },
			"group":        func() error { _, err := c.Groups.Get(t.Context(), "a"); return err },
			"role":         func() error { _, err := c.Roles.Get(t.Context(), "a"); return err },
		} {
			failure := clienttest.FailureOf(t, get())
			if !strings.HasPrefix(failure.Detail, "the answer is not what this API documents: ") {
				t.Errorf("%s of %s: %q", name, body, failure.Detail)
			}
		}
	}
}

func TestAnswerAboutAnotherObjectIsAnError(t *testing.T) {
	for body, id := range map[string]string{`{"id":"b","name":"x"}`: "b", `{"name":"x"}`: "", `{}`: ""} {
		r := clienttest.Serve(t, clienttest.SaysJSON(body))
		c := newCaller(t, r.URL)
		_, err := c.Roles.Get(t.Context(), "a")
		clienttest.Fails(t, err)
		clienttest.Equal(t, "text", err.Error(), fmt.Sprintf("GET /auth/roles/a answered 200 OK: the answer is about the role with id %q", id))
		_, err = c.Groups.Update(t.Context(), "a", rbac.GroupUpdate{Name: client.Set("x")})
		clienttest.Fails(t, err)
		clienttest.Equal(t, "text", err.Error(), fmt.Sprintf("PUT /auth/groups/a answered 200 OK: the answer is about the group with id %q", id))
	}
}
