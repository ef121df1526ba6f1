package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// TestMain lets the test's binary be the program, so that tests can run it as a process.
func TestMain(m *testing.M) {
	if os.Getenv("AUTHSERVER_TEST_RUN") != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// process is the running program.
type process struct {
	*testing.T
	url    string
	cmd    *exec.Cmd
	stdout *bufio.Reader
	stderr *bytes.Buffer
}

func command(t *testing.T, env []string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Env = append(append(os.Environ(), "AUTHSERVER_TEST_RUN=1"), env...)
	return cmd
}

// begin starts the program and waits until it is ready.
func begin(t *testing.T, env []string, args ...string) *process {
	t.Helper()
	return beginAs(t, "RBAC", env, args...)
}

// beginAs is begin for an API of that name.
func beginAs(t *testing.T, api string, env []string, args ...string) *process {
	t.Helper()
	p := &process{T: t, cmd: command(t, env, append([]string{"-listen", "127.0.0.1:0", "-bcrypt-cost", "4"}, args...)...), stderr: new(bytes.Buffer)}
	p.cmd.Stderr = p.stderr
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.stdout = bufio.NewReader(stdout)
	line, err := p.stdout.ReadString('\n')
	match := regexp.MustCompile(`^AuthService \(` + api + `\) at (http://127\.0\.0\.1:[1-9][0-9]*/api)\n$`).FindStringSubmatch(line)
	if match == nil {
		_ = p.cmd.Wait()
		t.Fatalf("the first line is %q, %v; stderr: %s", line, err, p.stderr)
	}
	p.url = match[1]
	return p
}

// end sends a signal, waits for an end in good order, and returns what was logged.
func (p *process) end(signal os.Signal) string {
	p.Helper()
	if err := p.cmd.Process.Signal(signal); err != nil {
		p.Fatal(err)
	}
	rest, err := io.ReadAll(p.stdout)
	if len(rest) > 0 || err != nil {
		p.Errorf("more on stdout: %q, %v", rest, err)
	}
	if err := p.cmd.Wait(); err != nil {
		p.Errorf("it ends with %v; stderr: %s", err, p.stderr)
	}
	return p.stderr.String()
}

func (p *process) send(method, path, token, body string) (int, string) {
	p.Helper()
	r, err := http.NewRequest(method, p.url+path, strings.NewReader(body))
	if err != nil {
		p.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		p.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		p.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func (p *process) login(username, password string) (status int, token string) {
	p.Helper()
	response, err := http.PostForm(p.url+"/auth/token", url.Values{
		"grant_type": {"password"}, "username": {username}, "password": {password},
	})
	if err != nil {
		p.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		p.Fatal(err)
	}
	return response.StatusCode, answer.AccessToken
}

func TestServes(t *testing.T) {
	p := begin(t, nil, "-admin-username", "root", "-admin-password", "pw", "-api-key", "key")
	status, token := p.login("root", "pw")
	if status != 200 {
		t.Fatalf("login: %d", status)
	}
	for _, bearer := range []string{token, "key"} {
		if status, body := p.send("GET", "/auth/users/", bearer, ""); status != 200 || !strings.Contains(body, `"username":"root"`) {
			t.Errorf("users: %d %s", status, body)
		}
	}
	if status, _ := p.send("GET", "/auth/users/?token=secret", "secret", ""); status != 401 {
		t.Errorf("a wrong token: %d", status)
	}
	log := p.end(os.Interrupt)
	if !strings.Contains(log, " GET /api/auth/users/ 401 Unauthorized: Could not validate credentials\n") || strings.Count(log, "\n") != 1 || strings.Contains(log, "secret") {
		t.Errorf("log: %s", log)
	}
}

func TestServesTheGateway(t *testing.T) {
	p := beginAs(t, "gateway", nil, "-api", "gateway", "-admin-password", "pw", "-api-key", "key")
	status, token := p.login("admin", "pw")
	if status != 200 {
		t.Fatalf("login: %d", status)
	}
	for _, bearer := range []string{token, "key"} {
		if status, body := p.send("GET", "/auth/users/", bearer, ""); status != 200 || !strings.Contains(body, `"linked_subject_id"`) {
			t.Errorf("users: %d %s", status, body)
		}
	}
	if status, _ := p.send("POST", "/auth/users/local", "key", `{"username": 1, "password": "a secret that is long"}`); status != 422 {
		t.Errorf("a wrong username: %d", status)
	}
	if log := p.end(os.Interrupt); strings.Contains(log, "secret") || !strings.Contains(log, "POST /api/auth/users/local 422") {
		t.Errorf("log: %s", log)
	}
}

func TestRestartsWithItsState(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no SIGTERM")
	}
	state := filepath.Join(t.TempDir(), "state.json")
	env := []string{passwordVariable + "=from the environment", apiKeyVariable + "=key"}
	p := begin(t, env, "-state", state)
	if status, body := p.send("POST", "/auth/rights/", "key", `{"name": "deploy"}`); status != 200 {
		t.Fatalf("create: %d %s", status, body)
	}
	if status, _ := p.login("admin", "from the environment"); status != 200 {
		t.Errorf("login: %d", status)
	}
	p.end(syscall.SIGTERM)

	p = begin(t, env, "-state", state)
	if status, _ := p.send("POST", "/auth/rights/", "key", `{"name": "deploy"}`); status != 409 {
		t.Errorf("the second create: %d", status)
	}
	// A second program at its address does not get as far as the file.
	before, err := os.ReadFile(state)
	if err != nil {
		t.Fatal(err)
	}
	address := strings.TrimSuffix(strings.TrimPrefix(p.url, "http://"), "/api")
	refuses(t, env, []string{"-listen", address, "-admin-password", "another", "-state", state}, 1, address)
	if after, err := os.ReadFile(state); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the second program touched the file: %v", err)
	}
	p.end(syscall.SIGTERM)

	// A killed program leaves nothing in the way.
	p = begin(t, env, "-state", state)
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = p.cmd.Wait()
	begin(t, env, "-state", state).end(syscall.SIGTERM)

	// A damaged file is a refusal that names it.
	if err := os.Truncate(state, 100); err != nil {
		t.Fatal(err)
	}
	refuses(t, env, []string{"-listen", "127.0.0.1:0", "-state", state}, 1, "state file "+state+": it is damaged")
}

// refuses checks that the program does not start, with an exit code and words on stderr.
func refuses(t *testing.T, env, args []string, code int, want string) {
	t.Helper()
	cmd := command(t, env, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	_ = cmd.Run()
	if got := cmd.ProcessState.ExitCode(); got != code || !strings.Contains(stderr.String(), want) || stdout.Len() > 0 {
		t.Errorf("%q: exit code %d, stdout %q, stderr %q; want %d and %q", args, got, stdout.String(), stderr.String(), code, want)
	}
}

func TestRefusesToStart(t *testing.T) {
	password := []string{passwordVariable + "=pw"}
	refuses(t, []string{passwordVariable + "="}, nil, 1, "there is no password for the superuser: give -admin-password or set "+passwordVariable)
	refuses(t, password, []string{"-colour", "red"}, 2, "flag provided but not defined: -colour")
	refuses(t, password, []string{"-token-ttl", "x"}, 2, "invalid value \"x\" for flag -token-ttl")
	refuses(t, password, []string{"-fault", "GET"}, 2, "want a method, a route and settings")
	refuses(t, password, []string{"-listen", "127.0.0.1:0", "-fault", "GET /auth/roles/{id} status=500"}, 1, "the API has no route")
	refuses(t, password, []string{"-listen", "127.0.0.1:0", "-fault", "POST /auth/roles status=500"}, 1, `the API has no route "/auth/roles"; its routes are `)
	refuses(t, password, []string{"-listen", "127.0.0.1:0", "-case", "upper"}, 1, `the case is "upper"`)
	refuses(t, password, []string{"-api", "soap"}, 2, `there is no API "soap": give -api rbac or -api gateway`)
	refuses(t, password, []string{"-lite"}, 2, "flag provided but not defined: -lite")
	refuses(t, password, []string{"-api=gateway", "-delete-cascades"}, 2, "flag provided but not defined: -delete-cascades")
	refuses(t, password, []string{"-admin-username", "-api", "-api", "gateway"}, 2, `there is no API "-api"`)
	refuses(t, password, []string{"-api", "rbac", "-api", "gateway"}, 2, "more than one argument looks like -api")
	refuses(t, password, []string{"-listen", "127.0.0.1:0", "-api", "gateway", "-platform", "0.5"}, 1, `the platform is "0.5"`)
	refuses(t, password, []string{"serve"}, 2, `there is no argument "serve"`)
	refuses(t, password, []string{"-help"}, 0, "-admin-password password")

	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	refuses(t, password, []string{"-bcrypt-cost", "4", "-listen", taken.Addr().String()}, 1, taken.Addr().String())
}

func TestReachable(t *testing.T) {
	for listen, want := range map[string]string{
		"0.0.0.0":   "127.0.0.1:80",
		"::":        "127.0.0.1:80",
		"127.0.0.2": "127.0.0.2:80",
		"::1":       "[::1]:80",
	} {
		if got := reachable(&net.TCPAddr{IP: net.ParseIP(listen), Port: 80}); got != want {
			t.Errorf("%s: %s, want %s", listen, got, want)
		}
	}
}
