package client_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/clienttest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

const (
	page    = "<!DOCTYPE html>\n<html><body>Welcome</body></html>"
	someID  = "11111111-2222-3333-4444-555555555555"
	someGet = "GET /auth/roles/" + someID
)

func TestAnswersAreClassified(t *testing.T) {
	for name, test := range map[string]struct {
		fault  authserver.Fault
		kinds  []error
		reason string
	}{
		"an entity's 404":              {authserver.Fault{Status: 404, Body: `{"detail":"Role not found"}`}, []error{client.ErrNotFound}, "Role not found"},
		"an entity's 404 of any shape": {authserver.Fault{Status: 404, Body: `{"detail":{"code":"gone"}}`}, []error{client.ErrNotFound}, `{"code":"gone"}`},
		"the router's 404":             {authserver.Fault{Status: 404, Body: `{"detail":"Not Found"}`}, []error{client.ErrUnsupported}, "Not Found"},
		"405":                          {authserver.Fault{Status: 405, Body: `{"detail":"Method Not Allowed"}`}, []error{client.ErrUnsupported}, "Method Not Allowed"},
		"405 without a body of JSON":   {authserver.Fault{Status: 405, Body: "no", ContentType: "text/plain"}, []error{client.ErrUnsupported}, "no"},
		"a 404 of other JSON":          {authserver.Fault{Status: 404, Body: `{"error":"no such service"}`}, []error{client.ErrNotAPI}, `{"error":"no such service"}`},
		"a 404 of plain text":          {authserver.Fault{Status: 404, Body: "404 page not found\n", ContentType: "text/plain"}, []error{client.ErrNotAPI}, "404 page not found"},
		"a 404 with a null detail":     {authserver.Fault{Status: 404, Body: `{"detail":null}`}, []error{client.ErrNotAPI}, "not an API answer"},
		"a 404 with an empty detail":   {authserver.Fault{Status: 404, Body: `{"detail":""}`}, []error{client.ErrNotAPI}, "not an API answer"},
		"a 404 that is JSON but a list": {
			authserver.Fault{Status: 404, Body: `["detail"]`}, []error{client.ErrNotAPI}, `["detail"]`,
		},
		"a page with 404":          {authserver.Fault{Status: 404, Body: page, ContentType: "text/html; charset=utf-8"}, []error{client.ErrNotAPI}, "a web page came back instead of JSON"},
		"a page with 200":          {authserver.Fault{Status: 200, Body: page, ContentType: "text/html; charset=utf-8"}, []error{client.ErrNotAPI}, "a web page came back instead of JSON"},
		"a page that says JSON":    {authserver.Fault{Status: 200, Body: "\n " + page}, []error{client.ErrNotAPI}, "a web page came back instead of JSON"},
		"a page that says only so": {authserver.Fault{Status: 200, Body: "Welcome", ContentType: "text/html"}, []error{client.ErrNotAPI}, "a web page came back instead of JSON"},
		"a page of another case":   {authserver.Fault{Status: 200, Body: "Welcome", ContentType: "Text/HTML"}, []error{client.ErrNotAPI}, "a web page came back instead of JSON"},
		"a page with 400":          {authserver.Fault{Status: 400, Body: page}, []error{client.ErrNotAPI}, "a web page came back instead of JSON"},
		"a page with 401":          {authserver.Fault{Status: 401, Body: page}, []error{client.ErrUnauthorized}, "a web page came back instead of JSON"},
		"a page with 403":          {authserver.Fault{Status: 403, Body: page}, []error{client.ErrForbidden}, "a web page came back instead of JSON"},
		"a page with 405":          {authserver.Fault{Status: 405, Body: page}, []error{client.ErrNotAPI}, "a web page came back instead of JSON"},
		"a page with 409":          {authserver.Fault{Status: 409, Body: page}, []error{client.ErrNotAPI}, "a web page came back instead of JSON"},
		"a page with 422":          {authserver.Fault{Status: 422, Body: page}, []error{client.ErrNotAPI}, "a web page came back instead of JSON"},
		"a page with 429":          {authserver.Fault{Status: 429, Body: page}, nil, "a web page came back instead of JSON"},
		"a page with 500":          {authserver.Fault{Status: 500, Body: page}, nil, "a web page came back instead of JSON"},
		"a page with 502":          {authserver.Fault{Status: 502, Body: page}, nil, "a web page came back instead of JSON"},
		"a page with 503":          {authserver.Fault{Status: 503, Body: page}, nil, "a web page came back instead of JSON"},
		"JSON that says HTML":      {authserver.Fault{Status: 404, Body: `{"detail":"Role not found"}`, ContentType: "text/html"}, []error{client.ErrNotAPI}, "a web page came back instead of JSON"},
		"400":                      {authserver.Fault{Status: 400, Body: `{"detail":"Email already registered"}`}, nil, "Email already registered"},
		"401":                      {authserver.Fault{Status: 401, Body: `{"detail":"Not authenticated"}`}, []error{client.ErrUnauthorized}, "Not authenticated"},
		"403":                      {authserver.Fault{Status: 403, Body: `{"detail":"Not enough permissions"}`}, []error{client.ErrForbidden}, "Not enough permissions"},
		"409":                      {authserver.Fault{Status: 409, Body: `{"detail":"Role already exists"}`}, []error{client.ErrConflict}, "Role already exists"},
		"422 with a text":          {authserver.Fault{Status: 422, Body: `{"detail":"no"}`}, []error{client.ErrInvalid}, "no"},
		"500":                      {authserver.Fault{Status: 500, Body: "Internal Server Error", ContentType: "text/plain"}, nil, "Internal Server Error"},
		"a status without a text":  {authserver.Fault{Status: 409, Body: " \n", ContentType: "text/plain"}, []error{client.ErrConflict}, "conflict"},
		"not UTF-8":                {authserver.Fault{Status: 400, Body: "bad \xff byte", ContentType: "text/plain"}, nil, "bad � byte"},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, authserver.Config{Faults: []authserver.Fault{test.fault}}, withRetries(0))
			_, err := s.Roles.Get(t.Context(), someID)
			failure := clienttest.FailureOf(t, err, test.kinds...)
			clienttest.Equal(t, "status", failure.Status, test.fault.Status)
			clienttest.Equal(t, "call", failure.Method+" "+failure.Path, someGet)
			clienttest.Equal(t, "reason", failure.Reason(), test.reason)
			text := fmt.Sprintf("%s answered %d %s: %s", someGet, test.fault.Status, http.StatusText(test.fault.Status), test.reason)
			clienttest.Equal(t, "text", err.Error(), text)
		})
	}
}

