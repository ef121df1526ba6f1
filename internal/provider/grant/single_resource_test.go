package grant_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
)

// importIDs are the ids of a viewer of a dataset with an awkward id.
var importIDs = map[string]string{
	tupleType: "__default__/user:ada/viewer/dataset:urn:li:dataset:(urn:li:dataPlatform:s3,larkspur%2F100%25%20raw,PROD)",
	grantType: "dataset/urn:li:dataset:(urn:li:dataPlatform:s3,larkspur%2F100%25%20raw,PROD)/user/ada/viewer",
}

// TestAccSingle leads a tuple and a grant through their lives, on servers that answer in all ways.
func TestAccSingle(t *testing.T) {
	t.Parallel()
	for typeName, id := range importIDs {
		t.Run(typeName, func(t *testing.T) {
			t.Parallel()
			eachBehavior(t, func(t *testing.T, s acctest.Gateway) {
				t.Helper()
				address := typeName + ".test"
				config := func(relation string) string { return s.Config(single(typeName, "test", urn, relation, "ada")) }
				resource.Test(t, resource.TestCase{
					ProtoV6ProviderFactories: acctest.Factories,
					Steps: []resource.TestStep{
						{Config: config("viewer"), Check: resource.ComposeTestCheckFunc(wantHeld(s, dataset(urn, "viewer", "ada")), resource.TestCheckResourceAttr(address, "id", id))},
						{ImportState: true, ResourceName: address, ImportStateVerify: true},
						{ImportState: true, ResourceName: address, ImportStateVerify: true, ImportStateId: strings.ReplaceAll(strings.ReplaceAll(id, "%2F", "/"), "%20", " ")},
						{ // Somebody revokes it, and the plan does not pass it over.
							PreConfig: func() { revoke(s, urn, "viewer", "ada") },
							Config:    config("viewer"), ConfigPlanChecks: acctest.Plans(address, plancheck.ResourceActionCreate),
							Check: wantHeld(s, dataset(urn, "viewer", "ada")),
						},
						{ // Another relation replaces it, and what others have stays.
							PreConfig: func() { grant(s, urn, "viewer", "bela") },
							Config:    config("editor"), ConfigPlanChecks: acctest.Plans(address, plancheck.ResourceActionReplace),
							Check: wantHeld(s, dataset(urn, "editor", "ada"), dataset(urn, "viewer", "bela")),
						},
						{Config: s.Config(" "), Check: wantHeld(s, dataset(urn, "viewer", "bela"))},
					},
				})
			})
		})
	}
}

// TestAccSingle_unknownSubject has a subject that is not known before the apply. Where it turns out to be another one, the
// relation changes in place; where the old subject goes, it is replaced.
func TestAccSingle_unknownSubject(t *testing.T) {
	t.Parallel()
	const chosen = `
variable "group" {
  default = 0
}
resource "kamiwaza_group" "crew" {
  count = 2
  name  = ["red", "blue"][count.index]
}
resource "terraform_data" "chosen" {
  input            = kamiwaza_group.crew[var.group].id
  triggers_replace = var.group
}
resource "TYPE" "test" {
  subject  = { namespace = "group", id = terraform_data.chosen.output }
  relation = "viewer"
  object   = { namespace = "dataset", id = "d" }
}
`
	for typeName := range importIDs {
		t.Run(typeName, func(t *testing.T) {
			t.Parallel()
			s := acctest.StartGateway(t, acctest.AuthserverDefaults)
			config := s.Config(strings.ReplaceAll(chosen, "TYPE", typeName))
			has := func(name string) resource.TestCheckFunc {
				return func(state *terraform.State) error {
					for _, group := range s.Server.Snapshot().Groups {
						if group.Name == name {
							return wantHeld(s, "dataset:d viewer group:"+group.ID)(state)
						}
					}
					return fmt.Errorf("there is no group %s", name)
				}
			}
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Factories,
				Steps: []resource.TestStep{
					{Config: config, Check: has("red")},
					{
						Config: strings.Replace(config, "default = 0", "default = 1", 1), Check: has("blue"),
						ConfigPlanChecks: acctest.Plans(typeName+".test", plancheck.ResourceActionUpdate),
					},
					{ // A group that goes takes the relation along.
						Config: strings.NewReplacer("default = 0", "default = 1", `"blue"]`, `"green"]`).Replace(config), Check: has("green"),
						ConfigPlanChecks: acctest.Plans(typeName+".test", plancheck.ResourceActionReplace),
					},
				},
			})
		})
	}
}

// TestAccSingle_tenants keeps the tuples of two tenants apart.
func TestAccSingle_tenants(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, acctest.AuthserverDefaults)
	other := strings.Replace(single(tupleType, "other", "d", "viewer", "ada"), "  relation", "  tenant   = \"larkspur labs\"\n  relation", 1)
	own := single(tupleType, "own", "d", "viewer", "ada")
	tenants := func() (all []string) {
		for _, tuple := range s.Server.Snapshot().Tuples {
			all = append(all, tuple.TenantID)
		}
		return all
	}
	want := func(n int) resource.TestCheckFunc {
		return func(*terraform.State) error {
			if all := tenants(); len(all) != n {
				t.Errorf("there are tuples of the tenants %q, want %d", all, n)
			}
			return nil
		}
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{Config: s.Config(other + own), Check: want(2)},
			{ImportState: true, ResourceName: tupleType + ".other", ImportStateVerify: true},
			{ImportState: true, ResourceName: tupleType + ".own", ImportStateVerify: true},
			{Config: s.Config(other), Check: want(1)},
			{Config: s.Config(strings.Replace(other, "larkspur labs", "__default__", 1)), Check: want(1), ConfigPlanChecks: acctest.Plans(tupleType+".other", plancheck.ResourceActionReplace)},
		},
	})
}
