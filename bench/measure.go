package main

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/bench/usage"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	gatewayserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
	rbacserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
)

//go:embed modules
var modules embed.FS

// variant is what a configuration is run with.
type variant string

const (
	shared   variant = "shared"         // the provider
	direct   variant = "direct"         // the provider with read_mode = "direct"
	floor    variant = "floor"          // the provider with reads that answer from memory (see the command floor)
	builtin  variant = "terraform_data" // no provider: the same resources as terraform_data
	profiled variant = "profiled"       // as shared, while profiles are taken (see the command profiled)
)

// action is a command of Terraform's.
type action string

const (
	plan  action = "plan"  // of what is there: it refreshes all and finds nothing to do
	apply action = "apply" // of all, where nothing is
)

// run is one run of Terraform.
type run struct {
	Size       string         `json:"size"`
	Instances  int            `json:"instances"`
	Action     action         `json:"action"`
	Variant    variant        `json:"variant"`
	Round      int            `json:"round"`
	Version    string         `json:"version,omitempty"`
	Date       string         `json:"date,omitempty"`
	Seconds    float64        `json:"seconds"`
	CPUSeconds float64        `json:"provider_cpu_seconds,omitempty"`
	PeakBytes  int64          `json:"provider_peak_bytes,omitempty"`
	Requests   map[string]int `json:"requests,omitempty"` // by method and route
}

func (r run) requests() int {
	n := 0
	for _, count := range r.Requests {
		n += count
	}
	return n
}

// bench runs Terraform in a directory of its own.
type bench struct {
	cli     string
	dir     string
	latency time.Duration
}

// build compiles what is measured, as it is released, and what measures it.
func (b bench) build(ctx context.Context) error {
	for name, program := range map[string]struct{ module, pkg string }{
		"provider":                           {".", "."},
		"floor":                              {"bench", "./floor"},
		"profiled":                           {"bench", "./profiled"},
		"plugin/terraform-provider-kamiwaza": {"bench", "./launcher"},
	} {
		build := exec.CommandContext(ctx, "go", "-C", program.module, "build", "-trimpath", "-ldflags", "-s -w", "-o", filepath.Join(b.dir, name), program.pkg)
		if out, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", build, err, out)
		}
	}
	return os.WriteFile(b.cliConfig(), fmt.Appendf(nil, "provider_installation {\n  dev_overrides {\n    \"kamiwaza-ai/kamiwaza\" = %q\n  }\n}\n",
		filepath.Join(b.dir, "plugin")), 0o600)
}

func (b bench) cliConfig() string { return filepath.Join(b.dir, "cli.tfrc") }

// manyInstances is where one apply takes minutes, and has to do.
const manyInstances = 2000

// measure makes all runs of one size and reports each as soon as it has ended.
func (b bench) measure(ctx context.Context, s size, rounds int, profile bool, report func(run)) error {
	var service *service
	var module, builtinModule string
	var err error
	terraform := func(a action, v variant, round int) error {
		where := module
		if v == builtin {
			where = builtinModule
		}
		r, err := b.terraform(ctx, where, s, service, a, v, round)
		if err != nil {
			return fmt.Errorf("%s of %s, %s: %w", a, s, v, err)
		}
		report(r)
		return nil
	}

	applies := rounds
	if newCompany(s.Users).instances(s.Shape) > manyInstances {
		applies = 1
	}
	for round := range applies {
		if service, err = startService(b.latency, s.Shape); err != nil {
			return err
		}
		defer service.listening.Close()
		if module, err = b.write(s, "kamiwaza", round); err != nil {
			return err
		}
		if err := terraform(apply, shared, round); err != nil {
			return err
		}
	}
	// The plans are of what the last apply has left.
	if builtinModule, err = b.write(s, "terraform_data", 0); err != nil {
		return err
	}
	if err := terraform(apply, builtin, 0); err != nil {
		return err
	}
	// They take turns: whatever else the machine does meets all of them alike.
	for round := range rounds {
		for _, v := range []variant{shared, direct, floor, builtin} {
			if err := terraform(plan, v, round); err != nil {
				return err
			}
		}
	}
	if profile {
		return terraform(plan, profiled, 0)
	}
	return nil
}

