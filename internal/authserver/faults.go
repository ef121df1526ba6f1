package authserver

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Fault makes the API fail on purpose. It strikes requests of its Method and Route; of
// those, it lets the first After pass and strikes the next Times. It strikes before any
// check, those of the rate limit and the credentials included.
//
// It does one thing at most: answer a Status, Drop the connection, or Truncate the answer.
// Faults take their turns in the order of injection: the first that does one of these has
// the request for itself, and those behind it do not count it. Those before it, which have
// but a Latency, add theirs.
//
// Go's own HTTP client repeats a GET by itself if a used connection breaks before any byte
// of the answer, so that a Drop of a GET may be seen in Requests only.
type Fault struct {
	Method string // such as "PUT"; empty for any
	Route  string // such as "/auth/roles/{role_id}", or one path, without /api; empty for any
	After  int    // how many requests to let pass first
	Times  int    // how many requests to strike, 0 for all

	Latency time.Duration // waited first

	// Status is answered without acting, with Body (by default FastAPI's detail, except
	// where a status has no body), ContentType (by default application/json) and a
	// Retry-After header if there is one: seconds or an HTTP date.
	Status                        int
	Body, ContentType, RetryAfter string

	Drop     Drop
	Truncate bool // act, but send only half of the answer's body, under its full length
}

// FaultWriter is a ResponseWriter that has to know of an answer that a fault made up or cut: it is not the API's.
type FaultWriter interface {
	http.ResponseWriter
	Faulted()
}

// Drop is when a fault closes the connection without an answer.
type Drop string

// The times to drop a connection.
const (
	DropBefore Drop = "before" // nothing was done
	DropAfter  Drop = "after"  // all was done, and the answer is lost
)

// Inject adds a fault to those in force. It panics if the fault makes no sense, such as one
// that does nothing or names a pattern that is no route: a test with such a fault is wrong.
func (s *Server) Inject(f Fault) {
	if err := s.inject(f); err != nil {
		panic("authserver: " + err.Error())
	}
}

func (s *Server) inject(f Fault) error {
	if err := s.checkFault(f); err != nil {
		return fmt.Errorf("fault: %w", err)
	}
	s.faults.add(f)
	return nil
}

// ClearFaults ends all faults.
func (s *Server) ClearFaults() { s.faults.clear() }

func (s *Server) checkFault(f Fault) error {
	effects := 0
	for _, has := range []bool{f.Status != 0, f.Drop != "", f.Truncate} {
		if has {
			effects++
		}
	}
	switch {
	case f.Route != "" && !strings.HasPrefix(f.Route, "/"):
		return fmt.Errorf("the route %q does not start with a slash", f.Route)
	case strings.Contains(f.Route, "{") && s.checkRoute(f.Route) != nil:
		return s.checkRoute(f.Route)
	case f.After < 0 || f.Times < 0 || f.Latency < 0:
		return errors.New("after, times and latency cannot be negative")
	case effects == 0 && f.Latency == 0:
		return errors.New("it does nothing: give it a latency, a status, drop or truncate")
	case effects > 1:
		return errors.New("it does more than one of status, drop and truncate")
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return fmt.Errorf("the status %d is not one of 200 to 599", f.Status)
	case f.Status == 0 && (f.Body != "" || f.ContentType != "" || f.RetryAfter != ""):
		return errors.New("body, content-type and retry-after need a status")
	case f.Body != "" && !mayHaveBody(f.Status):
		return fmt.Errorf("the status %d has no body", f.Status)
	case f.Drop != "" && f.Drop != DropBefore && f.Drop != DropAfter:
		return fmt.Errorf("drop is %q; it must be %q or %q", f.Drop, DropBefore, DropAfter)
	}
	return nil
}

// answer is what a fault with a status answers.
func (f Fault) answer() answer {
	a := answer{status: f.Status, contentType: f.ContentType, header: map[string]string{}, body: []byte(f.Body), why: "injected fault"}
	if f.Body == "" && mayHaveBody(f.Status) {
		a.body = Encode(map[string]string{"detail": http.StatusText(f.Status)})
	}
	if f.RetryAfter != "" {
		a.header["Retry-After"] = f.RetryAfter
	}
	return a
}