func TestRealServerTellsWhatIsGoneFromWhatItDoesNotOffer(t *testing.T) {
	s := start(t, authserver.Config{})
	_, err := s.Roles.Get(t.Context(), someID)
	clienttest.Fails(t, err, client.ErrNotFound)

	elsewhere := newCaller(t, s.url+"/v9")
	for _, call := range calls() {
		failure := clienttest.FailureOf(t, call.do(t.Context(), elsewhere.API), client.ErrUnsupported)
		clienttest.Equal(t, "call", failure.Method+" "+failure.Path, call.line())
	}
}

func TestEveryCallToAWebsiteIsNotAnAPICall(t *testing.T) {
	site := clienttest.Serve(t, clienttest.Says(http.StatusOK, "text/html", page))
	c := newCaller(t, site.URL)
	for _, call := range calls() {
		kinds := []error{client.ErrNotAPI}
		if call.creates {
			kinds = append(kinds, client.ErrOutcomeUnknown)
		}
		failure := clienttest.FailureOf(t, call.do(t.Context(), c.API), kinds...)
		clienttest.Equal(t, "call", failure.Method+" "+failure.Path, call.line())
		clienttest.Equal(t, "status", failure.Status, http.StatusOK)
	}

	s := start(t, authserver.Config{})
	_, err := newCaller(t, strings.TrimSuffix(s.url, "/api")).Roles.Get(t.Context(), someID)
	clienttest.Equal(t, "status", clienttest.FailureOf(t, err, client.ErrNotAPI).Status, http.StatusNotFound)
}

