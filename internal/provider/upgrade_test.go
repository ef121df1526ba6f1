package provider_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
)

// Each directory below testdata/state has a state as a version of the schemas wrote it (state.json), the
// configuration that it came from, and what the server held then (server.json). A released version's are never written
// anew. Those of a new one are made with
//
//	make testacc RUN=TestAccUpgrade TESTARGS=-write-state=v1
var writeState = flag.String("write-state", "", "write the `directory` below testdata/state that has a main.tf anew")

func upgrades(t *testing.T) []string {
	t.Helper()
	directories, err := filepath.Glob(filepath.Join("testdata", "state", "v*"))
	acctest.Must(t, err)
	if len(directories) == 0 {
		t.Fatal("there is no state of an earlier version")
	}
	return directories
}

// former starts a server that holds what the state of an earlier version is about.
func former(t *testing.T, directory string) acctest.Service {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(directory, "server.json"))
	acctest.Must(t, err)
	path := filepath.Join(t.TempDir(), "server.json")
	acctest.Must(t, os.WriteFile(path, data, 0o600))
	return acctest.Start(t, authserver.Config{StateFile: path})
}

// The state of every type, of every version of its schema, is read without a change.
func TestProtocol_upgrade(t *testing.T) {
	for _, directory := range upgrades(t) {
		p := acctest.NewProtocol(t, former(t, directory))
		data, err := os.ReadFile(filepath.Join(directory, "state.json"))
		acctest.Must(t, err)
		var state struct {
			Resources []struct {
				Type, Name string
				Instances  []struct {
					SchemaVersion int64 `json:"schema_version"`
					Attributes    json.RawMessage
				}
			}
		}
		acctest.Must(t, json.Unmarshal(data, &state))
		seen := map[string]bool{}
		for _, resource := range state.Resources {
			t.Run(directory+" "+resource.Type+" "+resource.Name, func(t *testing.T) {
				p := p
				p.T = t
				seen[resource.Type] = true
				instance := resource.Instances[0]
				upgraded, err := p.Server.UpgradeResourceState(t.Context(), &tfprotov6.UpgradeResourceStateRequest{
					TypeName: resource.Type, Version: instance.SchemaVersion, RawState: &tfprotov6.RawState{JSON: instance.Attributes},
				})
				acctest.Must(t, err)
				p.NoErrors(upgraded.Diagnostics)
				read := p.Read(resource.Type, upgraded.UpgradedState, nil, nil)
				for _, warning := range read.Diagnostics {
					t.Errorf("unexpected: %s", warning.Summary)
				}
				before, err := upgraded.UpgradedState.Unmarshal(p.StateType(resource.Type))
				acctest.Must(t, err)
				after, err := read.NewState.Unmarshal(p.StateType(resource.Type))
				acctest.Must(t, err)
				if !after.Equal(before) {
					t.Errorf("the state changes from\n%s\nto\n%s", before, after)
				}
			})
		}
		for typeName := range p.Schemas.ResourceSchemas {
			if !seen[typeName] && !slices.Contains(gatewayOnly, typeName) {
				t.Errorf("%s has no %s", directory, typeName)
			}
		}
	}
}

// With the CLI, a plan on the state of an earlier version has no changes.
func TestAccUpgrade(t *testing.T) {
	if os.Getenv("TF_ACC") == "" {
		t.Skip("acceptance tests need TF_ACC; see make testacc")
	}
	provider := buildProvider(t)
	if *writeState != "" {
		writeUpgrade(t, provider, filepath.Join("testdata", "state", *writeState))
	}
	for _, directory := range upgrades(t) {
		t.Run(directory, func(t *testing.T) {
			run := newRun(t, former(t, directory), provider, directory)
			acctest.Must(t, os.CopyFS(filepath.Join(run.directory, "state"), os.DirFS(directory)))
			run.cli(t, "plan", "-detailed-exitcode", "-state="+filepath.Join("state", "state.json"))
		})
	}
}

// writeUpgrade applies a configuration and keeps what came of it.
func writeUpgrade(t *testing.T, provider, directory string) {
	t.Helper()
	serverFile := filepath.Join(t.TempDir(), "server.json")
	run := newRun(t, acctest.Start(t, authserver.Config{StateFile: serverFile}), provider, directory)
	run.cli(t, "apply", "-auto-approve")
	state, err := os.ReadFile(filepath.Join(run.directory, "terraform.tfstate"))
	acctest.Must(t, err)
	acctest.Must(t, os.WriteFile(filepath.Join(directory, "state.json"), state, 0o644))

	data, err := os.ReadFile(serverFile)
	acctest.Must(t, err)
	var server map[string]any
	acctest.Must(t, json.Unmarshal(data, &server))
	for _, user := range server["users"].([]any) {
		delete(user.(acctest.Fields), "password_hash") // Nobody logs in as them, and the server sets the administrator's.
	}
	var indented bytes.Buffer
	encoder := json.NewEncoder(&indented)
	encoder.SetIndent("", "  ")
	acctest.Must(t, encoder.Encode(server))
	acctest.Must(t, os.WriteFile(filepath.Join(directory, "server.json"), indented.Bytes(), 0o644))
}

// buildProvider builds the provider as it is released, and returns its directory.
func buildProvider(t *testing.T) string {
	t.Helper()
	directory := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", directory, "../..")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	return directory
}

// run is a directory in which the CLI works with a built provider.
type run struct {
	directory   string
	environment []string
}

func newRun(t *testing.T, s acctest.Service, provider, configuration string) run {
	t.Helper()
	directory := t.TempDir()
	main, err := os.ReadFile(filepath.Join(configuration, "main.tf"))
	acctest.Must(t, err)
	acctest.Must(t, os.WriteFile(filepath.Join(directory, "main.tf"), main, 0o600))
	settings := filepath.Join(directory, "cli.tfrc")
	acctest.Must(t, os.WriteFile(settings, fmt.Appendf(nil,
		"provider_installation {\n  dev_overrides {\n    \"registry.terraform.io/kamiwaza-ai/kamiwaza\" = %q\n  }\n  direct {}\n}\n", provider), 0o600))
	return run{directory, append(os.Environ(), "TF_CLI_CONFIG_FILE="+settings, "TF_INPUT=0", "CHECKPOINT_DISABLE=1",
		"KAMIWAZA_BASE_URL="+s.URL, "KAMIWAZA_USERNAME="+authservertest.AdminUsername, "KAMIWAZA_PASSWORD="+authservertest.AdminPassword)}
}

// cli runs the CLI, which must succeed.
func (r run) cli(t *testing.T, arguments ...string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), os.Getenv("TF_ACC_TERRAFORM_PATH"), append(arguments, "-no-color")...)
	command.Dir, command.Env = r.directory, r.environment
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", arguments, err, output)
	}
}
