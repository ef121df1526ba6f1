package provider_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	gatewayserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
	rbacserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// hostileNames are names that are hard to write down.
var hostileNames = []string{
	"platform", "Platform", "PLATFORM", "platform ", "plat form", "plat_form", "plat/form", "plat-form", "null", "count", "for_each", "self", "7th", "007",
	"${path.module}", "$${x}", "%{ if true }x%{ endif }", `"quoted"`, `back\slash`, "two\nlines", "tab\there", "# no comment", "// none", "/* none */",
	"日本語", "한국어", "हिन्दी", "Ünïcödé", "café", "cafe\u0301", "🚀", "🚀🚀", "İstanbul", "ß", "ﬁ", "a\u200bb", "<b>", "{}", "[x]", "'", ":", "- a", "? b", "!c", "&d", "*e", "@f", "`g`",
	"yes", "no", "true", "~", "1e3", "0x1f", "2026-01-01", "=", "<<", "a: b", "a #b", " leading", "trailing:", strings.Repeat("long", 23), strings.Repeat("長", 90),
}

// companion runs the companion program against a service.
type companion struct {
	program     string
	environment []string
}

func newCompanion(t *testing.T, s acctest.Addressed) companion {
	t.Helper()
	return companion{acctest.AccessProgram(t), append(os.Environ(), "KAMIWAZA_BASE_URL="+s.Address(), "KAMIWAZA_USERNAME="+authservertest.AdminUsername,
		"KAMIWAZA_PASSWORD="+authservertest.AdminPassword, "KAMIWAZA_MAX_RETRIES=0")}
}

// run returns what the program printed. It must end with the exit code.
func (c companion) run(t *testing.T, exitCode int, arguments ...string) (stdout, stderr string) {
	t.Helper()
	var out, errOut strings.Builder
	cmd := exec.CommandContext(t.Context(), c.program, arguments...)
	cmd.Env, cmd.Stdout, cmd.Stderr = c.environment, &out, &errOut
	err := cmd.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited || cmd.ProcessState.ExitCode() != exitCode {
		t.Fatalf("%s ended with %v instead of exit code %d:\n%s%s", cmd, err, exitCode, &out, &errOut)
	}
	return out.String(), errOut.String()
}

// exporter exports with it.
type exporter struct{ companion }

func newExporter(t *testing.T, s acctest.Addressed) exporter {
	t.Helper()
	return exporter{newCompanion(t, s)}
}

func (e exporter) run(t *testing.T, exitCode int, arguments ...string) (stdout, stderr string) {
	t.Helper()
	return e.companion.run(t, exitCode, append([]string{"export"}, arguments...)...)
}

// wantOnlyImports plans the configuration, which must import all and change nothing, without a warning; and after the apply,
// which must send nothing but reads, the plan without the import blocks must be empty.
func wantOnlyImports(t *testing.T, w acctest.Workdir, requests func() []authserver.Request) {
	t.Helper()
	imports, err := os.ReadFile(filepath.Join(w.Dir, "imports.tf"))
	acctest.Must(t, err)
	n := strings.Count(string(imports), "\nimport {\n")
	w.Terraform(t, 0, "fmt", "-check", "-diff")
	plan := w.Terraform(t, 0, "plan", "-out=plan")
	want := fmt.Sprintf("Plan: %d to import, 0 to add, 0 to change, 0 to destroy.", n)
	if !strings.Contains(plan, want) || strings.Contains(strings.ReplaceAll(plan, devOverrides, ""), "Warning") {
		t.Fatalf("the plan does not say %q without a warning:\n%s", want, lastLines(plan, 150))
	}
	var planned struct {
		Changes []struct {
			Address string
			Change  struct {
				Actions   []string
				Importing *struct{ ID string }
			}
		} `json:"resource_changes"`
	}
	acctest.Must(t, json.Unmarshal([]byte(w.Terraform(t, 0, "show", "-json", "plan")), &planned))
	if len(planned.Changes) != n {
		t.Errorf("the plan has %d resources, want %d", len(planned.Changes), n)
	}
	for _, change := range planned.Changes {
		if !slices.Equal(change.Change.Actions, []string{"no-op"}) || change.Change.Importing == nil {
			t.Errorf("%s: %v", change.Address, change.Change.Actions)
		}
	}
	w.Terraform(t, 0, "apply", "plan")
	acctest.Must(t, os.Remove(filepath.Join(w.Dir, "imports.tf")))
	w.Terraform(t, 0, "plan", "-detailed-exitcode")
	wantOnlyReads(t, requests())
}

