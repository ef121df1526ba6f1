package review_test

import (
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/connection"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/review"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/snapshot"
)

// change is a resource change of a plan.
func change(typeName, actions, before, after, unknown string) string {
	return `{"address": "` + typeName + `.x", "mode": "managed", "type": "` + typeName + `", "name": "x", "index": "a", "change": {"actions": [` + actions + `], "before": ` + before +
		`, "after": ` + after + `, "after_unknown": ` + unknown + `}}`
}

// FuzzRead reviews whatever is called a plan: it may be refused, but the program must not fail by itself.
func FuzzRead(f *testing.F) {
	plan := func(changes ...string) string {
		return `{"format_version": "1.2", "planned_values": {}, "resource_changes": [` + strings.Join(changes, ",") + `], "configuration": {"root_module": {"resources": [{"address": "kamiwaza_group_member.x",
			"mode": "managed", "type": "kamiwaza_group_member", "name": "x", "expressions": {"user_id": {"references": ["kamiwaza_user.x", "each.key"]}, "group_id": {"references": ["module.m.g", "var.x"]}}}],
			"module_calls": {"m": {"module": {"outputs": {"g": {"expression": {"references": ["kamiwaza_group.x[\"a\"].id"]}}}}}}}}}`
	}
	for _, text := range []string{
		"", "{}", "null", "[]", plan(), plan("null"), plan("{}"), `{"format_version": "9.9", "planned_values": {}}`, `{"format_version": "1.2", "errored": true, "planned_values": {}}`,
		plan(change("kamiwaza_user", `"create"`, "null", `{"username": "ada", "roles": [null, 1], "adopt_existing": true}`, `{"id": true, "roles": true}`),
			change("kamiwaza_group_member", `"create"`, "null", "{}", `{"group_id": true, "user_id": true}`)),
		plan(change("kamiwaza_group_members", `"update"`, `{"group_id": "g", "user_ids": ["u"]}`, `{"group_id": "g", "user_ids": [null]}`, `{"user_ids": [true]}`)),
		plan(change("kamiwaza_resource_grants", `"delete", "create"`, `{"object": 1, "grants": []}`, `{"object": {"namespace": "m", "id": "\u0000"}, "grants": {"viewer": {"user": ["u", null]}}}`, `{"grants": {"viewer": {"user": [false, true]}}}`)),
		plan(change("kamiwaza_workroom_members", `"create"`, "null", `{"workroom_id": "w", "members": {"a@example.com": null}}`, `{"members": true}`), change("kamiwaza_workroom", `"create"`, "null", "{}", "true")),
		plan(strings.Replace(change("kamiwaza_user", `"forget"`, "{}", "null", "null"), `"a"`, `{"a": 1}`, 1)),
	} {
		f.Add([]byte(text))
	}
	companies := []snapshot.Snapshot{
		{Generation: connection.RBAC, Users: []snapshot.User{{ID: "u", SubjectID: "u", Username: "ada", Active: true, Groups: []string{"g"}}}, Groups: []snapshot.Group{{ID: "g", Name: "g"}}},
		{
			Generation: connection.Gateway, Users: []snapshot.User{{ID: "u", SubjectID: "s", Username: "ada", Active: true, Roles: []string{"admin"}}},
			Groups: []snapshot.Group{{ID: "g", Name: "g", Members: []string{"s"}}}, Workrooms: []snapshot.Workroom{{ID: "w", Name: "w", Owner: "s"}},
			Tuples: []snapshot.Tuple{{SubjectNamespace: "user", SubjectID: "s", Relation: "viewer", ObjectNamespace: "m", ObjectID: "o"}},
		},
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, company := range companies {
			plan, err := review.Read(strings.NewReader(string(text)), "")
			if err != nil {
				return
			}
			_ = plan.Seeds()
			if r := review.New(company, plan, 20); len(company.Users) != 1 {
				t.Errorf("the snapshot has been changed: %+v, %+v", company, r)
			}
		}
	})
}
