package provider_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"log"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
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

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	rbacserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
)

// chaosSeeds are the seeds of the chaos tests: the first few, or as many as the environment asks for (make chaos).
func chaosSeeds(t *testing.T, few int) []int {
	t.Helper()
	n := few
	if text := os.Getenv("CHAOS_SEEDS"); text != "" {
		var err error
		n, err = strconv.Atoi(text)
		acctest.Must(t, err)
	}
	seeds := make([]int, n)
	for i := range seeds {
		seeds[i] = i + 1
	}
	return seeds
}

// blueprint is what a configuration of about 150 resources describes, by names.
type blueprint struct {
	Orgs    []string            `json:"orgs"`
	Users   map[string]person   `json:"users"`
	Groups  []string            `json:"groups"`
	Roles   []string            `json:"roles"`
	Rights  []string            `json:"rights"`
	Members map[string][]string `json:"members"` // by group, one by one
	Teams   map[string][]string `json:"teams"`   // by group, as whole sets
	Roles1  map[string][]string `json:"roles1"`  // of groups, one by one
	RolesN  map[string][]string `json:"rolesN"`
	Rights1 map[string][]string `json:"rights1"` // of roles, one by one
	RightsN map[string][]string `json:"rightsN"`
	Own     map[string][]string `json:"own"` // by user, all groups of theirs

	// Generation is part of the addresses of each kind of assignments, so that another one renames them all.
	Generation map[string]int `json:"generation"`
}

type person struct {
	Org    string `json:"org"`
	Active bool   `json:"active"`
}

func newBlueprint() blueprint {
	names := func(noun string, n int) (names []string) {
		for i := range n {
			names = append(names, fmt.Sprintf("%s%02d", noun, i))
		}
		return names
	}
	w := blueprint{
		Orgs: names("org", 2), Groups: names("group", 8), Roles: names("role", 8), Rights: names("right", 24), Users: map[string]person{},
		Members: map[string][]string{}, Teams: map[string][]string{}, Roles1: map[string][]string{}, RolesN: map[string][]string{},
		Rights1: map[string][]string{}, RightsN: map[string][]string{}, Own: map[string][]string{}, Generation: map[string]int{},
	}
	for _, kind := range assignmentKinds {
		w.Generation[kind] = 0
	}
	users := names("user", 40)
	for i, user := range users {
		w.Users[user] = person{w.Orgs[i%2], i%5 != 0}
	}
	for i := range 4 {
		w.Members[w.Groups[i]] = users[8*i : 8*i+8]
		w.Roles1[w.Groups[i]] = w.Roles[i : i+2]
		w.RolesN[w.Groups[4+i]] = w.Roles[i : i+4]
		w.Rights1[w.Roles[i]] = w.Rights[4*i : 4*i+4]
		w.RightsN[w.Roles[4+i]] = w.Rights[i : 12+i]
	}
	w.Teams[w.Groups[4]], w.Teams[w.Groups[5]] = users[:10], users[5:20]
	return w
}

