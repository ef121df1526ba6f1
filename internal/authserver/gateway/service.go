package gateway

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// tenant is the one tenant that there is.
const tenant = "__default__"

// service is the gateway API at work.
type service struct {
	authserver.Base
	behavior  Behavior
	sessions  *sessions
	users     *authserver.Table[account]
	usernames *authserver.Index[account]
	pats      *authserver.Table[ownedPAT]
	patTokens *authserver.Index[ownedPAT] // by the token's hash
	patIDs    *authserver.Index[ownedPAT] // by the jti
	groups    *authserver.Table[filledGroup]
	tuples    *authserver.Table[TupleData]
	workrooms *authserver.Table[WorkroomData]
	refusals  countdown // by workroom
	mappings  *authserver.Table[GroupMapping]
	idps      *authserver.Table[IdentityProviderData]
	subjects  *authserver.Table[storedSubject]

	attributes  *authserver.Table[Attribute]
	invitations *authserver.Table[Invitation]
	adminID     string
}

func newService(base authserver.Base, b Behavior) *service {
	s := &service{Base: base, behavior: b, sessions: newSessions(base.Config.Now), refusals: countdown{left: map[string]int{}}}
	s.usernames = authserver.NewIndex(func(a account) string {
		return s.unlessFree(a, b.Case.Key(a.Username))
	}, s.duplicate("Username"))
	indexes := []*authserver.Index[account]{s.usernames}
	if !b.SharedEmails {
		indexes = append(indexes, authserver.NewIndex(func(a account) string {
			return s.unlessFree(a, b.Case.Key(a.Email))
		}, s.duplicate("Email")))
	}
	s.users = authserver.NewTable(s.Store, "User", func(a account) string { return a.ID }, indexes...)

	taken := authserver.Refuse(http.StatusConflict, "Token already exists")
	s.patTokens = authserver.NewIndex(func(p ownedPAT) string { return p.TokenHash }, taken)
	s.patIDs = authserver.NewIndex(func(p ownedPAT) string { return p.JTI }, taken)
	s.pats = authserver.NewTable(s.Store, "PAT", func(p ownedPAT) string { return p.ID }, s.patTokens, s.patIDs)

	s.groups = authserver.NewTable(s.Store, "Group", func(g filledGroup) string { return g.ID }, s.groupNames()...)
	s.tuples = authserver.NewTable(s.Store, "Tuple", s.edge)
	s.tuples.Lag = b.ProjectionLag
	s.workrooms = authserver.NewTable(s.Store, "Workroom", func(w WorkroomData) string { return w.ID })
	s.mappings = authserver.NewTable(s.Store, "Group mapping", func(m GroupMapping) string { return m.ID }, s.mappingIndexes()...)
	s.idps = authserver.NewTable(s.Store, "Identity provider", func(p IdentityProviderData) string { return p.Alias })
	s.subjects = authserver.NewTable(s.Store, "Subject", func(of storedSubject) string { return of.ID })
	s.attributes = authserver.NewTable(s.Store, "Attribute", func(a Attribute) string { return a.Name })
	s.invitations = authserver.NewTable(s.Store, "Invitation", func(i Invitation) string { return i.ID })
	return s
}

// groupNames are the indexes that keep groups' names apart.
func (s *service) groupNames() []*authserver.Index[filledGroup] {
	key := func(g filledGroup) string { return g.Name }
	switch s.behavior.GroupNames {
	case GroupNamesShared:
		return nil
	case GroupNamesFolded:
		key = func(g filledGroup) string { return strings.ToLower(g.Name) }
	}
	return []*authserver.Index[filledGroup]{authserver.NewIndex(key, s.duplicate("Group"))}
}

// managedBy says who manages the groups that a call creates.
func (s *service) managedBy() string { return cmp.Or(s.behavior.ManagedBy, "local") }

// unlessFree returns the key of an account in an index. An empty one, and that of a deleted account whose name may be used
// again, is nobody else's.
func (s *service) unlessFree(a account, key string) string {
	if key == "" || a.Deleted && s.behavior.UsernameReuse != ReuseRefused {
		return "\x00" + a.ID
	}
	return key
}

// duplicate refuses what is taken.
func (s *service) duplicate(what string) error {
	return authserver.Refuse(cmp.Or(s.behavior.DuplicateStatus, http.StatusBadRequest), "%s already exists", what)
}

// refuse refuses with a word for machines, such as what the platform has but is told not to do.
func (s *service) refuse(status int, word, message string) error {
	if s.behavior.ErrorObjects {
		return authserver.RefuseWith(status, map[string]any{"reason": word, "message": message})
	}
	return authserver.Refuse(status, "%s", word)
}
