package access

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/snapshot"
)

// Namespaces of subjects and objects that are something else as well.
const (
	namespaceUser     = "user"
	namespaceGroup    = "group"
	namespaceRole     = "role"
	namespaceWorkroom = "workroom"
)

// memberRelation is the relation to a group, or to a workroom, that lets a subject have what it has.
const memberRelation = "member"

// GroupsNote says what a graph of the gateway API cannot tell.
const GroupsNote = "Whether relationship tuples of groups and platform roles count depends on the platform: with SpiceDB they do, with Postgres only those of users do."

// addGateway adds what there is with the gateway API: users have platform roles, are in groups and workrooms, and all of these may
// have relations to objects.
func (g *Graph) addGateway(s snapshot.Snapshot) {
	b := gatewayBuilder{Graph: g, roomNames: map[string]string{}}
	for i, user := range s.Users {
		h := g.holder(User, user.ID, user.Username, user.Email, user.Active)
		h.User = &s.Users[i]
		for _, role := range user.Roles {
			h.leadTo(g.node(PlatformRole, role, role))
		}
		g.noteUnknown(user.Roles == nil, "roles", User, user.Username)
		// The documentation leaves open by which of these the tuples of older releases name users.
		for _, name := range []string{user.SubjectID, user.ID, user.Username, strings.ToLower(user.Email)} {
			if name != "" && (g.users[name] == nil || name == user.SubjectID) {
				g.users[name] = h
			}
		}
	}
	byName := map[string]*Node{}
	for _, group := range s.Groups {
		node := g.node(Group, group.ID, group.Name)
		byName[group.Name] = node
		for _, member := range group.Members {
			b.subject(member, "", "").leadTo(node)
		}
	}
	for _, mapping := range s.Mappings {
		h := g.holder(IDPGroup, mapping.Issuer+" "+mapping.IDPGroupPath, fmt.Sprintf("members of %s at %s", mapping.IDPGroupPath, mapping.Issuer), "", true)
		group := byName[mapping.LocalGroupName]
		if group == nil {
			group = g.node(Group, "name:"+mapping.LocalGroupName, mapping.LocalGroupName)
		}
		h.leadTo(group)
	}
	b.addWorkrooms(s.Workrooms)
	b.addTuples(s.Tuples)
}

// gatewayBuilder adds to a graph of the gateway API.
type gatewayBuilder struct {
	*Graph
	roomNames map[string]string // by id
}

// user returns the user that a subject id stands for; nil if it is none.
func (g *Graph) user(id string) *Holder { return cmp.Or(g.users[id], g.users[strings.ToLower(id)]) }

// subject returns the user with the subject id, or makes a holder of its own.
func (b gatewayBuilder) subject(id, name, email string) *Holder {
	if h := b.user(id); h != nil {
		return h
	}
	return b.holder(Subject, id, cmp.Or(name, email, id), email, true)
}

func (b gatewayBuilder) addWorkrooms(rooms []snapshot.Workroom) {
	for _, room := range rooms {
		b.roomNames[room.ID] = room.Name
		members := slices.Clone(room.Members)
		if room.Owner != "" && !slices.ContainsFunc(members, func(m snapshot.WorkroomMember) bool { return m.SubjectID == room.Owner }) {
			members = append(members, snapshot.WorkroomMember{SubjectID: room.Owner, Role: gateway.WorkroomOwner})
		}
		for _, member := range members {
			permission := b.node(WorkroomRole, member.Role+" "+room.ID, fmt.Sprintf("%s of the workroom %s", member.Role, room.Name))
			h := b.subject(member.SubjectID, member.Username, member.Email)
			h.leadTo(permission)
			h.leadTo(b.node(Kind(namespaceWorkroom), room.ID, room.Name))
		}
	}
}

func (b gatewayBuilder) addTuples(tuples []snapshot.Tuple) {
	for _, t := range tuples {
		id := fmt.Sprintf("%s %s %s", t.Relation, t.ObjectNamespace, t.ObjectID)
		name := fmt.Sprintf("%s of %s", t.Relation, b.objectName(t))
		if t.Tenant != "" && t.Tenant != gateway.DefaultTenant {
			id, name = id+" "+t.Tenant, fmt.Sprintf("%s (tenant %s)", name, t.Tenant)
		}
		permission := b.node(Relation, id, name)
		subject := b.tupleSubject(t)
		subject.leadTo(permission)
		if t.Relation == memberRelation && (t.ObjectNamespace == namespaceGroup || t.ObjectNamespace == namespaceWorkroom) {
			subject.leadTo(b.node(Kind(t.ObjectNamespace), t.ObjectID, ""))
		}
	}
}

// tupleSubject returns the node of who has the relation.
func (b gatewayBuilder) tupleSubject(t snapshot.Tuple) *Node {
	switch t.SubjectNamespace {
	case namespaceUser:
		return b.subject(t.SubjectID, "", "").Node
	case namespaceGroup:
		return b.node(Group, t.SubjectID, "")
	case namespaceRole:
		role := b.node(PlatformRole, t.SubjectID, t.SubjectID)
		if gateway.IsImplied(t.SubjectID) {
			for _, h := range b.users {
				h.leadTo(role)
			}
		}
		return role
	case namespaceWorkroom:
		return b.node(Kind(namespaceWorkroom), t.SubjectID, "")
	}
	return b.holder(Subject, t.SubjectNamespace+":"+t.SubjectID, t.SubjectNamespace+":"+t.SubjectID, "", true).Node
}

// objectName names an object, and those that have a name by it.
func (b gatewayBuilder) objectName(t snapshot.Tuple) string {
	switch n := b.nodes[key{Kind(t.ObjectNamespace), t.ObjectID}]; {
	case t.ObjectNamespace == namespaceGroup && n != nil && n.Name != "":
		return "the group " + n.Name
	case t.ObjectNamespace == namespaceWorkroom && b.roomNames[t.ObjectID] != "":
		return "the workroom " + b.roomNames[t.ObjectID]
	}
	return t.ObjectNamespace + ":" + t.ObjectID
}
