package provider_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	gatewayserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

// accessChanges are what review and diff print as JSON, as far as both tell the same.
type accessChanges struct {
	Accounts []struct {
		Holder struct{ ID, Name string }
		Effect string
	}
	Changes []struct {
		Holder     struct{ ID, Name string }
		Effect     string
		Permission struct{ Kind, ID, Name string }
		Ways       [][]struct{ Kind, ID, Name string }
		WaysCount  int `json:"ways_count"`
	}
	Unknown []struct{ Address, Argument, Reason string }
}

func changesOf(t *testing.T, output string) accessChanges {
	t.Helper()
	var c accessChanges
	acctest.Must(t, json.Unmarshal([]byte(output), &c))
	return c
}

// wantReviewIsRight plans the configuration, reviews the plan, applies it, and compares the review with the difference of snapshots taken before and
// after. It returns how much the plan changes.
func wantReviewIsRight(t *testing.T, w acctest.Workdir, e companion) int {
	t.Helper()
	w.Terraform(t, 0, "plan", "-out=plan")
	file := filepath.Join(w.Dir, "plan.json")
	acctest.Must(t, os.WriteFile(file, []byte(w.Terraform(t, 0, "show", "-json", "plan")), 0o600))
	before, after := filepath.Join(w.Dir, "before.json"), filepath.Join(w.Dir, "after.json")
	snapshot := func(to string) {
		out, _ := e.run(t, 0, "snapshot", "-quiet")
		acctest.Must(t, os.WriteFile(to, []byte(out), 0o600))
	}
	snapshot(before)
	reviewed, _ := e.run(t, 0, "review", "-quiet", "-format=json", file)
	again, _ := e.run(t, 0, "review", "-quiet", "-format=json", file)
	if again != reviewed {
		t.Errorf("another review of the same plan differs:\n%s\n%s", reviewed, again)
	}
	w.Terraform(t, 0, "apply", "plan")
	snapshot(after)
	compared, _ := e.run(t, 0, "diff", "-format=json", before, after)
	since, _ := e.run(t, 0, "diff", "-quiet", "-format=json", before)
	if since != compared {
		t.Errorf("the difference between a snapshot and now is not that between two snapshots:\n%s\n%s", since, compared)
	}
	got, want := changesOf(t, reviewed), changesOf(t, compared)
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the review said\n%s\nbut the apply did\n%s", reviewed, compared)
	}
	return len(want.Changes) + len(want.Accounts)
}

// mutate changes who has what in a company that was exported as YAML.
func mutate(company map[string]any, random *rand.Rand) {
	section := func(name string) map[string]any { entries, _ := company[name].(map[string]any); return entries }
	pick := func(entries map[string]any) (string, map[string]any) {
		names := slices.Sorted(maps.Keys(entries))
		if len(names) == 0 {
			return "", nil
		}
		name := names[random.IntN(len(names))]
		entry, _ := entries[name].(map[string]any)
		return name, entry
	}
	// toggle takes a name out of a list, or puts one in.
	toggle := func(entry map[string]any, list string, from map[string]any) {
		names, _ := entry[list].([]any)
		if name, _ := pick(from); name != "" && entry != nil {
			if at := slices.Index(names, any(name)); at >= 0 {
				entry[list] = slices.Delete(slices.Clone(names), at, at+1)
			} else {
				entry[list] = append(slices.Clone(names), name)
			}
		}
	}
	for range 1 + random.IntN(8) {
		_, person := pick(section("people"))
		_, group := pick(section("groups"))
		_, role := pick(section("roles"))
		_, room := pick(section("workrooms"))
		switch random.IntN(10) {
		case 0:
			isActive, given := person["active"].(bool)
			person["active"] = given && !isActive
		case 1:
			if company["rights"] != nil || company["roles"] != nil {
				superuser, _ := person["superuser"].(bool)
				person["superuser"] = !superuser
			} else {
				person["roles"] = [][]any{{"user"}, {"viewer", "user"}, {"admin"}}[random.IntN(3)]
			}
		case 2, 3:
			if _, has := person["groups"]; has {
				toggle(person, "groups", section("groups"))
			} else {
				toggle(group, "members", section("people"))
			}
		case 4:
			if role != nil {
				toggle(group, "roles", section("roles"))
			}
		case 5:
			if role != nil {
				toggle(role, "rights", section("rights"))
			}
		case 6:
			if tuples, _ := company["relationship_tuples"].(map[string]any); len(tuples) > 0 {
				name, _ := pick(tuples)
				delete(tuples, name)
			}
		case 7:
			if members, _ := room["members"].(map[string]any); len(members) > 0 {
				name, _ := pick(members)
				if random.IntN(2) == 0 {
					delete(members, name)
				}
			}
		case 8: // Only with the RBAC API do the people say in which groups they are.
			if name, person := pick(section("people")); person["groups"] != nil {
				delete(section("people"), name)
			}
		case 9:
			if name, group := pick(section("groups")); group["roles"] != nil {
				delete(section("groups"), name)
				for _, person := range section("people") {
					if entry, _ := person.(map[string]any); entry["groups"] != nil {
						groups, _ := entry["groups"].([]any)
						entry["groups"] = slices.DeleteFunc(slices.Clone(groups), func(of any) bool { return of == name })
					}
				}
			}
		}
	}
}

