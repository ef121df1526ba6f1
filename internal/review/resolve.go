package review

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/english"
)

// A plan does not know the ids of what it creates. Its configuration says which resources an argument refers to, though not how: an argument
// that is not known stands for an instance that is created, and if the references lead to just one of these, for that one.

// scope is a module instance.
type scope struct {
	address string // "" for the root module
	key     any    // of the module instance: each.key in the arguments of the call
	module  *tfjson.ConfigModule
	call    *tfjson.ModuleCall
	parent  *scope
}

// moduleStep is one step of a module's address: the name and the key, if it has one.
var moduleStep = regexp.MustCompile(`^module\.([^.\["]+)(\[(?:"((?:[^"\\]|\\.)*)"|[0-9]+)\])?\.?`)

// scopeOf finds the module of an address; nil if the configuration has none such.
func (p *Plan) scopeOf(address string) *scope {
	if known := p.scopes[address]; known != nil {
		return known
	}
	at := p.enter(&scope{module: p.root})
	for rest := address; rest != ""; {
		step := moduleStep.FindStringSubmatch(rest)
		if step == nil {
			return nil
		}
		call := at.module.ModuleCalls[step[1]]
		if call == nil || call.Module == nil {
			return nil
		}
		rest = rest[len(step[0]):]
		next := &scope{address: strings.TrimSuffix(strings.TrimSuffix(address, rest), "."), module: call.Module, call: call, parent: at}
		if step[2] != "" {
			next.key = keyOf(step[2])
		}
		at = p.enter(next)
	}
	return at
}

// enter returns the module instance that is known already by the address, or makes this one known.
func (p *Plan) enter(s *scope) *scope {
	if known := p.scopes[s.address]; known != nil {
		return known
	}
	p.scopes[s.address] = s
	call := s.callAddress()
	p.calls[call] = append(p.calls[call], s)
	return s
}

// callAddress is the address of the module call: without the key.
func (s *scope) callAddress() string {
	return strings.TrimSuffix(s.address, lastIndex.FindString(s.address))
}

var lastIndex = regexp.MustCompile(`\[(?:"(?:[^"\\]|\\.)*"|[0-9]+)\]$`)

// keyOf is the key in an index such as ["a"] or [0].
func keyOf(index string) (key any) {
	_ = json.Unmarshal([]byte(strings.Trim(index, "[]")), &key) // Terraform quotes like JSON, but for characters that no key here has.
	return key
}

// resource finds a resource of the module; nil if there is none such.
func (s *scope) resource(typeName, name string) *tfjson.ConfigResource {
	for _, config := range s.module.Resources {
		if config.Mode == tfjson.ManagedResourceMode && config.Type == typeName && config.Name == name {
			return config
		}
	}
	return nil
}

// join is the address of something in the module.
func (s *scope) join(address string) string {
	if s.address == "" {
		return address
	}
	return s.address + "." + address
}

// each is the key of an instance of a resource or a module, and those of all its instances.
type each struct {
	key  any
	keys map[any]bool
}

// chooses tells whether references mean the instance with the same key among those with other keys: only if they use the key and nothing
// else, and both have the same keys. A text made of the key would lead outside them.
func (e each) chooses(references []string, others map[any]bool) bool {
	return e.key != nil && len(references) == 2 && (slices.Contains(references, "each.key") || slices.Contains(references, "count.index")) && maps.Equal(e.keys, others)
}

// candidates are the created instances of the types that references in a module may lead to.
func (p *Plan) candidates(s *scope, references []string, e each, types []string, depth int) []*instance {
	if s == nil || depth > 20 {
		return nil
	}
	var found []*instance
	add := func(all []*instance) {
		for _, in := range all {
			if in.creates() && slices.Contains(types, in.Type) && !slices.Contains(found, in) {
				found = append(found, in)
			}
		}
	}
	references = withoutPrefixes(references)
	for _, reference := range references {
		kind, name, _ := strings.Cut(reference, ".")
		switch {
		case kind == "var" && s.parent != nil:
			name, _, _ = strings.Cut(name, ".")
			if argument := s.call.Expressions[name]; argument != nil && argument.ExpressionData != nil {
				add(p.candidates(s.parent, argument.References, p.eachOf(s), types, depth+1))
			}
		case kind == "module":
			for _, output := range p.outputs(s, reference, references, e) {
				add(p.candidates(output.scope, output.references, each{}, types, depth+1))
			}
		case slices.Contains(types, kind):
			add(p.named(s, reference, references, e))
		}
	}
	return found
}

