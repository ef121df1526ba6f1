package authserver_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
)

func TestReadLag(t *testing.T) {
	now := newClock()
	const lag = 10 * time.Second
	s := start(t, authserver.Config{Now: now.Now, API: rbac.Behavior{ReadLag: lag}})
	name := func(path string) any { return s.Send("GET", path, "").Object()["name"] }

	// What was there from the start is seen at once.
	s.Send("GET", "/auth/users/"+s.Server.AdminID(), "").Want(200)

	path := "/auth/rights/" + s.Right("one")
	s.Send("GET", path, "").Refused(404, "Right not found")
	// Writes see the newest.
	s.Send("POST", "/auth/rights/", fields{"name": "one"}).Want(409)
	if got := s.Send("PUT", path, fields{"description": "x"}).Object()["name"]; got != "one" {
		t.Errorf("PUT answers %v", got)
	}
	if len(s.Server.Snapshot().Rights) != 1 {
		t.Error("a snapshot lags")
	}
	now.Add(lag - 1)
	s.Send("GET", path, "").Refused(404, "Right not found")
	now.Add(1)
	if got := name(path); got != "one" {
		t.Errorf("name %v", got)
	}

	// Of several writes, a reader sees each after the lag.
	s.Send("PUT", path, fields{"name": "two"}).Want(200)
	now.Add(6 * time.Second)
	s.Send("PUT", path, fields{"name": "three"}).Want(200)
	for _, want := range []string{"one", "two", "three"} {
		if got := name(path); got != want {
			t.Errorf("name %v, want %s", got, want)
		}
		now.Add(5 * time.Second)
	}

	s.Send("DELETE", path, "").Want(200)
	s.Send("DELETE", path, "").Want(404)
	if got := name(path); got != "three" {
		t.Errorf("name %v after the delete", got)
	}
	now.Add(lag)
	s.Send("GET", path, "").Refused(404, "Right not found")
}

func TestListLags(t *testing.T) {
	now := newClock()
	s := start(t, authserver.Config{Now: now.Now, API: rbac.Behavior{ReadLag: time.Second}})
	list := func() (names []string) {
		var users []rbac.User
		s.Send("GET", "/auth/users/", "").Want(200).Decode(&users)
		for _, u := range users {
			name := u.Username
			if u.FullName != nil {
				name += "=" + *u.FullName
			}
			names = append(names, name)
		}
		return names
	}
	ann, bob := s.User("ann"), s.User("bob")
	equal(t, "after creates", list(), []string{"admin"})
	now.Add(time.Second)
	equal(t, "later", list(), []string{"admin", "ann", "bob"})
	s.Send("DELETE", "/auth/users/"+ann, "").Want(200)
	s.Send("PUT", "/auth/users/"+bob, fields{"full_name": "Bob"}).Want(200)
	s.User("eve")
	equal(t, "after writes", list(), []string{"admin", "ann", "bob"})
	s.Form("/auth/token", grant("ann", password)).Want(401)
	s.Form("/auth/token", grant("eve", password)).Want(200) // a login is no read
	now.Add(time.Second)
	equal(t, "later", list(), []string{"admin", "bob=Bob", "eve"})
}

func TestLagForgets(t *testing.T) {
	now := newClock()
	dir := filepath.Join(t.TempDir(), "dir")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	s := start(t, authserver.Config{
		Now: now.Now, StateFile: filepath.Join(dir, "state.json"), API: rbac.Behavior{ReadLag: time.Second},
	})
	id := s.User("ann")
	now.Add(time.Second)
	for _, name := range []string{"one", "two"} {
		s.Send("PUT", "/auth/users/"+id, fields{"full_name": name}).Want(200)
	}

	// A write that is undone leaves readers what they saw.
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	s.Send("PUT", "/auth/users/"+id, fields{"full_name": "three"}).Want(500)
	s.Send("DELETE", "/auth/users/"+id, "").Want(500)
	s.Send("POST", "/auth/users/local", fields{"username": "bob", "email": "bob@example.com", "password": "x"}).Want(500)
	if ids, versions := s.Server.Remembered(); ids != 1 || versions != 2 {
		t.Errorf("%d versions of %d users, want 2 of 1", versions, ids)
	}
	if got := s.Send("GET", "/auth/users/"+id, "").Object()["full_name"]; got != nil {
		t.Errorf("full_name %v", got)
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}

	s.User("bob")
	if ids, versions := s.Server.Remembered(); ids != 2 || versions != 3 {
		t.Errorf("%d versions of %d users, want 3 of 2", versions, ids)
	}
	now.Add(time.Second)
	s.Send("DELETE", "/auth/users/"+id, "").Want(200)
	if ids, versions := s.Server.Remembered(); ids != 1 || versions != 1 {
		t.Errorf("%d versions of %d users, want 1 of 1", versions, ids)
	}
}
