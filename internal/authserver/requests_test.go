package authserver_test

import (
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

func TestRequests(t *testing.T) {
	s := start(t, authserver.Config{})
	id := s.right("r")
	s.as("").send("GET", "/auth/users/me/permissions?token=secret", "").want(401)
	s.send("GET", "/auth/rights/"+id, "").want(200)
	s.send("GET", "/auth/rights/"+nobody, "").want(404)
	s.send("GET", "/auth/users", "").want(307)
	s.send("PATCH", "/auth/users/", "").want(405)
	s.send("GET", "/auth/health", "").want(404)

	want := []authserver.Request{
		{Method: "POST", Route: "/auth/rights/", Path: "/api/auth/rights/", Status: 200},
		{Method: "GET", Route: "/auth/users/me/permissions", Path: "/api/auth/users/me/permissions", Status: 401},
		{Method: "GET", Route: "/auth/rights/{right_id}", Path: "/api/auth/rights/" + id, Status: 200},
		{Method: "GET", Route: "/auth/rights/{right_id}", Path: "/api/auth/rights/" + nobody, Status: 404},
		{Method: "GET", Route: "/auth/users", Path: "/api/auth/users", Status: 307},
		{Method: "PATCH", Route: "/auth/users/", Path: "/api/auth/users/", Status: 405},
		{Method: "GET", Route: "", Path: "/api/auth/health", Status: 404},
	}
	equal(t, "requests", s.server.Requests(), want)

	dev := s.as("")
	dev.url = strings.TrimSuffix(s.url, "/api")
	equal(t, "/_dev/requests", dev.send("GET", "/_dev/requests", "").object(), fields{
		"requests": want,
		"counts": map[string]int{
			"POST /auth/rights/": 1, "GET /auth/users/me/permissions": 1, "GET /auth/rights/{right_id}": 2,
			"GET /auth/users": 1, "PATCH /auth/users/": 1, "GET ": 1,
		},
	})
	dev.send("DELETE", "/_dev/requests", "").object()
	equal(t, "after a reset", dev.send("GET", "/_dev/requests", "").object(), fields{"requests": []any{}, "counts": fields{}})
	s.send("GET", "/auth/users/", "").want(200)
	s.server.ResetRequests()
	if got := s.server.Requests(); len(got) != 0 {
		t.Errorf("after a reset: %v", got)
	}
}

func TestRequestsAreBounded(t *testing.T) {
	s := start(t, authserver.Config{})
	const more = 2*authserver.MaxRequests + 5
	for i := range more {
		s.server.AddRequest(authserver.Request{Method: "GET", Route: "/x", Status: i})
	}
	got := s.server.Requests()
	if len(got) != authserver.MaxRequests || got[len(got)-1].Status != more-1 || got[0].Status != more-authserver.MaxRequests {
		t.Errorf("%d requests, of which the last is %v", len(got), got[len(got)-1])
	}
}
