package gateway_test

import (
	"maps"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

func TestSessionStoreIsOff(t *testing.T) {
	s := start(t, authserver.Config{})
	purge := fields{"tenant_id": "__default__", "subject_id": nobody}
	s.Send("POST", "/auth/sessions/purge", purge).Refused(503, "session_store_disabled")
	s.Send("POST", "/auth/sessions/purge", "{}").Invalid("body.tenant_id: missing", "body.subject_id: missing")
	s.Send("DELETE", "/auth/sessions/x", "").Refused(503, "session_store_disabled")

	s = with(t, gateway.Behavior{ErrorObjects: true})
	got := s.Send("POST", "/auth/sessions/purge", purge).Want(503).Body
	if want := `{"detail":{"message":"The session store is not enabled on this platform","reason":"session_store_disabled"}}`; string(got) != want {
		t.Errorf("answer %s, want %s", got, want)
	}
}

func TestSessionStore(t *testing.T) {
	s := with(t, gateway.Behavior{SessionStore: true})
	id := s.User("ann")
	s.User("bob")
	first, second, bob := login(s, "ann", password).Object(), login(s, "ann", password).Object(), s.Login("bob")
	me := func(tokens map[string]any) reply {
		return s.As(text(tokens, "access_token")).Send("GET", "/auth/users/me", "")
	}
	sid, _ := claims(t, text(first, "access_token"))["sid"].(string)
	if got := s.Send("DELETE", "/auth/sessions/"+sid, "").Want(204).Body; len(got) > 0 {
		t.Errorf("there is a body: %s", got)
	}
	s.Send("DELETE", "/auth/sessions/"+sid, "").Want(404)
	me(first).Want(401)
	me(second).Want(200)

	subject := text(s.Send("GET", "/auth/users/"+id, "").Object(), "linked_subject_id")
	purge := func(more fields) any {
		body := fields{"tenant_id": "__default__", "subject_id": subject}
		maps.Copy(body, more)
		return s.Send("POST", "/auth/sessions/purge", body).Object()["revoked"]
	}
	for _, none := range []fields{{"tenant_id": "another"}, {"subject_id": id}, {"subject_namespace": "group"}} {
		if got := purge(none); got != 0.0 {
			t.Errorf("%v revokes %v", none, got)
		}
	}
	if got := purge(nil); got != 1.0 {
		t.Errorf("the purge revokes %v", got)
	}
	me(second).Want(401)
	bob.Send("GET", "/auth/users/me", "").Want(200)
	// It does not stop refresh tokens.
	third := s.Send("POST", "/auth/refresh?refresh_token="+text(second, "refresh_token"), "").Object()
	me(third).Want(200)
}
