// Package authservertest runs a development AuthService for the length of a test.
package authservertest

import (
	"cmp"
	"net/http/httptest"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
)

// The credentials of a server whose Config leaves them out.
const (
	AdminUsername = "admin"
	AdminPassword = "correct horse battery staple"
	APIKey        = "authservertest-api-key"
)

// Instance is a running server.
type Instance struct {
	Server *rbac.Server
	URL    string // the API's base URL, which ends in /api
}

// Start runs a server with the RBAC API at a port of its own until the test ends. The API of
// cfg is an rbac.Behavior, or nil for the zero one. What cfg leaves out of the admin's
// credentials and the API key is as in the constants above, and hashes are as cheap as they
// can be.
func Start(t testing.TB, cfg authserver.Config) *Instance {
	t.Helper()
	server, err := rbac.New(withDefaults(cfg))
	if err != nil {
		t.Fatalf("authservertest: %v", err)
	}
	listening := httptest.NewServer(server)
	t.Cleanup(listening.Close)
	return &Instance{Server: server, URL: listening.URL + "/api"}
}

func withDefaults(cfg authserver.Config) authserver.Config {
	cfg.AdminUsername = cmp.Or(cfg.AdminUsername, AdminUsername)
	cfg.AdminPassword = cmp.Or(cfg.AdminPassword, AdminPassword)
	cfg.APIKey = cmp.Or(cfg.APIKey, APIKey)
	cfg.BcryptCost = cmp.Or(cfg.BcryptCost, bcrypt.MinCost)
	return cfg
}
