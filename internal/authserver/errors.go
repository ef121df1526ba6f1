package authserver

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// refusal is an error that the API answers: a status, and FastAPI's detail.
type refusal struct {
	status int
	header map[string]string
	detail any // a text, []problem, or an object
}

// Refuse returns an error that is answered with a status and a detail.
func Refuse(status int, format string, args ...any) error {
	return &refusal{status: status, detail: fmt.Sprintf(format, args...)}
}

// RefuseWith returns an error that is answered with a status and a detail that is an object.
func RefuseWith(status int, detail map[string]any) error {
	return &refusal{status: status, detail: detail}
}

// Unauthorized returns a 401.
func Unauthorized(detail string) error {
	return &refusal{status: http.StatusUnauthorized, detail: detail, header: map[string]string{"WWW-Authenticate": "Bearer"}}
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

// problem is one entry of a 422: where the input is wrong, and how. Input is what stands there. It may be a password, so
// that it is never logged.
type problem struct {
	Type  string          `json:"type"`
	Loc   []any           `json:"loc"`
	Msg   string          `json:"msg"`
	Input json.RawMessage `json:"input,omitempty"`
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

func invalid(problems ...problem) error {
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
func unreadable(err error) error {
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return Refuse(http.StatusRequestEntityTooLarge, "Request body is larger than %d bytes", tooLarge.Limit)
	}
	return Refuse(http.StatusBadRequest, "There was an error parsing the body")
}
