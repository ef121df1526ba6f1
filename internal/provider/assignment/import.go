package assignment

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/english"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/importid"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/claim"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

// end is one end of an assignment as an import id writes it, and the ids that it may stand for.
type end struct {
	noun, text string
	ids        []string
}

func (e end) String() string {
	return fmt.Sprintf("%s %q (%s)", e.noun, e.text, strings.Join(e.ids, ", "))
}

// reading is one way to take an import id apart.
type reading struct{ from, to end }

// importing looks up what the ids of one import may stand for.
type importing struct {
	*relation
	in      *run.Run
	lookups map[string]directory.Lookup // by noun
}

// find returns the assignment of an import id. A name may have slashes, so each of them is tried, and exactly one reading has
// to name two objects.
func (r *relation) find(ctx context.Context, in *run.Run, id string, diags *diag.Diagnostics) (claim.Assignment, bool) {
	splits := importid.Splits(id)
	if len(splits) == 0 {
		diags.AddError("Invalid import id", fmt.Sprintf(
			"A kamiwaza_%[1]s is imported as <%[2]s>/<%[3]s>: the id or the name of the %[2]s, a slash, and the id or the name of the %[3]s. %[4]q is not of that form.",
			r.name, r.from, r.to, id))
		return claim.Assignment{}, false
	}
	isID := func(text string) bool { return framework.UUIDProblem(text) == "" }
	if first := splits[0]; isID(first[0]) {
		splits = splits[:1]
	} else if last := splits[len(splits)-1]; isID(last[1]) {
		splits = splits[len(splits)-1:]
	}
	i := importing{r, in, map[string]directory.Lookup{}}
	found, err := i.find(ctx, splits)
	if err != nil {
		framework.AddFailure(diags, "import", framework.Subject{Noun: r.name, Text: fmt.Sprintf("kamiwaza_%s %q", r.name, id)}, err)
	}
	return found, err == nil
}

func (i importing) find(ctx context.Context, splits [][2]string) (claim.Assignment, error) {
	var readings, found []reading
	for _, split := range splits {
		r := reading{end{noun: i.from, text: split[0]}, end{noun: i.to, text: split[1]}}
		var err error
		if r.from.ids, err = i.idsOf(ctx, i.from, split[0], nil); err == nil {
			r.to.ids, err = i.idsOf(ctx, i.to, split[1], r.from.ids)
		}
		if err != nil {
			return claim.Assignment{}, err
		}
		readings = append(readings, r)
		if len(r.from.ids) > 0 && len(r.to.ids) > 0 {
			found = append(found, r)
		}
	}
	if len(found) == 1 || len(readings) == 1 {
		return i.only(append(found, readings...)[0])
	}
	return claim.Assignment{}, i.undecided(readings, found)
}

// idsOf returns the ids that a text may stand for: the text itself if it is an id, and else those of the objects that have this
// name, with or without its percent-encoding.
func (i importing) idsOf(ctx context.Context, noun, text string, from []string) ([]string, error) {
	plain := importid.Unescape(text)
	if framework.UUIDProblem(plain) == "" {
		return []string{plain}, nil
	}
	lookup, err := i.lookup(ctx, noun)
	if err != nil {
		return nil, err
	}
	for _, id := range []string{text, plain} {
		if isMember, err := i.isMember(ctx, noun, id, from); err != nil || isMember || lookup.Has(id) {
			return []string{id}, err
		}
	}
	ids := append(lookup.IDs(text), lookup.IDs(plain)...)
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// isMember tells whether a group of the gateway API has a member with the id: not all of its users are listed.
func (i importing) isMember(ctx context.Context, noun, id string, groups []string) (bool, error) {
	if noun != "user" || len(groups) != 1 || !i.freeIDs(ctx, i.in) {
		return false, nil
	}
	members, err := i.in.Gateway.GroupMembers.List(ctx, groups[0])
	if errors.Is(err, client.ErrNotFound) {
		return false, nil
	}
	return slices.Contains(members, id), err
}

func (i importing) lookup(ctx context.Context, noun string) (directory.Lookup, error) {
	if known, ok := i.lookups[noun]; ok {
		return known, nil
	}
	lookup, err := i.in.Lookup(ctx, noun)
	i.lookups[noun] = lookup
	return lookup, err
}

// only returns the assignment of a reading, or says which of its ends does not name one object.
func (i importing) only(r reading) (claim.Assignment, error) {
	var problems []error
	for _, e := range []end{r.from, r.to} {
		switch {
		case len(e.ids) == 1:
		case framework.UUIDProblem(strings.ToLower(e.text)) == "":
			problems = append(problems, errors.New(framework.UUIDProblem(e.text)))
		default:
			problems = append(problems, i.problem(e))
		}
	}
	if len(problems) > 0 {
		return claim.Assignment{}, joined(problems)
	}
	return i.assignment(r.from.ids[0], r.to.ids[0]), nil
}

// problem says why a text does not name one object.
func (i importing) problem(e end) error {
	lookup := i.lookups[e.noun]
	if plain := importid.Unescape(e.text); len(lookup.IDs(e.text)) == 0 {
		_, err := lookup.ID(plain)
		return err
	}
	if _, err := lookup.ID(e.text); err != nil {
		return err
	}
	return fmt.Errorf("%q may be two %ss, %s: use an id", e.text, e.noun, strings.Join(e.ids, " and "))
}

// joined are the texts of several errors as sentences of one.
func joined(problems []error) error {
	texts := make([]string, len(problems))
	for i, problem := range problems {
		texts[i] = english.Capitalize(problem.Error())
	}
	return errors.New(strings.Join(texts, ".\n\n"))
}

// undecided says that none or several of the readings name two objects.
func (i importing) undecided(readings, found []reading) error {
	if len(found) > 0 {
		texts := make([]string, len(found))
		for n, r := range found {
			texts[n] = fmt.Sprintf("%s and %s", r.from, r.to)
		}
		return importid.Ambiguous(texts)
	}
	texts := make([]string, len(readings))
	for n, r := range readings {
		texts[n] = fmt.Sprintf("%s %q and %s %q", r.from.noun, r.from.text, r.to.noun, r.to.text)
	}
	sentences := []string{fmt.Sprintf("it has several slashes, but at none of them it names two objects: %s", strings.Join(texts, "; ")), importid.Remedy}
	for _, noun := range []string{i.from, i.to} {
		if unlisted := i.lookups[noun].Unlisted(); unlisted != "" {
			sentences = append(sentences, unlisted)
		}
	}
	return errors.New(strings.Join(sentences, ". "))
}
