package gateway_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/clienttest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
)

func TestUnusableAnswersAboutTheRest(t *testing.T) {
	subject := []string{
		``, `null`, `[]`, `{}`, `{"id":"b","username":"b","attributes":{}}`, `{"username":"a","attributes":{}}`, `{"id":"a","username":"a"}`,
		`{"id":"a","attributes":null}`, `{"id":"a","attributes":[]}`,
	}
	change := []string{`[]`, `{"idp_management_enabled":"no"}`, `{"alias":"b"}`, `{"provider":{"alias":"b"}}`, `{"provider":[]}`, `{"deleted":false,"alias":"a"}`}
	for name, bodies := range map[string][]string{
		"Mappings.Create":              {``, `null`, `{}`, `[]`},
		"Mappings.Get":                 {``, `null`, `{}`, `{"id":"b"}`},
		"Mappings.List":                {``, `null`, `{}`, `[null]`, `[{"issuer":"x"}]`},
		"Mappings.ListOf":              {``, `null`, `{}`, `[null]`},
		"IdentityProviders.List":       {``, `null`, `[]`, `{}`, `{"providers":null}`, `{"providers":[null]}`, `{"providers":[{"enabled":true}]}`, `{"providers":[{"alias":"a","enabled":"x"}]}`},
		"IdentityProviders.Register":   change,
		"IdentityProviders.Update":     change,
		"IdentityProviders.SetEnabled": change,
		"IdentityProviders.Delete":     change,
		"Subjects.Get":                 subject[:5],
		"Subjects.Put":                 subject,
		"Subjects.Delete":              {`[]`, `{"deleted":false}`, `{"deleted":"yes"}`},
		"Attributes.List":              {``, `null`, `[]`, `{}`, `{"attributes":null}`, `{"attributes":[null]}`, `{"attributes":[{"name":"a"}]}`, `{"attributes":[{"state":"declared"}]}`},
		"Attributes.Declare":           {``, `null`, `[]`, `{}`, `{"name":"b","state":"declared"}`, `{"name":"a"}`},
		"Attributes.Delete":            {``, `null`, `[]`, `{}`, `{"state":null}`},
		"Invitations.Create":           {``, `null`, `[]`, `{}`, `{"items":null}`, `{"items":[{}]}`},
	} {
		checkUnusable(t, name, bodies)
	}
}

func TestChangesOfIdentityProvidersThatDoNotTakeAreErrors(t *testing.T) {
	for _, call := range calls() {
		if !strings.HasPrefix(call.name, "IdentityProviders.") || call.method == http.MethodGet {
			continue
		}
		c, _ := asks(t, clienttest.SaysJSON(`{"status":"ok","deleted":true,"alias":"a","idp_management_enabled":false}`))
		failure := clienttest.FailureOf(t, call.do(t.Context(), c), client.ErrDisabled)
		clienttest.Equal(t, "code", failure.Code, client.CodeIDPManagementDisabled)
		for _, body := range []string{``, `{}`, `{"status":"ok","provider":{"alias":"a"},"idp_management_enabled":true}`, `{"deleted":true,"alias":"a"}`} {
			c, _ := asks(t, clienttest.SaysJSON(body))
			clienttest.Succeed(t, call.do(t.Context(), c))
		}
	}
}

func TestIdentityProvidersAreListed(t *testing.T) {
	c, _ := asks(t, clienttest.SaysJSON(`{"providers":[{"alias":"a","provider_id":"oidc","display_name":null,"enabled":false},{"alias":"b"}],"idp_management_enabled":false}`))
	clienttest.Equal(t, "list", clienttest.Must(c.IdentityProviders.List(t.Context()))(t), gateway.IdentityProviderList{
		Providers: []gateway.IdentityProvider{{Alias: "a", ProviderID: "oidc"}, {Alias: "b", Enabled: true}}, ManagementDisabled: true,
	})
	for _, body := range []string{`{"providers":[]}`, `{"providers":[],"idp_management_enabled":true}`, `{"providers":[],"idp_management_enabled":null}`} {
		c, _ = asks(t, clienttest.SaysJSON(body))
		clienttest.Equal(t, body, clienttest.Must(c.IdentityProviders.List(t.Context()))(t), gateway.IdentityProviderList{Providers: []gateway.IdentityProvider{}})
	}
}

