package groupmapping_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

func TestMain(m *testing.M) { acctest.Main(m) }

const (
	typeName = "kamiwaza_group_mapping"
	address  = typeName + ".test"
	issuer   = "https://sso.larkspur.example.com/realms/staff/" // some servers remove the slash
	path     = "/engineering/100% ml"
)

// mapping is a configuration.
func mapping(name, issuer, path, group string) string {
	return fmt.Sprintf(`
resource "kamiwaza_group_mapping" %q {
  issuer           = %q
  idp_group_path   = %q
  local_group_name = %q
}
`, name, issuer, path, group)
}

// has expects the paths and groups of the mappings that the service has.
func has(s acctest.Gateway, want ...string) resource.TestCheckFunc {
	return acctest.ServiceHas(func() []string {
		var got []string
		for _, m := range s.Server.Snapshot().Mappings {
			got = append(got, m.IDPGroupPath+" "+m.LocalGroupName)
		}
		return got
	}, want...)
}

func check(t *testing.T, s acctest.Gateway, want ...string) {
	t.Helper()
	acctest.Check(t, has(s, want...))
}

var behaviors = map[string]gateway.Behavior{
	"default": {},
	"by path": {MappingKey: gateway.MappingKeyPath, DuplicateStatus: 409, IssuerTrimmed: true, MappingGroups: gateway.MappingGroupsCreated, MappedManagedBy: "group_mapping"},
	"no key":  {MappingKey: gateway.MappingKeyNone, ErrorObjects: true, TrimText: true, NoSlashRedirect: true, MappedMembers: "403"},
}

func eachBehavior(t *testing.T, test func(t *testing.T, s acctest.Gateway)) {
	t.Helper()
	acctest.EachBehavior(t, behaviors, test)
}

func action(action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return acctest.Plans(address, action)
}
