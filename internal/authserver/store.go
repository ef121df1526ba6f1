package authserver

import (
	"cmp"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
)

// store holds all data. A value in a table is never changed in place, only replaced, so what
// was read may be used after the lock is gone.
type store struct {
	mu            sync.RWMutex
	now           func() time.Time
	instant       time.Time    // of the current write
	journal       journal      // of the current write
	save          func() error // called inside each write, nil without a state file
	users         *table[account]
	usernames     *index[account]
	organizations *table[Organization]
	groups        *table[Group]
	roles         *table[Role]
	rights        *table[Right]
}

func newStore(b Behavior, now func() time.Time) *store {
	s := &store{now: now}
	status := cmp.Or(b.DuplicateStatus, http.StatusConflict)

	s.usernames = newIndex(func(a account) string { return b.Case.key(a.Username) },
		refuse(status, "Username already registered"))
	s.users = newTable(s, "User", func(a account) string { return a.ID }, s.usernames)
	if b.UniqueEmails {
		s.users.indexes = append(s.users.indexes, newIndex(func(a account) string { return b.Case.key(a.Email) },
			refuse(status, "Email already registered")))
	}
	s.organizations = newNamedTable(s, b.DuplicateNames, status, "Organization", func(o Organization) Named { return o.Named })
	s.groups = newNamedTable(s, b.DuplicateNames, status, "Group", func(g Group) Named { return g.Named })
	s.roles = newNamedTable(s, b.DuplicateNames, status, "Role", func(r Role) Named { return r.Named })
	s.rights = newNamedTable(s, b.DuplicateNames, status, "Right", func(r Right) Named { return r.Named })
	return s
}

// lagReads makes readers miss the writes from now on for a while.
func (s *store) lagReads(lag time.Duration) {
	s.users.history.lag = lag
	s.organizations.history.lag = lag
	s.groups.history.lag = lag
	s.roles.history.lag = lag
	s.rights.history.lag = lag
}

// write runs change alone. If change fails, or the data cannot be saved afterwards, all that
// it did is undone: a write happens as a whole or not at all.
func (s *store) write(change func() error) error {
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

func newID() string { return uuid.NewString() }
