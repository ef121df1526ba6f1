package directory

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// mostLookups bounds what a question about many ids may cost. Beyond it, a wrong id is found when the server refuses it.
const mostLookups = 200

// Missing returns those of the ids that name no object of the noun ("user", "organization", "group", "role" or
// "right") on the server, in the order given, as far as that can be found out with a few requests. Objects that this run
// created exist, even if a read misses them yet.
func (d *Directory) Missing(ctx context.Context, noun string, ids []string) ([]string, error) {
	switch noun {
	case "user":
		if len(ids) > fewObjects {
			// The lookups below find nearly all in memory then. Where the list fails, they ask for one after the other.
			if _, err := d.Users.all(ctx); errors.Is(err, client.ErrLogin) {
				return nil, err
			}
		}
		return d.Users.missing(ctx, ids)
	case "organization":
		return d.Organizations.missing(ctx, ids)
	case "group":
		return d.Groups.missing(ctx, ids)
	case "role":
		return d.Roles.missing(ctx, ids)
	case "right":
		return d.Rights.missing(ctx, ids)
	}
	return nil, fmt.Errorf("there are no objects called %q", noun)
}

// Missing returns those of the group's ids that name no group, as Directory.Missing does.
func (g *GatewayGroups) Missing(ctx context.Context, ids []string) ([]string, error) {
	return g.missing(ctx, ids)
}

func (c *Collection[T, C, U]) missing(ctx context.Context, ids []string) ([]string, error) {
	var unknown []string
	for _, id := range ids {
		if !c.memory.has(id) {
			unknown = append(unknown, id)
		}
	}
	unknown = unknown[:min(len(unknown), mostLookups)]
	gone := make([]bool, len(unknown))
	var lookups errgroup.Group
	for i, id := range unknown {
		lookups.Go(func() error {
			_, err := c.Get(ctx, id)
			if errors.Is(err, client.ErrNotFound) {
				gone[i], err = true, nil
			}
			return err
		})
	}
	if err := lookups.Wait(); err != nil {
		return nil, err
	}
	var missing []string
	for i, id := range unknown {
		if gone[i] {
			missing = append(missing, id)
		}
	}
	return missing, nil
}
