package gateway

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// tokens is the answer to a login and to a refresh.
type tokens struct {
	AccessToken  string  `json:"access_token"`
	TokenType    string  `json:"token_type"`
	ExpiresIn    int     `json:"expires_in"` // seconds
	RefreshToken string  `json:"refresh_token"`
	IDToken      *string `json:"id_token"`
}

// passwordGrant is OAuth 2's password grant.
func (s *service) passwordGrant(in *call) (any, error) {
	if err := in.ReadForm(); err != nil {
		return nil, err
	}
	username, password := in.FormField("username"), in.FormField("password")
	if err := in.Refused(); err != nil {
		return nil, err
	}
	if grant := in.PostForm.Get("grant_type"); grant != "" && grant != "password" {
		return nil, authserver.Refuse(http.StatusBadRequest, "unsupported_grant_type")
	}
	ours := cmp.Or(s.Config.ClientID, "kamiwaza-platform")
	client := cmp.Or(in.PostForm.Get("client_id"), ours)
	if client != ours || !s.IsClient(client, in.PostForm.Get("client_secret")) {
		return nil, authserver.Unauthorized("Invalid client credentials")
	}
	var found account
	s.Store.Read(func() { found, _ = s.byUsername(username) })
	if !s.Passwords.Match(found.PasswordHash, password) || !s.mayLogIn(found) {
		return nil, authserver.Unauthorized("Invalid username or password")
	}
	scope := cmp.Or(in.PostForm.Get("scope"), "openid email profile offline_access")
	session, refreshToken := s.sessions.begin(found.ID, scope)
	return s.issue(found, session, refreshToken)
}

// mayLogIn reports whether a user who knows the password gets tokens. Deleting a user does not reach Keycloak, so a deleted
// one does.
func (s *service) mayLogIn(a account) bool {
	return (!a.Disabled || s.behavior.Inactive == InactiveNothing) && (!a.Deleted || !s.behavior.Lite)
}

// refresh exchanges a refresh token for new tokens. It works once.
func (s *service) refresh(in *call) (any, error) {
	old := cmp.Or(in.URL.Query().Get("refresh_token"), in.CookieValue("refresh_token"))
	refused := authserver.Unauthorized("Invalid or expired refresh token")
	session, ok := s.sessions.find(old)
	if !ok {
		return nil, refused
	}
	var found account
	var err error
	s.Store.Read(func() { found, err = s.users.Get(session.user) })
	if err != nil || !s.mayLogIn(found) {
		return nil, refused
	}
	refreshToken, ok := s.sessions.rotate(old)
	if !ok {
		return nil, refused // another request was faster
	}
	return s.issue(found, session, refreshToken)
}

// issue makes the tokens of a session. What they say of the user stays as it is now.
func (s *service) issue(a account, of session, refreshToken string) (any, error) {
	now := s.Config.Now()
	claims := authserver.Claims{
		Subject: a.ID, Username: a.Username, Email: a.Email, Roles: a.Roles, Session: of.id, Expires: now.Add(s.Config.TokenTTL),
	}
	public := map[string]any{
		"iss": s.issuer(), "sub": a.SubjectID, "aud": "kamiwaza-platform", "jti": authserver.NewID(), "sid": of.id,
		"iat": now.Unix(), "exp": claims.Expires.Unix(), "scope": of.scope,
		"preferred_username": a.Username, "email": a.Email, "realm_access": map[string]any{"roles": a.Roles},
	}
	access, err := sign(public)
	if err != nil {
		return nil, err
	}
	answer := tokens{AccessToken: access, TokenType: "bearer", ExpiresIn: int(s.Config.TokenTTL.Seconds()), RefreshToken: refreshToken}
	if slices.Contains(strings.Fields(of.scope), "openid") {
		public["typ"] = "ID"
		id, err := sign(public)
		if err != nil {
			return nil, err
		}
		answer.IDToken = &id
	}
	s.Tokens.Put(access, claims)
	return answer, nil
}

// issuer is Keycloak's realm, or the platform itself.
func (s *service) issuer() string {
	if s.behavior.Lite {
		return "kamiwaza"
	}
	return "https://keycloak.example.com/realms/kamiwaza"
}

// logout ends the session of the refresh token in the body. Without one it ends nothing.
func (s *service) logout(in *call) (any, error) {
	var refreshToken *string
	body, err := in.CreatedIfAny()
	if err != nil {
		return nil, err
	}
	if body != nil {
		body.OptionalText("refresh_token", &refreshToken)
	}
	if err := in.Refused(); err != nil {
		return nil, err
	}
	ended := refreshToken != nil && s.sessions.end(*refreshToken)
	return map[string]any{
		"message": "Logged out", "logout_time": s.Config.Now().UTC().Format(time.RFC3339), "session_termination_requested": ended,
		"front_channel_logout_url": nil, "post_logout_redirect_uri": nil,
	}, nil
}

// validate answers who the token's owner is in headers, as a reverse proxy asks.
func (s *service) validate(in *call) (any, error) {
	who := in.caller
	return authserver.WithHeader{Header: map[string]string{
		"x-user-id": who.SubjectID, "x-user-email": who.Claims.Email, "x-user-name": s.shownUsername(who),
		"x-user-roles": strings.Join(who.Claims.Roles, ","), "x-request-id": authserver.NewID(),
	}, Value: map[string]string{"status": "ok"}}, nil
}

// shownUsername is how a token calls its owner: a personal access token knows the subject id alone.
func (s *service) shownUsername(who caller) string {
	if who.byPAT {
		return who.SubjectID
	}
	return who.Claims.Username
}

// currentUser answers who the token's owner is.
func (s *service) currentUser(in *call) (any, error) {
	if s.behavior.Lite {
		return nil, authserver.Unauthorized("Not authenticated")
	}
	who := in.caller
	return map[string]any{
		"sub": who.SubjectID, "username": s.shownUsername(who), "email": orNull(who.Claims.Email),
		"groups": []string{}, "roles": who.Claims.Roles,
	}, nil
}

// orNull is nil for an empty text.
func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
