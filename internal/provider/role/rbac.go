package role

import (
	"context"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/detach"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/named"
)

var calls = named.CallsOf(
	func(d *directory.Directory) *directory.Roles { return d.Roles },
	fields,
	func(name, description string) rbac.RoleCreate {
		return rbac.RoleCreate{Name: name, Description: description}
	},
	func(name, description client.Field[string]) rbac.RoleUpdate {
		return rbac.RoleUpdate{Name: name, Description: description}
	},
)

func fields(role rbac.Role) named.Fields {
	return named.Fields{ID: role.ID, Name: role.Name, Description: role.Description, CreatedAt: role.CreatedAt, UpdatedAt: role.UpdatedAt}
}

var holders = detach.Holders{
	Noun: "group",
	Find: func(ctx context.Context, d *directory.Directory, id string) ([]string, error) {
		return d.GroupsWithRole(ctx, id)
	},
	Detach: func(ctx context.Context, d *directory.Directory, group, id string) error {
		return d.GroupRoles.Remove(ctx, group, id)
	},
}

func readData(ctx context.Context, d *directory.Directory, id string) (dataModel, error) {
	role, err := d.Roles.Get(ctx, id)
	if err != nil {
		return dataModel{}, err
	}
	rights, err := directory.RightsOf(role)
	return dataModel{Data: fields(role).Data(), RightIDs: framework.NewIDSet(rights)}, err
}
