package provider_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	rbacserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

const replaceable = `
variable "key" {
  default = "ana"
}
variable "leaver" {
  default = true
}
variable "external" {
  default = "hr-1"
}
variable "name" {
  default = "leaver"
}
resource "kamiwaza_user" "renamed" {
  for_each       = toset([var.key])
  username       = "ana"
  email          = "ana@example.com"
  password       = "first password"
  adopt_existing = true
}
resource "kamiwaza_user" "before" {
  username       = "before"
  email          = "before@example.com"
  password       = "first password"
  adopt_existing = true
  lifecycle {
    create_before_destroy = true
  }
}
resource "kamiwaza_user" "after" {
  username       = "after"
  email          = "after@example.com"
  password       = "first password"
  adopt_existing = true
}
resource "kamiwaza_user" "leaver" {
  count       = var.leaver ? 1 : 0
  username    = var.name
  email       = "leaver@example.com"
  password    = "first password"
  external_id = var.external
  on_destroy  = "deactivate"
}
resource "kamiwaza_user" "protected" {
  username            = "protected"
  email               = "protected@example.com"
  password            = "first password"
  deletion_protection = true
}
resource "kamiwaza_organization" "protected" {
  name                = "protected"
  deletion_protection = true
}
`

// What Terraform replaces by -replace, because it is tainted, or at another address.
func TestAccUser_replacement(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, authserver.Config{})
	w := acctest.WorkdirFor(t, s, replaceable)
	w.Terraform(t, 0, "apply", "-auto-approve")
	ids := map[string]string{}
	for _, user := range s.Server.Snapshot().Users {
		ids[user.Username] = user.ID
	}
	s.Asked()
	unchanged := func(what string) {
		t.Helper()
		for request := range s.Asked() {
			if request != "POST /auth/token" && !strings.HasPrefix(request, "GET ") {
				t.Errorf("%s: %s", what, request)
			}
		}
	}

	const leaver = "kamiwaza_user.leaver[0]"
	out := w.Failure(t, "apply", "-auto-approve", "-replace="+leaver)
	acctest.WantWords(t, out, `User "leaver" (`+ids["leaver"]+`) cannot be replaced`, "give the new user a different username")
	acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve", "-var=external=hr-2"), `User "leaver" (`+ids["leaver"]+`) cannot be replaced`)
	acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve", "-var=external="), `User "leaver" (`+ids["leaver"]+`) cannot be replaced`)
	w.Terraform(t, 0, "taint", leaver)
	acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), `User "leaver" (`+ids["leaver"]+`) would keep its username`, "terraform untaint ADDRESS")
	w.Terraform(t, 0, "untaint", leaver)
	out = w.Failure(t, "apply", "-auto-approve", "-replace=kamiwaza_user.protected", "-replace=kamiwaza_organization.protected")
	acctest.WantWords(t, out, `User "protected" (`+ids["protected"]+`) is protected from deletion`, "set deletion_protection = false and apply first")
	acctest.WantWords(t, out, `Organization "protected" (`+s.Server.Snapshot().Organizations[0].ID+`) is protected from deletion`)
	unchanged("a refused replacement")
	w.Output(t, 2, "plan", "-detailed-exitcode", "-var=name=newcomer")

	// The user at its new address, with no moved block.
	out = w.Output(t, 0, "plan", "-out=plan", "-var=key=Ana")
	acctest.WantWords(t, out, `One resource adopts user "ana" (`+ids["ana"]+`), and another one destroys it`, "moved {")
	w.Terraform(t, 0, "apply", "plan")
	s.MustUser(t, "ana")
	w.Terraform(t, 0, "plan", "-detailed-exitcode", "-var=key=Ana")

	// The new one adopts the old one; with the usual order, it is really a new one.
	out = w.Output(t, 0, "apply", "-auto-approve", "-var=key=Ana", "-replace=kamiwaza_user.before", "-replace=kamiwaza_user.after")
	acctest.WantWords(t, out, `User "before" (`+ids["before"]+`) was not destroyed`, "create_before_destroy")
	acctest.RejectWords(t, out, `existing user "after"`, "Another resource", "One resource adopts")
	if s.MustUser(t, "before").ID != ids["before"] || s.MustUser(t, "after").ID == ids["after"] {
		t.Errorf("before has %s, after has %s; they had %v", s.MustUser(t, "before").ID, s.MustUser(t, "after").ID, ids)
	}
	w.Terraform(t, 0, "taint", "kamiwaza_user.before")
	w.Terraform(t, 0, "taint", "kamiwaza_user.after")
	out = w.Output(t, 0, "plan", "-out=plan", "-var=key=Ana")
	acctest.RejectWords(t, out, "This adopts the existing", "One resource adopts")
	w.Terraform(t, 0, "apply", "plan")
	if s.MustUser(t, "before").ID != ids["before"] {
		t.Error("the tainted user with create_before_destroy was deleted")
	}
	w.Terraform(t, 0, "plan", "-detailed-exitcode", "-var=key=Ana")

	// A leaver who comes back.
	w.Terraform(t, 0, "apply", "-auto-approve", "-var=key=Ana", "-var=leaver=false")
	if s.MustUser(t, "leaver").IsActive {
		t.Error("the leaver is active")
	}
	w.Write(t, strings.Replace(replaceable, `on_destroy  = "deactivate"`, "on_destroy  = \"deactivate\"\n  adopt_existing = true", 1))
	out = w.Output(t, 0, "apply", "-auto-approve", "-var=key=Ana")
	acctest.WantWords(t, out, `This adopts the existing user "leaver" (`+ids["leaver"]+`)`, "lets it log in again")
	if user := s.MustUser(t, "leaver"); !user.IsActive || user.ID != ids["leaver"] {
		t.Errorf("the server has %+v", user)
	}
	w.Terraform(t, 0, "plan", "-detailed-exitcode", "-var=key=Ana")
	w.Terraform(t, 0, "apply", "-auto-approve", "-var=key=Ana", "-var=name=newcomer")
	if old := s.MustUser(t, "leaver"); old.IsActive || !s.MustUser(t, "newcomer").IsActive {
		t.Errorf("after a replacement by another username, the old user is %+v", old)
	}
}

