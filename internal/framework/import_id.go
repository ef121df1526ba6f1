package framework

import (
	"net/url"
	"strings"
)

// EscapePart writes one part of an import id whose parts are joined with slashes. Only what would be taken for the id's own
// form is escaped, so that most ids stay readable.
func EscapePart(text string) string {
	return strings.NewReplacer("%", "%25", "/", "%2F", "#", "%23", "?", "%3F", " ", "%20").Replace(text)
}

// UnescapePart reads what EscapePart wrote, and any other percent-encoding. What is no percent-encoding is taken as it is.
func UnescapePart(text string) string {
	if plain, err := url.PathUnescape(text); err == nil {
		return plain
	}
	return text
}

// Splits returns all ways to take an import id apart at a slash, with neither part empty: a name may have slashes of its own.
func Splits(id string) [][2]string {
	var splits [][2]string
	for i := range id {
		if id[i] == '/' && i > 0 && i < len(id)-1 {
			splits = append(splits, [2]string{id[:i], id[i+1:]})
		}
	}
	return splits
}
