package access

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

// accessOf returns what the user whom the configuration of the data source names may do, and why.
func accessOf(ctx context.Context, r *run.Run, config userAccessModel) (userAccessModel, error) {
	var user rbac.User
	var err error
	if config.UserID.IsNull() {
		user, err = r.Directory.Users.ByName(ctx, config.Username.ValueString())
	} else {
		user, err = r.Directory.Users.Get(ctx, config.UserID.ValueString())
	}
	if err != nil {
		return config, err
	}
	grants, err := r.Directory.Access(ctx, user)
	return userAccessFromAPI(user, grants), err
}

func userAccessFromAPI(user rbac.User, grants []directory.Grant) userAccessModel {
	model := userAccessModel{
		UserID:      types.StringValue(user.ID),
		Username:    types.StringValue(user.Username),
		IsActive:    types.BoolValue(user.IsActive),
		IsSuperuser: types.BoolValue(user.IsSuperuser),
		Grants:      make([]grantModel, len(grants)),
	}
	names := make([]string, len(grants))
	for i, grant := range grants {
		names[i] = grant.Right.Name
		model.Grants[i] = grantModel{
			RightID:   types.StringValue(grant.Right.ID),
			RightName: types.StringValue(grant.Right.Name),
			Paths:     pathsFromDirectory(grant.Paths),
		}
	}
	model.Rights = framework.NewIDSet(names)
	switch {
	case !user.IsActive:
		model.Note = types.StringValue(fmt.Sprintf("The user %q is inactive and has no rights, regardless of its groups.", user.Username))
	case user.IsSuperuser:
		model.Note = types.StringValue(fmt.Sprintf("The user %q is a superuser: the platform may allow more than the rights listed here.", user.Username))
	}
	return model
}

func currentPermissionsFromAPI(permissions rbac.Permissions) currentPermissionsModel {
	return currentPermissionsModel{
		UserID: framework.TextOrNull(permissions.UserID),
		Groups: framework.NewIDSet(permissions.Groups),
		Roles:  framework.NewIDSet(permissions.Roles),
		Rights: framework.NewIDSet(permissions.Rights),
	}
}
