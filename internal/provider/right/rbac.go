package right

import (
	"context"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/named"
)

// calls are the calls of the RBAC API.
type calls struct{}

func (calls) Expect(d *directory.Directory, id string) { d.Rights.Expect(id) }

func (calls) Create(ctx context.Context, d *directory.Directory, name, description string) (named.Fields, error) {
	right, err := d.Rights.Create(ctx, rbac.RightCreate{Name: name, Description: description})
	return fields(right), err
}

func (calls) Get(ctx context.Context, d *directory.Directory, id string) (named.Fields, error) {
	right, err := d.Rights.Get(ctx, id)
	return fields(right), err
}

func (calls) Update(ctx context.Context, d *directory.Directory, id string, name, description client.Field[string]) (named.Fields, error) {
	right, err := d.Rights.Update(ctx, id, rbac.RightUpdate{Name: name, Description: description})
	return fields(right), err
}

func (calls) Delete(ctx context.Context, d *directory.Directory, id string) error {
	return d.Rights.Delete(ctx, id)
}

func fields(right rbac.Right) named.Fields {
	return named.Fields{ID: right.ID, Name: right.Name, Description: right.Description, CreatedAt: right.CreatedAt}
}

func dataFromAPI(right rbac.Right) (dataModel, error) {
	return dataModel{named.NewData(fields(right), right.UpdatedAt)}, nil
}
