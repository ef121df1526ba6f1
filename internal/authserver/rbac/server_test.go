package rbac_test

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
)

func TestManyAtOnce(t *testing.T) {
	s := start(t, authserver.Config{API: rbac.Behavior{ReadLag: time.Nanosecond, DeleteCascades: true}})
	group := s.Group("all")
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			name := fmt.Sprintf("user%d", i)
			user := s.User(name)
			for range 5 {
				s.Send("POST", "/auth/users/"+user+"/groups/"+group, "").Want(200)
				s.Send("PUT", "/auth/groups/"+group, fields{"description": name}).Want(200)
				s.Send("GET", "/auth/users/", "").Want(200)
				me := s.Login(name)
				s.As("").Send("GET", "/auth/users/me/permissions?token="+me.Token, "").Want(200)
				s.Server.Inject(authserver.Fault{Route: "/auth/health", Status: 200})
				s.Server.Snapshot()
				s.Server.Requests()
				s.Send("DELETE", "/auth/groups/"+s.Group("of "+name, s.Role("of "+name)), "").Want(200)
				for _, role := range s.Server.Snapshot().Roles {
					if role.Name == "of "+name {
						s.Send("DELETE", "/auth/roles/"+role.ID, "").Want(200)
					}
				}
			}
		})
	}
	all.Wait()
	data := s.Server.Snapshot()
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
	s := start(t, authserver.Config{StateFile: seed(t, jsonText(t, file)), API: rbac.Behavior{DeleteCascades: true}})

	var list []rbac.User
	s.Send("GET", "/auth/users/", "").Want(200).Decode(&list)
	if len(list) != size+1 || list[size-1].Username != fmt.Sprint("user", size-1) {
		t.Errorf("%d users", len(list))
	}
	role := s.Send("POST", "/auth/roles/", fields{"name": "all", "rights": ids}).Object()
	if got := len(role["rights"].([]any)); got != size {
		t.Errorf("%d rights", got)
	}
	s.Send("DELETE", "/auth/groups/"+team, "").Want(200)
	for _, user := range s.Server.Snapshot().Users {
		if len(user.Groups) > 0 {
			t.Fatalf("%s is still in a group", user.Username)
		}
	}
	var again struct{ Rights []json.RawMessage }
	s.Send("GET", "/auth/roles/"+role["id"].(string), "").Want(200).Decode(&again)
	if len(again.Rights) != size {
		t.Errorf("%d rights", len(again.Rights))
	}
}
