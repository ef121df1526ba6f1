package directory_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
)

// relations is a server of tuples and grants, which are two views of the same or not.
type relations struct {
	*directory.Gateway
	t *testing.T

	mu     sync.Mutex
	apart  bool            // grants are not tuples
	one    bool            // a grant replaces the subject's other relations to the object
	tuples []gateway.Tuple // of the default tenant, but for those that say another one
	grants []gateway.Tuple // where they are apart
	stale  []gateway.Tuple // what the next lists show instead, as a replica that lags
	lag    int             // how many lists do
	refuse map[string]int  // by method: the status of a redundant write
	asked  []string
}

func startRelations(t *testing.T) *relations {
	t.Helper()
	s := &relations{t: t, refuse: map[string]int{}}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	api, err := gateway.Connect(client.Config{BaseURL: server.URL, APIKey: "key", Sleep: noPause})
	must(t, err)
	s.Gateway = directory.NewGateway(api, directory.Shared)
	return s
}

func (s *relations) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, r.Method+" "+r.URL.Path)
	query := r.URL.Query()
	var body struct {
		Subject  gateway.Ref `json:"subject"`
		Object   gateway.Ref `json:"object"`
		ObjectID string      `json:"object_id"`
		Relation string      `json:"relation"`
		TenantID string      `json:"tenant_id"`
	}
	_ = json.NewDecoder(r.Body).Decode(&body)
	store, isGrant := &s.tuples, strings.HasPrefix(r.URL.Path, "/authz/resources/")
	if isGrant && s.apart {
		store = &s.grants
	}
	shown := *store
	if r.Method == http.MethodGet && s.lag > 0 {
		s.lag--
		shown = s.stale
	}
	tuple := gateway.Tuple{
		Tenant: body.TenantID, SubjectNamespace: body.Subject.Namespace, SubjectID: body.Subject.ID, Relation: body.Relation,
		ObjectNamespace: body.Object.Namespace, ObjectID: body.Object.ID,
	}
	if isGrant {
		tuple.Tenant, tuple.ObjectNamespace, tuple.ObjectID = gateway.DefaultTenant, strings.Split(r.URL.Path, "/")[3], body.ObjectID
	}
	if isGrant && r.Method == http.MethodDelete {
		tuple = gateway.Tuple{
			Tenant: gateway.DefaultTenant, SubjectNamespace: query.Get("subject_namespace"), SubjectID: query.Get("subject_id"),
			Relation: query.Get("relation"), ObjectNamespace: tuple.ObjectNamespace, ObjectID: query.Get("object_id"),
		}
	}
	at := slices.Index(*store, tuple)
	redundant := r.Method == http.MethodPost && at >= 0 || r.Method == http.MethodDelete && at < 0
	switch status := s.refuse[r.Method]; {
	case r.Method == http.MethodGet && isGrant:
		rows := []map[string]any{}
		for _, tuple := range shown {
			if tuple.ObjectNamespace == strings.Split(r.URL.Path, "/")[3] && tuple.ObjectID == query.Get("object_id") {
				rows = append(rows, map[string]any{"grant_id": "x", "relation": tuple.Relation, "subject": tuple.Subject()})
			}
		}
		_ = json.NewEncoder(w).Encode(rows)
	case r.Method == http.MethodGet:
		rows := []map[string]string{}
		for _, tuple := range shown {
			if namespace := query.Get("object_namespace"); tuple.Tenant == query.Get("tenant") && (namespace == "" || namespace == tuple.ObjectNamespace) {
				rows = append(rows, map[string]string{
					"subject_namespace": tuple.SubjectNamespace, "subject_id": tuple.SubjectID, "resource_type": tuple.ObjectNamespace,
					"resource_id": tuple.ObjectID, "relation": tuple.Relation, "tenant_id": tuple.Tenant,
				})
			}
		}
		_ = json.NewEncoder(w).Encode(rows)
	case redundant && status != 0:
		w.WriteHeader(status)
		_, _ = w.Write([]byte(`{"detail":"as it was"}`))
	case r.Method == http.MethodPost:
		if s.one && isGrant {
			*store = slices.DeleteFunc(*store, func(t gateway.Tuple) bool {
				return t.Subject() == tuple.Subject() && t.Object() == tuple.Object() && t.Relation != tuple.Relation
			})
			at = slices.Index(*store, tuple)
		}
		if at < 0 {
			*store = append(*store, tuple)
		}
		_, _ = w.Write([]byte(`{"status":"created"}`))
	default:
		if at >= 0 {
			*store = slices.Delete(slices.Clone(*store), at, at+1)
		}
		w.WriteHeader(http.StatusOK)
	}
}

