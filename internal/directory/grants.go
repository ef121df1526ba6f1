package directory

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/idlist"
)

// ResourceGrant says that a subject has a relation to an object, by a direct grant.
type ResourceGrant struct {
	Object   gateway.Ref
	Relation string
	Subject  gateway.Ref
}

// Grants are the direct grants as one run sees them. Those on one object are read from one list.
type Grants struct {
	claims[ResourceGrant]
	lists *Collection[grantList, struct{}, struct{}]
	api   gateway.Grants
	twin  *Tuples

	// turns are by object and subject: whether one relation replaces another is seen only if nobody changes them meanwhile.
	turns Turns
	mu    sync.Mutex
	// before is what each object had when this run first wrote to it, by the packed object.
	before map[string]*sync.Once
	// others are the relations that each subject has to each object, as far as this run knows, by packed object and subject.
	others map[edge]map[string]bool
	// leaving are the grants that are about to be deleted, so that it is no loss if another one replaces them.
	leaving map[edge]bool
}

// ReplacedError says that the server keeps one relation of a subject to an object, so that a grant has ended others.
type ReplacedError struct {
	// Grant is the one that was made, and Lost are the relations that it ended.
	Grant ResourceGrant
	Lost  []string
	// Restored says that the server has the lost ones again, and not the grant.
	Restored bool
}

// Error names the relations.
func (e *ReplacedError) Error() string {
	text := fmt.Sprintf("the server keeps only one relation of %s:%s to %s:%s: %s has replaced %s", e.Grant.Subject.Namespace, e.Grant.Subject.ID,
		e.Grant.Object.Namespace, e.Grant.Object.ID, e.Grant.Relation, idlist.Short(e.Lost))
	if e.Restored {
		return text + ", which the provider has restored"
	}
	return text
}

// grantList are the grants on one object, as an object of its own.
type grantList struct {
	id       string // the object
	grants   []gateway.Grant
	elements []string // the same, packed
}

// EntityID returns the packed object.
func (l grantList) EntityID() string { return l.id }

func newGrants(api *gateway.API, mode ReadMode) *Grants {
	g := &Grants{api: api.Grants, before: map[string]*sync.Once{}, others: map[edge]map[string]bool{}, leaving: map[edge]bool{}}
	g.lists = newCollection(api.Pause, grantLists{grants: api.Grants}, mode)
	g.claims = claims[ResourceGrant]{
		owner:   func(grant ResourceGrant) string { return packRef(grant.Object) },
		element: func(grant ResourceGrant) string { return packGrant(grant.Relation, grant.Subject) },
		edges:   newEdges(g.lists, func(list grantList) []string { return list.elements }, nil, g.write, g.delete),
	}
	add, remove := g.edges.add, g.edges.remove
	g.edges.add = func(ctx context.Context, owner, element string) error { return g.addAlone(ctx, owner, element, add) }
	g.edges.remove = func(ctx context.Context, owner, element string) error {
		defer g.turns.Take(holderOf(owner, element).key())()
		err := remove(ctx, owner, element)
		g.ended(unpackGrant(owner, element))
		return err
	}
	return g
}

func packRef(ref gateway.Ref) string { return pack(ref.Namespace, ref.ID) }

func packGrant(relation string, subject gateway.Ref) string {
	return pack(relation, subject.Namespace, subject.ID)
}

func unpackGrant(owner, element string) ResourceGrant {
	object, p := unpack(owner), unpack(element)
	return ResourceGrant{
		Object: gateway.Ref{Namespace: object[0], ID: object[1]}, Relation: p[0], Subject: gateway.Ref{Namespace: p[1], ID: p[2]},
	}
}

func (g *Grants) write(ctx context.Context, owner, element string) error {
	grant := unpackGrant(owner, element)
	defer g.wrote(grant)
	return g.api.Create(ctx, grant.Object, grant.Subject, grant.Relation)
}

