package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"
)

// results is all that was measured, as it is kept in a file.
type results struct {
	Date     string        `json:"date"`
	Version  string        `json:"version"`
	CLI      string        `json:"cli"`
	Go       string        `json:"go"`
	Machine  string        `json:"machine"`
	Latency  time.Duration `json:"latency_ns"`
	Rounds   int           `json:"rounds"`
	Runs     []run         `json:"runs"`
	Profile  []cost        `json:"profile,omitempty"`
	Profiled string        `json:"profiled,omitempty"` // the size
	Access   []accessRun   `json:"access,omitempty"`
}

func (r results) save(file string) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(data, '\n'), 0o644)
}

func loadResults(file string) (results, error) {
	var r results
	data, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(data, &r)
	}
	return r, err
}

// of returns the runs of one kind, in the order of their rounds.
func (r results) of(s size, a action, v variant) []run {
	var runs []run
	for _, run := range r.Runs {
		if run.Size == s.String() && run.Action == a && run.Variant == v {
			runs = append(runs, run)
		}
	}
	return runs
}

// sizes returns the sizes that were measured, in that order.
func (r results) sizes() ([]size, error) {
	var texts []string
	for _, run := range r.Runs {
		if !slices.Contains(texts, run.Size) {
			texts = append(texts, run.Size)
		}
	}
	return parseSizes(strings.Join(texts, ","))
}

func medianOf(runs []run, value func(run) float64) float64 {
	values := make([]float64, len(runs))
	for i, run := range runs {
		values[i] = value(run)
	}
	return median(values)
}

// ratio compares the smallest value of some runs with that of others. What else a machine does only ever adds to a time,
// and sometimes for whole runs, so the smallest are the most alike in everything but what is compared.
func ratio(runs, others []run, value func(run) float64) float64 {
	if len(runs) == 0 || len(others) == 0 {
		return 0
	}
	return smallest(runs, value) / smallest(others, value)
}

func smallest(runs []run, value func(run) float64) float64 {
	least := value(runs[0])
	for _, run := range runs {
		least = min(least, value(run))
	}
	return least
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// describe fills in what was measured where.
func (r *results) describe(ctx context.Context, cli string) error {
	r.Date, r.Go, r.Version = time.Now().UTC().Format(time.DateOnly), runtime.Version(), "unknown"
	command := exec.CommandContext(ctx, cli, "version")
	command.Env = append(cleanEnviron(), "TF_CLI_CONFIG_FILE="+os.DevNull, "CHECKPOINT_DISABLE=1")
	version, err := command.Output()
	if err != nil {
		return fmt.Errorf("%s version: %w", cli, err)
	}
	r.CLI, _, _ = strings.Cut(string(version), "\n")
	if commit, err := exec.CommandContext(ctx, "git", "describe", "--always", "--dirty").Output(); err == nil {
		r.Version = strings.TrimSpace(string(commit))
	}
	r.Machine = fmt.Sprintf("%d processors (%s), %s, %s/%s", runtime.NumCPU(),
		procField("/proc/cpuinfo", "model name", "of an unknown model"), memory(), runtime.GOOS, runtime.GOARCH)
	return nil
}

func memory() string {
	var kilobytes int
	if _, err := fmt.Sscan(procField("/proc/meminfo", "MemTotal", ""), &kilobytes); err != nil {
		return "unknown memory"
	}
	return fmt.Sprintf("%d GB of memory", (kilobytes+1<<19)>>20)
}

// procField returns a field of one of Linux's files about itself.
func procField(file, name, otherwise string) string {
	f, err := os.Open(file)
	if err != nil {
		return otherwise
	}
	defer func() { _ = f.Close() }()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if key, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return otherwise
}
