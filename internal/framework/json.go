package framework

import (
	"encoding/json"
	"reflect"
	"strings"
)

// SameJSON tells whether two texts are the same JSON object; one that is empty, or is not an object, is the same as none.
func SameJSON(a, b string) bool { return reflect.DeepEqual(jsonFields(a), jsonFields(b)) }

// jsonFields decodes a JSON object; its numbers keep their digits.
func jsonFields(text string) map[string]any {
	fields := map[string]any{}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if decoder.Decode(&fields) != nil || fields == nil {
		return map[string]any{}
	}
	return fields
}
