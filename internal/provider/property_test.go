package provider_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"pgregory.net/rapid"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	rbacserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// A few checks will do each time; raise them with TESTARGS=-rapid.checks=1000.
const propertyChecks = 25

func TestProperty_stateServerAndModelAgree(t *testing.T) {
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "rapid.checks" })
	if !given {
		acctest.Must(t, flag.Set("rapid.checks", fmt.Sprint(propertyChecks)))
	}
	rapid.Check(t, func(r *rapid.T) {
		w := newWorld(shrinking{t, r})
		if rapid.Bool().Draw(r, "full") { // so that there is something to assign from the start
			for _, kind := range kinds {
				for n := range slots {
					w.put(r, slot{kind, n})
				}
			}
		}
		for range rapid.IntRange(1, 8).Draw(r, "runs") {
			for range rapid.IntRange(1, 6).Draw(r, "changes") {
				w.change(r)
			}
			w.run()
			w.check()
		}
	})
}

// shrinking lets the helpers of tests fail a check of rapid, which then looks for a smaller one.
type shrinking struct {
	testing.TB
	rapid *rapid.T
}

func (s shrinking) Fatal(args ...any)                 { s.rapid.Fatal(args...) }
func (s shrinking) Fatalf(format string, args ...any) { s.rapid.Fatalf(format, args...) }
func (s shrinking) Error(args ...any)                 { s.rapid.Error(args...) }
func (s shrinking) Errorf(format string, args ...any) { s.rapid.Errorf(format, args...) }
func (s shrinking) Cleanup(f func())                  { s.rapid.Cleanup(f) }
func (s shrinking) Context() context.Context          { return s.rapid.Context() }

// slot is a place for one object of a kind in the configuration. There are few, so that changes meet.
type slot struct {
	kind string
	n    int
}

const slots = 2

// kinds are in the order of creation.
var kinds = []string{"organization", "right", "role", "group", "user"}

// link is an assignment between the objects of two slots.
type link struct {
	relation *relation
	from, to int
}

// relation is a kind of assignments, and how the configuration of one check manages it.
type relation struct {
	name, from, to string
	mode           string // "edges", "sets" of the from end, or "reverse": sets of the to end
	set, reverse   string // types
}

func (r *relation) ownerKind() string {
	if r.mode == "reverse" {
		return r.to
	}
	return r.from
}

// owner returns the slot whose set has the link, and the one that is in it.
func (l link) owner() (owner, element int) {
	if l.relation.mode == "reverse" {
		return l.to, l.from
	}
	return l.from, l.to
}

// ownedSet is the set of one slot.
type ownedSet struct {
	relation *relation
	owner    int
}

func (l link) in(s ownedSet) bool {
	owner, _ := l.owner()
	return l.relation == s.relation && owner == s.owner
}

// world is a service, a state as Terraform keeps it, and the model: what the two must hold after each run.
type world struct {
	t         testing.TB
	service   acctest.Service
	relations []*relation

	state   map[string]tftypes.Value // by address
	private map[string][]byte

	objects map[slot]acctest.Fields // what is configured, but for references
	home    map[int]int             // the organization of each user that has one
	links   map[link]bool           // the configured assignments
	sets    map[ownedSet]bool       // whose whole sets are configured
	strays  map[link]bool           // assignments that nobody configured
}

func newWorld(t shrinking) *world {
	modes := func(name string, modes ...string) string { return rapid.SampledFrom(modes).Draw(t.rapid, name) }
	redundant := func(name string) rbacserver.Redundant {
		return rbacserver.Redundant(modes(name, "ok", "400", "404", "409"))
	}
	return &world{
		t: t,
		service: acctest.Start(t, authserver.Config{API: rbacserver.Behavior{
			NullClears: true, DeleteCascades: true, DeleteDetaches: true, AssignTwice: redundant("assign twice"), RemoveUnassigned: redundant("remove unassigned"),
		}}),
		relations: []*relation{
			{name: "group_member", from: "group", to: "user", mode: modes("members", "edges", "sets", "reverse"), set: "group_members", reverse: "user_groups"},
			{name: "group_role", from: "group", to: "role", mode: modes("roles", "edges", "sets"), set: "group_roles"},
			{name: "role_right", from: "role", to: "right", mode: modes("rights", "edges", "sets"), set: "role_rights"},
		},
		state: map[string]tftypes.Value{}, private: map[string][]byte{}, objects: map[slot]acctest.Fields{}, home: map[int]int{},
		links: map[link]bool{}, sets: map[ownedSet]bool{}, strays: map[link]bool{},
	}
}

