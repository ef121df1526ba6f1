package gateway_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/clienttest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
)

func TestTuplesAreListed(t *testing.T) {
	const record = `{"subject_namespace":"user","subject_id":"a","resource_type":"%s","resource_id":"d","relation":"viewer","tenant_id":%s}`
	c, _ := asks(t, clienttest.SaysJSON("["+fmt.Sprintf(record, "dataset", `"other"`)+","+fmt.Sprintf(record, "dataset", "null")+","+fmt.Sprintf(record, "model", `"t"`)+"]"))
	want := []gateway.Tuple{tuple, tuple}
	want[0].Tenant, want[1].Tenant = "other", "t"
	clienttest.Equal(t, "tuples", clienttest.Must(c.Tuples.List(t.Context(), "t", "dataset"))(t), want)
	clienttest.Equal(t, "of all namespaces", len(clienttest.Must(c.Tuples.List(t.Context(), "t", ""))(t)), 3)

	c, r := asks(t, clienttest.SaysJSON(`[]`))
	clienttest.Equal(t, "none", clienttest.Must(c.Tuples.List(t.Context(), "", ""))(t), []gateway.Tuple{})
	clienttest.Equal(t, "request", r.Only(t).Target, "/auth/tuples/?tenant=__default__")
}

// A delete without a relation would remove them all, and one without an object id who knows what.
func TestIncompleteTuplesAndGrantsAreNotSent(t *testing.T) {
	c, r := asks(t, clienttest.SaysJSON(`{}`))
	for i, change := range []func(*gateway.Tuple){
		func(t *gateway.Tuple) { t.Relation = "" }, func(t *gateway.Tuple) { t.SubjectID = "" }, func(t *gateway.Tuple) { t.SubjectNamespace = "" },
		func(t *gateway.Tuple) { t.ObjectID = "" }, func(t *gateway.Tuple) { t.ObjectNamespace = "" },
	} {
		changed := tuple
		change(&changed)
		clienttest.Fails(t, c.Tuples.Write(t.Context(), changed))
		clienttest.Fails(t, c.Tuples.Delete(t.Context(), changed))
		clienttest.Fails(t, c.Grants.Delete(t.Context(), changed.Object(), changed.Subject(), changed.Relation))
		clienttest.Equal(t, strconv.Itoa(i), len(r.All()), 0)
	}
}

func TestChecksAllowAndDeny(t *testing.T) {
	for _, test := range []struct {
		status int
		body   string
		want   gateway.Decision
		kinds  []error
		fails  bool
	}{
		{200, `{"allow":true,"decision_id":"i","reason":"direct"}`, gateway.Decision{Allow: true, DecisionID: "i", Reason: "direct"}, nil, false},
		{200, `{"allow":false,"decision_id":"i","reason":"no"}`, gateway.Decision{DecisionID: "i", Reason: "no"}, nil, false},
		{403, `{"detail":"access_denied"}`, gateway.Decision{Reason: "access_denied"}, nil, false},
		{403, `{"detail":{"reason":"access_denied"}}`, gateway.Decision{Reason: "access_denied"}, nil, false},
		{403, `{"detail":"access_denied_by_proxy"}`, gateway.Decision{}, []error{client.ErrForbidden}, true},
		{403, `{"error":"access_denied"}`, gateway.Decision{}, []error{client.ErrForbidden}, true},
		{403, ``, gateway.Decision{}, []error{client.ErrForbidden}, true},
		{400, `{"detail":"access_denied"}`, gateway.Decision{}, nil, true},
		{404, `{"detail":"rebac_disabled"}`, gateway.Decision{}, []error{client.ErrDisabled}, true},
		{404, `{"detail":"Not Found"}`, gateway.Decision{}, []error{client.ErrUnsupported}, true},
		{200, `{}`, gateway.Decision{}, nil, true},
		{200, `{"allow":null}`, gateway.Decision{}, nil, true},
		{200, `{"allow":"yes"}`, gateway.Decision{}, nil, true},
	} {
		c, _ := asks(t, clienttest.Says(test.status, "application/json", test.body))
		decision, err := c.Tuples.Check(t.Context(), ada, "viewer", dataset)
		if test.fails {
			clienttest.Fails(t, err, test.kinds...)
		} else {
			clienttest.Succeed(t, err)
		}
		clienttest.Equal(t, test.body, decision, test.want)
	}
}