// devOverrides is the warning of the tests' own installation of the provider.
const devOverrides = "Warning: Provider development overrides are in effect"

func lastLines(text string, n int) string {
	lines := strings.Split(text, "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

func wantOnlyReads(t *testing.T, requests []authserver.Request) {
	t.Helper()
	for _, request := range requests {
		if request.Method != http.MethodGet && request.Path != "/api/auth/token" {
			t.Errorf("the server was sent %s %s", request.Method, request.Path)
		}
	}
}

// workdirFor is a directory that does not exist yet.
func workdirFor(t *testing.T, cli acctest.CLI, s acctest.Addressed) acctest.Workdir {
	t.Helper()
	w := acctest.Workdir{CLI: cli, Dir: filepath.Join(t.TempDir(), "access")}
	w.Environment = append(slices.Clone(w.Environment),
		"KAMIWAZA_BASE_URL="+s.Address(), "KAMIWAZA_USERNAME="+authservertest.AdminUsername, "KAMIWAZA_PASSWORD="+authservertest.AdminPassword)
	return w
}

// workdirOf is a directory with an export.
func workdirOf(t *testing.T, cli acctest.CLI, e exporter, s acctest.Addressed, arguments ...string) acctest.Workdir {
	t.Helper()
	w := workdirFor(t, cli, s)
	e.run(t, 0, append(arguments, w.Dir)...)
	return w
}

// wantExports exports in the forms.
func wantExports(t *testing.T, cli acctest.CLI, s acctest.Addressed, requests func() []authserver.Request, forms ...string) {
	t.Helper()
	e := newExporter(t, s)
	for _, form := range forms {
		t.Log(form)
		arguments := exportForms[form]
		w := workdirOf(t, cli, e, s, arguments...)
		wantNoSecrets(t, w.Dir)
		again := filepath.Join(t.TempDir(), "again")
		e.run(t, 0, append(arguments, again)...)
		if before, after := contents(t, w.Dir), contents(t, again); !maps.Equal(before, after) {
			t.Errorf("%s: another export of the same service has other files", form)
		}
		wantOnlyImports(t, w, requests)
	}
}

// contents are the files of a directory.
func contents(t *testing.T, directory string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(directory)
	acctest.Must(t, err)
	files := map[string]string{}
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(directory, entry.Name()))
		acctest.Must(t, err)
		files[entry.Name()] = string(content)
	}
	return files
}

// formsOf are the forms that the company of a seed is exported in: all, but only one of them where there are few companies.
func formsOf(seed int) []string {
	forms := slices.Sorted(maps.Keys(exportForms))
	if os.Getenv("CHAOS_SEEDS") != "" {
		return forms
	}
	return []string{forms[seed%len(forms)]}
}

// exportForms are all forms of an export.
var exportForms = map[string][]string{
	"sets":  {"-assignments=sets"},
	"edges": {"-assignments=edges"},
	"none":  {"-assignments=none"},
	"YAML":  {"-style=yaml"},

	"YAML without assignments": {"-style=yaml", "-assignments=none"},
}

// secretMark is in everything that must not be exported.
const secretMark = "canary-7f3a"

// somebody picks names that nobody has yet.
type somebody struct {
	*rand.Rand
	taken map[string]bool
}

func (r somebody) name(prefix string) string {
	for {
		name := hostileNames[r.IntN(len(hostileNames))]
		if r.IntN(3) == 0 {
			name += " " + hostileNames[r.IntN(len(hostileNames))]
		}
		if !r.taken[prefix+strings.ToLower(name)] {
			r.taken[prefix+strings.ToLower(name)] = true
			return name
		}
	}
}

// short is a name that fits where the provider bounds it.
func (r somebody) short(prefix string) string {
	for {
		if name := r.name(prefix); len(name) <= 200 {
			return name
		}
	}
}

