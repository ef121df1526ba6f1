package client_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	gatewayserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/clienttest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
)

func TestCodesAreReadFromEveryDetail(t *testing.T) {
	for name, test := range map[string]struct {
		status       int
		detail       string
		kinds        []error
		code, reason string
	}{
		"a text":              {404, `"rebac_disabled"`, []error{client.ErrDisabled}, "rebac_disabled", "rebac_disabled"},
		"a text in spaces":    {404, `" rebac_disabled\n"`, []error{client.ErrDisabled}, "rebac_disabled", "rebac_disabled"},
		"a reason":            {404, `{"reason":"rebac_disabled"}`, []error{client.ErrDisabled}, "rebac_disabled", `{"reason":"rebac_disabled"}`},
		"a code":              {503, `{"code":"session_store_disabled"}`, []error{client.ErrDisabled}, "session_store_disabled", `{"code":"session_store_disabled"}`},
		"a class":             {404, `{"error":{"class":"rebac_disabled"}}`, []error{client.ErrDisabled}, "rebac_disabled", `{"error":{"class":"rebac_disabled"}}`},
		"a code after others": {404, `{"reason":"not_ready","code":"rebac_disabled"}`, []error{client.ErrDisabled}, "rebac_disabled", `{"reason":"not_ready","code":"rebac_disabled"}`},
		"two codes":           {409, `{"reason":"not_ready","code":"too_busy"}`, []error{client.ErrConflict}, "not_ready", `{"reason":"not_ready","code":"too_busy"}`},
		"a code before more":  {404, `{"reason":"rebac_disabled","code":"not_ready"}`, []error{client.ErrDisabled}, "rebac_disabled", `{"reason":"rebac_disabled","code":"not_ready"}`},
		"a reason in words":   {404, `{"reason":"ReBAC is off","code":"rebac_disabled"}`, []error{client.ErrDisabled}, "rebac_disabled", `{"reason":"ReBAC is off","code":"rebac_disabled"}`},
		"a message":           {404, `{"reason":"rebac_disabled","message":"ReBAC is off."}`, []error{client.ErrDisabled}, "rebac_disabled", "ReBAC is off. (rebac_disabled)"},
		"a message with it":   {404, `{"reason":"rebac_disabled","message":"off: rebac_disabled"}`, []error{client.ErrDisabled}, "rebac_disabled", "off: rebac_disabled"},
		"a remediation": {
			404, `{"reason":"rebac_disabled","message":"ReBAC is off","remediation":"Turn it on."}`,
			[]error{client.ErrDisabled},
			"rebac_disabled", "ReBAC is off (rebac_disabled). Turn it on.",
		},
		"a message alone":     {409, `{"message":"The room is bound."}`, []error{client.ErrConflict}, "", "The room is bound."},
		"another code":        {404, `{"reason":"subject_not_found"}`, []error{client.ErrNotFound}, "subject_not_found", `{"reason":"subject_not_found"}`},
		"a longer word":       {404, `"rebac_disabled_for_this_tenant"`, []error{client.ErrNotFound}, "rebac_disabled_for_this_tenant", "rebac_disabled_for_this_tenant"},
		"within a text":       {404, `"the state is rebac_disabled"`, []error{client.ErrNotFound}, "", "the state is rebac_disabled"},
		"in capitals":         {404, `"REBAC_DISABLED"`, []error{client.ErrNotFound}, "", "REBAC_DISABLED"},
		"Not Found, no text":  {404, `{"message":"Not Found"}`, []error{client.ErrNotFound}, "", "Not Found"},
		"unusable types":      {409, `{"reason":1,"code":[],"error":"x","message":{},"remediation":null,"retry_after_seconds":"soon"}`, []error{client.ErrConflict}, "", `{"reason":1,"code":[],"error":"x","message":{},"remediation":null,"retry_after_seconds":"soon"}`},
		"a code with a 401":   {401, `"rebac_disabled"`, []error{client.ErrUnauthorized}, "rebac_disabled", "rebac_disabled"},
		"a code with a 403":   {403, `"access_denied"`, []error{client.ErrForbidden}, "access_denied", "access_denied"},
		"admin, of a handler": {403, `"Admin role required"`, []error{client.ErrForbidden, client.ErrAdminRequired}, "", "Admin role required"},
		"admin, of a route":   {403, `"Role 'admin' is required to access this resource"`, []error{client.ErrForbidden, client.ErrAdminRequired}, "", "Role 'admin' is required to access this resource"},
		"admin, within":       {403, `"No. Admin role required"`, []error{client.ErrForbidden}, "", "No. Admin role required"},
		"admin, elsewhere":    {400, `"Admin role required"`, nil, "", "Admin role required"},
	} {
		t.Run(name, func(t *testing.T) {
			fault := authserver.Fault{Route: "/authz/groups/", Status: test.status, Body: `{"detail":` + test.detail + `}`}
			s := startGateway(t, authserver.Config{Faults: []authserver.Fault{fault}}, withRetries(0))
			_, err := s.Groups.List(t.Context())
			failure := clienttest.FailureOf(t, err, test.kinds...)
			clienttest.Equal(t, "code", failure.Code, test.code)
			clienttest.Equal(t, "reason", failure.Reason(), test.reason)
		})
	}
}

