package named_test

import (
	"fmt"
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

func TestAccGroupDataSource(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	objects := acctest.Seed(t, s)
	id, role := objects.Identities["kamiwaza_group"]["id"], objects.Identities["kamiwaza_role"]["id"]
	_, err := s.API.Groups.Update(t.Context(), id, rbac.GroupUpdate{Description: client.Set("run it")})
	acctest.Must(t, err)
	empty, err := s.API.Groups.Create(t.Context(), rbac.GroupCreate{Name: "empty"})
	acctest.Must(t, err)
	testNamedDataSource(t, s, "group", id, map[string]knownvalue.Check{"name": knownvalue.StringExact("admins"), "role_ids": acctest.Texts(role)},
		empty.ID, map[string]knownvalue.Check{"name": knownvalue.StringExact("empty"), "role_ids": acctest.Texts()})
}

func TestAccRoleDataSource(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	objects := acctest.Seed(t, s)
	id, right := objects.Identities["kamiwaza_role"]["id"], objects.Identities["kamiwaza_right"]["id"]
	_, err := s.API.Roles.Update(t.Context(), id, rbac.RoleUpdate{Description: client.Set("run it")})
	acctest.Must(t, err)
	empty, err := s.API.Roles.Create(t.Context(), rbac.RoleCreate{Name: "empty"})
	acctest.Must(t, err)
	testNamedDataSource(t, s, "role", id, map[string]knownvalue.Check{"name": knownvalue.StringExact("operator"), "right_ids": acctest.Texts(right)},
		empty.ID, map[string]knownvalue.Check{"name": knownvalue.StringExact("empty"), "right_ids": acctest.Texts()})
}

func TestAccRightDataSource(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	id := acctest.Seed(t, s).Identities["kamiwaza_right"]["id"]
	_, err := s.API.Rights.Update(t.Context(), id, rbac.RightUpdate{Description: client.Set("run it")})
	acctest.Must(t, err)
	bare, err := s.API.Rights.Create(t.Context(), rbac.RightCreate{Name: "bare"})
	acctest.Must(t, err)
	testNamedDataSource(t, s, "right", id, map[string]knownvalue.Check{"name": knownvalue.StringExact("restart")},
		bare.ID, map[string]knownvalue.Check{"name": knownvalue.StringExact("bare")})
}

// testNamedDataSource reads an object described as "run it", one without a description, and one that is not there.
func testNamedDataSource(t *testing.T, s acctest.Service, noun, described string, want map[string]knownvalue.Check, bare string, wantBare map[string]knownvalue.Check) {
	t.Helper()
	address := fmt.Sprintf("data.kamiwaza_%s.test", noun)
	config := func(id string) string {
		return s.Config(fmt.Sprintf("data \"kamiwaza_%s\" \"test\" {\n  id = %q\n}", noun, id))
	}
	maps.Copy(want, map[string]knownvalue.Check{
		"id": knownvalue.StringExact(described), "description": knownvalue.StringExact("run it"), "created_at": acctest.AnyTimestamp, "updated_at": acctest.AnyTimestamp,
	})
	maps.Copy(wantBare, map[string]knownvalue.Check{"description": knownvalue.Null()})
	const none = "00000000-0000-4000-8000-000000000000"
	resource.ParallelTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{Config: config(described), ConfigStateChecks: acctest.Holds(address, want)},
			{Config: config(bare), ConfigStateChecks: acctest.Holds(address, wantBare)},
			{Config: config(none), ExpectError: acctest.Says(fmt.Sprintf("Could not find %s %s", noun, none), "A data source reads what exists already")},
			{Config: config("admins"), ExpectError: acctest.Says("Invalid id", `"admins" is not a UUID`)},
			{
				PreConfig: func() {
					s.Server.Inject(authserver.Fault{Method: "GET", Route: fmt.Sprintf("/auth/%[1]ss/{%[1]s_id}", noun), Status: 404, Body: `{"detail": "Not Found"}`})
				},
				Config:      config(described),
				ExpectError: acctest.Says("Could not read "+noun, "The server does not offer this call"),
			},
		},
	})
}
