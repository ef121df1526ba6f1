package gateway

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// DefaultTenant is the tenant of a platform that has only one.
const DefaultTenant = "__default__"

// Tuple says that a subject has a relation to an object. Tuples are compared with ==. Tenant is DefaultTenant where it is "".
type Tuple struct {
	Tenant, SubjectNamespace, SubjectID, Relation, ObjectNamespace, ObjectID string
}

// Subject is who has the relation.
func (t Tuple) Subject() Ref { return Ref{Namespace: t.SubjectNamespace, ID: t.SubjectID} }

// Object is what the relation is to.
func (t Tuple) Object() Ref { return Ref{Namespace: t.ObjectNamespace, ID: t.ObjectID} }

func (t Tuple) complete() bool {
	return t.Subject().complete() && t.Object().complete() && t.Relation != ""
}

// UnmarshalJSON reads a tuple of a list, whose names are other ones than those of a write.
func (t *Tuple) UnmarshalJSON(data []byte) error {
	var record struct {
		SubjectNamespace string `json:"subject_namespace"`
		SubjectID        string `json:"subject_id"`
		ResourceType     string `json:"resource_type"`
		ResourceID       string `json:"resource_id"`
		Relation         string `json:"relation"`
		TenantID         string `json:"tenant_id"`
	}
	err := json.Unmarshal(data, &record)
	*t = Tuple{
		Tenant: record.TenantID, SubjectNamespace: record.SubjectNamespace, SubjectID: record.SubjectID, Relation: record.Relation,
		ObjectNamespace: record.ResourceType, ObjectID: record.ResourceID,
	}
	return err
}

// tupleBody is a tuple as the API takes it. The relation is never left out: a delete would take them all.
type tupleBody struct {
	Subject  Ref    `json:"subject"`
	Relation string `json:"relation"`
	Object   Ref    `json:"object"`
	TenantID string `json:"tenant_id,omitempty"`
}

// Decision is what the platform says of one subject, relation and object.
type Decision struct {
	Allow bool
	// DecisionID is "" where the answer does not say, as that of a denial does not.
	DecisionID, Reason string
}

// Tuples is the part of the API about relationship tuples. Platforms before 0.9.3 do not list them. Where ReBAC is switched
// off, which is the default, its calls are client.ErrDisabled.
type Tuples struct{ client *client.Client }

// List returns the tuples of a tenant whose objects are of the namespace; of all namespaces where it is "".
func (t Tuples) List(ctx context.Context, tenant, objectNamespace string) ([]Tuple, error) {
	tenant = cmp.Or(tenant, DefaultTenant)
	query := url.Values{"tenant": {tenant}}
	if objectNamespace != "" {
		query.Set("object_namespace", objectNamespace)
	}
	tuples, err := listOf[Tuple](ctx, t.client, client.Request{Method: http.MethodGet, Path: "/auth/tuples/", Query: query}, "tuple")
	for i := range tuples {
		tuples[i].Tenant = cmp.Or(tuples[i].Tenant, tenant)
	}
	return slices.DeleteFunc(tuples, func(tuple Tuple) bool {
		return objectNamespace != "" && tuple.ObjectNamespace != objectNamespace // by a server that does not know the filter
	}), err
}

// Write makes the tuple so. That it was so already is no error. Nobody checks that subject and object exist.
func (t Tuples) Write(ctx context.Context, tuple Tuple) error {
	return t.change(ctx, http.MethodPost, tuple)
}

// Delete removes the tuple. Whether removing an absent one is an error is not documented.
func (t Tuples) Delete(ctx context.Context, tuple Tuple) error {
	return t.change(ctx, http.MethodDelete, tuple)
}

func (t Tuples) change(ctx context.Context, method string, tuple Tuple) error {
	r := client.Request{Method: method, Path: "/auth/tuples", JSON: tupleBody{
		Subject: tuple.Subject(), Relation: tuple.Relation, Object: tuple.Object(), TenantID: cmp.Or(tuple.Tenant, DefaultTenant),
	}}
	if !tuple.complete() {
		return client.NotSent(r, "the tuple is not complete")
	}
	_, err := client.Do[client.Nothing](ctx, t.client, r)
	return err
}

// Check asks whether the subject has the relation to the object. A denial is no error.
func (t Tuples) Check(ctx context.Context, subject Ref, relation string, object Ref) (Decision, error) {
	r := client.Request{Method: http.MethodPost, Path: "/auth/check", JSON: tupleBody{Subject: subject, Relation: relation, Object: object}}
	answer, err := client.Do[struct {
		Allow      *bool  `json:"allow"`
		DecisionID string `json:"decision_id"`
		Reason     string `json:"reason"`
	}](ctx, t.client, r)
	failure, failed := errors.AsType[*client.Error](err)
	switch {
	case failed && failure.Status == http.StatusForbidden && failure.Code == "access_denied":
		return Decision{Reason: failure.Code}, nil
	case err != nil:
		return Decision{}, err
	case answer.Allow == nil:
		return Decision{}, client.BadAnswer(r, "the answer does not say whether it is allowed")
	}
	return Decision{Allow: *answer.Allow, DecisionID: answer.DecisionID, Reason: answer.Reason}, nil
}
