package grant_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

// access is the configuration of a tuple or a grant on the dataset d.
func access(namespace string, id any, relation string) acctest.Fields {
	return acctest.Fields{
		"subject": acctest.Fields{"namespace": namespace, "id": id}, "relation": relation, "object": acctest.Fields{"namespace": "dataset", "id": "d"},
	}
}

// grantsOn is the configuration of a set on a dataset.
func grantsOn(id string, grants acctest.Fields, relations ...any) acctest.Fields {
	fields := acctest.Fields{"object": acctest.Fields{"namespace": "dataset", "id": id}, "grants": grants}
	if relations != nil {
		fields["relations"] = relations
	}
	return fields
}

// said writes what a plan says, without what the framework says itself.
func said(diagnostics []*tfprotov6.Diagnostic) string { return acctest.Written(diagnostics) }

// TestProtocol_warnings plans what the platform would take without a word.
func TestProtocol_warnings(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{})
	spice := acctest.StartGateway(t, authserver.Config{API: gateway.Behavior{RebacBackend: gateway.BackendSpiceDB}})
	local := s.User("ada")
	ada := s.SubjectID(t, "ada")
	crew := s.Send(http.MethodPost, "/authz/groups/", map[string]any{"name": "crew"}).ID()
	spiceCrew := spice.Send(http.MethodPost, "/authz/groups/", map[string]any{"name": "crew"}).ID()
	for name, test := range map[string]struct {
		on       acctest.Addressed
		subject  string
		id       any
		relation string
		want     string // "" for no warning
	}{
		"a user":                        {s, "user", ada, "viewer", ""},
		"a role":                        {s, "role", "viewer", "viewer", ""},
		"an id that is unknown":         {s, "user", acctest.Unknown{}, "viewer", ""},
		"a relation that is none":       {s, "user", ada, "veiwer", `The relation "veiwer" is not known to the provider`},
		"no such user":                  {s, "user", "nobody", "viewer", "There is no user nobody"},
		"no such group":                 {spice, "group", "nothing", "viewer", "There is no group nothing"},
		"a local id":                    {s, "user", local, "viewer", local + " is not the subject id of the user"},
		"a group that does not expand":  {s, "group", crew, "viewer", "may let nobody in"},
		"a group yet to be created":     {s, "group", acctest.Unknown{}, "viewer", "may let nobody in"},
		"a group that does":             {spice, "group", spiceCrew, "viewer", ""},
		"a group yet to be, that does":  {spice, "group", acctest.Unknown{}, "viewer", ""},
		"a namespace that is not known": {s, "mission", "apollo", "viewer", ""},
	} {
		ids := any([]any{test.id})
		for typeName, fields := range map[string]acctest.Fields{
			tupleType: access(test.subject, test.id, test.relation),
			grantType: access(test.subject, test.id, test.relation),
			setType:   grantsOn("d", acctest.Fields{test.relation: acctest.Fields{test.subject: ids}}),
		} {
			t.Run(name+" "+typeName, func(t *testing.T) {
				t.Parallel()
				fields["object"] = acctest.Fields{"namespace": "dataset", "id": name + " " + typeName}
				p := acctest.NewProtocol(t, test.on)
				plan := p.PlanOf(acctest.Instance{TypeName: typeName}, fields)
				p.NoErrors(plan.Diagnostics)
				got := said(plan.Diagnostics)
				if test.want == "" && got != "" || !strings.Contains(got, test.want) || strings.Count(got, "WARNING") > 1 {
					t.Errorf("the plan warns %q, want %q", got, test.want)
				}
				if test.want == "" || test.id == (acctest.Unknown{}) || test.relation == "veiwer" {
					return
				}
				// What the state has is not warned of again.
				made, diagnostics := p.ApplyOf(acctest.Instance{TypeName: typeName}, plan, fields)
				p.NoErrors(diagnostics)
				p = acctest.NewProtocol(t, test.on)
				if got := said(p.PlanOf(p.Refreshed(made), fields).Diagnostics); got != "" {
					t.Errorf("a plan without a change warns %q", got)
				}
			})
		}
	}
}

