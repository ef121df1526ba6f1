package directory

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
)

// Tuples are the relationship tuples as one run sees them. Those of one tenant and object namespace are read from one list.
//
// Grants and tuples are very likely two views of the same, so that an apply which replaces a tuple with the grant that says
// the same could end by deleting both:
//
//	create new: Grants.Write(x)      the server has x, as a tuple and as a grant
//	destroy old: Tuples.Delete(x)    the server has neither; x is written again as the grant that this run wants
type Tuples struct {
	claims[gateway.Tuple]
	lists *Collection[tupleList, struct{}, struct{}]
	api   gateway.Tuples
	twin  *Grants
}

// tupleList are the tuples of one tenant and object namespace, or of all its namespaces, as an object of its own.
type tupleList struct {
	id        string // tenant and namespace
	namespace string
	tuples    []gateway.Tuple
	elements  []string // the same, packed
}

// EntityID returns the packed tenant and namespace.
func (l tupleList) EntityID() string { return l.id }

func newTuples(api *gateway.API, mode ReadMode) *Tuples {
	t := &Tuples{api: api.Tuples}
	t.lists = newCollection(api.Pause, tupleLists{tuples: api.Tuples}, mode)
	t.claims = claims[gateway.Tuple]{
		owner: func(tuple gateway.Tuple) string {
			return pack(cmp.Or(tuple.Tenant, gateway.DefaultTenant), tuple.ObjectNamespace)
		},
		element: packTuple,
		edges:   newEdges(t.lists, func(list tupleList) []string { return list.elements }, nil, t.write, t.delete),
	}
	return t
}

func packTuple(t gateway.Tuple) string {
	return pack(cmp.Or(t.Tenant, gateway.DefaultTenant), t.SubjectNamespace, t.SubjectID, t.Relation, t.ObjectNamespace, t.ObjectID)
}

func unpackTuple(element string) gateway.Tuple {
	p := unpack(element)
	return gateway.Tuple{Tenant: p[0], SubjectNamespace: p[1], SubjectID: p[2], Relation: p[3], ObjectNamespace: p[4], ObjectID: p[5]}
}

func (t *Tuples) write(ctx context.Context, _, element string) error {
	tuple := unpackTuple(element)
	err := t.api.Write(ctx, tuple)
	t.wrote(tuple, err, func(list tupleList) bool { return slices.Contains(list.elements, element) })
	return err
}

func (t *Tuples) delete(ctx context.Context, _, element string) error {
	tuple := unpackTuple(element)
	err := t.api.Delete(ctx, tuple)
	t.wrote(tuple, err, func(list tupleList) bool { return !slices.Contains(list.elements, element) })
	return cmp.Or(err, t.twin.restore(ctx, ResourceGrant{Object: tuple.Object(), Relation: tuple.Relation, Subject: tuple.Subject()}))
}

// restore writes the tuples again that a delete of the grant may have taken, though this run wants them. In which tenant is not
// known.
func (t *Tuples) restore(ctx context.Context, grant ResourceGrant) error {
	rest := pack("", grant.Subject.Namespace, grant.Subject.ID, grant.Relation, grant.Object.Namespace, grant.Object.ID)[len(`[""`):]
	for _, element := range t.edges.keptElements() {
		if !strings.HasSuffix(element, rest) { // which is faster than to unpack them all
			continue
		}
		tuple := unpackTuple(element)
		if tuple.Object() == grant.Object && tuple.Subject() == grant.Subject && tuple.Relation == grant.Relation {
			if err := t.Write(ctx, tuple); err != nil {
				return err
			}
		}
	}
	return nil
}

// wrote notes that a write has ended for what newEdges does not know of.
func (t *Tuples) wrote(tuple gateway.Tuple, err error, shown func(tupleList) bool) {
	_ = t.lists.wroteEdge(pack(cmp.Or(tuple.Tenant, gateway.DefaultTenant), ""), packTuple(tuple), err, shown)
	t.twin.lists.memory.touch(packRef(tuple.Object()))
}

// List returns the tuples of a tenant whose objects are of the namespace, sorted; of all namespaces where it is "". The slice
// is shared: it must not be changed.
func (t *Tuples) List(ctx context.Context, tenant, objectNamespace string) ([]gateway.Tuple, error) {
	list, err := t.lists.Get(ctx, pack(cmp.Or(tenant, gateway.DefaultTenant), objectNamespace))
	return list.tuples, err
}

// Check asks the server whether the subject has the relation to the object, each time.
func (t *Tuples) Check(ctx context.Context, subject gateway.Ref, relation string, object gateway.Ref) (gateway.Decision, error) {
	return t.api.Check(ctx, subject, relation, object)
}

// tupleLists read the lists.
type tupleLists struct {
	listOnly[tupleList]
	tuples gateway.Tuples
}

// Get reads the tuples of one tenant and object namespace.
func (l tupleLists) Get(ctx context.Context, id string) (tupleList, error) {
	parts := unpack(id)
	tuples, err := l.tuples.List(ctx, parts[0], parts[1])
	if errors.Is(err, client.ErrNotFound) { // There is no list, which does not say that any tuple is gone.
		err = fmt.Errorf("the list of tuples was not found: %v", err) //nolint:errorlint // It must not be ErrNotFound.
	}
	if err != nil {
		return tupleList{}, err
	}
	slices.SortFunc(tuples, compareTuples)
	list := tupleList{id: id, namespace: parts[1], tuples: tuples, elements: make([]string, len(tuples))}
	for i, tuple := range tuples {
		list.elements[i] = packTuple(tuple)
	}
	return list, nil
}

func compareTuples(a, b gateway.Tuple) int {
	return cmp.Or(
		cmp.Compare(a.ObjectNamespace, b.ObjectNamespace), cmp.Compare(a.ObjectID, b.ObjectID), cmp.Compare(a.Relation, b.Relation),
		cmp.Compare(a.SubjectNamespace, b.SubjectNamespace), cmp.Compare(a.SubjectID, b.SubjectID), cmp.Compare(a.Tenant, b.Tenant),
	)
}
