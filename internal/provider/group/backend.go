package group

import "context"

// backend keeps groups with one generation of the API. Errors are those of the package client; ErrNotFound says that there
// is no such group.
type backend interface {
	create(ctx context.Context, plan groupModel) (groupModel, error)
	read(ctx context.Context, state groupModel) (groupModel, error)
	// update changes what differs between the two.
	update(ctx context.Context, plan, state groupModel) (groupModel, error)
	delete(ctx context.Context, state groupModel) error
}

// backend returns the one of the platform.
func (r *groupResource) backend(ctx context.Context) (backend, error) {
	_, err := r.Generation(ctx)
	return rbacBackend{r.Run}, err
}
