package role

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/named"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var _ datasource.DataSourceWithConfigure = (*dataSource)(nil)

type dataSource struct{ run.DataSource }

// NewDataSource returns the data source kamiwaza_role.
func NewDataSource() datasource.DataSource { return &dataSource{} }

type dataModel struct {
	named.Data
	RightIDs framework.IDSet `tfsdk:"right_ids"`
}

func (m dataModel) Label() string { return "role " + m.ID.ValueString() }

func (d *dataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_role"
}

func (d *dataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A role, by its id, with the rights that it gives. The API cannot look it up by name.",
		Attributes:          named.DataAttributes("role"),
	}
	resp.Schema.Attributes["right_ids"] = framework.NewIDSetDataAttribute("The ids of the role's rights.")
}

func (d *dataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	framework.ReadData(ctx, req, resp, func(config dataModel) (dataModel, error) {
		role, err := d.Directory.Roles.Get(ctx, config.ID.ValueString())
		if err != nil {
			return config, err
		}
		return dataFromAPI(role)
	})
}
