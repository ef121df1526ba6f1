// Package access works out from snapshots of a platform who may do what, and why: the permissions of each user, the ways that
// lead to them, and what changes from one snapshot to another. Its functions are pure.
//
// A graph leads from holders, who are users for the most part, through groups, roles and workrooms to permissions:
//
//	RBAC     ada → group platform → role operator → right models.deploy
//	gateway  ada → group platform → editor of dataset:sales
//	         ada → platform role user → viewer of model:forecast
//	         ada → owner of the workroom Research
//	         members of /engineering at an identity provider → group platform → editor of dataset:sales
package access

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/connection"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/snapshot"
)

// Kind is what a node stands for.
type Kind string

// Holders.
const (
	User Kind = "user"
	// Subject is somebody who has access but is not in the list of users, such as a user of another cluster.
	Subject Kind = "subject"
	// IDPGroup is everybody in a group of an identity provider, whom a group mapping puts into a group.
	IDPGroup Kind = "idp_group"
)

// holderKinds are in the order of reports.
var holderKinds = []Kind{User, Subject, IDPGroup}

// Permissions, those that give everything first.
const (
	// Superuser and the platform role "admin" give everything.
	Superuser    Kind = "superuser"
	PlatformRole Kind = "platform_role"
	Right        Kind = "right"
	// Relation is a relation to an object, such as editor of a dataset.
	Relation     Kind = "relation"
	WorkroomRole Kind = "workroom_role"
)

// What lies between.
const (
	Group Kind = "group"
	Role  Kind = "role"
)

// AdminRole is the platform role that may do everything.
const AdminRole = "admin"

// permissionKinds are in the order of reports.
var permissionKinds = []Kind{Superuser, PlatformRole, Right, Relation, WorkroomRole}

// Node is a holder, a permission, or something on the way from one to the other.
type Node struct {
	Kind Kind
	// ID tells apart nodes of one kind; Name is for people.
	ID, Name string

	to         []*Node
	permission int // its index in Graph.Permissions, -1 if it is none
}

// IsEverything tells whether the permission gives everything.
func (n *Node) IsEverything() bool {
	return n.Kind == Superuser || n.Kind == PlatformRole && n.ID == AdminRole
}

// Holder is somebody who may have permissions.
type Holder struct {
	*Node
	// Email is "" if it is not known.
	Email string
	// Active is false if the user may not log in, and so may do nothing.
	Active bool
	// User is the user of the snapshot; nil for other kinds of holders.
	User *snapshot.User
}

// Way is one way to a permission: what lies between it and the holder. A permission that the holder has directly has an empty way.
type Way []*Node

// String is the way as text, such as "platform → operator".
func (w Way) String() string {
	var b strings.Builder
	w.Append(&b)
	return b.String()
}

// Append appends the way as text.
func (w Way) Append(b *strings.Builder) {
	if len(w) == 0 {
		b.WriteString("directly")
	}
	for i, node := range w {
		if i > 0 {
			b.WriteString(" → ")
		}
		b.WriteString(node.Name)
	}
}

// Access is a permission that a holder has.
type Access struct {
	Permission *Node
	// Ways are some of the ways that lead to it, in the order of names, and Count is how many there are.
	Ways  []Way
	Count int
}

// Graph is who may do what.
type Graph struct {
	Generation connection.Generation
	// Holders are in the order of names, the users first.
	Holders []*Holder
	// Permissions are in the order of their kinds and names.
	Permissions []*Node
	// Groups and Roles are those of the snapshot, in the order of names.
	Groups, Roles []*Node
	// Gaps are what is not known, for messages.
	Gaps []string
	// Hidden is how many workrooms there are whose members only they may read.
	Hidden int

	nodes   map[key]*Node
	holders map[key]*Holder
	// users are those of the snapshot by all that tuples may name them by.
	users map[string]*Holder
}

type key struct {
	kind Kind
	id   string
}

// New makes the graph of a snapshot.
func New(s snapshot.Snapshot) *Graph {
	g := &Graph{Generation: s.Generation, nodes: map[key]*Node{}, holders: map[key]*Holder{}, users: map[string]*Holder{}}
	if s.Generation == connection.Gateway {
		g.addGateway(s)
	} else {
		g.addRBAC(s)
	}
	g.Gaps = append(g.Gaps, gaps(s)...)
	g.Hidden = s.Hidden()
	g.finish()
	return g
}