// changes are those that world.change makes, the more frequent ones several times.
var changes = []string{
	"put", "put", "link", "link", "link", "unlink", "unlink", "set", "drop", "drop set", // of the configuration
	"edit", "delete", "assign", "assign", "assign", "take", "take", // behind the provider's back
}

// change makes one change of the configuration, or behind the provider's back.
func (w *world) change(r *rapid.T) {
	at := slot{rapid.SampledFrom(kinds).Draw(r, "kind"), rapid.IntRange(0, slots-1).Draw(r, "slot")}
	l := link{rapid.SampledFrom(w.relations).Draw(r, "relation"), rapid.IntRange(0, slots-1).Draw(r, "from"), rapid.IntRange(0, slots-1).Draw(r, "to")}
	switch rapid.SampledFrom(changes).Draw(r, "change") {
	case "put":
		w.put(r, at)
	case "drop":
		w.forget(at)
		delete(w.objects, at)
	case "link":
		if w.exist(l) {
			owner, _ := l.owner()
			w.links[l] = true
			w.sets[ownedSet{l.relation, owner}] = l.relation.mode != "edges"
		}
	case "unlink":
		delete(w.links, l)
	case "set":
		if owner, _ := l.owner(); l.relation.mode != "edges" && w.objects[slot{l.relation.ownerKind(), owner}] != nil {
			w.sets[ownedSet{l.relation, owner}] = true
		}
	case "drop set":
		if owner, _ := l.owner(); w.sets[ownedSet{l.relation, owner}] {
			delete(w.sets, ownedSet{l.relation, owner})
			maps.DeleteFunc(w.links, func(l link, _ bool) bool { return l.in(ownedSet{l.relation, owner}) })
		}
	case "edit":
		w.edit(r, at)
	case "delete":
		if id := w.id(at); id != "" {
			w.remove(at, id)
			w.forgetWith(at.address())
		}
	case "assign":
		w.assign(l)
	case "take":
		w.take(l)
	}
}

// put configures an object, or changes its configuration.
func (w *world) put(r *rapid.T, at slot) {
	text := func(name string) any {
		return rapid.SampledFrom([]any{nil, "", "a", "b"}).Draw(r, name)
	}
	name := fmt.Sprintf("%s %d %s", at.kind, at.n, rapid.SampledFrom([]string{"x", "y"}).Draw(r, "name"))
	if at.kind != "user" {
		w.objects[at] = acctest.Fields{"name": name, "description": text("description")}
		return
	}
	w.objects[at] = acctest.Fields{
		"username": name, "email": fmt.Sprintf("%s%d@example.com", rapid.SampledFrom([]string{"x", "y"}).Draw(r, "email"), at.n), "password": "secret",
		"full_name": text("full name"), "is_active": rapid.Bool().Draw(r, "active"), "is_superuser": rapid.Bool().Draw(r, "superuser"),
	}
	delete(w.home, at.n)
	if home := rapid.IntRange(0, slots-1).Draw(r, "organization"); w.objects[slot{"organization", home}] != nil {
		w.home[at.n] = home
	}
}

// exist tells whether both ends of a link are configured.
func (w *world) exist(l link) bool {
	return w.objects[slot{l.relation.from, l.from}] != nil && w.objects[slot{l.relation.to, l.to}] != nil
}

func (l link) touches(at slot) bool {
	return l.relation.from == at.kind && l.from == at.n || l.relation.to == at.kind && l.to == at.n
}

// forget removes what refers to an object from the configuration.
func (w *world) forget(at slot) {
	maps.DeleteFunc(w.links, func(l link, _ bool) bool { return l.touches(at) })
	maps.DeleteFunc(w.sets, func(s ownedSet, _ bool) bool { return s.relation.ownerKind() == at.kind && s.owner == at.n })
	maps.DeleteFunc(w.home, func(user, home int) bool {
		return at == slot{"user", user} || at == slot{"organization", home}
	})
}

