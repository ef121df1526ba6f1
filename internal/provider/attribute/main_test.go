package attribute_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

func TestMain(m *testing.M) { acctest.Main(m) }

const (
	typeName = "kamiwaza_attribute"
	address  = typeName + ".test"
)

// attribute is a configuration: more are other arguments.
func attribute(name, kind string, more ...string) string {
	return fmt.Sprintf(`
resource "kamiwaza_attribute" "test" {
  name = %q
  type = %q
  %s
}
`, name, kind, strings.Join(more, "\n  "))
}

// declare declares an attribute behind Terraform's back.
func declare(s acctest.Gateway, name, kind string) {
	s.Send("PUT", "/cluster/attribute-schema/"+name, map[string]any{"type": kind})
}

// has expects the attributes that the service has, withdrawn ones included.
func has(s acctest.Gateway, want ...string) resource.TestCheckFunc {
	return acctest.ServiceHas(func() []string {
		var got []string
		for _, a := range s.Server.Snapshot().Attributes {
			got = append(got, fmt.Sprint(a.Name, " ", a.Type, " ", a.State))
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
	"other":   {ErrorObjects: true, TrimText: true, NoSlashRedirect: true, Lite: true},
	"1.0.2":   {Platform: gateway.Platform102},
}

func eachBehavior(t *testing.T, test func(t *testing.T, s acctest.Gateway)) {
	t.Helper()
	acctest.EachBehavior(t, behaviors, test)
}

func action(action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return acctest.Plans(address, action)
}