const blueprintConfig = `
terraform {
  required_providers {
    kamiwaza = {
      source = "kamiwaza-ai/kamiwaza"
    }
  }
}
locals {
  world = jsondecode(file("world.json"))
}
resource "kamiwaza_organization" "this" {
  for_each = toset(local.world.orgs)
  name     = each.key
}
resource "kamiwaza_user" "this" {
  for_each            = local.world.users
  username            = each.key
  email               = "${each.key}@example.com"
  full_name           = upper(each.key)
  organization_id     = kamiwaza_organization.this[each.value.org].id
  is_active           = each.value.active
  password_wo         = "correct horse"
  password_wo_version = 1
}
resource "kamiwaza_group" "this" {
  for_each = toset(local.world.groups)
  name     = each.key
}
resource "kamiwaza_role" "this" {
  for_each = toset(local.world.roles)
  name     = each.key
}
resource "kamiwaza_right" "this" {
  for_each    = toset(local.world.rights)
  name        = each.key
  description = "To do ${each.key}."
}
resource "kamiwaza_group_member" "this" {
  for_each = { for key, edge in provider::kamiwaza::assignments(local.world.members) : "${local.world.generation.members} ${key}" => edge }
  group_id = kamiwaza_group.this[each.value.from].id
  user_id  = kamiwaza_user.this[each.value.to].id
}
resource "kamiwaza_group_members" "this" {
  for_each = { for group, users in local.world.teams : "${local.world.generation.teams} ${group}" => { owner = group, elements = users } }
  group_id = kamiwaza_group.this[each.value.owner].id
  user_ids = [for name in each.value.elements : kamiwaza_user.this[name].id]
}
resource "kamiwaza_user_groups" "this" {
  for_each  = { for user, groups in local.world.own : "${local.world.generation.own} ${user}" => { owner = user, elements = groups } }
  user_id   = kamiwaza_user.this[each.value.owner].id
  group_ids = [for name in each.value.elements : kamiwaza_group.this[name].id]
}
resource "kamiwaza_group_role" "this" {
  for_each = { for key, edge in provider::kamiwaza::assignments(local.world.roles1) : "${local.world.generation.roles1} ${key}" => edge }
  group_id = kamiwaza_group.this[each.value.from].id
  role_id  = kamiwaza_role.this[each.value.to].id
}
resource "kamiwaza_group_roles" "this" {
  for_each = { for group, roles in local.world.rolesN : "${local.world.generation.rolesN} ${group}" => { owner = group, elements = roles } }
  group_id = kamiwaza_group.this[each.value.owner].id
  role_ids = [for name in each.value.elements : kamiwaza_role.this[name].id]
}
resource "kamiwaza_role_right" "this" {
  for_each = { for key, edge in provider::kamiwaza::assignments(local.world.rights1) : "${local.world.generation.rights1} ${key}" => edge }
  role_id  = kamiwaza_role.this[each.value.from].id
  right_id = kamiwaza_right.this[each.value.to].id
}
resource "kamiwaza_role_rights" "this" {
  for_each  = { for role, rights in local.world.rightsN : "${local.world.generation.rightsN} ${role}" => { owner = role, elements = rights } }
  role_id   = kamiwaza_role.this[each.value.owner].id
  right_ids = [for name in each.value.elements : kamiwaza_right.this[name].id]
}
`

// differences tells how the server's data differs from the world, by names; two objects of one name differ too.
func (w blueprint) differences(data rbacserver.Data) (differences []string) {
	compare := func(what string, got, want []string) {
		got, want = slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))
		if !slices.Equal(got, want) {
			differences = append(differences, fmt.Sprintf("%s: %v, want %v", what, got, want))
		}
	}
	names := map[string]string{} // by id
	var orgs, users, groups, roles, rights []string
	for _, org := range data.Organizations {
		names[org.ID], orgs = org.Name, append(orgs, org.Name)
	}
	for _, right := range data.Rights {
		names[right.ID], rights = right.Name, append(rights, right.Name)
	}
	for _, role := range data.Roles {
		names[role.ID], roles = role.Name, append(roles, role.Name)
	}
	for _, group := range data.Groups {
		names[group.ID], groups = group.Name, append(groups, group.Name)
	}
	for _, user := range data.Users {
		if user.Username != authservertest.AdminUsername {
			users = append(users, user.Username)
		}
	}
	named := func(ids []string) (texts []string) {
		for _, id := range ids {
			texts = append(texts, names[id])
		}
		return texts
	}
	compare("organizations", orgs, w.Orgs)
	compare("users", users, slices.Collect(maps.Keys(w.Users)))
	compare("groups", groups, w.Groups)
	compare("roles", roles, w.Roles)
	compare("rights", rights, w.Rights)
	for _, user := range data.Users {
		if user.Username == authservertest.AdminUsername {
			continue
		}
		var in []string
		for _, members := range []map[string][]string{w.Members, w.Teams} {
			for group, users := range members {
				if slices.Contains(users, user.Username) {
					in = append(in, group)
				}
			}
		}
		in = append(in, w.Own[user.Username]...)
		compare("groups of "+user.Username, named(user.Groups), in)
		want := w.Users[user.Username]
		got := fmt.Sprint(user.Email, user.IsActive, acctest.Text(user.FullName), names[acctest.Text(user.OrganizationID)])
		if wanted := fmt.Sprint(user.Username+"@example.com", want.Active, strings.ToUpper(user.Username), want.Org); got != wanted {
			differences = append(differences, fmt.Sprintf("user %s: %s, want %s", user.Username, got, wanted))
		}
	}
	for _, group := range data.Groups {
		compare("roles of "+group.Name, named(group.Roles), slices.Concat(w.Roles1[group.Name], w.RolesN[group.Name]))
	}
	for _, role := range data.Roles {
		compare("rights of "+role.Name, named(role.Rights), slices.Concat(w.Rights1[role.Name], w.RightsN[role.Name]))
	}
	return differences
}