// What the plans of on_destroy = "deactivate" say, in each order.
func TestProtocol_deactivatedOnDestroy(t *testing.T) {
	const user = "kamiwaza_user"
	s := acctest.Start(t, authserver.Config{})
	p := acctest.NewProtocol(t, s)
	made := func(username, onDestroy string) (acctest.Instance, acctest.Fields) {
		config := acctest.UserFields(username, acctest.Fields{"on_destroy": onDestroy})
		i, diagnostics := p.Made(user, config)
		p.NoErrors(diagnostics)
		return i, config
	}
	ada, adaConfig := made("ada", "delete")
	ben, _ := made("ben", "delete")
	eva, evaConfig := made("eva", "deactivate")
	plans := map[string]func(p acctest.Protocol) string{
		"ada becomes deactivate": func(p acctest.Protocol) string {
			return acctest.Written(p.PlanOf(ada, with(adaConfig, "on_destroy", "deactivate")).Diagnostics)
		},
		"ada stays": func(p acctest.Protocol) string { return acctest.Written(p.PlanOf(ada, adaConfig).Diagnostics) },
		"ben goes":  func(p acctest.Protocol) string { return acctest.Written(p.PlanOf(ben, nil).Diagnostics) },
		"eva goes": func(p acctest.Protocol) string {
			p.Refreshed(eva)
			return acctest.Written(p.PlanOf(eva, nil).Diagnostics)
		},
		"eva stays": func(p acctest.Protocol) string {
			p.Refreshed(eva)
			return acctest.Written(p.PlanOf(eva, evaConfig).Diagnostics)
		},
		"another eva": func(p acctest.Protocol) string {
			return acctest.Written(p.PlanOf(acctest.Instance{TypeName: user}, evaConfig).Diagnostics)
		},
		"eva adopted": func(p acctest.Protocol) string {
			return acctest.Written(p.PlanOf(acctest.Instance{TypeName: user}, with(evaConfig, "adopt_existing", true)).Diagnostics)
		},
		"another ada": func(p acctest.Protocol) string {
			return acctest.Written(p.PlanOf(acctest.Instance{TypeName: user}, adaConfig).Diagnostics)
		},
		"ada goes": func(p acctest.Protocol) string {
			p.Refreshed(ada)
			return acctest.Written(p.PlanOf(ada, nil).Diagnostics)
		},
	}
	for _, test := range []struct{ first, second, want string }{
		{"ada becomes deactivate", "ben goes", `This deletes user "ben"`},
		{"ben goes", "ada becomes deactivate", `This deletes user "ben"`},
		{"ada becomes deactivate", "eva goes", ""},
		{"eva goes", "ada becomes deactivate", ""},
		{"ada stays", "ben goes", ""},
		{"ben goes", "ada stays", ""},
		{"eva goes", "another eva", `ERROR at "": User "eva"`},
		{"another eva", "eva goes", `ERROR at "": User "eva"`},
		{"eva goes", "eva adopted", `WARNING at "": One resource adopts user "eva"`},
		{"eva adopted", "eva goes", `WARNING at "": One resource adopts user "eva"`},
		{"ada goes", "another ada", ""},
		{"another ada", "ada goes", ""},
		{"eva stays", "another ada", ""},
	} {
		p := acctest.NewProtocol(t, s)
		first := plans[test.first](p)
		second := plans[test.second](p)
		if test.want == "" && second != "" || !acctest.Says(test.want).MatchString(second) {
			t.Errorf("%s, then %s:\n%s\n%s\nwant %q", test.first, test.second, first, second, test.want)
		}
	}
}

