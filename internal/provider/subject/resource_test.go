package subject_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

// TestAccSubject leads one through its life, on servers that answer in all ways.
func TestAccSubject(t *testing.T) {
	t.Parallel()
	eachBehavior(t, func(t *testing.T, s acctest.Gateway) {
		t.Helper()
		config := func(attributes string, more ...string) string { return s.Config(subject("amara", attributes, more...)) }
		resource.Test(t, resource.TestCase{
			ProtoV6ProviderFactories: acctest.Factories,
			Steps: []resource.TestStep{
				{Config: config(`{ clearance = 3, sites = ["oslo"] }`), Check: has(s, `amara {"clearance":3,"sites":"oslo"}`)},
				{ // The same to the server.
					Config: config(`{ sites = "oslo", clearance = 3, team = null }`), ConfigPlanChecks: action(plancheck.ResourceActionNoop),
				},
				{ImportState: true, ResourceName: address, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"attributes"}},
				{ImportState: true, ResourceName: address, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"attributes"}, ImportStateId: "amara"},
				{ // What is not configured any more goes.
					Config: config(`{ team = "ml", sites = ["oslo", "bergen"] }`), ConfigPlanChecks: action(plancheck.ResourceActionUpdate),
					Check: has(s, `amara {"sites":["oslo","bergen"],"team":"ml"}`),
				},
				{ // The order of a list does not matter.
					Config: config(`{ team = "ml", sites = ["bergen", "oslo"] }`), ConfigPlanChecks: action(plancheck.ResourceActionNoop),
				},
				{ // Somebody changes them.
					PreConfig: func() { put(s, "amara", map[string]any{"team": "web", "clearance": 1, "sites": []string{}}) },
					Config:    config(`{ team = "ml" }`), ConfigPlanChecks: action(plancheck.ResourceActionUpdate), Check: has(s, `amara {"team":"ml"}`),
				},
				{ // Without the argument, they stay.
					PreConfig: func() { put(s, "amara", map[string]any{"team": "web"}) },
					Config:    config(""), ConfigPlanChecks: action(plancheck.ResourceActionNoop), Check: has(s, `amara {"team":"web"}`),
				},
				{Config: config("{}"), ConfigPlanChecks: action(plancheck.ResourceActionUpdate), Check: has(s, `amara {}`)},
				{ // Somebody deletes the subject.
					PreConfig: func() { s.Send("DELETE", "/authz/subjects/amara", nil) },
					Config:    config(`{ team = "ml" }`), ConfigPlanChecks: action(plancheck.ResourceActionCreate), Check: has(s, `amara {"team":"ml"}`),
				},
				{Config: s.Config(subject("chen", `{ team = "ml" }`)), ConfigPlanChecks: action(plancheck.ResourceActionReplace), Check: has(s, `chen {"team":"ml"}`)},
				{Config: s.Config(" "), Check: has(s)},
			},
		})
	})
}

// TestAccSubject_password sets and changes the password, which stays out of the state, the errors and the log.
func TestAccSubject_password(t *testing.T) {
	t.Parallel()
	s := declared(t, gateway.Behavior{SubjectUsers: true})
	config := func(password, version string) string {
		return subject("amara", `{ team = "ml" }`, fmt.Sprintf("password_wo = %q", password), fmt.Sprintf("password_wo_version = %q", version))
	}
	w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+config(firstPassword, "1"))
	w.Environment = append(w.Environment, "TF_LOG=trace", "TF_LOG_PATH="+filepath.Join(w.Dir, "log"))
	w.Terraform(t, 0, "apply", "-auto-approve")
	w.Write(t, acctest.RequiredProviders+config(secondPassword, "1"))
	w.Terraform(t, 0, "plan", "-detailed-exitcode")
	if !s.CanLogIn("amara", firstPassword) {
		t.Error("the first password does not work")
	}
	w.Write(t, acctest.RequiredProviders+config(secondPassword, "2"))
	s.Server.Inject(authserver.Fault{Method: "PUT", Status: 400, Times: 1, Body: fmt.Sprintf(`{"detail":"%s is too simple"}`, secondPassword)})
	out := w.Failure(t, "apply", "-auto-approve")
	if acctest.WantWords(t, out, "Could not update subject", "is too simple"); strings.Contains(out, secondPassword) || w.Objects(t)[address]["password_wo_version"] != "1" {
		t.Errorf("the error has the password, or the state the version:\n%s", out)
	}
	w.Terraform(t, 0, "apply", "-auto-approve")
	if !s.CanLogIn("amara", secondPassword) || s.CanLogIn("amara", firstPassword) {
		t.Error("the password did not change")
	}
	for _, name := range []string{"terraform.tfstate", "terraform.tfstate.backup", "log"} {
		data, err := os.ReadFile(filepath.Join(w.Dir, name))
		acctest.Must(t, err)
		for line := range strings.Lines(string(data)) {
			if strings.Contains(line, "password of the test") {
				t.Fatalf("%s has the password: %s", name, line)
			}
		}
	}
}