func TestSecretsOfRequestsAreNotRepeated(t *testing.T) {
	for _, name := range []string{"IdentityProviders.Register", "IdentityProviders.Update", "Subjects.Put"} {
		for _, call := range calls() {
			if call.name != name {
				continue
			}
			for _, body := range []string{
				`{"detail":%q}`, `{"detail":{"message":%q}}`, `{"detail":[{"loc":["body"],"msg":%q}]}`, `%q`, `{"detail":[{"loc":["body"],"msg":"no","input":%q}]}`,
			} {
				c, _ := asks(t, func(w http.ResponseWriter, r *http.Request) {
					var sent map[string]any
					_ = json.NewDecoder(r.Body).Decode(&sent)
					clienttest.Says(http.StatusUnprocessableEntity, "application/json", fmt.Sprintf(body, fmt.Sprint("the body was ", sent)))(w, r)
				})
				if text := clienttest.FailureOf(t, call.do(t.Context(), c), client.ErrInvalid).Error(); strings.Contains(text, "'s secret") {
					t.Errorf("%s: %s", name, text)
				}
			}
		}
	}
}

func TestSubjectsAreReadAsTheyAre(t *testing.T) {
	moment := client.Time{Time: time.Date(2026, 8, 20, 9, 12, 44, 0, time.UTC)}
	c, _ := asks(t, clienttest.SaysJSON(`{"id":"S","username":"ada","attributes":{"team":"x","level":3,"all":["x","y"]},"grants":[{"object_namespace":"dataset","object_id":"d","relation":"viewer"}],"created_at":"2026-08-20T09:12:44"}`))
	want := gateway.KeycloakUser{
		ID: "S", Username: "ada", Attributes: gateway.Values{"team": "x", "level": json.Number("3"), "all": []any{"x", "y"}},
		Grants: []gateway.SubjectGrant{{ObjectNamespace: "dataset", ObjectID: "d", Relation: "viewer"}}, CreatedAt: moment,
	}
	for _, id := range []string{"S", "ada", "Ada"} {
		clienttest.Equal(t, id, clienttest.Must(c.Subjects.Get(t.Context(), id))(t), want)
	}
	_, err := c.Subjects.Get(t.Context(), "s")
	clienttest.Fails(t, err)
	clienttest.Succeed(t, c.Subjects.Delete(t.Context(), "S", false))

	for _, same := range [][2]any{{"x", []any{"x"}}, {"x", []string{"x"}}, {json.Number("3"), []any{json.Number("3")}}} {
		clienttest.Equal(t, "scalar", gateway.Scalar(same[1]), gateway.Scalar(same[0]))
	}
	clienttest.Equal(t, "two", gateway.Scalar([]any{"x", "y"}), any([]any{"x", "y"}))
	clienttest.Equal(t, "none", gateway.Scalar([]any{}), any([]any{}))
}

