package assignment_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/assignment"
)

func TestParseIDFunction(t *testing.T) {
	const first, second = "6f1c2b9e-4d3a-4c55-9f0e-0a7d3f1b2c48", "00000000-0000-4000-8000-00000000000a"
	f, result := assignment.NewParseIDFunction(), types.ObjectUnknown(fromTo.AttrTypes)
	got, err := call(t, f, types.StringValue(first+"/"+second), result)
	if err != nil || !got.Equal(fromToValue(first, second)) {
		t.Errorf("got %v (%v)", got, err)
	}
	for id, want := range map[string]string{
		"":                                    `"" has no slash. The id of an assignment is <first>/<second>`,
		first:                                 `"` + first + `" has no slash. The id of an assignment is <first>/<second>`,
		first + "/" + second + "/":            `has 2 slashes instead of one. The id of an assignment is <first>/<second>`,
		"admins/" + second:                    `The first id is not valid: "admins" is not a UUID`,
		first + "/":                           `The second id is not valid: "" is not a UUID`,
		first + "/" + strings.ToUpper(second): `The second id is not valid: "` + strings.ToUpper(second) + `" must be written in lower case: "` + second + `"`,
	} {
		_, err := call(t, f, types.StringValue(id), result)
		wantFunctionError(t, err, acctest.Says(want))
	}
}

func TestAccParseIDFunction(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	resource.ParallelTest(t, resource.TestCase{
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_8_0)},
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{
				Config:      s.Config(`output "ends" { value = provider::kamiwaza::parse_id("ada") }`),
				ExpectError: acctest.Says(`Invalid value for "id" parameter`, `"ada" has no slash. The id of an assignment is <first>/<second>: two UUIDs with a slash between them.`),
			},
			{
				Config: s.Config(acctest.Company + `
output "ends" {
  value = provider::kamiwaza::parse_id(kamiwaza_group_member.ada.id) == {
    from = kamiwaza_group.admins.id
    to   = kamiwaza_user.ada.id
  }
}`),
				ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("ends", knownvalue.Bool(true))},
			},
		},
	})
}
