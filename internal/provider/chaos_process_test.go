package provider_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	rbacserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
)

// tripwire stands before a server and does something at the next writes that are due.
type tripwire struct {
	restart sync.RWMutex // held by each request that the server works on
	server  http.Handler

	mu     sync.Mutex
	writes int
	due    map[int]func() // by number of the write
	after  bool           // the server acts first
}

func (w *tripwire) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	var trip func()
	w.mu.Lock()
	if r.Method != http.MethodGet && !strings.HasSuffix(r.URL.Path, "/auth/token") {
		w.writes++
		trip = w.due[w.writes]
	}
	after := w.after
	w.mu.Unlock()
	if trip != nil && after {
		w.serve(httptest.NewRecorder(), r)
	}
	if trip != nil {
		trip()
	}
	if trip != nil && after {
		panic(http.ErrAbortHandler)
	}
	w.serve(rw, r)
}

func (w *tripwire) serve(rw http.ResponseWriter, r *http.Request) {
	w.restart.RLock()
	defer w.restart.RUnlock()
	w.server.ServeHTTP(rw, r)
}

// set makes the tripwire act at some writes from now on.
func (w *tripwire) set(after bool, due map[int]func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.writes, w.after, w.due = 0, after, due
}

// TestAccChaos_processes kills the provider, or interrupts Terraform, in the middle of an apply.
func TestAccChaos_processes(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("finds the provider's process in /proc")
	}
	seeds := chaosSeeds(t, 1)
	for _, seed := range seeds[:(len(seeds)+4)/5] { // each makes four of these tests
		// Each seed strikes elsewhere in the about 150 writes of the apply.
		first, second := 1+seed*37%120, 1+seed*53%30
		for _, after := range []bool{false, true} {
			moment := map[bool]string{false: "before", true: "after"}[after]
			t.Run(fmt.Sprintf("%d killed %s the server acts", seed, moment), func(t *testing.T) {
				t.Parallel()
				o, wire := newProcessOperator(t)
				for _, n := range []int{first, second} {
					wire.set(after, map[int]func(){n: func() { o.signalPlugins(syscall.SIGKILL) }})
					errors := o.try("apply", "-auto-approve")
					if len(errors) == 0 {
						t.Errorf("the provider was killed at write %d, and the apply succeeded", n)
					}
					o.repair(errors)
				}
				o.finish(wire)
			})
		}
		t.Run(fmt.Sprintf("%d interrupted", seed), func(t *testing.T) {
			t.Parallel()
			o, wire := newProcessOperator(t)
			wire.set(false, map[int]func(){first: func() { o.interrupt() }})
			errors := o.try("apply", "-auto-approve")
			if len(errors) == 0 {
				t.Error("the apply was interrupted, and succeeded")
			}
			// A clean stop loses sight of nothing.
			content, err := os.ReadFile(filepath.Join(o.Dir, "terraform.tfstate"))
			acctest.Must(t, err)
			for label, id := range labels(o.server().Snapshot()) {
				if !strings.Contains(string(content), id) && label != "user "+authservertest.AdminUsername {
					t.Errorf("the server has %s, and the state has not: %v", label, errors)
				}
			}
			o.finish(wire)
		})
		t.Run(fmt.Sprintf("%d interrupted twice", seed), func(t *testing.T) {
			t.Parallel()
			o, wire := newProcessOperator(t)
			wire.set(true, map[int]func(){first: func() { o.interrupt(); o.interrupt() }})
			if errors := o.try("apply", "-auto-approve"); len(errors) == 0 {
				t.Error("the apply was interrupted twice, and succeeded")
			}
			o.signalPlugins(syscall.SIGKILL) // which Terraform has left behind
			o.finish(wire)
		})
	}
}

// newProcessOperator is an operator whose provider is a process of its own, and a server with a tripwire.
func newProcessOperator(t *testing.T) (*processOperator, *tripwire) {
	t.Helper()
	instance := authservertest.Start(t, authserver.Config{})
	wire := &tripwire{server: instance.Server}
	front := httptest.NewServer(wire)
	t.Cleanup(front.Close)
	return &processOperator{operator: newOperator(t, acctest.NewCLI(t), front.URL+"/api", func() *rbacserver.Server { return instance.Server })}, wire
}

