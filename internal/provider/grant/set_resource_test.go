package grant_test

import (
	"net/http"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

const setAddress = setType + ".test"

// users are subjects by relation.
type users = map[string][]string

// TestAccSet leads the grants on an object through their lives, on servers that answer in all ways.
func TestAccSet(t *testing.T) {
	t.Parallel()
	eachBehavior(t, func(t *testing.T, s acctest.Gateway) {
		t.Helper()
		config := func(more string, by users) string { return s.Config(set("test", urn, more, by)) }
		resource.Test(t, resource.TestCase{
			ProtoV6ProviderFactories: acctest.Factories,
			Steps: []resource.TestStep{
				{
					PreConfig: func() { grant(s, urn, "owner", "creator") },
					Config:    config("", users{"viewer": {"ada", "bela"}, "editor": {"chen"}}),
					Check: resource.ComposeTestCheckFunc(
						wantHeld(s, dataset(urn, "owner", "creator"), dataset(urn, "viewer", "ada"), dataset(urn, "viewer", "bela"), dataset(urn, "editor", "chen")),
						resource.TestCheckResourceAttr(setAddress, "id", "dataset/urn:li:dataset:(urn:li:dataPlatform:s3,larkspur%2F100%25%20raw,PROD)"),
					),
				},
				{ImportState: true, ResourceName: setAddress, ImportStateVerify: true},
				{ImportState: true, ResourceName: setAddress, ImportStateVerify: true, ImportStateId: "dataset/urn:li:dataset:(urn:li:dataPlatform:s3,larkspur/100%25 raw,PROD)"},
				{ // Somebody adds one, and takes another.
					PreConfig: func() {
						grant(s, urn, "editor", "intruder")
						revoke(s, urn, "viewer", "ada")
					},
					Config: config("", users{"viewer": {"ada", "bela"}, "editor": {"chen"}}), ConfigPlanChecks: acctest.Plans(setAddress, plancheck.ResourceActionUpdate),
					Check: wantHeld(s, dataset(urn, "owner", "creator"), dataset(urn, "viewer", "ada"), dataset(urn, "viewer", "bela"), dataset(urn, "editor", "chen")),
				},
				{ // A user gets another relation, which is no loss in between and no gain for others.
					Config: config("", users{"viewer": {"ada"}, "editor": {"bela", "chen"}}), ConfigPlanChecks: acctest.Plans(setAddress, plancheck.ResourceActionUpdate),
					Check: wantHeld(s, dataset(urn, "owner", "creator"), dataset(urn, "viewer", "ada"), dataset(urn, "editor", "bela"), dataset(urn, "editor", "chen")),
				},
				{ // The set is about viewers alone from now on, and leaves the others.
					Config: config(`relations = ["viewer"]`, users{"viewer": {"ada"}}), ConfigPlanChecks: acctest.Plans(setAddress, plancheck.ResourceActionUpdate),
					Check: wantHeld(s, dataset(urn, "owner", "creator"), dataset(urn, "viewer", "ada"), dataset(urn, "editor", "bela"), dataset(urn, "editor", "chen")),
				},
				{ // What it does not manage may come and go.
					PreConfig: func() { revoke(s, urn, "editor", "bela") },
					Config:    config(`relations = ["viewer"]`, users{"viewer": {"ada"}}), PlanOnly: true,
				},
				{ // It is about owners, too, and the plan says who loses the object.
					Config: config(`relations = ["owner", "viewer"]`, users{"viewer": {"ada"}, "owner": {"creator", "dara"}}),
					Check:  wantHeld(s, dataset(urn, "owner", "creator"), dataset(urn, "owner", "dara"), dataset(urn, "viewer", "ada"), dataset(urn, "editor", "chen")),
				},
				{ // An empty map is none at all.
					Config: s.Config(`
resource "kamiwaza_resource_grants" "test" {
  object    = { namespace = "dataset", id = "` + urn + `" }
  relations = ["viewer"]
  grants    = {}
}`),
					Check: wantHeld(s, dataset(urn, "owner", "creator"), dataset(urn, "owner", "dara"), dataset(urn, "editor", "chen")),
				},
				{Config: s.Config(" "), Check: wantHeld(s, dataset(urn, "owner", "creator"), dataset(urn, "owner", "dara"), dataset(urn, "editor", "chen"))},
			},
		})
	})
}

// TestAccSet_unknownObject has an object that is not known before the apply, and turns out to be another one.
func TestAccSet_unknownObject(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, acctest.AuthserverDefaults)
	config := func(id string) string {
		return s.Config(`
resource "terraform_data" "id" {
  input            = "` + id + `"
  triggers_replace = "` + id + `"
}
resource "kamiwaza_resource_grants" "test" {
  object = { namespace = "dataset", id = terraform_data.id.output }
  grants = { viewer = { user = ["ada", "bela"] } }
}`)
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{Config: config("a"), Check: wantHeld(s, dataset("a", "viewer", "ada"), dataset("a", "viewer", "bela"))},
			{Config: config("b"), Check: wantHeld(s, dataset("b", "viewer", "ada"), dataset("b", "viewer", "bela")), ConfigPlanChecks: acctest.Plans(setAddress, plancheck.ResourceActionUpdate)},
			{ImportState: true, ResourceName: setAddress, ImportStateVerify: true},
			{ // A known one replaces the set.
				Config: s.Config(set("test", "c", "", users{"viewer": {"ada"}})), Check: wantHeld(s, dataset("c", "viewer", "ada")),
				ConfigPlanChecks: acctest.Plans(setAddress, plancheck.ResourceActionReplace),
			},
		},
	})
}