// What is switched off or not offered does not say that anything is gone.
func TestSwitchedOffIsNotGone(t *testing.T) {
	for _, call := range calls() {
		for body, kind := range map[string]error{`{"detail":"rebac_disabled"}`: client.ErrDisabled, `{"detail":"Not Found"}`: client.ErrUnsupported} {
			c, _ := asks(t, clienttest.Says(http.StatusNotFound, "application/json", body))
			clienttest.Fails(t, call.do(t.Context(), c), kind)
		}
	}
}

func TestUnusableAnswersAboutTuplesAndGrants(t *testing.T) {
	for name, bodies := range map[string][]string{
		"Tuples.List": {
			``, `null`, `{}`, `[null]`, `[{}]`, `[{"subject_namespace":"user","subject_id":"a","resource_type":"dataset","resource_id":"d"}]`,
			`[{"subject_namespace":"user","subject_id":null,"resource_type":"dataset","resource_id":"d","relation":"viewer"}]`, `[{"subject_id":1}]`,
		},
		"Grants.List":       {``, `null`, `{}`, `[null]`, `[{"grant_id":"g","relation":"viewer"}]`, `[{"relation":"viewer","subject":{"namespace":"user"}}]`, `[{"subject":{"namespace":"user","id":"a"}}]`},
		"Grants.Capability": {``, `null`, `{}`, `{"can_grant":null}`, `{"can_grant":"yes"}`, `[]`},
		"Grants.WhoCanAccess": {
			``, `null`, `{}`, `{"limit":200}`, `{"limit":200,"rows":null}`, `{"rows":[]}`, `{"limit":0,"rows":[]}`, `{"limit":-1,"rows":[]}`,
			`{"limit":200,"rows":[null]}`, `{"limit":200,"rows":[{"subject":{"id":"a"}}]}`,
		},
		"Grants.AccessibleResources": {
			``, `null`, `{"limit":200}`, `{"limit":200,"resource_ids":null}`, `{"resource_ids":[]}`, `{"limit":200,"resource_ids":[""]}`, `{"limit":200,"resource_ids":[],"subject_id":"b"}`,
		},
		"Grants.Policy": {``, `null`, `[]`, `"x"`, `1`},
	} {
		checkUnusable(t, name, bodies)
	}
}

// checkUnusable checks that a call fails with each of the answers, after one request.
func checkUnusable(t *testing.T, name string, bodies []string) {
	t.Helper()
	for _, call := range calls() {
		if call.name != name {
			continue
		}
		for _, body := range bodies {
			c, r := asks(t, clienttest.SaysJSON(body))
			err := call.do(t.Context(), c)
			if err == nil {
				t.Errorf("%s takes %q", name, body)
				continue
			}
			kinds := []error(nil)
			if call.creates {
				kinds = []error{client.ErrOutcomeUnknown}
			}
			clienttest.Fails(t, err, kinds...)
			r.Only(t)
		}
	}
}

// pagesOf serves rows by offset and limit, of which it grants at most the given one.
func pagesOf(most int, rows func(from, to int) []string, answer string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
		limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
		limit = min(limit, most)
		_, _ = fmt.Fprintf(w, answer, limit, strings.Join(rows(offset, offset+limit), ","))
	}
}

const (
	accessPage    = `{"effective":true,"source":"tuples","permission":"can_view","limit":%d,"offset":0,"rows":[%s]}`
	resourcesPage = `{"effective":true,"source":"tuples","namespace":"dataset","permission":"can_view","subject_id":"a","limit":%d,"offset":0,"resource_ids":[%s]}`
)

func quoted(total int) func(from, to int) []string {
	return func(from, to int) (rows []string) {
		for i := from; i < min(to, total); i++ {
			rows = append(rows, fmt.Sprintf(`"id%d"`, i))
		}
		return rows
	}
}

