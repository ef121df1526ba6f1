package export_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"pgregory.net/rapid"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/connection"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/export"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/snapshot"
)

// uuid is the n-th id of a kind.
func uuid(kind byte, n int) string {
	return fmt.Sprintf("%08x-0000-4000-8000-%012x", uint32(n)*2654435761, int(kind)<<16+n)
}

// at is a time of creation.
func at(n int) time.Time { return time.Date(2025, 1, 1, 0, 0, n, 0, time.UTC) }

var names = rapid.OneOf(
	rapid.SampledFrom([]string{"a", "A", "a ", "é", "e\u0301", "É", "${x}", "%{if true}", `"`, "a\nb", "日本", "🚀", "", "7", "null", "a_1", "a-1", "a.1", "<<"}),
	rapid.StringN(1, 60, -1),
)

func some(t *rapid.T, what string, ids []string) []string {
	if len(ids) == 0 {
		return []string{}
	}
	picked := rapid.SliceOfNDistinct(rapid.SampledFrom(ids), 0, len(ids), rapid.ID[string]).Draw(t, what)
	return append([]string{}, slices.Sorted(slices.Values(picked))...)
}

// drawRBAC makes a company, some of whose objects cannot be expressed.
func drawRBAC(t *rapid.T) snapshot.Snapshot {
	s := snapshot.Snapshot{Generation: connection.RBAC}
	var rights, roles, groups []string
	for i := range rapid.IntRange(1, 5).Draw(t, "rights") {
		rights = append(rights, uuid('r', i))
		s.Rights = append(s.Rights, snapshot.Right{ID: rights[i], Name: names.Draw(t, "name"), Description: names.Draw(t, "text"), CreatedAt: at(i)})
	}
	for i := range rapid.IntRange(1, 5).Draw(t, "roles") {
		roles = append(roles, uuid('o', i))
		s.Roles = append(s.Roles, snapshot.Role{ID: roles[i], Name: names.Draw(t, "name"), CreatedAt: at(i), Rights: some(t, "held", rights)})
	}
	for i := range rapid.IntRange(1, 5).Draw(t, "groups") {
		groups = append(groups, uuid('g', i))
		s.Groups = append(s.Groups, snapshot.Group{ID: groups[i], Name: names.Draw(t, "name"), CreatedAt: at(i), Roles: some(t, "held", roles)})
	}
	s.Organizations = []snapshot.Organization{{ID: uuid('z', 0), Name: names.Draw(t, "name"), IDP: &snapshot.IDP{Provider: "okta", Domain: "d", ClientID: "c"}}}
	for i := range rapid.IntRange(1, 6).Draw(t, "users") {
		s.Users = append(s.Users, snapshot.User{
			ID: uuid('u', i), SubjectID: uuid('u', i), Username: names.Draw(t, "name"), Email: rapid.SampledFrom([]string{"a@example.com", "none"}).Draw(t, "email"),
			Active: rapid.Bool().Draw(t, "active"), CreatedAt: at(i), Groups: some(t, "in", append(slices.Clone(groups), uuid('g', 99))),
			OrganizationID: rapid.SampledFrom([]string{"", uuid('z', 0), uuid('z', 1)}).Draw(t, "organization"),
		})
	}
	s.Self = s.Users[0].ID
	s.Sort()
	return s
}

// forms are all ways to write.
var forms = []export.Options{
	{Style: export.Blocks, Assignments: export.Sets},
	{Style: export.Blocks, Assignments: export.Edges},
	{Style: export.Blocks, Assignments: export.None},
	{Style: export.YAML, Assignments: export.Sets},
}

func write(t rapid.TB, s snapshot.Snapshot, options export.Options) (export.Files, export.Report) {
	t.Helper()
	files, report, err := export.Write(s, options)
	if err != nil {
		t.Fatal(err)
	}
	return files, report
}

