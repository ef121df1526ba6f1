package provider_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
)

// takeoverObjects are what the assignments of TestAccTakeover are between: five elements are enough for a set to be
// written at once, and two for it to be changed one by one.
const takeoverObjects = `
locals {
  few  = toset(["e0", "e1"])
  many = toset(["e0", "e1", "e2", "e3", "e4"])
}
resource "kamiwaza_user" "few" {
  for_each = local.few
  username = each.key
  email    = "${each.key}@example.com"
  password = "correct horse"
}
resource "kamiwaza_group" "one" {
  name = "one"
}
resource "kamiwaza_role" "many" {
  for_each = local.many
  name     = each.key
}
resource "kamiwaza_role" "one" {
  name = "one"
}
resource "kamiwaza_right" "many" {
  for_each = local.many
  name     = each.key
}
`

// forms are the ways to write the same assignments; NAME stands for the resource's name.
var forms = map[string]map[string]string{
	"group_member": {
		"single": `
resource "kamiwaza_group_member" "NAME" {
  for_each = local.few
  group_id = kamiwaza_group.one.id
  user_id  = kamiwaza_user.few[each.key].id
}`,
		"set": `
resource "kamiwaza_group_members" "NAME" {
  group_id = kamiwaza_group.one.id
  user_ids = [for e in local.few : kamiwaza_user.few[e].id]
}`,
		"inverse": `
resource "kamiwaza_user_groups" "NAME" {
  for_each  = local.few
  user_id   = kamiwaza_user.few[each.key].id
  group_ids = [kamiwaza_group.one.id]
}`,
		// A count that begins at another element: each instance takes over the assignment of the next.
		"count": `
resource "kamiwaza_group_member" "NAME" {
  count    = 2
  group_id = kamiwaza_group.one.id
  user_id  = kamiwaza_user.few[["e0", "e1"][count.index]].id
}`,
		"count shifted": `
resource "kamiwaza_group_member" "NAME" {
  count    = 2
  group_id = kamiwaza_group.one.id
  user_id  = kamiwaza_user.few[["e1", "e0"][count.index]].id
}`,
	},
	"group_role": {
		"single": `
resource "kamiwaza_group_role" "NAME" {
  for_each = local.many
  group_id = kamiwaza_group.one.id
  role_id  = kamiwaza_role.many[each.key].id
}`,
		"set": `
resource "kamiwaza_group_roles" "NAME" {
  group_id = kamiwaza_group.one.id
  role_ids = [for e in local.many : kamiwaza_role.many[e].id]
}`,
	},
	"role_right": {
		"single": `
resource "kamiwaza_role_right" "NAME" {
  for_each = local.many
  role_id  = kamiwaza_role.one.id
  right_id = kamiwaza_right.many[each.key].id
}`,
		"set": `
resource "kamiwaza_role_rights" "NAME" {
  role_id   = kamiwaza_role.one.id
  right_ids = [for e in local.many : kamiwaza_right.many[e].id]
}`,
	},
}

// takeovers are which form is followed by which, under the name on the right of the slash.
var takeovers = map[string][]string{
	"group_member": {
		"single/a", "single/b", "set/b", "set/a", "inverse/a", "inverse/b", "set/b", "single/b", "inverse/b", "single/b",
		"count/b", "count shifted/b", "count/b",
	},
	"group_role": {"single/a", "single/b", "set/b", "set/a", "single/b"},
	"role_right": {"set/a", "set/b", "single/b", "single/a", "set/b"},
}

