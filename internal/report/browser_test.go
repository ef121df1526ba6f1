package report_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/access"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/report"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/snapshot"
)

// browser is a page in headless Chromium.
type browser struct {
	t   *testing.T
	ctx context.Context //nolint:containedctx // chromedp keeps the browser in it.

	mu       sync.Mutex
	messages []string // errors and warnings of the console, violations of the policy among them
}

// open opens a report as a file, as a manager would. The test is skipped without a Chromium, which is no part of the Go toolchain.
func open(t *testing.T, r report.Report) *browser {
	t.Helper()
	var program string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			program = path
			break
		}
	}
	if program == "" {
		t.Skip("no chromium, chromium-browser or google-chrome on PATH (Debian: apt-get install --no-install-recommends chromium)")
	}
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, []byte(html(t, r)), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	// There is no sandbox for root, as in CI; the page is the test's own.
	ctx, cancel = chromedp.NewExecAllocator(ctx, append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.WindowSize(1280, 800))...)
	t.Cleanup(cancel)
	b := &browser{t: t}
	b.ctx, cancel = chromedp.NewContext(ctx, chromedp.WithListener(func(event any) {
		b.mu.Lock()
		defer b.mu.Unlock()
		switch event := event.(type) {
		case *runtime.EventExceptionThrown:
			b.messages = append(b.messages, event.ExceptionDetails.Text)
		case *runtime.EventConsoleAPICalled:
			b.messages = append(b.messages, fmt.Sprint(event.Type, event.Args))
		case *log.EventEntryAdded:
			b.messages = append(b.messages, event.Entry.Text)
		}
	}))
	t.Cleanup(cancel)
	b.do(chromedp.Navigate("file://"+file), chromedp.WaitVisible(chromedp.CSS("#grid tbody th")))
	return b
}

func (b *browser) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	b.must(chromedp.Do(b.ctx, actions...))
}

func (b *browser) must(err error) {
	b.t.Helper()
	if err != nil {
		b.isQuiet() // The console may tell why.
		b.t.Fatal(err)
	}
}

func (b *browser) click(selector string) {
	b.t.Helper()
	b.do(chromedp.Click(chromedp.CSS(selector)))
}

// run runs a script in the page, and waits until the page has drawn what it asks for.
func (b *browser) run(script string) {
	b.t.Helper()
	b.do(chromedp.Evaluate[chromedp.Void](script))
	b.do(chromedp.Evaluate[chromedp.Void]("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))", chromedp.EvalAwaitPromise))
}

// evaluate returns what an expression is in the page.
func evaluate[T any](b *browser, expression string) T {
	b.t.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	b.must(err)
	return value
}

// texts returns the texts of elements, each in one line.
func (b *browser) texts(selector string) []string {
	b.t.Helper()
	return evaluate[[]string](b, fmt.Sprintf(`[...document.querySelectorAll(%q)].map((e) => e.innerText.replace(/\s+/g, " ").trim())`, selector))
}

func (b *browser) is(what string, got, want []string) {
	b.t.Helper()
	if !slices.Equal(got, want) {
		b.t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func (b *browser) isQuiet() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.messages) > 0 {
		b.t.Errorf("the console has %q", b.messages)
	}
}

const (
	people      = "#grid tbody th bdi"
	permissions = "#grid thead th bdi"
)

func cellOf(person, permission string) string {
	return fmt.Sprintf(`td[title="%s\a %s"]`, person, permission)
}

func TestBrowser_matrix(t *testing.T) {
	t.Parallel()
	b := open(t, report.Report{Graph: access.New(small()), Limit: -1})
	b.is("people", b.texts(people), []string{"ada", "cleo", "dora", "root"})
	b.is("permissions", b.texts(permissions), []string{"superuser", "models.delete", "models.deploy", "models.read"})
	b.is("cells", b.texts("#grid tbody td.mark"), []string{"", "", "●", "●", "", "", "●", "●", "", "", "", "", "◆", "○", "○", "○"})

	b.click("#with-inactive")
	b.is("people with those who are inactive", b.texts("#grid tbody th"), []string{"ada", "bela inactive", "cleo", "dora", "root ◆"})
	b.do(chromedp.SendKeys(chromedp.CSS("#people"), "EXAMPLE.com"), chromedp.SendKeys(chromedp.CSS("#wanted"), "dep"))
	b.is("people filtered", b.texts(people), []string{"ada", "bela", "cleo"})
	b.is("permissions filtered", b.texts(permissions), []string{"models.deploy"})
	b.is("the numbers", b.texts("#status"), []string{"3 of 5 people and 1 of 4 permissions"})
	b.click("#with-inactive")
	b.is("the numbers without those who are inactive", b.texts("#status"), []string{"2 of 5 people and 1 of 4 permissions; 1 inactive user is hidden"})
	b.isQuiet()
}

