package review

import (
	"maps"
	"slices"
	"strings"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/connection"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/snapshot"
)

// relation is a kind of assignments.
type relation string

const (
	groupMember    relation = "group_member"
	groupRole      relation = "group_role"
	roleRight      relation = "role_right"
	tuple          relation = "tuple"
	workroomMember relation = "workroom_member"
)

// assignment says that an owner, such as a group, has an element. Assignments are compared with ==.
type assignment struct {
	relation relation
	// owner and element are ids; those of tuples are references.
	owner, element string
	// role is that of a member of a workroom, and the relation of a tuple.
	role string
}

// world is a snapshot that is being changed.
type world struct {
	snapshot.Snapshot
	has map[assignment]bool
	// added, removed and kept are what the plan does to assignments; what one instance gives up stays if another one has it.
	added, removed, kept map[assignment]bool
	unknown              []Unknown
	other                []Other
	gone                 map[object]bool
	// at are the assignments before the plan, by each of their ends.
	at map[anchor][]assignment
	// users are indexes of Users, by id, name and e-mail address.
	users map[string]int
}

// anchor is one end of assignments: an owner or an element.
type anchor struct {
	relation       relation
	owner, element string
}

// object is an object by its kind and id.
type object struct {
	kind snapshot.Kind
	id   string
}

// ends are the kinds of objects that assignments are between. What happens to those of objects that are gone is not documented for tuples,
// but does not matter either.
var ends = map[relation]struct{ owner, element snapshot.Kind }{
	groupMember:    {snapshot.KindGroup, snapshot.KindUser},
	groupRole:      {snapshot.KindGroup, snapshot.KindRole},
	roleRight:      {snapshot.KindRole, snapshot.KindRight},
	workroomMember: {snapshot.KindWorkroom, snapshot.KindUser},
}

func newWorld(s snapshot.Snapshot) *world {
	w := &world{
		Snapshot: s, has: map[assignment]bool{}, added: map[assignment]bool{}, removed: map[assignment]bool{}, kept: map[assignment]bool{},
		gone: map[object]bool{}, at: map[anchor][]assignment{}, users: map[string]int{},
	}
	w.Users, w.Groups, w.Roles, w.Rights = slices.Clone(s.Users), slices.Clone(s.Groups), slices.Clone(s.Roles), slices.Clone(s.Rights)
	w.Mappings, w.Workrooms = slices.Clone(s.Mappings), slices.Clone(s.Workrooms)
	for i, user := range s.Users {
		w.indexUser(i)
		for _, group := range user.Groups {
			w.has[assignment{groupMember, group, user.ID, ""}] = true
		}
	}
	for _, group := range s.Groups {
		for _, member := range group.Members {
			w.has[assignment{groupMember, group.ID, w.person(member), ""}] = true
		}
		for _, role := range group.Roles {
			w.has[assignment{groupRole, group.ID, role, ""}] = true
		}
	}
	for _, role := range s.Roles {
		for _, right := range role.Rights {
			w.has[assignment{roleRight, role.ID, right, ""}] = true
		}
	}
	for _, t := range s.Tuples {
		w.has[tupleAssignment(t)] = true
	}
	for _, room := range s.Workrooms {
		for _, member := range room.Members {
			if !member.Owner {
				w.has[assignment{workroomMember, room.ID, member.SubjectID, member.Role}] = true
			}
		}
	}
	for a := range w.has {
		for _, end := range []anchor{{a.relation, a.owner, ""}, {a.relation, "", a.element}} {
			w.at[end] = append(w.at[end], a)
		}
	}
	return w
}

// tupleAssignment and tupleOf write a tuple as an assignment of its object and back.
func tupleAssignment(t snapshot.Tuple) assignment {
	tenant := t.Tenant
	if tenant == "" {
		tenant = gateway.DefaultTenant
	}
	return assignment{tuple, join(tenant, t.ObjectNamespace, t.ObjectID), join(t.SubjectNamespace, t.SubjectID), t.Relation}
}

func tupleOf(a assignment) snapshot.Tuple {
	object, subject := strings.SplitN(a.owner, separator, 3), strings.SplitN(a.element, separator, 2)
	return snapshot.Tuple{
		Tenant: object[0], ObjectNamespace: object[1], ObjectID: object[2], SubjectNamespace: subject[0], SubjectID: subject[1], Relation: a.role,
	}
}

