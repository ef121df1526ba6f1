package gateway_test

import (
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

func TestUsers(t *testing.T) {
	now := newClock()
	s := start(t, authserver.Config{Now: now.Now})
	created := user(s, "ann", fields{"role": "admin", "is_superuser": true, "full_name": "Ann"}).Want(201).Object() // unknown fields are ignored
	id, subject := text(created, "id"), text(created, "linked_subject_id")
	want := fields{
		"id": id, "username": "ann", "email": "ann@example.com", "roles": []string{"user"}, "active": true, "deleted": false,
		"is_external": false, "external_id": nil, "linked_subject_id": subject, "full_name": nil, "name": nil, "is_superuser": false,
		"created_at": "2024-10-03T10:00:00.123456", "updated_at": "2024-10-03T10:00:00.123456",
	}
	equal(t, "created", created, want)
	if subject == "" || subject == id {
		t.Errorf("the subject id is %q", subject)
	}
	equal(t, "read", s.Send("GET", "/auth/users/"+id, "").Object(), want)
	equal(t, "resolved by subject", s.Send("GET", "/auth/users/resolve/"+subject, "").Object(), want)
	equal(t, "resolved by id", s.Send("GET", "/auth/users/resolve/"+id, "").Object(), want)
	var list []gateway.User
	s.Send("GET", "/auth/users/", "").Want(200).Decode(&list)
	if len(list) != 2 || list[0].Username != "admin" || list[1].Username != "ann" {
		t.Errorf("list %+v", list)
	}

	updated := s.Send("PUT", "/auth/users/"+id, fields{"email": "a@example.org", "roles": []string{"viewer", "admin", "viewer"}}).Object()
	want["email"], want["roles"] = "a@example.org", []string{"viewer", "admin"}
	equal(t, "updated", updated, want)
	s.Send("PUT", "/auth/users/"+id, fields{"email": nil, "active": nil, "roles": nil, "username": nil}).Want(200)
	equal(t, "after nulls", s.Send("GET", "/auth/users/"+id, "").Object(), want)
	equal(t, "nothing to change", s.Send("PUT", "/auth/users/"+id, "{}").Object(), want)

	for _, call := range []struct{ method, path, body string }{
		{"GET", "/auth/users/" + nobody, ""},
		{"PUT", "/auth/users/" + nobody, "{}"},
		{"DELETE", "/auth/users/" + nobody, ""},
		{"GET", "/auth/users/resolve/ann", ""},
		{"GET", "/auth/users/resolve/password", ""},
		{"POST", "/auth/users/" + nobody + "/password", `{"new_password": "` + password + `"}`},
	} {
		s.Send(call.method, call.path, call.body).Refused(404, "User not found")
	}
	for _, method := range []string{"GET", "PUT", "DELETE"} {
		s.Send(method, "/auth/users/"+strings.Repeat("x", 36), "{}").Invalid("path.user_id: uuid_parsing")
	}
	s.Send("POST", "/auth/users/resolve/password", "{}").Refused(405, "Method Not Allowed")
}

func TestInvalidUsers(t *testing.T) {
	s := start(t, authserver.Config{})
	post := func(body any) reply { return s.Send("POST", "/auth/users/local", body) }
	post("").Invalid("body: missing")
	post("[]").Invalid("body: model_attributes_type")
	post("{").Want(422)
	post("{}").Invalid("body.username: missing", "body.password: missing")
	post(fields{"username": 7, "password": nil, "email": 7, "roles": "admin"}).
		Invalid("body.username: string_type", "body.password: string_type", "body.email: string_type", "body.roles: list_type")
	user(s, "ann", fields{"roles": []any{"user", 7}}).Invalid("body.roles.1: string_type")
	user(s, "ann", fields{"password": "11 letters."}).Refused(400, "Password must be at least 12 characters long")
	user(s, "ann", fields{"password": strings.Repeat("é", 37)}).Refused(400, "Password must be at most 72 bytes long")
	user(s, "ann", fields{"email": "ann"}).Refused(400, "A valid email is required: an email address must have an @-sign")
	for _, email := range []any{nil, ""} {
		user(s, "ann", fields{"email": email}).Want(400)
	}
	if users := s.Server.Snapshot().Users; len(users) != 1 {
		t.Errorf("%d users", len(users))
	}
	user(s, "ann", fields{"password": "exactly 12.."}).Want(201)
}

func TestInvalidInputIsRepeated(t *testing.T) {
	s := with(t, gateway.Behavior{InvalidStatus: 422})
	got := string(user(s, "ann", fields{"password": "my secret"}).Invalid("body.password: value_error").Body)
	if !strings.Contains(got, `"input":"my secret"`) {
		t.Errorf("the answer is %s", got)
	}
	got = string(s.Send("POST", "/auth/users/local", fields{"password": "my secret"}).Invalid("body.username: missing").Body)
	if !strings.Contains(got, `"input":{"password":"my secret"}`) {
		t.Errorf("the answer is %s", got)
	}
	got = string(s.Send("GET", "/auth/users/7", "").Want(422).Body)
	if !strings.Contains(got, `"input":"7"`) {
		t.Errorf("the answer is %s", got)
	}
	got = string(s.Send("POST", "/auth/pats?ttl_seconds=x", "").Want(422).Body)
	if !strings.Contains(got, `"input":"x"`) {
		t.Errorf("the answer is %s", got)
	}
	got = string(login(s, "", "my secret").Want(422).Body) // but for a form
	if !strings.Contains(got, `"input":null`) || strings.Contains(got, "my secret") {
		t.Errorf("the answer is %s", got)
	}
	old := with(t, gateway.Behavior{InvalidStatus: 422, Platform: gateway.Platform012})
	got = string(user(old, "ann", fields{"password": "my secret"}).Invalid("body.password: value_error").Body)
	if strings.Contains(got, "my secret") {
		t.Errorf("platform 0.12 answers %s", got)
	}
}

func TestDeletedUsers(t *testing.T) {
	s := start(t, authserver.Config{})
	id := s.User("ann")
	ann := s.Login("ann")
	pat := text(ann.Send("POST", "/auth/pats", "").Object(), "token")
	deleted := s.Send("DELETE", "/auth/users/"+id, "").Object()
	if deleted["deleted"] != true || deleted["active"] != false {
		t.Errorf("deleted %v", deleted)
	}
	s.Send("GET", "/auth/users/"+id, "").Refused(404, "User not found")
	s.Send("GET", "/auth/users/resolve/"+text(deleted, "linked_subject_id"), "").Want(404)
	s.Send("PUT", "/auth/users/"+id, "{}").Want(404)
	s.Send("DELETE", "/auth/users/"+id, "").Want(404)
	s.Send("POST", "/auth/users/"+id+"/password", fields{"new_password": password}).Want(404)
	var list []gateway.User
	if s.Send("GET", "/auth/users/", "").Want(200).Decode(&list); len(list) != 1 {
		t.Errorf("list %+v", list)
	}
	login(s, "ann", password).Want(200)
	for _, token := range []string{ann.Token, pat} {
		s.As(token).Send("GET", "/auth/users/me", "").Want(200)
	}
}

func TestSafeDestroy(t *testing.T) {
	s := start(t, authserver.Config{})
	id := s.User("ann")
	tokens := login(s, "ann", password).Object()
	s.Send("PUT", "/auth/users/"+id, fields{"active": false}).Want(200)
	login(s, "ann", password).Want(401)
	s.Send("POST", "/auth/refresh?refresh_token="+text(tokens, "refresh_token"), "").Want(401)
	s.Send("POST", "/auth/users/"+id+"/password", fields{"new_password": "another password"}).Want(200)
	s.Send("DELETE", "/auth/users/"+id, "").Want(200)
	login(s, "ann", password).Want(401)
	login(s, "ann", "another password").Want(401) // deleting does not undo active=false
	s.As(text(tokens, "access_token")).Send("GET", "/auth/users/me", "").Want(200)
}

func TestPasswords(t *testing.T) {
	s := start(t, authserver.Config{})
	before := user(s, "ann", nil).Object()
	id := text(before, "id")
	after := s.Send("POST", "/auth/users/"+id+"/password", fields{"new_password": "the second password"}).Object()
	before["updated_at"] = after["updated_at"]
	equal(t, "user", after, before)
	login(s, "ann", password).Want(401)
	token := text(login(s, "ann", "the second password").Object(), "access_token")
	s.Send("POST", "/auth/users/"+id+"/password", fields{"new_password": "short"}).Refused(400, "Password must be at least 12 characters long")
	s.Send("POST", "/auth/users/"+id+"/password", fields{"password": "the third password"}).Invalid("body.new_password: missing")

	ann := s.As(token)
	equal(t, "capability", ann.Send("GET", "/auth/users/me/password-capability", "").Object(), fields{"available": true, "reason": nil})
	change := func(current, next string) reply {
		return ann.Send("POST", "/auth/users/me/password", fields{"current_password": current, "new_password": next})
	}
	change(password, "the third password").Refused(400, "The current password is incorrect")
	change("the second password", "short").Want(400)
	equal(t, "change", change("the second password", "the third password").Object(), fields{"changed": true})
	login(s, "ann", "the third password").Want(200)
}
