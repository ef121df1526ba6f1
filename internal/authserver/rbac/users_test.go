package rbac_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

func TestUsers(t *testing.T) {
	now := newClock()
	s := start(t, authserver.Config{Now: now.Now})
	group, organization := s.Group("g"), s.Organization("o")

	created := s.Send("POST", "/auth/users/local", fields{"username": "ann", "email": "ann@example.com", "password": password}).Object()
	id := created["id"].(string)
	want := fields{
		"id": id, "username": "ann", "email": "ann@example.com", "full_name": nil, "organization_id": nil,
		"is_superuser": false, "external_id": nil, "is_active": true, "groups": []string{},
		"created_at": "2024-10-03T10:00:00.123456", "updated_at": nil, "last_login": nil,
	}
	equal(t, "created", created, want)
	equal(t, "read", s.Send("GET", "/auth/users/"+id, "").Object(), want)

	now.Add(time.Hour)
	update := fields{
		"email": "Ann@Example.ORG", "full_name": "Ann", "is_active": false, "is_superuser": true,
		"organization_id": organization, "groups": []string{group, group},
	}
	maps.Copy(want, update)
	want["groups"], want["updated_at"] = []string{group}, "2024-10-03T11:00:00.123456"
	// These cannot be changed, and pydantic ignores what it does not know.
	update["username"], update["password"], update["external_id"], update["id"] = "bob", "x", "x", nobody
	equal(t, "updated", s.Send("PUT", "/auth/users/"+id, update).Object(), want)
	equal(t, "untouched", s.Send("PUT", "/auth/users/"+id, "{}").Object(), want)
	equal(t, "read again", s.Send("GET", "/auth/users/"+id, "").Object(), want)
	s.Send("PUT", "/auth/users/"+id, fields{"is_active": true}).Want(200)
	s.Login("ann") // with the password of the creation

	full := s.Send("POST", "/auth/users/local", fields{
		"username": "bob", "email": "bob@example.test", "password": password, "full_name": "Bob", "external_id": "x-1",
		"is_superuser": true, "organization_id": organization, "groups": []string{group}, "is_active": false,
	}).Object()
	equal(t, "created in full", full, fields{
		"id": full["id"], "username": "bob", "email": "bob@example.test", "full_name": "Bob", "organization_id": organization,
		"is_superuser": true, "external_id": "x-1", "is_active": true, "groups": []string{group},
		"created_at": "2024-10-03T11:00:00.123456", "updated_at": nil, "last_login": nil,
	})

	var list []map[string]any
	s.Send("GET", "/auth/users/", "").Want(200).Decode(&list)
	if len(list) != 3 || list[0]["id"] != s.Server.AdminID() || list[1]["id"] != id {
		t.Fatalf("list %v", list)
	}
	equal(t, "listed", list[2], full)

	s.Send("DELETE", "/auth/users/"+id, "").Want(200)
	s.Send("GET", "/auth/users/"+id, "").Refused(404, "User not found")
	s.Send("PUT", "/auth/users/"+id, "{}").Refused(404, "User not found")
	s.Send("DELETE", "/auth/users/"+id, "").Refused(404, "User not found")
	s.Send("GET", "/auth/users/", "").Want(200).Decode(&list)
	if len(list) != 2 {
		t.Errorf("list after a delete: %v", list)
	}
	s.User("ann") // the username is free again
}