// wantAsked fails unless these, in any order, are all the calls since the last time.
func (s *relations) wantAsked(want ...string) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	slices.Sort(s.asked)
	slices.Sort(want)
	if !slices.Equal(s.asked, want) {
		s.t.Errorf("the server was asked\n  %s\nwant\n  %s", strings.Join(s.asked, "\n  "), strings.Join(want, "\n  "))
	}
	s.asked = nil
}

func (s *relations) wantHeld(held []gateway.Tuple, want ...gateway.Tuple) {
	s.t.Helper()
	if !slices.Equal(held, want) {
		s.t.Errorf("the server holds %v, want %v", held, want)
	}
}

func viewer(subject, dataset string) gateway.Tuple {
	return gateway.Tuple{
		Tenant: gateway.DefaultTenant, SubjectNamespace: "user", SubjectID: subject, Relation: "viewer", ObjectNamespace: "dataset", ObjectID: dataset,
	}
}

func grantOf(t gateway.Tuple) directory.ResourceGrant {
	return directory.ResourceGrant{Object: t.Object(), Relation: t.Relation, Subject: t.Subject()}
}

const tupleList, datasetGrants = "GET /auth/tuples/", "GET /authz/resources/dataset/grants"

func TestTuplesOfANamespaceAreReadFromOneList(t *testing.T) {
	s := startRelations(t)
	for i := range 100 {
		s.tuples = append(s.tuples, viewer(fmt.Sprint("s", i), "d"))
	}
	model := viewer("s", "m")
	model.ObjectNamespace = "model"
	s.tuples = append(s.tuples, model)
	var all []string
	for i := range 100 {
		all = append(all, fmt.Sprint("s", i))
	}
	for range 2 {
		forAll(t, all, func(ctx context.Context, subject string) error {
			is, err := s.Tuples.Has(ctx, viewer(subject, "d"))
			if err == nil && !is {
				err = fmt.Errorf("%s has no access", subject)
			}
			return err
		})
	}
	s.wantAsked(tupleList)

	byDefault := viewer("s1", "d")
	byDefault.Tenant = ""
	wantHas(t, s.Tuples.Has, byDefault, true)
	wantHas(t, s.Tuples.Has, viewer("S1", "d"), false)
	s.wantAsked()
	other := viewer("s1", "d")
	other.Tenant = "other"
	wantHas(t, s.Tuples.Has, other, false)
	wantHas(t, s.Tuples.Has, model, true)
	s.wantAsked(tupleList, tupleList)
	tuples, err := s.Tuples.List(t.Context(), "", "")
	must(t, err)
	if len(tuples) != 101 || !slices.IsSortedFunc(tuples, func(a, b gateway.Tuple) int { return strings.Compare(a.ObjectNamespace, b.ObjectNamespace) }) {
		t.Errorf("the list has %d tuples", len(tuples))
	}
	s.wantAsked(tupleList)
}

func wantHas[X any](t *testing.T, has func(context.Context, X) (bool, error), x X, want bool) {
	t.Helper()
	got, err := has(t.Context(), x)
	must(t, err)
	if got != want {
		t.Errorf("%v: %t", x, got)
	}
}

