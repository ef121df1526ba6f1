package main

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
)

// company fills a server: ada may deploy in two ways, and look in one; bela may look, and is inactive; chen has nothing.
func company(t *testing.T) (authservertest.Session, map[string]string) {
	t.Helper()
	s := authservertest.StartSession(t, authserver.Config{})
	deploy, query := s.Right("models.deploy"), s.Right("models.query")
	operator, engineer, viewer := s.Role("operator", deploy), s.Role("engineer", deploy, query), s.Role("viewer", query)
	platform, ml, audit, empty := s.Group("platform", operator), s.Group("ml", engineer), s.Group("audit", viewer), s.Group("empty")
	s.User("ada", platform, ml)
	bela := s.User("bela", audit)
	s.User("chen", empty)
	s.Send("PUT", "/auth/users/"+bela, authservertest.Fields{"is_active": false}).Want(200)
	return s, login(s.URL)
}

func want(t *testing.T, got outcome, code int, stdout string) {
	t.Helper()
	if got.code != code || got.stdout != stdout {
		t.Errorf("%d\n%s%s\nwant %d\n%s", got.code, got.stdout, got.stderr, code, stdout)
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	_, variables := company(t)
	for name, test := range map[string]struct {
		arguments []string
		want      string
	}{
		"all": {nil, `ada (ada@example.com)
  models.deploy  ml → engineer; platform → operator
  models.query   ml → engineer
admin (admin@example.com)
  superuser  directly
bela (bela@example.com, inactive)
  nothing
chen (chen@example.com)
  nothing
`},
		"a user":                 {[]string{"-user=Ada@example.com", "-user=chen"}, "ada (ada@example.com)\n  models.deploy  ml → engineer; platform → operator\n  models.query   ml → engineer\nchen (chen@example.com)\n  nothing\n"},
		"a right":                {[]string{"-right=models.query"}, "ada (ada@example.com)\n  models.query  ml → engineer\nadmin (admin@example.com)\n  superuser  directly\n"},
		"a group":                {[]string{"-group=platform"}, "ada (ada@example.com)\n  models.deploy  platform → operator\n"},
		"superusers":             {[]string{"-superusers"}, "admin (admin@example.com)\n  superuser  directly\n"},
		"nobody has been away":   {[]string{"-inactive=1", "-user=admin"}, ""},
		"who has never been in":  {[]string{"-inactive=1", "-right=models.deploy"}, "ada (ada@example.com)\n  models.deploy  ml → engineer; platform → operator\n"},
		"Markdown":               {[]string{"-format=markdown", "-user=ada", "-right=models.query"}, "| User | Permission | Ways |\n|---|---|---|\n| ada (ada&#64;example.com) | models.query | ml → engineer |\n"},
		"what can be cleaned up": {[]string{"-unused"}, "Active users who have never logged in:\n  user ada (created TODAY)\n  user chen (created TODAY)\n\nGroups that give nothing:\n  group empty\n"},
	} {
		got := runWith(t, variables, false, append([]string{"report", "-quiet"}, test.arguments...)...)
		got.stdout = strings.ReplaceAll(got.stdout, today(), "TODAY")
		t.Log(name)
		want(t, got, 0, test.want)
	}

	rows, err := csv.NewReader(strings.NewReader(runWith(t, variables, false, "report", "-quiet", "-format=csv", "-user=ada").stdout)).ReadAll()
	if err != nil || len(rows) != 4 || strings.Join(rows[0], ",") != "holder_kind,holder,holder_id,email,active,permission_kind,permission,permission_id,ways,way" ||
		rows[1][6] != "models.deploy" || rows[1][8] != "2" || rows[1][9] != "ml → engineer" || rows[2][9] != "platform → operator" || rows[3][6] != "models.query" {
		t.Errorf("CSV: %q, %v", rows, err)
	}
	var document struct {
		API     string
		Holders []struct {
			Name   string
			Active bool
			Access []struct {
				Permission struct{ Kind, Name string }
				WaysCount  int `json:"ways_count"`
				Ways       [][]struct{ Kind, Name string }
			}
		}
	}
	err = json.Unmarshal([]byte(runWith(t, variables, false, "report", "-quiet", "-format=json").stdout), &document)
	if ada := document.Holders[0]; err != nil || document.API != "rbac" || len(document.Holders) != 4 || document.Holders[2].Active || ada.Access[0].WaysCount != 2 ||
		ada.Access[0].Permission.Kind != "right" || ada.Access[0].Ways[0][1].Name != "engineer" {
		t.Errorf("JSON: %+v, %v", document, err)
	}
}

// today is the day of the test; a report has no other time.
func today() string { return time.Now().UTC().Format("2006-01-02") }

func TestReport_mistakes(t *testing.T) {
	t.Parallel()
	_, variables := company(t)
	for _, test := range []struct {
		arguments []string
		code      int
		want      string
	}{
		{[]string{"report", "x"}, exitUsage, "Report takes no arguments besides options."},
		{[]string{"report", "-format=xml"}, exitUsage, `-format is "xml"; it must be table, csv, json, markdown or html.`},
		{[]string{"report", "-inactive=-1"}, exitUsage, "-inactive must be a number of days."},
		{[]string{"report", "-unused", "-user=ada"}, exitUsage, "-unused takes no -user, -right, -group or -superusers."},
		{[]string{"report", "-unused", "-format=html"}, exitUsage, "-unused has the formats table, json and markdown."},
		{[]string{"report", "-managed=-"}, exitUsage, "-managed is for -unused."},
		{[]string{"report", "-user=aad"}, exitFailed, `Error: no user is called "aad".`},
		{[]string{"report", "-right=models"}, exitFailed, `Error: no permission is called "models".`},
		{[]string{"report", "-group=plat"}, exitFailed, `Error: no group is called "plat".`},
		{[]string{"snapshot", "file"}, exitUsage, "Snapshot takes no arguments; redirect the output to a file."},
		{[]string{"diff"}, exitUsage, "Name one snapshot or two, after the options."},
		{[]string{"diff", "-"}, exitUsage, "-: this is not a snapshot that kamiwaza-access has written."},
		{[]string{"diff", "/nonexistent"}, exitUsage, "no such file or directory"},
		{[]string{"diff", "-format=csv", "-"}, exitUsage, `-format is "csv"; it must be table, json or markdown.`},
		{[]string{"review"}, exitUsage, "Name the plan, after the options."},
		{[]string{"review", "-"}, exitUsage, "-: this is not what terraform show -json prints of a plan."},
	} {
		if got := runWith(t, variables, false, test.arguments...); got.code != test.code || !strings.Contains(got.stderr, test.want) || got.stdout != "" {
			t.Errorf("%q: %+v", test.arguments, got)
		}
	}
}

// With the gateway API, nobody knows when users logged in.
func TestReport_gateway(t *testing.T) {
	t.Parallel()
	s := authservertest.StartGatewaySession(t, authserver.Config{})
	subject := s.User("ada")
	group := s.Send("POST", "/authz/groups/", authservertest.Fields{"name": "platform"}).ID()
	s.Send("POST", "/authz/groups/", authservertest.Fields{"name": "empty"})
	s.Send("POST", "/authz/groups/"+group+"/members", authservertest.Fields{"user_id": subject})
	tuple := func(namespace, id, relation string) {
		s.Send("POST", "/auth/tuples", authservertest.Fields{
			"subject": authservertest.Fields{"namespace": namespace, "id": id}, "relation": relation, "object": authservertest.Fields{"namespace": "dataset", "id": "sales"},
		})
	}
	tuple("group", group, "viewer")
	tuple("user", subject, "editor")
	tuple("role", "user", "executor")
	tuple("user", "guest@elsewhere", "viewer")
	want(t, runWith(t, login(s.URL), false, "report", "-quiet"), 0, `ada (ada@example.com)
  user                       directly
  editor of dataset:sales    directly
  executor of dataset:sales  user
  viewer of dataset:sales    platform
admin (admin@example.com)
  admin  directly
guest@elsewhere (not in the list of users)
  viewer of dataset:sales  directly
`)
	want(t, runWith(t, login(s.URL), false, "report", "-quiet", "-unused"), 0,
		"Groups that give nothing:\n  group empty\n\nGroups without members:\n  group empty\n\nThe gateway API does not tell when users logged in.\n")
	if got := runWith(t, login(s.URL), false, "report", "-inactive=9"); got.code != exitFailed || !strings.Contains(got.stderr, "-inactive needs the RBAC API") {
		t.Errorf("-inactive: %+v", got)
	}
}

func TestSnapshotAndDiff(t *testing.T) {
	t.Parallel()
	s, variables := company(t)
	directory := t.TempDir()
	take := func(name string) string {
		got := runWith(t, variables, false, "snapshot", "-quiet")
		if got.code != 0 || strings.Contains(got.stdout, authservertest.AdminPassword) {
			t.Fatalf("%+v", got)
		}
		file := filepath.Join(directory, name)
		if err := os.WriteFile(file, []byte(got.stdout), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	before, again := take("before"), take("again")
	if a, b := read(t, before), read(t, again); a != b {
		t.Errorf("two snapshots of the same platform differ:\n%s\n%s", a, b)
	}
	want(t, runWith(t, variables, false, "diff", "-exit-code", before, again), 0, "Nobody gains or loses access.\n")

	s.User("dora", s.Group("new", s.Role("new", s.Right("models.delete"))))
	after := take("after")
	wanted := `1 user gains access, 1 account appears.

Accounts:
  dora (dora@example.com) appears

dora (dora@example.com)
  + models.delete  new → new
`
	want(t, runWith(t, nil, false, "diff", before, after), 0, wanted)
	want(t, runWith(t, variables, false, "diff", "-quiet", "-exit-code", before), exitChanged, wanted)
	want(t, runWith(t, nil, false, "diff", after, before), 0, strings.NewReplacer("gains", "loses", "appears", "vanishes", "  + ", "  - ").Replace(wanted))

	gateway := authservertest.StartGateway(t, authserver.Config{})
	if got := runWith(t, login(gateway.URL), false, "diff", before); got.code != exitFailed || !strings.Contains(got.stderr, "whose permissions cannot be compared") {
		t.Errorf("of two generations: %+v", got)
	}
	for text, want := range map[string]string{
		"{}": "this is not a snapshot", `{"kamiwaza_snapshot": 2}`: "has the format 2, and this program reads up to 1",
		`{"kamiwaza_snapshot": 1, "api": "x"}`: "names no API", `{"kamiwaza_snapshot": 1, "api": "rbac", "users": 1}`: "is damaged", "": "this is not a snapshot",
	} {
		file := filepath.Join(directory, "bad")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := runWith(t, nil, false, "diff", file, before); got.code != exitUsage || !strings.Contains(got.stderr, want) {
			t.Errorf("%s: %+v", text, got)
		}
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// What cannot be read is named, and the exit code says that something is missing.
func TestReport_incomplete(t *testing.T) {
	t.Parallel()
	s, variables := company(t)
	s.Server.Inject(authserver.Fault{Method: "GET", Route: "/auth/roles/{role_id}", Status: 403, Body: `{"detail": "Not allowed"}`})
	for _, command := range []string{"report", "snapshot"} {
		if got := runWith(t, variables, false, command, "-quiet"); got.code != exitIncomplete || strings.Count(got.stderr, "Incomplete: the role ") != 3 || got.stdout == "" {
			t.Errorf("%s: %+v", command, got)
		}
	}
}
