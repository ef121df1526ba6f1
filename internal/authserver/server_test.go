package authserver_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

func TestConfigIsChecked(t *testing.T) {
	good := authserver.Config{AdminUsername: "admin", AdminPassword: "x", BcryptCost: 4}
	if _, err := authserver.New(good); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*authserver.Config){
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
		"the status of a duplicate":       func(c *authserver.Config) { c.Behavior.DuplicateStatus = 422 },
		"assigning twice is":              func(c *authserver.Config) { c.Behavior.AssignTwice = "200" },
		"removing what is not assigned":   func(c *authserver.Config) { c.Behavior.RemoveUnassigned = "no" },
		`the case is "upper"; it must be`: func(c *authserver.Config) { c.Behavior.Case = "upper" },
		"the read lag is negative":        func(c *authserver.Config) { c.Behavior.ReadLag = -1 },
	} {
		cfg := good
		change(&cfg)
		if _, err := authserver.New(cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	s := start(t, authserver.Config{Behavior: authserver.Behavior{ReadLag: time.Nanosecond, DeleteCascades: true}})
	group := s.group("all")
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			name := fmt.Sprintf("user%d", i)
			user := s.user(name)
			for range 5 {
				s.send("POST", "/auth/users/"+user+"/groups/"+group, "").want(200)
				s.send("PUT", "/auth/groups/"+group, fields{"description": name}).want(200)
				s.send("GET", "/auth/users/", "").want(200)
				me := s.login(name)
				s.as("").send("GET", "/auth/users/me/permissions?token="+me.token, "").want(200)
				s.server.Inject(authserver.Fault{Route: "/auth/health", Status: 200})
				s.server.Snapshot()
				s.server.Requests()
				s.send("DELETE", "/auth/groups/"+s.group("of "+name, s.role("of "+name)), "").want(200)
				for _, role := range s.server.Snapshot().Roles {
					if role.Name == "of "+name {
						s.send("DELETE", "/auth/roles/"+role.ID, "").want(200)
					}
				}
			}
		})
	}
	all.Wait()
	data := s.server.Snapshot()
	for _, user := range data.Users[1:] {
		equal(t, user.Username, user.Groups, []string{group})
	}
	if len(data.Users) != 9 || len(data.Groups) != 1 || len(data.Roles) != 0 {
		t.Errorf("%d users, %d groups, %d roles", len(data.Users), len(data.Groups), len(data.Roles))
	}
}

func TestLargeCompany(t *testing.T) {
	const size = 10_000
	id := func(kind, i int) string { return fmt.Sprintf("%d0000000-0000-4000-8000-%012d", kind, i) }
	rights := make([]fields, size)
	users := make([]fields, size)
	ids := make([]string, size)
	for i := range size {
		ids[i] = id(2, i)
		rights[i] = fields{"id": ids[i], "name": fmt.Sprint("right", i)}
		users[i] = fields{"id": id(5, i), "username": fmt.Sprint("user", i), "email": fmt.Sprintf("user%d@example.com", i), "groups": []string{team}}
	}
	none := []fields{}
	file := fields{"version": 1, "organizations": none, "rights": rights, "roles": none, "groups": []fields{{"id": team, "name": "team"}}, "users": users}
	s := start(t, authserver.Config{StateFile: seed(t, jsonText(t, file)), Behavior: authserver.Behavior{DeleteCascades: true}})

	var list []authserver.User
	s.send("GET", "/auth/users/", "").want(200).decode(&list)
	if len(list) != size+1 || list[size-1].Username != fmt.Sprint("user", size-1) {
		t.Errorf("%d users", len(list))
	}
	role := s.send("POST", "/auth/roles/", fields{"name": "all", "rights": ids}).object()
	if got := len(role["rights"].([]any)); got != size {
		t.Errorf("%d rights", got)
	}
	s.send("DELETE", "/auth/groups/"+team, "").want(200)
	for _, user := range s.server.Snapshot().Users {
		if len(user.Groups) > 0 {
			t.Fatalf("%s is still in a group", user.Username)
		}
	}
	var again struct{ Rights []json.RawMessage }
	s.send("GET", "/auth/roles/"+role["id"].(string), "").want(200).decode(&again)
	if len(again.Rights) != size {
		t.Errorf("%d rights", len(again.Rights))
	}
}
