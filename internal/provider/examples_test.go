package provider_test

import (
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/zclconf/go-cty/cty"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

// exampleKinds are the directories in which each file is a configuration of its own, and what the names of those
// files begin with.
var exampleKinds = map[string]string{
	"resources":           "resource",
	"data-sources":        "data-source",
	"ephemeral-resources": "ephemeral-resource",
	"functions":           "function",
}

// TestAccExamples runs every file in examples/, with the CLI itself, as those who copy it would: examples/provider is
// planned, anything else is applied, planned again and destroyed, and what its imports bring in must fit it. Actions are
// invoked without a CLI, because few versions have them, and queries are run both without and with it.
func TestAccExamples(t *testing.T) {
	t.Parallel()
	run := acctest.NewCLI(t)
	var files []string
	acctest.Must(t, filepath.WalkDir(run.Examples, func(path string, entry fs.DirEntry, err error) error {
		switch name := entry.Name(); {
		case err != nil:
			return err
		case name == ".terraform":
			return fs.SkipDir
		case entry.IsDir(), strings.Contains(name, ".tfstate"), name == ".terraform.lock.hcl": // what trying an example leaves
		default:
			files = append(files, path)
		}
		return nil
	}))
	modules := map[string][]string{}
	for _, file := range files {
		inside, err := filepath.Rel(run.Examples, file)
		acctest.Must(t, err)
		parts := strings.Split(filepath.ToSlash(inside), "/")
		kind, isKind := exampleKinds[parts[0]]
		_, isModule := exampleModules[parts[0]]
		name := parts[len(parts)-1]
		switch {
		case len(parts) == 2 && parts[0] == "provider" && filepath.Ext(name) == ".tf":
			t.Run(inside, func(t *testing.T) {
				t.Parallel()
				plan(t, run, file)
			})
		case len(parts) == 3 && isKind && strings.HasPrefix(name, kind) && filepath.Ext(name) == ".tf":
			t.Run(inside, func(t *testing.T) {
				t.Parallel()
				apply(t, run, importsOf(files, file), file)
			})
		case len(parts) == 3 && parts[0] == "actions" && name == "action.tf":
			t.Run(inside, func(t *testing.T) {
				t.Parallel()
				invoke(t, file)
			})
		case len(parts) == 3 && parts[0] == "list-resources" && name == "list-resource.tfquery.hcl",
			len(parts) == 2 && strings.HasPrefix(parts[0], "query") && strings.HasSuffix(name, ".tfquery.hcl"):
			t.Run(inside, func(t *testing.T) {
				t.Parallel()
				query(t, run, file)
			})
		case len(parts) == 3 && parts[0] == "resources" && slices.Contains(importFiles, name):
			if resource := filepath.Join(filepath.Dir(file), "resource.tf"); !slices.Contains(files, resource) {
				t.Errorf("%s imports into nothing: there is no %s", inside, resource)
			}
		case isModule && (filepath.Ext(name) == ".tf" || exampleFiles[filepath.ToSlash(inside)] != ""):
			modules[parts[0]] = append(modules[parts[0]], inside)
		default:
			t.Errorf("nothing runs examples/%s", inside)
		}
	}
	for name, execute := range exampleModules {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if len(modules[name]) == 0 {
				t.Fatalf("there is no examples/%s", name)
			}
			w := module(t, run, modules[name])
			if execute == nil {
				life(t, w)
				return
			}
			execute(t, w)
		})
	}
}

// importFiles are the ways of importing that the documentation shows for a resource.
var importFiles = []string{"import.sh", "import-by-string-id.tf", "import-by-identity.tf"}

// importsOf returns the files that import what resource.tf configures.
func importsOf(files []string, resource string) (imports []string) {
	if filepath.Base(resource) != "resource.tf" {
		return nil
	}
	for _, name := range importFiles {
		if file := filepath.Join(filepath.Dir(resource), name); slices.Contains(files, file) {
			imports = append(imports, file)
		}
	}
	return imports
}