// id is a name that stays the same in an import id, which Terraform normalizes.
func (r somebody) id(prefix string) string { return norm.NFC.String(r.short(prefix)) }

// some picks some of the ids.
func (r somebody) some(ids []string) []string {
	var picked []string
	for _, id := range ids {
		if r.IntN(3) == 0 {
			picked = append(picked, id)
		}
	}
	return picked
}

// text is a description, or none.
func (r somebody) text() string {
	if r.IntN(2) == 0 {
		return ""
	}
	return hostileNames[r.IntN(len(hostileNames))] + "\r\n${y}"
}

// growRBAC fills a service with a company of hostile names in which every object can be reached.
func growRBAC(t *testing.T, s acctest.Service, seed uint64, scale int) {
	t.Helper()
	random := somebody{rand.New(rand.NewPCG(seed, 1)), map[string]bool{}}
	ctx := t.Context()
	var organizations, rights, roles, groups []string
	for range 2 {
		organization := rbac.OrganizationCreate{Name: random.name("o"), Description: random.text()}
		if random.IntN(2) == 0 {
			organization.IDPConfig = &rbac.IDPConfig{
				Provider: "okta", Domain: "${domain}.example.com", ClientID: random.name("c"),
				AdditionalConfig: json.RawMessage(`{"client_secret": "` + secretMark + `"}`),
			}
		}
		made, err := s.API.Organizations.Create(ctx, organization)
		acctest.Must(t, err)
		organizations = append(organizations, made.ID)
	}
	for range 5 * scale {
		made, err := s.API.Rights.Create(ctx, rbac.RightCreate{Name: random.name(""), Description: random.text()})
		acctest.Must(t, err)
		rights = append(rights, made.ID)
	}
	for range 4 * scale {
		made, err := s.API.Roles.Create(ctx, rbac.RoleCreate{Name: random.name(fmt.Sprint(random.IntN(2))), Description: random.text(), Rights: random.some(rights)})
		acctest.Must(t, err)
		roles = append(roles, made.ID)
	}
	for range 5 * scale {
		made, err := s.API.Groups.Create(ctx, rbac.GroupCreate{Name: random.name(fmt.Sprint("g", random.IntN(2))), Description: random.text(), Roles: random.some(roles)})
		acctest.Must(t, err)
		groups = append(groups, made.ID)
	}
	for i := range 8 * scale {
		user := rbac.UserCreate{
			Username: random.name("u"), Email: fmt.Sprintf("u%d@example.com", i), Password: secretMark + " password", FullName: random.text(),
			IsSuperuser: random.IntN(4) == 0, Groups: random.some(groups),
		}
		if random.IntN(2) == 0 {
			user.OrganizationID = organizations[random.IntN(len(organizations))]
		}
		if random.IntN(3) == 0 {
			user.ExternalID = random.text()
		}
		made, err := s.API.Users.Create(ctx, user)
		acctest.Must(t, err)
		if random.IntN(4) == 0 {
			_, err := s.API.Users.Update(ctx, made.ID, rbac.UserUpdate{IsActive: client.Set(false)})
			acctest.Must(t, err)
		}
	}
	s.Server.ResetRequests()
}

// wantNoSecrets looks for the mark in all files.
func wantNoSecrets(t *testing.T, directory string) {
	t.Helper()
	for name, content := range contents(t, directory) {
		if strings.Contains(content, secretMark) || strings.Contains(content, authservertest.AdminPassword) {
			t.Errorf("%s has a secret", name)
		}
	}
}

// eachRBACCompany runs a test with each of the companies that these many seeds, or CHAOS_SEEDS, grow.
func eachRBACCompany(t *testing.T, seeds int, test func(t *testing.T, s acctest.Service, seed int)) {
	t.Helper()
	for _, seed := range chaosSeeds(t, seeds) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			s := acctest.Start(t, authserver.Config{API: rbacserver.Behavior{DuplicateNames: true}})
			growRBAC(t, s, uint64(seed), 1)
			test(t, s, seed)
		})
	}
}

