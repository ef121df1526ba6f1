package user

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

// rbacBackend keeps users with the RBAC API.
type rbacBackend struct{ *run.Run }

func (b rbacBackend) plan(_ context.Context, p *planning) {
	if p.config.Email.IsNull() {
		p.resp.Diagnostics.AddAttributeError(path.Root("email"), "Missing e-mail address",
			"The RBAC API (platform 0.3 to 0.6) requires an e-mail address for each user. Set email.")
	}
	if p.config.IsSuperuser.IsNull() {
		p.plan.IsSuperuser = types.BoolValue(false)
	}
	if p.config.ExternalID.IsNull() {
		p.plan.ExternalID = p.state.ExternalID
	}
	p.plan.Roles, p.plan.IsExternal = types.SetNull(types.StringType), types.BoolNull()
	p.replace("username", p.state.Username, p.plan.Username)
	p.replace("external_id", p.state.ExternalID, p.plan.ExternalID)
}

func (b rbacBackend) checkPassword(config, plan, state userModel) diag.Diagnostics {
	return checkPassword(config, plan, state)
}

func (b rbacBackend) byName(ctx context.Context, username string) (userModel, error) {
	user, err := b.Directory.Users.ByName(ctx, username)
	return userFromAPI(user, userModel{}), err
}

func (b rbacBackend) byEmail(ctx context.Context, address string) (userModel, error) {
	user, err := b.Directory.Users.ByEmail(ctx, address)
	return userFromAPI(user, userModel{}), err
}

func (b rbacBackend) create(ctx context.Context, plan userModel, password string) (userModel, error) {
	user, err := b.Directory.Users.Create(ctx, rbac.UserCreate{
		Username:       plan.Username.ValueString(),
		Email:          plan.Email.ValueString(),
		Password:       password,
		FullName:       plan.FullName.ValueString(),
		OrganizationID: plan.OrganizationID.ValueString(),
		IsSuperuser:    plan.IsSuperuser.ValueBool(),
		ExternalID:     plan.ExternalID.ValueString(),
	})
	return userFromAPI(user, plan), err
}

func (b rbacBackend) read(ctx context.Context, state userModel) (userModel, error) {
	if b.IsRecent(state.CreatedAt.ValueString()) {
		b.Directory.Users.Expect(state.ID.ValueString())
	}
	user, err := b.Directory.Users.Get(ctx, state.ID.ValueString())
	return userFromAPI(user, state), err
}

func (b rbacBackend) update(ctx context.Context, plan, state userModel, _ string) (userModel, error) {
	user, err := b.Directory.Users.Update(ctx, state.ID.ValueString(), rbac.UserUpdate{
		Email:          framework.ChangedText(state.Email, plan.Email),
		FullName:       framework.ChangedText(state.FullName, plan.FullName),
		IsActive:       framework.ChangedBool(state.IsActive, plan.IsActive),
		IsSuperuser:    framework.ChangedBool(state.IsSuperuser, plan.IsSuperuser),
		OrganizationID: changedID(state.OrganizationID, plan.OrganizationID),
	})
	return userFromAPI(user, plan), err
}

func (b rbacBackend) deactivate(ctx context.Context, state userModel) error {
	_, err := b.Directory.Users.Update(ctx, state.ID.ValueString(), rbac.UserUpdate{IsActive: client.Set(false)})
	return err
}

func (b rbacBackend) delete(ctx context.Context, state userModel) error {
	return b.Directory.Users.Delete(ctx, state.ID.ValueString())
}

