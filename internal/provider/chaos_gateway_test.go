package provider_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"maps"
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

// crewWorld is what a configuration of the gateway API asks for, by names. Of the groups, the datasets and the rooms in Sets,
// members and grants are managed as one set each, all others by single ones.
type crewWorld struct {
	Users      map[string][]string            `json:"users"`      // their roles
	Groups     map[string][]string            `json:"groups"`     // their members
	Datasets   map[string]map[string][]string `json:"datasets"`   // their grants, by relation
	Missions   map[string]map[string][]string `json:"missions"`   // their tuples, by relation
	Rooms      map[string]map[string]string   `json:"rooms"`      // the roles of their members
	Providers  map[string]bool                `json:"providers"`  // enabled or not, by alias
	Mappings   map[string]string              `json:"mappings"`   // paths at the identity provider to groups
	Attributes map[string]string              `json:"attributes"` // their types
	Robots     map[string]string              `json:"robots"`     // subjects and their clearances
	Sets       map[string]bool                `json:"sets,omitempty"`
}

func newCrewWorld() crewWorld {
	return crewWorld{
		map[string][]string{},
		map[string][]string{},
		map[string]map[string][]string{},
		map[string]map[string][]string{},
		map[string]map[string]string{},
		map[string]bool{},
		map[string]string{},
		map[string]string{},
		map[string]string{},
		map[string]bool{},
	}
}

const crewConfig = `
locals {
  world   = jsondecode(file("world.json"))
  sets    = try(local.world.sets, {})
  singles = merge([for group, users in local.world.groups : { for user in users : "${group}/${user}" => [group, user] } if !lookup(local.sets, group, false)]...)
  grants = merge(flatten([for object, relations in local.world.datasets : [
    for relation, users in relations : { for user in users : "${object}/${relation}/${user}" => [object, relation, user] }
  ] if !lookup(local.sets, object, false)])...)
  tuples = merge(flatten([for object, relations in local.world.missions : [
    for relation, users in relations : { for user in users : "${object}/${relation}/${user}" => [object, relation, user] }
  ]])...)
  members = merge([for room, users in local.world.rooms : { for user, role in users : "${room}/${user}" => [room, user, role] } if !lookup(local.sets, room, false)]...)
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
  for_each = { for group, users in local.world.groups : group => users if lookup(local.sets, group, false) }
  group_id = kamiwaza_group.this[each.key].id
  user_ids = [for user in each.value : kamiwaza_user.this[user].subject_id]
}
resource "kamiwaza_group_member" "this" {
  for_each = local.singles
  group_id = kamiwaza_group.this[each.value[0]].id
  user_id  = kamiwaza_user.this[each.value[1]].subject_id
}
resource "kamiwaza_resource_grants" "this" {
  for_each = { for object, relations in local.world.datasets : object => relations if lookup(local.sets, object, false) }
  object   = { namespace = "dataset", id = each.key }
  grants   = { for relation, users in each.value : relation => { user = [for user in users : kamiwaza_user.this[user].subject_id] } }
}
resource "kamiwaza_resource_grant" "this" {
  for_each = local.grants
  object   = { namespace = "dataset", id = each.value[0] }
  relation = each.value[1]
  subject  = { namespace = "user", id = kamiwaza_user.this[each.value[2]].subject_id }
}
resource "kamiwaza_relationship_tuple" "this" {
  for_each = local.tuples
  object   = { namespace = "mission", id = each.value[0] }
  relation = each.value[1]
  subject  = { namespace = "user", id = kamiwaza_user.this[each.value[2]].subject_id }
}
resource "kamiwaza_workroom" "this" {
  for_each            = local.world.rooms
  name                = each.key
  deletion_protection = false
}
resource "kamiwaza_workroom_members" "this" {
  for_each    = { for room, users in local.world.rooms : room => users if lookup(local.sets, room, false) }
  workroom_id = kamiwaza_workroom.this[each.key].id
  members     = { for user, role in each.value : kamiwaza_user.this[user].email => role }
}
resource "kamiwaza_workroom_member" "this" {
  for_each    = local.members
  workroom_id = kamiwaza_workroom.this[each.value[0]].id
  email       = kamiwaza_user.this[each.value[1]].email
  role        = each.value[2]
}
resource "kamiwaza_identity_provider" "this" {
  for_each                 = local.world.providers
  alias                    = each.key
  kind                     = "google"
  client_id                = "kamiwaza"
  client_secret_wo         = "correct horse"
  client_secret_wo_version = "1"
  enabled                  = each.value
}
resource "kamiwaza_group_mapping" "this" {
  for_each         = local.world.mappings
  issuer           = "https://login.example.com"
  idp_group_path   = each.key
  local_group_name = kamiwaza_group.this[each.value].name
}
resource "kamiwaza_attribute" "this" {
  for_each       = local.world.attributes
  name           = each.key
  type           = each.value
  force_withdraw = true
}
resource "kamiwaza_subject" "this" {
  for_each            = local.world.robots
  username            = each.key
  attributes          = jsonencode({ clearance = each.value })
  deletion_protection = false
  depends_on          = [kamiwaza_attribute.this]
}
`

