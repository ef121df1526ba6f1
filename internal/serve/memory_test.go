package serve_test

import (
	"math"
	"runtime/debug"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/serve"
)

func TestCollectLess(t *testing.T) {
	const byDefault, unlimited = 100, math.MaxInt64
	for name, test := range map[string]struct {
		gogc, gomemlimit string
		percent          int
		limit            int64
	}{
		"nothing is configured":     {"", "", 400, 1 << 30},
		"the percent is configured": {"50", "", byDefault, unlimited},
		"the limit is configured":   {"", "100MiB", byDefault, unlimited},
	} {
		t.Run(name, func(t *testing.T) {
			percent, limit := debug.SetGCPercent(byDefault), debug.SetMemoryLimit(unlimited)
			t.Setenv("GOGC", test.gogc)
			t.Setenv("GOMEMLIMIT", test.gomemlimit)
			serve.CollectLess()
			if percent, limit := debug.SetGCPercent(percent), debug.SetMemoryLimit(limit); percent != test.percent || limit != test.limit {
				t.Errorf("%d %% and a limit of %d bytes, want %d %% and %d", percent, limit, test.percent, test.limit)
			}
		})
	}
}