// storm stands before a server and lets requests fail, by seed, in all the ways that networks and gateways know. Which
// request of a route is struck, and how, depends on the seed and on how many there were before it.
type storm struct {
	seed int

	mu       sync.Mutex
	server   http.Handler
	calm     bool
	requests map[string]int // by method and route
	struck   map[string]int // by fate
}

// fates are what may become of a request, and in how many of 1,000 cases.
var fates = []struct {
	name string
	odds uint32
}{
	{"401", 5},
	{"429", 15},
	{"500", 5},
	{"502", 10},
	{"503", 15},
	{"504", 10},
	{"drop before", 15},
	{"drop after", 10},
	{"500 after", 5},
	{"truncated", 10},
	{"html", 5},
	{"delay", 20},
}

var anIDInPath = regexp.MustCompile(anID.String())

func (s *storm) fate(r *http.Request) (http.Handler, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.calm || strings.HasPrefix(r.URL.Path, "/_dev") {
		return s.server, ""
	}
	route := r.Method + " " + anIDInPath.ReplaceAllString(r.URL.Path, "{id}")
	s.requests[route]++
	hash := fnv.New32a()
	fmt.Fprintln(hash, s.seed, route, s.requests[route])
	draw := hash.Sum32() % 1000
	for _, fate := range fates {
		if draw < fate.odds {
			if fate.name == "401" && strings.HasSuffix(r.URL.Path, "/auth/token") {
				break // A refused login is not a fault of the network.
			}
			s.struck[fate.name]++
			return s.server, fate.name
		}
		draw -= fate.odds
	}
	return s.server, ""
}

func (s *storm) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	server, fate := s.fate(r)
	status, _ := strconv.Atoi(fate)
	switch {
	case fate == "":
		server.ServeHTTP(w, r)
	case status == http.StatusBadGateway:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		fmt.Fprint(w, "<html><h1>502 Bad Gateway</h1></html>")
	case status != 0:
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"detail": %q}`, http.StatusText(status))
	case fate == "drop before":
		panic(http.ErrAbortHandler)
	case fate == "delay":
		<-time.After(20 * time.Millisecond)
		server.ServeHTTP(w, r)
	default: // The server acts, and what it says does not arrive.
		answer := httptest.NewRecorder()
		server.ServeHTTP(answer, r)
		body := answer.Body.Bytes()
		switch fate {
		case "500 after":
			w.WriteHeader(http.StatusInternalServerError)
			return
		case "html":
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<html><h1>Welcome</h1></html>")
			return
		case "truncated":
			maps.Copy(w.Header(), answer.Header())
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
			w.WriteHeader(answer.Code)
			_, _ = w.Write(body[:len(body)/2])
		}
		panic(http.ErrAbortHandler)
	}
}

func (s *storm) setCalm(calm bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calm = calm
}

// operator works at a configuration as a person would: applies, reads the errors, and does what they say.
type operator struct {
	acctest.Workdir
	t       *testing.T
	server  func() *rbacserver.Server
	named   map[string]bool // objects that errors have named, by noun and name
	applies int
	imports int
}

func newOperator(t *testing.T, run acctest.CLI, url string, server func() *rbacserver.Server, environment ...string) *operator {
	t.Helper()
	run.SkipIfTooOld(t, []byte(blueprintConfig))
	w := acctest.Workdir{CLI: run, Dir: t.TempDir()}
	w.Environment = append(slices.Clone(run.Environment), environment...)
	acctest.Must(t, os.WriteFile(filepath.Join(w.Dir, "main.tf"), fmt.Appendf(nil, "%s\nprovider \"kamiwaza\" {\n  base_url = %q\n  username = %q\n  password = %q\n}\n",
		blueprintConfig, url, authservertest.AdminUsername, authservertest.AdminPassword), 0o600))
	o := &operator{Workdir: w, t: t, server: server, named: map[string]bool{}}
	o.want(newBlueprint())
	return o
}

// want makes the world what is configured.
func (o *operator) want(world blueprint) {
	o.t.Helper()
	content, err := json.Marshal(world)
	acctest.Must(o.t, err)
	acctest.Must(o.t, os.WriteFile(filepath.Join(o.Dir, "world.json"), content, 0o600))
}

// complaint is an error that the CLI prints.
type complaint struct {
	Severity, Summary, Detail, Address string
}

func (c complaint) String() string { return c.Address + ": " + c.Summary + ": " + c.Detail }

// try runs a command with -json and returns the errors it prints; none means that it succeeded.
func (o *operator) try(arguments ...string) []complaint {
	o.t.Helper()
	cmd := exec.CommandContext(o.t.Context(), o.Binary, append(arguments, "-json")...)
	cmd.Dir, cmd.Env = o.Dir, o.Environment
	return o.complaints(cmd)
}

func (o *operator) complaints(cmd *exec.Cmd) []complaint {
	o.t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var errors []complaint
	for line := range bytes.Lines(stdout.Bytes()) {
		var message struct{ Diagnostic complaint }
		if json.Unmarshal(line, &message) == nil && message.Diagnostic.Severity == "error" {
			errors = append(errors, message.Diagnostic)
		}
	}
	if err != nil && len(errors) == 0 {
		errors = append(errors, complaint{Summary: err.Error(), Detail: stdout.String() + stderr.String()})
	}
	return errors
}

var quoted = regexp.MustCompile(`^Could not create (\w+) "([^"]+)"`)