// randomCrew is a world of its own: some of each, who has what, and how that is managed.
func randomCrew(random *rand.Rand) crewWorld {
	world := newCrewWorld()
	for i := range 5 {
		if random.IntN(5) > 0 {
			world.Users[fmt.Sprintf("user%d", i)] = [][]string{{"user"}, {"viewer"}, {"admin", "user"}}[random.IntN(3)]
		}
	}
	users := slices.Sorted(maps.Keys(world.Users))
	some := func() []string {
		chosen := []string{}
		for _, user := range users {
			if random.IntN(2) == 0 {
				chosen = append(chosen, user)
			}
		}
		return chosen
	}
	relations := func(names ...string) map[string][]string {
		all := map[string][]string{}
		for _, name := range names {
			if chosen := some(); len(chosen) > 0 {
				all[name] = chosen
			}
		}
		return all
	}
	each := func(kind string, add func(name string)) {
		for i := range 3 {
			if name := fmt.Sprintf("%s%d", kind, i); random.IntN(5) > 0 {
				world.Sets[name] = random.IntN(2) == 0
				add(name)
			}
		}
	}
	each("group", func(name string) { world.Groups[name] = some() })
	each("data", func(name string) { world.Datasets[name] = relations("viewer", "editor") })
	each("mission", func(name string) { world.Missions[name] = relations("cleared_for", "mission_member") })
	each("room", func(name string) {
		world.Rooms[name] = map[string]string{}
		for _, user := range some() {
			world.Rooms[name][user] = []string{"viewer", "editor"}[random.IntN(2)]
		}
	})
	each("idp", func(name string) { world.Providers[name] = random.IntN(2) == 0 })
	for group := range world.Groups {
		if random.IntN(2) == 0 {
			world.Mappings["/"+group] = group
		}
	}
	world.Attributes["clearance"] = "string"
	each("attribute", func(name string) { world.Attributes[name] = "int" })
	each("robot", func(name string) { world.Robots[name] = []string{"north", "south"}[random.IntN(2)] })
	return world
}

// held is the world without how it is managed, and without objects on which nobody has anything.
func (c crewWorld) held() crewWorld {
	c.Sets = nil
	for _, objects := range []map[string]map[string][]string{c.Datasets, c.Missions} {
		maps.DeleteFunc(objects, func(_ string, relations map[string][]string) bool { return len(relations) == 0 })
	}
	return c
}

