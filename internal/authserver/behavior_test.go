package authserver_test

import (
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

func TestNullInPut(t *testing.T) {
	// The vendor's SDK sends null for every field that it leaves alone.
	nulls := fields{"email": nil, "full_name": nil, "is_active": nil, "groups": nil, "is_superuser": nil, "organization_id": nil}
	setUp := func(t *testing.T, clears bool) (session, string) {
		t.Helper()
		s := start(t, authserver.Config{Behavior: authserver.Behavior{NullClears: clears}})
		return s, s.send("POST", "/auth/users/local", fields{
			"username": "ann", "email": "ann@example.com", "password": password, "full_name": "Ann", "is_superuser": true,
			"organization_id": s.organization("acme"), "groups": []string{s.group("g")},
		}).id()
	}
	t.Run("is ignored", func(t *testing.T) {
		s, id := setUp(t, false)
		before := s.send("GET", "/auth/users/"+id, "").object()
		after := s.send("PUT", "/auth/users/"+id, nulls).object()
		before["updated_at"] = after["updated_at"]
		equal(t, "user", after, before)

		role := s.send("POST", "/auth/roles/", fields{"name": "r", "description": "d", "rights": []string{s.right("x")}}).object()
		after = s.send("PUT", "/auth/roles/"+role["id"].(string), fields{"name": nil, "description": nil, "rights": nil}).object()
		role["updated_at"] = after["updated_at"]
		equal(t, "role", after, role)
	})
	t.Run("clears", func(t *testing.T) {
		s, id := setUp(t, true)
		s.send("PUT", "/auth/users/"+id, nulls).
			invalid("body.email: string_type", "body.is_superuser: bool_type", "body.is_active: bool_type")
		user := s.send("PUT", "/auth/users/"+id, fields{"full_name": nil, "groups": nil, "organization_id": nil}).object()
		if user["full_name"] != nil || user["organization_id"] != nil || user["is_superuser"] != true {
			t.Errorf("user %v", user)
		}
		equal(t, "groups", user["groups"], []string{})

		idp := fields{"provider": "p", "domain": "d", "client_id": "c"}
		organization := s.send("POST", "/auth/organizations/", fields{"name": "o", "description": "d", "idp_config": idp}).id()
		s.send("PUT", "/auth/organizations/"+organization, fields{"name": nil}).invalid("body.name: string_type")
		got := s.send("PUT", "/auth/organizations/"+organization, fields{"description": nil, "idp_config": nil}).object()
		if got["description"] != nil || got["idp_config"] != nil || got["name"] != "o" {
			t.Errorf("organization %v", got)
		}
	})
	t.Run("in a create is absent", func(t *testing.T) {
		for _, clears := range []bool{false, true} {
			s := start(t, authserver.Config{Behavior: authserver.Behavior{NullClears: clears}})
			got := s.send("POST", "/auth/organizations/", fields{"name": "o", "description": nil, "idp_config": nil}).object()
			if got["description"] != nil || got["idp_config"] != nil {
				t.Errorf("organization %v", got)
			}
		}
	})
}

func TestDuplicates(t *testing.T) {
	for _, test := range []struct {
		behavior     authserver.Behavior
		name, other  int // the status of a second username, and of a second name of something else
		emailAllowed bool
	}{
		{authserver.Behavior{}, 409, 409, true},
		{authserver.Behavior{DuplicateStatus: 409}, 409, 409, true},
		{authserver.Behavior{DuplicateStatus: 400, UniqueEmails: true}, 400, 400, false},
		{authserver.Behavior{DuplicateNames: true}, 409, 200, true},
		{authserver.Behavior{DuplicateStatus: 400, DuplicateNames: true, UniqueEmails: true}, 400, 200, false},
	} {
		t.Run(jsonText(t, test.behavior), func(t *testing.T) {
			s := start(t, authserver.Config{Behavior: test.behavior})
			for _, kind := range kinds {
				s.send("POST", kind.path, fields{"name": "same"}).want(200)
				second := s.send("POST", kind.path, fields{"name": "same"})
				if second.want(test.other); test.other != 200 {
					second.refused(test.other, kind.noun+" with this name already exists")
				}
				s.send("POST", kind.path, fields{"name": "Same"}).want(200) // names are never folded
				id := s.send("POST", kind.path, fields{"name": "third"}).id()
				s.send("PUT", kind.path+id, fields{"name": "same"}).want(test.other)
				if test.other != 200 && s.send("GET", kind.path+id, "").object()["name"] != "third" {
					t.Errorf("%s was renamed all the same", kind.noun)
				}
			}

			user := func(name, email string) reply {
				return s.send("POST", "/auth/users/local", fields{"username": name, "email": email, "password": password})
			}
			user("ann", "ann@example.com").want(200)
			user("ann", "other@example.com").refused(test.name, "Username already registered")
			user("Ann", "Ann@example.com").want(200)
			bob := user("bob", "bob@example.com").id()
			s.send("PUT", "/auth/users/"+bob, fields{"email": "bob@example.com"}).want(200)
			if test.emailAllowed {
				user("eve", "ann@example.com").want(200)
				s.send("PUT", "/auth/users/"+bob, fields{"email": "ann@example.com"}).want(200)
				return
			}
			user("eve", "ann@example.com").refused(test.name, "Email already registered")
			s.send("PUT", "/auth/users/"+bob, fields{"email": "ann@example.com"}).refused(test.name, "Email already registered")
			s.send("PUT", "/auth/users/"+bob, fields{"email": "eve@example.com"}).want(200)
			user("eve", "bob@example.com").want(200) // bob's old one is free
		})
	}
}

func TestCase(t *testing.T) {
	for _, test := range []struct {
		behavior        authserver.Case
		username, email string // as answered
		folded          bool
	}{
		{"", "Ann", "Ann@Example.COM", false},
		{authserver.CasePreserve, "Ann", "Ann@Example.COM", false},
		{authserver.CaseFoldEmailDomain, "Ann", "Ann@example.com", false},
		{authserver.CaseFoldCompare, "Ann", "Ann@Example.COM", true},
		{authserver.CaseFoldStore, "ann", "ann@example.com", true},
	} {
		t.Run(string(test.behavior), func(t *testing.T) {
			s := start(t, authserver.Config{Behavior: authserver.Behavior{Case: test.behavior, UniqueEmails: true}})
			user := func(name, email string) reply {
				return s.send("POST", "/auth/users/local", fields{"username": name, "email": email, "password": password})
			}
			got := user("Ann", "Ann@Example.COM").object()
			if got["username"] != test.username || got["email"] != test.email {
				t.Errorf("created as %v, %v", got["username"], got["email"])
			}
			got = s.send("PUT", "/auth/users/"+got["id"].(string), fields{"email": "Ann@Example.COM"}).object()
			if got["email"] != test.email {
				t.Errorf("updated to %v", got["email"])
			}
			s.form("/auth/token", grant("Ann", password)).want(200)
			if test.folded {
				s.form("/auth/token", grant("aNN", password)).want(200)
				user("aNN", "x@example.com").want(409)
				user("bob", "aNN@example.com").want(409)
				return
			}
			s.form("/auth/token", grant("aNN", password)).want(401)
			user("aNN", "x@example.com").want(200)
			user("bob", "aNN@example.com").want(200)
		})
	}
}

func TestTrailingSlashes(t *testing.T) {
	wrong := []struct{ method, path, right string }{
		{"GET", "/auth/users", "/auth/users/"},
		{"GET", "/auth/users/" + nobody + "/", "/auth/users/" + nobody},
		{"POST", "/auth/roles", "/auth/roles/"},
		{"PUT", "/auth/roles/" + nobody + "/?a=b&c=%2F", "/auth/roles/" + nobody + "?a=b&c=%2F"},
		{"POST", "/auth/token/", "/auth/token"},
		{"PATCH", "/auth/users/me/", "/auth/users/me"},
		{"DELETE", "/auth/groups/x%2Fy/roles/z/", "/auth/groups/x%2Fy/roles/z"},
	}
	t.Run("redirected", func(t *testing.T) {
		s := start(t, authserver.Config{}).as("") // without a look at the credentials
		for _, test := range wrong {
			got := s.send(test.method, test.path, "").want(307)
			if location := got.header.Get("Location"); location != s.url+test.right {
				t.Errorf("%s %s: Location %s, want %s", test.method, test.path, location, s.url+test.right)
			}
		}
		s.send("GET", "/auth/nonsense/", "").refused(404, "Not Found")
	})
	t.Run("not found", func(t *testing.T) {
		s := start(t, authserver.Config{Behavior: authserver.Behavior{NoSlashRedirect: true}})
		for _, test := range wrong {
			s.send(test.method, test.path, "").refused(404, "Not Found")
		}
		s.send("GET", "/auth/users/", "").want(200)
	})
}
