package review

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/snapshot"
)

const (
	typeUser     = "kamiwaza_user"
	typeSubject  = "kamiwaza_subject"
	typeGroup    = "kamiwaza_group"
	typeRole     = "kamiwaza_role"
	typeRight    = "kamiwaza_right"
	typeWorkroom = "kamiwaza_workroom"
)

// end is one end of a type of assignments: the argument, and the types of the objects it names.
type end struct {
	argument string
	types    []string
}

// edges are the types of single assignments and of whole sets whose arguments are ids.
var edges = map[string]struct {
	relation       relation
	owner, element end
	// set says that the element is a set, and ofElement that the set is what one element has, such as the groups of a user.
	set, ofElement bool
}{
	"kamiwaza_group_member":  {relation: groupMember, owner: end{"group_id", []string{typeGroup}}, element: end{"user_id", []string{typeUser, typeSubject}}},
	"kamiwaza_group_role":    {relation: groupRole, owner: end{"group_id", []string{typeGroup}}, element: end{"role_id", []string{typeRole}}},
	"kamiwaza_role_right":    {relation: roleRight, owner: end{"role_id", []string{typeRole}}, element: end{"right_id", []string{typeRight}}},
	"kamiwaza_group_members": {relation: groupMember, owner: end{"group_id", []string{typeGroup}}, element: end{"user_ids", []string{typeUser, typeSubject}}, set: true},
	"kamiwaza_group_roles":   {relation: groupRole, owner: end{"group_id", []string{typeGroup}}, element: end{"role_ids", []string{typeRole}}, set: true},
	"kamiwaza_role_rights":   {relation: roleRight, owner: end{"role_id", []string{typeRole}}, element: end{"right_ids", []string{typeRight}}, set: true},
	"kamiwaza_user_groups": {
		relation: groupMember, owner: end{"user_id", []string{typeUser}}, element: end{"group_ids", []string{typeGroup}}, set: true, ofElement: true,
	},
}

// assignmentTypes are all types of assignments.
var assignmentTypes = append(slices.Sorted(maps.Keys(edges)),
	"kamiwaza_relationship_tuple", "kamiwaza_resource_grant", "kamiwaza_resource_grants", "kamiwaza_workroom_member", "kamiwaza_workroom_members")

// holding is what an instance has, before or after the apply.
type holding struct {
	all []assignment
	// whole is nil for single assignments.
	whole *whole
	// isOpen says that nothing is known of what the set has, so that nothing is known of what it gives up either.
	isOpen bool
}

// whole is what a whole set manages: all assignments at one end, but for those with roles that it leaves alone.
type whole struct {
	at     anchor
	leaves func(role string) bool
}

func (s *whole) covers(a assignment) bool { return s.leaves == nil || !s.leaves(a.role) }

// assign applies a change of assignments, as the provider does: it removes what the instance no longer has, and makes sure of what it has. A
// whole set that is created takes over what the platform has.
func (p *Plan) assign(w *world, in *instance) {
	if !slices.Contains(assignmentTypes, in.Type) {
		return
	}
	before, after := p.holding(w, in, in.before, true), p.holding(w, in, in.after, false)
	has := map[assignment]bool{}
	for _, a := range after.all {
		has[a], w.kept[a] = true, true
		if in.creates() || in.updates() {
			w.added[a] = true
		}
	}
	gives := before.all
	switch {
	case in.updates() && after.whole != nil:
		gives = slices.DeleteFunc(gives, func(a assignment) bool { return !after.whole.covers(a) })
	case in.creates() && after.whole != nil:
		for _, a := range w.at[after.whole.at] {
			if after.whole.covers(a) {
				gives = append(gives, a)
			}
		}
	}
	if !after.isOpen && (in.creates() || in.updates() || in.deletes()) {
		for _, a := range gives {
			if !has[a] {
				w.removed[a] = true
			}
		}
	}
}

