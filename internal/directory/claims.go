package directory

import (
	"context"
	"encoding/json"
)

// claims are Edges whose owners and elements have several parts: X says both.
//
//	edges of a Tuple:          from tenant and object namespace   to all six parts
//	edges of a ResourceGrant:  from the object                    to relation and subject
type claims[X any] struct {
	edges          *Edges
	owner, element func(X) string
}

// Has tells whether it is so.
func (c claims[X]) Has(ctx context.Context, x X) (bool, error) {
	return c.edges.Has(ctx, c.owner(x), c.element(x))
}

// Write makes it so. That it was so already is not an error.
func (c claims[X]) Write(ctx context.Context, x X) error {
	return c.edges.Add(ctx, c.owner(x), c.element(x))
}

// Delete ends it, unless this run has written it or keeps it. That it was not so is not an error.
func (c claims[X]) Delete(ctx context.Context, x X) error {
	return c.edges.Remove(ctx, c.owner(x), c.element(x))
}

// Keep says that a resource of this run wants it to stay: no Delete ends it from then on. What this run has already ended
// is written again.
func (c claims[X]) Keep(ctx context.Context, x X) error {
	return c.edges.Keep(ctx, c.owner(x), c.element(x))
}

// Expect says that an earlier run wrote it only moments ago, so that a read may miss it still.
func (c claims[X]) Expect(x X) { c.edges.Expect(c.owner(x), c.element(x)) }

// elements returns what edges call each.
func (c claims[X]) elements(all []X) []string {
	elements := make([]string, len(all))
	for i, x := range all {
		elements[i] = c.element(x)
	}
	return elements
}

// pack makes one text of some, whatever is in them.
func pack(parts ...string) string {
	packed, _ := json.Marshal(parts) //nolint:errchkjson // Strings always encode.
	return string(packed)
}

// unpack returns the parts of what pack made.
func unpack(packed string) (parts []string) {
	_ = json.Unmarshal([]byte(packed), &parts) // It is what Marshal has made.
	return parts
}