func TestBrowser_ways(t *testing.T) {
	t.Parallel()
	b := open(t, report.Report{Graph: access.New(small()), Limit: 1})
	b.click(cellOf("ada", "models.read"))
	b.is("the cell", b.texts("#panel-title .link"), []string{"ada", "models.read"})
	b.is("one way, as the limit says", b.texts("#panel-body ol li"), []string{"group platform → role operator"})
	b.click("#panel-body .more")
	b.is("all ways", b.texts("#panel-body ol li"), []string{"group platform → role operator", "group support → role operator", "group support → role reader"})

	b.click(cellOf("root", "models.read"))
	b.is("what everything gives", b.texts("#panel-body h4, #panel-body ol li"), []string{"superuser gives it, as it gives everything", "directly"})
	b.click(cellOf("dora", "models.read"))
	b.is("nothing", b.texts("#panel-body p:last-child"), []string{"Does not have it."})

	b.click("#panel-title .link")
	b.is("a person without permissions", b.texts("#panel-title, #panel-body p:last-child"), []string{"dora", "Has nothing."})
	b.click(`tbody th[title^="ada"]`)
	b.is("a person", b.texts("#panel-title, #panel-body li"), []string{"ada", "models.deploy", "models.read"})
	b.click(`thead th[title="models.deploy"]`)
	b.is("a permission", b.texts("#panel-title, #panel-body li"), []string{"models.deploy", "ada", "cleo", "root"})
	b.click("#panel-body li:nth-child(2) .link")
	b.is("from a permission to a cell", b.texts("#panel-title .link"), []string{"cleo", "models.deploy"})
	b.isQuiet()
}

// The ways of each cell are those that the program finds, whatever the filters.
func TestBrowser_sameWays(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]report.Report{
		"all":        {Graph: access.New(large(60, 40))},
		"group":      {Graph: access.New(large(60, 40)), Groups: []string{"group 7", "group 8"}},
		"permission": {Graph: access.New(large(60, 40)), Permissions: []string{"service01.action1"}},
		"gateway":    {Graph: access.New(gateway())},
		"nested":     {Graph: access.New(gateway()), Groups: []string{"all"}},
	} {
		r.Limit = -1
		want := []string{}
		for h, all := range r.Rows() {
			for _, a := range all {
				for _, way := range a.Ways {
					want = append(want, fmt.Sprintf("%s: %s: %s", h.Name, a.Permission.Name, way))
				}
			}
		}
		b := open(t, r)
		got := evaluate[[]string](b, `people.flatMap((person) => permissions.filter((permission) => isHeld(person, permission)).flatMap((permission) =>
			waysTo(person, permission).map((way) => person.name + ": " + permission.name + ": " + (way.map((node) => node.name).join(" → ") || "directly"))))`)
		if !slices.Equal(got, want) || len(want) == 0 {
			t.Errorf("%s: the page has %d ways, the program %d", name, len(got), len(want))
		}
		b.isQuiet()
	}
}