// What is hidden in a text does not change what the error is: "admin" may well be a password, and "rebac" a header's value.
func TestSecretsDoNotChangeWhatAnErrorIs(t *testing.T) {
	for _, test := range []struct {
		secret string
		status int
		detail string
		kinds  []error
		code   string
	}{
		{"admin", 403, `"Role 'admin' is required to access this resource"`, []error{client.ErrForbidden, client.ErrAdminRequired}, ""},
		{"Admin", 403, `"Admin role required"`, []error{client.ErrForbidden, client.ErrAdminRequired}, ""},
		{"rebac", 404, `"rebac_disabled"`, []error{client.ErrDisabled}, "rebac_disabled"},
		{"rebac", 404, `{"reason":"rebac_disabled"}`, []error{client.ErrDisabled}, "rebac_disabled"},
		{"session", 503, `{"error":{"class":"session_store_disabled"}}`, []error{client.ErrDisabled}, "session_store_disabled"},
		{"Found", 404, `"Not Found"`, []error{client.ErrUnsupported}, ""},
		{"my_secret", 409, `"my_secret"`, []error{client.ErrConflict}, "(hidden)"},
		{"my_secret", 409, `{"code":"my_secret"}`, []error{client.ErrConflict}, "(hidden)"},
	} {
		t.Run(test.secret+" in "+test.detail, func(t *testing.T) {
			fault := authserver.Fault{Route: "/authz/groups/", Status: test.status, Body: `{"detail":` + test.detail + `}`}
			s := startGateway(t, authserver.Config{Faults: []authserver.Fault{fault}}, withRetries(0), func(c *client.Config) {
				c.Headers = map[string]string{"X-Secret": test.secret}
			})
			_, err := s.Groups.List(t.Context())
			failure := clienttest.FailureOf(t, err, test.kinds...)
			clienttest.Equal(t, "code", failure.Code, test.code)
			if strings.Contains(failure.Reason(), test.secret) {
				t.Errorf("the secret is in %q", failure.Reason())
			}
		})
	}
}

// What is switched off is not gone, stays so, and is told as the platform tells it.
func TestWhatIsSwitchedOffIsFinal(t *testing.T) {
	for _, objects := range []bool{false, true} {
		s := startGateway(t, authserver.Config{API: gatewayserver.Behavior{ReBACOff: true, ErrorObjects: objects}})
		_, err := s.Groups.Get(t.Context(), "a")
		clienttest.Equal(t, "code", clienttest.FailureOf(t, err, client.ErrDisabled).Code, "rebac_disabled")
		_, err = s.Groups.Create(t.Context(), gateway.GroupCreate{Name: "readers"})
		clienttest.Fails(t, err, client.ErrDisabled) // and not in doubt
		_, err = s.Sessions.Purge(t.Context(), gateway.Subject{TenantID: "__default__", ID: "a"})
		clienttest.Equal(t, "code", clienttest.FailureOf(t, err, client.ErrDisabled).Code, "session_store_disabled")
		clienttest.EqualLines(t, "requests", s.served(),
			"POST /auth/token 200", "GET /authz/groups/{group_id} 404", "POST /authz/groups/ 404", "POST /auth/sessions/purge 503")
		clienttest.Equal(t, "waits", len(s.Slept()), 0)
	}
}