func (g *Grants) delete(ctx context.Context, owner, element string) error {
	grant := unpackGrant(owner, element)
	err := g.api.Delete(ctx, grant.Object, grant.Subject, grant.Relation)
	g.wrote(grant)
	return cmp.Or(err, g.twin.restore(ctx, grant))
}

// restore writes the grant again that a delete of the tuple may have taken, if this run wants it.
func (g *Grants) restore(ctx context.Context, grant ResourceGrant) error {
	if !g.edges.isKept(edge{g.owner(grant), g.element(grant)}) {
		return nil
	}
	return g.Write(ctx, grant)
}

// Advice says what to do.
func (e *ReplacedError) Advice() string {
	advice := "Configure one relation for each subject and object, such as the one that includes the others."
	if e.Restored {
		return advice + fmt.Sprintf(" If %s is removed in this apply, apply again.", idlist.Short(e.Lost))
	}
	return advice + " The subject may have lost access: check the grants on the object."
}

// holderOf is a packed object, and the packed subject of an element.
func holderOf(owner, element string) edge {
	return edge{owner, packRef(unpackGrant(owner, element).Subject)}
}

func (e edge) key() string { return e.owner + "\x00" + e.element }

// addAlone makes a grant and sees that the subject keeps its other relations to the object: whether servers replace them is
// not documented, and no plan shows it. What was replaced is made again, in the place of the new grant.
func (g *Grants) addAlone(ctx context.Context, owner, element string, add func(ctx context.Context, owner, element string) error) error {
	grant, holder := unpackGrant(owner, element), holderOf(owner, element)
	g.look(ctx, grant.Object)
	defer g.turns.Take(holder.key())()
	others := g.held(holder, grant.Relation)
	if len(others) > 0 { // Somebody else may have ended some of them since.
		if list, err := g.lists.fresh(ctx, owner); err == nil {
			others = slices.DeleteFunc(others, func(relation string) bool {
				return !slices.Contains(list.elements, packGrant(relation, grant.Subject))
			})
		}
	}
	if err := add(ctx, owner, element); err != nil {
		return err
	}
	g.made(grant)
	if len(others) == 0 {
		return nil
	}
	list, err := g.lists.fresh(ctx, owner)
	if err != nil || !slices.Contains(list.elements, element) {
		return nil // The grant was made, and the next plan tells of the others.
	}
	lost := slices.DeleteFunc(others, func(relation string) bool { return slices.Contains(list.elements, packGrant(relation, grant.Subject)) })
	for _, relation := range lost {
		g.ended(ResourceGrant{Object: grant.Object, Relation: relation, Subject: grant.Subject})
	}
	lost = slices.DeleteFunc(lost, func(relation string) bool { return g.isLeaving(edge{owner, packGrant(relation, grant.Subject)}) })
	if len(lost) == 0 {
		return nil
	}
	failure := &ReplacedError{Grant: grant, Lost: lost, Restored: true}
	for _, relation := range lost {
		if err := add(ctx, owner, packGrant(relation, grant.Subject)); err != nil {
			failure.Restored = false
			return errors.Join(failure, err)
		}
		g.made(ResourceGrant{Object: grant.Object, Relation: relation, Subject: grant.Subject})
	}
	g.ended(grant)
	_ = g.lists.wroteEdge(owner, element, nil, func(list grantList) bool { return !slices.Contains(list.elements, element) })
	return failure
}

// look notes what an object has before this run first writes to it. A list that cannot be read says nothing.
func (g *Grants) look(ctx context.Context, object gateway.Ref) {
	g.mu.Lock()
	once := g.before[packRef(object)]
	if once == nil {
		once = &sync.Once{}
		g.before[packRef(object)] = once
	}
	g.mu.Unlock()
	once.Do(func() {
		list, err := g.lists.Get(ctx, packRef(object))
		for i := range list.grants {
			if err == nil {
				g.made(ResourceGrant{Object: object, Relation: list.grants[i].Relation, Subject: list.grants[i].Subject})
			}
		}
	})
}