// unknownIDs has each kind of reference that replaces what has it, out of a resource that is replaced. Its output is not
// known before the apply.
const unknownIDs = `
variable "again" {
  default = 1
}
variable "other" {
  default = false
}
variable "text" {
  default = "one"
}
locals {
  x = var.other ? "c" : "a"
  y = var.other ? "d" : "b"
}
resource "kamiwaza_group" "first" {
  name        = "first"
  description = var.text
}
resource "kamiwaza_user" "this" {
  for_each = toset(["a", "b", "c", "d"])
  username = each.key
  email    = "${each.key}@example.com"
  password = "first password"
}
resource "kamiwaza_group" "this" {
  for_each = toset(["a", "b", "c", "d"])
  name     = each.key
}
resource "kamiwaza_role" "this" {
  for_each = toset(["a", "b", "c", "d"])
  name     = each.key
}
resource "kamiwaza_right" "this" {
  for_each = toset(["a", "b", "c", "d"])
  name     = each.key
}
resource "terraform_data" "late" {
  triggers_replace = [var.again, kamiwaza_group.first.description]
  input = {
    external = local.x
    username = "late-${local.x}"
    user     = kamiwaza_user.this[local.x].id
    group    = kamiwaza_group.this[local.x].id
    role     = kamiwaza_role.this[local.x].id
    right    = kamiwaza_right.this[local.x].id
    user2    = kamiwaza_user.this[local.y].id
    group2   = kamiwaza_group.this[local.y].id
    role2    = kamiwaza_role.this[local.y].id
  }
}
resource "kamiwaza_user" "external" {
  username            = "external"
  email               = "external@example.com"
  password            = "first password"
  external_id         = terraform_data.late.output.external
  deletion_protection = true
}
resource "kamiwaza_user" "named" {
  username            = terraform_data.late.output.username
  email               = "named@example.com"
  password            = "first password"
  deletion_protection = true
}
resource "kamiwaza_group_member" "late" {
  group_id = terraform_data.late.output.group
  user_id  = terraform_data.late.output.user
}
resource "kamiwaza_group_role" "late" {
  group_id = terraform_data.late.output.group
  role_id  = terraform_data.late.output.role
}
resource "kamiwaza_role_right" "late" {
  role_id  = terraform_data.late.output.role
  right_id = terraform_data.late.output.right
}
resource "kamiwaza_group_members" "late" {
  group_id = terraform_data.late.output.group2
  user_ids = [kamiwaza_user.this["a"].id]
}
resource "kamiwaza_user_groups" "late" {
  user_id   = terraform_data.late.output.user2
  group_ids = [kamiwaza_group.this["a"].id]
}
resource "kamiwaza_group_roles" "late" {
  group_id = terraform_data.late.output.group2
  role_ids = [kamiwaza_role.this["a"].id]
}
resource "kamiwaza_role_rights" "late" {
  role_id   = terraform_data.late.output.role2
  right_ids = [kamiwaza_right.this["a"].id]
}
`

