package acctest

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
)

// exampleVariables are the values of the variables that examples leave to whoever applies them.
var exampleVariables = []string{
	"TF_VAR_amara_password=correct horse battery staple",
	`TF_VAR_passwords={"amara": "correct horse battery staple", "chen": "staple battery horse correct"}`,
	"TF_VAR_password_seed=0123456789abcdef0123456789abcdef",
	"TF_VAR_kamiwaza_password=never sent",
	"TF_VAR_sso_client_secret=a secret of the identity provider",
}

// CLI is the real Terraform or OpenTofu, with this provider built for it.
type CLI struct {
	Examples string
	Binary   string
	Plugin   string // the provider
	// environment lets the CLI find the provider, which is built from these sources, and calls it terraform.
	Environment []string
	// minor is the CLI's version, 1.minor.
	minor int
	// registry is where the CLI looks for providers whose source names no host.
	Registry string
}

// NewCLI finds the CLI that the environment names; without TF_ACC the test is skipped.
func NewCLI(t *testing.T) CLI {
	t.Helper()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("acceptance tests run with TF_ACC=1 only")
	}
	root, err := moduleRoot()
	Must(t, err)
	built, err := builtProvider()
	Must(t, err)
	cli, err := exec.LookPath(cmp.Or(os.Getenv("TF_ACC_TERRAFORM_PATH"), "terraform"))
	Must(t, err)
	cli, err = filepath.Abs(cli)
	Must(t, err)

	dir := t.TempDir()
	Must(t, os.Mkdir(filepath.Join(dir, "plugin"), 0o755))
	plugin := filepath.Join(dir, "plugin", filepath.Base(built))
	Must(t, os.Link(built, plugin)) // a path of the test's own, by which it knows its processes
	self, err := os.Executable()
	Must(t, err)
	for _, name := range StandIns {
		Must(t, os.Symlink(self, filepath.Join(dir, "plugin", name)))
	}
	Must(t, os.Mkdir(filepath.Join(dir, "bin"), 0o755))
	Must(t, os.Symlink(cli, filepath.Join(dir, "bin", "terraform")))
	settings := filepath.Join(dir, "cli.tfrc")
	Must(t, os.WriteFile(settings, fmt.Appendf(nil, `
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

	run := CLI{Examples: filepath.Join(root, "examples"), Binary: cli, Plugin: plugin, Environment: environment}
	var version struct {
		Version string `json:"terraform_version"`
	}
	Must(t, json.Unmarshal([]byte(Workdir{CLI: run, Dir: dir}.Terraform(t, 0, "version", "-json")), &version))
	if _, err := fmt.Sscanf(version.Version, "1.%d.", &run.minor); err != nil {
		t.Fatalf("version %q: %v", version.Version, err)
	}
	run.Registry = cmp.Or(os.Getenv("TF_ACC_PROVIDER_HOST"), "registry.terraform.io")
	return run
}

// moduleRoot finds the project: tests run in the directory of their package.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	for ; err == nil; dir = filepath.Dir(dir) {
		if _, missing := os.Stat(filepath.Join(dir, "go.mod")); missing == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("no go.mod above the working directory")
		}
	}
	return "", err
}

// builtProvider is the provider's binary, and builtAccess that of the companion program, each built once for all tests of a
// package. Main removes them.
var (
	builtProvider = sync.OnceValues(func() (string, error) { return build("terraform-provider-kamiwaza", ".") })
	builtAccess   = sync.OnceValues(func() (string, error) { return build("kamiwaza-access", "./cmd/kamiwaza-access") })
)

// AccessProgram returns the path of the companion program.
func AccessProgram(t *testing.T) string {
	t.Helper()
	program, err := builtAccess()
	Must(t, err)
	return program
}

func build(name, source string) (string, error) {
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	dir, err := buildsDirectory()
	if err != nil {
		return "", err
	}
	program := filepath.Join(dir, name)
	build := exec.Command("go", "build", "-o", program, source)
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return program, nil
}

// buildsDirectory makes the directory of the binaries.
var buildsDirectory = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "builds")
	builds = dir
	return dir, err
})

// builds is the directory of the binaries, "" while there is none.
var builds string

// Workdir is a directory in which commands are run.
type Workdir struct {
	CLI
	Dir string
}

// Prepare copies files into a directory of their own.
func (r CLI) Prepare(t *testing.T, files ...string) Workdir {
	t.Helper()
	dir := t.TempDir()
	var all []byte
	for _, file := range files {
		content, err := os.ReadFile(file)
		Must(t, err)
		Must(t, os.WriteFile(filepath.Join(dir, filepath.Base(file)), content, 0o600))
		all = append(all, content...)
	}
	r.SkipIfTooOld(t, all)
	w := Workdir{r, dir}
	w.RequireProvider(t, all)
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
	{regexp.MustCompile(`import \{\s+to\s+= \S+\s+id\s+= kamiwaza_`), "references in import blocks", 7, 7},
	{regexp.MustCompile(`provider::`), "functions of providers", 8, 7},
	{regexp.MustCompile(`from = restapi_object`), "moves between types", 8, 12},
	{regexp.MustCompile(`_wo\s+=|ephemeral\s+=|(?m)^ephemeral "`), "ephemeral values and write-only arguments", 11, 11},
	{regexp.MustCompile(`identity = \{`), "import by identity", 12, 12},
	{regexp.MustCompile(`(?m)^list "`), "queries", 14, never},
}

// never is the version of a CLI that cannot do something at all.
const never = 1000

// SkipIfTooOld skips a test whose files have what the CLI cannot do yet.
func (r CLI) SkipIfTooOld(t *testing.T, files []byte) {
	t.Helper()
	for _, floor := range exampleFloors {
		name, least := "Terraform", floor.terraform
		if r.IsTofu() {
			name, least = "OpenTofu", floor.tofu
		}
		if r.minor >= least || !floor.shows.Match(files) {
			continue
		}
		if least == never {
			t.Skipf("%s: %s has none", floor.what, name)
		}
		t.Skipf("%s: needs %s 1.%d or later", floor.what, name, least)
	}
}

// IsTofu tells OpenTofu from Terraform.
func (r CLI) IsTofu() bool { return r.Registry != "registry.terraform.io" }

// RequireProvider adds what the documentation of the provider begins with, where the files do not name a provider.
func (w Workdir) RequireProvider(t *testing.T, files []byte) {
	t.Helper()
	if bytes.Contains(files, []byte("required_providers")) {
		return
	}
	Must(t, os.WriteFile(filepath.Join(w.Dir, "required_providers.tf"), []byte(`
terraform {
  required_providers {
    kamiwaza = {
      source = "kamiwaza-ai/kamiwaza"
    }
  }
}
`), 0o600))
}

// Terraform runs the CLI, which must end with the given exit code, and returns what it printed.
func (w Workdir) Terraform(t *testing.T, exitCode int, arguments ...string) string {
	t.Helper()
	return w.Command(t, exitCode, w.Binary, arguments...)
}

// Failure runs the CLI, which must fail, and returns what it printed, as one line without frames.
func (w Workdir) Failure(t *testing.T, arguments ...string) string {
	t.Helper()
	var out bytes.Buffer
	cmd := exec.CommandContext(t.Context(), w.Binary, arguments...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = w.Dir, w.Environment, &out, &out
	if err := cmd.Run(); cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != 1 {
		t.Fatalf("%s ended with %v instead of exit code 1:\n%s", cmd, err, &out)
	}
	return strings.Join(strings.Fields(strings.ReplaceAll(out.String(), "│", " ")), " ")
}

// Command runs a program in the directory. It must end with the given exit code; what it printed is returned.
func (w Workdir) Command(t *testing.T, exitCode int, name string, arguments ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), name, arguments...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = w.Dir, w.Environment, &stdout, &stderr
	err := cmd.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited || cmd.ProcessState.ExitCode() != exitCode {
		t.Fatalf("%s ended with %v instead of exit code %d:\n%s%s", cmd, err, exitCode, &stdout, &stderr)
	}
	return stdout.String()
}

// Objects returns the attributes of all resources in the state, by address.
func (w Workdir) Objects(t *testing.T) map[string]map[string]any {
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
	Must(t, json.Unmarshal([]byte(w.Terraform(t, 0, "show", "-json")), &state))
	objects := map[string]map[string]any{}
	for _, object := range state.Values.Module.Resources {
		objects[object.Address] = object.Values
	}
	return objects
}

// Write replaces the configuration.
func (w Workdir) Write(t *testing.T, body string) {
	t.Helper()
	Must(t, os.WriteFile(filepath.Join(w.Dir, "main.tf"), []byte(body), 0o600))
}

// Output runs the CLI and returns what it printed, as one line without frames.
func (w Workdir) Output(t *testing.T, exitCode int, arguments ...string) string {
	t.Helper()
	return strings.Join(strings.Fields(strings.ReplaceAll(w.Terraform(t, exitCode, arguments...), "│", " ")), " ")
}

// WorkdirFor is a directory with a configuration and the environment to reach the service.
func WorkdirFor(t *testing.T, s Addressed, body string) Workdir {
	t.Helper()
	file := filepath.Join(t.TempDir(), "main.tf")
	Must(t, os.WriteFile(file, []byte(body), 0o600))
	w := NewCLI(t).Prepare(t, file)
	w.Environment = append(slices.Clone(w.Environment),
		"KAMIWAZA_BASE_URL="+s.Address(), "KAMIWAZA_USERNAME="+authservertest.AdminUsername, "KAMIWAZA_PASSWORD="+authservertest.AdminPassword)
	return w
}

// Actions are what a plan is going to do, by address; what it leaves alone is left out.
func (w Workdir) Actions(t *testing.T, exitCode int) map[string]string {
	t.Helper()
	w.Terraform(t, exitCode, "plan", "-detailed-exitcode", "-out=plan")
	var plan struct {
		Changes []struct {
			Address string
			Change  struct{ Actions []string }
		} `json:"resource_changes"`
	}
	Must(t, json.Unmarshal([]byte(w.Terraform(t, 0, "show", "-json", "plan")), &plan))
	actions := map[string]string{}
	for _, change := range plan.Changes {
		if action := strings.Join(change.Change.Actions, " "); action != "no-op" {
			actions[change.Address] = action
		}
	}
	return actions
}

// Age makes all assignments in the state an hour old. What was made only moments ago is waited for when it is missing.
func (w Workdir) Age(t *testing.T) {
	t.Helper()
	file := filepath.Join(w.Dir, "terraform.tfstate")
	data, err := os.ReadFile(file)
	Must(t, err)
	var state map[string]any
	Must(t, json.Unmarshal(data, &state))
	for _, r := range state["resources"].([]any) {
		for _, i := range r.(map[string]any)["instances"].([]any) {
			instance := i.(map[string]any)
			encoded, _ := instance["private"].(string)
			decoded, err := base64.StdEncoding.DecodeString(encoded)
			Must(t, err)
			var private map[string][]byte
			if encoded == "" || json.Unmarshal(decoded, &private) != nil || private["assigned_at"] == nil {
				continue
			}
			private["assigned_at"] = []byte(strconv.Quote(time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)))
			decoded, err = json.Marshal(private)
			Must(t, err)
			instance["private"] = base64.StdEncoding.EncodeToString(decoded)
		}
	}
	data, err = json.Marshal(state)
	Must(t, err)
	Must(t, os.WriteFile(file, data, 0o600))
}
