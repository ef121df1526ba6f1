package gateway

import (
	"net/http"
	"slices"
	"strings"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// GrantSubject is whom a grant lets in.
type GrantSubject struct {
	Namespace string `json:"namespace"`
	ID        string `json:"id"`
}

// grantItem is a grant in the list of an object's.
type grantItem struct {
	GrantID   string                    `json:"grant_id"`
	Relation  string                    `json:"relation"`
	Subject   GrantSubject              `json:"subject"`
	CreatedAt authserver.ZonedTimestamp `json:"created_at"`
	UpdatedAt authserver.ZonedTimestamp `json:"updated_at"`
}

// grantMutation is the answer to a change of grants.
type grantMutation struct {
	Status   string       `json:"status"`
	ZedToken *string      `json:"zedtoken"`
	Relation string       `json:"relation"`
	Subject  GrantSubject `json:"subject"`
}

// mutation is the answer to a change of grants. SpiceDB gives a token that stands for its moment.
func (s *service) mutation(status string, t Tuple) grantMutation {
	m := grantMutation{Status: status, Relation: t.Relation, Subject: t.subject()}
	if s.backend() == BackendSpiceDB {
		token := hashOf(authserver.NewID())[:32]
		m.ZedToken = &token
	}
	return m
}

// queryObject reads the object that a call of /authz/resources is about.
func queryObject(in *call) object {
	return object{tenant, pathName(in, "namespace", 255), queryName(in, "object_id", 4096)}
}

func (s *service) listGrants(in *call) (any, error) {
	of := queryObject(in)
	if err := in.Refused(); err != nil {
		return nil, err
	}
	seen := s.newGraph()
	if err := s.checkSees(in, seen, of); err != nil {
		return nil, err
	}
	list := []grantItem{}
	for _, t := range seen.tuples {
		if t.object() == of && s.isShown(t, true) {
			list = append(list, grantItem{s.grantID(t), t.Relation, t.subject(), t.CreatedAt, t.UpdatedAt})
		}
	}
	return list, nil
}

// grantID is what the API calls a grant.
func (s *service) grantID(t TupleData) string {
	switch s.behavior.GrantIDs {
	case GrantIDsComposite:
		return strings.Join([]string{t.ResourceType, ":", t.ResourceID, "#", t.Relation, "@", t.SubjectNamespace, ":", t.SubjectID}, "")
	case GrantIDsChanging:
		return authserver.NewID()
	}
	return t.ID
}

// mayGrant reports whether the caller may grant on an object.
func (s *service) mayGrant(who caller, seen graph, on object) bool {
	owns := seen.find(who.subject(), on, []string{"owner"}) != ""
	switch s.behavior.Granting {
	case GrantingOwners:
		return owns
	case GrantingAdmins:
		return who.isAdmin()
	}
	return owns || who.isAdmin()
}

func (s *service) checkGrants(in *call, on object) error {
	if s.mayGrant(in.caller, s.newGraph(), on) {
		return nil
	}
	return s.refuse(http.StatusForbidden, "rebac_denied", "You may not grant access to this resource")
}

// checkSees refuses to show an object's grants to those who may neither grant nor see it.
func (s *service) checkSees(in *call, seen graph, of object) error {
	if in.caller.isAdmin() || seen.find(in.caller.subject(), of, s.relations()) != "" {
		return nil
	}
	return s.refuse(http.StatusForbidden, "rebac_denied", "You may not see the access to this resource")
}

// readGrant reads the grant of a create, and refuses a relation that the platform does not know.
func (s *service) readGrant(in *call) (Tuple, error) {
	t := Tuple{TenantID: tenant, ResourceType: pathName(in, "namespace", 255)}
	body, err := in.Created()
	if err != nil {
		return t, err
	}
	body.Name("object_id", &t.ResourceID)
	body.MaxLength("object_id", t.ResourceID, 4096)
	body.Inner("subject", func(o *authserver.Object) {
		readEntity(o, &t.SubjectNamespace, &t.SubjectID)
		o.MaxLength("namespace", t.SubjectNamespace, 255)
		o.MaxLength("id", t.SubjectID, 1024)
	})
	body.Name("relation", &t.Relation)
	body.MaxLength("relation", t.Relation, 255)
	if err := in.Refused(); err != nil {
		return t, err
	}
	if !slices.Contains(s.relations(), t.Relation) {
		return t, authserver.Refuse(http.StatusUnprocessableEntity, "Unknown relation %q", t.Relation)
	}
	return t, nil
}

func (s *service) createGrant(in *call) (any, error) {
	wanted, err := s.readGrant(in)
	if err == nil {
		err = s.checkGrants(in, wanted.object())
	}
	if err != nil {
		return nil, err
	}
	var existed bool
	err = s.Store.Write(func() error {
		if err := s.checkGroupSubject(wanted.subject()); err != nil {
			return err
		}
		existed, err = s.relate(wanted, true)
		if s.behavior.GrantsReplace {
			s.unrelateAll(func(t TupleData) bool {
				return t.subject() == wanted.subject() && t.object() == wanted.object() && t.Relation != wanted.Relation
			})
		}
		return err
	})
	switch {
	case err != nil || !existed:
		return s.mutation("created", wanted), err
	case s.behavior.GrantTwice == GrantTwice409:
		return nil, authserver.Refuse(http.StatusConflict, "The grant already exists")
	case s.behavior.GrantTwice == GrantTwice200:
		return authserver.WithStatus{Status: http.StatusOK, Value: s.mutation("exists", wanted)}, nil
	}
	return s.mutation("exists", wanted), nil
}

// checkGroupSubject refuses a group in another form than the platform's, where that is not simply the id.
func (s *service) checkGroupSubject(subject GrantSubject) error {
	form := s.behavior.GroupSubjects
	if subject.Namespace != "group" || form == "" || form == GroupSubjectsID {
		return nil
	}
	if slices.ContainsFunc(s.groups.All(), func(g filledGroup) bool { return s.groupSubject(g.Group) == subject }) {
		return nil
	}
	return authserver.Refuse(http.StatusUnprocessableEntity, "The id of a group must be of the form %s", map[GroupSubjects]string{
		GroupSubjectsName: "<name>", GroupSubjectsUserset: "<id>#member",
	}[form])
}

func (s *service) deleteGrant(in *call) (any, error) {
	of := queryObject(in)
	wanted := Tuple{
		TenantID: tenant, ResourceType: of.namespace, ResourceID: of.id, Relation: queryName(in, "relation", 255),
		SubjectNamespace: queryName(in, "subject_namespace", 255), SubjectID: queryName(in, "subject_id", 1024),
	}
	if err := in.Refused(); err != nil {
		return nil, err
	}
	if err := s.checkGrants(in, of); err != nil {
		return nil, err
	}
	status := "deleted"
	err := s.Store.Write(func() error {
		if s.unrelate(wanted, true) {
			return nil
		}
		status = "not_found"
		return s.behavior.GrantDeleteAbsent.Refuse("Grant not found")
	})
	return s.mutation(status, wanted), err
}

func (s *service) grantCapability(in *call) (any, error) {
	on := queryObject(in)
	return map[string]bool{"can_grant": s.mayGrant(in.caller, s.newGraph(), on)}, in.Refused()
}
