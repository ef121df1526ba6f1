package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/snapshot"
)

// outcome is what the program did.
type outcome struct {
	code           int
	stdout, stderr string
}

// runWith runs the program with these variables alone.
func runWith(t *testing.T, variables map[string]string, terminal bool, arguments ...string) outcome {
	t.Helper()
	var stdout, stderr strings.Builder
	code := run(t.Context(), arguments, environment{
		getenv: func(name string) string { return variables[name] }, stdin: strings.NewReader("{}"), stdout: &stdout, stderr: &stderr, terminal: terminal, now: time.Now,
	})
	return outcome{code, stdout.String(), stderr.String()}
}

func login(url string) map[string]string {
	return map[string]string{
		"KAMIWAZA_BASE_URL": url, "KAMIWAZA_USERNAME": authservertest.AdminUsername, "KAMIWAZA_PASSWORD": authservertest.AdminPassword, "KAMIWAZA_MAX_RETRIES": "0",
	}
}

func TestRun_usage(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "also")
	if err := os.WriteFile(file, []byte("# Groups\ngroup x\nuser y\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		arguments []string
		want      string
	}{
		{nil, "Usage: kamiwaza-access"},
		{[]string{"import"}, "Usage: kamiwaza-access"},
		{[]string{"export"}, "Name the directory to write to, after the options."},
		{[]string{"export", "a", "b"}, "Name the directory to write to, after the options."},
		{[]string{"export", "-styel=yaml", "a"}, "Flag provided but not defined: -styel."},
		{[]string{"export", "-style=json", "a"}, `-style is "json"; it must be blocks or yaml.`},
		{[]string{"export", "-assignments=all", "a"}, `-assignments is "all"; it must be sets, edges or none.`},
		{[]string{"export", "-style=yaml", "-assignments=edges", "a"}, "-style=yaml has no single assignments"},
		{[]string{"export", "-list", "a"}, "-list writes nothing, so it takes no directory."},
		{[]string{"export", "-only=people", "a"}, `"people" is not one of user, group,`},
		{[]string{"export", "-except=user", "a"}, "it needs a name, as in group=^system"},
		{[]string{"export", "-except=user=(", "a"}, "missing closing )"},
		{[]string{"export", "-also=user=x", "a"}, `"user" is not one of organization, group, role, right`},
		{[]string{"export", "-also=group", "a"}, "it has no id"},
		{[]string{"export", "-also=@" + file, "a"}, "also line 3: \"user\" is not one of"},
		{[]string{"export", "-managed=-", "a"}, "-managed=-: this is not what terraform show -json prints."},
	} {
		if got := runWith(t, nil, false, test.arguments...); got.code != exitUsage || !strings.Contains(got.stderr, test.want) || got.stdout != "" {
			t.Errorf("%q: %d, %q, %q", test.arguments, got.code, got.stdout, got.stderr)
		}
	}
}

func TestRun_help(t *testing.T) {
	t.Parallel()
	for _, arguments := range [][]string{{"-help"}, {"-version"}} {
		if got := runWith(t, nil, false, arguments...); got.code != 0 || got.stdout == "" || got.stderr != "" {
			t.Errorf("%q: %+v", arguments, got)
		}
	}
	for _, c := range commands(t.Context(), environment{}) {
		got := runWith(t, nil, false, c.name, "-help")
		if got.code != 0 || got.stderr != "" || !strings.HasPrefix(got.stdout, "Usage: kamiwaza-access [global options] "+c.name+" ") {
			t.Errorf("%s -help: %+v", c.name, got)
		}
		for line := range strings.SplitSeq(got.stdout, "\n") {
			if utf8.RuneCountInString(line) > 80 {
				t.Errorf("the help of %s has a line of %d characters: %q", c.name, len(line), line)
			}
		}
		for name := range c.AutocompleteFlags() {
			if !strings.Contains(got.stdout, "  "+name) {
				t.Errorf("the help of %s lacks %s", c.name, name)
			}
		}
	}
}

