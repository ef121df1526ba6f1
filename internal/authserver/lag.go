package authserver

import "time"

// history remembers what objects were before their last writes, so that a reader can lag
// behind the writer by a fixed time, as one behind a replica does. It remembers no longer
// than the lag.
type history[T any] struct {
	lag    time.Duration          // 0 for none
	former map[string][]former[T] // by id, oldest first
	queue  []queued               // every former there is, oldest first
}

// former is what readers see of an object until a certain time.
type former[T any] struct {
	until   time.Time
	row     row[T]
	existed bool
}

type queued struct {
	until time.Time
	id    string
}

// remember is told of every write, with what was there before.
func (h *history[T]) remember(id string, before row[T], existed bool, now time.Time) {
	if h.lag == 0 {
		return
	}
	h.forget(now)
	until := now.Add(h.lag)
	h.former[id] = append(h.former[id], former[T]{until, before, existed})
	h.queue = append(h.queue, queued{until, id})
}

// unremember undoes the latest remember, which was of id.
func (h *history[T]) unremember(id string) {
	if h.lag == 0 {
		return
	}
	h.keep(id, h.former[id][:len(h.former[id])-1])
	h.queue = h.queue[:len(h.queue)-1]
}

// forget drops what no reader sees any more.
func (h *history[T]) forget(now time.Time) {
	for len(h.queue) > 0 && !now.Before(h.queue[0].until) {
		id := h.queue[0].id
		h.keep(id, h.former[id][1:])
		h.queue = h.queue[1:]
	}
}

func (h *history[T]) keep(id string, formers []former[T]) {
	if len(formers) == 0 {
		delete(h.former, id)
		return
	}
	h.former[id] = formers
}

// seen returns what a reader sees of an object whose newest state is given.
func (h *history[T]) seen(id string, newest row[T], exists bool, now time.Time) (row[T], bool) {
	for _, f := range h.former[id] {
		if now.Before(f.until) {
			return f.row, f.existed
		}
	}
	return newest, exists
}
