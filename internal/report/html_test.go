package report_test

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/access"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/connection"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/report"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/snapshot"
)

// small is a platform of the RBAC API where ada has a right in two ways, root has everything and bela is inactive.
func small() snapshot.Snapshot {
	s := snapshot.Snapshot{
		Generation: connection.RBAC,
		Users: []snapshot.User{
			{ID: "u1", Username: "ada", Email: "ada@example.com", Active: true, Groups: []string{"g1", "g2"}},
			{ID: "u2", Username: "bela", Email: "bela@example.com", Groups: []string{"g1"}},
			{ID: "u3", Username: "cleo", Email: "cleo@example.com", Active: true, Groups: []string{"g2"}},
			{ID: "u4", Username: "dora", Active: true, Groups: []string{}},
			{ID: "u5", Username: "root", Active: true, Superuser: true, Groups: []string{}},
		},
		Groups: []snapshot.Group{{ID: "g1", Name: "platform", Roles: []string{"r1"}}, {ID: "g2", Name: "support", Roles: []string{"r1", "r2"}}},
		Roles:  []snapshot.Role{{ID: "r1", Name: "operator", Rights: []string{"x1", "x2"}}, {ID: "r2", Name: "reader", Rights: []string{"x2"}}},
		Rights: []snapshot.Right{{ID: "x1", Name: "models.deploy"}, {ID: "x2", Name: "models.read"}, {ID: "x3", Name: "models.delete"}},
		Lost:   []snapshot.Lost{{Kind: snapshot.KindGroup, ID: "g9", Gone: true}},
	}
	s.Sort()
	return s
}

// large is a platform with as many users and rights. Each user is in 4 of 100 groups, each of which has 3 of 60 roles with 20 rights.
func large(users, rights int) snapshot.Snapshot {
	s := snapshot.Snapshot{Generation: connection.RBAC}
	id := func(kind string, n int) string { return fmt.Sprintf("%s-00000000-0000-4000-8000-%06d", kind, n) }
	some := func(kind string, count, of, seed int) []string {
		var ids []string
		for i := range count {
			ids = append(ids, id(kind, (seed*7+i*i*13+i)%of))
		}
		return ids
	}
	for i := range users {
		s.Users = append(s.Users, snapshot.User{
			ID: id("user", i), Username: fmt.Sprintf("user%04d", i), Email: fmt.Sprintf("user%04d@example.com", i), Active: i%20 != 19, Superuser: i%250 == 100,
			Groups: some("group", 4, 100, i),
		})
	}
	for i := range 100 {
		s.Groups = append(s.Groups, snapshot.Group{ID: id("group", i), Name: fmt.Sprintf("group %d", i), Roles: some("role", 3, 60, i)})
	}
	for i := range 60 {
		s.Roles = append(s.Roles, snapshot.Role{ID: id("role", i), Name: fmt.Sprintf("role %d", i), Rights: some("right", 20, rights, i)})
	}
	for i := range rights {
		s.Rights = append(s.Rights, snapshot.Right{ID: id("right", i), Name: fmt.Sprintf("service%02d.action%d", i/5, i%5)})
	}
	s.Sort()
	return s
}

// hostileNames try to become markup, script or other text.
var hostileNames = []string{
	`</script><script>window.hacked=1</script>`, `<!--<script>`, `<img src=x onerror="window.hacked=1">`, `"onmouseover="window.hacked=1`, `'];window.hacked=1;//`,
	`{{.Data}}`, "\u202egnp.exe", "שלום עולם", "👩\u200d💻 emoji", "line\nbreak\u2028\x00", "\xff\xfe", strings.Repeat("very long ", 200), `javascript:window.hacked=1`, "</style><style>*{display:none}",
}

// hostile is a platform where everything has a hostile name.
func hostile() snapshot.Snapshot {
	s := snapshot.Snapshot{Generation: connection.RBAC}
	for i, name := range hostileNames {
		id := fmt.Sprint(name, i)
		s.Users = append(s.Users, snapshot.User{ID: id, Username: name, Email: name + "@", Active: true, Superuser: i == 0, Groups: []string{id}})
		s.Groups = append(s.Groups, snapshot.Group{ID: id, Name: name, Roles: []string{id}})
		s.Roles = append(s.Roles, snapshot.Role{ID: id, Name: name, Rights: []string{id}})
		s.Rights = append(s.Rights, snapshot.Right{ID: id, Name: name})
		s.Lost = append(s.Lost, snapshot.Lost{Kind: snapshot.KindGroup, ID: name})
	}
	s.Sort()
	return s
}

func html(t *testing.T, r report.Report) string {
	t.Helper()
	var b strings.Builder
	if err := r.Write(&b, report.HTML); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestHTML_deterministic(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]snapshot.Snapshot{"small": small(), "large": large(100, 50), "hostile": hostile()} {
		first := html(t, report.Report{Graph: access.New(s)})
		for range 5 {
			if html(t, report.Report{Graph: access.New(s)}) != first {
				t.Errorf("%s: the same access gives other bytes", name)
			}
		}
	}
}

