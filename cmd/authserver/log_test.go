package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestLogsOneLine(t *testing.T) {
	at := time.Date(2026, 1, 31, 15, 4, 5, 0, time.UTC)
	refused := func(path string, status int, why string) slog.Record {
		record := slog.NewRecord(at, slog.LevelWarn, "refused", 0)
		record.Add("method", "GET", "path", path, "status", status, "why", why)
		return record
	}
	for want, record := range map[string]slog.Record{
		"15:04:05 GET /api/auth/users/ <y>401 Unauthorized<p>: Not authenticated\n":   refused("/api/auth/users/", 401, "Not authenticated"),
		"15:04:05 GET /api/auth/users/ <r>503 Service Unavailable<p>: a fault\n":      refused("/api/auth/users/", 503, "a fault"),
		"15:04:05 GET /api/auth/users/ <r>no answer<p>: dropped\n":                    refused("/api/auth/users/", 0, "dropped"),
		"15:04:05 GET \"/api/\\x1b[2J\\n\" <y>404 Not Found<p>: \"no \\\"\\t\\\"\"\n": refused("/api/\x1b[2J\n", 404, "no \"\t\""),
		"15:04:05 something else\n": slog.NewRecord(at, slog.LevelError, "something else", 0),
	} {
		for _, colour := range []bool{false, true} {
			var out bytes.Buffer
			h := newLineHandler(&out, os.Getenv)
			h.colour = colour
			if err := h.Handle(t.Context(), record); err != nil {
				t.Fatal(err)
			}
			marks := strings.NewReplacer("<y>", "", "<r>", "", "<p>", "")
			if colour {
				marks = strings.NewReplacer("<y>", yellow, "<r>", red, "<p>", plain)
			}
			if got := out.String(); got != marks.Replace(want) {
				t.Errorf("%q, want %q", got, marks.Replace(want))
			}
		}
	}
}

func TestColours(t *testing.T) {
	none := func(string) string { return "" }
	file, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	device, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0) // like a terminal, a device that takes characters
	if err != nil {
		t.Fatal(err)
	}
	defer device.Close()
	for _, c := range []struct {
		name string
		want bool
		got  bool
	}{
		{"a buffer", false, wantsColour(new(bytes.Buffer), none)},
		{"a file", false, wantsColour(file, none)},
		{"a terminal", true, wantsColour(device, none)},
		{"NO_COLOR", false, wantsColour(device, func(name string) string { return map[string]string{"NO_COLOR": "1"}[name] })},
		{"a dumb terminal", false, wantsColour(device, func(name string) string { return map[string]string{"TERM": "dumb"}[name] })},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
}
