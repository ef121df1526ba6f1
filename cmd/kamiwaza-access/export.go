package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/posener/complete"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/connection"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/export"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/snapshot"
)

const exportHelp = `
Usage: kamiwaza-access [global options] export [options] DIRECTORY

  Reads a Kamiwaza platform and writes what it has into DIRECTORY, as Terraform
  configuration with an import block for each object. It changes nothing on the
  platform: it only sends GET requests and the login.
` + connectionHelp

const exportCodes = `
  0  Everything was written.
  1  Failed. Nothing was written.
  2  The command line is wrong.
  3  Something could not be read, or cannot be expressed in the configuration;
     all else was written. With -list and -managed: something is not managed.
`

// exportCommand writes what a platform has as Terraform configuration.
func exportCommand(ctx context.Context, env environment) *command {
	return &command{
		env: env, name: "export", synopsis: "Write existing access as Terraform configuration with import blocks",
		help: exportHelp, options: exportOptions, codes: exportCodes, arguments: complete.PredictDirs("*"),
		run: func(arguments []string) (int, error) {
			options, err := parse(arguments, env.stdin)
			if err != nil {
				return exitUsage, usageError{err}
			}
			return runExport(ctx, env, options)
		},
	}
}

func runExport(ctx context.Context, env environment, options options) (code int, err error) {
	if !options.list {
		if err := export.Check(options.directory, options.force); err != nil {
			return exitFailed, err
		}
	}
	p, err := env.connect(options.quiet)
	if err != nil {
		return exitFailed, err
	}
	read, err := p.read(ctx, snapshot.Options{
		Also: options.also, WithoutSelf: options.export.IncludeSelf, WithoutMembers: options.export.Assignments == export.None,
	})
	if err != nil {
		return exitFailed, err
	}
	files, report, err := export.Write(read, options.export)
	if err != nil {
		return exitFailed, err
	}
	if options.list {
		for _, item := range report.Items {
			fmt.Fprintf(env.stdout, "%s\t%s\n", item.Address, item.ID)
		}
	} else if err := export.Save(options.directory, files, options.force); err != nil {
		return exitFailed, err
	}
	if !options.quiet {
		summarizeExport(options, p, read, report, files)
	}
	env.complain(report.Problems)
	switch {
	case len(report.Problems) > 0, options.list && options.export.Managed != nil && len(report.Items) > 0:
		return exitIncomplete, nil
	}
	return 0, nil
}

// summarizeExport says on stderr what was done, and what to do next.
func summarizeExport(options options, p *platform, read snapshot.Snapshot, report export.Report, files export.Files) {
	out := p.env.stderr
	p.summarize(read)
	if !options.list {
		fmt.Fprintf(out, "Wrote %s: %d files, %d objects and sets to import.\n", options.directory, len(files), len(report.Items))
	}
	for _, text := range report.LeftOut {
		fmt.Fprintf(out, "Left out: %s.\n", text)
	}
	if read.Generation == connection.RBAC {
		fmt.Fprint(out, "Not found, because no user leads to them: groups without members, roles that none of these groups has, rights that none of\n"+
			"these roles has, and organizations without users. If you know their ids, add them with -also.\n")
	}
	if !options.list {
		fmt.Fprintf(out, "\nNext:\n  cd %s && terraform init && terraform plan\n"+
			"The plan must say: %d to import, 0 to add, 0 to change, 0 to destroy. Then:\n"+
			"  terraform apply && rm imports.tf && terraform apply\n"+
			"The second apply must report no changes. It stores lifecycle settings, which an import does not.\n", shellWord(options.directory), len(report.Items))
	}
}

// shellWord writes a path as a word of a shell.
func shellWord(path string) string {
	if strings.Trim(path, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./-") == "" && path != "" {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}
