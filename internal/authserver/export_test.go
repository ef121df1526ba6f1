package authserver

import (
	"context"
	"time"
)

// What tests of the package reach for inside it.
var CheckEmail = checkEmail

// MaxRequests is how many requests are kept.
const MaxRequests = maxRequests

// SetSleep replaces the waiting of latencies, so that tests need none.
func (s *Server) SetSleep(sleep func(context.Context, time.Duration) error) { s.sleep = sleep }

// AddRequest records a request as if it had been answered.
func (s *Server) AddRequest(r Request) { s.requests.add(r) }

// IssuedTokens counts the tokens that the server remembers.
func (s *Server) IssuedTokens() int { return len(s.tokens.issued) }

// Remembered counts the versions of users that are kept for lagging readers.
func (s *Server) Remembered() (ids, versions int) {
	return len(s.store.users.history.former), len(s.store.users.history.queue)
}

// RestoreAndDump reads a state file and writes it again, as a server with the behavior does.
func RestoreAndDump(data []byte, b Behavior) ([]byte, error) {
	s := newStore(b, time.Now)
	if err := s.restore(data); err != nil {
		return nil, err
	}
	return s.dump(), nil
}

// Dump returns the state file as the server would write it now.
func (s *Server) Dump() []byte {
	s.store.mu.RLock()
	defer s.store.mu.RUnlock()
	return s.store.dump()
}
