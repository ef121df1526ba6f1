// Package grant is who has which relation to what, with the gateway API: single relationship tuples, single grants, all
// grants on one object, and the data sources that ask who may do what.
package grant

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/idlist"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/importid"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/claim"
)

// entity is a subject or an object of the authorization.
type entity struct{ namespace, id string }

// String writes the entity for messages and as a key. Its first colon ends the namespace, in which a colon is encoded.
func (e entity) String() string { return key(e.namespace) + ":" + e.id }

func parseEntity(text string) entity {
	namespace, id, _ := strings.Cut(text, ":")
	return entity{importid.Unescape(namespace), id}
}

// key encodes what ends a part of a key.
func key(part string) string {
	return strings.NewReplacer("%", "%25", ":", "%3A", "#", "%23").Replace(part)
}

// holder is a subject with a relation, which together are an element of an object's grants.
type holder struct {
	relation string
	subject  entity
}

func (h holder) String() string { return key(h.relation) + "#" + h.subject.String() }

func parseHolder(text string) holder {
	relation, subject, _ := strings.Cut(text, "#")
	return holder{importid.Unescape(relation), parseEntity(subject)}
}

// access is one tuple or grant.
type access struct {
	tenant string // of a tuple
	object entity
	holder
}

// relationName is the relation of all claims of tuples and grants: the server keeps both in one store.
const relationName = "relation"

// assignment is the access as resources claim it. Tuples of another tenant are not those of grants.
func (a access) assignment() claim.Assignment {
	from := a.object.String()
	if a.tenant != "" && a.tenant != defaultTenant {
		from = a.tenant + "\x00" + from
	}
	return claim.Assignment{Relation: relationName, From: from, To: a.holder.String()}
}

func accessOf(a claim.Assignment) access {
	tenant, object, found := strings.Cut(a.From, "\x00")
	if !found {
		tenant, object = defaultTenant, a.From
	}
	return access{tenant, parseEntity(object), parseHolder(a.To)}
}

// String names the access in messages.
func (a access) String() string {
	return fmt.Sprintf("%s of %s to %s", a.relation, a.object, a.subject)
}

// describe names several for a message, by the object that they share if there is one.
func describe(all []claim.Assignment) string {
	holders, texts := make([]string, len(all)), make([]string, len(all))
	shared := true
	for i, a := range all {
		holders[i], texts[i] = a.To, accessOf(a).String()
		shared = shared && a.From == all[0].From
	}
	if shared {
		slices.Sort(holders)
		return fmt.Sprintf("%s of %s", idlist.Short(holders), accessOf(all[0]).object)
	}
	slices.Sort(texts)
	return idlist.Short(texts)
}

// escaped writes the entity as a part of an import id, in which a colon of the namespace is encoded.
func (e entity) escaped() string {
	return importid.Entity(e.namespace, e.id)
}

// tupleID is the import id of a tuple: tenant/subject/relation/object.
func tupleID(a access) string {
	return importid.Tuple(a.tenant, a.subject.escaped(), a.relation, a.object.escaped())
}

// parseTupleID reads an import id. Slashes of the object need no encoding.
func parseTupleID(id string) (access, bool) {
	parts := strings.SplitN(id, "/", 4)
	if len(parts) < 4 {
		return access{}, false
	}
	a := access{tenant: importid.Unescape(parts[0]), holder: holder{importid.Unescape(parts[2]), unescapeEntity(parts[1])}, object: unescapeEntity(parts[3])}
	return a, a.complete()
}

func unescapeEntity(text string) entity {
	namespace, id, _ := strings.Cut(text, ":")
	return entity{importid.Unescape(namespace), importid.Unescape(id)}
}

// grantID is the import id of a grant: namespace/object_id/subject_namespace/subject_id/relation.
func grantID(a access) string {
	return strings.Join([]string{
		importid.Escape(a.object.namespace), importid.Escape(a.object.id), importid.Escape(a.subject.namespace), importid.Escape(a.subject.id), importid.Escape(a.relation),
	}, "/")
}

// parseGrantID reads an import id. Slashes of the object's id need no encoding.
func parseGrantID(id string) (access, bool) {
	parts := strings.Split(id, "/")
	if len(parts) < 5 {
		return access{}, false
	}
	end := len(parts) - 3
	a := access{
		tenant: defaultTenant,
		object: entity{importid.Unescape(parts[0]), importid.Unescape(strings.Join(parts[1:end], "/"))},
		holder: holder{importid.Unescape(parts[end+2]), entity{importid.Unescape(parts[end]), importid.Unescape(parts[end+1])}},
	}
	return a, a.complete()
}

// objectID is the import id of all grants on an object: namespace/object_id.
func objectID(e entity) string {
	return importid.Escape(e.namespace) + "/" + importid.Escape(e.id)
}

func parseObjectID(id string) (entity, bool) {
	namespace, object, found := strings.Cut(id, "/")
	e := entity{importid.Unescape(namespace), importid.Unescape(object)}
	return e, found && e.namespace != "" && e.id != ""
}

func (a access) complete() bool {
	return !slices.Contains([]string{a.tenant, a.object.namespace, a.object.id, a.relation, a.subject.namespace, a.subject.id}, "")
}

// relations are those that releases up to 1.2 know. A release may know others.
var relations = []string{
	"can_access", "cleared_for", "connector_operator", "editor", "executor", "includes", "invoker", "member", "mission", "mission_member",
	"mission_owner", "operator", "owner", "shared_to_workroom", "viewer", "writer",
}
