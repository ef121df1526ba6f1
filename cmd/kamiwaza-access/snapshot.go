package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/posener/complete"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/access"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/report"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/snapshot"
)

const snapshotHelp = `
Usage: kamiwaza-access [global options] snapshot [options] > FILE

  Prints all users, groups, roles and assignments of a Kamiwaza platform as
  JSON, without secrets. The same platform gives the same file, so that you can
  compare two with "kamiwaza-access diff", or keep them in a repository.
` + connectionHelp

const snapshotCodes = `
  0  The snapshot is complete.
  1  Failed.
  2  The command line is wrong.
  3  Something could not be read; the snapshot names it under "lost".
`

// snapshotCommand prints what there is.
func snapshotCommand(ctx context.Context, env environment) *command {
	return &command{
		env: env, name: "snapshot", synopsis: "Print all access as JSON, to compare it later",
		help: snapshotHelp, options: []option{quietOption}, codes: snapshotCodes, arguments: complete.PredictNothing,
		run: func(arguments []string) (int, error) {
			flags := newFlags("snapshot")
			quiet := flags.Bool("quiet", false, "")
			switch err := flags.Parse(arguments); {
			case err != nil:
				return exitUsage, usageError{err}
			case flags.NArg() > 0:
				return exitUsage, usageError{errors.New("snapshot takes no arguments; redirect the output to a file")}
			}
			p, read, err := env.snapshot(ctx, *quiet)
			if err != nil {
				return exitFailed, err
			}
			if !*quiet {
				p.summarize(read)
				p.noteHidden(read.Hidden())
			}
			if err := read.Write(env.stdout); err != nil {
				return exitFailed, err
			}
			return env.incomplete(access.New(read).Gaps), nil
		},
	}
}

// snapshot reads the platform.
func (env environment) snapshot(ctx context.Context, quiet bool) (*platform, snapshot.Snapshot, error) {
	p, err := env.connect(quiet)
	if err != nil {
		return nil, snapshot.Snapshot{}, err
	}
	read, err := p.read(ctx, snapshot.Options{WithoutSelf: true})
	return p, read, err
}

const diffHelp = `
Usage: kamiwaza-access [global options] diff [options] OLD [NEW]

  Compares two snapshots, files that "kamiwaza-access snapshot" has printed, and
  prints who has gained and who has lost what in between. Without NEW, it
  compares OLD with the platform as it is now.
` + connectionHelp

const diffCodes = `
  0  Compared. With -exit-code: nobody has gained or lost anything.
  1  Failed.
  2  The command line is wrong.
  3  Something could not be read of the platform or in a snapshot; the answer
     lacks what it gives.
  5  With -exit-code: somebody has gained or lost something.
`

var changesFormats = []string{string(report.Table), string(report.JSON), string(report.Markdown)}

var diffOptions = []option{
	formatOption(changesFormats),
	{"exit-code", "", []string{"Exit with 5 if somebody has gained or lost something."}, complete.PredictNothing},
	waysOption,
	quietOption,
}

// diffCommand compares two snapshots.
func diffCommand(ctx context.Context, env environment) *command {
	return &command{
		env: env, name: "diff", synopsis: "Print who gained and lost what between two snapshots, or since one",
		help: diffHelp, options: diffOptions, codes: diffCodes, arguments: complete.PredictFiles("*.json"),
		run: func(arguments []string) (int, error) {
			flags := newFlags("diff")
			format := flags.String("format", changesFormats[0], "")
			exitCode, all, quiet := flags.Bool("exit-code", false, ""), flags.Bool("all-paths", false, ""), flags.Bool("quiet", false, "")
			if err := flags.Parse(arguments); err != nil {
				return exitUsage, usageError{err}
			}
			form, err := checkFormat(*format, changesFormats)
			switch {
			case err != nil:
				return exitUsage, usageError{err}
			case flags.NArg() != 1 && flags.NArg() != 2:
				return exitUsage, usageError{errors.New("name one snapshot or two, after the options")}
			}
			before, err := readFile(flags.Arg(0), env.stdin, snapshot.Load)
			if err != nil {
				return exitUsage, usageError{fmt.Errorf("%s: %w", flags.Arg(0), err)}
			}
			var after snapshot.Snapshot
			if flags.NArg() == 2 {
				if after, err = readFile(flags.Arg(1), env.stdin, snapshot.Load); err != nil {
					return exitUsage, usageError{fmt.Errorf("%s: %w", flags.Arg(1), err)}
				}
			} else {
				var p *platform
				if p, after, err = env.snapshot(ctx, *quiet); err != nil {
					return exitFailed, err
				}
				if !*quiet {
					p.summarize(after)
					p.noteHidden(after.Hidden())
				}
			}
			if before.Generation != after.Generation {
				return exitFailed, fmt.Errorf("one snapshot is of a platform with the %s and the other of one with the %s, whose permissions cannot be compared",
					before.Generation, after.Generation)
			}
			old, now := access.New(before), access.New(after)
			changes := report.Changes{
				Difference: access.Compare(old, now, limitOf(*all)), API: after.Generation, Gaps: append(access.InOld(old.Gaps), now.Gaps...),
			}
			if err := changes.Write(env.stdout, form); err != nil {
				return exitFailed, err
			}
			if code := env.incomplete(changes.Gaps); code != 0 {
				return code, nil
			}
			if *exitCode && !changes.IsEmpty() {
				return exitChanged, nil
			}
			return 0, nil
		},
	}
}
