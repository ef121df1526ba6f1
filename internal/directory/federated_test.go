package directory_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
)

// objects is a server of some kinds of objects, by path of the collection and then by id.
type objects struct {
	*directory.Gateway
	t *testing.T

	mu     sync.Mutex
	held   map[string]map[string]map[string]any
	stale  map[string]bool // collections whose next list or read is that of a replica that has nothing
	lose   bool            // the answer of the next create is lost
	off    bool            // the platform may not administer Keycloak
	asked  []string
	counts int
}

const (
	mappingsPath   = "/authz/group-mappings"
	idpPath        = "/auth/idp"
	subjectsPath   = "/authz/subjects"
	attributesPath = "/cluster/attribute-schema"
)

func startObjects(t *testing.T) *objects {
	t.Helper()
	s := &objects{t: t, held: map[string]map[string]map[string]any{}, stale: map[string]bool{}}
	for _, path := range []string{mappingsPath, idpPath, subjectsPath, attributesPath} {
		s.held[path] = map[string]map[string]any{}
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	api, err := gateway.Connect(client.Config{BaseURL: server.URL, APIKey: "key", Sleep: noPause})
	must(t, err)
	s.Gateway = directory.NewGateway(api, directory.Shared)
	return s
}

func (s *objects) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, r.Method+" "+r.URL.Path)
	var body map[string]any
	_ = json.NewDecoder(r.Body).Decode(&body)
	say := func(value any) { _ = json.NewEncoder(w).Encode(value) }
	for path, held := range s.held {
		rest, ok := strings.CutPrefix(r.URL.Path, path)
		if !ok {
			continue
		}
		id := strings.Trim(rest, "/")
		if r.Method == http.MethodGet && s.stale[path] {
			s.stale[path] = false
			held = map[string]map[string]any{}
		}
		list := []map[string]any{}
		for _, object := range held {
			list = append(list, object)
		}
		object, found := held[id]
		switch {
		case r.Method == http.MethodGet && rest == "":
			if path == attributesPath {
				say(map[string]any{"attributes": list})
			} else {
				say(list)
			}
		case rest == "/providers":
			say(map[string]any{"providers": list, "idp_management_enabled": !s.off})
		case rest == "/register":
			alias, _ := body["oidc"].(map[string]any)["alias"].(string)
			held[alias] = map[string]any{"alias": alias, "provider_id": "oidc", "enabled": true}
			say(map[string]any{"idp_management_enabled": !s.off})
		case r.Method == http.MethodPost:
			s.counts++
			body["id"], body["created_at"] = fmt.Sprint("m", s.counts), time.Now().UTC().Add(time.Hour)
			held[fmt.Sprint("m", s.counts)] = body
			if s.lose {
				s.lose = false
				w.WriteHeader(http.StatusBadGateway)
				return
			}
			say(body)
		case r.Method == http.MethodPut && path == subjectsPath:
			held[id] = map[string]any{"id": "id of " + id, "username": id, "attributes": body["attributes"]}
			say(held[id])
		case r.Method == http.MethodPut:
			held[id] = map[string]any{"name": id, "type": body["type"], "state": "declared"}
			say(held[id])
		case !found:
			w.WriteHeader(http.StatusNotFound)
			say(map[string]string{"detail": "none"})
		case r.Method == http.MethodGet:
			say(object)
		case r.Method == http.MethodPatch:
			object["enabled"] = body["enabled"]
			say(map[string]any{"provider": object})
		case path == attributesPath && r.URL.Query().Get("force") == "":
			object["state"] = "deprecated"
			say(object)
		default:
			delete(held, id)
			say(map[string]any{"deleted": true, "state": "withdrawn"})
		}
		return
	}
}

func (s *objects) wantAsked(want ...string) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Equal(s.asked, want) {
		s.t.Errorf("the server was asked\n  %s\nwant\n  %s", strings.Join(s.asked, "\n  "), strings.Join(want, "\n  "))
	}
	s.asked = nil
}

func TestMappingsAreSharedAndFound(t *testing.T) {
	s, ctx := startObjects(t), t.Context()
	body := gateway.MappingCreate{Issuer: "https://idp/", IDPGroupPath: "/a", LocalGroupName: "g"}
	wantError(t, second(s.Mappings.Like(ctx, body)), client.ErrNotFound)
	s.lose = true
	created, err := s.Mappings.Create(ctx, body)
	must(t, err)
	s.stale[mappingsPath] = true
	found, err := s.Mappings.Like(ctx, body)
	must(t, err)
	if created.ID != "m1" || found != created {
		t.Errorf("the mapping is %v, and then %v", created, found)
	}
	body.Issuer = "https://idp" // which some servers make of the other
	must(t, second(s.Mappings.Like(ctx, body)))
	body.Issuer = "https://other"
	wantError(t, second(s.Mappings.Like(ctx, body)), client.ErrNotFound)
	must(t, s.Mappings.Delete(ctx, "m1"))
	wantError(t, second(s.Mappings.Get(ctx, "m1")), client.ErrNotFound)

	s = startObjects(t)
	for i := range 50 {
		id := fmt.Sprint("x", i)
		s.held[mappingsPath][id] = map[string]any{"id": id}
	}
	for i := range 50 {
		must(t, second(s.Mappings.Get(ctx, fmt.Sprint("x", i))))
	}
	s.wantAsked("GET " + mappingsPath)
}

