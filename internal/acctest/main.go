// Package acctest is the harness of the acceptance tests: a development AuthService in the test's own process, the provider
// as Terraform calls it, and a directory in which the real CLI runs.
package acctest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/conformance"
)

// Main runs the tests of a package; TestMain calls it.
func Main(m *testing.M) {
	if name := filepath.Base(os.Args[0]); slices.Contains(StandIns, name) {
		if err := serveStandIn(name); err != nil {
			panic(err)
		}
		return
	}
	// What the developer has set for daily work must not reach the tests.
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "KAMIWAZA_") && name != conformance.Variable {
			if err := os.Unsetenv(name); err != nil {
				panic(err)
			}
		}
	}
	code := m.Run()
	if builds != "" {
		_ = os.RemoveAll(builds)
	}
	os.Exit(code)
}
