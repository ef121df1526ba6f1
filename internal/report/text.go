package report

import (
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/access"
)

// ways names the ways, as in "audit → viewer; platform → operator".
func ways(a access.Access) string {
	var b strings.Builder
	for i, way := range a.Ways {
		if i > 0 {
			b.WriteString("; ")
		}
		way.Append(&b)
	}
	b.WriteString(more(a))
	return b.String()
}

// writeTable writes each holder with a line for each permission. Columns are as wide as this holder needs them.
func (r Report) writeTable(out *writer) {
	for h, all := range r.Rows() {
		out.printf("%s\n", describe(h))
		if len(all) == 0 {
			out.printf("  nothing\n")
		}
		width := 0
		for _, a := range all {
			width = max(width, utf8.RuneCountInString(a.Permission.Name))
		}
		for _, a := range all {
			out.printf("  %-*s  %s\n", width, a.Permission.Name, ways(a))
		}
	}
}

// describe names a holder, as in "ada (ada@example.com)".
func describe(h *access.Holder) string {
	var notes []string
	if h.Email != "" && h.Email != h.Name {
		notes = append(notes, h.Email)
	}
	switch {
	case h.Kind == access.Subject:
		notes = append(notes, "not in the list of users")
	case !h.Active:
		notes = append(notes, "inactive")
	}
	if len(notes) == 0 {
		return h.Name
	}
	return fmt.Sprintf("%s (%s)", h.Name, strings.Join(notes, ", "))
}

// writeCSV writes a line for each way.
func (r Report) writeCSV(out *writer) {
	w := csv.NewWriter(out)
	write := func(fields ...string) {
		for i, field := range fields {
			fields[i] = harmless(field)
		}
		_ = w.Write(fields) // The writer below keeps the error.
	}
	write("holder_kind", "holder", "holder_id", "email", "active", "permission_kind", "permission", "permission_id", "ways", "way")
	for h, all := range r.Rows() {
		holder := []string{string(h.Kind), h.Name, h.ID, h.Email, strconv.FormatBool(h.Active)}
		if len(all) == 0 {
			write(append(holder, "", "", "", "0", "")...)
		}
		for _, a := range all {
			for _, way := range a.Ways {
				write(append(holder[:5:5], string(a.Permission.Kind), a.Permission.Name, a.Permission.ID, strconv.Itoa(a.Count), way.String())...)
			}
		}
	}
	w.Flush()
}

// harmless keeps spreadsheets from taking a text for a formula.
func harmless(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
