package gateway

import (
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// RestoreAndDump reads a state file and writes it again, as a server with the behavior does.
func RestoreAndDump(data []byte, b Behavior) ([]byte, error) {
	s := newService(authserver.Base{Store: authserver.NewStore(time.Now)}, b)
	if err := s.Restore(data); err != nil {
		return nil, err
	}
	return s.Dump(), nil
}

// Dump returns the state file as the server would write it now.
func (s *Server) Dump() (data []byte) {
	s.service.Store.Read(func() { data = s.service.Dump() })
	return data
}