func TestBrowser_keyboard(t *testing.T) {
	t.Parallel()
	b := open(t, report.Report{Graph: access.New(large(300, 100)), Limit: -1})
	press := func(keys string) {
		t.Helper()
		b.do(chromedp.KeyEvent(keys))
	}
	b.do(chromedp.Focus(chromedp.CSS("#grid")))
	press(kb.Enter)
	b.is("Enter", b.texts("#panel-title .link"), []string{"user0000", "superuser"})
	press(kb.ArrowDown + kb.ArrowDown + kb.ArrowRight + kb.Enter)
	b.is("arrow keys", b.texts("#panel-title .link"), []string{"user0002", "service00.action0"})
	press(kb.Home + kb.Enter)
	b.is("Home", b.texts("#panel-title"), []string{"user0002"})
	press(kb.End + kb.ArrowUp + kb.ArrowUp + kb.ArrowUp + kb.ArrowUp + kb.Enter)
	b.is("End, and up to the header", b.texts("#panel-title"), []string{"service19.action4"})
	b.do(chromedp.KeyEvent(kb.End, chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	b.is("Ctrl+End", b.texts("#active-cell"), b.texts(cellOf("user0298", "service19.action4")))
	press(kb.PageUp + kb.PageUp + kb.PageDown + kb.Enter)
	if !evaluate[bool](b, `(() => { const box = document.getElementById("active-cell").getBoundingClientRect(), all = scroller.getBoundingClientRect(); return box.top >= all.top && box.bottom <= all.bottom && box.right <= all.right })()`) {
		t.Error("the cell that the keys are at cannot be seen")
	}
	press(kb.Escape)
	if !evaluate[bool](b, `panel.hidden && document.activeElement === grid`) {
		t.Error("Escape does not lead back")
	}
	b.isQuiet()
}

// On paper there is a list of what the matrix shows.
func TestBrowser_print(t *testing.T) {
	t.Parallel()
	b := open(t, report.Report{Graph: access.New(small()), Limit: -1})
	b.do(chromedp.SendKeys(chromedp.CSS("#wanted"), "models"))
	b.run(`dispatchEvent(new Event("beforeprint"))`)
	got := evaluate[[]string](b, `[...document.querySelectorAll("#printed > *")].map((e) => e.textContent)`)
	b.is("the list", got, []string{"ada", "models.deploy, models.read", "cleo", "models.deploy, models.read", "dora", "nothing", "root", "everything (superuser)"})
	b.isQuiet()
}

// A large platform is in the page only so far as it can be seen.
func TestBrowser_large(t *testing.T) {
	t.Parallel()
	b := open(t, report.Report{Graph: access.New(large(1000, 200)), Limit: -1})
	bounded := func(where string) {
		t.Helper()
		if n := evaluate[int](b, `document.querySelectorAll("*").length`); n > 8000 {
			t.Errorf("%s: the page has %d elements", where, n)
		}
	}
	bounded("at the start")
	last := cellOf("user0998", "service39.action4")
	if len(b.texts(last)) != 0 {
		t.Error("the last cell is there at the start")
	}
	b.run(`scroller.scrollTo(1e6, 1e6)`)
	bounded("at the end")
	b.click(last)
	b.is("the last cell", b.texts("#panel-title .link"), []string{"user0998", "service39.action4"})
	for i := range 20 {
		b.run(fmt.Sprintf(`scroller.scrollTo(%d, %d)`, i*200, 25000-i*1200))
	}
	bounded("after scrolling")
	b.run(`showPermission(permissions[1])`)
	bounded("with a permission")
	b.isQuiet()
}

func TestBrowser_hostile(t *testing.T) {
	t.Parallel()
	b := open(t, report.Report{Graph: access.New(hostile()), Limit: -1, Users: hostileNames})
	b.run(`for (const person of people) for (const permission of permissions) { showPerson(person); showPermission(permission); showCell(person, permission); }`)
	b.run(`dispatchEvent(new Event("beforeprint"))`)
	if got := evaluate[int](b, `people.length`); got != len(hostileNames) {
		t.Errorf("%d people", got)
	}
	if evaluate[bool](b, `"hacked" in window || document.querySelectorAll("script").length !== 2 || document.querySelector("img, iframe, [onerror], [onmouseover]") !== null`) {
		t.Error("a name has become markup")
	}
	want := "[" + strings.ToValidUTF8(hostileNames[0], "\ufffd") + "]"
	if got := evaluate[[]string](b, `permissions.map((permission) => "[" + permission.name + "]")`); !slices.Contains(got, want) {
		t.Errorf("%q is not in %q", want, got)
	}
	b.isQuiet()
}

// gateway is a platform of the gateway API with nested groups, a platform role, a stranger and a group mapping.
func gateway() snapshot.Snapshot {
	tuple := func(subjectNamespace, subject, relation, namespace, object string) snapshot.Tuple {
		return snapshot.Tuple{Tenant: "__default__", SubjectNamespace: subjectNamespace, SubjectID: subject, Relation: relation, ObjectNamespace: namespace, ObjectID: object}
	}
	s := snapshot.Snapshot{
		Generation: "gateway",
		Users: []snapshot.User{
			{ID: "1", SubjectID: "s1", Username: "ada", Active: true, Roles: []string{"admin"}},
			{ID: "2", SubjectID: "s2", Username: "bela", Active: true, Roles: []string{"analyst"}},
		},
		Groups:    []snapshot.Group{{ID: "g1", Name: "platform", Members: []string{"s1", "s2"}}, {ID: "g2", Name: "all", Members: []string{"s2", "s9"}}},
		Mappings:  []snapshot.Mapping{{ID: "m", Issuer: "https://idp.example.com", IDPGroupPath: "/engineering", LocalGroupName: "platform"}},
		Workrooms: []snapshot.Workroom{{ID: "w", Name: "Research", Owner: "s2"}},
		Tuples: []snapshot.Tuple{
			tuple("group", "g1", "member", "group", "g2"), tuple("group", "g2", "member", "group", "g1"), tuple("group", "g2", "editor", "dataset", "sales"),
			tuple("role", "analyst", "viewer", "model", "forecast"), tuple("group", "g1", "viewer", "model", "forecast"), tuple("workroom", "w", "viewer", "dataset", "sales"),
		},
	}
	s.Sort()
	return s
}
