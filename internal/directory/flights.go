package directory

import (
	"context"
	"sync"

	"golang.org/x/sync/singleflight"
)

// flights lets those who ask for the same at the same time share one call.
type flights[T any] struct {
	group singleflight.Group

	mu     sync.Mutex
	shared map[string]*sharedContext
}

// sharedContext ends when all who share it have left, rather than with the context of the one who came first.
type sharedContext struct {
	context.Context
	end   context.CancelFunc
	users int
}

// do returns what the call under way for the key returns, or begins one. A caller whose context ends leaves the others
// to theirs.
func (f *flights[T]) do(ctx context.Context, key string, call func(context.Context) (T, error)) (T, error) {
	shared, done := f.join(ctx, key, call)
	defer f.leave(key, shared)
	select {
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	case result := <-done:
		value, _ := result.Val.(T)
		return value, result.Err
	}
}

func (f *flights[T]) join(ctx context.Context, key string, call func(context.Context) (T, error)) (*sharedContext, <-chan singleflight.Result) {
	f.mu.Lock()
	defer f.mu.Unlock()
	shared, ok := f.shared[key]
	if !ok {
		shared = &sharedContext{}
		shared.Context, shared.end = context.WithCancel(context.WithoutCancel(ctx))
		if f.shared == nil {
			f.shared = map[string]*sharedContext{}
		}
		f.shared[key] = shared
	}
	shared.users++
	return shared, f.group.DoChan(key, func() (any, error) { return call(shared) })
}

func (f *flights[T]) leave(key string, shared *sharedContext) {
	f.mu.Lock()
	defer f.mu.Unlock()
	shared.users--
	if shared.users == 0 {
		shared.end()
		delete(f.shared, key)
		f.group.Forget(key) // Nobody must join a call that was given up.
	}
}
