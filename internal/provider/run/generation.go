package run

import "context"

// Generation is one of the two APIs that platforms have.
type Generation string

const (
	// RBAC is the API of platform 0.3 to 0.6.
	RBAC Generation = "rbac"
	// Gateway is the API of platform 0.7 and later.
	Gateway Generation = "gateway"
)

// Generation returns the API of the platform. The first call of a run may ask the platform.
func (r *Run) Generation(ctx context.Context) (Generation, error) { return r.generation(ctx) }