// A read after a write shows it, also where the list comes from a replica that lags.
func TestTuplesAndGrantsAreReadAfterWrites(t *testing.T) {
	s, ctx := startRelations(t), t.Context()
	ada, grace := viewer("ada", "d"), viewer("grace", "d")
	wantHas(t, s.Tuples.Has, ada, false)
	wantHas(t, s.Grants.Has, grantOf(ada), false)
	all, err := s.Tuples.List(ctx, "", "")
	must(t, err)
	if len(all) != 0 {
		t.Errorf("there are %v", all)
	}

	must(t, s.Tuples.Write(ctx, ada))
	s.lag = 1
	wantHas(t, s.Tuples.Has, ada, true)
	wantHas(t, s.Grants.Has, grantOf(ada), true)
	s.lag = 1
	if all, err = s.Tuples.List(ctx, "", ""); err != nil || len(all) != 1 {
		t.Errorf("there are %v, %v", all, err)
	}

	must(t, s.Grants.Write(ctx, grantOf(grace)))
	s.lag = 1
	wantHas(t, s.Grants.Has, grantOf(grace), true)
	wantHas(t, s.Tuples.Has, grace, true)
	s.stale = slices.Clone(s.tuples)
	must(t, s.Grants.Delete(ctx, grantOf(viewer("x", "d"))))
	s.lag = 0
	wantHas(t, s.Grants.Has, grantOf(viewer("x", "d")), false)
	if all, err = s.Tuples.List(ctx, "", ""); err != nil || len(all) != 2 {
		t.Errorf("there are %v, %v", all, err)
	}
}

// What an earlier run has only just written is waited for.
func TestTuplesAndGrantsAreExpected(t *testing.T) {
	s := startRelations(t)
	ada, grace := viewer("ada", "d"), viewer("grace", "e")
	s.tuples, s.lag = []gateway.Tuple{ada, grace}, 1
	s.Tuples.Expect(ada)
	wantHas(t, s.Tuples.Has, ada, true)
	s.lag = 1
	s.Grants.Expect(grantOf(grace))
	wantHas(t, s.Grants.Has, grantOf(grace), true)
}

// A refactoring gives a tuple up in one resource and takes it over in another, in any order.
func TestTuplesAndGrantsTakeOver(t *testing.T) {
	s, ctx := startRelations(t), t.Context()
	ada, grace := viewer("ada", "d"), viewer("grace", "d")
	s.tuples = []gateway.Tuple{ada, grace}
	must(t, s.Tuples.Write(ctx, ada))
	must(t, s.Tuples.Delete(ctx, ada))
	s.wantHeld(s.tuples, ada, grace)
	must(t, s.Tuples.Delete(ctx, grace))
	s.wantHeld(s.tuples, ada)
	must(t, s.Tuples.Keep(ctx, grace))
	must(t, s.Tuples.Delete(ctx, grace))
	s.wantHeld(s.tuples, ada, grace)

	joan := viewer("joan", "d")
	one, two, three := grantOf(ada), grantOf(grace), grantOf(joan)
	must(t, s.Grants.Change(ctx, one.Object, []directory.ResourceGrant{one, two}, []directory.ResourceGrant{one, three}, []directory.ResourceGrant{two}))
	must(t, s.Grants.Delete(ctx, one))
	wantHas(t, s.Grants.Has, one, true)
	wantHas(t, s.Grants.Has, three, true)
}

// A tuple that becomes a grant, or the reverse, is there in the end, whichever of the two writes comes last.
func TestTuplesAndGrantsReplaceEachOther(t *testing.T) {
	for _, apart := range []bool{false, true} {
		for _, createsFirst := range []bool{false, true} {
			s, ctx := startRelations(t), t.Context()
			ada, grace := viewer("ada", "d"), viewer("grace", "d")
			s.apart = apart
			s.tuples, s.grants = []gateway.Tuple{ada, grace}, []gateway.Tuple{grace}
			steps := []func() error{
				func() error { return s.Grants.Write(ctx, grantOf(ada)) },
				func() error { return s.Tuples.Write(ctx, grace) },
				func() error { return s.Tuples.Delete(ctx, ada) },
				func() error { return s.Grants.Delete(ctx, grantOf(grace)) },
			}
			if !createsFirst {
				slices.Reverse(steps)
			}
			for _, step := range steps {
				must(t, step())
			}
			wantHas(t, s.Grants.Has, grantOf(ada), true)
			wantHas(t, s.Tuples.Has, grace, true)
			wantHas(t, s.Tuples.Has, ada, !apart)
			wantHas(t, s.Grants.Has, grantOf(grace), !apart)
		}
	}
}

