package main

import (
	_ "embed"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"text/template"
)

//go:embed performance.md.tmpl
var performanceTemplate string

// report is what the template shows: the results, and tables made of them.
type report struct {
	results
	Command                                            string
	ManyInstances                                      int
	Capped                                             []string
	Headlines, Requests, Routes, Plans, Applies, Peaks string
	Costs, Runs, Users, UsersMeasured, Access          string
}

// write writes the results as a page.
func (r results) write(file string) error {
	all, err := r.sizes()
	if err != nil {
		return err
	}
	sizes := resourceSizes(all)
	page, err := template.New("performance").Parse(performanceTemplate)
	if err != nil {
		return err
	}
	var text strings.Builder
	err = page.Execute(&text, report{
		results: r, Command: r.command(all), ManyInstances: manyInstances, Capped: cappedRules(sizes),
		Headlines: r.headlines(sizes), Requests: r.requestsTable(sizes), Routes: r.routesTable(sizes), Plans: r.plansTable(sizes),
		Applies: r.appliesTable(sizes), Peaks: r.peaksTable(sizes), Costs: r.costsTable(), Runs: r.runsTable(), Access: accessTable(r.Access),
		Users: r.usersTable(all), UsersMeasured: r.usersMeasured(),
	})
	if err != nil {
		return err
	}
	return os.WriteFile(file, []byte(text.String()), 0o644)
}

func (r results) command(sizes []size) string {
	words := make([]string, len(sizes))
	for i, s := range sizes {
		words[i] = s.String()
	}
	return fmt.Sprintf("make bench SIZES=%s RUNS=%d", strings.Join(words, ","), r.Rounds)
}

func cappedRules(sizes []size) []string {
	var rules []string
	for _, s := range sizes {
		for _, rule := range newCompany(s.Users).capped() {
			if rule = fmt.Sprintf("With %d users, %s.", s.Users, rule); !slices.Contains(rules, rule) {
				rules = append(rules, rule)
			}
		}
	}
	return rules
}

func table(header []string, rows [][]string) string {
	var text strings.Builder
	line := func(cells []string) { fmt.Fprintf(&text, "| %s |\n", strings.Join(cells, " | ")) }
	line(header)
	line(slices.Repeat([]string{"---"}, len(header)))
	for _, row := range rows {
		line(row)
	}
	return text.String()
}

func seconds(r run) float64  { return r.Seconds }
func requests(r run) float64 { return float64(r.requests()) }

func number(format string, value float64) string {
	if value == 0 {
		return "–"
	}
	return fmt.Sprintf(format, value)
}

// headlines compares the largest companies that there are.
func (r results) headlines(sizes []size) string {
	var lines []string
	add := func(format string, values ...any) { lines = append(lines, "- "+fmt.Sprintf(format, values...)) }
	for _, shape := range []shape{edges, sets, gateway} {
		var largest size
		for _, s := range sizes {
			if s.Shape == shape && s.Users > largest.Users {
				largest = s
			}
		}
		if largest.Users == 0 {
			continue
		}
		runs := r.of(largest, plan, shared)
		add("A plan of %d instances (%s) takes **%.0f requests** instead of %.0f, and **%.2f times** what it takes if nothing is asked at all.",
			runs[0].Instances, largest, medianOf(runs, requests), medianOf(r.of(largest, plan, direct), requests), ratio(runs, r.of(largest, plan, floor), seconds))
	}
	users := 0
	for _, s := range sizes {
		if s.Shape == edges && slices.Contains(sizes, size{sets, s.Users}) {
			users = max(users, s.Users)
		}
	}
	if users > 0 {
		asEdges, asSets := r.of(size{edges, users}, apply, shared), r.of(size{sets, users}, apply, shared)
		add("Creating a company of %d users with whole sets takes **%.2f times** as long as with single assignments, and %.0f requests instead of %.0f.",
			users, medianOf(asSets, seconds)/medianOf(asEdges, seconds), medianOf(asSets, requests), medianOf(asEdges, requests))
	}
	return strings.Join(lines, "\n")
}

func (r results) requestsTable(sizes []size) string {
	var rows [][]string
	for _, s := range sizes {
		c := newCompany(s.Users)
		rows = append(rows, []string{
			s.String(), fmt.Sprint(c.instances(s.Shape)), fmt.Sprint(c.mostRequests(s.Shape)),
			r.spread(s, plan, shared), r.spread(s, plan, direct),
		})
	}
	return table([]string{"Company", "instances", "at most", "shared", "direct"}, rows)
}

