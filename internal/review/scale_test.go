package review_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"runtime"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/connection"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/review"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/snapshot"
)

// BenchmarkReview reviews a plan of 20,000 users and what each of them has, which adds a role to one group of 50 users.
func BenchmarkReview(b *testing.B) {
	const users, groups, roles, rights = 20_000, 2_000, 4_000, 1_000
	s := snapshot.Snapshot{Generation: connection.RBAC}
	type fields = map[string]any
	var changes []fields
	add := func(typeName, name string, actions []string, before, after fields) {
		changes = append(changes, fields{
			"address": typeName + `.this["` + name + `"]`, "mode": "managed", "type": typeName, "name": "this", "index": name,
			"change": fields{"actions": actions, "before": before, "after": after, "after_unknown": fields{}},
		})
	}
	same := []string{"no-op"}
	for i := range rights {
		s.Rights = append(s.Rights, snapshot.Right{ID: fmt.Sprint("t", i), Name: fmt.Sprint("right.", i)})
	}
	pick := func(n, of, seed int, prefix string) (ids []string) {
		for i := range n {
			ids = append(ids, fmt.Sprint(prefix, (seed*7+i*131)%of))
		}
		return ids
	}
	for i := range roles {
		s.Roles = append(s.Roles, snapshot.Role{ID: fmt.Sprint("r", i), Name: fmt.Sprint("role ", i), Rights: pick(20, rights-1, i, "t")})
	}
	s.Roles[0].Rights = []string{fmt.Sprint("t", rights-1)}
	for i := range groups {
		g := snapshot.Group{ID: fmt.Sprint("g", i), Name: fmt.Sprint("group ", i), Roles: pick(10, roles-1, i, "r1")}
		s.Groups = append(s.Groups, g)
		before := fields{"id": g.ID, "group_id": g.ID, "role_ids": g.Roles}
		if i == 0 {
			add("kamiwaza_group_roles", g.ID, []string{"update"}, before, fields{"id": g.ID, "group_id": g.ID, "role_ids": append([]string{"r0"}, g.Roles...)})
		} else {
			add("kamiwaza_group_roles", g.ID, same, before, before)
		}
	}
	for i := range users {
		u := snapshot.User{ID: fmt.Sprint("u", i), SubjectID: fmt.Sprint("u", i), Username: fmt.Sprint("user ", i), Active: true, Groups: pick(5, groups, i, "g")}
		s.Users = append(s.Users, u)
		values := fields{"id": u.ID, "username": u.Username, "is_active": true, "is_superuser": false}
		add("kamiwaza_user", u.ID, same, values, values)
		values = fields{"id": u.ID, "user_id": u.ID, "group_ids": u.Groups}
		add("kamiwaza_user_groups", u.ID, same, values, values)
	}
	text, err := json.Marshal(fields{"format_version": "1.2", "planned_values": fields{}, "resource_changes": changes, "configuration": fields{"root_module": fields{}}})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(len(text))/(1<<20), "MB-plan")
	for b.Loop() {
		plan, err := review.Read(bytes.NewReader(text), "")
		if err != nil {
			b.Fatal(err)
		}
		if r := review.New(s, plan, 20); len(r.Changes) != 50 {
			b.Fatalf("%d users gain or lose something, want 50", len(r.Changes))
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.Sys)/(1<<20), "MB-sys")
}
