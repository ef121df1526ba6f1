package group

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

// NewDataSource returns the data source kamiwaza_group.
func NewDataSource() datasource.DataSource { return &dataSource{} }

type dataModel struct {
	named.Data
	RoleIDs framework.IDSet `tfsdk:"role_ids"`
}

func (m dataModel) Label() string { return "group " + m.ID.ValueString() }

func (d *dataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_group"
}

func (d *dataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A group, by its id, with the roles that it gives to its members. The API cannot look it up by name.",
		Attributes:          named.DataAttributes("group"),
	}
	resp.Schema.Attributes["role_ids"] = framework.NewIDSetDataAttribute("The ids of the group's roles.")
}

func (d *dataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	framework.ReadData(ctx, req, resp, func(config dataModel) (dataModel, error) {
		group, err := d.Directory.Groups.Get(ctx, config.ID.ValueString())
		if err != nil {
			return config, err
		}
		return dataFromAPI(group)
	})
}
