package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// ReadUntilShown reads an object until it shows what an update has set: behind a load balancer, a read can miss a write.
// After about six seconds, what the server says counts, as it may have written something else than it was sent.
func ReadUntilShown[T any](ctx context.Context, c *Client, update any, read func(context.Context) (T, error)) (T, error) {
	return Settle(ctx, c.Pause, func() (T, error) { return read(ctx) }, func(value T, err error) bool {
		return errors.Is(err, ErrNotFound) || err == nil && !shows(value, update)
	})
}

// Settle reads until the result no longer misses what was written, with growing pauses of about six seconds in all. After
// that, what the server says counts.
func Settle[T any](ctx context.Context, pause func(context.Context, time.Duration) error, read func() (T, error), misses func(T, error) bool) (T, error) {
	const first, last = 100 * time.Millisecond, 3200 * time.Millisecond
	for delay := first; ; delay *= 2 {
		result, err := read()
		if !misses(result, err) || delay > last || pause(ctx, delay) != nil {
			return result, err
		}
	}
}

// shows tells whether an object has the values that an update sets. The JSON of both names them alike.
func shows(object, update any) bool { return holds(decoded(object), decoded(update)) }

// decoded returns a value as encoding/json decodes its JSON.
func decoded(value any) (result any) {
	data, err := json.Marshal(value)
	if err == nil {
		_ = json.Unmarshal(data, &result) // It is what Marshal has just made.
	}
	return result
}

// holds tells whether a value of an object is the one that was set. Objects may have more fields, lists another order, and
// a text that was cleared with null is "".
func holds(value, set any) bool {
	switch set := set.(type) {
	case map[string]any:
		object, _ := value.(map[string]any)
		for name, field := range set {
			if !holds(object[name], field) {
				return false
			}
		}
		return true
	case []any:
		list, _ := value.([]any)
		return slices.Equal(sortedTexts(list), sortedTexts(set))
	case nil:
		return value == nil || value == ""
	}
	return value == set
}

func sortedTexts(list []any) []string {
	texts := make([]string, len(list))
	for i, element := range list {
		texts[i] = fmt.Sprint(element)
	}
	slices.Sort(texts)
	return texts
}
