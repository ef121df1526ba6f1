package authserver

import (
	"cmp"
	"crypto/subtle"
	"net/http"
	"strings"

	"golang.org/x/crypto/bcrypt"
)

// maxPassword is how much of a password bcrypt looks at, in bytes.
const maxPassword = 72

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
func (s *Server) authorize(r *http.Request, how access) (User, error) {
	var token string
	switch how {
	case anyone:
		return User{}, nil
	case byCookie:
		if cookie, err := r.Cookie("access_token"); err == nil {
			token = cookie.Value
		}
	case byQuery:
		in := &input{Request: r}
		token = in.query("token")
		if err := in.refused(); err != nil {
			return User{}, err
		}
	default:
		scheme, rest, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		if strings.EqualFold(scheme, "Bearer") {
			token = rest
		}
	}
	if token == "" {
		return User{}, unauthorized("Not authenticated")
	}
	caller, ok := s.owner(token)
	switch {
	case !ok:
		return User{}, unauthorized("Could not validate credentials")
	case how == superuser && !caller.IsSuperuser:
		return User{}, refuse(http.StatusForbidden, "Not enough permissions")
	}
	return caller, nil
}

// owner returns the active user of a token.
func (s *Server) owner(token string) (User, bool) {
	id := s.adminID
	if s.config.APIKey == "" || subtle.ConstantTimeCompare([]byte(token), []byte(s.config.APIKey)) == 0 {
		claims, ok := s.tokens.verify(token)
		if !ok {
			return User{}, false
		}
		id = claims.subject
	}
	s.store.mu.RLock()
	defer s.store.mu.RUnlock()
	found, err := s.store.users.get(id)
	return found.User, err == nil && found.IsActive
}

// passwordGrant is OAuth 2's password grant, as FastAPI's strict form takes it.
func (s *Server) passwordGrant(in *input) (any, error) {
	if err := in.ParseForm(); err != nil {
		return nil, unreadable(err)
	}
	if grant := in.form("grant_type"); grant != "" && grant != "password" {
		in.report("string_pattern_mismatch", "String should match pattern '^password$'", "body", "grant_type")
	}
	username, password := in.form("username"), in.form("password")
	if err := in.refused(); err != nil {
		return nil, err
	}
	if !s.knowsClient(in.PostForm.Get("client_id"), in.PostForm.Get("client_secret")) {
		return nil, unauthorized("Invalid client credentials")
	}
	return s.login(username, password)
}

func (s *Server) knowsClient(id, secret string) bool {
	return (s.config.ClientID == "" || s.config.ClientID == id) &&
		(s.config.ClientSecret == "" || subtle.ConstantTimeCompare([]byte(s.config.ClientSecret), []byte(secret)) == 1)
}

// localLogin is a login whose credentials travel in the query string.
func (s *Server) localLogin(in *input) (any, error) {
	username, password := in.query("username"), in.query("password")
	if err := in.refused(); err != nil {
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
func (s *Server) login(username, password string) (any, error) {
	wrong := unauthorized("Incorrect username or password")

	s.store.mu.RLock()
	id := s.store.usernames.owners[s.config.Behavior.Case.key(username)]
	found := s.store.users.rows[id].value
	s.store.mu.RUnlock()

	// Without an account, a hash is compared all the same: a login must take as long.
	hash := cmp.Or(found.PasswordHash, string(s.decoy))
	err := bcrypt.CompareHashAndPassword([]byte(hash), []byte(password))
	if err != nil || found.PasswordHash == "" || len(password) > maxPassword {
		return nil, wrong
	}
	if !found.IsActive {
		return nil, refuse(http.StatusForbidden, "Inactive user")
	}
	err = s.store.write(func() error {
		current, err := s.store.users.get(id)
		if err != nil {
			return wrong // deleted in the meantime
		}
		now := timestamp(s.store.instant)
		current.LastLogin = &now
		return s.store.users.put(current)
	})
	if err != nil {
		return nil, err
	}
	return token{AccessToken: s.tokens.issue(id), TokenType: "bearer", ExpiresIn: int(s.config.TokenTTL.Seconds())}, nil
}

// ensureAdmin makes the configured admin a superuser who can log in.
func (s *Server) ensureAdmin() error {
	cfg, users := s.config, s.store.users
	return s.store.write(func() error {
		id, exists := s.store.usernames.owners[cfg.Behavior.Case.key(cfg.AdminUsername)]
		admin := users.rows[id].value
		if !exists {
			admin.User = User{
				ID:        newID(),
				Username:  cfg.Behavior.Case.stored(cfg.AdminUsername),
				Email:     cfg.Behavior.Case.storedEmail(cfg.AdminEmail),
				Groups:    []string{},
				CreatedAt: timestamp(s.store.instant),
			}
		}
		knows := bcrypt.CompareHashAndPassword([]byte(admin.PasswordHash), []byte(cfg.AdminPassword)) == nil
		s.adminID = admin.ID
		if !knows {
			hash, err := bcrypt.GenerateFromPassword([]byte(cfg.AdminPassword), cfg.BcryptCost)
			if err != nil {
				return err
			}
			admin.PasswordHash = string(hash)
		}
		s.decoy = []byte(admin.PasswordHash)
		if knows && admin.IsSuperuser && admin.IsActive {
			return nil
		}
		admin.IsSuperuser, admin.IsActive = true, true
		return users.put(admin)
	})
}
