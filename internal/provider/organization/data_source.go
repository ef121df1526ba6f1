package organization

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/named"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var (
	_ datasource.DataSourceWithConfigure        = (*organizationDataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*organizationDataSource)(nil)
)

type organizationDataSource struct{ run.DataSource }

// NewDataSource returns the data source kamiwaza_organization.
func NewDataSource() datasource.DataSource { return &organizationDataSource{} }

type organizationDataModel struct {
	named.Data
	IDPConfig *idpConfigModel `tfsdk:"idp_config"`
}

func (m organizationDataModel) Label() string { return m.Wanted("organization") }

func (d *organizationDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_organization"
}

func (d *organizationDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "An organization and its identity provider. Look it up by id, for example from the `organization_id` of a user, or by name.",
		Attributes:          named.DataAttributes("organization"),
	}
	maps.Copy(resp.Schema.Attributes, named.LookupAttributes("organization"))
	resp.Schema.Attributes["idp_config"] = schema.SingleNestedAttribute{
		Computed:            true,
		MarkdownDescription: "The organization's identity provider; null if there is none.",
		Attributes: map[string]schema.Attribute{
			"provider":     framework.ComputedText("The type of the identity provider, as named by the platform."),
			"domain":       framework.ComputedText("The domain of the identity provider."),
			"client_id":    framework.ComputedText("The client id of the platform at the identity provider."),
			"metadata_url": framework.ComputedText("The URL of the identity provider's metadata; null if not set."),
			"additional_config": schema.StringAttribute{
				Computed: true, Sensitive: true,
				MarkdownDescription: "Additional settings as a JSON object, for `jsondecode`; null if there are none. They may contain secrets, and are " +
					"**stored in the state**.",
			},
		},
	}
}

func (d *organizationDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return named.LookupValidators()
}

func (d *organizationDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	framework.ReadData(ctx, req, resp, func(config organizationDataModel) (organizationDataModel, error) {
		id, err := config.Find(ctx, d.Run, noun.Name)
		if err != nil {
			return config, err
		}
		organization, err := d.Directory.Organizations.Get(ctx, id)
		return dataFromAPI(organization), err
	})
}
