package report_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/access"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/connection"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/report"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/review"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/snapshot"
)

// team is a snapshot in which each of the users has the right by way of one group.
func team(right string, users ...string) snapshot.Snapshot {
	s := snapshot.Snapshot{
		Generation: connection.RBAC,
		Groups:     []snapshot.Group{{ID: "g", Name: "platform", Roles: []string{"r"}}},
		Roles:      []snapshot.Role{{ID: "r", Name: "operator", Rights: []string{"t"}}},
		Rights:     []snapshot.Right{{ID: "t", Name: right}},
	}
	for _, user := range users {
		s.Users = append(s.Users, snapshot.User{ID: user, SubjectID: user, Username: user, Active: true, Groups: []string{"g"}})
	}
	return s
}

func compare(before, after snapshot.Snapshot) report.Changes {
	return report.Changes{Difference: access.Compare(access.New(before), access.New(after), 20), API: before.Generation}
}

func written(t *testing.T, c report.Changes, format report.Format) string {
	t.Helper()
	var b strings.Builder
	if err := c.Write(&b, format); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestChanges_Markdown(t *testing.T) {
	t.Parallel()
	after := team("models.deploy", "ada", "bela")
	after.Users[1].Superuser = true
	changes := compare(team("models.deploy", "ada", "chen"), after)
	changes.Denied = []string{"bela gains superuser"}
	changes.Unknown = []review.Unknown{{Address: "kamiwaza_group_members.x", Argument: "user_ids", Reason: "it is 1 of a or b"}}
	changes.Other = []review.Other{{Address: "kamiwaza_personal_access_token.ci", Action: "create", Detail: "scope admin"}}
	//nolint:dupword // arrows between nodes
	const want = `**Access:** 1 user gains access, 1 user loses access, 1 account appears, 1 account vanishes, 1 argument not known before the apply.

> [!CAUTION]
> Denied: bela gains superuser.

| Permission | Gained by | Lost by |
|---|---|---|
| ⚠️ **superuser** | bela |  |
| models.deploy | bela | chen |

| Account | |
|---|---|
| bela | appears |
| chen | vanishes |

<details>
<summary>3 changes in detail</summary>

| User | | Permission | Ways |
|---|---|---|---|
| bela | gains | ⚠️ **superuser** | directly |
| bela | gains | models.deploy | platform → operator |
| chen | loses | models.deploy | platform → operator |

</details>

` + "```" + `mermaid
flowchart LR
  n0["bela"]
  n1["superuser"]
  n2["platform"]
  n3["operator"]
  n4["models.deploy"]
  n5["chen"]
  n0 --> n1
  n0 --> n2
  n2 --> n3
  n3 --> n4
  n5 -.-> n2
` + "```" + `

| Not known before the apply | |
|---|---|
| kamiwaza&#95;group&#95;members.x, user&#95;ids | it is 1 of a or b |

| Other changes | |
|---|---|
| kamiwaza&#95;personal&#95;access&#95;token.ci | create (scope admin) |
`
	if got := written(t, changes, report.Markdown); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Names come from the platform, and must not be able to say anything in a comment.
func TestChanges_hostileNames(t *testing.T) {
	t.Parallel()
	hostile := "a|b\n<img src=x onerror=alert(1)> [x](http://evil.example) **bold** `code` @everyone #12 </details> \"] --> x ```"
	got := written(t, compare(team(hostile), team(hostile, hostile)), report.Markdown)
	for _, text := range []string{"<img", "[x](", "**bold", "`code", "@everyone", "#12 ", "http:", "\"] -->"} {
		if strings.Contains(got, text) {
			t.Errorf("the comment has %q:\n%s", text, got)
		}
	}
	if n := strings.Count(got, "</details>"); n != 1 {
		t.Errorf("%d ends of details:\n%s", n, got)
	}
	for line := range strings.Lines(got) {
		if strings.HasPrefix(line, "| ") && strings.Count(line, "|") > 5 {
			t.Errorf("a row has more cells than its table: %s", line)
		}
	}
}

// A comment has a limit; what does not fit is counted.
func TestChanges_large(t *testing.T) {
	t.Parallel()
	var users []string
	for i := range 3000 {
		users = append(users, fmt.Sprintf("user-%04d", i))
	}
	changes := compare(team("models.deploy"), team("models.deploy", users...))
	got := written(t, changes, report.Markdown)
	if len(got) > 65_000 || !strings.Contains(got, "**3000 users:** user-0000, ") || !strings.Contains(got, " and 2990 more |") ||
		!strings.Contains(got, "more rows do not fit a comment; -format=table has them all.") || strings.Contains(got, "mermaid") {
		t.Errorf("%d bytes:\n%.2000s", len(got), got)
	}
	var document struct{ Changes []struct{ Effect string } }
	if err := json.Unmarshal([]byte(written(t, changes, report.JSON)), &document); err != nil || len(document.Changes) != 3000 || document.Changes[0].Effect != "gained" {
		t.Errorf("JSON: %d changes, %v", len(document.Changes), err)
	}
}

var update = flag.Bool("update", false, "write examples/review-in-ci/review.json")

// The example of a review as JSON, which the guide shows and the tests of the policy read, is what a review writes.
func TestChanges_example(t *testing.T) {
	t.Parallel()
	s := snapshot.Snapshot{
		Generation: connection.RBAC,
		Groups:     []snapshot.Group{{ID: "g-audit", Name: "audit", Roles: []string{"r-keeper"}}, {ID: "g-platform", Name: "platform", Roles: []string{"r-keeper"}}},
		Roles:      []snapshot.Role{{ID: "r-keeper", Name: "keeper", Rights: []string{"t-delete"}}},
		Rights:     []snapshot.Right{{ID: "t-delete", Name: "models.delete"}},
	}
	for _, name := range []string{"bela", "chen", "dora"} {
		s.Users = append(s.Users, snapshot.User{ID: "u-" + name, SubjectID: "u-" + name, Username: name, Email: name + "@example.com", Active: true, Groups: []string{}})
	}
	after := s
	after.Users = slices.Clone(s.Users)
	after.Users[0].Superuser, after.Users[1].Groups, after.Users[2].Groups = true, []string{"g-audit"}, []string{"g-platform"}
	changes := compare(s, after)
	changes.Unknown = []review.Unknown{{Address: "kamiwaza_group_members.audit", Argument: "user_ids", Reason: "it is 1 of kamiwaza_user.a or kamiwaza_user.b"}}
	changes.Other = []review.Other{{Address: "kamiwaza_personal_access_token.ci", Action: "create", Detail: "scope admin"}}
	const file = "../../examples/review-in-ci/review.json"
	got := written(t, changes, report.JSON)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || got != string(want) {
		t.Errorf("%s differs from what is written now (go test ./internal/report -update): %v\n%s", file, err, got)
	}
}

func TestChanges_nothing(t *testing.T) {
	t.Parallel()
	changes := compare(team("x", "ada"), team("x", "ada"))
	for format, want := range map[report.Format]string{
		report.Table:    "Nobody gains or loses access.\n",
		report.Markdown: "**Access:** Nobody gains or loses access.\n",
	} {
		if got := written(t, changes, format); got != want {
			t.Errorf("%s: %q", format, got)
		}
	}
}
