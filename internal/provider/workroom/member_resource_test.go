package workroom_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

const memberAddress, setAddress = memberType + ".test", setType + ".test"

// TestAccMember leads one member through their life, on servers that answer in all ways.
func TestAccMember(t *testing.T) {
	t.Parallel()
	eachBehavior(t, func(t *testing.T, s acctest.Gateway) {
		t.Helper()
		id, ada := newRoom(s, "lab"), s.SubjectID(t, "ada")
		config := func(user, role string) string { return s.Config(single("test", fmt.Sprintf("%q", id), user, role)) }
		resource.Test(t, resource.TestCase{
			ProtoV6ProviderFactories: acctest.Factories,
			Steps: []resource.TestStep{
				{
					Config: config("ada", "viewer"), Check: wantHeld(s, "lab: ada viewer"),
					ConfigStateChecks: acctest.Holds(memberAddress, map[string]knownvalue.Check{
						"id": knownvalue.StringExact(id + "/" + ada), "user_id": knownvalue.StringExact(ada), "email": knownvalue.StringExact("ada@example.com"),
					}),
				},
				{ImportState: true, ResourceName: memberAddress, ImportStateVerify: true, ImportStateId: id + "/ada@example.com"},
				{ImportState: true, ResourceName: memberAddress, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"email"}},
				{Config: config("ada", "editor"), ConfigPlanChecks: acctest.Plans(memberAddress, plancheck.ResourceActionUpdate), Check: wantHeld(s, "lab: ada editor")},
				{ // Somebody changes the role.
					PreConfig: func() { setRole(t, s, id, "ada", "viewer") },
					Config:    config("ada", "editor"), ConfigPlanChecks: acctest.Plans(memberAddress, plancheck.ResourceActionUpdate), Check: wantHeld(s, "lab: ada editor"),
				},
				{Config: strings.Replace(config("ada", "editor"), "ada@", "Ada@", 1), PlanOnly: true},
				{ // Somebody removes the member, and the plan does not pass it over.
					PreConfig: func() { leave(t, s, id, "ada") },
					Config:    config("ada", "editor"), ConfigPlanChecks: acctest.Plans(memberAddress, plancheck.ResourceActionCreate), Check: wantHeld(s, "lab: ada editor"),
				},
				{ // Another user replaces the member, and others stay.
					PreConfig: func() { join(s, id, "chen", "viewer") },
					Config:    config("bela", "editor"), ConfigPlanChecks: acctest.Plans(memberAddress, plancheck.ResourceActionReplace),
					Check: wantHeld(s, "lab: bela editor", "lab: chen viewer"),
				},
				{Config: s.Config(" "), Check: wantHeld(s, "lab: chen viewer")},
			},
		})
	})
}

// TestAccMember_imported imports by the user's id where the platform tells no addresses: the address of the configuration is
// the user's, so that nobody is taken out.
func TestAccMember_imported(t *testing.T) {
	t.Parallel()
	s := start(t, gateway.Behavior{MembersAnonymous: true})
	id := newRoom(s, "lab")
	join(s, id, "ada", "viewer")
	w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+single("test", fmt.Sprintf("%q", id), "ada", "viewer"))
	w.Terraform(t, 0, "import", memberAddress, id+"/"+s.SubjectID(t, "ada"))
	if actions := w.Actions(t, 2); actions[memberAddress] != "update" {
		t.Errorf("the plan is %v", actions)
	}
	w.Terraform(t, 0, "apply", "plan")
	w.Terraform(t, 0, "plan", "-detailed-exitcode")
	checkHeld(t, s, "lab: ada viewer")
	if n := s.Count("DELETE", "/workrooms/{workroom_id}/members/{member_user_id}"); n > 0 {
		t.Errorf("the member was removed %d times", n)
	}
}