// spread is the number of requests of all runs: one number, unless they differ.
func (r results) spread(s size, a action, v variant) string {
	var counts []int
	for _, run := range r.of(s, a, v) {
		counts = append(counts, run.requests())
	}
	if len(counts) == 0 {
		return "–"
	}
	if least, most := slices.Min(counts), slices.Max(counts); least != most {
		return fmt.Sprintf("%d to %d", least, most)
	}
	return fmt.Sprint(counts[0])
}

func (r results) routesTable(sizes []size) string {
	header := []string{"Route"}
	byRoute := map[string][]string{}
	var columns []map[string]int
	for _, s := range sizes {
		for _, v := range []variant{shared, direct} {
			header = append(header, fmt.Sprintf("%s, %s", s, v))
			runs := r.of(s, plan, v)
			columns = append(columns, runs[len(runs)-1].Requests)
		}
	}
	for _, column := range columns {
		for route := range column {
			byRoute[route] = nil
		}
	}
	var rows [][]string
	for _, route := range slices.Sorted(maps.Keys(byRoute)) {
		row := []string{"`" + route + "`"}
		for _, column := range columns {
			row = append(row, fmt.Sprint(column[route]))
		}
		rows = append(rows, row)
	}
	return table(header, rows)
}

func (r results) plansTable(sizes []size) string {
	var rows [][]string
	for _, s := range sizes {
		row := []string{s.String(), fmt.Sprint(newCompany(s.Users).instances(s.Shape))}
		for _, v := range []variant{shared, direct, floor, builtin} {
			row = append(row, number("%.2f s", medianOf(r.of(s, plan, v), seconds)))
		}
		for _, v := range []variant{floor, direct, builtin} {
			row = append(row, number("%.2f", ratio(r.of(s, plan, shared), r.of(s, plan, v), seconds)))
		}
		rows = append(rows, row)
	}
	return table([]string{"Company", "instances", "shared", "direct", "floor", "`terraform_data`", "shared : floor", "shared : direct", "shared : `terraform_data`"}, rows)
}

func (r results) appliesTable(sizes []size) string {
	var rows [][]string
	for _, s := range sizes {
		runs := r.of(s, apply, shared)
		rows = append(rows, []string{
			s.String(), fmt.Sprint(newCompany(s.Users).instances(s.Shape)), number("%.1f s", medianOf(runs, seconds)), r.spread(s, apply, shared),
			number("%.1f s", medianOf(r.of(s, apply, builtin), seconds)),
		})
	}
	return table([]string{"Company", "instances", "the provider", "requests", "`terraform_data`"}, rows)
}

func (r results) peaksTable(sizes []size) string {
	var rows [][]string
	for _, s := range sizes {
		row := []string{s.String(), fmt.Sprint(newCompany(s.Users).instances(s.Shape))}
		for _, v := range []variant{shared, direct, floor} {
			row = append(row, number("%.0f MB", medianOf(r.of(s, plan, v), megabytes)))
		}
		row = append(row, number("%.0f MB", medianOf(r.of(s, apply, shared), megabytes)))
		rows = append(rows, row)
	}
	return table([]string{"Company", "instances", "plan, shared", "plan, direct", "plan, floor", "apply"}, rows)
}

func (r results) costsTable() string {
	var total float64
	for _, c := range r.Profile {
		total += c.Seconds
	}
	var rows [][]string
	for _, c := range r.Profile {
		rows = append(rows, []string{c.Name, fmt.Sprintf("%.2f s", c.Seconds), fmt.Sprintf("%.0f %%", 100*c.Seconds/total)})
	}
	return table([]string{"What", "processor time", "share"}, rows)
}

func (r results) runsTable() string {
	var rows [][]string
	for _, run := range r.Runs {
		rows = append(rows, []string{
			run.Size, string(run.Action), string(run.Variant), fmt.Sprint(run.Round + 1), fmt.Sprintf("%.2f s", run.Seconds),
			number("%.2f s", run.CPUSeconds), number("%.0f MB", megabytes(run)), number("%.0f", requests(run)),
		})
	}
	return table([]string{"Company", "action", "with", "run", "time", "the provider's processor time", "its peak memory", "requests"}, rows)
}
