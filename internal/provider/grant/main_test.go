package grant_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

func TestMain(m *testing.M) { acctest.Main(m) }

const (
	tupleType, grantType, setType = "kamiwaza_relationship_tuple", "kamiwaza_resource_grant", "kamiwaza_resource_grants"

	// urn is the id of a dataset with all that import ids encode.
	urn = "urn:li:dataset:(urn:li:dataPlatform:s3,larkspur/100% raw,PROD)"
)

// held returns the relations that a service has, but for those of other tenants, in order.
func held(s acctest.Gateway) []string {
	all := []string{}
	for _, t := range s.Server.Snapshot().Tuples {
		all = append(all, fmt.Sprintf("%s:%s %s %s:%s", t.ResourceType, t.ResourceID, t.Relation, t.SubjectNamespace, t.SubjectID))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func wantHeld(s acctest.Gateway, want ...string) resource.TestCheckFunc {
	return acctest.ServiceHas(func() []string { return held(s) }, slices.Sorted(slices.Values(want))...)
}

func checkHeld(t *testing.T, s acctest.Gateway, want ...string) {
	t.Helper()
	acctest.Check(t, wantHeld(s, want...))
}

// dataset is a relation of a user to a dataset, as held writes it.
func dataset(id, relation, user string) string {
	return fmt.Sprintf("dataset:%s %s user:%s", id, relation, user)
}

// single is a configuration of one tuple or grant of a user on a dataset.
func single(typeName, name, id, relation, user string) string {
	return fmt.Sprintf(`
resource %q %q {
  subject  = { namespace = "user", id = %q }
  relation = %q
  object   = { namespace = "dataset", id = %q }
}
`, typeName, name, user, relation, id)
}

// set is a configuration of all grants on a dataset: more are other arguments, and users are by relation.
func set(name, id, more string, users map[string][]string) string {
	grants := ""
	for _, relation := range slices.Sorted(maps.Keys(users)) {
		grants += fmt.Sprintf("    %s = { user = %s }\n", relation, strings.ReplaceAll(fmt.Sprintf("%q", users[relation]), `" "`, `", "`))
	}
	return fmt.Sprintf(`
resource "kamiwaza_resource_grants" %q {
  object = { namespace = "dataset", id = %q }
  %s
  grants = {
%s  }
}
`, name, id, more, grants)
}

// grant and revoke change a grant on a dataset behind Terraform's back.
func grant(s acctest.Gateway, id, relation, user string) {
	s.Send("POST", "/authz/resources/dataset/grants", map[string]any{
		"object_id": id, "relation": relation, "subject": map[string]any{"namespace": "user", "id": user},
	})
}

func revoke(s acctest.Gateway, id, relation, user string) {
	s.Send("DELETE", "/auth/tuples", tupleBody(id, relation, user))
	s.Send("DELETE", fmt.Sprintf("/authz/resources/dataset/grants?object_id=%s&subject_namespace=user&subject_id=%s&relation=%s",
		strings.NewReplacer("%", "%25", " ", "%20").Replace(id), user, relation), nil)
}

func tupleBody(id, relation, user string) map[string]any {
	return map[string]any{
		"subject": map[string]any{"namespace": "user", "id": user}, "relation": relation, "object": map[string]any{"namespace": "dataset", "id": id},
	}
}

// behaviors are the answers that the documentation of the API leaves open, as far as they concern tuples and grants.
var behaviors = map[string]gateway.Behavior{
	"default": {},
	"refusals": {
		GrantTwice: gateway.GrantTwice409, GrantDeleteAbsent: "404", TupleDeleteAbsent: "404", GrantIDs: gateway.GrantIDsChanging,
		RebacBackend: gateway.BackendSpiceDB, OtherTenants: "403", Granting: gateway.GrantingAdmins, NoSlashRedirect: true,
	},
	"separate lists": {
		SeparateLists: true, GrantTwice: gateway.GrantTwice409, GrantDeleteAbsent: "404", TupleDeleteAbsent: "404",
		GrantIDs: gateway.GrantIDsComposite, ErrorObjects: true, Lite: true, TrimText: true,
	},
	"one relation": {GrantsReplace: true, GrantDeleteAbsent: "404", GrantTwice: gateway.GrantTwice409},
}

// eachBehavior runs a test under all of them.
func eachBehavior(t *testing.T, test func(t *testing.T, s acctest.Gateway)) {
	t.Helper()
	acctest.EachBehavior(t, behaviors, test)
}