func TestAccExport_rbac(t *testing.T) {
	t.Parallel()
	cli := acctest.NewCLI(t)
	eachRBACCompany(t, 5, func(t *testing.T, s acctest.Service, seed int) {
		t.Helper()
		wantExports(t, cli, s, s.Server.Requests, formsOf(seed)...)
	})
}

// growGateway is growRBAC for the gateway API.
func growGateway(t *testing.T, s acctest.Gateway, seed uint64, scale int, memberIDs gatewayserver.MemberIDs) {
	t.Helper()
	random := somebody{rand.New(rand.NewPCG(seed, 2)), map[string]bool{}}
	send := func(method, path string, body any) authservertest.Reply {
		reply := s.Send(method, path, body)
		if reply.Status >= 300 {
			t.Fatalf("%s %s %v: %d %s", method, path, body, reply.Status, reply.Body)
		}
		return reply
	}
	var subjects, members, emails, groups, names []string
	for i := range 8 * scale {
		email := fmt.Sprintf("u%d@example.com", i)
		roles := [][]string{{"user"}, {"viewer"}, {"admin", "user"}}[random.IntN(3)]
		made := send("POST", "/auth/users/local", acctest.Fields{
			"username": random.name("u"), "email": email, "password": secretMark + " Password1", "roles": roles,
		}).Object()
		subject, _ := made["linked_subject_id"].(string)
		external, _ := made["external_id"].(string)
		subject = cmp.Or(subject, external, made["id"].(string))
		subjects, members, emails = append(subjects, subject), append(members, subject), append(emails, email)
		if memberIDs == gatewayserver.MemberIDsLocal {
			members[i] = made["id"].(string)
		}
		if random.IntN(4) == 0 {
			send("PUT", "/auth/users/"+made["id"].(string), acctest.Fields{"active": false})
		}
	}
	for range 4 * scale {
		name := random.short("g")
		body := map[string]any{"name": name}
		if text := random.text(); text != "" {
			body["description"] = text
		}
		id := send("POST", "/authz/groups/", body).ID()
		groups, names = append(groups, id), append(names, name)
		for _, subject := range random.some(members) {
			send("POST", "/authz/groups/"+id+"/members", acctest.Fields{"user_id": subject})
		}
	}
	if memberIDs == "" {
		send("POST", "/authz/groups/"+groups[0]+"/members", acctest.Fields{"user_id": "${ghost}/1"})
	}
	for i, name := range names[:2*scale] {
		send("POST", "/authz/group-mappings", acctest.Fields{
			"issuer": "https://login.example.com", "idp_group_path": fmt.Sprint("/", i, "/", random.short("p")), "local_group_name": name,
		})
	}
	for i, group := range groups {
		send("POST", "/auth/tuples", acctest.Fields{
			"subject": map[string]any{"namespace": "group", "id": group}, "relation": "viewer",
			"object": map[string]any{"namespace": "model", "id": random.id("m")},
		})
		send("POST", "/auth/tuples", acctest.Fields{
			"subject": map[string]any{"namespace": "user", "id": subjects[i]}, "relation": "editor",
			"object": map[string]any{"namespace": "dataset", "id": "urn:li:dataset:(x,${" + random.id("d") + "},PROD)"},
		})
	}
	for range 3 {
		body := map[string]any{"name": random.short("w"), "type": "persistent", "labels": random.some([]string{"a", "${b}", "c"})}
		if random.IntN(2) == 0 {
			body["attributes"] = map[string]any{"cost": 4.5, "name": "${x}", "list": []any{1, "a", nil, true}, "${k}": map[string]any{}}
		}
		if text := random.text(); text != "" {
			body["description"] = text
		}
		room := send("POST", "/workrooms/", body).ID()
		for _, email := range random.some(emails) {
			send("POST", "/workrooms/"+room+"/members", acctest.Fields{
				"email": email, "role": []string{"editor", "viewer"}[random.IntN(2)], "attested": true,
			})
		}
		if random.IntN(3) == 0 {
			send("POST", "/workrooms/"+room+"/archive", nil)
		}
	}
	s.User("stranger")
	s.Login("stranger").Send("POST", "/workrooms/", acctest.Fields{"name": random.short("w"), "type": "persistent", "attributes": acctest.Fields{"a": 1}}).ID()
	for i, kind := range []string{"string", "int", "bool", "string[]"} {
		send("PUT", fmt.Sprintf("/cluster/attribute-schema/attribute%d", i), acctest.Fields{"type": kind, "sensitive": i == 2})
	}
	s.Server.ResetRequests()
}

