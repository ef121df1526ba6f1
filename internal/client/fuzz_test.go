package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/clienttest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// fuzzed is a server that gives the answer of the moment, and a client of it.
type fuzzed struct {
	client *rbac.API
	answer http.HandlerFunc
}

func newFuzzed(f *testing.F) *fuzzed {
	f.Helper()
	z := &fuzzed{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { z.answer(w, r) }))
	f.Cleanup(server.Close)
	var err error
	z.client, err = rbac.Connect(client.Config{BaseURL: server.URL, APIKey: authservertest.APIKey})
	if err != nil {
		f.Fatal(err)
	}
	z.client.SetMaxAnswer(1 << 20)
	return z
}

// login is the one call that calls leaves out.
var login = call{name: "Login", method: "POST", path: "/auth/token", do: func(ctx context.Context, c *rbac.API) error {
	_, err := c.Login(ctx, client.Login{Method: client.LoginToken, Username: "ada", Password: "x"})
	return err
}}

// isGone is the contract's rule, written down a second time: an object is gone where FastAPI answers 404 with a detail
// that is not the router's own.
func isGone(status int, contentType string, body []byte) bool {
	var fields map[string]any
	if status != http.StatusNotFound || strings.HasPrefix(contentType, "text/html") || json.Unmarshal(body, &fields) != nil {
		return false
	}
	switch detail := fields["detail"].(type) {
	case string:
		text := strings.TrimSpace(detail)
		return text != "" && text != "Not Found" && !isSwitch(text)
	case []any:
		return len(detail) > 0
	case map[string]any:
		class, _ := detail["error"].(map[string]any)
		return len(detail) > 0 && !isSwitch(detail["reason"]) && !isSwitch(detail["code"]) && !isSwitch(class["class"])
	}
	return false
}

// isSwitch tells a word about the platform from one about an object.
func isSwitch(word any) bool {
	text, _ := word.(string)
	return slices.Contains([]string{
		"rebac_disabled", "session_store_disabled", "authorization_unavailable", "workroom_authority_unavailable",
	}, strings.TrimSpace(text))
}

// maxError bounds what a server can put into an error: a message is for people to read.
const maxError = 20_000

// checkError holds what a caller relies on, whatever a server answers.
func checkError(t *testing.T, call call, status int, contentType string, body []byte, err error) {
	t.Helper()
	success := status >= 200 && status <= 299
	if err == nil {
		if !success {
			t.Fatalf("%s succeeds with status %d", call.name, status)
		}
		return
	}
	failure, ok := errors.AsType[*client.Error](err)
	if !ok {
		t.Fatalf("%s: %v (%T) is no *client.Error", call.name, err, err)
	}
	if errors.Is(err, client.ErrNotFound) && (call.name == login.name || !isGone(status, contentType, body)) {
		t.Errorf("%s takes this for gone: %d %q", call.name, status, body)
	}
	if call.creates && success && !errors.Is(err, client.ErrOutcomeUnknown) {
		t.Errorf("%s leaves no doubt: %v", call.name, err)
	}
	text := err.Error()
	if len(text) > maxError {
		t.Errorf("the error has %d bytes", len(text))
	}
	if strings.Contains(text, authservertest.APIKey) || strings.Contains(fmt.Sprint(failure.Fields), authservertest.APIKey) {
		t.Errorf("the error shows the API key: %q", text)
	}
	if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
		t.Errorf("the error is no plain text: %q", text)
	}
}

