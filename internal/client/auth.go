package client

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"
)

// loginRest is how long the client leaves the login alone where another one would do no better than the last.
const loginRest = 30 * time.Second

// session is the one login that all calls of a client share.
type session struct {
	client *Client

	mu      sync.Mutex
	token   string
	renewAt time.Time // zero: the token is used until the server refuses it
	// refreshToken is the newest there is, and "" once it was used: servers take each one only once.
	refreshToken string
	// issued are all tokens that logins and refreshes have brought. Servers may take one that is no longer in use, too.
	issued []string
	// refreshed says that a refresh has replaced a refused token, and that no call that was refused before has succeeded
	// since. If the server refuses the new token, too, the password replaces it.
	refreshed bool
	// pending is the login under way, nil if there is none.
	pending *pendingLogin
	// failure is what the last login failed with. All callers get it until failureEnds or, if that is zero, for good:
	// asking again for each resource could lock the account.
	failure     error
	failureEnds time.Time
	// keepUntil is until when the token is not replaced, though the server refuses it: a login has replaced a refused one
	// with it, and no call that was refused before has succeeded since.
	keepUntil time.Time
}

// pendingLogin is a login under way. It belongs to none of its callers: whoever stops waiting leaves it to the others.
type pendingLogin struct {
	done  chan struct{} // closed when token or err is set
	token string
	err   error
}

func newSession(c *Client, token string) *session { return &session{client: c, token: token} }

// bearer returns the token to use. A token equal to refused, which the server does not take, is replaced unless there is
// no hope in that.
func (s *session) bearer(ctx context.Context, grant Grant, refused string) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	login, token, err := s.current(ctx, grant, refused)
	if login == nil {
		return token, err
	}
	select {
	case <-login.done:
		return login.token, login.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// current returns what the session has, or the login to wait for, which it begins if need be.
func (s *session) current(ctx context.Context, grant Grant, refused string) (*pendingLogin, string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.client.config.Now()
	if s.failure != nil && (s.failureEnds.IsZero() || now.Before(s.failureEnds)) {
		return nil, "", s.failure
	}
	expired := !s.renewAt.IsZero() && !now.Before(s.renewAt)
	if s.token != "" && !expired && (s.token != refused || now.Before(s.keepUntil)) {
		return nil, s.token, nil
	}
	if s.pending == nil {
		if s.token == refused && s.refreshed {
			s.refreshToken = ""
		}
		s.pending = &pendingLogin{done: make(chan struct{})}
		go s.logIn(context.WithoutCancel(ctx), grant, s.pending, refused != "")
	}
	return s.pending, "", nil
}

// logIn gets a new token and keeps what comes of it.
func (s *session) logIn(ctx context.Context, grant Grant, login *pendingLogin, replaces bool) {
	token, refreshed, err := s.renew(ctx, grant)
	s.mu.Lock()
	defer s.mu.Unlock()
	defer close(login.done)
	now := s.client.config.Now()
	login.token, login.err, s.pending = token.AccessToken, err, nil
	s.failure = err
	if err != nil {
		s.failureEnds = endOfFailure(err, now)
		if replaces {
			s.token = "" // which was refused
		}
		return
	}
	s.token, s.renewAt = token.AccessToken, time.Time{}
	s.issued = append(s.issued, token.AccessToken, token.RefreshToken)
	if life := time.Duration(token.ExpiresIn) * time.Second; life > 0 {
		// Early enough that the token outlives a request sent with it, also when tokens live for seconds only.
		s.renewAt = now.Add(life - min(life/5, time.Minute))
	}
	if grant.refreshes {
		s.refreshToken = token.RefreshToken
	}
	s.refreshed = replaces && refreshed
	if replaces && !refreshed {
		s.keepUntil = now.Add(loginRest)
	}
}

// renew exchanges the refresh token for a new token or, if there is none or that fails, the password.
func (s *session) renew(ctx context.Context, grant Grant) (token Token, refreshed bool, err error) {
	s.mu.Lock()
	refreshToken := s.refreshToken
	s.refreshToken = ""
	s.mu.Unlock()
	if refreshToken != "" {
		once := *s.client
		once.config.MaxRetries = 0 // The login that follows has the patience.
		if token, err := once.Refresh(ctx, refreshToken); err == nil {
			token.RefreshToken = cmp.Or(token.RefreshToken, refreshToken)
			return token, true, nil
		}
	}
	config := s.client.config
	token, err = s.client.WithGrant(grant).Login(ctx, Login{
		Method:       config.LoginMethod,
		Username:     config.Username,
		Password:     config.Password,
		ClientID:     config.ClientID,
		ClientSecret: config.ClientSecret,
		Scope:        config.Scope,
	})
	return token, false, err
}

// secrets are the tokens that no error may show.
func (s *session) secrets() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.issued)
}

// endOfFailure returns until when a failed login is not tried again, zero where the server has refused it for good.
func endOfFailure(err error, now time.Time) time.Time {
	rest := loginRest
	if failure, ok := errors.AsType[*Error](err); ok {
		if failure.Status >= 400 && failure.Status <= 499 && failure.Status != http.StatusTooManyRequests {
			return time.Time{}
		}
		if failure.retryAfter != nil {
			rest = max(rest, *failure.retryAfter)
		}
	}
	return now.Add(rest)
}

// hasHelped notes that a call that was refused before has succeeded with a new token.
func (s *session) hasHelped() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keepUntil, s.refreshed = time.Time{}, false
}

// authorized sends a request with the session's token, and again with a new one when the server answers 401: such a
// request was not worked on, so even a create may be replayed.
func (c *Client) authorized(ctx context.Context, r Request) (*answer, error) {
	if r.Anonymous {
		return c.roundTrip(ctx, r, "")
	}
	token, err := c.session.bearer(ctx, c.grant, "")
	if err != nil {
		return nil, err
	}
	a, err := c.roundTrip(ctx, r, token)
	if !errors.Is(err, ErrUnauthorized) || c.config.APIKey != "" {
		return a, err
	}
	replays := 1
	if c.grant.refreshes {
		replays = 2 // for what a refresh does not mend, a login may
	}
	for range replays {
		fresh, loginErr := c.session.bearer(ctx, c.grant, token)
		if loginErr != nil {
			return nil, loginErr
		}
		if fresh == token {
			break
		}
		token = fresh
		if a, err = c.roundTrip(ctx, r, token); !errors.Is(err, ErrUnauthorized) {
			break
		}
	}
	switch {
	case err == nil:
		c.session.hasHelped()
	case errors.Is(err, ErrUnauthorized):
		err = fmt.Errorf("the login succeeded, but a token that it had just issued was refused: %w", err)
	}
	return a, err
}
