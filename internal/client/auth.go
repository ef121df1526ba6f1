package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
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
	ExpiresIn    int    `json:"expires_in"`
	RefreshToken string `json:"refresh_token"`
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
	// The vendor's SDK sends the placeholder "string" where it has no client; servers know that one.
	const placeholder = "string"
	r := request{method: http.MethodPost, path: "/auth/token", anonymous: true, form: url.Values{
		"grant_type":    {"password"},
		"username":      {login.Username},
		"password":      {login.Password},
		"scope":         {login.Scope},
		"client_id":     {orElse(login.ClientID, placeholder)},
		"client_secret": {orElse(login.ClientSecret, placeholder)},
	}}
	if login.Method == LoginLocal {
		r = request{
			method: http.MethodPost, path: "/auth/local-login", anonymous: true,
			query: url.Values{"username": {login.Username}, "password": {login.Password}},
		}
	}
	r.secrets = []string{login.Password, login.ClientSecret}
	token, err := do[Token](ctx, c, r)
	if err == nil && token.AccessToken == "" {
		err = &Error{Method: r.method, Path: r.path, Status: http.StatusOK, Detail: "the answer has no access_token"}
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

// session is the one login that all calls of a client share.
type session struct {
	client *Client
	// turn holds one ticket. Whoever has it may read and renew the session; waiting for it can be cancelled, which
	// waiting for a mutex cannot.
	turn chan struct{}

	token   string
	renewAt time.Time // zero: the token is used until the server refuses it
	refused error     // the server's final no: asking again for each resource could lock the account
}

func newSession(c *Client, token string) *session {
	return &session{client: c, turn: make(chan struct{}, 1), token: token}
}

// bearer returns the token to use. A token equal to rejected, which the server no longer takes, is replaced.
func (s *session) bearer(ctx context.Context, rejected string) (string, error) {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	config := s.client.config
	if s.refused != nil {
		return "", s.refused
	}
	expired := !s.renewAt.IsZero() && !config.Now().Before(s.renewAt)
	if s.token != "" && s.token != rejected && !expired {
		return s.token, nil
	}
	token, err := s.client.Login(ctx, Login{
		config.LoginMethod, config.Username, config.Password,
		config.ClientID, config.ClientSecret, config.Scope,
	})
	if err != nil {
		if failure, ok := errors.AsType[*Error](err); ok && failure.Status >= 400 && failure.Status <= 499 && failure.Status != http.StatusTooManyRequests {
			s.refused = err
		}
		return "", err
	}
	s.token, s.renewAt = token.AccessToken, time.Time{}
	if life := time.Duration(token.ExpiresIn) * time.Second; life > 0 {
		// Early enough that the token outlives a request sent with it, also when tokens live for seconds only.
		s.renewAt = config.Now().Add(life - min(life/5, time.Minute))
	}
	return s.token, nil
}

// authorized sends a request once with the session's token, and once more with a new one when the server answers
// 401: such a request was not worked on, so even a create may be replayed.
func (c *Client) authorized(ctx context.Context, r request) (*answer, error) {
	if r.anonymous {
		return c.roundTrip(ctx, r, "")
	}
	token, err := c.session.bearer(ctx, "")
	if err != nil {
		return nil, err
	}
	a, err := c.roundTrip(ctx, r, token)
	if errors.Is(err, ErrUnauthorized) && c.config.APIKey == "" {
		if token, err = c.session.bearer(ctx, token); err != nil {
			return nil, err
		}
		return c.roundTrip(ctx, r, token)
	}
	return a, err
}
