package gateway_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/clienttest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
)

func getUser(ctx context.Context, c *gateway.API) (any, error)   { return c.Users.Get(ctx, "a") }
func listUsers(ctx context.Context, c *gateway.API) (any, error) { return c.Users.List(ctx) }
func getGroup(ctx context.Context, c *gateway.API) (any, error)  { return c.Groups.Get(ctx, "a") }
func members(ctx context.Context, c *gateway.API) (any, error)   { return c.Groups.Members(ctx, "a") }
func listPATs(ctx context.Context, c *gateway.API) (any, error)  { return c.PATs.List(ctx) }
func createPAT(ctx context.Context, c *gateway.API) (any, error) {
	return c.PATs.Create(ctx, gateway.PATCreate{})
}
func me(ctx context.Context, c *gateway.API) (any, error)      { return c.Me(ctx) }
func health(ctx context.Context, c *gateway.API) (any, error)  { return c.Health(ctx) }
func openAPI(ctx context.Context, c *gateway.API) (any, error) { return c.OpenAPI(ctx) }

func TestUnknownFieldsAreIgnoredAndMissingOnesTolerated(t *testing.T) {
	moment := client.Time{Time: time.Date(2026, 8, 20, 9, 12, 44, 120931000, time.UTC)}
	expires := int64(1787217164)
	no := false
	for name, test := range map[string]struct {
		body string
		want any
		do   func(context.Context, *gateway.API) (any, error)
	}{
		"a user of an id alone": {`{"id":"a"}`, gateway.User{ID: "a", Active: true}, getUser},
		"a user of nulls": {
			`{"id":"a","username":null,"email":null,"roles":null,"active":null,"deleted":null,"is_external":null,"external_id":null,"linked_subject_id":null,
			  "full_name":null,"name":null,"is_superuser":null,"created_at":null,"updated_at":null}`,
			gateway.User{ID: "a", Active: true},
			getUser,
		},
		"a user with more": {
			`{"id":"a","username":"ada","roles":[],"active":false,"external_id":"X-1","tenant":{"id":1},"created_at":"2026-08-20T09:12:44.120931","plain":[null]}`,
			gateway.User{ID: "a", Username: "ada", Roles: client.Texts{}, ExternalID: "X-1", CreatedAt: moment},
			getUser,
		},
		"a user of 0.9.3": {
			`{"id":"a","username":"ada","active":true,"deleted":false,"is_external":false,"external_id":"s"}`,
			gateway.User{ID: "a", Username: "ada", Active: true, ExternalID: "s"},
			getUser,
		},
		"a user in capitals": { // the platform's id is a UUID, the subject id is free text
			`[{"id":"6F0D0000-0000-4000-8000-00000000000A","linked_subject_id":"B41C0000-0000-4000-8000-00000000000A"}]`,
			[]gateway.User{{ID: "6f0d0000-0000-4000-8000-00000000000a", LinkedSubjectID: "B41C0000-0000-4000-8000-00000000000A", Active: true}},
			listUsers,
		},
		"no users":               {`[]`, []gateway.User{}, listUsers},
		"a group of an id alone": {`{"id":"a"}`, gateway.Group{ID: "a"}, getGroup},
		"a group": {
			`{"id":"a","name":"readers","description":null,"managed_by":"x","created_at":"2026-08-20T11:12:44.120931+02:00","members":[1]}`,
			gateway.Group{ID: "a", Name: "readers", ManagedBy: "x", CreatedAt: moment},
			getGroup,
		},
		"members":                 {`{"members":["B41C0000-0000-4000-8000-00000000000A","b"],"total":2}`, gateway.GroupMembers{GroupID: "a", Members: client.Texts{"B41C0000-0000-4000-8000-00000000000A", "b"}}, members},
		"no members":              {`{"members":[]}`, gateway.GroupMembers{GroupID: "a", Members: client.Texts{}}, members},
		"members that are null":   {`{"members":null}`, gateway.GroupMembers{GroupID: "a"}, members},
		"members that are absent": {`{}`, gateway.GroupMembers{GroupID: "a"}, members},
		"no tokens":               {`{"pats":[]}`, []gateway.PAT{}, listPATs},
		"a token of a jti alone":  {`{"pats":[{"jti":"j"}]}`, []gateway.PAT{{JTI: "j"}}, listPATs},
		"a token of 0.9.3": {
			`{"pats":[{"id":"i","jti":"j","owner_id":"s","name":null,"exp":1787217164,"ttl_seconds":60,"created_at":"2026-08-20 09:12:44.120931+00","revoked":null}]}`,
			[]gateway.PAT{{ID: "i", JTI: "j", OwnerID: "s", Expires: &expires, CreatedAt: moment}},
			listPATs,
		},
		"a new token":      {`{"token":"t","pat":{"jti":"j"},"more":1}`, gateway.PATCreated{Token: "t", PAT: gateway.PAT{JTI: "j"}}, createPAT},
		"me of a sub":      {`{"sub":"S"}`, gateway.UserInfo{SubjectID: "S"}, me},
		"me of nulls":      {`{"sub":null,"username":null,"email":null,"groups":null,"roles":null}`, gateway.UserInfo{}, me},
		"health":           {`{"status":"healthy","KAMIWAZA_USE_AUTH":false}`, gateway.Health{Status: "healthy", UsesAuth: &no}, health},
		"health of little": {`{"status":"healthy"}`, gateway.Health{Status: "healthy"}, health},
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := asks(t, clienttest.SaysJSON(test.body))
			clienttest.Equal(t, "value", clienttest.Must(test.do(t.Context(), c))(t), test.want)
		})
	}
}

