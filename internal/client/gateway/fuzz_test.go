package gateway_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/clienttest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
)

// FuzzAnswer gives every call every answer, and holds what a caller relies on: an error is one of the client's, which is
// short and names no query, and a success has the ids that the next call needs.
func FuzzAnswer(f *testing.F) {
	all := calls()
	for i := range all {
		for _, body := range []string{
			``, `null`, `{}`, `[]`, `[null]`, `<html>`, `{"id":"a"}`, `{"id":"A","deleted":true}`, `{"id":["a"]}`,
			`{"id":"a","username":"ada","email":null,"roles":["user",""],"active":null,"linked_subject_id":"S","external_id":1,"created_at":"2026-08-20T09:12:44.120931"}`,
			`[{"id":"a"},{"id":"b","deleted":true}]`, `{"members":["a","a",null]}`, `{"members":null}`, `{"pats":[{"jti":"j","exp":1e300}]}`,
			`{"token":"t","pat":{"jti":"j"}}`, `{"sub":"s","groups":[],"roles":null}`, `{"revoked":1}`, `{"status":"healthy","KAMIWAZA_USE_AUTH":null}`,
			`{"info":{"version":"1.2.0"},"paths":{"/a/{b}":{"get":{}},"/{":null}}`,
			`[{"subject_namespace":"user","subject_id":"s","resource_type":"dataset","resource_id":"d","relation":"viewer","tenant_id":null}]`,
			`[{"grant_id":"g","relation":"viewer","subject":{"namespace":"group","id":"g"}},{"subject":{"id":"g"}}]`, `{"can_grant":true}`, `{"can_grant":null}`,
			`{"effective":true,"limit":1,"rows":[{"subject":{"namespace":"user","id":"s"},"effective":null}]}`, `{"limit":2,"rows":[]}`, `{"limit":-1,"rows":[]}`, `{"rows":[null]}`,
			`{"limit":1,"resource_ids":["d"]}`, `{"limit":2,"resource_ids":["d"],"subject_id":"x"}`, `{"allow":false}`, `{"allow":true,"decision_id":"i"}`, `{"detail":"access_denied"}`,
			`{"id":"a","status":"purging"}`, `{"id":"a","labels":["l",null],"attributes":{"n":1e400}}`, `{"items":[{"id":"a","status":"active"},{"user_id":"b"}]}`, `{"items":[null]}`, `{"items":null}`,
			`{"user_id":"b","active":false,"landing_target":{"kind":"x","id":null}}`, `{"user_id":"b","removed_at":"2026-08-20"}`, `{"detail":"Workroom access denied"}`,
			`[{"id":"a","issuer":"i","idp_group_path":null}]`, `{"providers":[{"alias":"a","enabled":null}],"idp_management_enabled":false}`, `{"providers":[{}]}`,
			`{"provider":{"alias":"b"},"status":"updated"}`, `{"deleted":false,"idp_management_enabled":true}`, `{"deleted":true,"alias":"a"}`,
			`{"id":"a","username":"A@B","attributes":{"team":"x","n":[1,2]},"grants":null}`, `{"attributes":[{"name":"a","state":"declared"},{"name":"b"}]}`,
			`{"name":"a","state":"deprecated","sensitive":null}`, `{"state":"withdrawn","subjects_holding_value":1.5}`, `{"items":[{"id":"i","groups":[1]}]}`,
			`{"detail":"rebac_disabled"}`, `{"detail":{"reason":"session_store_disabled","message":"off","remediation":"on","retry_after_seconds":-1e999}}`,
			`{"detail":[{"loc":["body",0,{"input":"x"}],"msg":"no","input":{"password":"x"}}]}`, `{"detail":{"error":{"class":"authorization_unavailable"}}}`,
		} {
			f.Add(uint8(i), uint16(0), []byte(body))
			if strings.Contains(body, "detail") {
				f.Add(uint8(i), uint16(404-200), []byte(body))
				f.Add(uint8(i), uint16(403-200), []byte(body))
			}
		}
	}
	var answer http.HandlerFunc
	r := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answer(w, r) }))
	f.Cleanup(r.Close)
	c, err := gateway.Connect(client.Config{BaseURL: r.URL, APIKey: "a-key-that-stays-secret", Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, which uint8, status uint16, body []byte) {
		call, code := all[int(which)%len(all)], 200+int(status)%400
		answer = clienttest.Says(code, "application/json", string(body))
		checkAnswer(t, call, code, call.do(t.Context(), c))
	})
}

func checkAnswer(t *testing.T, call call, status int, err error) {
	t.Helper()
	if err == nil {
		denied := status == http.StatusForbidden && call.name == "Tuples.Check"
		if (status < 200 || status > 299) && !denied {
			t.Fatalf("%s succeeds with status %d", call.name, status)
		}
		return
	}
	failure, ok := errors.AsType[*client.Error](err)
	if !ok {
		t.Fatalf("%s: the error is a %T", call.name, err)
	}
	reads := (call.name == "Users.Update" || call.name == "Workrooms.Update") && failure.Method == http.MethodGet // what the server has made of it
	if failure.Method != call.method && !reads || len(err.Error()) > 20_000 || strings.Contains(failure.Path, "?") || strings.Contains(err.Error(), "stays-secret") {
		t.Errorf("%s: the error is %q", call.name, err)
	}
	gone := errors.Is(err, client.ErrNotFound)
	if gone && (errors.Is(err, client.ErrDisabled) || errors.Is(err, client.ErrUnavailable) || errors.Is(err, client.ErrUnsupported)) {
		t.Errorf("%s: what is not offered passes for gone: %v", call.name, err)
	}
	if gone && status != http.StatusNotFound && (status < 200 || status > 299) {
		t.Errorf("%s: gone with status %d", call.name, status)
	}
}

// FuzzOpenAPI holds that a document offers the calls that it names, whatever the parameters are called.
func FuzzOpenAPI(f *testing.F) {
	for _, path := range []string{"/auth/users/{user_id}", "/{", "}{", "", "{}{a}", "/a/{b}/c"} {
		f.Add(path, "get")
	}
	f.Fuzz(func(t *testing.T, path, method string) {
		if !utf8.ValidString(path) || !utf8.ValidString(method) {
			return // which JSON cannot write
		}
		data := clienttest.Must(json.Marshal(map[string]any{"paths": map[string]any{path: map[string]any{method: 1}}}))(t)
		var document gateway.OpenAPI
		clienttest.Succeed(t, json.Unmarshal(data, &document))
		renamed := regexp.MustCompile(`\{[^}]*\}`).ReplaceAllString(path, "{x}")
		if !document.Offers(strings.ToUpper(method), path) || !document.Offers(strings.ToUpper(method), renamed) || document.Offers("NO"+strings.ToUpper(method), path) {
			t.Errorf("%s %q is not offered", method, path)
		}
	})
}
