package authserver

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
)

// row is one object in a table, numbered in the order of creation.
type row[T any] struct {
	seq   uint64
	value T
}

// table holds the objects of one kind. Its methods need the store's lock, but for see and
// seeAll.
type table[T any] struct {
	store   *store
	noun    string // in the texts of refusals
	id      func(T) string
	rows    map[string]row[T]
	indexes []*index[T]
	history history[T]
	lastSeq uint64
}

func newTable[T any](s *store, noun string, id func(T) string, indexes ...*index[T]) *table[T] {
	return &table[T]{
		store: s, noun: noun, id: id, rows: map[string]row[T]{}, indexes: indexes,
		history: history[T]{former: map[string][]former[T]{}},
	}
}

func newNamedTable[T any](s *store, duplicates bool, status int, noun string, named func(T) Named) *table[T] {
	t := newTable(s, noun, func(value T) string { return named(value).ID })
	if !duplicates {
		t.indexes = append(t.indexes, newIndex(func(value T) string { return named(value).Name },
			refuse(status, "%s with this name already exists", noun)))
	}
	return t
}

// get returns an object as it is, or a 404.
func (t *table[T]) get(id string) (T, error) {
	found, exists := t.rows[id]
	if !exists {
		return found.value, t.notFound()
	}
	return found.value, nil
}

// has returns a 404 unless all ids exist.
func (t *table[T]) has(ids ...string) error {
	for _, id := range ids {
		if _, exists := t.rows[id]; !exists {
			return t.notFound()
		}
	}
	return nil
}

func (t *table[T]) notFound() error {
	return refuse(http.StatusNotFound, "%s not found", t.noun)
}

// all returns every object as it is, in the order of creation.
func (t *table[T]) all() []T { return inOrder(slices.Collect(maps.Values(t.rows))) }

// see returns an object as readers see it, or a 404. It takes the lock itself.
func (t *table[T]) see(id string) (T, error) {
	t.store.mu.RLock()
	defer t.store.mu.RUnlock()
	newest, exists := t.rows[id]
	seen, exists := t.history.seen(id, newest, exists, t.store.now())
	if !exists {
		return seen.value, t.notFound()
	}
	return seen.value, nil
}

// seeAll returns every object as readers see it, in the order of creation. It takes the
// lock itself.
func (t *table[T]) seeAll() []T {
	t.store.mu.RLock()
	defer t.store.mu.RUnlock()
	now := t.store.now()
	rows := make([]row[T], 0, len(t.rows))
	for id, newest := range t.rows {
		if seen, exists := t.history.seen(id, newest, true, now); exists {
			rows = append(rows, seen)
		}
	}
	for id := range t.history.former {
		if _, exists := t.rows[id]; exists {
			continue
		}
		if seen, exists := t.history.seen(id, row[T]{}, false, now); exists {
			rows = append(rows, seen)
		}
	}
	return inOrder(rows)
}

func inOrder[T any](rows []row[T]) []T {
	slices.SortFunc(rows, func(a, b row[T]) int { return cmp.Compare(a.seq, b.seq) })
	values := make([]T, len(rows))
	for i, r := range rows {
		values[i] = r.value
	}
	return values
}

// put creates or replaces an object, unless it takes what is another's.
func (t *table[T]) put(value T) error {
	id := t.id(value)
	for _, ix := range t.indexes {
		if owner, taken := ix.owners[ix.key(value)]; taken && owner != id {
			return ix.conflict
		}
	}
	seq := t.rows[id].seq
	if seq == 0 {
		t.lastSeq++
		seq = t.lastSeq
	}
	t.change(id, row[T]{seq, value}, true)
	return nil
}

// remove deletes an object.
func (t *table[T]) remove(id string) { t.change(id, row[T]{}, false) }

func (t *table[T]) change(id string, after row[T], exists bool) {
	before, existed := t.rows[id]
	t.set(id, after, exists)
	t.history.remember(id, before, existed, t.store.instant)
	t.store.journal = append(t.store.journal, func() {
		t.history.unremember(id)
		t.set(id, before, existed)
	})
}

func (t *table[T]) set(id string, to row[T], exists bool) {
	if before, existed := t.rows[id]; existed {
		for _, ix := range t.indexes {
			delete(ix.owners, ix.key(before.value))
		}
	}
	if !exists {
		delete(t.rows, id)
		return
	}
	t.rows[id] = to
	for _, ix := range t.indexes {
		ix.owners[ix.key(to.value)] = id
	}
}

// index keeps something unique in a table.
type index[T any] struct {
	key      func(T) string
	owners   map[string]string // id by key
	conflict error
}

func newIndex[T any](key func(T) string, conflict error) *index[T] {
	return &index[T]{key: key, owners: map[string]string{}, conflict: conflict}
}
