package provider

import (
	"context"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
)

// connection is what the provider's configuration comes to. All resources and data sources of a run share one.
type connection struct {
	client    *client.Client // for logins; all else goes through the directory
	directory *directory.Directory
	ownership *ownership

	selfUnknown sync.Once // for one warning a run

	adoptExisting    bool
	allowSelfLockout bool
}

// newConnection reads what the client does not need from the configuration and the environment.
func newConnection(c *client.Client, model providerModel, diags *diag.Diagnostics) *connection {
	readMode := choice(diags, "read_mode", model.ReadMode, "KAMIWAZA_READ_MODE", directory.Shared, directory.Direct)
	return &connection{
		client:           c,
		directory:        directory.New(c, readMode),
		ownership:        newOwnership(),
		adoptExisting:    flag(diags, "adopt_existing", model.AdoptExisting, "KAMIWAZA_ADOPT_EXISTING"),
		allowSelfLockout: flag(diags, "allow_self_lockout", model.AllowSelfLockout, "KAMIWAZA_ALLOW_SELF_LOCKOUT"),
	}
}

// isRecent tells whether something was written, at a time by the server's clock in the form of RFC 3339, so shortly before
// that a read may miss it: a load-balanced deployment can lag behind itself, and a plan often follows an apply at once.
func (c *connection) isRecent(written string) bool {
	const lag = 10 * time.Second
	at, err := time.Parse(time.RFC3339, written)
	return err == nil && c.client.Now().Sub(at) < lag
}

// configured is embedded by every resource and receives the provider's connection. It is nil while Terraform only
// validates.
type configured struct{ *connection }

func (c *configured) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	c.connection, _ = req.ProviderData.(*connection)
}

// configuredData is the same for data sources.
type configuredData struct{ *connection }

func (c *configuredData) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	c.connection, _ = req.ProviderData.(*connection)
}

// configuredEphemeral is the same for ephemeral resources.
type configuredEphemeral struct{ *connection }

func (c *configuredEphemeral) Configure(_ context.Context, req ephemeral.ConfigureRequest, _ *ephemeral.ConfigureResponse) {
	c.connection, _ = req.ProviderData.(*connection)
}
