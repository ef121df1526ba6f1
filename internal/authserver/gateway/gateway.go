// Package gateway is the gateway API of the development AuthService: that of the platform's releases 0.9.3 to 1.2. Where the
// API's documentation leaves a question open, [Behavior] has a switch for each answer.
package gateway

import (
	"fmt"
	"slices"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// Server is a development AuthService with the gateway API.
type Server struct {
	*authserver.Server
	service *service
}

// New returns a server that is ready to answer, or the error of [authserver.New]. The API of cfg is a Behavior, or nil for
// the zero one.
func New(cfg authserver.Config) (*Server, error) {
	if cfg.API == nil {
		cfg.API = Behavior{}
	}
	server, service, err := authserver.NewOf[*service](cfg)
	if err != nil {
		return nil, err
	}
	return &Server{server, service}, nil
}

// AdminID returns the local id of the user of the configured AdminUsername.
func (s *Server) AdminID() string { return s.service.adminID }

// Snapshot returns a copy of the server's data as it is now, without read lag.
func (s *Server) Snapshot() Data { return s.service.snapshot() }

// AddExternalUser adds a user who has come from an identity provider, as after the first sign-in, and returns the local id.
// It panics if there is such a user already: a test with a name twice is wrong.
func (s *Server) AddExternalUser(username, email string) (id string) {
	err := s.service.Store.Write(func() error {
		a := s.service.newAccount()
		a.Username, a.Email, a.Roles, a.IsExternal = username, email, []string{"user"}, true
		id = a.ID
		return s.service.users.Put(a)
	})
	if err != nil {
		panic("authserver: " + err.Error())
	}
	return id
}

// EndSessions ends every session, so that no refresh token works any more. Access tokens stay valid until they expire; see
// RevokeTokens.
func (s *Server) EndSessions() { s.service.sessions.endAll() }

// SetActiveSessions makes a member of a workroom one with so many active sessions in it. It panics if there is no such member.
func (s *Server) SetActiveSessions(workroomID, userID string, sessions int) {
	err := s.service.Store.Write(func() error {
		room, err := s.service.workrooms.Get(workroomID)
		if err != nil {
			return err
		}
		i := room.member(userID)
		if i < 0 || !room.Members[i].Active {
			return fmt.Errorf("%s is no member of the workroom %s", userID, workroomID)
		}
		room.Members = slices.Clone(room.Members)
		room.Members[i].ActiveSessionCount = sessions
		return s.service.workrooms.Put(room)
	})
	if err != nil {
		panic("authserver: " + err.Error())
	}
}
