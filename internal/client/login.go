package client

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
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

// Grant is how a generation of the API wants the password grant, and whether it refreshes tokens.
type Grant struct {
	// placeholder stands for a client id and a client secret that are not configured. Without it they are left out, and so
	// is an empty scope.
	placeholder string
	// scope is asked for where none is configured.
	scope     string
	refreshes bool
}

var (
	// RBACGrant is that of the RBAC API. The vendor's SDK sends "string" where it has no client; servers know that one.
	RBACGrant = Grant{placeholder: "string"}
	// GatewayGrant is that of the gateway API. The scope is without offline_access, which would let the refresh token outlive
	// the session.
	GatewayGrant = Grant{scope: "openid email profile", refreshes: true}
)

// form returns the fields of the password grant.
func (g Grant) form(login Login) url.Values {
	form := url.Values{"grant_type": {"password"}, "username": {login.Username}, "password": {login.Password}}
	for name, value := range map[string]string{
		"scope":         cmp.Or(login.Scope, g.scope),
		"client_id":     cmp.Or(login.ClientID, g.placeholder),
		"client_secret": cmp.Or(login.ClientSecret, g.placeholder),
	} {
		if value != "" || g.placeholder != "" {
			form.Set(name, value)
		}
	}
	return form
}

// WithGrant returns a client with the session, the connections, the clock and the guard of this one, whose logins are as the
// grant has them. Without it they are RBACGrant.
func (c *Client) WithGrant(grant Grant) *Client {
	granted := *c
	granted.grant = grant
	return &granted
}

// Login exchanges credentials for a token, by either method. The client's own session is not touched. Errors are
// ErrLogin as well as what the server said.
func (c *Client) Login(ctx context.Context, login Login) (Token, error) {
	r := Request{Method: http.MethodPost, Path: "/auth/token", Anonymous: true, Form: c.grant.form(login)}
	if login.Method == LoginLocal {
		r = Request{
			Method: http.MethodPost, Path: "/auth/local-login", Anonymous: true,
			Query: url.Values{"username": {login.Username}, "password": {login.Password}},
		}
	}
	r.Secrets = []string{login.Password, login.ClientSecret}
	return c.token(ctx, r, "login failed")
}

// Refresh exchanges a refresh token of the gateway API for new tokens, after which it may be of no more use: the answer has
// the next one. The client's own session is not touched. Errors are as those of Login.
func (c *Client) Refresh(ctx context.Context, refreshToken string) (Token, error) {
	return c.token(ctx, Request{
		Method: http.MethodPost, Path: "/auth/refresh", Anonymous: true,
		Query: url.Values{"refresh_token": {refreshToken}}, Secrets: []string{refreshToken},
	}, "refreshing the token failed")
}

// token makes a call that answers a token.
func (c *Client) token(ctx context.Context, r Request, failed string) (Token, error) {
	if err := c.allowed(ctx); err != nil {
		return Token{}, err // which is no failure of the login
	}
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
		return Token{}, fmt.Errorf("%s: %w", failed, err)
	}
	return token, nil
}
