package gateway

import (
	"crypto/rand"
	"maps"
	"net/http"
	"sync"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

const (
	refreshTTL = 30 * 24 * time.Hour
	recordTTL  = 8 * time.Hour
)

// session is what one login began.
type session struct {
	id      string // the claim sid
	user    string // local id
	scope   string
	expires time.Time // of the refresh token
}

// record is an entry of the session store. It lives apart from the session: a refresh does not look at it.
type record struct {
	user    string
	expires time.Time
}

// sessions are the sessions that can be refreshed, and the session store.
type sessions struct {
	now func() time.Time

	mu      sync.Mutex
	live    map[string]session // by the refresh token
	records map[string]record  // by the session's id
}

func newSessions(now func() time.Time) *sessions {
	return &sessions{now: now, live: map[string]session{}, records: map[string]record{}}
}

// begin returns a new session and its refresh token.
func (s *sessions) begin(user, scope string) (session, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	maps.DeleteFunc(s.live, func(_ string, of session) bool { return !now.Before(of.expires) })
	maps.DeleteFunc(s.records, func(_ string, r record) bool { return !now.Before(r.expires) })
	begun := session{id: authserver.NewID(), user: user, scope: scope}
	return begun, s.renew(begun, now)
}

// renew gives a session a refresh token, and records it.
func (s *sessions) renew(of session, now time.Time) string {
	of.expires = now.Add(refreshTTL)
	token := rand.Text()
	s.live[token] = of
	s.records[of.id] = record{of.user, now.Add(recordTTL)}
	return token
}

// find returns the session of a refresh token.
func (s *sessions) find(token string) (session, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.live[token]
	return found, ok && s.now().Before(found.expires)
}

// rotate replaces a refresh token.
func (s *sessions) rotate(token string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.live[token]
	if !ok {
		return "", false
	}
	delete(s.live, token)
	return s.renew(found, s.now()), true
}

// end ends the session of a refresh token.
func (s *sessions) end(token string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.live[token]
	delete(s.live, token)
	delete(s.records, found.id)
	return ok
}

func (s *sessions) endAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.live)
	clear(s.records)
}

func (s *sessions) recorded(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.records[id]
	return ok && s.now().Before(found.expires)
}

// forget deletes the records of which match is true, and counts them.
func (s *sessions) forget(match func(id string, r record) bool) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.records)
	maps.DeleteFunc(s.records, match)
	return before - len(s.records)
}

// checkStore refuses what needs the session store where it is off.
func (s *service) checkStore() error {
	if s.behavior.SessionStore {
		return nil
	}
	return s.refuse(http.StatusServiceUnavailable, "session_store_disabled", "The session store is not enabled on this platform")
}

// purgeSessions deletes the records of a subject's sessions.
func (s *service) purgeSessions(in *call) (any, error) {
	body, err := in.Created()
	if err != nil {
		return nil, err
	}
	namespace, of, subject := "user", "", ""
	body.Text("tenant_id", &of)
	body.Text("subject_id", &subject)
	if body.Has("subject_namespace") {
		body.Text("subject_namespace", &namespace)
	}
	if err := in.Refused(); err != nil {
		return nil, err
	}
	if err := s.checkStore(); err != nil {
		return nil, err
	}
	users := map[string]bool{}
	s.Store.Read(func() {
		for _, a := range s.users.All() {
			users[a.ID] = a.SubjectID == subject
		}
	})
	revoked := s.sessions.forget(func(_ string, r record) bool {
		return of == tenant && namespace == "user" && users[r.user]
	})
	return map[string]int{"revoked": revoked}, nil
}

// revokeSession deletes the record of one session.
func (s *service) revokeSession(in *call) (any, error) {
	if err := s.checkStore(); err != nil {
		return nil, err
	}
	wanted := in.PathValue("session_id")
	if s.sessions.forget(func(id string, _ record) bool { return id == wanted }) == 0 {
		return nil, authserver.Refuse(http.StatusNotFound, "Session not found")
	}
	return nil, nil
}
