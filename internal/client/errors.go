package client

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
)

// What an *Error may be, for errors.Is.
var (
	// ErrUnauthorized: the login was refused, or the token is not accepted (401).
	ErrUnauthorized = errors.New("not authenticated")
	// ErrLogin marks every failure of the login itself, whatever the reason.
	ErrLogin = errors.New("login failed")
	// ErrForbidden: the identity may not do this (403).
	ErrForbidden = errors.New("not allowed")
	// ErrNotFound: the entity does not exist (a 404 with a text of its own). Only this means that an object is gone.
	ErrNotFound = errors.New("not found")
	// ErrUnsupported: the server does not offer the call (the router's own 404, or 405).
	ErrUnsupported = errors.New("not offered by this server")
	// ErrConflict: the change contradicts what exists (409).
	ErrConflict = errors.New("conflict")
	// ErrInvalid: the server refused the values that were sent (422); Error.Fields says which.
	ErrInvalid = errors.New("invalid values")
	// ErrNotAPI: something other than the API answered, such as a web page. Where the status says all there is to say, as
	// 401, 403, 429 and 5xx do, the answer is of that kind instead.
	ErrNotAPI = errors.New("not an API answer")
	// ErrOutcomeUnknown: a create was sent and its answer was lost, so that the object may or may not exist.
	ErrOutcomeUnknown = errors.New("outcome unknown")
)

// Error is a failed call. It is always returned as a pointer: use errors.As with a *Error.
type Error struct {
	// Method and Path name the call; Path is below the base URL and has no query, where credentials may travel.
	Method, Path string
	// Status is the HTTP status, 0 when no answer came.
	Status int
	// Detail is what the server said, shortened and free of this client's secrets; it may be empty.
	Detail string
	// Fields are the values that the server refused, from a 422.
	Fields []FieldError

	// err is one of the package's sentinel errors, or the failure of the connection.
	err error
	// marks are further sentinel errors, which classify the failure but do not explain it.
	marks []error
	// retryAfter is how long the server asks to wait, nil if it does not.
	retryAfter *time.Duration
	// sent tells whether the server may have seen the request.
	sent bool
	// byAPI tells whether the answer has the form of the API's own errors.
	byAPI bool
}

// FieldError is one refused value: Location leads to it inside the request ("body", "idp_config", "domain"; list
// indexes in decimal), Message says why.
type FieldError struct {
	Location []string
	Message  string
}

// Error says what was called and what came back, without secrets.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", e.Method, e.Path)
	if e.Status != 0 {
		fmt.Fprintf(&b, " answered %d %s", e.Status, http.StatusText(e.Status))
	}
	if reason := e.Reason(); reason != "" {
		fmt.Fprintf(&b, ": %s", reason)
	}
	return b.String()
}

// Reason is the error's text without the call and the status: what the server said or, without an answer, what
// went wrong on the way.
func (e *Error) Reason() string {
	switch {
	case e.Detail != "":
		return e.Detail
	case len(e.Fields) > 0:
		texts := make([]string, len(e.Fields))
		for i, field := range e.Fields {
			texts[i] = strings.Join(field.Location, ".") + ": " + field.Message
		}
		return Shorten(strings.Join(texts, "; "))
	case e.err != nil:
		return e.err.Error()
	}
	return ""
}

// ByAPI tells whether the answer has the form of the API's own errors, rather than that of a proxy in front of it.
func (e *Error) ByAPI() bool { return e.byAPI }

// Unwrap gives the sentinel errors and the failure of the connection.
func (e *Error) Unwrap() []error {
	if e.err == nil {
		return e.marks
	}
	return append(slices.Clone(e.marks), e.err)
}

// Bounds of what goes into an error from a server: the runes of a text, the refused values, and the steps to one.
const (
	maxDetail   = 500
	maxFields   = 20
	maxLocation = 10
)