// repair does what the errors of an apply say: it looks for objects that may exist, and imports those that do.
func (o *operator) repair(errors []complaint) {
	o.t.Helper()
	for _, problem := range errors {
		match := quoted.FindStringSubmatch(problem.Summary)
		if match == nil || !acctest.Says("may exist on the server now").MatchString(problem.Detail) &&
			!acctest.Says("There probably is").MatchString(problem.Detail) && !acctest.Says("exists already").MatchString(problem.Detail) {
			continue
		}
		// In the platform's console, objects can be found by name.
		id, ok := labels(o.server().Snapshot())[match[1]+" "+match[2]]
		if !ok {
			continue
		}
		for range 20 {
			cmd := exec.CommandContext(o.t.Context(), o.Binary, "import", problem.Address, id)
			cmd.Dir, cmd.Env = o.Dir, o.Environment
			out, err := cmd.CombinedOutput()
			if err == nil || bytes.Contains(out, []byte("already managed")) {
				o.imports++
				break
			}
		}
	}
}

// until applies, or destroys, until it succeeds.
func (o *operator) until(arguments ...string) {
	o.t.Helper()
	var errors []complaint
	for range 40 {
		o.applies++
		if errors = o.try(arguments...); len(errors) == 0 {
			return
		}
		o.checkState(errors)
		o.repair(errors)
	}
	o.t.Fatalf("terraform %v does not succeed: %v", arguments, errors)
}

// checkState holds the state to the truth: what the server has, the state has too, or an error has named it.
func (o *operator) checkState(errors []complaint) {
	o.t.Helper()
	for _, problem := range errors {
		if match := quoted.FindStringSubmatch(problem.Summary); match != nil {
			o.named[match[1]+" "+match[2]] = true
		}
	}
	content, err := os.ReadFile(filepath.Join(o.Dir, "terraform.tfstate"))
	if !os.IsNotExist(err) {
		acctest.Must(o.t, err)
	}
	for label, id := range labels(o.server().Snapshot()) {
		if !bytes.Contains(content, []byte(`"id": "`+id+`"`)) && !o.named[label] && label != "user "+authservertest.AdminUsername {
			o.t.Errorf("the server has %s (%s), the state has not, and no error has named it: %v", label, id, errors)
		}
	}
}

// labels returns the ids of all objects, by noun and name.
func labels(data rbacserver.Data) map[string]string {
	ids := map[string]string{}
	for _, org := range data.Organizations {
		ids["organization "+org.Name] = org.ID
	}
	for _, user := range data.Users {
		ids["user "+user.Username] = user.ID
	}
	for _, group := range data.Groups {
		ids["group "+group.Name] = group.ID
	}
	for _, role := range data.Roles {
		ids["role "+role.Name] = role.ID
	}
	for _, right := range data.Rights {
		ids["right "+right.Name] = right.ID
	}
	return ids
}

