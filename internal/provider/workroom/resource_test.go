package workroom_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

const roomAddress = roomType + ".test"

// described are arguments of a workroom.
const described = `
  description    = "Experiments"
  labels         = ["east", "west"]
  attributes     = jsonencode({ costs = { centre = 12345678901234567890 }, tags = ["a"] })
  classification = "internal"
  scg_references = ["SCG-7"]
`

// workroom is the configuration of the workroom test with any name.
func workroom(name, more string) string {
	return fmt.Sprintf("\nresource %q \"test\" {\n  name = %q\n  deletion_protection = false\n%s\n}\n", roomType, name, more)
}

// TestAccWorkroom leads a workroom through its life, on servers that answer in all ways.
func TestAccWorkroom(t *testing.T) {
	t.Parallel()
	eachBehavior(t, func(t *testing.T, s acctest.Gateway) {
		t.Helper()
		first := ""
		remember := func(state *terraform.State) error {
			first = state.RootModule().Resources[roomAddress].Primary.ID
			return nil
		}
		isFirst := func(want bool) resource.TestCheckFunc {
			return func(state *terraform.State) error {
				if id := state.RootModule().Resources[roomAddress].Primary.ID; (id == first) != want {
					return fmt.Errorf("the workroom is %s, and the first was %s", id, first)
				}
				return nil
			}
		}
		outside := func(change map[string]any) func() {
			return func() {
				found, _ := roomNamed(s, "lab")
				s.Send("PATCH", "/workrooms/"+found.ID, change).Want(200)
			}
		}
		config := s.Config(workroom("lab", described))
		silent := "classification" // which not all platforms return
		resource.Test(t, resource.TestCase{
			ProtoV6ProviderFactories: acctest.Factories,
			Steps: []resource.TestStep{
				{
					Config: config, Check: remember,
					ConfigStateChecks: acctest.Holds(roomAddress, map[string]knownvalue.Check{
						"id": acctest.AnyUUID, "created_at": acctest.AnyTimestamp, "name": knownvalue.StringExact("lab"), "type": knownvalue.StringExact("persistent"),
						"labels": acctest.Texts("east", "west"), "archived": knownvalue.Bool(false), "owner_id": knownvalue.StringExact(s.SubjectID(t, "admin")),
						"attributes": knownvalue.StringExact(`{"costs":{"centre":12345678901234567890},"tags":["a"]}`), "tenant_id": knownvalue.NotNull(),
					}),
				},
				{ImportState: true, ResourceName: roomAddress, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"deletion_protection", silent, "scg_references"}},
				{ImportState: true, ResourceName: roomAddress, ImportStateVerify: true, ImportStateId: "lab", ImportStateVerifyIgnore: []string{"deletion_protection", silent, "scg_references"}},
				{ // Somebody changes it, and the plan does not pass it over.
					PreConfig: outside(map[string]any{"description": nil, "labels": []string{"east", "north"}}),
					Config:    config, ConfigPlanChecks: acctest.Plans(roomAddress, plancheck.ResourceActionUpdate),
				},
				{ // Names and all else change in place, and what is left out is cleared, but for the attributes.
					Config: s.Config(workroom("library", "")), ConfigPlanChecks: acctest.Plans(roomAddress, plancheck.ResourceActionUpdate),
					Check: resource.ComposeTestCheckFunc(isFirst(true), func(*terraform.State) error {
						if found, ok := roomNamed(s, "library"); !ok || found.Description != nil || len(found.Labels)+len(found.SCGReferences) > 0 || found.Classification != nil || len(found.Attributes) < 10 {
							return fmt.Errorf("the workroom is %+v", found.Workroom)
						}
						return nil
					}),
				},
				{Config: s.Config(workroom("library", "attributes = jsonencode({})\n labels = []")), Check: resource.TestCheckResourceAttr(roomAddress, "attributes", "{}")},
				{ // It is deleted, and the plan creates another one.
					PreConfig: func() {
						found, _ := roomNamed(s, "library")
						for s.Send("DELETE", "/admin/workrooms/"+found.ID, nil).Status == http.StatusServiceUnavailable {
							continue
						}
					},
					Config: s.Config(workroom("library", "")), ConfigPlanChecks: acctest.Plans(roomAddress, plancheck.ResourceActionCreate), Check: isFirst(false),
				},
			},
			CheckDestroy: func(*terraform.State) error {
				if found, ok := roomNamed(s, "library"); ok {
					return fmt.Errorf("there is still %s", found.ID)
				}
				return nil
			},
		})
	})
}

