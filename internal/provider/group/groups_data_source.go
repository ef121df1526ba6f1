package group

import (
	"context"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/named"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var _ datasource.DataSourceWithConfigure = (*groupsDataSource)(nil)

type groupsDataSource struct{ run.DataSource }

// NewGroupsDataSource returns the data source kamiwaza_groups.
func NewGroupsDataSource() datasource.DataSource { return &groupsDataSource{} }

type groupsDataModel struct {
	NameRegex types.String       `tfsdk:"name_regex"`
	ManagedBy types.String       `tfsdk:"managed_by"`
	Groups    []listedGroupModel `tfsdk:"groups"`
	IDs       framework.IDSet    `tfsdk:"ids"`
	Names     framework.IDSet    `tfsdk:"names"`
}

// listedGroupModel is a group without what takes a request of its own.
type listedGroupModel struct {
	named.Data
	TenantID  types.String `tfsdk:"tenant_id"`
	ManagedBy types.String `tfsdk:"managed_by"`
}

func (m groupsDataModel) Label() string { return "groups" }

func (d *groupsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_groups"
}

func (d *groupsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	listed := groupDataAttributes()
	delete(listed, "member_ids")
	delete(listed, "role_ids")
	resp.Schema = schema.Schema{
		MarkdownDescription: "All groups, or those that match all given arguments. Returns an empty list if no group matches. Needs the gateway API of " +
			"platform 1.2 and later.",
		Attributes: map[string]schema.Attribute{
			"name_regex": schema.StringAttribute{
				Optional: true, Validators: []validator.String{framework.RegexValidator{}},
				MarkdownDescription: "Only groups whose name matches this regular expression ([RE2](https://github.com/google/re2/wiki/Syntax)). It may match " +
					"anywhere in the name; use `^` and `$` to anchor it.",
			},
			"managed_by": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Only groups with this value of `managed_by`, such as `local`.",
			},
			"groups": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The groups, sorted by name.",
				NestedObject:        schema.NestedAttributeObject{Attributes: listed},
			},
			"ids":   framework.NewIDSetDataAttribute("The ids of the groups, for `for_each`."),
			"names": framework.NewIDSetDataAttribute("The names of the groups, for `for_each`."),
		},
	}
}

func (d *groupsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	d.CheckGeneration(ctx, "data.kamiwaza_groups", req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	framework.ReadData(ctx, req, resp, func(config groupsDataModel) (groupsDataModel, error) {
		name, err := regexp.Compile(config.NameRegex.ValueString())
		if err != nil {
			return config, err
		}
		groups, err := listGroups(ctx, d.Run)
		if err != nil {
			return config, err
		}
		config.Groups = []listedGroupModel{}
		var ids, names []string
		for _, group := range groups {
			if name.MatchString(group.Name.ValueString()) && (config.ManagedBy.IsNull() || config.ManagedBy.Equal(group.ManagedBy)) {
				config.Groups = append(config.Groups, group)
				ids, names = append(ids, group.ID.ValueString()), append(names, group.Name.ValueString())
			}
		}
		config.IDs, config.Names = framework.NewIDSet(ids), framework.NewIDSet(names)
		return config, nil
	})
}
