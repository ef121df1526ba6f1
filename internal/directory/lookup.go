package directory

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// Lookup is the objects of one noun that can be found by a text, such as their name.
type Lookup struct {
	noun string
	// what is the text: "name", "username" or "e-mail address". Only names are compared exactly: some servers store usernames in
	// lower case.
	what    string
	entries []entry
	// unlisted says which objects cannot be found by name with an API that lists users alone; "" where all can.
	unlisted string
}

// entry is one object: label is how messages call it.
type entry struct{ id, text, label string }

func lookupOf[T Object](noun, what string, objects iter.Seq[T], text, label func(T) string) Lookup {
	l := Lookup{noun: noun, what: what}
	for object := range objects {
		l.entries = append(l.entries, entry{object.EntityID(), text(object), label(object)})
	}
	return l
}

// Named is an object with the text that people know it by.
type Named struct{ ID, Name string }

// Objects returns all objects, in no particular order.
func (l Lookup) Objects() []Named {
	objects := make([]Named, len(l.entries))
	for i, e := range l.entries {
		objects[i] = Named{e.id, e.text}
	}
	return objects
}

// Has tells whether an object has the id.
func (l Lookup) Has(id string) bool {
	return slices.ContainsFunc(l.entries, func(e entry) bool { return e.id == id })
}

// IDs returns the ids of the objects with the text, in order. For usernames and e-mail addresses, those that differ in case
// alone will do when there is none with exactly that text.
func (l Lookup) IDs(wanted string) []string {
	var ids []string
	for _, match := range l.matches(wanted) {
		ids = append(ids, match.id)
	}
	slices.Sort(ids)
	return ids
}

func (l Lookup) matches(wanted string) []entry {
	matches := l.where(func(text string) bool { return text == wanted })
	if len(matches) == 0 && l.what != "name" {
		matches = l.where(func(text string) bool { return strings.EqualFold(text, wanted) })
	}
	return matches
}

func (l Lookup) where(is func(text string) bool) (found []entry) {
	for _, e := range l.entries {
		if is(e.text) {
			found = append(found, e)
		}
	}
	return found
}

// ID returns the id of the one object with the text. An error that is client.ErrNotFound says that there is none; it is not a
// *client.Error.
func (l Lookup) ID(wanted string) (string, error) {
	switch ids := l.IDs(wanted); {
	case len(ids) == 1:
		return ids[0], nil
	case len(ids) > 1 && l.what == "name":
		return "", fmt.Errorf("%d %ss are called %q: %s. Use the id of one of them", len(ids), l.noun, wanted, strings.Join(ids, ", "))
	case len(ids) > 1:
		matches := l.matches(wanted)
		candidates := make([]string, len(matches))
		for i, match := range matches {
			candidates[i] = fmt.Sprintf("%q (%s)", match.label, match.id)
		}
		slices.Sort(candidates)
		return "", fmt.Errorf("%d %ss have the %s %q: %s", len(ids), l.noun, l.what, wanted, strings.Join(candidates, ", "))
	}
	return "", &noMatchError{l.none(wanted)}
}

// none says that no object has the text, and what may be meant instead. A name that differs in case alone is that of another
// object, and so may be one that looks the same: an accented letter has two encodings in Unicode, and Terraform turns the
// strings of a configuration into one of them, whatever the server has.
func (l Lookup) none(wanted string) string {
	if others := l.where(func(text string) bool { return strings.EqualFold(text, wanted) }); len(others) > 0 {
		return fmt.Sprintf("no %s is called %q, but there is %q (%s)", l.noun, wanted, others[0].text, others[0].id)
	}
	var text string
	switch n := len(l.entries); {
	case l.unlisted == "":
		text = fmt.Sprintf("none of the server's %d %ss has the %s %q", n, l.noun, l.what, wanted)
	case n == 0:
		text = fmt.Sprintf("no %s can be reached from the users, so %q was not found", l.noun, wanted)
	case n == 1:
		text = fmt.Sprintf("the only %s that can be reached from the users is not called %q", l.noun, wanted)
	default:
		text = fmt.Sprintf("none of the %d %ss that can be reached from the users is called %q", n, l.noun, wanted)
	}
	alike := l.where(func(text string) bool { return strings.EqualFold(norm.NFC.String(text), norm.NFC.String(wanted)) })
	if len(alike) > 0 {
		return fmt.Sprintf("%s; %q of the %s %s looks the same, but is encoded differently in Unicode: use that %s's id",
			text, alike[0].text, l.noun, alike[0].id, l.noun)
	}
	if l.unlisted != "" {
		text += ". " + l.Unlisted()
	}
	return text
}

