package clienttest

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Seen is a request as a Recorder received it.
type Seen struct {
	Method, Target string // the target is the path and the query as they were sent
	Header         http.Header
	Body           string
}

// Line is the request as "GET /path?query".
func (r Seen) Line() string { return r.Method + " " + r.Target }

// Recorder is a hand-written server that remembers what it was asked.
type Recorder struct {
	*httptest.Server
	mu       sync.Mutex
	requests []Seen
}

// Serve runs a hand-written server. The answer may read the request's body.
func Serve(t *testing.T, answer http.HandlerFunc) *Recorder {
	t.Helper()
	r := NewRecorder(answer)
	r.Start()
	t.Cleanup(r.Close)
	return r
}

// ServeTLS does the same with a certificate that no system trusts.
func ServeTLS(t *testing.T, answer http.HandlerFunc) *Recorder {
	t.Helper()
	r := NewRecorder(answer)
	r.StartTLS()
	t.Cleanup(r.Close)
	return r
}

// NewRecorder returns a hand-written server that does not run yet.
func NewRecorder(answer http.HandlerFunc) *Recorder {
	r := &Recorder{}
	r.Server = httptest.NewUnstartedServer(r.Wrap(answer))
	r.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that are meant to fail
	return r
}

// Wrap returns a handler that remembers what another one is asked.
func (r *Recorder) Wrap(answer http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		req.Body = io.NopCloser(strings.NewReader(string(body)))
		r.mu.Lock()
		r.requests = append(r.requests, Seen{req.Method, req.RequestURI, req.Header, string(body)})
		r.mu.Unlock()
		answer.ServeHTTP(w, req)
	})
}

// All returns the requests.
func (r *Recorder) All() []Seen {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.requests)
}

// Lines returns the requests as "GET /path?query".
func (r *Recorder) Lines() []string {
	var lines []string
	for _, request := range r.All() {
		lines = append(lines, request.Line())
	}
	return lines
}

// Only returns the one request that there has been.
func (r *Recorder) Only(t *testing.T) Seen {
	t.Helper()
	requests := r.All()
	if len(requests) != 1 {
		t.Fatalf("%d requests, want one: %q", len(requests), r.Lines())
	}
	return requests[0]
}

// Says returns a handler that gives one answer to everything.
func Says(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if contentType != "" {
			w.Header().Set("Content-Type", contentType)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// SaysJSON is Says for a success.
func SaysJSON(body string) http.HandlerFunc { return Says(http.StatusOK, "application/json", body) }
