package export_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/export"
)

const ours = "# Written by kamiwaza-access export.\n"

// saved are the files of a directory, by name.
func saved(t *testing.T, directory string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(directory)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(directory, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[entry.Name()] = string(content)
	}
	return files
}

func TestSave(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before  map[string]string
		force   bool
		refusal string // "" if all is written
	}{
		"a directory without files":     {before: map[string]string{}},
		"others beside":                 {before: map[string]string{"notes.txt": "x", "other.tf": "x"}},
		"an earlier export":             {before: map[string]string{"users.tf": ours}, refusal: "-force replaces"},
		"an earlier export, with force": {before: map[string]string{"users.tf": ours, "other.tf": "x"}, force: true},
		"a file of others":              {before: map[string]string{"users.tf": "x"}, force: true, refusal: "was not written by this program"},
		"a file that would stay behind": {before: map[string]string{"access.yaml": ours}, force: true, refusal: "delete them first"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			directory := t.TempDir()
			for file, content := range test.before {
				if err := os.WriteFile(filepath.Join(directory, file), []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			err := export.Save(directory, export.Files{"users.tf": []byte("new"), "groups.tf": []byte("new")}, test.force)
			after := saved(t, directory)
			switch {
			case test.refusal == "" && err != nil:
				t.Fatal(err)
			case test.refusal == "":
				if after["users.tf"] != "new" || after["groups.tf"] != "new" {
					t.Errorf("the files are %q", after)
				}
				delete(after, "groups.tf")
			case err == nil || !strings.Contains(err.Error(), test.refusal):
				t.Errorf("the error is %v, want %q", err, test.refusal)
			}
			for file, content := range test.before {
				if after[file] != content && (test.refusal != "" || file != "users.tf") {
					t.Errorf("%s has become %q", file, after[file])
				}
				delete(after, file)
			}
			delete(after, "users.tf")
			if len(after) > 0 {
				t.Errorf("left behind: %q", after)
			}
		})
	}
}

// A new directory appears with all files, or not at all.
func TestSave_new(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	directory := filepath.Join(parent, "a", "b")
	if err := export.Save(directory, export.Files{"users.tf": []byte("new")}, false); err != nil {
		t.Fatal(err)
	}
	if files := saved(t, directory); len(files) != 1 || files["users.tf"] != "new" {
		t.Errorf("the files are %q", files)
	}
	failed := filepath.Join(parent, "c")
	if err := export.Save(failed, export.Files{"users.tf": []byte("new"), "no/such/directory": nil}, false); err == nil {
		t.Fatal("no error")
	}
	if _, err := os.Stat(failed); !os.IsNotExist(err) {
		t.Errorf("the directory is there: %v", err)
	}
	if entries, err := os.ReadDir(parent); err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

// A failure in the middle puts back what was there.
func TestSave_undone(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	for _, file := range []string{"a.tf", "users.tf"} {
		if err := os.WriteFile(filepath.Join(directory, file), []byte(ours+"old"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(directory, "z"), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := export.Save(directory, export.Files{"a.tf": []byte("new"), "users.tf": []byte("new"), "z/..": nil}, true); err == nil {
		t.Fatal("no error")
	}
	if err := os.Remove(filepath.Join(directory, "z")); err != nil {
		t.Fatal(err)
	}
	if files := saved(t, directory); len(files) != 2 || files["a.tf"] != ours+"old" || files["users.tf"] != ours+"old" {
		t.Errorf("the files are %q", files)
	}
}