// TestAccWorkroom_archived archives and restores a workroom, and changes an archived one.
func TestAccWorkroom_archived(t *testing.T) {
	t.Parallel()
	eachBehavior(t, func(t *testing.T, s acctest.Gateway) {
		t.Helper()
		status := func(want string) resource.TestCheckFunc {
			return func(*terraform.State) error {
				if found, _ := roomNamed(s, "lab"); found.Status != want {
					return fmt.Errorf("the workroom is %q, want %q", found.Status, want)
				}
				return nil
			}
		}
		call := func(what string) func() {
			return func() {
				found, _ := roomNamed(s, "lab")
				s.Send("POST", "/workrooms/"+found.ID+"/"+what, nil).Want(200)
			}
		}
		update := acctest.Plans(roomAddress, plancheck.ResourceActionUpdate)
		resource.Test(t, resource.TestCase{
			ProtoV6ProviderFactories: acctest.Factories,
			Steps: []resource.TestStep{
				{Config: s.Config(workroom("lab", "archived = true")), Check: status("archived")},
				{PreConfig: call("restore"), Config: s.Config(workroom("lab", "archived = true")), ConfigPlanChecks: update, Check: status("archived")},
				{Config: s.Config(workroom("lab", "archived = true\n description = \"later\"")), ConfigPlanChecks: update, Check: status("archived")},
				{Config: s.Config(workroom("lab", "description = \"later\"")), ConfigPlanChecks: update, Check: status("active")},
				{PreConfig: call("archive"), Config: s.Config(workroom("lab", "description = \"again\"")), ConfigPlanChecks: update, Check: status("active")},
				{Config: s.Config(workroom("lab", "archived = true")), ConfigPlanChecks: update, Check: status("archived")},
			},
		})
	})
}

// TestAccWorkroom_archivedFailures has changes of an archived workroom that fail: it does not stay open.
func TestAccWorkroom_archivedFailures(t *testing.T) {
	t.Parallel()
	s := start(t, gateway.Behavior{})
	w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+workroom("lab", "archived = true"))
	s.Server.Inject(authserver.Fault{Method: "POST", Route: "/workrooms/{workroom_id}/archive", Status: 403, Body: `{"detail":"not today"}`})
	acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), "Could not create workroom", "not today")
	s.Server.ClearFaults()
	if archived := w.Objects(t)[roomAddress]["archived"]; archived != false {
		t.Errorf("the state says archived = %v of a workroom that could not be archived", archived)
	}
	w.Terraform(t, 0, "untaint", roomAddress)
	w.Terraform(t, 0, "apply", "-auto-approve")

	w.Write(t, acctest.RequiredProviders+workroom("lab", "archived = true\n description = \"x\""))
	s.Server.Inject(authserver.Fault{Method: "PATCH", Route: "/workrooms/{workroom_id}", Status: 400, Body: `{"detail":"not this text"}`})
	acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), "Could not update workroom", "not this text")
	if found, _ := roomNamed(s, "lab"); found.Status != "archived" {
		t.Errorf("after a failed change, the workroom is %q", found.Status)
	}
	s.Server.Inject(authserver.Fault{Method: "POST", Route: "/workrooms/{workroom_id}/archive", Status: 400, Body: `{"detail":"nor archived"}`})
	acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), "not this text", "could not be archived again", "nor archived")
	s.Server.ClearFaults()
	w.Terraform(t, 0, "apply", "-auto-approve")
	w.Terraform(t, 0, "plan", "-detailed-exitcode")
	if found, _ := roomNamed(s, "lab"); found.Status != "archived" || acctest.Text(found.Description) != "x" {
		t.Errorf("the workroom is %+v", found.Workroom)
	}
}

