package attribute_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

// TestAccAttribute leads one through its life, on servers that answer in all ways.
func TestAccAttribute(t *testing.T) {
	t.Parallel()
	eachBehavior(t, func(t *testing.T, s acctest.Gateway) {
		t.Helper()
		config := func(name, kind string, more ...string) string { return s.Config(attribute(name, kind, more...)) }
		resource.Test(t, resource.TestCase{
			ProtoV6ProviderFactories: acctest.Factories,
			Steps: []resource.TestStep{
				{Config: config("clearance", "int"), Check: has(s, "clearance int declared")},
				{ImportState: true, ResourceName: address, ImportStateVerify: true},
				{ // Somebody deprecates it.
					PreConfig: func() { s.Send("DELETE", "/cluster/attribute-schema/clearance", nil) },
					Config:    config("clearance", "int"), ConfigPlanChecks: action(plancheck.ResourceActionCreate), Check: has(s, "clearance int declared"),
				},
				{ // Somebody withdraws it.
					PreConfig: func() { s.Send("DELETE", "/cluster/attribute-schema/clearance?force=true", nil) },
					Config:    config("clearance", "int"), ConfigPlanChecks: action(plancheck.ResourceActionCreate), Check: has(s, "clearance int declared"),
				},
				{Config: config("clearance", "int", "force_withdraw = true"), ConfigPlanChecks: action(plancheck.ResourceActionUpdate), Check: has(s, "clearance int declared")},
				{ // Another shape, which only an attribute that was withdrawn can get.
					Config:           config("clearance", "string", "force_withdraw = true", "sensitive = true", `authority = "self"`, `schema_version = "2.0"`),
					ConfigPlanChecks: action(plancheck.ResourceActionReplace), Check: has(s, "clearance string declared"),
				},
				{Config: config("team", "string[]"), ConfigPlanChecks: action(plancheck.ResourceActionReplace), Check: has(s, "clearance string withdrawn", "team string[] declared")},
				{Config: s.Config(" "), Check: has(s, "clearance string withdrawn", "team string[] deprecated")},
			},
		})
	})
}

// TestAccAttribute_taken takes over no attribute, unless that is wished.
func TestAccAttribute_taken(t *testing.T) {
	t.Parallel()
	eachBehavior(t, func(t *testing.T, s acctest.Gateway) {
		t.Helper()
		declare(s, "clearance", "int")
		w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+attribute("clearance", "int"))
		if acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), "is declared already", "import it", "adopt_existing = true"); len(w.Objects(t)) > 0 {
			t.Error("what was refused is in the state")
		}
		w.Write(t, acctest.RequiredProviders+attribute("clearance", "string", "adopt_existing = true"))
		acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), "declared in another way", "kamiwaza_attributes")
		w.Write(t, acctest.RequiredProviders+attribute("clearance", "int", "adopt_existing = true"))
		w.Terraform(t, 0, "apply", "-auto-approve")
		w.Terraform(t, 0, "plan", "-detailed-exitcode")
		renamed := strings.Replace(attribute("clearance", "int", "adopt_existing = true"), `"test"`, `"renamed"`, 1)
		w.Write(t, acctest.RequiredProviders+renamed)
		acctest.WantWords(t, w.Failure(t, "plan"), "One resource takes over", "add a moved block")
		w.Write(t, acctest.RequiredProviders+renamed+attribute("clearance", "int", "adopt_existing = true"))
		acctest.WantWords(t, w.Failure(t, "plan"), "Two resources would manage")
		check(t, s, "clearance int declared")
	})
}

// TestAccAttribute_held keeps an attribute of which subjects have values, unless it is to be withdrawn.
func TestAccAttribute_held(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{})
	w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+attribute("clearance", "int"))
	w.Terraform(t, 0, "apply", "-auto-approve")
	s.Send("PUT", "/authz/subjects/amara", map[string]any{"attributes": map[string]any{"clearance": 3}})
	if acctest.WantWords(t, w.Failure(t, "destroy", "-auto-approve"), "Subjects have values of this attribute", "force_withdraw = true"); len(w.Objects(t)) != 1 {
		t.Error("the attribute has left the state")
	}
	check(t, s, "clearance int declared")
	w.Write(t, acctest.RequiredProviders+attribute("clearance", "int", "force_withdraw = true"))
	w.Terraform(t, 0, "apply", "-auto-approve")
	w.Terraform(t, 0, "destroy", "-auto-approve")
	check(t, s, "clearance int withdrawn")
}