// What counts is what there is, however the server answers what is so already.
func TestTuplesAndGrantsAreAsWanted(t *testing.T) {
	for _, status := range []int{0, 400, 404, 409} {
		s, ctx := startRelations(t), t.Context()
		ada, grace := viewer("ada", "d"), viewer("grace", "d")
		s.tuples = []gateway.Tuple{ada}
		s.refuse = map[string]int{http.MethodPost: status, http.MethodDelete: status}
		must(t, s.Tuples.Write(ctx, ada))
		must(t, s.Tuples.Delete(ctx, grace))
		must(t, s.Grants.Write(ctx, grantOf(ada)))
		must(t, s.Grants.Delete(ctx, grantOf(grace)))
		s.wantHeld(s.tuples, ada)
	}
}

func TestTuplesAreNotGoneWhereThereIsNoList(t *testing.T) {
	for detail, kind := range map[string]error{"rebac_disabled": client.ErrDisabled, "Not Found": client.ErrUnsupported, "no such tenant": nil} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNotFound)
			_, _ = fmt.Fprintf(w, `{"detail":%q}`, detail)
		}))
		t.Cleanup(server.Close)
		api, err := gateway.Connect(client.Config{BaseURL: server.URL, APIKey: "key", Sleep: noPause})
		must(t, err)
		g := directory.NewGateway(api, directory.Shared)
		ada := viewer("ada", "d")
		if kind == nil {
			if err := second(g.Tuples.Has(t.Context(), ada)); err == nil || errors.Is(err, client.ErrNotFound) {
				t.Errorf("the error is %v", err)
			}
			continue
		}
		wantError(t, second(g.Tuples.Has(t.Context(), ada)), kind, client.ErrNotFound)
		wantError(t, second(g.Grants.Has(t.Context(), grantOf(ada))), kind, client.ErrNotFound)
		wantError(t, g.Tuples.Write(t.Context(), ada), kind, client.ErrNotFound)
		wantError(t, g.Tuples.Delete(t.Context(), viewer("grace", "d")), kind, client.ErrNotFound)
		wantError(t, g.Grants.Delete(t.Context(), grantOf(viewer("chen", "d"))), kind, client.ErrNotFound)
		wantError(t, second(g.Tuples.Check(t.Context(), ada.Subject(), "viewer", ada.Object())), kind, client.ErrNotFound)
	}
}

func relationOf(relation, subject, dataset string) gateway.Tuple {
	tuple := viewer(subject, dataset)
	tuple.Relation = relation
	return tuple
}

