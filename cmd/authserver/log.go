package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"unicode"
)

// lineHandler writes one line for people for each record, such as
//
//	15:04:05 POST /api/auth/roles/ 409 Conflict: Role name already exists
type lineHandler struct {
	mu     *sync.Mutex
	w      io.Writer
	colour bool
}

func newLineHandler(w io.Writer, getenv func(string) string) lineHandler {
	return lineHandler{mu: new(sync.Mutex), w: w, colour: wantsColour(w, getenv)}
}

// wantsColour tells whether colours help: on a terminal, unless its user wants none (see no-color.org).
func wantsColour(w io.Writer, getenv func(string) string) bool {
	file, ok := w.(*os.File)
	if !ok || getenv("NO_COLOR") != "" || getenv("TERM") == "dumb" {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// Enabled lets through what is worth a line.
func (h lineHandler) Enabled(_ context.Context, level slog.Level) bool {
	return level >= slog.LevelInfo
}

// WithAttrs is not used by this program.
func (h lineHandler) WithAttrs([]slog.Attr) slog.Handler { return h }

// WithGroup is not used by this program.
func (h lineHandler) WithGroup(string) slog.Handler { return h }

// Handle writes a refused request, or whatever else the record says.
func (h lineHandler) Handle(_ context.Context, record slog.Record) error {
	values := map[string]slog.Value{}
	record.Attrs(func(attr slog.Attr) bool {
		values[attr.Key] = attr.Value
		return true
	})
	text := visible(record.Message)
	if method, ok := values["method"]; ok {
		outcome, colour := "no answer", red
		if status := int(values["status"].Int64()); status != 0 {
			outcome = strings.TrimSpace(fmt.Sprintf("%d %s", status, http.StatusText(status)))
			if status < 500 {
				colour = yellow
			}
		}
		if h.colour {
			outcome = colour + outcome + plain
		}
		text = fmt.Sprintf("%s %s %s: %s", visible(method.String()), visible(values["path"].String()), outcome, visible(values["why"].String()))
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	_, err := fmt.Fprintf(h.w, "%s %s\n", record.Time.Format("15:04:05"), text)
	return err
}

const (
	red    = "\x1b[31m"
	yellow = "\x1b[33m"
	plain  = "\x1b[0m"
)

// visible keeps a text that came in a request from breaking the line or steering the terminal.
func visible(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(text)
	}
	return text
}
