package authserver

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// ParseFault reads a fault as the command line writes it: a method, a route ("*" for any)
// and settings, which are named as in JSON but with hyphens. Values with spaces are quoted
// as in Go.
//
//	POST /auth/roles/ status=503 retry-after=1 times=2
//	GET * latency=200ms
//	POST /auth/users/local drop=after times=1
//	* * status=502 content-type=text/html body="<h1>Bad Gateway</h1>" after=10
func ParseFault(text string) (Fault, error) {
	words := strings.Fields(text)
	if len(words) < 3 {
		return Fault{}, fmt.Errorf("fault %q: want a method, a route and settings, such as: POST /auth/roles/ status=503", text)
	}
	var f Fault
	if words[0] != "*" {
		f.Method = strings.ToUpper(words[0])
	}
	if words[1] != "*" {
		f.Route = words[1]
	}
	rest := strings.TrimSpace(text)
	for range 2 { // past the method and the route
		rest = strings.TrimSpace(rest[strings.IndexFunc(rest, unicode.IsSpace):])
	}
	for rest != "" {
		key, after, _ := strings.Cut(rest, "=")
		value, remaining, err := cutValue(after)
		if err == nil {
			err = f.set(key, value)
		}
		if err != nil {
			return Fault{}, fmt.Errorf("fault %q: %s: %w", text, strings.TrimSpace(key), err)
		}
		rest = strings.TrimSpace(remaining)
	}
	return f, nil
}

// cutValue cuts a value, quoted or up to the next space, off the front of text.
func cutValue(text string) (value, rest string, err error) {
	if strings.HasPrefix(text, `"`) {
		quoted, err := strconv.QuotedPrefix(text)
		if err != nil {
			return "", "", errors.New("the quotes do not close")
		}
		value, err = strconv.Unquote(quoted)
		return value, text[len(quoted):], err
	}
	if end := strings.IndexFunc(text, unicode.IsSpace); end >= 0 {
		return text[:end], text[end:], nil
	}
	return text, "", nil
}

func (f *Fault) set(key, value string) (err error) {
	switch key {
	case "after":
		f.After, err = strconv.Atoi(value)
	case "times":
		f.Times, err = strconv.Atoi(value)
	case "latency":
		f.Latency, err = time.ParseDuration(value)
	case "status":
		f.Status, err = strconv.Atoi(value)
	case "body":
		f.Body = value
	case "content-type":
		f.ContentType = value
	case "retry-after":
		f.RetryAfter = value
	case "drop":
		f.Drop = Drop(value)
	case "truncate":
		f.Truncate, err = strconv.ParseBool(value)
	default:
		err = errors.New("there is no such setting")
	}
	return err
}

// faultJSON is a Fault in the requests and answers of /_dev/faults.
type faultJSON struct {
	Method      string `json:"method,omitempty"`
	Route       string `json:"route,omitempty"`
	After       int    `json:"after,omitempty"`
	Times       int    `json:"times,omitempty"`
	Latency     string `json:"latency,omitempty"`
	Status      int    `json:"status,omitempty"`
	Body        string `json:"body,omitempty"`
	ContentType string `json:"content_type,omitempty"`
	RetryAfter  string `json:"retry_after,omitempty"`
	Drop        Drop   `json:"drop,omitempty"`
	Truncate    bool   `json:"truncate,omitempty"`
}

// MarshalJSON writes a fault with the names of its fields in small letters, as in
// "retry_after", and its latency as in "200ms".
func (f Fault) MarshalJSON() ([]byte, error) {
	j := faultJSON{f.Method, f.Route, f.After, f.Times, "", f.Status, f.Body, f.ContentType, f.RetryAfter, f.Drop, f.Truncate}
	if f.Latency != 0 {
		j.Latency = f.Latency.String()
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads what MarshalJSON writes. It refuses unknown fields.
func (f *Fault) UnmarshalJSON(data []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	var j faultJSON
	if err := decoder.Decode(&j); err != nil {
		return err
	}
	*f = Fault{j.Method, j.Route, j.After, j.Times, 0, j.Status, j.Body, j.ContentType, j.RetryAfter, j.Drop, j.Truncate}
	if j.Latency == "" {
		return nil
	}
	var err error
	f.Latency, err = time.ParseDuration(j.Latency)
	return err
}
