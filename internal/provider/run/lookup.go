package run

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// UserByName finds a user by username.
func (r *Run) UserByName(ctx context.Context, username string) (rbac.User, error) {
	user, err := r.Directory.Users.ByName(ctx, username)
	return user, r.lookAlike(ctx, username, err, func(user rbac.User) string { return user.Username })
}

// UserByEmail finds a user by e-mail address.
func (r *Run) UserByEmail(ctx context.Context, address string) (rbac.User, error) {
	user, err := r.Directory.Users.ByEmail(ctx, address)
	return user, r.lookAlike(ctx, address, err, func(user rbac.User) string { return user.Email })
}

// lookAlike adds to a lookup that found nobody the user whose name looks the same: an accented letter has two encodings in
// Unicode, and Terraform turns the strings of a configuration into one of them, whatever the server has.
func (r *Run) lookAlike(ctx context.Context, wanted string, err error, of func(rbac.User) string) error {
	if !errors.Is(err, client.ErrNotFound) {
		return err
	}
	users, problem := r.Directory.Users.List(ctx)
	if problem != nil {
		return err
	}
	for _, user := range users {
		if strings.EqualFold(norm.NFC.String(of(user)), norm.NFC.String(wanted)) {
			return fmt.Errorf("%w; %q of the user %s looks the same, but is encoded differently in Unicode: use that user's id", err, of(user), user.ID)
		}
	}
	return err
}
