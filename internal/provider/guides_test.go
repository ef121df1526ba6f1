package provider_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
)

// diagnostics are the functions that report something, with the position of the heading among their arguments.
var diagnostics = map[string]int{
	"AddError": 0, "AddWarning": 0, "AddAttributeError": 1, "AddAttributeWarning": 1,
	"refuse": 1, "choice": 1, "checkText": 1,
}

// verb is what a format has for a value.
var verb = regexp.MustCompile(`%(\[\d+\])?[a-z]`)

// TestTroubleshootingIsComplete holds the guide to the sources: it has the heading of each error and warning.
func TestTroubleshootingIsComplete(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../templates/guides/troubleshooting.md.tmpl")
	acctest.Must(t, err)
	var sources []string
	for _, pattern := range []string{"*.go", "*/*.go", "../framework/*.go", "../connection/*.go"} {
		files, err := filepath.Glob(pattern)
		acctest.Must(t, err)
		sources = append(sources, files...)
	}
	found := 0
	for _, source := range sources {
		if strings.HasSuffix(source, "_test.go") {
			continue
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, source, nil, 0)
		acctest.Must(t, err)
		ast.Inspect(file, func(node ast.Node) bool {
			if declared, ok := node.(*ast.FuncDecl); ok && (isDiagnostic(declared.Name.Name) || declared.Name.Name == "report") {
				return false // Its callers have the heading, or internal/connection has it.
			}
			call, ok := node.(*ast.CallExpr)
			if !ok {
				return true
			}
			var name string
			switch function := call.Fun.(type) {
			case *ast.SelectorExpr:
				name = function.Sel.Name
			case *ast.Ident:
				name = function.Name
			}
			position, ok := diagnostics[name]
			if !ok {
				return true
			}
			found++
			words := headings(file, call.Args[position])
			if len(words) == 0 {
				t.Errorf("%s: this test cannot read the heading", files.Position(call.Pos()))
			}
			for _, heading := range words {
				if !strings.Contains(string(guide), heading) {
					t.Errorf("%s: the guide on troubleshooting does not have %q", files.Position(call.Pos()), heading)
				}
			}
			return true
		})
	}
	if found < 40 {
		t.Errorf("found %d errors and warnings only; how are they reported now?", found)
	}
}

func isDiagnostic(name string) bool {
	_, ok := diagnostics[name]
	return ok
}

// headings returns the fixed words of an expression, also where it is a name that the same file gives to a text.
func headings(file *ast.File, expression ast.Expr) (words []string) {
	ast.Inspect(expression, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.BasicLit:
			text, err := strconv.Unquote(node.Value)
			if err != nil {
				break
			}
			for _, part := range verb.Split(text, -1) {
				if part = strings.Trim(part, ` "():`); len(part) > 3 {
					words = append(words, part)
				}
			}
		case *ast.Ident:
			words = append(words, headingsOf(file, node.Name)...)
		}
		return true
	})
	return words
}

func headingsOf(file *ast.File, name string) (words []string) {
	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.AssignStmt:
			for i, left := range node.Lhs {
				if ident, ok := left.(*ast.Ident); ok && ident.Name == name && len(node.Rhs) == len(node.Lhs) && name == "summary" {
					words = append(words, headings(file, node.Rhs[i])...)
				}
			}
		case *ast.ValueSpec:
			for i, ident := range node.Names {
				if ident.Name == name && i < len(node.Values) {
					words = append(words, headings(file, node.Values[i])...)
				}
			}
		}
		return true
	})
	return words
}

// TestGuidesShowOnlyWhatIsRun finds HCL in a guide that is not a file in examples/, where a test runs it, and files and
// guides that do not exist.
func TestGuidesShowOnlyWhatIsRun(t *testing.T) {
	t.Parallel()
	guides, err := filepath.Glob("../../templates/guides/*.md.tmpl")
	acctest.Must(t, err)
	if len(guides) == 0 {
		t.Fatal("there are no guides")
	}
	link := regexp.MustCompile(`\]\(([^)#:]+\.md)[)#]`)
	for _, guide := range guides {
		content, err := os.ReadFile(guide)
		acctest.Must(t, err)
		for _, language := range []string{"terraform", "hcl", "tf"} {
			if strings.Contains(string(content), "```"+language+"\n") {
				t.Errorf("%s has a block of %s that no test runs: use tffile or codefile", guide, language)
			}
		}
		for _, match := range link.FindAllStringSubmatch(string(content), -1) {
			if _, err := os.Stat(filepath.Join("../../docs/guides", match[1])); err != nil {
				t.Errorf("%s has a link to nothing: %s", guide, match[1])
			}
		}
	}
}