// plan plans a configuration whose platform does not exist: a plan that only creates asks it nothing.
func plan(t *testing.T, r acctest.CLI, file string) {
	t.Helper()
	w := r.Prepare(t, file)
	acctest.Must(t, os.WriteFile(filepath.Join(w.Dir, "probe.tf"), []byte(`resource "kamiwaza_right" "probe" { name = "probe" }`), 0o600))
	w.Terraform(t, 0, "validate")
	w.Terraform(t, 2, "plan", "-detailed-exitcode")
}

// gatewayExamples are the types whose examples need the gateway API.
var gatewayExamples = []string{
	"kamiwaza_access_check", "kamiwaza_accessible_resources", "kamiwaza_attribute", "kamiwaza_attributes", "kamiwaza_group_mapping",
	"kamiwaza_group_mappings", "kamiwaza_groups", "kamiwaza_identity_provider", "kamiwaza_identity_providers", "kamiwaza_pat_config",
	"kamiwaza_personal_access_token", "kamiwaza_personal_access_tokens", "kamiwaza_relationship_tuple", "kamiwaza_relationship_tuples",
	"kamiwaza_resource_access", "kamiwaza_resource_grant", "kamiwaza_resource_grants", "kamiwaza_subject", "kamiwaza_workroom",
	"kamiwaza_workroom_member", "kamiwaza_workroom_members", "kamiwaza_workrooms",
}

// populated is a service of either generation.
type populated interface {
	acctest.Addressed
	// Population is how many objects of each kind there are.
	Population() string
}

// apply leads a configuration through its life.
func apply(t *testing.T, r acctest.CLI, imports []string, files ...string) {
	t.Helper()
	var s populated = acctest.Start(t, authserver.Config{})
	if slices.Contains(gatewayExamples, filepath.Base(filepath.Dir(files[0]))) {
		s = acctest.StartGateway(t, authserver.Config{})
	}
	before := s.Population()
	w := r.Prepare(t, files...)
	w.Environment = append(slices.Clone(w.Environment),
		"KAMIWAZA_BASE_URL="+s.Address(), "KAMIWAZA_USERNAME="+authservertest.AdminUsername, "KAMIWAZA_PASSWORD="+authservertest.AdminPassword)

	out := w.Terraform(t, 0, "apply", "-auto-approve")
	for line := range strings.Lines(out) {
		if strings.Contains(line, "Warning: ") && !strings.Contains(line, "development overrides") {
			t.Errorf("apply warns:\n%s", out)
		}
	}
	w.Terraform(t, 0, "plan", "-detailed-exitcode")
	if len(imports) > 0 {
		objects := w.Objects(t)
		for _, file := range imports {
			t.Run(filepath.Base(file), func(t *testing.T) { runImports(t, w, file, objects) })
		}
	}
	for _, file := range files {
		unprotect(t, w, filepath.Base(file))
	}
	w.Terraform(t, 0, "destroy", "-auto-approve")
	if after := s.Population(); after != before {
		t.Errorf("destroy left objects on the server: %s; before apply there were %s", after, before)
	}
}

// unprotect allows Terraform to destroy the workrooms of a file, which are protected by default.
func unprotect(t *testing.T, w acctest.Workdir, name string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(w.Dir, name))
	acctest.Must(t, err)
	const workroom = `resource "kamiwaza_workroom" "`
	before, after, found := strings.Cut(string(content), workroom)
	if !found || strings.Contains(after, "deletion_protection") {
		return
	}
	after = strings.Replace(after, "{\n", "{\n  deletion_protection = false\n", 1)
	acctest.Must(t, os.WriteFile(filepath.Join(w.Dir, name), []byte(before+workroom+after), 0o600))
	w.Terraform(t, 0, "apply", "-auto-approve")
}