// TestAccWorkroom_protection has a protected workroom, as all are by default: no plan and no apply ends it.
func TestAccWorkroom_protection(t *testing.T) {
	t.Parallel()
	s := start(t, gateway.Behavior{})
	config := func(protection string) string {
		return acctest.RequiredProviders + strings.Replace(workroom("lab", ""), "deletion_protection = false", protection, 1)
	}
	w := acctest.WorkdirFor(t, s, config(""))
	w.Terraform(t, 0, "apply", "-auto-approve")
	const refusal = `is protected from deletion`
	for _, command := range [][]string{{"plan", "-destroy"}, {"destroy", "-auto-approve"}, {"plan", "-replace=" + roomAddress}} {
		acctest.WantWords(t, w.Failure(t, command...), refusal, "set deletion_protection = false and apply first")
	}
	// To turn the protection off and to end the workroom takes two applies.
	w.Write(t, config("deletion_protection = false"))
	acctest.WantWords(t, w.Failure(t, "plan", "-replace="+roomAddress), refusal)
	w.Write(t, acctest.RequiredProviders)
	acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), refusal)

	// No plan sees the end of a tainted one.
	w.Write(t, config(""))
	w.Terraform(t, 0, "taint", roomAddress)
	out := w.Failure(t, "apply", "-auto-approve")
	if !strings.Contains(out, refusal) {
		acctest.WantWords(t, out, "is protected by deletion_protection", "terraform untaint ADDRESS")
	}
	w.Terraform(t, 0, "untaint", roomAddress)

	// What is imported is protected, too.
	before, _ := roomNamed(s, "lab")
	w.Terraform(t, 0, "state", "rm", roomAddress)
	w.Terraform(t, 0, "import", roomAddress, before.ID)
	w.Terraform(t, 0, "plan", "-detailed-exitcode")
	acctest.WantWords(t, w.Failure(t, "destroy", "-auto-approve"), refusal)
	if after, ok := roomNamed(s, "lab"); !ok || after.ID != before.ID {
		t.Errorf("the workroom is %+v", after.Workroom)
	}
	w.Write(t, config("deletion_protection = false"))
	w.Terraform(t, 0, "apply", "-auto-approve")
	w.Terraform(t, 0, "destroy", "-auto-approve")
	if _, ok := roomNamed(s, "lab"); ok {
		t.Error("the workroom is still there")
	}
}

