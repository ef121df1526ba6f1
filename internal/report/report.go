// Package report writes who may do what, and what changes of it, for people and for programs. The same access gives the same bytes.
package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/access"
)

// Format is a form in which reports are written.
type Format string

// The formats.
const (
	Table    Format = "table"
	CSV      Format = "csv"
	JSON     Format = "json"
	Markdown Format = "markdown"
	HTML     Format = "html"
)

// FormatVersion is the version of the JSON: it changes when a program that reads it would have to.
const FormatVersion = "1.0"

// Report is who may do what.
type Report struct {
	Graph *access.Graph
	// Users, Permissions and Groups, unless empty, leave out all others: users by username, e-mail address or id; permissions by name or id, or
	// by the object that relations are to; and ways that lead through none of the groups, by name or id.
	Users, Permissions, Groups []string
	// EverythingOnly leaves out all but what gives everything.
	EverythingOnly bool
	// DormantSince, unless zero, leaves out users who have logged in since.
	DormantSince time.Time
	// Limit is how many ways to a permission are written; negative for all.
	Limit int
}

// Rows returns the holders, in the order of names, with what they have. A holder without permissions is one, too, unless a filter leaves it out.
func (r Report) Rows() iter.Seq2[*access.Holder, []access.Access] {
	return func(yield func(*access.Holder, []access.Access) bool) {
		limit := r.Limit
		if len(r.Groups) > 0 {
			limit = -1 // to find the ways through these groups
		}
		walker := r.Graph.NewWalker(limit)
		for _, h := range r.Graph.Holders {
			if !r.includes(h) {
				continue
			}
			all := r.filter(walker.Access(h))
			if len(all) == 0 && r.EverythingOnly || len(all) == 0 && len(r.Permissions)+len(r.Groups) > 0 {
				continue
			}
			if !yield(h, all) {
				return
			}
		}
	}
}

func (r Report) includes(h *access.Holder) bool {
	if len(r.Users) > 0 && !slices.ContainsFunc(r.Users, func(user string) bool {
		return strings.EqualFold(user, h.Name) || strings.EqualFold(user, h.Email) || user == h.ID || h.User != nil && user == h.User.SubjectID
	}) {
		return false
	}
	return r.DormantSince.IsZero() || h.IsDormant(r.DormantSince)
}

// filter leaves out what was not asked for.
func (r Report) filter(all []access.Access) []access.Access {
	all = slices.DeleteFunc(all, func(a access.Access) bool { return !r.shows(a.Permission) })
	if len(r.Groups) == 0 {
		return all
	}
	var some []access.Access
	for _, a := range all {
		a.Ways = slices.DeleteFunc(a.Ways, func(way access.Way) bool { return !slices.ContainsFunc(way, r.isGroup) })
		if a.Count = len(a.Ways); a.Count == 0 {
			continue
		}
		if r.Limit >= 0 && a.Count > r.Limit {
			a.Ways = a.Ways[:r.Limit]
		}
		some = append(some, a)
	}
	return some
}

// shows tells whether the report is about the permission. What gives everything gives it, too.
func (r Report) shows(permission *access.Node) bool {
	return permission.IsEverything() || !r.EverythingOnly && (len(r.Permissions) == 0 || slices.ContainsFunc(r.Permissions, permission.IsCalled))
}

func (r Report) isGroup(n *access.Node) bool {
	return n.Kind == access.Group && slices.ContainsFunc(r.Groups, n.IsCalled)
}

// Check refuses filters that name nothing there is, so that a misspelt name does not look like "nobody".
func (r Report) Check() error {
	for _, permission := range r.Permissions {
		if !slices.ContainsFunc(r.Graph.Permissions, func(n *access.Node) bool { return n.IsCalled(permission) }) {
			return fmt.Errorf("no permission is called %q", permission)
		}
	}
	for _, group := range r.Groups {
		if !slices.ContainsFunc(r.Graph.Groups, func(n *access.Node) bool { return n.IsCalled(group) }) {
			return fmt.Errorf("no group is called %q", group)
		}
	}
	for _, user := range r.Users {
		named := Report{Graph: r.Graph, Users: []string{user}}
		if !slices.ContainsFunc(r.Graph.Holders, named.includes) {
			return fmt.Errorf("no user is called %q", user)
		}
	}
	return nil
}

// Write writes the report.
func (r Report) Write(to io.Writer, format Format) error {
	buffered := bufio.NewWriterSize(to, 64<<10) // A report may have millions of lines.
	out := &writer{to: buffered}
	switch format {
	case CSV:
		r.writeCSV(out)
	case JSON:
		r.writeJSON(out)
	case Markdown:
		r.writeMarkdown(out)
	case HTML:
		r.writeHTML(out)
	default:
		r.writeTable(out)
	}
	if out.err == nil {
		out.err = buffered.Flush()
	}
	return out.err
}

// writer keeps the first error, so that writing reads like printing.
type writer struct {
	to      io.Writer
	written int // bytes, for what must fit somewhere
	err     error
}

func (w *writer) Write(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	n, err := w.to.Write(p)
	w.err = err
	w.written += n
	return n, err
}

func (w *writer) printf(format string, args ...any) { _, _ = fmt.Fprintf(w, format, args...) }

// json writes a document, indented for people, too.
func (w *writer) json(document any) {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(document); err != nil && w.err == nil {
		w.err = err
	}
}

// more says how many ways are not written, " and 3 more", or nothing.
func more(a access.Access) string {
	if n := a.Count - len(a.Ways); n > 0 {
		return fmt.Sprintf(" and %d more", n)
	}
	return ""
}
