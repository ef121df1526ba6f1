// Package directory is one run's view of the AuthService: lookups that take more than one call, and walks over who
// has what (user → groups → roles → rights).
package directory

import (
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// Directory answers questions about the objects of one AuthService. It is safe for concurrent use.
type Directory struct {
	client    *client.Client
	existence existence
	me        me
}

// New returns a directory that asks through the client.
func New(c *client.Client) *Directory {
	return &Directory{client: c, existence: existence{found: map[string]bool{}}}
}