// Nothing is fetched, and names stay texts: the page has the elements of its template and no others.
func TestHTML_inert(t *testing.T) {
	t.Parallel()
	tag := regexp.MustCompile(`<!?/?[a-zA-Z][a-zA-Z0-9-]*`)
	tags := func(page string) map[string]int {
		found := map[string]int{}
		for _, name := range tag.FindAllString(page, -1) {
			found[name]++
		}
		return found
	}
	want := tags(html(t, report.Report{Graph: access.New(small())}))
	page := html(t, report.Report{Graph: access.New(hostile()), Users: hostileNames, Permissions: hostileNames, Groups: hostileNames})
	for name, n := range tags(page) {
		switch name {
		case "<li", "</li", "<bdi", "</bdi", "<ul", "</ul", "<div", "</div", "<h3", "</h3", "<p", "</p", "<details", "</details", "<summary", "</summary": // for each gap and filter
			continue
		}
		if n > want[name] {
			t.Errorf("%s is there %d times, not %d", name, n, want[name])
		}
	}
	if found := regexp.MustCompile(`(?i)\s(src|href|on[a-z]+|style)=["']?[a-z]|url\(|@import|https?://`).FindAllString(html(t, report.Report{Graph: access.New(small())}), -1); found != nil {
		t.Errorf("the page refers to something: %q", found)
	}
}

func TestHTML_summary(t *testing.T) {
	t.Parallel()
	page := html(t, report.Report{Graph: access.New(small())})
	for _, want := range []string{
		`<dd id="active">4</dd>`, `<dd id="inactive">1</dd>`, `<dd id="permissions">4</dd>`, `<dd id="everything">1</dd>`, `<bdi>root</bdi> <small>(<bdi>superuser</bdi>)`,
		"RBAC API (platform 0.3 to 0.6)", "the group g9 does not exist", "<noscript>", "This report is incomplete",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, not := range []string{"This report is filtered", access.GroupsNote} {
		if strings.Contains(page, not) {
			t.Errorf("the page has %q", not)
		}
	}
	hidden := []snapshot.Lost{{Kind: snapshot.KindWorkroom, ID: "w", What: "members", Stranger: true}}
	gateway := html(t, report.Report{Graph: access.New(snapshot.Snapshot{Generation: connection.Gateway, Lost: hidden}), EverythingOnly: true})
	for _, want := range []string{"gateway API", access.GroupsNote, "This report is filtered", "The members of 1 workroom are not in this report"} {
		if !strings.Contains(gateway, want) {
			t.Errorf("the page of the gateway API lacks %q", want)
		}
	}
}

// What a filter leaves out is not in the file.
func TestHTML_filters(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		r          report.Report
		has, lacks []string
	}{
		"user":       {report.Report{Users: []string{"cleo"}}, []string{`"cleo"`, `"support"`, `"models.read"`}, []string{`"ada"`, `"root"`, `"platform"`, `"models.delete"`}},
		"permission": {report.Report{Permissions: []string{"models.deploy"}}, []string{`"ada"`, `"operator"`, `"superuser"`}, []string{`"reader"`, `"models.read"`, `"dora"`}},
		"unheld":     {report.Report{Permissions: []string{"models.delete"}}, []string{`"models.delete"`, `"root"`}, []string{`"ada"`, `"models.read"`}},
		"group":      {report.Report{Groups: []string{"platform"}}, []string{`"ada"`, `"platform"`, `"asked":true`}, []string{`"support"`, `"reader"`, `"cleo"`}},
		"everything": {report.Report{EverythingOnly: true}, []string{`"root"`, `"superuser"`}, []string{`"ada"`, `"models.read"`}},
	} {
		test.r.Graph = access.New(small())
		_, data, _ := strings.Cut(html(t, test.r), `id="data"`)
		data, _, _ = strings.Cut(data, "</script>")
		for _, want := range test.has {
			if !strings.Contains(data, want) {
				t.Errorf("%s: the data lacks %s", name, want)
			}
		}
		for _, not := range test.lacks {
			if strings.Contains(data, not) {
				t.Errorf("%s: the data has %s", name, not)
			}
		}
	}
}

func TestHTML_size(t *testing.T) {
	t.Parallel()
	if size := len(html(t, report.Report{Graph: access.New(large(1000, 200))})); size > 3<<20 {
		t.Errorf("1,000 users and 200 rights take %d bytes", size)
	} else {
		t.Logf("%d bytes", size)
	}
}

func TestHTML_error(t *testing.T) {
	t.Parallel()
	reader, writer := io.Pipe()
	_ = reader.CloseWithError(io.ErrShortWrite)
	if err := (report.Report{Graph: access.New(small())}).Write(writer, report.HTML); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("got %v", err)
	}
}

func BenchmarkHTML(b *testing.B) {
	g := access.New(large(1000, 200))
	for b.Loop() {
		_ = report.Report{Graph: g}.Write(io.Discard, report.HTML)
	}
}
