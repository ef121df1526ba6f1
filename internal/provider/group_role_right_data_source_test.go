package provider_test

import (
	"fmt"
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

func TestAccGroupDataSource(t *testing.T) {
	s := start(t, authserver.Config{})
	objects := seed(t, s)
	id, role := objects.identities["kamiwaza_group"]["id"], objects.identities["kamiwaza_role"]["id"]
	_, err := s.api.Groups.Update(t.Context(), id, rbac.GroupUpdate{Description: client.Set("run it")})
	must(t, err)
	empty, err := s.api.Groups.Create(t.Context(), rbac.GroupCreate{Name: "empty"})
	must(t, err)
	testNamedDataSource(t, s, "group", id, map[string]knownvalue.Check{"name": knownvalue.StringExact("admins"), "role_ids": texts(role)},
		empty.ID, map[string]knownvalue.Check{"name": knownvalue.StringExact("empty"), "role_ids": texts()})
}

func TestAccRoleDataSource(t *testing.T) {
	s := start(t, authserver.Config{})
	objects := seed(t, s)
	id, right := objects.identities["kamiwaza_role"]["id"], objects.identities["kamiwaza_right"]["id"]
	_, err := s.api.Roles.Update(t.Context(), id, rbac.RoleUpdate{Description: client.Set("run it")})
	must(t, err)
	empty, err := s.api.Roles.Create(t.Context(), rbac.RoleCreate{Name: "empty"})
	must(t, err)
	testNamedDataSource(t, s, "role", id, map[string]knownvalue.Check{"name": knownvalue.StringExact("operator"), "right_ids": texts(right)},
		empty.ID, map[string]knownvalue.Check{"name": knownvalue.StringExact("empty"), "right_ids": texts()})
}

func TestAccRightDataSource(t *testing.T) {
	s := start(t, authserver.Config{})
	id := seed(t, s).identities["kamiwaza_right"]["id"]
	_, err := s.api.Rights.Update(t.Context(), id, rbac.RightUpdate{Description: client.Set("run it")})
	must(t, err)
	bare, err := s.api.Rights.Create(t.Context(), rbac.RightCreate{Name: "bare"})
	must(t, err)
	testNamedDataSource(t, s, "right", id, map[string]knownvalue.Check{"name": knownvalue.StringExact("restart")},
		bare.ID, map[string]knownvalue.Check{"name": knownvalue.StringExact("bare")})
}

// testNamedDataSource reads an object described as "run it", one without a description, and one that is not there.
func testNamedDataSource(t *testing.T, s service, noun, described string, want map[string]knownvalue.Check, bare string, wantBare map[string]knownvalue.Check) {
	t.Helper()
	address := fmt.Sprintf("data.kamiwaza_%s.test", noun)
	config := func(id string) string {
		return s.config(fmt.Sprintf("data \"kamiwaza_%s\" \"test\" {\n  id = %q\n}", noun, id))
	}
	maps.Copy(want, map[string]knownvalue.Check{
		"id": knownvalue.StringExact(described), "description": knownvalue.StringExact("run it"), "created_at": anyTimestamp, "updated_at": anyTimestamp,
	})
	maps.Copy(wantBare, map[string]knownvalue.Check{"description": knownvalue.Null()})
	const none = "00000000-0000-4000-8000-000000000000"
	resource.ParallelTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories,
		Steps: []resource.TestStep{
			{Config: config(described), ConfigStateChecks: holds(address, want)},
			{Config: config(bare), ConfigStateChecks: holds(address, wantBare)},
			{Config: config(none), ExpectError: says(fmt.Sprintf("Could not find %s %s", noun, none), "A data source reads what exists already")},
			{Config: config("admins"), ExpectError: says("Invalid id", `"admins" is not a UUID`)},
			{
				PreConfig: func() {
					s.Server.Inject(authserver.Fault{Method: "GET", Route: fmt.Sprintf("/auth/%[1]ss/{%[1]s_id}", noun), Status: 404, Body: `{"detail": "Not Found"}`})
				},
				Config:      config(described),
				ExpectError: says("Could not read "+noun, "The server does not offer this call"),
			},
		},
	})
}
