package authservertest

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
)

// Caller talks to a server with one token, and fails the test where it cannot.
type Caller struct {
	testing.TB
	URL    string
	Token  string
	Client *http.Client
}

// NewCaller returns a caller with the API key of a server at a base URL.
func NewCaller(t testing.TB, url string) Caller {
	t.Helper()
	// One connection a request, for Go's client repeats a GET that a used one lost; and
	// no redirects, which are to be seen.
	transport := &http.Transport{DisableKeepAlives: true}
	t.Cleanup(transport.CloseIdleConnections)
	return Caller{
		TB: t, URL: url, Token: APIKey,
		Client: &http.Client{
			Transport:     transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// With returns a caller with another token; "" is none.
func (c Caller) With(token string) Caller {
	c.Token = token
	return c
}

// Reply is a response that has been read.
type Reply struct {
	testing.TB
	call   string
	Status int
	Header http.Header
	Body   []byte
}

// Send makes one request. A body that is no string is encoded as JSON; nil and "" are none.
func (c Caller) Send(method, path string, body any) Reply {
	c.Helper()
	r, err := c.Try(method, path, body)
	if err != nil {
		c.Fatalf("%s %s: %v", method, path, err)
	}
	return r
}

// Try is Send for a request whose answer may be lost.
func (c Caller) Try(method, path string, body any) (Reply, error) {
	c.Helper()
	text, ok := body.(string)
	if !ok && body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			c.Fatal(err)
		}
		text = string(data)
	}
	r, err := http.NewRequest(method, c.URL+path, strings.NewReader(text))
	if err != nil {
		c.Fatal(err)
	}
	if text != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.Token != "" {
		r.Header.Set("Authorization", "Bearer "+c.Token)
	}
	return c.Do(r)
}

// Do sends a request as it is, and reads the answer.
func (c Caller) Do(r *http.Request) (Reply, error) {
	c.Helper()
	response, err := c.Client.Do(r)
	if err != nil {
		return Reply{}, err
	}
	defer response.Body.Close()
	got, err := io.ReadAll(response.Body)
	return Reply{c.TB, r.Method + " " + r.URL.Path, response.StatusCode, response.Header, got}, err
}

// Form posts a form without a token.
func (c Caller) Form(path string, fields url.Values) Reply {
	c.Helper()
	r, err := http.NewRequest(http.MethodPost, c.URL+path, strings.NewReader(fields.Encode()))
	if err != nil {
		c.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	got, err := c.Do(r)
	if err != nil {
		c.Fatal(err)
	}
	return got
}

// WithCookie makes a GET whose token travels as a cookie only.
func (c Caller) WithCookie(path string) Reply {
	c.Helper()
	r, err := http.NewRequest(http.MethodGet, c.URL+path, nil)
	if err != nil {
		c.Fatal(err)
	}
	if c.Token != "" {
		r.AddCookie(&http.Cookie{Name: "access_token", Value: c.Token})
	}
	got, err := c.Do(r)
	if err != nil {
		c.Fatal(err)
	}
	return got
}

// Want checks the status.
func (r Reply) Want(status int) Reply {
	r.Helper()
	if r.Status != status {
		r.Fatalf("%s: status %d, want %d; body %s", r.call, r.Status, status, r.Body)
	}
	return r
}

// Refused checks the status and FastAPI's detail.
func (r Reply) Refused(status int, detail string) Reply {
	r.Helper()
	r.Want(status)
	if want, _ := json.Marshal(map[string]string{"detail": detail}); string(r.Body) != string(want) {
		r.Fatalf("%s: body %s, want %s", r.call, r.Body, want)
	}
	return r
}

// Invalid checks that the answer is a 422 with exactly these problems, as "loc: type".
func (r Reply) Invalid(problems ...string) Reply {
	r.Helper()
	r.Want(422)
	var body struct {
		Detail []struct {
			Loc       []any
			Msg, Type string
		}
	}
	r.Decode(&body)
	var got []string
	for _, p := range body.Detail {
		if p.Msg == "" {
			r.Errorf("%s: problem without a message: %s", r.call, r.Body)
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

// Decode reads the body as JSON.
func (r Reply) Decode(into any) {
	r.Helper()
	if err := json.Unmarshal(r.Body, into); err != nil {
		r.Fatalf("%s: %v in %s", r.call, err, r.Body)
	}
}

// Object decodes a JSON object of a success: 200, or 201 of a create.
func (r Reply) Object() map[string]any {
	r.Helper()
	var object map[string]any
	if r.Status != http.StatusCreated {
		r.Want(http.StatusOK)
	}
	r.Decode(&object)
	return object
}

// ID is the id of a created object.
func (r Reply) ID() string {
	r.Helper()
	id, _ := r.Object()["id"].(string)
	if id == "" {
		r.Fatalf("%s: no id in %s", r.call, r.Body)
	}
	return id
}

// Fields is a JSON object.
type Fields = map[string]any

// Equal compares two values as the JSON that they make, whatever the order of keys.
func Equal(t testing.TB, what string, got, want any) {
	t.Helper()
	var normal [2]string
	for i, value := range []any{got, want} {
		var decoded any
		if err := json.Unmarshal([]byte(JSON(t, value)), &decoded); err != nil {
			t.Fatal(err)
		}
		normal[i] = JSON(t, decoded)
	}
	if normal[0] != normal[1] {
		t.Errorf("%s:\n got %s\nwant %s", what, normal[0], normal[1])
	}
}

// JSON encodes a value.
func JSON(t testing.TB, value any) string {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// Grant is the form that the vendor's SDK sends.
func Grant(username, password string) url.Values {
	return url.Values{
		"grant_type": {"password"}, "username": {username}, "password": {password},
		"scope": {""}, "client_id": {"string"}, "client_secret": {"string"},
	}
}

// Clock is a clock that tests move.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock returns a clock that shows 2024-10-03T10:00:00.123456789Z.
func NewClock() *Clock {
	return &Clock{now: time.Date(2024, 10, 3, 12, 0, 0, 123456789, time.FixedZone("", 7200))}
}

// Now returns what the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Add moves the clock.
func (c *Clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Nobody is an id that no object has.
const Nobody = "00000000-0000-4000-8000-000000000000"
