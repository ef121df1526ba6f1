package authserver

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
)

// answer is a whole response, so that a fault can still lose it or cut it.
type answer struct {
	status      int
	contentType string // application/json if empty
	header      map[string]string
	body        []byte
	why         string // for the log, where the request was refused
}

// write sends the answer; cut sends only half of the body, under its full length.
func (a answer) write(w http.ResponseWriter, cut bool) {
	header := w.Header()
	for key, value := range a.header {
		header.Set(key, value)
	}
	if len(a.body) > 0 {
		contentType := a.contentType
		if contentType == "" {
			contentType = "application/json"
		}
		header.Set("Content-Type", contentType)
	}
	if mayHaveBody(a.status) {
		header.Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	w.WriteHeader(a.status)
	if cut {
		a.body = a.body[:len(a.body)/2]
	}
	_, _ = w.Write(a.body) // a client that went away misses nothing that was promised
}

func mayHaveBody(status int) bool {
	return status != http.StatusNoContent && status != http.StatusNotModified
}

// WithHeader is the JSON of a success, and headers that go with it.
type WithHeader struct {
	Header map[string]string
	Value  any
}

// WithStatus is the JSON of a success whose status is not the operation's.
type WithStatus struct {
	Status int
	Value  any
}

// succeeded is the answer of a success; the status 0 is 200.
func succeeded(status int, value any) answer {
	if with, ok := value.(WithStatus); ok {
		status, value = with.Status, with.Value
	}
	a := answer{status: cmp.Or(status, http.StatusOK)}
	if with, ok := value.(WithHeader); ok {
		a.header, value = with.Header, with.Value
	}
	if mayHaveBody(a.status) {
		a.body = Encode(value)
	}
	return a
}

// refused is the answer to a request that err stopped.
func refused(err error) answer {
	r, ok := errors.AsType[*refusal](err)
	if !ok {
		return answer{
			status: http.StatusInternalServerError,
			body:   Encode(map[string]any{"detail": "Internal Server Error"}),
			why:    err.Error(),
		}
	}
	return answer{status: r.status, header: r.header, body: Encode(map[string]any{"detail": r.detail}), why: r.Error()}
}

// Message is the body of a success that has nothing else to say.
func Message(format string, args ...any) map[string]string {
	return map[string]string{"message": fmt.Sprintf(format, args...)}
}

// refusedWith is the answer of a refusal before any operation, with headers in pairs.
func refusedWith(status int, detail string, headers ...string) answer {
	r := &refusal{status: status, detail: detail, header: map[string]string{}}
	for i := 0; i+1 < len(headers); i += 2 {
		r.header[headers[i]] = headers[i+1]
	}
	return refused(r)
}

// Encode writes JSON as FastAPI does: without escapes for HTML.
func Encode(value any) []byte {
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(fmt.Sprintf("authserver: answer cannot be encoded: %v", err)) // all its types can
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
}
