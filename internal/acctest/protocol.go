package acctest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
)

// Protocol calls the provider's protocol server as Terraform does, for what the CLI at hand is too old to ask for and
// for what the acceptance test framework does not show, such as warnings.
type Protocol struct {
	T          testing.TB
	Server     tfprotov6.ProviderServer
	Schemas    *tfprotov6.GetProviderSchemaResponse
	identities *tfprotov6.GetResourceIdentitySchemasResponse
}

// Addressed is a service of either generation.
type Addressed interface{ Address() string }

// NewProtocol configures a provider for a service, as each run does, with the given pairs of argument and value besides.
func NewProtocol(t testing.TB, s Addressed, pairs ...string) Protocol {
	t.Helper()
	p := Unconfigured(t)
	// Logged in with a password, because the owner of an API key is not a user who could be locked out.
	config := map[string]string{
		"base_url": s.Address(), "username": authservertest.AdminUsername, "password": authservertest.AdminPassword,
	}
	for pair := range slices.Chunk(pairs, 2) {
		config[pair[0]] = pair[1]
	}
	p.NoErrors(p.Configure(config))
	return p
}

// Unconfigured starts a provider that can only validate.
func Unconfigured(t testing.TB) Protocol {
	t.Helper()
	server, err := Factories["kamiwaza"]()
	Must(t, err)
	p := Protocol{T: t, Server: server}
	p.Schemas, err = server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	Must(t, err)
	p.identities, err = server.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	Must(t, err)
	return p
}

// Configure configures the provider with texts, and returns what it says.
func (p Protocol) Configure(config map[string]string) []*tfprotov6.Diagnostic {
	p.T.Helper()
	configured, err := p.Server.ConfigureProvider(p.T.Context(), &tfprotov6.ConfigureProviderRequest{
		TerraformVersion: "1.14.0", Config: p.Object(p.Schemas.Provider.ValueType(), config),
	})
	Must(p.T, err)
	return configured.Diagnostics
}

// Object encodes a value whose other attributes are null.
func (p Protocol) Object(objectType tftypes.Type, texts map[string]string) *tfprotov6.DynamicValue {
	p.T.Helper()
	values := map[string]tftypes.Value{}
	for name, attributeType := range objectType.(tftypes.Object).AttributeTypes {
		values[name] = tftypes.NewValue(attributeType, nil)
	}
	for name, text := range texts {
		values[name] = tftypes.NewValue(tftypes.String, text)
	}
	encoded, err := tfprotov6.NewDynamicValue(objectType, tftypes.NewValue(objectType, values))
	Must(p.T, err)
	return &encoded
}

// Texts decodes the texts of an object, and is nil for null.
func (p Protocol) Texts(objectType tftypes.Type, encoded *tfprotov6.DynamicValue) map[string]string {
	p.T.Helper()
	value, err := encoded.Unmarshal(objectType)
	Must(p.T, err)
	if value.IsNull() {
		return nil
	}
	var attributes map[string]tftypes.Value
	Must(p.T, value.As(&attributes))
	texts := map[string]string{}
	for name, attribute := range attributes {
		var text string
		if !attribute.IsNull() && attribute.As(&text) == nil {
			texts[name] = text
		}
	}
	return texts
}

// Set decodes a set of texts, in order.
func (p Protocol) Set(objectType tftypes.Type, encoded *tfprotov6.DynamicValue, attribute string) []string {
	p.T.Helper()
	value, err := encoded.Unmarshal(objectType)
	Must(p.T, err)
	var attributes map[string]tftypes.Value
	Must(p.T, value.As(&attributes))
	var elements []tftypes.Value
	Must(p.T, attributes[attribute].As(&elements))
	texts := make([]string, len(elements))
	for i, element := range elements {
		Must(p.T, element.As(&texts[i]))
	}
	slices.Sort(texts)
	return texts
}

// StateType is the type of a resource's state.
func (p Protocol) StateType(typeName string) tftypes.Type {
	return p.Schemas.ResourceSchemas[typeName].ValueType()
}

// IdentityType is the type of a resource's identity.
func (p Protocol) IdentityType(typeName string) tftypes.Type {
	return p.identities.IdentitySchemas[typeName].ValueType()
}

