package grant_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

// readData reads a data source with nested objects.
func readData(p acctest.Protocol, typeName string, config acctest.Fields) (map[string]tftypes.Value, []*tfprotov6.Diagnostic) {
	p.T.Helper()
	objectType := p.Schemas.DataSourceSchemas[typeName].ValueType()
	resp, err := p.Server.ReadDataSource(p.T.Context(), &tfprotov6.ReadDataSourceRequest{
		TypeName: typeName, Config: p.Encoded(objectType, acctest.Encode(p.T, objectType, config)),
	})
	acctest.Must(p.T, err)
	return p.Attributes(typeName, resp.State), resp.Diagnostics
}

// written writes a value with the texts, truth values, lists and objects in it.
func written(t *testing.T, value tftypes.Value) string {
	t.Helper()
	switch {
	case value.IsNull():
		return "null"
	case value.Type().Is(tftypes.String):
		var text string
		acctest.Must(t, value.As(&text))
		return text
	case value.Type().Is(tftypes.Bool):
		var is bool
		acctest.Must(t, value.As(&is))
		return fmt.Sprint(is)
	case value.Type().Is(tftypes.List{}):
		var all []tftypes.Value
		acctest.Must(t, value.As(&all))
		texts := make([]string, len(all))
		for i := range all {
			texts[i] = written(t, all[i])
		}
		return "[" + strings.Join(texts, " ") + "]"
	}
	var attributes map[string]tftypes.Value
	acctest.Must(t, value.As(&attributes))
	var texts []string
	for name, attribute := range attributes {
		texts = append(texts, name+"="+written(t, attribute))
	}
	slices.Sort(texts)
	return "{" + strings.Join(texts, " ") + "}"
}

// TestProtocol_data asks who has what, and who may do what.
func TestProtocol_data(t *testing.T) {
	t.Parallel()
	for name, behavior := range map[string]gateway.Behavior{
		"postgres": {}, "SpiceDB": {RebacBackend: gateway.BackendSpiceDB}, "objects": {ErrorObjects: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.StartGateway(t, authserver.Config{API: behavior})
			p := acctest.NewProtocol(t, s)
			s.User("ada")
			s.User("bela")
			ada, bela := s.SubjectID(t, "ada"), s.SubjectID(t, "bela")
			crew := s.Send(http.MethodPost, "/authz/groups/", map[string]any{"name": "crew"}).ID()
			s.Send(http.MethodPost, "/authz/groups/"+crew+"/members", map[string]any{"user_id": bela})
			grant(s, "d", "viewer", ada)
			grant(s, "e", "owner", ada)
			s.Send("POST", "/authz/resources/dataset/grants", map[string]any{"object_id": "d", "relation": "editor", "subject": map[string]any{"namespace": "group", "id": crew}})
			s.Send("POST", "/auth/tuples", map[string]any{
				"subject": map[string]any{"namespace": "user", "id": "x"}, "relation": "viewer", "object": map[string]any{"namespace": "model", "id": "m"}, "tenant_id": "larkspur",
			})
			expands := behavior.RebacBackend == gateway.BackendSpiceDB

			for _, test := range []struct {
				typeName  string
				config    acctest.Fields
				attribute string
				want      string
			}{
				{"kamiwaza_relationship_tuples", acctest.Fields{"object_namespace": "dataset", "subject_id": ada}, "tuples", fmt.Sprintf(
					"[{object={id=d namespace=dataset} relation=viewer subject={id=%[1]s namespace=user}} {object={id=e namespace=dataset} relation=owner subject={id=%[1]s namespace=user}}]", ada)},
				{"kamiwaza_relationship_tuples", acctest.Fields{"relation": "viewer", "object_id": "d", "subject_namespace": "group"}, "tuples", "[]"},
				{"kamiwaza_relationship_tuples", acctest.Fields{"tenant": "larkspur"}, "tuples", "[{object={id=m namespace=model} relation=viewer subject={id=x namespace=user}}]"},
				{"kamiwaza_access_check", access("user", ada, "viewer"), "allowed", "true"},
				{"kamiwaza_access_check", access("user", ada, "owner"), "allowed", "false"},
				{"kamiwaza_access_check", access("user", bela, "viewer"), "allowed", fmt.Sprint(expands)},
				{"kamiwaza_resource_access", acctest.Fields{"object": acctest.Fields{"namespace": "dataset", "id": "d"}}, "effective", fmt.Sprint(expands)},
				{"kamiwaza_resource_access", acctest.Fields{"object": acctest.Fields{"namespace": "dataset", "id": "e"}, "permission": "can_manage"}, "subjects", fmt.Sprintf(
					"[{display_name=ada effective=true id=%s namespace=user relation=owner source=direct}]", ada)},
				{"kamiwaza_accessible_resources", acctest.Fields{"namespace": "dataset", "subject_id": ada}, "resource_ids", "[d e]"},
				{"kamiwaza_accessible_resources", acctest.Fields{"namespace": "dataset"}, "resource_ids", "[]"},
				{"kamiwaza_accessible_resources", acctest.Fields{"namespace": "dataset"}, "subject_id", s.SubjectID(t, "admin")},
			} {
				attributes, diagnostics := readData(p, test.typeName, test.config)
				p.NoErrors(diagnostics)
				if got := written(t, attributes[test.attribute]); got != test.want {
					t.Errorf("data.%s %v: %s is %s, want %s", test.typeName, test.config, test.attribute, got, test.want)
				}
			}
			_, diagnostics := readData(p, "kamiwaza_resource_access", acctest.Fields{"object": acctest.Fields{"namespace": "dataset", "id": "e"}, "permission": "can_fly"})
			if got := acctest.Written(diagnostics); !strings.Contains(got, "unknown permission") {
				t.Errorf("an unknown permission says %q", got)
			}
		})
	}
}

