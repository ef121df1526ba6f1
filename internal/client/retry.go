package client

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"strconv"
	"time"
)

const (
	// firstPause and maxPause bound the pauses between attempts, which double from one to the next.
	firstPause = 500 * time.Millisecond
	maxPause   = 15 * time.Second
	// maxRetryAfter bounds how long a server may ask the client to wait between two attempts.
	maxRetryAfter = 2 * time.Minute
)

// spread makes a pause up to a half shorter or longer, so that calls that failed together do not come back together.
func (c *Client) spread(pause time.Duration) time.Duration {
	return pause/2 + time.Duration(c.config.Chance()*float64(pause))
}

// send sends a request until it succeeds, fails for good, or has used up its retries.
func (c *Client) send(ctx context.Context, r Request) (*answer, error) {
	if err := c.allowed(ctx); err != nil {
		return nil, err
	}
	for retries, pause := 0, firstPause; ; retries, pause = retries+1, min(2*pause, maxPause) {
		a, err := c.authorized(ctx, r)
		if err == nil {
			return a, nil
		}
		failure, ok := errors.AsType[*Error](err)
		if !ok { // The context ended while another call had its turn to log in.
			return nil, &Error{Method: r.Method, Path: r.Path, err: err}
		}
		if r.Once || retries >= c.config.MaxRetries || ctx.Err() != nil || !r.mayRetry(failure) {
			if r.Creates && failure.leavesDoubt() {
				failure.marks = append(failure.marks, ErrOutcomeUnknown)
			}
			return nil, err
		}
		delay := c.spread(pause)
		if failure.retryAfter != nil {
			delay += *failure.retryAfter
		}
		if deadline, ok := ctx.Deadline(); ok && delay > time.Until(deadline) {
			return nil, err // The last answer says more than "deadline exceeded" would.
		}
		if c.config.Sleep(ctx, delay) != nil {
			return nil, err
		}
	}
}

// mayRetry tells whether sending the request again can help and cannot harm.
func (r Request) mayRetry(failure *Error) bool {
	if errors.Is(failure, ErrLogin) {
		return false // The login has been through retries of its own.
	}
	switch failure.Status {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable, http.StatusBadGateway, http.StatusGatewayTimeout:
		return !r.Creates || failure.turnedAway()
	case 0:
		return !failure.isFinal() && (!r.Creates || !failure.sent)
	}
	return false
}

// turnedAway tells whether the server certainly did not work on the request. A proxy says 503 also of a server that broke
// off after it had acted, but then neither asks to come back later nor speaks in the API's own words.
func (e *Error) turnedAway() bool {
	switch e.Status {
	case http.StatusTooManyRequests:
		return true
	case http.StatusServiceUnavailable:
		return e.retryAfter != nil || e.byAPI
	}
	return false
}

// isFinal tells whether a request that got no answer will get none the next time either.
func (e *Error) isFinal() bool {
	_, badCertificate := errors.AsType[*tls.CertificateVerificationError](e)
	_, notTLS := errors.AsType[tls.RecordHeaderError](e)
	return badCertificate || notTLS || errors.Is(e, errRedirect) || errors.Is(e, errTooLarge)
}

// leavesDoubt tells whether a failed create may have made the object all the same.
func (e *Error) leavesDoubt() bool {
	switch {
	case errors.Is(e, ErrLogin) || errors.Is(e, errRedirect):
		return false
	case e.Status == 0:
		return e.sent
	case e.Status >= 500:
		return !e.turnedAway()
	}
	// See Other is how some servers lead from what was made to where it is.
	return e.Status >= 200 && e.Status <= 299 || e.Status == http.StatusSeeOther
}

// parseRetryAfter reads how long the server asks to wait: a number of seconds or an HTTP date (RFC 9110, 10.2.3), which is
// by the server's clock and so compared with the time that this clock shows. It returns nil if the server asks for nothing.
func parseRetryAfter(text string, now time.Time) *time.Duration {
	var wait time.Duration
	if seconds, err := strconv.Atoi(text); err == nil {
		wait = time.Duration(min(seconds, int(maxRetryAfter/time.Second))) * time.Second
	} else if date, err := http.ParseTime(text); err == nil {
		wait = date.Sub(now)
	} else {
		return nil
	}
	wait = min(max(wait, 0), maxRetryAfter)
	return &wait
}

// Pause waits for the given time, or until the context ends, whose error it then returns. Config.Sleep stands in for it.
func (c *Client) Pause(ctx context.Context, d time.Duration) error { return c.config.Sleep(ctx, d) }