// id returns the id of an object that exists on the server, else "".
func (w *world) id(at slot) string {
	id := w.text(at.address(), "id")
	data := w.service.Server.Snapshot()
	exists := slices.ContainsFunc(data.Organizations, func(o rbacserver.Organization) bool { return o.ID == id }) ||
		slices.ContainsFunc(data.Rights, func(r rbacserver.Right) bool { return r.ID == id }) ||
		slices.ContainsFunc(data.Roles, func(r rbacserver.Role) bool { return r.ID == id }) ||
		slices.ContainsFunc(data.Groups, func(g rbacserver.Group) bool { return g.ID == id }) ||
		slices.ContainsFunc(data.Users, func(u rbacserver.User) bool { return u.ID == id })
	if !exists {
		return ""
	}
	return id
}

// edit changes an object behind the provider's back.
func (w *world) edit(r *rapid.T, at slot) {
	id := w.id(at)
	if id == "" {
		return
	}
	ctx, api, text := w.t.Context(), w.service.API, client.Set(rapid.SampledFrom([]string{"", "a", "drifted"}).Draw(r, "drift"))
	var err error
	switch at.kind {
	case "organization":
		_, err = api.Organizations.Update(ctx, id, rbac.OrganizationUpdate{Description: text})
	case "right":
		_, err = api.Rights.Update(ctx, id, rbac.RightUpdate{Name: client.Set("drifted " + fmt.Sprint(at.n)), Description: text})
	case "role":
		_, err = api.Roles.Update(ctx, id, rbac.RoleUpdate{Description: text, Name: client.Set("drifted " + fmt.Sprint(at.n))})
	case "group":
		_, err = api.Groups.Update(ctx, id, rbac.GroupUpdate{Description: text})
	case "user":
		_, err = api.Users.Update(ctx, id, rbac.UserUpdate{FullName: text, IsActive: client.Set(false), OrganizationID: client.Null[string]()})
	}
	acctest.Must(w.t, err)
}

// remove deletes an object behind the provider's back.
func (w *world) remove(at slot, id string) {
	ctx, api := w.t.Context(), w.service.API
	acctest.Must(w.t, map[string]func(context.Context, string) error{
		"organization": api.Organizations.Delete, "right": api.Rights.Delete, "role": api.Roles.Delete, "group": api.Groups.Delete, "user": api.Users.Delete,
	}[at.kind](ctx, id))
}

// assign makes an assignment behind the provider's back, unless it is there.
func (w *world) assign(l link) {
	from, to := w.id(slot{l.relation.from, l.from}), w.id(slot{l.relation.to, l.to})
	if from == "" || to == "" || slices.Contains(w.held(l.relation, from, to), true) {
		return
	}
	acctest.Must(w.t, w.calls(l.relation, true)(w.t.Context(), from, to))
	w.strays[l] = true
}

// take ends an assignment behind the provider's back.
func (w *world) take(l link) {
	from, to := w.id(slot{l.relation.from, l.from}), w.id(slot{l.relation.to, l.to})
	if from != "" && to != "" && slices.Contains(w.held(l.relation, from, to), true) {
		acctest.Must(w.t, w.calls(l.relation, false)(w.t.Context(), from, to))
		delete(w.strays, l)
	}
}

// held tells whether the server has an assignment.
func (w *world) held(r *relation, from, to string) []bool {
	data := w.service.Server.Snapshot()
	var held []bool
	switch r.name {
	case "group_member":
		for _, user := range data.Users {
			held = append(held, user.ID == to && slices.Contains(user.Groups, from))
		}
	case "group_role":
		for _, group := range data.Groups {
			held = append(held, group.ID == from && slices.Contains(group.Roles, to))
		}
	case "role_right":
		for _, role := range data.Roles {
			held = append(held, role.ID == from && slices.Contains(role.Rights, to))
		}
	}
	return held
}