// TestAccWorkroom_others has a workroom that belongs to somebody else by now: an administrator can read and destroy it, and
// nothing else. Some platforms may say that there is no such room.
func TestAccWorkroom_others(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]authserver.Fault{
		"refused": {}, "hidden": {Status: http.StatusNotFound, Body: `{"detail":"Workroom not found"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, gateway.Behavior{WorkroomAuthority: 3})
			hide := func() {
				for _, route := range []string{"/workrooms/{workroom_id}", "/workrooms/{workroom_id}/members"} {
					if fault.Route = route; fault.Status != 0 {
						s.Server.Inject(fault)
					}
				}
			}
			w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+room("lab", "")+single("ada", lab, "ada", "editor")+set("all", lab, "", roles{"ada": "editor"}))
			w.Terraform(t, 0, "apply", "-auto-approve")
			found, _ := roomNamed(s, "lab")
			transfer(t, s, found.ID, "ada", false)
			hide()
			addresses := len(w.Objects(t))
			out := w.Failure(t, "plan")
			acctest.WantWords(t, out, "Could not read member ada@example.com", "The role admin does not make an administrator a member", "let the owner transfer the workroom")
			acctest.RejectWords(t, out, "Could not read workroom", "writing needs a superuser")
			if now := len(w.Objects(t)); now != addresses {
				t.Errorf("the state has %d objects, and had %d", now, addresses)
			}
			for _, address := range []string{memberType + ".ada", setType + ".all"} {
				acctest.WantWords(t, w.Failure(t, "destroy", "-auto-approve", "-refresh=false", "-target="+address), "Could not delete", "The role admin does not make")
				w.Terraform(t, 0, "state", "rm", address)
			}
			w.Write(t, acctest.RequiredProviders+room("lab", ""))
			w.Terraform(t, 2, "plan", "-detailed-exitcode", "-refresh-only") // the owner is another one
			w.Terraform(t, 0, "apply", "-auto-approve")
			if got := w.Objects(t)[roomType+".lab"]["owner_id"]; got != s.SubjectID(t, "ada") {
				t.Errorf("the owner is %v", got)
			}
			w.Write(t, acctest.RequiredProviders+room("lab", `description = "mine"`))
			acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), "Could not update workroom")

			// Without the role admin, nothing can be done.
			s.User("dora")
			if fault.Status == 0 {
				acctest.WantWords(t, as(w, "dora").Failure(t, "plan"), "Could not read workroom", "Workroom access denied", "Authenticate as the owner")
			}
			w.Terraform(t, 0, "destroy", "-auto-approve")
			if _, ok := roomNamed(s, "lab"); ok {
				t.Error("the workroom is still there")
			}
		})
	}
}

// TestAccWorkroom_editor has a member who is no owner: the platform refuses, and the error says who may.
func TestAccWorkroom_editor(t *testing.T) {
	t.Parallel()
	s := start(t, gateway.Behavior{})
	id := newRoom(s, "lab")
	join(s, id, "ada", "editor")
	w := as(acctest.WorkdirFor(t, s, acctest.RequiredProviders+single("bela", fmt.Sprintf("%q", id), "bela", "viewer")), "ada")
	acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), "Could not create member bela@example.com", "This needs the role owner in the workroom", "only an owner can change them")
	w.Write(t, acctest.RequiredProviders+set("all", fmt.Sprintf("%q", id), "", roles{"bela": "viewer"}))
	acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), "Could not create members", "only an owner can change them")
	checkHeld(t, s, "lab: ada editor")
	_, problems := acctest.NewProtocol(t, s, "username", "ada", "password", authservertest.Password).
		Invoke(transferType, acctest.Fields{"workroom_id": id, "user_id": s.SubjectID(t, "ada")})
	acctest.WantWords(t, problems, "Could not transfer the ownership of workroom", "only an owner can change them")
}

// TestAccWorkroom_refused has creates that the platform refuses.
func TestAccWorkroom_refused(t *testing.T) {
	t.Parallel()
	s := start(t, gateway.Behavior{})
	w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+workroom("lab", ""))
	s.Server.Inject(authserver.Fault{Method: "POST", Route: "/workrooms/", Status: 403, Body: `{"detail":"Workroom creation is restricted"}`})
	acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), "Could not create workroom", "Workroom creation is restricted", "restricts who can create workrooms")
	s.Server.ClearFaults()
	for i := range 50 {
		newRoom(s, fmt.Sprint("room", i))
	}
	out := w.Failure(t, "apply", "-auto-approve")
	acctest.WantWords(t, out, "limit of 50 active workrooms", "Archive or delete workrooms that are not in use")
	acctest.RejectWords(t, out, "of that name")
	if len(w.Objects(t)) > 0 {
		t.Error("what was refused is in the state")
	}
	found, _ := roomNamed(s, "room0")
	s.Send("POST", "/workrooms/"+found.ID+"/archive", nil).Want(200)
	w.Terraform(t, 0, "apply", "-auto-approve")
	w.Write(t, acctest.RequiredProviders+strings.Replace(workroom("room0", ""), `"test"`, `"room0"`, 1)+workroom("lab", ""))
	w.Terraform(t, 0, "import", roomType+".room0", found.ID)
	acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), "Could not update workroom", "limit of 50 active workrooms", "Archive or delete workrooms")
}

// TestAccWorkroom_waits waits out what passes, and says what to do when it does not.
func TestAccWorkroom_waits(t *testing.T) {
	t.Parallel()
	clock, pause := acctest.Patience()
	s := acctest.StartGateway(t, authserver.Config{Now: clock, API: gateway.Behavior{WorkroomProjection: 6, WorkroomAuthority: 6}})
	s.User("ada")
	began := clock()
	w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+s.Config(room("lab", "archived = true")+single("ada", lab, "ada", "viewer")))
	w.Environment = append(w.Environment, acctest.ServeProvider(t, acctest.NewTimed(clock, pause)))
	w.Terraform(t, 0, "init")
	w.Terraform(t, 0, "apply", "-auto-approve")
	if took := clock().Sub(began); took <= 0 || took > 45*time.Second {
		t.Errorf("the provider paused for %s", took)
	}
	checkHeld(t, s, "lab: ada viewer")
	w.Terraform(t, 0, "plan", "-detailed-exitcode")
	s.Server.Inject(authserver.Fault{Method: "GET", Route: "/workrooms/{workroom_id}", Status: 503, Body: `{"detail":"authorization_unavailable"}`})
	acctest.WantWords(t, w.Failure(t, "plan"), "Could not read workroom", "authorization_unavailable", "Apply again in a minute")
	if len(w.Objects(t)) != 2 {
		t.Errorf("the state is %v", w.Objects(t))
	}
	s.Server.ClearFaults()
	w.Terraform(t, 0, "destroy", "-auto-approve")
}

// TestAccWorkroom_missing does not take for gone what the platform may only not show: the list of administrators fails.
func TestAccWorkroom_missing(t *testing.T) {
	t.Parallel()
	s := start(t, gateway.Behavior{})
	w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+workroom("lab", ""))
	w.Terraform(t, 0, "apply", "-auto-approve")
	s.Server.Inject(authserver.Fault{Method: "GET", Route: "/workrooms/", Status: 200, Body: `{"items":[]}`})
	s.Server.Inject(authserver.Fault{Method: "GET", Route: "/workrooms/{workroom_id}", Status: 404, Body: `{"detail":"Workroom not found"}`})
	s.Server.Inject(authserver.Fault{Method: "GET", Route: "/admin/workrooms/", Status: 400, Body: `{"detail":"not now"}`})
	acctest.WantWords(t, w.Failure(t, "plan"), "Could not read workroom", "not now")
	if len(w.Objects(t)) != 1 {
		t.Error("the workroom has left the state")
	}
}
