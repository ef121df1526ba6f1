// Package export writes what a platform has as Terraform configuration with import blocks: a plan of it imports everything and
// changes nothing.
package export

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/connection"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/snapshot"
)

// Style is the form of the configuration.
type Style string

// Assignments is how the configuration says who has what.
type Assignments string

// The choices.
const (
	Blocks Style = "blocks" // one block for each object
	YAML   Style = "yaml"   // one file of data, and a module that reads it

	Sets  Assignments = "sets"  // all assignments of an object as a whole
	Edges Assignments = "edges" // single assignments
	None  Assignments = "none"
)

// Options say what to write, and how.
type Options struct {
	Style       Style
	Assignments Assignments
	// Version is that of the program, from which the constraint for the provider is made; "" or one that is no release for none.
	Version string
	// IncludeSelf writes the user that the caller is logged in as, too.
	IncludeSelf bool
	// Keep, when set, tells which objects to write.
	Keep func(kind snapshot.Kind, name string) bool
	// Managed are the objects that Terraform manages already. They are left out and referred to by their addresses.
	Managed Managed
}

// Files are the contents by name.
type Files map[string][]byte

// Item is one object or set that the configuration imports.
type Item struct {
	Address, Type, ID string
	// Name is what the object is called, for messages.
	Name string
}

// Report says what was written and what was not.
type Report struct {
	Items []Item
	// LeftOut are the objects that are left out on purpose, and Problems those that should be there but cannot.
	LeftOut, Problems []string
}

// Write makes the files. An error says that they would not be true.
func Write(read snapshot.Snapshot, options Options) (Files, Report, error) {
	if options.Assignments != None {
		if err := checkLists(read); err != nil {
			return nil, Report{}, err
		}
	}
	c := newCompany(read, options)
	c.noteLost(read.Lost)
	files := Files{}
	if options.Style == YAML {
		c.writeYAML(files)
	} else {
		c.writeBlocks(files)
	}
	if c.conflict != nil {
		return nil, Report{}, c.conflict
	}
	c.report.Items = c.items
	return files, c.report, nil
}

// checkLists refuses a snapshot that does not tell who has what: absent is not empty, and an empty set would take everything
// away.
func checkLists(read snapshot.Snapshot) error {
	missing := func(noun, name, list string) error {
		return fmt.Errorf("the server left out the list of %s from the %s %q, so that the configuration cannot tell them; -assignments none leaves them out: %w",
			list, noun, name, directory.ErrNoList)
	}
	if read.Generation == connection.Gateway {
		return nil // What cannot be read there is Lost.
	}
	for _, user := range read.Users {
		if user.Groups == nil {
			return missing("user", user.Username, "groups")
		}
	}
	for _, group := range read.Groups {
		if group.Roles == nil {
			return missing("group", group.Name, "roles")
		}
	}
	for _, role := range read.Roles {
		if role.Rights == nil {
			return missing("role", role.Name, "rights")
		}
	}
	return nil
}

// key is an object: its kind and its id, which for users is the subject id.
type key struct {
	kind snapshot.Kind
	id   string
}

// company is what is written, and what it is called.
type company struct {
	snapshot.Snapshot // of what is written alone
	options           Options
	report            Report

	// names, labels and keys are what all objects are called, those included that are not written: on the server, in addresses,
	// and in maps.
	names, labels, keys map[key]string
	written             map[key]bool
	items               []Item
	// conflict says what the style cannot express.
	conflict error
	// ownIDs are the ids of the users whose subject id is another one, by which some servers know them.
	ownIDs map[string]string
	// userIDs are the ids of users by their subject ids.
	userIDs map[string]string
}

// typeOf are the types of the kinds.
func typeOf(kind snapshot.Kind) string { return "kamiwaza_" + string(kind) }

// noun is how messages call a kind.
func noun(kind snapshot.Kind) string { return strings.ReplaceAll(string(kind), "_", " ") }