// TestAccSubject_taken takes over no subject, unless that is wished.
func TestAccSubject_taken(t *testing.T) {
	t.Parallel()
	eachBehavior(t, func(t *testing.T, s acctest.Gateway) {
		t.Helper()
		put(s, "amara", map[string]any{"team": "web", "clearance": 2})
		const theirs = `amara {"clearance":2,"team":"web"}`
		w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+subject("amara", `{ team = "ml" }`))
		acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), `The subject "amara"`, "exists already", "The API would overwrite its attributes", "adopt_existing = true")
		check(t, s, theirs)
		// Without attributes, those that there are stay.
		w.Write(t, acctest.RequiredProviders+subject("amara", "", "adopt_existing = true"))
		w.Terraform(t, 0, "apply", "-auto-approve")
		check(t, s, theirs)
		w.Terraform(t, 0, "plan", "-detailed-exitcode")
		w.Write(t, acctest.RequiredProviders+subject("amara", `{ team = "ml" }`, "adopt_existing = true"))
		w.Terraform(t, 0, "apply", "-auto-approve")
		check(t, s, `amara {"team":"ml"}`)
		id := s.Server.Snapshot().Subjects[0].ID

		// Another address that would take it over needs a moved block: the old one might delete the user first.
		renamed := strings.Replace(subject("amara", `{ team = "ml" }`, "adopt_existing = true"), `"test"`, `"renamed"`, 1)
		w.Write(t, acctest.RequiredProviders+renamed)
		acctest.WantWords(t, w.Failure(t, "plan"), "One resource takes over", "add a moved block")
		w.Write(t, acctest.RequiredProviders+renamed+"moved {\n from = kamiwaza_subject.test\n to = kamiwaza_subject.renamed\n}\n")
		w.Terraform(t, 0, "apply", "-auto-approve")
		if after := s.Server.Snapshot().Subjects[0].ID; after != id {
			t.Errorf("the subject was deleted and made anew: %s is now %s", id, after)
		}
		w.Write(t, acctest.RequiredProviders+renamed+subject("Amara", "", "adopt_existing = true"))
		acctest.WantWords(t, w.Failure(t, "plan"), "Two resources would manage")
	})
}

// TestAccSubject_merging has a server that adds attributes to those that there are: what cannot be removed is an error. A
// subject that was taken over is not in the state then, because Terraform would delete one that is tainted.
func TestAccSubject_merging(t *testing.T) {
	t.Parallel()
	s := declared(t, gateway.Behavior{AttributesMerge: true})
	put(s, "amara", map[string]any{"clearance": 2})
	config := func(attributes string) string {
		return acctest.RequiredProviders + subject("amara", attributes, "adopt_existing = true")
	}
	const remains = "the subject still has clearance, too"
	w := acctest.WorkdirFor(t, s, config(`{ team = "ml" }`))
	if acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), "has not removed the attributes", remains); len(w.Objects(t)) > 0 {
		t.Error("the subject is in the state")
	}
	s.Server.Inject(authserver.Fault{Method: "PUT", Route: "/authz/subjects/{id_or_username}", After: 1, Times: 1, Status: 400, Body: `{"detail":"not today"}`})
	acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), "not today", remains)
	w.Write(t, config(`{ team = "ml", clearance = 0 }`))
	w.Terraform(t, 0, "apply", "-auto-approve")
	w.Terraform(t, 0, "plan", "-detailed-exitcode")
	w.Write(t, config(`{ team = "web" }`))
	acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), "Could not update subject", remains)
	check(t, s, `amara {"clearance":0,"team":"web"}`)
	if actions := w.Actions(t, 2); actions[address] != "update" {
		t.Errorf("the plan is %v", actions)
	}
}

