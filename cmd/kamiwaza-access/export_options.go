package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/posener/complete"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/english"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/export"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/snapshot"
)

// options are what the command line of export says.
type options struct {
	directory          string
	export             export.Options
	also               snapshot.Seeds
	force, list, quiet bool
}

var kinds = []snapshot.Kind{
	snapshot.KindUser, snapshot.KindGroup, snapshot.KindOrganization, snapshot.KindRole, snapshot.KindRight, snapshot.KindMapping,
	snapshot.KindIdentityProvider, snapshot.KindTuple, snapshot.KindWorkroom, snapshot.KindAttribute,
}

// seeds are the kinds that -also takes.
var seeds = []snapshot.Kind{snapshot.KindOrganization, snapshot.KindGroup, snapshot.KindRole, snapshot.KindRight}

func words(kinds []snapshot.Kind) []string {
	texts := make([]string, len(kinds))
	for i, kind := range kinds {
		texts[i] = string(kind)
	}
	return texts
}

var (
	styles      = []string{string(export.Blocks), string(export.YAML)}
	assignments = []string{string(export.Sets), string(export.Edges), string(export.None)}

	exportOptions = []option{
		{"style", "blocks|yaml", []string{
			"blocks (the default) writes one block for each object; yaml writes one",
			"access.yaml, and a module that reads it.",
		}, complete.PredictSet(styles...)},
		{"assignments", "sets|edges|none", []string{
			"Who has what: as whole sets (the default), as single assignments, which",
			"yaml does not have, or not at all.",
		}, complete.PredictSet(assignments...)},
		{"only", "NOUN[=REGEX]", []string{
			"Write only these objects. Can be repeated. NOUN is one of:",
			strings.Join(words(kinds[:6]), ", ") + ",",
			strings.Join(words(kinds[6:]), ", ") + ".",
		}, complete.PredictSet(words(kinds)...)},
		{"except", "NOUN=REGEX", []string{"Do not write these objects. Can be repeated, and overrides -only."}, complete.PredictSet(words(kinds)...)},
		{"also", "NOUN=ID", []string{
			"Read this object, too, which no user leads to (RBAC API). Can be",
			"repeated. NOUN is one of: " + strings.Join(words(seeds), ", ") + ". With",
			"@FILE, read lines such as \"group 6f1c2b9e-...\" from a file.",
		}, complete.PredictAnything},
		{"managed", "FILE", []string{
			"What \"terraform show -json\" has printed; - reads the standard input.",
			"These objects are left out, and referred to by their addresses.",
		}, complete.PredictFiles("*.json")},
		{"include-self", "", []string{"Write the user that you log in as, too."}, complete.PredictNothing},
		{"force", "", []string{"Replace the files of an earlier export. Others are never replaced."}, complete.PredictNothing},
		{"list", "", []string{"Write nothing. Print the address and the import id of each object."}, complete.PredictNothing},
		{"quiet", "", []string{"Print errors only."}, complete.PredictNothing},
	}
)

// filter is one -only or -except.
type filter struct {
	kind snapshot.Kind
	name *regexp.Regexp // nil for all names
}

func (f filter) matches(kind snapshot.Kind, name string) bool {
	return f.kind == kind && (f.name == nil || f.name.MatchString(name))
}

// parse reads the command line. With -managed=-, it reads the standard input.
func parse(arguments []string, stdin io.Reader) (options, error) {
	o := options{also: snapshot.Seeds{}}
	var only, except []filter
	var managed string
	flags := newFlags("export")
	style, assigned := flags.String("style", styles[0], ""), flags.String("assignments", assignments[0], "")
	flags.StringVar(&managed, "managed", "", "")
	flags.BoolVar(&o.export.IncludeSelf, "include-self", false, "")
	flags.BoolVar(&o.force, "force", false, "")
	flags.BoolVar(&o.list, "list", false, "")
	flags.BoolVar(&o.quiet, "quiet", false, "")
	flags.Func("only", "", func(text string) error { return addFilter(&only, text, false) })
	flags.Func("except", "", func(text string) error { return addFilter(&except, text, true) })
	flags.Func("also", "", func(text string) error { return addSeeds(o.also, text) })
	if err := flags.Parse(arguments); err != nil {
		return options{}, err
	}
	o.export.Style, o.export.Assignments, o.export.Version = export.Style(*style), export.Assignments(*assigned), version
	switch {
	case !slices.Contains(styles, *style):
		return options{}, fmt.Errorf("-style is %q; it must be %s", *style, english.Alternatives(styles))
	case !slices.Contains(assignments, *assigned):
		return options{}, fmt.Errorf("-assignments is %q; it must be %s", *assigned, english.Alternatives(assignments))
	case o.export.Style == export.YAML && o.export.Assignments == export.Edges:
		return options{}, errors.New("-style=yaml has no single assignments; use -assignments=sets or none")
	case o.list && flags.NArg() > 0:
		return options{}, errors.New("-list writes nothing, so it takes no directory")
	case !o.list && flags.NArg() != 1:
		return options{}, errors.New("name the directory to write to, after the options")
	}
	o.directory = flags.Arg(0)
	if len(only)+len(except) > 0 {
		o.export.Keep = func(kind snapshot.Kind, name string) bool {
			matches := func(f filter) bool { return f.matches(kind, name) }
			return (len(only) == 0 || slices.ContainsFunc(only, matches)) && !slices.ContainsFunc(except, matches)
		}
	}
	if managed != "" {
		var err error
		if o.export.Managed, err = readFile(managed, stdin, export.ReadManaged); err != nil {
			return options{}, fmt.Errorf("-managed=%s: %w", managed, err)
		}
	}
	return o, nil
}

func addFilter(filters *[]filter, text string, needsName bool) error {
	word, pattern, hasName := strings.Cut(text, "=")
	f := filter{kind: snapshot.Kind(word)}
	switch {
	case !slices.Contains(kinds, f.kind):
		return fmt.Errorf("%q is not one of %s", word, strings.Join(words(kinds), ", "))
	case needsName && !hasName:
		return errors.New("it needs a name, as in group=^system")
	case hasName:
		var err error
		if f.name, err = regexp.Compile(pattern); err != nil {
			return err
		}
	}
	*filters = append(*filters, f)
	return nil
}

func addSeeds(to snapshot.Seeds, text string) error {
	file, isFile := strings.CutPrefix(text, "@")
	if !isFile {
		word, id, _ := strings.Cut(text, "=")
		return addSeed(to, word, id)
	}
	opened, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = opened.Close() }()
	lines := bufio.NewScanner(opened)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		word, id, _ := strings.Cut(line, " ")
		if err := addSeed(to, word, strings.TrimSpace(id)); err != nil {
			return fmt.Errorf("%s line %d: %w", file, n, err)
		}
	}
	return lines.Err()
}

func addSeed(to snapshot.Seeds, word, id string) error {
	kind := snapshot.Kind(word)
	switch {
	case !slices.Contains(seeds, kind):
		return fmt.Errorf("%q is not one of %s", word, strings.Join(words(seeds), ", "))
	case id == "":
		return errors.New("it has no id")
	}
	to[kind] = append(to[kind], id)
	return nil
}