// TestAccMember_surface leaves to the platform where a member starts, unless the configuration says so.
func TestAccMember_surface(t *testing.T) {
	t.Parallel()
	s := start(t, gateway.Behavior{})
	id := newRoom(s, "lab")
	config := func(more, role string) string {
		return acctest.RequiredProviders + strings.Replace(single("test", fmt.Sprintf("%q", id), "ada", role), "  role", "  "+more+"\n  role", 1)
	}
	w := acctest.WorkdirFor(t, s, config(`surface_id = "analyze"
  landing_target = { kind = "app" }`, "viewer"))
	w.Terraform(t, 0, "apply", "-auto-approve")
	w.Terraform(t, 0, "plan", "-detailed-exitcode")
	w.Write(t, config("", "viewer"))
	w.Terraform(t, 0, "plan", "-detailed-exitcode")
	w.Write(t, config("", "editor"))
	if actions := w.Actions(t, 2); actions[memberAddress] != "update" {
		t.Errorf("another role plans %v", actions)
	}
	w.Write(t, config(`surface_id = "use"`, "viewer"))
	if actions := w.Actions(t, 2); !strings.Contains(actions[memberAddress], "delete") {
		t.Errorf("another surface plans %v", actions)
	}
	w.Terraform(t, 0, "apply", "plan")
	w.Terraform(t, 0, "plan", "-detailed-exitcode")
}

// TestAccMembers leads all members of a workroom through their lives, on servers that answer in all ways.
func TestAccMembers(t *testing.T) {
	t.Parallel()
	eachBehavior(t, func(t *testing.T, s acctest.Gateway) {
		t.Helper()
		id := newRoom(s, "lab")
		config := func(members roles) string { return s.Config(set("test", fmt.Sprintf("%q", id), "", members)) }
		update := acctest.Plans(setAddress, plancheck.ResourceActionUpdate)
		resource.Test(t, resource.TestCase{
			ProtoV6ProviderFactories: acctest.Factories,
			Steps: []resource.TestStep{
				{Config: config(roles{"ada": "viewer", "bela": "editor"}), Check: wantHeld(s, "lab: ada viewer", "lab: bela editor")},
				{ImportState: true, ResourceName: setAddress, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"members"}},
				{ // Somebody adds one, and takes another.
					PreConfig: func() {
						join(s, id, "chen", "editor")
						leave(t, s, id, "ada")
					},
					Config: config(roles{"ada": "viewer", "bela": "editor"}), ConfigPlanChecks: update, Check: wantHeld(s, "lab: ada viewer", "lab: bela editor"),
				},
				{Config: config(roles{"ada": "editor", "chen": "viewer"}), ConfigPlanChecks: update, Check: wantHeld(s, "lab: ada editor", "lab: chen viewer")},
				{Config: config(roles{}), ConfigPlanChecks: update, Check: wantHeld(s)},
				{Config: config(roles{"ada": "owner"}), ConfigPlanChecks: update, Check: wantHeld(s, "lab: ada owner")},
				{Config: s.Config(" "), Check: wantHeld(s)},
			},
		})
	})
}

// TestAccMembers_owner never takes out the owner of the workroom, named or not.
func TestAccMembers_owner(t *testing.T) {
	t.Parallel()
	s := start(t, gateway.Behavior{})
	id := newRoom(s, "lab")
	join(s, id, "ada", "viewer")
	config := func(members roles) string {
		return acctest.RequiredProviders + set("test", fmt.Sprintf("%q", id), "", members)
	}
	owner := ""
	for _, user := range s.Server.Snapshot().Users {
		if user.Username == "admin" {
			owner = strings.TrimSuffix(acctest.Text(user.Email), "@example.com")
		}
	}
	if strings.Contains(owner, "@") || owner == "" {
		t.Skipf("the administrator's address is %q", owner)
	}
	w := acctest.WorkdirFor(t, s, config(roles{"ada": "viewer", owner: "owner"}))
	w.Terraform(t, 0, "apply", "-auto-approve")
	w.Write(t, config(roles{"ada": "editor"}))
	w.Terraform(t, 0, "apply", "-auto-approve")
	checkHeld(t, s, "lab: ada editor")
	w.Terraform(t, 0, "destroy", "-auto-approve")
	checkHeld(t, s)
	if found, _ := roomNamed(s, "lab"); !found.Members[0].Active {
		t.Error("the owner is out")
	}
}

