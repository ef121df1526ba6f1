package authserver

import (
	"crypto/subtle"
	"time"
)

// API is a generation of the AuthService's API, with the answers to what its documentation leaves open. It is a value
// without data: any number of servers may have it.
type API interface {
	// Check refuses a value that makes no sense.
	Check() error
	// Rules are its rules for what all APIs share.
	Rules() Rules
	// Serve begins to serve it on a base that holds nothing yet.
	Serve(Base) Service
}

// Service is an API at work.
type Service interface {
	// Operations are all calls of the API.
	Operations() []Operation
	// EnsureAdmin makes the user of the configuration one who can log in and do everything.
	EnsureAdmin() error
	// Restore fills the empty tables from a state file, and checks all that the API guarantees of its data.
	Restore(data []byte) error
	// Dump returns the state file. It is called with the store's lock held.
	Dump() []byte
}

// Operation is one call of an API.
type Operation struct {
	Method string
	Route  string // behind the prefix, such as /auth/roles/{role_id}
	Status int    // of a success; 200 by default
	// Handle checks who asks, reads the input and acts. What it returns is the answer's JSON, or a refusal. A success whose
	// status has no body returns nil.
	Handle func(*Input) (any, error)
}

// Rules are what APIs may differ in where the code is shared.
type Rules struct {
	// NullClears makes null in a partial update clear the field. Otherwise null leaves the field alone.
	NullClears bool

	// EchoInput repeats in each problem of a 422 what the client has sent there, passwords included, as pydantic 2 does.
	EchoInput bool

	// TrimText removes white space at the ends of texts, passwords excepted.
	TrimText bool

	// NoSlashRedirect answers 404 for a path whose trailing slash is missing or too many, instead of 307.
	NoSlashRedirect bool

	// ReadLag is for how long Table.See and SeeAll miss a write.
	ReadLag time.Duration
}

// Base is what a server gives its API to build on.
type Base struct {
	Config    Config // with its defaults
	Store     *Store
	Tokens    *Tokens
	Passwords *Passwords
}

// IsAPIKey reports whether a bearer token is the configured key.
func (b Base) IsAPIKey(token string) bool {
	return b.Config.APIKey != "" && equalSecrets(token, b.Config.APIKey)
}

// IsClient reports whether these are the credentials of the client that may ask for tokens.
func (b Base) IsClient(id, secret string) bool {
	return (b.Config.ClientID == "" || b.Config.ClientID == id) &&
		(b.Config.ClientSecret == "" || equalSecrets(b.Config.ClientSecret, secret))
}

func equalSecrets(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
