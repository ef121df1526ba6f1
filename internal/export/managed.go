package export

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// Managed are the addresses of what Terraform manages already, by type and import id. An address is "" if the configuration cannot
// refer to it, because it is in another module.
type Managed map[string]map[string]string

// module is a module in what "terraform show -json" prints, with the values that are of interest.
type module struct {
	Resources []struct {
		Address, Mode, Type string
		Values              struct {
			ID string `json:"id"`
		}
	} `json:"resources"`
	ChildModules []module `json:"child_modules"`
}

// ReadManaged reads what "terraform show -json" or "tofu show -json" has printed of a state. Nothing of it gets into errors: a
// state may hold secrets.
func ReadManaged(from io.Reader) (Managed, error) {
	var state struct {
		FormatVersion string `json:"format_version"`
		Values        struct {
			RootModule module `json:"root_module"`
		} `json:"values"`
		ResourceChanges json.RawMessage `json:"resource_changes"`
	}
	switch err := json.NewDecoder(from).Decode(&state); {
	case err != nil, state.FormatVersion == "":
		return nil, errors.New("this is not what terraform show -json prints")
	case state.ResourceChanges != nil:
		return nil, errors.New("this is a plan, not a state; print the state with terraform show -json, without a file")
	}
	managed := Managed{}
	managed.add(state.Values.RootModule, true)
	return managed, nil
}

func (m Managed) add(in module, isRoot bool) {
	for _, resource := range in.Resources {
		if resource.Mode != "managed" || !strings.HasPrefix(resource.Type, "kamiwaza_") || resource.Values.ID == "" {
			continue
		}
		if m[resource.Type] == nil {
			m[resource.Type] = map[string]string{}
		}
		address := ""
		if isRoot {
			address = resource.Address
		}
		m[resource.Type][resource.Values.ID] = address
	}
	for _, child := range in.ChildModules {
		m.add(child, false)
	}
}

func (m Managed) has(typeName, id string) bool {
	_, ok := m[typeName][id]
	return ok
}

// labels are the names that addresses of the type have already.
func (m Managed) labels(typeName string) map[string]bool {
	labels := map[string]bool{}
	for _, address := range m[typeName] {
		name, _, _ := strings.Cut(strings.TrimPrefix(address, typeName+"."), "[")
		labels[name] = true
	}
	return labels
}