// holding reads what an instance has from a side of its change. Of the state, everything is known.
func (p *Plan) holding(w *world, in *instance, values map[string]any, isState bool) holding {
	if values == nil {
		return holding{}
	}
	r := reader{plan: p, world: w, in: in, values: values, isState: isState}
	switch in.Type {
	case "kamiwaza_relationship_tuple", "kamiwaza_resource_grant":
		return r.tuple()
	case "kamiwaza_resource_grants":
		return r.grants()
	case "kamiwaza_workroom_member", "kamiwaza_workroom_members":
		return r.workroomMembers()
	}
	return r.edges()
}

// reader reads the arguments of one instance.
type reader struct {
	plan    *Plan
	world   *world
	in      *instance
	values  map[string]any
	isState bool
}

// id reads an argument that is an id; "" if it is not known, which is noted.
func (r reader) id(argument string, value, unknown any, types ...string) string {
	if id := text(value); id != "" || r.isState {
		return id
	}
	if unknown != true {
		return ""
	}
	ids, reason := r.plan.resolve(r.in, argument, 1, types...)
	if len(ids) != 1 {
		r.world.noteUnknown(r.in, argument, reason)
		return ""
	}
	return ids[0]
}

// ids reads an argument that is a set of ids. Some that are not known are noted, and isOpen says that none is.
func (r reader) ids(argument string, value, unknown any, types ...string) (ids []string, isOpen bool) {
	if unknown == true && !r.isState {
		r.world.noteUnknown(r.in, argument, "it is not known how many there are")
		return nil, true
	}
	missing := 0
	for _, element := range listOf(value) {
		if id := text(element); id != "" {
			ids = append(ids, id)
		} else {
			missing++
		}
	}
	if missing == 0 {
		return ids, false
	}
	found, reason := r.plan.resolve(r.in, argument, missing, types...)
	if found == nil {
		r.world.noteUnknown(r.in, argument, reason)
	}
	return append(ids, found...), false
}

func (r reader) edges() holding {
	e := edges[r.in.Type]
	owner := r.id(e.owner.argument, r.values[e.owner.argument], r.in.unknown[e.owner.argument], e.owner.types...)
	if owner == "" {
		return holding{}
	}
	var h holding
	var elements []string
	if e.set {
		elements, h.isOpen = r.ids(e.element.argument, r.values[e.element.argument], r.in.unknown[e.element.argument], e.element.types...)
	} else if element := r.id(e.element.argument, r.values[e.element.argument], r.in.unknown[e.element.argument], e.element.types...); element != "" {
		elements = []string{element}
	}
	for _, element := range elements {
		a := assignment{relation: e.relation, owner: owner, element: element}
		if e.ofElement {
			a.owner, a.element = element, owner
		}
		if e.relation == groupMember {
			a.element = r.world.person(a.element)
		}
		h.all = append(h.all, a)
	}
	if e.set {
		h.whole = &whole{at: anchor{relation: e.relation, owner: owner}}
		if e.ofElement {
			h.whole.at = anchor{relation: e.relation, element: owner}
		}
	}
	return h
}

// subjectTypes are the types of what a namespace of subjects names by id.
var subjectTypes = map[string][]string{"user": {typeUser, typeSubject}, "group": {typeGroup}, "workroom": {typeWorkroom}}

func (r reader) tuple() holding {
	object, subject := mapOf(r.values["object"]), mapOf(r.values["subject"])
	unknownObject, unknownSubject := mapOf(r.in.unknown["object"]), mapOf(r.in.unknown["subject"])
	t := snapshot.Tuple{
		Tenant: text(r.values["tenant"]), Relation: text(r.values["relation"]),
		ObjectNamespace: text(object["namespace"]), SubjectNamespace: text(subject["namespace"]),
	}
	t.ObjectID = r.id("object", object["id"], unknownObject["id"], subjectTypes[t.ObjectNamespace]...)
	t.SubjectID = r.id("subject", subject["id"], unknownSubject["id"], subjectTypes[t.SubjectNamespace]...)
	if t.ObjectID == "" || t.SubjectID == "" || t.ObjectNamespace == "" || t.SubjectNamespace == "" || t.Relation == "" {
		if t.ObjectNamespace == "" || t.SubjectNamespace == "" || t.Relation == "" {
			r.world.noteUnknown(r.in, "", "a part of it is not known")
		}
		return holding{}
	}
	return holding{all: []assignment{tupleAssignment(t)}}
}