// ImportByIdentity imports an object by its identity.
func (p Protocol) ImportByIdentity(typeName string, identity map[string]string) (*tfprotov6.ImportedResource, []*tfprotov6.Diagnostic) {
	p.T.Helper()
	resp, err := p.Server.ImportResourceState(p.T.Context(), &tfprotov6.ImportResourceStateRequest{
		TypeName: typeName,
		Identity: &tfprotov6.ResourceIdentityData{IdentityData: p.Object(p.IdentityType(typeName), identity)},
	})
	Must(p.T, err)
	if len(resp.ImportedResources) == 0 {
		return nil, resp.Diagnostics
	}
	return resp.ImportedResources[0], resp.Diagnostics
}

// Read reads a resource as Terraform before 1.12 does, with no identity, unless one is given.
func (p Protocol) Read(typeName string, state *tfprotov6.DynamicValue, identity *tfprotov6.ResourceIdentityData, private []byte) *tfprotov6.ReadResourceResponse {
	p.T.Helper()
	resp := p.TryRead(typeName, state, identity, private)
	p.NoErrors(resp.Diagnostics)
	return resp
}

// TryRead is Read, but may fail.
func (p Protocol) TryRead(typeName string, state *tfprotov6.DynamicValue, identity *tfprotov6.ResourceIdentityData, private []byte) *tfprotov6.ReadResourceResponse {
	p.T.Helper()
	resp, err := p.Server.ReadResource(p.T.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: typeName, CurrentState: state, CurrentIdentity: identity, Private: private,
	})
	Must(p.T, err)
	return resp
}

// Unknown is a value that is not known at plan time.
type Unknown struct{}

// Values encodes an object of texts, truth values, sets of texts and unknown values; its other attributes are null.
func (p Protocol) Values(objectType tftypes.Type, given map[string]any) tftypes.Value {
	p.T.Helper()
	values := map[string]tftypes.Value{}
	for name, attributeType := range objectType.(tftypes.Object).AttributeTypes {
		switch value := given[name].(type) {
		case Unknown:
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

// Plan plans a change from prior to config; nil is no object. What the server decides stays as it was.
func (p Protocol) Plan(typeName string, prior, config map[string]any) *tfprotov6.PlanResourceChangeResponse {
	p.T.Helper()
	objectType := p.StateType(typeName)
	encode := func(given map[string]any) *tfprotov6.DynamicValue {
		value := tftypes.NewValue(objectType, nil)
		if given != nil {
			value = p.Values(objectType, given)
		}
		encoded, err := tfprotov6.NewDynamicValue(objectType, value)
		Must(p.T, err)
		return &encoded
	}
	proposed := maps.Clone(config)
	for _, name := range []string{"id", "created_at"} {
		if config != nil && prior[name] != nil {
			proposed[name] = prior[name]
		}
	}
	resp, err := p.Server.PlanResourceChange(p.T.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: typeName, PriorState: encode(prior), Config: encode(config), ProposedNewState: encode(proposed),
	})
	Must(p.T, err)
	return resp
}

// Apply changes an object from prior to planned.
func (p Protocol) Apply(typeName string, prior, planned map[string]any) *tfprotov6.ApplyResourceChangeResponse {
	p.T.Helper()
	objectType := p.StateType(typeName)
	before, err := tfprotov6.NewDynamicValue(objectType, p.Values(objectType, prior))
	Must(p.T, err)
	after, err := tfprotov6.NewDynamicValue(objectType, p.Values(objectType, planned))
	Must(p.T, err)
	resp, err := p.Server.ApplyResourceChange(p.T.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: typeName, PriorState: &before, PlannedState: &after, Config: &after,
	})
	Must(p.T, err)
	return resp
}

// Destroy destroys an object as it is in the state.
func (p Protocol) Destroy(typeName string, state map[string]any) {
	p.T.Helper()
	p.NoErrors(p.TryDestroy(typeName, state).Diagnostics)
}

// TryDestroy is Destroy, but may fail.
func (p Protocol) TryDestroy(typeName string, state map[string]any) *tfprotov6.ApplyResourceChangeResponse {
	p.T.Helper()
	objectType := p.StateType(typeName)
	prior, err := tfprotov6.NewDynamicValue(objectType, p.Values(objectType, state))
	Must(p.T, err)
	gone, err := tfprotov6.NewDynamicValue(objectType, tftypes.NewValue(objectType, nil))
	Must(p.T, err)
	resp, err := p.Server.ApplyResourceChange(p.T.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: typeName, PriorState: &prior, PlannedState: &gone, Config: &gone,
	})
	Must(p.T, err)
	return resp
}

