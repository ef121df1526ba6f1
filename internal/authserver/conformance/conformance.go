// Package conformance holds requests and answers of the gateway API against the OpenAPI document of the platform: those of
// a client in its tests, and those of the development AuthService in its own.
//
// What the document says is checked: parameters, bodies, statuses of success, and the schema of each answer. So is what it
// implies for a client: a field or a query parameter that it does not list is a violation, for the platform ignores most of
// those without a word.
//
// The exceptions are these, where the platform is known to differ from its document:
//
//   - The document lists no status of a refusal but 422. Any other is taken, if its JSON is an object with a detail that is a
//     text, a list or an object. A 422 may have such a detail, too: not all of them are about the form of the input.
//   - The input in a problem of a 422 may be null, as of a parameter that is missing. Its schema says nothing of a type, which
//     openapi3filter takes for one without null.
//   - POST /auth/logout takes a JSON body with a refresh_token, of which the document says nothing.
//   - Platform 0.9.3 answers ttl_seconds in a personal access token, which later ones do not.
//   - An answer that a fault made up or cut is not checked, but its request is.
//   - What the document does not list is not checked, as GET /ping, /whoami, /config/runtime-posture and /openapi.json.
//
// A redirect to the other trailing slash is a fault of the client's, and a violation.
package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/google/uuid"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// Variable is the environment variable that names the OpenAPI document.
const Variable = "KAMIWAZA_OPENAPI"

// beside is where the document is otherwise, seen from the repository's root.
const beside = "../shared/openapi-gateway-1.2.0.json"

// prefix is the path of the API's base URL.
const prefix = "/api"

// Violation is something in a request or an answer that the document does not allow. It holds no value that was sent.
type Violation struct {
	Answer  bool   // in the answer, not in the request
	Call    string // the method and the path
	Status  int    // of the answer
	Problem string
}

func (v Violation) String() string {
	what := "request"
	if v.Answer {
		what = "answer"
	}
	return fmt.Sprintf("%s of %s (%d): %s", what, v.Call, v.Status, v.Problem)
}

// Recorder records the violations of the requests that pass through its handlers.
type Recorder struct {
	document *openapi3.T

	mu         sync.Mutex
	violations []Violation
}

// New returns a recorder, and skips the test where there is no document.
func New(t testing.TB) *Recorder {
	t.Helper()
	path, found := Find()
	if !found {
		t.Skipf("there is no OpenAPI document of the platform: set %s to its path", Variable)
	}
	recorder, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return recorder
}

// Check returns a wrap for the handler of a test's server. The test fails at its end for each violation that counts; a nil
// function counts all. Where there is no document, nothing is checked.
func Check(t testing.TB, counts func(Violation) bool) func(http.Handler) http.Handler {
	t.Helper()
	path, found := Find()
	if !found {
		return func(handler http.Handler) http.Handler { return handler }
	}
	recorder, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, violation := range recorder.Violations() {
			if counts == nil || counts(violation) {
				t.Errorf("not as in the OpenAPI document: %v", violation)
			}
		}
	})
	return recorder.Wrap
}

// Find returns the path of the document, if there is one.
func Find() (path string, found bool) {
	if path := os.Getenv(Variable); path != "" {
		return path, true
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", false
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			path := filepath.Join(dir, beside)
			_, err := os.Stat(path)
			return path, err == nil
		}
		if dir == filepath.Dir(dir) {
			return "", false
		}
		dir = filepath.Dir(dir)
	}
}

// documents are those that were read, by their paths: reading one takes a while.
var documents sync.Map

// Open returns a recorder for the document of a path.
func Open(path string) (*Recorder, error) {
	if document, found := documents.Load(path); found {
		return &Recorder{document: document.(*openapi3.T)}, nil //nolint:forcetypeassert // nothing else is in it
	}
	document, err := openapi3.NewLoader().LoadFromFile(path)
	if err != nil {
		return nil, fmt.Errorf("OpenAPI document: %w", err)
	}
	if problem := document.Components.Schemas["ValidationError"]; problem != nil && problem.Value.Properties["input"] != nil {
		problem.Value.Properties["input"].Value.Type = &openapi3.Types{"array", "boolean", "null", "number", "object", "string"}
	}
	if pat := document.Components.Schemas["PAT"]; pat != nil {
		pat.Value.Properties["ttl_seconds"] = openapi3.NewIntegerSchema().WithNullable().NewRef()
	}
	documents.Store(path, document)
	return &Recorder{document: document}, nil
}

