package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/access"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/connection"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/english"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/review"
)

// Changes is who gains and who loses what.
type Changes struct {
	access.Difference
	API connection.Generation
	// Unknown and Other are what a review has beside that.
	Unknown []review.Unknown
	Other   []review.Other
	// Denied are the permissions that somebody gains although that is not allowed, in the order of names.
	Denied []string
	// Gaps are what could not be read of the platform.
	Gaps []string
}

// Write writes the changes as a table, as JSON or as Markdown.
func (c Changes) Write(to io.Writer, format Format) error {
	out := &writer{to: to}
	switch format {
	case JSON:
		c.writeJSON(out)
	case Markdown:
		c.writeMarkdown(out)
	default:
		c.writeTable(out)
	}
	return out.err
}

// Summary is the changes in one line.
func (c Changes) Summary() string {
	gaining, losing := 0, 0
	for _, change := range c.Changes {
		if len(change.Gained) > 0 {
			gaining++
		}
		if len(change.Lost) > 0 {
			losing++
		}
	}
	var parts []string
	add := func(n int, singular, plural string) {
		switch {
		case n == 1:
			parts = append(parts, "1 "+singular)
		case n > 1:
			parts = append(parts, fmt.Sprintf("%d %s", n, plural))
		}
	}
	add(gaining, "user gains access", "users gain access")
	add(losing, "user loses access", "users lose access")
	for _, effect := range effects {
		n := 0
		for _, account := range c.Accounts {
			if account.Effect == effect.effect {
				n++
			}
		}
		add(n, "account "+effect.singular, "accounts "+effect.plural)
	}
	switch {
	case len(parts) > 0:
	case len(c.Unknown) > 0:
		parts = []string{"Nobody is known to gain or lose access"}
	default:
		parts = []string{"Nobody gains or loses access"}
	}
	if n := len(c.Unknown); n > 0 {
		parts = append(parts, fmt.Sprintf("%d %s not known before the apply", n, english.Plural(n, "argument")))
	}
	return strings.Join(parts, ", ") + "."
}

var effects = []struct {
	effect           access.Effect
	singular, plural string
}{
	{access.Appears, "appears", "appear"},
	{access.Vanishes, "vanishes", "vanish"},
	{access.Activated, "is activated", "are activated"},
	{access.Deactivated, "is deactivated", "are deactivated"},
}

func (c Changes) writeTable(out *writer) {
	out.printf("%s\n", c.Summary())
	for _, text := range c.Denied {
		out.printf("Denied: %s.\n", text)
	}
	if len(c.Accounts) > 0 {
		out.printf("\nAccounts:\n")
		for _, account := range c.Accounts {
			out.printf("  %s %s\n", describe(account.Holder), effectText(account.Effect))
		}
	}
	for _, change := range c.Changes {
		out.printf("\n%s\n", describe(change.Holder))
		width := 0
		for _, a := range slices.Concat(change.Gained, change.Lost) {
			width = max(width, utf8.RuneCountInString(a.Permission.Name))
		}
		for _, a := range change.Gained {
			out.printf("  + %-*s  %s\n", width, a.Permission.Name, ways(a))
		}
		for _, a := range change.Lost {
			out.printf("  - %-*s  %s\n", width, a.Permission.Name, ways(a))
		}
	}
	if len(c.Unknown) > 0 {
		out.printf("\nNot known before the apply:\n")
		for _, u := range c.Unknown {
			out.printf("  %s: %s\n", unknownPlace(u), u.Reason)
		}
	}
	if len(c.Other) > 0 {
		out.printf("\nOther changes:\n")
		for _, o := range c.Other {
			out.printf("  %s: %s\n", o.Address, otherText(o))
		}
	}
	for _, gap := range c.Gaps {
		out.printf("\nIncomplete: %s.\n", gap)
	}
	if c.throughGroups() {
		out.printf("\n%s\n", access.GroupsNote)
	}
}

func effectText(effect access.Effect) string {
	for _, e := range effects {
		if e.effect == effect {
			return e.singular
		}
	}
	return string(effect)
}

func unknownPlace(u review.Unknown) string {
	if u.Argument == "" {
		return u.Address
	}
	return u.Address + ", " + u.Argument
}

func otherText(o review.Other) string {
	if o.Detail == "" {
		return o.Action
	}
	return o.Action + " (" + o.Detail + ")"
}

// throughGroups tells whether something depends on whether the platform counts relationship tuples of groups.
func (c Changes) throughGroups() bool {
	if c.API != connection.Gateway {
		return false
	}
	for _, change := range c.Changes {
		for _, a := range slices.Concat(change.Gained, change.Lost) {
			if a.Permission.Kind == access.Relation && slices.ContainsFunc(a.Ways, func(way access.Way) bool { return len(way) > 0 }) {
				return true
			}
		}
	}
	return false
}

// change is what somebody gains or loses, in JSON.
type change struct {
	Holder holder `json:"holder"`
	Effect string `json:"effect"` // gained or lost
	permission
}

// account is what happens to an account, in JSON.
type account struct {
	Holder holder        `json:"holder"`
	Effect access.Effect `json:"effect"`
}

func (c Changes) writeJSON(out *writer) {
	document := struct {
		FormatVersion string                `json:"format_version"`
		API           connection.Generation `json:"api"`
		Summary       string                `json:"summary"`
		Accounts      []account             `json:"accounts"`
		Changes       []change              `json:"changes"`
		Unknown       []review.Unknown      `json:"unknown"`
		Other         []review.Other        `json:"other"`
		Denied        []string              `json:"denied"`
		Incomplete    []string              `json:"incomplete"`
	}{
		FormatVersion, c.API, c.Summary(),
		[]account{},
		[]change{},
		append([]review.Unknown{}, c.Unknown...), append([]review.Other{}, c.Other...), append([]string{}, c.Denied...), append([]string{}, c.Gaps...),
	}
	for _, a := range c.Accounts {
		document.Accounts = append(document.Accounts, account{holderOf(a.Holder), a.Effect})
	}
	for _, ch := range c.Changes {
		for _, a := range ch.Gained {
			document.Changes = append(document.Changes, change{holderOf(ch.Holder), "gained", permissionOf(a)})
		}
		for _, a := range ch.Lost {
			document.Changes = append(document.Changes, change{holderOf(ch.Holder), "lost", permissionOf(a)})
		}
	}
	out.json(document)
}