// Every file is HCL in the form of terraform fmt, every block has its own address and one import, and every reference leads to a
// block.
func TestWrite_wellFormed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawRBAC(t)
		for _, options := range forms {
			files, report := write(t, s, options)
			resources, imports, references := map[string]bool{}, map[string]bool{}, map[string]bool{}
			for name, content := range files {
				if !strings.HasSuffix(name, ".tf") {
					continue
				}
				if string(hclwrite.Format(content)) != string(content) {
					t.Fatalf("%s is not formatted:\n%s", name, content)
				}
				parsed, diags := hclparse.NewParser().ParseHCL(content, name)
				if diags.HasErrors() {
					t.Fatalf("%s: %s\n%s", name, diags, content)
				}
				for _, block := range parsed.Body.(*hclsyntax.Body).Blocks {
					collect(t, block, resources, imports, references)
				}
			}
			if len(imports) != len(report.Items) {
				t.Errorf("%d imports of %d items", len(imports), len(report.Items))
			}
			for address := range resources {
				if !slices.ContainsFunc(slices.Collect(maps.Keys(imports)), func(i string) bool { return i == address || strings.HasPrefix(i, address+"[") }) && options.Style == export.Blocks {
					t.Errorf("%s is not imported", address)
				}
			}
			for address := range imports {
				if base, _, _ := strings.Cut(address, "["); !resources[base] {
					t.Errorf("the import of %s has no resource", address)
				}
			}
			for address := range references {
				if !resources[address] {
					t.Errorf("nothing is %s", address)
				}
			}
		}
	})
}

func collect(t *rapid.T, block *hclsyntax.Block, resources, imports, references map[string]bool) {
	switch block.Type {
	case "resource":
		address := strings.Join(block.Labels, ".")
		if resources[address] || !hclsyntax.ValidIdentifier(block.Labels[1]) {
			t.Fatalf("%s is there twice, or no identifier", address)
		}
		resources[address] = true
	case "import":
		to := block.Body.Attributes["to"].Expr
		traversal, diags := hcl.AbsTraversalForExpr(to)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		address := traversal.RootName() + "." + traversal[1].(hcl.TraverseAttr).Name
		if len(traversal) > 2 {
			address += "[" + traversal[2].(hcl.TraverseIndex).Key.AsString() + "]"
		}
		if imports[address] {
			t.Fatalf("%s is imported twice", address)
		}
		imports[address] = true
		return
	}
	for _, attribute := range block.Body.Attributes {
		for _, variable := range attribute.Expr.Variables() {
			if strings.HasPrefix(variable.RootName(), "kamiwaza_") {
				references[variable.RootName()+"."+variable[1].(hcl.TraverseAttr).Name] = true
			}
		}
	}
}

// The order of what was read does not matter.
func TestWrite_sameBytes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawRBAC(t)
		shuffled := s
		shuffled.Users, shuffled.Groups, shuffled.Roles = slices.Clone(s.Users), slices.Clone(s.Groups), slices.Clone(s.Roles)
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		random.Shuffle(len(s.Users), func(i, j int) { shuffled.Users[i], shuffled.Users[j] = shuffled.Users[j], shuffled.Users[i] })
		random.Shuffle(len(s.Groups), func(i, j int) { shuffled.Groups[i], shuffled.Groups[j] = shuffled.Groups[j], shuffled.Groups[i] })
		random.Shuffle(len(s.Roles), func(i, j int) { shuffled.Roles[i], shuffled.Roles[j] = shuffled.Roles[j], shuffled.Roles[i] })
		shuffled.Sort()
		for _, options := range forms {
			before, _ := write(t, s, options)
			after, _ := write(t, shuffled, options)
			for name := range before {
				if string(before[name]) != string(after[name]) {
					t.Errorf("%s differs:\n%s\n%s", name, before[name], after[name])
				}
			}
		}
	})
}

// A new object adds lines and changes none, whatever it is called.
func TestWrite_newObjects(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawRBAC(t)
		for i := range s.Users {
			s.Users[i].Email = "a@example.com"
			s.Users[i].Username += "x"
		}
		s.Organizations[0].Name += "x"
		s.Sort()
		grown := s
		grown.Users = append(slices.Clone(s.Users), snapshot.User{
			ID: uuid('u', 50), SubjectID: uuid('u', 50), Username: rapid.SampledFrom(s.Users).Draw(t, "like").Username, Email: "new@example.com", CreatedAt: at(50), Groups: []string{},
		})
		grown.Groups = append(slices.Clone(s.Groups), snapshot.Group{
			ID: uuid('g', 50), Name: rapid.SampledFrom(s.Groups).Draw(t, "like").Name + "x", CreatedAt: at(50), Roles: []string{},
		})
		grown.Sort()
		for _, options := range forms {
			before, _ := write(t, s, options)
			after, _ := write(t, grown, options)
			for name := range before {
				if line, ok := lost(string(before[name]), string(after[name])); ok && !strings.HasSuffix(line, "{}") {
					t.Errorf("%s has lost %q:\n%s\n%s", name, line, before[name], after[name])
				}
			}
		}
	})
}

