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
func (c *Client) send(ctx context.Context, r request) (*answer, error) {
	if c.unavailable != nil {
		return nil, c.unavailable
	}
	for retries, pause := 0, firstPause; ; retries, pause = retries+1, min(2*pause, maxPause) {
		a, err := c.authorized(ctx, r)
		if err == nil {
			return a, nil
		}
		failure, ok := errors.AsType[*Error](err)
		if !ok { // The context ended while another call had its turn to log in.
			return nil, &Error{Method: r.method, Path: r.path, err: err}
		}
		if retries >= c.config.MaxRetries || ctx.Err() != nil || !r.mayRetry(failure) {
			if r.creates && failure.leavesDoubt() {
				failure.marks = append(failure.marks, ErrOutcomeUnknown)
			}
			return nil, err
		}
		delay := c.spread(pause)
		if asked, ok := c.retryAfter(failure); ok {
			delay += asked
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
func (r request) mayRetry(failure *Error) bool {
	if errors.Is(failure, ErrLogin) {
		return false // The login has been through retries of its own.
	}
	switch failure.Status {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		// Turned away before it was worked on, so this is safe for a create too.
		return true
	case http.StatusBadGateway, http.StatusGatewayTimeout:
		return !r.creates
	case 0:
		return !failure.isFinal() && (!r.creates || !failure.sent)
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
		return e.Status != http.StatusServiceUnavailable
	}
	return e.Status >= 200 && e.Status <= 299
}

// retryAfter reads how long the server asks to wait: a number of seconds or an HTTP date (RFC 9110, 10.2.3).
func (c *Client) retryAfter(failure *Error) (time.Duration, bool) {
	if failure.retryAfter == "" {
		return 0, false
	}
	var wait time.Duration
	if seconds, err := strconv.Atoi(failure.retryAfter); err == nil {
		wait = time.Duration(min(seconds, int(maxRetryAfter/time.Second))) * time.Second
	} else if date, err := http.ParseTime(failure.retryAfter); err == nil {
		wait = date.Sub(c.config.Now())
	} else {
		return 0, false
	}
	return min(max(wait, 0), maxRetryAfter), true
}

// Pause waits for the given time, or until the context ends, whose error it then returns. Config.Sleep stands in for it.
func (c *Client) Pause(ctx context.Context, d time.Duration) error { return c.config.Sleep(ctx, d) }
