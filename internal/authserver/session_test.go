package authserver_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
)

// session talks to a server as one user, and fails the test where it cannot.
type session struct {
	testing.TB
	server *authserver.Server
	url    string
	token  string
	client *http.Client
}

// start runs a server and returns its admin's session.
func start(t testing.TB, cfg authserver.Config) session {
	t.Helper()
	instance := authservertest.Start(t, cfg)
	// One connection a request, for Go's client repeats a GET that a used one lost; and
	// no redirects, which are to be seen.
	transport := &http.Transport{DisableKeepAlives: true}
	t.Cleanup(transport.CloseIdleConnections)
	return session{
		TB: t, server: instance.Server, url: instance.URL, token: authservertest.APIKey,
		client: &http.Client{
			Transport:     transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// as returns a session of another token; "" is none.
func (s session) as(token string) session {
	s.token = token
	return s
}

// reply is a response that has been read.
type reply struct {
	testing.TB
	call   string
	status int
	header http.Header
	body   []byte
}

// send makes one request. A body that is no string is encoded as JSON; "" is none.
func (s session) send(method, path string, body any) reply {
	s.Helper()
	r, err := s.try(method, path, body)
	if err != nil {
		s.Fatalf("%s %s: %v", method, path, err)
	}
	return r
}

func (s session) try(method, path string, body any) (reply, error) {
	s.Helper()
	text, ok := body.(string)
	if !ok {
		data, err := json.Marshal(body)
		if err != nil {
			s.Fatal(err)
		}
		text = string(data)
	}
	r, err := http.NewRequest(method, s.url+path, strings.NewReader(text))
	if err != nil {
		s.Fatal(err)
	}
	if text != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if s.token != "" {
		r.Header.Set("Authorization", "Bearer "+s.token)
	}
	return s.do(r)
}

func (s session) do(r *http.Request) (reply, error) {
	s.Helper()
	response, err := s.client.Do(r)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	got, err := io.ReadAll(response.Body)
	return reply{s.TB, r.Method + " " + r.URL.Path, response.StatusCode, response.Header, got}, err
}

// form posts a form without a token.
func (s session) form(path string, fields url.Values) reply {
	s.Helper()
	r, err := http.NewRequest(http.MethodPost, s.url+path, strings.NewReader(fields.Encode()))
	if err != nil {
		s.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	got, err := s.do(r)
	if err != nil {
		s.Fatal(err)
	}
	return got
}

// withCookie makes a GET whose token travels as a cookie only.
func (s session) withCookie(path string) reply {
	s.Helper()
	r, err := http.NewRequest(http.MethodGet, s.url+path, nil)
	if err != nil {
		s.Fatal(err)
	}
	if s.token != "" {
		r.AddCookie(&http.Cookie{Name: "access_token", Value: s.token})
	}
	got, err := s.do(r)
	if err != nil {
		s.Fatal(err)
	}
	return got
}

// want checks the status.
func (r reply) want(status int) reply {
	r.Helper()
	if r.status != status {
		r.Fatalf("%s: status %d, want %d; body %s", r.call, r.status, status, r.body)
	}
	return r
}

// refused checks the status and FastAPI's detail.
func (r reply) refused(status int, detail string) reply {
	r.Helper()
	r.want(status)
	if want, _ := json.Marshal(map[string]string{"detail": detail}); string(r.body) != string(want) {
		r.Fatalf("%s: body %s, want %s", r.call, r.body, want)
	}
	return r
}

// invalid checks that the answer is a 422 with exactly these problems, as "loc: type".
func (r reply) invalid(problems ...string) reply {
	r.Helper()
	r.want(422)
	var body struct {
		Detail []struct {
			Loc       []any
			Msg, Type string
		}
	}
	r.decode(&body)
	var got []string
	for _, p := range body.Detail {
		if p.Msg == "" {
			r.Errorf("%s: problem without a message: %s", r.call, r.body)
		}
		var loc []string
		for _, part := range p.Loc {
			loc = append(loc, fmt.Sprint(part))
		}
		got = append(got, strings.Join(loc, ".")+": "+p.Type)
	}
	if !slices.Equal(got, problems) {
		r.Fatalf("%s: problems %q, want %q", r.call, got, problems)
	}
	return r
}

func (r reply) decode(into any) {
	r.Helper()
	if err := json.Unmarshal(r.body, into); err != nil {
		r.Fatalf("%s: %v in %s", r.call, err, r.body)
	}
}

// object decodes a JSON object of a success.
func (r reply) object() map[string]any {
	r.Helper()
	var object map[string]any
	r.want(200).decode(&object)
	return object
}

// id is the id of a created object.
func (r reply) id() string {
	r.Helper()
	id, _ := r.object()["id"].(string)
	if id == "" {
		r.Fatalf("%s: no id in %s", r.call, r.body)
	}
	return id
}

type fields = map[string]any

func (s session) right(name string) string {
	s.Helper()
	return s.send("POST", "/auth/rights/", fields{"name": name}).id()
}

func (s session) role(name string, rights ...string) string {
	s.Helper()
	return s.send("POST", "/auth/roles/", fields{"name": name, "rights": append([]string{}, rights...)}).id()
}

func (s session) group(name string, roles ...string) string {
	s.Helper()
	return s.send("POST", "/auth/groups/", fields{"name": name, "roles": append([]string{}, roles...)}).id()
}

func (s session) organization(name string) string {
	s.Helper()
	return s.send("POST", "/auth/organizations/", fields{"name": name}).id()
}

// equal compares two values as the JSON that they make, whatever the order of keys.
func equal(t testing.TB, what string, got, want any) {
	t.Helper()
	var normal [2]string
	for i, value := range []any{got, want} {
		var decoded any
		if err := json.Unmarshal([]byte(jsonText(t, value)), &decoded); err != nil {
			t.Fatal(err)
		}
		normal[i] = jsonText(t, decoded)
	}
	if normal[0] != normal[1] {
		t.Errorf("%s:\n got %s\nwant %s", what, normal[0], normal[1])
	}
}

func jsonText(t testing.TB, value any) string {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

const password = "a password of a test"

func (s session) user(name string, groups ...string) string {
	s.Helper()
	return s.send("POST", "/auth/users/local", fields{
		"username": name, "email": name + "@example.com", "password": password, "groups": append([]string{}, groups...),
	}).id()
}

// login returns the session of a user that user created.
func (s session) login(username string) session {
	s.Helper()
	got := s.form("/auth/token", grant(username, password))
	token, _ := got.object()["access_token"].(string)
	return s.as(token)
}

// grant is the form that the vendor's SDK sends.
func grant(username, password string) url.Values {
	return url.Values{
		"grant_type": {"password"}, "username": {username}, "password": {password},
		"scope": {""}, "client_id": {"string"}, "client_secret": {"string"},
	}
}

// clock is a clock that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock {
	return &clock{now: time.Date(2024, 10, 3, 12, 0, 0, 123456789, time.FixedZone("", 7200))}
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

const nobody = "00000000-0000-4000-8000-000000000000" // an id that no object has
