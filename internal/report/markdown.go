package report

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/access"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/english"
)

// writeMarkdown writes a table with a row for each permission.
func (r Report) writeMarkdown(out *writer) {
	out.printf("| User | Permission | Ways |\n|---|---|---|\n")
	for h, all := range r.Rows() {
		name := literal(describe(h))
		if len(all) == 0 {
			out.printf("| %s | nothing | |\n", name)
		}
		for _, a := range all {
			out.printf("| %s | %s | %s |\n", name, literal(a.Permission.Name), literal(ways(a)))
		}
	}
}

// What fits a comment: platforms refuse comments of more than 65,536 characters, and a picture of more than some arrows says nothing.
const (
	commentLimit = 60_000
	namesInCell  = 10
	rowsUnfolded = 10
	pictureLimit = 16
)

// writeMarkdown writes a comment for a pull request: the summary, who gains and loses each permission, and the details folded.
func (c Changes) writeMarkdown(out *writer) {
	out.printf("**Access:** %s\n", c.Summary())
	for _, text := range c.Denied {
		out.printf("\n> [!CAUTION]\n> Denied: %s.\n", literal(text))
	}
	c.writePermissions(out)
	if len(c.Accounts) > 0 {
		rows := make([]string, len(c.Accounts))
		for i, account := range c.Accounts {
			rows[i] = fmt.Sprintf("| %s | %s |\n", literal(describe(account.Holder)), effectText(account.Effect))
		}
		writeRows(out, "account", "| Account | |\n|---|---|\n", rows)
	}
	var rows []string
	for _, change := range c.Changes {
		for sign, list := range [][]access.Access{change.Gained, change.Lost} {
			for _, a := range list {
				rows = append(rows, fmt.Sprintf("| %s | %s | %s | %s |\n", literal(describe(change.Holder)), []string{"gains", "loses"}[sign],
					permissionCell(a.Permission), literal(ways(a))))
			}
		}
	}
	if len(rows) > 0 {
		writeFolded(out, fmt.Sprintf("%d %s in detail", len(rows), english.Plural(len(rows), "change")), "| User | | Permission | Ways |\n|---|---|---|---|\n", rows)
	}
	c.writePicture(out)
	rows = nil
	for _, u := range c.Unknown {
		rows = append(rows, fmt.Sprintf("| %s | %s |\n", literal(unknownPlace(u)), literal(u.Reason)))
	}
	writeRows(out, "argument", "| Not known before the apply | |\n|---|---|\n", rows)
	rows = nil
	for _, o := range c.Other {
		rows = append(rows, fmt.Sprintf("| %s | %s |\n", literal(o.Address), literal(otherText(o))))
	}
	writeRows(out, "change", "| Other changes | |\n|---|---|\n", rows)
	for _, gap := range c.Gaps {
		out.printf("\nIncomplete: %s.\n", literal(gap))
	}
	if c.throughGroups() {
		out.printf("\n%s\n", access.GroupsNote)
	}
}

// writePermissions writes who gains and who loses each permission.
func (c Changes) writePermissions(out *writer) {
	type names struct{ gained, lost []string }
	by := map[*access.Node]*names{}
	var order []*access.Node
	byName := map[string]*access.Node{} // the same before and after the change
	of := func(n *access.Node) *names {
		k := string(n.Kind) + " " + n.ID
		if byName[k] == nil {
			byName[k], by[n] = n, &names{}
			order = append(order, n)
		}
		return by[byName[k]]
	}
	for _, change := range c.Changes {
		for _, a := range change.Gained {
			p := of(a.Permission)
			p.gained = append(p.gained, change.Holder.Name)
		}
		for _, a := range change.Lost {
			p := of(a.Permission)
			p.lost = append(p.lost, change.Holder.Name)
		}
	}
	slices.SortStableFunc(order, access.ByImportance)
	rows := make([]string, len(order))
	for i, permission := range order {
		rows[i] = fmt.Sprintf("| %s | %s | %s |\n", permissionCell(permission), namesCell(by[permission].gained), namesCell(by[permission].lost))
	}
	writeRows(out, "permission", "| Permission | Gained by | Lost by |\n|---|---|---|\n", rows)
}