// TestAccMembers_failures has a server that fails halfway: what there is then is in the state.
func TestAccMembers_failures(t *testing.T) {
	t.Parallel()
	s := start(t, gateway.Behavior{})
	id := newRoom(s, "lab")
	config := func(members roles) string {
		return acctest.RequiredProviders + set("test", fmt.Sprintf("%q", id), "", members)
	}
	refuse := func(method, route string) {
		s.Server.Inject(authserver.Fault{Method: method, Route: route, Status: http.StatusForbidden, Body: `{"detail":"not today"}`})
	}
	const members, one = "/workrooms/{workroom_id}/members", "/workrooms/{workroom_id}/members/{member_user_id}"
	w := acctest.WorkdirFor(t, s, config(roles{"ada": "viewer", "bela": "viewer"}))
	join(s, id, "ada", "viewer")
	refuse("POST", members)
	acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), "Could not create members of workroom", "not today")
	if objects := w.Objects(t); len(objects) > 0 {
		t.Errorf("a failed create left %v in the state", objects)
	}
	checkHeld(t, s, "lab: ada viewer")
	s.Server.ClearFaults()
	w.Terraform(t, 0, "apply", "-auto-approve")

	w.Write(t, config(roles{"bela": "viewer", "chen": "viewer"}))
	refuse("DELETE", one)
	acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), "Could not update members of workroom", "not today")
	s.Server.ClearFaults()
	checkHeld(t, s, "lab: ada viewer", "lab: bela viewer", "lab: chen viewer")
	w.Terraform(t, 2, "plan", "-detailed-exitcode", "-refresh=false", "-out=plan")
	acctest.WantWords(t, w.Terraform(t, 0, "show", "plan"), `- "ada@example.com"`)
	acctest.RejectWords(t, w.Terraform(t, 0, "show", "plan"), `+ "chen@example.com"`)
	w.Terraform(t, 0, "apply", "plan")
	checkHeld(t, s, "lab: bela viewer", "lab: chen viewer")

	refuse("DELETE", one)
	acctest.WantWords(t, w.Failure(t, "destroy", "-auto-approve"), "Could not delete members of workroom", "not today")
	if w.Objects(t)[setAddress] == nil {
		t.Error("a failed destroy has left the state")
	}
	s.Server.ClearFaults()
	w.Terraform(t, 0, "destroy", "-auto-approve")
	checkHeld(t, s)
}

// TestAccMembers_later leaves whom no plan has shown, and warns of those whom the create of a set removes.
func TestAccMembers_later(t *testing.T) {
	t.Parallel()
	s := start(t, gateway.Behavior{})
	id := newRoom(s, "lab")
	config := func(members roles) string {
		return acctest.RequiredProviders + set("test", fmt.Sprintf("%q", id), "", members)
	}
	w := acctest.WorkdirFor(t, s, config(roles{"ada": "viewer", "bela": "viewer"}))
	w.Terraform(t, 0, "apply", "-auto-approve")
	w.Write(t, config(roles{"ada": "viewer"}))
	w.Terraform(t, 2, "plan", "-detailed-exitcode", "-out=plan")
	join(s, id, "chen", "viewer")
	w.Terraform(t, 0, "apply", "plan")
	checkHeld(t, s, "lab: ada viewer", "lab: chen viewer")
	acctest.WantWords(t, w.Terraform(t, 2, "plan", "-detailed-exitcode"), `- "chen@example.com"`)
	w.Terraform(t, 0, "plan", "-destroy", "-out=plan", "-refresh=false")
	w.Terraform(t, 0, "apply", "plan")
	checkHeld(t, s, "lab: chen viewer")
	acctest.WantWords(t, w.Output(t, 2, "plan", "-detailed-exitcode", "-out=plan"), "Creating this removes members", "1 member(s)", "chen@example.com")
	w.Terraform(t, 0, "apply", "plan")
	checkHeld(t, s, "lab: ada viewer")
}

