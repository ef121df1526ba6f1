package group

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/named"
)

func groupFromAPI(group rbac.Group, prior groupModel) groupModel {
	return groupModel{
		ID:          types.StringValue(group.ID),
		Name:        framework.SameText(prior.Name, group.Name),
		Description: framework.OptionalText(prior.Description, group.Description),
		CreatedAt:   framework.Timestamp(group.CreatedAt),
		ForceDetach: types.BoolValue(prior.ForceDetach.ValueBool()),
	}
}

func dataFromAPI(group rbac.Group) (dataModel, error) {
	roles, err := directory.RolesOf(group)
	fields := named.Fields{ID: group.ID, Name: group.Name, Description: group.Description, CreatedAt: group.CreatedAt}
	return dataModel{Data: named.NewData(fields, group.UpdatedAt), RoleIDs: framework.NewIDSet(roles)}, err
}
