package provider_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// TestProtocol_importedTwice imports an object of each type to two addresses, and wants a warning from whichever is planned second.
// One address alone never warns, however often it is planned.
func TestProtocol_importedTwice(t *testing.T) {
	t.Parallel()
	rbac := acctest.Start(t, authserver.Config{})
	acctest.Seed(t, rbac)
	gateway := acctest.StartGateway(t, authserver.Config{})
	acctest.SeedGateway(t, gateway)
	seen := 0
	for _, s := range []acctest.Addressed{rbac, gateway} {
		p := acctest.NewProtocol(t, s)
		for _, typeName := range slices.Sorted(maps.Keys(p.Schemas.ListResourceSchemas)) {
			all, diagnostics := p.List(typeName, nil, 1)
			if len(all) == 0 || acctest.ErrorsIn(diagnostics) > 0 || all[0].Identity["id"] == "" {
				continue // The platform does not have the type, or it is one of assignments.
			}
			seen++
			t.Run(fmt.Sprintf("%T %s", s, typeName), func(t *testing.T) {
				t.Parallel()
				wantClaim(t, s, typeName, all[0].Identity)
			})
		}
	}
	if seen < 12 {
		t.Errorf("there were %d types only", seen)
	}
}

func wantClaim(t *testing.T, s acctest.Addressed, typeName string, identity map[string]string) {
	t.Helper()
	var p acctest.Protocol
	imported := func() (acctest.Instance, tftypes.Value) {
		resource, problems := p.ImportByIdentity(typeName, identity)
		p.NoErrors(problems)
		read := p.Read(typeName, resource.State, resource.Identity, resource.Private)
		i := acctest.Instance{TypeName: typeName, State: read.NewState, Private: read.Private}
		return i, p.Generated(i)
	}
	want := func(what string, plan *tfprotov6.PlanResourceChangeResponse, warns bool) {
		t.Helper()
		text := acctest.Written(plan.Diagnostics)
		if strings.Contains(text, "Two "+typeName+" resources manage") != warns || acctest.ErrorsIn(plan.Diagnostics) > 0 && warns {
			t.Errorf("%s says %q", what, text)
		}
	}
	nothing := tftypes.NewValue(acctest.NewProtocol(t, s).StateType(typeName), nil)

	p = acctest.NewProtocol(t, s) // one run
	one, config := imported()
	two, _ := imported()
	want("the first address", p.PlanValue(one, config), false)
	want("the second address", p.PlanValue(two, config), true)

	p = acctest.NewProtocol(t, s)
	one, config = imported()
	one = p.Refreshed(p.Refreshed(one))
	plan := p.PlanValue(one, config)
	want("one address", plan, false)
	one.Private = plan.PlannedPrivate
	want("one address that was planned before", p.PlanValue(one, config), false)
	want("its replacement", p.PlanValue(acctest.Instance{TypeName: typeName, Private: plan.PlannedPrivate}, config), false)

	p = acctest.NewProtocol(t, s)
	one, config = imported()
	two, _ = imported()
	want("the destruction of an old address", p.PlanValue(one, nothing), false)
	want("the new address", p.PlanValue(two, config), false)
	p = acctest.NewProtocol(t, s)
	want("the new address, first", p.PlanValue(two, config), false)
	want("the destruction of an old address, second", p.PlanValue(one, nothing), false)
}

// TestAccImportedTwice imports a group to two addresses with the CLI. What Terraform does with one address does not warn.
func TestAccImportedTwice(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, authserver.Config{})
	id := acctest.Seed(t, s).Identities["kamiwaza_group"]["id"]
	group := func(name string) string {
		return fmt.Sprintf("resource \"kamiwaza_group\" %q {\n  name = \"admins\"\n}\n", name)
	}
	importTo := func(name string) string {
		return fmt.Sprintf("import {\n  to = kamiwaza_group.%s\n  id = %q\n}\n", name, id)
	}
	const warning = "Two kamiwaza_group resources manage group"
	w := acctest.WorkdirFor(t, s, group("one")+group("two")+importTo("one")+importTo("two"))
	acctest.WantWords(t, w.Terraform(t, 2, "plan", "-detailed-exitcode"), warning+` "admins" (`+id+")", "removed block with destroy = false")
	w.Terraform(t, 0, "apply", "-auto-approve")
	w.Write(t, group("one")+group("two"))
	acctest.WantWords(t, w.Terraform(t, 0, "plan", "-detailed-exitcode"), warning)
	w.Terraform(t, 0, "state", "rm", "kamiwaza_group.two")

	silent := func(body string, exitCode int, options ...string) {
		t.Helper()
		w.Write(t, body)
		acctest.RejectWords(t, w.Terraform(t, exitCode, append([]string{"plan", "-detailed-exitcode"}, options...)...), warning)
	}
	silent(group("one"), 0)
	silent(group("one"), 0, "-refresh=false")
	silent(group("one"), 2, "-replace=kamiwaza_group.one")
	silent(group("one"), 2, "-destroy")
	silent(strings.Replace(group("one"), "\n}", "\n  lifecycle {\n    create_before_destroy = true\n  }\n}", 1), 2, "-replace=kamiwaza_group.one")
	silent(group("two")+"moved {\n  from = kamiwaza_group.one\n  to   = kamiwaza_group.two\n}\n", 2)
	silent(group("two")+importTo("two"), 2) // destroys the one
	silent("", 2)
}
