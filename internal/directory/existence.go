package directory

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// listInstead is how many users are looked up one by one before one list of all is cheaper.
const listInstead = 4

// existence remembers what was found to exist; what was not found may be created any moment.
type existence struct {
	mu    sync.Mutex
	found map[string]bool // ids, which are unique across nouns
}

// Missing returns those of the ids that name no object of the noun ("user", "organization", "group", "role" or
// "right") on the server, in the order given. Objects that this run created exist, even if a read misses them yet.
func (d *Directory) Missing(ctx context.Context, noun string, ids []string) ([]string, error) {
	var missing []string
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
	for _, id := range unknown {
		switch err := d.get(ctx, noun, id); {
		case errors.Is(err, client.ErrNotFound):
			missing = append(missing, id)
		case err != nil:
			return nil, err
		default:
			d.markFound(id)
		}
	}
	return missing, nil
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
