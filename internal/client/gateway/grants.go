package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// Grant is a direct grant on one object. Relation and Subject tell it from the others.
type Grant struct {
	ID        string      `json:"grant_id"`
	Relation  string      `json:"relation"`
	Subject   Ref         `json:"subject"`
	CreatedAt client.Time `json:"created_at"`
	UpdatedAt client.Time `json:"updated_at"`
}

func (g Grant) complete() bool { return g.Subject.complete() && g.Relation != "" }

// Access is who can do something with one object.
type Access struct {
	// Effective is false where the platform tells of direct grants alone: the rows are not all who can.
	Effective  bool
	Source     string
	Permission string
	Rows       []AccessRow
}

// AccessRow is one subject that can.
type AccessRow struct {
	Subject     Ref    `json:"subject"`
	DisplayName string `json:"display_name"`
	Relation    string `json:"relation"`
	Permission  string `json:"permission"`
	Source      string `json:"source"`
	Effective   bool   `json:"effective"`
}

func (r AccessRow) complete() bool { return r.Subject.complete() }

// Resources are the objects that one subject can do something with.
type Resources struct {
	// Effective is false where the platform tells of direct grants alone: the ids are not all that it can.
	Effective  bool
	Source     string
	Namespace  string
	Permission string
	SubjectID  string
	IDs        []string
}

// Grants is the part of the API about grants on single objects. Platforms before 1.2 do not offer it. Its calls are made in
// the caller's tenant.
type Grants struct{ client *client.Client }

// grantsOf is the path of what the API has of an object.
func grantsOf(object Ref, what string) string {
	return "/authz/resources/" + client.Segment(object.Namespace) + "/" + what
}

// List returns the direct grants on the object.
func (g Grants) List(ctx context.Context, object Ref) ([]Grant, error) {
	return listOf[Grant](ctx, g.client, client.Request{
		Method: http.MethodGet, Path: grantsOf(object, "grants"), Query: url.Values{"object_id": {object.ID}},
	}, "grant")
}

// Create gives the subject the relation to the object. Whether doing so twice is an error is not documented.
func (g Grants) Create(ctx context.Context, object, subject Ref, relation string) error {
	_, err := client.Do[client.Nothing](ctx, g.client, client.Request{
		Method: http.MethodPost, Path: grantsOf(object, "grants"),
		JSON: map[string]any{"object_id": object.ID, "subject": subject, "relation": relation},
	})
	return err
}

// Delete takes the relation to the object from the subject. Whether removing an absent one is an error is not documented.
func (g Grants) Delete(ctx context.Context, object, subject Ref, relation string) error {
	r := client.Request{Method: http.MethodDelete, Path: grantsOf(object, "grants"), Query: url.Values{
		"object_id": {object.ID}, "subject_namespace": {subject.Namespace}, "subject_id": {subject.ID}, "relation": {relation},
	}}
	if !object.complete() || !subject.complete() || relation == "" {
		return client.NotSent(r, "the grant is not complete")
	}
	_, err := client.Do[client.Nothing](ctx, g.client, r)
	return err
}

// Capability tells whether the caller may grant on the object.
func (g Grants) Capability(ctx context.Context, object Ref) (canGrant bool, err error) {
	r := client.Request{Method: http.MethodGet, Path: grantsOf(object, "grant-capability"), Query: url.Values{"object_id": {object.ID}}}
	answer, err := client.Do[struct {
		CanGrant *bool `json:"can_grant"`
	}](ctx, g.client, r)
	switch {
	case err != nil:
		return false, err
	case answer.CanGrant == nil:
		return false, client.BadAnswer(r, "the answer does not say whether the caller may grant")
	}
	return *answer.CanGrant, nil
}

// accessLimit is how many rows a page of an access query has by default; the most that is allowed is not documented.
const accessLimit = 200

// WhoCanAccess returns who has the permission on the object; the server chooses the permission where it is "".
func (g Grants) WhoCanAccess(ctx context.Context, object Ref, permission string) (Access, error) {
	access := Access{Effective: true}
	rows, err := allPages(ctx,
		func(offset int) client.Request {
			return accessQuery(grantsOf(object, "access"), url.Values{"object_id": {object.ID}}, permission, offset)
		},
		func(ctx context.Context, r client.Request) (page[AccessRow], error) {
			answer, err := client.Do[struct {
				Effective  bool        `json:"effective"`
				Source     string      `json:"source"`
				Permission string      `json:"permission"`
				Limit      int         `json:"limit"`
				Rows       []AccessRow `json:"rows"`
			}](ctx, g.client, r)
			if err == nil {
				answer.Rows, err = checkRows(answer.Rows, r, "row")
			}
			access.Effective = access.Effective && answer.Effective
			access.Source, access.Permission = answer.Source, answer.Permission
			return page[AccessRow]{answer.Rows, answer.Limit}, err
		},
		func(row AccessRow) AccessRow { return row })
	if err != nil {
		return Access{}, err
	}
	access.Rows = rows
	return access, nil
}

// AccessibleResources returns the objects of the namespace on which the user with the subject id has the permission. The
// server chooses the permission where it is "", and the user, who is presumably the caller.
func (g Grants) AccessibleResources(ctx context.Context, namespace, subjectID, permission string) (Resources, error) {
	resources := Resources{Effective: true}
	ids, err := allPages(ctx,
		func(offset int) client.Request {
			query := url.Values{"namespace": {namespace}}
			if subjectID != "" {
				query.Set("subject_id", subjectID)
			}
			return accessQuery("/authz/access/resources", query, permission, offset)
		},
		func(ctx context.Context, r client.Request) (page[string], error) {
			answer, err := client.Do[struct {
				Effective  bool         `json:"effective"`
				Source     string       `json:"source"`
				Namespace  string       `json:"namespace"`
				Permission string       `json:"permission"`
				SubjectID  string       `json:"subject_id"`
				Limit      int          `json:"limit"`
				IDs        client.Texts `json:"resource_ids"`
			}](ctx, g.client, r)
			switch {
			case err != nil:
			case answer.IDs == nil:
				err = client.BadAnswer(r, "the answer has no resource_ids")
			case subjectID != "" && answer.SubjectID != "" && answer.SubjectID != subjectID:
				err = client.BadAnswer(r, "the answer is about another subject")
			}
			resources.Effective = resources.Effective && answer.Effective
			resources.Source, resources.Namespace, resources.Permission, resources.SubjectID = answer.Source, answer.Namespace, answer.Permission, answer.SubjectID
			return page[string]{answer.IDs, answer.Limit}, err
		},
		func(id string) string { return id })
	if err != nil {
		return Resources{}, err
	}
	resources.IDs = ids
	return resources, nil
}

func accessQuery(path string, query url.Values, permission string, offset int) client.Request {
	if permission != "" {
		query.Set("permission", permission)
	}
	query.Set("limit", strconv.Itoa(accessLimit))
	query.Set("offset", strconv.Itoa(offset))
	return client.Request{Method: http.MethodGet, Path: path, Query: query}
}

// Policy returns the platform's authorization policy, whose form is not documented.
func (g Grants) Policy(ctx context.Context) (json.RawMessage, error) {
	r := client.Request{Method: http.MethodGet, Path: "/authz/policy"}
	policy, err := client.Do[json.RawMessage](ctx, g.client, r)
	if err == nil && !bytes.HasPrefix(policy, []byte("{")) {
		return nil, client.BadAnswer(r, "the answer is no object")
	}
	return policy, err
}
