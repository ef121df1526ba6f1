package gateway

import (
	"strings"
	"time"
)

// openAPI answers which release this is, and what it offers: this server's operations, not the platform's whole document.
func (s *service) openAPI(*call) (any, error) {
	paths := map[string]map[string]any{}
	for _, op := range s.Operations() {
		if paths[op.Route] == nil {
			paths[op.Route] = map[string]any{}
		}
		paths[op.Route][strings.ToLower(op.Method)] = map[string]any{"responses": map[string]any{}}
	}
	delete(paths, "/openapi.json") // FastAPI leaves itself out
	return map[string]any{
		"openapi": "3.1.0",
		"info":    map[string]string{"title": "Kamiwaza REST API", "version": s.behavior.Platform.version()},
		"paths":   paths,
	}, nil
}

func (s *service) root(*call) (any, error) {
	return map[string]string{"message": "Kamiwaza Auth Service"}, nil
}

func (s *service) health(*call) (any, error) {
	return map[string]any{"status": "healthy", "KAMIWAZA_USE_AUTH": !s.behavior.Lite}, nil
}

func (s *service) ping(*call) (any, error) {
	return map[string]string{"status": "pong", "timestamp": s.Config.Now().UTC().Format(time.RFC3339)}, nil
}

// whoAmI answers the identity that the gateway passes on.
func (s *service) whoAmI(in *call) (any, error) {
	return map[string]any{"user_id": in.caller.SubjectID, "roles": in.caller.Claims.Roles, "tenant_id": tenant}, nil
}

// posture answers how the platform decides who may do what.
func (s *service) posture(*call) (any, error) {
	mode := "rebac"
	switch {
	case s.behavior.Lite:
		mode = "no-auth"
	case s.behavior.ReBACOff:
		mode = "rbac"
	}
	return map[string]string{"authMode": mode}, nil
}