// wantReviewsAreRight exports a company, and changes it several times.
func wantReviewsAreRight(t *testing.T, cli acctest.CLI, s acctest.Addressed, seed uint64) {
	t.Helper()
	e := newCompanion(t, s)
	w := workdirOf(t, cli, exporter{e}, s, "-style=yaml")
	w.Terraform(t, 0, "apply", "-auto-approve")
	acctest.Must(t, os.Remove(filepath.Join(w.Dir, "imports.tf")))
	w.Terraform(t, 0, "apply", "-auto-approve") // which stores create_before_destroy: without it, groups would be deleted while users have them
	file := filepath.Join(w.Dir, "access.yaml")
	random := rand.New(rand.NewPCG(seed, 3))
	changed := 0
	for range 3 {
		text, err := os.ReadFile(file)
		acctest.Must(t, err)
		var company map[string]any
		acctest.Must(t, yaml.Unmarshal(text, &company))
		mutate(company, random)
		text, err = json.Marshal(company) // which is YAML, too
		acctest.Must(t, err)
		acctest.Must(t, os.WriteFile(file, text, 0o600))
		changed += wantReviewIsRight(t, w, e)
	}
	t.Logf("%d changes", changed)
}

func TestAccReview_rbac(t *testing.T) {
	t.Parallel()
	cli := acctest.NewCLI(t)
	eachRBACCompany(t, 3, func(t *testing.T, s acctest.Service, seed int) {
		t.Helper()
		wantReviewsAreRight(t, cli, s, uint64(seed))
	})
}

func TestAccReview_gateway(t *testing.T) {
	t.Parallel()
	cli := acctest.NewCLI(t)
	eachGatewayCompany(t, 3, func(t *testing.T, s acctest.Gateway, seed int) {
		t.Helper()
		wantReviewsAreRight(t, cli, s, uint64(seed))
	})
}

// reviewCase is a change of a configuration, and what the review says of it.
type reviewCase struct {
	before, after string
	arguments     []string
	exitCode      int
	want          []string
	wantNot       []string
}

// Resources that several configurations have.
const (
	adaInPlatform = `resource "kamiwaza_group_members" "platform" {
  group_id = kamiwaza_group.platform.id
  user_ids = [kamiwaza_user.this["ada"].id]
}`
	allInPlatform = `resource "kamiwaza_group_members" "platform" {
  group_id = kamiwaza_group.platform.id
  user_ids = [for user in kamiwaza_user.this : user.id]
}`
	zoe = `resource "kamiwaza_user" "root" {
  username            = "zoe"
  email               = "zoe@example.com"
  is_superuser        = true
  password_wo         = "correct horse battery"
  password_wo_version = "1"
}`
	research = `resource "kamiwaza_workroom" "research" {
  name = "Research"
}`
)

