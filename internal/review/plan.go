package review

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/snapshot"
)

// Plan is a plan of Terraform or OpenTofu, as far as it is about Kamiwaza.
type Plan struct {
	instances []*instance
	// byResource is by the address without the key.
	byResource map[string][]*instance
	byKey      map[resourceKey]*instance
	keys       map[string]map[any]bool // of each resource that was asked for
	scopes     map[string]*scope       // by address
	calls      map[string][]*scope     // the instances of each module call
	deferred   []*tfjson.DeferredResourceChange
	actions    []*tfjson.ActionInvocation
	root       *tfjson.ConfigModule
}

// instance is a resource instance of the plan.
type instance struct {
	*tfjson.ResourceChange
	before, after, unknown map[string]any
	config                 *tfjson.ConfigResource // nil if it is not in the configuration any more
	scope                  *scope
	// resource is the address without the key.
	resource string
	// id stands for the object's id, which is not known yet if the plan creates it.
	id string
}

const typePrefix = "kamiwaza_"

// Read reads what "terraform show -json PLAN" or "tofu show -json PLAN" has printed. If the plan uses several configurations of the provider,
// provider chooses the one that the snapshot is of, such as "kamiwaza.europe". The errors quote nothing of the plan, which may hold secrets.
func Read(from io.Reader, provider string) (*Plan, error) {
	text, err := io.ReadAll(from)
	if err != nil {
		return nil, err
	}
	var kind struct {
		FormatVersion   string          `json:"format_version"`
		Errored         bool            `json:"errored"`
		ResourceChanges json.RawMessage `json:"resource_changes"`
		PlannedValues   json.RawMessage `json:"planned_values"`
	}
	switch err := json.Unmarshal(text, &kind); {
	case len(bytes.TrimSpace(text)) == 0:
		return nil, errors.New("there is no plan; see whether the command that should print it has failed")
	case err != nil, kind.FormatVersion == "":
		return nil, errors.New("this is not what terraform show -json prints of a plan")
	case kind.ResourceChanges == nil && kind.PlannedValues == nil:
		return nil, errors.New("this is a state, not a plan; print the plan with terraform show -json PLAN")
	case kind.Errored:
		return nil, errors.New("this plan has failed, so it does not say all that would change")
	}
	var read tfjson.Plan
	if err := json.Unmarshal(text, &read); err != nil {
		return nil, fmt.Errorf("this plan has the format %s, which this program cannot read; use a later release", kind.FormatVersion)
	}
	plan := &Plan{
		byResource: map[string][]*instance{}, byKey: map[resourceKey]*instance{}, keys: map[string]map[any]bool{}, scopes: map[string]*scope{}, calls: map[string][]*scope{},
		deferred: read.DeferredChanges, actions: read.ActionInvocations, root: &tfjson.ConfigModule{},
	}
	if read.Config != nil && read.Config.RootModule != nil {
		plan.root = read.Config.RootModule
	}
	for _, change := range read.ResourceChanges {
		if change == nil || change.Mode != tfjson.ManagedResourceMode || !strings.HasPrefix(change.Type, typePrefix) || change.Change == nil {
			continue
		}
		switch change.Index.(type) {
		case nil, string, float64:
			plan.add(change)
		default:
			return nil, errors.New("this plan has an instance whose key is neither a text nor a number")
		}
	}
	return plan, plan.choose(provider)
}

func (p *Plan) add(change *tfjson.ResourceChange) {
	in := &instance{ResourceChange: change, before: mapOf(change.Change.Before), after: mapOf(change.Change.After), unknown: mapOf(change.Change.AfterUnknown)}
	in.resource = strings.TrimPrefix(change.ModuleAddress+"."+change.Type+"."+change.Name, ".")
	in.scope = p.scopeOf(change.ModuleAddress)
	if in.scope != nil {
		in.config = in.scope.resource(change.Type, change.Name)
	}
	in.id = text(in.after["id"])
	if in.id == "" {
		in.id = change.Address // It is unique, and is no id.
	}
	p.instances = append(p.instances, in)
	if change.DeposedKey == "" {
		p.byResource[in.resource] = append(p.byResource[in.resource], in)
		p.byKey[resourceKey{in.resource, change.Index}] = in
	}
}

