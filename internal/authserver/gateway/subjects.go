package gateway

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// SubjectData is a user of Keycloak's with attributes. One whose id is the subject id of a local user adds to that one.
type SubjectData struct {
	ID         string                     `json:"id"`
	Username   string                     `json:"username"`
	Attributes map[string]json.RawMessage `json:"attributes"`
	CreatedAt  authserver.ZonedTimestamp  `json:"created_at"`
	UpdatedAt  authserver.ZonedTimestamp  `json:"updated_at"`
}

// storedSubject is a subject and the hash of the password, if there is one.
type storedSubject struct {
	SubjectData
	PasswordHash string `json:"password_hash,omitempty"`
}

// subjectGrant is a grant as the calls about its subject show it.
type subjectGrant struct {
	ObjectNamespace string `json:"object_namespace"`
	ObjectID        string `json:"object_id"`
	Relation        string `json:"relation"`
}

// subjectRef is how a call names a subject.
type subjectRef struct {
	text    string
	exactID bool // and not a username
}

// ofSubject is a call about the subject in the path; ofSubjectID about the one in the query.
func ofSubject(handle func(*call, subjectRef) (any, error)) func(*call) (any, error) {
	return func(in *call) (any, error) { return handle(in, subjectRef{text: pathName(in, "id_or_username", 1024)}) }
}

func ofSubjectID(handle func(*call, subjectRef) (any, error)) func(*call) (any, error) {
	return func(in *call) (any, error) {
		return handle(in, subjectRef{text: queryName(in, "id", 1024), exactID: true})
	}
}

// subjectAccount returns the local user who is a subject.
func (s *service) subjectAccount(ref subjectRef, users []account) (account, bool) {
	if s.behavior.LocalSubjects == LocalSubjectsSeparate {
		return account{}, false
	}
	key := s.behavior.Case.Key(ref.text)
	for _, a := range slices.Backward(users) { // the last one, where deleted users had the name before
		if !a.Gone && (a.SubjectID == ref.text || !ref.exactID && s.behavior.Case.Key(a.Username) == key) {
			return a, true
		}
	}
	return account{}, false
}

// findSubject returns a subject, and the local user who is it, if any.
func (s *service) findSubject(ref subjectRef, users []account, subjects []storedSubject) (storedSubject, account, error) {
	local, isLocal := s.subjectAccount(ref, users)
	if isLocal {
		ref = subjectRef{local.SubjectID, true}
	}
	key := s.behavior.Case.Key(ref.text)
	i := slices.IndexFunc(subjects, func(other storedSubject) bool {
		return other.ID == ref.text || !ref.exactID && s.behavior.Case.Key(other.Username) == key
	})
	switch {
	case !isLocal && i < 0:
		return storedSubject{}, account{}, s.refuse(http.StatusNotFound, "subject_not_found", "There is no such subject")
	case !isLocal:
		return subjects[i], account{}, nil
	}
	found := storedSubject{SubjectData: SubjectData{
		ID: local.SubjectID, Username: local.Username, Attributes: map[string]json.RawMessage{},
		CreatedAt: authserver.ZonedTimestamp{Timestamp: local.CreatedAt}, UpdatedAt: authserver.ZonedTimestamp{Timestamp: local.UpdatedAt},
	}}
	if i >= 0 {
		found.Attributes, found.UpdatedAt = subjects[i].Attributes, subjects[i].UpdatedAt
	}
	return found, local, nil
}

// seeSubject returns a subject as readers see it.
func (s *service) seeSubject(in *call, ref subjectRef) (storedSubject, error) {
	if err := in.Refused(); err != nil {
		return storedSubject{}, err
	}
	found, _, err := s.findSubject(ref, s.users.SeeAll(), s.subjects.SeeAll())
	return found, err
}

// subjectAnswer is a subject as the API answers it.
func (s *service) subjectAnswer(found storedSubject) any {
	type answer struct {
		SubjectData
		Grants []subjectGrant `json:"grants"`
	}
	return answer{found.SubjectData, s.grantsTo(found.ID)}
}

// grantsTo returns the grants to a subject.
func (s *service) grantsTo(id string) []subjectGrant {
	grants := []subjectGrant{}
	for _, t := range s.tuples.SeeAll() {
		if t.TenantID == tenant && t.subject() == (GrantSubject{"user", id}) {
			grants = append(grants, subjectGrant{t.ResourceType, t.ResourceID, t.Relation})
		}
	}
	return grants
}

func (s *service) getSubject(in *call, ref subjectRef) (any, error) {
	found, err := s.seeSubject(in, ref)
	if err != nil {
		return nil, err
	}
	return s.subjectAnswer(found), nil
}