const reviewedPeople = `
terraform {
  required_providers {
    kamiwaza = { source = "kamiwaza-ai/kamiwaza" }
  }
}
resource "kamiwaza_user" "this" {
  for_each            = toset(local.people)
  username            = each.key
  email               = "${each.key}@example.com"
  password_wo         = "correct horse battery"
  password_wo_version = "1"
}
resource "kamiwaza_right" "deploy" {
  name = "models.deploy"
}
resource "kamiwaza_role" "operator" {
  name = "operator"
}
resource "kamiwaza_role_right" "operator" {
  role_id  = kamiwaza_role.operator.id
  right_id = kamiwaza_right.deploy.id
}
resource "kamiwaza_group" "platform" {
  name = "platform"
}
resource "kamiwaza_group_role" "platform" {
  group_id = kamiwaza_group.platform.id
  role_id  = kamiwaza_role.operator.id
}
`

var reviewCases = map[string]reviewCase{
	"nothing": {
		before: `locals { people = ["ada"] }`, after: `locals { people = ["ada"] }`,
		want: []string{"Nobody gains or loses access."},
	},
	"a new user in a set": {
		before: `
locals { people = ["ada"] }
` + allInPlatform,
		after: `
locals { people = ["ada", "bela"] }
` + allInPlatform,
		want: []string{
			"1 user gains access, 1 account appears.", "bela (bela@example.com) appears", "bela (bela@example.com)\n  + models.deploy  platform → operator\n",
		},
		wantNot: []string{"ada", "Not known"},
	},
	"new users, some of them in a set": {
		before: `
locals { people = ["ada"] }
` + adaInPlatform,
		after: `
locals {
  people = ["ada", "bela", "chen"]
  team   = ["ada", "chen"]
}
resource "kamiwaza_group_members" "platform" {
  group_id = kamiwaza_group.platform.id
  user_ids = [for name in local.team : kamiwaza_user.this[name].id]
}`,
		exitCode: 3,
		want: []string{
			"2 accounts appear, 1 argument not known before the apply.",
			`kamiwaza_group_members.platform, user_ids: it is 1 of kamiwaza_user.this["bela"] or kamiwaza_user.this["chen"]`,
		},
	},
	"a set of which nothing is known": {
		before: `
locals { people = ["ada"] }
` + adaInPlatform,
		after: `
locals { people = ["ada"] }
resource "kamiwaza_right" "other" {
  name = "other"
}
resource "kamiwaza_group_members" "platform" {
  group_id = kamiwaza_group.platform.id
  user_ids = length(kamiwaza_right.other.id) > 0 ? [kamiwaza_user.this["ada"].id] : []
}`,
		exitCode: 3,
		want:     []string{"kamiwaza_group_members.platform, user_ids: it is not known how many there are"},
		wantNot:  []string{"1 user loses"},
	},
	"new users by name": {
		before: `locals { people = ["ada"] }`,
		after: `
locals { people = ["ada", "bela", "chen"] }
resource "kamiwaza_group_members" "platform" {
  group_id = kamiwaza_group.platform.id
  user_ids = [kamiwaza_user.this["ada"].id, kamiwaza_user.this["chen"].id]
}`,
		want:    []string{"2 users gain access, 2 accounts appear.", "ada (ada@example.com)\n  + models.deploy", "chen (chen@example.com)\n  + models.deploy"},
		wantNot: []string{"bela (bela@example.com)\n"},
	},
	"the key of each": {
		before: `locals { people = [] }`,
		after: `
locals { people = ["ada", "bela"] }
resource "kamiwaza_group" "team" {
  for_each = toset(local.people)
  name     = each.key
}
resource "kamiwaza_group_member" "team" {
  for_each = toset(local.people)
  group_id = kamiwaza_group.team[each.key].id
  user_id  = kamiwaza_user.this[each.key].id
}
resource "kamiwaza_group_role" "team" {
  for_each = toset(local.people)
  group_id = kamiwaza_group.team[each.key].id
  role_id  = kamiwaza_role.operator.id
}`,
		want:    []string{"2 users gain access", "ada (ada@example.com)\n  + models.deploy  ada → operator\n", "bela (bela@example.com)\n  + models.deploy  bela → operator\n"},
		wantNot: []string{"Not known"},
	},
	"a key that is made of the key of each": {
		before: `locals { people = [] }`,
		after: `
locals { people = ["ada", "ada-2", "bela"] }
resource "kamiwaza_group_member" "team" {
  for_each = toset(["ada"])
  group_id = kamiwaza_group.platform.id
  user_id  = kamiwaza_user.this["${each.key}-2"].id
}`,
		exitCode: 3,
		want:     []string{`kamiwaza_group_member.team["ada"], user_id: it is 1 of`},
		wantNot:  []string{"+ models.deploy"},
	},
	"a variable and an output of modules": {
		before: `locals { people = ["ada"] }`,
		after: `
locals { people = ["ada", "bela"] }
module "access" {
  source   = "./access"
  for_each = toset(["bela"])
  user     = kamiwaza_user.this["bela"].id
}
resource "kamiwaza_group_role" "made" {
  group_id = module.access["bela"].group.id
  role_id  = kamiwaza_role.operator.id
}`,
		want: []string{"1 user gains access, 1 account appears.", "+ models.deploy  of a module → operator"},
	},
	"a superuser, who has what is denied, and a name that is misspelt": {
		before: `locals { people = ["ada"] }`,
		after: `
locals { people = ["ada"] }
` + zoe,
		arguments: []string{"-deny=models.deploy", "-deny=models.delpoy"}, exitCode: 4,
		want: []string{"Denied: zoe gains superuser.", "Warning: -deny=models.delpoy: the platform has no permission with this name"},
	},
	"a superuser": {
		before: `locals { people = ["ada"] }`,
		after: `
locals { people = ["ada"] }
` + zoe + `
resource "kamiwaza_group_member" "ada" {
  group_id = kamiwaza_group.platform.id
  user_id  = kamiwaza_user.this["ada"].id
}`,
		arguments: []string{"-deny-superuser", "-deny=models.deploy"}, exitCode: 4,
		want: []string{"Denied: zoe gains superuser.\nDenied: ada gains models.deploy.", "zoe (zoe@example.com)\n  + superuser  directly\n\nada (ada@example.com)\n"},
	},
	"a user who leaves, and one who is deactivated": {
		before: `
locals { people = ["ada", "bela"] }
resource "kamiwaza_user" "chen" {
  username            = "chen"
  email               = "chen@example.com"
  on_destroy          = "deactivate"
  password_wo         = "correct horse battery"
  password_wo_version = "1"
}
resource "kamiwaza_group_members" "platform" {
  group_id = kamiwaza_group.platform.id
  user_ids = concat([kamiwaza_user.chen.id], [for user in kamiwaza_user.this : user.id])
}`,
		after: `
locals { people = ["ada"] }
` + allInPlatform,
		want: []string{
			"2 users lose access, 1 account vanishes, 1 account is deactivated.",
			"bela (bela@example.com)\n  - models.deploy  platform → operator\n", "chen (chen@example.com, inactive)\n  - models.deploy  platform → operator\n",
		},
	},
	"a set that takes over single assignments": {
		before: `
locals { people = ["ada"] }
resource "kamiwaza_group_member" "ada" {
  group_id = kamiwaza_group.platform.id
  user_id  = kamiwaza_user.this["ada"].id
}`,
		after: `
locals { people = ["ada"] }
` + adaInPlatform,
		want: []string{"Nobody gains or loses access."},
	},
	"a set that leaves somebody out": {
		before: `
locals { people = ["ada", "bela"] }
resource "kamiwaza_group_member" "team" {
  for_each = kamiwaza_user.this
  group_id = kamiwaza_group.platform.id
  user_id  = each.value.id
}`,
		after: `
locals { people = ["ada", "bela"] }
removed {
  from = kamiwaza_group_member.team
  lifecycle {
    destroy = false
  }
}
` + adaInPlatform,
		want:    []string{"1 user loses access.", "bela (bela@example.com)\n  - models.deploy  platform → operator\n"},
		wantNot: []string{"ada"},
	},
	"a right that is replaced under its name": {
		before: `
locals { people = ["ada"] }
` + adaInPlatform + `
resource "kamiwaza_right" "query" {
  name         = "models.query"
}
resource "kamiwaza_role_right" "query" {
  role_id  = kamiwaza_role.operator.id
  right_id = kamiwaza_right.query.id
}`,
		after: `
locals { people = ["ada"] }
` + adaInPlatform + `
resource "kamiwaza_right" "again" {
  name = "models.query"
}
resource "kamiwaza_role_right" "again" {
  role_id  = kamiwaza_role.operator.id
  right_id = kamiwaza_right.again.id
}`,
		want: []string{"Nobody gains or loses access."},
	},
	"two configurations of the provider": {
		before: `locals { people = ["ada"] }`,
		after: `
locals { people = ["ada"] }
provider "kamiwaza" {
  alias = "europe"
}
resource "kamiwaza_group" "europe" {
  provider = kamiwaza.europe
  name     = "europe"
}`,
		exitCode: 2,
		want:     []string{"the plan uses several configurations of the provider (kamiwaza, kamiwaza.europe); choose the one of this platform with -provider"},
	},
	"one of two configurations of the provider": {
		before: `locals { people = ["ada"] }`,
		after: `
locals { people = ["ada"] }
provider "kamiwaza" {
  alias = "europe"
}
resource "kamiwaza_user" "europe" {
  provider            = kamiwaza.europe
  username            = "europa"
  email               = "europa@example.com"
  password_wo         = "correct horse battery"
  password_wo_version = "1"
}`,
		arguments: []string{"-provider=kamiwaza"},
		want:      []string{"Nobody gains or loses access."},
	},
	"what a snapshot says nothing of": {
		before:  `locals { people = ["ada"] }`,
		after:   "locals { people = [\"ada\"] }\nresource \"kamiwaza_organization\" \"acme\" {\n  name = \"Acme\"\n}",
		want:    []string{"Other changes:\n  kamiwaza_organization.acme: create (name Acme)"},
		wantNot: []string{"+"},
	},
}