func TestAccessIsReadToTheEnd(t *testing.T) {
	for _, test := range []struct{ total, most, requests int }{
		{0, 200, 1},
		{1, 200, 1},
		{200, 200, 2},
		{450, 200, 3},
		{450, 100, 5}, // a server that gives less than it is asked for
	} {
		c, r := asks(t, pagesOf(test.most, quoted(test.total), resourcesPage))
		resources := clienttest.Must(c.Grants.AccessibleResources(t.Context(), "dataset", "a", ""))(t)
		clienttest.Equal(t, "ids", len(resources.IDs), test.total)
		clienttest.Equal(t, "requests", len(r.All()), test.requests)
		clienttest.Equal(t, "rest", gateway.Resources{Effective: true, Source: "tuples", Namespace: "dataset", Permission: "can_view", SubjectID: "a", IDs: resources.IDs}, resources)

		subjects := func(from, to int) (rows []string) {
			for _, id := range quoted(test.total)(from, to) {
				rows = append(rows, `{"subject":{"namespace":"user","id":`+id+`},"relation":"viewer","source":"direct","effective":true}`)
			}
			return rows
		}
		c, r = asks(t, pagesOf(test.most, subjects, accessPage))
		access := clienttest.Must(c.Grants.WhoCanAccess(t.Context(), dataset, ""))(t)
		clienttest.Equal(t, "rows", len(access.Rows), test.total)
		clienttest.Equal(t, "requests", len(r.All()), test.requests)
		clienttest.Equal(t, "effective", access.Effective, true)
	}
}

func TestPagesThatRepeatOrNeverEndAreErrors(t *testing.T) {
	same := func(int, int) []string { return quoted(200)(0, 200) }
	c, r := asks(t, pagesOf(200, same, resourcesPage))
	_, err := c.Grants.AccessibleResources(t.Context(), "dataset", "a", "")
	clienttest.Fails(t, err)
	clienttest.Equal(t, "requests", len(r.All()), 2)

	c, _ = asks(t, pagesOf(1, quoted(1_000_000), resourcesPage))
	_, err = c.Grants.AccessibleResources(t.Context(), "dataset", "a", "")
	clienttest.Equal(t, "reason", clienttest.FailureOf(t, err).Reason(), "the list does not end after 2000 pages")

	// A row that moves to the next page while the list is read comes once.
	moves := func(from, to int) []string { return quoted(250)(max(from-1, 0), max(to-1, 199)) }
	c, _ = asks(t, pagesOf(200, moves, resourcesPage))
	ids := clienttest.Must(c.Grants.AccessibleResources(t.Context(), "dataset", "a", ""))(t).IDs
	seen := map[string]bool{}
	for _, id := range ids {
		if seen[id] {
			t.Errorf("%s is there twice", id)
		}
		seen[id] = true
	}
}

func TestAccessThatIsDirectAloneIsNotEffective(t *testing.T) {
	for body, want := range map[string]bool{`{"limit":2,"rows":[],"effective":true}`: true, `{"limit":2,"rows":[],"effective":false}`: false, `{"limit":2,"rows":[]}`: false} {
		c, _ := asks(t, clienttest.SaysJSON(body))
		clienttest.Equal(t, body, clienttest.Must(c.Grants.WhoCanAccess(t.Context(), dataset, "can_view"))(t).Effective, want)
	}
}

func TestGrantsAndThePolicyAreRead(t *testing.T) {
	c, _ := asks(t, clienttest.SaysJSON(`[{"grant_id":"g","relation":"viewer","subject":{"namespace":"group","id":"G"},"created_at":null}]`))
	clienttest.Equal(t, "grants", clienttest.Must(c.Grants.List(t.Context(), dataset))(t),
		[]gateway.Grant{{ID: "g", Relation: "viewer", Subject: gateway.Ref{Namespace: "group", ID: "G"}}})
	c, _ = asks(t, clienttest.SaysJSON(`{"can_grant":true}`))
	clienttest.Equal(t, "capability", clienttest.Must(c.Grants.Capability(t.Context(), dataset))(t), true)
	c, _ = asks(t, clienttest.SaysJSON(`{"rules": [1]}`))
	clienttest.Equal(t, "policy", string(clienttest.Must(c.Grants.Policy(t.Context()))(t)), `{"rules": [1]}`)
}
