package report

import "strings"

// writeMarkdown writes a table with a row for each permission.
func (r Report) writeMarkdown(out *writer) {
	out.printf("| User | Permission | Ways |\n|---|---|---|\n")
	for h, all := range r.Rows() {
		name := cell(describe(h))
		if len(all) == 0 {
			out.printf("| %s | nothing | |\n", name)
		}
		for _, a := range all {
			out.printf("| %s | %s | %s |\n", name, cell(a.Permission.Name), cell(ways(a)))
		}
	}
}

// cell writes a text into a cell of a table: names may hold anything, and must not become markup.
func cell(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case strings.ContainsRune("\\`*_{}[]()<>#+-!|~@", r) && !(r == '-' || r == '.' || r == '(' || r == ')'):
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n', r == '\r':
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
