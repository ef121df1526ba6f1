package user

import (
	"context"
	"fmt"
	"reflect"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/english"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
)

// Keys of a user's private state.
const (
	// privateActive is whether the provider last left the user active.
	privateActive = "active"
	// privatePrior is the user that a replacement destroys. Terraform plans the new one without its state, but with this.
	privatePrior = "prior"
	// privateKeep says that another instance adopts the user whose destruction is planned.
	privateKeep = "keep"
)

// priorUser is what the plan of a replacement must know of the user that goes.
type priorUser struct {
	ID, SubjectID, Username, OnDestroy string
	Protected                          bool
	// Checked says that the replacement was looked at when the old user was planned.
	Checked bool
}

// ModifyPlan says at plan time what cannot be done, must not be, or is easily overlooked.
func (r *userResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	// Each of the three is null in some plans: a creation has no state, and a destruction neither plan nor configuration.
	var config, plan, state userModel
	if !req.Config.Raw.IsNull() {
		resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	}
	if !req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	}
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	r.CheckGeneration(ctx, typeName, req.Config, &resp.Diagnostics)
	if b := plannedBackend(ctx, r.Run); b != nil && !req.Plan.Raw.IsNull() && !resp.Diagnostics.HasError() {
		p := planning{config: config, state: state, plan: plan, creates: req.State.Raw.IsNull(), resp: resp}
		b.plan(ctx, &p)
		if !reflect.DeepEqual(p.plan, plan) { // Set is slow, and most plans stay as they are.
			plan = p.plan
			resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
		}
	}
	if resp.Diagnostics.HasError() {
		return
	}
	r.ClaimObject(ctx, typeName, label(state), req, resp)
	r.PlanObject(ctx, req, resp, state.ID.ValueString())
	switch {
	case req.Plan.Raw.IsNull():
		r.planDestroy(ctx, state, resp)
	case req.State.Raw.IsNull():
		r.planCreate(ctx, config, plan, req, resp)
	default:
		r.planUpdate(ctx, config, plan, state, req, resp)
	}
}

func (r *userResource) planDestroy(ctx context.Context, state userModel, resp *resource.ModifyPlanResponse) {
	r.checkDestroy(ctx, state, &resp.Diagnostics)
	if r.Run == nil {
		return
	}
	instance := framework.InstanceOf(ctx, resp.Private, &resp.Diagnostics)
	adopted, wanted := r.accounts().noteDestroy(instance, state)
	framework.SetPrivate(ctx, resp.Private, privateKeep, adopted, &resp.Diagnostics)
	if r.IsApplying() {
		return // The plan has said so; during an apply, it is the user that a new one has replaced.
	}
	if adopted {
		addAdoptsDestroyed(&resp.Diagnostics, label(state))
	}
	if wanted && state.OnDestroy.ValueString() == onDestroyDeactivate {
		addKeepsUsername(&resp.Diagnostics, label(state))
	}
	if r.accounts().deletesForGood(state) {
		addDeletedForGood(&resp.Diagnostics, []string{label(state)})
	}
}

