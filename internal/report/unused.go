package report

import (
	"io"
	"strings"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/access"
)

// WriteUnused writes what may be cleaned up as a table, as JSON or as Markdown.
func WriteUnused(to io.Writer, format Format, g *access.Graph, found []access.Finding) error {
	out := &writer{to: to}
	if format == JSON {
		writeUnusedJSON(out, g, found)
		return out.err
	}
	heading, item, quote := "%s:\n", "  %s\n", func(text string) string { return text }
	if format == Markdown {
		heading, item, quote = "**%s**\n\n", "- %s\n", literal
	}
	if len(found) == 0 {
		out.printf("Nothing to clean up was found.\n")
	}
	first := true
	for _, rule := range access.Rules {
		titled := false
		for _, finding := range found {
			if finding.Rule != rule.Rule {
				continue
			}
			if !titled {
				if !first {
					out.printf("\n")
				}
				out.printf(heading, rule.Meaning)
				titled, first = true, false
			}
			out.printf(item, quote(findingText(finding)))
		}
	}
	if !g.HasLogins() {
		out.printf("\nThe gateway API does not tell when users logged in.\n")
	}
	return out.err
}

// findingText names the objects, as in "group platform" or "groups audit, platform".
func findingText(finding access.Finding) string {
	names := make([]string, len(finding.Objects))
	for i, n := range finding.Objects {
		names[i] = n.Name
	}
	noun := string(finding.Objects[0].Kind)
	if len(names) > 1 {
		noun += "s"
	}
	text := noun + " " + strings.Join(names, ", ")
	if finding.Detail != "" {
		text += " (" + finding.Detail + ")"
	}
	return text
}

func writeUnusedJSON(out *writer, g *access.Graph, found []access.Finding) {
	type item struct {
		Rule    access.Rule `json:"rule"`
		Objects []node      `json:"objects"`
		Detail  string      `json:"detail,omitzero"`
	}
	document := struct {
		FormatVersion string   `json:"format_version"`
		API           string   `json:"api"`
		Unused        []item   `json:"unused"`
		Incomplete    []string `json:"incomplete"`
	}{FormatVersion, string(g.Generation), []item{}, append([]string{}, g.Gaps...)}
	for _, finding := range found {
		i := item{Rule: finding.Rule, Detail: finding.Detail}
		for _, n := range finding.Objects {
			i.Objects = append(i.Objects, nodeOf(n))
		}
		document.Unused = append(document.Unused, i)
	}
	out.json(document)
}
