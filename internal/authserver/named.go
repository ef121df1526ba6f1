package authserver

// Named is what organizations, groups, roles and rights have in common.
type Named struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	Description *string   `json:"description"`
	CreatedAt   Timestamp `json:"created_at"`
	UpdatedAt   Timestamp `json:"updated_at"`
}

// catalog is the four calls that exist for each kind of named object. They differ by what
// else the objects hold.
type catalog[T any] struct {
	store   *store
	table   *table[T]
	param   string // the id's in the path
	empty   T      // what a new object starts from
	named   func(*T) *Named
	fields  func(*object, *T)     // reads the fields besides name and description
	check   func(T) error         // finds the ids that it refers to
	release func(id string) error // frees it from what refers to it, before it is deleted
}

func (c catalog[T]) create(in *input) (any, error) {
	body, err := in.created()
	if err != nil {
		return nil, err
	}
	created := c.empty
	c.read(body, &created)
	if err := in.refused(); err != nil {
		return nil, err
	}
	err = c.store.write(func() error {
		named, now := c.named(&created), timestamp(c.store.instant)
		named.ID, named.CreatedAt, named.UpdatedAt = newID(), now, now
		if err := c.check(created); err != nil {
			return err
		}
		return c.table.put(created)
	})
	return created, err
}

func (c catalog[T]) get(in *input) (any, error) {
	id := in.id(c.param)
	if err := in.refused(); err != nil {
		return nil, err
	}
	return c.table.see(id)
}

func (c catalog[T]) update(in *input) (any, error) {
	id := in.id(c.param)
	body, err := in.updated()
	if err != nil {
		return nil, err
	}
	var updated T
	err = c.store.write(func() (missing error) {
		updated, missing = c.table.get(id)
		c.read(body, &updated)
		if err := in.refused(); err != nil { // FastAPI checks the body before anything is looked up
			return err
		}
		if missing != nil {
			return missing
		}
		c.named(&updated).UpdatedAt = timestamp(c.store.instant)
		if err := c.check(updated); err != nil {
			return err
		}
		return c.table.put(updated)
	})
	return updated, err
}

func (c catalog[T]) delete(in *input) (any, error) {
	id := in.id(c.param)
	if err := in.refused(); err != nil {
		return nil, err
	}
	err := c.store.write(func() error {
		if err := c.table.has(id); err != nil {
			return err
		}
		if err := c.release(id); err != nil {
			return err
		}
		c.table.remove(id)
		return nil
	})
	return message("%s deleted", c.table.noun), err
}

func (c catalog[T]) read(body *object, into *T) {
	named := c.named(into)
	body.name("name", &named.Name)
	body.optionalText("description", &named.Description)
	c.fields(body, into)
}
