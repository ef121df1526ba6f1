package user

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var _ datasource.DataSourceWithConfigure = (*currentUserDataSource)(nil)

type currentUserDataSource struct{ run.DataSource }

// NewCurrentUserDataSource returns the data source kamiwaza_current_user.
func NewCurrentUserDataSource() datasource.DataSource { return &currentUserDataSource{} }

type currentUserModel struct{ userDataModel }

func (m currentUserModel) Label() string { return "current user" }

func (d *currentUserDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_current_user"
}

func (d *currentUserDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The user the provider authenticates as. If the server returns only some attributes, the provider looks up the others, which " +
			"are null if this user may not read them.",
		Attributes: userDataAttributes(),
	}
}

func (d *currentUserDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	framework.ReadData(ctx, req, resp, func(currentUserModel) (currentUserModel, error) {
		b, err := backendOf(ctx, d.Run)
		if err != nil {
			return currentUserModel{}, err
		}
		user, err := b.current(ctx)
		return currentUserModel{user}, err
	})
}
