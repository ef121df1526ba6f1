package gateway

import (
	"net/http"
	"slices"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// defaultLimit is how many rows an access query answers unless it says otherwise; mostRows how many at most.
const (
	defaultLimit = 200
	mostRows     = 1000
)

// accessRow is somebody who can access an object.
type accessRow struct {
	Subject     GrantSubject `json:"subject"`
	DisplayName *string      `json:"display_name"`
	Relation    *string      `json:"relation"`
	Permission  *string      `json:"permission"`
	Source      string       `json:"source"`
	Effective   bool         `json:"effective"`
}

// page is which rows of an answer are wanted.
type page struct {
	permission    string
	relations     []string // which give the permission
	limit, offset int
}

// readPage reads the parameters that all access queries have.
func (s *service) readPage(in *call) page {
	p := page{permission: "can_view"}
	if given := queryText(in, "permission", 255); given != nil {
		p.permission = *given
	}
	p.relations = permissions[p.permission]
	if p.relations == nil {
		in.Report("value_error", "Value error, unknown permission", "query", "permission")
	}
	most := s.behavior.MaxLimit
	if most == 0 {
		most = mostRows
	}
	refusedAbove := 0
	if s.behavior.LimitAbove == LimitAbove422 {
		refusedAbove = most
	}
	p.limit = min(queryInt(in, "limit", min(defaultLimit, most), 1, refusedAbove), most)
	p.offset = queryInt(in, "offset", 0, 0, 0)
	return p
}

// rowsOf returns the rows of a page.
func rowsOf[T any](all []T, p page) []T {
	start := min(p.offset, len(all))
	return all[start:min(start+p.limit, len(all))]
}

// isEffective reports whether access queries answer all access that there is, not that of tuples alone.
func (s *service) isEffective() bool { return s.backend() == BackendSpiceDB }

// whoCanAccess answers whom the tuples of an object let in.
func (s *service) whoCanAccess(in *call) (any, error) {
	of, wanted := queryObject(in), s.readPage(in)
	if err := in.Refused(); err != nil {
		return nil, err
	}
	seen := s.newGraph()
	if err := s.checkSees(in, seen, of); err != nil {
		return nil, err
	}
	names := s.displayNames()
	rows := []accessRow{}
	add := func(subject GrantSubject, relation *string, source string) {
		effective := s.isEffective() || subject.Namespace != "group"
		rows = append(rows, accessRow{subject, orNull(names[subject]), relation, &wanted.permission, source, effective})
	}
	for _, t := range seen.tuples {
		if t.object() == of && slices.Contains(wanted.relations, t.Relation) {
			add(t.subject(), &t.Relation, fromTuple)
		}
	}
	direct := len(rows)
	for _, row := range rows[:direct] {
		for _, member := range seen.groups[row.Subject] {
			subject := GrantSubject{"user", member}
			if !slices.ContainsFunc(rows, func(other accessRow) bool { return other.Subject == subject }) {
				add(subject, nil, fromGroup)
			}
		}
	}
	return map[string]any{
		"effective": s.isEffective(), "source": s.backend(), "permission": wanted.permission,
		"limit": wanted.limit, "offset": wanted.offset, "rows": rowsOf(rows, wanted),
	}, nil
}

// displayNames are how the platform calls subjects.
func (s *service) displayNames() map[GrantSubject]string {
	names := map[GrantSubject]string{}
	for _, a := range s.users.SeeAll() {
		names[GrantSubject{"user", a.SubjectID}] = firstCharacters(a.Username, 255)
	}
	for _, g := range s.groups.SeeAll() {
		names[s.groupSubject(g.Group)] = g.Name
	}
	return names
}

// firstCharacters cuts a text that is too long for its field.
func firstCharacters(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most])
	}
	return text
}

// accessibleResources answers what a user can access, by default the caller.
func (s *service) accessibleResources(in *call) (any, error) {
	namespace, wanted, subject := in.QueryField("namespace"), s.readPage(in), in.caller.subject()
	if given := in.URL.Query().Get("subject_id"); given != "" {
		subject.ID = given
	}
	if err := in.Refused(); err != nil {
		return nil, err
	}
	if subject != in.caller.subject() && !in.caller.isAdmin() {
		return nil, authserver.Refuse(http.StatusForbidden, "Role 'admin' is required to access this resource")
	}
	seen, ids, isListed := s.newGraph(), []string{}, map[string]bool{}
	for _, t := range seen.tuples {
		of := t.object()
		switch {
		case of.tenant != tenant || of.namespace != namespace || !slices.Contains(wanted.relations, t.Relation) || isListed[of.id]:
		case t.subject() == subject || seen.expands(t.subject(), subject):
			isListed[of.id] = true
			ids = append(ids, of.id)
		}
	}
	return map[string]any{
		"effective": s.isEffective(), "source": s.backend(), "namespace": namespace, "permission": wanted.permission,
		"subject_id": subject.ID, "limit": wanted.limit, "offset": wanted.offset, "resource_ids": rowsOf(ids, wanted),
	}, nil
}
