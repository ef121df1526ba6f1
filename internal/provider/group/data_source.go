package group

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/named"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var (
	_ datasource.DataSourceWithConfigure        = (*groupDataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*groupDataSource)(nil)
)

type groupDataSource struct{ run.DataSource }

// NewDataSource returns the data source kamiwaza_group.
func NewDataSource() datasource.DataSource { return &groupDataSource{} }

type groupDataModel struct {
	named.Data
	TenantID  types.String    `tfsdk:"tenant_id"`
	ManagedBy types.String    `tfsdk:"managed_by"`
	MemberIDs framework.IDSet `tfsdk:"member_ids"`
	RoleIDs   framework.IDSet `tfsdk:"role_ids"`
}

func (m groupDataModel) Label() string { return m.Wanted("group") }

func groupDataAttributes() map[string]schema.Attribute {
	attributes := named.DataAttributes("group")
	maps.Copy(attributes, map[string]schema.Attribute{
		"tenant_id":  framework.ComputedText("The tenant of the group; null with the RBAC API."),
		"managed_by": framework.ComputedText("Who manages the group, as the platform names it, such as `local`; null with the RBAC API."),
		"member_ids": framework.NewIDSetDataAttribute("The subject ids of the members."),
		"role_ids":   framework.NewIDSetDataAttribute("The ids of the group's roles; null with the gateway API, which has no such roles."),
	})
	return attributes
}

func (d *groupDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_group"
}

func (d *groupDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := groupDataAttributes()
	maps.Copy(attributes, named.LookupAttributes("group"))
	resp.Schema = schema.Schema{
		MarkdownDescription: "A group, by id or name, with its members and the roles that it gives to them.",
		Attributes:          attributes,
	}
}

func (d *groupDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return named.LookupValidators()
}

func (d *groupDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	d.CheckGeneration(ctx, "data.kamiwaza_group", req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	framework.ReadData(ctx, req, resp, func(config groupDataModel) (groupDataModel, error) {
		b, err := backendOf(ctx, d.Run)
		if err != nil {
			return config, err
		}
		id, err := config.Find(ctx, d.Run, noun.Name)
		if err != nil {
			return config, err
		}
		return b.find(ctx, id)
	})
}