// invoke invokes the actions of an example on a server that has what its data sources look up, and a group interns.
func invoke(t *testing.T, file string) {
	t.Helper()
	s := acctest.StartGateway(t, authserver.Config{API: gateway.Behavior{SessionStore: true}})
	body := bodyOf(t, file)
	variables, users, rooms := map[string]cty.Value{}, map[string]cty.Value{}, map[string]cty.Value{}
	scope := &hcl.EvalContext{}
	valueOf := func(expression hcl.Expression) cty.Value {
		value, diags := expression.Value(scope)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		return value
	}
	s.Send(http.MethodPost, "/authz/groups/", map[string]any{"name": "interns"})
	for _, block := range body.Blocks {
		switch block.Type {
		case "variable":
			variables[block.Labels[0]] = cty.StringVal("correct horse battery staple")
		case "data":
			attributes := map[string]cty.Value{}
			if block.Labels[0] == "kamiwaza_workroom" {
				name := valueOf(block.Body.Attributes["name"].Expr).AsString()
				s.Send(http.MethodPost, "/workrooms/", map[string]any{"name": name, "type": "persistent"})
				for _, room := range s.Server.Snapshot().Workrooms {
					attributes["id"] = cty.StringVal(room.ID)
				}
				rooms[block.Labels[1]] = cty.ObjectVal(attributes)
				break
			}
			username := valueOf(block.Body.Attributes["username"].Expr).AsString()
			s.User(username)
			for _, room := range s.Server.Snapshot().Workrooms {
				s.Send(http.MethodPost, "/workrooms/"+room.ID+"/members", map[string]any{"email": username + "@example.com", "role": "editor", "attested": true})
			}
			for _, user := range s.Server.Snapshot().Users {
				attributes["id"], attributes["subject_id"] = cty.StringVal(user.ID), cty.StringVal(user.SubjectID)
			}
			users[block.Labels[1]] = cty.ObjectVal(attributes)
		}
	}
	scope.Variables = map[string]cty.Value{
		"var":  cty.ObjectVal(variables),
		"data": cty.ObjectVal(map[string]cty.Value{"kamiwaza_user": cty.ObjectVal(users), "kamiwaza_workroom": cty.ObjectVal(rooms)}),
	}
	p := acctest.NewProtocol(t, s)
	invoked := 0
	for _, block := range body.Blocks {
		if block.Type != "action" {
			continue
		}
		config := acctest.Fields{}
		for name, attribute := range block.Body.Blocks[0].Body.Attributes {
			config[name] = plain(valueOf(attribute.Expr))
		}
		if progress, problems := p.Invoke(block.Labels[0], config); progress == "" || problems != "" {
			t.Errorf("%s: %q %q", block.Labels[0], progress, problems)
		}
		invoked++
	}
	if invoked == 0 {
		t.Error("there is no action")
	}
}