// TestProtocol_fights plans resources that undo each other's changes.
func TestProtocol_fights(t *testing.T) {
	t.Parallel()
	viewers := acctest.Fields{"viewer": acctest.Fields{"role": []any{"user"}}}
	type planned struct {
		typeName string
		fields   acctest.Fields
	}
	for name, test := range map[string]struct {
		one, other planned
		want       string // "" for no warning
	}{
		"two sets that agree": {
			planned{setType, grantsOn("d", viewers)},
			planned{setType, grantsOn("d", viewers)},
			"Two kamiwaza_resource_grants resources manage all grants of object dataset:d",
		},
		"two sets that disagree": {
			planned{setType, grantsOn("d", viewers)},
			planned{setType, grantsOn("d", acctest.Fields{})},
			"Two kamiwaza_resource_grants disagree about object dataset:d",
		},
		"sets of other relations": {
			planned{setType, grantsOn("d", viewers, "viewer")}, planned{setType, grantsOn("d", acctest.Fields{}, "editor")}, "",
		},
		"sets of other objects": {planned{setType, grantsOn("d", viewers)}, planned{setType, grantsOn("e", viewers)}, ""},
		"a set and a grant": {
			planned{setType, grantsOn("d", acctest.Fields{})},
			planned{grantType, access("role", "user", "viewer")},
			"kamiwaza_resource_grant and kamiwaza_resource_grants both manage assignments of object dataset:d",
		},
		"a set and a grant of a relation of its own": {
			planned{setType, grantsOn("d", acctest.Fields{"mission_x": acctest.Fields{}})},
			planned{grantType, access("role", "user", "mission_x")},
			"kamiwaza_resource_grant and kamiwaza_resource_grants both manage assignments of object dataset:d",
		},
		"a set and a tuple": {
			planned{setType, grantsOn("d", acctest.Fields{})},
			planned{tupleType, access("role", "user", "viewer")},
			"kamiwaza_relationship_tuple and kamiwaza_resource_grants both manage assignments of object dataset:d",
		},
		"a set and an owner":      {planned{setType, grantsOn("d", viewers)}, planned{grantType, access("role", "user", "owner")}, ""},
		"a grant twice":           {planned{grantType, access("role", "user", "viewer")}, planned{grantType, access("role", "user", "viewer")}, "Two kamiwaza_resource_grant resources manage the same assignment: viewer of dataset:d to role:user"},
		"two grants on an object": {planned{grantType, access("role", "user", "viewer")}, planned{grantType, access("role", "admin", "viewer")}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.StartGateway(t, authserver.Config{})
			for _, order := range [][]planned{{test.one, test.other}, {test.other, test.one}} {
				p, all := acctest.NewProtocol(t, s), []*tfprotov6.Diagnostic(nil)
				for _, one := range order {
					all = append(all, p.PlanOf(acctest.Instance{TypeName: one.typeName}, one.fields).Diagnostics...)
				}
				p.NoErrors(all)
				got := said(slices.DeleteFunc(all, func(d *tfprotov6.Diagnostic) bool { return strings.Contains(d.Summary, "is not known to the provider") }))
				if test.want == "" && got != "" || !strings.Contains(got, test.want) || strings.Count(got, "WARNING") > 1 {
					t.Errorf("the plans warn %q, want %q", got, test.want)
				}
			}
		})
	}
}

