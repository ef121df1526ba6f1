package user

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

// gatewayBackend keeps users with the gateway API.
type gatewayBackend struct{ *run.Run }

func (b gatewayBackend) plan(_ context.Context, p *planning) {
	p.plan.FullName, p.plan.OrganizationID, p.plan.ExternalID = types.StringNull(), types.StringNull(), types.StringNull()
	p.plan.IsSuperuser = types.BoolNull()
	if p.config.Roles.IsNull() && !p.creates {
		p.plan.Roles = p.state.Roles
	}
	if !p.creates && p.state.Password.IsNull() && p.state.PasswordWOVersion.IsNull() && (!p.plan.Password.IsNull() || !p.plan.PasswordWOVersion.IsNull()) {
		at := path.Root("password_wo_version")
		if !p.plan.Password.IsNull() {
			at = path.Root("password")
		}
		p.resp.Diagnostics.AddAttributeWarning(at, "This sets the password of "+label(p.state),
			"The state has no password of this user, because it was imported or adopted. The apply replaces whatever password the user has now. To keep it, "+
				"omit the arguments for the password.")
	}
}

// checkPassword finds nothing wrong: the gateway API can change a password.
func (b gatewayBackend) checkPassword(_, _, _ userModel) diag.Diagnostics { return nil }

func (b gatewayBackend) byName(ctx context.Context, username string) (userModel, error) {
	user, err := b.Gateway.Users.ByName(ctx, username)
	if err != nil {
		return userModel{}, err
	}
	return userFromGateway(user, userModel{})
}

func (b gatewayBackend) byEmail(ctx context.Context, address string) (userModel, error) {
	user, err := b.Gateway.Users.ByEmail(ctx, address)
	if err != nil {
		return userModel{}, err
	}
	return userFromGateway(user, userModel{})
}

func (b gatewayBackend) create(ctx context.Context, plan userModel, password string) (userModel, error) {
	user, err := b.Gateway.Users.Create(ctx, gateway.UserCreate{
		Username: plan.Username.ValueString(),
		Email:    plan.Email.ValueString(),
		Password: password,
		Roles:    roleNames(plan.Roles),
	})
	if err != nil {
		return userModel{}, err
	}
	return userFromGateway(user, plan)
}

func (b gatewayBackend) read(ctx context.Context, state userModel) (userModel, error) {
	if b.IsRecent(state.CreatedAt.ValueString()) {
		b.Gateway.Users.Expect(state.ID.ValueString())
	}
	user, err := b.Gateway.Users.Get(ctx, state.ID.ValueString())
	if err != nil {
		return userModel{}, err
	}
	return userFromGateway(user, state)
}

func (b gatewayBackend) update(ctx context.Context, plan, state userModel, password string) (userModel, error) {
	update := gateway.UserUpdate{
		Username: framework.ChangedText(state.Username, plan.Username),
		Email:    changedID(state.Email, plan.Email), // which "" is not
		Active:   framework.ChangedBool(state.IsActive, plan.IsActive),
	}
	if !plan.Roles.IsUnknown() && !plan.Roles.Equal(state.Roles) {
		update.Roles = client.Set(roleNames(plan.Roles))
	}
	user, err := b.Gateway.Users.Update(ctx, state.ID.ValueString(), update)
	switch {
	case err != nil && !plan.Username.Equal(state.Username):
		return userModel{}, framework.Advised(err, "If the server refuses to change the username, keep the old one, or recreate the user under the new name (it "+
			"gets a new id and loses its groups): terraform apply -replace=ADDRESS")
	case err != nil:
		return userModel{}, err
	}
	if password != "" {
		if err := b.Gateway.Users.ResetPassword(ctx, state.ID.ValueString(), password); err != nil {
			return userModel{}, fmt.Errorf("could not reset the password: %w", err)
		}
	}
	return userFromGateway(user, plan)
}

// deactivate ends the user's sessions too, as far as the platform keeps a record of them.
func (b gatewayBackend) deactivate(ctx context.Context, state userModel) error {
	if _, err := b.Gateway.Users.Update(ctx, state.ID.ValueString(), gateway.UserUpdate{Active: client.Set(false)}); err != nil {
		return err
	}
	err := purgeSessions(ctx, b.Run, state, "")
	if errors.Is(err, client.ErrDisabled) || errors.Is(err, client.ErrUnsupported) {
		return nil
	}
	return err
}

// delete locks the user out first, because a deleted user can still log in with the password. What a user of an identity
// provider logs in with is not the platform's.
func (b gatewayBackend) delete(ctx context.Context, state userModel) error {
	if !state.IsExternal.ValueBool() {
		if err := lockUser(ctx, b.Run, state, ""); err != nil {
			return fmt.Errorf("could not lock the user before deleting it: %w", err)
		}
	}
	return b.Gateway.Users.Delete(ctx, state.ID.ValueString())
}

// lockUser deactivates the user and gives it a password that nobody knows.
func lockUser(ctx context.Context, r *run.Run, user userModel, _ string) error {
	if err := (gatewayBackend{r}).deactivate(ctx, user); err != nil {
		return err
	}
	return resetPassword(ctx, r, user, randomPassword())
}

func resetPassword(ctx context.Context, r *run.Run, user userModel, password string) error {
	return r.Gateway.Users.ResetPassword(ctx, user.ID.ValueString(), password)
}

