// Kamiwaza-access reads the access on a Kamiwaza platform. It changes nothing there.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/hashicorp/cli"
)

// version is set by the release, and by the module's version where "go run" or "go install" has built the program.
var version = "dev"

func init() {
	if info, ok := debug.ReadBuildInfo(); ok && version == "dev" && strings.HasPrefix(info.Main.Version, "v") {
		version = strings.TrimPrefix(info.Main.Version, "v")
	}
}

// Exit codes, besides 0 for success.
const (
	exitFailed     = 1
	exitUsage      = 2
	exitIncomplete = 3 // something was found that is not in the result
	exitDenied     = 4 // somebody gains what -deny names
	exitChanged    = 5 // something has changed, with -exit-code
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], environment{os.Getenv, os.Stdin, os.Stdout, os.Stderr, isTerminal(os.Stderr), time.Now})
	stop()
	os.Exit(code)
}

// environment is what a command has of the process.
type environment struct {
	getenv         func(string) string
	stdin          io.Reader
	stdout, stderr io.Writer
	// terminal says that somebody watches stderr.
	terminal bool
	now      func() time.Time
}

// isTerminal tells a terminal from a file and a pipe.
func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func commands(ctx context.Context, env environment) []*command {
	return []*command{exportCommand(ctx, env), reportCommand(ctx, env), reviewCommand(ctx, env), snapshotCommand(ctx, env), diffCommand(ctx, env)}
}

func run(ctx context.Context, arguments []string, env environment) int {
	factories := map[string]cli.CommandFactory{}
	for _, c := range commands(ctx, env) {
		factories[c.name] = func() (cli.Command, error) { return c, nil }
	}
	program := &cli.CLI{
		Name: "kamiwaza-access", Version: version, Args: arguments, Autocomplete: true, Commands: factories,
		HelpFunc: cli.BasicHelpFunc("kamiwaza-access"), HelpWriter: env.stdout, ErrorWriter: env.stderr,
	}
	code, err := program.Run()
	switch {
	case err != nil:
		fmt.Fprintf(env.stderr, "kamiwaza-access: %s\n", err)
		return exitFailed
	case code == unknownCommand, code == cli.RunResultHelp:
		return exitUsage
	}
	return code
}

// unknownCommand is what the library returns for a command that there is not, or none.
const unknownCommand = 127
