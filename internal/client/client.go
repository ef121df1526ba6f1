// Package client is the wire to the Kamiwaza AuthService, whatever generation of its API answers: the configuration, one
// login for all calls, requests, retries and errors. It knows no noun and nothing of Terraform; package rbac has the calls
// of the RBAC API.
//
// Every call goes the same way: Do (request.go) encodes, send (retry.go) repeats what is safe to repeat,
// authorized (auth.go) adds the login, roundTrip (transport.go) speaks HTTP once, and every failure comes back
// as an *Error (errors.go).
package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// Defaults of the settings for which a zero value would be a poor choice. New does not apply them.
const (
	DefaultRequestTimeout        = 30 * time.Second
	DefaultMaxRetries            = 4
	DefaultMaxConcurrentRequests = 10
)

// Config says where the AuthService is, who calls, and how patient the client is.
type Config struct {
	// BaseURL is the address of the platform's API, usually ending in /api. Credentials inside it are refused.
	BaseURL string

	// APIKey is a bearer token that is sent as it is. With it, the fields of a login stay empty.
	APIKey string

	// Username and Password are exchanged for a token by LoginMethod; ClientID, ClientSecret and Scope go with
	// the password grant and default to what the vendor's SDK sends.
	Username, Password            string
	LoginMethod                   LoginMethod
	ClientID, ClientSecret, Scope string

	// RootCAs verifies the server's certificate; nil means the system's certificate authorities.
	RootCAs            *x509.CertPool
	InsecureSkipVerify bool

	// RequestTimeout bounds one attempt of one request, the reading of its answer included; 0 means no bound.
	RequestTimeout time.Duration
	// MaxRetries is how often a failed request is sent again; 0 means never.
	MaxRetries int
	// MaxConcurrentRequests bounds the requests under way at one time; 0 means no bound.
	MaxConcurrentRequests int

	// Headers are added to every request; see CheckHeaders for those that cannot be.
	Headers   map[string]string
	UserAgent string

	// OnAttempt, when set, hears of every HTTP exchange. It is told nothing secret.
	OnAttempt func(context.Context, Attempt)

	// Now and Sleep stand in for the clock in tests; nil means the real one. Sleep returns the context's error
	// when that ends first.
	Now   func() time.Time
	Sleep func(context.Context, time.Duration) error
	// Chance stands in for the random numbers, from 0 to 1, that spread the pauses between retries.
	Chance func() float64
}

// Client calls one AuthService as one identity. It is safe for concurrent use and logs in once for all calls.
type Client struct {
	config  Config
	base    *url.URL
	http    *http.Transport
	slots   chan struct{}
	session *session
	grant   Grant
	started time.Time // by this machine's clock
	ahead   *atomic.Pointer[time.Duration]
	// maxAnswer bounds an answer in bytes.
	maxAnswer int64
	// guard, when set, comes before every call.
	guard func(context.Context) error
}

