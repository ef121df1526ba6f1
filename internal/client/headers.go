package client

import (
	"fmt"
	"net/http"
	"strings"
)

// reserved are the headers, in their canonical spelling, that cannot be configured, each with the reason.
var reserved = func() map[string]string {
	reasons := map[string]string{
		"Authorization": "it is set for each request, from the API key or from the username and the password",
		"Cookie":        "it is set for each request, from the API key or from the username and the password",
		// net/http repeats requests that have one, creates too.
		"Idempotency-Key":   "it would be the same for all requests",
		"X-Idempotency-Key": "it would be the same for all requests",
	}
	for _, name := range []string{"Accept", "Accept-Encoding", "Content-Encoding", "Content-Length", "Content-Type", "Host", "User-Agent"} {
		reasons[name] = "it is set for each request"
	}
	for _, name := range []string{
		"Connection", "Expect", "Keep-Alive", "Proxy-Authorization", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
	} {
		reasons[name] = "it is about a single connection"
	}
	return reasons
}()

// CheckHeaders returns what is wrong with headers that are to be added to requests, by their names. An error does not
// repeat the value, which may be secret.
func CheckHeaders(headers map[string]string) map[string]error {
	spellings := map[string]int{}
	for name := range headers {
		spellings[http.CanonicalHeaderKey(name)]++
	}
	errs := map[string]error{}
	for name, value := range headers {
		err := checkHeader(name, value)
		if err == nil && spellings[http.CanonicalHeaderKey(name)] > 1 {
			err = fmt.Errorf("the header %q is configured twice, in two spellings", name)
		}
		if err != nil {
			errs[name] = err
		}
	}
	return errs
}

func checkHeader(name, value string) error {
	switch {
	case name == "" || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`()<>@,;:\"/[]?={}`, r) }):
		return fmt.Errorf("%q is not the name of a header", name)
	case reserved[http.CanonicalHeaderKey(name)] != "":
		return fmt.Errorf("the header %q cannot be configured: %s", name, reserved[http.CanonicalHeaderKey(name)])
	case strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }):
		return fmt.Errorf("the value of the header %q has a line break or another control character, which no header can carry", name)
	}
	return nil
}
