package gateway_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

func TestManyAtOnce(t *testing.T) {
	s := start(t, authserver.Config{API: gateway.Behavior{ReadLag: time.Nanosecond, SessionStore: true}})
	g := group(s, "all")
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			name := fmt.Sprintf("user%d", i)
			id := s.User(name, "admin")
			for range 5 {
				tokens := login(s, name, password).Object()
				me := s.As(text(tokens, "access_token"))
				me.Send("POST", g+"/members", fields{"user_id": name}).Want(204)
				me.Send("PUT", "/auth/users/"+id, fields{"active": true}).Want(200)
				pat := me.Send("POST", "/auth/pats?scope=admin", "").Object()
				s.As(text(pat, "token")).Send("GET", "/auth/users/", "").Want(200)
				me.Send("POST", "/auth/tuples", tuple(name, "viewer", "x", nil)).Want(204)
				me.Send("DELETE", "/authz/resources/dataset/grants?object_id=x&subject_namespace=user&subject_id=nobody&relation=viewer", "").Want(200)
				me.Send("DELETE", room(me, name), "").Want(200)
				s.Send("POST", "/auth/refresh?refresh_token="+text(tokens, "refresh_token"), "").Want(200)
				s.Server.Snapshot()
			}
		})
	}
	all.Wait()
	data := s.Server.Snapshot()
	if len(data.Users) != 9 || len(data.Groups[0].Members) != 8 || len(data.PATs) != 40 || len(data.Tuples) != 8 || len(data.Workrooms) != 40 {
		t.Errorf("%d users, %d members, %d tokens, %d tuples, %d workrooms",
			len(data.Users), len(data.Groups[0].Members), len(data.PATs), len(data.Tuples), len(data.Workrooms))
	}
}

func TestRefreshIsRotatedOnce(t *testing.T) {
	s := start(t, authserver.Config{})
	s.User("ann")
	tokens := login(s, "ann", password).Object()
	var mu sync.Mutex
	statuses := map[int]int{}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			status := s.Send("POST", "/auth/refresh?refresh_token="+text(tokens, "refresh_token"), "").Status
			mu.Lock()
			defer mu.Unlock()
			statuses[status]++
		})
	}
	all.Wait()
	if statuses[200] != 1 || statuses[401] != 7 {
		t.Errorf("statuses %v", statuses)
	}
}

func TestSnapshot(t *testing.T) {
	s := start(t, authserver.Config{})
	id := s.User("ann")
	g := group(s, "g")
	s.Send("POST", g+"/members", fields{"user_id": "x"}).Want(204)
	s.Send("PUT", "/auth/users/"+id, fields{"active": false}).Want(200)
	s.Send("DELETE", "/auth/users/"+id, "").Want(200)
	data := s.Server.Snapshot()
	last := data.Users[1]
	if data.Users[0].ID != s.Server.AdminID() || last.ID != id || !last.Deleted || !last.LoginDisabled || last.SubjectID == "" {
		t.Errorf("users %+v", data.Users)
	}
	room(s, "lab")
	data = s.Server.Snapshot()
	data.Groups[0].Members[0], data.Workrooms[0].Members[0].Role = "changed", "changed"
	if again := s.Server.Snapshot(); again.Groups[0].Members[0] != "x" || again.Workrooms[0].Members[0].Role != "owner" {
		t.Error("a snapshot shares memory with the server")
	}
}

func TestLargeCompany(t *testing.T) {
	const size = 5_000
	users, ids := make([]fields, size), make([]string, size)
	for i := range size {
		ids[i] = fmt.Sprintf("50000000-0000-4000-8000-%012d", i)
		users[i] = fields{"id": ids[i], "username": fmt.Sprint("user", i), "email": fmt.Sprintf("user%d@example.com", i)}
	}
	file := fields{"version": 1, "users": users, "groups": []fields{{"id": team, "name": "team", "members": ids}}, "pats": []fields{}}
	s := authservertest.StartGatewaySession(t, authserver.Config{StateFile: seed(t, jsonText(t, file))})
	var list []gateway.User
	if s.Send("GET", "/auth/users/", "").Want(200).Decode(&list); len(list) != size+1 || list[size-1].Username != fmt.Sprint("user", size-1) {
		t.Errorf("%d users", len(list))
	}
	if got := len(members(s, "/authz/groups/"+team).([]any)); got != size {
		t.Errorf("%d members", got)
	}
}
