package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/posener/complete"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/english"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/report"
)

// option is an option of a command, for the help and for the completion.
type option struct {
	name, value string
	help        []string
	predict     complete.Predictor
}

func optionsHelp(options []option) string {
	var b strings.Builder
	for _, o := range options {
		name := "-" + o.name
		if o.value != "" {
			name += "=" + o.value
		}
		fmt.Fprintf(&b, "  %s\n", name)
		for _, line := range o.help {
			fmt.Fprintf(&b, "      %s\n", line)
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

func completions(options []option) complete.Flags {
	flags := complete.Flags{}
	for _, o := range options {
		flags["-"+o.name] = o.predict
	}
	return flags
}

// Options of several commands.

func formatOption(formats []string) option {
	return option{"format", strings.Join(formats, "|"), []string{"The form of the output; " + formats[0] + " is the default."}, complete.PredictSet(formats...)}
}

var (
	waysOption = option{"all-paths", "", []string{
		fmt.Sprintf("Print all ways that lead to a permission, instead of up to %d.", waysShown),
	}, complete.PredictNothing}
	quietOption = option{"quiet", "", []string{"Print the result and errors only."}, complete.PredictNothing}
)

// waysShown is how many ways to a permission are written unless all are wanted.
const waysShown = 20

func limitOf(allWays bool) int {
	if allWays {
		return -1
	}
	return waysShown
}

// newFlags returns flags that print nothing themselves.
func newFlags(command string) *flag.FlagSet {
	flags := flag.NewFlagSet(command, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	return flags
}

// several makes a flag that can be repeated.
func several(flags *flag.FlagSet, name string) *[]string {
	var all []string
	flags.Func(name, "", func(text string) error {
		all = append(all, text)
		return nil
	})
	return &all
}

// checkFormat refuses a format that a command does not have.
func checkFormat(format string, formats []string) (report.Format, error) {
	if !slices.Contains(formats, format) {
		return "", fmt.Errorf("-format is %q; it must be %s", format, english.Alternatives(formats))
	}
	return report.Format(format), nil
}

// readFile reads a file, or the standard input if it is named "-".
func readFile[T any](name string, stdin io.Reader, read func(io.Reader) (T, error)) (T, error) {
	if name == "-" {
		return read(stdin)
	}
	var none T
	opened, err := os.Open(name)
	if err != nil {
		return none, err
	}
	defer func() { _ = opened.Close() }()
	return read(opened)
}
