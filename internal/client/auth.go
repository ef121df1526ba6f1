package client

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// LoginMethod is the call that exchanges a username and a password for a token.
type LoginMethod string

const (
	// LoginToken is the OAuth 2 password grant, POST /auth/token.
	LoginToken LoginMethod = "token"
	// LoginLocal is the platform's own login, POST /auth/local-login. It puts the password into the query string,
	// which proxies and access logs may keep.
	LoginLocal LoginMethod = "local"
)

// Token is the answer of a login.
type Token struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	// ExpiresIn is the token's life in seconds from the moment it was issued; 0 when the server does not say.
	ExpiresIn    Seconds `json:"expires_in"`
	RefreshToken string  `json:"refresh_token"`
}

// Seconds is a time span as servers write it: a number, whole or not, or one in a string.
type Seconds int

// UnmarshalJSON takes what is no time span for 0, since a token is of use without one.
func (s *Seconds) UnmarshalJSON(data []byte) error {
	*s = 0
	if value, err := strconv.ParseFloat(strings.Trim(string(data), `" `), 64); err == nil && value > 0 && value <= math.MaxInt32 {
		*s = Seconds(value)
	}
	return nil
}

// Login is what a login needs. ClientID, ClientSecret and Scope belong to LoginToken and may be empty.
type Login struct {
	Method                        LoginMethod
	Username, Password            string
	ClientID, ClientSecret, Scope string
}

// Login exchanges credentials for a token, by either method. The client's own session is not touched. Errors are
// ErrLogin as well as what the server said.
func (c *Client) Login(ctx context.Context, login Login) (Token, error) {
	if err := c.allowed(ctx); err != nil {
		return Token{}, err // which is no failure of the login
	}
	// The vendor's SDK sends the placeholder "string" where it has no client; servers know that one.
	const placeholder = "string"
	r := Request{Method: http.MethodPost, Path: "/auth/token", Anonymous: true, Form: url.Values{
		"grant_type":    {"password"},
		"username":      {login.Username},
		"password":      {login.Password},
		"scope":         {login.Scope},
		"client_id":     {orElse(login.ClientID, placeholder)},
		"client_secret": {orElse(login.ClientSecret, placeholder)},
	}}
	if login.Method == LoginLocal {
		r = Request{
			Method: http.MethodPost, Path: "/auth/local-login", Anonymous: true,
			Query: url.Values{"username": {login.Username}, "password": {login.Password}},
		}
	}
	r.Secrets = []string{login.Password, login.ClientSecret}
	token, err := Do[Token](ctx, c, r)
	if err == nil && token.AccessToken == "" {
		err = &Error{Method: r.Method, Path: r.Path, Status: http.StatusOK, Detail: "the answer has no access_token"}
	}
	if err != nil {
		if failure, ok := errors.AsType[*Error](err); ok {
			failure.marks = append(failure.marks, ErrLogin)
			if errors.Is(failure, ErrNotFound) {
				// The account is what is not found. The object that some call logs in for must not pass for gone.
				failure.err = ErrUnauthorized
			}
		}
		return Token{}, fmt.Errorf("login failed: %w", err)
	}
	return token, nil
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// loginRest is how long the client leaves the login alone where another one would do no better than the last.
const loginRest = 30 * time.Second

// session is the one login that all calls of a client share.
type session struct {
	client *Client

	mu      sync.Mutex
	token   string
	renewAt time.Time // zero: the token is used until the server refuses it
	// pending is the login under way, nil if there is none.
	pending *pendingLogin
	// failure is what the last login failed with. All callers get it until failureEnds or, if that is zero, for good:
	// asking again for each resource could lock the account.
	failure     error
	failureEnds time.Time
	// keepUntil is until when the token is not replaced, though the server refuses it: it has itself replaced a refused
	// one, and no call that was refused before has succeeded with it.
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
func (s *session) bearer(ctx context.Context, refused string) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	login, token, err := s.current(ctx, refused)
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
func (s *session) current(ctx context.Context, refused string) (*pendingLogin, string, error) {
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
		s.pending = &pendingLogin{done: make(chan struct{})}
		go s.logIn(context.WithoutCancel(ctx), s.pending, refused != "")
	}
	return s.pending, "", nil
}

// logIn carries out the login and keeps what comes of it.
func (s *session) logIn(ctx context.Context, login *pendingLogin, replaces bool) {
	config := s.client.config
	token, err := s.client.Login(ctx, Login{
		Method:       config.LoginMethod,
		Username:     config.Username,
		Password:     config.Password,
		ClientID:     config.ClientID,
		ClientSecret: config.ClientSecret,
		Scope:        config.Scope,
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	defer close(login.done)
	now := config.Now()
	login.token, login.err, s.pending = token.AccessToken, err, nil
	s.failure = err
	if err != nil {
		s.failureEnds = endOfFailure(err, now)
		return
	}
	s.token, s.renewAt = token.AccessToken, time.Time{}
	if life := time.Duration(token.ExpiresIn) * time.Second; life > 0 {
		// Early enough that the token outlives a request sent with it, also when tokens live for seconds only.
		s.renewAt = now.Add(life - min(life/5, time.Minute))
	}
	if replaces {
		s.keepUntil = now.Add(loginRest)
	}
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
	s.keepUntil = time.Time{}
}

// authorized sends a request once with the session's token, and once more with a new one when the server answers
// 401: such a request was not worked on, so even a create may be replayed.
func (c *Client) authorized(ctx context.Context, r Request) (*answer, error) {
	if r.Anonymous {
		return c.roundTrip(ctx, r, "")
	}
	token, err := c.session.bearer(ctx, "")
	if err != nil {
		return nil, err
	}
	a, err := c.roundTrip(ctx, r, token)
	if !errors.Is(err, ErrUnauthorized) || c.config.APIKey != "" {
		return a, err
	}
	fresh, loginErr := c.session.bearer(ctx, token)
	if loginErr != nil {
		return nil, loginErr
	}
	if fresh != token {
		a, err = c.roundTrip(ctx, r, fresh)
	}
	switch {
	case err == nil:
		c.session.hasHelped()
	case errors.Is(err, ErrUnauthorized):
		err = fmt.Errorf("the login succeeded, but a token that it had just issued was refused: %w", err)
	}
	return a, err
}
