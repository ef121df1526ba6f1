// Command bench measures the provider with the real Terraform and the development AuthService: the requests, the time and
// the memory of plans and applies for made-up companies of several sizes. Run it from the root of the repository, as
// "make bench" does.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

type options struct {
	cli, sizes, out, from string
	rounds                int
	latency               time.Duration
	access                bool
}

func main() {
	log.SetFlags(log.Ltime)
	var o options
	flag.StringVar(&o.cli, "cli", "terraform", "`path` of Terraform or OpenTofu")
	flag.StringVar(&o.sizes, "sizes", "edges:50,edges:100,edges:200,sets:200,sets:1000,gateway:200,users:1000,users:2000,users:5000,users:10000,users:20000",
		"`list` of companies: edges:N, sets:N, gateway:N or, for data sources, users:N, for N users")
	flag.IntVar(&o.rounds, "runs", 3, "`number` of runs of each kind")
	flag.DurationVar(&o.latency, "latency", 20*time.Millisecond, "`time` that the AuthService waits before each answer")
	flag.StringVar(&o.out, "out", "docs-dev", "`directory` for performance.md, .json and .svg, and cpu.pprof")
	flag.StringVar(&o.from, "from", "", "`file` of earlier results (performance.json) to write anew, instead of measuring")
	flag.BoolVar(&o.access, "access", true, "measure kamiwaza-access, too")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := o.run(ctx); err != nil {
		log.Fatal(err)
	}
}

func (o options) run(ctx context.Context) error {
	if err := os.MkdirAll(o.out, 0o750); err != nil {
		return err
	}
	var r results
	var err error
	if o.from != "" {
		r, err = loadResults(o.from)
	} else {
		r, err = o.measure(ctx)
	}
	if err != nil {
		return err
	}
	return errors.Join(r.draw(filepath.Join(o.out, "performance.svg")), r.write(filepath.Join(o.out, "performance.md")))
}

func (o options) measure(ctx context.Context) (results, error) {
	r := results{Latency: o.latency, Rounds: o.rounds}
	sizes, err := parseSizes(o.sizes)
	if err != nil {
		return r, err
	}
	if o.rounds < 1 {
		return r, fmt.Errorf("there are no runs")
	}
	if err := r.describe(ctx, o.cli); err != nil {
		return r, err
	}
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return r, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	b := bench{cli: o.cli, dir: dir, latency: o.latency}
	log.Printf("%s, %s, %s", r.Version, r.CLI, r.Machine)
	if err := b.build(ctx); err != nil {
		return r, err
	}

	if o.access {
		if r.Access, err = measureAccess(ctx); err != nil {
			return r, err
		}
	}
	var largest size
	for _, s := range resourceSizes(sizes) {
		if newCompany(s.Users).instances(s.Shape) > newCompany(largest.Users).instances(largest.Shape) {
			largest = s
		}
	}
	for _, s := range sizes {
		report := func(run run) {
			run.Version, run.Date = r.Version, r.Date
			r.Runs = append(r.Runs, run)
			log.Printf("%-10s %5d instances  %-5s %-14s %7.2f s  provider: %6.2f s of processor, %4.0f MB, %5d requests",
				run.Size, run.Instances, run.Action, run.Variant, run.Seconds, run.CPUSeconds, megabytes(run), run.requests())
		}
		if s.Shape == users {
			err = b.measureUsers(ctx, s, o.rounds, report)
		} else {
			for _, rule := range newCompany(s.Users).capped() {
				log.Printf("%s: the company is too small: %s", s, rule)
			}
			err = b.measure(ctx, s, o.rounds, s == largest, report)
		}
		if err != nil {
			return r, err
		}
		if s == largest {
			r.Profiled = s.String()
			if r.Profile, err = costs(dir, filepath.Join(o.out, "cpu.pprof")); err != nil {
				return r, err
			}
		}
		if err := r.save(filepath.Join(o.out, "performance.json")); err != nil {
			return r, err
		}
	}
	return r, nil
}
