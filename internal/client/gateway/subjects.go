package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

const (
	subjects = "/authz/subjects/"
	// subjectByID takes an id that a path cannot, in the query.
	subjectByID = subjects + "by-id"
)

// KeycloakUser is a subject: a user in Keycloak, with attributes. It may be the same person as a local user.
type KeycloakUser struct {
	ID       string `json:"id"`
	Username string `json:"username"`
	// Attributes are as the server has them, which answers a list of one as its only element: see Scalar.
	Attributes Values         `json:"attributes"`
	Grants     []SubjectGrant `json:"grants"`
	CreatedAt  client.Time    `json:"created_at"`
	UpdatedAt  client.Time    `json:"updated_at"`
}

// SubjectGrant is what a subject was granted.
type SubjectGrant struct {
	ObjectNamespace string `json:"object_namespace"`
	ObjectID        string `json:"object_id"`
	Relation        string `json:"relation"`
}

// EntityID returns ID.
func (u KeycloakUser) EntityID() string { return u.ID }

// SubjectPut is how a subject is to be.
type SubjectPut struct {
	// Attributes are all of them; each must be declared.
	Attributes map[string]any
	// Password stays as it is where this is "".
	Password string
}

// MarshalJSON writes the body, in which attributes are needed.
func (s SubjectPut) MarshalJSON() ([]byte, error) {
	body := map[string]any{"attributes": s.Attributes}
	if s.Attributes == nil {
		body["attributes"] = map[string]any{}
	}
	if s.Password != "" {
		body["password"] = s.Password
	}
	return json.Marshal(body)
}

// Secrets are those in the body.
func (s SubjectPut) Secrets() []string { return []string{s.Password} }

// Scalar returns the only element of a list of one, and anything else as it is.
func Scalar(value any) any {
	switch list := value.(type) {
	case []any:
		if len(list) == 1 {
			return list[0]
		}
	case []string:
		if len(list) == 1 {
			return list[0]
		}
	}
	return value
}

// Subjects is the part of the API about Keycloak users with attributes. Platforms before 1.0 do not offer it.
type Subjects struct {
	client *client.Client
	offers *offers
}

// Get returns the subject with the id or the username.
func (s Subjects) Get(ctx context.Context, id string) (KeycloakUser, error) {
	r, err := s.request(ctx, http.MethodGet, id)
	if err != nil {
		return KeycloakUser{}, err
	}
	return about(r, id)(client.Do[KeycloakUser](ctx, s.client, r))
}

// Put makes the subject with the id or the username as it is to be, also one that is there already: look first. An attribute
// that is not declared is client.ErrAttributeUndeclared.
func (s Subjects) Put(ctx context.Context, id string, body SubjectPut) (KeycloakUser, error) {
	r, err := s.request(ctx, http.MethodPut, id)
	if err != nil {
		return KeycloakUser{}, err
	}
	r.JSON, r.Secrets = body, body.Secrets()
	return about(r, id)(client.Do[KeycloakUser](ctx, s.client, r))
}

// Delete removes the subject, and with cascadeGrants what it was granted. A read may find it still for some seconds.
func (s Subjects) Delete(ctx context.Context, id string, cascadeGrants bool) error {
	r, err := s.request(ctx, http.MethodDelete, id)
	if err != nil {
		return err
	}
	if cascadeGrants {
		if r.Query == nil {
			r.Query = url.Values{}
		}
		r.Query.Set("cascade", "grants")
	}
	answer, err := client.Do[struct {
		Deleted *bool `json:"deleted"`
	}](ctx, s.client, r)
	switch {
	case errors.Is(err, client.ErrEmpty):
		return nil
	case err == nil && answer.Deleted != nil && !*answer.Deleted:
		return client.BadAnswer(r, "the answer says that the subject was not deleted")
	}
	return err
}

// request returns a request about the subject. Platforms before 1.2 take ids in the path alone, and there the path of the
// others is that of a subject called "by-id", who must not be taken for the one that is meant.
func (s Subjects) request(ctx context.Context, method, id string) (client.Request, error) {
	r := client.Request{Method: method, Path: subjects + client.Segment(id)}
	if !strings.ContainsAny(id, `/\`) && id != "." && id != ".." && id != "by-id" && id != "" {
		return r, nil
	}
	r = client.Request{Method: method, Path: subjectByID, Query: url.Values{"id": {id}}}
	if id == "" {
		return r, client.NotSent(r, "the subject has no id")
	}
	offered, err := s.offers.ask(ctx, s.client, method, subjectByID)
	if err == nil && !offered {
		err = client.Unsupported(r, fmt.Sprintf("this platform takes no subject whose id is like %q; platform 1.2 and later do", client.Shorten(id)))
	}
	return r, err
}

// about refuses an answer about another subject.
func about(r client.Request, id string) func(KeycloakUser, error) (KeycloakUser, error) {
	return func(user KeycloakUser, err error) (KeycloakUser, error) {
		switch {
		case err != nil:
			return KeycloakUser{}, err
		case user.ID == "":
			return KeycloakUser{}, client.BadAnswer(r, "the answer has no id")
		case user.ID != id && !strings.EqualFold(user.Username, id): // which Keycloak writes in lower case
			return KeycloakUser{}, client.BadAnswer(r, fmt.Sprintf("the answer is about the subject %q", client.Shorten(user.Username)))
		case user.Attributes == nil:
			return KeycloakUser{}, client.BadAnswer(r, "the answer has no attributes")
		}
		return user, nil
	}
}

// offers asks a platform once for the calls that it has.
type offers struct {
	mu       sync.Mutex
	document *OpenAPI
}

func (o *offers) ask(ctx context.Context, c *client.Client, method, path string) (bool, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.document == nil {
		document, err := (&API{Client: c}).OpenAPI(ctx)
		if err != nil {
			return false, err
		}
		o.document = &document
	}
	return o.document.Offers(method, path), nil
}