// TestProtocol_pages reads more than one page, of whatever length the server says that it is.
func TestProtocol_pages(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		behavior gateway.Behavior
		objects  int
		pages    int // of each query
	}{
		"one":         {gateway.Behavior{}, 5, 1},
		"cut short":   {gateway.Behavior{MaxLimit: 2}, 5, 3},
		"full pages":  {gateway.Behavior{MaxLimit: 2}, 4, 3},
		"the default": {gateway.Behavior{}, 401, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.StartGateway(t, authserver.Config{API: test.behavior})
			p := acctest.NewProtocol(t, s)
			for i := range test.objects {
				grant(s, fmt.Sprint("d", i), "viewer", "ada")
				grant(s, "shared", "viewer", fmt.Sprint("user", i))
			}
			s.Server.ResetRequests()
			resources, diagnostics := readData(p, "kamiwaza_accessible_resources", acctest.Fields{"namespace": "dataset", "subject_id": "ada"})
			p.NoErrors(diagnostics)
			if ids := strings.Fields(strings.Trim(written(t, resources["resource_ids"]), "[]")); len(ids) != test.objects || ids[0] != "d0" || len(slices.Compact(slices.Sorted(slices.Values(ids)))) != test.objects {
				t.Errorf("the ids are %v", ids)
			}
			who, diagnostics := readData(p, "kamiwaza_resource_access", acctest.Fields{"object": acctest.Fields{"namespace": "dataset", "id": "shared"}})
			p.NoErrors(diagnostics)
			if n := strings.Count(written(t, who["subjects"]), "namespace=user"); n != test.objects {
				t.Errorf("there are %d subjects, want %d", n, test.objects)
			}
			for _, route := range []string{"/authz/access/resources", "/authz/resources/{namespace}/access"} {
				if n := s.Count("GET", route); n != test.pages {
					t.Errorf("%s was asked %d times, want %d", route, n, test.pages)
				}
			}
		})
	}
}

// TestAccRequests counts the requests of a refresh: one list for each namespace of tuples and each object of grants.
func TestAccRequests(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{})
	const many = `
resource "kamiwaza_relationship_tuple" "many" {
  count    = 12
  subject  = { namespace = "role", id = "role${count.index}" }
  relation = "viewer"
  object   = { namespace = ["model", "connector"][count.index % 2], id = "o${count.index % 4}" }
}
resource "kamiwaza_resource_grant" "many" {
  count    = 12
  subject  = { namespace = "role", id = "role${count.index}" }
  relation = "viewer"
  object   = { namespace = "dataset", id = "d${count.index % 2}" }
}
resource "kamiwaza_resource_grants" "many" {
  object = { namespace = "dataset", id = "whole" }
  grants = { viewer = { role = ["a", "b", "c"] }, editor = { role = ["a"] } }
}
`
	count := func() (counts map[string]int, total int) {
		counts = map[string]int{}
		for _, request := range s.Server.Requests() {
			counts[request.Method+" "+request.Route]++
			total++
		}
		s.Server.ResetRequests()
		return counts, total
	}
	w := acctest.WorkdirFor(t, s, many)
	w.Terraform(t, 0, "apply", "-auto-approve")
	// A plan and an apply, the second of which looks once at each object before it changes anything there.
	if counts, total := count(); total > 4+3+3+12+12+4 {
		t.Errorf("an apply made %d requests: %v", total, counts)
	}
	w.Terraform(t, 0, "plan", "-detailed-exitcode")
	want := map[string]int{"GET /auth/health": 1, "POST /auth/token": 1, "GET /auth/tuples/": 2, "GET /authz/resources/{namespace}/grants": 3}
	counts, _ := count()
	for request, n := range counts {
		if n > want[request] {
			t.Errorf("a refresh made %d requests %s, want %d; all were %v", n, request, want[request], counts)
		}
	}
}
