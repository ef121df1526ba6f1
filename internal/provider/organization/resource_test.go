package organization_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	rbacserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
)

func TestAccOrganization(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	const address = "kamiwaza_organization.test"
	config := func(arguments string) string {
		return s.Config("resource \"kamiwaza_organization\" \"test\" {\n" + arguments + "\n}")
	}
	const okta = `
  name        = "acme"
  description = "makes everything"
  idp_config = {
    provider          = "okta"
    domain            = "acme.okta.com"
    client_id         = "client-1"
    metadata_url      = "https://acme.okta.com/metadata"
    additional_config = jsonencode({ tenant = "blue", scopes = ["a", "b"], strict = true })
  }`
	const keeping = `
  name = "acme inc"
  idp_config = {
    provider  = "azure"
    domain    = "acme.example.com"
    client_id = "client-2"
  }`
	azure := strings.Replace(keeping, "client_id ", "additional_config = jsonencode({})\n    client_id ", 1)
	invalid := func(additional string) resource.TestStep {
		return resource.TestStep{
			Config: config(`
  name = "acme"
  idp_config = {
    provider          = "okta"
    domain            = "acme.okta.com"
    client_id         = "client-1"
    additional_config = "` + additional + `"
  }`),
			ExpectError: acctest.Says("Not a JSON object", "idp_config.additional_config must be a JSON object"),
		}
	}
	held := func() rbacserver.Organization {
		all := s.Server.Snapshot().Organizations
		if len(all) != 1 {
			t.Fatalf("the server holds %d organizations, want 1", len(all))
		}
		return all[0]
	}
	expectIDP := func(want string) resource.TestCheckFunc {
		return func(*terraform.State) error {
			var got, wanted any
			encoded, err := json.Marshal(held().IDPConfig)
			acctest.Must(t, err)
			acctest.Must(t, json.Unmarshal(encoded, &got))
			acctest.Must(t, json.Unmarshal([]byte(want), &wanted))
			if !reflect.DeepEqual(got, wanted) {
				return fmt.Errorf("the server holds idp_config %s, want %s", encoded, want)
			}
			return nil
		}
	}
	update := resource.ConfigPlanChecks{
		PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate)},
	}

	resource.ParallelTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		CheckDestroy: func(*terraform.State) error {
			if n := len(s.Server.Snapshot().Organizations); n != 0 {
				return fmt.Errorf("the server still holds %d organizations", n)
			}
			return nil
		},
		Steps: []resource.TestStep{
			invalid(`[1]`),
			invalid(`{`),
			invalid(`null`),
			{
				Config: config(okta),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(address, tfjsonpath.New("id"), acctest.AnyUUID),
					statecheck.ExpectKnownValue(address, tfjsonpath.New("created_at"), acctest.AnyTimestamp),
					statecheck.ExpectKnownValue(address, tfjsonpath.New("idp_config"), knownvalue.ObjectExact(map[string]knownvalue.Check{
						"provider":          knownvalue.StringExact("okta"),
						"domain":            knownvalue.StringExact("acme.okta.com"),
						"client_id":         knownvalue.StringExact("client-1"),
						"metadata_url":      knownvalue.StringExact("https://acme.okta.com/metadata"),
						"additional_config": knownvalue.StringExact(`{"scopes":["a","b"],"strict":true,"tenant":"blue"}`),
					})),
				},
				Check: expectIDP(`{"provider": "okta", "domain": "acme.okta.com", "client_id": "client-1",
					"metadata_url": "https://acme.okta.com/metadata", "additional_config": {"tenant": "blue", "scopes": ["a", "b"], "strict": true}}`),
			},
			{ResourceName: address, ImportState: true, ImportStateVerify: true},
			{ // settings that are omitted stay, as in configuration that Terraform generates, which leaves sensitive values out
				Config:           config(keeping),
				ConfigPlanChecks: update,
				Check: expectIDP(`{"provider": "azure", "domain": "acme.example.com", "client_id": "client-2", "metadata_url": null,
					"additional_config": {"tenant": "blue", "scopes": ["a", "b"], "strict": true}}`),
			},
			{
				Config:           config(azure),
				ConfigPlanChecks: update,
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(address, tfjsonpath.New("description"), knownvalue.Null()),
					statecheck.ExpectKnownValue(address, tfjsonpath.New("idp_config").AtMapKey("additional_config"), knownvalue.NotNull()),
				},
				Check: expectIDP(`{"provider": "azure", "domain": "acme.example.com", "client_id": "client-2", "metadata_url": null, "additional_config": {}}`),
			},
			{ // changed behind Terraform's back
				PreConfig: func() {
					s.Put(t, "/auth/organizations/"+held().ID, `{"idp_config": {"provider": "azure", "domain": "evil.example.com", "client_id": "client-2", "additional_config": {"backdoor": true}}}`)
				},
				Config:           config(azure),
				ConfigPlanChecks: update,
				Check:            expectIDP(`{"provider": "azure", "domain": "acme.example.com", "client_id": "client-2", "metadata_url": null, "additional_config": {}}`),
			},
			{ // this server ignores null, and so keeps the configuration
				Config: config(`name = "acme inc"`),
				ExpectError: acctest.Says(`Organization "acme inc"`, "differs from the plan",
					"kept the old value of idp_config instead of clearing it", "The state has what the server holds."),
			},
			{ // after which the state is what it was
				Config:           config(keeping),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
			},
			{ // deleted behind Terraform's back
				PreConfig: func() { acctest.Must(t, s.API.Organizations.Delete(t.Context(), held().ID)) },
				Config:    config(azure),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionCreate)},
				},
			},
		},
	})
}

func TestAccOrganization_clearedByNull(t *testing.T) {
	s := acctest.Start(t, authserver.Config{API: rbacserver.Behavior{NullClears: true}})
	resource.ParallelTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{Config: s.Config(`
resource "kamiwaza_organization" "test" {
  name = "acme"
  idp_config = {
    provider  = "azure"
    domain    = "acme.example.com"
    client_id = "client-2"
  }
}`)},
			{
				Config: s.Config(`
resource "kamiwaza_organization" "test" {
  name = "acme"
}`),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue("kamiwaza_organization.test", tfjsonpath.New("idp_config"), knownvalue.Null()),
				},
				Check: func(*terraform.State) error {
					if config := s.Server.Snapshot().Organizations[0].IDPConfig; config != nil {
						return fmt.Errorf("the server still holds %+v", config)
					}
					return nil
				},
			},
		},
	})
}