// TestAccTakeover writes the same assignments in one way after another, without moved blocks: each apply destroys all
// resources that have them and creates others. Terraform says nothing of the order, so slow calls change it: slow deletes in
// each run of the tests, and slow creates and updates in make chaos.
func TestAccTakeover(t *testing.T) {
	t.Parallel()
	slow := map[string]authserver.Fault{
		"nothing": {Method: "GET", Latency: time.Millisecond},
		"deletes": {Method: "DELETE", Latency: 300 * time.Millisecond},
		"creates": {Method: "POST", Latency: 300 * time.Millisecond},
		"updates": {Method: "PUT", Latency: 300 * time.Millisecond},
	}
	for relation, steps := range takeovers {
		for i, slowed := range []string{"nothing", "deletes", "creates", "updates"} {
			if i > 1 && os.Getenv("CHAOS_SEEDS") == "" {
				break // The others are part of make chaos.
			}
			t.Run(relation+" with slow "+slowed, func(t *testing.T) {
				t.Parallel()
				s := acctest.Start(t, authserver.Config{})
				w := acctest.WorkdirFor(t, s, takeoverObjects)
				for n, step := range steps {
					form, name, _ := strings.Cut(step, "/")
					body := strings.ReplaceAll(forms[relation][form], "NAME", name)
					acctest.Must(t, os.WriteFile(filepath.Join(w.Dir, "assignments.tf"), []byte(body), 0o600))
					s.Server.ClearFaults()
					if n > 0 {
						s.Server.Inject(slow[slowed])
					}
					parallelism := []string{"-parallelism=1", "-parallelism=50"}[(i+n)%2]
					out := strings.Join(strings.Fields(w.Terraform(t, 0, "apply", "-auto-approve", parallelism)), " ")
					if said := strings.Contains(out, " keeps its assignments: "); said != (n > 0) {
						t.Errorf("%s: the plan warns of the change: %v\n%s", step, said, out)
					}
					if got, want := s.Edges(relation), map[string]int{"group_member": 2, "group_role": 5, "role_right": 5}[relation]; got != want {
						t.Fatalf("%s: after an apply that succeeded, the server has %d assignments, want %d\n%s", step, got, want, out)
					}
					w.Terraform(t, 0, "plan", "-detailed-exitcode")
				}
				s.Server.ClearFaults()
				w.Terraform(t, 0, "destroy", "-auto-approve")
			})
		}
	}
}

// TestAccManagedTwice removes one of two resources that have the same assignments, many times, because the order in which
// Terraform plans them changes. What the other one has stays.
func TestAccManagedTwice(t *testing.T) {
	t.Parallel()
	pairs := [][2]string{{"single", "single"}, {"set", "set"}, {"inverse", "inverse"}, {"set", "inverse"}, {"inverse", "set"}, {"set", "single"}, {"single", "inverse"}}
	for _, pair := range pairs {
		t.Run(pair[0]+" stays, "+pair[1]+" goes", func(t *testing.T) {
			t.Parallel()
			s := acctest.Start(t, authserver.Config{})
			w := acctest.WorkdirFor(t, s, takeoverObjects+strings.ReplaceAll(forms["group_member"][pair[0]], "NAME", "stays"))
			second := filepath.Join(w.Dir, "second.tf")
			for range 3 {
				acctest.Must(t, os.WriteFile(second, []byte(strings.ReplaceAll(forms["group_member"][pair[1]], "NAME", "goes")), 0o600))
				w.Terraform(t, 0, "apply", "-auto-approve")
				out := w.Terraform(t, 0, "plan", "-detailed-exitcode")
				agree := pair[0] != pair[1] && !slices.Contains(pair[:], "single") // sets from both ends, which list the same
				if warned := acctest.Warns(out); warned == agree {
					t.Errorf("the plan with both warns: %v\n%s", warned, out)
				}
				acctest.Must(t, os.Remove(second))
				out = w.Terraform(t, 0, "apply", "-auto-approve")
				if n := s.Edges("group_member"); n != 2 {
					t.Fatalf("the server has %d assignments, want 2\n%s", n, out)
				}
				if strings.Contains(out, "Two kamiwaza_") {
					t.Errorf("the plan that removes one of the two warns of both:\n%s", out)
				}
				if !strings.Contains(strings.Join(strings.Fields(out), " "), "keeps its assignments") {
					t.Errorf("the plan does not say what it does:\n%s", out)
				}
				w.Terraform(t, 0, "plan", "-detailed-exitcode")
			}
			w.Terraform(t, 0, "destroy", "-auto-approve")
			if n := s.Edges("group_member"); n != 0 {
				t.Errorf("after destroy, the server has %d assignments", n)
			}

			// Without a refresh, the one that stays may be planned too late to be made sure of.
			acctest.Must(t, os.WriteFile(second, []byte(strings.ReplaceAll(forms["group_member"][pair[1]], "NAME", "goes")), 0o600))
			w.Terraform(t, 0, "apply", "-auto-approve")
			acctest.Must(t, os.Remove(second))
			cmd := exec.CommandContext(t.Context(), w.Binary, "apply", "-auto-approve", "-refresh=false")
			cmd.Dir, cmd.Env = w.Dir, w.Environment
			if out, err := cmd.CombinedOutput(); err != nil && !acctest.Says("This plan needs a refresh").Match(out) {
				t.Errorf("an apply without a refresh: %v\n%s", err, out)
			}
			if n := s.Edges("group_member"); n != 2 {
				t.Errorf("after an apply without a refresh, the server has %d assignments, want 2", n)
			}
		})
	}
}