func userFromAPI(user rbac.User, prior userModel) userModel {
	model := prior.kept()
	model.ID = types.StringValue(user.ID)
	model.SubjectID = types.StringValue(user.ID)
	model.Roles = types.SetNull(types.StringType)
	model.Username = framework.SameFold(prior.Username, user.Username)
	model.Email = framework.SameFold(prior.Email, user.Email)
	model.FullName = framework.OptionalText(prior.FullName, user.FullName)
	model.OrganizationID = framework.OptionalText(prior.OrganizationID, user.OrganizationID)
	model.IsSuperuser = types.BoolValue(user.IsSuperuser)
	model.IsActive = types.BoolValue(user.IsActive)
	model.ExternalID = framework.OptionalText(prior.ExternalID, user.ExternalID)
	model.CreatedAt = framework.Timestamp(user.CreatedAt)
	return model
}

// changedID is the update of a reference. It cannot be cleared like a text, because "" is not an id.
func changedID(state, plan types.String) client.Field[string] {
	if plan.ValueString() == "" && state.ValueString() != "" {
		return client.Null[string]()
	}
	return framework.ChangedText(state, plan)
}

func userDataFromAPI(user rbac.User) (userDataModel, error) {
	groups, err := directory.GroupsOf(user)
	return userDataModel{
		ID:             types.StringValue(user.ID),
		SubjectID:      types.StringValue(user.ID),
		Username:       types.StringValue(user.Username),
		Email:          types.StringValue(user.Email),
		FullName:       framework.TextOrNull(user.FullName),
		OrganizationID: framework.TextOrNull(user.OrganizationID),
		IsSuperuser:    types.BoolValue(user.IsSuperuser),
		IsActive:       types.BoolValue(user.IsActive),
		ExternalID:     framework.TextOrNull(user.ExternalID),
		GroupIDs:       framework.NewIDSet(groups),
		CreatedAt:      framework.Timestamp(user.CreatedAt),
		UpdatedAt:      framework.Timestamp(user.UpdatedAt),
		LastLogin:      framework.Timestamp(user.LastLogin),
	}, err
}

func (b rbacBackend) find(ctx context.Context, config userDataModel) (userDataModel, error) {
	var user rbac.User
	var err error
	switch {
	case !config.Username.IsNull():
		user, err = b.Directory.Users.ByName(ctx, config.Username.ValueString())
	case !config.Email.IsNull():
		user, err = b.Directory.Users.ByEmail(ctx, config.Email.ValueString())
	case !config.SubjectID.IsNull():
		user, err = b.Directory.Users.Get(ctx, config.SubjectID.ValueString())
	default:
		user, err = b.Directory.Users.Get(ctx, config.ID.ValueString())
	}
	if err != nil {
		return config, err
	}
	return userDataFromAPI(user)
}

func (b rbacBackend) groupIDProblem(id string) string { return framework.UUIDProblem(id) }

func (b rbacBackend) list(ctx context.Context, groupID string) ([]userDataModel, error) {
	users, err := b.Directory.Users.List(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]userDataModel, 0, len(users))
	for _, user := range users {
		data, err := userDataFromAPI(user)
		if err != nil {
			return nil, err
		}
		if groupID == "" || slices.Contains(user.Groups, groupID) {
			all = append(all, data)
		}
	}
	return all, nil
}

func (b rbacBackend) current(ctx context.Context) (userDataModel, error) {
	user, complete, err := b.Directory.CurrentUser(ctx)
	if err != nil {
		return userDataModel{}, err
	}
	return currentUserFromAPI(user, complete)
}

// currentUserFromAPI leaves null what an incomplete user does not tell: false and empty would be claims.
func currentUserFromAPI(user rbac.User, complete bool) (userDataModel, error) {
	model, err := userDataFromAPI(user)
	if complete {
		return model, err
	}
	model.ID, model.SubjectID = framework.TextOrNull(user.ID), framework.TextOrNull(user.ID)
	model.Username, model.Email = framework.TextOrNull(user.Username), framework.TextOrNull(user.Email)
	if !user.IsSuperuser {
		model.IsSuperuser = types.BoolNull()
	}
	if user.IsActive {
		model.IsActive = types.BoolNull()
	}
	if user.Groups == nil {
		model.GroupIDs = framework.IDSet{}
	}
	return model, nil
}
