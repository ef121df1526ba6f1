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
			s.Send("GET", path, "").Refused(404, "Not Found")
			s.As("").Send("POST", path, "").Refused(404, "Not Found")
		})
	}
}

func TestMethodNotAllowed(t *testing.T) {
	s := start(t, authserver.Config{}).As("")
	for _, test := range []struct{ method, path, allow string }{
		{"PATCH", "/auth/users/" + nobody, "DELETE, GET, PUT"},
		{"POST", "/auth/users/", "GET"},
		{"GET", "/auth/token", "POST"},
		{"GET", "/auth/users/local", "POST"},
		{"PUT", "/auth/users/me", "GET"},
		{"OPTIONS", "/auth/rights/", "POST"},
		{"BREW", "/auth/rights/" + nobody, "DELETE, GET, PUT"},
	} {
		got := s.Send(test.method, test.path, "").Refused(405, "Method Not Allowed")
		if allow := got.Header.Get("Allow"); allow != test.allow {
			t.Errorf("%s %s allows %q, want %q", test.method, test.path, allow, test.allow)
		}
	}
	s.Send("HEAD", "/auth/users/", "").Want(405) // FastAPI does not answer HEAD for a GET
}

func TestOutsideOfTheAPI(t *testing.T) {
	s := start(t, authserver.Config{})
	s.URL = strings.TrimSuffix(s.URL, "/api")
	for _, path := range []string{"/", "/auth/users/", "/auth/token", "/apix"} {
		got := s.Send("GET", path, "").Want(404)
		if !strings.HasPrefix(got.Header.Get("Content-Type"), "text/html") || !strings.Contains(string(got.Body), "<html>") {
			t.Errorf("%s answers %s", path, got.Body)
		}
	}
}

func TestBodies(t *testing.T) {
	s := start(t, authserver.Config{})
	post := func(contentType, body string) reply {
		r, _ := http.NewRequest(http.MethodPost, s.URL+"/auth/rights/", strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+s.Token)
		if contentType != "" {
			r.Header.Set("Content-Type", contentType)
		}
		got, err := s.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	const isJSON = "application/json"
	post(isJSON, "").Invalid("body: missing")
	post(isJSON, " null ").Invalid("body: missing")
	post(isJSON, "[]").Invalid("body: model_attributes_type")
	post(isJSON, `"text"`).Invalid("body: model_attributes_type")
	post(isJSON, `{"name": x}`).Invalid("body.9: json_invalid")
	post(isJSON, `{"name": "a"} {}`).Invalid("body.14: json_invalid")
	post(isJSON, `{"name": "a"`).Want(422)
	post(isJSON, "{\"name\": \"\xff\"}").Refused(400, "There was an error parsing the body")
	post(isJSON, `{"NAME": "a"}`).Invalid("body.name: missing") // names are exact
	post(isJSON, `{"name": "a", "description": "`+strings.Repeat("x", 4<<20)+`"}`).Want(413)
	post("text/plain", `{"name": "a"}`).Invalid("body: model_attributes_type")
	post("application/x-www-form-urlencoded", "name=a").Invalid("body: model_attributes_type")
	post("application/json; charset=utf-8", `{"name": "a"}`).Want(200)
	post("application/merge-patch+json", `{"name": "b"}`).Want(200)
	post("", ` {"name": "c"} `).Want(200)
	post(isJSON, `{"name": "<d> & \u00e9 \ud83d\ude00", "name2": 1}`).Want(200)

	names := []string{}
	for _, right := range s.Server.Snapshot().Rights {
		names = append(names, right.Name)
	}
	equal(t, "names", names, []string{"a", "b", "c", "<d> & é 😀"})
}

func TestAnswersAreJSON(t *testing.T) {
	s := start(t, authserver.Config{})
	got := s.Send("POST", "/auth/rights/", fields{"name": "<a> & b"}).Want(200)
	if got.Header.Get("Content-Type") != "application/json" || !strings.Contains(string(got.Body), `"name":"<a> & b"`) {
		t.Errorf("answer %v %s", got.Header, got.Body)
	}
	if got := s.Send("GET", "/auth/rights/"+nobody, ""); got.Header.Get("Content-Type") != "application/json" {
		t.Errorf("refusal %v", got.Header)
	}
}
