package authserver

import (
	"net/http"

	"github.com/google/uuid"
)

// maxBody bounds a request's body, in bytes. A set of 10,000 ids takes a tenth of it.
const maxBody = 4 << 20

// input is what a handler reads: the request, who sent it, and the problems found so far.
type input struct {
	*http.Request
	caller   User
	behavior Behavior
	problems []problem
}

func (in *input) report(kind, msg string, loc ...any) {
	in.problems = append(in.problems, problem{Type: kind, Loc: loc, Msg: msg})
}

// refused returns the 422 that lists all problems, or nil if there are none.
func (in *input) refused() error {
	if len(in.problems) > 0 {
		return invalid(in.problems...)
	}
	return nil
}

// id reads a UUID from the path.
func (in *input) id(name string) string {
	return in.parseID(in.PathValue(name), "path", name)
}

// parseID returns a UUID in its canonical form.
func (in *input) parseID(text string, loc ...any) string {
	id, err := uuid.Parse(text)
	if err != nil {
		in.report("uuid_parsing", "Input should be a valid UUID, "+err.Error(), loc...)
		return ""
	}
	return id.String()
}

// query reads a parameter of the query string.
func (in *input) query(name string) string {
	values := in.URL.Query()
	if !values.Has(name) {
		in.report("missing", "Field required", "query", name)
	}
	return values.Get(name)
}

// form reads a field of the form in the body, which has been parsed. As in FastAPI, an
// empty field is a missing one.
func (in *input) form(name string) string {
	value := in.PostForm.Get(name)
	if value == "" {
		in.report("missing", "Field required", "body", name)
	}
	return value
}
