package provider_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
)

// protocol calls the provider's protocol server as Terraform does, for what the CLI at hand is too old to ask for and
// for what the acceptance test framework does not show, such as warnings.
type protocol struct {
	t          testing.TB
	server     tfprotov6.ProviderServer
	schemas    *tfprotov6.GetProviderSchemaResponse
	identities *tfprotov6.GetResourceIdentitySchemasResponse
}

// newProtocol configures a provider for a service, as each run does, with the given pairs of argument and value besides.
func newProtocol(t testing.TB, s service, pairs ...string) protocol {
	t.Helper()
	p := unconfigured(t)
	// Logged in with a password, because the owner of an API key is not a user who could be locked out.
	config := map[string]string{
		"base_url": s.URL, "username": authservertest.AdminUsername, "password": authservertest.AdminPassword,
	}
	for pair := range slices.Chunk(pairs, 2) {
		config[pair[0]] = pair[1]
	}
	p.noErrors(p.configure(config))
	return p
}

// unconfigured starts a provider that can only validate.
func unconfigured(t testing.TB) protocol {
	t.Helper()
	server, err := factories["kamiwaza"]()
	must(t, err)
	p := protocol{t: t, server: server}
	p.schemas, err = server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	must(t, err)
	p.identities, err = server.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	must(t, err)
	return p
}

func (p protocol) configure(config map[string]string) []*tfprotov6.Diagnostic {
	p.t.Helper()
	configured, err := p.server.ConfigureProvider(p.t.Context(), &tfprotov6.ConfigureProviderRequest{
		TerraformVersion: "1.14.0", Config: p.object(p.schemas.Provider.ValueType(), config),
	})
	must(p.t, err)
	return configured.Diagnostics
}

// object encodes a value whose other attributes are null.
func (p protocol) object(objectType tftypes.Type, texts map[string]string) *tfprotov6.DynamicValue {
	p.t.Helper()
	values := map[string]tftypes.Value{}
	for name, attributeType := range objectType.(tftypes.Object).AttributeTypes {
		values[name] = tftypes.NewValue(attributeType, nil)
	}
	for name, text := range texts {
		values[name] = tftypes.NewValue(tftypes.String, text)
	}
	encoded, err := tfprotov6.NewDynamicValue(objectType, tftypes.NewValue(objectType, values))
	must(p.t, err)
	return &encoded
}

// texts decodes the texts of an object, and is nil for null.
func (p protocol) texts(objectType tftypes.Type, encoded *tfprotov6.DynamicValue) map[string]string {
	p.t.Helper()
	value, err := encoded.Unmarshal(objectType)
	must(p.t, err)
	if value.IsNull() {
		return nil
	}
	var attributes map[string]tftypes.Value
	must(p.t, value.As(&attributes))
	texts := map[string]string{}
	for name, attribute := range attributes {
		var text string
		if !attribute.IsNull() && attribute.As(&text) == nil {
			texts[name] = text
		}
	}
	return texts
}

// set decodes a set of texts, in order.
func (p protocol) set(objectType tftypes.Type, encoded *tfprotov6.DynamicValue, attribute string) []string {
	p.t.Helper()
	value, err := encoded.Unmarshal(objectType)
	must(p.t, err)
	var attributes map[string]tftypes.Value
	must(p.t, value.As(&attributes))
	var elements []tftypes.Value
	must(p.t, attributes[attribute].As(&elements))
	texts := make([]string, len(elements))
	for i, element := range elements {
		must(p.t, element.As(&texts[i]))
	}
	slices.Sort(texts)
	return texts
}

func (p protocol) stateType(typeName string) tftypes.Type {
	return p.schemas.ResourceSchemas[typeName].ValueType()
}

func (p protocol) identityType(typeName string) tftypes.Type {
	return p.identities.IdentitySchemas[typeName].ValueType()
}

func (p protocol) importByIdentity(typeName string, identity map[string]string) (*tfprotov6.ImportedResource, []*tfprotov6.Diagnostic) {
	p.t.Helper()
	resp, err := p.server.ImportResourceState(p.t.Context(), &tfprotov6.ImportResourceStateRequest{
		TypeName: typeName,
		Identity: &tfprotov6.ResourceIdentityData{IdentityData: p.object(p.identityType(typeName), identity)},
	})
	must(p.t, err)
	if len(resp.ImportedResources) == 0 {
		return nil, resp.Diagnostics
	}
	return resp.ImportedResources[0], resp.Diagnostics
}

// read reads a resource as Terraform before 1.12 does, with no identity, unless one is given.
func (p protocol) read(typeName string, state *tfprotov6.DynamicValue, identity *tfprotov6.ResourceIdentityData, private []byte) *tfprotov6.ReadResourceResponse {
	p.t.Helper()
	resp := p.tryRead(typeName, state, identity, private)
	p.noErrors(resp.Diagnostics)
	return resp
}