// Where ids can only go into the path, "by-id" is the name of a subject, who must be left alone.
func TestSubjectsThatNoPathTakesNeedAPlatformThatKnowsThem(t *testing.T) {
	for _, offered := range []bool{true, false} {
		c, r := asks(t, func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.URL.Path != "/openapi.json":
				_, _ = fmt.Fprintf(w, `{"id":"S","username":%q,"attributes":{},"deleted":true}`, r.URL.Query().Get("id"))
			case offered:
				_, _ = w.Write([]byte(`{"paths":{"/authz/subjects/by-id":{"get":{},"put":{},"delete":{}}}}`))
			default:
				_, _ = w.Write([]byte(`{"paths":{"/authz/subjects/{id_or_username}":{"get":{},"put":{},"delete":{}}}}`))
			}
		})
		want := []string{"GET /openapi.json"}
		for id, query := range map[string]string{"a/b": "a%2Fb", `a\b`: "a%5Cb", ".": ".", "..": "..", "by-id": "by-id"} {
			_, getErr := c.Subjects.Get(t.Context(), id)
			_, putErr := c.Subjects.Put(t.Context(), id, gateway.SubjectPut{})
			for _, err := range []error{getErr, putErr, c.Subjects.Delete(t.Context(), id, true)} {
				if offered {
					clienttest.Succeed(t, err)
				} else {
					clienttest.Fails(t, err, client.ErrUnsupported)
				}
			}
			if offered {
				by := " /authz/subjects/by-id?"
				want = append(want, "GET"+by+"id="+query, "PUT"+by+"id="+query, "DELETE"+by+"cascade=grants&id="+query)
			}
		}
		clienttest.EqualLines(t, "requests", r.Lines(), want...)
		asked := len(r.All())
		_, err := c.Subjects.Get(t.Context(), "")
		clienttest.Fails(t, err)
		clienttest.Fails(t, c.Subjects.Delete(t.Context(), "", false))
		clienttest.Equal(t, "requests", len(r.All()), asked)
	}
}

func TestAttributesAreDeclaredAndHeld(t *testing.T) {
	c, _ := asks(t, clienttest.SaysJSON(`{"attributes":[{"name":"team","type":"string","state":"deprecated","deprecated_at":null}],"schema_version":"v0.3.6"}`))
	clienttest.Equal(t, "listed", clienttest.Must(c.Attributes.List(t.Context()))(t), []gateway.Attribute{{Name: "team", Type: "string", State: gateway.AttributeDeprecated}})
	c, _ = asks(t, clienttest.SaysJSON(`{"state":"withdrawn","subjects_holding_value":2}`))
	clienttest.Equal(t, "deleted", clienttest.Must(c.Attributes.Delete(t.Context(), "team", true))(t), gateway.AttributeDeleted{State: gateway.AttributeWithdrawn, SubjectsHoldingValue: 2})

	c, r := asks(t, clienttest.Says(http.StatusConflict, "application/json", `{"detail":"2 subjects hold a value"}`))
	_, err := c.Attributes.Delete(t.Context(), "a/b", false)
	clienttest.Fails(t, err, client.ErrConflict)
	clienttest.Equal(t, "request", r.Only(t).Line(), "DELETE /cluster/attribute-schema/a%2Fb")
	c, _ = asks(t, clienttest.Says(http.StatusBadRequest, "application/json", `{"detail":"shape_change_on_declared"}`))
	_, err = c.Attributes.Declare(t.Context(), "a", gateway.AttributeDeclare{Type: "int"})
	clienttest.Fails(t, err, client.ErrAttributeDeclared)
}

// The server refuses fields that it does not know.
func TestInvitationsHaveNothingThatIsNotSet(t *testing.T) {
	c, r := asks(t, clienttest.SaysJSON(`{"items":[{"id":"i","invitee":"ada@example.com","groups":[],"surface_id":"use","status":"active"}]}`))
	made := clienttest.Must(c.Invitations.Create(t.Context(), gateway.InvitationCreate{Invitees: []string{"ada@example.com"}, SurfaceID: "use"}))(t)
	clienttest.Equal(t, "made", made, []gateway.Invitation{{ID: "i", Invitee: "ada@example.com", Groups: client.Texts{}, SurfaceID: "use", Status: "active"}})
	clienttest.Equal(t, "body", r.Only(t).Body, `{"invitees":["ada@example.com"],"room_scope":{"kind":"no_workroom"},"surface_id":"use"}`)
}
