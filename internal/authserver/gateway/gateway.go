// Package gateway is the gateway API of the development AuthService: that of the platform's releases 0.9.3 to 1.2. Where the
// API's documentation leaves a question open, [Behavior] has a switch for each answer.
package gateway

import (
	"fmt"

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
	server, err := authserver.New(cfg)
	if err != nil {
		return nil, err
	}
	gateway, ok := server.Service().(*service)
	if !ok {
		return nil, fmt.Errorf("the API is a %T and not the gateway's Behavior", cfg.API)
	}
	return &Server{server, gateway}, nil
}

// AdminID returns the local id of the user of the configured AdminUsername.
func (s *Server) AdminID() string { return s.service.adminID }

// Snapshot returns a copy of the server's data as it is now, without read lag.
func (s *Server) Snapshot() Data { return s.service.snapshot() }

// EndSessions ends every session, so that no refresh token works any more. Access tokens stay valid until they expire; see
// RevokeTokens.
func (s *Server) EndSessions() { s.service.sessions.endAll() }