// TestAccSubject_user adds attributes to a local user, and does not lock the provider out.
func TestAccSubject_user(t *testing.T) {
	t.Parallel()
	s := declared(t, gateway.Behavior{})
	s.User("amara")
	w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+subject("amara", `{ team = "ml" }`))
	acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), "exists already")
	w.Write(t, acctest.RequiredProviders+subject("amara", `{ team = "ml" }`, "adopt_existing = true", "deletion_protection = true"))
	w.Terraform(t, 0, "apply", "-auto-approve")
	if check(t, s, `amara {"team":"ml"}`); !s.CanLogIn("amara", authservertest.Password) {
		t.Error("the user cannot log in any more")
	}
	acctest.WantWords(t, w.Failure(t, "destroy", "-auto-approve"), "is protected from deletion")
	acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve", "-replace="+address), "is protected from deletion")

	w = acctest.WorkdirFor(t, s, acctest.RequiredProviders+subject(authservertest.AdminUsername, "", "adopt_existing = true"))
	w.Terraform(t, 0, "apply", "-auto-approve")
	acctest.WantWords(t, w.Failure(t, "destroy", "-auto-approve"), "would lock itself out", "role admin", "allow_self_lockout")
}

// TestAccSubject_undeclared names the attribute that must be declared first, and values of another type.
func TestAccSubject_undeclared(t *testing.T) {
	t.Parallel()
	for name, objects := range map[string]bool{"texts": false, "objects": true} {
		s := declared(t, gateway.Behavior{ErrorObjects: objects})
		w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+subject("amara", `{ height = 3 }`))
		acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), "Could not create subject", "Declare it with kamiwaza_attribute")
		w.Write(t, acctest.RequiredProviders+subject("amara", `{ clearance = "high" }`))
		acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), "clearance must be of the type int")
		if len(w.Objects(t)) > 0 {
			t.Errorf("%s: what was refused is in the state", name)
		}
	}
}

// TestAccSubject_grants leaves or removes what the subject was granted.
func TestAccSubject_grants(t *testing.T) {
	t.Parallel()
	for _, cascade := range []bool{false, true} {
		s := declared(t, gateway.Behavior{})
		w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+subject("amara", "{}", fmt.Sprint("cascade_grants = ", cascade)))
		w.Terraform(t, 0, "apply", "-auto-approve")
		s.Send("POST", "/authz/subjects/amara/grants", map[string]any{"object_namespace": "dataset", "object_id": "d", "relation": "viewer"})
		w.Terraform(t, 0, "plan", "-detailed-exitcode")
		p := acctest.NewProtocol(t, s)
		state, diagnostics := p.ReadData(typeName, acctest.Fields{"username": "amara"})
		p.NoErrors(diagnostics)
		if grants := fmt.Sprint(p.Attributes(typeName, state)["grants"]); !strings.Contains(grants, `"dataset"`) {
			t.Errorf("the grants are %s", grants)
		}
		w.Terraform(t, 0, "destroy", "-auto-approve")
		if left := len(s.Server.Snapshot().Tuples) > 0; left == cascade {
			t.Errorf("cascade_grants = %v left grants: %v", cascade, left)
		}
	}
}

