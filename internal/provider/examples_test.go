package provider_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
)

// exampleVariables are the values of the variables that examples leave to whoever applies them.
var exampleVariables = []string{
	"TF_VAR_amara_password=correct horse battery staple",
	`TF_VAR_passwords={"amara": "correct horse battery staple", "chen": "staple battery horse correct"}`,
	"TF_VAR_password_seed=0123456789abcdef0123456789abcdef",
	"TF_VAR_kamiwaza_password=never sent",
}

// exampleKinds are the directories in which each file is a configuration of its own, and what the names of those
// files begin with.
var exampleKinds = map[string]string{
	"resources":           "resource",
	"data-sources":        "data-source",
	"ephemeral-resources": "ephemeral-resource",
	"functions":           "function",
}

// TestAccExamples runs every file in examples/, with the CLI itself, as those who copy it would: examples/provider is
// planned, anything else is applied, planned again and destroyed, and what its imports bring in must fit it.
func TestAccExamples(t *testing.T) {
	t.Parallel()
	run := newExampleRunner(t)
	var files []string
	must(t, filepath.WalkDir(run.examples, func(path string, entry fs.DirEntry, err error) error {
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
		inside, err := filepath.Rel(run.examples, file)
		must(t, err)
		parts := strings.Split(filepath.ToSlash(inside), "/")
		kind, isKind := exampleKinds[parts[0]]
		_, isModule := exampleModules[parts[0]]
		name := parts[len(parts)-1]
		switch {
		case len(parts) == 2 && parts[0] == "provider" && filepath.Ext(name) == ".tf":
			t.Run(inside, func(t *testing.T) {
				t.Parallel()
				run.plan(t, file)
			})
		case len(parts) == 3 && isKind && strings.HasPrefix(name, kind) && filepath.Ext(name) == ".tf":
			t.Run(inside, func(t *testing.T) {
				t.Parallel()
				run.apply(t, importsOf(files, file), file)
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
	for module, execute := range exampleModules {
		t.Run(module, func(t *testing.T) {
			t.Parallel()
			if len(modules[module]) == 0 {
				t.Fatalf("there is no examples/%s", module)
			}
			w := run.module(t, modules[module])
			if execute == nil {
				w.life(t)
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

type exampleRunner struct {
	examples string
	cli      string
	plugin   string // the provider
	// environment lets the CLI find the provider, which is built from these sources, and calls it terraform.
	environment []string
	// minor is the CLI's version, 1.minor.
	minor int
	// registry is where the CLI looks for providers whose source names no host.
	registry string
}

func newExampleRunner(t *testing.T) exampleRunner {
	t.Helper()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("acceptance tests run with TF_ACC=1 only")
	}
	root, err := filepath.Abs("../..")
	must(t, err)
	cli, err := exec.LookPath(cmp.Or(os.Getenv("TF_ACC_TERRAFORM_PATH"), "terraform"))
	must(t, err)
	cli, err = filepath.Abs(cli)
	must(t, err)

	dir := t.TempDir()
	plugin := filepath.Join(dir, "plugin", "terraform-provider-kamiwaza")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", plugin, ".")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	self, err := os.Executable()
	must(t, err)
	for _, name := range standIns {
		must(t, os.Symlink(self, filepath.Join(dir, "plugin", name)))
	}
	must(t, os.Mkdir(filepath.Join(dir, "bin"), 0o755))
	must(t, os.Symlink(cli, filepath.Join(dir, "bin", "terraform")))
	settings := filepath.Join(dir, "cli.tfrc")
	must(t, os.WriteFile(settings, fmt.Appendf(nil, `
provider_installation {
  dev_overrides {
    "kamiwaza-ai/kamiwaza" = %[1]q
    "hashicorp/random"     = %[1]q
    "mastercard/restapi"   = %[1]q
  }
}
`, filepath.Join(dir, "plugin")), 0o600))

	var environment []string
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "TF_") {
			environment = append(environment, variable)
		}
	}
	environment = append(environment, exampleVariables...)
	environment = append(environment, "PATH="+filepath.Join(dir, "bin")+string(os.PathListSeparator)+os.Getenv("PATH"),
		"TF_CLI_CONFIG_FILE="+settings, "TF_CLI_ARGS=-no-color", "TF_INPUT=0", "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1")

	run := exampleRunner{examples: filepath.Join(root, "examples"), cli: cli, plugin: plugin, environment: environment}
	var version struct {
		Version string `json:"terraform_version"`
	}
	must(t, json.Unmarshal([]byte(workdir{run, dir}.terraform(t, 0, "version", "-json")), &version))
	if _, err := fmt.Sscanf(version.Version, "1.%d.", &run.minor); err != nil {
		t.Fatalf("version %q: %v", version.Version, err)
	}
	run.registry = cmp.Or(os.Getenv("TF_ACC_PROVIDER_HOST"), "registry.terraform.io")
	return run
}

// workdir is a directory in which commands are run.
type workdir struct {
	exampleRunner
	dir string
}

// prepare copies files into a directory of their own.
func (r exampleRunner) prepare(t *testing.T, files ...string) workdir {
	t.Helper()
	dir := t.TempDir()
	var all []byte
	for _, file := range files {
		content, err := os.ReadFile(file)
		must(t, err)
		must(t, os.WriteFile(filepath.Join(dir, filepath.Base(file)), content, 0o600))
		all = append(all, content...)
	}
	r.skipIfTooOld(t, all)
	w := workdir{r, dir}
	w.requireProvider(t, all)
	return w
}

// exampleFloors are what not all supported versions of Terraform and OpenTofu can do, as it shows in a configuration.
var exampleFloors = []struct {
	shows           *regexp.Regexp
	what            string
	terraform, tofu int // 1.x
}{
	{regexp.MustCompile(`(?m)^\s*(import \{|check ")`), "import and check blocks", 5, 6},
	{regexp.MustCompile(`(?m)^run "`), "tests", 6, 6},
	{regexp.MustCompile(`(?m)^mock_provider "`), "mocks", 7, 8},
	{regexp.MustCompile(`provider::`), "functions of providers", 8, 7},
	{regexp.MustCompile(`from = restapi_object`), "moves between types", 8, 12},
	{regexp.MustCompile(`_wo\s+=|ephemeral\s+=|(?m)^ephemeral "`), "ephemeral values and write-only arguments", 11, 11},
	{regexp.MustCompile(`identity = \{`), "import by identity", 12, 12},
}

// skipIfTooOld skips a test whose files have what the CLI cannot do yet.
func (r exampleRunner) skipIfTooOld(t *testing.T, files []byte) {
	t.Helper()
	for _, floor := range exampleFloors {
		name, least := "Terraform", floor.terraform
		if r.isTofu() {
			name, least = "OpenTofu", floor.tofu
		}
		if r.minor < least && floor.shows.Match(files) {
			t.Skipf("%s: needs %s 1.%d or later", floor.what, name, least)
		}
	}
}

func (r exampleRunner) isTofu() bool { return r.registry != "registry.terraform.io" }

// requireProvider adds what the documentation of the provider begins with, where the files do not name a provider.
func (w workdir) requireProvider(t *testing.T, files []byte) {
	t.Helper()
	if bytes.Contains(files, []byte("required_providers")) {
		return
	}
	must(t, os.WriteFile(filepath.Join(w.dir, "required_providers.tf"), []byte(`
terraform {
  required_providers {
    kamiwaza = {
      source = "kamiwaza-ai/kamiwaza"
    }
  }
}
`), 0o600))
}

// terraform runs the CLI, which must end with the given exit code, and returns what it printed.
func (w workdir) terraform(t *testing.T, exitCode int, arguments ...string) string {
	t.Helper()
	return w.command(t, exitCode, w.cli, arguments...)
}

// failure runs the CLI, which must fail, and returns what it printed, as one line without frames.
func (w workdir) failure(t *testing.T, arguments ...string) string {
	t.Helper()
	var out bytes.Buffer
	cmd := exec.CommandContext(t.Context(), w.cli, arguments...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = w.dir, w.environment, &out, &out
	if err := cmd.Run(); cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != 1 {
		t.Fatalf("%s ended with %v instead of exit code 1:\n%s", cmd, err, &out)
	}
	return strings.Join(strings.Fields(strings.ReplaceAll(out.String(), "│", " ")), " ")
}

func (w workdir) command(t *testing.T, exitCode int, name string, arguments ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), name, arguments...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = w.dir, w.environment, &stdout, &stderr
	err := cmd.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited || cmd.ProcessState.ExitCode() != exitCode {
		t.Fatalf("%s ended with %v instead of exit code %d:\n%s%s", cmd, err, exitCode, &stdout, &stderr)
	}
	return stdout.String()
}

// plan plans a configuration whose platform does not exist: a plan that only creates asks it nothing.
func (r exampleRunner) plan(t *testing.T, file string) {
	t.Helper()
	w := r.prepare(t, file)
	must(t, os.WriteFile(filepath.Join(w.dir, "probe.tf"), []byte(`resource "kamiwaza_right" "probe" { name = "probe" }`), 0o600))
	w.terraform(t, 0, "validate")
	w.terraform(t, 2, "plan", "-detailed-exitcode")
}

// apply leads a configuration through its life.
func (r exampleRunner) apply(t *testing.T, imports []string, files ...string) {
	t.Helper()
	s := start(t, authserver.Config{})
	before := population(s)
	w := r.prepare(t, files...)
	w.environment = append(slices.Clone(w.environment),
		"KAMIWAZA_BASE_URL="+s.URL, "KAMIWAZA_USERNAME="+authservertest.AdminUsername, "KAMIWAZA_PASSWORD="+authservertest.AdminPassword)

	out := w.terraform(t, 0, "apply", "-auto-approve")
	for line := range strings.Lines(out) {
		if strings.Contains(line, "Warning: ") && !strings.Contains(line, "development overrides") {
			t.Errorf("apply warns:\n%s", out)
		}
	}
	w.terraform(t, 0, "plan", "-detailed-exitcode")
	if len(imports) > 0 {
		objects := w.objects(t)
		for _, file := range imports {
			t.Run(filepath.Base(file), func(t *testing.T) { w.runImports(t, file, objects) })
		}
	}
	w.terraform(t, 0, "destroy", "-auto-approve")
	if after := population(s); after != before {
		t.Errorf("destroy left objects on the server: %+v; before apply there were %+v", after, before)
	}
}

// population counts the users, organizations, groups, roles and rights on the server.
func population(s service) [5]int {
	data := s.Server.Snapshot()
	return [5]int{len(data.Users), len(data.Organizations), len(data.Groups), len(data.Roles), len(data.Rights)}
}

// objects returns the attributes of all resources in the state, by address.
func (w workdir) objects(t *testing.T) map[string]map[string]any {
	t.Helper()
	var state struct {
		Values struct {
			Module struct {
				Resources []struct {
					Address string
					Values  map[string]any
				}
			} `json:"root_module"`
		}
	}
	must(t, json.Unmarshal([]byte(w.terraform(t, 0, "show", "-json")), &state))
	objects := map[string]map[string]any{}
	for _, object := range state.Values.Module.Resources {
		objects[object.Address] = object.Values
	}
	return objects
}

var (
	importCommand = regexp.MustCompile(`^terraform import '?([^' ]+)'? (\S+)$`)
	importBlock   = regexp.MustCompile(`(?s)import \{\s+to\s+= (\S+)\n`)
	anID          = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
	anImportID    = regexp.MustCompile(anID.String() + `(/` + anID.String() + `)?`)
	anAssignedID  = regexp.MustCompile(`(\w+)(\s*=\s*)"` + anImportID.String() + `"`)
)

// runImports makes Terraform forget an object and runs the example that imports it, with the object's own ids in the
// places of the example's. After that, the state must be as before.
func (w workdir) runImports(t *testing.T, file string, objects map[string]map[string]any) {
	t.Helper()
	content, err := os.ReadFile(file)
	must(t, err)
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
			object := w.forget(t, match[1], objects)
			w.command(t, 0, "sh", "-c", anImportID.ReplaceAllString(line, object["id"].(string)))
			w.imported(t, match[1], "")
			commands++
		}
		if commands == 0 {
			t.Error("there is no command")
		}
		return
	}

	w.skipIfTooOld(t, content)
	match := importBlock.FindStringSubmatch(string(content))
	if match == nil {
		t.Fatal("there is no import block")
	}
	object := w.forget(t, match[1], objects)
	block := anAssignedID.ReplaceAllStringFunc(string(content), func(assignment string) string {
		parts := anAssignedID.FindStringSubmatch(assignment)
		return fmt.Sprintf("%s%s%q", parts[1], parts[2], object[parts[1]])
	})
	path := filepath.Join(w.dir, "import.tf")
	must(t, os.WriteFile(path, []byte(block), 0o600))
	w.imported(t, match[1], "1 imported, ")
	must(t, os.Remove(path))
}

// forget takes an object out of the state and returns its attributes.
func (w workdir) forget(t *testing.T, address string, objects map[string]map[string]any) map[string]any {
	t.Helper()
	object, ok := objects[address]
	if !ok {
		t.Fatalf("the example does not configure %s", address)
	}
	w.terraform(t, 0, "state", "rm", address)
	return object
}

// imported applies what is left to do after an import: nothing, but that the state of a user takes note of the version
// of the password, which no server tells.
func (w workdir) imported(t *testing.T, address, imports string) {
	t.Helper()
	changed := 0
	if strings.HasPrefix(address, "kamiwaza_user.") {
		changed = 1
	}
	want := fmt.Sprintf("Apply complete! Resources: %s0 added, %d changed, 0 destroyed.", imports, changed)
	if out := w.terraform(t, 0, "apply", "-auto-approve"); !strings.Contains(out, want) {
		t.Errorf("expected %q:\n%s", want, out)
	}
}

var environmentVariable = regexp.MustCompile("KAMIWAZA_[A-Z_]+")

// TestEverythingIsShown holds README.md and examples/ to what there is: README.md names each argument of the provider,
// each environment variable and each type, and each type has its examples.
func TestEverythingIsShown(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../../README.md")
	must(t, err)
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

	server, err := factories["kamiwaza"]()
	must(t, err)
	schema, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	must(t, err)
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
	for name := range schema.Functions {
		shown("functions", name, "function.tf")
	}
}
