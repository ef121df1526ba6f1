package authserver

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Fault makes the API fail on purpose. It strikes requests of its Method and Route; of
// those, it lets the first After pass and strikes the next Times. All that it does comes
// before any other check, the rate limit and the credentials included.
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

	// Status is answered without acting, with Body and ContentType (by default JSON that
	// says the status, as application/json) and a Retry-After header if there is one:
	// seconds or an HTTP date.
	Status                        int
	Body, ContentType, RetryAfter string

	Drop     Drop
	Truncate bool // act, but send only half of the answer's body, under its full length
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
	case strings.Contains(f.Route, "{") && !s.knows(f.Route):
		return fmt.Errorf("the API has no route %q", f.Route)
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
	case f.Drop != "" && f.Drop != DropBefore && f.Drop != DropAfter:
		return fmt.Errorf("drop is %q; it must be %q or %q", f.Drop, DropBefore, DropAfter)
	}
	return nil
}

// answer is what a fault with a status answers.
func (f Fault) answer() answer {
	a := answer{status: f.Status, contentType: f.ContentType, header: map[string]string{}, body: []byte(f.Body), why: "injected fault"}
	if f.Body == "" {
		a.body = encode(map[string]string{"detail": http.StatusText(f.Status)})
	}
	if f.RetryAfter != "" {
		a.header["Retry-After"] = f.RetryAfter
	}
	return a
}

// ParseFault reads a fault as the command line writes it: a method, a route ("*" for any)
// and settings, which are named as in JSON but with hyphens. Values with spaces are quoted
// as in Go.
//
//	POST /auth/roles/ status=503 retry-after=1 times=2
//	GET * latency=200ms
//	POST /auth/users/local drop=after times=1
//	* * status=502 content-type=text/html body="<h1>Bad Gateway</h1>" after=10
func ParseFault(text string) (Fault, error) {
	words := strings.Fields(text)
	if len(words) < 3 {
		return Fault{}, fmt.Errorf("fault %q: want a method, a route and settings, such as: POST /auth/roles/ status=503", text)
	}
	var f Fault
	if words[0] != "*" {
		f.Method = strings.ToUpper(words[0])
	}
	if words[1] != "*" {
		f.Route = words[1]
	}
	rest := strings.TrimSpace(text)
	for range 2 { // past the method and the route
		rest = strings.TrimSpace(rest[strings.IndexAny(rest, " \t\n"):])
	}
	for rest != "" {
		key, after, _ := strings.Cut(rest, "=")
		value, remaining, err := cutValue(after)
		if err == nil {
			err = f.set(key, value)
		}
		if err != nil {
			return Fault{}, fmt.Errorf("fault %q: %s: %w", text, strings.TrimSpace(key), err)
		}
		rest = strings.TrimSpace(remaining)
	}
	return f, nil
}

// cutValue cuts a value, quoted or up to the next space, off the front of text.
func cutValue(text string) (value, rest string, err error) {
	if strings.HasPrefix(text, `"`) {
		quoted, err := strconv.QuotedPrefix(text)
		if err != nil {
			return "", "", errors.New("the quotes do not close")
		}
		value, err = strconv.Unquote(quoted)
		return value, text[len(quoted):], err
	}
	value, rest, _ = strings.Cut(text, " ")
	return value, rest, nil
}

func (f *Fault) set(key, value string) (err error) {
	switch key {
	case "after":
		f.After, err = strconv.Atoi(value)
	case "times":
		f.Times, err = strconv.Atoi(value)
	case "latency":
		f.Latency, err = time.ParseDuration(value)
	case "status":
		f.Status, err = strconv.Atoi(value)
	case "body":
		f.Body = value
	case "content-type":
		f.ContentType = value
	case "retry-after":
		f.RetryAfter = value
	case "drop":
		f.Drop = Drop(value)
	case "truncate":
		f.Truncate, err = strconv.ParseBool(value)
	default:
		err = errors.New("there is no such setting")
	}
	return err
}