// A module that gets a user from outside, and makes a group that others refer to.
const reviewedModule = `
terraform {
  required_providers {
    kamiwaza = { source = "kamiwaza-ai/kamiwaza" }
  }
}
variable "user" { type = string }
resource "kamiwaza_group" "this" {
  name = "of a module"
}
resource "kamiwaza_group_member" "this" {
  group_id = kamiwaza_group.this.id
  user_id  = var.user
}
output "group" {
  value = kamiwaza_group.this
}`

const reviewedGateway = `
terraform {
  required_providers {
    kamiwaza = { source = "kamiwaza-ai/kamiwaza" }
  }
}
resource "kamiwaza_user" "this" {
  for_each            = toset(local.people)
  username            = each.key
  email               = "${each.key}@example.com"
  roles               = each.key == "zoe" ? ["admin"] : ["user"]
  password_wo         = "Correct-horse-1"
  password_wo_version = "1"
}
resource "kamiwaza_group" "platform" {
  name = "platform"
}
resource "kamiwaza_relationship_tuple" "platform" {
  subject  = { namespace = "group", id = kamiwaza_group.platform.id }
  relation = "viewer"
  object   = { namespace = "dataset", id = "sales" }
}
`

var gatewayReviewCases = map[string]reviewCase{
	"a new user with a group, a grant and an administrator": {
		before: `locals { people = ["ada"] }`,
		after: `
locals { people = ["ada", "bela", "zoe"] }
resource "kamiwaza_group_member" "bela" {
  group_id = kamiwaza_group.platform.id
  user_id  = kamiwaza_user.this["bela"].subject_id
}
resource "kamiwaza_resource_grants" "forecast" {
  object = { namespace = "model", id = "forecast" }
  grants = { editor = { user = [kamiwaza_user.this["bela"].subject_id, kamiwaza_user.this["ada"].subject_id] } }
}`,
		arguments: []string{"-deny=dataset:sales", "-deny-superuser"}, exitCode: 4,
		want: []string{
			"3 users gain access, 2 accounts appear.",
			"Denied: zoe gains admin.\nDenied: bela gains viewer of dataset:sales.",
			"zoe (zoe@example.com)\n  + admin  directly\n",
			"bela (bela@example.com)\n  + user                      directly\n  + editor of model:forecast  directly\n  + viewer of dataset:sales   platform\n",
			"ada (ada@example.com)\n  + editor of model:forecast  directly\n",
			"with SpiceDB they do",
		},
	},
	"a group mapping": {
		before: `locals { people = ["ada"] }`,
		after: `
locals { people = ["ada"] }
resource "kamiwaza_group_mapping" "engineering" {
  issuer           = "https://login.example.com"
  idp_group_path   = "/engineering"
  local_group_name = kamiwaza_group.platform.name
}`,
		want:    []string{"members of /engineering at https://login.example.com\n  + viewer of dataset:sales  platform\n"},
		wantNot: []string{"ada"},
	},
	"a set of grants leaves owners alone": {
		before: `
locals { people = ["ada", "bela"] }
resource "kamiwaza_relationship_tuple" "this" {
  for_each = { owner = "ada", viewer = "bela" }
  subject  = { namespace = "user", id = kamiwaza_user.this[each.value].subject_id }
  relation = each.key
  object   = { namespace = "model", id = "forecast" }
}`,
		after: `
locals { people = ["ada", "bela"] }
removed {
  from = kamiwaza_relationship_tuple.this
  lifecycle {
    destroy = false
  }
}
resource "kamiwaza_resource_grants" "forecast" {
  object = { namespace = "model", id = "forecast" }
  grants = {}
}`,
		want:    []string{"1 user loses access.", "bela (bela@example.com)\n  - viewer of model:forecast  directly\n"},
		wantNot: []string{"ada"},
	},
	"members of a new workroom": {
		before: `locals { people = ["ada"] }`,
		after: `
locals { people = ["ada", "bela"] }
` + research + `
resource "kamiwaza_workroom_members" "research" {
  workroom_id = kamiwaza_workroom.research.id
  members     = { "ada@example.com" = "viewer", (kamiwaza_user.this["bela"].email) = "editor" }
}`,
		want: []string{
			"admin (admin@example.com)\n  + owner of the workroom Research  directly\n", "ada (ada@example.com)\n  + viewer of the workroom Research  directly\n",
			"  + editor of the workroom Research  directly\n",
		},
	},
	"a role in a workroom that changes": {
		before: `
locals { people = ["ada"] }
` + research + `
resource "kamiwaza_workroom_member" "ada" {
  workroom_id = kamiwaza_workroom.research.id
  email       = kamiwaza_user.this["ada"].email
}`,
		after: `
locals { people = ["ada"] }
` + research + `
resource "kamiwaza_workroom_member" "ada" {
  workroom_id = kamiwaza_workroom.research.id
  email       = kamiwaza_user.this["ada"].email
  role        = "editor"
}`,
		want: []string{"ada (ada@example.com)\n  + editor of the workroom Research  directly\n  - viewer of the workroom Research  directly\n"},
	},
	"a group that is replaced": {
		before: `
locals { people = ["ada"] }
resource "kamiwaza_group_member" "ada" {
  group_id = kamiwaza_group.platform.id
  user_id  = kamiwaza_user.this["ada"].subject_id
}
resource "kamiwaza_group" "extra" {
  name = "extra"
}
resource "kamiwaza_group_member" "extra" {
  group_id = kamiwaza_group.extra.id
  user_id  = kamiwaza_user.this["ada"].subject_id
}
resource "kamiwaza_relationship_tuple" "extra" {
  subject  = { namespace = "group", id = kamiwaza_group.extra.id }
  relation = "editor"
  object   = { namespace = "dataset", id = "sales" }
}`,
		after: `
locals { people = ["ada"] }
resource "kamiwaza_group_member" "ada" {
  group_id = kamiwaza_group.platform.id
  user_id  = kamiwaza_user.this["ada"].subject_id
}
resource "kamiwaza_group" "extra" {
  name = "renamed"
}
resource "kamiwaza_group_member" "extra" {
  group_id = kamiwaza_group.extra.id
  user_id  = kamiwaza_user.this["ada"].subject_id
}
resource "kamiwaza_relationship_tuple" "extra" {
  subject  = { namespace = "group", id = kamiwaza_group.extra.id }
  relation = "editor"
  object   = { namespace = "dataset", id = "sales" }
}`,
		want: []string{"Nobody gains or loses access."},
	},
	"a token": {
		before:  `locals { people = ["ada"] }`,
		after:   "locals { people = [\"ada\"] }\nresource \"kamiwaza_personal_access_token\" \"ci\" {\n  scope = \"admin\"\n}",
		want:    []string{"Other changes:\n  kamiwaza_personal_access_token.ci: create (scope admin)"},
		wantNot: []string{"+"},
	},
}