// choose leaves out instances of other configurations of the provider.
func (p *Plan) choose(provider string) error {
	var found []string
	of := func(in *instance) string {
		if in.config == nil {
			return "" // Only the state knows.
		}
		_, name, inModule := strings.Cut(in.config.ProviderConfigKey, ":")
		if !inModule {
			name = in.config.ProviderConfigKey
		}
		return name
	}
	for _, in := range p.instances {
		if name := of(in); name != "" && !slices.Contains(found, name) {
			found = append(found, name)
		}
	}
	slices.Sort(found)
	switch {
	case provider != "" && !slices.Contains(found, provider):
		return fmt.Errorf("the plan uses no configuration of the provider that is called %q, but %s", provider, strings.Join(found, ", "))
	case provider == "" && len(found) > 1:
		return fmt.Errorf("the plan uses several configurations of the provider (%s); choose the one of this platform with -provider", strings.Join(found, ", "))
	case provider != "":
		p.instances = slices.DeleteFunc(p.instances, func(in *instance) bool { name := of(in); return name != "" && name != provider })
	}
	return nil
}

func (in *instance) creates() bool { return slices.Contains(in.Change.Actions, tfjson.ActionCreate) }

func (in *instance) deletes() bool { return slices.Contains(in.Change.Actions, tfjson.ActionDelete) }

func (in *instance) updates() bool { return slices.Contains(in.Change.Actions, tfjson.ActionUpdate) }

// configures tells whether the configuration sets an argument.
func (in *instance) configures(argument string) bool {
	return in.config != nil && in.config.Expressions[argument] != nil
}

// forgets tells whether the instance only leaves the state.
func (in *instance) forgets() bool { return slices.Contains(in.Change.Actions, tfjson.ActionForget) }

// Values of a plan, which is JSON: what is of another type is absent.

func mapOf(value any) map[string]any { m, _ := value.(map[string]any); return m }
func listOf(value any) []any         { l, _ := value.([]any); return l }
func text(value any) string          { s, _ := value.(string); return s }
func truth(value any) bool           { b, _ := value.(bool); return b }

// NeedsCaller tells whether it matters which user applies the plan: the owner of a new workroom.
func (p *Plan) NeedsCaller() bool {
	return slices.ContainsFunc(p.instances, func(in *instance) bool { return in.Type == typeWorkroom && in.creates() })
}

// Seeds are the objects of the plan that no user may lead to, so that a snapshot must look for them.
func (p *Plan) Seeds() snapshot.Seeds {
	seeds := snapshot.Seeds{}
	add := func(kind snapshot.Kind, value any) {
		if id := text(value); id != "" {
			seeds[kind] = append(seeds[kind], id)
		}
	}
	for _, in := range p.instances {
		for _, values := range []map[string]any{in.before, in.after} {
			switch in.Type {
			case typeGroup:
				add(snapshot.KindGroup, values["id"])
			case typeRole:
				add(snapshot.KindRole, values["id"])
			case typeRight:
				add(snapshot.KindRight, values["id"])
			}
			add(snapshot.KindGroup, values["group_id"])
			add(snapshot.KindRole, values["role_id"])
			add(snapshot.KindRight, values["right_id"])
			for argument, kind := range map[string]snapshot.Kind{"group_ids": snapshot.KindGroup, "role_ids": snapshot.KindRole, "right_ids": snapshot.KindRight} {
				for _, id := range listOf(values[argument]) {
					add(kind, id)
				}
			}
		}
	}
	for kind, ids := range seeds {
		slices.Sort(ids)
		seeds[kind] = slices.Compact(ids)
	}
	return seeds
}
