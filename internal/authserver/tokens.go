package authserver

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// signingKey is made at the first login of the process: it takes a while, and tests start
// many servers. Tokens therefore end with the process.
var signingKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(fmt.Sprintf("authserver: no key: %v", err))
	}
	return key
})

// issuer makes and checks access tokens.
type issuer struct {
	ttl    time.Duration
	now    func() time.Time
	parser *jwt.Parser

	mu    sync.RWMutex
	epoch string // only tokens of the present one are valid
}

type claims struct {
	jwt.RegisteredClaims
	Username string `json:"username"`
	// Epoch also keeps apart the servers of one process, which share a key.
	Epoch string `json:"epoch"`
}

func newIssuer(ttl time.Duration, now func() time.Time) *issuer {
	parser := jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodRS256.Alg()}),
		jwt.WithExpirationRequired(),
		jwt.WithTimeFunc(now),
	)
	return &issuer{ttl: ttl, now: now, parser: parser, epoch: newID()}
}

func (i *issuer) revokeAll() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.epoch = newID()
}

func (i *issuer) currentEpoch() string {
	i.mu.RLock()
	defer i.mu.RUnlock()
	return i.epoch
}

func (i *issuer) issue(u User) (string, error) {
	now := i.now()
	return jwt.NewWithClaims(jwt.SigningMethodRS256, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Subject:   u.ID,
			IssuedAt:  jwt.NewNumericDate(now),
			ExpiresAt: jwt.NewNumericDate(now.Add(i.ttl)),
			ID:        newID(),
		},
		Username: u.Username,
		Epoch:    i.currentEpoch(),
	}).SignedString(signingKey())
}

// verify returns the id of the user whom a token was issued to.
func (i *issuer) verify(text string) (string, error) {
	var c claims
	_, err := i.parser.ParseWithClaims(text, &c, func(*jwt.Token) (any, error) { return &signingKey().PublicKey, nil })
	if err != nil {
		return "", err
	}
	if c.Epoch != i.currentEpoch() {
		return "", jwt.ErrTokenInvalidClaims
	}
	return c.Subject, nil
}