// write makes a module of its own for one size.
func (b bench) write(s size, kind string, round int) (string, error) {
	dir := filepath.Join(b.dir, fmt.Sprintf("%s-%s-%d-%d", kind, s.Shape, s.Users, round))
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", err
	}
	data, err := json.MarshalIndent(newCompany(s.Users), "", "  ")
	if err != nil {
		return "", err
	}
	files := map[string][]byte{"company.json": data}
	parts := []string{"company.tf", string(s.Shape) + ".tf"}
	if s.Shape == gateway {
		parts = parts[1:] // a company of its own
	}
	for _, name := range parts {
		if files[name], err = fs.ReadFile(modules, "modules/"+kind+"/"+name); err != nil {
			return "", err
		}
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			return "", err
		}
	}
	return dir, nil
}

// terraform runs Terraform once. A plan that finds anything to do is an error.
func (b bench) terraform(ctx context.Context, module string, s size, service *service, a action, v variant, round int) (run, error) {
	args := []string{"-chdir=" + module, string(a), "-input=false", "-no-color", "-compact-warnings"}
	switch a {
	case plan:
		args = append(args, "-detailed-exitcode", "-lock=false")
	case apply:
		args = append(args, "-auto-approve")
	}
	provider, mode := "provider", "shared"
	switch v {
	case direct:
		mode = "direct"
	case floor, profiled:
		provider = string(v)
	}
	usageFile := filepath.Join(module, "usage")
	if err := os.Remove(usageFile); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return run{}, err
	}
	service.server.ResetRequests()

	var output bytes.Buffer
	command := exec.CommandContext(ctx, b.cli, args...)
	command.Stdout, command.Stderr = &output, &output
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) } // so that it ends the providers too
	command.Env = append(cleanEnviron(),
		"TF_CLI_CONFIG_FILE="+b.cliConfig(), "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1",
		usage.ProviderVariable+"="+filepath.Join(b.dir, provider), usage.FileVariable+"="+usageFile, profileVariable+"="+b.dir,
		"KAMIWAZA_BASE_URL="+service.listening.URL+"/api", "KAMIWAZA_USERNAME="+username, "KAMIWAZA_PASSWORD="+password,
		"KAMIWAZA_READ_MODE="+mode)
	start := time.Now()
	err := command.Run()
	r := run{Size: s.String(), Action: a, Variant: v, Round: round, Seconds: time.Since(start).Seconds()}
	if err != nil {
		return run{}, fmt.Errorf("%w\n%s", err, lastLines(output.String(), 60))
	}

	if s.Shape != users { // whose plan makes no state
		if r.Instances, err = countInstances(module); err != nil {
			return run{}, err
		}
		if want := newCompany(s.Users).instances(s.Shape); r.Instances != want {
			return run{}, fmt.Errorf("there are %d instances in the state; the company has %d", r.Instances, want)
		}
	}
	if v == builtin {
		return r, nil
	}
	used, err := usage.Sum(usageFile)
	r.CPUSeconds, r.PeakBytes, r.Requests = used.CPUSeconds, used.PeakBytes, service.requests()
	return r, err
}

// cleanEnviron is the environment without what configures Terraform or the provider.
func cleanEnviron() []string {
	var environ []string
	for _, variable := range os.Environ() {
		switch prefix, _, _ := strings.Cut(variable, "_"); prefix {
		case "TF", "TOFU", "KAMIWAZA", "BENCH":
		default:
			environ = append(environ, variable)
		}
	}
	return environ
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

func countInstances(module string) (int, error) {
	data, err := os.ReadFile(filepath.Join(module, "terraform.tfstate"))
	if err != nil {
		return 0, err
	}
	var state struct {
		Resources []struct{ Instances []json.RawMessage }
	}
	if err := json.Unmarshal(data, &state); err != nil {
		return 0, err
	}
	n := 0
	for _, resource := range state.Resources {
		n += len(resource.Instances)
	}
	return n, nil
}

// service is a development AuthService.
type service struct {
	server interface {
		http.Handler
		ResetRequests()
		Requests() []authserver.Request
		Inject(fault authserver.Fault)
	}
	listening *httptest.Server
}

const (
	username = "admin"
	password = "only for the benchmark"
)

func startService(latency time.Duration, s shape) (*service, error) {
	config := authserver.Config{
		AdminUsername: username, AdminPassword: password, Latency: latency,
		BcryptCost: bcrypt.MinCost, // a real service has processors of its own for that
	}
	started, err := &service{}, error(nil)
	if s == gateway {
		started.server, err = gatewayserver.New(config)
	} else {
		started.server, err = rbacserver.New(config)
	}
	if err != nil {
		return nil, err
	}
	started.listening = httptest.NewServer(started.server)
	return started, nil
}

// requests counts the requests since they were reset.
func (s *service) requests() map[string]int {
	counts := map[string]int{}
	for _, r := range s.server.Requests() {
		counts[r.Method+" "+r.Route]++
	}
	return counts
}
