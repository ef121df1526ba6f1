package identityprovider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var _ datasource.DataSourceWithConfigure = (*providersDataSource)(nil)

type providersDataSource struct{ run.DataSource }

// NewDataSource returns the data source kamiwaza_identity_providers.
func NewDataSource() datasource.DataSource { return &providersDataSource{} }

type providersModel struct {
	ManagementEnabled types.Bool     `tfsdk:"management_enabled"`
	Providers         []providerData `tfsdk:"identity_providers"`
}

type providerData struct {
	Alias       types.String `tfsdk:"alias"`
	Kind        types.String `tfsdk:"kind"`
	DisplayName types.String `tfsdk:"display_name"`
	Enabled     types.Bool   `tfsdk:"enabled"`
}

// Label names the list.
func (m providersModel) Label() string { return "identity providers" }

func (d *providersDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_identity_providers"
}

func (d *providersDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The identity providers of the platform. Their settings cannot be read. Needs the gateway API (platform 0.9 and later).",
		Attributes: map[string]schema.Attribute{
			"management_enabled": schema.BoolAttribute{
				Computed: true, MarkdownDescription: "Whether the platform can change identity providers, which it cannot without administrator credentials for Keycloak.",
			},
			"identity_providers": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "The identity providers, those of federations included.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"alias":        framework.ComputedText("The alias."),
					"kind":         framework.ComputedText("The kind as Keycloak names it, such as `oidc` or `google`; null if the platform does not return it."),
					"display_name": framework.ComputedText("The name on the login page; null if there is none."),
					"enabled":      schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether users can log in with it."},
				}},
			},
		},
	}
}

func (d *providersDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	d.CheckGeneration(ctx, "data.kamiwaza_identity_providers", req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	framework.ReadData(ctx, req, resp, func(providersModel) (providersModel, error) { return listProviders(ctx, d.Run) })
}
