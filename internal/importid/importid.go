// Package importid writes and reads the parts of import ids.
package importid

import (
	"fmt"
	"net/url"
	"strings"
)

// Escape writes one part of an import id whose parts are joined with slashes. Only what would be taken for the id's own
// form is escaped, so that most ids stay readable.
func Escape(text string) string {
	return strings.NewReplacer("%", "%25", "/", "%2F", "#", "%23", "?", "%3F", " ", "%20").Replace(text)
}

// Name writes a name as one part of an import id for people to read: it is escaped only if it would be taken for several parts.
func Name(name string) string {
	if !strings.Contains(name, "/") {
		return name
	}
	return strings.NewReplacer("%", "%25", "/", "%2F").Replace(name)
}

// Unescape reads what Escape wrote, and any other percent-encoding. What is no percent-encoding is taken as it is.
func Unescape(text string) string {
	if plain, err := url.PathUnescape(text); err == nil {
		return plain
	}
	return text
}

// Entity writes a subject or an object of a tuple as one part of an import id, in which a colon of the namespace is encoded.
func Entity(namespace, id string) string {
	return strings.ReplaceAll(Escape(namespace), ":", "%3A") + ":" + Escape(id)
}

// Tuple is the import id of a relationship tuple: tenant/subject/relation/object, where the two are of Entity's form.
func Tuple(tenant, subject, relation, object string) string {
	return strings.Join([]string{Escape(tenant), subject, Escape(relation), object}, "/")
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

// Remedy is what to write instead of an import id that does not tell where one part ends.
const Remedy = `Write each "/" within a name as %2F, or use ids`

// Ambiguous says in which ways an import id can be read, of which there are several.
func Ambiguous(readings []string) error {
	return fmt.Errorf("it can be read in %d ways: %s. %s", len(readings), strings.Join(readings, "; "), Remedy)
}
