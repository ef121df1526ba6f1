package workroom

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"golang.org/x/sync/errgroup"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/importid"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

type listConfig struct {
	run.NameFilter
	AllUsers types.Bool `tfsdk:"all_users"`
}

// NewListResource returns the list resource kamiwaza_workroom.
func NewListResource() list.ListResource {
	return &run.List[listConfig]{
		TypeName: typeName, Noun: noun, Nouns: "workrooms",
		Description: "Lists the persistent workrooms that the user the provider authenticates as is in, or those of all users. Archived workrooms are included. " +
			"The display name is the name. Needs the gateway API (platform 0.12 and later).",
		Attributes: map[string]schema.Attribute{
			"name_regex": run.NameRegexAttribute("workrooms", "name"),
			"all_users": schema.BoolAttribute{
				Optional: true, MarkdownDescription: "Whether to list the workrooms of all users, which needs the role `admin`; `false` by default. Only an owner of a " +
					"workroom can change it.",
			},
		},
		Rows: func(ctx context.Context, in *run.Run, config listConfig) ([]framework.Row, error) {
			matches, err := config.Matches()
			if err != nil {
				return nil, err
			}
			rooms, err := manageable(ctx, in, config.AllUsers.ValueBool())
			var rows []framework.Row
			for _, room := range rooms {
				if name := room.Name.ValueString(); matches(name) {
					rows = append(rows, framework.ObjectRow(noun, room.ID.ValueString(), name, func(ctx context.Context) (workroomModel, error) {
						return read(ctx, in, workroomModel{ID: room.ID, DeletionProtection: types.BoolValue(true)}) // as ImportState leaves it
					}))
				}
			}
			return rows, err
		},
	}
}

// manageable are the workrooms that Terraform can manage.
func manageable(ctx context.Context, in *run.Run, ofAllUsers bool) ([]roomData, error) {
	rooms, err := listRooms(ctx, in, ofAllUsers)
	return slices.DeleteFunc(rooms, func(room roomData) bool {
		return room.Type.ValueString() != persistent || room.ID.ValueString() == globalRoom
	}), err
}

// membersConfig is the configuration of the lists of members.
type membersConfig struct {
	WorkroomID types.String `tfsdk:"workroom_id"`
	UserID     types.String `tfsdk:"user_id"`
}

func membersFilters(nouns string) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"workroom_id": schema.StringAttribute{
			Optional: true, Validators: []validator.String{framework.UUIDValidator{}},
			MarkdownDescription: fmt.Sprintf("Only %s of the workroom with this id.", nouns),
		},
		"user_id": schema.StringAttribute{
			Optional: true, Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			MarkdownDescription: fmt.Sprintf("Only %s that have the user with this subject id (the attribute `subject_id` of `kamiwaza_user`).", nouns),
		},
	}
}

// roomMembers are a workroom and who is in it.
type roomMembers struct {
	id, name string
	members  []member
}

// search finds the workrooms with their members, as many at a time as the client lets through.
func (c membersConfig) search(ctx context.Context, in *run.Run) ([]roomMembers, error) {
	rooms, err := manageable(ctx, in, false)
	if err != nil {
		return nil, err
	}
	var found []roomMembers
	for _, room := range rooms {
		if c.WorkroomID.IsNull() || c.WorkroomID.Equal(room.ID) {
			found = append(found, roomMembers{id: room.ID.ValueString(), name: room.Name.ValueString()})
		}
	}
	if len(found) == 0 && !c.WorkroomID.IsNull() {
		return nil, fmt.Errorf("the user the provider authenticates as is in no persistent workroom with the id %s", c.WorkroomID.ValueString())
	}
	tasks, ctx := errgroup.WithContext(ctx)
	for i := range found {
		tasks.Go(func() (err error) {
			found[i].members, err = keeperOf(in).list(ctx, found[i].id)
			return err
		})
	}
	return found, tasks.Wait()
}

// NewMemberListResource returns the list resource kamiwaza_workroom_member.
func NewMemberListResource() list.ListResource {
	return &run.List[membersConfig]{
		TypeName: memberType, Noun: framework.Noun{Name: "member"}, Nouns: "members of workrooms",
		Description: "Lists the members of the workrooms that the user the provider authenticates as is in, but for the user who owns the workroom. The display name is " +
			"`<workroom>/<user>`, the workroom by name and the user by e-mail address. Needs the gateway API (platform 0.12 and later).",
		Attributes: membersFilters("memberships"),
		Rows: func(ctx context.Context, in *run.Run, config membersConfig) ([]framework.Row, error) {
			rooms, err := config.search(ctx, in)
			var rows []framework.Row
			for _, room := range rooms {
				for _, m := range room.members {
					if !m.isOwner && (config.UserID.IsNull() || config.UserID.ValueString() == m.userID) {
						rows = append(rows, room.memberRow(m))
					}
				}
			}
			return rows, err
		},
	}
}

func (r roomMembers) memberRow(m member) framework.Row {
	model := memberModel{WorkroomID: types.StringValue(r.id), LandingTarget: types.MapNull(types.StringType)}.with(m)
	return framework.Row{
		Name: importid.Name(r.name) + "/" + importid.Name(m.name()),
		Identify: func(ctx context.Context, identity framework.Writer, diags *diag.Diagnostics) {
			diags.Append(identity.SetAttribute(ctx, path.Root("workroom_id"), r.id)...)
			diags.Append(identity.SetAttribute(ctx, path.Root("user_id"), m.userID)...)
		},
		Fill: func(ctx context.Context, state *tfsdk.Resource, diags *diag.Diagnostics) {
			diags.Append(state.Set(ctx, model)...)
		},
	}
}

// NewMembersListResource returns the list resource kamiwaza_workroom_members.
func NewMembersListResource() list.ListResource {
	return &run.List[membersConfig]{
		TypeName: membersType, Noun: framework.Noun{Name: "set"}, Nouns: "sets of members of workrooms",
		Description: "Lists the set of all members, but for owners, of each workroom that the user the provider authenticates as is in. The display name is the name of the " +
			"workroom. Needs the gateway API (platform 0.12 and later).",
		Attributes: membersFilters("sets"),
		Rows: func(ctx context.Context, in *run.Run, config membersConfig) ([]framework.Row, error) {
			rooms, err := config.search(ctx, in)
			var rows []framework.Row
			for _, room := range rooms {
				if config.UserID.IsNull() || slices.ContainsFunc(room.members, func(m member) bool { return m.userID == config.UserID.ValueString() }) {
					rows = append(rows, room.setRow())
				}
			}
			return rows, err
		},
	}
}

func (r roomMembers) setRow() framework.Row {
	return framework.Row{
		Name: r.name,
		Identify: func(ctx context.Context, identity framework.Writer, diags *diag.Diagnostics) {
			diags.Append(identity.SetAttribute(ctx, path.Root("workroom_id"), r.id)...)
		},
		Fill: func(ctx context.Context, state *tfsdk.Resource, diags *diag.Diagnostics) {
			diags.Append(state.Set(ctx, membersModel{WorkroomID: types.StringValue(r.id)}.with(rolesOf(held(r.members, nil, nil))))...)
		},
	}
}