func TestInvalidValuesAreNamedWithTheirLocation(t *testing.T) {
	s := start(t, authserver.Config{})
	_, err := s.Users.Create(t.Context(), rbac.UserCreate{Username: "", Email: "nowhere", Password: "x", Groups: []string{someID, "g"}})
	failure := clienttest.FailureOf(t, err, client.ErrInvalid)
	got := map[string]string{}
	for _, field := range failure.Fields {
		got[strings.Join(field.Location, " ")] = field.Message
	}
	for _, location := range []string{"body username", "body email", "body groups 1"} {
		if got[location] == "" {
			t.Errorf("nothing about %s in %v", location, got)
		}
		delete(got, location)
	}
	clienttest.Equal(t, "others", got, map[string]string{})

	_, err = s.Organizations.Create(t.Context(), rbac.OrganizationCreate{Name: "Acme", IDPConfig: &rbac.IDPConfig{AdditionalConfig: json.RawMessage(`[]`)}})
	failure = clienttest.FailureOf(t, err, client.ErrInvalid)
	clienttest.Equal(t, "fields", len(failure.Fields), 1)
	clienttest.Equal(t, "location", failure.Fields[0].Location, []string{"body", "idp_config", "additional_config"})
}

func TestErrorOfInvalidValues(t *testing.T) {
	s := start(t, authserver.Config{Faults: []authserver.Fault{{
		Status: 422,
		Body: `{"detail":[
			{"loc":["body","email"],"msg":"not an address","type":"value_error","input":"the refused input","ctx":{"reason":"x"}},
			{"loc":["body","groups",1234567],"msg":"not a UUID"}
		]}`,
	}}})
	_, err := s.Roles.Get(t.Context(), someID)
	failure := clienttest.FailureOf(t, err, client.ErrInvalid)
	clienttest.Equal(t, "fields", failure.Fields, []client.FieldError{
		{Location: []string{"body", "email"}, Message: "not an address"},
		{Location: []string{"body", "groups", "1234567"}, Message: "not a UUID"},
	})
	clienttest.Equal(t, "text", err.Error(), someGet+" answered 422 Unprocessable Entity: body.email: not an address; body.groups.1234567: not a UUID")
}

func TestLongTextsOfServersAreCut(t *testing.T) {
	s := start(t, authserver.Config{Faults: []authserver.Fault{{Status: 400, Body: strings.Repeat("ü", 10_000), ContentType: "text/plain"}}})
	_, err := s.Roles.Get(t.Context(), someID)
	clienttest.Equal(t, "detail", clienttest.FailureOf(t, err).Detail, strings.Repeat("ü", 500)+"…")
}

func TestErrorIsAPointerThatUnwraps(t *testing.T) {
	s := start(t, authserver.Config{}, withPassword, func(c *client.Config) { c.Password = "wrong" })
	_, err := s.Users.List(t.Context())
	failure := clienttest.FailureOf(t, err, client.ErrLogin, client.ErrUnauthorized)
	var value interface{ Unwrap() []error }
	if !errors.As(failure, &value) || len(value.Unwrap()) != 2 {
		t.Errorf("%v unwraps to %v", failure, value)
	}
	clienttest.Equal(t, "text", err.Error(), "login failed: POST /auth/token answered 401 Unauthorized: Incorrect username or password")
	clienttest.Equal(t, "bare text", (&client.Error{Method: "GET", Path: "/x"}).Error(), "GET /x")
	if errs := (&client.Error{}).Unwrap(); len(errs) != 0 {
		t.Errorf("an error without a cause unwraps to %v", errs)
	}
}