// purgeSessions fails where the platform keeps no record of sessions.
func purgeSessions(ctx context.Context, r *run.Run, user userModel, _ string) error {
	_, err := r.Gateway.Sessions.Purge(ctx, gateway.Subject{TenantID: gateway.DefaultTenant, ID: user.SubjectID.ValueString()})
	return err
}

// randomPassword is one that nobody knows. It has what a realm's policy may ask for.
func randomPassword() string { return "aA1!" + rand.Text() + rand.Text() }

// rolesOf returns the roles of a user but for the implied ones that the configuration does not name.
func rolesOf(user gateway.User, configured []string) ([]string, error) {
	if user.Roles == nil {
		return nil, fmt.Errorf("the answer about user %s does not tell the user's roles", user.ID)
	}
	return slices.DeleteFunc(slices.Clone([]string(user.Roles)), func(role string) bool {
		return gateway.IsImplied(role) && !slices.Contains(configured, role)
	}), nil
}

// roleNames returns the elements of a set, nil if it is null or unknown.
func roleNames(roles types.Set) []string {
	if roles.IsNull() || roles.IsUnknown() {
		return nil
	}
	names := []string{}
	for _, element := range roles.Elements() {
		if name, ok := element.(types.String); ok {
			names = append(names, name.ValueString())
		}
	}
	return names
}

func userFromGateway(user gateway.User, prior userModel) (userModel, error) {
	roles, err := rolesOf(user, roleNames(prior.Roles))
	elements := make([]attr.Value, len(roles))
	for i, role := range roles {
		elements[i] = types.StringValue(role)
	}
	email := framework.OptionalText(prior.Email, user.Email)
	if user.Email != "" {
		email = framework.SameFold(prior.Email, user.Email)
	}
	model := prior.kept()
	model.ID = types.StringValue(user.ID)
	model.SubjectID = types.StringValue(user.SubjectID())
	model.Username = framework.SameFold(prior.Username, user.Username)
	model.Email = email
	model.IsActive = types.BoolValue(user.Active)
	model.IsExternal = types.BoolValue(user.IsExternal)
	model.Roles = types.SetValueMust(types.StringType, elements)
	model.CreatedAt = framework.Timestamp(user.CreatedAt)
	return model, err
}

func userDataFromGateway(user gateway.User) (userDataModel, error) {
	roles, err := rolesOf(user, nil)
	name := user.FullName
	if name == "" {
		name = user.Name
	}
	return userDataModel{
		ID:          types.StringValue(user.ID),
		SubjectID:   types.StringValue(user.SubjectID()),
		Username:    types.StringValue(user.Username),
		Email:       framework.TextOrNull(user.Email),
		FullName:    framework.TextOrNull(name),
		IsSuperuser: types.BoolValue(user.IsSuperuser),
		IsActive:    types.BoolValue(user.Active),
		IsExternal:  types.BoolValue(user.IsExternal),
		ExternalID:  framework.TextOrNull(user.ExternalID),
		Roles:       framework.NewIDSet(roles),
		CreatedAt:   framework.Timestamp(user.CreatedAt),
		UpdatedAt:   framework.Timestamp(user.UpdatedAt),
	}, err
}

func (b gatewayBackend) find(ctx context.Context, config userDataModel) (userDataModel, error) {
	var user gateway.User
	var err error
	switch {
	case !config.Username.IsNull():
		user, err = b.Gateway.Users.ByName(ctx, config.Username.ValueString())
	case !config.Email.IsNull():
		user, err = b.Gateway.Users.ByEmail(ctx, config.Email.ValueString())
	case !config.SubjectID.IsNull():
		user, err = b.Gateway.Users.BySubject(ctx, config.SubjectID.ValueString())
	default:
		user, err = b.Gateway.Users.Get(ctx, config.ID.ValueString())
	}
	if err != nil {
		return config, err
	}
	return userDataFromGateway(user)
}

func (b gatewayBackend) groupIDProblem(string) string { return "" }

func (b gatewayBackend) list(ctx context.Context, groupID string) ([]userDataModel, error) {
	users, err := b.Gateway.Users.List(ctx)
	if err != nil {
		return nil, err
	}
	var members []string
	if groupID != "" {
		if members, err = b.Gateway.GroupMembers.List(ctx, groupID); err != nil {
			return nil, err
		}
	}
	all := make([]userDataModel, 0, len(users))
	for _, user := range users {
		data, err := userDataFromGateway(user)
		if err != nil {
			return nil, err
		}
		if groupID == "" || slices.Contains(members, user.SubjectID()) || slices.Contains(members, user.ID) {
			all = append(all, data)
		}
	}
	return all, nil
}

// current returns what a token says of its owner, and what the list of users adds to it where the owner may read that.
func (b gatewayBackend) current(ctx context.Context) (userDataModel, error) {
	me, err := b.Gateway.Me(ctx)
	if err != nil {
		return userDataModel{}, err
	}
	user, err := b.Gateway.Users.BySubject(ctx, me.SubjectID)
	switch {
	case err == nil:
		return userDataFromGateway(user)
	case !errors.Is(err, client.ErrNotFound) && !errors.Is(err, client.ErrForbidden) && !errors.Is(err, client.ErrUnsupported):
		return userDataModel{}, err
	}
	model := userDataModel{
		SubjectID: framework.TextOrNull(me.SubjectID), Username: framework.TextOrNull(me.Username), Email: framework.TextOrNull(me.Email),
	}
	if me.Roles != nil {
		model.Roles = framework.NewIDSet(me.Roles)
	}
	return model, nil
}
