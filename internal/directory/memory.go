package directory

import (
	"maps"
	"sync"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// memory is what one run knows of the objects of one kind, from what it read and what it wrote.
//
// A clock that ticks with every write keeps it honest. A read that began before a write to its object ended may bring
// what was there before: it is not remembered, and whoever asks later does not wait for it.
//
// Behind a load balancer, even a read that began after a write may miss it for a moment. So each write leaves a sign by
// which it is recognized, until a read has shown it.
type memory[T client.Entity] struct {
	mu      sync.Mutex
	objects map[string]T   // by key
	clock   int            // how many writes have ended
	written map[string]int // by key: the clock after the object's last write
	swept   int            // the clock after the last delete elsewhere, which may have changed any object here
	created map[string]int // by key: the clock after this run created the object
	// signs are by key of the object, and then by what was written: the key of the object at an edge's other end, or "" for
	// the object itself.
	signs map[string]map[string]sign[T]
}

// sign is what reads show that begin when the clock shows the given time, or later.
type sign[T any] struct {
	since int
	shown func(T) bool
}

func newMemory[T client.Entity]() *memory[T] {
	return &memory[T]{objects: map[string]T{}, written: map[string]int{}, created: map[string]int{}, signs: map[string]map[string]sign[T]{}}
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

// has tells whether the object is remembered, or at least that this run created it.
func (m *memory[T]) has(id string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, known := m.objects[id]
	_, created := m.created[id]
	return known || created
}

// missesCreated tells whether a read that began at the time has missed the object, because this run had created it by then.
func (m *memory[T]) missesCreated(began int, id string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	created, ok := m.created[id]
	return ok && created <= began
}

// misses tells whether objects that a read brought, which began at the time, are not yet as this run had written them. If
// they are all, they miss what this run had created too.
func (m *memory[T]) misses(began int, all bool, objects ...T) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	brought := make(map[string]bool, len(objects))
	for _, object := range objects {
		key := object.EntityID()
		brought[key] = true
		for _, sign := range m.signs[key] {
			if sign.since <= began && !sign.shown(object) {
				return true
			}
		}
	}
	for key, created := range m.created {
		if all && created <= began && !brought[key] {
			return true
		}
	}
	return false
}

// read takes objects, as a read that began at the time brought them, for the truth: this run's writes are in them, or
// somebody else has undone them.
func (m *memory[T]) read(began int, objects ...T) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, object := range objects {
		key := object.EntityID()
		maps.DeleteFunc(m.signs[key], func(_ string, sign sign[T]) bool { return sign.since <= began })
		if m.changed(key) <= began {
			m.objects[key] = object
		}
	}
}

// lost takes it for the truth that objects which this run created, and which the read did not bring, are gone.
func (m *memory[T]) lost(began int, gone func(key string) bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	maps.DeleteFunc(m.created, func(key string, created int) bool { return created <= began && gone(key) })
}

// create remembers a new object as the server answered it.
func (m *memory[T]) create(object T) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.clock++
	m.created[object.EntityID()] = m.clock
	m.objects[object.EntityID()] = object
}

// expect notes that an object exists which an earlier run has just created.
func (m *memory[T]) expect(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, known := m.objects[id]; !known {
		m.created[id] = m.clock
	}
}

// expectEdge notes by what a read shows an edge that an earlier run has just written.
func (m *memory[T]) expectEdge(id, other string, shown func(T) bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if object, known := m.objects[id]; known && shown(object) {
		return
	}
	delete(m.objects, id)
	m.sign(id, other, shown)
}

// update remembers an object as the server answered an update that began at the time, unless another write came between.
func (m *memory[T]) update(began int, object T) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := object.EntityID()
	alone := m.changed(key) <= began
	m.tick(key)
	delete(m.signs, key) // The answer shows them.
	if alone {
		m.objects[key] = object
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
	m.sign(id, other, shown)
}

// remove forgets an object that was deleted.
func (m *memory[T]) remove(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tick(id)
	delete(m.created, id)
	delete(m.signs, id)
	m.sign(id, "", func(T) bool { return false })
}

// detach forgets what the delete of an object elsewhere may have changed: the objects that had an edge to it.
func (m *memory[T]) detach(other string, had func(T) bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.clock++
	m.swept = m.clock // for reads that are under way
	for _, signs := range m.signs {
		delete(signs, other)
	}
	maps.DeleteFunc(m.objects, func(_ string, object T) bool { return had(object) })
}

// The rest expects the lock to be held.

func (m *memory[T]) changed(key string) int { return max(m.written[key], m.swept) }

func (m *memory[T]) tick(key string) {
	m.clock++
	m.written[key] = m.clock
	delete(m.objects, key)
}

func (m *memory[T]) sign(key, what string, shown func(T) bool) {
	if m.signs[key] == nil {
		m.signs[key] = map[string]sign[T]{}
	}
	m.signs[key][what] = sign[T]{m.clock, shown}
}