// lost is the first line of one text that is not in another, in order.
func lost(before, after string) (string, bool) {
	rest := strings.Split(after, "\n")
	for line := range strings.SplitSeq(before, "\n") {
		i := slices.Index(rest, line)
		if i < 0 {
			return line, true
		}
		rest = rest[i+1:]
	}
	return "", false
}

// What is left out is referred to by its id, for a set must name it.
func TestWrite_leftOut(t *testing.T) {
	t.Parallel()
	s := snapshot.Snapshot{
		Generation: connection.RBAC, Self: uuid('u', 0),
		Groups: []snapshot.Group{{ID: uuid('g', 0), Name: "product\n", Roles: []string{}}},
		Users: []snapshot.User{
			{ID: uuid('u', 0), SubjectID: uuid('u', 0), Username: "admin", Email: "a@example.com", Active: true, Groups: []string{}},
			{ID: uuid('u', 1), SubjectID: uuid('u', 1), Username: "ada", Email: "ada@example.com", Active: true, Groups: []string{uuid('g', 0), uuid('g', 1)}},
			{ID: uuid('u', 2), SubjectID: uuid('u', 2), Username: "bela", Email: "no address", Active: true, Groups: []string{}},
		},
	}
	files, report := write(t, s, export.Options{
		Style: export.Blocks, Assignments: export.Sets, Keep: func(kind snapshot.Kind, _ string) bool { return kind == snapshot.KindUser },
	})
	want := `resource "kamiwaza_user_groups" "ada" {
  user_id = kamiwaza_user.ada.id
  group_ids = [
    "00000000-0000-4000-8000-000000670000", # group "product\n", not exported
    "9e3779b1-0000-4000-8000-000000670001", # group that does not exist or may not be read
  ]
}
`
	if !strings.HasSuffix(string(files["users.tf"]), want) {
		t.Errorf("users.tf is\n%s\nwant it to end in\n%s", files["users.tf"], want)
	}
	if len(report.Problems) != 1 || !strings.Contains(report.Problems[0], `user "bela"`) || len(report.LeftOut) != 1 || !strings.Contains(report.LeftOut[0], `user "admin"`) {
		t.Errorf("the report is %+v", report)
	}
	_, report = write(t, s, export.Options{Style: export.Blocks, Assignments: export.Sets, IncludeSelf: true})
	if len(report.LeftOut) != 0 {
		t.Errorf("with the own user, %q is left out", report.LeftOut)
	}
}

// Objects that Terraform manages are referred to by their addresses, whose names are taken.
func TestWrite_managed(t *testing.T) {
	t.Parallel()
	managed, err := export.ReadManaged(strings.NewReader(`{"format_version": "1.0", "values": {"root_module": {
		"resources": [
			{"address": "kamiwaza_group.ada", "mode": "managed", "type": "kamiwaza_group", "values": {"id": "` + uuid('g', 0) + `"}},
			{"address": "data.kamiwaza_group.x", "mode": "data", "type": "kamiwaza_group", "values": {"id": "` + uuid('g', 2) + `"}},
			{"address": "kamiwaza_user.ada", "mode": "managed", "type": "kamiwaza_user", "values": {"id": "` + uuid('u', 0) + `"}}
		],
		"child_modules": [{"resources": [
			{"address": "module.m.kamiwaza_group.other", "mode": "managed", "type": "kamiwaza_group", "values": {"id": "` + uuid('g', 1) + `"}}
		]}]
	}}}`))
	if err != nil {
		t.Fatal(err)
	}
	group := func(n int, name string) snapshot.Group {
		return snapshot.Group{ID: uuid('g', n), Name: name, Roles: []string{}, CreatedAt: at(n)}
	}
	user := func(n int, name string) snapshot.User {
		return snapshot.User{ID: uuid('u', n), SubjectID: uuid('u', n), Username: name, Email: "a@example.com", Active: true, CreatedAt: at(n), Groups: []string{uuid('g', 0), uuid('g', 1), uuid('g', 2)}}
	}
	files, report := write(t, snapshot.Snapshot{
		Generation: connection.RBAC, Groups: []snapshot.Group{group(0, "one"), group(1, "two"), group(2, "three")}, Users: []snapshot.User{user(0, "x"), user(1, "Ada")},
	}, export.Options{Style: export.Blocks, Assignments: export.Sets, Managed: managed})
	want := `  group_ids = [
    "9e3779b1-0000-4000-8000-000000670001", # group "two", not exported
    kamiwaza_group.ada.id,
    kamiwaza_group.three.id,
  ]
`
	if users := string(files["users.tf"]); !strings.Contains(users, want) || !strings.Contains(users, `resource "kamiwaza_user" "ada_9e3779b1"`) {
		t.Errorf("users.tf is\n%s", users)
	}
	if len(report.Items) != 4 {
		t.Errorf("%d items, want 4: %+v", len(report.Items), report.Items)
	}
}

