package authserver

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"time"
)

// row is one object in a table, numbered in the order of creation.
type row[T any] struct {
	seq   uint64
	value T
}

// Table holds the objects of one kind. Its methods need the store's lock, but for See and
// SeeAll.
type Table[T any] struct {
	store   *Store
	Noun    string        // in the texts of refusals
	Lag     time.Duration // how long readers miss a write, if that is longer than on the whole server
	id      func(T) string
	rows    map[string]row[T]
	indexes []*Index[T]
	history history[T]
	lastSeq uint64
}

// NewTable adds an empty table to a store.
func NewTable[T any](s *Store, noun string, id func(T) string, indexes ...*Index[T]) *Table[T] {
	t := &Table[T]{
		store: s, Noun: noun, id: id, rows: map[string]row[T]{}, indexes: indexes,
		history: history[T]{former: map[string][]former[T]{}},
	}
	s.tables = append(s.tables, t)
	return t
}

// lagReads makes readers miss the writes from now on for a while.
func (t *Table[T]) lagReads(lag time.Duration) { t.history.lag = max(lag, t.Lag) }

// Get returns an object as it is, or a 404.
func (t *Table[T]) Get(id string) (T, error) {
	found, exists := t.rows[id]
	if !exists {
		return found.value, t.notFound()
	}
	return found.value, nil
}

// Has returns a 404 unless all ids exist.
func (t *Table[T]) Has(ids ...string) error {
	for _, id := range ids {
		if _, exists := t.rows[id]; !exists {
			return t.notFound()
		}
	}
	return nil
}

func (t *Table[T]) notFound() error {
	return Refuse(http.StatusNotFound, "%s not found", t.Noun)
}

// All returns every object as it is, in the order of creation.
func (t *Table[T]) All() []T { return inOrder(slices.Collect(maps.Values(t.rows))) }

// See returns an object as readers see it, or a 404. It takes the lock itself.
func (t *Table[T]) See(id string) (T, error) {
	t.store.mu.RLock()
	defer t.store.mu.RUnlock()
	newest, exists := t.rows[id]
	seen, exists := t.history.seen(id, newest, exists, t.store.now())
	if !exists {
		return seen.value, t.notFound()
	}
	return seen.value, nil
}

// SeeAll returns every object as readers see it, in the order of creation. It takes the
// lock itself.
func (t *Table[T]) SeeAll() []T {
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

// Put creates or replaces an object, unless it takes what is another's.
func (t *Table[T]) Put(value T) error {
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

// Remove deletes an object.
func (t *Table[T]) Remove(id string) { t.change(id, row[T]{}, false) }

func (t *Table[T]) change(id string, after row[T], exists bool) {
	before, existed := t.rows[id]
	t.set(id, after, exists)
	t.history.remember(id, before, existed, t.store.instant)
	t.store.journal = append(t.store.journal, func() {
		t.history.unremember(id)
		t.set(id, before, existed)
	})
}

func (t *Table[T]) set(id string, to row[T], exists bool) {
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

// Index keeps something unique in a table.
type Index[T any] struct {
	key      func(T) string
	owners   map[string]string // id by key
	conflict error
}

// NewIndex returns an index by key, whose conflicts are refused with an error.
func NewIndex[T any](key func(T) string, conflict error) *Index[T] {
	return &Index[T]{key: key, owners: map[string]string{}, conflict: conflict}
}

// Owner returns the id of the object that has a key.
func (ix *Index[T]) Owner(key string) (id string, found bool) {
	id, found = ix.owners[key]
	return id, found
}
