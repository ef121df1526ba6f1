package provider_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

func TestAccImportByIdentity(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	// A configured password would be a change after each import, so this user comes without one.
	_, err := s.API.Users.Create(t.Context(), rbac.UserCreate{Username: "ada", Email: "ada@example.com", Password: "analytical engine"})
	acctest.Must(t, err)
	config := s.Config(strings.Replace(acctest.Company, `password        = "correct horse"`, "", 1))
	steps := []resource.TestStep{
		{Config: config + "\nimport {\n  to = kamiwaza_user.ada\n  id = \"ada\"\n}"},
		{Config: config},
	}
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
		ProtoV6ProviderFactories: acctest.Factories,
		Steps:                    steps,
	})
}
