package rbac

import (
	"cmp"
	"context"
	"net/http"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// Entity is what all objects of the API have in common.
type Entity = client.Entity

// Entities is the part of the API that is the same for every kind of object: create, get, update and delete.
// T is the object, C the body that creates it, U the body that changes it.
type Entities[T Entity, C any, U comparable] struct {
	client.Entities[T, C, U]
	client *client.Client
	path   string // of the collection, with its trailing slash
}

// entities returns the calls for one kind of objects, whose create has the collection's path unless another one is given.
func entities[T Entity, C any, U comparable](c *client.Client, noun, path, create string) Entities[T, C, U] {
	return Entities[T, C, U]{client.NewEntities[T, C, U](c, noun, path, cmp.Or(create, path)), c, path}
}

// assign and unassign add and remove the edge from an object to one of another kind; both are safe to repeat.
func (e Entities[T, C, U]) assign(ctx context.Context, id, edges, to string) error {
	_, err := client.Do[client.Nothing](ctx, e.client, client.Request{Method: http.MethodPost, Path: e.path + client.Segment(id) + edges + client.Segment(to)})
	return err
}

func (e Entities[T, C, U]) unassign(ctx context.Context, id, edges, to string) error {
	_, err := client.Do[client.Nothing](ctx, e.client, client.Request{Method: http.MethodDelete, Path: e.path + client.Segment(id) + edges + client.Segment(to)})
	return err
}
