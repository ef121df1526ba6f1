// Package idlist has what lists of ids need, in time that grows with their length alone.
package idlist

import (
	"fmt"
	"strings"
)

// Without returns the elements that are not among others.
func Without(elements, others []string) []string {
	among := make(map[string]bool, len(others))
	for _, other := range others {
		among[other] = true
	}
	rest := []string{}
	for _, element := range elements {
		if !among[element] {
			rest = append(rest, element)
		}
	}
	return rest
}

// Common returns the elements that are among others.
func Common(elements, others []string) []string { return Without(elements, Without(elements, others)) }

// NonNil tells an empty set from one that is not known.
func NonNil(elements []string) []string {
	if elements == nil {
		return []string{}
	}
	return elements
}

// Short names ids for a message.
func Short(ids []string) string {
	const most = 10
	switch {
	case len(ids) == 0:
		return "none"
	case len(ids) > most:
		return fmt.Sprintf("%s and %d more", strings.Join(ids[:most], ", "), len(ids)-most)
	}
	return strings.Join(ids, ", ")
}