// What replaces a resource is not known in the plan, and turns out to be the same, or another one.
func TestAcc_replacedByWhatIsUnknown(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, authserver.Config{})
	w := acctest.WorkdirFor(t, s, unknownIDs)
	w.Terraform(t, 0, "apply", "-auto-approve")
	late := []string{
		"kamiwaza_user.external", "kamiwaza_user.named", "kamiwaza_group_member.late", "kamiwaza_group_role.late", "kamiwaza_role_right.late",
		"kamiwaza_group_members.late", "kamiwaza_user_groups.late", "kamiwaza_group_roles.late", "kamiwaza_role_rights.late",
	}
	s.Asked()
	unwritten := func(what string, but ...string) {
		t.Helper()
		for request := range s.Asked() {
			if request != "POST /auth/token" && !strings.HasPrefix(request, "GET ") && request != strings.Join(but, "") {
				t.Errorf("%s: %s", what, request)
			}
		}
	}

	w.Environment = append(w.Environment, "TF_VAR_again=2")
	actions := w.Actions(t, 2)
	for _, address := range late {
		if actions[address] != "update" {
			t.Errorf("the plan with unknown ids has %q for %s", actions[address], address)
		}
	}
	w.Terraform(t, 0, "apply", "-auto-approve", "plan")
	unwritten("the same ids")
	w.Terraform(t, 0, "plan", "-detailed-exitcode")

	// Until something of this provider is written, it does not know whether this is an apply: then Terraform refuses to replace
	// the users, and the provider afterwards. Assignments are changed in place.
	edges := func(what string, want int) {
		t.Helper()
		if got := s.Edges("group_member") + s.Edges("group_role") + s.Edges("role_right"); got != want {
			t.Errorf("%s: there are %d assignments, want %d", what, got, want)
		}
	}
	out := w.Failure(t, "apply", "-auto-approve", "-var=again=3", "-var=other=true")
	for _, attribute := range []string{"external_id", "username"} {
		if !regexp.MustCompile(attribute + " (may need|needs) another plan").MatchString(out) {
			t.Errorf("the output does not say that %s needs another plan:\n%s", attribute, out)
		}
	}
	edges("other ids", 7)
	w.Terraform(t, 0, "apply", "-auto-approve", "-var=again=3") // as it was
	edges("as it was", 7)

	out = w.Failure(t, "apply", "-auto-approve", "-var=again=4", "-var=text=two", "-var=other=true")
	acctest.WantWords(t, out, "external_id needs another plan", `has changed from "a" to "c"`, "The resource was left as it is. Plan and apply again.", "username needs another plan")
	for _, address := range late[2:] {
		acctest.RejectWords(t, out, "with "+address+",")
	}
	edges("other ids, after a write", 7)
}

