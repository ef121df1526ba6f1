package groupmapping

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var _ datasource.DataSourceWithConfigure = (*mappingsDataSource)(nil)

type mappingsDataSource struct{ run.DataSource }

// NewDataSource returns the data source kamiwaza_group_mappings.
func NewDataSource() datasource.DataSource { return &mappingsDataSource{} }

type mappingsModel struct {
	Issuer   types.String  `tfsdk:"issuer"`
	Mappings []mappingData `tfsdk:"group_mappings"`
}

type mappingData struct {
	ID             types.String `tfsdk:"id"`
	Issuer         types.String `tfsdk:"issuer"`
	IDPGroupPath   types.String `tfsdk:"idp_group_path"`
	LocalGroupName types.String `tfsdk:"local_group_name"`
	CreatedAt      types.String `tfsdk:"created_at"`
}

// Label names the list.
func (m mappingsModel) Label() string { return "group mappings" }

func (d *mappingsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_group_mappings"
}

func (d *mappingsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The mappings from groups of identity providers to groups of the platform. Needs the gateway API (platform 1.2 and later).",
		Attributes: map[string]schema.Attribute{
			"issuer": schema.StringAttribute{
				Optional: true, MarkdownDescription: "Only mappings of this issuer.", Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"group_mappings": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "The mappings, in the order of the server.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"id":               framework.ComputedText("The id of the mapping."),
					"issuer":           framework.ComputedText("The issuer of the identity provider."),
					"idp_group_path":   framework.ComputedText("The path of the group at the identity provider."),
					"local_group_name": framework.ComputedText("The name of the group of the platform."),
					"created_at":       framework.ComputedTime("When the mapping was created"),
				}},
			},
		},
	}
}

func (d *mappingsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	d.CheckGeneration(ctx, "data.kamiwaza_group_mappings", req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	framework.ReadData(ctx, req, resp, func(config mappingsModel) (mappingsModel, error) {
		mappings, err := listMappings(ctx, d.Run, config.Issuer)
		config.Mappings = mappings
		return config, err
	})
}
