// Package invitation is the action kamiwaza_invite_users.
package invitation

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var (
	_ action.ActionWithConfigure  = (*inviteAction)(nil)
	_ action.ActionWithModifyPlan = (*inviteAction)(nil)
)

type inviteAction struct{ run.Action }

// NewAction returns the action kamiwaza_invite_users.
func NewAction() action.Action { return &inviteAction{} }

const typeName = "kamiwaza_invite_users"

type inviteModel struct {
	Emails        types.Set    `tfsdk:"emails"`
	Groups        types.Set    `tfsdk:"groups"`
	SurfaceID     types.String `tfsdk:"surface_id"`
	LandingTarget *targetModel `tfsdk:"landing_target"`
	WorkroomID    types.String `tfsdk:"workroom_id"`
}

type targetModel struct {
	Kind types.String `tfsdk:"kind"`
	ID   types.String `tfsdk:"id"`
}

// mostInvitees is how many users one invitation can have, and mostGroups how many groups.
const (
	mostInvitees = 50
	mostGroups   = 50
)

func (a *inviteAction) Metadata(_ context.Context, _ action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = typeName
}

func (a *inviteAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	needed := stringvalidator.LengthAtLeast(1)
	resp.Schema = schema.Schema{
		MarkdownDescription: "Invites users by e-mail. The platform creates an invited user at the first visit. Invitations cannot be listed or withdrawn, and each run of the " +
			"action invites again. Needs Terraform 1.14 and the gateway API (platform 1.2 and later).",
		Attributes: map[string]schema.Attribute{
			"emails": schema.SetAttribute{
				Required: true, ElementType: types.StringType, MarkdownDescription: "The e-mail addresses, at most 50.",
				Validators: []validator.Set{setvalidator.SizeBetween(1, mostInvitees), setvalidator.ValueStringsAre(framework.EmailValidator{})},
			},
			"groups": schema.SetAttribute{
				Optional: true, ElementType: types.StringType, MarkdownDescription: "Groups that the users join, at most 50, as the platform names them.",
				Validators: []validator.Set{setvalidator.SizeAtMost(mostGroups), setvalidator.ValueStringsAre(needed)},
			},
			"surface_id": schema.StringAttribute{
				Required: true, Validators: []validator.String{stringvalidator.OneOf("use", "analyze", "build", "operate")},
				MarkdownDescription: "The surface of the console where the users start: `use`, `analyze`, `build` or `operate`.",
			},
			"landing_target": schema.SingleNestedAttribute{
				Optional: true, MarkdownDescription: "Where the users land; by default, the platform chooses.",
				Attributes: map[string]schema.Attribute{
					"kind": schema.StringAttribute{
						Required: true, MarkdownDescription: "The kind of the target, as the platform names it.", Validators: []validator.String{stringvalidator.UTF8LengthBetween(1, 128)},
					},
					"id": schema.StringAttribute{
						Optional: true, MarkdownDescription: "The id of the target, for kinds that need one.", Validators: []validator.String{stringvalidator.UTF8LengthBetween(1, 255)},
					},
				},
			},
			"workroom_id": schema.StringAttribute{
				Optional: true, MarkdownDescription: "The id of a workroom that the users join.", Validators: []validator.String{framework.UUIDValidator{}},
			},
		},
	}
}

// ModifyPlan refuses an action that the platform does not have.
func (a *inviteAction) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	a.CheckGeneration(ctx, "action."+typeName, req.Config, &resp.Diagnostics)
}

func (a *inviteAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	a.CheckGeneration(ctx, "action."+typeName, req.Config, &resp.Diagnostics)
	var config inviteModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	invited, err := invite(ctx, a.Run, config)
	if err != nil {
		framework.AddFailure(&resp.Diagnostics, "invite", framework.Subject{
			Noun: "invitation", Text: "users", Attributes: map[string]string{"invitees": "emails", "room_scope": "workroom_id"},
			Advice: framework.Advice{Unsupported: "Invitations need platform 1.2 and later."},
		}, explained(err))
		return
	}
	for _, email := range invited {
		resp.SendProgress(action.InvokeProgressEvent{Message: fmt.Sprintf("Invited %s.", email)})
	}
}

// explained adds to a failure what to do about it.
func explained(err error) error {
	switch {
	case errors.Is(err, client.ErrOutcomeUnknown):
		return framework.Advised(err, "The provider sent the request but received no valid response, so the invitations may have been made. They cannot be listed: before you "+
			"run the action again, ask one of the users whether the invitation has come.")
	case errors.Is(err, client.ErrNotFound):
		return framework.Advised(err, "Check workroom_id and groups. If this configuration creates them, add depends_on or refer to their attributes.")
	case errors.Is(err, client.ErrConflict):
		return framework.Advised(err, "Nobody was invited. Remove the users who are invited already from emails, and run the action again.")
	}
	return err
}
