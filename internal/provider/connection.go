package provider

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
)

// connection is what the provider's configuration comes to. All resources and data sources of a run share one.
type connection struct {
	client    *client.Client // for the clock and for logins of others; all else goes through the directory
	directory *directory.Directory
	claims    *claims
	accounts  *accounts
	objects   *objects

	selfUnknown sync.Once // for one warning a run

	allowSelfLockout bool

	// applying says that something was changed: Terraform plans and applies with a connection for each.
	applying atomic.Bool

	// refreshing says that a resource was read, which happens in plans alone, and in all but those with -refresh=false.
	refreshing atomic.Bool

	// found says that an object of the state was found, and gone counts those that were not.
	found atomic.Bool
	gone  atomic.Int32
}

func newConnection(c *client.Client, config configuration) *connection {
	platform := newPlatform(c, config.api)
	return &connection{
		client:           c.Guarded(platform.refuseGateway),
		directory:        directory.New(rbac.New(c.Guarded(platform.requireRBAC)), config.readMode),
		claims:           newClaims(),
		accounts:         newAccounts(),
		objects:          newObjects(),
		allowSelfLockout: config.allowSelfLockout,
	}
}

// addGone warns that an object of the state is gone from the server. When nothing else was found either, it is more
// likely that this is another server.
func (c *connection) addGone(diags *diag.Diagnostics, label string) {
	diags.AddWarning(
		capitalize(label)+" no longer exists",
		"The server does not have it any more: it was deleted outside of Terraform, or by an apply that failed later. It leaves the state, and "+
			"the plan creates it anew if it is still configured.",
	)
	const suspicious = 3
	if c.gone.Add(1) == suspicious && !c.found.Load() {
		diags.AddWarning("Is base_url right?",
			fmt.Sprintf("The server does not have any of the first %d objects that were read. If the provider reaches another platform than the one "+
				"that they were created on, correct base_url (or KAMIWAZA_BASE_URL) and do not apply this plan: it creates everything anew there.", suspicious))
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
