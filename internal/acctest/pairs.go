package acctest

import (
	"iter"
	"maps"
	"os"
	"slices"
)

// Pairs returns the pairs of a change and a behavior of the service to test it with: each change with two behaviors, and each behavior with
// some change. With ALL=1 in the environment, as "make testacc ALL=1" sets it, these are all pairs.
func Pairs[C, B any](changes map[string]C, behaviors map[string]B) iter.Seq2[string, string] {
	return func(yield func(change, behavior string) bool) {
		names := slices.Sorted(maps.Keys(behaviors))
		for i, change := range slices.Sorted(maps.Keys(changes)) {
			for j, behavior := range names {
				picked := j == 2*i%len(names) || j == (2*i+1)%len(names)
				if (picked || os.Getenv("ALL") != "") && !yield(change, behavior) {
					return
				}
			}
		}
	}
}
