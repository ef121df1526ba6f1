package client_test

import (
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