// crewOn is the world of a service, without the administrator.
func crewOn(s acctest.Gateway) crewWorld {
	data := s.Server.Snapshot()
	world := newCrewWorld()
	names := map[string]string{}
	for _, user := range data.Users {
		if !user.Deleted {
			names[user.SubjectID] = user.Username
		}
		if !user.Deleted && user.ID != s.Server.AdminID() {
			world.Users[user.Username] = slices.Sorted(slices.Values(user.Roles))
		}
	}
	name := func(subject string) string {
		if known, ok := names[subject]; ok {
			return known
		}
		return "deleted " + subject
	}
	for _, group := range data.Groups {
		world.Groups[group.Name] = []string{}
		for _, member := range group.Members {
			world.Groups[group.Name] = append(world.Groups[group.Name], name(member))
		}
		slices.Sort(world.Groups[group.Name])
	}
	for _, tuple := range data.Tuples {
		objects, ok := map[string]map[string]map[string][]string{"dataset": world.Datasets, "mission": world.Missions}[tuple.ResourceType]
		if !ok {
			continue // of a workroom
		}
		if objects[tuple.ResourceID] == nil {
			objects[tuple.ResourceID] = map[string][]string{}
		}
		relations := objects[tuple.ResourceID]
		relations[tuple.Relation] = slices.Sorted(slices.Values(append(relations[tuple.Relation], name(tuple.SubjectID))))
	}
	for _, room := range data.Workrooms {
		if room.DeletedAt != nil {
			continue
		}
		key := room.Name
		for world.Rooms[key] != nil {
			key += " again"
		}
		world.Rooms[key] = map[string]string{}
		for _, member := range room.Members {
			if member.Active && member.UserID != room.OwnerUserID {
				world.Rooms[key][name(member.UserID)] = member.Role
			}
		}
	}
	for _, provider := range data.IdentityProviders {
		world.Providers[provider.Alias] = provider.Enabled
	}
	for _, mapping := range data.Mappings {
		world.Mappings[mapping.IDPGroupPath] = mapping.LocalGroupName
	}
	for _, attribute := range data.Attributes {
		if attribute.WithdrawnAt == nil {
			world.Attributes[attribute.Name] = attribute.Type
		}
	}
	for _, subject := range data.Subjects {
		if clearance, ok := subject.Attributes["clearance"]; ok {
			world.Robots[subject.Username] = strings.Trim(string(clearance), `"`)
		}
	}
	return world
}

// importable are the addresses of all objects of a service, and by what they are imported.
func importable(s acctest.Gateway) map[string]string {
	data := s.Server.Snapshot()
	ids := map[string]string{}
	add := func(typeName, key, id string) { ids[fmt.Sprintf("%s.this[%q]", typeName, key)] = id }
	for _, group := range data.Groups {
		add("kamiwaza_group", group.Name, group.ID)
	}
	for _, room := range data.Workrooms {
		if room.DeletedAt == nil && room.Name != "Global Workroom" {
			add("kamiwaza_workroom", room.Name, room.ID)
		}
	}
	for _, provider := range data.IdentityProviders {
		add("kamiwaza_identity_provider", provider.Alias, provider.Alias)
	}
	for _, mapping := range data.Mappings {
		add("kamiwaza_group_mapping", mapping.IDPGroupPath, mapping.ID)
	}
	for _, attribute := range data.Attributes {
		if attribute.WithdrawnAt == nil {
			add("kamiwaza_attribute", attribute.Name, attribute.Name)
		}
	}
	for _, subject := range data.Subjects {
		add("kamiwaza_subject", subject.Username, subject.ID)
	}
	return ids
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
			writeCrew(t, w, newCrewWorld())
			w.Terraform(t, 0, "init")

			random := rand.New(rand.NewPCG(uint64(seed), 1))
			applies := 0
			for range 3 {
				world := randomCrew(random)
				writeCrew(t, w, world)
				applies += untilApplied(t, w, s, storm)
				want, held := asText(t, world.held()), asText(t, crewOn(s).held())
				if held != want {
					t.Fatalf("the service has\n%s\nwant\n%s", held, want)
				}
				storm.setCalm(true)
				w.Terraform(t, 0, "plan", "-detailed-exitcode")
				storm.setCalm(false)
			}
			applies += untilApplied(t, w, s, storm, "-destroy")
			if held := asText(t, crewOn(s).held()); held != asText(t, newCrewWorld().held()) {
				t.Errorf("the destroy left %s", held)
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

// untilApplied applies until that succeeds. After a failure it imports, in calm weather, what the service has and the state
// lacks, as the errors ask for.
func untilApplied(t *testing.T, w acctest.Workdir, s acctest.Gateway, storm *storm, arguments ...string) (applies int) {
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
		storm.setCalm(true)
		for address, id := range importable(s) {
			if !strings.Contains(state, address) {
				run("import", address, id) // which fails for what the configuration does not have
			}
		}
		storm.setCalm(false)
	}
	t.Fatalf("after %d applies:\n%s", applies, &out)
	return applies
}