// External ids and is_active of users whom Terraform did not create, or who were changed by others.
func TestProtocol_userOfOthers(t *testing.T) {
	const user = "kamiwaza_user"
	s := acctest.Start(t, authserver.Config{})
	ada := s.NewUser(t, rbac.UserCreate{Username: "ada", ExternalID: "hr-1"})
	bob := s.NewUser(t, rbac.UserCreate{Username: "bob"})
	s.Put(t, "/auth/users/"+bob.ID, `{"is_active": false}`)
	config := func(username string, changes acctest.Fields) acctest.Fields {
		return with(acctest.UserFields(username, changes), "password", nil)
	}

	p := acctest.NewProtocol(t, s)
	imported := p.Imported(user, ada.ID)
	if plan := p.PlanOf(imported, config("ada", nil)); len(plan.RequiresReplace) > 0 || len(plan.Diagnostics) > 0 ||
		fmt.Sprint(p.Texts(p.StateType(user), plan.PlannedState)) != fmt.Sprint(p.AttributesOf(imported)) {
		t.Errorf("without external_id: replaces %v, %v\n%s", plan.RequiresReplace, p.Texts(p.StateType(user), plan.PlannedState), acctest.Written(plan.Diagnostics))
	}
	changed := acctest.NewProtocol(t, s).PlanOf(imported, config("ada", acctest.Fields{"full_name": "Ada"}))
	if got := p.Texts(p.StateType(user), changed.PlannedState)["external_id"]; got != "hr-1" || len(changed.RequiresReplace) > 0 {
		t.Errorf("a change of something else plans the external id %q and replaces %v", got, changed.RequiresReplace)
	}
	if plan := acctest.NewProtocol(t, s).PlanOf(acctest.NewProtocol(t, s).Imported(user, bob.ID), config("bob", acctest.Fields{"external_id": ""})); len(plan.RequiresReplace) > 0 {
		t.Errorf("no external id in another spelling: replaces %v", plan.RequiresReplace)
	}
	for external, replaces := range map[string]int{"hr-1": 0, "": 1, "hr-2": 1} {
		if plan := acctest.NewProtocol(t, s).PlanOf(imported, config("ada", acctest.Fields{"external_id": external})); len(plan.RequiresReplace) != replaces {
			t.Errorf("external_id = %q: replaces %v", external, plan.RequiresReplace)
		}
	}

	const warning = `WARNING at "is_active": This reactivates user "bob"`
	reactivates := func(i acctest.Instance, config acctest.Fields) string {
		return acctest.Written(acctest.NewProtocol(t, s).PlanOf(i, config).Diagnostics)
	}
	found := p.Imported(user, bob.ID)
	acctest.WantWords(t, reactivates(found, config("bob", nil)), warning, "set is_active = false")
	acctest.RejectWords(t, reactivates(found, config("bob", acctest.Fields{"is_active": false})), "reactivates")
	change := func(i acctest.Instance, config acctest.Fields) acctest.Instance {
		t.Helper()
		p := acctest.NewProtocol(t, s)
		plan := p.PlanOf(i, config)
		p.NoErrors(plan.Diagnostics)
		changed, diagnostics := p.ApplyOf(i, plan, config)
		p.NoErrors(diagnostics)
		return changed
	}
	inactive := change(found, config("bob", acctest.Fields{"is_active": false, "full_name": "Bob"}))
	acctest.RejectWords(t, reactivates(acctest.NewProtocol(t, s).Refreshed(inactive), config("bob", nil)), "reactivates")
	active := change(inactive, config("bob", nil))
	if !s.MustUser(t, "bob").IsActive {
		t.Error("bob was not reactivated")
	}
	s.Put(t, "/auth/users/"+bob.ID, `{"is_active": false}`)
	acctest.WantWords(t, reactivates(acctest.NewProtocol(t, s).Refreshed(active), config("bob", nil)), warning)
}

// allTypes has one of each type, and whole sets of other objects than the single assignments.
const allTypes = acctest.Company + `
resource "kamiwaza_organization" "idp" {
  name = "idp"
  idp_config = {
    provider          = "okta"
    domain            = "idp.example.com"
    client_id         = "c"
    additional_config = jsonencode({ secret = "s" })
  }
}
resource "kamiwaza_user" "eva" {
  username            = "eva"
  email               = "eva@example.com"
  password_wo         = "correct horse"
  password_wo_version = 1
}
resource "kamiwaza_group" "set" {
  count = 2
  name  = "set${count.index}"
}
resource "kamiwaza_role" "set" {
  name = "set"
}
resource "kamiwaza_group_members" "this" {
  group_id = kamiwaza_group.set[0].id
  user_ids = [kamiwaza_user.ada.id]
}
resource "kamiwaza_user_groups" "this" {
  user_id   = kamiwaza_user.eva.id
  group_ids = [kamiwaza_group.set[1].id]
}
resource "kamiwaza_group_roles" "this" {
  group_id = kamiwaza_group.set[0].id
  role_ids = [kamiwaza_role.set.id]
}
resource "kamiwaza_role_rights" "this" {
  role_id   = kamiwaza_role.set.id
  right_ids = [kamiwaza_right.restart.id]
}
`

