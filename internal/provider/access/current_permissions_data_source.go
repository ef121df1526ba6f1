package access

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var _ datasource.DataSourceWithConfigure = (*currentPermissionsDataSource)(nil)

type currentPermissionsDataSource struct{ run.DataSource }

// NewCurrentPermissionsDataSource returns the data source kamiwaza_current_permissions.
func NewCurrentPermissionsDataSource() datasource.DataSource { return &currentPermissionsDataSource{} }

type currentPermissionsModel struct {
	UserID types.String    `tfsdk:"user_id"`
	Groups framework.IDSet `tfsdk:"groups"`
	Roles  framework.IDSet `tfsdk:"roles"`
	Rights framework.IDSet `tfsdk:"rights"`
}

func (m currentPermissionsModel) Label() string { return "permissions of the current user" }

func (d *currentPermissionsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_current_permissions"
}

func (d *currentPermissionsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The names of the groups, roles and rights that the server reports for the user the provider authenticates as. " +
			"Names are not always unique. For other users, and for the groups and roles that grant a right, see `kamiwaza_user_access`.",
		Attributes: map[string]schema.Attribute{
			"user_id": framework.ComputedText("The id of the user the provider authenticates as."),
			"groups":  framework.NewIDSetDataAttribute("The names of the user's groups."),
			"roles":   framework.NewIDSetDataAttribute("The names of the roles that these groups have."),
			"rights":  framework.NewIDSetDataAttribute("The names of the rights that these roles have."),
		},
	}
}

func (d *currentPermissionsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	framework.ReadData(ctx, req, resp, func(currentPermissionsModel) (currentPermissionsModel, error) {
		permissions, err := d.Directory.CurrentPermissions(ctx)
		return currentPermissionsFromAPI(permissions), err
	})
}