// TestAccPlannedTwice has instances planned twice, or once more in the apply, by one resource alone: no warning says that
// another one has the same.
func TestAccPlannedTwice(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, authserver.Config{})
	body := takeoverObjects
	addresses := []string{}
	for _, relation := range []string{"group_member", "group_role", "role_right"} {
		form := map[string]string{"group_member": "single", "group_role": "set", "role_right": "single"}[relation]
		body += strings.ReplaceAll(forms[relation][form], "NAME", "this")
	}
	addresses = append(addresses, `kamiwaza_group_member.this["e0"]`, "kamiwaza_group_roles.this", `kamiwaza_role_right.this["e3"]`)
	w := acctest.WorkdirFor(t, s, body)
	w.Terraform(t, 0, "apply", "-auto-approve")
	quiet := func(what, out string) {
		t.Helper()
		if acctest.Warns(out) {
			t.Errorf("%s warns:\n%s", what, out)
		}
	}
	for _, lifecycle := range []string{"", "lifecycle {\n    create_before_destroy = true\n  }\n"} {
		if lifecycle != "" {
			cbd := strings.NewReplacer("\n  user_id ", "\n  "+lifecycle+"  user_id ", "\n  role_ids ", "\n  "+lifecycle+"  role_ids ", "\n  right_id ", "\n  "+lifecycle+"  right_id ").Replace(body)
			acctest.Must(t, os.WriteFile(filepath.Join(w.Dir, "main.tf"), []byte(cbd), 0o600))
			w.Terraform(t, 0, "apply", "-auto-approve")
		}
		for _, address := range addresses {
			quiet("-replace="+address, w.Terraform(t, 0, "apply", "-auto-approve", "-replace="+address))
			w.Terraform(t, 0, "taint", address)
			quiet("a tainted "+address, w.Terraform(t, 0, "apply", "-auto-approve"))
			quiet("the plan after", w.Terraform(t, 0, "plan", "-detailed-exitcode"))
			quiet("-refresh-only", w.Terraform(t, 0, "plan", "-refresh-only", "-detailed-exitcode"))
			for relation, want := range map[string]int{"group_member": 2, "group_role": 5, "role_right": 5} {
				if got := s.Edges(relation); got != want {
					t.Fatalf("after %s, there are %d of %s, want %d", address, got, relation, want)
				}
			}
		}
	}
}

// TestAccFailedCreateOfSet fails to create a whole set in the middle. What was there before stays, in this apply and in
// the next.
func TestAccFailedCreateOfSet(t *testing.T) {
	t.Parallel()
	acctest.EachSetKind(t, authserver.Config{}, func(t *testing.T, s acctest.Service, k acctest.SetKind) {
		t.Helper()
		owner := k.NewOwner("owner")
		elements := make([]string, 6)
		for i := range elements {
			elements[i] = k.NewElement(fmt.Sprintf("e%d", i))
		}
		old := elements[:2]
		for _, n := range []int{3, 6} { // one more than before, and enough to be written at once
			for _, element := range old {
				acctest.Must(t, k.Add(t.Context(), owner, element))
			}
			w := acctest.WorkdirFor(t, s, k.Resource(owner, elements[:n]...))
			for _, method := range []string{"POST", "PUT"} {
				s.Server.Inject(authserver.Fault{Method: method, Status: 403, Body: `{"detail": "Not now"}`})
			}
			// The login is a POST too.
			w.Environment = append(slices.Clone(w.Environment), "KAMIWAZA_API_KEY="+authservertest.APIKey, "KAMIWAZA_USERNAME=", "KAMIWAZA_PASSWORD=")
			if out := w.Failure(t, "apply", "-auto-approve"); !strings.Contains(out, "Not now") {
				t.Fatalf("%d elements: the apply said\n%s", n, out)
			}
			acctest.Must(t, k.ExpectHeld(owner, old...)(nil))
			if state := w.Terraform(t, 0, "state", "list"); strings.TrimSpace(state) != "" {
				t.Errorf("after a failed create, the state has %s", state)
			}
			s.Server.ClearFaults()
			s.Asked()
			w.Terraform(t, 0, "apply", "-auto-approve")
			acctest.Must(t, k.ExpectHeld(owner, elements[:n]...)(nil))
			for request := range s.Asked() {
				if strings.HasPrefix(request, "DELETE ") {
					t.Errorf("the apply after a failed create removed something: %s", request)
				}
			}
			w.Terraform(t, 0, "destroy", "-auto-approve")
			acctest.Must(t, k.ExpectHeld(owner)(nil))
		}
	})
}
