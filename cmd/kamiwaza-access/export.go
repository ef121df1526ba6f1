package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/posener/complete"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/connection"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/english"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/export"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/snapshot"
)

// exportCommand writes what a platform has as Terraform configuration.
type exportCommand struct {
	ctx context.Context //nolint:containedctx // The library's commands are made for one run and take no context.
	env environment
}

// Synopsis is the line in the list of commands.
func (c *exportCommand) Synopsis() string {
	return "Write existing access as Terraform configuration with import blocks"
}

// Help is what -help prints.
func (c *exportCommand) Help() string {
	return strings.TrimSpace(`
Usage: kamiwaza-access [global options] export [options] DIRECTORY

  Reads a Kamiwaza platform and writes what it has into DIRECTORY, as Terraform
  configuration with an import block for each object. It changes nothing on the
  platform: it only sends GET requests and the login.

  The connection is configured with the environment variables of the provider,
  such as KAMIWAZA_BASE_URL, KAMIWAZA_USERNAME and KAMIWAZA_PASSWORD.

Options:

` + optionsHelp() + `

Exit codes:

  0  Everything was written.
  1  Failed. Nothing was written.
  2  The command line is wrong.
  3  Something could not be read, or cannot be expressed in the configuration;
     all else was written. With -list and -managed: something is not managed.
`)
}

// AutocompleteArgs completes the directory.
func (c *exportCommand) AutocompleteArgs() complete.Predictor { return complete.PredictDirs("*") }

// AutocompleteFlags completes the options.
func (c *exportCommand) AutocompleteFlags() complete.Flags { return completions() }

// Run exports.
func (c *exportCommand) Run(arguments []string) int {
	options, err := parse(arguments, c.env.stdin)
	if err != nil {
		fmt.Fprintf(c.env.stderr, "%s.\n\nFor help, run: kamiwaza-access export -help\n", english.Capitalize(err.Error()))
		return exitUsage
	}
	code, err := c.export(options)
	if err != nil {
		fmt.Fprintf(c.env.stderr, "Error: %s.\n", strings.TrimRight(err.Error(), "."))
		if advice := adviceOn(err); advice != "" {
			fmt.Fprintf(c.env.stderr, "\n%s\n", advice)
		}
	}
	return code
}

// adviceOn says what the user can do about an error, "" if it says all there is.
func adviceOn(err error) string {
	adviser, ok := errors.AsType[interface {
		error
		Advice() string
	}](err)
	switch {
	case ok:
		return adviser.Advice()
	case errors.Is(err, snapshot.ErrSelf):
		return "That user is left out, so that nobody is locked out. Log in with KAMIWAZA_USERNAME and KAMIWAZA_PASSWORD, or export that user, too, with -include-self."
	case errors.Is(err, client.ErrForbidden) && !errors.Is(err, client.ErrLogin):
		return "Reading everything needs a superuser with the RBAC API, and the platform role admin with the gateway API."
	}
	return ""
}

func (c *exportCommand) export(options options) (code int, err error) {
	if !options.list {
		if err := export.Check(options.directory, options.force); err != nil {
			return exitFailed, err
		}
	}
	config, problems := connection.FromEnvironment(c.env.getenv)
	if len(problems) > 0 {
		var failures []error
		for _, problem := range problems {
			failures = append(failures, fmt.Errorf("%s: %s", problem.Heading, problem.Detail))
		}
		return exitFailed, errors.Join(failures...)
	}
	if base, plain := connection.PlainHTTP(config.Client.BaseURL); plain {
		fmt.Fprintf(c.env.stderr, "Warning: http://%s is plain HTTP. Anyone who intercepts the connection can read the credentials.\n", base.Host)
	}
	began := time.Now()
	var requests atomic.Int64
	config.Client.UserAgent = "kamiwaza-access/" + version
	config.Client.OnAttempt = func(context.Context, client.Attempt) { requests.Add(1) }
	connected, err := client.New(config.Client)
	if err != nil {
		return exitFailed, err
	}
	progress := c.progress(options)
	read, err := snapshot.Read(c.ctx, connected, connection.New(connected, config), snapshot.Options{
		Also: options.also, WithoutSelf: options.export.IncludeSelf, WithoutMembers: options.export.Assignments == export.None, Progress: progress.show,
	})
	progress.end()
	if err != nil {
		return exitFailed, err
	}
	files, report, err := export.Write(read, options.export)
	if err != nil {
		return exitFailed, err
	}
	if options.list {
		for _, item := range report.Items {
			fmt.Fprintf(c.env.stdout, "%s\t%s\n", item.Address, item.ID)
		}
	} else if err := export.Save(options.directory, files, options.force); err != nil {
		return exitFailed, err
	}
	if !options.quiet {
		c.summarize(options, connected.BaseURL(), read, report, files, fmt.Sprintf("%d requests, %.1f s", requests.Load(), time.Since(began).Seconds()))
	}
	c.complain(report.Problems)
	switch {
	case len(report.Problems) > 0, options.list && options.export.Managed != nil && len(report.Items) > 0:
		return exitIncomplete, nil
	}
	return 0, nil
}