type processOperator struct {
	*operator

	mu  sync.Mutex
	cmd *exec.Cmd
}

// try is like that of an operator, and lets its process be interrupted.
func (o *processOperator) try(arguments ...string) []complaint {
	o.t.Helper()
	cmd := exec.CommandContext(o.t.Context(), o.Binary, append(arguments, "-json")...)
	cmd.Dir, cmd.Env = o.Dir, o.Environment
	o.mu.Lock()
	o.cmd = cmd
	o.mu.Unlock()
	return o.complaints(cmd)
}

func (o *processOperator) interrupt() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.cmd.Process.Signal(os.Interrupt); err != nil {
		o.t.Error(err)
	}
}

// signalPlugins signals the processes that run this test's own build of the provider.
func (o *processOperator) signalPlugins(signal syscall.Signal) {
	links, err := filepath.Glob("/proc/[0-9]*/exe")
	if err != nil {
		o.t.Error(err)
	}
	for _, link := range links {
		if program, err := os.Readlink(link); err != nil || program != o.Plugin {
			continue // not this one, or gone
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(link))); err == nil {
			_ = syscall.Kill(pid, signal)
		}
	}
}

// finish applies without trouble, and checks that all is as configured.
func (o *processOperator) finish(wire *tripwire) {
	o.t.Helper()
	wire.set(false, nil)
	// What was cut off can leave objects that the state does not know. The errors say how to bring them in.
	var errors []complaint
	for range 10 {
		if errors = o.try("apply", "-auto-approve"); len(errors) == 0 {
			break
		}
		o.repair(errors)
	}
	if len(errors) > 0 {
		o.t.Fatalf("the apply does not succeed: %v", errors)
	}
	if differences := newBlueprint().differences(o.server().Snapshot()); len(differences) > 0 {
		o.t.Errorf("the server differs: %s", strings.Join(differences, "\n"))
	}
	o.Terraform(o.t, 0, "plan", "-detailed-exitcode")
	o.Terraform(o.t, 0, "apply", "-destroy", "-auto-approve")
	if left := labels(o.server().Snapshot()); len(left) != 1 {
		o.t.Errorf("the destroy left %v", left)
	}
}

// TestAccChaos_restart restarts the server, from its state file, in the middle of an apply.
func TestAccChaos_restart(t *testing.T) {
	t.Parallel()
	config := authserver.Config{
		AdminUsername: authservertest.AdminUsername, AdminPassword: authservertest.AdminPassword, BcryptCost: 4,
		StateFile: filepath.Join(t.TempDir(), "state.json"),
	}
	server, err := rbacserver.New(config)
	acctest.Must(t, err)
	wire := &tripwire{server: server}
	front := httptest.NewServer(wire)
	t.Cleanup(front.Close)
	o := newOperator(t, acctest.NewCLI(t), front.URL+"/api", func() *rbacserver.Server { return server }, acctest.ServeProvider(t, acctest.NewImpatient()))
	o.Terraform(t, 0, "init")
	restart := func() {
		wire.restart.Lock() // once the requests under way are done
		defer wire.restart.Unlock()
		if server, err = rbacserver.New(config); err != nil {
			t.Error(err)
		}
		wire.server = server // which knows none of the old tokens
	}
	wire.set(false, map[int]func(){20: restart, 90: restart})
	if errors := o.try("apply", "-auto-approve"); len(errors) > 0 {
		t.Errorf("the server was restarted, and the apply fails: %v", errors)
	}
	if differences := newBlueprint().differences(server.Snapshot()); len(differences) > 0 {
		t.Errorf("the server differs: %s", strings.Join(differences, "\n"))
	}
	o.Terraform(t, 0, "plan", "-detailed-exitcode")
	if !slices.ContainsFunc(server.Requests(), func(r authserver.Request) bool { return r.Route == "/auth/token" }) {
		t.Error("nobody logged in at the new server")
	}
}