// calls returns the call that assigns or takes away.
func (w *world) calls(r *relation, assign bool) func(ctx context.Context, from, to string) error {
	api := w.service.API
	switch {
	case r.name == "group_member" && assign:
		return func(ctx context.Context, group, user string) error { return api.Users.AddGroup(ctx, user, group) }
	case r.name == "group_member":
		return func(ctx context.Context, group, user string) error { return api.Users.RemoveGroup(ctx, user, group) }
	case r.name == "group_role" && assign:
		return api.Groups.AddRole
	case r.name == "group_role":
		return api.Groups.RemoveRole
	case assign:
		return api.Roles.AddRight
	}
	return api.Roles.RemoveRight
}

func (s slot) address() string { return fmt.Sprintf("kamiwaza_%s.%d", s.kind, s.n) }
func (l link) address() string {
	return fmt.Sprintf("kamiwaza_%s.%d.%d", l.relation.name, l.from, l.to)
}

func (s ownedSet) address() string {
	if s.relation.mode == "reverse" {
		return fmt.Sprintf("kamiwaza_%s.%d", s.relation.reverse, s.owner)
	}
	return fmt.Sprintf("kamiwaza_%s.%d", s.relation.set, s.owner)
}

// text returns a text of an object in the state.
func (w *world) text(address, attribute string) (text string) {
	if value, ok := w.state[address]; ok {
		var attributes map[string]tftypes.Value
		acctest.Must(w.t, value.As(&attributes))
		acctest.Must(w.t, attributes[attribute].As(&text))
	}
	return text
}

// wanted is one resource of the configuration; config is called when what it refers to has been applied.
type wanted struct {
	address, typeName string
	config            func() acctest.Fields
	owners            []slot // whose replacement replaces it, too
}

// configuration lists what is configured, in the order of creation.
func (w *world) configuration() (all []wanted) {
	for _, kind := range kinds {
		for n := range slots {
			at := slot{kind, n}
			if w.objects[at] == nil {
				continue
			}
			all = append(all, wanted{at.address(), "kamiwaza_" + kind, func() acctest.Fields {
				config := maps.Clone(w.objects[at])
				if home, ok := w.home[n]; ok && kind == "user" {
					config["organization_id"] = w.text(slot{"organization", home}.address(), "id")
				}
				return config
			}, []slot{at}})
		}
	}
	for _, r := range w.relations {
		for from := range slots {
			for to := range slots {
				if l := (link{r, from, to}); w.links[l] && r.mode == "edges" {
					all = append(all, wanted{l.address(), "kamiwaza_" + r.name, func() acctest.Fields {
						return acctest.Fields{
							r.from + "_id": w.text(slot{r.from, from}.address(), "id"), r.to + "_id": w.text(slot{r.to, to}.address(), "id"),
						}
					}, []slot{{r.from, from}, {r.to, to}}})
				}
			}
		}
		for owner := range slots {
			s := ownedSet{r, owner}
			if !w.sets[s] {
				continue
			}
			typeName, element := "kamiwaza_"+r.set, r.to
			if r.mode == "reverse" {
				typeName, element = "kamiwaza_"+r.reverse, r.from
			}
			all = append(all, wanted{s.address(), typeName, func() acctest.Fields {
				ids := []any{}
				for l := range w.links {
					if _, member := l.owner(); l.in(s) {
						ids = append(ids, w.text(slot{element, member}.address(), "id"))
					}
				}
				return acctest.Fields{r.ownerKind() + "_id": w.text(slot{r.ownerKind(), owner}.address(), "id"), element + "_ids": ids}
			}, []slot{{r.ownerKind(), owner}}})
		}
	}
	return all
}

// run does what an apply does: it refreshes the state, destroys what is not wanted, and creates and updates the rest.
func (w *world) run() {
	p := acctest.NewProtocol(w.t, w.service)
	w.refresh(p)
	all := w.configuration()
	kept := map[string]bool{}
	for _, want := range all {
		kept[want.address] = !slices.ContainsFunc(want.owners, w.renamed)
	}
	for _, address := range slices.Backward(order(w.state)) {
		if !kept[address] {
			w.forgetWith(address)
			w.apply(p, address, nil)
		}
	}
	for _, want := range all {
		w.apply(p, want.address, want.config())
	}
	// What is configured by now is nobody's stray any more, and a set has taken its strays away.
	maps.DeleteFunc(w.strays, func(l link, _ bool) bool {
		owner, _ := l.owner()
		return w.links[l] || w.sets[ownedSet{l.relation, owner}]
	})
}