// bodyOf is what a file has in it.
func bodyOf(t *testing.T, file string) *hclsyntax.Body {
	t.Helper()
	content, err := os.ReadFile(file)
	acctest.Must(t, err)
	parsed, diags := hclsyntax.ParseConfig(content, file, hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	body, ok := parsed.Body.(*hclsyntax.Body)
	if !ok {
		t.Fatalf("%T is no body of a file", parsed.Body)
	}
	return body
}

// plain is a value as the fields of a configuration have it.
func plain(value cty.Value) any {
	switch {
	case value.Type() == cty.Bool:
		return value.True()
	case value.CanIterateElements():
		elements := []any{}
		for _, element := range value.AsValueSlice() {
			elements = append(elements, plain(element))
		}
		return elements
	}
	return value.AsString()
}

var (
	importCommand = regexp.MustCompile(`^terraform import '?([^' ]+)'? (\S+|'[^']+')$`)
	importBlock   = regexp.MustCompile(`(?s)import \{\s+to\s+= (\S+)\n`)
	anID          = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
	anImportID    = regexp.MustCompile(anID.String() + `(/` + anID.String() + `)?`)
	anAssignedID  = regexp.MustCompile(`(\w+)(\s*=\s*)"[^"]*"`)
)

// runImports makes Terraform forget an object and runs the example that imports it, with the object's own ids in the
// places of the example's. After that, the state must be as before.
func runImports(t *testing.T, w acctest.Workdir, file string, objects map[string]map[string]any) {
	t.Helper()
	content, err := os.ReadFile(file)
	acctest.Must(t, err)
	if filepath.Ext(file) == ".sh" {
		commands := 0
		for line := range strings.Lines(string(content)) {
			line = strings.TrimSpace(line)
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			match := importCommand.FindStringSubmatch(line)
			if match == nil {
				t.Fatalf("not a command that this test knows how to run: %s", line)
			}
			object := forget(t, w, match[1], objects)
			w.Command(t, 0, "sh", "-c", strings.TrimSuffix(line, match[2])+"'"+object["id"].(string)+"'")
			imported(t, w, match[1], "")
			commands++
		}
		if commands == 0 {
			t.Error("there is no command")
		}
		return
	}

	w.SkipIfTooOld(t, content)
	match := importBlock.FindStringSubmatch(string(content))
	if match == nil {
		t.Fatal("there is no import block")
	}
	object := forget(t, w, match[1], objects)
	block := anAssignedID.ReplaceAllStringFunc(string(content), func(assignment string) string {
		parts := anAssignedID.FindStringSubmatch(assignment)
		return fmt.Sprintf("%s%s%q", parts[1], parts[2], attributeOf(object, parts[1]))
	})
	path := filepath.Join(w.Dir, "import.tf")
	acctest.Must(t, os.WriteFile(path, []byte(block), 0o600))
	imported(t, w, match[1], "1 imported, ")
	acctest.Must(t, os.Remove(path))
}

// attributeOf returns an attribute of an object by its name in the identity, such as subject_id for subject.id.
func attributeOf(object map[string]any, name string) any {
	if value, ok := object[name]; ok {
		return value
	}
	outer, inner, _ := strings.Cut(name, "_")
	nested, _ := object[outer].(map[string]any)
	return nested[inner]
}

// forget takes an object out of the state and returns its attributes.
func forget(t *testing.T, w acctest.Workdir, address string, objects map[string]map[string]any) map[string]any {
	t.Helper()
	object, ok := objects[address]
	if !ok {
		t.Fatalf("the example does not configure %s", address)
	}
	w.Terraform(t, 0, "state", "rm", address)
	return object
}

// imported applies what is left to do after an import: nothing, but that the state takes note of what no server tells: the
// version of a password, the settings of an identity provider, and when a token is to be rotated.
func imported(t *testing.T, w acctest.Workdir, address, imports string) {
	t.Helper()
	changed := 0
	typeName, _, _ := strings.Cut(address, ".")
	if slices.Contains([]string{"kamiwaza_user", "kamiwaza_personal_access_token", "kamiwaza_identity_provider"}, typeName) {
		changed = 1
	}
	want := fmt.Sprintf("Apply complete! Resources: %s0 added, %d changed, 0 destroyed.", imports, changed)
	if out := w.Terraform(t, 0, "apply", "-auto-approve"); !strings.Contains(out, want) {
		t.Errorf("expected %q:\n%s", want, out)
	}
}

var environmentVariable = regexp.MustCompile("KAMIWAZA_[A-Z_]+")

// TestEverythingIsShown holds README.md and examples/ to what there is: README.md names each argument of the provider,
// each environment variable and each type, and each type has its examples.
func TestEverythingIsShown(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../../README.md")
	acctest.Must(t, err)
	named := func(name string) {
		if !strings.Contains(string(content), "`"+name+"`") {
			t.Errorf("README.md does not name `%s`", name)
		}
	}
	shown := func(kind, name string, files ...string) {
		named(name)
		for _, file := range files {
			if _, err := os.Stat(filepath.Join("../../examples", kind, name, file)); err != nil {
				t.Error(err)
			}
		}
	}

	server, err := acctest.Factories["kamiwaza"]()
	acctest.Must(t, err)
	schema, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	acctest.Must(t, err)
	for _, attribute := range schema.Provider.Block.Attributes {
		named(attribute.Name)
		for _, variable := range environmentVariable.FindAllString(attribute.Description, -1) {
			named(variable)
		}
	}
	for name := range schema.ResourceSchemas {
		shown("resources", name, append([]string{"resource.tf"}, importFiles...)...)
	}
	for name := range schema.DataSourceSchemas {
		shown("data-sources", name, "data-source.tf")
	}
	for name := range schema.EphemeralResourceSchemas {
		shown("ephemeral-resources", name, "ephemeral-resource.tf")
	}
	for name := range schema.ListResourceSchemas {
		shown("list-resources", name, "list-resource.tfquery.hcl")
	}
	for name := range schema.ActionSchemas {
		shown("actions", name, "action.tf")
	}
	for name := range schema.Functions {
		shown("functions", name, "function.tf")
	}
}