// FuzzAnswer gives every call every answer.
func FuzzAnswer(f *testing.F) {
	all := append(calls(), login)
	for i := range all {
		for _, body := range []string{
			``, `null`, `{}`, `[]`, `[null]`, `{"id":"a"}`, `{"id":null}`, `{"id":["a"]}`, `[{"id":"a","groups":["b","b",null]}]`,
			`{"id":"A","username":"ada","email":"e","full_name":null,"organization_id":"o","is_superuser":true,"external_id":"x","is_active":false,` +
				`"groups":["g","g"],"created_at":"2024-10-03T12:00:00.123456","updated_at":null,"last_login":"2024-10-03T12:00:00Z"}`,
			`{"id":"a","name":"n","description":"d","roles":["r"],"rights":[1],"idp_config":{"provider":"p","additional_config":{"a":[1e999]}}}`,
			`{"user_id":"a","groups":["g"],"roles":null,"rights":{}}`,
			`{"access_token":"t","token_type":"bearer","expires_in":9223372036854775807,"refresh_token":null}`,
			`<html>`,
		} {
			f.Add(uint8(i), uint16(200), "application/json", []byte(body))
		}
		f.Add(uint8(i), uint16(204), "", []byte(nil))
		f.Add(uint8(i), uint16(404), "application/json", []byte(`{"detail":"User not found"}`))
		f.Add(uint8(i), uint16(404), "application/json", []byte(`{"detail":"Not Found"}`))
	}
	z := newFuzzed(f)
	f.Fuzz(func(t *testing.T, which uint8, status uint16, contentType string, body []byte) {
		call, code := all[int(which)%len(all)], 200+int(status)%400
		var sent string
		z.answer = func(w http.ResponseWriter, r *http.Request) {
			clienttest.Says(code, contentType, string(body))(w, r)
			sent = w.Header().Get("Content-Type")
		}
		checkError(t, call, code, sent, body, call.do(t.Context(), z.client))
	})
}

// FuzzErrorBody looks closer at refusals.
func FuzzErrorBody(f *testing.F) {
	for _, body := range []string{
		`{"detail":"Role not found"}`, `{"detail":"Not Found"}`, `{"detail":null}`, `{"detail":""}`, `{"detail":" "}`, `{"detail":[]}`, `{"detail":{}}`,
		`{"detail":0}`, `{"detail":false}`, `{"Detail":"x"}`, `{"detail":{"code":"gone"}}`, `{"detail":"a","detail":"Not Found"}`,
		`{"detail":[{"loc":["body","groups",1],"msg":"Input should be a valid UUID","type":"uuid_parsing"}]}`,
		`{"detail":[{"loc":null,"msg":null},{"loc":[null,{},[]],"msg":"m"},null]}`, `{"detail":[{"loc":"body"}]}`, `{"detail":["x"]}`,
		`{"detail":[{"loc":["body","` + authservertest.APIKey + `"],"msg":"x"}]}`, authservertest.APIKey,
		"\xff\xfe", "\x1b[2J", `{"detail":"\u001b[2J\u0000"}`, "404 page not found\n", "<html>", ``,
	} {
		for _, status := range []int{400, 401, 403, 404, 405, 409, 422, 429, 500, 503} {
			f.Add(uint16(status-400), []byte(body))
		}
	}
	z := newFuzzed(f)
	call := calls()[2]
	f.Fuzz(func(t *testing.T, status uint16, body []byte) {
		code := 400 + int(status)%200
		z.answer = clienttest.Says(code, "application/json", string(body))
		err := call.do(t.Context(), z.client)
		if err == nil {
			t.Fatal("a refusal is a success")
		}
		checkError(t, call, code, "application/json", body, err)
		if gone := isGone(code, "application/json", body); gone != errors.Is(err, client.ErrNotFound) && !strings.HasPrefix(strings.TrimSpace(string(body)), "<") {
			t.Errorf("gone is %t: %v", gone, err)
		}
	})
}

// FuzzTime holds that what is read as a time can be written down, as the state does, and read again.
func FuzzTime(f *testing.F) {
	for _, text := range []string{
		`"2024-10-03T12:00:00.123456"`, `"2024-10-03T12:00:00"`, `"2024-10-03T12:00:00.5Z"`, `"2024-10-03T12:00:00.123456-05:30"`,
		`"2024-10-03 12:00:00.123456+00:00"`, `"2024-10-03 12:00:00"`, `"9999-12-31T23:59:59.999999"`, `"0001-01-01T00:00:00"`,
		`"0000-01-01T00:00:00+23:59"`, `"9999-12-31T23:59:59-23:59"`, `"2024-02-30T00:00:00"`, `null`, `""`, `0`, `{}`, `"yesterday"`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var got client.Time
		if json.Unmarshal(data, &got) != nil || got.IsZero() {
			return
		}
		text := got.Format(time.RFC3339Nano)
		again, err := time.Parse(time.RFC3339Nano, text)
		if err != nil || !again.Equal(got.Time) || got.Location() != time.UTC {
			t.Errorf("%s becomes %s and then %v (%v)", data, text, again, err)
		}
	})
}
