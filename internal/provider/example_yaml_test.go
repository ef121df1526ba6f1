package provider_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

const greta = "    email: greta@larkspur.example.com\n    groups: [product]\n"

// accessYAML returns the module of the guide, in a directory of its own.
func accessYAML(t *testing.T, run acctest.CLI) acctest.Workdir {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(run.Examples, "access-as-code-from-yaml", "*"))
	acctest.Must(t, err)
	files = slices.DeleteFunc(files, func(file string) bool { return !slices.Contains([]string{".tf", ".yaml"}, filepath.Ext(file)) })
	return run.Prepare(t, files...)
}

// TestAccAccessFromYAMLMistakes has one mistake in access.yaml after the other. The plan's only error begins with it, and names the entry.
func TestAccAccessFromYAMLMistakes(t *testing.T) {
	t.Parallel()
	run, s := acctest.NewCLI(t), acctest.Start(t, authserver.Config{})
	for name, c := range map[string]struct{ old, replacement, want string }{
		"section":                {"people:\n", "poeple:\n", "poeple is not a section; the sections are groups, people, rights, roles"},
		"section twice":          {"\ngroups:\n", "\ngroups:\n\nroles:\n", "roles appears twice"},
		"section of names":       {"\nroles:\n", "\nroles: [user]\nold:\n", "roles must be a mapping of names to entries"},
		"key of a person":        {greta, greta + "    actve: false\n", "people: greta: actve is not a key; the keys are active, email, groups, name, superuser, until"},
		"key of a list":          {greta, strings.Replace(greta, "groups", "gruops", 1), "people: greta: gruops is not a key; the keys are active, email, groups, name, superuser, until"},
		"key of a group":         {"    roles: [auditor]\n", "    rolls: [auditor]\n", "groups: audit: rolls is not a key; the keys are description, roles"},
		"key of a role":          {"    rights: [models.query]\n", "    right: [models.query]\n", "roles: user: right is not a key; the keys are description, rights"},
		"key of a membership":    {"[product]", "[{name: product, untli: 2099-12-31}]", "people: greta: groups: product: untli is not a key; the keys are name, until"},
		"group":                  {"[product]", "[prodcut]", "people: greta: groups: prodcut is not under groups"},
		"group with a date":      {"[product]", "[{name: prodcut, until: 2099-12-31}]", "people: greta: groups: prodcut is not under groups"},
		"role":                   {"[auditor]", "[auditer]", "groups: audit: roles: auditer is not under roles"},
		"right":                  {"[models.query]", "[models.qeury]", "roles: user: rights: models.qeury is not under rights"},
		"no e-mail":              {greta, "    groups: [product]\n", "people: greta has no email"},
		"empty e-mail":           {"email: greta@larkspur.example.com", "email:", "people: greta has no email"},
		"empty person":           {"  hugo: # on leave\n", "  ivo:\n  hugo: # on leave\n", "people: ivo has no email"},
		"text for a person":      {"  hugo: # on leave\n", "  ivo: contractor\n  hugo: # on leave\n", "people: ivo must be a mapping with the keys active, email, groups, name, superuser, until"},
		"text for a role":        {"\ngroups:\n", "  viewer: Looks\n\ngroups:\n", "roles: viewer must be a mapping with the keys description, rights"},
		"list for a right":       {"datasets.read: Read a data set", "datasets.read: [Read]", "rights: datasets.read must be its description, as text"},
		"quoted flag":            {"active: false", `active: "no"`, `people: hugo: active must be true or false, without quotes, but is "no"`},
		"number for a flag":      {"superuser: true", "superuser: 1", "people: amara: superuser must be true or false, without quotes, but is 1"},
		"text for a list":        {"[product]", "product", `people: greta: groups must be a list of names, but is "product"`},
		"mapping for a list":     {"[auditor]", "{auditor: true}", `groups: audit: roles must be a list of names, but is {"auditor":true}`},
		"list for a text":        {"name: Hugo Martins", "name: [Hugo, Martins]", `people: hugo: name must be text, but is ["Hugo","Martins"]`},
		"empty item":             {"[product]", "[product, ~]", "people: greta: groups has an item that is not a name"},
		"membership, no name":    {"[product]", "[{until: 2099-12-31}]", "people: greta: groups has an item that is not a name"},
		"date of a role":         {"roles: [auditor]", "roles: [{name: auditor, until: 2099-12-31}]", "groups: audit: roles has an item that is not a name"},
		"person twice":           {"  hugo: # on leave\n", "  greta:\n    email: g@larkspur.example.com\n  hugo:\n", "people: greta appears twice"},
		"right twice":            {"\nroles:\n", "  'audit.read': Read\n\nroles:\n", "rights: audit.read appears twice"},
		"group with two dates":   {"[product]", "[product, {name: product, until: 2099-12-31}]", "people: greta: groups: product appears twice, with different dates"},
		"date that is none":      {"[product]", "[{name: product, until: 2026-02-30}]", `people: greta: groups: product: until must be a date such as 2026-12-31, but is "2026-02-30"`},
		"date in words":          {"[product]", "[{name: product, until: soon}]", `people: greta: groups: product: until must be a date such as 2026-12-31, but is "soon"`},
		"date without hyphens":   {greta, greta + "    until: 20261231\n", "people: greta: until must be a date such as 2026-12-31, but is 20261231"},
		"empty date":             {greta, greta + "    until:\n", "people: greta: until must be a date such as 2026-12-31, but is null"},
		"two, and both are told": {"groups: [platform, audit]", "groups: [plattform, adit]", "people: amara: groups: plattform is not under groups - people: amara: groups: adit is not under groups"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := at(accessYAML(t, run), s)
			edit(t, w, "access.yaml", c.old, c.replacement)
			out := w.Failure(t, "plan")
			if !strings.Contains(out+" - ", "access.yaml: - "+c.want+" - ") || strings.Count(out, "Error: ") != 1 {
				t.Errorf("not the error %q:\n%s", c.want, out)
			}
		})
	}
	for name, content := range map[string]string{"empty": "# nothing\n", "list": "- people\n", "text": "people\n"} {
		t.Run(name+" file", func(t *testing.T) {
			t.Parallel()
			w := at(accessYAML(t, run), s)
			acctest.Must(t, os.WriteFile(filepath.Join(w.Dir, "access.yaml"), []byte(content), 0o600))
			if out := w.Failure(t, "plan"); strings.Count(out, "Error: ") != 1 || !strings.Contains(out, "access.yaml: - the file has no sections") {
				t.Errorf("not one error of the file:\n%s", out)
			}
		})
	}
}

