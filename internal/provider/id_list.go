package provider

import (
	"fmt"
	"strings"
)

// without returns the elements that are not among others.
func without(elements, others []string) []string {
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

// common returns the elements that are among others.
func common(elements, others []string) []string { return without(elements, without(elements, others)) }

// nonNil tells an empty set from one that is not known.
func nonNil(elements []string) []string {
	if elements == nil {
		return []string{}
	}
	return elements
}

// shortList names ids for a message.
func shortList(ids []string) string {
	const most = 10
	switch {
	case len(ids) == 0:
		return "none"
	case len(ids) > most:
		return fmt.Sprintf("%s and %d more", strings.Join(ids[:most], ", "), len(ids)-most)
	}
	return strings.Join(ids, ", ")
}
