package gateway

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// Attribute is an attribute that subjects may have, as the API answers it.
type Attribute struct {
	Name          string                     `json:"name"`
	Type          string                     `json:"type"`
	State         string                     `json:"state"`
	Authority     string                     `json:"authority"`
	Sensitive     bool                       `json:"sensitive"`
	SchemaVersion string                     `json:"schema_version"`
	DeclaredAt    authserver.ZonedTimestamp  `json:"declared_at"`
	DeprecatedAt  *authserver.ZonedTimestamp `json:"deprecated_at"`
	WithdrawnAt   *authserver.ZonedTimestamp `json:"withdrawn_at"`
	DeclaredBy    *string                    `json:"declared_by"`
}

// The states of an attribute.
const (
	attributeDeclared   = "declared"
	attributeDeprecated = "deprecated"
	attributeWithdrawn  = "withdrawn"
)

var (
	attributeTypes       = []string{"string", "int", "bool", "string[]"}
	attributeStates      = []string{attributeDeclared, attributeDeprecated, attributeWithdrawn}
	attributeAuthorities = []string{"local_admin", "self", "mesh_peer", "system"}
)

// isShaped reports whether two attributes differ in name and state alone.
func (a Attribute) isShaped(like Attribute) bool {
	return a.Type == like.Type && a.Authority == like.Authority && a.Sensitive == like.Sensitive && a.SchemaVersion == like.SchemaVersion
}

func (s *service) listAttributes(in *call) (any, error) {
	deprecated := queryFlag(in, "include_deprecated") || !in.URL.Query().Has("include_deprecated")
	list := []Attribute{}
	for _, a := range s.attributes.SeeAll() {
		if a.State == attributeDeclared || a.State == attributeDeprecated && deprecated {
			list = append(list, a)
		}
	}
	return map[string]any{"attributes": list, "schema_version": "v0.3.6"}, in.Refused()
}

// declareAttribute declares an attribute, or one that is deprecated again. Its shape stays.
func (s *service) declareAttribute(in *call) (any, error) {
	declared := Attribute{
		Name: pathName(in, "name", 255), State: attributeDeclared, Authority: "local_admin", SchemaVersion: "1.0",
		DeclaredBy: &in.caller.SubjectID,
	}
	body, err := in.Created()
	if err != nil {
		return nil, err
	}
	body.Choice("type", &declared.Type, attributeTypes...)
	body.Flag("sensitive", &declared.Sensitive)
	body.Choice("authority", &declared.Authority, attributeAuthorities...)
	if body.Has("schema_version") {
		body.Name("schema_version", &declared.SchemaVersion)
	}
	if err := in.Refused(); err != nil {
		return nil, err
	}
	err = s.Store.Write(func() error {
		declared.DeclaredAt = *s.now()
		before, missing := s.attributes.Get(declared.Name)
		switch {
		case missing != nil:
		case before.State == attributeWithdrawn:
			if err := s.behavior.AttributeReuse.Refuse("The attribute %s was withdrawn; its name cannot be used again", declared.Name); err != nil {
				return err
			}
		case !before.isShaped(declared):
			return s.refuse(http.StatusBadRequest, "shape_change_on_declared", "The shape of a declared attribute cannot change")
		default:
			declared.DeclaredAt, declared.DeclaredBy = before.DeclaredAt, before.DeclaredBy
		}
		return s.attributes.Put(declared)
	})
	return declared, err
}

// holders are the subjects that have a value of an attribute.
func (s *service) holders(name string) []storedSubject {
	return slices.DeleteFunc(s.subjects.All(), func(of storedSubject) bool { return of.Attributes[name] == nil })
}

// withdrawAttribute deprecates an attribute or, if it is forced to, withdraws it, with the values that subjects have.
func (s *service) withdrawAttribute(in *call) (any, error) {
	name, force, holding := in.PathValue("name"), queryFlag(in, "force"), queryInt(in, "subjects_holding_value", 0, 0, 0)
	if err := in.Refused(); err != nil {
		return nil, err
	}
	var state string
	err := s.Store.Write(func() error {
		found, err := s.attributes.Get(name)
		if err == nil && found.State == attributeWithdrawn {
			err = authserver.Refuse(http.StatusNotFound, "Attribute not found")
		}
		if err != nil {
			return err
		}
		held := s.holders(name)
		switch holding = max(holding, len(held)); {
		case force:
			found.State, found.WithdrawnAt = attributeWithdrawn, s.now()
			for _, of := range held {
				of.Attributes = maps.Clone(of.Attributes)
				delete(of.Attributes, name)
				if err := s.subjects.Put(of); err != nil {
					return err
				}
			}
		case holding > 0:
			return authserver.Refuse(http.StatusConflict, "%d subjects hold a value of the attribute; withdraw it with force", holding)
		case found.State == attributeDeclared:
			found.State, found.DeprecatedAt = attributeDeprecated, s.now()
		}
		state = found.State
		return s.attributes.Put(found)
	})
	return map[string]any{"state": state, "subjects_holding_value": holding}, err
}

// checkAttributes returns the attributes of a subject as Keycloak keeps them: a list of one is its item, and what is null or an
// empty list is not kept. It refuses what is not declared, and values of another type.
func (s *service) checkAttributes(given map[string]json.RawMessage) (map[string]json.RawMessage, error) {
	kept := map[string]json.RawMessage{}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		declared, err := s.attributes.Get(name)
		if err != nil || declared.State == attributeWithdrawn {
			return nil, s.refuse(http.StatusBadRequest, "attribute_not_registered", "The attribute "+name+" is not declared")
		}
		scalar, ok := storedValue(declared.Type, given[name])
		if !ok {
			return nil, authserver.Refuse(http.StatusUnprocessableEntity, "The attribute %s must be of the type %s", name, declared.Type)
		}
		if scalar != nil {
			kept[name] = scalar
		}
	}
	return kept, nil
}

// storedValue returns a value as it is kept, or nil for none, and reports whether it has the type.
func storedValue(kind string, value json.RawMessage) (json.RawMessage, bool) {
	if string(value) == "null" {
		return nil, true
	}
	var list []*string
	if kind == "string[]" && json.Unmarshal(value, &list) == nil {
		switch {
		case slices.Contains(list, nil):
			return nil, false
		case len(list) == 0:
			return nil, true
		case len(list) == 1:
			return authserver.Encode(list[0]), true
		}
		return authserver.Encode(list), true
	}
	into := map[string]any{"string": new(string), "string[]": new(string), "int": new(int64), "bool": new(bool)}[kind]
	if json.Unmarshal(value, into) != nil {
		return nil, false
	}
	return authserver.Encode(into), true
}
