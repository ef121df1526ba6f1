package rbac_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/clienttest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

func TestNullsWhereAnIDMustBe(t *testing.T) {
	list := func(ctx context.Context, c *rbac.API) error { _, err := c.Users.List(ctx); return err }
	user := func(ctx context.Context, c *rbac.API) error { _, err := c.Users.Get(ctx, "a"); return err }
	group := func(ctx context.Context, c *rbac.API) error { _, err := c.Groups.Get(ctx, "a"); return err }
	role := func(ctx context.Context, c *rbac.API) error { _, err := c.Roles.Get(ctx, "a"); return err }
	for _, test := range []struct {
		body, want string
		do         func(context.Context, *rbac.API) error
	}{
		{`[null]`, "a user in the answer has no id", list},
		{`[{"id":"a"},{"username":"ada"}]`, "a user in the answer has no id", list},
		{`[{"id":null}]`, "a user in the answer has no id", list},
		{`[{"id":"a","groups":["g",null]}]`, "an id in a list is null or empty", list},
		{`{"id":"a","groups":[null]}`, "an id in a list is null or empty", user},
		{`{"id":"a","groups":[""]}`, "an id in a list is null or empty", user},
		{`{"id":"a","roles":[null]}`, "an id in a list is null or empty", group},
		{`{"id":"a","rights":["r",null]}`, "an id in a list is null or empty", role},
	} {
		r := clienttest.Serve(t, clienttest.SaysJSON(test.body))
		failure := clienttest.FailureOf(t, test.do(t.Context(), newCaller(t, r.URL)))
		if !strings.Contains(failure.Detail, test.want) || failure.Status != http.StatusOK {
			t.Errorf("%s: %d %q, want %q", test.body, failure.Status, failure.Detail, test.want)
		}
		r.Only(t)
	}
}

// What is left out is told from what is empty.
func TestListsThatAreLeftOut(t *testing.T) {
	for body, told := range map[string]bool{`{"id":"a"}`: false, `{"id":"a","rights":null}`: false, `{"id":"a","rights":[]}`: true} {
		role := clienttest.Must(newCaller(t, clienttest.Serve(t, clienttest.SaysJSON(body)).URL).Roles.Get(t.Context(), "a"))(t)
		clienttest.Equal(t, body, role.Rights != nil, told)
	}
}
