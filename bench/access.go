package main

import (
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
)

// accessRun is what kamiwaza-access takes for the access of a large company, without the requests.
type accessRun struct {
	Name      string  `json:"name"`
	Seconds   float64 `json:"seconds"`
	Megabytes float64 `json:"megabytes"` // that the process has taken from the system
}

// accessBenchmarks are the benchmarks of these packages, with what each does.
var accessBenchmarks = []struct{ name, does string }{
	{"BenchmarkReport/table", "`report`"},
	{"BenchmarkReport/csv", "`report -format=csv`"},
	{"BenchmarkReport/json", "`report -format=json`"},
	{"BenchmarkCompare", "`diff` of two snapshots"},
	{"BenchmarkReview", "`review` of a plan of 42,000 instances"},
}

// measureAccess runs the benchmarks of the companion program.
func measureAccess(ctx context.Context) ([]accessRun, error) {
	cmd := exec.CommandContext(ctx, "go", "test", "./internal/report", "./internal/review", "-run", "^$", "-bench", "Report|Compare|Review", "-benchtime", "1x", "-count", "3")
	output, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", cmd, err, output)
	}
	return parseBenchmarks(string(output))
}

// parseBenchmarks takes the shortest time and the largest memory of each benchmark.
func parseBenchmarks(output string) ([]accessRun, error) {
	var runs []accessRun
	for _, benchmark := range accessBenchmarks {
		run := accessRun{Name: benchmark.does}
		for line := range strings.Lines(output) {
			fields := strings.Fields(line)
			if len(fields) < 4 || fields[0][:max(0, strings.LastIndex(fields[0], "-"))] != benchmark.name {
				continue
			}
			for i := 2; i+1 < len(fields); i += 2 {
				value, err := strconv.ParseFloat(fields[i], 64)
				switch {
				case err != nil:
					return nil, err
				case fields[i+1] == "ns/op" && (run.Seconds == 0 || value/1e9 < run.Seconds):
					run.Seconds = value / 1e9
				case fields[i+1] == "MB-sys":
					run.Megabytes = max(run.Megabytes, value)
				}
			}
		}
		if run.Seconds == 0 {
			return nil, fmt.Errorf("no result of %s in:\n%s", benchmark.name, output)
		}
		runs = append(runs, run)
	}
	return runs, nil
}

// accessTable is a table of what was measured, "" for nothing.
func accessTable(runs []accessRun) string {
	if len(runs) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("| Command | time | memory |\n| --- | --- | --- |\n")
	for _, run := range runs {
		fmt.Fprintf(&b, "| %s | %.1f s | %.0f MB |\n", run.Name, run.Seconds, run.Megabytes)
	}
	return b.String()
}
