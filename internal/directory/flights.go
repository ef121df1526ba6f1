package directory

import (
	"context"

	"golang.org/x/sync/singleflight"
)

// flights lets those who ask for the same at the same time share one call.
type flights[T any] struct{ group singleflight.Group }

// do returns what the call under way for the key returns, or begins one. A caller whose context ends leaves; the call goes
// on for the others, because one failure cancels the contexts of a whole walk and the objects it asks for are not its own.
func (f *flights[T]) do(ctx context.Context, key string, call func(context.Context) (T, error)) (T, error) {
	if err := ctx.Err(); err != nil {
		var none T
		return none, err
	}
	done := f.group.DoChan(key, func() (any, error) { return call(context.WithoutCancel(ctx)) })
	select {
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	case result := <-done:
		value, _ := result.Val.(T)
		return value, result.Err
	}
}