// summarize says on stderr what was done, and what to do next.
func (c *exportCommand) summarize(options options, address string, read snapshot.Snapshot, report export.Report, files export.Files, effort string) {
	out := c.env.stderr
	fmt.Fprintf(out, "Read %s, which has the %s: %s (%s).\n", address, read.Generation, counts(read), effort)
	if !options.list {
		fmt.Fprintf(out, "Wrote %s: %d files, %d objects and sets to import.\n", options.directory, len(files), len(report.Items))
	}
	for _, text := range report.LeftOut {
		fmt.Fprintf(out, "Left out: %s.\n", text)
	}
	for _, text := range read.Missing {
		fmt.Fprintf(out, "Not read: %s.\n", text)
	}
	if read.Generation == connection.RBAC {
		fmt.Fprint(out, "Not found, because no user leads to them: groups without members, roles that none of these groups has, rights that none of\n"+
			"these roles has, and organizations without users. If you know their ids, add them with -also.\n")
	}
	if !options.list {
		fmt.Fprintf(out, "\nNext:\n  cd %s && terraform init && terraform plan\n"+
			"The plan must say: %d to import, 0 to add, 0 to change, 0 to destroy. Then:\n"+
			"  terraform apply && rm imports.tf\n", shellWord(options.directory), len(report.Items))
	}
}

// complain names what should be there and is not.
func (c *exportCommand) complain(problems []string) {
	for _, problem := range problems {
		fmt.Fprintf(c.env.stderr, "Incomplete: %s.\n", strings.TrimRight(problem, "."))
	}
}

// counts says how much there is.
func counts(read snapshot.Snapshot) string {
	var texts []string
	for _, part := range []struct {
		n    int
		noun string
	}{
		{len(read.Users), "user"},
		{len(read.Groups), "group"},
		{len(read.Organizations), "organization"},
		{len(read.Roles), "role"},
		{len(read.Rights), "right"},
		{len(read.Mappings), "group mapping"},
		{len(read.IdentityProviders), "identity provider"},
		{len(read.Tuples), "relationship tuple"},
		{len(read.Workrooms), "workroom"},
		{len(read.Attributes), "attribute"},
	} {
		if part.n > 0 {
			texts = append(texts, fmt.Sprintf("%d %s", part.n, english.Plural(part.n, part.noun)))
		}
	}
	return strings.Join(texts, ", ")
}

// shellWord writes a path as a word of a shell.
func shellWord(path string) string {
	if strings.Trim(path, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./-") == "" && path != "" {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}

// progress is one line on a terminal that says what is being read.
type progress struct {
	env   environment
	shown bool
	on    bool
}

func (c *exportCommand) progress(options options) *progress {
	return &progress{env: c.env, on: c.env.terminal && !options.quiet && os.Getenv("TERM") != "dumb"}
}

func (p *progress) show(text string) {
	if p.on {
		p.shown = true
		fmt.Fprintf(p.env.stderr, "\r\x1b[KReading %s", text)
	}
}

func (p *progress) end() {
	if p.shown {
		fmt.Fprint(p.env.stderr, "\r\x1b[K")
	}
}