// putSubject creates a subject, or changes the one that there is.
func (s *service) putSubject(in *call, ref subjectRef) (any, error) {
	body, err := in.Created()
	if err != nil {
		return nil, err
	}
	var raw json.RawMessage
	var password *string
	if !body.Has("attributes") {
		body.Report("missing", "Field required", "attributes")
	}
	body.JSON("attributes", &raw)
	body.OptionalText("password", &password)
	if err := in.Refused(); err != nil {
		return nil, err
	}
	attributes := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &attributes); err != nil {
		return nil, err
	}
	hash := ""
	if password != nil {
		if err := s.checkPassword(in, body, "password", *password); err != nil {
			return nil, err
		}
		if hash, err = s.Passwords.Hash(*password); err != nil {
			return nil, err
		}
	}
	var put storedSubject
	err = s.Store.Write(func() error {
		found, local, missing := s.findSubject(ref, s.users.All(), s.subjects.All())
		if missing != nil {
			if found, local, err = s.newSubject(ref); err != nil {
				return err
			}
		}
		checked, err := s.checkAttributes(attributes)
		if err != nil {
			return err
		}
		if s.behavior.AttributesMerge {
			checked = merged(found.Attributes, checked)
		}
		put = found
		put.Attributes, put.UpdatedAt = checked, *s.now()
		switch {
		case hash == "":
		case local.ID == "":
			put.PasswordHash = hash
		default:
			local.PasswordHash = hash
			if err := s.users.Put(local); err != nil {
				return err
			}
		}
		return s.subjects.Put(put)
	})
	if err != nil {
		return nil, err
	}
	return s.subjectAnswer(put), nil
}

// newSubject returns a subject that there is not yet and, if such subjects become local users, that user.
func (s *service) newSubject(ref subjectRef) (storedSubject, account, error) {
	made := storedSubject{SubjectData: SubjectData{ID: authserver.NewID(), Username: s.behavior.Case.Stored(ref.text), CreatedAt: *s.now()}}
	if ref.exactID {
		made.ID = ref.text
	}
	if !s.behavior.SubjectUsers {
		return made, account{}, nil
	}
	local := s.newAccount()
	local.SubjectID, local.Username, local.Roles = made.ID, made.Username, []string{"user"}
	return made, local, s.users.Put(local)
}

// merged returns the attributes of both maps, of which the second wins.
func merged(before, more map[string]json.RawMessage) map[string]json.RawMessage {
	all := map[string]json.RawMessage{}
	maps.Copy(all, before)
	maps.Copy(all, more)
	return all
}

// deleteSubject deletes Keycloak's user. A local user stays in the platform's database, and cannot log in any more.
func (s *service) deleteSubject(in *call, ref subjectRef) (any, error) {
	cascade := in.URL.Query().Get("cascade")
	if err := in.Refused(); err != nil {
		return nil, err
	}
	if cascade != "" && cascade != "grants" {
		return nil, authserver.Refuse(http.StatusBadRequest, "cascade must be grants")
	}
	var username string
	err := s.Store.Write(func() error {
		found, local, err := s.findSubject(ref, s.users.All(), s.subjects.All())
		if err != nil {
			return err
		}
		username = found.Username
		if cascade == "grants" {
			s.unrelateAll(func(t TupleData) bool { return t.subject() == GrantSubject{"user", found.ID} })
		}
		if s.subjects.Has(found.ID) == nil {
			s.subjects.Remove(found.ID)
		}
		if local.ID == "" {
			return nil
		}
		local.Gone, local.Disabled, local.PasswordHash = true, true, ""
		return s.users.Put(local)
	})
	return map[string]any{"deleted": true, "username": username}, err
}

func (s *service) listSubjectGrants(in *call, ref subjectRef) (any, error) {
	found, err := s.seeSubject(in, ref)
	if err != nil {
		return nil, err
	}
	return s.grantsTo(found.ID), nil
}

func (s *service) createSubjectGrant(in *call, ref subjectRef) (any, error) {
	return s.changeSubjectGrant(in, ref, func(t Tuple, g subjectGrant) (any, error) {
		_, err := s.relate(t, true)
		return g, err
	})
}

func (s *service) deleteSubjectGrant(in *call, ref subjectRef) (any, error) {
	return s.changeSubjectGrant(in, ref, func(t Tuple, _ subjectGrant) (any, error) {
		existed := s.unrelate(t, true)
		if !existed {
			if err := s.behavior.GrantDeleteAbsent.Refuse("Grant not found"); err != nil {
				return nil, err
			}
		}
		return map[string]bool{"deleted": existed}, nil
	})
}

// changeSubjectGrant runs a change of the grant in the body, which is a tuple of the subject's.
func (s *service) changeSubjectGrant(in *call, ref subjectRef, change func(Tuple, subjectGrant) (any, error)) (any, error) {
	body, err := in.Created()
	if err != nil {
		return nil, err
	}
	var g subjectGrant
	body.Name("object_namespace", &g.ObjectNamespace)
	body.Name("object_id", &g.ObjectID)
	body.Name("relation", &g.Relation)
	if err := in.Refused(); err != nil {
		return nil, err
	}
	if !slices.Contains(s.relations(), g.Relation) {
		return nil, authserver.Refuse(http.StatusUnprocessableEntity, "Unknown relation %q", g.Relation)
	}
	var answer any
	err = s.Store.Write(func() error {
		found, _, err := s.findSubject(ref, s.users.All(), s.subjects.All())
		if err != nil {
			return err
		}
		answer, err = change(Tuple{
			SubjectNamespace: "user", SubjectID: found.ID, ResourceType: g.ObjectNamespace, ResourceID: g.ObjectID,
			Relation: g.Relation, TenantID: tenant,
		}, g)
		return err
	})
	return answer, err
}
