package provider_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
)

var codeSpan = regexp.MustCompile("`([^`\n]+)`")

// TestContributingNamesWhatExists holds CONTRIBUTING.md to the sources: each file and directory that it names exists, and
// each package has a row in the table of directories.
func TestContributingNamesWhatExists(t *testing.T) {
	t.Parallel()
	const root = "../../"
	content, err := os.ReadFile(root + "CONTRIBUTING.md")
	acctest.Must(t, err)
	named := map[string]bool{}
	for _, match := range codeSpan.FindAllStringSubmatch(string(content), -1) {
		path := match[1]
		if strings.ContainsAny(path, " =<") || !strings.HasPrefix(path, "internal/") && !strings.HasPrefix(path, "examples/") && !strings.HasPrefix(path, "templates/") {
			continue
		}
		named[path] = true
		if matches, err := filepath.Glob(root + filepath.Clean(strings.ReplaceAll(path, "NOUN", "*"))); err != nil || len(matches) == 0 {
			t.Errorf("CONTRIBUTING.md names %s, which does not exist", path)
		}
	}
	if len(named) < 20 {
		t.Errorf("CONTRIBUTING.md names %d files only; how does it name them now?", len(named))
	}
	for _, pattern := range []string{"internal/*", "internal/client/*/", "internal/authserver/*/"} {
		directories, err := filepath.Glob(root + pattern)
		acctest.Must(t, err)
		for _, directory := range directories {
			name := filepath.ToSlash(strings.TrimPrefix(strings.TrimSuffix(directory, "/"), root))
			if base := filepath.Base(name); base != "testdata" && filepath.Ext(base) == "" && !named[name] {
				t.Errorf("CONTRIBUTING.md has no row for %s", name)
			}
		}
	}
}

// notNouns are the packages below internal/provider that nouns share.
var notNouns = []string{"claim", "detach", "named", "run", "testdata"}

// TestLinterKnowsEachNoun holds the rule that nouns do not import each other to the packages that there are.
func TestLinterKnowsEachNoun(t *testing.T) {
	t.Parallel()
	rules, err := os.ReadFile("../../.golangci.yml")
	acctest.Must(t, err)
	entries, err := os.ReadDir(".")
	acctest.Must(t, err)
	for _, entry := range entries {
		if entry.IsDir() && !slices.Contains(notNouns, entry.Name()) && !strings.Contains(string(rules), "/internal/provider/"+entry.Name()+"$\n") {
			t.Errorf(".golangci.yml does not keep nouns from importing internal/provider/%s", entry.Name())
		}
	}
}