func (p protocol) tryRead(typeName string, state *tfprotov6.DynamicValue, identity *tfprotov6.ResourceIdentityData, private []byte) *tfprotov6.ReadResourceResponse {
	p.t.Helper()
	resp, err := p.server.ReadResource(p.t.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: typeName, CurrentState: state, CurrentIdentity: identity, Private: private,
	})
	must(p.t, err)
	return resp
}

// unknown is a value that is not known at plan time.
type unknown struct{}

// values encodes an object of texts, truth values, sets of texts and unknown values; its other attributes are null.
func (p protocol) values(objectType tftypes.Type, given map[string]any) tftypes.Value {
	p.t.Helper()
	values := map[string]tftypes.Value{}
	for name, attributeType := range objectType.(tftypes.Object).AttributeTypes {
		switch value := given[name].(type) {
		case unknown:
			values[name] = tftypes.NewValue(attributeType, tftypes.UnknownValue)
		case []string:
			elements := make([]tftypes.Value, len(value))
			for i, text := range value {
				elements[i] = tftypes.NewValue(tftypes.String, text)
			}
			values[name] = tftypes.NewValue(attributeType, elements)
		case nil:
			values[name] = tftypes.NewValue(attributeType, nil)
		default:
			values[name] = tftypes.NewValue(attributeType, value)
		}
	}
	return tftypes.NewValue(objectType, values)
}

// plan plans a change from prior to config; nil is no object. What the server decides stays as it was.
func (p protocol) plan(typeName string, prior, config map[string]any) *tfprotov6.PlanResourceChangeResponse {
	p.t.Helper()
	objectType := p.stateType(typeName)
	encode := func(given map[string]any) *tfprotov6.DynamicValue {
		value := tftypes.NewValue(objectType, nil)
		if given != nil {
			value = p.values(objectType, given)
		}
		encoded, err := tfprotov6.NewDynamicValue(objectType, value)
		must(p.t, err)
		return &encoded
	}
	proposed := maps.Clone(config)
	for _, name := range []string{"id", "created_at"} {
		if config != nil && prior[name] != nil {
			proposed[name] = prior[name]
		}
	}
	resp, err := p.server.PlanResourceChange(p.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: typeName, PriorState: encode(prior), Config: encode(config), ProposedNewState: encode(proposed),
	})
	must(p.t, err)
	return resp
}

// apply changes an object from prior to planned.
func (p protocol) apply(typeName string, prior, planned map[string]any) *tfprotov6.ApplyResourceChangeResponse {
	p.t.Helper()
	objectType := p.stateType(typeName)
	before, err := tfprotov6.NewDynamicValue(objectType, p.values(objectType, prior))
	must(p.t, err)
	after, err := tfprotov6.NewDynamicValue(objectType, p.values(objectType, planned))
	must(p.t, err)
	resp, err := p.server.ApplyResourceChange(p.t.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: typeName, PriorState: &before, PlannedState: &after, Config: &after,
	})
	must(p.t, err)
	return resp
}

// destroy destroys an object as it is in the state.
func (p protocol) destroy(typeName string, state map[string]any) {
	p.t.Helper()
	p.noErrors(p.tryDestroy(typeName, state).Diagnostics)
}

func (p protocol) tryDestroy(typeName string, state map[string]any) *tfprotov6.ApplyResourceChangeResponse {
	p.t.Helper()
	objectType := p.stateType(typeName)
	prior, err := tfprotov6.NewDynamicValue(objectType, p.values(objectType, state))
	must(p.t, err)
	gone, err := tfprotov6.NewDynamicValue(objectType, tftypes.NewValue(objectType, nil))
	must(p.t, err)
	resp, err := p.server.ApplyResourceChange(p.t.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: typeName, PriorState: &prior, PlannedState: &gone, Config: &gone,
	})
	must(p.t, err)
	return resp
}

// warnings returns the summaries and details of the warnings, and fails for an error.
func (p protocol) warnings(diagnostics []*tfprotov6.Diagnostic) (texts []string) {
	p.t.Helper()
	p.noErrors(diagnostics)
	for _, d := range diagnostics {
		texts = append(texts, d.Summary+": "+d.Detail)
	}
	return texts
}

func (p protocol) noErrors(diagnostics []*tfprotov6.Diagnostic) {
	p.t.Helper()
	for _, d := range diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			p.t.Fatalf("%s: %s", d.Summary, d.Detail)
		}
	}
}

func TestProtocol_schemaIsValid(t *testing.T) {
	server, err := factories["kamiwaza"]()
	must(t, err)
	resp, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	must(t, err)
	if len(resp.Diagnostics) != 0 {
		t.Fatalf("%s: %s", resp.Diagnostics[0].Summary, resp.Diagnostics[0].Detail)
	}
	schemas := map[string]*tfprotov6.Schema{"provider": resp.Provider}
	maps.Copy(schemas, resp.ResourceSchemas)
	for typeName, schema := range resp.DataSourceSchemas {
		schemas["data."+typeName] = schema
	}
	for typeName, schema := range resp.EphemeralResourceSchemas {
		schemas["ephemeral."+typeName] = schema
	}
	for typeName, schema := range schemas {
		if schema.Block.Description == "" {
			t.Errorf("%s has no description", typeName)
		}
		checkDescriptions(t, typeName, schema.Block.Attributes)
	}
	for name, function := range resp.Functions {
		if function.Summary == "" || function.Description == "" {
			t.Errorf("the function %s has no summary or no description", name)
		}
		for _, parameter := range function.Parameters {
			if parameter.Description == "" {
				t.Errorf("the parameter %s of the function %s has no description", parameter.Name, name)
			}
		}
	}
}

