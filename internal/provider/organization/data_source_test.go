package organization_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

func TestAccOrganizationDataSource(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	full, err := s.API.Organizations.Create(t.Context(), rbac.OrganizationCreate{
		Name: "acme", Description: "makes everything",
		IDPConfig: &rbac.IDPConfig{
			Provider: "okta", Domain: "acme.okta.com", ClientID: "client-1", MetadataURL: "https://acme.okta.com/metadata",
			AdditionalConfig: json.RawMessage(`{"tenant": "blue"}`),
		},
	})
	acctest.Must(t, err)
	bare, err := s.API.Organizations.Create(t.Context(), rbac.OrganizationCreate{Name: "bare"})
	acctest.Must(t, err)
	plain, err := s.API.Organizations.Create(t.Context(), rbac.OrganizationCreate{
		Name: "plain", IDPConfig: &rbac.IDPConfig{Provider: "azure", Domain: "plain.example.com", ClientID: "client-2", AdditionalConfig: json.RawMessage("{}")},
	})
	acctest.Must(t, err)

	const address = "data.kamiwaza_organization.test"
	config := func(id string) string {
		return s.Config(fmt.Sprintf("data \"kamiwaza_organization\" \"test\" {\n  id = %q\n}", id))
	}
	resource.ParallelTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{
				Config: config(full.ID),
				ConfigStateChecks: append(acctest.Holds(address, map[string]knownvalue.Check{
					"id":          knownvalue.StringExact(full.ID),
					"name":        knownvalue.StringExact("acme"),
					"description": knownvalue.StringExact("makes everything"),
					"created_at":  acctest.AnyTimestamp,
					"updated_at":  acctest.AnyTimestamp,
					"idp_config": knownvalue.ObjectExact(map[string]knownvalue.Check{
						"provider":     knownvalue.StringExact("okta"),
						"domain":       knownvalue.StringExact("acme.okta.com"),
						"client_id":    knownvalue.StringExact("client-1"),
						"metadata_url": knownvalue.StringExact("https://acme.okta.com/metadata"),
						"additional_config": knownvalue.StringFunc(func(text string) error {
							var fields map[string]string
							err := json.Unmarshal([]byte(text), &fields)
							if err == nil && (len(fields) != 1 || fields["tenant"] != "blue") {
								err = fmt.Errorf("%q is another object", text)
							}
							return err
						}),
					}),
				}), statecheck.ExpectSensitiveValue(address, tfjsonpath.New("idp_config").AtMapKey("additional_config"))),
			},
			{
				Config: config(bare.ID),
				ConfigStateChecks: acctest.Holds(address, map[string]knownvalue.Check{
					"description": knownvalue.Null(), "idp_config": knownvalue.Null(),
				}),
			},
			{
				Config: config(plain.ID),
				ConfigStateChecks: acctest.Holds(address, map[string]knownvalue.Check{
					"idp_config": knownvalue.ObjectPartial(map[string]knownvalue.Check{
						"provider": knownvalue.StringExact("azure"), "metadata_url": knownvalue.Null(), "additional_config": knownvalue.Null(),
					}),
				}),
			},
			{
				Config:      config("00000000-0000-4000-8000-000000000000"),
				ExpectError: acctest.Says("Could not find organization 00000000-0000-4000-8000-000000000000", "A data source reads what exists already"),
			},
		},
	})
}
