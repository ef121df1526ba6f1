package right

import (
	"context"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/detach"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/named"
)

var calls = named.CallsOf(
	func(d *directory.Directory) *directory.Rights { return d.Rights },
	fields,
	func(name, description string) rbac.RightCreate {
		return rbac.RightCreate{Name: name, Description: description}
	},
	func(name, description client.Field[string]) rbac.RightUpdate {
		return rbac.RightUpdate{Name: name, Description: description}
	},
)

func fields(right rbac.Right) named.Fields {
	return named.Fields{ID: right.ID, Name: right.Name, Description: right.Description, CreatedAt: right.CreatedAt, UpdatedAt: right.UpdatedAt}
}

var holders = detach.Holders{
	Noun: "role",
	Find: func(ctx context.Context, d *directory.Directory, id string) ([]string, error) {
		return d.RolesWithRight(ctx, id)
	},
	Detach: func(ctx context.Context, d *directory.Directory, role, id string) error {
		return d.RoleRights.Remove(ctx, role, id)
	},
}

func readData(ctx context.Context, d *directory.Directory, id string) (dataModel, error) {
	right, err := d.Rights.Get(ctx, id)
	return dataModel{fields(right).Data()}, err
}
