package group_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

const address = "kamiwaza_group.test"

func group(s acctest.Gateway, arguments string) string {
	return s.Config(fmt.Sprintf("resource \"kamiwaza_group\" \"test\" {\n%s\n}\n", arguments))
}

func plans(action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return acctest.Plans(address, action)
}

// TestAccGroup_gateway leads a group through its life on a platform with the gateway API.
func TestAccGroup_gateway(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{})
	var id string
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{
				Config: group(s, `name = "analysts"`),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(address, tfjsonpath.New("managed_by"), knownvalue.StringExact("local")),
					statecheck.ExpectKnownValue(address, tfjsonpath.New("tenant_id"), knownvalue.StringExact("__default__")),
					statecheck.ExpectKnownValue(address, tfjsonpath.New("description"), knownvalue.Null()),
					statecheck.ExpectKnownValue(address, tfjsonpath.New("force_detach"), knownvalue.Null()),
				},
				Check: func(*terraform.State) error {
					groups := s.Server.Snapshot().Groups
					if len(groups) != 1 || groups[0].Name != "analysts" || groups[0].Description != nil {
						return fmt.Errorf("the service has %+v", groups)
					}
					id = groups[0].ID
					return nil
				},
			},
			{ImportState: true, ResourceName: address, ImportStateVerify: true},
			{Config: group(s, `name = "analysts"`+"\ncascade = \"members\""), ConfigPlanChecks: plans(plancheck.ResourceActionUpdate)},
			{
				Config: group(s, `name = "analysts"`+"\ncascade = \"members\"\ndescription = \"Read everything\""), ConfigPlanChecks: plans(plancheck.ResourceActionReplace),
				Check: func(*terraform.State) error {
					groups := s.Server.Snapshot().Groups
					if len(groups) != 1 || groups[0].ID == id || groups[0].Description == nil {
						return fmt.Errorf("the service has %+v", groups)
					}
					id = groups[0].ID
					return nil
				},
			},
			{ // Somebody deletes the group.
				PreConfig: func() { s.Send("DELETE", "/authz/groups/"+id, nil) },
				Config:    group(s, `name = "analysts"`), ConfigPlanChecks: plans(plancheck.ResourceActionCreate),
			},
			{
				Config: group(s, `name = "analysts"`+"\nforce_detach = true"), PlanOnly: true,
				ExpectError: acctest.Says("force_detach is not available on this platform", "gateway API", "Use cascade"),
			},
		},
	})
	if groups := s.Server.Snapshot().Groups; len(groups) != 0 {
		t.Errorf("after destroy the service has %+v", groups)
	}
}

// TestAccGroup_gatewayCascade destroys a group with members on a server that wants to be told so.
func TestAccGroup_gatewayCascade(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{API: gateway.Behavior{GroupDelete: "409"}})
	member := func() {
		group := s.Server.Snapshot().Groups[0]
		s.Send("POST", "/authz/groups/"+group.ID+"/members", map[string]any{"user_id": s.Server.AdminID()})
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{Config: group(s, `name = "analysts"`)},
			{
				PreConfig: member, Config: s.Config(""),
				ExpectError: acctest.Says("Could not delete group", "answered 409", "set cascade"),
			},
			{Config: group(s, `name = "analysts"`+"\ncascade = \"members\"")},
		},
	})
	if groups := s.Server.Snapshot().Groups; len(groups) != 0 {
		t.Errorf("after destroy the service has %+v", groups)
	}
}

// TestAccGroup_gatewayReplaced shows in the plan that a replaced group loses its members.
func TestAccGroup_gatewayReplaced(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{})
	p := acctest.NewProtocol(t, s)
	p.Made("kamiwaza_group", acctest.Fields{"name": "analysts"})
	p = acctest.NewProtocol(t, s)
	plan := p.PlanOf(p.Imported("kamiwaza_group", "analysts"), acctest.Fields{"name": "readers"})
	if len(plan.RequiresReplace) != 1 {
		t.Errorf("the plan replaces for %v", plan.RequiresReplace)
	}
	if warnings := p.Warnings(plan.Diagnostics); !slices.ContainsFunc(warnings, acctest.Says("drops its members").MatchString) {
		t.Errorf("the plan warns %q", warnings)
	}
}

// TestAccGroup_gatewayLacksRoles plans types that only the RBAC API has.
func TestAccGroup_gatewayLacksRoles(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{})
	const id = "6f1c2b9e-4d3a-4c55-9f0e-0a7d3f1b2c48"
	for typeName, arguments := range map[string]string{
		"kamiwaza_organization": `name = "acme"`, "kamiwaza_role": `name = "operator"`, "kamiwaza_right": `name = "restart"`,
		"kamiwaza_group_role": `group_id = "` + id + `"` + "\nrole_id = \"" + id + `"`, "kamiwaza_role_right": `role_id = "` + id + `"` + "\nright_id = \"" + id + `"`,
		"kamiwaza_group_roles": `group_id = "` + id + `"` + "\nrole_ids = []", "kamiwaza_role_rights": `role_id = "` + id + `"` + "\nright_ids = []",
		"kamiwaza_user_groups": `user_id = "` + id + `"` + "\ngroup_ids = []",
	} {
		resource.Test(t, resource.TestCase{
			ProtoV6ProviderFactories: acctest.Factories,
			Steps: []resource.TestStep{{
				Config: s.Config(fmt.Sprintf("resource %q \"test\" {\n%s\n}\n", typeName, arguments)), PlanOnly: true,
				ExpectError: acctest.Says(typeName + " is not available on this platform"),
			}},
		})
	}
}