func permissionCell(n *access.Node) string {
	if n.IsEverything() {
		return "⚠️ **" + literal(n.Name) + "**"
	}
	return literal(n.Name)
}

func namesCell(all []string) string {
	if len(all) == 0 {
		return ""
	}
	shown := make([]string, 0, namesInCell)
	for _, name := range all[:min(len(all), namesInCell)] {
		shown = append(shown, literal(name))
	}
	text := strings.Join(shown, ", ")
	if len(all) > namesInCell {
		text += fmt.Sprintf(" and %d more", len(all)-namesInCell)
	}
	if len(all) > 1 {
		text = fmt.Sprintf("**%d users:** %s", len(all), text)
	}
	return text
}

// writeRows writes a table, folded if it is long.
func writeRows(out *writer, noun, head string, rows []string) {
	switch {
	case len(rows) == 0:
	case len(rows) > rowsUnfolded:
		writeFolded(out, fmt.Sprintf("%d %s", len(rows), english.Plural(len(rows), noun)), head, rows)
	default:
		out.printf("\n%s%s", head, strings.Join(rows, ""))
	}
}

// writeFolded writes as much of a table as fits a comment.
func writeFolded(out *writer, summary, head string, rows []string) {
	out.printf("\n<details>\n<summary>%s</summary>\n\n%s", summary, head)
	for i, row := range rows {
		if out.written+len(row) > commentLimit {
			out.printf("\n%d more rows do not fit a comment; -format=table has them all.\n", len(rows)-i)
			break
		}
		out.printf("%s", row)
	}
	out.printf("\n</details>\n")
}

// writePicture draws the ways with Mermaid if they are few: solid arrows for what is gained, dotted ones for what is lost.
func (c Changes) writePicture(out *writer) {
	ids := map[string]string{}
	var nodes, arrows []string
	node := func(n *access.Node) string {
		k := string(n.Kind) + " " + n.ID
		if ids[k] == "" {
			ids[k] = fmt.Sprintf("n%d", len(ids))
			nodes = append(nodes, fmt.Sprintf("  %s[\"%s\"]\n", ids[k], label(n.Name)))
		}
		return ids[k]
	}
	for _, change := range c.Changes {
		for i, a := range slices.Concat(change.Gained, change.Lost) {
			arrow := "-->"
			if i >= len(change.Gained) {
				arrow = "-.->"
			}
			for _, way := range a.Ways {
				from := node(change.Holder.Node)
				for _, next := range append(slices.Clone(way), a.Permission) {
					to := node(next)
					arrows = append(arrows, fmt.Sprintf("  %s %s %s\n", from, arrow, to))
					from = to
				}
			}
			if len(arrows) > 4*pictureLimit {
				return
			}
		}
	}
	slices.Sort(arrows)
	arrows = slices.Compact(arrows)
	arrows = slices.DeleteFunc(arrows, func(arrow string) bool { // It stays for others.
		return strings.Contains(arrow, " -.-> ") && slices.Contains(arrows, strings.Replace(arrow, " -.-> ", " --> ", 1))
	})
	if len(arrows) == 0 || len(arrows) > pictureLimit {
		return
	}
	out.printf("\n```mermaid\nflowchart LR\n%s%s```\n", strings.Join(nodes, ""), strings.Join(arrows, ""))
}

// literal writes a text so that nothing in it is markup, a link or a mention.
func literal(text string) string {
	var b strings.Builder
	before := ' '
	for _, r := range text {
		switch {
		case r == '#', r == '@' && !unicode.IsLetter(before) && !unicode.IsDigit(before):
			fmt.Fprintf(&b, "&#%d;&#8203;", r) // A space of no width keeps it from being a reference to an issue or a user.
		case strings.ContainsRune(special, r):
			fmt.Fprintf(&b, "&#%d;", r)
		case unicode.IsControl(r):
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
		before = r
	}
	return b.String()
}

// special are the characters that mean something in Markdown or in Mermaid, and between quotes of Mermaid ends of entities do, too.
const (
	special        = "\\`*_{}[]<>#+!|~@&\":"
	specialInLabel = special + ";"
)

// label writes a text as Mermaid wants it between quotes.
func label(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case strings.ContainsRune(specialInLabel, r):
			fmt.Fprintf(&b, "#%d;", r)
		case unicode.IsControl(r):
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
