package authserver

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"
)

// maxBody bounds a request's body, in bytes. A set of 10,000 ids takes a tenth of it.
const maxBody = 4 << 20

// Input is what an operation reads: the request, and the problems with it that were found so far.
type Input struct {
	*http.Request
	rules    Rules
	body     json.RawMessage // as far as it is JSON
	problems []problem
}

// Report notes a problem, as pydantic puts it.
func (in *Input) Report(kind, msg string, loc ...any) {
	in.problems = append(in.problems, in.problem(kind, msg, loc...))
}

func (in *Input) problem(kind, msg string, loc ...any) problem {
	p := problem{Type: kind, Loc: loc, Msg: msg}
	if in.rules.EchoInput {
		p.Input = in.sent(loc)
	}
	return p
}

// sent is what the client has sent at a place. Where it has sent nothing, that is what lacks it.
func (in *Input) sent(loc []any) json.RawMessage {
	null := json.RawMessage("null")
	switch name, _ := loc[len(loc)-1].(string); loc[0] {
	case "path":
		return Encode(in.PathValue(name))
	case "query":
		if query := in.URL.Query(); query.Has(name) {
			return Encode(query.Get(name))
		}
		return null
	}
	at := in.body
	if at == nil {
		at = formJSON(in.PostForm)
	}
	for _, part := range loc[1:] {
		var inner json.RawMessage
		switch part := part.(type) {
		case int:
			var list []json.RawMessage
			if json.Unmarshal(at, &list) == nil && part < len(list) {
				inner = list[part]
			}
		case string:
			var object map[string]json.RawMessage
			if json.Unmarshal(at, &object) == nil {
				inner = object[part]
			}
		}
		if inner == nil {
			break
		}
		at = inner
	}
	if at == nil {
		return null
	}
	return at
}

// formJSON is what FastAPI makes of a form.
func formJSON(form url.Values) json.RawMessage {
	if form == nil {
		return nil
	}
	fields := map[string]string{}
	for name, values := range form {
		fields[name] = values[len(values)-1]
	}
	return Encode(fields)
}

// Refused returns the 422 that lists all problems, or nil if there are none.
func (in *Input) Refused() error {
	if len(in.problems) > 0 {
		return invalid(in.problems...)
	}
	return nil
}

// PathID reads a UUID from the path.
func (in *Input) PathID(name string) string {
	return in.parseID(in.PathValue(name), "path", name)
}

// parseID returns a UUID in its canonical form.
func (in *Input) parseID(text string, loc ...any) string {
	id, err := uuid.Parse(text)
	if err != nil {
		in.Report("uuid_parsing", "Input should be a valid UUID, "+err.Error(), loc...)
		return ""
	}
	return id.String()
}

// QueryField reads a parameter of the query string.
func (in *Input) QueryField(name string) string {
	values := in.URL.Query()
	if !values.Has(name) {
		in.Report("missing", "Field required", "query", name)
	}
	return values.Get(name)
}

// ReadForm reads the form in the body, for FormField.
func (in *Input) ReadForm() error {
	if err := in.ParseForm(); err != nil {
		return unreadable(err)
	}
	return nil
}

// FormField reads a field of the form. As in FastAPI, an empty field is a missing one.
func (in *Input) FormField(name string) string {
	value := in.PostForm.Get(name)
	if value == "" {
		in.Report("missing", "Field required", "body", name)
	}
	return value
}

// Bearer returns the token of the header Authorization, or nothing.
func (in *Input) Bearer() string {
	if scheme, token, _ := strings.Cut(in.Header.Get("Authorization"), " "); strings.EqualFold(scheme, "Bearer") {
		return token
	}
	return ""
}

// CookieValue returns the value of a cookie, or nothing.
func (in *Input) CookieValue(name string) string {
	if cookie, err := in.Cookie(name); err == nil {
		return cookie.Value
	}
	return ""
}
