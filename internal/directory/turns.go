package directory

import "sync"

// Turns let what is done to one thing run one after the other. The zero value is ready for use.
type Turns struct {
	mu    sync.Mutex
	turns map[string]*sync.Mutex
}

// Take waits until nobody else has the turn of the id, and returns what ends the caller's own.
func (t *Turns) Take(id string) (end func()) {
	t.mu.Lock()
	turn, ok := t.turns[id]
	if !ok {
		if t.turns == nil {
			t.turns = map[string]*sync.Mutex{}
		}
		turn = &sync.Mutex{}
		t.turns[id] = turn
	}
	t.mu.Unlock()
	turn.Lock()
	return turn.Unlock
}