// ownerRelation is the relation that a set of grants leaves alone unless it names it.
const ownerRelation = "owner"

func (r reader) grants() holding {
	object := mapOf(r.values["object"])
	t := snapshot.Tuple{ObjectNamespace: text(object["namespace"])}
	t.ObjectID = r.id("object", object["id"], mapOf(r.in.unknown["object"])["id"], subjectTypes[t.ObjectNamespace]...)
	if t.ObjectID == "" {
		return holding{}
	}
	of := tupleAssignment(t).owner
	relations := listOf(r.values["relations"])
	h := holding{whole: &whole{anchor{relation: tuple, owner: of}, func(role string) bool {
		if relations == nil {
			return role == ownerRelation
		}
		return !slices.Contains(relations, any(role))
	}}}
	unknown := mapOf(r.in.unknown["grants"])
	if r.in.unknown["grants"] == true && !r.isState {
		r.world.noteUnknown(r.in, "grants", "it is not known what they are")
		return holding{isOpen: true}
	}
	grants := mapOf(r.values["grants"])
	for _, relation := range slices.Sorted(maps.Keys(grants)) {
		byNamespace := mapOf(grants[relation])
		for _, namespace := range slices.Sorted(maps.Keys(byNamespace)) {
			ids, isOpen := r.ids("grants", byNamespace[namespace], mapOf(unknown[relation])[namespace], subjectTypes[namespace]...)
			h.isOpen = h.isOpen || isOpen
			for _, id := range ids {
				t.Relation, t.SubjectNamespace, t.SubjectID = relation, namespace, id
				h.all = append(h.all, tupleAssignment(t))
			}
		}
	}
	return h
}

func (r reader) workroomMembers() holding {
	room := r.id("workroom_id", r.values["workroom_id"], r.in.unknown["workroom_id"], typeWorkroom)
	if room == "" {
		return holding{}
	}
	var h holding
	add := func(email, role string) {
		switch subject := cmp.Or(text(r.values["user_id"]), r.world.subjectOf(email)); {
		case subject != "":
			h.all = append(h.all, assignment{workroomMember, room, subject, role})
		case !r.isState && (r.in.creates() || r.in.updates()):
			r.world.noteUnknown(r.in, "email", "no user of the platform or of the plan has the address "+email)
		}
	}
	if r.in.Type == "kamiwaza_workroom_member" {
		if email := text(r.values["email"]); email != "" {
			add(email, text(r.values["role"]))
		} else {
			r.world.noteUnknown(r.in, "email", "its value is not known")
		}
		return h
	}
	h.whole = &whole{at: anchor{relation: workroomMember, owner: room}}
	members := mapOf(r.values["members"])
	if r.in.unknown["members"] == true && !r.isState {
		r.world.noteUnknown(r.in, "members", "it is not known who they are")
		return holding{isOpen: true}
	}
	for _, email := range slices.Sorted(maps.Keys(members)) {
		add(email, text(members[email]))
	}
	return h
}

// subjectOf finds the subject id of the user, or of the member of a workroom, with an e-mail address; "" if there is none.
func (w *world) subjectOf(email string) string {
	if user := w.userWith(email); user != nil {
		return user.SubjectID
	}
	for _, room := range w.Workrooms {
		for _, member := range room.Members {
			if strings.EqualFold(member.Email, email) {
				return member.SubjectID
			}
		}
	}
	return ""
}
