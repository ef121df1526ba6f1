package rbac

import "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"

// Named is what organizations, groups, roles and rights have in common.
type Named struct {
	ID          string               `json:"id"`
	Name        string               `json:"name"`
	Description *string              `json:"description"`
	CreatedAt   authserver.Timestamp `json:"created_at"`
	UpdatedAt   authserver.Timestamp `json:"updated_at"`
}

// catalog is the four calls that exist for each kind of named object. They differ by what
// else the objects hold.
type catalog[T any] struct {
	store   *authserver.Store
	table   *authserver.Table[T]
	param   string // the id's in the path
	empty   T      // what a new object starts from
	named   func(*T) *Named
	fields  func(*authserver.Object, *T) // reads the fields besides name and description
	check   func(T) error                // finds the ids that it refers to
	release func(id string) error        // frees it from what refers to it, before it is deleted
}

func (c catalog[T]) create(in *call) (any, error) {
	body, err := in.Created()
	if err != nil {
		return nil, err
	}
	created := c.empty
	c.read(body, &created)
	if err := in.Refused(); err != nil {
		return nil, err
	}
	err = c.store.Write(func() error {
		named, now := c.named(&created), c.store.Timestamp()
		named.ID, named.CreatedAt, named.UpdatedAt = authserver.NewID(), now, now
		if err := c.check(created); err != nil {
			return err
		}
		return c.table.Put(created)
	})
	return created, err
}

func (c catalog[T]) get(in *call) (any, error) {
	id := in.PathID(c.param)
	if err := in.Refused(); err != nil {
		return nil, err
	}
	return c.table.See(id)
}

func (c catalog[T]) update(in *call) (any, error) {
	id := in.PathID(c.param)
	body, err := in.Updated()
	if err != nil {
		return nil, err
	}
	var updated T
	err = c.store.Write(func() (missing error) {
		updated, missing = c.table.Get(id)
		c.read(body, &updated)
		if err := in.Refused(); err != nil { // FastAPI checks the body before anything is looked up
			return err
		}
		if missing != nil {
			return missing
		}
		c.named(&updated).UpdatedAt = c.store.Timestamp()
		if err := c.check(updated); err != nil {
			return err
		}
		return c.table.Put(updated)
	})
	return updated, err
}

func (c catalog[T]) delete(in *call) (any, error) {
	id := in.PathID(c.param)
	if err := in.Refused(); err != nil {
		return nil, err
	}
	err := c.store.Write(func() error {
		if err := c.table.Has(id); err != nil {
			return err
		}
		if err := c.release(id); err != nil {
			return err
		}
		c.table.Remove(id)
		return nil
	})
	return authserver.Message("%s deleted", c.table.Noun), err
}

func (c catalog[T]) read(body *authserver.Object, into *T) {
	named := c.named(into)
	body.Name("name", &named.Name)
	body.OptionalText("description", &named.Description)
	c.fields(body, into)
}
