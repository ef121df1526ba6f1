package authservertest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// RequestFuzz sends requests to servers of one API that hold a company. A server must never fail by itself, change nothing
// when it refuses, and hold only what it would take back from its state file.
type RequestFuzz[S http.Handler] struct {
	Company   string            // the state file
	Behaviors [2]authserver.API // the default answers to the API's open questions, and others
	Targets   []FuzzTarget
	Bodies    []string
	New       func(authserver.Config) (S, error)
	Snapshot  func(S) any
	Check     func(t *testing.T, server S, behavior authserver.API) // called after each change
}

// FuzzTarget is a call. ID is what stands in the place of "ID" in its path or its query.
type FuzzTarget = struct{ Method, Path, ID string }

// Run adds the seeds of every target with every body, but of a GET with none, and fuzzes.
func (z RequestFuzz[S]) Run(f *testing.F) {
	f.Helper()
	for i, target := range z.Targets {
		bodies := z.Bodies
		if target.Method == http.MethodGet {
			bodies = []string{""}
		}
		for j, body := range bodies { // under one of the behaviors; fuzzing tries the other
			f.Add(uint8(i)|uint8((i+j)%2)<<7, target.ID, "application/json", []byte(body))
		}
		f.Add(uint8(i), "x", "text/plain", []byte(`{}`))
		f.Add(uint8(i), "{"+target.ID+"}", "application/x-www-form-urlencoded", []byte(`grant_type=password&username=ann&password=x`))
	}
	dir := f.TempDir()
	var servers [2]*S
	f.Fuzz(func(t *testing.T, which uint8, id, contentType string, body []byte) {
		target, other := z.Targets[int(which&0x7f)%len(z.Targets)], which>>7
		if servers[other] == nil {
			path := filepath.Join(dir, fmt.Sprintf("%d.json", other))
			if err := os.WriteFile(path, []byte(z.Company), 0o600); err != nil {
				t.Fatal(err)
			}
			server, err := z.New(withDefaults(authserver.Config{API: z.Behaviors[other], StateFile: path}))
			if err != nil {
				t.Fatal(err)
			}
			servers[other] = &server
		}
		server := *servers[other]
		if query, _ := url.ParseQuery(id); strings.Contains(target.Path, "?") {
			id = query.Encode()
		} else {
			id = url.PathEscape(id)
		}
		r := httptest.NewRequestWithContext(t.Context(), target.Method, "/api"+strings.Replace(target.Path, "ID", id, 1), bytes.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		r.Header.Set("Authorization", "Bearer "+APIKey)

		before, w := z.Snapshot(server), httptest.NewRecorder()
		server.ServeHTTP(w, r)
		after := z.Snapshot(server)
		switch {
		case w.Code >= 500 && w.Code != http.StatusServiceUnavailable:
			t.Errorf("%s %s: %d %s", r.Method, r.URL, w.Code, w.Body)
		case w.Code == http.StatusTemporaryRedirect, w.Code == http.StatusNoContent: // a path that ends in a slash; a success
		case !json.Valid(w.Body.Bytes()) && !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html"):
			t.Errorf("%s %s: %d and no JSON: %q", r.Method, r.URL, w.Code, w.Body)
		}
		if reflect.DeepEqual(before, after) {
			return
		}
		servers[other] = nil
		if w.Code >= 300 {
			t.Errorf("%s %s: refused with %d, and changed\n%+v\nto\n%+v", r.Method, r.URL, w.Code, before, after)
		}
		z.Check(t, server, z.Behaviors[other])
	})
}

// CheckStateFile holds that a file that a server wrote is read, and written again, without a change.
func CheckStateFile(t *testing.T, data []byte, restoreAndDump func([]byte) ([]byte, error)) {
	t.Helper()
	again, err := restoreAndDump(data)
	if err != nil {
		t.Errorf("its own state file is refused: %v\n%s", err, data)
	} else if !bytes.Equal(data, again) {
		t.Errorf("its own state file changes from\n%sto\n%s", data, again)
	}
}
