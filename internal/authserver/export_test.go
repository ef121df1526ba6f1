package authserver

import (
	"context"
	"time"
)

// MaxRequests is how many requests are kept.
const MaxRequests = maxRequests

// SetSleep replaces the waiting of latencies, so that tests need none.
func (s *Server) SetSleep(sleep func(context.Context, time.Duration) error) { s.sleep = sleep }

// AddRequest records a request as if it had been answered.
func (s *Server) AddRequest(r Request) { s.requests.add(r) }

// IssuedTokens counts the tokens that the server remembers.
func (s *Server) IssuedTokens() int { return len(s.base.Tokens.issued) }

// Remembered counts the objects of which former versions are kept for lagging readers, and those versions
func (s *Server) Remembered() (ids, versions int) {
	for _, t := range s.base.Store.tables {
		i, v := t.(interface{ remembered() (int, int) }).remembered()
		ids, versions = ids+i, versions+v
	}
	return ids, versions
}

func (t *Table[T]) remembered() (ids, versions int) {
	return len(t.history.former), len(t.history.queue)
}
