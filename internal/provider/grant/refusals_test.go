package grant_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

// TestAccReplaced has a server that keeps one relation of a subject to an object. No apply ends well that leaves the state
// with what the server does not have.
func TestAccReplaced(t *testing.T) {
	t.Parallel()
	viewer, editor := single(grantType, "viewer", "d", "viewer", "ada"), single(grantType, "editor", "d", "editor", "ada")
	const refusal = "keeps only one relation of user:ada to dataset:d"
	for name, test := range map[string]struct {
		steps []string // the last one fails
		held  []string
	}{
		"two grants, one after the other": {[]string{viewer, viewer + editor}, []string{dataset("d", "viewer", "ada")}},
		"a set of two":                    {[]string{"", set("d", "d", "", users{"viewer": {"ada"}, "editor": {"ada"}})}, nil},
		"a set that gets two": {
			[]string{set("d", "d", "", users{"viewer": {"ada"}}), set("d", "d", "", users{"viewer": {"ada"}, "editor": {"ada"}})},
			[]string{dataset("d", "viewer", "ada")},
		},
		"two grants at once": {[]string{"", viewer + editor}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.StartGateway(t, authserver.Config{API: gateway.Behavior{GrantsReplace: true}})
			w := acctest.WorkdirFor(t, s, acctest.RequiredProviders)
			for i, step := range test.steps {
				w.Write(t, acctest.RequiredProviders+step)
				if i < len(test.steps)-1 {
					w.Terraform(t, 0, "apply", "-auto-approve")
					continue
				}
				acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), refusal, "which the provider has restored", "Configure one relation for each subject and object")
			}
			if test.held != nil {
				checkHeld(t, s, test.held...)
			} else if n := len(held(s)); n != 1 {
				t.Errorf("the service has %q", held(s))
			}
			// The state is what the service has: no plan repairs it.
			w.Terraform(t, 0, "apply", "-auto-approve", "-refresh-only")
			state := w.Terraform(t, 0, "show")
			if strings.Contains(state, "kamiwaza_resource_grant.viewer") != strings.Contains(held(s)[0], "viewer") && !strings.Contains(name, "set") {
				t.Errorf("the service has %q, and the state\n%s", held(s), state)
			}
		})
	}
}

// TestAccReplaced_relation changes the relation of a subject on such a server, where that is no loss.
func TestAccReplaced_relation(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{API: gateway.Behavior{GrantsReplace: true}})
	const config = `
resource "terraform_data" "relation" {
  input            = "viewer"
  triggers_replace = "viewer"
}
resource "kamiwaza_resource_grant" "ada" {
  subject  = { namespace = "user", id = "ada" }
  relation = terraform_data.relation.output
  object   = { namespace = "dataset", id = "d" }
}
`
	w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+config)
	w.Terraform(t, 0, "apply", "-auto-approve")
	w.Write(t, acctest.RequiredProviders+strings.ReplaceAll(config, `"viewer"`, `"editor"`))
	if actions := w.Actions(t, 2); actions[grantType+".ada"] != "update" {
		t.Errorf("the plan is %v", actions)
	}
	w.Terraform(t, 0, "apply", "plan")
	checkHeld(t, s, dataset("d", "editor", "ada"))
	w.Terraform(t, 0, "plan", "-detailed-exitcode")
}

