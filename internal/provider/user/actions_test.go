package user_test

import (
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

// TestProtocol_actions invokes the actions on users as Terraform 1.14 does.
func TestProtocol_actions(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{API: gateway.Behavior{SessionStore: true}})
	p := acctest.NewProtocol(t, s)
	ada := s.User("ada")
	session := s.Login("ada")

	progress, problems := p.Invoke("kamiwaza_reset_password", acctest.Fields{"user_id": ada, "password_wo": secondPassword})
	if problems != "" || !strings.Contains(progress, "was reset") || !s.CanLogIn("ada", secondPassword) || s.CanLogIn("ada", authservertest.Password) {
		t.Errorf("reset_password: %q %q", progress, problems)
	}
	progress, problems = p.Invoke("kamiwaza_purge_sessions", acctest.Fields{"user_id": ada})
	if reply, err := session.Try("GET", "/auth/users/me", nil); problems != "" || !strings.Contains(progress, "were ended") || err != nil || reply.Status != 401 {
		t.Errorf("purge_sessions: %q %q, and the session got %+v (%v)", progress, problems, reply, err)
	}
	progress, problems = p.Invoke("kamiwaza_lock_user", acctest.Fields{"user_id": ada})
	if problems != "" || !strings.Contains(progress, "was locked") || s.CanLogIn("ada", secondPassword) || onGateway(t, s, "ada").Active {
		t.Errorf("lock_user: %q %q", progress, problems)
	}
	_, problems = p.Invoke("kamiwaza_lock_user", acctest.Fields{"user_id": "6f1c2b9e-4d3a-4c55-9f0e-0a7d3f1b2c48"})
	if !acctest.Says("Could not invoke kamiwaza_lock_user for user", "404").MatchString(problems) {
		t.Errorf("lock_user of nobody: %q", problems)
	}
}

// TestProtocol_actionsElsewhere invokes actions where the platform does not have them, or has them switched off.
func TestProtocol_actionsElsewhere(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{})
	_, problems := acctest.NewProtocol(t, s).Invoke("kamiwaza_purge_sessions", acctest.Fields{"user_id": s.Server.AdminID()})
	if !acctest.Says("session_store_disabled", "has switched it off").MatchString(problems) {
		t.Errorf("without a session store: %q", problems)
	}
	rbac := acctest.Start(t, authserver.Config{})
	_, problems = acctest.NewProtocol(t, rbac).Invoke("kamiwaza_lock_user", acctest.Fields{"user_id": rbac.Server.AdminID()})
	if !acctest.Says("kamiwaza_lock_user is not available on this platform", "gateway API").MatchString(problems) {
		t.Errorf("on a platform with the RBAC API: %q", problems)
	}
}