// node returns the node, which it makes if need be. The name may be found out later.
func (g *Graph) node(kind Kind, id, name string) *Node {
	k := key{kind, id}
	n := g.nodes[k]
	if n == nil {
		n = &Node{Kind: kind, ID: id, permission: -1}
		g.nodes[k] = n
	}
	n.Name = cmp.Or(name, n.Name)
	return n
}

// holder returns the holder, which it makes if need be.
func (g *Graph) holder(kind Kind, id, name, email string, active bool) *Holder {
	k := key{kind, id}
	h := g.holders[k]
	if h == nil {
		h = &Holder{Node: g.node(kind, id, name), Email: email, Active: active}
		g.holders[k] = h
	}
	return h
}

func (n *Node) leadTo(next *Node) { n.to = append(n.to, next) }

// ByImportance compares nodes: permissions that give everything first, then by kind and name.
func ByImportance(a, b *Node) int {
	everything := func(n *Node) int {
		if n.IsEverything() {
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(everything(a), everything(b)), cmp.Compare(slices.Index(permissionKinds, a.Kind), slices.Index(permissionKinds, b.Kind)),
		cmp.Compare(a.Name, b.Name), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
}

// finish brings all in order.
func (g *Graph) finish() {
	for _, n := range g.nodes {
		n.Name = cmp.Or(n.Name, n.ID)
	}
	for _, n := range g.nodes {
		switch {
		case slices.Contains(permissionKinds, n.Kind):
			g.Permissions = append(g.Permissions, n)
		case n.Kind == Group:
			g.Groups = append(g.Groups, n)
		case n.Kind == Role:
			g.Roles = append(g.Roles, n)
		}
		slices.SortFunc(n.to, ByImportance)
		n.to = slices.Compact(n.to)
	}
	for _, list := range [][]*Node{g.Permissions, g.Groups, g.Roles} {
		slices.SortFunc(list, ByImportance)
	}
	for i, permission := range g.Permissions {
		permission.permission = i
	}
	for _, h := range g.holders {
		g.Holders = append(g.Holders, h)
	}
	slices.SortFunc(g.Holders, compareHolders)
}

// Walker finds what holders may do, one after the other, with the memory of one.
type Walker struct {
	graph *Graph
	// limit is how many ways are kept for each permission; negative for all.
	limit int
	found []Access // by permission
	some  []int    // the permissions that were found
	path  Way
	room  []*Node // for ways: one allocation for many
}

// NewWalker returns a Walker that keeps up to limit ways to each permission, or all of them if it is negative.
func (g *Graph) NewWalker(limit int) *Walker {
	return &Walker{graph: g, limit: limit, found: make([]Access, len(g.Permissions))}
}

// keep copies the path.
func (w *Walker) keep() Way {
	if cap(w.room)-len(w.room) < len(w.path) {
		w.room = make([]*Node, 0, max(1024, len(w.path)))
	}
	start := len(w.room)
	w.room = append(w.room, w.path...)
	return w.room[start:len(w.room):len(w.room)]
}

// Access returns what somebody may do, in the order of the graph's permissions: nothing, if not active.
func (w *Walker) Access(h *Holder) []Access {
	if !h.Active {
		return nil
	}
	return w.reach(h.Node)
}

// reach returns what a node leads to.
func (w *Walker) reach(n *Node) []Access {
	w.follow(n)
	slices.Sort(w.some)
	all := make([]Access, len(w.some))
	for i, permission := range w.some {
		all[i] = w.found[permission]
		w.found[permission] = Access{}
	}
	w.some = w.some[:0]
	return all
}

func (w *Walker) follow(from *Node) {
	for _, n := range from.to {
		if n.permission >= 0 {
			access := &w.found[n.permission]
			if access.Count == 0 {
				access.Permission = n
				w.some = append(w.some, n.permission)
			}
			access.Count++
			if w.limit < 0 || len(access.Ways) < w.limit {
				access.Ways = append(access.Ways, w.keep())
			}
		}
		if len(n.to) > 0 && !slices.Contains(w.path, n) { // Groups may be in each other.
			w.path = append(w.path, n)
			w.follow(n)
			w.path = w.path[:len(w.path)-1]
		}
	}
}

// IsCalled tells whether a text names the node: its name or id or, for a relation to an object or a role in a workroom, the object.
func (n *Node) IsCalled(text string) bool {
	if n.Name == text || n.ID == text {
		return true
	}
	return (n.Kind == Relation || n.Kind == WorkroomRole) && strings.HasSuffix(n.Name, " of "+text)
}