func checkDescriptions(t *testing.T, at string, attributes []*tfprotov6.SchemaAttribute) {
	t.Helper()
	for _, attribute := range attributes {
		if attribute.Description == "" {
			t.Errorf("%s.%s has no description", at, attribute.Name)
		}
		if attribute.NestedType != nil {
			checkDescriptions(t, at+"."+attribute.Name, attribute.NestedType.Attributes)
		}
	}
}

// For each type: created by Terraform, imported by identity, read by Terraform of any version, and gone.
func TestProtocol_identity(t *testing.T) {
	s := start(t, authserverDefaults)
	p := newProtocol(t, s)
	objects := seed(t, s)
	for _, typeName := range slices.Sorted(maps.Keys(p.schemas.ResourceSchemas)) {
		t.Run(typeName, func(t *testing.T) {
			p := p
			p.t = t
			identity := objects.identities[typeName]
			imported, diagnostics := p.importByIdentity(typeName, identity)
			p.noErrors(diagnostics)
			if got := p.texts(p.identityType(typeName), imported.Identity.IdentityData); !maps.Equal(got, identity) {
				t.Errorf("the imported identity is %v, want %v", got, identity)
			}

			read := p.read(typeName, imported.State, imported.Identity, imported.Private)
			state := p.texts(p.stateType(typeName), read.NewState)
			for name, want := range identity {
				if state[name] != want {
					t.Errorf("after the import, %s is %q, want %q", name, state[name], want)
				}
			}
			if name := objects.names[typeName]; name != "" && state["name"] != name && state["username"] != name {
				t.Errorf("after the import, the state is %v, want the name %q", state, name)
			}

			again := p.read(typeName, read.NewState, nil, nil)
			if got := p.texts(p.identityType(typeName), again.NewIdentity.IdentityData); !maps.Equal(got, identity) {
				t.Errorf("without a stored identity, the identity read is %v, want %v", got, identity)
			}
			if len(again.Diagnostics) != 0 {
				t.Errorf("unexpected: %s", again.Diagnostics[0].Summary)
			}
		})
	}

	s.clear(t)
	p = newProtocol(t, s) // A run reads each object once.
	for _, typeName := range slices.Sorted(maps.Keys(p.schemas.ResourceSchemas)) {
		t.Run(typeName+" gone", func(t *testing.T) {
			p := p
			p.t = t
			texts := maps.Clone(objects.identities[typeName])
			switch typeName {
			case "kamiwaza_user":
				texts["username"] = objects.names[typeName]
			default:
				if name := objects.names[typeName]; name != "" {
					texts["name"] = name
				}
			}
			read := p.read(typeName, p.object(p.stateType(typeName), texts), nil, nil)
			if state := p.texts(p.stateType(typeName), read.NewState); state != nil {
				t.Errorf("the state is %v, want it removed", state)
			}
			read.Diagnostics = slices.DeleteFunc(read.Diagnostics, func(d *tfprotov6.Diagnostic) bool { return d.Summary == "Is base_url right?" })
			if len(read.Diagnostics) != 1 || !says("no longer exists").MatchString(read.Diagnostics[0].Summary) {
				t.Fatalf("the warnings are %v, want one that says that it no longer exists", read.Diagnostics)
			}
			for _, want := range append(slices.Collect(maps.Values(objects.identities[typeName])), objects.names[typeName]) {
				if !says(want).MatchString(read.Diagnostics[0].Summary) {
					t.Errorf("the warning %q does not name %q", read.Diagnostics[0].Summary, want)
				}
			}
		})
	}
}

func TestProtocol_importByWrongIdentity(t *testing.T) {
	p := newProtocol(t, start(t, authserverDefaults))
	for _, test := range []struct {
		typeName string
		identity map[string]string
		want     string
	}{
		{"kamiwaza_role", map[string]string{"id": "admins"}, `A role is imported by its id: "admins" is not a UUID`},
		{"kamiwaza_user", map[string]string{"id": "ada"}, `A user is imported by its id: "ada" is not a UUID`},
		{"kamiwaza_group_member", map[string]string{"group_id": "admins", "user_id": "00000000-0000-4000-8000-000000000000"}, `the id of the group is wrong: "admins" is not a UUID`},
	} {
		_, diagnostics := p.importByIdentity(test.typeName, test.identity)
		if len(diagnostics) != 1 || !says(test.want).MatchString(diagnostics[0].Detail) {
			t.Errorf("%s %v: %s, want %q", test.typeName, test.identity, fmt.Sprint(diagnostics), test.want)
		}
	}
}
