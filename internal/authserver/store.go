package authserver

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
)

// Store holds all data of a server, in tables. A value in a table is never changed in place, only replaced, so what was
// read may be used after the lock is gone.
type Store struct {
	mu      sync.RWMutex
	now     func() time.Time
	instant time.Time    // of the current write
	journal journal      // of the current write
	save    func() error // called inside each write, nil without a state file
	tables  []interface{ lagReads(lag time.Duration) }
}

// NewStore returns a store without tables.
func NewStore(now func() time.Time) *Store { return &Store{now: now} }

// Read runs look while nothing is written.
func (s *Store) Read(look func()) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	look()
}

// Timestamp is the time of the current write.
func (s *Store) Timestamp() Timestamp { return NewTimestamp(s.instant) }

// Write runs change alone. If change fails, or the data cannot be saved afterwards, all that
// it did is undone: a write happens as a whole or not at all.
func (s *Store) Write(change func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.instant = s.now()
	done := false
	defer func() { // deferred, for a panic must not leave half of a change behind
		if !done {
			s.journal.rollback()
		}
		s.journal = nil
	}()

	if err := change(); err != nil {
		return err
	}
	if len(s.journal) > 0 && s.save != nil {
		if err := s.save(); err != nil {
			return err
		}
	}
	done = true
	return nil
}

// journal is how to undo what the current write did.
type journal []func()

func (j journal) rollback() {
	for _, undo := range slices.Backward(j) {
		undo()
	}
}

// NewID returns a random UUID.
func NewID() string { return uuid.NewString() }

// DeepCopy copies by way of JSON, which the objects of an API survive unchanged.
func DeepCopy(into, from any) {
	if err := json.Unmarshal(Encode(from), into); err != nil {
		panic(fmt.Sprintf("authserver: data does not survive JSON: %v", err))
	}
}
