package authserver_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

func TestReadLag(t *testing.T) {
	now := newClock()
	const lag = 10 * time.Second
	s := start(t, authserver.Config{Now: now.Now, Behavior: authserver.Behavior{ReadLag: lag}})
	name := func(path string) any { return s.send("GET", path, "").object()["name"] }

	// What was there from the start is seen at once.
	s.send("GET", "/auth/users/"+s.server.AdminID(), "").want(200)

	path := "/auth/rights/" + s.right("one")
	s.send("GET", path, "").refused(404, "Right not found")
	// Writes see the newest.
	s.send("POST", "/auth/rights/", fields{"name": "one"}).want(409)
	if got := s.send("PUT", path, fields{"description": "x"}).object()["name"]; got != "one" {
		t.Errorf("PUT answers %v", got)
	}
	if len(s.server.Snapshot().Rights) != 1 {
		t.Error("a snapshot lags")
	}
	now.add(lag - 1)
	s.send("GET", path, "").refused(404, "Right not found")
	now.add(1)
	if got := name(path); got != "one" {
		t.Errorf("name %v", got)
	}

	// Of several writes, a reader sees each after the lag.
	s.send("PUT", path, fields{"name": "two"}).want(200)
	now.add(6 * time.Second)
	s.send("PUT", path, fields{"name": "three"}).want(200)
	for _, want := range []string{"one", "two", "three"} {
		if got := name(path); got != want {
			t.Errorf("name %v, want %s", got, want)
		}
		now.add(5 * time.Second)
	}

	s.send("DELETE", path, "").want(200)
	s.send("DELETE", path, "").want(404)
	if got := name(path); got != "three" {
		t.Errorf("name %v after the delete", got)
	}
	now.add(lag)
	s.send("GET", path, "").refused(404, "Right not found")
}

func TestListLags(t *testing.T) {
	now := newClock()
	s := start(t, authserver.Config{Now: now.Now, Behavior: authserver.Behavior{ReadLag: time.Second}})
	list := func() (names []string) {
		var users []authserver.User
		s.send("GET", "/auth/users/", "").want(200).decode(&users)
		for _, u := range users {
			name := u.Username
			if u.FullName != nil {
				name += "=" + *u.FullName
			}
			names = append(names, name)
		}
		return names
	}
	ann, bob := s.user("ann"), s.user("bob")
	equal(t, "after creates", list(), []string{"admin"})
	now.add(time.Second)
	equal(t, "later", list(), []string{"admin", "ann", "bob"})
	s.send("DELETE", "/auth/users/"+ann, "").want(200)
	s.send("PUT", "/auth/users/"+bob, fields{"full_name": "Bob"}).want(200)
	s.user("eve")
	equal(t, "after writes", list(), []string{"admin", "ann", "bob"})
	s.form("/auth/token", grant("ann", password)).want(401)
	s.form("/auth/token", grant("eve", password)).want(200) // a login is no read
	now.add(time.Second)
	equal(t, "later", list(), []string{"admin", "bob=Bob", "eve"})
}

func TestLagForgets(t *testing.T) {
	now := newClock()
	dir := filepath.Join(t.TempDir(), "dir")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	s := start(t, authserver.Config{
		Now: now.Now, StateFile: filepath.Join(dir, "state.json"), Behavior: authserver.Behavior{ReadLag: time.Second},
	})
	id := s.user("ann")
	now.add(time.Second)
	for _, name := range []string{"one", "two"} {
		s.send("PUT", "/auth/users/"+id, fields{"full_name": name}).want(200)
	}

	// A write that is undone leaves readers what they saw.
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	s.send("PUT", "/auth/users/"+id, fields{"full_name": "three"}).want(500)
	s.send("DELETE", "/auth/users/"+id, "").want(500)
	s.send("POST", "/auth/users/local", fields{"username": "bob", "email": "bob@example.com", "password": "x"}).want(500)
	if ids, versions := s.server.Remembered(); ids != 1 || versions != 2 {
		t.Errorf("%d versions of %d users, want 2 of 1", versions, ids)
	}
	if got := s.send("GET", "/auth/users/"+id, "").object()["full_name"]; got != nil {
		t.Errorf("full_name %v", got)
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}

	s.user("bob")
	if ids, versions := s.server.Remembered(); ids != 2 || versions != 3 {
		t.Errorf("%d versions of %d users, want 3 of 2", versions, ids)
	}
	now.add(time.Second)
	s.send("DELETE", "/auth/users/"+id, "").want(200)
	if ids, versions := s.server.Remembered(); ids != 1 || versions != 1 {
		t.Errorf("%d versions of %d users, want 1 of 1", versions, ids)
	}
}