func newCompany(read snapshot.Snapshot, options Options) *company {
	c := &company{
		Snapshot: read, options: options,
		names: map[key]string{}, labels: map[key]string{}, keys: map[key]string{}, written: map[key]bool{}, ownIDs: map[string]string{}, userIDs: map[string]string{},
	}
	isGateway := read.Generation == connection.Gateway
	c.Users = choose(c, snapshot.KindUser, read.Users, func(u snapshot.User) (named, string) {
		c.userIDs[u.SubjectID] = u.ID
		if u.ID != u.SubjectID {
			c.ownIDs[u.ID] = u.SubjectID
		}
		return named{u.SubjectID, u.Username, u.CreatedAt}, c.userProblem(u, isGateway)
	})
	c.Groups = choose(c, snapshot.KindGroup, read.Groups, func(g snapshot.Group) (named, string) {
		return named{g.ID, g.Name, g.CreatedAt}, nameProblem(g.Name, g.ID, !isGateway)
	})
	c.Organizations = choose(c, snapshot.KindOrganization, read.Organizations, func(o snapshot.Organization) (named, string) {
		problem := nameProblem(o.Name, o.ID, true)
		if o.IDP != nil && (o.IDP.Provider == "" || o.IDP.Domain == "" || o.IDP.ClientID == "") {
			problem = "its identity provider has no provider, domain or client id"
		}
		return named{o.ID, o.Name, o.CreatedAt}, problem
	})
	c.Roles = choose(c, snapshot.KindRole, read.Roles, func(r snapshot.Role) (named, string) {
		return named{r.ID, r.Name, r.CreatedAt}, nameProblem(r.Name, r.ID, true)
	})
	c.Rights = choose(c, snapshot.KindRight, read.Rights, func(r snapshot.Right) (named, string) {
		return named{r.ID, r.Name, r.CreatedAt}, nameProblem(r.Name, r.ID, true)
	})
	c.Mappings = choose(c, snapshot.KindMapping, read.Mappings, func(m snapshot.Mapping) (named, string) {
		return named{m.ID, m.IDPGroupPath, m.CreatedAt}, mappingProblem(m)
	})
	c.IdentityProviders = choose(c, snapshot.KindIdentityProvider, read.IdentityProviders, func(p snapshot.IdentityProvider) (named, string) {
		return named{id: p.Alias, want: p.Alias}, aliasProblem(p.Alias)
	})
	c.Workrooms = choose(c, snapshot.KindWorkroom, read.Workrooms, func(w snapshot.Workroom) (named, string) {
		return named{w.ID, w.Name, w.CreatedAt}, workroomProblem(w)
	})
	c.Attributes = choose(c, snapshot.KindAttribute, read.Attributes, func(a snapshot.Attribute) (named, string) {
		return named{a.Name, a.Name, a.DeclaredAt}, attributeProblem(a)
	})
	c.Tuples = c.chooseTuples(read)
	return c
}

// choose returns the objects to be written, and gives all of them their names.
func choose[T any](c *company, kind snapshot.Kind, objects []T, describe func(T) (named, string)) []T {
	labels, keys := make([]named, len(objects)), make([]named, len(objects))
	var chosen []T
	for i, object := range objects {
		described, problem := describe(object)
		labels[i], keys[i] = described, described
		labels[i].want = label(string(kind), described.want, described.id)
		if kind == snapshot.KindTuple && labels[i].want != strings.ReplaceAll(described.want, " ", "_") {
			labels[i].want += "_" + short(described.id) // There is no oldest one, which would have the name alone.
		}
		keys[i].want = normalized(shortened(described.want))
		if keys[i].want == mergeKey {
			keys[i].want += " " + short(described.id)
		}
		c.names[key{kind, described.id}] = described.want
		if c.isChosen(kind, described.id, described.want, problem) {
			chosen = append(chosen, object)
			c.written[key{kind, described.id}] = true
		}
	}
	for id, name := range distinctNames(labels, "_", c.options.Managed.labels(typeOf(kind))) {
		c.labels[key{kind, id}] = name
	}
	for id, name := range distinctNames(keys, " ", nil) {
		c.keys[key{kind, id}] = name
	}
	return chosen
}

// isChosen tells whether an object is written, and notes why it is not.
func (c *company) isChosen(kind snapshot.Kind, id, name, problem string) bool {
	importID := id
	if kind == snapshot.KindUser {
		importID = c.userID(id)
	}
	what := fmt.Sprintf("%s %q", noun(kind), name)
	switch {
	case c.options.Managed.has(typeOf(kind), importID):
	case c.options.Keep != nil && !c.options.Keep(kind, name):
	case kind == snapshot.KindUser && importID == c.Self && !c.options.IncludeSelf:
		c.report.LeftOut = append(c.report.LeftOut, what+", which you are logged in as (-include-self)")
	case strings.HasPrefix(problem, onPurpose):
		c.report.LeftOut = append(c.report.LeftOut, what+": "+strings.TrimPrefix(problem, onPurpose))
	case problem != "":
		c.report.Problems = append(c.report.Problems, fmt.Sprintf("%s (%s) is left out: %s", what, importID, problem))
	default:
		return true
	}
	return false
}

