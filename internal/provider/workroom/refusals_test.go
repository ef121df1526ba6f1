package workroom_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

// TestAccSwitchedOff switches ReBAC off under a state: each type says so in one sentence, and nothing leaves the state.
func TestAccSwitchedOff(t *testing.T) {
	t.Parallel()
	s := start(t, gateway.Behavior{})
	w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+room("lab", "")+single("ada", lab, "ada", "viewer"))
	w.Terraform(t, 0, "apply", "-auto-approve")
	w.Age(t)
	before := fmt.Sprint(w.Objects(t))
	for _, route := range []string{
		"/workrooms/", "/workrooms/{workroom_id}", "/admin/workrooms/", "/admin/workrooms/{workroom_id}", "/workrooms/{workroom_id}/members",
		"/workrooms/{workroom_id}/members/{member_user_id}",
	} {
		s.Server.Inject(authserver.Fault{Route: route, Status: http.StatusNotFound, Body: `{"detail":"rebac_disabled"}`})
	}
	const sentence = "its operator has switched it off. Nothing was removed from the state."
	for _, command := range [][]string{{"plan"}, {"apply", "-auto-approve", "-refresh-only"}, {"destroy", "-auto-approve"}, {"destroy", "-auto-approve", "-refresh=false"}} {
		if out := w.Failure(t, command...); !strings.Contains(out, sentence) {
			t.Errorf("%v says\n%s", command, out)
		}
		if after := fmt.Sprint(w.Objects(t)); after != before {
			t.Errorf("%v: the state was\n%s\nand is\n%s", command, before, after)
		}
	}
}

// TestAccReleases has a platform that lacks workrooms: each type says which release it needs.
func TestAccReleases(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{API: gateway.Behavior{Platform: gateway.Platform093}})
	const advice, id = "They need platform 0.12 or later.", "6f1c2b9e-4d3a-4c55-9f0e-0a7d3f1b2c48"
	for _, config := range []string{
		room("lab", ""), single("ada", fmt.Sprintf("%q", id), "ada", "viewer"), set("all", fmt.Sprintf("%q", id), "", roles{"ada": "viewer"}),
	} {
		w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+config)
		acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), "Could not create", advice)
	}
	p := acctest.NewProtocol(t, s)
	for typeName, config := range map[string]acctest.Fields{
		roomType: {"name": "lab"}, "kamiwaza_workrooms": {"all_users": true}, setType: {"workroom_id": id},
	} {
		_, diagnostics := p.ReadData(typeName, config)
		acctest.WantWords(t, acctest.Written(diagnostics), advice)
	}
	_, problems := p.Invoke(transferType, acctest.Fields{"workroom_id": id, "user_id": "ada"})
	acctest.WantWords(t, problems, advice)
}

// TestProtocol_transfer makes a member the owner, who may be none but a member.
func TestProtocol_transfer(t *testing.T) {
	t.Parallel()
	eachBehavior(t, func(t *testing.T, s acctest.Gateway) {
		t.Helper()
		id, ada := newRoom(s, "lab"), s.SubjectID(t, "ada")
		p := acctest.NewProtocol(t, s)
		config := acctest.Fields{"workroom_id": id, "user_id": ada, "keep_previous_owner": true, "previous_owner_role": "viewer"}
		_, problems := p.Invoke(transferType, config)
		acctest.WantWords(t, problems, "Could not transfer the ownership of workroom", "must be an active member")
		join(s, id, "ada", "editor")
		progress, problems := p.Invoke(transferType, config)
		if want := fmt.Sprintf("The owner of workroom (%s) is now the user %s.\n", id, ada); progress != want || problems != "" {
			t.Errorf("the action says %q %q, want %q", progress, problems, want)
		}
		if found, _ := roomNamed(s, "lab"); found.OwnerUserID != ada {
			t.Errorf("the owner is %s", found.OwnerUserID)
		}
		checkHeld(t, s, "lab: admin viewer")
	})
}

// TestProtocol_identity imports each type by its identity.
func TestProtocol_identity(t *testing.T) {
	t.Parallel()
	s := start(t, gateway.Behavior{})
	id, ada := newRoom(s, "lab"), s.SubjectID(t, "ada")
	join(s, id, "ada", "editor")
	for typeName, identity := range map[string]map[string]string{
		roomType: {"id": id}, memberType: {"workroom_id": id, "user_id": ada}, setType: {"workroom_id": id},
	} {
		p := acctest.NewProtocol(t, s)
		imported, diagnostics := p.ImportByIdentity(typeName, identity)
		p.NoErrors(diagnostics)
		read := p.Refreshed(acctest.Instance{TypeName: typeName, State: imported.State, Private: imported.Private})
		if got := p.AttributesOf(read); !strings.HasPrefix(got["id"], id) {
			t.Errorf("%s: imported %v", typeName, got)
		}
	}
}

// TestAccRequests counts the requests of a refresh: one list of workrooms after a few single reads, and one of members for each.
func TestAccRequests(t *testing.T) {
	t.Parallel()
	s := start(t, gateway.Behavior{})
	const many = `
resource "kamiwaza_workroom" "many" {
  count               = 20
  name                = "room${count.index}"
  deletion_protection = false
}
resource "kamiwaza_workroom_member" "many" {
  count       = 12
  workroom_id = kamiwaza_workroom.many[count.index % 4].id
  email       = "${["ada", "bela", "chen"][floor(count.index / 4)]}@example.com"
}
`
	w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+many)
	w.Terraform(t, 0, "apply", "-auto-approve")
	s.Server.ResetRequests()
	w.Terraform(t, 0, "plan", "-detailed-exitcode")
	want := map[string]int{"GET /auth/health": 1, "POST /auth/token": 1, "GET /workrooms/": 1, "GET /workrooms/{workroom_id}": 4, "GET /workrooms/{workroom_id}/members": 4}
	for request, n := range countRequests(s) {
		if n > want[request] {
			t.Errorf("a refresh made %d requests %s, want %d", n, request, want[request])
		}
	}
}

func countRequests(s acctest.Gateway) map[string]int {
	counts := map[string]int{}
	for _, request := range s.Server.Requests() {
		counts[request.Method+" "+request.Route]++
	}
	return counts
}
