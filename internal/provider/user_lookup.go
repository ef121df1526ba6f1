package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// userByName finds a user by username.
func (c *connection) userByName(ctx context.Context, username string) (rbac.User, error) {
	user, err := c.directory.Users.ByName(ctx, username)
	return user, c.lookAlike(ctx, username, err, func(user rbac.User) string { return user.Username })
}

// userByEmail finds a user by e-mail address.
func (c *connection) userByEmail(ctx context.Context, address string) (rbac.User, error) {
	user, err := c.directory.Users.ByEmail(ctx, address)
	return user, c.lookAlike(ctx, address, err, func(user rbac.User) string { return user.Email })
}

// lookAlike adds to a lookup that found nobody the user whose name looks the same: an accented letter has two encodings in
// Unicode, and Terraform turns the strings of a configuration into one of them, whatever the server has.
func (c *connection) lookAlike(ctx context.Context, wanted string, err error, of func(rbac.User) string) error {
	if !errors.Is(err, client.ErrNotFound) {
		return err
	}
	users, problem := c.directory.Users.List(ctx)
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
