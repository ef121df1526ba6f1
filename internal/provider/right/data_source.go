package right

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

// NewDataSource returns the data source kamiwaza_right.
func NewDataSource() datasource.DataSource { return &dataSource{} }

type dataModel struct {
	named.Data
}

func (m dataModel) Label() string { return "right " + m.ID.ValueString() }

func (d *dataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_right"
}

func (d *dataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A right, by its id. The API cannot look it up by name. See `kamiwaza_right_holders` for the users who hold it.",
		Attributes:          named.DataAttributes("right"),
	}
}

func (d *dataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	framework.ReadData(ctx, req, resp, func(config dataModel) (dataModel, error) {
		right, err := d.Directory.Rights.Get(ctx, config.ID.ValueString())
		if err != nil {
			return config, err
		}
		return dataFromAPI(right)
	})
}
