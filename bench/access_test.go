package main

import (
	"strings"
	"testing"
)

func TestParseBenchmarks(t *testing.T) {
	output := "goos: linux\n"
	for _, benchmark := range accessBenchmarks {
		output += benchmark.name + "-2 \t 1\t2500000000 ns/op\t 66.5 MB-sys\n" + benchmark.name + "-2 \t 1\t2000000000 ns/op\t 67.5 MB-sys\n"
	}
	runs, err := parseBenchmarks(output)
	if err != nil || len(runs) != len(accessBenchmarks) || runs[0].Seconds != 2 || runs[0].Megabytes != 67.5 {
		t.Errorf("got %+v, %v", runs, err)
	}
	if table := accessTable(runs); !strings.Contains(table, "| `report` | 2.0 s | 68 MB |") {
		t.Error(table)
	}
	if _, err := parseBenchmarks("PASS"); err == nil {
		t.Error("nothing is not an error")
	}
}
