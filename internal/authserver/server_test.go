package authserver_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
)

func TestNewWantsItsOwnAPI(t *testing.T) {
	config := func(api authserver.API) authserver.Config {
		return authserver.Config{API: api, AdminUsername: "a", AdminPassword: "b", BcryptCost: 4}
	}
	if _, err := rbac.New(config(gateway.Behavior{})); err == nil || !strings.Contains(err.Error(), "gateway.Behavior") {
		t.Errorf("RBAC's New answers %v", err)
	}
	if _, err := gateway.New(config(rbac.Behavior{})); err == nil || !strings.Contains(err.Error(), "rbac.Behavior") {
		t.Errorf("the gateway's New answers %v", err)
	}
}

func TestConfigIsChecked(t *testing.T) {
	good := authserver.Config{API: rbac.Behavior{}, AdminUsername: "admin", AdminPassword: "x", BcryptCost: 4}
	if _, err := authserver.New(good); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*authserver.Config){
		"the API is missing":              func(c *authserver.Config) { c.API = nil },
		"username is missing":             func(c *authserver.Config) { c.AdminUsername = "" },
		"password is missing":             func(c *authserver.Config) { c.AdminPassword = "" },
		"longer than 72 bytes":            func(c *authserver.Config) { c.AdminPassword = strings.Repeat("x", 73) },
		"the admin's e-mail":              func(c *authserver.Config) { c.AdminEmail = "admin" },
		"the bcrypt cost is 3":            func(c *authserver.Config) { c.BcryptCost = 3 },
		"the tokens' lifetime is -1s":     func(c *authserver.Config) { c.TokenTTL = -time.Second },
		"the tokens' lifetime is 1.5s":    func(c *authserver.Config) { c.TokenTTL = 1500 * time.Millisecond },
		"the latency is negative":         func(c *authserver.Config) { c.Latency = -1 },
		"the rate limit is -1":            func(c *authserver.Config) { c.RateLimit = -1 },
		"the rate limit is NaN":           func(c *authserver.Config) { c.RateLimit = math.NaN() },
		"the status of a duplicate":       func(c *authserver.Config) { c.API = rbac.Behavior{DuplicateStatus: 422} },
		"assigning twice is":              func(c *authserver.Config) { c.API = rbac.Behavior{AssignTwice: "200"} },
		"removing what is not assigned":   func(c *authserver.Config) { c.API = rbac.Behavior{RemoveUnassigned: "no"} },
		`the case is "upper"; it must be`: func(c *authserver.Config) { c.API = rbac.Behavior{Case: "upper"} },
		"the read lag is negative":        func(c *authserver.Config) { c.API = rbac.Behavior{ReadLag: -1} },
	} {
		cfg := good
		change(&cfg)
		if _, err := authserver.New(cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