func (r *userResource) planCreate(ctx context.Context, config, plan userModel, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if config.Password.IsNull() && config.PasswordWO.IsNull() {
		resp.Diagnostics.AddAttributeError(path.Root("password"), "A new user needs a password",
			"Set password_wo and password_wo_version, which keep the password out of the state, or set password. Only imported "+
				"users do not need a password.")
	}
	prior := framework.GetPrivate[*priorUser](ctx, req.Private, privatePrior, &resp.Diagnostics)
	if prior != nil && !prior.Checked {
		r.checkReplace(ctx, *prior, plan, &resp.Diagnostics)
	}
	if plan.AdoptExisting.ValueBool() && config.ExternalID.IsNull() {
		// The one of the user that is adopted, if any.
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("external_id"), types.StringUnknown())...)
	}
	if r.Run == nil || plan.Username.IsUnknown() || resp.Diagnostics.HasError() {
		return
	}
	if !plan.AdoptExisting.ValueBool() {
		if old, taken := r.accounts().noteCreate(plan.Username.ValueString()); taken && prior == nil && !r.IsApplying() {
			addKeepsUsername(&resp.Diagnostics, label(old))
		}
		return
	}
	b, err := backendOf(ctx, r.Run)
	if err != nil {
		return // The apply says what is wrong.
	}
	found, err := existing(ctx, b, plan.Username.ValueString())
	id := found.ID.ValueString()
	if err != nil || prior != nil && prior.ID == id {
		return // There is nobody to adopt, but for the user that this one replaces. Or the apply says what is wrong.
	}
	instance := framework.InstanceOf(ctx, resp.Private, &resp.Diagnostics)
	switch r.accounts().noteAdopt(instance, id) {
	case managed:
		addManaged(&resp.Diagnostics, label(found))
	case destroyed:
		r.checkAdoption(ctx, found, plan, &resp.Diagnostics)
		addAdoptsDestroyed(&resp.Diagnostics, label(found))
	default:
		if r.accounts().wasRead(id) {
			return // It is this instance's own, which is tainted, or that of another one, which says so when it is planned.
		}
		r.checkAdoption(ctx, found, plan, &resp.Diagnostics)
		if resp.Diagnostics.HasError() || r.IsApplying() {
			return
		}
		reactivated := ""
		if !found.IsActive.ValueBool() && plan.IsActive.ValueBool() {
			reactivated = " The user is inactive now, and the apply lets it log in again."
		}
		resp.Diagnostics.AddWarning("This adopts the existing "+label(found),
			"adopt_existing is true and the user exists. Instead of creating a user, the apply updates this one to match the configuration. The user "+
				"keeps its password and groups, and Terraform manages it from now on."+reactivated)
	}
}

func (r *userResource) planUpdate(ctx context.Context, config, plan, state userModel, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	prior := priorUser{
		ID: state.ID.ValueString(), SubjectID: state.SubjectID.ValueString(), Username: state.Username.ValueString(), OnDestroy: state.OnDestroy.ValueString(),
		Protected: state.DeletionProtection.ValueBool(), Checked: len(resp.RequiresReplace) > 0,
	}
	framework.SetPrivate(ctx, resp.Private, privatePrior, prior, &resp.Diagnostics)
	if r.Run != nil {
		r.checkReplaced(path.Root("username"), state.Username, plan.Username, &resp.Diagnostics)
		r.checkReplaced(path.Root("external_id"), types.StringValue(state.ExternalID.ValueString()), plan.ExternalID, &resp.Diagnostics)
	}
	if prior.Checked {
		r.checkReplace(ctx, prior, plan, &resp.Diagnostics)
		if r.Run != nil && !r.IsApplying() {
			instance := framework.InstanceOf(ctx, resp.Private, &resp.Diagnostics)
			if adopted, _ := r.accounts().noteDestroy(instance, state); adopted {
				addAdoptsDestroyed(&resp.Diagnostics, label(state))
			}
		}
		return // Terraform plans the new user next.
	}
	if r.Run != nil {
		instance := framework.InstanceOf(ctx, resp.Private, &resp.Diagnostics)
		if r.accounts().noteKept(instance, state) {
			addManaged(&resp.Diagnostics, label(state))
		}
		if state.OnDestroy.ValueString() == onDestroyDelete && plan.OnDestroy.ValueString() == onDestroyDeactivate {
			if deleted := r.accounts().noteDeactivates(); len(deleted) > 0 {
				addDeletedForGood(&resp.Diagnostics, deleted)
			}
		}
	}
	if b := plannedBackend(ctx, r.Run); b != nil {
		resp.Diagnostics.Append(b.checkPassword(config, plan, state)...)
	}
	r.checkDemotion(ctx, state, plan, &resp.Diagnostics)
	if last := framework.GetPrivate[*bool](ctx, req.Private, privateActive, &resp.Diagnostics); !state.IsActive.ValueBool() && plan.IsActive.ValueBool() &&
		(last == nil || *last) {
		resp.Diagnostics.AddAttributeWarning(path.Root("is_active"), "This reactivates "+label(state),
			"The user was deactivated outside Terraform, perhaps on purpose, and this plan reactivates it. To keep the user inactive, set "+
				"is_active = false.")
	}
}

