package workroom

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var (
	_ datasource.DataSourceWithConfigure        = (*workroomDataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*workroomDataSource)(nil)
	_ datasource.DataSourceWithConfigure        = (*workroomsDataSource)(nil)
	_ datasource.DataSourceWithConfigure        = (*membersDataSource)(nil)
)

// roomData is a workroom as data sources return it.
type roomData struct {
	ID             types.String `tfsdk:"id"`
	Name           types.String `tfsdk:"name"`
	Type           types.String `tfsdk:"type"`
	Description    types.String `tfsdk:"description"`
	Labels         types.List   `tfsdk:"labels"`
	Attributes     types.String `tfsdk:"attributes"`
	Classification types.String `tfsdk:"classification"`
	SCGReferences  types.List   `tfsdk:"scg_references"`
	Status         types.String `tfsdk:"status"`
	OwnerID        types.String `tfsdk:"owner_id"`
	OwnerUsername  types.String `tfsdk:"owner_username"`
	OwnerEmail     types.String `tfsdk:"owner_email"`
	TenantID       types.String `tfsdk:"tenant_id"`
	CreatedAt      types.String `tfsdk:"created_at"`
}

// Label names the workroom.
func (m roomData) Label() string {
	if m.ID.IsNull() {
		return fmt.Sprintf("workroom %q", m.Name.ValueString())
	}
	return "workroom " + m.ID.ValueString()
}

// roomAttributes are those of roomData, all computed.
func roomAttributes() map[string]schema.Attribute {
	texts := func(description string) schema.ListAttribute {
		return schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: description}
	}
	return map[string]schema.Attribute{
		"id":             framework.ComputedText("The id of the workroom, a UUID."),
		"name":           framework.ComputedText("The name of the workroom."),
		"type":           framework.ComputedText("The type: `persistent` or `ephemeral`."),
		"description":    framework.ComputedText("The description; null if there is none."),
		"labels":         texts("The labels; null if the platform does not return them."),
		"attributes":     framework.ComputedText("The attributes as a JSON object; null if the platform does not return them."),
		"classification": framework.ComputedText("The classification; null if there is none."),
		"scg_references": texts("The references to security classification guides; null if the platform does not return them."),
		"status":         framework.ComputedText("The status: `active` or `archived`."),
		"owner_id":       framework.ComputedText("The subject id of the owner."),
		"owner_username": framework.ComputedText("The username of the owner; null if the platform does not return it."),
		"owner_email":    framework.ComputedText("The e-mail address of the owner; null if the platform does not return it."),
		"tenant_id":      framework.ComputedText("The tenant of the workroom."),
		"created_at":     framework.ComputedTime("When the workroom was created"),
	}
}

type workroomDataSource struct{ run.DataSource }

// NewDataSource returns the data source kamiwaza_workroom.
func NewDataSource() datasource.DataSource { return &workroomDataSource{} }

func (d *workroomDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = typeName
}

func (d *workroomDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := roomAttributes()
	attributes["id"] = framework.LookupText("The id of the workroom, a UUID. Set either `id` or `name`.", framework.UUIDValidator{})
	attributes["name"] = framework.LookupText("The name of the workroom, which must be the only one of this name.")
	resp.Schema = schema.Schema{
		MarkdownDescription: "A workroom that the user the provider authenticates as owns or is a member of. An administrator can also read the workrooms of others " +
			"by `id`. Needs the gateway API (platform 0.12 and later).",
		Attributes: attributes,
	}
}

// ConfigValidators sees to it that there is one lookup value.
func (d *workroomDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{datasourcevalidator.ExactlyOneOf(path.MatchRoot("id"), path.MatchRoot("name"))}
}

func (d *workroomDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	d.CheckGeneration(ctx, "data."+typeName, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	framework.ReadData(ctx, req, resp, func(config roomData) (roomData, error) { return findRoom(ctx, d.Run, config) })
}

type workroomsDataSource struct{ run.DataSource }

// NewWorkroomsDataSource returns the data source kamiwaza_workrooms.
func NewWorkroomsDataSource() datasource.DataSource { return &workroomsDataSource{} }

type workroomsModel struct {
	AllUsers  types.Bool `tfsdk:"all_users"`
	Workrooms []roomData `tfsdk:"workrooms"`
}

// Label names the list.
func (m workroomsModel) Label() string { return "workrooms" }

func (d *workroomsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_workrooms"
}

func (d *workroomsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The workrooms that the user the provider authenticates as owns or is a member of, or those of all users. Archived workrooms are " +
			"included. Needs the gateway API (platform 0.12 and later).",
		Attributes: map[string]schema.Attribute{
			"all_users": schema.BoolAttribute{
				Optional: true, MarkdownDescription: "Whether to return the workrooms of all users, which needs the role `admin`; `false` by default.",
			},
			"workrooms": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "The workrooms, in the order of their names.",
				NestedObject: schema.NestedAttributeObject{Attributes: roomAttributes()},
			},
		},
	}
}

func (d *workroomsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	d.CheckGeneration(ctx, "data.kamiwaza_workrooms", req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	framework.ReadData(ctx, req, resp, func(config workroomsModel) (workroomsModel, error) {
		rooms, err := listRooms(ctx, d.Run, config.AllUsers.ValueBool())
		config.Workrooms = rooms
		return config, err
	})
}

type membersDataSource struct{ run.DataSource }

// NewMembersDataSource returns the data source kamiwaza_workroom_members.
func NewMembersDataSource() datasource.DataSource { return &membersDataSource{} }

type membersDataModel struct {
	WorkroomID types.String      `tfsdk:"workroom_id"`
	Members    []memberDataModel `tfsdk:"members"`
}

type memberDataModel struct {
	UserID   types.String `tfsdk:"user_id"`
	Username types.String `tfsdk:"username"`
	Email    types.String `tfsdk:"email"`
	Role     types.String `tfsdk:"role"`
	IsOwner  types.Bool   `tfsdk:"is_owner"`
}

// Label names the list.
func (m membersDataModel) Label() string {
	return "members of workroom " + m.WorkroomID.ValueString()
}

func (d *membersDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = membersType
}

func (d *membersDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The members of a workroom, its owner included. The user the provider authenticates as must be a member, too. Needs the gateway API " +
			"(platform 0.12 and later).",
		Attributes: map[string]schema.Attribute{
			"workroom_id": schema.StringAttribute{
				Required: true, MarkdownDescription: "The id of the workroom, a UUID.", Validators: []validator.String{framework.UUIDValidator{}},
			},
			"members": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "The members, in the order of the server.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"user_id":  framework.ComputedText("The subject id of the user."),
					"username": framework.ComputedText("The username; null if the platform does not return it."),
					"email":    framework.ComputedText("The e-mail address; null if the platform does not return it."),
					"role":     framework.ComputedText("The role: `owner`, `editor` or `viewer`."),
					"is_owner": schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the workroom belongs to this user."},
				}},
			},
		},
	}
}

func (d *membersDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	d.CheckGeneration(ctx, "data."+membersType, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	framework.ReadData(ctx, req, resp, func(config membersDataModel) (membersDataModel, error) {
		members, err := keeperOf(d.Run).list(ctx, config.WorkroomID.ValueString())
		config.Members = []memberDataModel{}
		for _, m := range members {
			config.Members = append(config.Members, memberDataModel{
				UserID: types.StringValue(m.userID), Username: framework.TextOrNull(m.username), Email: framework.TextOrNull(m.email),
				Role: types.StringValue(m.role), IsOwner: types.BoolValue(m.isOwner),
			})
		}
		return config, err
	})
}
