package authservertest

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/conformance"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

// Gateway is a running server with the gateway API.
type Gateway struct {
	Server *gateway.Server
	URL    string // the API's base URL, which ends in /api
}

// StartGateway is [Start] for the gateway API: the API of cfg is a gateway.Behavior, or nil for the zero one. Each wrap is put
// around the server's handler, such as one that records what is asked. The test fails for each request and answer that the
// platform's OpenAPI document does not allow, where there is one; see the package conformance.
func StartGateway(t testing.TB, cfg authserver.Config, wraps ...func(http.Handler) http.Handler) *Gateway {
	t.Helper()
	check := conformance.Check(t, nil) // next to the server, which tells it of faults
	return serveGateway(t, cfg, append([]func(http.Handler) http.Handler{check}, wraps...)...)
}

func serveGateway(t testing.TB, cfg authserver.Config, wraps ...func(http.Handler) http.Handler) *Gateway {
	t.Helper()
	server, err := gateway.New(withDefaults(cfg))
	if err != nil {
		t.Fatalf("authservertest: %v", err)
	}
	var handler http.Handler = server
	for _, wrap := range wraps {
		handler = wrap(handler)
	}
	listening := httptest.NewServer(handler)
	t.Cleanup(listening.Close)
	return &Gateway{Server: server, URL: listening.URL + "/api"}
}

// GatewaySession talks to a server with the gateway API as one user.
type GatewaySession struct {
	Caller
	Server *gateway.Server
}

// StartGatewaySession runs a server for a test that sends what is wrong on purpose: it is StartGateway without the check. It
// returns the session of the API key.
func StartGatewaySession(t testing.TB, cfg authserver.Config, wraps ...func(http.Handler) http.Handler) GatewaySession {
	t.Helper()
	instance := serveGateway(t, cfg, wraps...)
	return GatewaySession{NewCaller(t, instance.URL), instance.Server}
}

// As returns a session of another token; "" is none.
func (s GatewaySession) As(token string) GatewaySession {
	s.Caller = s.With(token)
	return s
}

// User creates a user with Password and the role user, or with the roles given, and returns the local id.
func (s GatewaySession) User(name string, roles ...string) string {
	s.Helper()
	user := Fields{"username": name, "email": name + "@example.com", "password": Password}
	if len(roles) > 0 {
		user["roles"] = roles
	}
	return s.Send("POST", "/auth/users/local", user).ID()
}

// Login returns the session of a user whose password is Password.
func (s GatewaySession) Login(username string) GatewaySession {
	s.Helper()
	token, _ := s.Form("/auth/token", url.Values{"username": {username}, "password": {Password}}).Object()["access_token"].(string)
	return s.As(token)
}
