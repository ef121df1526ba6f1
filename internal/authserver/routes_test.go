package authserver_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

func TestUnknownPaths(t *testing.T) {
	s := start(t, authserver.Config{})
	for _, path := range []string{
		"", "/", "/auth", "/auth/", "/auth/health", "/auth/users/" + nobody + "/groups", "/auth/users/" + nobody + "/groups/",
		"/auth/organizations/" + nobody + "/users", "/authz/groups/", "//auth/users/", "/auth//users/", "/auth/../auth/users/",
		"/auth/users/./", "/openapi.json",
	} {
		t.Run(path, func(t *testing.T) {
			s := s
			s.TB = t
			s.send("GET", path, "").refused(404, "Not Found")
			s.as("").send("POST", path, "").refused(404, "Not Found")
		})
	}
	// No list call but the users'.
	for _, kind := range kinds {
		s.send("GET", kind.path, "").refused(405, "Method Not Allowed")
	}
}

func TestMethodNotAllowed(t *testing.T) {
	s := start(t, authserver.Config{}).as("")
	for _, test := range []struct{ method, path, allow string }{
		{"PATCH", "/auth/users/" + nobody, "DELETE, GET, PUT"},
		{"POST", "/auth/users/", "GET"},
		{"GET", "/auth/token", "POST"},
		{"GET", "/auth/users/local", "POST"},
		{"PUT", "/auth/users/me", "GET"},
		{"OPTIONS", "/auth/rights/", "POST"},
		{"BREW", "/auth/rights/" + nobody, "DELETE, GET, PUT"},
	} {
		got := s.send(test.method, test.path, "").refused(405, "Method Not Allowed")
		if allow := got.header.Get("Allow"); allow != test.allow {
			t.Errorf("%s %s allows %q, want %q", test.method, test.path, allow, test.allow)
		}
	}
	s.send("HEAD", "/auth/users/", "").want(405) // FastAPI does not answer HEAD for a GET
}

func TestOutsideOfTheAPI(t *testing.T) {
	s := start(t, authserver.Config{})
	s.url = strings.TrimSuffix(s.url, "/api")
	for _, path := range []string{"/", "/auth/users/", "/auth/token", "/apix"} {
		got := s.send("GET", path, "").want(404)
		if !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") || !strings.Contains(string(got.body), "<html>") {
			t.Errorf("%s answers %s", path, got.body)
		}
	}
}

func TestBodies(t *testing.T) {
	s := start(t, authserver.Config{})
	post := func(contentType, body string) reply {
		r, _ := http.NewRequest(http.MethodPost, s.url+"/auth/rights/", strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+s.token)
		if contentType != "" {
			r.Header.Set("Content-Type", contentType)
		}
		got, err := s.do(r)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	const isJSON = "application/json"
	post(isJSON, "").invalid("body: missing")
	post(isJSON, " null ").invalid("body: missing")
	post(isJSON, "[]").invalid("body: model_attributes_type")
	post(isJSON, `"text"`).invalid("body: model_attributes_type")
	post(isJSON, `{"name": x}`).invalid("body.9: json_invalid")
	post(isJSON, `{"name": "a"} {}`).invalid("body.14: json_invalid")
	post(isJSON, `{"name": "a"`).want(422)
	post(isJSON, "{\"name\": \"\xff\"}").refused(400, "There was an error parsing the body")
	post(isJSON, `{"NAME": "a"}`).invalid("body.name: missing") // names are exact
	post(isJSON, `{"name": "a", "description": "`+strings.Repeat("x", 4<<20)+`"}`).want(413)
	post("text/plain", `{"name": "a"}`).invalid("body: model_attributes_type")
	post("application/x-www-form-urlencoded", "name=a").invalid("body: model_attributes_type")
	post("application/json; charset=utf-8", `{"name": "a"}`).want(200)
	post("application/merge-patch+json", `{"name": "b"}`).want(200)
	post("", ` {"name": "c"} `).want(200)
	post(isJSON, `{"name": "<d> & \u00e9 \ud83d\ude00", "name2": 1}`).want(200)

	names := []string{}
	for _, right := range s.server.Snapshot().Rights {
		names = append(names, right.Name)
	}
	equal(t, "names", names, []string{"a", "b", "c", "<d> & é 😀"})
}

func TestAnswersAreJSON(t *testing.T) {
	s := start(t, authserver.Config{})
	got := s.send("POST", "/auth/rights/", fields{"name": "<a> & b"}).want(200)
	if got.header.Get("Content-Type") != "application/json" || !strings.Contains(string(got.body), `"name":"<a> & b"`) {
		t.Errorf("answer %v %s", got.header, got.body)
	}
	if got := s.send("GET", "/auth/rights/"+nobody, ""); got.header.Get("Content-Type") != "application/json" {
		t.Errorf("refusal %v", got.header)
	}
}