func TestIdentityProvidersAreReadFromOneList(t *testing.T) {
	const list = "GET " + idpPath + "/providers"
	s, ctx := startObjects(t), t.Context()
	config := gateway.IdentityProviderConfig{Provider: gateway.IDPOIDC, OIDC: &gateway.OIDCConfig{Alias: "a", Issuer: "https://idp/"}}
	for range 2 {
		wantError(t, second(s.IdentityProviders.Get(ctx, "a")), client.ErrNotFound)
	}
	off, err := s.IdentityProviders.ManagementDisabled(ctx)
	must(t, err)
	if off {
		t.Error("the management is off")
	}
	s.wantAsked(list)
	must(t, s.IdentityProviders.Register(ctx, config))
	s.stale[idpPath] = true
	must(t, second(s.IdentityProviders.Get(ctx, "a")))
	s.wantAsked("POST "+idpPath+"/register", list, list)
	must(t, s.IdentityProviders.SetEnabled(ctx, "a", false))
	provider, err := s.IdentityProviders.Get(ctx, "a")
	must(t, err)
	if provider.Enabled {
		t.Error("the provider is enabled")
	}
	must(t, s.IdentityProviders.Delete(ctx, "a"))
	wantError(t, second(s.IdentityProviders.Get(ctx, "a")), client.ErrNotFound)
	wantError(t, s.IdentityProviders.Delete(ctx, "a"), client.ErrNotFound)

	s.off = true
	wantError(t, s.IdentityProviders.Register(ctx, config), client.ErrDisabled)
	if off, err = s.IdentityProviders.ManagementDisabled(ctx); err != nil || !off {
		t.Errorf("the management is off: %t, %v", off, err)
	}
}

func TestAttributesAreReadFromOneList(t *testing.T) {
	const list, team = "GET " + attributesPath, attributesPath + "/team"
	s, ctx := startObjects(t), t.Context()
	must(t, second(s.Attributes.Declare(ctx, "team", gateway.AttributeDeclare{Type: "string"})))
	state := func(want string) {
		t.Helper()
		attribute, err := s.Attributes.Get(ctx, "team")
		must(t, err)
		if attribute.State != want {
			t.Errorf("the attribute is %s, want %s", attribute.State, want)
		}
	}
	s.stale[attributesPath] = true
	state("declared")
	state("declared")
	s.wantAsked("PUT "+team, list, list)
	must(t, second(s.Attributes.Delete(ctx, "team", false)))
	state("deprecated")
	must(t, second(s.Attributes.Declare(ctx, "team", gateway.AttributeDeclare{Type: "string"})))
	state("declared")
	must(t, second(s.Attributes.Delete(ctx, "team", true)))
	wantError(t, second(s.Attributes.Get(ctx, "team")), client.ErrNotFound)
	wantError(t, second(s.Attributes.Delete(ctx, "team", true)), client.ErrNotFound)
}

func TestSubjectsAreRemembered(t *testing.T) {
	const ada = subjectsPath + "/ada"
	s, ctx := startObjects(t), t.Context()
	wantError(t, second(s.Subjects.Get(ctx, "ada")), client.ErrNotFound)
	must(t, second(s.Subjects.Put(ctx, "ada", gateway.SubjectPut{Attributes: map[string]any{"team": "x"}})))
	s.stale[subjectsPath] = true
	for range 2 {
		user, err := s.Subjects.Get(ctx, "ada")
		must(t, err)
		if user.ID != "id of ada" || user.Attributes["team"] != "x" {
			t.Errorf("the subject is %v", user)
		}
	}
	s.wantAsked("GET "+ada, "PUT "+ada, "GET "+ada, "GET "+ada)
	must(t, s.Subjects.Delete(ctx, "ada", true))
	wantError(t, second(s.Subjects.Get(ctx, "ada")), client.ErrNotFound)
	wantError(t, s.Subjects.Delete(ctx, "ada", true), client.ErrNotFound)
}

func TestSameAttributes(t *testing.T) {
	for _, test := range []struct {
		a, b map[string]any
		same bool
	}{
		{nil, map[string]any{}, true},
		{map[string]any{"a": "x"}, map[string]any{"a": []any{"x"}}, true},
		{map[string]any{"a": []string{"x", "y"}}, map[string]any{"a": []any{"y", "x"}}, true},
		{map[string]any{"a": []any{}}, map[string]any{"a": nil}, true},
		{map[string]any{"a": json.Number("3")}, map[string]any{"a": int64(3)}, true},
		{map[string]any{"a": true}, map[string]any{"a": []any{true}}, true},
		{map[string]any{"a": "x"}, map[string]any{"a": "y"}, false},
		{map[string]any{"a": "x"}, map[string]any{"b": "x"}, false},
		{map[string]any{"a": "x"}, map[string]any{}, false},
		{map[string]any{"a": []any{"x", "x"}}, map[string]any{"a": "x"}, false},
	} {
		if got := directory.SameAttributes(test.a, test.b); got != test.same {
			t.Errorf("%v and %v are the same: %t", test.a, test.b, got)
		}
	}
}
