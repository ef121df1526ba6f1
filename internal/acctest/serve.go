package acctest

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/provider"

	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
)

// ServeProvider runs a provider inside the test and returns the environment variable by which the CLI finds it.
func ServeProvider(t *testing.T, newProvider func() provider.Provider) string {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	started, ended := make(chan *plugin.ReattachConfig), make(chan struct{})
	go func() {
		server := providerserver.NewProtocol6(newProvider())
		_ = tf6server.Serve("registry.terraform.io/kamiwaza-ai/kamiwaza", server, tf6server.WithDebug(ctx, started, ended), tf6server.WithLoggingSink(t), tf6server.WithoutLogStderrOverride())
	}()
	config := <-started
	entry := map[string]any{
		"Protocol": config.Protocol, "ProtocolVersion": config.ProtocolVersion, "Pid": config.Pid, "Test": true,
		"Addr": map[string]string{"Network": config.Addr.Network(), "String": config.Addr.String()},
	}
	reattach, err := json.Marshal(map[string]any{
		"registry.terraform.io/kamiwaza-ai/kamiwaza": entry, "registry.opentofu.org/kamiwaza-ai/kamiwaza": entry,
	})
	Must(t, err)
	return "TF_REATTACH_PROVIDERS=" + string(reattach)
}

// Patience is a clock that stands still but while somebody pauses.
func Patience() (clock func() time.Time, pause func(context.Context, time.Duration) error) {
	var mu sync.Mutex
	now := time.Now()
	clock = func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return now
	}
	pause = func(_ context.Context, d time.Duration) error {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(d)
		return nil
	}
	return clock, pause
}

// StandIns are the names under which the binary of these tests stands in for other providers that examples use, since
// tests download none. terraform-provider-random has the ephemeral random_password; terraform-provider-restapi has
// nothing, because a moved block reads the state alone.
var StandIns = []string{"terraform-provider-random", "terraform-provider-restapi"}

func serveStandIn(name string) error {
	newProvider := func() provider.Provider { return standIn{} }
	return providerserver.Serve(context.Background(), newProvider, providerserver.ServeOpts{Address: "registry.terraform.io/tests/" + name})
}

type standIn struct{}

func (standIn) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "random"
}

func (standIn) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

func (standIn) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}

func (standIn) Resources(context.Context) []func() resource.Resource { return nil }

func (standIn) DataSources(context.Context) []func() datasource.DataSource { return nil }

func (standIn) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{func() ephemeral.EphemeralResource { return randomPassword{} }}
}

type randomPassword struct{}

func (randomPassword) Metadata(_ context.Context, req ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_password"
}

func (randomPassword) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"length": schema.Int64Attribute{Required: true},
		"result": schema.StringAttribute{Computed: true, Sensitive: true},
	}}
}

func (randomPassword) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	var model struct {
		Length types.Int64  `tfsdk:"length"`
		Result types.String `tfsdk:"result"`
	}
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	text := ""
	for int64(len(text)) < model.Length.ValueInt64() {
		text += rand.Text()
	}
	model.Result = types.StringValue(text[:model.Length.ValueInt64()])
	resp.Diagnostics.Append(resp.Result.Set(ctx, model)...)
}

// RequiredProviders names where the provider comes from.
const RequiredProviders = `
terraform {
  required_providers {
    kamiwaza = {
      source = "kamiwaza-ai/kamiwaza"
    }
  }
}`