func (r *userResource) checkDestroy(ctx context.Context, state userModel, diags *diag.Diagnostics) {
	if state.DeletionProtection.ValueBool() {
		framework.AddProtected(diags, label(state))
	}
	r.CheckSelfLockout(ctx, state.SubjectID.ValueString(), state.OnDestroy.ValueString()+"s "+label(state), diags)
}

// checkReplace refuses to replace a user who must stay, or whose username the new one cannot have.
func (r *userResource) checkReplace(ctx context.Context, prior priorUser, plan userModel, diags *diag.Diagnostics) {
	old := userModel{
		ID: types.StringValue(prior.ID), SubjectID: types.StringValue(prior.SubjectID), Username: types.StringValue(prior.Username), OnDestroy: types.StringValue(prior.OnDestroy),
		DeletionProtection: types.BoolValue(prior.Protected),
	}
	r.checkDestroy(ctx, old, diags)
	if prior.OnDestroy == onDestroyDeactivate && framework.SameButCase(prior.Username, plan.Username.ValueString()) {
		diags.AddError(english.Capitalize(label(old))+" cannot be replaced",
			"on_destroy is \"deactivate\". The deactivated user would keep the username, so the server would refuse the new user. "+
				"To delete the old user and create a new one, set on_destroy = \"delete\", apply, and then replace the user. To keep the old "+
				"user, give the new user a different username.")
	}
}

func addManaged(diags *diag.Diagnostics, label string) {
	diags.AddError("Two resources would manage "+label,
		"One resource of this configuration manages the user, and another one with adopt_existing = true has the same username. Remove one of them.")
}

func addAdoptsDestroyed(diags *diag.Diagnostics, label string) {
	diags.AddWarning(fmt.Sprintf("One resource adopts %s, and another one destroys it", label),
		"If you have renamed or moved the resource, add a moved block. The user then does not change:\n\n"+
			"moved {\n  from = kamiwaza_user.OLD\n  to   = kamiwaza_user.NEW\n}\n\n"+
			"Without the block, the apply may delete the user and create a new one with a different id.")
}

func addKeepsUsername(diags *diag.Diagnostics, label string) {
	diags.AddError(english.Capitalize(label)+" would keep its username",
		"This plan destroys the user and creates one with the same username, but on_destroy is \"deactivate\". The old user would be "+
			"deactivated and keep the username, so the server would refuse the new one. If the resource is tainted, run terraform untaint ADDRESS. "+
			"If you have renamed or moved it, add a moved block. To adopt the old user, set adopt_existing = true in the new resource. To delete the "+
			"old user, set on_destroy = \"delete\" and apply first.")
}

func addDeletedForGood(diags *diag.Diagnostics, labels []string) {
	for _, label := range labels {
		diags.AddWarning("This deletes "+label+" for good",
			"This plan sets on_destroy = \"deactivate\" for other users, but Terraform destroys this one with the value in its state, which is \"delete\". "+
				"To deactivate it, apply on_destroy = \"deactivate\" first and remove the user in a second apply.")
	}
}

// checkReplaced refuses, during an apply, what only a plan may decide: Terraform plans each instance once more when all
// values are known, and cannot turn an update into a replacement then. When nothing was written or read yet, it may be
// an apply or a plan without a refresh; an apply fails by itself then, but with words that do not help.
func (r *userResource) checkReplaced(at path.Path, state, plan types.String, diags *diag.Diagnostics) {
	if state.IsNull() || plan.IsUnknown() || plan.ValueString() == state.ValueString() {
		return
	}
	changed := fmt.Sprintf("changed from %q to %q, which replaces the resource", state.ValueString(), plan.ValueString())
	switch {
	case r.IsApplying():
		diags.AddAttributeError(at, fmt.Sprintf("%s needs another plan", at),
			fmt.Sprintf("It was not known when this plan was made, and it has %s. The resource was left as it is. Plan and apply again.", changed))
	case !r.IsRefreshing():
		diags.AddAttributeWarning(at, fmt.Sprintf("%s may need another plan", at),
			fmt.Sprintf("The value has %s. If the apply ends with \"Provider produced inconsistent final plan\", the value was unknown when the plan was "+
				"made, and the resource was not changed: plan and apply again.", changed))
	}
}