// A first refresh changes nothing in the state, and another server than the state's is told from one that lost an object.
func TestAcc_refresh(t *testing.T) {
	t.Parallel()
	// What was made only now would be waited for when it is missing.
	s := acctest.Start(t, authserver.Config{
		Now: func() time.Time { return time.Now().Add(-time.Hour) }, API: rbacserver.Behavior{DeleteCascades: true},
	})
	w := acctest.WorkdirFor(t, s, allTypes)
	w.Terraform(t, 0, "apply", "-auto-approve")
	for range 3 { // Terraform keeps some things in random order
		w.Terraform(t, 0, "plan", "-refresh-only", "-detailed-exitcode")
	}
	for typeName := range acctest.Unconfigured(t).Schemas.ResourceSchemas {
		if !strings.Contains(allTypes, `"`+typeName+`"`) && !slices.Contains(gatewayOnly, typeName) {
			t.Errorf("there is no %s", typeName)
		}
	}

	w.Age(t)
	acctest.Must(t, s.API.Groups.Delete(t.Context(), groupID(t, s, "set1")))
	out := w.Output(t, 2, "plan", "-detailed-exitcode")
	acctest.WantWords(t, out, `Group "set1"`, "no longer exists")
	acctest.RejectWords(t, out, "Is base_url right?")

	other := acctest.Start(t, authserver.Config{})
	w.Environment = append(w.Environment, "KAMIWAZA_BASE_URL="+other.URL)
	out = w.Output(t, 2, "plan", "-detailed-exitcode")
	if n := strings.Count(out, "Is base_url right?"); n != 1 {
		t.Errorf("%d warnings ask for base_url:\n%s", n, out)
	}
}

// groupID finds a group in the server's own data.
func groupID(t *testing.T, s acctest.Service, name string) string {
	t.Helper()
	for _, group := range s.Server.Snapshot().Groups {
		if group.Name == name {
			return group.ID
		}
	}
	t.Fatalf("the server has no group %q", name)
	return ""
}

// The question is asked once, when the first few objects are gone, and not when another one was found.
func TestProtocol_anotherServer(t *testing.T) {
	s, other := acctest.Start(t, authserver.Config{}), acctest.Start(t, authserver.Config{})
	made := acctest.Seed(t, s)
	asks := func(p acctest.Protocol, typeNames ...string) (n int) {
		t.Helper()
		for _, typeName := range typeNames {
			for _, d := range p.Read(typeName, p.Object(p.StateType(typeName), made.Identities[typeName]), nil, nil).Diagnostics {
				if d.Summary == "Is base_url right?" {
					n++
				}
			}
		}
		return n
	}
	edges := []string{"kamiwaza_group_member", "kamiwaza_group_role", "kamiwaza_role_right", "kamiwaza_user_groups"}
	all := slices.Sorted(maps.Keys(made.Identities))
	if n := asks(acctest.NewProtocol(t, other), all...); n != 1 {
		t.Errorf("on another server, %d of %d reads ask", n, len(all))
	}
	if n := asks(acctest.NewProtocol(t, other), edges[:2]...); n != 0 {
		t.Errorf("of two objects that are gone, %d reads ask", n)
	}
	p := acctest.NewProtocol(t, s)
	found := asks(p, "kamiwaza_right")
	s.Clear(t)
	if n := found + asks(p, edges...); n != 0 {
		t.Errorf("where one object was found, %d reads ask", n)
	}
}
