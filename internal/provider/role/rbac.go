package role

import (
	"context"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/named"
)

// calls are the calls of the RBAC API.
type calls struct{}

func (calls) Expect(d *directory.Directory, id string) { d.Roles.Expect(id) }

func (calls) Create(ctx context.Context, d *directory.Directory, name, description string) (named.Fields, error) {
	role, err := d.Roles.Create(ctx, rbac.RoleCreate{Name: name, Description: description})
	return fields(role), err
}

func (calls) Get(ctx context.Context, d *directory.Directory, id string) (named.Fields, error) {
	role, err := d.Roles.Get(ctx, id)
	return fields(role), err
}

func (calls) Update(ctx context.Context, d *directory.Directory, id string, name, description client.Field[string]) (named.Fields, error) {
	role, err := d.Roles.Update(ctx, id, rbac.RoleUpdate{Name: name, Description: description})
	return fields(role), err
}

func (calls) Delete(ctx context.Context, d *directory.Directory, id string) error {
	return d.Roles.Delete(ctx, id)
}

func fields(role rbac.Role) named.Fields {
	return named.Fields{ID: role.ID, Name: role.Name, Description: role.Description, CreatedAt: role.CreatedAt}
}

func dataFromAPI(role rbac.Role) (dataModel, error) {
	rights, err := directory.RightsOf(role)
	return dataModel{
		Data:     named.NewData(fields(role), role.UpdatedAt),
		RightIDs: framework.NewIDSet(rights),
	}, err
}