// Warnings returns the summaries and details of the warnings, and fails for an error.
func (p Protocol) Warnings(diagnostics []*tfprotov6.Diagnostic) (texts []string) {
	p.T.Helper()
	p.NoErrors(diagnostics)
	for _, d := range diagnostics {
		texts = append(texts, d.Summary+": "+d.Detail)
	}
	return texts
}

// NoErrors fails the test at an error.
func (p Protocol) NoErrors(diagnostics []*tfprotov6.Diagnostic) {
	p.T.Helper()
	for _, d := range diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			p.T.Fatalf("%s: %s", d.Summary, d.Detail)
		}
	}
}

// Instance is one resource instance in a state; its zero state is none.
type Instance struct {
	TypeName string
	State    *tfprotov6.DynamicValue
	Private  []byte
}

// PlanOf plans a change of an instance to a configuration, as Terraform does; nil destroys it. The private state is the
// instance's own.
func (p Protocol) PlanOf(i Instance, config Fields) *tfprotov6.PlanResourceChangeResponse {
	p.T.Helper()
	objectType := p.StateType(i.TypeName)
	if config == nil {
		return p.PlanValue(i, tftypes.NewValue(objectType, nil))
	}
	return p.PlanValue(i, Encode(p.T, objectType, config))
}

// PlanValue is PlanOf for a configuration that is encoded.
func (p Protocol) PlanValue(i Instance, value tftypes.Value) *tfprotov6.PlanResourceChangeResponse {
	p.T.Helper()
	objectType := p.StateType(i.TypeName)
	proposed := value
	if !value.IsNull() {
		if i.State != nil { // What only the server decides stays as it was.
			var wanted, held map[string]tftypes.Value
			Must(p.T, value.As(&wanted))
			wanted = maps.Clone(wanted)
			prior, err := i.State.Unmarshal(objectType)
			Must(p.T, err)
			Must(p.T, prior.As(&held))
			for _, attribute := range p.Schemas.ResourceSchemas[i.TypeName].Block.Attributes {
				if attribute.Computed && wanted[attribute.Name].IsNull() {
					wanted[attribute.Name] = held[attribute.Name]
				}
			}
			proposed = tftypes.NewValue(objectType, wanted)
		}
	}
	resp, err := p.Server.PlanResourceChange(p.T.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: i.TypeName, PriorState: p.stateOf(i), PriorPrivate: i.Private,
		Config: p.Encoded(objectType, value), ProposedNewState: p.Encoded(objectType, proposed),
	})
	Must(p.T, err)
	return resp
}

// ApplyOf applies what was planned for an instance. What is left of it is the instance returned.
func (p Protocol) ApplyOf(i Instance, plan *tfprotov6.PlanResourceChangeResponse, config Fields) (Instance, []*tfprotov6.Diagnostic) {
	p.T.Helper()
	objectType := p.StateType(i.TypeName)
	value := tftypes.NewValue(objectType, nil)
	if config != nil {
		value = Encode(p.T, objectType, config)
	}
	resp, err := p.Server.ApplyResourceChange(p.T.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: i.TypeName, PriorState: p.stateOf(i), PlannedState: plan.PlannedState, PlannedPrivate: plan.PlannedPrivate,
		Config: p.Encoded(objectType, value),
	})
	Must(p.T, err)
	return Instance{i.TypeName, resp.NewState, resp.Private}, resp.Diagnostics
}

// Made plans and applies a new instance.
func (p Protocol) Made(typeName string, config Fields) (Instance, []*tfprotov6.Diagnostic) {
	p.T.Helper()
	plan := p.PlanOf(Instance{TypeName: typeName}, config)
	p.NoErrors(plan.Diagnostics)
	return p.ApplyOf(Instance{TypeName: typeName}, plan, config)
}

