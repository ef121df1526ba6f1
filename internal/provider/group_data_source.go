package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
)

var _ datasource.DataSourceWithConfigure = (*groupDataSource)(nil)

type groupDataSource struct{ configuredData }

// NewGroupDataSource returns the data source kamiwaza_group.
func NewGroupDataSource() datasource.DataSource { return &groupDataSource{} }

type groupDataModel struct {
	ID          types.String    `tfsdk:"id"`
	Name        types.String    `tfsdk:"name"`
	Description types.String    `tfsdk:"description"`
	RoleIDs     framework.IDSet `tfsdk:"role_ids"`
	CreatedAt   types.String    `tfsdk:"created_at"`
	UpdatedAt   types.String    `tfsdk:"updated_at"`
}

func (m groupDataModel) label() string { return "group " + m.ID.ValueString() }

func groupDataFromAPI(group rbac.Group) (groupDataModel, error) {
	roles, err := directory.RolesOf(group)
	return groupDataModel{
		ID:          types.StringValue(group.ID),
		Name:        types.StringValue(group.Name),
		Description: textOrNull(group.Description),
		RoleIDs:     framework.NewIDSet(roles),
		CreatedAt:   framework.Timestamp(group.CreatedAt),
		UpdatedAt:   framework.Timestamp(group.UpdatedAt),
	}, err
}

func (d *groupDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_group"
}

func (d *groupDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A group, by its id, with the roles that it gives to its members. The API cannot look it up by name.",
		Attributes:          namedDataAttributes("group"),
	}
	resp.Schema.Attributes["role_ids"] = framework.NewIDSetDataAttribute("The ids of the group's roles.")
}

func (d *groupDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	readData(ctx, req, resp, func(config groupDataModel) (groupDataModel, error) {
		group, err := d.directory.Groups.Get(ctx, config.ID.ValueString())
		if err != nil {
			return config, err
		}
		return groupDataFromAPI(group)
	})
}
