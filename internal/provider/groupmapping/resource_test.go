package groupmapping_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

// TestAccGroupMapping leads one through its life, on servers that answer in all ways.
func TestAccGroupMapping(t *testing.T) {
	t.Parallel()
	eachBehavior(t, func(t *testing.T, s acctest.Gateway) {
		t.Helper()
		parts := fmt.Sprintf("%s/%s/ml", url.PathEscape(issuer), strings.ReplaceAll(url.PathEscape(path), "%20", " "))
		resource.Test(t, resource.TestCase{
			ProtoV6ProviderFactories: acctest.Factories,
			Steps: []resource.TestStep{
				{Config: s.Config(mapping("test", issuer, path, "ml")), Check: has(s, path+" ml")},
				{ImportState: true, ResourceName: address, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"issuer"}},
				{ImportState: true, ResourceName: address, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"issuer"}, ImportStateId: parts},
				{ // A slash at the end is no other issuer.
					Config: s.Config(mapping("test", strings.TrimSuffix(issuer, "/"), path, "ml")), ConfigPlanChecks: action(plancheck.ResourceActionNoop),
				},
				{ // Somebody deletes it.
					PreConfig: func() { s.Send("DELETE", "/authz/group-mappings/"+s.Server.Snapshot().Mappings[0].ID, nil) },
					Config:    s.Config(mapping("test", issuer, path, "ml")), ConfigPlanChecks: action(plancheck.ResourceActionCreate), Check: has(s, path+" ml"),
				},
				{Config: s.Config(mapping("test", issuer, path, "research")), ConfigPlanChecks: action(plancheck.ResourceActionReplace), Check: has(s, path+" research")},
				{Config: s.Config(mapping("test", issuer, "/other", "research")), ConfigPlanChecks: action(plancheck.ResourceActionReplace), Check: has(s, "/other research")},
				{
					Config:           s.Config(mapping("test", "https://other.example.com", "/other", "research")),
					ConfigPlanChecks: action(plancheck.ResourceActionReplace), Check: has(s, "/other research"),
				},
				{Config: s.Config(" "), Check: has(s)},
			},
		})
	})
}

// TestAccGroupMapping_lost loses the answer of the create: the mapping is found again, or the error says what to do.
func TestAccGroupMapping_lost(t *testing.T) {
	t.Parallel()
	eachBehavior(t, func(t *testing.T, s acctest.Gateway) {
		t.Helper()
		s.Server.Inject(authserver.Fault{Method: "POST", Route: "/authz/group-mappings", Times: 1, Drop: authserver.DropAfter})
		w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+mapping("test", issuer, path, "ml"))
		w.Terraform(t, 0, "apply", "-auto-approve")
		w.Terraform(t, 0, "plan", "-detailed-exitcode")
		check(t, s, path+" ml")
	})
	s := acctest.StartGateway(t, authserver.Config{})
	s.Server.Inject(authserver.Fault{Method: "POST", Route: "/authz/group-mappings", Times: 1, Drop: authserver.DropBefore})
	w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+mapping("test", issuer, path, "ml"))
	acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), "found none", "kamiwaza_group_mappings lists the mappings")
	w.Terraform(t, 0, "apply", "-auto-approve")
}

// TestAccGroupMapping_taken takes over no mapping that there is.
func TestAccGroupMapping_taken(t *testing.T) {
	t.Parallel()
	for name, behavior := range map[string]gateway.Behavior{"400": {}, "409": {DuplicateStatus: 409}} {
		s := acctest.StartGateway(t, authserver.Config{API: behavior})
		made := s.Send("POST", "/authz/group-mappings", map[string]any{"issuer": issuer, "idp_group_path": path, "local_group_name": "ml"}).ID()
		w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+mapping("test", issuer, path, "ml"))
		acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), "Group mapping already exists", "import the existing", "kamiwaza_group_mappings lists the mappings")
		if len(w.Objects(t)) > 0 || s.Server.Snapshot().Mappings[0].ID != made {
			t.Errorf("%s: what was refused is in the state, or replaced", name)
		}
	}
	required := acctest.StartGateway(t, authserver.Config{API: gateway.Behavior{MappingGroups: gateway.MappingGroupsRequired}})
	w := acctest.WorkdirFor(t, required, acctest.RequiredProviders+mapping("test", issuer, path, "ml"))
	acctest.WantWords(t, w.Failure(t, "apply", "-auto-approve"), "Group not found", "use the attribute name of kamiwaza_group")
}

