package client_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/clienttest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

func at(year int, month time.Month, day, hour, minute, second, nano int) client.Time {
	return client.Time{Time: time.Date(year, month, day, hour, minute, second, nano, time.UTC)}
}

func TestTimesAreReadInEveryForm(t *testing.T) {
	for text, want := range map[string]client.Time{
		`"2024-10-03T12:00:00.123456"`:       at(2024, 10, 3, 12, 0, 0, 123456000),
		`"2024-10-03T12:00:00"`:              at(2024, 10, 3, 12, 0, 0, 0),
		`"2024-10-03T12:00:00.1"`:            at(2024, 10, 3, 12, 0, 0, 100000000),
		`"2024-10-03T12:00:00.123456789"`:    at(2024, 10, 3, 12, 0, 0, 123456789),
		`"2024-10-03T12:00:00Z"`:             at(2024, 10, 3, 12, 0, 0, 0),
		`"2024-10-03T12:00:00.5Z"`:           at(2024, 10, 3, 12, 0, 0, 500000000),
		`"2024-10-03T12:00:00+02:00"`:        at(2024, 10, 3, 10, 0, 0, 0),
		`"2024-10-03T12:00:00.123456-05:30"`: at(2024, 10, 3, 17, 30, 0, 123456000),
		`"2024-10-03T00:30:00+01:00"`:        at(2024, 10, 2, 23, 30, 0, 0),
		`"2024-10-03 12:00:00.123456"`:       at(2024, 10, 3, 12, 0, 0, 123456000),
		`"2024-10-03 12:00:00"`:              at(2024, 10, 3, 12, 0, 0, 0),
		`"2024-10-03 12:00:00.123456+00:00"`: at(2024, 10, 3, 12, 0, 0, 123456000),
		`"2024-10-03 12:00:00.123456+00"`:    at(2024, 10, 3, 12, 0, 0, 123456000),
		`"2024-10-03 12:00:00-05"`:           at(2024, 10, 3, 17, 0, 0, 0),
		`"2024-10-03 12:00:00Z"`:             at(2024, 10, 3, 12, 0, 0, 0),
		`null`:                               {},
		`""`:                                 {},
	} {
		t.Run(text, func(t *testing.T) {
			r := clienttest.Serve(t, clienttest.SaysJSON(`{"id":"a","created_at":`+text+`}`))
			role := clienttest.Must(newCaller(t, r.URL).Roles.Get(t.Context(), "a"))(t)
			clienttest.Equal(t, "created", role.CreatedAt, want)
			clienttest.Equal(t, "zero", role.UpdatedAt.IsZero(), true) // it is missing
		})
	}
}

func TestMalformedTimesAreErrors(t *testing.T) {
	for text, detail := range map[string]string{
		`"yesterday"`:           `"yesterday" is not a time like 2024-10-03T12:00:00.123456`,
		`"2024-10-03"`:          `"2024-10-03" is not a time like 2024-10-03T12:00:00.123456`,
		`"2024-13-03T12:00:00"`: `"2024-13-03T12:00:00" is not a time like 2024-10-03T12:00:00.123456`,
		`1727956800`:            `cannot unmarshal number`,
		`{}`:                    `cannot unmarshal object`,
	} {
		t.Run(text, func(t *testing.T) {
			r := clienttest.Serve(t, clienttest.SaysJSON(`{"id":"a","created_at":`+text+`}`))
			_, err := newCaller(t, r.URL).Roles.Get(t.Context(), "a")
			failure := clienttest.FailureOf(t, err)
			if !strings.HasPrefix(failure.Detail, "the answer is not what this API documents: ") || !strings.Contains(failure.Detail, detail) {
				t.Errorf("detail %q, want %q", failure.Detail, detail)
			}
			clienttest.Equal(t, "status", failure.Status, http.StatusOK)
			r.Only(t)
		})
	}
}

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
			clienttest.Equal(t, "answer", clienttest.Must(test.get(t.Context(), newCaller(t, r.URL).API))(t), test.want)
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

// emptyAnswers are successes that bring nothing.
var emptyAnswers = map[string]http.HandlerFunc{
	"204":              clienttest.Says(http.StatusNoContent, "", ""),
	"200 without body": clienttest.Says(http.StatusOK, "application/json", ""),
	"200 with a space": clienttest.Says(http.StatusOK, "application/json", " \n"),
	"200 with null":    clienttest.Says(http.StatusOK, "application/json", "null"),
	"201 without body": clienttest.Says(http.StatusCreated, "", ""),
	"202 with null":    clienttest.Says(http.StatusAccepted, "application/json", " null\n"),
}

