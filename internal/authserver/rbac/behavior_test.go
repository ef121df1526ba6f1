package rbac_test

import (
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
)

func TestNullInPut(t *testing.T) {
	// The vendor's SDK sends null for every field that it leaves alone.
	nulls := fields{"email": nil, "full_name": nil, "is_active": nil, "groups": nil, "is_superuser": nil, "organization_id": nil}
	setUp := func(t *testing.T, clears bool) (session, string) {
		t.Helper()
		s := start(t, authserver.Config{API: rbac.Behavior{NullClears: clears}})
		return s, s.Send("POST", "/auth/users/local", fields{
			"username": "ann", "email": "ann@example.com", "password": password, "full_name": "Ann", "is_superuser": true,
			"organization_id": s.Organization("acme"), "groups": []string{s.Group("g")},
		}).ID()
	}
	t.Run("is ignored", func(t *testing.T) {
		s, id := setUp(t, false)
		before := s.Send("GET", "/auth/users/"+id, "").Object()
		after := s.Send("PUT", "/auth/users/"+id, nulls).Object()
		before["updated_at"] = after["updated_at"]
		equal(t, "user", after, before)

		role := s.Send("POST", "/auth/roles/", fields{"name": "r", "description": "d", "rights": []string{s.Right("x")}}).Object()
		after = s.Send("PUT", "/auth/roles/"+role["id"].(string), fields{"name": nil, "description": nil, "rights": nil}).Object()
		role["updated_at"] = after["updated_at"]
		equal(t, "role", after, role)
	})
	t.Run("clears", func(t *testing.T) {
		s, id := setUp(t, true)
		s.Send("PUT", "/auth/users/"+id, nulls).
			Invalid("body.email: string_type", "body.is_superuser: bool_type", "body.is_active: bool_type")
		user := s.Send("PUT", "/auth/users/"+id, fields{"full_name": nil, "groups": nil, "organization_id": nil}).Object()
		if user["full_name"] != nil || user["organization_id"] != nil || user["is_superuser"] != true {
			t.Errorf("user %v", user)
		}
		equal(t, "groups", user["groups"], []string{})

		idp := fields{"provider": "p", "domain": "d", "client_id": "c"}
		organization := s.Send("POST", "/auth/organizations/", fields{"name": "o", "description": "d", "idp_config": idp}).ID()
		s.Send("PUT", "/auth/organizations/"+organization, fields{"name": nil}).Invalid("body.name: string_type")
		got := s.Send("PUT", "/auth/organizations/"+organization, fields{"description": nil, "idp_config": nil}).Object()
		if got["description"] != nil || got["idp_config"] != nil || got["name"] != "o" {
			t.Errorf("organization %v", got)
		}
	})
	t.Run("in a create is absent", func(t *testing.T) {
		for _, clears := range []bool{false, true} {
			s := start(t, authserver.Config{API: rbac.Behavior{NullClears: clears}})
			got := s.Send("POST", "/auth/organizations/", fields{"name": "o", "description": nil, "idp_config": nil}).Object()
			if got["description"] != nil || got["idp_config"] != nil {
				t.Errorf("organization %v", got)
			}
		}
	})
}

