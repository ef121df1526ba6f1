package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
)

var _ datasource.DataSourceWithConfigure = (*organizationDataSource)(nil)

type organizationDataSource struct{ configuredData }

// NewOrganizationDataSource returns the data source kamiwaza_organization.
func NewOrganizationDataSource() datasource.DataSource { return &organizationDataSource{} }

type organizationDataModel struct {
	ID          types.String    `tfsdk:"id"`
	Name        types.String    `tfsdk:"name"`
	Description types.String    `tfsdk:"description"`
	IDPConfig   *idpConfigModel `tfsdk:"idp_config"`
	CreatedAt   types.String    `tfsdk:"created_at"`
	UpdatedAt   types.String    `tfsdk:"updated_at"`
}

func (m organizationDataModel) label() string { return "organization " + m.ID.ValueString() }

func organizationDataFromAPI(organization rbac.Organization) organizationDataModel {
	return organizationDataModel{
		ID:          types.StringValue(organization.ID),
		Name:        types.StringValue(organization.Name),
		Description: textOrNull(organization.Description),
		IDPConfig:   idpConfigFromAPI(organization.IDPConfig, nil),
		CreatedAt:   framework.Timestamp(organization.CreatedAt),
		UpdatedAt:   framework.Timestamp(organization.UpdatedAt),
	}
}

func (d *organizationDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_organization"
}

func (d *organizationDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "An organization, by its id, with its identity provider. The API cannot look it up by name; the id is in the `organization_id` of its users.",
		Attributes:          namedDataAttributes("organization"),
	}
	resp.Schema.Attributes["idp_config"] = schema.SingleNestedAttribute{
		Computed:            true,
		MarkdownDescription: "The organization's identity provider; null if there is none.",
		Attributes: map[string]schema.Attribute{
			"provider":     computedText("The kind of identity provider, as the platform names it."),
			"domain":       computedText("The domain of the identity provider."),
			"client_id":    computedText("The client id under which the platform is registered with the identity provider."),
			"metadata_url": computedText("Where the identity provider publishes its metadata; null if not set."),
			"additional_config": schema.StringAttribute{
				Computed: true, Sensitive: true,
				MarkdownDescription: "Further settings as a JSON object, for `jsondecode`; null if there are none. They may hold secrets, and they are " +
					"**stored in the state**.",
			},
		},
	}
}

func (d *organizationDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	readData(ctx, req, resp, func(config organizationDataModel) (organizationDataModel, error) {
		organization, err := d.directory.Organizations.Get(ctx, config.ID.ValueString())
		return organizationDataFromAPI(organization), err
	})
}
