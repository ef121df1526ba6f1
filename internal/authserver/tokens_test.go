package authserver_test

import (
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

func TestTokensAreForgotten(t *testing.T) {
	now := newClock()
	s := start(t, authserver.Config{Now: now.Now, TokenTTL: time.Minute})
	s.User("ann")
	s.Login("ann")
	now.Add(59 * time.Second)
	s.Login("ann")
	if got := s.Server.IssuedTokens(); got != 2 {
		t.Errorf("%d tokens are remembered, want 2", got)
	}
	now.Add(time.Second)
	s.Login("ann")
	if got := s.Server.IssuedTokens(); got != 2 {
		t.Errorf("%d tokens are remembered, want the 2 in force", got)
	}
}
