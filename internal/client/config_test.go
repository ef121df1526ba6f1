package client_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/clienttest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

func TestParseBaseURL(t *testing.T) {
	const (
		empty       = "the base URL is empty; it looks like https://kamiwaza.example.com/api"
		noHost      = "the base URL must begin with https:// or http:// and name a host, as in https://kamiwaza.example.com/api"
		credentials = "the base URL must not contain credentials (user:password@host), because addresses show up in logs; use the settings for the username and the password, or the API key"
		newline     = "the base URL ends with a newline"
		space       = "the base URL begins or ends with a space"
		noQuery     = "the base URL must not have a query (?) or a fragment (#); it looks like https://kamiwaza.example.com/api"
	)
	for text, want := range map[string]string{
		"https://kamiwaza.example.com/api":      "https://kamiwaza.example.com/api",
		"https://kamiwaza.example.com/api/":     "https://kamiwaza.example.com/api",
		"https://kamiwaza.example.com/api//":    "https://kamiwaza.example.com/api",
		"https://kamiwaza.example.com":          "https://kamiwaza.example.com",
		"https://kamiwaza.example.com/":         "https://kamiwaza.example.com",
		"http://localhost:7777/api":             "http://localhost:7777/api",
		"HTTPS://kamiwaza.example.com/API":      "https://kamiwaza.example.com/API",
		"https://[::1]:8443/api":                "https://[::1]:8443/api",
		"https://kamiwaza.example.com/a%2Fb/":   "https://kamiwaza.example.com/a%2Fb",
		"https://kamiwaza.example.com/a/b/c/":   "https://kamiwaza.example.com/a/b/c",
		"":                                      empty,
		"kamiwaza.example.com/api":              noHost,
		"/api":                                  noHost,
		"localhost:7777/api":                    noHost,
		"ftp://kamiwaza.example.com/api":        noHost,
		"https:///api":                          noHost,
		"https://":                              noHost,
		"https://:8443/api":                     noHost,
		"https:kamiwaza.example.com":            noHost,
		" https://kamiwaza.example.com/api":     space,
		"https://kamiwaza.example.com/api ":     space,
		"https://kamiwaza.example.com/api\t":    space,
		"https://kamiwaza.example.com/api\n":    newline,
		"https://kamiwaza.example.com/api\r\n":  newline,
		"\nhttps://kamiwaza.example.com/api":    space,
		"\n":                                    newline,
		"https://kamiwaza.example.com/a b":      "https://kamiwaza.example.com/a%20b",
		"https://kamiwaza example.com/api":      noHost,
		"https://kamiwaza.example.com:x/api":    noHost,
		"https://[::1/api":                      noHost,
		"https://kamiwaza.example.com/%zz":      noHost,
		"https://kamiwaza.example.com/\n":       newline,
		"https://kamiwaza.example.com/a\nb":     noHost,
		"https://ada:s3cret@example.com/api":    credentials,
		"https://ada@example.com/api":           credentials,
		"https://@example.com/api":              credentials,
		"https://ada:s3cret@example.com/?a=b":   credentials,
		"ada:s3cret@example.com":                noHost,
		"https://ada:s3cret@exa mple.com/api":   noHost,
		"https://kamiwaza.example.com/api?":     noQuery,
		"https://kamiwaza.example.com/api?a=b":  noQuery,
		"https://kamiwaza.example.com/api#part": noQuery,
		"https://kamiwaza.example.com/?s3cret":  noQuery,
	} {
		t.Run(text, func(t *testing.T) {
			base, err := client.ParseBaseURL(text)
			_, errOfNew := rbac.Connect(client.Config{BaseURL: text, APIKey: "k"})
			clienttest.Equal(t, "accepted by New", errOfNew == nil, err == nil)
			if err == nil {
				clienttest.Equal(t, "address", base.String(), want)
				return
			}
			clienttest.Equal(t, "error", err.Error(), want)
			clienttest.Equal(t, "error of New", errOfNew.Error(), want)
			clienttest.Equal(t, "repeats a secret", strings.Contains(err.Error(), "s3cret"), false)
		})
	}
}

