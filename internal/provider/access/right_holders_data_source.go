package access

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var (
	_ datasource.DataSourceWithConfigure        = (*rightHoldersDataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*rightHoldersDataSource)(nil)
)

type rightHoldersDataSource struct{ run.DataSource }

// NewRightHoldersDataSource returns the data source kamiwaza_right_holders.
func NewRightHoldersDataSource() datasource.DataSource { return &rightHoldersDataSource{} }

type rightHoldersModel struct {
	RightID           types.String    `tfsdk:"right_id"`
	RightName         types.String    `tfsdk:"right_name"`
	Holders           []holderModel   `tfsdk:"holders"`
	Usernames         framework.IDSet `tfsdk:"usernames"`
	InactiveUsernames framework.IDSet `tfsdk:"inactive_usernames"`
	Superusers        framework.IDSet `tfsdk:"superusers"`
}

type holderModel struct {
	UserID   types.String `tfsdk:"user_id"`
	Username types.String `tfsdk:"username"`
	Paths    []pathModel  `tfsdk:"paths"`
}

func (m rightHoldersModel) Label() string {
	if m.RightID.IsNull() {
		return fmt.Sprintf("right %q", m.RightName.ValueString())
	}
	return "right " + m.RightID.ValueString()
}

func rightHoldersFromDirectory(holders directory.Holders) rightHoldersModel {
	model := rightHoldersModel{
		RightID:   types.StringValue(holders.Right.ID),
		RightName: types.StringValue(holders.Right.Name),
		Holders:   make([]holderModel, len(holders.Active)),
	}
	var active, inactive, superusers []string
	for i, holder := range holders.Active {
		active = append(active, holder.User.Username)
		model.Holders[i] = holderModel{
			UserID:   types.StringValue(holder.User.ID),
			Username: types.StringValue(holder.User.Username),
			Paths:    pathsFromDirectory(holder.Paths),
		}
	}
	for _, holder := range holders.Inactive {
		inactive = append(inactive, holder.User.Username)
	}
	for _, user := range holders.Superusers {
		superusers = append(superusers, user.Username)
	}
	model.Usernames, model.InactiveUsernames, model.Superusers = framework.NewIDSet(active), framework.NewIDSet(inactive), framework.NewIDSet(superusers)
	return model
}

func (d *rightHoldersDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_right_holders"
}

func (d *rightHoldersDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "All users who have a right, with the groups and roles that grant it. Use it for " +
			"audits such as \"who may delete models?\".\n\n" +
			"The platform decides what superusers may do in addition to the rights of their groups. `superusers` lists them separately, and they are " +
			"holders only if their groups grant the right.\n\n" +
			"The data source returns the access at the time it is read. If the same configuration manages the assignments, add them to `depends_on`; otherwise Terraform may " +
			"read it before it applies them. The provider reads each group with members, and each of their roles, once.",
		Attributes: map[string]schema.Attribute{
			"right_id": framework.LookupText("The id of the right, a UUID. Exactly one of `right_id` and `right_name` must be set.", framework.UUIDValidator{}),
			"right_name": framework.LookupText("The name of the right, which must match exactly. A right that no user has, not even an inactive one, is not found by name, " +
				"which is an error. If several rights have the name, the data source returns an error that lists them."),
			"holders": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The active users who have the right, sorted by username.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"user_id":  framework.ComputedText("The id of the user."),
					"username": framework.ComputedText("The username."),
					"paths":    pathsAttribute("the user"),
				}},
			},
			"usernames": framework.NewIDSetDataAttribute("The usernames of the holders, for conditions such as `length(setsubtract(data.kamiwaza_right_holders.deploy.usernames, " +
				"[\"ada\"])) == 0`."),
			"inactive_usernames": framework.NewIDSetDataAttribute("The usernames of inactive users whose groups grant the right. Inactive users have no rights."),
			"superusers":         framework.NewIDSetDataAttribute("The usernames of all active superusers, including those whose groups do not grant the right."),
		},
	}
}

func (d *rightHoldersDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{datasourcevalidator.ExactlyOneOf(path.MatchRoot("right_id"), path.MatchRoot("right_name"))}
}

func (d *rightHoldersDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	framework.ReadData(ctx, req, resp, func(config rightHoldersModel) (rightHoldersModel, error) {
		id := config.RightID.ValueString()
		if config.RightID.IsNull() {
			var err error
			if id, err = d.IDByName(ctx, "right", config.RightName.ValueString()); err != nil {
				return config, err
			}
		}
		holders, err := d.Directory.Holders(ctx, id)
		return rightHoldersFromDirectory(holders), err
	})
}
