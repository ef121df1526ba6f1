package provider_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// canaries are values that must show up nowhere, by what they are.
var canaries = map[string]string{
	"provider password": "canary-provider-password", "api key": "canary-api-key", "client secret": "canary-client-secret",
	"header": "canary-header-value", "password": "canary-stored-password", "password_wo": "canary-write-only-password",
	"additional_config": "canary-additional-config", "token's password": "canary-token-password",
}

// stored are those that the state keeps, as the documentation of their arguments says.
var stored = []string{"password", "additional_config"}

// aToken is a JSON web token, as the server signs them.
var aToken = regexp.MustCompile(`eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+`)

// secretive takes its secrets from a variable, because a plan contains the configuration as it is written.
const secretive = `
variable "secrets" {
  type      = map(string)
  ephemeral = true
}
ephemeral "kamiwaza_access_token" "ci" {
  username = "ci"
  password = var.secrets["token's password"]
}
resource "kamiwaza_organization" "acme" {
  name = "acme"
  idp_config = {
    provider          = "oidc"
    domain            = "example.com"
    client_id         = "kamiwaza"
    additional_config = jsonencode({ client_secret = "canary-additional-config" })
  }
}
resource "kamiwaza_user" "stored" {
  username = "stored"
  email    = "stored@example.com"
  password = "canary-stored-password"
}
resource "kamiwaza_user" "written" {
  username            = "written"
  email               = "written@example.com"
  password_wo         = var.secrets["password_wo"]
  password_wo_version = 1
}
`

// echo stands before a server and refuses the first requests of each route, with all that they brought: body, query and
// headers. Servers and gateways do such things.
type echo struct {
	server http.Handler
	times  int

	mu   sync.Mutex
	seen map[string]int
}

func (e *echo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	e.seen[r.Method+r.URL.Path]++
	refuse := e.seen[r.Method+r.URL.Path] <= e.times
	e.mu.Unlock()
	if !refuse {
		e.server.ServeHTTP(w, r)
		return
	}
	body, _ := io.ReadAll(r.Body)
	detail, _ := json.Marshal(map[string]string{"detail": fmt.Sprintf("refused: %s %s %v", body, r.URL.RawQuery, r.Header)})
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusBadRequest)
	_, _ = w.Write(detail)
}

// TestAccSecrets leads secrets through a whole life, with logs of all levels and a server that echoes what it was sent,
// and then looks for them in all that is left behind.
func TestAccSecrets(t *testing.T) {
	t.Parallel()
	run := acctest.NewCLI(t)
	run.SkipIfTooOld(t, []byte(secretive))
	for name, login := range map[string]string{
		"token": "username = \"admin\"\n  password = var.secrets[\"provider password\"]\n  client_id = \"terraform\"\n  client_secret = var.secrets[\"client secret\"]",
		"local": "username = \"admin\"\n  password = var.secrets[\"provider password\"]\n  login_method = \"local\"",
		"key":   "api_key = var.secrets[\"api key\"]",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var serverLog lockedBuffer
			instance := authservertest.Start(t, authserver.Config{
				AdminPassword: canaries["provider password"], APIKey: canaries["api key"],
				Log: slog.New(slog.NewTextHandler(&serverLog, &slog.HandlerOptions{Level: slog.LevelDebug})),
			})
			api, err := rbac.Connect(client.Config{BaseURL: instance.URL, APIKey: canaries["api key"]})
			acctest.Must(t, err)
			_, err = api.Users.Create(t.Context(), rbac.UserCreate{Username: "ci", Email: "ci@example.com", Password: canaries["token's password"]})
			acctest.Must(t, err)
			echo := &echo{server: instance.Server, times: 1, seen: map[string]int{}}
			front := httptest.NewServer(echo)
			t.Cleanup(front.Close)

			w := acctest.Workdir{CLI: run, Dir: t.TempDir()}
			secrets, err := json.Marshal(canaries)
			acctest.Must(t, err)
			w.Environment = append(slices.Clone(run.Environment), "TF_VAR_secrets="+string(secrets), "TF_LOG=TRACE", "TF_LOG_PATH="+filepath.Join(w.Dir, "trace.log"))
			file := func(name string) string { return filepath.Join(w.Dir, name) }
			read := func(name string) []byte {
				content, err := os.ReadFile(file(name))
				acctest.Must(t, err)
				return content
			}
			configure := func(resources string) {
				acctest.Must(t, os.WriteFile(file("main.tf"), fmt.Appendf(nil, "%s\nprovider \"kamiwaza\" {\n  base_url = \"%s/api\"\n  headers = { X-Gateway = var.secrets[\"header\"] }\n  %s\n}\n%s",
					acctest.RequiredProviders, front.URL, login, resources), 0o600))
			}
			command := func(arguments ...string) []byte {
				cmd := exec.CommandContext(t.Context(), w.Binary, arguments...)
				cmd.Dir, cmd.Env = w.Dir, w.Environment
				out, _ := cmd.CombinedOutput() // Some are to fail.
				return out
			}

			configure(secretive)
			var printed []byte
			for range 6 { // Each of these meets one of the refusals, until there are no more.
				printed = append(printed, command("apply", "-auto-approve")...)
				printed = append(printed, command("apply", "-auto-approve", "-json")...)
			}
			configure(strings.ReplaceAll(secretive, "written@", "changed@"))
			printed = append(printed, command("plan", "-out=plan")...)
			printed = append(printed, command("show", "plan")...)
			plan := command("show", "-json", "plan")
			printed = append(printed, command("apply", "plan")...) // is refused
			printed = append(printed, command("apply", "-auto-approve")...)
			state := read("terraform.tfstate")
			if data := instance.Server.Snapshot(); len(data.Users) != 4 || data.Users[3].Email == "" || !bytes.Contains(state, []byte("changed@example.com")) {
				t.Fatalf("the cycle did not happen: %+v\n%s", data, printed)
			}
			if !bytes.Contains(printed, []byte("refused: ")) || !bytes.Contains(state, []byte("canary-stored-password")) || !bytes.Contains(plan, []byte("changed@")) {
				t.Error("nothing was refused, stored or planned, so that this test looks at nothing")
			}
			printed = append(printed, command("apply", "-destroy", "-auto-approve")...)

			for what, content := range map[string][]byte{"the output": printed, "the log": read("trace.log"), "the server's log": serverLog.bytes()} {
				wantNoSecret(t, what, content)
			}
			wantNoSecret(t, "the plan", plan, stored...)
			wantNoSecret(t, "the state", state, stored...)
		})
	}
}

func wantNoSecret(t *testing.T, what string, content []byte, but ...string) {
	t.Helper()
	for name, canary := range canaries {
		if i := bytes.Index(content, []byte(canary)); i >= 0 && !slices.Contains(but, name) {
			t.Errorf("%s shows the %s: …%s…", what, name, content[max(0, i-200):min(len(content), i+100)])
		}
	}
	if token := aToken.Find(content); token != nil {
		t.Errorf("%s shows a token: %s", what, token)
	}
}

type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

func (b *lockedBuffer) bytes() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.buffer.Bytes())
}