// New checks the configuration and returns a client. It sends nothing: the login happens on the first call.
func New(config Config) (*Client, error) {
	base, err := ParseBaseURL(config.BaseURL)
	if err != nil {
		return nil, err
	}
	if config.APIKey == "" && (config.Username == "" || config.Password == "") {
		return nil, fmt.Errorf("no credentials: an API key, or a username and a password, is needed")
	}
	if config.APIKey != "" && config.Username != "" {
		return nil, fmt.Errorf("an API key and a username exclude each other")
	}
	if err := CheckAPIKey(config.APIKey); err != nil {
		return nil, err
	}
	for _, err := range CheckHeaders(config.Headers) {
		return nil, err
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Sleep == nil {
		config.Sleep = sleep
	}
	if config.Chance == nil {
		config.Chance = rand.Float64
	}

	c := &Client{
		config: config, base: base, http: newTransport(config), grant: RBACGrant, started: config.Now(), ahead: new(atomic.Pointer[time.Duration]), maxAnswer: maxAnswer,
	}
	c.session = newSession(c, config.APIKey)
	if config.MaxConcurrentRequests > 0 {
		c.slots = make(chan struct{}, config.MaxConcurrentRequests)
	}
	return c, nil
}

// Unavailable returns a client whose every call returns the reason as it is: for a configuration that is not known yet,
// which is no error until a call is needed.
func Unavailable(reason error) *Client {
	return &Client{
		config: Config{Now: time.Now, Sleep: sleep}, ahead: new(atomic.Pointer[time.Duration]),
		guard: func(context.Context) error { return reason },
	}
}

// Guarded returns a client with the login, the connections and the clock of this one. Before each of its calls it asks the
// guard, after this client's own, and the error of a guard is the answer to the call: nothing is sent then. The guard may use
// this client, and the login that the calls share does not ask it.
func (c *Client) Guarded(guard func(context.Context) error) *Client {
	guarded := *c
	guarded.guard = func(ctx context.Context) error {
		if err := c.allowed(ctx); err != nil {
			return err
		}
		return guard(ctx)
	}
	return &guarded
}

// allowed asks the guard.
func (c *Client) allowed(ctx context.Context) error {
	if c.guard == nil {
		return nil
	}
	return c.guard(ctx)
}

// Username returns the user that this client logs in as, "" if it has an API key instead.
func (c *Client) Username() string { return c.config.Username }

// BaseURL returns the address that this client calls.
func (c *Client) BaseURL() string {
	if c.base == nil {
		return ""
	}
	return c.base.String()
}

// Started returns when this client was made by the server's clock, give or take a second; false while no answer has told
// what that clock shows.
func (c *Client) Started() (time.Time, bool) {
	ahead := c.ahead.Load()
	if ahead == nil {
		return time.Time{}, false
	}
	return c.started.Add(*ahead), true
}

// Now returns what the server's clock shows, give or take a second, or this machine's while no answer has told.
func (c *Client) Now() time.Time {
	now := c.config.Now()
	if ahead := c.ahead.Load(); ahead != nil {
		now = now.Add(*ahead)
	}
	return now
}

// noteDate learns from the header of an answer that came just now how far the server's clock is ahead of this machine's.
func (c *Client) noteDate(header http.Header) {
	if date, err := http.ParseTime(header.Get("Date")); err == nil {
		ahead := date.Sub(c.config.Now())
		c.ahead.Store(&ahead)
	}
}

// ParseBaseURL checks the address of an AuthService and returns it without a trailing slash. The error says what
// is wrong with the text and what would be right; it never repeats credentials found inside.
func ParseBaseURL(text string) (*url.URL, error) {
	base, err := url.Parse(text)
	switch {
	case text == "":
		return nil, fmt.Errorf("the base URL is empty; it looks like https://kamiwaza.example.com/api")
	case strings.TrimRight(text, "\r\n") != text:
		return nil, fmt.Errorf("the base URL ends with a newline")
	case strings.TrimSpace(text) != text:
		return nil, fmt.Errorf("the base URL begins or ends with a space")
	case err != nil || base.Hostname() == "" || (base.Scheme != "https" && base.Scheme != "http"):
		return nil, fmt.Errorf("the base URL must begin with https:// or http:// and name a host, as in https://kamiwaza.example.com/api")
	case base.User != nil:
		return nil, fmt.Errorf("the base URL must not contain credentials (user:password@host), because addresses show up in logs; use the settings for the username and the password, or the API key")
	case base.RawQuery != "" || base.ForceQuery || base.Fragment != "":
		return nil, fmt.Errorf("the base URL must not have a query (?) or a fragment (#); it looks like https://kamiwaza.example.com/api")
	}
	base.Path = strings.TrimRight(base.Path, "/")
	base.RawPath = strings.TrimRight(base.RawPath, "/")
	return base, nil
}

// CheckAPIKey refuses a key that no header can carry. The error does not repeat it.
func CheckAPIKey(key string) error {
	if strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return fmt.Errorf("the API key contains a space or another character that no bearer token has")
	}
	return nil
}

// newTransport is all that is used of net/http. Its Client would follow redirects by rules of its own, and repeat the
// addresses in them in its errors.
func newTransport(config Config) *http.Transport {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{
		MinVersion:         tls.VersionTLS12,
		RootCAs:            config.RootCAs,
		InsecureSkipVerify: config.InsecureSkipVerify, //nolint:gosec // The user's own decision, and documented as unsafe.
	}
	// All connections go to one host; the default of two idle ones would close and reopen them all the time.
	transport.MaxIdleConnsPerHost = max(config.MaxConcurrentRequests, transport.MaxIdleConnsPerHost)
	transport.MaxIdleConns = max(config.MaxConcurrentRequests, transport.MaxIdleConns)
	return transport
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
