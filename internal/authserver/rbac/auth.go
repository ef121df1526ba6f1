package rbac

import (
	"net/http"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// access says who may call an operation, and how the caller's token comes.
type access int

const (
	anyone    access = iota // no token: the logins
	reader                  // a bearer token
	superuser               // a superuser's bearer token
	byCookie                // a token in the cookie access_token, and nowhere else
	byQuery                 // a token in the query parameter token
)

// authorize returns the user of the request's token, who may do what is asked for.
func (s *service) authorize(in *authserver.Input, how access) (User, error) {
	var token string
	switch how {
	case anyone:
		return User{}, nil
	case byCookie:
		token = in.CookieValue("access_token")
	case byQuery:
		token = in.QueryField("token")
		if err := in.Refused(); err != nil {
			return User{}, err
		}
	default:
		token = in.Bearer()
	}
	if token == "" {
		return User{}, authserver.Unauthorized("Not authenticated")
	}
	caller, ok := s.owner(token)
	switch {
	case !ok:
		return User{}, authserver.Unauthorized("Could not validate credentials")
	case how == superuser && !caller.IsSuperuser:
		return User{}, authserver.Refuse(http.StatusForbidden, "Not enough permissions")
	}
	return caller, nil
}

// owner returns the active user of a token.
func (s *service) owner(token string) (User, bool) {
	id := s.adminID
	if !s.IsAPIKey(token) {
		claims, ok := s.Tokens.Verify(token)
		if !ok {
			return User{}, false
		}
		id = claims.Subject
	}
	found, err := s.account(id)
	return found.User, err == nil && found.IsActive
}

// account returns an account as it is.
func (s *service) account(id string) (found account, err error) {
	s.Store.Read(func() { found, err = s.users.Get(id) })
	return found, err
}

// passwordGrant is OAuth 2's password grant, as FastAPI's strict form takes it.
func (s *service) passwordGrant(in *call) (any, error) {
	if err := in.ReadForm(); err != nil {
		return nil, err
	}
	if grant := in.FormField("grant_type"); grant != "" && grant != "password" {
		in.Report("string_pattern_mismatch", "String should match pattern '^password$'", "body", "grant_type")
	}
	username, password := in.FormField("username"), in.FormField("password")
	if err := in.Refused(); err != nil {
		return nil, err
	}
	if !s.IsClient(in.PostForm.Get("client_id"), in.PostForm.Get("client_secret")) {
		return nil, authserver.Unauthorized("Invalid client credentials")
	}
	return s.login(username, password)
}

// localLogin is a login whose credentials travel in the query string.
func (s *service) localLogin(in *call) (any, error) {
	username, password := in.QueryField("username"), in.QueryField("password")
	if err := in.Refused(); err != nil {
		return nil, err
	}
	return s.login(username, password)
}

// token is the answer to a login.
type token struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int    `json:"expires_in"` // seconds
}

// login answers a token, or 401 for a wrong password and 403 for an inactive user: who knows
// the password may know why it does not help.
func (s *service) login(username, password string) (any, error) {
	wrong := authserver.Unauthorized("Incorrect username or password")

	var id string
	var found account
	s.Store.Read(func() {
		id, _ = s.usernames.Owner(s.behavior.Case.Key(username))
		found, _ = s.users.Get(id)
	})

	if !s.Passwords.Match(found.PasswordHash, password) {
		return nil, wrong
	}
	if !found.IsActive {
		return nil, authserver.Refuse(http.StatusForbidden, "Inactive user")
	}
	err := s.Store.Write(func() error {
		current, err := s.users.Get(id)
		if err != nil {
			return wrong // deleted in the meantime
		}
		now := s.Store.Timestamp()
		current.LastLogin = &now
		return s.users.Put(current)
	})
	if err != nil {
		return nil, err
	}
	return token{AccessToken: s.Tokens.Issue(id), TokenType: "bearer", ExpiresIn: int(s.Config.TokenTTL.Seconds())}, nil
}

// EnsureAdmin makes the configured admin a superuser who can log in.
func (s *service) EnsureAdmin() error {
	cfg, users, letters := s.Config, s.users, s.behavior.Case
	return s.Store.Write(func() error {
		id, exists := s.usernames.Owner(letters.Key(cfg.AdminUsername))
		admin, _ := users.Get(id)
		if !exists {
			admin.User = User{
				ID:        authserver.NewID(),
				Username:  letters.Stored(cfg.AdminUsername),
				Email:     letters.StoredEmail(cfg.AdminEmail),
				Groups:    []string{},
				CreatedAt: s.Store.Timestamp(),
			}
		}
		knows := s.Passwords.Match(admin.PasswordHash, cfg.AdminPassword)
		s.adminID = admin.ID
		if !knows {
			var err error
			if admin.PasswordHash, err = s.Passwords.Hash(cfg.AdminPassword); err != nil {
				return err
			}
		}
		if knows && admin.IsSuperuser && admin.IsActive {
			return nil
		}
		admin.IsSuperuser, admin.IsActive = true, true
		return users.Put(admin)
	})
}