// The server has not acted then, so that a create may be sent again, too.
func TestWhatIsUnavailableIsWaitedForALimitedTime(t *testing.T) {
	for _, word := range []string{"authorization_unavailable", "workroom_authority_unavailable"} {
		for _, detail := range []string{`"` + word + `"`, `{"reason":"` + word + `"}`} {
			fault := authserver.Fault{Method: "POST", Route: "/authz/groups/", Status: 503, Body: `{"detail":` + detail + `}`}
			create := func(s *gatewaySystem) error {
				_, err := s.Groups.Create(t.Context(), gateway.GroupCreate{Name: "readers"})
				return err
			}
			s := startGateway(t, authserver.Config{Faults: []authserver.Fault{fault}}, evenly)
			clienttest.Equal(t, "code", clienttest.FailureOf(t, create(s), client.ErrUnavailable).Code, word)
			clienttest.Equal(t, "waits", s.Slept(), []time.Duration{500e6, 1e9, 2e9, 4e9, 8e9, 15e9})

			fault.Times = 6
			clienttest.Succeed(t, create(startGateway(t, authserver.Config{Faults: []authserver.Fault{fault}}, evenly)))

			s = startGateway(t, authserver.Config{Faults: []authserver.Fault{fault}}, withRetries(0))
			clienttest.Fails(t, create(s), client.ErrUnavailable)
			clienttest.Equal(t, "waits without retries", len(s.Slept()), 0)
		}
	}
}

func TestRetryAfterSecondsAreObeyed(t *testing.T) {
	for detail, test := range map[string]struct {
		header string
		wait   time.Duration
	}{
		`{"code":"x_y","retry_after_seconds":7}`:      {"", 7 * time.Second},
		`{"code":"x_y","retry_after_seconds":1.5}`:    {"", 1500 * time.Millisecond},
		`{"code":"x_y","retry_after_seconds":1e300}`:  {"", 2 * time.Minute},
		`{"code":"x_y","retry_after_seconds":-1}`:     {"", 0},
		`{"code":"x_y","retry_after_seconds":null}`:   {"", 0},
		`{"code":"x_y","retry_after_seconds":"soon"}`: {"", 0},
		`{"code":"x_y","retry_after_seconds":9}`:      {"3", 3 * time.Second}, // the header is the standard
	} {
		fault := authserver.Fault{Route: "/authz/groups/", Status: 503, Times: 1, RetryAfter: test.header, Body: `{"detail":` + detail + `}`}
		s := startGateway(t, authserver.Config{Faults: []authserver.Fault{fault}}, evenly)
		clienttest.Must(s.Groups.List(t.Context()))(t)
		clienttest.Equal(t, detail, s.Slept(), []time.Duration{500*time.Millisecond + test.wait})
	}
}

// A personal access token has the roles of its scope, whatever those of its owner.
func TestCallsOfAdminsAreRecognizedWithoutTheirRole(t *testing.T) {
	s := startGateway(t, authserver.Config{})
	token := clienttest.Must(s.PATs.Create(t.Context(), gateway.PATCreate{Scope: "write"}))(t).Token
	var log clienttest.Log
	weak := clienttest.Must(gateway.Connect(log.Config(s.BaseURL(), token, s.clock)))(t)
	for what, call := range map[string]func() error{
		"of a handler": func() error { _, err := weak.Users.List(t.Context()); return err },
		"of a route":   func() error { _, err := weak.Groups.List(t.Context()); return err },
	} {
		clienttest.Equal(t, what, clienttest.FailureOf(t, call(), client.ErrForbidden, client.ErrAdminRequired).ByAPIKey, true)
	}

	const password = "a password of a test"
	clienttest.Must(s.Users.Create(t.Context(), gateway.UserCreate{Username: "ada", Email: "ada@example.com", Password: password}))(t)
	config := log.Config(s.BaseURL(), "", s.clock)
	config.Username, config.Password = "ada", password
	_, err := clienttest.Must(gateway.Connect(config))(t).Users.List(t.Context())
	clienttest.Equal(t, "with a login", clienttest.FailureOf(t, err, client.ErrForbidden, client.ErrAdminRequired).ByAPIKey, false)
}

