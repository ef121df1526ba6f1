package authserver

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
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
	header.Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	if cut {
		a.body = a.body[:len(a.body)/2]
	}
	_, _ = w.Write(a.body) // a client that went away misses nothing that was promised
}

func succeeded(value any) answer {
	return answer{status: http.StatusOK, body: encode(value)}
}

// refused is the answer to a request that err stopped.
func refused(err error) answer {
	var r *refusal
	if !errors.As(err, &r) {
		return answer{
			status: http.StatusInternalServerError,
			body:   encode(map[string]any{"detail": "Internal Server Error"}),
			why:    err.Error(),
		}
	}
	return answer{status: r.status, header: r.header, body: encode(map[string]any{"detail": r.detail}), why: r.Error()}
}

// refuseAll is the answer of a path that refuses every request, with headers in pairs.
func refuseAll(status int, detail string, headers ...string) answer {
	r := &refusal{status: status, detail: detail, header: map[string]string{}}
	for i := 0; i+1 < len(headers); i += 2 {
		r.header[headers[i]] = headers[i+1]
	}
	return refused(r)
}

// encode writes JSON as FastAPI does: without escapes for HTML.
func encode(value any) []byte {
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(fmt.Sprintf("authserver: answer cannot be encoded: %v", err)) // all its types can
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
}

// refusal is an error that the API answers: a status, and FastAPI's detail.
type refusal struct {
	status int
	header map[string]string
	detail any // a text, or []problem
}

func refuse(status int, format string, args ...any) *refusal {
	return &refusal{status: status, detail: fmt.Sprintf(format, args...)}
}

func unauthorized(detail string) *refusal {
	r := refuse(http.StatusUnauthorized, "%s", detail)
	r.header = map[string]string{"WWW-Authenticate": "Bearer"}
	return r
}

func (r *refusal) Error() string {
	problems, ok := r.detail.([]problem)
	if !ok {
		return fmt.Sprint(r.detail)
	}
	texts := make([]string, len(problems))
	for i, p := range problems {
		texts[i] = p.String()
	}
	return strings.Join(texts, "; ")
}

// problem is one entry of a 422: where the input is wrong, and how. Unlike FastAPI's it does
// not repeat the input, which may be a password.
type problem struct {
	Type string `json:"type"`
	Loc  []any  `json:"loc"`
	Msg  string `json:"msg"`
}

func (p problem) String() string {
	var at strings.Builder
	for i, part := range p.Loc {
		if i > 0 {
			at.WriteByte('.')
		}
		fmt.Fprint(&at, part)
	}
	return at.String() + ": " + p.Msg
}

func invalid(problems ...problem) *refusal {
	return &refusal{status: http.StatusUnprocessableEntity, detail: problems}
}

// readAll reads a body up to its limit.
func readAll(r *http.Request) ([]byte, error) {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, unreadable(err)
	}
	return data, nil
}

// unreadable refuses a body that could not be read because of err.
func unreadable(err error) *refusal {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return refuse(http.StatusRequestEntityTooLarge, "Request body is larger than %d bytes", tooLarge.Limit)
	}
	return refuse(http.StatusBadRequest, "There was an error parsing the body")
}