func TestLostConnectionsAreNamedWithoutTheirURL(t *testing.T) {
	r := clienttest.Serve(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	c := newCaller(t, r.URL, withRetries(0))
	_, err := c.Users.MyPermissions(t.Context())
	failure := clienttest.FailureOf(t, err)
	clienttest.Equal(t, "status", failure.Status, 0)
	clienttest.Equal(t, "text", err.Error(), "GET /auth/users/me/permissions: EOF")
	if !errors.Is(err, io.EOF) {
		t.Errorf("%v hides its cause", err)
	}
}

// spellings are the ways in which a secret may come back from a server: in a URL, in JSON, and in JSON inside JSON.
func spellings(secret string) []string {
	all := []string{secret, url.QueryEscape(secret), url.PathEscape(secret)}
	for range 2 {
		for _, spelling := range all {
			for _, escapeHTML := range []bool{true, false} {
				all = append(all, strings.Trim(encoded(spelling, escapeHTML), `"`))
			}
		}
	}
	return all
}

// encoded is JSON as Go writes it or, without the escapes for HTML, as Python does.
func encoded(value any, escapeHTML bool) string {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(escapeHTML)
	if err := encoder.Encode(value); err != nil {
		panic(err)
	}
	return strings.TrimSuffix(text.String(), "\n")
}

func TestSecretsThatServersEchoStayOut(t *testing.T) {
	const (
		apiKey       = "key/with+odd=characters"
		password     = `pass word"ä\<&>%`
		clientSecret = `pass word"ä\<&>% and more` // begins with the password
		newPassword  = `the new "user's" <first> password`
		token        = "issued.token-of/the=session"
	)
	type object = map[string]any
	echoes := map[string]func(*http.Request) (status int, body string){
		"in a detail": func(r *http.Request) (int, string) {
			return 400, encoded(object{"detail": everythingAbout(r)}, false)
		},
		"in fields": func(r *http.Request) (int, string) {
			return 422, encoded(object{"detail": []any{object{"loc": []any{"body"}, "msg": everythingAbout(r), "input": everythingAbout(r)}}}, false)
		},
		"in a detail of any shape": func(r *http.Request) (int, string) {
			return 409, encoded(object{"detail": object{"input": everythingAbout(r)}}, true)
		},
		"in JSON of any shape": func(r *http.Request) (int, string) {
			return 500, encoded(object{"error": everythingAbout(r)}, false)
		},
		"in plain text":      func(r *http.Request) (int, string) { return 500, everythingAbout(r) },
		"in a success":       func(r *http.Request) (int, string) { return 200, everythingAbout(r) },
		"in a page":          func(r *http.Request) (int, string) { return 502, "<html>" + everythingAbout(r) },
		"in a lost redirect": func(*http.Request) (int, string) { return 307, "" },
	}
	for name, echo := range echoes {
		t.Run(name, func(t *testing.T) {
			answer := func(w http.ResponseWriter, r *http.Request) {
				status, body := echo(r)
				w.Header().Set("Location", "https://elsewhere.example.com"+r.RequestURI+"?"+url.QueryEscape(token+password))
				w.WriteHeader(status)
				_, _ = io.WriteString(w, body)
			}
			r := clienttest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				r.Body = io.NopCloser(bytes.NewReader(body))
				if r.URL.Path == "/auth/token" && strings.Contains(string(body), "username=good") {
					clienttest.SaysJSON(`{"access_token":"`+token+`"}`)(w, r)
					return
				}
				answer(w, r)
			})
			byKey := newCaller(t, r.URL, withRetries(0), withAPIKey(apiKey))
			byPassword := newCaller(t, r.URL, withRetries(0), withPassword, func(c *client.Config) {
				c.Username, c.Password, c.ClientSecret = "good", password, clientSecret
			})
			refused := newCaller(t, r.URL, withRetries(0), withPassword, func(c *client.Config) {
				c.Password, c.ClientSecret = password, clientSecret
			})
			var errs []error
			try := func(what string, do func(context.Context, *rbac.API) error) {
				for _, c := range []*caller{byKey, byPassword, refused} {
					if err := do(t.Context(), c.API); err != nil {
						errs = append(errs, fmt.Errorf("%s: %w", what, err))
					}
				}
			}
			for _, call := range calls() {
				try(call.name, call.do)
			}
			try("create a user", func(ctx context.Context, c *rbac.API) error {
				_, err := c.Users.Create(ctx, rbac.UserCreate{Username: "ada", Email: "ada@example.com", Password: newPassword})
				return err
			})
			for _, method := range []client.LoginMethod{client.LoginLocal, client.LoginToken} {
				try("login", func(ctx context.Context, c *rbac.API) error {
					_, err := c.Login(ctx, client.Login{Method: method, Username: "bad", Password: newPassword, ClientSecret: clientSecret})
					return err
				})
			}
			if len(errs) == 0 {
				t.Fatal("nothing failed")
			}
			for _, err := range errs {
				var failure *client.Error
				if !errors.As(err, &failure) {
					t.Fatal(err)
				}
				texts := fmt.Sprint(err, failure.Path, failure.Detail, failure.Fields, failure.Reason(), byKey.Tried(), byPassword.Tried(), refused.Tried())
				for _, cause := range failure.Unwrap() {
					texts += cause.Error()
				}
				if strings.Contains(texts, "?") {
					t.Errorf("a query in %s", texts)
				}
				for _, secret := range []string{apiKey, password, clientSecret, newPassword, token, " and more"} {
					for _, spelling := range spellings(secret) {
						if strings.Contains(texts, spelling) {
							t.Errorf("the secret %q is in %s", spelling, texts)
						}
					}
				}
			}
		})
	}
}