func TestRefusedInputIsNotRepeated(t *testing.T) {
	const password = "tooshort-9Q" // by a character
	checked := func(t *testing.T, err error) *client.Error {
		t.Helper()
		failure := clienttest.FailureOf(t, err, client.ErrInvalid)
		if texts := fmt.Sprintf("%v %+v", err, *failure); strings.Contains(texts, "9Q") || strings.Contains(texts, "sesame") {
			t.Errorf("the refused value is in %s", texts)
		}
		return failure
	}
	t.Run("of the server", func(t *testing.T) {
		s := startGateway(t, authserver.Config{API: gatewayserver.Behavior{InvalidStatus: http.StatusUnprocessableEntity}})
		_, err := s.Users.Create(t.Context(), gateway.UserCreate{Username: "ada", Email: "ada@example.com", Password: password})
		clienttest.Equal(t, "location", checked(t, err).Fields[0].Location, []string{"body", "password"})
		user := clienttest.Must(s.Users.Create(t.Context(), gateway.UserCreate{Username: "ada", Email: "ada@example.com", Password: password + password}))(t)
		clienttest.Equal(t, "location", checked(t, s.Users.ResetPassword(t.Context(), user.ID, password)).Fields[0].Location, []string{"body", "new_password"})
	})
	// A part of a password, which no list of secrets has, shows that the value is left out and not only hidden.
	for name, detail := range map[string]string{
		"a list":            `[{"loc":["body","password"],"msg":"too short","input":"open sesame"}]`,
		"a nested input":    `[{"loc":["body"],"msg":"too short","input":{"users":[{"password":"open sesame"}]},"ctx":{"given":"open sesame"}}]`,
		"a list of lists":   `[[{"loc":["body"],"msg":"too short","input":{"password":"open sesame"}}]]`,
		"a mixed list":      `["too short",{"loc":["body"],"input":["open sesame"]}]`,
		"an object":         `{"problem":"too short","input":{"password":"open sesame"}}`,
		"a nested object":   `{"problem":{"errors":[{"msg":"too short","ctx":{"value":"open sesame"}}]}}`,
		"a loc of any type": `[{"loc":["body",{"input":"open sesame"}],"msg":"too short"}]`,
	} {
		t.Run(name, func(t *testing.T) {
			fault := authserver.Fault{Route: "/auth/users/local", Status: 422, Body: `{"detail":` + detail + `}`}
			s := startGateway(t, authserver.Config{Faults: []authserver.Fault{fault}})
			_, err := s.Users.Create(t.Context(), gateway.UserCreate{Username: "ada", Email: "ada@example.com", Password: password})
			if !strings.Contains(checked(t, err).Reason(), "too short") {
				t.Errorf("the reason is missing in %v", err)
			}
		})
	}
	t.Run("another shape", func(t *testing.T) {
		fault := authserver.Fault{Route: "/auth/users/local", Status: 422, Body: `{"errors":[{"msg":"too short","input":"open sesame"}]}`}
		s := startGateway(t, authserver.Config{Faults: []authserver.Fault{fault}})
		_, err := s.Users.Create(t.Context(), gateway.UserCreate{Username: "ada", Email: "ada@example.com", Password: password})
		_ = checked(t, err)
	})
}

func TestRefusalsAreMarked(t *testing.T) {
	for _, test := range []struct {
		status int
		detail string
		kinds  []error
	}{
		{403, `"Workroom access denied"`, []error{client.ErrForbidden, client.ErrNotMember}},
		{404, `"Workroom access denied"`, []error{client.ErrNotFound}},
		{409, `"Member has active workroom sessions; confirm removal to continue"`, []error{client.ErrConflict, client.ErrActiveSessions}},
		{409, `{"reason":"session_conflict","code":"active_sessions_confirmation_required","message":"Confirm."}`, []error{client.ErrConflict, client.ErrActiveSessions}},
		{409, `"session_conflict"`, []error{client.ErrConflict}},
		{400, `"attribute_not_registered"`, []error{client.ErrAttributeUndeclared}},
		{400, `{"reason":"attribute_not_registered","message":"team"}`, []error{client.ErrAttributeUndeclared}},
		{422, `{"error":{"class":"attribute_not_registered"}}`, []error{client.ErrInvalid, client.ErrAttributeUndeclared}},
		{400, `"shape_change_on_declared"`, []error{client.ErrAttributeDeclared}},
		{404, `"idp_management_disabled"`, []error{client.ErrDisabled}},
		{400, `"not_a_gate"`, nil},
	} {
		fault := authserver.Fault{Route: "/authz/groups/", Status: test.status, Body: `{"detail":` + test.detail + `}`}
		s := startGateway(t, authserver.Config{Faults: []authserver.Fault{fault}}, withRetries(0))
		_, err := s.Groups.List(t.Context())
		clienttest.Fails(t, err, test.kinds...)
	}
}
