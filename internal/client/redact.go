package client

import (
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// Shorten makes a server's text fit to be shown.
func Shorten(text string) string {
	text = strings.TrimSpace(printable(text))
	if runes := []rune(text); len(runes) > maxDetail {
		return string(runes[:maxDetail]) + "…"
	}
	return text
}

// printable returns a text that is valid and has nothing in it that steers a terminal.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "�"))
}

// newRedactor hides secrets in a text, in case a server or a proxy echoes them: as they are, or as a URL or JSON spells
// them.
func newRedactor(secrets []string) *strings.Replacer {
	var spellings []string
	for _, secret := range secrets {
		if secret != "" {
			spellings = append(spellings, secret, url.QueryEscape(secret), url.PathEscape(secret))
		}
	}
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`) // which is all that Python's JSON does; Go's does more
	for range 2 {                                       // A request's JSON may come back as a string of an answer's JSON.
		for _, spelling := range spellings {
			quoted, _ := json.Marshal(spelling) //nolint:errchkjson // A string always encodes.
			spellings = append(spellings, escape.Replace(spelling), string(quoted[1:len(quoted)-1]))
		}
	}
	// The longest first, lest a secret that another one begins with leave the rest of that one in sight.
	slices.SortFunc(spellings, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	var pairs []string
	for _, spelling := range slices.Compact(spellings) {
		pairs = append(pairs, spelling, "(hidden)")
	}
	return strings.NewReplacer(pairs...)
}
