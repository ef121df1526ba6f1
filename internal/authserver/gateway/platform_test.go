package gateway_test

import (
	"slices"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

func TestPlatforms(t *testing.T) {
	for _, test := range []struct {
		platform gateway.Platform
		version  string
		lacks    []string
	}{
		{"", "1.2.0", nil},
		{gateway.Platform12, "1.2.0", nil},
		{gateway.Platform102, "1.0.2", []string{"/authz/groups/", "/auth/users/me/password-capability"}},
		{gateway.Platform012, "0.12.0", []string{"/authz/groups/", "/auth/users/me/password-capability"}},
		{gateway.Platform093, "0.9.3", []string{"/authz/groups/", "/auth/users/me/password-capability", "/auth/pat-config", "/auth/users/resolve/" + nobody}},
	} {
		t.Run(string(test.platform), func(t *testing.T) {
			s := with(t, gateway.Behavior{Platform: test.platform})
			for _, path := range []string{"/authz/groups/", "/auth/users/me/password-capability", "/auth/pat-config", "/auth/users/resolve/" + nobody} {
				if got := s.Send("GET", path, ""); slices.Contains(test.lacks, path) {
					got.Refused(404, "Not Found")
				} else if string(got.Body) == `{"detail":"Not Found"}` {
					t.Errorf("%s lacks %s", test.platform, path)
				}
			}
			var document struct {
				OpenAPI string
				Info    struct{ Version string }
				Paths   map[string]map[string]any
			}
			s.As("").Send("GET", "/openapi.json", "").Want(200).Decode(&document)
			if document.OpenAPI != "3.1.0" || document.Info.Version != test.version {
				t.Errorf("the document is of %s, %s", document.OpenAPI, document.Info.Version)
			}
			if _, has := document.Paths["/authz/groups/{group_id}"]["get"]; has != (len(test.lacks) == 0) {
				t.Errorf("the document's groups: %t", has)
			}
			if document.Paths["/auth/users/{user_id}"]["put"] == nil || document.Paths["/openapi.json"] != nil {
				t.Errorf("the document has the paths %v", document.Paths)
			}
		})
	}
}

func TestOperationsOfReleases(t *testing.T) {
	const router = `{"detail":"Not Found"}`
	for _, test := range []struct {
		method, path string
		since        gateway.Platform
	}{
		{"GET", "/auth/tuples/", gateway.Platform093},
		{"POST", "/auth/check", gateway.Platform093},
		{"GET", "/auth/idp/providers", gateway.Platform093},
		{"DELETE", "/auth/idp/x", gateway.Platform093},
		{"GET", "/workrooms/", gateway.Platform012},
		{"GET", "/admin/workrooms/", gateway.Platform012},
		{"GET", "/authz/subjects/x", gateway.Platform102},
		{"POST", "/authz/subjects/x/grants", gateway.Platform102},
		{"GET", "/cluster/attribute-schema", gateway.Platform102},
		{"GET", "/authz/group-mappings", gateway.Platform12},
		{"GET", "/authz/resources/dataset/grants?object_id=x", gateway.Platform12},
		{"GET", "/authz/access/resources?namespace=dataset", gateway.Platform12},
		{"GET", "/authz/policy", gateway.Platform12},
		{"POST", "/platform/users/invitations", gateway.Platform12},
	} {
		releases := []gateway.Platform{gateway.Platform093, gateway.Platform012, gateway.Platform102, gateway.Platform12}
		for i, platform := range releases {
			got := with(t, gateway.Behavior{Platform: platform}).Send(test.method, test.path, "")
			if has := string(got.Body) != router; has != (i >= slices.Index(releases, test.since)) {
				t.Errorf("%s answers %s %s with %d %s", platform, test.method, test.path, got.Status, got.Body)
			}
		}
	}
}

func TestOldPlatform(t *testing.T) {
	s := with(t, gateway.Behavior{Platform: gateway.Platform093})
	created := user(s, "ann", fields{"email": nil}).Object() // no e-mail is needed
	if _, has := created["linked_subject_id"]; has || text(created, "external_id") == "" {
		t.Errorf("created %v", created)
	}
	pat, _ := s.Send("POST", "/auth/pats", fields{"ttl_seconds": 5, "name": "ci"}).Object()["pat"].(map[string]any) // no limits
	if pat["ttl_seconds"] != 5.0 {
		t.Errorf("token %v", pat)
	}
	s.Send("POST", "/auth/pats?ttl_seconds=5", "").Want(200)
}

func TestSubjectIDs(t *testing.T) {
	for _, test := range []struct {
		behavior         gateway.Behavior
		linked, external bool
	}{
		{gateway.Behavior{}, true, false},
		{gateway.Behavior{SubjectIDs: gateway.SubjectIDsLinked}, true, false},
		{gateway.Behavior{SubjectIDs: gateway.SubjectIDsExternal}, false, true},
		{gateway.Behavior{SubjectIDs: gateway.SubjectIDsBoth}, true, true},
		{gateway.Behavior{SubjectIDs: gateway.SubjectIDsNone}, false, false},
		{gateway.Behavior{SubjectIDs: gateway.SubjectIDsLinked, Platform: gateway.Platform093}, false, true},
		{gateway.Behavior{SubjectIDs: gateway.SubjectIDsBoth, Platform: gateway.Platform093}, false, true},
		{gateway.Behavior{SubjectIDs: gateway.SubjectIDsNone, Platform: gateway.Platform093}, false, false},
	} {
		s := with(t, test.behavior)
		created := user(s, "ann", nil).Object()
		subject := s.Login("ann").Send("GET", "/auth/users/me", "").Object()["sub"]
		if (created["linked_subject_id"] == subject) != test.linked || (created["external_id"] == subject) != test.external {
			t.Errorf("%+v: the user %v is the subject %v", test.behavior, created, subject)
		}
	}
}
