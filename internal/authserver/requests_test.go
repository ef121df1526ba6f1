package authserver_test

import (
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

func TestRequests(t *testing.T) {
	s := start(t, authserver.Config{})
	id := s.Right("r")
	s.As("").Send("GET", "/auth/users/me/permissions?token=secret", "").Want(401)
	s.Send("GET", "/auth/rights/"+id, "").Want(200)
	s.Send("GET", "/auth/rights/"+nobody, "").Want(404)
	s.Send("GET", "/auth/users", "").Want(307)
	s.Send("PATCH", "/auth/users/", "").Want(405)
	s.Send("GET", "/auth/health", "").Want(404)

	want := []authserver.Request{
		{Method: "POST", Route: "/auth/rights/", Path: "/api/auth/rights/", Status: 200},
		{Method: "GET", Route: "/auth/users/me/permissions", Path: "/api/auth/users/me/permissions", Status: 401},
		{Method: "GET", Route: "/auth/rights/{right_id}", Path: "/api/auth/rights/" + id, Status: 200},
		{Method: "GET", Route: "/auth/rights/{right_id}", Path: "/api/auth/rights/" + nobody, Status: 404},
		{Method: "GET", Route: "/auth/users", Path: "/api/auth/users", Status: 307},
		{Method: "PATCH", Route: "/auth/users/", Path: "/api/auth/users/", Status: 405},
		{Method: "GET", Route: "", Path: "/api/auth/health", Status: 404},
	}
	equal(t, "requests", s.Server.Requests(), want)

	dev := s.As("")
	dev.URL = strings.TrimSuffix(s.URL, "/api")
	equal(t, "/_dev/requests", dev.Send("GET", "/_dev/requests", "").Object(), fields{
		"requests": want,
		"counts": map[string]int{
			"POST /auth/rights/": 1, "GET /auth/users/me/permissions": 1, "GET /auth/rights/{right_id}": 2,
			"GET /auth/users": 1, "PATCH /auth/users/": 1, "GET ": 1,
		},
	})
	dev.Send("DELETE", "/_dev/requests", "").Object()
	equal(t, "after a reset", dev.Send("GET", "/_dev/requests", "").Object(), fields{"requests": []any{}, "counts": fields{}})
	s.Send("GET", "/auth/users/", "").Want(200)
	s.Server.ResetRequests()
	if got := s.Server.Requests(); len(got) != 0 {
		t.Errorf("after a reset: %v", got)
	}
}

func TestRequestsAreBounded(t *testing.T) {
	s := start(t, authserver.Config{})
	const more = 2*authserver.MaxRequests + 5
	for i := range more {
		s.Server.AddRequest(authserver.Request{Method: "GET", Route: "/x", Status: i})
	}
	got := s.Server.Requests()
	if len(got) != authserver.MaxRequests || got[len(got)-1].Status != more-1 || got[0].Status != more-authserver.MaxRequests {
		t.Errorf("%d requests, of which the last is %v", len(got), got[len(got)-1])
	}
}
