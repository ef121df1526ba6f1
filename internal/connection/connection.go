package connection

import (
	"context"
	"net"
	"net/url"
	"strings"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
)

// Generation is one of the two APIs that platforms have.
type Generation string

const (
	// RBAC is the API of platform 0.3 to 0.6.
	RBAC Generation = "rbac"
	// Gateway is the API of platform 0.7 and later.
	Gateway Generation = "gateway"
)

// String names the generation in messages.
func (g Generation) String() string {
	if g == Gateway {
		return "gateway API (platform 0.7 and later)"
	}
	return "RBAC API (platform 0.3 to 0.6)"
}

// Connection is a platform whose API is found out before the first call.
type Connection struct {
	// Directory is the platform's view with the RBAC API, and Gateway that with the gateway API. The calls of the one that the
	// platform does not have fail, and say so.
	Directory *directory.Directory
	Gateway   *directory.Gateway

	platform *platform
}

// New connects to the platform that the client reaches. It sends nothing.
func New(c *client.Client, config Configuration) *Connection {
	p := newPlatform(c, config.API)
	return &Connection{
		Directory: directory.New(rbac.New(c.Guarded(p.requireRBAC)), config.ReadMode),
		Gateway:   directory.NewGateway(gateway.New(c.Guarded(p.requireGateway)), config.ReadMode),
		platform:  p,
	}
}

// Generation finds out which API the platform has, without a login.
func (c *Connection) Generation(ctx context.Context) (Generation, error) {
	return c.platform.generation(ctx)
}

// GenerationOnce finds out the same, but does not repeat a request. What it finds out counts for Generation, too.
func (c *Connection) GenerationOnce(ctx context.Context) (Generation, error) {
	return c.platform.generationOnce(ctx)
}

// PlainHTTP tells an address at which credentials travel unencrypted. This machine's own is none: nothing leaves it.
func PlainHTTP(address string) (base *url.URL, plain bool) {
	base, err := client.ParseBaseURL(address)
	if err != nil || base.Scheme != "http" {
		return base, false
	}
	host := base.Hostname()
	ip := net.ParseIP(host)
	return base, !strings.EqualFold(host, "localhost") && (ip == nil || !ip.IsLoopback())
}
