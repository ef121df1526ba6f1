package review

import (
	"encoding/json"
	"fmt"
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
	if known, ok := p.scopes[address]; ok {
		return known
	}
	at := &scope{module: p.root}
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
		at = next
		p.scopes[at.address] = at
	}
	p.scopes[address] = at
	return at
}

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

// candidates are the created instances of the types that references may lead to. byKey says that one of these was chosen by its key.
func (p *Plan) candidates(s *scope, references []string, key any, types []string, depth int) []*instance {
	if s == nil || depth > 20 {
		return nil
	}
	var found []*instance
	add := func(in *instance) {
		if in.creates() && slices.Contains(types, in.Type) && !slices.Contains(found, in) {
			found = append(found, in)
		}
	}
	usesKey := slices.Contains(references, "each.key") || slices.Contains(references, "count.index")
	for i, reference := range references {
		if isPrefixed(references[:i], reference) {
			continue // Terraform lists a.b.c as a.b.c, a.b and a.
		}
		kind, name, _ := strings.Cut(reference, ".")
		switch {
		case kind == "var" && s.parent != nil:
			name, _, _ = strings.Cut(name, ".")
			if argument := s.call.Expressions[name]; argument != nil && argument.ExpressionData != nil {
				for _, in := range p.candidates(s.parent, argument.References, s.key, types, depth+1) {
					add(in)
				}
			}
		case kind == "module":
			for _, in := range p.outputs(s, reference, key, usesKey, types, depth) {
				add(in)
			}
		case slices.Contains(types, kind):
			for _, in := range p.named(s, reference, key, usesKey) {
				add(in)
			}
		}
	}
	return found
}

// isPrefixed tells whether one of the references goes on where another ends.
func isPrefixed(references []string, reference string) bool {
	return slices.ContainsFunc(references, func(longer string) bool {
		return strings.HasPrefix(longer, reference) && len(longer) > len(reference) && strings.ContainsRune(".[", rune(longer[len(reference)]))
	})
}

// named are the instances that a reference to a resource, an instance or an attribute of one may mean.
func (p *Plan) named(s *scope, reference string, key any, usesKey bool) []*instance {
	parts := resourceReference.FindStringSubmatch(reference)
	if parts == nil {
		return nil
	}
	resource := s.join(parts[1])
	instances := p.byResource[resource]
	switch {
	case parts[2] != "":
		key, usesKey = keyOf(parts[2]), true
	case !usesKey:
		return instances
	}
	if chosen := p.byKey[resourceKey{resource, key}]; chosen != nil {
		return []*instance{chosen}
	}
	return instances
}

// resourceReference is a resource, and the index if there is one.
var resourceReference = regexp.MustCompile(`^([^.]+\.[^.\[]+)(\[(?:"(?:[^"\\]|\\.)*"|[0-9]+)\])?`)

// resourceKey is an instance by the address of its resource and its key, nil for none.
type resourceKey struct {
	resource string
	key      any
}

// outputs are the instances that a reference to a module's output may mean.
func (p *Plan) outputs(s *scope, reference string, key any, usesKey bool, types []string, depth int) []*instance {
	step := moduleStep.FindStringSubmatch(reference)
	if step == nil {
		return nil
	}
	call := s.module.ModuleCalls[step[1]]
	if call == nil || call.Module == nil {
		return nil
	}
	name, _, _ := strings.Cut(reference[len(step[0]):], ".")
	var found []*instance
	for output, described := range call.Module.Outputs {
		if name != "" && output != name || described.Expression == nil || described.Expression.ExpressionData == nil {
			continue
		}
		for _, inside := range p.instancesOf(s.join("module."+step[1]), step[2], key, usesKey) {
			found = append(found, p.candidates(inside, described.Expression.References, nil, types, depth+1)...)
		}
	}
	return found
}

// instancesOf are the instances of a module call that have resources: that with the index, such as ["a"], or all.
func (p *Plan) instancesOf(call, index string, key any, usesKey bool) []*scope {
	if index != "" {
		key, usesKey = keyOf(index), true
	}
	var all []*scope
	for address, at := range p.scopes {
		rest, ok := strings.CutPrefix(address, call)
		switch {
		case !ok, rest != "" && (rest[0] != '[' || keyOf(rest) == nil):
		case usesKey && at.key == key:
			return []*scope{at}
		default:
			all = append(all, at)
		}
	}
	return all
}

// resolve returns the ids that n unknown elements of an argument stand for, or why that is not known.
func (p *Plan) resolve(in *instance, argument string, n int, types ...string) (ids []string, reason string) {
	references := []string{}
	if in.config != nil {
		if expression := in.config.Expressions[argument]; expression != nil && expression.ExpressionData != nil {
			references = expression.References
		}
	}
	found := p.candidates(in.scope, references, in.Index, types, 0)
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
