package directory_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
)

// rooms is a server of workrooms and their members.
type rooms struct {
	*directory.Gateway
	t *testing.T

	mu      sync.Mutex
	rooms   []map[string]any
	members map[string][]map[string]any // by room
	lose    int                         // how many answers of creates are lost
	refuse  bool                        // creates are not acted on
	lag     int                         // how many lists of members show none
	asked   []string
}

func startRooms(t *testing.T) *rooms {
	t.Helper()
	s := &rooms{t: t, members: map[string][]map[string]any{}}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	api, err := gateway.Connect(client.Config{BaseURL: server.URL, APIKey: "key", Sleep: noPause})
	must(t, err)
	s.Gateway = directory.NewGateway(api, directory.Shared)
	return s
}

func (s *rooms) room(id, name string) {
	s.rooms = append(s.rooms, map[string]any{"id": id, "name": name, "type": "persistent", "status": "active", "is_owner": true, "created_at": time.Now().UTC().Add(time.Hour)})
}

func (s *rooms) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	s.asked = append(s.asked, r.Method+" "+r.URL.Path)
	if parts[0] == "admin" {
		parts = parts[1:]
	}
	var body map[string]any
	_ = json.NewDecoder(r.Body).Decode(&body)
	say := func(value any) { _ = json.NewEncoder(w).Encode(value) }
	at := -1
	if len(parts) > 1 {
		at = slices.IndexFunc(s.rooms, func(room map[string]any) bool { return room["id"] == parts[1] })
	}
	switch {
	case len(parts) == 1 && r.Method == http.MethodGet:
		say(map[string]any{"items": append([]map[string]any{}, s.rooms...)})
	case len(parts) == 1:
		if !s.refuse {
			s.room(fmt.Sprint("r", len(s.rooms)), body["name"].(string))
		}
		if s.lose > 0 {
			s.lose--
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		say(s.rooms[len(s.rooms)-1])
	case at < 0:
		w.WriteHeader(http.StatusNotFound)
		say(map[string]string{"detail": "Workroom not found"})
	case len(parts) == 2 && r.Method == http.MethodDelete:
		s.rooms = slices.Delete(s.rooms, at, at+1)
		say(map[string]string{"status": "deleted"})
	case len(parts) == 2:
		maps.Copy(s.rooms[at], body)
		say(s.rooms[at])
	case parts[2] == "archive" || parts[2] == "restore":
		s.rooms[at]["status"] = map[string]string{"archive": "archived", "restore": "active"}[parts[2]]
		say(s.rooms[at])
	case parts[2] == "members":
		s.serveMembers(w, r, parts, body)
	}
}

func (s *rooms) serveMembers(w http.ResponseWriter, r *http.Request, parts []string, body map[string]any) {
	say := func(value any) { _ = json.NewEncoder(w).Encode(value) }
	room := parts[1]
	user, _ := strings.CutSuffix(fmt.Sprint(body["email"]), "@example.com")
	if len(parts) == 4 {
		user = parts[3]
	}
	at := slices.IndexFunc(s.members[room], func(member map[string]any) bool { return member["user_id"] == user })
	switch {
	case r.Method == http.MethodGet && s.lag > 0:
		s.lag--
		say(map[string]any{"items": []any{}})
	case r.Method == http.MethodGet:
		say(map[string]any{"items": append([]map[string]any{}, s.members[room]...)})
	case r.Method == http.MethodPost:
		member := map[string]any{"user_id": user, "role": body["role"], "active": true}
		if at >= 0 {
			s.members[room][at] = member
		} else {
			s.members[room] = append(s.members[room], member)
		}
		say(member)
	case at < 0 || s.members[room][at]["active"] == false:
		w.WriteHeader(http.StatusBadRequest)
		say(map[string]string{"detail": "not a member"})
	case r.Method == http.MethodPatch:
		s.members[room][at]["role"] = body["role"]
		say(s.members[room][at])
	default:
		s.members[room][at]["active"] = false
		say(s.members[room][at])
	}
}

func (s *rooms) wantAsked(want ...string) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Equal(s.asked, want) {
		s.t.Errorf("the server was asked\n  %s\nwant\n  %s", strings.Join(s.asked, "\n  "), strings.Join(want, "\n  "))
	}
	s.asked = nil
}

func (s *rooms) wantMember(room, user, role string) {
	s.t.Helper()
	member, err := s.WorkroomMembers.Get(s.t.Context(), room, user)
	if role == "" {
		wantError(s.t, err, client.ErrNotFound)
		return
	}
	must(s.t, err)
	if member.Role != role {
		s.t.Errorf("%s is %s in %s, want %s", user, member.Role, room, role)
	}
}

const (
	ownRooms   = "GET /workrooms/"
	everyRoom  = "GET /admin/workrooms/"
	roomMember = "GET /workrooms/r0/members"
)