func TestSecretsOfEarlierRequestsStayOut(t *testing.T) {
	var earlier string
	r := clienttest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		first := earlier == ""
		earlier += everythingAbout(r) + " "
		if first && r.URL.Path == "/auth/token" {
			clienttest.SaysJSON(`{"access_token":"issued"}`)(w, r)
			return
		}
		clienttest.Says(http.StatusBadRequest, "text/plain", earlier)(w, r)
	})
	c := newCaller(t, r.URL, withPassword, func(c *client.Config) { c.Password, c.ClientSecret = "the password", "the client's secret" })
	_, err := c.Users.List(t.Context())
	clienttest.Fails(t, err) // in the call after the login
	text := err.Error()

	earlier = ""
	c = newCaller(t, r.URL, withAPIKey("the+API/key"))
	_, err = c.Users.List(t.Context())
	clienttest.Fails(t, err)
	_, err = c.Login(t.Context(), client.Login{Username: "ada", Password: "x"})
	clienttest.Fails(t, err, client.ErrLogin)
	text += err.Error()
	for _, secret := range []string{"the password", "the client's secret", "the+API/key"} {
		for _, spelling := range spellings(secret) {
			if strings.Contains(text, spelling) {
				t.Errorf("the secret %q is in %s", spelling, text)
			}
		}
	}
}

// everythingAbout is a request as a careless server repeats it: as it came, and decoded.
func everythingAbout(r *http.Request) string {
	body, _ := io.ReadAll(r.Body)
	query, _ := url.QueryUnescape(r.URL.RawQuery)
	form, _ := url.QueryUnescape(string(body))
	_, uri, _ := strings.Cut(r.RequestURI, "?")
	return strings.Join([]string{
		r.Header.Get("Authorization"), r.Header.Get("Cookie"), uri, query, string(body), form, url.PathEscape(query), url.PathEscape(form),
	}, " ")
}

func TestSecretsThatOccurInUsualTextsDoNotChangeWhatTheyMean(t *testing.T) {
	for _, password := range []string{"Not Found", "o", "detail", "Role"} {
		t.Run(password, func(t *testing.T) {
			s := start(t, authserver.Config{AdminPassword: password}, withPassword, func(c *client.Config) { c.Password = password })
			_, err := s.Roles.Get(t.Context(), someID)
			clienttest.Fails(t, err, client.ErrNotFound)
			s.server.Inject(authserver.Fault{Status: 404, Body: `{"detail":"Not Found"}`})
			_, err = s.Roles.Get(t.Context(), someID)
			clienttest.Fails(t, err, client.ErrUnsupported)
		})
	}
}

func TestEchoOfASecretIsMarked(t *testing.T) {
	s := start(t, authserver.Config{Faults: []authserver.Fault{{Status: 400, Body: `{"detail":"bad token ` + authservertest.APIKey + `, sorry"}`}}})
	_, err := s.Roles.Get(t.Context(), someID)
	clienttest.Equal(t, "detail", clienttest.FailureOf(t, err).Detail, "bad token (hidden), sorry")
}

