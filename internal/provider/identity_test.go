package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

func TestAccImportByIdentity(t *testing.T) {
	s := start(t, authserver.Config{})
	steps := []resource.TestStep{{Config: s.config(company)}}
	for _, address := range []string{
		"kamiwaza_organization.acme", "kamiwaza_user.ada", "kamiwaza_group.admins", "kamiwaza_role.operator", "kamiwaza_right.restart",
		"kamiwaza_group_member.ada", "kamiwaza_group_role.operator", "kamiwaza_role_right.restart",
	} {
		steps = append(steps, resource.TestStep{
			ResourceName: address, ImportState: true, ImportStateKind: resource.ImportBlockWithResourceIdentity,
		})
	}
	resource.ParallelTest(t, resource.TestCase{
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
		ProtoV6ProviderFactories: factories,
		Steps:                    steps,
	})
}