// TestAccChaos applies, plans and destroys while requests fail in all the ways of the storm.
func TestAccChaos(t *testing.T) {
	t.Parallel()
	run := acctest.NewCLI(t)
	for _, seed := range chaosSeeds(t, 3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			// Names need not be unique, and then a create that is sent twice makes two objects.
			instance := authservertest.Start(t, authserver.Config{API: rbacserver.Behavior{DuplicateNames: seed%2 == 1}})
			storm := &storm{seed: seed, server: instance.Server, requests: map[string]int{}, struck: map[string]int{}}
			front := httptest.NewServer(storm)
			front.Config.ErrorLog = log.New(io.Discard, "", 0) // of connections that are dropped on purpose
			t.Cleanup(front.Close)
			o := newOperator(t, run, front.URL+"/api", func() *rbacserver.Server { return instance.Server }, acctest.ServeProvider(t, acctest.NewImpatient()))
			o.Terraform(t, 0, "init")

			o.until("apply", "-auto-approve")
			if differences := newBlueprint().differences(instance.Server.Snapshot()); len(differences) > 0 {
				t.Errorf("after %d applies the server differs: %s", o.applies, strings.Join(differences, "\n"))
			}
			storm.setCalm(true)
			o.Terraform(t, 0, "plan", "-detailed-exitcode")
			storm.setCalm(false)
			o.until("apply", "-auto-approve") // which refreshes in the storm

			world := newBlueprint()
			random := rand.New(rand.NewPCG(uint64(seed), 0))
			for range 2 {
				moves := world.move(random)
				o.want(world)
				o.until("apply", "-auto-approve")
				if differences := world.differences(instance.Server.Snapshot()); len(differences) > 0 {
					t.Errorf("after %v, the server differs: %s", moves, strings.Join(differences, "\n"))
				}
				storm.setCalm(true)
				o.Terraform(t, 0, "plan", "-detailed-exitcode")
				storm.setCalm(false)
			}
			o.until("apply", "-destroy", "-auto-approve")
			if left := labels(instance.Server.Snapshot()); len(left) != 1 {
				t.Errorf("the destroy left %v", left)
			}
			t.Logf("seed %d: %d applies, %d imports, struck %v", seed, o.applies, o.imports, storm.struck)
		})
	}
}

// TestAccReadsLag applies at a server whose reads miss what was written two seconds before, and plans at once. What an
// earlier run has made only moments ago must not pass for gone.
func TestAccReadsLag(t *testing.T) {
	t.Parallel()
	for name, audit := range map[string]string{"resources": "", "data sources": `
data "kamiwaza_user_access" "ada" {
  user_id    = kamiwaza_user.ada.id
  depends_on = [kamiwaza_group_member.ada, kamiwaza_group_role.operator, kamiwaza_role_right.restart]
}
output "rights" {
  value = data.kamiwaza_user_access.ada.rights
}
`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock, pause := acctest.Patience()
			s := acctest.Start(t, authserver.Config{Now: clock, API: rbacserver.Behavior{ReadLag: 2 * time.Second}})
			w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+s.Config(acctest.Company)+audit)
			w.Environment = append(w.Environment, acctest.ServeProvider(t, acctest.NewTimed(clock, pause)))
			w.Terraform(t, 0, "init")
			w.Terraform(t, 0, "apply", "-auto-approve")
			w.Terraform(t, 0, "plan", "-detailed-exitcode")
			if audit == "" {
				return
			}
			if out := w.Terraform(t, 0, "output", "-json", "rights"); strings.TrimSpace(out) != `["restart"]` {
				t.Errorf("the rights are %s", out)
			}
		})
	}
}

// TestAccRateLimit applies 300 resources at a server that takes 20 requests a second.
func TestAccRateLimit(t *testing.T) {
	t.Parallel()
	clock, pause := acctest.Patience()
	begin := clock()
	instance := authservertest.Start(t, authserver.Config{Now: clock, RateLimit: 20})
	o := newOperator(t, acctest.NewCLI(t), instance.URL, func() *rbacserver.Server { return instance.Server }, acctest.ServeProvider(t, acctest.NewSleeping(pause)))
	acctest.Must(t, os.Remove(filepath.Join(o.Dir, "main.tf")))
	acctest.Must(t, os.WriteFile(filepath.Join(o.Dir, "rights.tf"), fmt.Appendf(nil, `%s
provider "kamiwaza" {
  base_url = %q
  username = %q
  password = %q
}
resource "kamiwaza_right" "this" {
  for_each = toset([for n in range(300) : "right${n}"])
  name     = each.key
}
`, acctest.RequiredProviders, instance.URL, authservertest.AdminUsername, authservertest.AdminPassword), 0o600))
	o.Terraform(t, 0, "init")
	if errors := o.try("apply", "-auto-approve"); len(errors) > 0 {
		t.Errorf("the apply fails: %v", errors)
	}
	if n := len(instance.Server.Snapshot().Rights); n != 300 {
		t.Errorf("there are %d rights", n)
	}
	limited := 0
	for _, request := range instance.Server.Requests() {
		if request.Status == http.StatusTooManyRequests {
			limited++
		}
	}
	if limited == 0 {
		t.Error("no request was turned away, so that this test shows nothing")
	}
	t.Logf("%d requests were turned away, and %v were waited", limited, clock().Sub(begin))
}
