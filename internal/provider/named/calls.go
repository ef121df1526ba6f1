package named

import (
	"context"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
)

// Fields are what the server has of one object.
type Fields struct {
	ID, Name, Description string
	CreatedAt, UpdatedAt  client.Time
}

// Calls are the API's calls for the noun's objects. Their errors are those of directory.Collection.
type Calls interface {
	// Expect says that the object was created only moments ago.
	Expect(d *directory.Directory, id string)
	Create(ctx context.Context, d *directory.Directory, name, description string) (Fields, error)
	Get(ctx context.Context, d *directory.Directory, id string) (Fields, error)
	// Update changes the fields that are set.
	Update(ctx context.Context, d *directory.Directory, id string, name, description client.Field[string]) (Fields, error)
	Delete(ctx context.Context, d *directory.Directory, id string) error
}

// CallsOf are the calls for a collection. fields reads an object; created and updated are the bodies that create and change one.
func CallsOf[T directory.Object, C any, U comparable](
	collection func(*directory.Directory) *directory.Collection[T, C, U],
	fields func(T) Fields,
	created func(name, description string) C,
	updated func(name, description client.Field[string]) U,
) Calls {
	return calls[T, C, U]{collection, fields, created, updated}
}

type calls[T directory.Object, C any, U comparable] struct {
	collection func(*directory.Directory) *directory.Collection[T, C, U]
	fields     func(T) Fields
	created    func(name, description string) C
	updated    func(name, description client.Field[string]) U
}

func (c calls[T, C, U]) Expect(d *directory.Directory, id string) { c.collection(d).Expect(id) }

func (c calls[T, C, U]) Create(ctx context.Context, d *directory.Directory, name, description string) (Fields, error) {
	object, err := c.collection(d).Create(ctx, c.created(name, description))
	return c.fields(object), err
}

func (c calls[T, C, U]) Get(ctx context.Context, d *directory.Directory, id string) (Fields, error) {
	object, err := c.collection(d).Get(ctx, id)
	return c.fields(object), err
}

func (c calls[T, C, U]) Update(ctx context.Context, d *directory.Directory, id string, name, description client.Field[string]) (Fields, error) {
	object, err := c.collection(d).Update(ctx, id, c.updated(name, description))
	return c.fields(object), err
}

func (c calls[T, C, U]) Delete(ctx context.Context, d *directory.Directory, id string) error {
	return c.collection(d).Delete(ctx, id)
}