// Imported imports an object by its id and reads it.
func (p Protocol) Imported(typeName, id string) Instance {
	p.T.Helper()
	resp, err := p.Server.ImportResourceState(p.T.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: typeName, ID: id})
	Must(p.T, err)
	p.NoErrors(resp.Diagnostics)
	i := Instance{typeName, resp.ImportedResources[0].State, resp.ImportedResources[0].Private}
	return p.Refreshed(i)
}

// Generated is the configuration that Terraform is given for an instance when it generates one.
func (p Protocol) Generated(i Instance) tftypes.Value {
	p.T.Helper()
	if !p.Schemas.ServerCapabilities.GenerateResourceConfig {
		p.T.Fatal("Terraform would not ask for the configuration")
	}
	resp, err := p.Server.GenerateResourceConfig(p.T.Context(), &tfprotov6.GenerateResourceConfigRequest{TypeName: i.TypeName, State: i.State})
	Must(p.T, err)
	p.NoErrors(resp.Diagnostics)
	config, err := resp.Config.Unmarshal(p.StateType(i.TypeName))
	Must(p.T, err)
	return config
}

// Refreshed reads an instance.
func (p Protocol) Refreshed(i Instance) Instance {
	p.T.Helper()
	resp := p.Read(i.TypeName, i.State, nil, i.Private)
	return Instance{i.TypeName, resp.NewState, resp.Private}
}

func (p Protocol) stateOf(i Instance) *tfprotov6.DynamicValue {
	if i.State != nil {
		return i.State
	}
	objectType := p.StateType(i.TypeName)
	return p.Encoded(objectType, tftypes.NewValue(objectType, nil))
}

// Encoded is a value on the wire.
func (p Protocol) Encoded(objectType tftypes.Type, value tftypes.Value) *tfprotov6.DynamicValue {
	p.T.Helper()
	encoded, err := tfprotov6.NewDynamicValue(objectType, value)
	Must(p.T, err)
	return &encoded
}

// AttributesOf decodes the texts of an instance's state, and is nil for none.
func (p Protocol) AttributesOf(i Instance) map[string]string {
	p.T.Helper()
	return p.Texts(p.StateType(i.TypeName), i.State)
}

// Written writes diagnostics, one a line.
func Written(diagnostics []*tfprotov6.Diagnostic) string {
	var lines []string
	for _, d := range diagnostics {
		lines = append(lines, fmt.Sprintf("%s at %q: %s: %s", d.Severity, AttributeOf(d), d.Summary, d.Detail))
	}
	return strings.Join(lines, "\n")
}

// ErrorsIn counts the errors among diagnostics.
func ErrorsIn(diagnostics []*tfprotov6.Diagnostic) (n int) {
	for _, d := range diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			n++
		}
	}
	return n
}

// Fields is a configuration, or a nested object of one.
type Fields = map[string]any

// Encode encodes a value of any type; what an object leaves out is null.
func Encode(t testing.TB, as tftypes.Type, given any) tftypes.Value {
	t.Helper()
	switch given := given.(type) {
	case nil:
		return tftypes.NewValue(as, nil)
	case Unknown:
		return tftypes.NewValue(as, tftypes.UnknownValue)
	case Fields:
		values := map[string]tftypes.Value{}
		if object, ok := as.(tftypes.Object); ok {
			for name, attributeType := range object.AttributeTypes {
				values[name] = Encode(t, attributeType, given[name])
			}
		} else {
			for key, element := range given {
				values[key] = Encode(t, as.(tftypes.Map).ElementType, element)
			}
		}
		return tftypes.NewValue(as, values)
	case []any:
		elements := make([]tftypes.Value, len(given))
		for i, element := range given {
			elements[i] = Encode(t, elementType(as), element)
		}
		return tftypes.NewValue(as, elements)
	}
	return tftypes.NewValue(as, given)
}

// elementType is that of a set or a list.
func elementType(of tftypes.Type) tftypes.Type {
	if list, ok := of.(tftypes.List); ok {
		return list.ElementType
	}
	return of.(tftypes.Set).ElementType
}

// AttributeOf is the attribute that a diagnostic is about, as one writes it.
func AttributeOf(d *tfprotov6.Diagnostic) string {
	var b strings.Builder
	for _, step := range d.Attribute.Steps() {
		switch step := step.(type) {
		case tftypes.AttributeName:
			b.WriteString("." + string(step))
		case tftypes.ElementKeyString:
			fmt.Fprintf(&b, "[%q]", string(step))
		default:
			fmt.Fprintf(&b, "[%v]", step)
		}
	}
	return strings.TrimPrefix(b.String(), ".")
}

