package directory

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
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
	g := &Grants{api: api.Grants}
	g.lists = newCollection(api.Pause, grantLists{grants: api.Grants}, mode)
	g.claims = claims[ResourceGrant]{
		owner:   func(grant ResourceGrant) string { return packRef(grant.Object) },
		element: func(grant ResourceGrant) string { return packGrant(grant.Relation, grant.Subject) },
		edges:   newEdges(g.lists, func(list grantList) []string { return list.elements }, nil, g.write, g.delete),
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