// eachGatewayCompany runs a test with each of the companies that these many seeds, or CHAOS_SEEDS, grow.
func eachGatewayCompany(t *testing.T, seeds int, test func(t *testing.T, s acctest.Gateway, seed int)) {
	t.Helper()
	for _, seed := range chaosSeeds(t, seeds) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			s := acctest.StartGateway(t, authserver.Config{API: gatewayserver.Behavior{}})
			growGateway(t, s, uint64(seed), 1, "")
			test(t, s, seed)
		})
	}
}

func TestAccExport_gateway(t *testing.T) {
	t.Parallel()
	cli := acctest.NewCLI(t)
	eachGatewayCompany(t, 5, func(t *testing.T, s acctest.Gateway, seed int) {
		t.Helper()
		wantExports(t, cli, s, s.Server.Requests, formsOf(seed)...)
	})
}

// Exports of large companies take few requests.
func TestAccExport_requests(t *testing.T) {
	t.Parallel()
	acctest.NewCLI(t) // for the program is built for acceptance tests alone
	t.Run("RBAC", func(t *testing.T) {
		t.Parallel()
		s := acctest.Start(t, authserver.Config{})
		growLargeRBAC(t, s)
		newExporter(t, s).run(t, 0, filepath.Join(t.TempDir(), "access"))
		n := len(s.Server.Requests())
		t.Logf("%d requests", n)
		if n > 170 {
			t.Errorf("the export took %d requests, want at most 170", n)
		}
	})
	t.Run("gateway", func(t *testing.T) {
		t.Parallel()
		s := acctest.StartGateway(t, authserver.Config{})
		growGateway(t, s, 1, 3, "")
		data := s.Server.Snapshot()
		newExporter(t, s).run(t, 0, filepath.Join(t.TempDir(), "access"))
		n, groups, rooms := len(s.Server.Requests()), len(data.Groups), len(data.Workrooms)
		t.Logf("%d requests for %d groups and %d workrooms", n, groups, rooms)
		if n > 10+groups+rooms {
			t.Errorf("the export took %d requests for %d groups and %d workrooms", n, groups, rooms)
		}
	})
}

// growLargeRBAC makes 500 users, 60 groups, 40 roles and 60 rights.
func growLargeRBAC(t *testing.T, s acctest.Service) {
	t.Helper()
	ctx := t.Context()
	var rights, roles, groups []string
	for i := range 60 {
		made, err := s.API.Rights.Create(ctx, rbac.RightCreate{Name: fmt.Sprint("right ", i)})
		acctest.Must(t, err)
		rights = append(rights, made.ID)
	}
	for i := range 40 {
		made, err := s.API.Roles.Create(ctx, rbac.RoleCreate{Name: fmt.Sprint("role ", i), Rights: []string{rights[i], rights[59-i]}})
		acctest.Must(t, err)
		roles = append(roles, made.ID)
	}
	for i := range 60 {
		made, err := s.API.Groups.Create(ctx, rbac.GroupCreate{Name: fmt.Sprint("group ", i), Roles: []string{roles[i%40]}})
		acctest.Must(t, err)
		groups = append(groups, made.ID)
	}
	organization, err := s.API.Organizations.Create(ctx, rbac.OrganizationCreate{Name: "acme"})
	acctest.Must(t, err)
	for i := range 500 {
		_, err := s.API.Users.Create(ctx, rbac.UserCreate{
			Username: fmt.Sprint("user", i), Email: fmt.Sprintf("user%d@example.com", i), Password: "correct horse battery", OrganizationID: organization.ID,
			Groups: []string{groups[i%60], groups[(i*7+1)%60]},
		})
		acctest.Must(t, err)
	}
	s.Server.ResetRequests()
}