func TestAccReview_plans(t *testing.T) {
	t.Parallel()
	for name, test := range reviewCases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.run(t, acctest.Start(t, authserver.Config{}), reviewedPeople)
		})
	}
	for name, test := range gatewayReviewCases {
		t.Run("gateway: "+name, func(t *testing.T) {
			t.Parallel()
			test.run(t, acctest.StartGateway(t, authserver.Config{API: gatewayserver.Behavior{}}), reviewedGateway)
		})
	}
}

// run applies the configuration, changes it, and reviews the plan.
func (c reviewCase) run(t *testing.T, s acctest.Addressed, common string) {
	t.Helper()
	w := acctest.WorkdirFor(t, s, common+c.before)
	acctest.Must(t, os.Mkdir(filepath.Join(w.Dir, "access"), 0o700))
	acctest.Must(t, os.WriteFile(filepath.Join(w.Dir, "access", "main.tf"), []byte(reviewedModule), 0o600))
	w.Terraform(t, 0, "apply", "-auto-approve")
	w.Write(t, common+c.after)
	if strings.Contains(c.after, "module ") {
		w.Terraform(t, 0, "get")
	}
	w.Terraform(t, 0, "plan", "-out=plan")
	file := filepath.Join(w.Dir, "plan.json")
	acctest.Must(t, os.WriteFile(file, []byte(w.Terraform(t, 0, "show", "-json", "plan")), 0o600))
	out, errOut := newCompanion(t, s).run(t, c.exitCode, append(append([]string{"review", "-quiet"}, c.arguments...), file)...)
	for _, text := range c.want {
		if !strings.Contains(out+errOut, text) {
			t.Errorf("the review lacks %q:\n%s%s", text, out, errOut)
		}
	}
	for _, text := range c.wantNot {
		if strings.Contains(out, text) {
			t.Errorf("the review has %q:\n%s", text, out)
		}
	}
}
