package gateway

import (
	"net/http"
	"slices"
	"strings"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// Tuple is a relationship tuple as the API lists it.
type Tuple struct {
	SubjectNamespace string `json:"subject_namespace"`
	SubjectID        string `json:"subject_id"`
	ResourceType     string `json:"resource_type"`
	ResourceID       string `json:"resource_id"`
	Relation         string `json:"relation"`
	TenantID         string `json:"tenant_id"`
}

// TupleData is a tuple, or a grant, which is a tuple of the default tenant, and what the platform knows of it besides.
type TupleData struct {
	Tuple
	ID        string                    `json:"id"`                // of the grant
	Granted   bool                      `json:"granted,omitempty"` // by a call of the resource grants
	CreatedAt authserver.ZonedTimestamp `json:"created_at"`
	UpdatedAt authserver.ZonedTimestamp `json:"updated_at"`
}

func (t Tuple) subject() GrantSubject { return GrantSubject{t.SubjectNamespace, t.SubjectID} }

func (t Tuple) object() object { return object{t.TenantID, t.ResourceType, t.ResourceID} }

// object is what relations lead to.
type object struct{ tenant, namespace, id string }

// relations returns those that the platform's release knows.
func (s *service) relations() []string {
	known := []string{
		"cleared_for", "connector_operator", "editor", "includes", "member", "mission", "mission_member", "mission_owner", "operator",
		"owner", "viewer",
	}
	if s.behavior.Platform.since(Platform102) {
		known = append(known, "can_access", "executor")
	}
	if s.behavior.Platform.since(Platform12) {
		known = append(known, "invoker", "shared_to_workroom", "writer")
	}
	slices.Sort(known)
	return known
}

// edge is the key of a tuple. Where tuples and grants are apart, they do not share it.
func (s *service) edge(t TupleData) string {
	granted := ""
	if t.Granted && s.behavior.SeparateLists {
		granted = "granted"
	}
	return jsonKey(t.TenantID, t.ResourceType, t.ResourceID, t.Relation, t.SubjectNamespace, t.SubjectID, granted)
}

// relate stores a tuple unless it is there, and reports whether it was.
func (s *service) relate(t Tuple, granted bool) (existed bool, err error) {
	made := TupleData{Tuple: t, Granted: granted}
	if s.tuples.Has(s.edge(made)) == nil {
		return true, nil
	}
	made.ID, made.CreatedAt = authserver.NewID(), *s.now()
	made.UpdatedAt = made.CreatedAt
	return false, s.tuples.Put(made)
}

// unrelate deletes a tuple, and reports whether it was there.
func (s *service) unrelate(t Tuple, granted bool) bool {
	key := s.edge(TupleData{Tuple: t, Granted: granted})
	existed := s.tuples.Has(key) == nil
	if existed {
		s.tuples.Remove(key)
	}
	return existed
}

// unrelateAll deletes the tuples of which match is true, and reports whether there were any.
func (s *service) unrelateAll(match func(TupleData) bool) (existed bool) {
	for _, t := range s.tuples.All() {
		if match(t) {
			s.tuples.Remove(s.edge(t))
			existed = true
		}
	}
	return existed
}

// hasTuples reports whether a subject has any.
func (s *service) hasTuples(subject GrantSubject) bool {
	return slices.ContainsFunc(s.tuples.All(), func(t TupleData) bool { return t.subject() == subject })
}

// isShown reports whether a list of tuples, or one of grants, shows a tuple.
func (s *service) isShown(t TupleData, amongGrants bool) bool {
	return !s.behavior.SeparateLists || t.Granted == amongGrants
}

func (s *service) listTuples(in *call) (any, error) {
	of, namespace := tenant, in.URL.Query().Get("object_namespace")
	if given := in.URL.Query().Get("tenant"); given != "" {
		of = given
	}
	if err := s.checkTenant(of); err != nil {
		return nil, err
	}
	list := []Tuple{}
	for _, t := range s.tuples.SeeAll() {
		if t.TenantID == of && (namespace == "" || t.ResourceType == namespace) && s.isShown(t, false) {
			list = append(list, t.Tuple)
		}
	}
	return list, nil
}

// checkTenant refuses a tenant that is not the caller's.
func (s *service) checkTenant(of string) error {
	if of == tenant {
		return nil
	}
	return s.behavior.OtherTenants.Refuse("Access to tenant %s is denied", of)
}

// tupleBody reads the body of a call about tuples: the parts that it has of subject, relation and object, and the tenant.
func (s *service) tupleBody(in *call, parts ...string) (Tuple, error) {
	t := Tuple{TenantID: tenant}
	body, err := in.Created()
	if err != nil {
		return t, err
	}
	for _, part := range parts {
		switch part {
		case "subject":
			body.Inner(part, func(o *authserver.Object) { readEntity(o, &t.SubjectNamespace, &t.SubjectID) })
		case "relation":
			s.readRelation(body, &t.Relation)
		case "relation?":
			if body.Has("relation") && !body.IsNull("relation") {
				s.readRelation(body, &t.Relation)
			}
		case "object":
			body.Inner(part, func(o *authserver.Object) { readEntity(o, &t.ResourceType, &t.ResourceID) })
		case "tenant":
			var given *string
			if body.OptionalText("tenant_id", &given); given != nil && *given != "" {
				t.TenantID = *given
			}
		}
	}
	if err := in.Refused(); err != nil {
		return t, err
	}
	return t, s.checkTenant(t.TenantID)
}

func readEntity(o *authserver.Object, namespace, id *string) {
	o.Name("namespace", namespace)
	o.Name("id", id)
}

// readRelation reads a relation that the release knows.
func (s *service) readRelation(body *authserver.Object, into *string) {
	var relation string
	known := s.relations()
	if body.Text("relation", &relation); relation == "" || slices.Contains(known, relation) {
		*into = relation
		return
	}
	body.Report("string_pattern_mismatch", "String should match pattern '^("+strings.Join(known, "|")+")$'", "relation")
}

func (s *service) writeTuple(in *call) (any, error) {
	wanted, err := s.tupleBody(in, "subject", "relation", "object", "tenant")
	if err != nil {
		return nil, err
	}
	return nil, s.Store.Write(func() error {
		_, err := s.relate(wanted, false)
		return err
	})
}

// deleteTuple deletes a tuple or, without a relation, all between a subject and an object.
func (s *service) deleteTuple(in *call) (any, error) {
	wanted, err := s.tupleBody(in, "subject", "relation?", "object", "tenant")
	if err != nil {
		return nil, err
	}
	return nil, s.Store.Write(func() error {
		var existed bool
		if wanted.Relation != "" {
			existed = s.unrelate(wanted, false)
		} else {
			existed = s.unrelateAll(func(t TupleData) bool {
				return t.subject() == wanted.subject() && t.object() == wanted.object() && s.isShown(t, false)
			})
		}
		if !existed {
			return s.behavior.TupleDeleteAbsent.Refuse("Tuple not found")
		}
		return nil
	})
}

func (s *service) deleteTuplesOfObject(in *call) (any, error) {
	wanted, err := s.tupleBody(in, "object", "tenant")
	if err != nil {
		return nil, err
	}
	return nil, s.Store.Write(func() error {
		s.unrelateAll(func(t TupleData) bool { return t.object() == wanted.object() })
		return nil
	})
}

// check answers whether a subject has a relation to an object. A denial is a 403.
func (s *service) check(in *call) (any, error) {
	wanted, err := s.tupleBody(in, "subject", "relation", "object")
	switch {
	case err != nil:
		return nil, err
	case !in.caller.isAdmin() && wanted.subject() != in.caller.subject():
		return nil, authserver.Refuse(http.StatusForbidden, "Admin role required")
	}
	found := s.newGraph().find(wanted.subject(), wanted.object(), including(wanted.Relation))
	if found == "" {
		return nil, s.refuse(http.StatusForbidden, "access_denied", "The subject does not have this relation")
	}
	return map[string]any{"allow": true, "decision_id": authserver.NewID(), "reason": found}, nil
}