// renamed tells whether a user is to be replaced.
func (w *world) renamed(at slot) bool {
	_, exists := w.state[at.address()]
	return at.kind == "user" && exists && w.text(at.address(), "username") != w.objects[at]["username"]
}

// forgetWith drops the strays that end with a resource: those of an object, and those that a set or an edge has picked
// up in the refresh.
func (w *world) forgetWith(address string) {
	maps.DeleteFunc(w.strays, func(l link, _ bool) bool {
		owner, _ := l.owner()
		return slices.Contains([]string{
			slot{l.relation.from, l.from}.address(), slot{l.relation.to, l.to}.address(), l.address(), ownedSet{l.relation, owner}.address(),
		}, address)
	})
}

// order sorts addresses by the order of creation.
func order(state map[string]tftypes.Value) []string {
	rank := func(address string) int { return slices.Index(kinds, typeOf(address)[len("kamiwaza_"):]) } // assignments: -1
	return slices.SortedFunc(maps.Keys(state), func(a, b string) int {
		switch first, second := rank(a), rank(b); {
		case first == second:
			return 0
		case first < 0:
			return 1
		case second < 0:
			return -1
		default:
			return first - second
		}
	})
}

func typeOf(address string) string {
	for i, r := range address {
		if r == '.' {
			return address[:i]
		}
	}
	return address
}

func (w *world) refresh(p acctest.Protocol) {
	for address, value := range w.state {
		objectType := p.StateType(typeOf(address))
		encoded, err := tfprotov6.NewDynamicValue(objectType, value)
		acctest.Must(w.t, err)
		resp := p.Read(typeOf(address), &encoded, nil, w.private[address])
		read, err := resp.NewState.Unmarshal(objectType)
		acctest.Must(w.t, err)
		w.private[address] = resp.Private
		if w.state[address] = read; read.IsNull() {
			delete(w.state, address)
			delete(w.private, address)
		}
	}
}

// plan plans one resource as it is in the state; a nil configuration is its end.
func (w *world) plan(p acctest.Protocol, address string, config acctest.Fields) (planned tftypes.Value, request tfprotov6.ApplyResourceChangeRequest) {
	objectType := p.StateType(typeOf(address))
	prior, exists := w.state[address]
	if !exists {
		prior = tftypes.NewValue(objectType, nil)
	}
	configured, proposed := tftypes.NewValue(objectType, nil), tftypes.NewValue(objectType, nil)
	if config != nil {
		configured = acctest.Encode(w.t, objectType, config)
		withComputed := maps.Clone(config)
		for _, attribute := range []string{"id", "created_at"} {
			if _, ok := objectType.(tftypes.Object).AttributeTypes[attribute]; ok && exists {
				withComputed[attribute] = w.text(address, attribute)
			}
		}
		proposed = acctest.Encode(w.t, objectType, withComputed)
	}
	values := make([]*tfprotov6.DynamicValue, 3)
	for i, value := range []tftypes.Value{prior, configured, proposed} {
		encoded, err := tfprotov6.NewDynamicValue(objectType, value)
		acctest.Must(w.t, err)
		values[i] = &encoded
	}
	resp, err := p.Server.PlanResourceChange(w.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: typeOf(address), PriorState: values[0], Config: values[1], ProposedNewState: values[2], PriorPrivate: w.private[address],
	})
	acctest.Must(w.t, err)
	p.NoErrors(resp.Diagnostics)
	if len(resp.RequiresReplace) > 0 && exists {
		w.t.Fatalf("%s would be replaced, because of %v", address, resp.RequiresReplace)
	}
	planned, err = resp.PlannedState.Unmarshal(objectType)
	acctest.Must(w.t, err)
	return planned, tfprotov6.ApplyResourceChangeRequest{
		TypeName: typeOf(address), PriorState: values[0], Config: values[1], PlannedState: resp.PlannedState, PlannedPrivate: resp.PlannedPrivate,
	}
}

