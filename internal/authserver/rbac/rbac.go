// Package rbac is the RBAC API of the development AuthService: that of the platform's
// releases 0.3 to 0.6. Where the API's documentation leaves a question open, [Behavior] has
// a switch for each answer.
package rbac

import "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"

// Server is a development AuthService with the RBAC API.
type Server struct {
	*authserver.Server
	service *service
}

// New returns a server that is ready to answer, or the error of [authserver.New]. The API of
// cfg is a Behavior, or nil for the zero one.
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

// AdminID returns the id of the user of the configured AdminUsername.
func (s *Server) AdminID() string { return s.service.adminID }

// Snapshot returns a copy of the server's data as it is now, without read lag.
func (s *Server) Snapshot() Data { return s.service.snapshot() }
