package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/pprof/profile"
)

// profileVariable names the directory that the profiled provider writes to.
const profileVariable = "BENCH_PROFILE"

const project = "github.com/kamiwaza-ai/terraform-provider-kamiwaza/"

// cost is what one kind of work took of the provider's processor time.
type cost struct {
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"`
}

// kinds are the kinds of work by the functions that do it. The first kind with one of its functions on a stack has it.
var kinds = []struct {
	name      string
	functions []string
}{
	{"garbage collection", []string{"runtime.gcBgMarkWorker", "runtime.gcAssistAlloc", "runtime.bgsweep", "runtime.bgscavenge"}},
	{"logs", []string{"github.com/hashicorp/go-hclog.", "github.com/hashicorp/terraform-plugin-log/", "github.com/hashicorp/terraform-plugin-go/internal/logging."}},
	{"requests to the AuthService", []string{project + "internal/client.", "net/http."}},
	{"resources and the directory, with what they call", []string{project + "internal/provider.", project + "internal/directory."}},
	{"the plugin framework", []string{"github.com/hashicorp/terraform-plugin-framework/"}},
	{"the plugin protocol", []string{"github.com/hashicorp/terraform-plugin-go/", "github.com/hashicorp/go-plugin", "google.golang.org/grpc", "golang.org/x/net/http2"}},
	{"the rest of the Go runtime", []string{""}},
}

// costs sums up the profiles of all processes of one run, and copies them into one file.
func costs(dir, merged string) ([]cost, error) {
	files, err := filepath.Glob(filepath.Join(dir, "cpu-*.pprof"))
	if err != nil {
		return nil, err
	}
	var profiles []*profile.Profile
	for _, file := range files {
		p, err := readProfile(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		profiles = append(profiles, p)
	}
	p, err := profile.Merge(profiles)
	if err != nil {
		return nil, err
	}
	if err := writeProfile(p, merged); err != nil {
		return nil, err
	}

	nanoseconds := map[string]int64{}
	for _, sample := range p.Sample {
		nanoseconds[kindOf(sample)] += sample.Value[len(sample.Value)-1]
	}
	var costs []cost
	for name, n := range nanoseconds {
		costs = append(costs, cost{name, float64(n) / 1e9})
	}
	slices.SortFunc(costs, func(a, b cost) int { return cmp.Compare(b.Seconds, a.Seconds) })
	return costs, nil
}

func kindOf(sample *profile.Sample) string {
	for _, kind := range kinds {
		for _, location := range sample.Location {
			for _, line := range location.Line {
				for _, function := range kind.functions {
					if strings.HasPrefix(line.Function.Name, function) {
						return kind.name
					}
				}
			}
		}
	}
	return "unknown"
}

func readProfile(file string) (*profile.Profile, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return profile.Parse(f)
}

func writeProfile(p *profile.Profile, file string) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	err = p.Write(f)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}
