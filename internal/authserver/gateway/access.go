package gateway

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// access says who may call an operation.
type access int

const (
	anyone        access = iota // no token
	authenticated               // any user
	viewer                      // one of the roles that may see things
	admin                       // the role admin, which the handlers of /auth demand
	routeAdmin                  // the role admin, which the routes demand elsewhere
	rebacUser                   // any user, where ReBAC is on
	tupleAdmin                  // admin, where ReBAC is on
	rebacAdmin                  // routeAdmin, where ReBAC is on
)

func (a access) needsReBAC() bool { return a >= rebacUser }

// viewers are the roles that may see things.
var viewers = []string{"admin", "editor", "user", "viewer"}

// caller is the owner of a token, as the token describes them.
type caller struct {
	account
	authserver.Claims
	byPAT bool
}

func (c caller) hasRole(role string) bool { return slices.Contains(c.Claims.Roles, role) }

func (c caller) isAdmin() bool { return c.hasRole("admin") }

// authorize returns the owner of the request's token, who may do what is asked for.
func (s *service) authorize(in *authserver.Input, how access) (caller, error) {
	if how == anyone {
		return caller{}, nil
	}
	caller, ok := s.owner(cmp.Or(in.Bearer(), in.CookieValue("access_token")))
	switch {
	case !ok:
		return caller, authserver.Unauthorized("Not authenticated")
	case (how == admin || how == tupleAdmin) && !caller.isAdmin():
		return caller, authserver.Refuse(http.StatusForbidden, "Admin role required")
	case (how == routeAdmin || how == rebacAdmin) && !caller.isAdmin():
		return caller, authserver.Refuse(http.StatusForbidden, "Role 'admin' is required to access this resource")
	case how == viewer && !slices.ContainsFunc(viewers, caller.hasRole):
		return caller, authserver.Refuse(http.StatusForbidden, "Role 'viewer' is required to access this resource")
	}
	return caller, nil
}

// owner returns the user of a token that is in force.
func (s *service) owner(token string) (caller, bool) {
	claims, byPAT, ok := s.verify(token)
	if !ok {
		return caller{}, false
	}
	var found account
	var err error
	s.Store.Read(func() { found, err = s.users.Get(claims.Subject) })
	switch {
	case err != nil,
		found.Disabled && s.behavior.Inactive == InactiveTokens,
		found.Deleted && s.behavior.Lite,
		claims.Session != "" && s.behavior.SessionStore && !s.sessions.recorded(claims.Session):
		return caller{}, false
	}
	return caller{found, claims, byPAT}, true
}

// verify returns what a token says, and whether it is a personal access token. The configured key is one of the admin's.
func (s *service) verify(token string) (claims authserver.Claims, byPAT, ok bool) {
	if s.IsAPIKey(token) {
		return authserver.Claims{Subject: s.adminID, Roles: []string{"admin"}}, true, true
	}
	if claims, ok = s.Tokens.Verify(token); ok {
		return claims, false, true
	}
	claims, ok = s.verifyPAT(token)
	return claims, true, ok
}

// EnsureAdmin makes the configured admin one who can log in and has the role admin.
func (s *service) EnsureAdmin() error {
	cfg, letters := s.Config, s.behavior.Case
	return s.Store.Write(func() error {
		found, exists := s.byUsername(cfg.AdminUsername)
		if !exists {
			found = s.newAccount()
			found.Username, found.Email = letters.Stored(cfg.AdminUsername), letters.StoredEmail(cfg.AdminEmail)
		}
		s.adminID = found.ID
		knows := s.Passwords.Match(found.PasswordHash, cfg.AdminPassword)
		if !knows {
			var err error
			if found.PasswordHash, err = s.Passwords.Hash(cfg.AdminPassword); err != nil {
				return err
			}
		}
		isAdmin := slices.Contains(found.Roles, "admin")
		if knows && isAdmin && found.Active && !found.Deleted && !found.Disabled && !found.Gone {
			return nil
		}
		if !isAdmin {
			found.Roles = append(slices.Clip(found.Roles), "admin")
		}
		found.Active, found.Deleted, found.Disabled, found.Gone = true, false, false, false
		return s.users.Put(found)
	})
}