// onPurpose begins the reason for an object that Terraform is not meant to manage.
const onPurpose = "\x00"

// userID is the id of the user with the subject id.
func (c *company) userID(subjectID string) string { return cmp.Or(c.userIDs[subjectID], subjectID) }

func nameProblem(name, id string, isUUID bool) string {
	switch {
	case name == "":
		return "it has no name"
	case isUUID && uuid.Validate(id) != nil:
		return "its id is no UUID"
	}
	return ""
}

func (c *company) userProblem(user snapshot.User, isGateway bool) string {
	switch {
	case user.Username == "":
		return "it has no username"
	case uuid.Validate(user.ID) != nil:
		return "its id is no UUID"
	case user.Email == "" && !isGateway:
		return "it has no e-mail address, which the provider requires"
	case user.Email != "" && !client.IsEmail(user.Email):
		return fmt.Sprintf("the provider does not accept its e-mail address, %q", user.Email)
	case isGateway && user.Roles == nil:
		return "the server does not tell its roles"
	case isGateway && slices.Contains(user.Roles, ""):
		return "one of its roles has no name"
	}
	return ""
}

func mappingProblem(m snapshot.Mapping) string {
	if m.Issuer == "" || m.IDPGroupPath == "" || m.LocalGroupName == "" {
		return "its issuer, path or group is empty"
	}
	return cmp.Or(tooLong("issuer", m.Issuer, 2048), tooLong("path", m.IDPGroupPath, 2048), tooLong("group", m.LocalGroupName, 255))
}

func aliasProblem(alias string) string {
	if strings.HasPrefix(alias, gateway.IDPReserved) {
		return onPurpose + "the platform reserves these aliases"
	}
	return idProblem(alias)
}

func workroomProblem(w snapshot.Workroom) string {
	switch {
	case w.Type != "persistent":
		return onPurpose + "Terraform manages persistent workrooms only"
	case w.Name == "":
		return "it has no name"
	}
	return cmp.Or(tooLong("name", w.Name, 255), tooLong("description", w.Description, 1024), tooLong("classification", w.Classification, 255))
}

// idProblem is about import ids, which Terraform brings into Unicode's form NFC.
func idProblem(id string) string {
	if normalized(id) != id {
		return "Terraform cannot import it: it would ask for the id in another Unicode form (NFC)"
	}
	return ""
}

// tooLong says that the provider does not accept a text.
func tooLong(what, text string, most int) string {
	if n := utf8.RuneCountInString(text); n > most {
		return fmt.Sprintf("its %s has %d characters, and the provider accepts %d", what, n, most)
	}
	return ""
}

func attributeProblem(a snapshot.Attribute) string {
	switch {
	case !slices.Contains(gateway.AttributeTypes, a.Type):
		return fmt.Sprintf("the provider does not know its type, %q", a.Type)
	case !slices.Contains(gateway.AttributeAuthorities, a.Authority):
		return fmt.Sprintf("the provider does not know its authority, %q", a.Authority)
	case a.SchemaVersion == "":
		return "it has no schema version"
	}
	return idProblem(a.Name)
}

// noteLost reports what could not be read.
func (c *company) noteLost(lost []snapshot.Lost) {
	for _, l := range lost {
		if l.What != "" && !c.written[key{l.Kind, l.ID}] {
			continue // so that nothing of it is missing
		}
		name := fmt.Sprintf("%s %s", noun(l.Kind), l.ID)
		if known := c.names[key{l.Kind, l.ID}]; known != "" {
			name = fmt.Sprintf("%s %q (%s)", noun(l.Kind), known, l.ID)
		}
		switch {
		case l.Stranger:
			c.report.LeftOut = append(c.report.LeftOut, fmt.Sprintf("the %s of the %s: only its members may read them", l.What, name))
		case l.What != "":
			c.report.Problems = append(c.report.Problems, fmt.Sprintf("the %s of the %s are left out: %s", l.What, name, l.Reason))
		case l.Gone:
			c.report.Problems = append(c.report.Problems, fmt.Sprintf("the %s does not exist, though something refers to it, and stays an id: %s", name, l.Reason))
		default:
			c.report.Problems = append(c.report.Problems, fmt.Sprintf("the %s could not be read and stays an id: %s", name, l.Reason))
		}
	}
}