// TestAccMember_sessions removes a member with active sessions only if the configuration says so.
func TestAccMember_sessions(t *testing.T) {
	t.Parallel()
	const route = "/workrooms/{workroom_id}/members/{member_user_id}"
	for name, config := range map[string]func(more string) string{
		"single": func(more string) string {
			return strings.Replace(single("test", lab, "ada", "viewer"), "  role", more+"\n  role", 1)
		},
		"set": func(more string) string { return set("test", lab, more, roles{"ada": "viewer"}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, gateway.Behavior{})
			w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+room("lab", "")+config(""))
			w.Terraform(t, 0, "apply", "-auto-approve")
			s.Server.Inject(authserver.Fault{Method: "DELETE", Route: route, Status: 409, Body: `{"detail":"active_sessions_confirmation_required"}`})
			w.Write(t, acctest.RequiredProviders+room("lab", ""))
			acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), "Could not delete", "set terminate_active_sessions = true and apply")
			s.Server.ClearFaults()
			checkHeld(t, s, "lab: ada viewer")
			w.Write(t, acctest.RequiredProviders+room("lab", "")+config("terminate_active_sessions = true"))
			w.Terraform(t, 0, "apply", "-auto-approve")
			w.Write(t, acctest.RequiredProviders+room("lab", ""))
			w.Terraform(t, 0, "apply", "-auto-approve")
			checkHeld(t, s)
		})
	}
}

// TestProtocol_memberByName imports members by the names of the workroom and the user, which may have slashes.
func TestProtocol_memberByName(t *testing.T) {
	t.Parallel()
	s := start(t, gateway.Behavior{})
	s.User("x/dora")
	ada, dora := s.SubjectID(t, "ada"), s.SubjectID(t, "x/dora")
	lab, nested := newRoom(s, "lab"), newRoom(s, "lab/x")
	join(s, lab, "ada", "editor")
	join(s, lab, "x/dora", "editor")
	join(s, nested, "ada", "viewer")
	s.Server.ResetRequests()
	p := acctest.NewProtocol(t, s)
	for id, want := range map[string]string{
		"lab/ada": lab + "/" + ada, "lab/ada@example.com": lab + "/" + ada, "lab/" + ada: lab + "/" + ada, lab + "/ada": lab + "/" + ada,
		"lab/x/ada": "", "lab%2Fx/ada": nested + "/" + ada, "lab/x%2Fdora": lab + "/" + dora, lab + "/x/dora": lab + "/" + dora,
	} {
		resp, err := p.Server.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: memberType, ID: id})
		acctest.Must(t, err)
		if want == "" {
			acctest.WantWords(t, acctest.Written(resp.Diagnostics), "It can be read in 2 ways", fmt.Sprintf(`workroom "lab" (%s)`, lab), fmt.Sprintf(`workroom "lab/x" (%s)`, nested))
			continue
		}
		p.NoErrors(resp.Diagnostics)
		if got := p.Texts(p.StateType(memberType), resp.ImportedResources[0].State); got["id"] != want || got["user_id"] == "" {
			t.Errorf("%q is %v, want %s", id, got, want)
		}
	}
	if n := s.Count("GET", "/workrooms/"); n != 1 {
		t.Errorf("the workrooms were listed %d times", n)
	}
	for id, want := range map[string]string{
		"lab": "is imported as <workroom>/<user>", "lab/": "is not of that form", "nowhere/ada": `None of the server's 2 workrooms has the name "nowhere"`,
		"Lab/ada": `No workroom is called "Lab", but there is "lab"`, "lab/bela": "None of the workroom's 3 members has this id, e-mail address or username",
	} {
		resp, err := p.Server.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: memberType, ID: id})
		acctest.Must(t, err)
		acctest.WantWords(t, acctest.Written(resp.Diagnostics), want)
	}
}