// Whatever a route answers, the directory has all files or stays as it is.
func TestAccExport_faults(t *testing.T) {
	t.Parallel()
	acctest.NewCLI(t)
	t.Run("RBAC", func(t *testing.T) {
		t.Parallel()
		s := acctest.Start(t, authserver.Config{})
		growRBAC(t, s, 1, 1)
		wantAllOrNothing(t, newExporter(t, s), s.Server.Requests, s.Server.Inject, s.Server.ClearFaults)
	})
	t.Run("gateway", func(t *testing.T) {
		t.Parallel()
		s := acctest.StartGateway(t, authserver.Config{})
		growGateway(t, s, 1, 1, "")
		wantAllOrNothing(t, newExporter(t, s), s.Server.Requests, s.Server.Inject, s.Server.ClearFaults)
	})
}

func wantAllOrNothing(t *testing.T, e exporter, requests func() []authserver.Request, inject func(authserver.Fault), calm func()) {
	t.Helper()
	directory := filepath.Join(t.TempDir(), "access")
	e.run(t, 0, directory)
	before := contents(t, directory)
	routes := map[string]bool{}
	for _, request := range requests() {
		if request.Route != "" {
			routes[request.Method+" "+request.Route] = true
		}
	}
	for _, route := range slices.Sorted(maps.Keys(routes)) {
		method, path, _ := strings.Cut(route, " ")
		for name, fault := range map[string]authserver.Fault{
			"500": {Status: 500}, "429": {Status: 429}, "401": {Status: 401}, "dropped": {Drop: authserver.DropBefore}, "truncated": {Truncate: true},
			"a web page": {Status: 200, Body: "<!doctype html><title>Log in</title>", ContentType: "text/html"},
		} {
			fault.Method, fault.Route = method, path
			inject(fault)
			_, stderr := e.run(t, 1, "-force", directory)
			calm()
			if !strings.HasPrefix(stderr, "Error: ") || strings.Contains(stderr, secretMark) {
				t.Errorf("%s with %s: it says %q", route, name, stderr)
			}
			if !maps.Equal(contents(t, directory), before) {
				t.Fatalf("%s with %s: the directory has changed", route, name)
			}
			fresh := filepath.Join(t.TempDir(), "fresh")
			inject(fault)
			e.run(t, 1, fresh)
			calm()
			if _, err := os.Stat(fresh); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("%s with %s: there is a new directory (%v)", route, name, err)
			}
		}
	}
}

// A group that may not be read stays an id, because a set that left it out would take it away.
func TestAccExport_incomplete(t *testing.T) {
	t.Parallel()
	cli := acctest.NewCLI(t)
	s := acctest.Start(t, authserver.Config{})
	ctx := t.Context()
	group, err := s.API.Groups.Create(ctx, rbac.GroupCreate{Name: "closed"})
	acctest.Must(t, err)
	_, err = s.API.Users.Create(ctx, rbac.UserCreate{Username: "ada", Email: "ada@example.com", Password: "correct horse battery", Groups: []string{group.ID}})
	acctest.Must(t, err)
	s.Server.Inject(authserver.Fault{Method: "GET", Route: "/auth/groups/" + group.ID, Status: 403, Body: `{"detail": "Not enough permissions"}`})
	s.Server.ResetRequests()

	e := newExporter(t, s)
	w := workdirFor(t, cli, s)
	_, stderr := e.run(t, 3, w.Dir)
	if !strings.Contains(stderr, "Incomplete: the group "+group.ID+" could not be read and stays an id") {
		t.Errorf("it says %q", stderr)
	}
	if users := contents(t, w.Dir)["users.tf"]; !strings.Contains(users, fmt.Sprintf("    %q, # group that does not exist or may not be read\n", group.ID)) {
		t.Errorf("users.tf is\n%s", users)
	}
	wantOnlyImports(t, w, s.Server.Requests)
}

