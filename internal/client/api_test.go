package client_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/clienttest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

func TestLoginReturnsATokenThatWorks(t *testing.T) {
	for _, test := range []struct {
		method client.LoginMethod
		route  string
	}{
		{client.LoginToken, "/auth/token"},
		{client.LoginLocal, "/auth/local-login"},
		{"", "/auth/token"},
	} {
		t.Run(string(test.method), func(t *testing.T) {
			s := start(t, authserver.Config{})
			token := clienttest.Must(s.Login(t.Context(), client.Login{
				Method: test.method, Username: authservertest.AdminUsername, Password: authservertest.AdminPassword,
			}))(t)
			if token.TokenType != "bearer" || token.ExpiresIn != 3600 {
				t.Errorf("type %q, expires in %d", token.TokenType, token.ExpiresIn)
			}
			bearer := newCallerAt(t, s.clock, s.url, withAPIKey(token.AccessToken))
			clienttest.Equal(t, "owner", clienttest.Must(bearer.Users.Verify(t.Context()))(t).ID, s.server.AdminID())
			clienttest.EqualLines(t, "requests", s.served(), "POST "+test.route+" 200", "GET /auth/verify-token 200")
		})
	}
}

func TestPasswordGrantBringsItsClient(t *testing.T) {
	s := start(t, authserver.Config{ClientID: "terraform", ClientSecret: "s3cret"}, withPassword)
	_, err := s.Users.List(t.Context())
	clienttest.Fails(t, err, client.ErrLogin, client.ErrUnauthorized)

	known := newCallerAt(t, s.clock, s.url, withPassword, func(c *client.Config) { c.ClientID, c.ClientSecret = "terraform", "s3cret" })
	if _, err := known.Users.List(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestRequestsAreAsTheContractHasThem(t *testing.T) {
	for _, call := range calls() {
		t.Run(call.name, func(t *testing.T) {
			r := clienttest.Serve(t, clienttest.SaysJSON(`{}`))
			c := newCaller(t, r.URL+"/api")
			_ = call.do(t.Context(), c.API) // {} answers few of them
			request := r.Only(t)

			target := "/api" + call.path
			if call.name == "Users.MyPermissions" {
				target += "?token=" + authservertest.APIKey
			}
			clienttest.Equal(t, "request", request.Line(), call.method+" "+target)
			clienttest.Equal(t, "body", request.Body, call.body)
			contentType := ""
			if call.body != "" {
				contentType = "application/json"
			}
			for name, want := range map[string]string{
				"Content-Type":  contentType,
				"Accept":        "application/json",
				"Authorization": "Bearer " + authservertest.APIKey,
				"Cookie":        "access_token=" + authservertest.APIKey,
			} {
				clienttest.Equal(t, name, request.Header.Get(name), want)
			}
		})
	}
}

func TestLoginRequestsAreAsTheContractHasThem(t *testing.T) {
	const password = `p"ä &=%+?#`
	const form = "application/x-www-form-urlencoded"
	for name, test := range map[string]struct {
		login                     client.Login
		target, contentType, body string
	}{
		"password grant with the SDK's placeholders": {
			client.Login{Method: client.LoginToken, Username: "ada@x", Password: password},
			"/api/auth/token", form,
			"client_id=string&client_secret=string&grant_type=password&password=p%22%C3%A4+%26%3D%25%2B%3F%23&scope=&username=ada%40x",
		},
		"password grant with a client": {
			client.Login{Username: "ada", Password: "x", ClientID: "platform", ClientSecret: "s", Scope: "openid email"},
			"/api/auth/token", form,
			"client_id=platform&client_secret=s&grant_type=password&password=x&scope=openid+email&username=ada",
		},
		"local login": {
			client.Login{Method: client.LoginLocal, Username: "ada@x", Password: password, ClientID: "platform"},
			"/api/auth/local-login?password=p%22%C3%A4+%26%3D%25%2B%3F%23&username=ada%40x", "", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := clienttest.Serve(t, clienttest.SaysJSON(`{"access_token":"t","token_type":"bearer","expires_in":60,"refresh_token":"r"}`))
			c := newCaller(t, r.URL+"/api")
			token := clienttest.Must(c.Login(t.Context(), test.login))(t)
			clienttest.Equal(t, "token", token, client.Token{AccessToken: "t", TokenType: "bearer", ExpiresIn: 60, RefreshToken: "r"})
			request := r.Only(t)
			clienttest.Equal(t, "request", request.Line(), "POST "+test.target)
			clienttest.Equal(t, "body", request.Body, test.body)
			clienttest.Equal(t, "Content-Type", request.Header.Get("Content-Type"), test.contentType)
			for _, name := range []string{"Authorization", "Cookie"} {
				if value := request.Header.Get(name); value != "" {
					t.Errorf("a login bears %s: %s", name, value)
				}
			}
		})
	}
}

func TestSegmentsOfPathsAreEscaped(t *testing.T) {
	for id, want := range map[string]string{
		"..":      "%2E.",
		".":       "%2E",
		"...":     "...",
		"a/b":     "a%2Fb",
		"../a":    "..%2Fa",
		"ü":       "%C3%BC",
		"a?b#c%d": "a%3Fb%23c%25d",
		"a b+c":   "a%20b+c",
		"%2e%2e":  "%252e%252e",
	} {
		t.Run(id, func(t *testing.T) {
			r := clienttest.Serve(t, clienttest.SaysJSON(`{}`))
			c := newCaller(t, r.URL+"/api")
			_, _ = c.Roles.Get(t.Context(), id)
			_ = c.Roles.Delete(t.Context(), id)
			_ = c.Users.AddGroup(t.Context(), id, id)
			clienttest.EqualLines(t, "requests", r.Lines(),
				"GET /api/auth/roles/"+want, "DELETE /api/auth/roles/"+want, "POST /api/auth/users/"+want+"/groups/"+want)
		})
	}
}

func TestBaseURLMayHaveAnyPath(t *testing.T) {
	for _, path := range []string{"", "/", "/api", "/api/", "/a%2Fb/api", "/über/api//"} {
		r := clienttest.Serve(t, clienttest.SaysJSON(`{"id":"a"}`))
		clienttest.Must(newCaller(t, r.URL+path).Roles.Get(t.Context(), "a"))(t)
		escaped := strings.ReplaceAll(strings.TrimRight(path, "/"), "ü", "%C3%BC")
		clienttest.Equal(t, "request", r.Only(t).Line(), "GET "+escaped+"/auth/roles/a")
	}
}

func TestEveryMethodIsTested(t *testing.T) {
	var methods, tested []string
	services := reflect.TypeFor[rbac.API]()
	for service := range services.Fields() {
		if service.IsExported() && !service.Anonymous {
			for method := range service.Type.Methods() {
				methods = append(methods, service.Name+"."+method.Name)
			}
		}
	}
	for _, call := range calls() {
		tested = append(tested, call.name)
	}
	slices.Sort(methods)
	slices.Sort(tested)
	clienttest.EqualLines(t, "in calls()", tested, methods...)
}
