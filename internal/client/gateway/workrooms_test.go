package gateway_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/clienttest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
)

func TestUnusableAnswersAboutWorkrooms(t *testing.T) {
	aboutARoom := []string{``, `null`, `[]`, `{}`, `{"id":"b"}`, `{"id":["a"]}`, `{"id":"a","labels":"x"}`, `{"id":"a","labels":[null]}`, `{"id":"a","attributes":[]}`, `{"id":"a","member_count":"x"}`}
	members := []string{``, `null`, `[]`, `{}`, `{"items":null}`, `{"items":{}}`, `{"items":[null]}`, `{"items":[{"id":"a"}]}`, `{"items":[{"user_id":1}]}`}
	for name, bodies := range map[string][]string{
		"Workrooms.Create":        {``, `null`, `[]`, `{}`, `{"name":"x"}`},
		"Workrooms.Get":           aboutARoom,
		"Workrooms.Update":        aboutARoom[2:], // after an empty answer, the room is read
		"Workrooms.Archive":       aboutARoom,
		"Workrooms.Restore":       aboutARoom,
		"Workrooms.Transfer":      aboutARoom,
		"Workrooms.List":          append(members[:6:6], `{"items":[null]}`, `{"items":[{"name":"x"}]}`),
		"Workrooms.AdminList":     append(members[:6:6], `{"items":[null]}`, `{"items":[{"name":"x"}]}`),
		"WorkroomMembers.List":    members,
		"WorkroomMembers.Add":     {``, `null`, `[]`, `{}`, `{"id":"m"}`, `{"user_id":"b","active":false}`, `{"user_id":"b","removed_at":"2026-08-20T09:12:44"}`, `{"user_id":"b","active":"yes"}`},
		"WorkroomMembers.SetRole": {``, `null`, `[]`, `{}`, `{"user_id":"c"}`},
		"WorkroomMembers.Remove":  {`[]`, `{}`, `{"user_id":"c","active":false}`, `{"user_id":"b"}`, `{"user_id":"b","active":true}`},
		"WorkroomMembers.Lookup":  {``, `null`, `[]`, `{}`, `{"user_id":null}`},
	} {
		checkUnusable(t, name, bodies)
	}
}

func TestWorkroomsThatAreDeletedAreNotFound(t *testing.T) {
	for _, status := range []string{gateway.WorkroomDeleted, gateway.WorkroomPurging} {
		c, _ := asks(t, clienttest.SaysJSON(`{"id":"a","status":"`+status+`"}`))
		_, err := c.Workrooms.Get(t.Context(), "a")
		clienttest.Fails(t, err, client.ErrNotFound)
		_, err = c.Workrooms.Restore(t.Context(), "a")
		clienttest.Fails(t, err, client.ErrNotFound)

		c, _ = asks(t, clienttest.SaysJSON(`{"items":[{"id":"a","status":"`+status+`"},{"id":"b","status":"archived"}]}`))
		want := []gateway.Workroom{{ID: "b", Status: gateway.WorkroomArchived}}
		clienttest.Equal(t, "listed", clienttest.Must(c.Workrooms.List(t.Context()))(t), want)
		clienttest.Equal(t, "all", clienttest.Must(c.Workrooms.AdminList(t.Context()))(t), want)
	}
}

func TestWorkroomsAreReadAsTheyAre(t *testing.T) {
	moment := client.Time{Time: time.Date(2026, 8, 20, 9, 12, 44, 0, time.UTC)}
	for body, want := range map[string]gateway.Workroom{
		`{"id":"FFFFFFFF-FFFF-4FFF-8FFF-FFFFFFFFFFFF"}`: {ID: "ffffffff-ffff-4fff-8fff-ffffffffffff"},
		`{"id":"a","description":null,"labels":null,"attributes":null,"scg_references":null,"updated_at":null,"deleted_at":null,"membership_role":null}`: {ID: "a"},
		`{"id":"a","name":"x","labels":[],"attributes":{"n":12345678901234567890,"l":["x"]},"created_at":"2026-08-20T09:12:44","member_count":2,"is_owner":true,"new":1}`: {
			ID: "a", Name: "x", Labels: client.Texts{}, Attributes: gateway.Values{"n": json.Number("12345678901234567890"), "l": []any{"x"}},
			CreatedAt: moment, MemberCount: 2, IsOwner: true,
		},
	} {
		c, _ := asks(t, clienttest.SaysJSON(body))
		clienttest.Equal(t, body, clienttest.Must(c.Workrooms.Get(t.Context(), want.ID))(t), want)
	}
}