// TestAccRefused brings the server's refusal to the user, and whether they may grant at all.
func TestAccRefused(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{API: gateway.Behavior{Granting: gateway.GrantingOwners}})
	const mayNot = "may not grant on dataset:d (can_grant is false)"
	for name, config := range map[string]string{
		"a grant": single(grantType, "ada", "d", "viewer", "ada"),
		"a set":   set("d", "d", "", users{"viewer": {"ada"}}),
	} {
		w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+config)
		acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), "Could not create", "dataset:d", "rebac_denied", mayNot, "grant it the relation owner")
		if len(w.Objects(t)) > 0 {
			t.Errorf("%s: what was refused is in the state", name)
		}
	}
	// Who may grant in general hears that, and the server's words.
	s.Send("POST", "/auth/tuples", tupleBody("d", "owner", s.SubjectID(t, "admin")))
	s.Server.Inject(authserver.Fault{Method: "POST", Route: "/authz/resources/{namespace}/grants", Status: 403, Body: `{"detail":"not this relation"}`})
	w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+single(grantType, "ada", "d", "viewer", "ada"))
	acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), "not this relation", "may grant on dataset:d (can_grant is true), but it has refused this grant")

	// A user without the role admin can write no tuples.
	s.User("plain")
	w = acctest.WorkdirFor(t, s, acctest.RequiredProviders+single(tupleType, "ada", "d", "viewer", "ada"))
	w.Environment = append(w.Environment, "KAMIWAZA_USERNAME=plain", "KAMIWAZA_PASSWORD=a password of a test")
	acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), "Admin role required", "The provider needs the platform role admin")
}

// everything has each type and data source of grants.
const everything = `
resource "kamiwaza_relationship_tuple" "test" {
  subject  = { namespace = "user", id = "ada" }
  relation = "viewer"
  object   = { namespace = "dataset", id = "t" }
}
resource "kamiwaza_resource_grant" "test" {
  subject  = { namespace = "user", id = "ada" }
  relation = "viewer"
  object   = { namespace = "dataset", id = "g" }
}
resource "kamiwaza_resource_grants" "test" {
  object = { namespace = "dataset", id = "s" }
  grants = { viewer = { user = ["ada"] } }
}
`

var queries = map[string]acctest.Fields{
	"kamiwaza_relationship_tuples":  {},
	"kamiwaza_resource_access":      {"object": acctest.Fields{"namespace": "dataset", "id": "t"}},
	"kamiwaza_accessible_resources": {"namespace": "dataset"},
	"kamiwaza_access_check":         access("user", "ada", "viewer"),
}

// TestAccSwitchedOff switches ReBAC off under a state: each type says so in one sentence, and nothing leaves the state.
func TestAccSwitchedOff(t *testing.T) {
	t.Parallel()
	for name, objects := range map[string]bool{"texts": false, "objects": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			on := acctest.StartGateway(t, authserver.Config{})
			off := acctest.StartGateway(t, authserver.Config{API: gateway.Behavior{ReBACOff: true, ErrorObjects: objects}})
			const sentence = "The platform offers this call, but its operator has switched it off. Nothing was removed from the state."
			w := acctest.WorkdirFor(t, on, acctest.RequiredProviders+everything)
			w.Terraform(t, 0, "apply", "-auto-approve")
			w.Age(t)
			before := fmt.Sprint(w.Objects(t))
			w.Environment = append(w.Environment, "KAMIWAZA_BASE_URL="+off.Address())
			for _, command := range [][]string{{"plan"}, {"plan", "-destroy"}, {"apply", "-auto-approve", "-refresh-only"}, {"destroy", "-auto-approve"}, {"destroy", "-auto-approve", "-refresh=false"}} {
				out := w.Failure(t, command...)
				if n := strings.Count(out, sentence); n != 3 {
					t.Errorf("%v says so %d times, want 3:\n%s", command, n, out)
				}
				acctest.WantWords(t, out, "rebac_disabled")
				if after := fmt.Sprint(w.Objects(t)); after != before {
					t.Errorf("%v: the state was\n%s\nand is\n%s", command, before, after)
				}
			}
			fresh := acctest.WorkdirFor(t, off, acctest.RequiredProviders+everything)
			if out := fresh.Failure(t, "apply", "-auto-approve"); strings.Count(out, sentence) != 3 {
				t.Errorf("a create says\n%s", out)
			}
			p := acctest.NewProtocol(t, off)
			for typeName, config := range queries {
				_, diagnostics := readData(p, typeName, config)
				if got := acctest.Written(diagnostics); strings.Count(got, "operator has switched it off") != 1 || strings.Contains(got, "allowed") {
					t.Errorf("data.%s says %q", typeName, got)
				}
			}
		})
	}
}