// Unlisted is a sentence without its full stop that says which objects cannot be found by name, "" where all can.
func (l Lookup) Unlisted() string {
	if l.unlisted == "" {
		return ""
	}
	return fmt.Sprintf("The API lists users alone, so %s can be found by its id only, which is in the platform's console", l.unlisted)
}

// Lookup returns those objects of the noun ("user", "organization", "group", "role" or "right") that can be found by name: all
// users, and what they lead to. It goes no further than it has to: groups cost the list of users and each of their groups.
func (d *Directory) Lookup(ctx context.Context, noun string) (Lookup, error) {
	users, err := d.Users.List(ctx)
	if err != nil {
		return Lookup{}, err
	}
	switch noun {
	case "user":
		username := func(user rbac.User) string { return user.Username }
		return lookupOf(noun, "username", slices.Values(users), username, username), nil
	case "organization":
		return d.organizations(ctx, users)
	}
	groups, err := follow(ctx, slices.Values(users), GroupsOf, d.Groups.Get)
	if noun == "group" || err != nil {
		return reached(noun, "a group without members", groups, func(group rbac.Group) string { return group.Name }), err
	}
	roles, err := follow(ctx, maps.Values(groups), RolesOf, d.Roles.Get)
	if noun == "role" || err != nil {
		return reached(noun, "a role that no group with members has", roles, func(role rbac.Role) string { return role.Name }), err
	}
	rights, err := follow(ctx, maps.Values(roles), RightsOf, d.Rights.Get)
	return reached(noun, "a right that no user has", rights, func(right rbac.Right) string { return right.Name }), err
}

func (d *Directory) organizations(ctx context.Context, users []rbac.User) (Lookup, error) {
	organizationsOf := func(user rbac.User) ([]string, error) {
		return slices.DeleteFunc([]string{user.OrganizationID}, func(id string) bool { return id == "" }), nil
	}
	organizations, err := follow(ctx, slices.Values(users), organizationsOf, d.Organizations.Get)
	return reached("organization", "an organization without users", organizations, func(o rbac.Organization) string { return o.Name }), err
}

// reached are the objects that the users lead to.
func reached[T Object](noun, unlisted string, objects map[string]T, name func(T) string) Lookup {
	l := lookupOf(noun, "name", maps.Values(objects), name, name)
	l.unlisted = unlisted
	slices.SortFunc(l.entries, func(a, b entry) int { return cmp.Or(cmp.Compare(a.text, b.text), cmp.Compare(a.id, b.id)) })
	return l
}

// Lookup returns the users by their subject ids, the groups or the workrooms, as the noun says.
func (g *Gateway) Lookup(ctx context.Context, noun string) (Lookup, error) {
	switch noun {
	case "user":
		users, err := g.Users.List(ctx)
		l := Lookup{noun: noun, what: "username"}
		for _, user := range users {
			l.entries = append(l.entries, entry{user.SubjectID(), user.Username, user.Username})
		}
		return l, err
	case "group":
		return g.Groups.names(ctx)
	case "workroom":
		return g.Workrooms.names(ctx)
	}
	return Lookup{}, fmt.Errorf("the gateway API has no objects called %q", noun)
}