func TestUnavailableAnswersEveryCallWithItsReason(t *testing.T) {
	reason := errors.New("the address is not known yet")
	c := rbac.New(client.Unavailable(reason))
	for _, call := range calls() {
		if err := call.do(t.Context(), c); err != reason { //nolint:errorlint // As it is, not wrapped.
			t.Errorf("%s: %v", call.name, err)
		}
	}
	if _, err := c.Login(t.Context(), client.Login{}); !errors.Is(err, reason) {
		t.Errorf("Login: %v", err)
	}
	if _, err := c.Roles.Update(t.Context(), "a", rbac.RoleUpdate{}); !errors.Is(err, reason) {
		t.Errorf("an update of nothing: %v", err)
	}
	guarded := rbac.New(c.Guarded(func(context.Context) error { return nil }))
	if _, err := guarded.Roles.Get(t.Context(), "a"); !errors.Is(err, reason) {
		t.Errorf("behind a guard: %v", err)
	}
}

func TestGuardComesBeforeEveryCall(t *testing.T) {
	s := start(t, authserver.Config{}, withPassword)
	refusal := errors.New("not this platform")
	c := rbac.New(s.Guarded(func(context.Context) error { return refusal }))
	for _, call := range calls() {
		if err := call.do(t.Context(), c); err != refusal { //nolint:errorlint // As it is, not wrapped.
			t.Errorf("%s: %v", call.name, err)
		}
	}
	if _, err := c.Login(t.Context(), client.Login{}); err != refusal { //nolint:errorlint // As it is, not wrapped.
		t.Errorf("Login: %v", err)
	}
	clienttest.EqualLines(t, "requests", s.served())
}

// The guard calls the client that it stands before, with the login that both share.
func TestGuardMayCall(t *testing.T) {
	s := start(t, authserver.Config{}, withPassword)
	c := rbac.New(s.Guarded(func(ctx context.Context) error {
		_, err := s.Users.List(ctx)
		return err
	}))
	_, err := c.Roles.Create(t.Context(), rbac.RoleCreate{Name: "operator"})
	clienttest.Succeed(t, err)
	clienttest.EqualLines(t, "requests", s.served(), "POST /auth/token 200", "GET /auth/users/ 200", "POST /auth/roles/ 200")
}

func TestEveryErrorIsAnErrorOfTheClient(t *testing.T) {
	t.Run("refused connection", func(t *testing.T) {
		r := clienttest.Serve(t, clienttest.SaysJSON(`{}`))
		r.Close()
		c := newCaller(t, r.URL, withRetries(1))
		for _, call := range calls() {
			failure := clienttest.FailureOf(t, call.do(t.Context(), c.API))
			clienttest.Equal(t, "call", failure.Method+" "+failure.Path, call.line())
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		s := start(t, authserver.Config{}, func(c *client.Config) { c.MaxConcurrentRequests = 1 })
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for _, call := range calls() {
			for range 10 { // of what is ready, a select takes any
				err := call.do(ctx, s.API)
				clienttest.Fails(t, err)
				if !errors.Is(err, context.Canceled) {
					t.Errorf("%s: %v", call.name, err)
				}
			}
		}
		clienttest.EqualLines(t, "requests", s.served())
	})
	t.Run("malformed JSON", func(t *testing.T) {
		r := clienttest.Serve(t, clienttest.SaysJSON(`{"id": "a", `))
		c := newCaller(t, r.URL)
		for _, call := range calls() {
			err := call.do(t.Context(), c.API)
			if err == nil {
				clienttest.Equal(t, call.name+" looks at its answer", call.method == http.MethodDelete || strings.HasSuffix(call.path, "/b"), true)
				continue
			}
			var kinds []error
			if call.creates {
				kinds = []error{client.ErrOutcomeUnknown}
			}
			failure := clienttest.FailureOf(t, err, kinds...)
			clienttest.Equal(t, "text", err.Error(), call.line()+" answered 200 OK: the answer is not what this API documents: unexpected end of JSON input")
			clienttest.Equal(t, "call", failure.Method+" "+failure.Path, call.line())
		}
	})
}