// faultJSON is a Fault in the requests and answers of /_dev/faults.
type faultJSON struct {
	Method      string `json:"method,omitempty"`
	Route       string `json:"route,omitempty"`
	After       int    `json:"after,omitempty"`
	Times       int    `json:"times,omitempty"`
	Latency     string `json:"latency,omitempty"`
	Status      int    `json:"status,omitempty"`
	Body        string `json:"body,omitempty"`
	ContentType string `json:"content_type,omitempty"`
	RetryAfter  string `json:"retry_after,omitempty"`
	Drop        Drop   `json:"drop,omitempty"`
	Truncate    bool   `json:"truncate,omitempty"`
}

// MarshalJSON writes a fault with the names of its fields in small letters, as in
// "retry_after", and its latency as in "200ms".
func (f Fault) MarshalJSON() ([]byte, error) {
	j := faultJSON{f.Method, f.Route, f.After, f.Times, "", f.Status, f.Body, f.ContentType, f.RetryAfter, f.Drop, f.Truncate}
	if f.Latency != 0 {
		j.Latency = f.Latency.String()
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads what MarshalJSON writes. It refuses unknown fields.
func (f *Fault) UnmarshalJSON(data []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	var j faultJSON
	if err := decoder.Decode(&j); err != nil {
		return err
	}
	*f = Fault{j.Method, j.Route, j.After, j.Times, 0, j.Status, j.Body, j.ContentType, j.RetryAfter, j.Drop, j.Truncate}
	if j.Latency == "" {
		return nil
	}
	var err error
	f.Latency, err = time.ParseDuration(j.Latency)
	return err
}

// faultList is the faults in force.
type faultList struct {
	mu   sync.Mutex
	list []*activeFault
}

type activeFault struct {
	Fault
	matched int // requests of its method and route so far
}

func (l *faultList) add(f Fault) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, &activeFault{Fault: f})
}

func (l *faultList) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = nil
}

// strike returns what strikes a request: the faults in one, or a zero Fault.
func (l *faultList) strike(method, route, path string) Fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	var sum Fault
	for _, f := range l.list {
		if f.Method != "" && f.Method != method || f.Route != "" && f.Route != route && f.Route != path {
			continue
		}
		f.matched++
		if f.matched <= f.After || f.Times > 0 && f.matched > f.After+f.Times {
			continue
		}
		latency := sum.Latency + f.Latency
		if f.Status != 0 || f.Drop != "" || f.Truncate {
			sum = f.Fault
			sum.Latency = latency
			break
		}
		sum.Latency = latency
	}
	return sum
}

// struck is a fault in the answer of /_dev/faults: with what became of it.
type struck struct {
	Fault   Fault `json:"fault"`
	Matched int   `json:"matched"` // requests of its method and route
	Struck  int   `json:"struck"`  // how many of those it was due for
}

func (l *faultList) report() []struck {
	l.mu.Lock()
	defer l.mu.Unlock()
	reports := make([]struck, len(l.list))
	for i, f := range l.list {
		due := max(0, f.matched-f.After)
		if f.Times > 0 {
			due = min(due, f.Times)
		}
		reports[i] = struck{f.Fault, f.matched, due}
	}
	return slices.Clip(reports)
}

func (s *Server) devFaults(mux *http.ServeMux) {
	mux.HandleFunc("GET /_dev/faults", func(w http.ResponseWriter, _ *http.Request) {
		succeeded(s.faults.report()).write(w, false)
	})
	mux.HandleFunc("DELETE /_dev/faults", func(w http.ResponseWriter, _ *http.Request) {
		s.ClearFaults()
		succeeded(message("Faults ended")).write(w, false)
	})
	mux.HandleFunc("POST /_dev/faults", func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		data, err := readAll(r)
		if err != nil {
			refused(err).write(w, false)
			return
		}
		var f Fault
		if err = json.Unmarshal(data, &f); err == nil {
			err = s.inject(f)
		}
		if err != nil {
			refuseAll(http.StatusUnprocessableEntity, err.Error()).write(w, false)
			return
		}
		succeeded(message("Fault in force")).write(w, false)
	})
}