// TestAccAttribute_reuse has servers that take no name a second time.
func TestAccAttribute_reuse(t *testing.T) {
	t.Parallel()
	for _, status := range []authserver.Outcome{"400", "409"} {
		s := acctest.StartGateway(t, authserver.Config{API: gateway.Behavior{AttributeReuse: status}})
		declare(s, "clearance", "int")
		s.Send("DELETE", "/cluster/attribute-schema/clearance?force=true", nil)
		w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+attribute("clearance", "int"))
		out := w.Failure(t, "apply", "-auto-approve")
		acctest.WantWords(t, out, "Could not create attribute", "its name cannot be used again", "choose another name")
		acctest.RejectWords(t, out, "Subjects have values")
	}
}

// TestAccAttribute_releases has a platform without attributes.
func TestAccAttribute_releases(t *testing.T) {
	t.Parallel()
	const sentence = "Attributes need platform 1.0 and later."
	s := acctest.StartGateway(t, authserver.Config{})
	old := acctest.StartGateway(t, authserver.Config{API: gateway.Behavior{Platform: gateway.Platform012}})
	w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+attribute("clearance", "int"))
	w.Terraform(t, 0, "apply", "-auto-approve")
	w.Environment = append(w.Environment, "KAMIWAZA_BASE_URL="+old.Address())
	for _, command := range [][]string{{"plan"}, {"destroy", "-auto-approve"}, {"destroy", "-auto-approve", "-refresh=false"}} {
		if acctest.WantWords(t, w.Failure(t, command...), sentence); len(w.Objects(t)) != 1 {
			t.Errorf("%v: the attribute has left the state", command)
		}
	}
	fresh := acctest.WorkdirFor(t, old, acctest.RequiredProviders+attribute("clearance", "int"))
	acctest.WantWords(t, fresh.Failure(t, "apply", "-auto-approve"), sentence)
	_, diagnostics := acctest.NewProtocol(t, old).ReadData("kamiwaza_attributes", nil)
	acctest.WantWords(t, acctest.Written(diagnostics), sentence)
}

// TestProtocol lists attributes, and imports by identity.
func TestProtocol(t *testing.T) {
	t.Parallel()
	eachBehavior(t, func(t *testing.T, s acctest.Gateway) {
		t.Helper()
		declare(s, "clearance", "int")
		declare(s, "team", "string")
		declare(s, "height", "int")
		s.Send("DELETE", "/cluster/attribute-schema/team", nil)
		s.Send("DELETE", "/cluster/attribute-schema/height?force=true", nil)
		p := acctest.NewProtocol(t, s)
		for includes, want := range map[bool]string{false: "clearance", true: "clearance team"} {
			state, diagnostics := p.ReadData("kamiwaza_attributes", acctest.Fields{"include_deprecated": includes})
			p.NoErrors(diagnostics)
			listed := fmt.Sprint(p.Attributes("kamiwaza_attributes", state)["attributes"])
			var names []string
			for _, name := range []string{"clearance", "height", "team"} {
				if strings.Contains(listed, fmt.Sprintf("%q", name)) {
					names = append(names, name)
				}
			}
			if strings.Join(names, " ") != want {
				t.Errorf("include_deprecated = %v lists %v: %s", includes, names, listed)
			}
		}
		imported, diagnostics := p.ImportByIdentity(typeName, map[string]string{"id": "clearance"})
		p.NoErrors(diagnostics)
		i := p.Refreshed(acctest.Instance{TypeName: typeName, State: imported.State, Private: imported.Private})
		if got := p.AttributesOf(i); got["name"] != "clearance" || got["type"] != "int" {
			t.Errorf("imported %v", got)
		}
	})
}

// TestAccRequests counts the requests of a refresh, which are one list.
func TestAccRequests(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{})
	w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+attribute("a${count.index}", "int", "count = 8"))
	w.Terraform(t, 0, "apply", "-auto-approve")
	s.Server.ResetRequests()
	w.Terraform(t, 0, "plan", "-detailed-exitcode")
	if n := s.Count("GET", "/cluster/attribute-schema"); n != 1 || len(s.Server.Requests()) > 3 {
		t.Errorf("a refresh listed %d times, in %d requests", n, len(s.Server.Requests()))
	}
}
