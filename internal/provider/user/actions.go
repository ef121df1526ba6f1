package user

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var (
	_ action.ActionWithConfigure  = (*userAction)(nil)
	_ action.ActionWithModifyPlan = (*userAction)(nil)
)

// userAction does something to one user, which only the gateway API can.
type userAction struct {
	run.Action
	name, description string
	// hasPassword adds the argument password_wo.
	hasPassword bool
	// done is what is reported at the end, with the user's label.
	done string
	act  func(ctx context.Context, r *run.Run, user userModel, password string) error
}

// NewResetPasswordAction returns the action kamiwaza_reset_password.
func NewResetPasswordAction() action.Action {
	return &userAction{
		name: "reset_password", hasPassword: true, done: "The password of %s was reset.", act: resetPassword,
		description: "Sets the password of a user. The old password stops working at once; sessions and tokens of the user stay valid.",
	}
}

// NewPurgeSessionsAction returns the action kamiwaza_purge_sessions.
func NewPurgeSessionsAction() action.Action {
	return &userAction{
		name: "purge_sessions", done: "The sessions of %s were ended.", act: purgeSessions,
		description: "Ends all sessions of a user. It fails where the platform's session store is switched off, as it is by default. Refresh tokens and " +
			"personal access tokens stay valid.",
	}
}

// NewLockUserAction returns the action kamiwaza_lock_user.
func NewLockUserAction() action.Action {
	return &userAction{
		name: "lock_user", done: "The user %s was locked.", act: lockUser,
		description: "Locks a user out: deactivates it, sets a random password, and ends its sessions as far as the platform keeps a record of them. Personal " +
			"access tokens of the user may stay valid until they expire: nobody else can revoke them. If Terraform manages the user, set " +
			"`is_active = false` in its resource too; otherwise the next apply reactivates it.",
	}
}

func (a *userAction) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + a.name
}

func (a *userAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	needed := []validator.String{stringvalidator.LengthAtLeast(1)}
	resp.Schema = schema.Schema{
		MarkdownDescription: a.description + " Needs Terraform 1.14 and the gateway API (platform 0.7 and later).",
		Attributes: map[string]schema.Attribute{
			"user_id": schema.StringAttribute{
				Required: true, Validators: needed,
				MarkdownDescription: "The id of the user (the attribute `id` of `kamiwaza_user`, not `subject_id`).",
			},
		},
	}
	if a.hasPassword {
		resp.Schema.Attributes["password_wo"] = schema.StringAttribute{
			Required: true, WriteOnly: true, Validators: needed,
			MarkdownDescription: "The new password. It may come from an ephemeral resource and is never stored. Platforms want at least 12 characters.",
		}
	}
}

// ModifyPlan refuses an action that the platform does not have.
func (a *userAction) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	a.CheckGeneration(ctx, "action.kamiwaza_"+a.name, req.Config, &resp.Diagnostics)
}

func (a *userAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	a.CheckGeneration(ctx, "action.kamiwaza_"+a.name, req.Config, &resp.Diagnostics)
	id, password := a.arguments(ctx, req.Config, resp)
	if resp.Diagnostics.HasError() {
		return
	}
	user := userModel{ID: types.StringValue(id)}
	b, err := backendOf(ctx, a.Run)
	if err == nil {
		var found userModel
		if found, err = b.read(ctx, user); err == nil {
			user, err = found, a.act(ctx, a.Run, found, password)
		}
	}
	if err != nil {
		framework.AddFailure(&resp.Diagnostics, "invoke kamiwaza_"+a.name+" for", framework.Subject{Noun: noun.Name, Text: label(user), Advice: noun.Advice}, err)
		return
	}
	resp.SendProgress(action.InvokeProgressEvent{Message: fmt.Sprintf(a.done, label(user))})
}

func (a *userAction) arguments(ctx context.Context, config tfsdk.Config, resp *action.InvokeResponse) (id, password string) {
	var userID, passwordWO types.String
	resp.Diagnostics.Append(config.GetAttribute(ctx, path.Root("user_id"), &userID)...)
	if a.hasPassword {
		resp.Diagnostics.Append(config.GetAttribute(ctx, path.Root("password_wo"), &passwordWO)...)
	}
	return userID.ValueString(), passwordWO.ValueString()
}