// The environment is the provider's; without a connection, nothing is written.
func TestRun_connection(t *testing.T) {
	t.Parallel()
	directory := filepath.Join(t.TempDir(), "access")
	for name, test := range map[string]struct {
		variables map[string]string
		want      string
	}{
		"nothing is set": {nil, "Set the environment variable KAMIWAZA_BASE_URL."},
		"no credentials": {map[string]string{"KAMIWAZA_BASE_URL": "https://127.0.0.1:1/api"}, "Set KAMIWAZA_API_KEY, or KAMIWAZA_USERNAME and KAMIWAZA_PASSWORD."},
		"no server":      {login("http://127.0.0.1:1/api"), "connection refused"},
	} {
		if got := runWith(t, test.variables, false, "export", directory); got.code != exitFailed || !strings.Contains(got.stderr, test.want) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if _, err := os.Stat(directory); !os.IsNotExist(err) {
		t.Errorf("the directory is there: %v", err)
	}
}

func TestRun_export(t *testing.T) {
	t.Parallel()
	s := authservertest.StartGateway(t, authserver.Config{})
	session := authservertest.GatewaySession{Caller: authservertest.NewCaller(t, s.URL), Server: s.Server}
	session.User("ada")
	session.User("bela")
	session.Send("POST", "/authz/groups/", authservertest.Fields{"name": "platform"}).ID()
	directory := filepath.Join(t.TempDir(), "access")
	args := func(more ...string) []string { return append([]string{"export"}, more...) }

	got := runWith(t, login(s.URL), true, args(directory)...)
	if got.code != 0 || !strings.Contains(got.stderr, "\r\x1b[KReading users") || !strings.Contains(got.stderr, "4 objects and sets to import") ||
		!strings.Contains(got.stderr, `Left out: user "admin", which you are logged in as (-include-self).`) || got.stdout != "" {
		t.Errorf("an export: %+v", got)
	}
	if got := runWith(t, login(s.URL), false, args(directory)...); got.code != exitFailed || !strings.Contains(got.stderr, "-force replaces them") {
		t.Errorf("a second one: %+v", got)
	}
	if got := runWith(t, login(s.URL), false, args("-force", "-quiet", directory)...); got.code != 0 || got.stdout+got.stderr != "" {
		t.Errorf("with -force and -quiet: %+v", got)
	}
	for _, test := range []struct {
		arguments, want []string
	}{
		{nil, []string{"kamiwaza_group.platform", "kamiwaza_group_members.platform", "kamiwaza_user.ada", "kamiwaza_user.bela"}},
		{[]string{"-only=user"}, []string{"kamiwaza_user.ada", "kamiwaza_user.bela"}},
		{[]string{"-only=user", "-except=user=^a"}, []string{"kamiwaza_user.bela"}},
		{[]string{"-only=user=^a", "-only=group", "-assignments=none"}, []string{"kamiwaza_group.platform", "kamiwaza_user.ada"}},
		{[]string{"-only=user=^a", "-include-self"}, []string{"kamiwaza_user.ada", "kamiwaza_user.admin"}},
	} {
		got := runWith(t, login(s.URL), false, args(append(test.arguments, "-list", "-quiet")...)...)
		var addresses []string
		for line := range strings.Lines(got.stdout) {
			address, _, _ := strings.Cut(line, "\t")
			addresses = append(addresses, address)
		}
		if got.code != 0 || !slices.Equal(slices.Sorted(slices.Values(addresses)), test.want) {
			t.Errorf("%q lists %q with %d, want %q", test.arguments, addresses, got.code, test.want)
		}
	}
}

// With an API key, the server must say who it is, unless that does not matter.
func TestRun_self(t *testing.T) {
	t.Parallel()
	s := authservertest.StartGateway(t, authserver.Config{})
	s.Server.Inject(authserver.Fault{Method: "GET", Route: "/auth/users/me", Status: 401, Body: `{"detail": "Not authenticated"}`})
	variables := map[string]string{"KAMIWAZA_BASE_URL": s.URL, "KAMIWAZA_API_KEY": authservertest.APIKey, "KAMIWAZA_MAX_RETRIES": "0"}
	if got := runWith(t, variables, false, "export", "-list"); got.code != exitFailed || !strings.Contains(got.stderr, "with -include-self.") {
		t.Errorf("without: %+v", got)
	}
	if got := runWith(t, variables, false, "export", "-list", "-include-self"); got.code != 0 || !strings.Contains(got.stdout, "kamiwaza_user.admin\t") {
		t.Errorf("with: %+v", got)
	}
}

// Objects that no user leads to are read by their ids.
func TestRun_also(t *testing.T) {
	t.Parallel()
	s := authservertest.Start(t, authserver.Config{})
	group := authservertest.NewCaller(t, s.URL).Send("POST", "/auth/groups/", authservertest.Fields{"name": "empty"}).ID()
	file := filepath.Join(t.TempDir(), "also")
	if err := os.WriteFile(file, []byte("group "+group+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, also := range []string{"-also=group=" + group, "-also=@" + file} {
		if got := runWith(t, login(s.URL), false, "export", also, "-list"); got.code != 0 || !strings.HasPrefix(got.stdout, "kamiwaza_group.empty\t"+group+"\n") {
			t.Errorf("%s: %+v", also, got)
		}
	}
	if got := runWith(t, login(s.URL), false, "export", "-also=group="+authservertest.Nobody, "-list"); got.code != exitIncomplete ||
		!strings.Contains(got.stderr, "Incomplete: the group "+authservertest.Nobody+" does not exist") {
		t.Errorf("an id of nobody: %+v", got)
	}
}

func TestParse_seeds(t *testing.T) {
	t.Parallel()
	parsed, err := parse([]string{"-also=group=a", "-also=group=b", "-also=right=c", "x"}, nil)
	if err != nil || !slices.Equal(parsed.also[snapshot.KindGroup], []string{"a", "b"}) || !slices.Equal(parsed.also[snapshot.KindRight], []string{"c"}) {
		t.Errorf("got %v, %v", parsed.also, err)
	}
}

func TestRun_interrupted(t *testing.T) {
	t.Parallel()
	s := authservertest.Start(t, authserver.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stderr strings.Builder
	variables := login(s.URL)
	code := run(ctx, []string{"export", filepath.Join(t.TempDir(), "access")}, environment{getenv: func(name string) string { return variables[name] }, stderr: &stderr})
	if code != exitFailed || !strings.Contains(stderr.String(), "context canceled") {
		t.Errorf("%d, %q", code, stderr.String())
	}
}
