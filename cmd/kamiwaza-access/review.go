package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/posener/complete"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/access"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/report"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/review"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/snapshot"
)

const reviewHelp = `
Usage: kamiwaza-access [global options] review [options] PLAN.json

  Prints who gains and who loses what when a plan is applied, and why. PLAN.json
  is what "terraform show -json PLAN" or "tofu show -json PLAN" has printed; -
  reads the standard input. It reads the platform as it is now, and changes
  nothing there.

  Ids of objects that the plan creates are not known before the apply. review
  finds out which resource they stand for from the plan's configuration, and
  lists those arguments for which it cannot.
` + connectionHelp

const reviewCodes = `
  0  Reviewed.
  1  Failed.
  2  The command line is wrong, or the plan cannot be read.
  3  Something is not known before the apply, or could not be read of the
     platform: the answer lacks what it changes.
  4  Somebody gains what -deny or -deny-superuser forbids.
`

var reviewOptions = []option{
	formatOption(changesFormats),
	{"deny", "NAME", []string{
		"Exit with 4 if somebody gains this permission or everything: its name or",
		"id, or an object such as dataset:sales. Can be repeated.",
	}, complete.PredictAnything},
	{
		"deny-superuser", "",
		[]string{"Exit with 4 if somebody gains what gives everything: is_superuser with the", "RBAC API, the platform role admin with the gateway API."},
		complete.PredictNothing,
	},
	{"provider", "NAME", []string{
		"The provider configuration of this platform, such as kamiwaza.europe, if",
		"the plan uses several.",
	}, complete.PredictAnything},
	waysOption,
	quietOption,
}

// reviewSettings are what the command line of review says.
type reviewSettings struct {
	format        report.Format
	plan          *review.Plan
	deny          []string
	denySuperuser bool
	limit         int
	quiet         bool
}

// reviewCommand prints what a plan changes.
func reviewCommand(ctx context.Context, env environment) *command {
	return &command{
		env: env, name: "review", synopsis: "Print who gains and loses what when a plan is applied",
		help: reviewHelp, options: reviewOptions, codes: reviewCodes, arguments: complete.PredictFiles("*.json"),
		run: func(arguments []string) (int, error) {
			settings, err := parseReview(arguments, env.stdin)
			if err != nil {
				return exitUsage, usageError{err}
			}
			return runReview(ctx, env, settings)
		},
	}
}

func parseReview(arguments []string, stdin io.Reader) (reviewSettings, error) {
	var s reviewSettings
	flags := newFlags("review")
	format := flags.String("format", changesFormats[0], "")
	deny, provider := several(flags, "deny"), flags.String("provider", "", "")
	flags.BoolVar(&s.denySuperuser, "deny-superuser", false, "")
	flags.BoolVar(&s.quiet, "quiet", false, "")
	all := flags.Bool("all-paths", false, "")
	if err := flags.Parse(arguments); err != nil {
		return s, err
	}
	s.deny, s.limit = *deny, limitOf(*all)
	var err error
	if s.format, err = checkFormat(*format, changesFormats); err != nil {
		return s, err
	}
	if flags.NArg() != 1 {
		return s, errors.New("name the plan, after the options")
	}
	s.plan, err = readFile(flags.Arg(0), stdin, func(from io.Reader) (*review.Plan, error) { return review.Read(from, *provider) })
	if err != nil {
		return s, fmt.Errorf("%s: %w", flags.Arg(0), err)
	}
	return s, nil
}

func runReview(ctx context.Context, env environment, s reviewSettings) (int, error) {
	p, err := env.connect(s.quiet)
	if err != nil {
		return exitFailed, err
	}
	read, err := p.read(ctx, snapshot.Options{Also: s.plan.Seeds(), WithoutSelf: !s.plan.NeedsCaller()})
	if err != nil {
		return exitFailed, err
	}
	found := review.New(read, s.plan, s.limit)
	for _, name := range s.deny {
		if !slices.ContainsFunc(slices.Concat(found.Before.Permissions, found.After.Permissions), func(n *access.Node) bool { return n.IsCalled(name) }) {
			fmt.Fprintf(env.stderr, "Warning: -deny=%s: the platform has no permission with this name, neither before nor after the plan. Check the spelling.\n", name)
		}
	}
	if !s.quiet {
		p.summarize(read)
		p.noteHidden(found.Before.Hidden)
	}
	changes := report.Changes{
		Difference: found.Difference, API: read.Generation, Unknown: found.Unknown, Other: found.Other, Denied: s.denied(found), Gaps: found.Before.Gaps,
	}
	if err := changes.Write(env.stdout, s.format); err != nil {
		return exitFailed, err
	}
	incomplete := env.incomplete(changes.Gaps)
	switch {
	case len(changes.Denied) > 0:
		return exitDenied, nil
	case incomplete != 0, len(changes.Unknown) > 0:
		return exitIncomplete, nil
	}
	return 0, nil
}

// denied says who gains what is forbidden.
func (s reviewSettings) denied(found review.Review) []string {
	isDenied := func(n *access.Node) bool {
		return n.IsEverything() && (s.denySuperuser || len(s.deny) > 0) || slices.ContainsFunc(s.deny, n.IsCalled)
	}
	var texts []string
	for _, change := range found.Changes {
		for _, a := range change.Gained {
			if isDenied(a.Permission) {
				texts = append(texts, fmt.Sprintf("%s gains %s", change.Holder.Name, a.Permission.Name))
			}
		}
	}
	return texts
}