// TestChecksHoldNoData finds a data source inside a check block in what people copy: its errors would be warnings.
func TestChecksHoldNoData(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"../../examples", "../../templates"} {
		acctest.Must(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || strings.Contains(path, ".terraform") {
				return err
			}
			content, err := os.ReadFile(path)
			if hasDataInCheck(string(content)) {
				t.Errorf("%s has a data source in a check block", path)
			}
			return err
		}))
	}
	for text, want := range map[string]bool{
		"check \"a\" {\n  data \"kamiwaza_user\" \"b\" {\n  }\n}\n":                  true,
		"check \"a\" {\n  assert {\n  }\n  data \"kamiwaza_user\" \"b\" {\n  }\n}\n": true,
		"check \"a\" {\n  assert {\n  }\n}\n\ndata \"kamiwaza_user\" \"b\" {\n}\n":   false,
		"  check \"a\" {\n    data \"kamiwaza_user\" \"b\" {}\n  }\n":                true,
		"data \"kamiwaza_user\" \"b\" {}\n\ncheck \"a\" {\n  assert {\n  }\n}\n":     false,
	} {
		if hasDataInCheck(text) != want {
			t.Errorf("this test does not see through %s", text)
		}
	}
}

// hasDataInCheck reads HCL as "terraform fmt" writes it: a block ends at the indentation at which it begins.
func hasDataInCheck(content string) bool {
	var indent string
	inside := false
	for line := range strings.Lines(content) {
		text := strings.TrimSpace(line)
		switch at := line[:len(line)-len(strings.TrimLeft(line, " "))]; {
		case strings.HasPrefix(text, `check "`):
			inside, indent = true, at
		case inside && text == "}" && at == indent:
			inside = false
		case inside && strings.HasPrefix(text, `data "`):
			return true
		}
	}
	return false
}

// TestLifecycleOfEachType holds the table of drift and lifecycle to the types that there are.
func TestLifecycleOfEachType(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../../templates/guides/drift-and-lifecycle.md.tmpl")
	acctest.Must(t, err)
	server, err := acctest.Factories["kamiwaza"]()
	acctest.Must(t, err)
	schema, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	acctest.Must(t, err)
	var table []string
	for line := range strings.Lines(string(content)) {
		if first, ok := strings.CutPrefix(line, "| "); ok {
			first, _, _ = strings.Cut(first, " | ")
			table = append(table, strings.Split(first, ", ")...)
		}
	}
	for name := range schema.ResourceSchemas {
		if !slices.Contains(table, "`"+name+"`") {
			t.Errorf("the table of drift and lifecycle does not have %s", name)
		}
	}
}

// TestPagesNameTheAPI finds types whose documentation does not say which API or which platform they need, or how the APIs
// differ.
func TestPagesNameTheAPI(t *testing.T) {
	t.Parallel()
	var pages []string
	for _, dir := range []string{"guides", "resources", "data-sources", "actions"} {
		found, err := filepath.Glob("../../docs/" + dir + "/*.md")
		acctest.Must(t, err)
		pages = append(pages, found...)
	}
	names := regexp.MustCompile(`RBAC API|gateway API|[Pp]latform 0\.|This guide is for both APIs`)
	for _, page := range pages {
		content, err := os.ReadFile(page)
		acctest.Must(t, err)
		if !names.Match(content) {
			t.Errorf("%s does not name an API", page)
		}
	}
	if len(pages) < 35 {
		t.Errorf("found %d pages only; where are they now?", len(pages))
	}
}

// TestGuidesAreListed finds guides that neither the README nor the first page of the documentation leads to.
func TestGuidesAreListed(t *testing.T) {
	t.Parallel()
	guides, err := filepath.Glob("../../templates/guides/*.md.tmpl")
	acctest.Must(t, err)
	for file, prefix := range map[string]string{"../../README.md": "docs/guides/", "../../templates/index.md.tmpl": "guides/"} {
		content, err := os.ReadFile(file)
		acctest.Must(t, err)
		for _, guide := range guides {
			link := "](" + prefix + strings.TrimSuffix(filepath.Base(guide), ".tmpl") + ")"
			if !strings.Contains(string(content), link) {
				t.Errorf("%s has no link %s", file, link)
			}
		}
	}
}
