package authserver

import (
	"crypto/rand"
	"maps"
	"sync"
	"time"
)

// Claims is what a token says of its owner. It is as of the login: a change since then shows in the next token only.
type Claims struct {
	Subject         string // the user's id
	Username, Email string
	Roles           []string
	Session         string
	Expires         time.Time
}

// Tokens issues access tokens and knows those in force. A token of Issue is a random text: the platform's are signed JWTs,
// but no client may look inside.
type Tokens struct {
	ttl time.Duration
	now func() time.Time

	mu     sync.Mutex
	issued map[string]Claims // by the token
}

func newTokens(ttl time.Duration, now func() time.Time) *Tokens {
	return &Tokens{ttl: ttl, now: now, issued: map[string]Claims{}}
}

// Issue returns a new token of a user.
func (t *Tokens) Issue(subject string) string {
	text := rand.Text()
	t.Put(text, Claims{Subject: subject, Expires: t.now().Add(t.ttl)})
	return text
}

// Put makes a text a token with these claims.
func (t *Tokens) Put(text string, c Claims) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	maps.DeleteFunc(t.issued, func(_ string, c Claims) bool { return c.isOver(now) })
	t.issued[text] = c
}

// Verify returns the claims of a token that is in force.
func (t *Tokens) Verify(text string) (Claims, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, issued := t.issued[text]
	return c, issued && !c.isOver(t.now())
}

func (t *Tokens) revokeAll() {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.issued)
}

func (c Claims) isOver(now time.Time) bool { return !now.Before(c.Expires) }