// TestAccAccessFromYAMLGaps leaves out, one after the other, what a file may leave out.
func TestAccAccessFromYAMLGaps(t *testing.T) {
	t.Parallel()
	w := at(accessYAML(t, acctest.NewCLI(t)), acctest.Start(t, authserver.Config{}))
	applies(t, w)
	for _, change := range [][2]string{
		{"    name: Greta Lindqvist\n", ""},
		{"    active: false\n    groups: []\n", "    active:\n"},
		{"    description: Builds on the models\n    roles: [user]\n", ""}, // leaves an entry without keys
		{"    description: Looks, and changes nothing\n    rights: [audit.read, datasets.read]\n", "    description:\n    rights:\n"},
		{"audit.read: Read who did what", "audit.read:"},
		{"rights: [models.deploy, models.query]", "rights: [models.deploy, models.query, models.deploy]"},
		{"roles: [operator, user]", "roles: &all [operator, user]"},
	} {
		edit(t, w, "access.yaml", change[0], change[1])
		applies(t, w)
	}

	// A section of one's own is possible, but not without a warning: it may have been meant as another.
	edit(t, w, "access.yaml", "\npeople:\n", "\nteams: {}\n\npeople:\n")
	if out := w.Terraform(t, 0, "plan"); !acctest.Says("Warning: Check block assertion failed", "access.yaml: teams is not a section and has no effect").MatchString(strings.ReplaceAll(out, "│", "")) {
		t.Errorf("no warning of the section:\n%s", out)
	}

	// Empty sections, and then none but one.
	acctest.Must(t, os.WriteFile(filepath.Join(w.Dir, "access.yaml"), []byte("people:\ngroups: {}\nroles:\n\nrights:\n"), 0o600))
	applies(t, w)
	acctest.Must(t, os.WriteFile(filepath.Join(w.Dir, "access.yaml"), []byte("rights: {audit.read: Read who did what}\n"), 0o600))
	applies(t, w)
}

// TestAccAccessFromYAMLUntil has memberships and people with a last day.
func TestAccAccessFromYAMLUntil(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, authserver.Config{})
	w := at(accessYAML(t, acctest.NewCLI(t)), s)
	now := time.Now().UTC()
	day := func(days int) string { return now.AddDate(0, 0, days).Format(time.DateOnly) }
	expect := func(groups int, active bool) {
		t.Helper()
		applies(t, w)
		if day := time.Now().UTC().Format(time.DateOnly); day != now.Format(time.DateOnly) {
			t.Skip("midnight has passed")
		}
		user := s.MustUser(t, "greta")
		expectOutput(t, "greta's groups", len(user.Groups), groups)
		expectOutput(t, "greta is active", user.IsActive, active)
	}
	current := "[product]"
	member := func(groups string) {
		t.Helper()
		edit(t, w, "access.yaml", "    groups: "+current+"\n", "    groups: "+groups+"\n")
		current = groups
	}

	member("[product, {name: audit, until: " + day(1) + "}]")
	expect(2, true)
	member(`[product, {name: audit, until: "` + day(0) + `"}]`)
	expect(2, true)
	member("[product, {name: audit, until: " + day(0) + "T00:00:00Z}]") // the day counts, and the time does not
	expect(2, true)
	member("[product, {name: audit, until: " + day(-1) + "}]")
	w.Terraform(t, 2, "plan", "-detailed-exitcode")
	expect(1, true)
	member(`[product, {name: audit, until: "` + day(-1) + `T23:00:00+02:00"}]`)
	expect(1, true)

	edit(t, w, "access.yaml", "    name: Greta Lindqvist\n", "    name: Greta Lindqvist\n    until: "+day(0)+"\n")
	expect(1, true)
	edit(t, w, "access.yaml", "    until: "+day(0)+"\n", "    until: "+day(-1)+"\n")
	expect(0, false)
}
