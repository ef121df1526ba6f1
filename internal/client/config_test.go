package client_test

import (
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

func TestParseBaseURL(t *testing.T) {
	const (
		empty       = "the base URL is empty; it looks like https://kamiwaza.example.com/api"
		noHost      = "the base URL must begin with https:// or http:// and name a host, as in https://kamiwaza.example.com/api"
		credentials = "the base URL must not contain credentials (user:password@host), because addresses show up in logs; use the settings for the username and the password, or the API key"
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
		" https://kamiwaza.example.com/api":     noHost,
		"https://kamiwaza example.com/api":      noHost,
		"https://kamiwaza.example.com:x/api":    noHost,
		"https://[::1/api":                      noHost,
		"https://kamiwaza.example.com/%zz":      noHost,
		"https://kamiwaza.example.com/\n":       noHost,
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
			_, errOfNew := client.New(client.Config{BaseURL: text, APIKey: "k"})
			equal(t, "accepted by New", errOfNew == nil, err == nil)
			if err == nil {
				equal(t, "address", base.String(), want)
				return
			}
			equal(t, "error", err.Error(), want)
			equal(t, "error of New", errOfNew.Error(), want)
			equal(t, "repeats a secret", strings.Contains(err.Error(), "s3cret"), false)
		})
	}
}

func TestCredentialsOfAConfigurationAreChecked(t *testing.T) {
	const none, two = "no credentials: an API key, or a username and a password, is needed", "an API key and a username exclude each other"
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
		"a username and a password": {client.Config{Username: "ada", Password: "x"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			test.config.BaseURL = "https://kamiwaza.example.com/api"
			c, err := client.New(test.config)
			text := ""
			if err != nil {
				text = err.Error()
			}
			equal(t, "error", text, test.want)
			equal(t, "a client", c != nil, test.want == "")
		})
	}
}