// TestAccSubject_releases has platforms without subjects, and one that takes no id with a slash.
func TestAccSubject_releases(t *testing.T) {
	t.Parallel()
	const sentence = "Subjects need platform 1.0 and later."
	old := acctest.StartGateway(t, authserver.Config{API: gateway.Behavior{Platform: gateway.Platform012}})
	w := acctest.WorkdirFor(t, old, acctest.RequiredProviders+subject("amara", "{}"))
	acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), sentence)
	_, diagnostics := acctest.NewProtocol(t, old).ReadData(typeName, acctest.Fields{"username": "amara"})
	acctest.WantWords(t, acctest.Written(diagnostics), sentence)

	s := declared(t, gateway.Behavior{})
	w = acctest.WorkdirFor(t, s, acctest.RequiredProviders+subject("amara", "{}"))
	w.Terraform(t, 0, "apply", "-auto-approve")
	w.Environment = append(w.Environment, "KAMIWAZA_BASE_URL="+old.Address())
	for _, command := range []string{"plan", "destroy"} {
		if acctest.WantWords(t, w.Failure(t, command), sentence); len(w.Objects(t)) != 1 {
			t.Errorf("%s: the subject has left the state", command)
		}
	}
	before := declared(t, gateway.Behavior{Platform: gateway.Platform102})
	w = acctest.WorkdirFor(t, before, acctest.RequiredProviders+subject("larkspur/amara", "{}"))
	acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), "platform 1.2 and later do")
}

// TestProtocol_identity imports by identity, and reads by id.
func TestProtocol_identity(t *testing.T) {
	t.Parallel()
	s := declared(t, gateway.Behavior{})
	put(s, "amara", map[string]any{"sites": []string{"oslo"}})
	id := s.Server.Snapshot().Subjects[0].ID
	p := acctest.NewProtocol(t, s)
	imported, diagnostics := p.ImportByIdentity(typeName, map[string]string{"id": id})
	p.NoErrors(diagnostics)
	i := p.Refreshed(acctest.Instance{TypeName: typeName, State: imported.State, Private: imported.Private})
	if got := p.AttributesOf(i); got["username"] != "amara" || got["attributes"] != `{"sites":"oslo"}` {
		t.Errorf("imported %v", got)
	}
	state, diagnostics := p.ReadData(typeName, acctest.Fields{"id": id})
	p.NoErrors(diagnostics)
	if got := p.Texts(p.Schemas.DataSourceSchemas[typeName].ValueType(), state)["username"]; got != "amara" {
		t.Errorf("read %q", got)
	}
	_, diagnostics = p.ReadData(typeName, acctest.Fields{"username": "nobody"})
	acctest.WantWords(t, acctest.Written(diagnostics), `Could not find subject "nobody"`)
}

// TestAccRequests counts the requests of a refresh: one for each subject, which the API cannot list.
func TestAccRequests(t *testing.T) {
	t.Parallel()
	s := declared(t, gateway.Behavior{})
	w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+subject("user${count.index}", `{ team = "ml" }`, "count = 6"))
	w.Terraform(t, 0, "apply", "-auto-approve")
	s.Server.ResetRequests()
	w.Terraform(t, 0, "plan", "-detailed-exitcode")
	if n := s.Count("GET", "/authz/subjects/{id_or_username}"); n != 6 || len(s.Server.Requests()) > 6+2 {
		t.Errorf("a refresh read %d subjects, in %d requests", n, len(s.Server.Requests()))
	}
}

// TestAccSubject_createFirst replaces a subject by itself, which must not delete it.
func TestAccSubject_createFirst(t *testing.T) {
	t.Parallel()
	s := declared(t, gateway.Behavior{})
	w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+subject("amara", `{ team = "ml" }`, "adopt_existing = true", "lifecycle {\n create_before_destroy = true\n}"))
	w.Terraform(t, 0, "apply", "-auto-approve")
	id := s.Server.Snapshot().Subjects[0].ID
	acctest.WantWords(t, w.Output(t, 0, "apply", "-auto-approve", "-replace="+address), "was not destroyed")
	if after := s.Server.Snapshot().Subjects; len(after) != 1 || after[0].ID != id {
		t.Errorf("there is %v, and was %s", after, id)
	}
	w.Terraform(t, 0, "plan", "-detailed-exitcode")
}
