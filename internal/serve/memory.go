package serve

import (
	"os"
	"runtime/debug"
)

const (
	// Of a heap as small as a plan's, the garbage collector's share of the processor time matters more than its size. More
	// than 400 saves nothing further.
	gcPercent = 400
	// Near this limit, the heap grows less. Data sources over 20,000 users come near it, and half of it would cost them more
	// than the collector saves.
	memoryLimit = 1 << 30
)

// CollectLess makes this process collect garbage less often, which takes a fifth off its processor time in a large plan, for
// some 15 MB. It does nothing if the environment configures the garbage collector.
func CollectLess() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(gcPercent)
	debug.SetMemoryLimit(memoryLimit)
}