func TestSubjectIDIsTheFirstThereIs(t *testing.T) {
	for want, user := range map[string]gateway.User{
		"linked":   {ID: "id", ExternalID: "external", LinkedSubjectID: "linked"},
		"external": {ID: "id", ExternalID: "external"},
		"id":       {ID: "id"},
	} {
		clienttest.Equal(t, "subject id", user.SubjectID(), want)
	}
}

func TestUnusableAnswersAreErrors(t *testing.T) {
	const undocumented = "the answer is not what this API documents: "
	for _, test := range []struct {
		body, want string
		do         func(context.Context, *gateway.API) (any, error)
	}{
		{``, "the answer is empty", getUser},
		{`null`, "the answer is empty", listUsers},
		{`null`, "the answer is empty", members},
		{`[]`, undocumented, getUser},
		{`{}`, undocumented, listUsers},
		{`ada`, undocumented, getUser},
		{`{}`, `the answer is about the user with id ""`, getUser},
		{`{"id":"b"}`, `the answer is about the user with id "b"`, getUser},
		{`{"id":["a"]}`, undocumented, getUser},
		{`{"id":"a","roles":"admin"}`, undocumented, getUser},
		{`{"id":"a","roles":["admin",null]}`, "a text in a list is null or empty", getUser},
		{`{"id":"a","roles":[{"name":"admin"}]}`, undocumented, getUser},
		{`{"id":"a","active":"yes"}`, undocumented, getUser},
		{`{"id":"a","created_at":"yesterday"}`, `"yesterday" is not a time`, getUser},
		{`[null]`, "a user in the answer has no id", listUsers},
		{`[{"id":"a"},{"username":"ada"}]`, "a user in the answer has no id", listUsers},
		{`{"id":"B"}`, `the answer is about the group with id "B"`, getGroup},
		{`[]`, undocumented, members},
		{`{"members":"ada"}`, undocumented, members},
		{`{"members":{"a":true}}`, undocumented, members},
		{`{"members":["ada",null]}`, "a text in a list is null or empty", members},
		{`{"members":[""]}`, "a text in a list is null or empty", members},
		{`{"members":[1]}`, undocumented, members},
		{`{}`, "the answer has no pats", listPATs},
		{`{"pats":null}`, "the answer has no pats", listPATs},
		{`{"pats":[{"id":"a"}]}`, "a token in the answer has no jti", listPATs},
		{`{"pats":[null]}`, "a token in the answer has no jti", listPATs},
		{`{"pats":[{"jti":"j","exp":"soon"}]}`, undocumented, listPATs},
		{`{"sub":1}`, undocumented, me},
		{`{"status":"healthy","KAMIWAZA_USE_AUTH":"false"}`, undocumented, health},
		{`{"paths":[]}`, undocumented, openAPI},
		{`{"paths":{"/auth/users/":[]}}`, undocumented, openAPI},
	} {
		c, r := asks(t, clienttest.SaysJSON(test.body))
		_, err := test.do(t.Context(), c)
		failure := clienttest.FailureOf(t, err)
		if !strings.Contains(failure.Detail, test.want) || failure.Status != http.StatusOK {
			t.Errorf("%s: %d %q, want %q", test.body, failure.Status, failure.Detail, test.want)
		}
		r.Only(t)
	}
}

// There may be a token, and no answer repeats it.
func TestUnusableAnswerOfANewTokenLeavesDoubt(t *testing.T) {
	for _, body := range []string{
		``, `null`, `{}`, `{"pat":{"jti":"j"}}`, `{"token":"the secret"}`, `{"token":"the secret","pat":{}}`, `{"token":"the secret","pat":[]}`,
		`{"token":"the secret","pat":{"jti":"j","created_at":"x"}}`, `{"token":["the secret"],"pat":{"jti":"j"}}`, `"the secret"`, `the secret`,
	} {
		c, r := asks(t, clienttest.SaysJSON(body))
		_, err := createPAT(t.Context(), c)
		failure := clienttest.FailureOf(t, err, client.ErrOutcomeUnknown)
		if strings.Contains(err.Error()+failure.Detail, "the secret") {
			t.Errorf("the token is in %v", err)
		}
		r.Only(t)
	}
}