func TestReadManaged_errors(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "{}", "secret", `{"format_version": "1.2", "resource_changes": []}`} {
		if _, err := export.ReadManaged(strings.NewReader(text)); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// A list that the server leaves out is not an empty one.
func TestWrite_silence(t *testing.T) {
	t.Parallel()
	s := snapshot.Snapshot{Generation: connection.RBAC, Users: []snapshot.User{{ID: uuid('u', 0), SubjectID: uuid('u', 0), Username: "ada", Email: "a@example.com"}}}
	if _, _, err := export.Write(s, forms[0]); !errors.Is(err, directory.ErrNoList) {
		t.Errorf("the error is %v", err)
	}
	if _, report := write(t, s, forms[2]); len(report.Items) != 1 {
		t.Errorf("the report is %+v", report)
	}
}

func TestWrite_labels(t *testing.T) {
	t.Parallel()
	labels := regexp.MustCompile(`"kamiwaza_right" "(.*)"`)
	for name, want := range map[string]string{
		"Béla Horváth": "bela_horvath", "models.deploy": "models_deploy", "日本語": "日本語", "7th": "right_7th", "🚀": "right_00000000", "__": "right_00000000",
		"greta@larkspur.example.com": "greta_larkspur_example_com", "İstanbul": "istanbul", "हिन्दी": "हिन्दी", "한국어": "한국어", "count": "count",
		strings.Repeat("ab ", 30): strings.TrimRight(strings.Repeat("ab_", 16), "_"),
	} {
		files, _ := write(t, snapshot.Snapshot{Generation: connection.RBAC, Rights: []snapshot.Right{{ID: uuid('r', 0), Name: name}}}, forms[0])
		if match := labels.FindStringSubmatch(string(files["rights.tf"])); match == nil || match[1] != want {
			t.Errorf("%q: %q, want %q", name, match, want)
		}
	}
}

// Texts that YAML would take for something else, or does not allow, are quoted.
func TestWrite_yaml(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"models.deploy": "models.deploy", "Larkspur Robotics": "Larkspur Robotics", "Béla Horváth": "Béla Horváth", "日本語": "日本語",
		"null": `"null"`, "Yes": `"Yes"`, "7th": `"7th"`, "a: b": `"a: b"`, "a #b": `"a #b"`, "trailing ": `"trailing "`,
		`"\`: `"\"\\"`, "a\nb\x7f\u0085\ufeff": `"a\u000ab\u007f\u0085\ufeff"`, "R&D": `"R&D"`, "🚀": `"🚀"`, "- a": `"- a"`, "[x]": `"[x]"`,
	} {
		files, _ := write(t, snapshot.Snapshot{Generation: connection.RBAC, Rights: []snapshot.Right{{ID: uuid('r', 0), Name: name}}}, forms[3])
		if !strings.Contains(string(files["access.yaml"]), "rights:\n  "+want+": {}\n") {
			t.Errorf("%q: access.yaml is\n%s", name, files["access.yaml"])
		}
	}
}

// Terraform merges what has the key << into the mapping around it, quoted or not.
func TestWrite_yamlMergeKey(t *testing.T) {
	t.Parallel()
	files, _ := write(t, snapshot.Snapshot{Generation: connection.RBAC, Rights: []snapshot.Right{{ID: uuid('r', 0), Name: "<<"}}}, forms[3])
	if want := "rights:\n  \"<< 00000000\":\n    name: \"<<\"\n"; !strings.Contains(string(files["access.yaml"]), want) {
		t.Errorf("access.yaml is\n%s", files["access.yaml"])
	}
	files, report := write(t, snapshot.Snapshot{
		Generation: connection.Gateway, Workrooms: []snapshot.Workroom{{ID: uuid('w', 0), Name: "room", Type: "persistent", Attributes: `{"<<":{"a":1}}`}},
	}, forms[3])
	if strings.Contains(string(files["access.yaml"]), "attributes: {\"") || len(report.Problems) != 1 {
		t.Errorf("access.yaml is\n%s\nand the report is %+v", files["access.yaml"], report)
	}
}
