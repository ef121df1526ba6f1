package authserver

import (
	"crypto/rand"
	"maps"
	"sync"
	"time"
)

// claims is what a token says of its owner. It is as of the login: a change since then shows in the next token only.
type claims struct {
	subject string // the user's id
	expires time.Time
}

// tokens issues access tokens and knows those in force. A token is a random text: the platform's are signed JWTs, but
// no client may look inside.
type tokens struct {
	ttl time.Duration
	now func() time.Time

	mu     sync.Mutex
	issued map[string]claims // by the token
}

func newTokens(ttl time.Duration, now func() time.Time) *tokens {
	return &tokens{ttl: ttl, now: now, issued: map[string]claims{}}
}

func (t *tokens) issue(subject string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	now, text := t.now(), rand.Text()
	maps.DeleteFunc(t.issued, func(_ string, c claims) bool { return c.isOver(now) })
	t.issued[text] = claims{subject, now.Add(t.ttl)}
	return text
}

// verify returns the claims of a token that is in force.
func (t *tokens) verify(text string) (claims, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, issued := t.issued[text]
	return c, issued && !c.isOver(t.now())
}

func (t *tokens) revokeAll() {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.issued)
}

func (c claims) isOver(now time.Time) bool { return !now.Before(c.expires) }