// Violations returns what was found so far.
func (r *Recorder) Violations() []Violation {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.violations)
}

// Wrap returns a handler that does as another does, and checks what passes.
func (r *Recorder) Wrap(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		request.Body = io.NopCloser(bytes.NewReader(body))
		recorded := &recording{ResponseRecorder: httptest.NewRecorder()}
		handler.ServeHTTP(recorded, request)
		request.Body = io.NopCloser(bytes.NewReader(body))
		r.check(request, body, recorded)

		maps.Copy(w.Header(), recorded.Header())
		w.WriteHeader(recorded.Code)
		_, _ = w.Write(recorded.Body.Bytes())
	})
}

// recording is an answer, and whether a fault made it up or cut it.
type recording struct {
	*httptest.ResponseRecorder
	faulted bool
}

func (r *recording) Faulted() { r.faulted = true }

// check records what is wrong with a request and its answer.
func (r *Recorder) check(request *http.Request, body []byte, answer *recording) {
	note := func(inAnswer bool, problems ...string) {
		r.mu.Lock()
		defer r.mu.Unlock()
		for _, problem := range problems {
			r.violations = append(r.violations, Violation{inAnswer, request.Method + " " + request.URL.Path, answer.Code, problem})
		}
	}
	if answer.Code == http.StatusTemporaryRedirect {
		note(false, "the trailing slash is missing or too many")
	}
	input := r.find(request)
	if input == nil {
		return
	}
	input.Options = options(request)
	if err := openapi3filter.ValidateRequest(request.Context(), input); err != nil {
		note(false, problemsOf(err)...)
	}
	note(false, unknownInput(input, body)...)
	request.Body = io.NopCloser(bytes.NewReader(body))

	if !answer.faulted {
		note(true, r.checkAnswer(input, answer.ResponseRecorder)...)
	}
}

// find returns what the document says of a request's operation, or nil.
func (r *Recorder) find(request *http.Request) *openapi3filter.RequestValidationInput {
	escaped, isAPI := strings.CutPrefix(request.URL.EscapedPath(), prefix)
	if !isAPI {
		return nil
	}
	var found *openapi3filter.RequestValidationInput
	for path, item := range r.document.Paths.Map() {
		values, matches := authserver.PathValues(path, escaped)
		operation := item.GetOperation(request.Method)
		if !matches || operation == nil || found != nil && len(found.PathParams) <= len(values) {
			continue
		}
		found = &openapi3filter.RequestValidationInput{Request: request, PathParams: values, Route: &routers.Route{
			Spec: r.document, Path: path, PathItem: item, Method: request.Method, Operation: operation,
		}}
	}
	return found
}

func options(request *http.Request) *openapi3filter.Options {
	o := &openapi3filter.Options{
		MultiError: true, SkipSettingDefaults: true, IncludeResponseStatus: true,
		AuthenticationFunc: func(context.Context, *openapi3filter.AuthenticationInput) error {
			if request.Header.Get("Authorization") == "" && len(request.CookiesNamed("access_token")) == 0 {
				return errors.New("there is no token")
			}
			return nil
		},
	}
	o.SchemaValidationOptions = []openapi3.SchemaValidationOption{
		openapi3.WithStringFormatValidator("uuid", openapi3.NewCallbackValidator(uuid.Validate)),
		openapi3.WithStringFormatValidator("date-time", openapi3.NewCallbackValidator(func(text string) error {
			_, err := time.Parse(time.RFC3339, text)
			return err
		})),
	}
	o.WithCustomSchemaErrorFunc(func(err *openapi3.SchemaError) string { // without the value, which may be a secret
		reason := err.Reason
		switch err.SchemaField {
		case "format":
			reason = "it is no " + err.Schema.Format
		case "pattern":
			reason = "it does not match " + err.Schema.Pattern
		}
		return "/" + strings.Join(err.JSONPointer(), "/") + ": " + reason
	})
	return o
}

