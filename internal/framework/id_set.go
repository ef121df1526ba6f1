package framework

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	dataschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/idlist"
)

// idSetType is the type of a set of ids, or of names, that may be large. The framework's own sets compare each element with
// each other one, in every validation and after every read, which takes minutes for 10,000 elements
// (https://github.com/hashicorp/terraform-plugin-framework/issues/1322). To Terraform this is an ordinary set of strings.
type idSetType struct{ basetypes.SetType }

// IDSetType is the type of a set of ids.
var IDSetType = idSetType{basetypes.SetType{ElemType: types.StringType}}

func (t idSetType) Equal(other attr.Type) bool {
	_, ok := other.(idSetType)
	return ok
}

func (t idSetType) ValueType(context.Context) attr.Value { return IDSet{} }

// Validate has nothing to look for: Terraform's sets have no duplicates.
func (t idSetType) Validate(context.Context, tftypes.Value, path.Path) diag.Diagnostics { return nil }

func (t idSetType) ValueFromTerraform(_ context.Context, value tftypes.Value) (attr.Value, error) {
	if value.Type() == nil || value.IsNull() {
		return IDSet{}, nil
	}
	if !value.IsKnown() {
		return IDSet{state: attr.ValueStateUnknown}, nil
	}
	var elements []tftypes.Value
	if err := value.As(&elements); err != nil {
		return nil, err
	}
	set := IDSet{state: attr.ValueStateKnown, ids: make(map[string]bool, len(elements))}
	for _, element := range elements {
		var id *string
		if !element.IsKnown() {
			set.unknownElements++
		} else if err := element.As(&id); err != nil {
			return nil, err
		} else if id == nil {
			set.nullElements++
		} else {
			set.ids[*id] = true
		}
	}
	return set, nil
}

// IDSetAttribute shows the framework nothing of a set attribute but what every attribute has, because its validation
// of set attributes insists on its own kind of values, even where there are no validators.
type IDSetAttribute struct{ schema.Attribute }

// NewIDSetAttribute returns the attribute of a resource.
func NewIDSetAttribute(attribute schema.SetAttribute) IDSetAttribute {
	attribute.CustomType = IDSetType
	return IDSetAttribute{attribute}
}

// NewIDSetDataAttribute is the same for data sources, where only the server sets it.
func NewIDSetDataAttribute(description string) IDSetAttribute {
	return IDSetAttribute{dataschema.SetAttribute{
		ElementType: types.StringType, CustomType: IDSetType, Computed: true, MarkdownDescription: description,
	}}
}

// NewIDSetArgument is an argument of data sources that they complete if it is not set.
func NewIDSetArgument(description string) IDSetAttribute {
	return IDSetAttribute{dataschema.SetAttribute{
		ElementType: types.StringType, CustomType: IDSetType, Optional: true, Computed: true, MarkdownDescription: description,
	}}
}

// IDSet is a value of idSetType. It is on purpose no basetypes.SetValuable, which is what the framework compares
// element by element.
type IDSet struct {
	state attr.ValueState
	ids   map[string]bool
	// Configurations may have elements that are null, or not known yet.
	nullElements, unknownElements int
}

// NewIDSet returns a set of these ids.
func NewIDSet(ids []string) IDSet {
	set := IDSet{state: attr.ValueStateKnown, ids: make(map[string]bool, len(ids))}
	for _, id := range ids {
		set.ids[id] = true
	}
	return set
}

// Known returns the ids in order, or nil when the set or one of its elements is not known yet.
func (s IDSet) Known() []string {
	if s.state != attr.ValueStateKnown || s.unknownElements > 0 {
		return nil
	}
	return idlist.NonNil(slices.Sorted(maps.Keys(s.ids)))
}

// NullElements returns how many elements are null.
func (s IDSet) NullElements() int { return s.nullElements }

// UnknownElements returns how many elements are not known yet.
func (s IDSet) UnknownElements() int { return s.unknownElements }

// Some returns those of the ids that are known, in order.
func (s IDSet) Some() []string { return slices.Sorted(maps.Keys(s.ids)) }

func (s IDSet) Type(context.Context) attr.Type { return IDSetType }

func (s IDSet) ToTerraformValue(ctx context.Context) (tftypes.Value, error) {
	setType := IDSetType.TerraformType(ctx)
	switch s.state {
	case attr.ValueStateKnown:
		elements := make([]tftypes.Value, 0, len(s.ids)+s.nullElements+s.unknownElements)
		for _, id := range slices.Sorted(maps.Keys(s.ids)) {
			elements = append(elements, tftypes.NewValue(tftypes.String, id))
		}
		for range s.nullElements {
			elements = append(elements, tftypes.NewValue(tftypes.String, nil))
		}
		for range s.unknownElements {
			elements = append(elements, tftypes.NewValue(tftypes.String, tftypes.UnknownValue))
		}
		return tftypes.NewValue(setType, elements), nil
	case attr.ValueStateUnknown:
		return tftypes.NewValue(setType, tftypes.UnknownValue), nil
	}
	return tftypes.NewValue(setType, nil), nil
}

func (s IDSet) Equal(other attr.Value) bool {
	o, ok := other.(IDSet)
	return ok && s.state == o.state && s.nullElements == o.nullElements && s.unknownElements == o.unknownElements && maps.Equal(s.ids, o.ids)
}

func (s IDSet) IsNull() bool    { return s.state == attr.ValueStateNull }
func (s IDSet) IsUnknown() bool { return s.state == attr.ValueStateUnknown }

func (s IDSet) String() string {
	switch s.state {
	case attr.ValueStateUnknown:
		return attr.UnknownValueString
	case attr.ValueStateNull:
		return attr.NullValueString
	}
	return fmt.Sprintf("a set of %d ids", len(s.ids))
}
