package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/cli"
	"github.com/posener/complete"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/english"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/snapshot"
)

var (
	_ cli.Command             = (*command)(nil)
	_ cli.CommandAutocomplete = (*command)(nil)
)

// command is a command of the program.
type command struct {
	env            environment
	name, synopsis string
	// help says what it does, options what the options do, and codes what the exit codes mean.
	help, codes string
	options     []option
	arguments   complete.Predictor
	// run runs it with what stands behind its name; an error has an exit code other than 0.
	run func(arguments []string) (int, error)
}

// connectionHelp says in each command's help how to reach the platform.
const connectionHelp = `
  The connection is configured with the environment variables of the provider,
  such as KAMIWAZA_BASE_URL, KAMIWAZA_USERNAME and KAMIWAZA_PASSWORD.
`

// usageError is an error in the command line.
type usageError struct{ error }

// Synopsis is the line in the list of commands.
func (c *command) Synopsis() string { return c.synopsis }

// Help is what -help prints.
func (c *command) Help() string {
	return strings.TrimSpace(c.help) + "\n\nOptions:\n\n" + optionsHelp(c.options) + "\n\nExit codes:\n\n" + strings.Trim(c.codes, "\n")
}

// AutocompleteArgs completes what comes after the options.
func (c *command) AutocompleteArgs() complete.Predictor { return c.arguments }

// AutocompleteFlags completes the options.
func (c *command) AutocompleteFlags() complete.Flags { return completions(c.options) }

// Run runs the command, and says what went wrong and what to do about it.
func (c *command) Run(arguments []string) int {
	code, err := c.run(arguments)
	var usage usageError
	switch {
	case err == nil:
	case errors.As(err, &usage):
		fmt.Fprintf(c.env.stderr, "%s.\n\nFor help, run: kamiwaza-access %s -help\n", english.Capitalize(err.Error()), c.name)
	default:
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

// complain names what should be there and is not.
func (env environment) complain(problems []string) {
	for _, problem := range problems {
		fmt.Fprintf(env.stderr, "Incomplete: %s.\n", strings.TrimRight(problem, "."))
	}
}
