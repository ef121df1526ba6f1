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
