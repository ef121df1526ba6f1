// Package authserver is the development AuthService: a strict implementation of the
// AuthService's API over data that it keeps in memory and, if asked to, in a file.
//
// It stands in for the platform wherever there is none: in this project's tests (it is an
// [http.Handler], see package authservertest), in demonstrations, and in the CI of people
// who write Terraform modules (see cmd/authserver). [Fault] makes it fail on purpose.
//
// This package is what every generation of the API shares. It knows none of their calls: an
// [API] brings those, and has a switch for each answer to what its documentation leaves
// open. See package rbac.
//
// Everything under /api is the API. /_dev/requests and /_dev/faults, which need no
// credentials, show what was asked and steer the faults. Any other path answers 404 with a
// page of HTML, as the ingress in front of a platform does.
package authserver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"path"
	"strings"
	"time"

	"golang.org/x/crypto/bcrypt"
	"golang.org/x/time/rate"
)

// Config says what a Server is to be. Its zero value lacks only API, AdminUsername and
// AdminPassword, which have no default.
type Config struct {
	// API is the generation of the API, and how it is to behave where that is open.
	API API

	// AdminUsername, AdminPassword and AdminEmail are the superuser that New creates, or
	// whose password and flags it sets if the username exists in the state file.
	// AdminEmail defaults to admin@example.com and is used at creation only.
	AdminUsername, AdminPassword, AdminEmail string

	// APIKey, if set, is a bearer token that acts as the admin and never expires. It is
	// refused wherever any token of the admin's is, as while the admin is inactive.
	APIKey string

	// ClientID and ClientSecret, if set, are what the password grant must bring.
	ClientID, ClientSecret string

	// StateFile, if set, names the file that keeps the data, in a format of the API's. It is
	// written whole at every change, so writes cost time in proportion to the data. A server
	// that finds that another program has written its file answers 500 to every write from
	// then on, and logs why.
	StateFile string

	// TokenTTL is how long an access token lives: whole seconds, 1h by default.
	TokenTTL time.Duration

	// Latency is waited before each answer of the API.
	Latency time.Duration

	// RateLimit is how many requests a second are let through; others are answered 429
	// with Retry-After. Bursts of one second's worth are allowed. 0 is no limit.
	RateLimit float64

	// BcryptCost is the work of a password hash, bcrypt.DefaultCost by default.
	BcryptCost int

	// Faults are injected from the start. Their routes must be routes of the API, or paths
	// of them; Inject takes others, too.
	Faults []Fault

	// Now is the clock of timestamps, tokens, the rate limit and the read lag; time.Now by
	// default. It must not run backwards. Latencies pass in real time.
	Now func() time.Time

	// Log receives one line for each refused request; nil discards them. No line holds a
	// password, a token or a query string.
	Log *slog.Logger
}

// Server is a development AuthService. It is an http.Handler, safe for concurrent use.
type Server struct {
	base       Base
	rules      Rules
	service    Service
	operations []Operation
	faults     faultList
	requests   requestLog
	limiter    *rate.Limiter
	api        []mounted
	dev        *http.ServeMux
	sleep      func(context.Context, time.Duration) error
}

// MaxPassword is how much of a password bcrypt looks at, in bytes.
const MaxPassword = 72

// New returns a server that is ready to answer. It fails if cfg makes no sense, or if its
// state file is damaged or cannot be written.
func New(cfg Config) (*Server, error) {
	cfg.AdminEmail = cmp.Or(cfg.AdminEmail, "admin@example.com")
	cfg.TokenTTL = cmp.Or(cfg.TokenTTL, time.Hour)
	cfg.BcryptCost = cmp.Or(cfg.BcryptCost, bcrypt.DefaultCost)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if err := cfg.validate(); err != nil {
		return nil, err
	}

	passwords, err := newPasswords(cfg.BcryptCost)
	if err != nil {
		return nil, err
	}
	s := &Server{
		base:    Base{Config: cfg, Store: NewStore(cfg.Now), Tokens: newTokens(cfg.TokenTTL, cfg.Now), Passwords: passwords},
		rules:   cfg.API.Rules(),
		limiter: rate.NewLimiter(rate.Inf, 0),
		sleep:   sleep,
	}
	s.service = cfg.API.Serve(s.base)
	s.operations = s.service.Operations()
	if cfg.RateLimit > 0 {
		s.limiter = rate.NewLimiter(rate.Limit(cfg.RateLimit), int(math.Ceil(cfg.RateLimit)))
	}
	s.api, s.dev = s.routes(), s.devRoutes()
	for _, fault := range cfg.Faults {
		if err := s.inject(fault); err != nil {
			return nil, err
		}
		if err := s.checkRoute(fault.Route); err != nil {
			return nil, fmt.Errorf("fault: %w", err)
		}
	}
	if cfg.StateFile != "" {
		if err := s.base.Store.keepIn(cfg.StateFile, s.service); err != nil {
			return nil, err
		}
	}
	if err := s.service.EnsureAdmin(); err != nil {
		return nil, fmt.Errorf("setting up the admin: %w", err)
	}
	for _, table := range s.base.Store.tables { // last: what was there from the start is seen at once
		table.lagReads(s.rules.ReadLag)
	}
	return s, nil
}