// held returns the relations that a holder has, but for one.
func (g *Grants) held(holder edge, but string) []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.DeleteFunc(slices.Sorted(maps.Keys(g.others[holder])), func(relation string) bool { return relation == but })
}

// made and ended note the end of a write.
func (g *Grants) made(grant ResourceGrant) {
	g.mu.Lock()
	defer g.mu.Unlock()
	holder := edge{packRef(grant.Object), packRef(grant.Subject)}
	if g.others[holder] == nil {
		g.others[holder] = map[string]bool{}
	}
	g.others[holder][grant.Relation] = true
}

func (g *Grants) ended(grant ResourceGrant) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.others[edge{packRef(grant.Object), packRef(grant.Subject)}], grant.Relation)
}

func (g *Grants) isLeaving(element edge) bool {
	g.mu.Lock()
	leaving := g.leaving[element]
	g.mu.Unlock()
	return leaving && !g.edges.isKept(element)
}

// Leave says that the grants are deleted next, unless this run keeps them: another relation may replace them.
func (g *Grants) Leave(all ...ResourceGrant) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, grant := range all {
		g.leaving[edge{g.owner(grant), g.element(grant)}] = true
	}
}

// wrote forgets the tuples that may have changed, too. In which tenant is not known.
func (g *Grants) wrote(grant ResourceGrant) {
	g.twin.lists.memory.detach(nothing, func(list tupleList) bool {
		return list.namespace == "" || list.namespace == grant.Object.Namespace
	})
}

// List returns the direct grants on the object, sorted. The slice is shared: it must not be changed.
func (g *Grants) List(ctx context.Context, object gateway.Ref) ([]gateway.Grant, error) {
	list, err := g.lists.Get(ctx, packRef(object))
	return list.grants, err
}

// Change makes the grants of want on the object, unless it has them already, and then ends those of drop, unless this run
// keeps them. What else there is stays. have are those that there were when last looked; the Object of all three is ignored.
func (g *Grants) Change(ctx context.Context, object gateway.Ref, have, want, drop []ResourceGrant) error {
	for i := range drop {
		drop[i].Object = object
	}
	g.Leave(drop...)
	return g.edges.Change(ctx, packRef(object), g.elements(have), g.elements(want), g.elements(drop))
}

// Capability tells whether the caller may grant on the object. It asks the server each time, as the calls that follow do.
func (g *Grants) Capability(ctx context.Context, object gateway.Ref) (bool, error) {
	return g.api.Capability(ctx, object)
}

// WhoCanAccess returns who has the permission on the object.
func (g *Grants) WhoCanAccess(ctx context.Context, object gateway.Ref, permission string) (gateway.Access, error) {
	return g.api.WhoCanAccess(ctx, object, permission)
}

// AccessibleResources returns the objects on which the user has the permission.
func (g *Grants) AccessibleResources(ctx context.Context, namespace, subjectID, permission string) (gateway.Resources, error) {
	return g.api.AccessibleResources(ctx, namespace, subjectID, permission)
}

// Policy returns the platform's authorization policy.
func (g *Grants) Policy(ctx context.Context) (json.RawMessage, error) { return g.api.Policy(ctx) }

// grantLists read the lists.
type grantLists struct {
	listOnly[grantList]
	grants gateway.Grants
}

// Get reads the grants on one object.
func (l grantLists) Get(ctx context.Context, id string) (grantList, error) {
	object := unpackGrant(id, pack("", "", "")).Object
	grants, err := l.grants.List(ctx, object)
	if err != nil {
		return grantList{}, err
	}
	slices.SortFunc(grants, func(a, b gateway.Grant) int {
		return cmp.Or(
			cmp.Compare(a.Relation, b.Relation), cmp.Compare(a.Subject.Namespace, b.Subject.Namespace), cmp.Compare(a.Subject.ID, b.Subject.ID),
		)
	})
	list := grantList{id: id, grants: grants, elements: make([]string, len(grants))}
	for i, grant := range grants {
		list.elements[i] = packGrant(grant.Relation, grant.Subject)
	}
	return list, nil
}