// A grant that ends another relation of the same subject is an error, after which the server has what it had.
func TestGrantsDoNotReplace(t *testing.T) {
	t.Parallel()
	editor := relationOf("editor", "ada", "d")
	for name, test := range map[string]struct {
		one    bool
		before []gateway.Tuple
		do     func(context.Context, *relations) error
		held   []gateway.Tuple
		fails  bool
	}{
		"a relation that there was": {
			one: true, before: []gateway.Tuple{viewer("ada", "d")}, held: []gateway.Tuple{viewer("ada", "d")}, fails: true,
			do: func(ctx context.Context, s *relations) error { return s.Grants.Write(ctx, grantOf(editor)) },
		},
		"a relation of this run": {
			one: true, held: []gateway.Tuple{viewer("ada", "d")}, fails: true,
			do: func(ctx context.Context, s *relations) error {
				return errors.Join(s.Grants.Write(ctx, grantOf(viewer("ada", "d"))), s.Grants.Write(ctx, grantOf(editor)))
			},
		},
		"both of one set": {
			one: true, fails: true,
			do: func(ctx context.Context, s *relations) error {
				return s.Grants.Change(ctx, editor.Object(), nil, []directory.ResourceGrant{grantOf(editor), grantOf(viewer("ada", "d"))}, nil)
			},
		},
		"one that the set drops": {
			one: true, before: []gateway.Tuple{viewer("ada", "d")}, held: []gateway.Tuple{editor},
			do: func(ctx context.Context, s *relations) error {
				drop := []directory.ResourceGrant{grantOf(viewer("ada", "d"))}
				return s.Grants.Change(ctx, editor.Object(), drop, []directory.ResourceGrant{grantOf(editor)}, drop)
			},
		},
		"one that the set drops and another resource keeps": {
			one: true, before: []gateway.Tuple{viewer("ada", "d")}, held: []gateway.Tuple{viewer("ada", "d")}, fails: true,
			do: func(ctx context.Context, s *relations) error {
				drop := []directory.ResourceGrant{grantOf(viewer("ada", "d"))}
				return errors.Join(s.Grants.Keep(ctx, drop[0]), s.Grants.Change(ctx, editor.Object(), drop, []directory.ResourceGrant{grantOf(editor)}, drop))
			},
		},
		"one that leaves": {
			one: true, before: []gateway.Tuple{viewer("ada", "d")}, held: []gateway.Tuple{editor},
			do: func(ctx context.Context, s *relations) error {
				s.Grants.Leave(grantOf(viewer("ada", "d")))
				return errors.Join(s.Grants.Write(ctx, grantOf(editor)), s.Grants.Delete(ctx, grantOf(viewer("ada", "d"))))
			},
		},
		"one that this run has deleted": {
			one: true, before: []gateway.Tuple{viewer("ada", "d")}, held: []gateway.Tuple{editor},
			do: func(ctx context.Context, s *relations) error {
				return errors.Join(s.Grants.Delete(ctx, grantOf(viewer("ada", "d"))), s.Grants.Write(ctx, grantOf(editor)))
			},
		},
		"a tuple that this run has deleted": {
			one: true, before: []gateway.Tuple{viewer("ada", "d")}, held: []gateway.Tuple{relationOf("owner", "chen", "d"), editor},
			do: func(ctx context.Context, s *relations) error {
				return errors.Join(s.Grants.Write(ctx, grantOf(relationOf("owner", "chen", "d"))), s.Tuples.Delete(ctx, viewer("ada", "d")), s.Grants.Write(ctx, grantOf(editor)))
			},
		},
		"other subjects": {
			one: true, before: []gateway.Tuple{viewer("bela", "d"), viewer("ada", "e")}, held: []gateway.Tuple{viewer("bela", "d"), viewer("ada", "e"), editor},
			do: func(ctx context.Context, s *relations) error { return s.Grants.Write(ctx, grantOf(editor)) },
		},
		"a server that keeps them all": {
			before: []gateway.Tuple{viewer("ada", "d")}, held: []gateway.Tuple{viewer("ada", "d"), editor},
			do: func(ctx context.Context, s *relations) error { return s.Grants.Write(ctx, grantOf(editor)) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startRelations(t)
			s.one, s.tuples = test.one, slices.Clone(test.before)
			err := test.do(t.Context(), s)
			replaced, is := errors.AsType[*directory.ReplacedError](err)
			if is != test.fails || err != nil && !is {
				t.Fatalf("got %v", err)
			}
			if is && (!replaced.Restored || !strings.Contains(err.Error(), "keeps only one relation of user:ada to dataset:d")) {
				t.Errorf("got %v, restored %v", err, replaced.Restored)
			}
			if name == "both of one set" { // whichever was first
				test.held = slices.Clone(s.tuples)
				if len(test.held) != 1 {
					t.Errorf("the server has %v", test.held)
				}
			}
			s.wantHeld(s.tuples, test.held...)
			list, err := s.Grants.List(t.Context(), editor.Object())
			must(t, err)
			if want := len(slices.DeleteFunc(slices.Clone(s.tuples), func(t gateway.Tuple) bool { return t.Object() != editor.Object() })); len(list) != want {
				t.Errorf("the list is %v, want %d", list, want)
			}
		})
	}
}
