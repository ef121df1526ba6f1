package gateway_test

import (
	"maps"
	"net/url"
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

const grants = "/authz/resources/dataset/grants"

// grant is the body of a create.
func grant(subjectID, relation string, more fields) fields {
	all := fields{"object_id": "x", "subject": fields{"namespace": "user", "id": subjectID}, "relation": relation}
	maps.Copy(all, more)
	return all
}

// grantPath is the path of a delete.
func grantPath(subjectID, relation string) string {
	return grants + "?" + url.Values{"object_id": {"x"}, "subject_namespace": {"user"}, "subject_id": {subjectID}, "relation": {relation}}.Encode()
}

func grantsOf(s session) []map[string]any {
	s.Helper()
	return list(s.Send("GET", grants+"?object_id=x", ""))
}

func TestGrants(t *testing.T) {
	now := newClock()
	s := start(t, authserver.Config{Now: now.Now})
	want := fields{"status": "created", "zedtoken": nil, "relation": "viewer", "subject": fields{"namespace": "user", "id": "a/b c"}}
	equal(t, "created", s.Send("POST", grants, grant("a/b c", "viewer", nil)).Want(201).Object(), want)
	want["status"] = "exists"
	equal(t, "created again", s.Send("POST", grants, grant("a/b c", "viewer", nil)).Want(201).Object(), want)
	s.Send("POST", grants, grant("a/b c", "editor", nil)).Want(201)
	s.Send("POST", "/auth/tuples", tuple("bob", "owner", "x", nil)).Want(204)
	got := grantsOf(s)
	equal(t, "relations", values(got, "relation"), []string{"viewer", "editor", "owner"})
	if got[0]["created_at"] != "2024-10-03T10:00:00.123456Z" || text(got[0], "grant_id") == "" {
		t.Errorf("listed %v", got[0])
	}
	equal(t, "the same among the tuples", list(s.Send("GET", "/auth/tuples/", "")),
		[]fields{record("a/b c", "viewer", "x"), record("a/b c", "editor", "x"), record("bob", "owner", "x")})

	want["status"] = "deleted"
	equal(t, "deleted", s.Send("DELETE", grantPath("a/b c", "viewer"), "").Object(), want)
	want["status"] = "not_found"
	equal(t, "deleted again", s.Send("DELETE", grantPath("a/b c", "viewer"), "").Object(), want)
	s.Send("DELETE", grantPath("bob", "owner"), "").Want(200)
	equal(t, "left", values(grantsOf(s), "relation"), []string{"editor"})
}

func TestInvalidGrants(t *testing.T) {
	s := start(t, authserver.Config{})
	s.Send("POST", grants, "{}").Invalid("body.object_id: missing", "body.subject: missing", "body.relation: missing")
	s.Send("POST", grants, grant(strings.Repeat("x", 1025), "", fields{"object_id": strings.Repeat("x", 4097)})).
		Invalid("body.object_id: string_too_long", "body.subject.id: string_too_long", "body.relation: string_too_short")
	s.Send("POST", grants, grant("ann", "reader", nil)).Refused(422, `Unknown relation "reader"`)
	s.Send("GET", grants, "").Invalid("query.object_id: missing")
	s.Send("DELETE", grants+"?object_id=&subject_id=x", "").Invalid("query.object_id: string_too_short", "query.relation: missing", "query.subject_namespace: missing")
}

func TestGrantBehaviors(t *testing.T) {
	s := with(t, gateway.Behavior{GrantTwice: gateway.GrantTwice409, GrantDeleteAbsent: "404", GrantsReplace: true, GrantIDs: gateway.GrantIDsComposite})
	s.Send("POST", grants, grant("ann", "editor", nil)).Want(201)
	s.Send("POST", grants, grant("ann", "editor", nil)).Refused(409, "The grant already exists")
	s.Send("POST", grants, grant("bob", "editor", nil)).Want(201)
	s.Send("POST", grants, grant("ann", "viewer", nil)).Want(201)
	equal(t, "ids", values(grantsOf(s), "grant_id"), []string{"dataset:x#editor@user:bob", "dataset:x#viewer@user:ann"})
	s.Send("DELETE", grantPath("ann", "editor"), "").Refused(404, "Grant not found")

	s = unchecked(t, gateway.Behavior{GrantTwice: gateway.GrantTwice200, GrantIDs: gateway.GrantIDsChanging, RebacBackend: gateway.BackendSpiceDB})
	if token := text(s.Send("POST", grants, grant("ann", "editor", nil)).Want(201).Object(), "zedtoken"); token == "" {
		t.Error("SpiceDB gives no token")
	}
	s.Send("POST", grants, grant("ann", "editor", nil)).Want(200)
	if grantsOf(s)[0]["grant_id"] == grantsOf(s)[0]["grant_id"] {
		t.Error("the id does not change")
	}

	s = with(t, gateway.Behavior{SeparateLists: true})
	s.Send("POST", grants, grant("ann", "viewer", nil)).Want(201)
	s.Send("POST", "/auth/tuples", tuple("ann", "viewer", "x", nil)).Want(204)
	s.Send("POST", "/auth/tuples", tuple("bob", "viewer", "x", nil)).Want(204)
	if got := grantsOf(s); len(got) != 1 {
		t.Errorf("grants %v", got)
	}
	if got := list(s.Send("GET", "/auth/tuples/", "")); len(got) != 2 {
		t.Errorf("tuples %v", got)
	}
	s.Send("DELETE", "/auth/tuples", tuple("ann", "viewer", "x", nil)).Want(204)
	s.Send("POST", "/auth/check", tuple("ann", "viewer", "x", nil)).Want(200)
}

func TestGranting(t *testing.T) {
	for granting, want := range map[gateway.Granting]struct{ owner, admin int }{
		"": {201, 201}, gateway.GrantingBoth: {201, 201}, gateway.GrantingOwners: {201, 403}, gateway.GrantingAdmins: {403, 201},
	} {
		s := with(t, gateway.Behavior{Granting: granting})
		s.User("ann")
		s.User("bob")
		owner, nobody := s.Login("ann"), s.Login("bob")
		s.Send("POST", "/auth/tuples", tuple(subject(owner), "owner", "x", nil)).Want(204)
		for _, who := range []struct {
			session session
			status  int
		}{{owner, want.owner}, {s, want.admin}, {nobody, 403}} {
			who.session.Send("POST", grants, grant("kim", "viewer", nil)).Want(who.status)
			got := who.session.Send("GET", "/authz/resources/dataset/grant-capability?object_id=x", "").Object()["can_grant"]
			if got != (who.status == 201) {
				t.Errorf("%s: can_grant %v, want status %d", granting, got, who.status)
			}
		}
		nobody.Send("DELETE", grantPath("kim", "viewer"), "").Refused(403, "rebac_denied")
		nobody.Send("GET", grants+"?object_id=x", "").Refused(403, "rebac_denied")
		nobody.Send("GET", "/authz/resources/dataset/access?object_id=x", "").Refused(403, "rebac_denied")
		owner.Send("GET", grants+"?object_id=x", "").Want(200)
	}
}

func TestGroupSubjects(t *testing.T) {
	for form, want := range map[gateway.GroupSubjects][3]int{
		"": {201, 201, 201}, gateway.GroupSubjectsID: {201, 201, 201}, gateway.GroupSubjectsName: {422, 201, 422}, gateway.GroupSubjectsUserset: {422, 422, 201},
	} {
		s := with(t, gateway.Behavior{GroupSubjects: form, GroupDelete: "409"})
		g := group(s, "team")
		id := g[len("/authz/groups/"):]
		for i, written := range []string{id, "team", id + "#member"} {
			s.Send("POST", grants, grant("", "viewer", fields{"subject": fields{"namespace": "group", "id": written}})).Want(want[i])
		}
		s.Send("DELETE", g, "").Refused(409, "The group has grants; delete it with cascade")
		s.Send("DELETE", g+"?cascade=grants", "").Want(204)
		if left := len(grantsOf(s)); left != len(s.Server.Snapshot().Tuples) || left > 2 {
			t.Errorf("%s: %d grants are left", form, left)
		}
	}
}

func TestWhoCanAccess(t *testing.T) {
	s := start(t, authserver.Config{})
	id := user(s, "ann", nil).Object()
	g := group(s, "team")
	s.Send("POST", g+"/members", fields{"user_id": "kim"}).Want(204)
	s.Send("POST", grants, grant(text(id, "linked_subject_id"), "editor", nil)).Want(201)
	s.Send("POST", grants, grant("", "viewer", fields{"subject": fields{"namespace": "group", "id": g[len("/authz/groups/"):]}})).Want(201)
	got := s.Send("GET", "/authz/resources/dataset/access?object_id=x", "").Object()
	equal(t, "access", got, fields{
		"effective": false, "source": "postgres", "permission": "can_view", "limit": 200, "offset": 0, "rows": []fields{
			{"subject": fields{"namespace": "user", "id": id["linked_subject_id"]}, "display_name": "ann", "relation": "editor", "permission": "can_view", "source": "direct", "effective": true},
			{"subject": fields{"namespace": "group", "id": g[len("/authz/groups/"):]}, "display_name": "team", "relation": "viewer", "permission": "can_view", "source": "direct", "effective": false},
		},
	})
	if rows := s.Send("GET", "/authz/resources/dataset/access?object_id=x&permission=can_edit", "").Object()["rows"]; len(rows.([]any)) != 1 {
		t.Errorf("who can edit: %v", rows)
	}
	s.Send("GET", "/authz/resources/dataset/access?object_id=x&permission=can_fly", "").Invalid("query.permission: value_error")

	s = with(t, gateway.Behavior{RebacBackend: gateway.BackendSpiceDB})
	g = group(s, "team")
	for _, id := range []string{"kim", "lee"} {
		s.Send("POST", g+"/members", fields{"user_id": id}).Want(204)
	}
	s.Send("POST", grants, grant("lee", "viewer", nil)).Want(201)
	s.Send("POST", grants, grant("", "viewer", fields{"subject": fields{"namespace": "group", "id": g[len("/authz/groups/"):]}})).Want(201)
	rows := list(s.Send("GET", "/authz/resources/dataset/access?object_id=x", ""), "rows")
	equal(t, "sources", values(rows, "source"), []string{"direct", "direct", "group"})
	equal(t, "effective", values(rows, "effective"), []bool{true, true, true})
	equal(t, "the member", rows[2]["subject"], fields{"namespace": "user", "id": "kim"})
}

func TestAccessibleResources(t *testing.T) {
	s := with(t, gateway.Behavior{MaxLimit: 2})
	s.User("ann")
	ann := s.Login("ann")
	me := subject(ann)
	for _, id := range []string{"a", "b", "c"} {
		s.Send("POST", "/auth/tuples", tuple(me, "owner", id, nil)).Want(204)
		s.Send("POST", "/auth/tuples", tuple(me, "viewer", id, nil)).Want(204)
	}
	s.Send("POST", "/auth/tuples", tuple(me, "viewer", "d", fields{"tenant_id": "other"})).Want(204)
	const path = "/authz/access/resources?namespace=dataset"
	equal(t, "the first page", ann.Send("GET", path+"&limit=50", "").Object(), fields{
		"effective": false, "source": "postgres", "namespace": "dataset", "permission": "can_view", "subject_id": me,
		"limit": 2, "offset": 0, "resource_ids": []string{"a", "b"},
	})
	equal(t, "the second page", s.Send("GET", path+"&offset=2&permission=can_manage&subject_id="+me, "").Object()["resource_ids"], []string{"c"})
	equal(t, "beyond", ann.Send("GET", path+"&offset=7", "").Object()["resource_ids"], []string{})
	ann.Send("GET", path+"&subject_id=bob", "").Want(403)
	s.Send("GET", "/authz/access/resources?limit=0&offset=-1", "").
		Invalid("query.namespace: missing", "query.limit: greater_than_equal", "query.offset: greater_than_equal")
	s.Send("GET", path+"&limit=x", "").Invalid("query.limit: int_parsing")

	s = with(t, gateway.Behavior{MaxLimit: 2, LimitAbove: gateway.LimitAbove422})
	s.Send("GET", path+"&limit=3", "").Invalid("query.limit: less_than_equal")
	s.Send("GET", path+"&limit=2", "").Want(200)
	s.Send("GET", path, "").Want(200)
}

func TestPolicy(t *testing.T) {
	s := start(t, authserver.Config{})
	if got := s.Send("GET", "/authz/policy", "").Object(); got["default"] != "deny" || got["backend"] != "postgres" {
		t.Errorf("policy %v", got)
	}
	s.User("ann")
	s.Login("ann").Send("GET", "/authz/policy", "").Refused(403, "Role 'admin' is required to access this resource")
}