// newError turns a refusal into an *Error.
func (c *Client) newError(r Request, a *answer, token string) *Error {
	e := &Error{Method: r.Method, Path: r.Path, Status: a.status, sent: true}
	e.retryAfter = parseRetryAfter(a.header.Get("Retry-After"), c.Now())
	page, detail := a.isHTML(), ""
	if page {
		e.Detail = "a web page came back instead of JSON"
	} else {
		secrets := append([]string{c.config.APIKey, c.config.Password, c.config.ClientSecret, token}, r.Secrets...)
		secrets = slices.AppendSeq(secrets, maps.Values(c.config.Headers))
		detail = e.readDetail(a.body, newRedactor(secrets))
	}
	e.byAPI = detail != ""
	switch {
	// These mean the same from a gateway in front of the API, which often answers them as a web page.
	case a.status == http.StatusUnauthorized:
		e.err = ErrUnauthorized
	case a.status == http.StatusForbidden:
		e.err = ErrForbidden
	case a.status == http.StatusTooManyRequests, a.status >= 500:
	// All others mean something from the API alone.
	case page:
		e.err = ErrNotAPI
	case a.status == http.StatusNotFound && detail == "Not Found", a.status == http.StatusMethodNotAllowed:
		// FastAPI's router answers exactly this for a route it does not have.
		e.err = ErrUnsupported
	case a.status == http.StatusNotFound && detail != "":
		e.err = ErrNotFound
	case a.status == http.StatusNotFound:
		e.err = ErrNotAPI
	case a.status == http.StatusConflict:
		e.err = ErrConflict
	case a.status == http.StatusUnprocessableEntity:
		e.err = ErrInvalid
	}
	return e
}

// readDetail fills Detail and Fields from a body. It returns the detail as it came, which is "" unless the body has
// FastAPI's error shape and says something.
func (e *Error) readDetail(body []byte, secrets *strings.Replacer) string {
	// A second time, because a secret may come in pieces that printable joins.
	clean := func(text string) string { return Shorten(secrets.Replace(printable(secrets.Replace(text)))) }
	var shape map[string]json.RawMessage // A struct would take "Detail" as well, which is another service's word.
	if json.Unmarshal(body, &shape) != nil || len(shape["detail"]) == 0 {
		e.Detail = clean(string(body))
		return ""
	}
	raw := shape["detail"]
	var text string
	if json.Unmarshal(raw, &text) == nil {
		e.Detail = clean(text)
		return strings.TrimSpace(text)
	}
	var fields []struct {
		Loc []json.RawMessage `json:"loc"`
		Msg string            `json:"msg"`
	}
	if json.Unmarshal(raw, &fields) != nil {
		e.Detail = clean(string(raw))
		return content(raw)
	}
	// Only loc and msg are kept: newer pydantic versions echo the refused input, which may be a password.
	for _, field := range fields[:min(len(fields), maxFields)] {
		location := make([]string, min(len(field.Loc), maxLocation))
		for i := range location {
			if json.Unmarshal(field.Loc[i], &location[i]) != nil {
				location[i] = string(field.Loc[i]) // a list index
			}
			location[i] = clean(location[i])
		}
		e.Fields = append(e.Fields, FieldError{Location: location, Message: clean(field.Msg)})
	}
	return content(raw)
}

// content returns a detail that is no text, or "" if it has nothing in it.
func content(detail json.RawMessage) string {
	var fields map[string]any
	var list []any
	_ = json.Unmarshal(detail, &fields)
	_ = json.Unmarshal(detail, &list)
	if len(fields)+len(list) == 0 {
		return ""
	}
	return string(detail)
}

// Shorten makes a server's text fit to be shown.
func Shorten(text string) string {
	text = strings.TrimSpace(printable(text))
	if runes := []rune(text); len(runes) > maxDetail {
		return string(runes[:maxDetail]) + "…"
	}
	return text
}

// printable returns a text that is valid and has nothing in it that steers a terminal.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "�"))
}

// newRedactor hides secrets in a text, in case a server or a proxy echoes them: as they are, or as a URL or JSON spells
// them.
func newRedactor(secrets []string) *strings.Replacer {
	var spellings []string
	for _, secret := range secrets {
		if secret != "" {
			spellings = append(spellings, secret, url.QueryEscape(secret), url.PathEscape(secret))
		}
	}
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`) // which is all that Python's JSON does; Go's does more
	for range 2 {                                       // A request's JSON may come back as a string of an answer's JSON.
		for _, spelling := range spellings {
			quoted, _ := json.Marshal(spelling) //nolint:errchkjson // A string always encodes.
			spellings = append(spellings, escape.Replace(spelling), string(quoted[1:len(quoted)-1]))
		}
	}
	// The longest first, lest a secret that another one begins with leave the rest of that one in sight.
	slices.SortFunc(spellings, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	var pairs []string
	for _, spelling := range slices.Compact(spellings) {
		pairs = append(pairs, spelling, "(hidden)")
	}
	return strings.NewReplacer(pairs...)
}