func TestEmptyAnswerOfAReadIsAnError(t *testing.T) {
	for name, answer := range emptyAnswers {
		t.Run(name, func(t *testing.T) {
			c := newCaller(t, clienttest.Serve(t, answer).URL)
			for _, call := range calls() {
				if call.method == http.MethodGet {
					clienttest.Equal(t, "detail", clienttest.FailureOf(t, call.do(t.Context(), c.API)).Detail, "the answer is empty")
				}
			}
			clienttest.Equal(t, "waits", len(c.Slept()), 0)
		})
	}
}

func TestEmptyAnswerOfACreateLeavesDoubt(t *testing.T) {
	for name, answer := range emptyAnswers {
		t.Run(name, func(t *testing.T) {
			for _, call := range calls() {
				if call.creates {
					r := clienttest.Serve(t, answer)
					clienttest.Equal(t, "detail", clienttest.FailureOf(t, call.do(t.Context(), newCaller(t, r.URL).API), client.ErrOutcomeUnknown).Detail, "the answer is empty")
					r.Only(t)
				}
			}
		})
	}
}

func TestEmptyAnswerOfAnUpdateIsReadUp(t *testing.T) {
	for name, answer := range emptyAnswers {
		t.Run(name, func(t *testing.T) {
			r := clienttest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPut {
					answer(w, r)
					return
				}
				clienttest.SaysJSON(`{"id":"a","name":"y"}`)(w, r)
			})
			c := newCaller(t, r.URL)
			role := clienttest.Must(c.Roles.Update(t.Context(), "a", rbac.RoleUpdate{Name: client.Set("y")}))(t)
			clienttest.Equal(t, "role", role, rbac.Role{ID: "a", Name: "y"})
			clienttest.EqualLines(t, "requests", r.Lines(), "PUT /auth/roles/a", "GET /auth/roles/a")
		})
	}
}

// Behind a load balancer, the server that is read from may not have the update yet.
func TestEmptyAnswerOfAnUpdateIsReadUntilItShows(t *testing.T) {
	const stale = `{"id":"a","name":"x","description":"old","roles":["r1"]}`
	for name, test := range map[string]struct {
		update rbac.GroupUpdate
		body   string // of the object once it shows the update
	}{
		"a text":        {rbac.GroupUpdate{Name: client.Set("y")}, `{"id":"a","name":"y","description":"old","roles":["r1"]}`},
		"no text":       {rbac.GroupUpdate{Description: client.Set("")}, `{"id":"a","name":"x","description":null,"roles":["r1"]}`},
		"null":          {rbac.GroupUpdate{Description: client.Null[string]()}, `{"id":"a","name":"x","roles":["r1"]}`},
		"a set":         {rbac.GroupUpdate{Roles: client.Set([]string{"r2", "r1"})}, `{"id":"a","name":"x","description":"old","roles":["r1","r2"]}`},
		"an empty set":  {rbac.GroupUpdate{Roles: client.Set[[]string](nil)}, `{"id":"a","name":"x","description":"old","roles":[]}`},
		"several":       {rbac.GroupUpdate{Name: client.Set("y"), Roles: client.Set([]string{"r2"})}, `{"id":"a","name":"y","description":"old","roles":["r2"]}`},
		"no difference": {rbac.GroupUpdate{Name: client.Set("x")}, stale},
	} {
		for _, staleReads := range []int{0, 1, 3} {
			t.Run(fmt.Sprint(name, " after ", staleReads), func(t *testing.T) {
				left := staleReads
				r := clienttest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
					switch {
					case r.Method == http.MethodPut:
						w.WriteHeader(http.StatusNoContent)
					case left > 0 && test.body != stale:
						left--
						clienttest.SaysJSON(stale)(w, r)
					default:
						clienttest.SaysJSON(test.body)(w, r)
					}
				})
				c := newCaller(t, r.URL)
				group := clienttest.Must(c.Groups.Update(t.Context(), "a", test.update))(t)
				var want rbac.Group
				clienttest.Succeed(t, json.Unmarshal([]byte(test.body), &want))
				clienttest.Equal(t, "group", group, want)
				waits := []time.Duration{100 * time.Millisecond, 200 * time.Millisecond, 400 * time.Millisecond}[:staleReads-left]
				clienttest.EqualLines(t, "waits", texts(c.Slept()), texts(waits)...)
			})
		}
	}
}

func texts(durations []time.Duration) []string {
	texts := make([]string, len(durations))
	for i, d := range durations {
		texts[i] = d.String()
	}
	return texts
}