func (w *world) apply(p acctest.Protocol, address string, config acctest.Fields) {
	planned, request := w.plan(p, address, config)
	if prior, exists := w.state[address]; exists && planned.Equal(prior) {
		return
	}
	resp, err := p.Server.ApplyResourceChange(w.t.Context(), &request)
	acctest.Must(w.t, err)
	p.NoErrors(resp.Diagnostics)
	state, err := resp.NewState.Unmarshal(p.StateType(typeOf(address)))
	acctest.Must(w.t, err)
	if state.IsNull() {
		delete(w.state, address)
		delete(w.private, address)
		return
	}
	w.state[address], w.private[address] = state, resp.Private
	var was, is map[string]tftypes.Value
	acctest.Must(w.t, planned.As(&was))
	acctest.Must(w.t, state.As(&is))
	for name, value := range was {
		if value.IsFullyKnown() && !value.Equal(is[name]) {
			w.t.Fatalf("%s: %s is %s after the apply, and %s in the plan", address, name, is[name], value)
		}
	}
}

// check holds that the state, the server and the model agree, and that there is nothing left to do.
func (w *world) check() {
	before := maps.Clone(w.state)
	p := acctest.NewProtocol(w.t, w.service)
	w.refresh(p)
	all := w.configuration()
	if len(w.state) != len(all) {
		w.t.Fatalf("the state has %d objects after a refresh, %d are configured: %v", len(w.state), len(all), slices.Sorted(maps.Keys(w.state)))
	}
	for _, want := range all {
		if !w.state[want.address].Equal(before[want.address]) {
			w.t.Fatalf("a refresh changes %s from\n%s to\n%s", want.address, before[want.address], w.state[want.address])
		}
		if planned, _ := w.plan(p, want.address, want.config()); !planned.Equal(w.state[want.address]) {
			w.t.Fatalf("another plan changes %s from\n%s to\n%s", want.address, w.state[want.address], planned)
		}
	}
	if got, want := w.onServer(), w.expected(); !slices.Equal(got, want) {
		w.t.Fatalf("the server has\n%q\nand the model\n%q", got, want)
	}
}

// expected describes what the server must hold.
func (w *world) expected() (lines []string) {
	str := func(value any) string { s, _ := value.(string); return s }
	for at, o := range w.objects {
		if at.kind == "user" {
			home := ""
			if n, ok := w.home[at.n]; ok {
				home = str(w.objects[slot{"organization", n}]["name"])
			}
			lines = append(lines, fmt.Sprint("user ", o["username"], o["email"], str(o["full_name"]), home, o["is_active"], o["is_superuser"]))
		} else {
			lines = append(lines, fmt.Sprint(at.kind, " ", o["name"], str(o["description"])))
		}
	}
	for _, links := range []map[link]bool{w.links, w.strays} {
		for l := range links {
			from, to := w.objects[slot{l.relation.from, l.from}], w.objects[slot{l.relation.to, l.to}]
			lines = append(lines, fmt.Sprint(l.relation.name, " ", str(from["name"]), " ", str(to["name"])+str(to["username"])))
		}
	}
	slices.Sort(lines)
	return lines
}

// onServer describes what the server holds, in the same words.
func (w *world) onServer() (lines []string) {
	data := w.service.Server.Snapshot()
	names := map[string]string{}
	entity := func(kind string, named rbacserver.Named) {
		names[named.ID] = named.Name
		lines = append(lines, fmt.Sprint(kind, " ", named.Name, acctest.Text(named.Description)))
	}
	for _, o := range data.Organizations {
		entity("organization", o.Named)
	}
	for _, r := range data.Rights {
		entity("right", r.Named)
	}
	for _, r := range data.Roles {
		entity("role", r.Named)
		for _, right := range r.Rights {
			lines = append(lines, fmt.Sprint("role_right ", r.Name, " ", names[right]))
		}
	}
	for _, g := range data.Groups {
		entity("group", g.Named)
		for _, role := range g.Roles {
			lines = append(lines, fmt.Sprint("group_role ", g.Name, " ", names[role]))
		}
	}
	for _, u := range data.Users {
		if u.ID == w.service.Server.AdminID() {
			continue
		}
		lines = append(lines, fmt.Sprint("user ", u.Username, u.Email, acctest.Text(u.FullName), names[acctest.Text(u.OrganizationID)], u.IsActive, u.IsSuperuser))
		for _, group := range u.Groups {
			lines = append(lines, fmt.Sprint("group_member ", names[group], " ", u.Username))
		}
	}
	slices.Sort(lines)
	return lines
}
