package provider_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// crewWorld is what a configuration of the gateway API asks for: the roles of users, and the members of groups. Groups of
// Sets are managed as one set each, the others by single memberships.
type crewWorld struct {
	Users  map[string][]string `json:"users"`
	Groups map[string][]string `json:"groups"`
	Sets   map[string]bool     `json:"sets"`
}

const crewConfig = `
locals {
  world   = jsondecode(file("world.json"))
  singles = merge([for group, users in local.world.groups : { for user in users : "${group}/${user}" => [group, user] } if !local.world.sets[group]]...)
}
resource "kamiwaza_user" "this" {
  for_each            = local.world.users
  username            = each.key
  email               = "${each.key}@example.com"
  roles               = each.value
  password_wo         = "correct horse battery"
  password_wo_version = "1"
}
resource "kamiwaza_group" "this" {
  for_each = local.world.groups
  name     = each.key
  cascade  = "members"
}
resource "kamiwaza_group_members" "this" {
  for_each = { for group, users in local.world.groups : group => users if local.world.sets[group] }
  group_id = kamiwaza_group.this[each.key].id
  user_ids = [for user in each.value : kamiwaza_user.this[user].subject_id]
}
resource "kamiwaza_group_member" "this" {
  for_each = local.singles
  group_id = kamiwaza_group.this[each.value[0]].id
  user_id  = kamiwaza_user.this[each.value[1]].subject_id
}
`

// randomCrew is a world of its own: some users and groups, who is in which, and how that is managed.
func randomCrew(random *rand.Rand) crewWorld {
	world := crewWorld{Users: map[string][]string{}, Groups: map[string][]string{}, Sets: map[string]bool{}}
	for i := range 5 {
		if random.IntN(5) > 0 {
			world.Users[fmt.Sprintf("user%d", i)] = [][]string{{"user"}, {"viewer"}, {"admin", "user"}}[random.IntN(3)]
		}
	}
	for i := range 3 {
		group := fmt.Sprintf("group%d", i)
		if random.IntN(5) == 0 {
			continue
		}
		world.Groups[group], world.Sets[group] = []string{}, random.IntN(2) == 0
		for user := range world.Users {
			if random.IntN(2) == 0 {
				world.Groups[group] = append(world.Groups[group], user)
			}
		}
		slices.Sort(world.Groups[group])
	}
	return world
}

// crewOn is the world of a service, without the administrator.
func crewOn(s acctest.Gateway) crewWorld {
	data := s.Server.Snapshot()
	world := crewWorld{Users: map[string][]string{}, Groups: map[string][]string{}}
	names := map[string]string{}
	for _, user := range data.Users {
		if !user.Deleted {
			names[user.SubjectID] = user.Username
		}
		if !user.Deleted && user.ID != s.Server.AdminID() {
			world.Users[user.Username] = slices.Sorted(slices.Values(user.Roles))
		}
	}
	for _, group := range data.Groups {
		world.Groups[group.Name] = []string{}
		for _, member := range group.Members {
			world.Groups[group.Name] = append(world.Groups[group.Name], names[member])
		}
		slices.Sort(world.Groups[group.Name])
	}
	return world
}

// TestAccChaos_gateway applies random worlds to a service with the gateway API while requests fail. In the end the service
// has what the configuration asks for, and a plan in calm weather is empty.
func TestAccChaos_gateway(t *testing.T) {
	t.Parallel()
	cli := acctest.NewCLI(t)
	for _, seed := range chaosSeeds(t, 2) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			s := acctest.StartGateway(t, authserver.Config{})
			storm := &storm{seed: seed, server: s.Server, requests: map[string]int{}, struck: map[string]int{}}
			front := httptest.NewServer(storm)
			front.Config.ErrorLog = log.New(io.Discard, "", 0) // of connections that are dropped on purpose
			t.Cleanup(front.Close)
			w := acctest.Workdir{CLI: cli, Dir: t.TempDir()}
			w.Environment = append(slices.Clone(cli.Environment), acctest.ServeProvider(t, acctest.NewImpatient()))
			acctest.Must(t, os.WriteFile(filepath.Join(w.Dir, "main.tf"), []byte(strings.Replace(s.Config(crewConfig), s.Address(), front.URL+"/api", 1)+acctest.RequiredProviders), 0o600))
			writeCrew(t, w, crewWorld{Users: map[string][]string{}, Groups: map[string][]string{}, Sets: map[string]bool{}})
			w.Terraform(t, 0, "init")

			random := rand.New(rand.NewPCG(uint64(seed), 1))
			applies := 0
			for range 3 {
				world := randomCrew(random)
				writeCrew(t, w, world)
				applies += untilApplied(t, w, s)
				want, held := asText(t, crewWorld{Users: world.Users, Groups: world.Groups}), asText(t, crewOn(s))
				if held != want {
					t.Fatalf("the service has\n%s\nwant\n%s", held, want)
				}
				storm.setCalm(true)
				w.Terraform(t, 0, "plan", "-detailed-exitcode")
				storm.setCalm(false)
			}
			applies += untilApplied(t, w, s, "-destroy")
			if held := crewOn(s); len(held.Users)+len(held.Groups) > 0 {
				t.Errorf("the destroy left %+v", held)
			}
			t.Logf("seed %d: %d applies, struck %v", seed, applies, storm.struck)
		})
	}
}

func writeCrew(t *testing.T, w acctest.Workdir, world crewWorld) {
	t.Helper()
	acctest.Must(t, os.WriteFile(filepath.Join(w.Dir, "world.json"), []byte(asText(t, world)), 0o600))
}

func asText(t *testing.T, world crewWorld) string {
	t.Helper()
	text, err := json.Marshal(world)
	acctest.Must(t, err)
	return string(text)
}

// untilApplied applies until that succeeds. After a failure it imports the groups that the service has and the state lacks, as
// the errors ask for.
func untilApplied(t *testing.T, w acctest.Workdir, s acctest.Gateway, arguments ...string) (applies int) {
	t.Helper()
	var out bytes.Buffer
	run := func(arguments ...string) bool {
		out.Reset()
		cmd := exec.CommandContext(t.Context(), w.Binary, arguments...)
		cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = w.Dir, w.Environment, &out, &out
		return cmd.Run() == nil
	}
	for applies = 1; applies <= 30; applies++ {
		if run(append([]string{"apply", "-auto-approve"}, arguments...)...) {
			return applies
		}
		if !run("state", "list") {
			continue
		}
		state := out.String()
		for group := range crewOn(s).Groups {
			if address := fmt.Sprintf("kamiwaza_group.this[%q]", group); !strings.Contains(state, address) {
				run("import", address, group) // or the next time
			}
		}
	}
	t.Fatalf("after %d applies:\n%s", applies, &out)
	return applies
}