func TestWorkroomsAreShared(t *testing.T) {
	s, ctx := startRooms(t), t.Context()
	for i := range 100 {
		s.room(fmt.Sprint("r", i), fmt.Sprint("room ", i))
	}
	for i := range 100 {
		must(t, second(s.Workrooms.Get(ctx, fmt.Sprint("r", i))))
	}
	s.wantAsked("GET /workrooms/r0", "GET /workrooms/r1", ownRooms)
	must(t, second(s.Workrooms.ByName(ctx, "room 7")))
	for range 2 {
		must(t, second(s.Workrooms.AdminList(ctx)))
	}
	s.wantAsked(everyRoom)

	// What the answer of a write says needs no reading; the lists do.
	archived, err := s.Workrooms.Archive(ctx, "r7")
	must(t, err)
	again, err := s.Workrooms.Get(ctx, "r7")
	must(t, err)
	if archived.Status != gateway.WorkroomArchived || again.Status != gateway.WorkroomArchived {
		t.Errorf("the room is %s, and then %s", archived.Status, again.Status)
	}
	must(t, second(s.Workrooms.Update(ctx, "r7", gateway.WorkroomUpdate{Name: client.Set("seven")})))
	must(t, second(s.Workrooms.ByName(ctx, "seven")))
	must(t, second(s.Workrooms.AdminList(ctx)))
	s.wantAsked("POST /workrooms/r7/archive", "PATCH /workrooms/r7", ownRooms, everyRoom)

	must(t, s.Workrooms.AdminDelete(ctx, "r7"))
	wantError(t, second(s.Workrooms.Get(ctx, "r7")), client.ErrNotFound)
	wantError(t, s.Workrooms.Delete(ctx, "r7"), client.ErrNotFound)
}

// A create whose answer is lost is found, and never taken for a room that was there before.
func TestLostWorkroomsAreFound(t *testing.T) {
	s, ctx := startRooms(t), t.Context()
	must(t, second(s.Workrooms.List(ctx))) // The clock of the server is known then.
	s.lose = 1
	first, err := s.Workrooms.Create(ctx, gateway.WorkroomCreate{Name: "x", Type: "persistent"})
	must(t, err)
	s.lose = 1
	next, err := s.Workrooms.Create(ctx, gateway.WorkroomCreate{Name: "x", Type: "persistent"})
	must(t, err)
	if first.ID == "" || next.ID == "" || first.ID == next.ID {
		t.Errorf("the rooms are %q and %q", first.ID, next.ID)
	}
	s.lose, s.refuse = 1, true
	wantError(t, second(s.Workrooms.Create(ctx, gateway.WorkroomCreate{Name: "x", Type: "persistent"})), client.ErrOutcomeUnknown)
}

func TestWorkroomMembersOfARoomAreReadFromOneList(t *testing.T) {
	s, ctx := startRooms(t), t.Context()
	s.room("r0", "x")
	s.members["r0"] = []map[string]any{{"user_id": "ada", "role": "owner", "active": true}, {"user_id": "grace", "role": "editor", "active": false}}
	for range 3 {
		s.wantMember("r0", "ada", "owner")
		s.wantMember("r0", "grace", "")
		s.wantMember("r0", "ADA", "")
	}
	all, err := s.WorkroomMembers.List(ctx, "r0")
	must(t, err)
	if len(all) != 2 {
		t.Errorf("there are %d members", len(all))
	}
	s.wantAsked(roomMember)

	grace, err := s.WorkroomMembers.Add(ctx, "r0", gateway.WorkroomMemberAdd{Email: "grace@example.com", Role: "viewer"})
	must(t, err)
	s.lag = 2
	s.wantMember("r0", grace.UserID, "viewer")
	s.wantAsked("POST /workrooms/r0/members", roomMember, roomMember, roomMember)
	must(t, second(s.WorkroomMembers.SetRole(ctx, "r0", "grace", "editor")))
	s.wantMember("r0", "grace", "editor")
	wantError(t, second(s.WorkroomMembers.List(ctx, "r1")), client.ErrNotFound)
}

// A refactoring gives a member up in one resource and takes them over in another, in any order.
func TestWorkroomMembersTakeOver(t *testing.T) {
	s, ctx := startRooms(t), t.Context()
	s.room("r0", "x")
	for _, user := range []string{"ada", "grace", "joan"} {
		s.members["r0"] = append(s.members["r0"], map[string]any{"user_id": user, "role": "viewer", "active": true})
	}
	ada, grace := gateway.WorkroomMemberAdd{Email: "ada@example.com", Role: "viewer"}, gateway.WorkroomMemberAdd{Email: "grace@example.com", Role: "editor"}
	must(t, second(s.WorkroomMembers.Add(ctx, "r0", ada)))
	must(t, s.WorkroomMembers.Remove(ctx, "r0", "ada", true))
	s.wantMember("r0", "ada", "viewer")
	must(t, s.WorkroomMembers.Remove(ctx, "r0", "grace", true))
	s.wantMember("r0", "grace", "")
	must(t, s.WorkroomMembers.Remove(ctx, "r0", "grace", true)) // The server refuses, and she is no member.
	must(t, s.WorkroomMembers.Keep(ctx, "r0", "grace", grace))
	must(t, s.WorkroomMembers.Remove(ctx, "r0", "grace", true))
	s.wantMember("r0", "grace", "editor")
	must(t, s.WorkroomMembers.Keep(ctx, "r0", "joan", gateway.WorkroomMemberAdd{}))
	must(t, s.WorkroomMembers.Remove(ctx, "r0", "joan", true))
	s.wantMember("r0", "joan", "viewer")
	must(t, s.WorkroomMembers.Remove(ctx, "r9", "joan", true)) // The room is gone, and with it its members.
}
