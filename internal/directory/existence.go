package directory

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// listInstead is how many users are looked up one by one before one list of all is cheaper.
const listInstead = 4

// mostLookups bounds what a question about many ids may cost. Beyond it, a wrong id is found when the server refuses it.
const mostLookups = 200

// existence remembers what was found to exist; what was not found may be created any moment.
type existence struct {
	mu    sync.Mutex
	found map[string]bool // ids, which are unique across nouns
}

// Missing returns those of the ids that name no object of the noun ("user", "organization", "group", "role" or
// "right") on the server, in the order given, as far as that can be found out with a few requests. Objects that this run
// created exist, even if a read misses them yet.
func (d *Directory) Missing(ctx context.Context, noun string, ids []string) ([]string, error) {
	unknown := d.unknown(ids)
	if noun == "user" && len(unknown) > listInstead {
		users, err := d.client.Users.List(ctx)
		if err != nil {
			return nil, err
		}
		for _, user := range users {
			d.markFound(user.ID)
		}
		return d.unknown(ids), nil
	}
	var lookups errgroup.Group
	for _, id := range unknown[:min(len(unknown), mostLookups)] {
		lookups.Go(func() error {
			err := d.get(ctx, noun, id)
			if err == nil {
				d.markFound(id)
			}
			if errors.Is(err, client.ErrNotFound) {
				return nil
			}
			return err
		})
	}
	if err := lookups.Wait(); err != nil {
		return nil, err
	}
	return d.unknown(unknown[:min(len(unknown), mostLookups)]), nil
}

func (d *Directory) get(ctx context.Context, noun, id string) (err error) {
	switch noun {
	case "user":
		_, err = d.client.Users.Get(ctx, id)
	case "organization":
		_, err = d.client.Organizations.Get(ctx, id)
	case "group":
		_, err = d.client.Groups.Get(ctx, id)
	case "role":
		_, err = d.client.Roles.Get(ctx, id)
	case "right":
		_, err = d.client.Rights.Get(ctx, id)
	default:
		err = fmt.Errorf("there are no objects called %q", noun)
	}
	return err
}

func (d *Directory) unknown(ids []string) []string {
	d.existence.mu.Lock()
	defer d.existence.mu.Unlock()
	var unknown []string
	for _, id := range ids {
		if !d.existence.found[id] && !d.client.Created(id) {
			unknown = append(unknown, id)
		}
	}
	return unknown
}

func (d *Directory) markFound(id string) {
	d.existence.mu.Lock()
	defer d.existence.mu.Unlock()
	d.existence.found[id] = true
}