// ReadData reads a data source as Terraform does.
func (p Protocol) ReadData(typeName string, config Fields) (*tfprotov6.DynamicValue, []*tfprotov6.Diagnostic) {
	p.T.Helper()
	objectType := p.Schemas.DataSourceSchemas[typeName].ValueType()
	encoded, err := tfprotov6.NewDynamicValue(objectType, p.Values(objectType, config))
	Must(p.T, err)
	resp, err := p.Server.ReadDataSource(p.T.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: typeName, Config: &encoded})
	Must(p.T, err)
	return resp.State, resp.Diagnostics
}

// Attributes decodes the attributes of a data source.
func (p Protocol) Attributes(typeName string, state *tfprotov6.DynamicValue) map[string]tftypes.Value {
	p.T.Helper()
	value, err := state.Unmarshal(p.Schemas.DataSourceSchemas[typeName].ValueType())
	Must(p.T, err)
	var attributes map[string]tftypes.Value
	Must(p.T, value.As(&attributes))
	return attributes
}

// Invoke plans and invokes an action, and returns its progress and the errors, one a line.
func (p Protocol) Invoke(typeName string, config Fields) (progress, problems string) {
	p.T.Helper()
	actions, ok := p.Server.(tfprotov6.ActionServer)
	if !ok {
		p.T.Fatal("the provider has no actions")
	}
	objectType := p.Schemas.ActionSchemas[typeName].Schema.ValueType()
	encoded := p.Encoded(objectType, Encode(p.T, objectType, config))
	plan, err := actions.PlanAction(p.T.Context(), &tfprotov6.PlanActionRequest{ActionType: typeName, Config: encoded})
	Must(p.T, err)
	if ErrorsIn(plan.Diagnostics) > 0 {
		return "", Written(plan.Diagnostics)
	}
	stream, err := actions.InvokeAction(p.T.Context(), &tfprotov6.InvokeActionRequest{ActionType: typeName, Config: encoded})
	Must(p.T, err)
	for event := range stream.Events {
		switch event := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			progress += event.Message + "\n"
		case tfprotov6.CompletedInvokeActionEventType:
			problems += Written(event.Diagnostics)
		}
	}
	return progress, problems
}

// Listed is one object of a list. State is nil unless it was asked for.
type Listed struct {
	Name     string
	Identity map[string]string
	State    map[string]tftypes.Value
}

// List lists objects with their states as Terraform does, and returns what comes with them in the order in which it comes. A limit of 0 is none.
func (p Protocol) List(typeName string, config Fields, limit int64) (all []Listed, diagnostics []*tfprotov6.Diagnostic) {
	p.T.Helper()
	server, ok := p.Server.(tfprotov6.ListResourceServer)
	if !ok {
		p.T.Fatal("the provider has no list resources")
	}
	schema, ok := p.Schemas.ListResourceSchemas[typeName]
	if !ok {
		p.T.Fatalf("%s cannot be listed", typeName)
	}
	objectType := schema.ValueType()
	value := tftypes.NewValue(objectType, nil) // There is no config block.
	if config != nil {
		value = Encode(p.T, objectType, config)
	}
	stream, err := server.ListResource(p.T.Context(), &tfprotov6.ListResourceRequest{
		TypeName: typeName, Config: p.Encoded(objectType, value), IncludeResource: true, Limit: limit,
	})
	Must(p.T, err)
	for result := range stream.Results {
		diagnostics = append(diagnostics, result.Diagnostics...)
		if result.Identity == nil {
			continue
		}
		listed := Listed{Name: result.DisplayName, Identity: p.Texts(p.IdentityType(typeName), result.Identity.IdentityData)}
		state, err := result.Resource.Unmarshal(p.StateType(typeName))
		Must(p.T, err)
		Must(p.T, state.As(&listed.State))
		all = append(all, listed)
	}
	return all, diagnostics
}

// Names are the display names of listed objects.
func Names(all []Listed) []string {
	names := make([]string, len(all))
	for i, listed := range all {
		names[i] = listed.Name
	}
	return names
}
