package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/connection"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/english"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/snapshot"
)

// platform is the platform that a command reads.
type platform struct {
	env        environment
	client     *client.Client
	connection *connection.Connection
	progress   progress
	began      time.Time
	requests   *atomic.Int64
}

// connect gets ready to read the platform that the environment names. It sends nothing yet.
func (env environment) connect(quiet bool) (*platform, error) {
	config, problems := connection.FromEnvironment(env.getenv)
	if len(problems) > 0 {
		var failures []error
		for _, problem := range problems {
			failures = append(failures, fmt.Errorf("%s: %s", problem.Heading, problem.Detail))
		}
		return nil, errors.Join(failures...)
	}
	if base, plain := connection.PlainHTTP(config.Client.BaseURL); plain {
		fmt.Fprintf(env.stderr, "Warning: http://%s is plain HTTP. Anyone who intercepts the connection can read the credentials.\n", base.Host)
	}
	p := &platform{
		env: env, began: time.Now(), requests: &atomic.Int64{},
		progress: progress{env: env, on: env.terminal && !quiet && os.Getenv("TERM") != "dumb"},
	}
	config.Client.UserAgent = "kamiwaza-access/" + version
	config.Client.OnAttempt = func(context.Context, client.Attempt) { p.requests.Add(1) }
	connected, err := client.New(config.Client)
	if err != nil {
		return nil, err
	}
	p.client, p.connection = connected, connection.New(connected, config)
	return p, nil
}

// read reads all there is.
func (p *platform) read(ctx context.Context, options snapshot.Options) (snapshot.Snapshot, error) {
	options.Progress = p.progress.show
	defer p.progress.end()
	return snapshot.Read(ctx, p.client, p.connection, options)
}

// summarize says on stderr what was read.
func (p *platform) summarize(read snapshot.Snapshot) {
	fmt.Fprintf(p.env.stderr, "Read %s, which has the %s: %s (%d requests, %.1f s).\n", p.client.BaseURL(), read.Generation, counts(read), p.requests.Load(),
		time.Since(p.began).Seconds())
	for _, text := range read.Missing {
		fmt.Fprintf(p.env.stderr, "Not read: %s.\n", text)
	}
}

// noteHidden says on stderr what only others may read.
func (p *platform) noteHidden(hidden int) {
	if hidden > 0 {
		fmt.Fprintf(p.env.stderr, "Left out: the members of %d %s, whom only they may read.\n", hidden, english.Plural(hidden, "workroom"))
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

// progress is one line on a terminal that says what is being read.
type progress struct {
	env   environment
	shown bool
	on    bool
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
