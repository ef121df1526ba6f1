package gateway_test

import (
	"maps"
	"net/url"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

// tuple is the body of a call about tuples.
func tuple(subjectID, relation, objectID string, more fields) fields {
	all := fields{
		"subject": fields{"namespace": "user", "id": subjectID}, "object": fields{"namespace": "dataset", "id": objectID}, "relation": relation,
	}
	maps.Copy(all, more)
	return all
}

// record is a tuple as the list shows it.
func record(subjectID, relation, objectID string) fields {
	return fields{
		"subject_namespace": "user", "subject_id": subjectID, "resource_type": "dataset", "resource_id": objectID,
		"relation": relation, "tenant_id": "__default__",
	}
}

func TestTuples(t *testing.T) {
	s := start(t, authserver.Config{})
	const urn = "urn:li:dataset:(a,b)"
	for range 2 {
		s.Send("POST", "/auth/tuples", tuple("ann", "viewer", urn, nil)).Want(204)
	}
	s.Send("POST", "/auth/tuples", tuple("ann", "editor", urn, nil)).Want(204)
	s.Send("POST", "/auth/tuples", tuple("bob", "editor", "x", fields{"tenant_id": "other"})).Want(204)
	s.Send("POST", "/auth/tuples", tuple("bob", "owner", "x", fields{"object": fields{"namespace": "model", "id": "m"}, "tenant_id": nil})).Want(204)
	equal(t, "of datasets", list(s.Send("GET", "/auth/tuples/?object_namespace=dataset", "")), []fields{record("ann", "viewer", urn), record("ann", "editor", urn)})
	if got := list(s.Send("GET", "/auth/tuples/?tenant=__default__", "")); len(got) != 3 {
		t.Errorf("tuples %v", got)
	}
	equal(t, "of another tenant", values(list(s.Send("GET", "/auth/tuples/?tenant=other", "")), "subject_id"), []string{"bob"})

	for range 2 {
		s.Send("DELETE", "/auth/tuples", tuple("ann", "viewer", urn, nil)).Want(204)
	}
	equal(t, "after one", values(list(s.Send("GET", "/auth/tuples/?object_namespace=dataset", "")), "relation"), []string{"editor"})
	s.Send("POST", "/auth/tuples", tuple("ann", "viewer", urn, nil)).Want(204)
	s.Send("POST", "/auth/tuples", tuple("bob", "viewer", urn, nil)).Want(204)
	pair := tuple("ann", "", urn, nil)
	delete(pair, "relation")
	s.Send("DELETE", "/auth/tuples", pair).Want(204)
	equal(t, "after the pair", list(s.Send("GET", "/auth/tuples/?object_namespace=dataset", "")), []fields{record("bob", "viewer", urn)})
	for range 2 {
		s.Send("DELETE", "/auth/tuples/object", fields{"object": fields{"namespace": "dataset", "id": urn}}).Want(204)
	}
	if got := s.Server.Snapshot().Tuples; len(got) != 2 || got[0].TenantID != "other" {
		t.Errorf("tuples %+v", got)
	}
}

func TestInvalidTuples(t *testing.T) {
	s := start(t, authserver.Config{})
	s.Send("POST", "/auth/tuples", "{}").Invalid("body.subject: missing", "body.relation: missing", "body.object: missing")
	s.Send("POST", "/auth/tuples", tuple("ann", "reader", "x", nil)).Invalid("body.relation: string_pattern_mismatch")
	s.Send("POST", "/auth/tuples", tuple("", "viewer", "x", fields{"object": "x", "subject": fields{"namespace": 7, "id": ""}})).
		Invalid("body.subject.namespace: string_type", "body.subject.id: string_too_short", "body.object: model_attributes_type")
	s.Send("DELETE", "/auth/tuples/object", fields{"object": nil}).Invalid("body.object: model_attributes_type")
	s.User("ann")
	ann := s.Login("ann")
	for _, call := range []struct{ method, path string }{{"GET", "/auth/tuples/"}, {"POST", "/auth/tuples"}, {"DELETE", "/auth/tuples"}, {"DELETE", "/auth/tuples/object"}} {
		ann.Send(call.method, call.path, "{}").Refused(403, "Admin role required")
	}
}

func TestRelationsOfReleases(t *testing.T) {
	for platform, want := range map[gateway.Platform][3]int{
		gateway.Platform093: {204, 422, 422}, gateway.Platform012: {204, 422, 422}, gateway.Platform102: {204, 204, 422}, gateway.Platform12: {204, 204, 204},
	} {
		s := with(t, gateway.Behavior{Platform: platform})
		for i, relation := range []string{"includes", "executor", "invoker"} {
			s.Send("POST", "/auth/tuples", tuple("ann", relation, "x", nil)).Want(want[i])
		}
	}
}

func TestCheck(t *testing.T) {
	s := start(t, authserver.Config{})
	s.User("ann")
	ann := s.Login("ann")
	me := subject(ann)
	ann.Send("POST", "/auth/check", tuple(me, "viewer", "x", nil)).Refused(403, "access_denied")
	s.Send("POST", "/auth/tuples", tuple(me, "editor", "x", nil)).Want(204)
	for relation, status := range map[string]int{"editor": 200, "viewer": 200, "owner": 403, "operator": 403} {
		ann.Send("POST", "/auth/check", tuple(me, relation, "x", nil)).Want(status)
	}
	got := s.Send("POST", "/auth/check", tuple(me, "editor", "x", nil)).Object()
	if got["allow"] != true || got["reason"] != "direct" || text(got, "decision_id") == "" {
		t.Errorf("check %v", got)
	}
	ann.Send("POST", "/auth/check", tuple("bob", "viewer", "x", nil)).Refused(403, "Admin role required")
	ann.Send("POST", "/auth/check", tuple(me, "reader", "x", nil)).Invalid("body.relation: string_pattern_mismatch")
	s.As("").Send("POST", "/auth/check", tuple(me, "viewer", "x", nil)).Want(401)
}

func TestTupleBehaviors(t *testing.T) {
	s := with(t, gateway.Behavior{OtherTenants: "403", TupleDeleteAbsent: "404", ErrorObjects: true})
	s.Send("GET", "/auth/tuples/?tenant=other", "").Refused(403, "Access to tenant other is denied")
	s.Send("POST", "/auth/tuples", tuple("ann", "viewer", "x", fields{"tenant_id": "other"})).Want(403)
	s.Send("POST", "/auth/tuples", tuple("ann", "viewer", "x", fields{"tenant_id": "__default__"})).Want(204)
	s.Send("DELETE", "/auth/tuples", tuple("ann", "editor", "x", nil)).Refused(404, "Tuple not found")
	s.Send("DELETE", "/auth/tuples/object", fields{"object": fields{"namespace": "dataset", "id": "none"}}).Want(204)
	denied := s.Send("POST", "/auth/check", tuple("ann", "owner", "x", nil)).Want(403)
	var body struct {
		Detail struct{ Reason, Message string }
	}
	if denied.Decode(&body); body.Detail.Reason != "access_denied" || body.Detail.Message == "" {
		t.Errorf("denied with %s", denied.Body)
	}
}

func TestTuplesWithoutReBAC(t *testing.T) {
	s := with(t, gateway.Behavior{ReBACOff: true})
	for _, call := range []struct{ method, path string }{
		{"GET", "/auth/tuples/"},
		{"POST", "/auth/tuples"},
		{"DELETE", "/auth/tuples"},
		{"DELETE", "/auth/tuples/object"},
		{"POST", "/auth/check"},
		{"GET", "/authz/resources/dataset/grants?object_id=x"},
		{"GET", "/authz/access/resources?namespace=dataset"},
		{"GET", "/authz/policy"},
	} {
		s.Send(call.method, call.path, "").Refused(404, "rebac_disabled")
		s.As("").Send(call.method, call.path, "").Want(401)
	}
}

func TestProjectionLag(t *testing.T) {
	now := newClock()
	s := start(t, authserver.Config{Now: now.Now, API: gateway.Behavior{ProjectionLag: 2 * time.Second, ReadLag: time.Second}})
	s.Send("POST", "/auth/tuples", tuple("ann", "viewer", "x", nil)).Want(204)
	for range 2 {
		s.Send("POST", "/auth/check", tuple("ann", "viewer", "x", nil)).Want(403)
		if got := list(s.Send("GET", "/authz/resources/dataset/grants?object_id=x", "")); len(got) != 0 {
			t.Errorf("grants %v", got)
		}
		now.Add(time.Second - time.Nanosecond)
	}
	now.Add(2 * time.Nanosecond)
	s.Send("POST", "/auth/check", tuple("ann", "viewer", "x", nil)).Want(200)
	equal(t, "tuples", list(s.Send("GET", "/auth/tuples/", "")), []fields{record("ann", "viewer", "x")})
}

func TestGraph(t *testing.T) {
	for _, test := range []struct {
		backend gateway.Backend
		form    gateway.GroupSubjects
		status  int
	}{
		{"", "", 403},
		{gateway.BackendPostgres, gateway.GroupSubjectsName, 403},
		{gateway.BackendSpiceDB, "", 200},
		{gateway.BackendSpiceDB, gateway.GroupSubjectsName, 200},
		{gateway.BackendSpiceDB, gateway.GroupSubjectsUserset, 200},
	} {
		s := with(t, gateway.Behavior{RebacBackend: test.backend, GroupSubjects: test.form})
		g := group(s, "team")
		id := map[gateway.GroupSubjects]string{"": g[len("/authz/groups/"):], "name": "team", "userset": g[len("/authz/groups/"):] + "#member"}[test.form]
		s.Send("POST", g+"/members", fields{"user_id": "ann"}).Want(204)
		s.Send("POST", "/auth/tuples", tuple("", "viewer", "x", fields{"subject": fields{"namespace": "group", "id": id}})).Want(204)
		s.Send("POST", "/auth/check", tuple("ann", "viewer", "x", nil)).Want(test.status)
		s.Send("POST", "/auth/check", tuple("bob", "viewer", "x", nil)).Want(403)
		ids := s.Send("GET", "/authz/access/resources?namespace=dataset&subject_id="+url.QueryEscape("ann"), "").Object()["resource_ids"]
		if len(ids.([]any)) != map[int]int{200: 1, 403: 0}[test.status] {
			t.Errorf("%+v: ann can access %v", test, ids)
		}
	}
	s := with(t, gateway.Behavior{RebacBackend: gateway.BackendSpiceDB}) // a membership may be a tuple
	s.Send("POST", "/auth/tuples", tuple("ann", "member", "", fields{"object": fields{"namespace": "group", "id": "g"}})).Want(204)
	s.Send("POST", "/auth/tuples", tuple("", "owner", "x", fields{"subject": fields{"namespace": "group", "id": "g"}})).Want(204)
	equal(t, "reason", s.Send("POST", "/auth/check", tuple("ann", "viewer", "x", nil)).Object()["reason"], "group")
}
