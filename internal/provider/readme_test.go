package provider

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/connection"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/english"
)

var writeReadme = flag.Bool("write-readme", false, "write the README's table of settings anew")

// TestReadmeHasTheSettings holds the README's table to the provider's arguments.
func TestReadmeHasTheSettings(t *testing.T) {
	t.Parallel()
	const file, begin, end = "../../README.md", "<!-- settings: make generate -->\n", "<!-- /settings -->\n"
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(content), begin)
	table, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("the README has no %s and %s around its table of settings", strings.TrimSpace(begin), strings.TrimSpace(end))
	}
	want := "| Argument | Environment | Default |\n|---|---|---|\n"
	for _, s := range connection.Settings {
		want += row(s)
	}
	if *writeReadme {
		if err := os.WriteFile(file, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if table != want {
		t.Errorf("the README's table of settings is stale; run 'make generate' and commit what it writes:\n%s", want)
	}
}

// row is a setting in the README's table.
func row(s connection.Setting) string {
	standard := cmp.Or(s.Required, "none")
	if s.Standard != "" {
		standard = "`" + s.Standard + "`"
	}
	var others []string
	for _, value := range s.Values() {
		if value != s.Standard {
			others = append(others, "`"+value+"`")
		}
	}
	switch {
	case len(others) > 0:
		standard += "; or " + english.Alternatives(others)
	case s.Kind == connection.Number:
		standard += fmt.Sprintf("; from `%d` to `%d`", s.Least, s.Most)
	}
	return fmt.Sprintf("| `%s` | %s | %s |\n", s.Name, s.Environment(), standard)
}