// eachOf is the key of a module instance.
func (p *Plan) eachOf(s *scope) each { return each{s.key, keysOfCall(p.calls[s.callAddress()])} }

// keysOfCall are the keys of the instances of a module call.
func keysOfCall(instances []*scope) map[any]bool {
	keys := map[any]bool{}
	for _, s := range instances {
		keys[s.key] = true
	}
	return keys
}

// withoutPrefixes leaves out references that others go on from: Terraform lists a.b.c as a.b.c, a.b and a.
func withoutPrefixes(references []string) []string {
	var all []string
	for i, reference := range references {
		if !isPrefixed(references[:i], reference) {
			all = append(all, reference)
		}
	}
	return all
}

// isPrefixed tells whether one of the references goes on where another ends.
func isPrefixed(references []string, reference string) bool {
	return slices.ContainsFunc(references, func(longer string) bool {
		return strings.HasPrefix(longer, reference) && len(longer) > len(reference) && strings.ContainsRune(".[", rune(longer[len(reference)]))
	})
}

// named are the instances that a reference to a resource, an instance or an attribute of one may mean.
func (p *Plan) named(s *scope, reference string, references []string, e each) []*instance {
	parts := resourceReference.FindStringSubmatch(reference)
	if parts == nil {
		return nil
	}
	resource := s.join(parts[1])
	key := e.key
	switch {
	case parts[2] != "":
		key = keyOf(parts[2])
	case !e.chooses(references, p.keysOf(resource)):
		return p.byResource[resource]
	}
	if chosen := p.byKey[resourceKey{resource, key}]; chosen != nil {
		return []*instance{chosen}
	}
	return nil
}

// keysOf are the keys of the instances of a resource.
func (p *Plan) keysOf(resource string) map[any]bool {
	if p.keys[resource] == nil {
		p.keys[resource] = map[any]bool{}
		for _, in := range p.byResource[resource] {
			p.keys[resource][in.Index] = true
		}
	}
	return p.keys[resource]
}

// resourceReference is a resource, and the index if there is one.
var resourceReference = regexp.MustCompile(`^([^.]+\.[^.\[]+)(\[(?:"(?:[^"\\]|\\.)*"|[0-9]+)\])?`)

// resourceKey is an instance by the address of its resource and its key, nil for none.
type resourceKey struct {
	resource string
	key      any
}

// output is an output of a module instance.
type output struct {
	scope      *scope
	references []string
}

// outputs are those that a reference to a module may mean.
func (p *Plan) outputs(s *scope, reference string, references []string, e each) []output {
	step := moduleStep.FindStringSubmatch(reference)
	if step == nil {
		return nil
	}
	call := p.calls[strings.TrimPrefix(s.address+".", ".")+"module."+step[1]]
	key, chooses := e.key, e.chooses(references, keysOfCall(call))
	if step[2] != "" {
		key, chooses = keyOf(step[2]), true
	}
	name, _, _ := strings.Cut(reference[len(step[0]):], ".")
	var found []output
	for _, inside := range call {
		if chooses && inside.key != key {
			continue
		}
		for called, described := range inside.module.Outputs {
			if (name == "" || called == name) && described.Expression != nil && described.Expression.ExpressionData != nil {
				found = append(found, output{inside, described.Expression.References})
			}
		}
	}
	return found
}

// resolve returns the ids that n unknown elements of an argument stand for, or why that is not known.
func (p *Plan) resolve(in *instance, argument string, n int, types ...string) (ids []string, reason string) {
	references := []string{}
	if in.config != nil {
		if expression := in.config.Expressions[argument]; expression != nil && expression.ExpressionData != nil {
			references = expression.References
		}
	}
	found := p.candidates(in.scope, references, each{in.Index, p.keysOf(in.resource)}, types, 0)
	if len(found) == n {
		for _, candidate := range found {
			ids = append(ids, candidate.id)
		}
		return ids, ""
	}
	if len(found) == 0 {
		return nil, "the configuration does not name the resource"
	}
	addresses := make([]string, len(found))
	for i, candidate := range found {
		addresses[i] = candidate.Address
	}
	slices.Sort(addresses)
	if n > len(found) {
		return nil, fmt.Sprintf("the configuration names %s, and more that is not known", strings.Join(addresses, ", "))
	}
	return nil, fmt.Sprintf("it is %d of %s", n, english.Alternatives(addresses))
}