func TestAllWorkroomsAreReadToTheEnd(t *testing.T) {
	serve := func(total int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			skip, _ := strconv.Atoi(r.URL.Query().Get("skip"))
			limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
			var rooms []string
			for i := skip; i < min(skip+limit, total); i++ {
				rooms = append(rooms, fmt.Sprintf(`{"id":"r%d"}`, i))
			}
			_, _ = fmt.Fprintf(w, `{"items":[%s]}`, strings.Join(rooms, ","))
		}
	}
	for total, requests := range map[int]int{0: 1, 999: 1, 1000: 2, 2500: 3} {
		c, r := asks(t, serve(total))
		clienttest.Equal(t, "rooms", len(clienttest.Must(c.Workrooms.AdminList(t.Context()))(t)), total)
		clienttest.Equal(t, "requests", len(r.All()), requests)
	}
}

func TestWorkroomsOfOthersAreNotGone(t *testing.T) {
	c, _ := asks(t, clienttest.Says(http.StatusForbidden, "application/json", `{"detail":"Workroom access denied"}`))
	_, err := c.Workrooms.Get(t.Context(), "a")
	clienttest.Fails(t, err, client.ErrForbidden, client.ErrNotMember)
}

// The owner of a new room may not be known yet, and another operation may hold a room: both pass.
func TestWorkroomsAreWaitedFor(t *testing.T) {
	for _, word := range []string{"authorization_unavailable", "workroom_authority_unavailable"} {
		s, asked := &system{clock: clienttest.NewClock()}, 0
		r := clienttest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
			if asked++; asked <= 5 {
				clienttest.Says(http.StatusServiceUnavailable, "application/json", `{"detail":"`+word+`"}`)(w, r)
				return
			}
			clienttest.SaysJSON(`{"id":"a","status":"active"}`)(w, r)
		})
		s.API = s.connect(t, r.URL, func(c *client.Config) { c.Chance = func() float64 { return 0.5 } })
		clienttest.Must(s.Workrooms.Get(t.Context(), "a"))(t)
		clienttest.Equal(t, "requests", asked, 6)

		asked = -1000
		_, err := s.Workrooms.Get(t.Context(), "a")
		clienttest.Equal(t, "code", clienttest.FailureOf(t, err, client.ErrUnavailable).Code, word)
		var slept time.Duration
		for _, pause := range s.Slept()[5:] {
			slept += pause
		}
		if slept < 30*time.Second || slept > 45*time.Second {
			t.Errorf("%s is waited for %s", word, slept)
		}
	}
}

func TestMembersAreRemovedWithTheirSessionsOnlyWhenConfirmed(t *testing.T) {
	c, r := asks(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("confirm_active_sessions") != "true" {
			clienttest.Says(http.StatusConflict, "application/json", `{"detail":"Member has active workroom sessions; confirm removal to continue"}`)(w, r)
			return
		}
		clienttest.SaysJSON(`{"user_id":"b","active":false}`)(w, r)
	})
	clienttest.Fails(t, c.WorkroomMembers.Remove(t.Context(), "a", "b", false), client.ErrConflict, client.ErrActiveSessions)
	r.Only(t)
	clienttest.Succeed(t, c.WorkroomMembers.Remove(t.Context(), "a", "b", true))

	c, _ = asks(t, clienttest.Says(http.StatusNoContent, "", ""))
	clienttest.Succeed(t, c.WorkroomMembers.Remove(t.Context(), "a", "b", true))
}

func TestWorkroomMembersAreRead(t *testing.T) {
	c, _ := asks(t, clienttest.SaysJSON(`{"items":[{"user_id":"S","role":"owner","active":true,"email":null,"landing_target":null},{"user_id":"x","removed_at":"2026-08-20T09:12:44","surface_id":"use"}]}`))
	members := clienttest.Must(c.WorkroomMembers.List(t.Context(), "a"))(t)
	members[1].RemovedAt = client.Time{}
	clienttest.Equal(t, "members", members, []gateway.WorkroomMember{{UserID: "S", Role: "owner", Active: true}, {UserID: "x", SurfaceID: "use"}})
}
