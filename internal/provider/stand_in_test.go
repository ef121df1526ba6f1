package provider_test

import (
	"context"
	"crypto/rand"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// standIns are the names under which the binary of these tests stands in for other providers that examples use, since
// tests download none. terraform-provider-random has the ephemeral random_password; terraform-provider-restapi has
// nothing, because a moved block reads the state alone.
var standIns = []string{"terraform-provider-random", "terraform-provider-restapi"}

func serveStandIn(name string) error {
	newProvider := func() provider.Provider { return standIn{} }
	return providerserver.Serve(context.Background(), newProvider, providerserver.ServeOpts{Address: "registry.terraform.io/tests/" + name})
}

type standIn struct{}

func (standIn) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "random"
}
func (standIn) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse)          {}
func (standIn) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}
func (standIn) Resources(context.Context) []func() resource.Resource                              { return nil }

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
