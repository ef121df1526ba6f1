package workroom

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var (
	_ action.ActionWithConfigure  = (*transferAction)(nil)
	_ action.ActionWithModifyPlan = (*transferAction)(nil)
)

type transferAction struct{ run.Action }

// NewTransferOwnershipAction returns the action kamiwaza_transfer_workroom_ownership.
func NewTransferOwnershipAction() action.Action { return &transferAction{} }

const transferType = "kamiwaza_transfer_workroom_ownership"

type transferModel struct {
	WorkroomID        types.String `tfsdk:"workroom_id"`
	UserID            types.String `tfsdk:"user_id"`
	KeepPreviousOwner types.Bool   `tfsdk:"keep_previous_owner"`
	PreviousOwnerRole types.String `tfsdk:"previous_owner_role"`
	AttestationNote   types.String `tfsdk:"attestation_note"`
}

func (a *transferAction) Metadata(_ context.Context, _ action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = transferType
}

func (a *transferAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Makes another user the owner of a workroom. Afterwards, only the new owner can change the workroom and its members: if Terraform manages " +
			"them, let the provider authenticate as the new owner, or remove them from the configuration. Needs Terraform 1.14 and the gateway API (platform 0.12 " +
			"and later).",
		Attributes: map[string]schema.Attribute{
			"workroom_id": schema.StringAttribute{
				Required: true, MarkdownDescription: "The id of the workroom.", Validators: []validator.String{framework.UUIDValidator{}},
			},
			"user_id": schema.StringAttribute{
				Required: true, Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
				MarkdownDescription: "The subject id of the new owner (the attribute `user_id` of `kamiwaza_workroom_member`), who must be an active member.",
			},
			"keep_previous_owner": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Whether the previous owner stays a member; `false` by default. Needs platform 0.13.",
			},
			"previous_owner_role": schema.StringAttribute{
				Optional: true, Validators: []validator.String{roleValidator},
				MarkdownDescription: "The role of a previous owner who stays: `owner`, `editor`, which is the default, or `viewer`.",
			},
			"attestation_note": schema.StringAttribute{
				Optional: true, Validators: []validator.String{stringvalidator.UTF8LengthBetween(1, 2048)},
				MarkdownDescription: "A note for the history of roles, at most 2048 characters. Needs platform 0.13.",
			},
		},
	}
}

// ModifyPlan refuses an action that the platform does not have.
func (a *transferAction) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	a.CheckGeneration(ctx, "action."+transferType, req.Config, &resp.Diagnostics)
}

func (a *transferAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	a.CheckGeneration(ctx, "action."+transferType, req.Config, &resp.Diagnostics)
	var config transferModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	room := noun.Label(config.WorkroomID, types.StringNull())
	if err := transfer(ctx, a.Run, config); err != nil {
		framework.AddFailure(&resp.Diagnostics, "transfer the ownership of", framework.Subject{Noun: noun.Name, Text: room, Advice: noun.Advice}, err)
		return
	}
	resp.SendProgress(action.InvokeProgressEvent{Message: fmt.Sprintf("The owner of %s is now the user %s.", room, config.UserID.ValueString())})
}
