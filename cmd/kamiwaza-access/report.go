package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/posener/complete"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/access"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/export"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/report"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/snapshot"
)

const reportHelp = `
Usage: kamiwaza-access [global options] report [options]

  Prints who may do what on a Kamiwaza platform, and why: each permission of
  each user, and each way that leads to it. With the RBAC API, permissions are
  rights; with the gateway API, platform roles, relations to objects, and roles
  in workrooms. Inactive users may do nothing.
` + connectionHelp

const reportCodes = `
  0  The report is complete.
  1  Failed.
  2  The command line is wrong.
  3  Something could not be read; the report lacks what it gives.
`

// defaultInactive is after how many days without a login -unused lists a user.
const defaultInactive = 90

var reportFormats = []string{string(report.Table), string(report.CSV), string(report.JSON), string(report.Markdown), string(report.HTML)}

var reportOptions = []option{
	formatOption(reportFormats),
	{"user", "NAME", []string{"Only this user: a username, an e-mail address or an id. Can be repeated."}, complete.PredictAnything},
	{"right", "NAME", []string{
		"Only this permission: its name or id, or an object such as dataset:sales.",
		"What gives everything is listed, too. Can be repeated.",
	}, complete.PredictAnything},
	{"group", "NAME", []string{"Only what this group gives: its name or id. Can be repeated."}, complete.PredictAnything},
	{"inactive", "DAYS", []string{"Only users who have not logged in for so many days (RBAC API)."}, complete.PredictAnything},
	{"superusers", "", []string{"Only users who may do everything."}, complete.PredictNothing},
	{"unused", "", []string{
		fmt.Sprintf("List what may be cleaned up instead: users who have not logged in for %d", defaultInactive),
		"days or -inactive, groups and roles that give nothing or the same as",
		"another, and rights that nobody has.",
	}, complete.PredictNothing},
	{"managed", "FILE", []string{
		"What \"terraform show -json\" has printed; - reads the standard input. With",
		"-unused: objects in this state that no user leads to.",
	}, complete.PredictFiles("*.json")},
	waysOption,
	quietOption,
}

// reportSettings are what the command line of report says.
type reportSettings struct {
	format        report.Format
	report        report.Report
	inactive      int // days
	unused, quiet bool
	managed       export.Managed
}

// reportCommand prints who may do what.
func reportCommand(ctx context.Context, env environment) *command {
	return &command{
		env: env, name: "report", synopsis: "Print who may do what, and why",
		help: reportHelp, options: reportOptions, codes: reportCodes, arguments: complete.PredictNothing,
		run: func(arguments []string) (int, error) {
			settings, err := parseReport(arguments, env.stdin)
			if err != nil {
				return exitUsage, usageError{err}
			}
			return runReport(ctx, env, settings)
		},
	}
}

func parseReport(arguments []string, stdin io.Reader) (reportSettings, error) {
	var s reportSettings
	flags := newFlags("report")
	format := flags.String("format", reportFormats[0], "")
	users, rights, groups := several(flags, "user"), several(flags, "right"), several(flags, "group")
	flags.IntVar(&s.inactive, "inactive", 0, "")
	flags.BoolVar(&s.report.EverythingOnly, "superusers", false, "")
	flags.BoolVar(&s.unused, "unused", false, "")
	flags.BoolVar(&s.quiet, "quiet", false, "")
	managed := flags.String("managed", "", "")
	all := flags.Bool("all-paths", false, "")
	if err := flags.Parse(arguments); err != nil {
		return s, err
	}
	var err error
	if s.format, err = checkFormat(*format, reportFormats); err != nil {
		return s, err
	}
	s.report.Users, s.report.Permissions, s.report.Groups, s.report.Limit = *users, *rights, *groups, limitOf(*all)
	filtered := len(*users)+len(*rights)+len(*groups) > 0 || s.report.EverythingOnly
	switch {
	case flags.NArg() > 0:
		return s, errors.New("report takes no arguments besides options")
	case s.inactive < 0:
		return s, errors.New("-inactive must be a number of days")
	case s.unused && filtered:
		return s, errors.New("-unused takes no -user, -right, -group or -superusers")
	case s.unused && (s.format == report.CSV || s.format == report.HTML):
		return s, errors.New("-unused has the formats table, json and markdown")
	case *managed != "" && !s.unused:
		return s, errors.New("-managed is for -unused")
	case *managed != "":
		if s.managed, err = readFile(*managed, stdin, export.ReadManaged); err != nil {
			return s, fmt.Errorf("-managed=%s: %w", *managed, err)
		}
	}
	return s, nil
}

func runReport(ctx context.Context, env environment, s reportSettings) (code int, err error) {
	p, err := env.connect(s.quiet)
	if err != nil {
		return exitFailed, err
	}
	managed := map[access.Kind][]string{}
	seeds := snapshot.Seeds{}
	for typeName, kind := range map[string]access.Kind{"kamiwaza_group": access.Group, "kamiwaza_role": access.Role, "kamiwaza_right": access.Right} {
		for id := range s.managed[typeName] {
			managed[kind] = append(managed[kind], id)
			seeds[snapshot.Kind(kind)] = append(seeds[snapshot.Kind(kind)], id)
		}
	}
	read, err := p.read(ctx, snapshot.Options{Also: seeds, WithoutSelf: true})
	if err != nil {
		return exitFailed, err
	}
	s.report.Graph = access.New(read)
	if !s.quiet {
		p.summarize(read)
		p.noteHidden(s.report.Graph.Hidden)
	}
	if s.inactive > 0 && !s.report.Graph.HasLogins() {
		return exitFailed, errors.New("-inactive needs the RBAC API: the gateway API does not tell when users logged in")
	}
	if s.unused {
		days := s.inactive
		if days == 0 {
			days = defaultInactive
		}
		found := s.report.Graph.Unused(env.now().AddDate(0, 0, -days), managed)
		err = report.WriteUnused(env.stdout, s.format, s.report.Graph, found)
	} else {
		if s.inactive > 0 {
			s.report.DormantSince = env.now().AddDate(0, 0, -s.inactive)
		}
		if err := s.report.Check(); err != nil {
			return exitFailed, err
		}
		err = s.report.Write(env.stdout, s.format)
	}
	if err != nil {
		return exitFailed, err
	}
	return env.incomplete(s.report.Graph.Gaps), nil
}

// incomplete says what is missing, and returns the exit code for that.
func (env environment) incomplete(gaps []string) int {
	env.complain(gaps)
	if len(gaps) > 0 {
		return exitIncomplete
	}
	return 0
}