func TestEmptyAnswerOfAnUpdateOfObjectsIsReadUntilItShows(t *testing.T) {
	config := rbac.IDPConfig{Provider: "okta", Domain: "d", ClientID: "c", AdditionalConfig: json.RawMessage(`{"scopes":["a","b"],"n":1.50}`)}
	bodies := []string{
		`{"id":"a","idp_config":null}`,
		`{"id":"a","idp_config":{"provider":"okta","domain":"d","client_id":"c","metadata_url":null,"additional_config":{"n":1.5}}}`,
		`{"id":"a","idp_config":{"provider":"okta","domain":"d","client_id":"c","metadata_url":null,"additional_config":{"scopes":["a","b"],"n":1.5,"x":0}}}`,
	}
	reads := 0
	r := clienttest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		clienttest.SaysJSON(bodies[reads])(w, r)
		reads++
	})
	c := newCaller(t, r.URL)
	organization := clienttest.Must(c.Organizations.Update(t.Context(), "a", rbac.OrganizationUpdate{IDPConfig: client.Set(config)}))(t)
	clienttest.Equal(t, "provider", organization.IDPConfig.Provider, "okta")
	clienttest.Equal(t, "reads", reads, 3)
}

// A server that writes another value than it was told is believed in the end.
func TestEmptyAnswerOfAnUpdateThatNeverShowsIsNotWaitedForForever(t *testing.T) {
	r := clienttest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		clienttest.SaysJSON(`{"id":"a","email":"ada@example.com"}`)(w, r)
	})
	c := newCaller(t, r.URL)
	user := clienttest.Must(c.Users.Update(t.Context(), "a", rbac.UserUpdate{Email: client.Set("Ada@example.com")}))(t)
	clienttest.Equal(t, "email", user.Email, "ada@example.com")
	var waited time.Duration
	for _, wait := range c.Slept() {
		waited += wait
	}
	clienttest.Equal(t, "waited", waited, 6300*time.Millisecond)
}

func TestReadAfterAnEmptyAnswerOfAnUpdateMayMissTheObject(t *testing.T) {
	reads := 0
	r := clienttest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		if reads++; reads == 2 {
			clienttest.SaysJSON(`{"id":"a","name":"y"}`)(w, r)
			return
		}
		clienttest.Says(http.StatusNotFound, "application/json", `{"detail":"No such role"}`)(w, r)
	})
	c := newCaller(t, r.URL)
	role := clienttest.Must(c.Roles.Update(t.Context(), "a", rbac.RoleUpdate{Name: client.Set("y")}))(t)
	clienttest.Equal(t, "name", role.Name, "y")
	_, err := c.Roles.Update(t.Context(), "a", rbac.RoleUpdate{Name: client.Set("z")})
	clienttest.Fails(t, err, client.ErrNotFound)
}

func TestAnyAnswerOfADeleteOrAnAssignmentWillDo(t *testing.T) {
	answers := map[string]http.HandlerFunc{
		"a message":     clienttest.SaysJSON(`{"message":"done"}`),
		"a text":        clienttest.Says(http.StatusOK, "text/plain", "done"),
		"201 with JSON": clienttest.Says(http.StatusCreated, "application/json", `{}`),
	}
	maps.Copy(answers, emptyAnswers)
	for name, answer := range answers {
		t.Run(name, func(t *testing.T) {
			c := newCaller(t, clienttest.Serve(t, answer).URL)
			for _, call := range calls() {
				if call.method == http.MethodDelete || strings.HasSuffix(call.path, "/b") {
					clienttest.Succeed(t, call.do(t.Context(), c.API))
				}
			}
		})
	}
}

func TestCreatedMayAnswer201(t *testing.T) {
	r := clienttest.Serve(t, clienttest.Says(http.StatusCreated, "application/json", `{"id":"a","name":"x"}`))
	clienttest.Equal(t, "right", clienttest.Must(newCaller(t, r.URL).Rights.Create(t.Context(), rbac.RightCreate{Name: "x"}))(t), rbac.Right{ID: "a", Name: "x"})
}

func TestFieldsOfUpdates(t *testing.T) {
	for want, field := range map[string]interface{ IsZero() bool }{
		`null`: client.Null[string](), `""`: client.Set(""), `"x"`: client.Set("x"), `false`: client.Set(false),
		`["a"]`: client.Set([]string{"a"}), `[]`: client.Set[[]string](nil),
	} {
		data, err := json.Marshal(field)
		clienttest.Succeed(t, err)
		clienttest.Equal(t, "JSON", string(data), want)
		clienttest.Equal(t, want+" is left out", field.IsZero(), false)
	}
	clienttest.Equal(t, "an absent field is left out", client.Field[string]{}.IsZero(), true)
	clienttest.Equal(t, "an update of nothing", clienttest.Must(json.Marshal(rbac.UserUpdate{}))(t), []byte("{}"))
}