// TestProtocol_invalid refuses what could not be applied, or not be told from something else.
func TestProtocol_invalid(t *testing.T) {
	t.Parallel()
	p := acctest.Unconfigured(t)
	long := strings.Repeat("x", 4097)
	for name, test := range map[string]struct {
		typeName string
		fields   acctest.Fields
		want     string
	}{
		"a namespace with a colon": {tupleType, access("user:ada", "x", "viewer"), `"user:ada" has a colon or #; write the namespace and the id as two values`},
		"a namespace with a hash":  {grantType, access("group#member", "x", "viewer"), `"group#member" has a colon or #`},
		"no namespace":             {tupleType, access("", "x", "viewer"), "subject.namespace: it is empty"},
		"no id":                    {grantType, access("user", "", "viewer"), "subject.id UTF-8 character count must be between 1 and 1024"},
		"no relation":              {tupleType, access("user", "ada", ""), "relation UTF-8 character count must be between 1 and 255"},
		"a long id":                {grantType, access("user", long, "viewer"), "subject.id UTF-8 character count must be between 1 and 1024"},
		"an owner in a set": {
			setType, grantsOn("d", acctest.Fields{"owner": acctest.Fields{"user": []any{"ada"}}}),
			"The resource does not manage the relation owner: By default, kamiwaza_resource_grants does not manage who owns an object",
		},
		"a relation that is not listed": {
			setType, grantsOn("d", acctest.Fields{"viewer": acctest.Fields{"user": []any{"ada"}}}, "editor"),
			"The resource does not manage the relation viewer: grants has the relation viewer, but relations does not",
		},
		"no relations at all":       {setType, acctest.Fields{"object": acctest.Fields{"namespace": "dataset", "id": "d"}, "grants": acctest.Fields{}, "relations": []any{}}, "relations set must contain at least 1 elements"},
		"an id that is empty":       {setType, grantsOn("d", acctest.Fields{"viewer": acctest.Fields{"user": []any{""}}}), "is null or empty"},
		"an id that is null":        {setType, grantsOn("d", acctest.Fields{"viewer": acctest.Fields{"user": []any{nil}}}), "is null or empty"},
		"a set's long id":           {setType, grantsOn("d", acctest.Fields{"viewer": acctest.Fields{"user": []any{long}}}), "longer than 1024"},
		"a relation that is empty":  {setType, grantsOn("d", acctest.Fields{"": acctest.Fields{}}), "A relation has 1 to 255 characters"},
		"a set's namespace":         {setType, grantsOn("d", acctest.Fields{"viewer": acctest.Fields{"user:ada": []any{"x"}}}), "has a colon or #"},
		"an object's namespace":     {setType, acctest.Fields{"object": acctest.Fields{"namespace": "data:set", "id": "d"}, "grants": acctest.Fields{}}, "has a colon or #"},
		"an object without an id":   {setType, grantsOn("", acctest.Fields{}), "object.id UTF-8 character count must be between 1 and 4096"},
		"an object with a long id":  {tupleType, acctest.Fields{"subject": acctest.Fields{"namespace": "user", "id": "x"}, "relation": "viewer", "object": acctest.Fields{"namespace": "dataset", "id": long}}, "object.id UTF-8 character count must be between 1 and 4096"},
		"a tenant without a name":   {tupleType, withTenant(""), "tenant string length must be at least 1"},
		"a null map of a relation":  {setType, grantsOn("d", acctest.Fields{"viewer": nil}), "is null"},
		"a null set of a namespace": {setType, grantsOn("d", acctest.Fields{"viewer": acctest.Fields{"user": nil}}), "is null"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			objectType := p.StateType(test.typeName)
			resp, err := p.Server.ValidateResourceConfig(t.Context(), &tfprotov6.ValidateResourceConfigRequest{
				TypeName: test.typeName, Config: p.Encoded(objectType, acctest.Encode(t, objectType, test.fields)),
			})
			acctest.Must(t, err)
			if got := acctest.Written(resp.Diagnostics); !acctest.Says(test.want).MatchString(got) || strings.Contains(got, "WARNING") {
				t.Errorf("got %q, want an error with %q", got, test.want)
			}
		})
	}
}

func withTenant(tenant string) acctest.Fields {
	fields := access("user", "x", "viewer")
	fields["tenant"] = tenant
	return fields
}
