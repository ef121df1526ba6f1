package user

import "context"

// backend keeps users with one generation of the API. Errors are those of the package client; ErrNotFound says that there is
// no such user.
type backend interface {
	// byName and byEmail find a user as the server has it.
	byName(ctx context.Context, username string) (userModel, error)
	byEmail(ctx context.Context, address string) (userModel, error)
	// create makes the user of a plan, which the server may leave active.
	create(ctx context.Context, plan userModel, password string) (userModel, error)
	read(ctx context.Context, state userModel) (userModel, error)
	// update changes what differs between the two.
	update(ctx context.Context, plan, state userModel) (userModel, error)
	// deactivate keeps the user from logging in; delete removes it.
	deactivate(ctx context.Context, state userModel) error
	delete(ctx context.Context, state userModel) error
}

// backend returns the one of the platform.
func (r *userResource) backend(ctx context.Context) (backend, error) {
	_, err := r.Generation(ctx)
	return rbacBackend{r.Run}, err
}