// separator is in no namespace and no id.
const separator = "\x00"

func join(parts ...string) string { return strings.Join(parts, separator) }

func (w *world) indexUser(i int) {
	for _, name := range []string{"id " + w.Users[i].ID, "name " + w.Users[i].Username, "email " + strings.ToLower(w.Users[i].Email)} {
		w.users[name] = i
	}
}

// userAt returns the user at an index, such as "id 6f1c…"; nil if there is none, or no more.
func (w *world) userAt(index string) *snapshot.User {
	if i, ok := w.users[index]; ok && !w.gone[object{snapshot.KindUser, w.Users[i].ID}] {
		return &w.Users[i]
	}
	return nil
}

// person is the subject id of the user with an id of either kind: the documentation leaves open by which of them groups name their members.
func (w *world) person(id string) string {
	if user := w.user(id); user != nil {
		return user.SubjectID
	}
	return id
}

func (w *world) user(id string) *snapshot.User { return w.userAt("id " + id) }

func (w *world) userCalled(username string) *snapshot.User { return w.userAt("name " + username) }

func (w *world) userWith(email string) *snapshot.User {
	return w.userAt("email " + strings.ToLower(email))
}

// snapshot is what the world has come to.
func (w *world) snapshot() snapshot.Snapshot {
	for a := range w.removed {
		if !w.kept[a] {
			delete(w.has, a)
		}
	}
	maps.Copy(w.has, w.added)
	maps.DeleteFunc(w.has, func(a assignment, _ bool) bool {
		return w.gone[object{ends[a.relation].owner, a.owner}] || w.gone[object{ends[a.relation].element, a.element}]
	})
	w.Users = slices.DeleteFunc(w.Users, func(u snapshot.User) bool { return w.gone[object{snapshot.KindUser, u.ID}] })
	elements := map[relation]map[string][]assignment{} // by owner
	groups := map[string][]string{}                    // by user
	for a := range w.has {
		if elements[a.relation] == nil {
			elements[a.relation] = map[string][]assignment{}
		}
		elements[a.relation][a.owner] = append(elements[a.relation][a.owner], a)
		if a.relation == groupMember {
			groups[a.element] = append(groups[a.element], a.owner)
		}
	}
	isGateway := w.Generation == connection.Gateway
	for i := range w.Groups {
		group := &w.Groups[i]
		if isGateway {
			group.Members = renew(group.Members, elements[groupMember][group.ID])
		} else {
			group.Roles = renew(group.Roles, elements[groupRole][group.ID])
		}
	}
	for i := range w.Roles {
		w.Roles[i].Rights = renew(w.Roles[i].Rights, elements[roleRight][w.Roles[i].ID])
	}
	if !isGateway {
		for i := range w.Users {
			user := &w.Users[i]
			if ids := groups[user.ID]; ids != nil || user.Groups != nil {
				user.Groups = append([]string{}, slices.Sorted(slices.Values(ids))...)
			}
		}
	}
	w.Tuples = nil
	for _, byOwner := range elements[tuple] {
		for _, a := range byOwner {
			w.Tuples = append(w.Tuples, tupleOf(a))
		}
	}
	for i := range w.Workrooms {
		w.Workrooms[i].Members = renewMembers(w.Workrooms[i].Members, elements[workroomMember][w.Workrooms[i].ID])
	}
	w.Sort()
	return w.Snapshot
}

// renew returns the ids of the elements. A list that is not known stays so, unless something was added.
func renew(list []string, elements []assignment) []string {
	if list == nil && elements == nil {
		return nil
	}
	ids := make([]string, len(elements))
	for i, a := range elements {
		ids[i] = a.element
	}
	slices.Sort(ids)
	return ids
}

func renewMembers(list []snapshot.WorkroomMember, elements []assignment) []snapshot.WorkroomMember {
	if list == nil && elements == nil {
		return nil
	}
	known := map[string]snapshot.WorkroomMember{}
	members := []snapshot.WorkroomMember{}
	for _, member := range list {
		known[member.SubjectID] = member
		if member.Owner {
			members = append(members, member)
		}
	}
	for _, a := range elements {
		member := known[a.element]
		member.SubjectID, member.Role, member.Owner = a.element, a.role, false
		members = append(members, member)
	}
	return members
}