// TestAccReleases has platforms that lack grants, or relations.
func TestAccReleases(t *testing.T) {
	t.Parallel()
	for _, release := range []gateway.Platform{gateway.Platform093, gateway.Platform012, gateway.Platform102} {
		t.Run(string(release), func(t *testing.T) {
			t.Parallel()
			s := acctest.StartGateway(t, authserver.Config{API: gateway.Behavior{Platform: release}})
			tuple := single(tupleType, "ada", "d", "viewer", "ada")
			w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+tuple)
			w.Terraform(t, 0, "apply", "-auto-approve")
			w.Terraform(t, 0, "plan", "-detailed-exitcode")
			checkHeld(t, s, dataset("d", "viewer", "ada"))

			const advice = "They need platform 1.2 or later. On earlier releases, use kamiwaza_relationship_tuple."
			for _, config := range []string{single(grantType, "ada", "d", "viewer", "ada"), set("d", "d", "", users{"viewer": {"ada"}})} {
				fresh := acctest.WorkdirFor(t, s, acctest.RequiredProviders+config)
				acctest.WantWords(t, fresh.Failure(t, "apply", "-auto-approve"), "Could not create", "answered 404 Not Found", advice)
			}
			p := acctest.NewProtocol(t, s)
			for typeName, config := range queries {
				_, diagnostics := readData(p, typeName, config)
				got := acctest.Written(diagnostics)
				if offered := typeName == "kamiwaza_relationship_tuples" || typeName == "kamiwaza_access_check"; offered != (got == "") || !offered && !strings.Contains(got, "need platform 1.2 or later") {
					t.Errorf("data.%s says %q", typeName, got)
				}
			}

			// Relations of later releases: the server lists those that it knows.
			w.Write(t, acctest.RequiredProviders+tuple+single(tupleType, "writer", "d", "writer", "ada"))
			acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), "Could not create relationship tuple writer of dataset:d to user:ada", "String should match pattern")
			checkHeld(t, s, dataset("d", "viewer", "ada"))
		})
	}
}

// TestAccLag applies to a service whose reads miss what was written in the last two seconds.
func TestAccLag(t *testing.T) {
	t.Parallel()
	for name, behavior := range map[string]gateway.Behavior{
		"reads":       {ReadLag: 2 * time.Second},
		"projections": {ProjectionLag: 2 * time.Second, RebacBackend: gateway.BackendSpiceDB},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock, pause := acctest.Patience()
			s := acctest.StartGateway(t, authserver.Config{Now: clock, API: behavior})
			w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+s.Config(everything))
			w.Environment = append(w.Environment, acctest.ServeProvider(t, acctest.NewTimed(clock, pause)))
			w.Terraform(t, 0, "init")
			w.Terraform(t, 0, "apply", "-auto-approve")
			acctest.Must(t, pause(t.Context(), time.Minute))
			w.Terraform(t, 0, "plan", "-detailed-exitcode")
			w.Write(t, acctest.RequiredProviders+strings.ReplaceAll(s.Config(everything), `"viewer"`, `"editor"`))
			w.Terraform(t, 0, "apply", "-auto-approve")
			acctest.Must(t, pause(t.Context(), time.Minute))
			w.Terraform(t, 0, "plan", "-detailed-exitcode")
			w.Write(t, acctest.RequiredProviders+strings.ReplaceAll(strings.ReplaceAll(s.Config(everything), "viewer =", "editor ="), `"viewer"`, `"editor"`))
			w.Terraform(t, 0, "apply", "-auto-approve")
			acctest.Must(t, pause(t.Context(), time.Minute))
			w.Terraform(t, 0, "plan", "-detailed-exitcode")
			checkHeld(t, s, dataset("t", "editor", "ada"), dataset("g", "editor", "ada"), dataset("s", "editor", "ada"))
			w.Terraform(t, 0, "destroy", "-auto-approve")
			checkHeld(t, s)
		})
	}
}