func TestDuplicates(t *testing.T) {
	for _, test := range []struct {
		behavior     rbac.Behavior
		name, other  int // the status of a second username, and of a second name of something else
		emailAllowed bool
	}{
		{rbac.Behavior{}, 409, 409, true},
		{rbac.Behavior{DuplicateStatus: 409}, 409, 409, true},
		{rbac.Behavior{DuplicateStatus: 400, UniqueEmails: true}, 400, 400, false},
		{rbac.Behavior{DuplicateNames: true}, 409, 200, true},
		{rbac.Behavior{DuplicateStatus: 400, DuplicateNames: true, UniqueEmails: true}, 400, 200, false},
	} {
		t.Run(jsonText(t, test.behavior), func(t *testing.T) {
			s := start(t, authserver.Config{API: test.behavior})
			for _, kind := range kinds {
				s.Send("POST", kind.path, fields{"name": "same"}).Want(200)
				second := s.Send("POST", kind.path, fields{"name": "same"})
				if second.Want(test.other); test.other != 200 {
					second.Refused(test.other, kind.noun+" with this name already exists")
				}
				s.Send("POST", kind.path, fields{"name": "Same"}).Want(200) // names are never folded
				id := s.Send("POST", kind.path, fields{"name": "third"}).ID()
				s.Send("PUT", kind.path+id, fields{"name": "same"}).Want(test.other)
				if test.other != 200 && s.Send("GET", kind.path+id, "").Object()["name"] != "third" {
					t.Errorf("%s was renamed all the same", kind.noun)
				}
			}

			user := func(name, email string) reply {
				return s.Send("POST", "/auth/users/local", fields{"username": name, "email": email, "password": password})
			}
			user("ann", "ann@example.com").Want(200)
			user("ann", "other@example.com").Refused(test.name, "Username already registered")
			user("Ann", "Ann@example.com").Want(200)
			bob := user("bob", "bob@example.com").ID()
			s.Send("PUT", "/auth/users/"+bob, fields{"email": "bob@example.com"}).Want(200)
			if test.emailAllowed {
				user("eve", "ann@example.com").Want(200)
				s.Send("PUT", "/auth/users/"+bob, fields{"email": "ann@example.com"}).Want(200)
				return
			}
			user("eve", "ann@example.com").Refused(test.name, "Email already registered")
			s.Send("PUT", "/auth/users/"+bob, fields{"email": "ann@example.com"}).Refused(test.name, "Email already registered")
			s.Send("PUT", "/auth/users/"+bob, fields{"email": "eve@example.com"}).Want(200)
			user("eve", "bob@example.com").Want(200) // bob's old one is free
		})
	}
}

func TestCase(t *testing.T) {
	for _, test := range []struct {
		behavior        rbac.Case
		username, email string // as answered
		folded          bool
	}{
		{"", "Ann", "Ann@Example.COM", false},
		{rbac.CasePreserve, "Ann", "Ann@Example.COM", false},
		{rbac.CaseFoldEmailDomain, "Ann", "Ann@example.com", false},
		{rbac.CaseFoldCompare, "Ann", "Ann@Example.COM", true},
		{rbac.CaseFoldStore, "ann", "ann@example.com", true},
	} {
		t.Run(string(test.behavior), func(t *testing.T) {
			s := start(t, authserver.Config{API: rbac.Behavior{Case: test.behavior, UniqueEmails: true}})
			user := func(name, email string) reply {
				return s.Send("POST", "/auth/users/local", fields{"username": name, "email": email, "password": password})
			}
			got := user("Ann", "Ann@Example.COM").Object()
			if got["username"] != test.username || got["email"] != test.email {
				t.Errorf("created as %v, %v", got["username"], got["email"])
			}
			got = s.Send("PUT", "/auth/users/"+got["id"].(string), fields{"email": "Ann@Example.COM"}).Object()
			if got["email"] != test.email {
				t.Errorf("updated to %v", got["email"])
			}
			s.Form("/auth/token", grant("Ann", password)).Want(200)
			if test.folded {
				s.Form("/auth/token", grant("aNN", password)).Want(200)
				user("aNN", "x@example.com").Want(409)
				user("bob", "aNN@example.com").Want(409)
				return
			}
			s.Form("/auth/token", grant("aNN", password)).Want(401)
			user("aNN", "x@example.com").Want(200)
			user("bob", "aNN@example.com").Want(200)
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
		s := start(t, authserver.Config{}).As("") // without a look at the credentials
		for _, test := range wrong {
			got := s.Send(test.method, test.path, "").Want(307)
			if location := got.Header.Get("Location"); location != s.URL+test.right {
				t.Errorf("%s %s: Location %s, want %s", test.method, test.path, location, s.URL+test.right)
			}
		}
		s.Send("GET", "/auth/nonsense/", "").Refused(404, "Not Found")
	})
	t.Run("not found", func(t *testing.T) {
		s := start(t, authserver.Config{API: rbac.Behavior{NoSlashRedirect: true}})
		for _, test := range wrong {
			s.Send(test.method, test.path, "").Refused(404, "Not Found")
		}
		s.Send("GET", "/auth/users/", "").Want(200)
	})
}