func TestUsersAreValidated(t *testing.T) {
	s := start(t, authserver.Config{})
	s.Send("POST", "/auth/users/local", "{}").Invalid("body.username: missing", "body.password: missing", "body.email: missing")
	s.Send("POST", "/auth/users/local", fields{
		"username": "", "password": "", "email": "", "full_name": 1, "external_id": []int{}, "organization_id": "x",
		"is_superuser": "true", "groups": []any{nobody, "x", nil},
	}).Invalid("body.username: string_too_short", "body.password: string_too_short", "body.external_id: string_type",
		"body.email: value_error", "body.full_name: string_type", "body.organization_id: uuid_parsing",
		"body.is_superuser: bool_type", "body.groups.1: uuid_parsing", "body.groups.2: uuid_type")
	good := func(name string, value any) fields {
		body := fields{"username": "ann", "email": "ann@example.com", "password": password}
		body[name] = value
		return body
	}
	for _, test := range []struct {
		name    string
		value   any
		problem string
	}{
		{"username", nil, "body.username: string_type"},
		{"username", 7, "body.username: string_type"},
		{"email", nil, "body.email: string_type"},
		{"email", "Ann <ann@example.com>", "body.email: value_error"},
		{"organization_id", 7, "body.organization_id: uuid_type"},
		{"organization_id", "", "body.organization_id: uuid_parsing"},
		{"is_superuser", 1, "body.is_superuser: bool_type"},
		{"is_superuser", nil, "body.is_superuser: bool_type"},
		{"groups", nil, "body.groups: list_type"},
		{"groups", "x", "body.groups: list_type"},
		{"groups", fields{}, "body.groups: list_type"},
	} {
		t.Run(fmt.Sprint(test.name, test.value), func(t *testing.T) {
			s := s
			s.TB = t
			s.Send("POST", "/auth/users/local", good(test.name, test.value)).Invalid(test.problem)
		})
	}
	s.Send("POST", "/auth/users/local", good("organization_id", nobody)).Refused(404, "Organization not found")
	s.Send("POST", "/auth/users/local", good("groups", []string{nobody})).Refused(404, "Group not found")
	if users := s.Server.Snapshot().Users; len(users) != 1 {
		t.Fatalf("refused creates left %v", users)
	}

	id := s.User("ann")
	for _, test := range []struct {
		name    string
		value   any
		problem string
	}{
		{"email", "x", "body.email: value_error"},
		{"is_active", "yes", "body.is_active: bool_type"},
		{"is_superuser", 0, "body.is_superuser: bool_type"},
		{"full_name", 1, "body.full_name: string_type"},
	} {
		s.Send("PUT", "/auth/users/"+id, fields{"full_name": "changed", test.name: test.value}).Invalid(test.problem)
	}
	s.Send("PUT", "/auth/users/"+id, fields{"full_name": "changed", "organization_id": nobody}).Refused(404, "Organization not found")
	s.Send("PUT", "/auth/users/"+id, fields{"full_name": "changed", "groups": []string{nobody}}).Refused(404, "Group not found")
	if got := s.Send("GET", "/auth/users/"+id, "").Object()["full_name"]; got != nil {
		t.Errorf("refused updates left the full_name %v", got)
	}
	for _, method := range []string{"GET", "PUT", "DELETE"} {
		s.Send(method, "/auth/users/x", "{}").Invalid("path.user_id: uuid_parsing")
	}
}

func TestIDsAreCanonical(t *testing.T) {
	s := start(t, authserver.Config{})
	id := s.Right("r")
	for _, text := range []string{strings.ToUpper(id), strings.ReplaceAll(id, "-", ""), "urn:uuid:" + id} {
		if got := s.Send("GET", "/auth/rights/"+text, "").Object()["id"]; got != id {
			t.Errorf("%s reads %v", text, got)
		}
	}
	role := s.Send("POST", "/auth/roles/", fields{"name": "role", "rights": []string{strings.ToUpper(id), id}}).Object()
	equal(t, "rights", role["rights"], []string{id})
}

func TestSnapshot(t *testing.T) {
	s := start(t, authserver.Config{})
	right := s.Right("right")
	role := s.Role("role", right)
	group := s.Group("group", role)
	organization := s.Organization("organization")
	for i := range 50 {
		s.User(fmt.Sprintf("user%02d", i), group)
	}
	ann := s.Send("POST", "/auth/users/local", fields{
		"username": "ann", "email": "a@example.com", "password": password, "organization_id": organization, "groups": []string{group},
	}).ID()

	s.Send("PUT", "/auth/users/"+s.Server.AdminID(), "{}").Want(200) // does not move it

	data := s.Server.Snapshot()
	if data.Users[0].ID != s.Server.AdminID() {
		t.Errorf("the first user is %v", data.Users[0])
	}
	if len(data.Users) != 52 || len(data.Organizations) != 1 || len(data.Groups) != 1 || len(data.Roles) != 1 || len(data.Rights) != 1 {
		t.Fatalf("snapshot %+v", data)
	}
	for i := range 50 {
		if got := data.Users[i+1].Username; got != fmt.Sprintf("user%02d", i) {
			t.Errorf("user %d is %s", i+1, got)
		}
	}
	last := data.Users[51]
	if last.ID != ann || *last.OrganizationID != organization || last.Groups[0] != group || !last.IsActive ||
		data.Groups[0].Roles[0] != role || data.Roles[0].Rights[0] != right || data.Rights[0].Name != "right" {
		t.Errorf("snapshot %+v", data)
	}
	*last.OrganizationID, last.Groups[0], data.Groups[0].Roles[0] = nobody, nobody, nobody
	again := s.Server.Snapshot()
	if *again.Users[51].OrganizationID != organization || again.Users[51].Groups[0] != group || again.Groups[0].Roles[0] != role {
		t.Error("a snapshot shares memory with the server")
	}
}
