package directory

import (
	"slices"
	"sync"
)

// memory is what one run knows of the objects of one kind, from what it read and what it wrote. Two rules keep it true:
//
//   - A read is remembered only if no write to its object has ended since the read began. A clock that every write moves
//     tells which of the two came first.
//   - A read must show what this run has written before it began. Behind a load balancer it may come from a replica that
//     lags, and is repeated for some seconds; what it says then counts, because somebody else has changed the object.
//
// For example, with one user whose full name is empty:
//
//	clock  what happens                         full name remembered   expected of reads
//	0      a list begins, and is slow           –                      –
//	1      a PUT of "Ada" is answered           "Ada"                  "Ada" since 1
//	1      the list brings "": it began at 0    "Ada"                  "Ada" since 1
//	2      a group is added                     –                      "Ada" since 1, the group since 2
//	2      a lagging replica answers "Ada",     –                      the same: the read is repeated
//	       and no groups
//	2      a replica answers both               "Ada", and the group   the same: the next list must show them, too
type memory[T Object] struct {
	// leavesOut, when set, tells of objects that came without their list of ids. They say nothing of edges, and are not
	// remembered, because another read may bring the list.
	leavesOut func(T) bool

	mu      sync.Mutex
	clock   int            // how many writes have ended
	objects map[string]T   // by id
	written map[string]int // by id: the clock after the object's last write
	swept   int            // the clock after the last delete elsewhere, which may have changed any object here
	// expected is by id and then by what was written: existence, a field, wholeList or the id at the other end of an edge.
	expected map[string]map[string]expectation[T]
}

const (
	existence = ""
	wholeList = "*"
)

// expectation is what reads show that begin when the clock shows the given time, or later.
type expectation[T any] struct {
	since int
	shown func(object T, found bool) bool
	edge  bool     // it is about one edge
	ids   []string // of a whole list
}

func exists[T any](_ T, found bool) bool { return found }
func isGone[T any](_ T, found bool) bool { return !found }

// reading is what one read has brought.
type reading[T any] struct {
	began int          // the clock
	id    string       // of the only object that was asked for; "" for all
	found map[string]T // by id
}

func newMemory[T Object]() *memory[T] {
	return &memory[T]{objects: map[string]T{}, written: map[string]int{}, expected: map[string]map[string]expectation[T]{}}
}

func (m *memory[T]) now() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.clock
}

// get looks the object up, and tells when it last changed.
func (m *memory[T]) get(id string) (object T, known bool, changed int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	object, known = m.objects[id]
	return object, known, m.changed(id)
}

// has tells whether the object is remembered, or at least that a run has just created it.
func (m *memory[T]) has(id string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	object, known := m.objects[id]
	created, ok := m.expected[id][existence]
	return known || ok && created.shown(object, true)
}

// misses tells whether the read does not show what it is expected to.
func (m *memory[T]) misses(r reading[T]) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.unmet(r)) > 0
}

// accept takes a read for the truth, also where it is not what was expected.
func (m *memory[T]) accept(r reading[T]) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range m.unmet(r) {
		delete(m.expected[e.id], e.what)
	}
	for id, object := range r.found {
		if m.changed(id) <= r.began && !m.silent(object) {
			m.objects[id] = object
		}
	}
}

// create remembers a new object as the server answered it.
func (m *memory[T]) create(object T) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.clock++
	m.objects[object.EntityID()] = object
	m.expect(object.EntityID(), existence, expectation[T]{shown: exists[T]})
}

// expectObject notes that an earlier run has just created an object.
func (m *memory[T]) expectObject(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, known := m.objects[id]; !known {
		m.expect(id, existence, expectation[T]{shown: exists[T]})
	}
}

// expectEdge notes by what a read shows an edge that an earlier run has just written.
func (m *memory[T]) expectEdge(id, other string, shown func(T) bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if object, known := m.objects[id]; known {
		if shown(object) {
			return
		}
		m.tick(id) // What was read missed it.
	}
	m.expect(id, other, m.edgeShown(shown))
}

// update notes an update that began at the time and set the fields. The object, as the server answered it, is remembered
// unless another write came between.
func (m *memory[T]) update(began int, object T, fields []field) {
	m.mu.Lock()
	defer m.mu.Unlock()
	id := object.EntityID()
	alone := m.changed(id) <= began
	m.tick(id)
	if alone && !m.silent(object) {
		m.objects[id] = object
	}
	for _, f := range fields {
		what := f.name
		if f.ids != nil { // All edges were written.
			what = wholeList
			m.drop(id, func(_ string, e expectation[T]) bool { return e.edge })
		}
		m.expect(id, what, expectation[T]{ids: f.ids, shown: func(object T, found bool) bool { return !found || f.shownBy(object) }})
	}
}

// touch forgets an object after a write to it that failed, and may have been acted on all the same.
func (m *memory[T]) touch(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tick(id)
}

// edge forgets an object after a write to its edge to another one, and notes by what a read shows the write.
func (m *memory[T]) edge(id, other string, shown func(T) bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tick(id)
	delete(m.expected[id], wholeList)
	m.expect(id, other, m.edgeShown(shown))
}

// remove forgets an object that was deleted.
func (m *memory[T]) remove(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tick(id)
	m.expect(id, existence, expectation[T]{shown: isGone[T]})
}

// detach forgets what the delete of an object elsewhere may have changed: the objects that had an edge to it.
func (m *memory[T]) detach(other string, had func(T) bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.clock++
	m.swept = m.clock // for reads that are under way
	for id, object := range m.objects {
		if had(object) {
			delete(m.objects, id)
		}
	}
	for id := range m.expected {
		m.drop(id, func(what string, e expectation[T]) bool { return what == other || slices.Contains(e.ids, other) })
	}
}

// The rest expects the lock to be held.

func (m *memory[T]) changed(id string) int { return max(m.written[id], m.swept) }

func (m *memory[T]) tick(id string) {
	m.clock++
	m.written[id] = m.clock
	delete(m.objects, id)
}

func (m *memory[T]) silent(object T) bool { return m.leavesOut != nil && m.leavesOut(object) }

// expect notes what reads show from now on.
func (m *memory[T]) expect(id, what string, e expectation[T]) {
	if m.expected[id] == nil {
		m.expected[id] = map[string]expectation[T]{}
	}
	e.since = m.clock
	m.expected[id][what] = e
}

func (m *memory[T]) edgeShown(shown func(T) bool) expectation[T] {
	return expectation[T]{edge: true, shown: func(object T, found bool) bool { return !found || m.silent(object) || shown(object) }}
}

func (m *memory[T]) drop(id string, drops func(what string, e expectation[T]) bool) {
	for what, e := range m.expected[id] {
		if drops(what, e) {
			delete(m.expected[id], what)
		}
	}
}

type unmet struct{ id, what string }

// unmet returns what a read was expected to show, and does not.
func (m *memory[T]) unmet(r reading[T]) (all []unmet) {
	check := func(id string) {
		object, found := r.found[id]
		for what, e := range m.expected[id] {
			if e.since <= r.began && !e.shown(object, found) {
				all = append(all, unmet{id, what})
			}
		}
	}
	if r.id != "" {
		check(r.id)
		return all
	}
	for id := range m.expected {
		check(id)
	}
	return all
}
