package provider_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// instance is one resource instance in a state; its zero state is none.
type instance struct {
	typeName string
	state    *tfprotov6.DynamicValue
	private  []byte
}

// planOf plans a change of an instance to a configuration, as Terraform does; nil destroys it. The private state is the
// instance's own.
func (p protocol) planOf(i instance, config fields) *tfprotov6.PlanResourceChangeResponse {
	p.t.Helper()
	objectType := p.stateType(i.typeName)
	value, proposed := tftypes.NewValue(objectType, nil), tftypes.NewValue(objectType, nil)
	if config != nil {
		value = encode(p.t, objectType, config)
		proposed = value
		if i.state != nil { // What only the server decides stays as it was.
			var wanted, held map[string]tftypes.Value
			must(p.t, value.As(&wanted))
			wanted = maps.Clone(wanted)
			prior, err := i.state.Unmarshal(objectType)
			must(p.t, err)
			must(p.t, prior.As(&held))
			for _, attribute := range p.schemas.ResourceSchemas[i.typeName].Block.Attributes {
				if attribute.Computed && wanted[attribute.Name].IsNull() {
					wanted[attribute.Name] = held[attribute.Name]
				}
			}
			proposed = tftypes.NewValue(objectType, wanted)
		}
	}
	resp, err := p.server.PlanResourceChange(p.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: i.typeName, PriorState: p.stateOf(i), PriorPrivate: i.private,
		Config: p.encoded(objectType, value), ProposedNewState: p.encoded(objectType, proposed),
	})
	must(p.t, err)
	return resp
}

// applyOf applies what was planned for an instance. What is left of it is the instance returned.
func (p protocol) applyOf(i instance, plan *tfprotov6.PlanResourceChangeResponse, config fields) (instance, []*tfprotov6.Diagnostic) {
	p.t.Helper()
	objectType := p.stateType(i.typeName)
	value := tftypes.NewValue(objectType, nil)
	if config != nil {
		value = encode(p.t, objectType, config)
	}
	resp, err := p.server.ApplyResourceChange(p.t.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: i.typeName, PriorState: p.stateOf(i), PlannedState: plan.PlannedState, PlannedPrivate: plan.PlannedPrivate,
		Config: p.encoded(objectType, value),
	})
	must(p.t, err)
	return instance{i.typeName, resp.NewState, resp.Private}, resp.Diagnostics
}

// made plans and applies a new instance.
func (p protocol) made(typeName string, config fields) (instance, []*tfprotov6.Diagnostic) {
	p.t.Helper()
	plan := p.planOf(instance{typeName: typeName}, config)
	p.noErrors(plan.Diagnostics)
	return p.applyOf(instance{typeName: typeName}, plan, config)
}

// imported imports an object by its id and reads it.
func (p protocol) imported(typeName, id string) instance {
	p.t.Helper()
	resp, err := p.server.ImportResourceState(p.t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: typeName, ID: id})
	must(p.t, err)
	p.noErrors(resp.Diagnostics)
	i := instance{typeName, resp.ImportedResources[0].State, resp.ImportedResources[0].Private}
	return p.refreshed(i)
}

// refreshed reads an instance.
func (p protocol) refreshed(i instance) instance {
	p.t.Helper()
	resp := p.read(i.typeName, i.state, nil, i.private)
	return instance{i.typeName, resp.NewState, resp.Private}
}

func (p protocol) stateOf(i instance) *tfprotov6.DynamicValue {
	if i.state != nil {
		return i.state
	}
	objectType := p.stateType(i.typeName)
	return p.encoded(objectType, tftypes.NewValue(objectType, nil))
}

func (p protocol) encoded(objectType tftypes.Type, value tftypes.Value) *tfprotov6.DynamicValue {
	p.t.Helper()
	encoded, err := tfprotov6.NewDynamicValue(objectType, value)
	must(p.t, err)
	return &encoded
}

// attributesOf decodes the texts of an instance's state, and is nil for none.
func (p protocol) attributesOf(i instance) map[string]string {
	p.t.Helper()
	return p.texts(p.stateType(i.typeName), i.state)
}

// written writes diagnostics, one a line.
func written(diagnostics []*tfprotov6.Diagnostic) string {
	var lines []string
	for _, d := range diagnostics {
		lines = append(lines, fmt.Sprintf("%s at %q: %s: %s", d.Severity, attributeOf(d), d.Summary, d.Detail))
	}
	return strings.Join(lines, "\n")
}

// errorsIn counts the errors among diagnostics.
func errorsIn(diagnostics []*tfprotov6.Diagnostic) (n int) {
	for _, d := range diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			n++
		}
	}
	return n
}

// write replaces the configuration.
func (w workdir) write(t *testing.T, body string) {
	t.Helper()
	must(t, os.WriteFile(filepath.Join(w.dir, "main.tf"), []byte(body), 0o600))
}

// output runs the CLI and returns what it printed, as one line without frames.
func (w workdir) output(t *testing.T, exitCode int, arguments ...string) string {
	t.Helper()
	return strings.Join(strings.Fields(strings.ReplaceAll(w.terraform(t, exitCode, arguments...), "│", " ")), " ")
}

// wantWords checks what was printed.
func wantWords(t *testing.T, out string, phrases ...string) {
	t.Helper()
	for _, phrase := range phrases {
		if !says(phrase).MatchString(out) {
			t.Errorf("the output lacks %q:\n%s", phrase, out)
		}
	}
}

func rejectWords(t *testing.T, out string, phrases ...string) {
	t.Helper()
	for _, phrase := range phrases {
		if says(phrase).MatchString(out) {
			t.Errorf("the output has %q:\n%s", phrase, out)
		}
	}
}
