package groupmapping_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
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
	return func(*terraform.State) error {
		var got []string
		for _, m := range s.Server.Snapshot().Mappings {
			got = append(got, m.IDPGroupPath+" "+m.LocalGroupName)
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			return fmt.Errorf("the service has %q, want %q", got, want)
		}
		return nil
	}
}

func check(t *testing.T, s acctest.Gateway, want ...string) {
	t.Helper()
	if err := has(s, want...)(nil); err != nil {
		t.Error(err)
	}
}

var behaviors = map[string]gateway.Behavior{
	"default": {},
	"by path": {MappingKey: gateway.MappingKeyPath, DuplicateStatus: 409, IssuerTrimmed: true, MappingGroups: gateway.MappingGroupsCreated, MappedManagedBy: "group_mapping"},
	"no key":  {MappingKey: gateway.MappingKeyNone, ErrorObjects: true, TrimText: true, NoSlashRedirect: true, MappedMembers: "403"},
}

func eachBehavior(t *testing.T, test func(t *testing.T, s acctest.Gateway)) {
	t.Helper()
	for name, behavior := range behaviors {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, acctest.StartGateway(t, authserver.Config{API: behavior}))
		})
	}
}

func action(action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, action)}}
}
