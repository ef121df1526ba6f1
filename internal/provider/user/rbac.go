package user

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"time"

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
	user, err := b.UserByName(ctx, username)
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

func (b rbacBackend) update(ctx context.Context, plan, state userModel) (userModel, error) {
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
	return userModel{
		ID:             types.StringValue(user.ID),
		SubjectID:      types.StringValue(user.ID),
		Roles:          types.SetNull(types.StringType),
		Username:       framework.SameFold(prior.Username, user.Username),
		Email:          framework.SameFold(prior.Email, user.Email),
		FullName:       framework.OptionalText(prior.FullName, user.FullName),
		OrganizationID: framework.OptionalText(prior.OrganizationID, user.OrganizationID),
		IsSuperuser:    types.BoolValue(user.IsSuperuser),
		IsActive:       types.BoolValue(user.IsActive),
		ExternalID:     framework.OptionalText(prior.ExternalID, user.ExternalID),
		// The server never tells a password, so these are what the configuration last said.
		Password:          prior.Password,
		PasswordWOVersion: prior.PasswordWOVersion,
		CreatedAt:         framework.Timestamp(user.CreatedAt),

		AdoptExisting:      types.BoolValue(prior.AdoptExisting.ValueBool()),
		DeletionProtection: framework.DeletionProtection(prior.DeletionProtection),
		OnDestroy:          types.StringValue(cmp.Or(prior.OnDestroy.ValueString(), onDestroyDelete)),
	}
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

// findUser finds the user whom the configuration of the data source names.
func findUser(ctx context.Context, r *run.Run, config userDataModel) (userDataModel, error) {
	var user rbac.User
	var err error
	switch {
	case !config.Username.IsNull():
		user, err = r.UserByName(ctx, config.Username.ValueString())
	case !config.Email.IsNull():
		user, err = r.UserByEmail(ctx, config.Email.ValueString())
	default:
		user, err = r.Directory.Users.Get(ctx, config.ID.ValueString())
	}
	if err != nil {
		return config, err
	}
	return userDataFromAPI(user)
}

// filter returns what a user must be like, but for the groups; the arguments that are not set ask for nothing.
func (m usersDataModel) filter() (func(rbac.User) bool, error) {
	username, err := regexp.Compile(m.UsernameRegex.ValueString())
	if err != nil {
		return nil, err
	}
	email, err := regexp.Compile(m.EmailRegex.ValueString())
	if err != nil {
		return nil, err
	}
	var since time.Time
	if !m.InactiveSince.IsNull() {
		if since, err = time.Parse(time.RFC3339, m.InactiveSince.ValueString()); err != nil {
			return nil, err
		}
	}
	return func(user rbac.User) bool {
		return (m.OrganizationID.IsNull() || user.OrganizationID == m.OrganizationID.ValueString()) &&
			(m.IsSuperuser.IsNull() || user.IsSuperuser == m.IsSuperuser.ValueBool()) &&
			(m.IsActive.IsNull() || user.IsActive == m.IsActive.ValueBool()) &&
			username.MatchString(user.Username) &&
			email.MatchString(user.Email) &&
			(m.InactiveSince.IsNull() || user.LastLogin.Before(since)) // never is the zero time
	}, nil
}

// listUsers returns the users whom the configuration of the data source asks for.
func listUsers(ctx context.Context, r *run.Run, config usersDataModel) (usersDataModel, error) {
	wanted, err := config.filter()
	if err != nil {
		return config, err
	}
	users, err := r.Directory.Users.List(ctx)
	if err != nil {
		return config, err
	}
	config.Users = []userDataModel{}
	var ids, usernames []string
	for _, user := range users {
		if !wanted(user) {
			continue
		}
		data, err := userDataFromAPI(user)
		if err != nil {
			return config, err
		}
		if config.GroupID.IsNull() || slices.Contains(user.Groups, config.GroupID.ValueString()) {
			config.Users = append(config.Users, data)
			ids, usernames = append(ids, user.ID), append(usernames, user.Username)
		}
	}
	config.IDs, config.Usernames = framework.NewIDSet(ids), framework.NewIDSet(usernames)
	return config, nil
}

// currentUserFromAPI leaves null what an incomplete user does not tell: false and empty would be claims.
func currentUserFromAPI(user rbac.User, complete bool) (currentUserModel, error) {
	data, err := userDataFromAPI(user)
	model := currentUserModel{data}
	if complete {
		return model, err
	}
	model.ID, model.Username, model.Email = framework.TextOrNull(user.ID), framework.TextOrNull(user.Username), framework.TextOrNull(user.Email)
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
