package authserver

import "golang.org/x/crypto/bcrypt"

// Passwords hashes passwords and compares them.
type Passwords struct {
	cost  int
	decoy string // a hash that no password is known to
}

func newPasswords(cost int) (*Passwords, error) {
	p := &Passwords{cost: cost}
	var err error
	p.decoy, err = p.Hash(NewID())
	return p, err
}

// Hash returns the hash of a password, which must not be longer than MaxPassword.
func (p *Passwords) Hash(password string) (string, error) {
	hash, err := bcrypt.GenerateFromPassword([]byte(password), p.cost)
	return string(hash), err
}

// Match reports whether a hash is a password's. Without a hash it is not, and that takes as long.
func (p *Passwords) Match(hash, password string) bool {
	exists := hash != ""
	if !exists {
		hash = p.decoy
	}
	err := bcrypt.CompareHashAndPassword([]byte(hash), []byte(password))
	return err == nil && exists && len(password) <= MaxPassword
}

// CheckHash refuses what is no hash of a password.
func CheckHash(hash string) error {
	_, err := bcrypt.Cost([]byte(hash))
	return err
}