// TestAccGroupMapping_off switches ReBAC off under a state, which stays.
func TestAccGroupMapping_off(t *testing.T) {
	t.Parallel()
	on := acctest.StartGateway(t, authserver.Config{})
	w := acctest.WorkdirFor(t, on, acctest.RequiredProviders+mapping("test", issuer, path, "ml"))
	w.Terraform(t, 0, "apply", "-auto-approve")
	for name, behavior := range map[string]gateway.Behavior{
		"The platform offers this call, but its operator has switched it off. Nothing was removed from the state.": {ReBACOff: true},
		"Group mappings need platform 1.2 and later.":                                                              {Platform: gateway.Platform102},
	} {
		off := acctest.StartGateway(t, authserver.Config{API: behavior})
		w.Environment = append(w.Environment, "KAMIWAZA_BASE_URL="+off.Address())
		for _, command := range [][]string{{"plan"}, {"apply", "-auto-approve", "-refresh-only"}, {"destroy", "-auto-approve"}, {"destroy", "-auto-approve", "-refresh=false"}} {
			out := w.Failure(t, command...)
			if n := strings.Count(out, name); n != 1 || len(w.Objects(t)) != 1 {
				t.Errorf("%v says %d times %q, and the state has %d objects:\n%s", command, n, name, len(w.Objects(t)), out)
			}
		}
		fresh := acctest.WorkdirFor(t, off, acctest.RequiredProviders+mapping("test", issuer, path, "ml"))
		acctest.WantWords(t, fresh.Failure(t, "apply", "-auto-approve"), name)
		_, diagnostics := acctest.NewProtocol(t, off).ReadData("kamiwaza_group_mappings", nil)
		acctest.WantWords(t, acctest.Written(diagnostics), name)
	}
}

// TestProtocol lists mappings, and imports by identity.
func TestProtocol(t *testing.T) {
	t.Parallel()
	eachBehavior(t, func(t *testing.T, s acctest.Gateway) {
		t.Helper()
		made := s.Send("POST", "/authz/group-mappings", map[string]any{"issuer": issuer, "idp_group_path": path, "local_group_name": "ml"}).ID()
		s.Send("POST", "/authz/group-mappings", map[string]any{"issuer": "https://other.example.com", "idp_group_path": "/other", "local_group_name": "ml"})
		p := acctest.NewProtocol(t, s)
		for wanted, n := range map[string]int{"": 2, issuer: 1, strings.TrimSuffix(issuer, "/"): 1, "https://nobody.example.com": 0} {
			config := acctest.Fields{"issuer": wanted}
			if wanted == "" {
				config = nil
			}
			state, diagnostics := p.ReadData("kamiwaza_group_mappings", config)
			p.NoErrors(diagnostics)
			if got := fmt.Sprint(p.Attributes("kamiwaza_group_mappings", state)["group_mappings"]); strings.Count(got, `"local_group_name":`) != n+1 && strings.Count(got, `"ml"`) != n {
				t.Errorf("of %q there are %s, want %d", wanted, got, n)
			}
		}
		imported, diagnostics := p.ImportByIdentity(typeName, map[string]string{"id": made})
		p.NoErrors(diagnostics)
		i := p.Refreshed(acctest.Instance{TypeName: typeName, State: imported.State, Private: imported.Private})
		if got := p.AttributesOf(i); got["idp_group_path"] != path {
			t.Errorf("imported %v", got)
		}
	})
}

// TestAccLag applies to a service whose reads miss what was written in the last two seconds.
func TestAccLag(t *testing.T) {
	t.Parallel()
	clock, pause := acctest.Patience()
	s := acctest.StartGateway(t, authserver.Config{Now: clock, API: gateway.Behavior{ReadLag: 2 * time.Second}})
	w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+s.Config(mapping("test", issuer, path, "ml")))
	w.Environment = append(w.Environment, acctest.ServeProvider(t, acctest.NewTimed(clock, pause)))
	w.Terraform(t, 0, "init")
	w.Terraform(t, 0, "apply", "-auto-approve")
	w.Terraform(t, 0, "plan", "-detailed-exitcode")
	w.Write(t, acctest.RequiredProviders+s.Config(mapping("test", issuer, path, "research")))
	w.Terraform(t, 0, "apply", "-auto-approve")
	w.Terraform(t, 0, "plan", "-detailed-exitcode")
	w.Terraform(t, 0, "destroy", "-auto-approve")
	check(t, s)
}

// TestAccRequests counts the requests of a refresh: a few single reads, and one list for the rest.
func TestAccRequests(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{})
	many := strings.Replace(mapping("test", issuer, "/team${count.index}", "ml"), "{\n", "{\n  count = 8\n", 1)
	w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+many)
	w.Terraform(t, 0, "apply", "-auto-approve")
	s.Server.ResetRequests()
	w.Terraform(t, 0, "plan", "-detailed-exitcode")
	if lists, all := s.Count("GET", "/authz/group-mappings"), len(s.Server.Requests()); lists != 1 || all > 2+1+2 {
		t.Errorf("a refresh listed %d times, in %d requests", lists, all)
	}
}
