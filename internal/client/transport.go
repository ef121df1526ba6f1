package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

const (
	// maxAnswer bounds an answer in bytes; a list of 100,000 users is about 40 MB.
	maxAnswer    = 128 << 20
	maxRedirects = 5
)

// Attempt is one HTTP exchange, told to Config.OnAttempt.
type Attempt struct {
	Method, Path string
	// Status is 0 when no answer came.
	Status   int
	Duration time.Duration
}

// answer is what came back with a success status, its body read to the end.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// isHTML tells a web page, which ingresses and web consoles answer with any status, from the API's JSON.
func (a *answer) isHTML() bool {
	return strings.HasPrefix(strings.ToLower(a.header.Get("Content-Type")), "text/html") || bytes.HasPrefix(bytes.TrimSpace(a.body), []byte("<"))
}

// roundTrip sends a request once, redirects included, and returns the answer of a success.
func (c *Client) roundTrip(ctx context.Context, r Request, token string) (*answer, error) {
	if c.slots != nil {
		select {
		case c.slots <- struct{}{}:
			defer func() { <-c.slots }()
		case <-ctx.Done():
			return nil, &Error{Method: r.Method, Path: r.Path, err: ctx.Err()}
		}
	}
	attemptCtx := ctx
	if r.Method != http.MethodGet && !r.Anonymous && ctx.Err() == nil {
		// A run that is stopped waits for the writes that are under way: only their answers say what the state must hold.
		attemptCtx = context.WithoutCancel(ctx)
	}
	if c.config.RequestTimeout > 0 {
		var cancel context.CancelFunc
		attemptCtx, cancel = context.WithTimeoutCause(attemptCtx, c.config.RequestTimeout,
			fmt.Errorf("no answer within %s", c.config.RequestTimeout))
		defer cancel()
	}
	// A connection that was never had cannot have carried the request: then even a create may be sent again.
	var sent atomic.Bool
	attemptCtx = httptrace.WithClientTrace(attemptCtx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { sent.Store(true) },
	})

	start := c.config.Now()
	a, err := c.exchange(attemptCtx, r, token, &sent)
	if c.config.OnAttempt != nil {
		attempt := Attempt{Method: r.Method, Path: r.Path, Duration: c.config.Now().Sub(start)}
		if a != nil {
			attempt.Status = a.status
		}
		c.config.OnAttempt(ctx, attempt)
	}
	switch {
	case err != nil:
		if cause := context.Cause(attemptCtx); cause != nil {
			err = cause
		}
		return nil, &Error{Method: r.Method, Path: r.Path, err: err, sent: sent.Load()}
	case a.status < 200 || a.status > 299 || a.isHTML():
		return nil, c.newError(r, a, token)
	}
	return a, nil
}

// exchange does the HTTP of one attempt. The errors it returns do not name the URL. A redirect clears sent: the server that
// answers with one has not acted.
func (c *Client) exchange(ctx context.Context, r Request, token string, sent *atomic.Bool) (*answer, error) {
	target := *c.base
	target.Path, target.RawPath = "", ""
	address := target.String() + c.base.EscapedPath() + r.Path
	query := r.Query
	if r.TokenParameter != "" {
		query = url.Values{r.TokenParameter: {token}}
	}
	if len(query) > 0 {
		address += "?" + query.Encode()
	}

	for range 1 + maxRedirects {
		req, err := http.NewRequestWithContext(ctx, r.Method, address, bytes.NewReader(r.body))
		if err != nil {
			return nil, errors.New("the address is not valid") // The error would show it, with its query.
		}
		for name, value := range c.config.Headers {
			req.Header.Set(name, value)
		}
		req.Header.Set("Accept", "application/json")
		if c.config.UserAgent != "" {
			req.Header.Set("User-Agent", c.config.UserAgent)
		}
		if r.contentType != "" {
			req.Header.Set("Content-Type", r.contentType)
		}
		if token != "" {
			// Two calls of this API read the token from the cookie, all others from the header.
			req.Header.Set("Authorization", "Bearer "+token)
			req.AddCookie(&http.Cookie{Name: "access_token", Value: token}) //nolint:gosec // A request's cookie has no attributes.
		}
		a, err := c.read(req)
		if err != nil {
			return nil, err
		}
		switch a.status {
		case http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		default:
			return a, nil
		}
		next, err := redirectTarget(req.URL, a.header.Get("Location"))
		if err != nil {
			return nil, err
		}
		address = next
		sent.Store(false)
	}
	return nil, fmt.Errorf("%w: there are more than %d in a row", errRedirect, maxRedirects)
}

// read sends one HTTP request and reads its answer to the end.
func (c *Client) read(req *http.Request) (*answer, error) {
	resp, err := c.http.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	c.noteDate(resp.Header) // before the body, which may take its time
	body, err := io.ReadAll(io.LimitReader(resp.Body, c.maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("the answer broke off: %w", err)
	}
	if int64(len(body)) > c.maxAnswer {
		return nil, errTooLarge
	}
	return &answer{status: resp.StatusCode, header: resp.Header, body: body}, nil
}

// What sending the request again would not help against: a redirect that is not followed, and an answer beyond the bound.
var (
	errRedirect = errors.New("redirect refused")
	errTooLarge = errors.New("the answer is too large")
)

// redirectTarget resolves a Location. Credentials are sent on only to the same host, and never from https to http.
func redirectTarget(from *url.URL, location string) (string, error) {
	to, err := from.Parse(location)
	if err != nil || location == "" {
		return "", fmt.Errorf("%w: the server redirects without a valid address", errRedirect)
	}
	sameHost := strings.EqualFold(to.Hostname(), from.Hostname())
	sameServer := to.Scheme == from.Scheme && port(to) == port(from)
	upgrade := from.Scheme == "http" && to.Scheme == "https"
	if !sameHost || !sameServer && !upgrade {
		return "", fmt.Errorf("%w: the server redirects to %s://%s, and credentials are not sent there; if that is the right address, use it as the base URL",
			errRedirect, to.Scheme, to.Host)
	}
	if to.RawQuery == "" {
		to.RawQuery = from.RawQuery
	}
	return to.String(), nil
}

// port is the port that a URL leads to, spelled out or not.
func port(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}
