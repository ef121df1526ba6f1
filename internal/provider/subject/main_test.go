package subject_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

func TestMain(m *testing.M) { acctest.Main(m) }

const (
	typeName = "kamiwaza_subject"
	address  = typeName + ".test"

	firstPassword, secondPassword = "first password of the test", "second password of the test"
)

// declared is a service on which the attributes of the tests are declared.
func declared(t *testing.T, behavior gateway.Behavior) acctest.Gateway {
	t.Helper()
	s := acctest.StartGateway(t, authserver.Config{API: behavior})
	declare(s)
	return s
}

func declare(s acctest.Gateway) {
	for name, kind := range map[string]string{"clearance": "int", "team": "string", "sites": "string[]"} {
		s.Send("PUT", "/cluster/attribute-schema/"+name, map[string]any{"type": kind})
	}
}

// subject is a configuration: attributes are HCL, or "" for none, and more are other arguments.
func subject(username, attributes string, more ...string) string {
	if attributes != "" {
		more = append(more, fmt.Sprintf("attributes = jsonencode(%s)", attributes))
	}
	return fmt.Sprintf(`
resource "kamiwaza_subject" "test" {
  username = %q
  %s
}
`, username, strings.Join(more, "\n  "))
}

// put makes a subject behind Terraform's back.
func put(s acctest.Gateway, username string, attributes map[string]any) {
	s.Send("PUT", "/authz/subjects/"+username, map[string]any{"attributes": attributes})
}

// has expects the subjects of the service, each with its attributes in JSON.
func has(s acctest.Gateway, want ...string) resource.TestCheckFunc {
	return acctest.ServiceHas(func() []string {
		var got []string
		for _, of := range s.Server.Snapshot().Subjects {
			attributes, _ := json.Marshal(of.Attributes) // which came from JSON
			got = append(got, fmt.Sprintf("%s %s", of.Username, attributes))
		}
		slices.Sort(got)
		return got
	}, want...)
}

func check(t *testing.T, s acctest.Gateway, want ...string) {
	t.Helper()
	acctest.Check(t, has(s, want...))
}

var behaviors = map[string]gateway.Behavior{
	"default":  {},
	"separate": {ErrorObjects: true, LocalSubjects: gateway.LocalSubjectsSeparate},
	"folded":   {Case: authserver.CaseFoldStore, TrimText: true, NoSlashRedirect: true, Lite: true},
}

func eachBehavior(t *testing.T, test func(t *testing.T, s acctest.Gateway)) {
	t.Helper()
	acctest.EachBehavior(t, behaviors, func(t *testing.T, s acctest.Gateway) {
		t.Helper()
		declare(s)
		test(t, s)
	})
}

func action(action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return acctest.Plans(address, action)
}