// TestAccSet_failures has a server that fails halfway: what there is then is in the state.
func TestAccSet_failures(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{})
	w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+set("test", "d", "", users{"viewer": {"ada", "bela"}}))
	refuse := func(method string) {
		s.Server.Inject(authserver.Fault{Method: method, Route: "/authz/resources/{namespace}/grants", Status: http.StatusForbidden, Body: `{"detail":"not today"}`})
	}

	// A set that could not be created is not in the state, or the next apply would destroy it first, with what was there before.
	grant(s, "d", "viewer", "ada")
	refuse(http.MethodPost)
	acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), "Could not create grants on dataset:d", "not today")
	if objects := w.Objects(t); len(objects) > 0 {
		t.Errorf("a failed create left %v in the state", objects)
	}
	checkHeld(t, s, dataset("d", "viewer", "ada"))
	s.Server.ClearFaults()
	w.Terraform(t, 0, "apply", "-auto-approve")
	checkHeld(t, s, dataset("d", "viewer", "ada"), dataset("d", "viewer", "bela"))

	// An update adds chen, and then fails to remove ada.
	w.Write(t, acctest.RequiredProviders+set("test", "d", "", users{"viewer": {"bela", "chen"}}))
	refuse(http.MethodDelete)
	acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), "Could not update grants on dataset:d", "not today")
	s.Server.ClearFaults()
	checkHeld(t, s, dataset("d", "viewer", "ada"), dataset("d", "viewer", "bela"), dataset("d", "viewer", "chen"))
	w.Terraform(t, 2, "plan", "-detailed-exitcode", "-refresh=false", "-out=plan")
	acctest.WantWords(t, w.Terraform(t, 0, "show", "plan"), `- "ada"`)
	acctest.RejectWords(t, w.Terraform(t, 0, "show", "plan"), `+ "chen"`)
	w.Terraform(t, 0, "apply", "plan")
	checkHeld(t, s, dataset("d", "viewer", "bela"), dataset("d", "viewer", "chen"))

	// Nor does a destroy forget what it could not remove.
	refuse(http.MethodDelete)
	acctest.WantWords(t, w.Failure(t, "destroy", "-auto-approve"), "Could not delete grants on dataset:d", "not today")
	if w.Objects(t)[setAddress] == nil {
		t.Error("a failed destroy has left the state")
	}
	s.Server.ClearFaults()
	w.Terraform(t, 0, "destroy", "-auto-approve")
	checkHeld(t, s)
}

// TestAccSet_later leaves what nobody has seen in a plan.
func TestAccSet_later(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{API: gateway.Behavior{}})
	w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+set("test", "d", "", users{"viewer": {"ada", "bela"}}))
	w.Terraform(t, 0, "apply", "-auto-approve")

	w.Write(t, acctest.RequiredProviders+set("test", "d", "", users{"viewer": {"ada"}}))
	w.Terraform(t, 2, "plan", "-detailed-exitcode", "-out=plan")
	grant(s, "d", "viewer", "late")
	w.Terraform(t, 0, "apply", "plan")
	checkHeld(t, s, dataset("d", "viewer", "ada"), dataset("d", "viewer", "late"))
	acctest.WantWords(t, w.Terraform(t, 2, "plan", "-detailed-exitcode"), `- "late"`)

	w.Terraform(t, 0, "plan", "-destroy", "-out=plan", "-refresh=false")
	w.Terraform(t, 0, "apply", "plan")
	checkHeld(t, s, dataset("d", "viewer", "late"))

	// Creating a set takes what the object has, and the plan warns of that.
	grant(s, "d", "owner", "creator")
	out := w.Output(t, 2, "plan", "-detailed-exitcode", "-out=plan")
	acctest.WantWords(t, out, "Creating this removes grants that dataset:d has", "1 grant(s)", "viewer#user:late")
	acctest.RejectWords(t, out, "creator")
	w.Terraform(t, 0, "apply", "plan")
	checkHeld(t, s, dataset("d", "viewer", "ada"), dataset("d", "owner", "creator"))
}
