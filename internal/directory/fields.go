package directory

import (
	"encoding/json"
	"reflect"
	"slices"
)

// field is one field that an update set, and how reads show it.
type field struct {
	name string
	want any
	ids  []string // of a list, sorted; not nil
}

// fieldsOf returns what an update with the body has set. The values are those of the answer, because a server may spell
// them in its own way; but for a list that the answer leaves out.
func fieldsOf(body, answer any) []field {
	var fields []field
	answers := asJSON(answer)
	for name, want := range asJSON(body) {
		f := field{name, answers[name], idsOf(answers[name])}
		if f.ids == nil {
			f.ids = idsOf(want)
		}
		fields = append(fields, f)
	}
	return fields
}

// shownBy tells whether the object, as a read brought it, has the field's value; also if the read left the list out.
func (f field) shownBy(object any) bool {
	got := asJSON(object)[f.name]
	if f.ids != nil {
		return got == nil || slices.Equal(idsOf(got), f.ids)
	}
	return reflect.DeepEqual(got, f.want)
}

// asJSON returns the fields of an object, or of an update: they have the same names.
func asJSON(value any) map[string]any {
	var fields map[string]any
	data, err := json.Marshal(value)
	if err != nil || json.Unmarshal(data, &fields) != nil {
		return nil
	}
	return fields
}

// idsOf returns the distinct ids in a list, sorted, and nil for what is no list.
func idsOf(value any) []string {
	list, ok := value.([]any)
	if !ok {
		return nil
	}
	ids := make([]string, len(list))
	for i := range list {
		ids[i], _ = list[i].(string)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
