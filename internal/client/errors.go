package client

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
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
	// ErrDisabled: the platform has what the call needs, but it is switched off there; Error.Code says what.
	ErrDisabled = errors.New("switched off on this platform")
	// ErrUnavailable: the platform could not decide for now, and has not acted; Error.Code says why.
	ErrUnavailable = errors.New("not available for now")
	// ErrAdminRequired marks an ErrForbidden of a call that only the role admin may make.
	ErrAdminRequired = errors.New("the role admin is required")
	// ErrNotMember marks an ErrForbidden of a workroom that the caller is no member of, as the role admin alone does not make one.
	ErrNotMember = errors.New("not a member of the workroom")
	// ErrActiveSessions marks an ErrConflict of a removal that must be confirmed, because it ends sessions.
	ErrActiveSessions = errors.New("there are active sessions")
	// ErrAttributeUndeclared: an attribute of a subject is not declared in the attribute schema.
	ErrAttributeUndeclared = errors.New("attribute not declared")
	// ErrAttributeDeclared: the attribute is declared already, in another way, which cannot change.
	ErrAttributeDeclared = errors.New("attribute declared in another way")
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
	// Code is the server's word for the reason, such as "rebac_disabled", and Remediation what it says to do about it. Both
	// are "" where it gives none.
	Code, Remediation string
	// ByAPIKey tells that the call was made with Config.APIKey.
	ByAPIKey bool
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
	case e.Detail != "" && e.Remediation != "":
		return strings.TrimRight(e.Detail, ".") + ". " + e.Remediation
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

// kinds are the errors that a code stands for, whatever the status.
var kinds = map[string]error{
	CodeIDPManagementDisabled:        ErrDisabled,
	"rebac_disabled":                 ErrDisabled,
	"session_store_disabled":         ErrDisabled,
	"authorization_unavailable":      ErrUnavailable,
	"workroom_authority_unavailable": ErrUnavailable,
}

// CodeIDPManagementDisabled is the Error.Code where the platform may not administer Keycloak, and so no identity providers.
const CodeIDPManagementDisabled = "idp_management_disabled"

// marks are the errors that a code or a text says besides the status, which it comes with; 0 is any.
var marks = map[string]struct {
	status int
	err    error
}{
	"Admin role required":                                              {http.StatusForbidden, ErrAdminRequired},
	"Role 'admin' is required to access this resource":                 {http.StatusForbidden, ErrAdminRequired},
	"Workroom access denied":                                           {http.StatusForbidden, ErrNotMember},
	"Member has active workroom sessions; confirm removal to continue": {http.StatusConflict, ErrActiveSessions},
	"active_sessions_confirmation_required":                            {http.StatusConflict, ErrActiveSessions},
	"attribute_not_registered":                                         {0, ErrAttributeUndeclared},
	"shape_change_on_declared":                                         {0, ErrAttributeDeclared},
}

// newError turns a refusal into an *Error.
func (c *Client) newError(r Request, a *answer, token string) *Error {
	e := &Error{Method: r.Method, Path: r.Path, Status: a.status, ByAPIKey: token != "" && token == c.config.APIKey, sent: true}
	e.retryAfter = parseRetryAfter(a.header.Get("Retry-After"), c.Now())
	page, detail := a.isHTML(), ""
	if page {
		e.Detail = "a web page came back instead of JSON"
	} else {
		secrets := append([]string{c.config.APIKey, c.config.Password, c.config.ClientSecret, token}, r.Secrets...)
		secrets = append(secrets, c.session.secrets()...)
		secrets = slices.AppendSeq(secrets, maps.Values(c.config.Headers))
		detail = e.readDetail(a.body, newRedactor(secrets))
	}
	e.byAPI = detail != ""
	for _, said := range []string{detail, e.Detail, e.Code} {
		if mark := marks[said]; mark.err != nil && (mark.status == 0 || mark.status == a.status) {
			e.marks = []error{mark.err}
		}
	}
	switch {
	// These mean the same from a gateway in front of the API, which often answers them as a web page.
	case a.status == http.StatusUnauthorized:
		e.err = ErrUnauthorized
	case kinds[e.Code] != nil:
		e.err = kinds[e.Code]
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
