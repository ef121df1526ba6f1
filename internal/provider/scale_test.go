package provider_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider"
)

// The framework's own sets compare each element with each other one: https://github.com/hashicorp/terraform-plugin-framework/issues/1322
func TestNoFrameworkSets(t *testing.T) {
	ctx := t.Context()
	p := provider.New("test")()
	for _, newDataSource := range p.DataSources(ctx) {
		var metadata datasource.MetadataResponse
		var schema datasource.SchemaResponse
		newDataSource().Metadata(ctx, datasource.MetadataRequest{ProviderTypeName: "kamiwaza"}, &metadata)
		newDataSource().Schema(ctx, datasource.SchemaRequest{}, &schema)
		checkNoSets(t, "data."+metadata.TypeName, schema.Schema.Type())
	}
	for _, newResource := range p.Resources(ctx) {
		var metadata resource.MetadataResponse
		var schema resource.SchemaResponse
		newResource().Metadata(ctx, resource.MetadataRequest{ProviderTypeName: "kamiwaza"}, &metadata)
		newResource().Schema(ctx, resource.SchemaRequest{}, &schema)
		checkNoSets(t, metadata.TypeName, schema.Schema.Type())
	}
}

// handfuls are sets that nobody fills with hundreds of elements.
var handfuls = []string{"kamiwaza_user.roles", "kamiwaza_resource_grants.relations"}

func checkNoSets(t *testing.T, at string, attributeType attr.Type) {
	t.Helper()
	switch attributeType := attributeType.(type) {
	case basetypes.SetType:
		if slices.Contains(handfuls, at) {
			return
		}
		t.Errorf("%s is a set of the framework's", at)
	case attr.TypeWithAttributeTypes:
		for name, element := range attributeType.AttributeTypes() {
			checkNoSets(t, at+"."+name, element)
		}
	case basetypes.ListType:
		checkNoSets(t, at, attributeType.ElementType())
	case basetypes.MapType:
		checkNoSets(t, at, attributeType.ElementType())
	}
}

// large makes the server answer with a company of so many users, who are all in one group and all hold one right, and
// returns the ids of the group and the right.
func large(t testing.TB, s acctest.Service, users int) (groupID, rightID string) {
	t.Helper()
	type fields = map[string]any
	groupID, roleID, rightID := largeID(1, 0), largeID(2, 0), largeID(3, 0)
	rows := make([]fields, users)
	for i := range rows {
		rows[i] = fields{
			"id": largeID(0, i), "username": fmt.Sprintf("user%06d", i), "email": fmt.Sprintf("user%06d@example.com", i),
			"groups": []string{groupID}, "created_at": "2024-10-03T12:00:00",
		}
	}
	rights := make([]string, users)
	for i := range rights {
		rights[i] = largeID(3, i)
	}
	for route, object := range map[string]any{
		"/auth/users/":            rows,
		"/auth/groups/" + groupID: fields{"id": groupID, "name": "all", "roles": []string{roleID}},
		"/auth/roles/" + roleID:   fields{"id": roleID, "name": "all", "rights": rights},
		"/auth/rights/" + rightID: fields{"id": rightID, "name": "all"},
	} {
		body, err := json.Marshal(object)
		acctest.Must(t, err)
		s.Server.Inject(authserver.Fault{Method: "GET", Route: route, Status: 200, Body: string(body)})
	}
	return groupID, rightID
}

func largeID(kind, i int) string { return fmt.Sprintf("00000000-0000-4000-8%03d-%012d", kind, i) }

// largeReads are data sources that grow with the company that large makes.
func largeReads(groupID, rightID string) []largeRead {
	return []largeRead{
		{"kamiwaza_users", acctest.Fields{"group_id": groupID}, []string{"ids", "usernames"}, []string{"users"}},
		{"kamiwaza_right_holders", acctest.Fields{"right_id": rightID}, []string{"usernames"}, []string{"holders"}},
		{"kamiwaza_role", acctest.Fields{"id": largeID(2, 0)}, []string{"right_ids"}, nil},
	}
}

type largeRead struct {
	typeName    string
	config      acctest.Fields
	sets, lists []string
}

func TestProtocol_manyUsers(t *testing.T) {
	t.Parallel()
	const users = 20_000
	s := acctest.Start(t, authserver.Config{})
	p := acctest.NewProtocol(t, s)
	for _, read := range largeReads(large(t, s, users)) {
		state, diagnostics := p.ReadData(read.typeName, read.config)
		p.NoErrors(diagnostics)
		attributes := p.Attributes(read.typeName, state)
		for _, name := range slices.Concat(read.sets, read.lists) {
			var elements []tftypes.Value
			acctest.Must(t, attributes[name].As(&elements))
			if len(elements) != users {
				t.Errorf("data.%s has %d %s, want %d", read.typeName, len(elements), name, users)
			}
		}
		for _, name := range read.sets {
			ids := p.Set(p.Schemas.DataSourceSchemas[read.typeName].ValueType(), state, name)
			if distinct := len(slices.Compact(ids)); distinct != users {
				t.Errorf("data.%s has %d distinct %s, want %d", read.typeName, distinct, name, users)
			}
		}
	}
}

// Four times the users are about four times the work, which is counted in allocations: comparing all with all takes some
// for each pair. No test runs at the same time as this one, because it is not parallel.
func TestProtocol_workOfManyUsers(t *testing.T) {
	const users = 500
	work := func(users int) map[string]float64 {
		s := acctest.Start(t, authserver.Config{})
		p := acctest.NewProtocol(t, s)
		counts := map[string]float64{}
		for _, read := range largeReads(large(t, s, users)) {
			counts[read.typeName] = testing.AllocsPerRun(1, func() {
				_, diagnostics := p.ReadData(read.typeName, read.config)
				p.NoErrors(diagnostics)
			})
		}
		return counts
	}
	once, fourTimes := work(users), work(4*users)
	for typeName, count := range once {
		if ratio := fourTimes[typeName] / count; ratio > 5 {
			t.Errorf("data.%s allocates %.0f times for %d users, and %.1f times as often for %d", typeName, count, users, ratio, 4*users)
		}
	}
}
