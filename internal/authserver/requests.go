package authserver

import (
	"maps"
	"slices"
	"sync"
)

// maxRequests bounds how many requests are kept one by one; the counts go on.
const maxRequests = 100_000

// Request is one request of the API that was answered, or dropped.
type Request struct {
	Method string `json:"method"`
	Route  string `json:"route"`  // such as /auth/roles/{role_id}; empty if there is none
	Path   string `json:"path"`   // as asked for, without the query
	Status int    `json:"status"` // 0 if the connection was closed without an answer
}

// Requests returns the latest requests of the API, at most 100,000, in the order of their
// answers. A request is in it before the client has the answer.
func (s *Server) Requests() []Request {
	requests, _ := s.requests.list()
	return requests
}

// ResetRequests forgets all requests so far.
func (s *Server) ResetRequests() { s.requests.reset() }

type requestLog struct {
	mu     sync.Mutex
	latest []Request
	counts map[string]int // by "METHOD route"
}

func (l *requestLog) add(r Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.counts == nil {
		l.counts = map[string]int{}
	}
	l.counts[r.Method+" "+r.Route]++
	if len(l.latest) == 2*maxRequests { // drop the older half at a time, to move little
		l.latest = slices.Clone(l.latest[maxRequests:])
	}
	l.latest = append(l.latest, r)
}

func (l *requestLog) list() ([]Request, map[string]int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.latest[max(0, len(l.latest)-maxRequests):]), maps.Clone(l.counts)
}

func (l *requestLog) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.latest, l.counts = nil, nil
}