func TestCredentialsOfAConfigurationAreChecked(t *testing.T) {
	const none, two = "no credentials: an API key, or a username and a password, is needed", "an API key and a username exclude each other"
	const noHeader = "the API key contains a space or another character that no bearer token has"
	for name, test := range map[string]struct {
		config client.Config
		want   string
	}{
		"nothing":                   {client.Config{}, none},
		"a username":                {client.Config{Username: "ada"}, none},
		"a password":                {client.Config{Password: "x"}, none},
		"an API key and a user":     {client.Config{APIKey: "k", Username: "ada"}, two},
		"both":                      {client.Config{APIKey: "k", Username: "ada", Password: "x"}, two},
		"an API key":                {client.Config{APIKey: "k"}, ""},
		"a JWT":                     {client.Config{APIKey: "eyJ0eXAi.eyJzdWIi-_.a~b+c/d=="}, ""},
		"an API key and a newline":  {client.Config{APIKey: "k\n"}, noHeader},
		"an API key with a space":   {client.Config{APIKey: "k k"}, noHeader},
		"an API key with a NUL":     {client.Config{APIKey: "k\x00"}, noHeader},
		"an API key with an umlaut": {client.Config{APIKey: "ü"}, noHeader},
		"a username and a password": {client.Config{Username: "ada", Password: "x"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			test.config.BaseURL = "https://kamiwaza.example.com/api"
			c, err := rbac.Connect(test.config)
			text := ""
			if err != nil {
				text = err.Error()
			}
			clienttest.Equal(t, "error", text, test.want)
			clienttest.Equal(t, "a client", c != nil, test.want == "")
		})
	}
}

func TestHeadersAreChecked(t *testing.T) {
	const (
		own      = "the header %q cannot be configured: it is set for each request"
		login    = "the header %q cannot be configured: it is set for each request, from the API key or from the username and the password"
		hop      = "the header %q cannot be configured: it is about a single connection"
		same     = "the header %q cannot be configured: it would be the same for all requests"
		noName   = "%q is not the name of a header"
		control  = "the value of the header %q has a line break or another control character, which no header can carry"
		repeated = "the header %q is configured twice, in two spellings"
	)
	for text, headers := range map[string]map[string]string{
		"": {
			"X-Tenant": "blue", "x-forwarded-for": "a, b", "X-Empty": "", "X-Tab": "a\tb", "X-Umlaut": "ü", "CF-Access-Client-Secret": "s",
			"Accept-Language": "en", "Proxy-Authorization-Info": "x", "X_1.2!": "x",
		},
		own: {
			"Accept": "x", "accept-encoding": "gzip", "Content-Type": "x", "USER-AGENT": "x", "Host": "x", "Content-Length": "1", "Content-Encoding": "gzip",
		},
		hop: {
			"Transfer-Encoding": "chunked", "Connection": "close", "Keep-Alive": "1", "Proxy-Connection": "x", "Proxy-Authorization": "x", "TE": "trailers",
			"Trailer": "x", "Upgrade": "h2c", "expect": "100-continue",
		},
		same:    {"Idempotency-Key": "x", "x-idempotency-key": "x"},
		login:   {"Authorization": "Basic s3cret", "cookie": "a=s3cret"},
		noName:  {"": "x", "X Tenant": "x", "X:": "x", "Xä": "x", "X\n": "x", ":authority": "x"},
		control: {"X-A": "s3cret\n", "X-B": "\r\ns3cret", "X-C": "\x00", "X-D": "\x7f"},
	} {
		for name, value := range headers {
			want := text
			if want != "" {
				want = fmt.Sprintf(text, name)
			}
			config := client.Config{BaseURL: "https://kamiwaza.example.com/api", APIKey: "k", Headers: map[string]string{name: value}}
			got := ""
			if err := client.CheckHeaders(config.Headers)[name]; err != nil {
				got = err.Error()
			}
			clienttest.Equal(t, name, got, want)
			_, err := rbac.Connect(config)
			clienttest.Equal(t, name+" is accepted by New", err == nil, want == "")
		}
	}
	errs := client.CheckHeaders(map[string]string{"X-Tenant": "a", "x-tenant": "a", "Other": "a"})
	clienttest.Equal(t, "errors", len(errs), 2)
	for _, name := range []string{"X-Tenant", "x-tenant"} {
		clienttest.Equal(t, name, errs[name].Error(), fmt.Sprintf(repeated, name))
	}
}