// The rest of a company is exported with references to what Terraform manages already. Then nothing is left.
func TestAccExport_managed(t *testing.T) {
	t.Parallel()
	cli := acctest.NewCLI(t)
	s := acctest.Start(t, authserver.Config{API: rbacserver.Behavior{DuplicateNames: true}})
	growRBAC(t, s, 3, 1)
	e := newExporter(t, s)
	w := workdirOf(t, cli, e, s, "-only=role", "-only=right", "-only=group=^[a-p]")
	wantOnlyImports(t, w, s.Server.Requests)
	first := w.Objects(t)

	state := filepath.Join(t.TempDir(), "state.json")
	show := func() { acctest.Must(t, os.WriteFile(state, []byte(w.Terraform(t, 0, "show", "-json")), 0o600)) }
	show()
	listed, _ := e.run(t, 3, "-list", "-managed="+state)
	rest := filepath.Join(t.TempDir(), "rest")
	e.run(t, 0, "-managed="+state, rest)
	for name, content := range contents(t, rest) {
		if name != "versions.tf" {
			acctest.Must(t, os.WriteFile(filepath.Join(w.Dir, "rest_"+name), []byte(content), 0o600))
		}
	}
	acctest.Must(t, os.Rename(filepath.Join(w.Dir, "rest_imports.tf"), filepath.Join(w.Dir, "imports.tf")))
	plan := w.Terraform(t, 0, "plan", "-out=plan")
	if n := strings.Count(listed, "\n"); !strings.Contains(plan, fmt.Sprintf("Plan: %d to import, 0 to add, 0 to change, 0 to destroy.", n)) {
		t.Fatalf("the plan does not import the other %d:\n%s", n, lastLines(plan, 150))
	}
	w.Terraform(t, 0, "apply", "plan")
	if all := w.Objects(t); len(first) == 0 || len(all) != len(first)+strings.Count(listed, "\n") {
		t.Errorf("there were %d objects, and now there are %d", len(first), len(all))
	}
	show()
	if listed, _ := e.run(t, 0, "-list", "-managed="+state); listed != "" {
		t.Errorf("not managed:\n%s", listed)
	}
	wantOnlyReads(t, s.Server.Requests())
}

// Platforms that answer in other ways are exported all the same.
func TestAccExport_behaviors(t *testing.T) {
	t.Parallel()
	cli := acctest.NewCLI(t)
	for name, behavior := range map[string]gatewayserver.Behavior{
		"subject ids elsewhere": {SubjectIDs: gatewayserver.SubjectIDsExternal, ImpliedRoles: true, NoClassification: true, IssuerTrimmed: true},
		"no subject ids":        {SubjectIDs: gatewayserver.SubjectIDsNone, SeparateLists: true},
		"members by their ids":  {MemberIDs: gatewayserver.MemberIDsLocal},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.StartGateway(t, authserver.Config{API: behavior})
			memberIDs := cmp.Or(behavior.MemberIDs, gatewayserver.MemberIDsAny)
			growGateway(t, s, 1, 1, memberIDs)
			wantExports(t, cli, s, s.Server.Requests, "sets", "edges")
		})
	}
	t.Run("members of workrooms without addresses", func(t *testing.T) {
		t.Parallel()
		s := acctest.StartGateway(t, authserver.Config{API: gatewayserver.Behavior{MembersAnonymous: true}})
		growGateway(t, s, 1, 1, "")
		w := workdirFor(t, cli, s)
		if _, stderr := newExporter(t, s).run(t, 3, w.Dir); !strings.Contains(stderr, "Incomplete: the members of the workroom") {
			t.Errorf("it says %q", stderr)
		}
		wantOnlyImports(t, w, s.Server.Requests)
	})
	for _, platform := range []gatewayserver.Platform{gatewayserver.Platform093, gatewayserver.Platform012, gatewayserver.Platform102} {
		t.Run(string(platform), func(t *testing.T) {
			t.Parallel()
			s := acctest.StartGateway(t, authserver.Config{API: gatewayserver.Behavior{Platform: platform, ReBACOff: platform == gatewayserver.Platform102}})
			s.User("ada")
			s.Server.ResetRequests()
			w := workdirFor(t, cli, s)
			if _, stderr := newExporter(t, s).run(t, 0, w.Dir); !strings.Contains(stderr, "Not read: groups (this platform does not offer them).") {
				t.Errorf("it says %q", stderr)
			}
			wantOnlyImports(t, w, s.Server.Requests)
		})
	}
}
