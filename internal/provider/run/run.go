// Package run is what all resources and data sources of one run of the provider share: the connection to the platform, and
// what they have to know of each other in one plan or apply.
package run

import (
	"context"
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/english"
)

// Run is one plan or apply: Terraform starts a provider for each. It is a framework.Run.
type Run struct {
	Config

	selfUnknown sync.Once // for one warning a run

	objects objects
	shared  sync.Map // by type

	isApplying, isRefreshing atomic.Bool

	// found says that an object of the state was found, and gone counts those that were not.
	found atomic.Bool
	gone  atomic.Int32
}

// Config is what a run is made of.
type Config struct {
	// Client is for the clock and for logins of others; all else goes through the directory of the platform's generation.
	Client    *client.Client
	Directory *directory.Directory // of the RBAC API
	Gateway   *directory.Gateway
	// Generation finds out which API the platform has. GenerationOnce does the same without repeating a request.
	Generation, GenerationOnce func(context.Context) (Generation, error)
	// AllowSelfLockout lets the run take away what the provider's own user needs.
	AllowSelfLockout bool
}

// New returns a run.
func New(config Config) *Run {
	return &Run{Config: config, objects: objects{read: map[string]bool{}, kept: map[string]bool{}, owners: map[object]string{}}}
}

// Shared returns the one value of type T that a noun keeps in a run: the first call creates it.
func Shared[T any](r *Run, create func() *T) *T {
	value, ok := r.shared.Load(reflect.TypeFor[T]())
	if !ok {
		value, _ = r.shared.LoadOrStore(reflect.TypeFor[T](), create())
	}
	return value.(*T) //nolint:forcetypeassert // The key is its type.
}

// Applying notes that something is about to be changed.
func (r *Run) Applying() { r.isApplying.Store(true) }

// IsApplying tells whether something was changed: then this is an apply.
func (r *Run) IsApplying() bool { return r.isApplying.Load() }

// Refreshing notes that a resource is about to be read, which happens in plans alone, and in all but those with
// -refresh=false.
func (r *Run) Refreshing() { r.isRefreshing.Store(true) }

// IsRefreshing tells whether a resource was read.
func (r *Run) IsRefreshing() bool { return r.isRefreshing.Load() }

// Found notes an object of the state that the server has.
func (r *Run) Found(id string) {
	r.found.Store(true)
	r.objects.noteRead(id)
}

// Gone warns that an object of the state is gone from the server. When nothing else was found either, it is more
// likely that this is another server.
func (r *Run) Gone(diags *diag.Diagnostics, label string) {
	diags.AddWarning(
		english.Capitalize(label)+" no longer exists",
		"It does not exist on the server: it was deleted outside Terraform, or by an apply that failed later. The provider removes it from the state, and "+
			"the plan recreates it if it is still configured.",
	)
	const suspicious = 3
	if r.gone.Add(1) == suspicious && !r.found.Load() {
		diags.AddWarning("Is base_url right?",
			fmt.Sprintf("None of the first %d objects that were read exists on the server. If the provider is connected to a platform other than the one "+
				"on which they were created, correct base_url (or KAMIWAZA_BASE_URL) and do not apply this plan, which would recreate all objects there.", suspicious))
	}
}

// IsRecent tells whether something was written, at a time by the server's clock in the form of RFC 3339, so shortly before
// that a read may miss it: a load-balanced deployment can lag behind itself, and a plan often follows an apply at once.
func (r *Run) IsRecent(written string) bool {
	const lag = 10 * time.Second
	at, err := time.Parse(time.RFC3339, written)
	return err == nil && r.Client.Now().Sub(at) < lag
}

// Resource is embedded by every resource and receives the run. It is nil while Terraform only validates.
type Resource struct{ *Run }

// Configure takes the run that the provider's own Configure has made.
func (r *Resource) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	r.Run, _ = req.ProviderData.(*Run)
}

// DataSource is the same for data sources.
type DataSource struct{ *Run }

// Configure takes the run that the provider's own Configure has made.
func (d *DataSource) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	d.Run, _ = req.ProviderData.(*Run)
}

// Ephemeral is the same for ephemeral resources.
type Ephemeral struct{ *Run }

// Configure takes the run that the provider's own Configure has made.
func (e *Ephemeral) Configure(_ context.Context, req ephemeral.ConfigureRequest, _ *ephemeral.ConfigureResponse) {
	e.Run, _ = req.ProviderData.(*Run)
}

// Action is the same for actions.
type Action struct{ *Run }

// Configure takes the run that the provider's own Configure has made.
func (a *Action) Configure(_ context.Context, req action.ConfigureRequest, _ *action.ConfigureResponse) {
	a.Run, _ = req.ProviderData.(*Run)
}