// checkAnswer returns what is wrong with an answer.
func (r *Recorder) checkAnswer(input *openapi3filter.RequestValidationInput, answer *httptest.ResponseRecorder) []string {
	if answer.Code >= 300 {
		var refusal struct {
			Detail any `json:"detail"`
		}
		isJSON := answer.Header().Get("Content-Type") == "application/json"
		if answer.Code >= 400 && (!isJSON || json.Unmarshal(answer.Body.Bytes(), &refusal) != nil || refusal.Detail == nil) {
			return []string{"the refusal has no detail"}
		}
		if _, isList := refusal.Detail.([]any); answer.Code != http.StatusUnprocessableEntity || !isList {
			return nil
		}
	}
	err := openapi3filter.ValidateResponse(input.Request.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: answer.Code, Header: answer.Header(),
		Body: io.NopCloser(bytes.NewReader(answer.Body.Bytes())), Options: input.Options,
	})
	problems := problemsOf(err)
	response := input.Route.Operation.Responses.Status(answer.Code)
	if response == nil || response.Value.Content["application/json"] == nil {
		if answer.Body.Len() > 0 {
			problems = append(problems, "there is a body")
		}
		return problems
	}
	return append(problems, unknownJSON(response.Value.Content["application/json"].Schema, answer.Body.Bytes(), "")...)
}

// problemsOf returns the texts of all errors in one.
func problemsOf(err error) []string {
	if err == nil {
		return nil
	}
	if many, ok := err.(openapi3.MultiError); ok { //nolint:errorlint // not the errors about one parameter, whose name is around them
		var problems []string
		for _, one := range many {
			problems = append(problems, problemsOf(one)...)
		}
		return problems
	}
	return []string{strings.Join(strings.Fields(err.Error()), " ")}
}

// unknownInput returns the query parameters and the body's fields that an operation does not have.
func unknownInput(input *openapi3filter.RequestValidationInput, body []byte) []string {
	var problems []string
	for name := range input.Request.URL.Query() {
		if input.Route.Operation.Parameters.GetByInAndName("query", name) == nil {
			problems = append(problems, fmt.Sprintf("there is no query parameter %q", name))
		}
	}
	described := input.Route.Operation.RequestBody
	if described == nil {
		if len(body) > 0 && input.Route.Path != "/auth/logout" {
			problems = append(problems, "there is a body")
		}
		return problems
	}
	if media := described.Value.Content["application/json"]; media != nil {
		problems = append(problems, unknownJSON(media.Schema, body, "")...)
	}
	if media := described.Value.Content["application/x-www-form-urlencoded"]; media != nil {
		for name := range input.Request.PostForm {
			if media.Schema.Value.Properties[name] == nil {
				problems = append(problems, fmt.Sprintf("the form has no field %q", name))
			}
		}
	}
	slices.Sort(problems)
	return problems
}

// unknownJSON returns the fields of a JSON value that its schema does not list.
func unknownJSON(ref *openapi3.SchemaRef, data []byte, at string) []string {
	if ref == nil || ref.Value == nil {
		return nil
	}
	for _, either := range ref.Value.AnyOf {
		if either.Value != nil && !either.Value.Type.Is("null") {
			ref = either // no schema of the document has more than one besides null that holds fields
			break
		}
	}
	var list []json.RawMessage
	if items := ref.Value.Items; items != nil && json.Unmarshal(data, &list) == nil {
		var problems []string
		for i, item := range list {
			problems = append(problems, unknownJSON(items, item, fmt.Sprintf("%s/%d", at, i))...)
		}
		return problems
	}
	var fields map[string]json.RawMessage
	if len(ref.Value.Properties) == 0 || json.Unmarshal(data, &fields) != nil {
		return nil
	}
	var problems []string
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		property := ref.Value.Properties[name]
		if property == nil {
			problems = append(problems, fmt.Sprintf("there is no field %s/%s", at, name))
			continue
		}
		problems = append(problems, unknownJSON(property, fields[name], at+"/"+name)...)
	}
	return problems
}