func (cfg Config) validate() error {
	switch {
	case cfg.API == nil:
		return errors.New("the API is missing")
	case cfg.AdminUsername == "":
		return errors.New("the admin's username is missing")
	case cfg.AdminPassword == "":
		return errors.New("the admin's password is missing")
	case len(cfg.AdminPassword) > MaxPassword:
		return fmt.Errorf("the admin's password is longer than %d bytes", MaxPassword)
	case cfg.BcryptCost < bcrypt.MinCost || cfg.BcryptCost > bcrypt.MaxCost:
		return fmt.Errorf("the bcrypt cost is %d; it must be %d to %d", cfg.BcryptCost, bcrypt.MinCost, bcrypt.MaxCost)
	case cfg.TokenTTL < time.Second || cfg.TokenTTL%time.Second != 0:
		return fmt.Errorf("the tokens' lifetime is %v; it must be whole seconds, at least one", cfg.TokenTTL)
	case cfg.Latency < 0:
		return fmt.Errorf("the latency is negative: %v", cfg.Latency)
	case !(cfg.RateLimit >= 0 && cfg.RateLimit <= math.MaxInt32): // not NaN, either
		return fmt.Errorf("the rate limit is %v; it must be 0 (none) or some requests a second", cfg.RateLimit)
	}
	if err := CheckEmail(cfg.AdminEmail); err != nil {
		return fmt.Errorf("the admin's e-mail %q: %w", cfg.AdminEmail, err)
	}
	return cfg.API.Check()
}

// NewOf is [New] for an API whose service is an S, and returns that, too.
func NewOf[S Service](cfg Config) (*Server, S, error) {
	var service S
	server, err := New(cfg)
	if err != nil {
		return nil, service, err
	}
	service, ok := server.service.(S)
	if !ok {
		return nil, service, fmt.Errorf("the API is a %T, which is another one", cfg.API)
	}
	return server, service, nil
}

// RevokeTokens makes every token that was issued so far invalid, as if it had expired. The
// API key stays valid.
func (s *Server) RevokeTokens() { s.base.Tokens.revokeAll() }

// ServeHTTP answers one request of the API, or of /_dev.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch escaped := r.URL.EscapedPath(); {
	case strings.HasPrefix(escaped, "/_dev/"):
		s.dev.ServeHTTP(w, r)
	case path.Clean(escaped) != "/" && path.Clean(escaped) != strings.TrimSuffix(escaped, "/"):
		s.serve(w, r, endpoint{answer: notFound}) // parameters such as ".." are no values
	default:
		s.serve(w, r, s.route(r))
	}
}

// serve answers a request of the API at its endpoint: it waits, fails or acts as the
// latency, the faults and the rate limit say, and records what came of it.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, to endpoint) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	fault := s.faults.strike(r.Method, to.route, strings.TrimPrefix(r.URL.Path, prefix))
	reply, sent := s.reply(r, to, fault)

	s.requests.add(Request{Method: r.Method, Route: to.route, Path: r.URL.Path, Status: reply.status})
	if reply.why != "" {
		s.base.Config.Log.Warn("refused", "method", r.Method, "path", r.URL.Path, "status", reply.status, "why", reply.why)
	}
	if !sent {
		panic(http.ErrAbortHandler) // net/http's way to close a connection without an answer
	}
	if w, ok := w.(FaultWriter); ok && (fault.Status != 0 || fault.Truncate) {
		w.Faulted()
	}
	reply.write(w, fault.Truncate)
}

// reply returns the answer to a request, and whether it reaches the client at all.
func (s *Server) reply(r *http.Request, to endpoint, fault Fault) (reply answer, sent bool) {
	if err := s.sleep(r.Context(), s.base.Config.Latency+fault.Latency); err != nil {
		return answer{why: "the client went away"}, false
	}
	switch {
	case fault.Drop == DropBefore:
		return answer{why: "dropped by a fault, before acting"}, false
	case fault.Status != 0:
		return fault.answer(), true
	}
	if wait := s.throttle(); wait > 0 {
		return refusedWith(http.StatusTooManyRequests, "Too Many Requests", "Retry-After", fmt.Sprint(wait)), true
	}
	reply = to.answer(r)
	if fault.Drop == DropAfter {
		return answer{why: "dropped by a fault, after acting"}, false
	}
	return reply, true
}

// throttle takes one request's share of the rate limit. If there is none left, it returns
// the seconds, at least 1, after which there will be.
func (s *Server) throttle() int {
	now := s.base.Config.Now()
	share := s.limiter.ReserveN(now, 1)
	wait := share.DelayFrom(now)
	if wait == 0 {
		return 0
	}
	share.CancelAt(now)
	return int(math.Ceil(wait.Seconds()))
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
