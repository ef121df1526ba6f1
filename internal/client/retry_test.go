package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/clienttest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

func TestWhatMayPassIsTriedAgain(t *testing.T) {
	for name, test := range map[string]struct {
		fault authserver.Fault
		again bool
	}{
		"429":                         {authserver.Fault{Status: 429}, true},
		"502":                         {authserver.Fault{Status: 502}, true},
		"503":                         {authserver.Fault{Status: 503}, true},
		"504":                         {authserver.Fault{Status: 504}, true},
		"a page with 429":             {authserver.Fault{Status: 429, Body: page, ContentType: "text/html"}, true},
		"a page with 502":             {authserver.Fault{Status: 502, Body: page, ContentType: "text/html"}, true},
		"a page with 503":             {authserver.Fault{Status: 503, Body: page, ContentType: "text/html"}, true},
		"connection lost":             {authserver.Fault{Drop: authserver.DropBefore}, true},
		"answer lost":                 {authserver.Fault{Drop: authserver.DropAfter}, true},
		"answer broken off":           {authserver.Fault{Truncate: true}, true},
		"400":                         {authserver.Fault{Status: 400}, false},
		"401":                         {authserver.Fault{Status: 401}, false},
		"403":                         {authserver.Fault{Status: 403}, false},
		"408":                         {authserver.Fault{Status: 408}, false},
		"409":                         {authserver.Fault{Status: 409}, false},
		"422":                         {authserver.Fault{Status: 422}, false},
		"500":                         {authserver.Fault{Status: 500}, false},
		"501":                         {authserver.Fault{Status: 501}, false},
		"a page with 200":             {authserver.Fault{Status: 200, Body: page}, false},
		"something other than a role": {authserver.Fault{Status: 200, Body: `[]`}, false},
	} {
		for _, method := range []string{"GET", "PUT"} {
			t.Run(method+" "+name, func(t *testing.T) {
				s := start(t, authserver.Config{})
				ctx := t.Context()
				role := clienttest.Must(s.Roles.Create(ctx, rbac.RoleCreate{Name: "reader"}))(t)
				call := func(c *caller) error {
					if method == "GET" {
						_, err := c.Roles.Get(ctx, role.ID)
						return err
					}
					_, err := c.Roles.Update(ctx, role.ID, rbac.RoleUpdate{Name: client.Set("writer")})
					return err
				}
				s.server.Inject(test.fault)
				fresh := newCallerAt(t, s.clock, s.url) // whose first connection is new, so that net/http repeats nothing
				err := call(fresh)
				attempts := 1
				if test.again {
					attempts += client.DefaultMaxRetries
				}
				if err == nil {
					t.Fatal("no error")
				}
				clienttest.Equal(t, "attempts", len(fresh.Tried()), attempts)
				clienttest.Equal(t, "waits", len(fresh.Slept()), attempts-1)

				s.server.ClearFaults()
				passing := test.fault
				passing.Times = 2
				s.server.Inject(passing)
				err = call(fresh)
				clienttest.Equal(t, "succeeds at the third attempt", err == nil, test.again)
				if test.again {
					clienttest.Equal(t, "waits", len(fresh.Slept()), 2)
				}
			})
		}
	}
}

func TestPausesDoubleUpToABound(t *testing.T) {
	for chance, share := range map[float64]float64{0: 0.5, 0.5: 1, 1: 1.5} {
		s := start(t, authserver.Config{Faults: []authserver.Fault{{Status: 503}}}, withRetries(8), func(c *client.Config) {
			c.Chance = func() float64 { return chance }
		})
		var want []time.Duration
		for _, seconds := range []float64{0.5, 1, 2, 4, 8, 15, 15, 15} {
			want = append(want, time.Duration(seconds*share*float64(time.Second)))
		}
		for range 2 { // each call begins anew
			_, err := s.Users.List(t.Context())
			clienttest.Fails(t, err)
			clienttest.Equal(t, fmt.Sprint("pauses by ", chance), s.Slept(), want)
		}
	}
}

// Clients that fail together must not come back together.
func TestPausesAreSpread(t *testing.T) {
	s := start(t, authserver.Config{Faults: []authserver.Fault{{Status: 503}}}, withRetries(12))
	_, err := s.Users.List(t.Context())
	clienttest.Fails(t, err)
	spread := map[float64]bool{}
	pause := 500 * time.Millisecond
	for i, slept := range s.Slept() {
		if slept < pause/2 || slept > pause*3/2 {
			t.Errorf("pause %d is %v, want %v ± 50 %%", i+1, slept, pause)
		}
		spread[slept.Seconds()/pause.Seconds()] = true
		pause = min(pause*2, 15*time.Second)
	}
	if len(spread) < 10 {
		t.Errorf("the pauses are spread by %v only", spread)
	}
}

func TestRetryAfterIsObeyed(t *testing.T) {
	now := clienttest.NewClock().Now()
	const pause = 500 * time.Millisecond
	for name, test := range map[string]struct {
		header string
		want   time.Duration
	}{
		"seconds":                {"7", 7 * time.Second},
		"zero seconds":           {"0", 0},
		"a date":                 {now.Add(30 * time.Second).Format(http.TimeFormat), 30 * time.Second},
		"a date of another form": {now.Add(30 * time.Second).Format(time.RFC850), 30 * time.Second},
		"a date that is past":    {now.Add(-time.Hour).Format(http.TimeFormat), 0},
		"negative seconds":       {"-5", 0},
		"the bound":              {"120", 2 * time.Minute},
		"many seconds":           {"86400", 2 * time.Minute},
		"too many seconds":       {strconv.Itoa(1 << 62), 2 * time.Minute},
		"a date far away":        {now.Add(24 * time.Hour).Format(http.TimeFormat), 2 * time.Minute},
		"something else":         {"soon", 0},
		"nothing":                {"", 0},
	} {
		for _, status := range []int{429, 503, 502, 504} {
			t.Run(fmt.Sprint(status, " ", name), func(t *testing.T) {
				failed := false
				c := newCaller(t, clienttest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
					if failed {
						clienttest.SaysJSON(`[]`)(w, r)
						return
					}
					failed = true
					w.Header().Set("Date", now.Format(http.TimeFormat))
					w.Header().Set("Retry-After", test.header)
					w.WriteHeader(status)
				}).URL, evenly)
				clienttest.Must(c.Users.List(t.Context()))(t)
				clienttest.Equal(t, "waits", c.Slept(), []time.Duration{test.want + pause})
			})
		}
	}
}

// A date is one by the server's clock, which may be another than this machine's.
func TestRetryAfterIsADateByTheServersClock(t *testing.T) {
	for _, ahead := range []time.Duration{-time.Hour, 0, time.Hour} {
		c := newCaller(t, clienttest.Serve(t, func(w http.ResponseWriter, _ *http.Request) {
			now := clienttest.NewClock().Now().Add(ahead)
			w.Header().Set("Date", now.Format(http.TimeFormat))
			w.Header().Set("Retry-After", now.Add(20*time.Second).Format(http.TimeFormat))
			w.WriteHeader(http.StatusServiceUnavailable)
		}).URL, withRetries(1), evenly)
		_, err := c.Users.List(t.Context())
		clienttest.Fails(t, err)
		clienttest.Equal(t, fmt.Sprint("waits where the server's clock is ahead by ", ahead), c.Slept(), []time.Duration{20*time.Second + 500*time.Millisecond})
	}
}

func TestWaitBeyondTheDeadlineIsNotBegun(t *testing.T) {
	s := start(t, authserver.Config{Faults: []authserver.Fault{{Status: 503, RetryAfter: "90", Body: `{"detail":"Back in a while"}`}}})
	for deadline, waits := range map[time.Duration]int{time.Minute: 0, time.Hour: 4} {
		ctx, cancel := context.WithTimeout(t.Context(), deadline)
		defer cancel()
		_, err := s.Roles.Create(ctx, rbac.RoleCreate{Name: "reader"})
		clienttest.Equal(t, "text", clienttest.FailureOf(t, err).Error(), "POST /auth/roles/ answered 503 Service Unavailable: Back in a while")
		clienttest.Equal(t, "waits", len(s.Slept()), waits)
		clienttest.Equal(t, "requests", len(s.served()), waits+1)
	}
}

func TestWaitThatIsCancelledReturnsTheLastAnswer(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := start(t, authserver.Config{Faults: []authserver.Fault{{Status: 503}}}, func(c *client.Config) {
		c.Sleep = func(ctx context.Context, _ time.Duration) error { cancel(); return ctx.Err() }
	})
	_, err := s.Users.List(ctx)
	clienttest.Equal(t, "status", clienttest.FailureOf(t, err).Status, 503)
	clienttest.EqualLines(t, "requests", s.served(), "GET /auth/users/ 503")
}

func TestCancelledCallIsNotTriedAgain(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r := clienttest.Serve(t, func(_ http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() })
	c := newCaller(t, r.URL)
	_, err := c.Users.List(ctx)
	clienttest.Fails(t, err)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v hides its cause", err)
	}
	clienttest.Equal(t, "text", err.Error(), "GET /auth/users/: context canceled")
	clienttest.EqualLines(t, "requests", r.Lines(), "GET /auth/users/")
	clienttest.Equal(t, "waits", len(c.Slept()), 0)
}

func TestNoRetriesMeansOneAttempt(t *testing.T) {
	for _, retries := range []int{0, -1} {
		s := start(t, authserver.Config{Faults: []authserver.Fault{{Status: 503}}}, withRetries(retries))
		_, err := s.Users.List(t.Context())
		clienttest.Equal(t, "status", clienttest.FailureOf(t, err).Status, 503)
		clienttest.EqualLines(t, "requests", s.served(), "GET /auth/users/ 503")
		clienttest.Equal(t, "waits", len(s.Slept()), 0)
	}
}

func TestCreateIsNeverMadeTwice(t *testing.T) {
	unknown := []error{client.ErrOutcomeUnknown}
	for name, test := range map[string]struct {
		fault   authserver.Fault
		again   bool
		kinds   []error
		objects int // on the server, after the fault has struck the first request
	}{
		"429":               {authserver.Fault{Status: 429}, true, nil, 1},
		"503 of the API":    {authserver.Fault{Status: 503}, true, nil, 1},
		"503 with fields":   {authserver.Fault{Status: 503, Body: `{"detail":{"code":"starting"}}`}, true, nil, 1},
		"503, seconds":      {authserver.Fault{Status: 503, Body: "busy", ContentType: "text/plain", RetryAfter: "0"}, true, nil, 1},
		"503, a date":       {authserver.Fault{Status: 503, Body: page, RetryAfter: "Fri, 02 Jan 2026 03:05:00 GMT"}, true, nil, 1},
		"503, no time":      {authserver.Fault{Status: 503, Body: "busy", ContentType: "text/plain", RetryAfter: "soon"}, false, unknown, 0},
		"503 of a proxy":    {authserver.Fault{Status: 503, Body: "upstream connect error or disconnect/reset before headers. reset reason: connection termination", ContentType: "text/plain"}, false, unknown, 0},
		"503 of other JSON": {authserver.Fault{Status: 503, Body: `{"error":"unavailable"}`}, false, unknown, 0},
		"503 saying naught": {authserver.Fault{Status: 503, Body: `{"detail":""}`}, false, unknown, 0},
		"503 as a page":     {authserver.Fault{Status: 503, Body: page}, false, unknown, 0},
		"503 page of JSON":  {authserver.Fault{Status: 503, Body: `{"detail":"x"}`, ContentType: "text/html"}, false, unknown, 0},
		"429 as a page":     {authserver.Fault{Status: 429, Body: page}, true, nil, 1},
		"303":               {authserver.Fault{Status: 303}, false, unknown, 0},
		"502":               {authserver.Fault{Status: 502}, false, unknown, 0},
		"504":               {authserver.Fault{Status: 504}, false, unknown, 0},
		"500":               {authserver.Fault{Status: 500}, false, unknown, 0},
		"501":               {authserver.Fault{Status: 501}, false, unknown, 0},
		"connection lost":   {authserver.Fault{Drop: authserver.DropBefore}, false, unknown, 0},
		"answer lost":       {authserver.Fault{Drop: authserver.DropAfter}, false, unknown, 1},
		"answer broken off": {authserver.Fault{Truncate: true}, false, unknown, 1},
		"no JSON":           {authserver.Fault{Status: 200, Body: "done", ContentType: "text/plain"}, false, unknown, 0},
		"no id":             {authserver.Fault{Status: 200, Body: `{"name":"x"}`}, false, unknown, 0},
		"null":              {authserver.Fault{Status: 200, Body: `null`}, false, unknown, 0},
		"a page with 200":   {authserver.Fault{Status: 200, Body: page}, false, []error{client.ErrOutcomeUnknown, client.ErrNotAPI}, 0},
		"a page with 404":   {authserver.Fault{Status: 404, Body: page}, false, []error{client.ErrNotAPI}, 0},
		"a page with 401":   {authserver.Fault{Status: 401, Body: page}, false, []error{client.ErrUnauthorized}, 0},
		"a page with 500":   {authserver.Fault{Status: 500, Body: page}, false, unknown, 0},
		"a page with 502":   {authserver.Fault{Status: 502, Body: page}, false, unknown, 0},
		"400":               {authserver.Fault{Status: 400}, false, nil, 0},
		"401":               {authserver.Fault{Status: 401}, false, []error{client.ErrUnauthorized}, 0},
		"403":               {authserver.Fault{Status: 403}, false, []error{client.ErrForbidden}, 0},
		"404":               {authserver.Fault{Status: 404}, false, []error{client.ErrUnsupported}, 0},
		"409":               {authserver.Fault{Status: 409}, false, []error{client.ErrConflict}, 0},
		"422":               {authserver.Fault{Status: 422}, false, []error{client.ErrInvalid}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			test.fault.Times = 1
			s := start(t, authserver.Config{Faults: []authserver.Fault{test.fault}})
			_, err := s.Rights.Create(t.Context(), rbac.RightCreate{Name: "x"})
			if test.again {
				clienttest.Succeed(t, err)
				clienttest.Equal(t, "attempts", len(s.Tried()), 2)
			} else {
				clienttest.Fails(t, err, test.kinds...)
				clienttest.Equal(t, "attempts", len(s.Tried()), 1)
			}
			clienttest.Equal(t, "objects", len(s.server.Snapshot().Rights), test.objects)
		})
	}
}

func TestEveryCreateIsSentOnceWhereItMayHaveWorked(t *testing.T) {
	for _, call := range calls() {
		t.Run(call.name, func(t *testing.T) {
			r := clienttest.Serve(t, clienttest.Says(http.StatusBadGateway, "", ""))
			c := newCaller(t, r.URL)
			attempts, kinds := 1+client.DefaultMaxRetries, []error(nil)
			if call.creates {
				attempts, kinds = 1, []error{client.ErrOutcomeUnknown}
			}
			clienttest.Fails(t, call.do(t.Context(), c.API), kinds...)
			clienttest.Equal(t, "requests", len(r.All()), attempts)
		})
	}
}

func TestCreateThatUsedUpItsRetriesWasNotMade(t *testing.T) {
	s := start(t, authserver.Config{Faults: []authserver.Fault{{Status: 503}}})
	_, err := s.Rights.Create(t.Context(), rbac.RightCreate{Name: "x"})
	clienttest.Fails(t, err) // not ErrOutcomeUnknown
	clienttest.Equal(t, "requests", len(s.served()), 5)
}

// A run that is stopped must hear what became of the write under way, or it would lose sight of the object.
func TestWriteUnderWayIsWaitedForWhenItsCallerStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r := clienttest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		cancel()
		clienttest.SaysJSON(`{"id":"a","name":"x"}`)(w, r)
	})
	c := newCaller(t, r.URL)
	right := clienttest.Must(c.Rights.Create(ctx, rbac.RightCreate{Name: "x"}))(t)
	clienttest.Equal(t, "id", right.ID, "a")

	_, err := c.Rights.Create(ctx, rbac.RightCreate{Name: "y"})
	if !errors.Is(err, context.Canceled) || errors.Is(err, client.ErrOutcomeUnknown) {
		t.Errorf("a create that was not begun: %v", err)
	}
	clienttest.EqualLines(t, "requests", r.Lines(), "POST /auth/rights/")
}

func TestWriteUnderWayIsStillBoundedWhenItsCallerStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r := clienttest.Serve(t, func(_ http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() })
	c := newCaller(t, r.URL, func(c *client.Config) { c.RequestTimeout = 50 * time.Millisecond })
	_, err := c.Rights.Create(ctx, rbac.RightCreate{Name: "x"})
	clienttest.Fails(t, err, client.ErrOutcomeUnknown)
}

// TestCreateIsTriedAgainWhereNoServerListened opens the server's port only while the client waits.
func TestCreateIsTriedAgainWhereNoServerListened(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	clienttest.Succeed(t, err)
	address := listener.Addr().String()
	clienttest.Succeed(t, listener.Close())

	served := make(chan string, 10)
	c := newCaller(t, "http://"+address, func(c *client.Config) {
		waits := 0
		c.Sleep = func(context.Context, time.Duration) error {
			if waits++; waits < 3 {
				return nil
			}
			listener, err := net.Listen("tcp", address)
			clienttest.Succeed(t, err)
			server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				served <- r.Method + " " + r.URL.Path
				clienttest.SaysJSON(`{"id":"a"}`)(w, r)
			})}
			t.Cleanup(func() { _ = server.Close() })
			go func() { _ = server.Serve(listener) }()
			return nil
		}
	})
	clienttest.Must(c.Rights.Create(t.Context(), rbac.RightCreate{Name: "x"}))(t)
	clienttest.EqualLines(t, "attempts", c.Tried(), "POST /auth/rights/ 0", "POST /auth/rights/ 0", "POST /auth/rights/ 0", "POST /auth/rights/ 200")
	clienttest.Equal(t, "requests", len(served), 1)
}

func TestRefusedConnectionLeavesNoDoubt(t *testing.T) {
	r := clienttest.Serve(t, clienttest.SaysJSON(`{}`))
	r.Close()
	c := newCaller(t, r.URL)
	_, err := c.Rights.Create(t.Context(), rbac.RightCreate{Name: "x"})
	failure := clienttest.FailureOf(t, err)
	clienttest.Equal(t, "status", failure.Status, 0)
	if _, ok := errors.AsType[*net.OpError](err); !ok {
		t.Errorf("%v hides its cause", err)
	}
	clienttest.Equal(t, "attempts", len(c.Tried()), 5)
	clienttest.Equal(t, "waits", len(c.Slept()), 4)
}

// A proxy says 503 also of a server that broke off after it had acted.
func TestCreateIsNotRepeatedAfterA503ThatMayHaveActed(t *testing.T) {
	var made int
	r := clienttest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		made++
		clienttest.Says(http.StatusServiceUnavailable, "text/plain", "upstream connect error or disconnect/reset before headers. reset reason: connection termination")(w, r)
	})
	c := newCaller(t, r.URL)
	_, err := c.Groups.Create(t.Context(), rbac.GroupCreate{Name: "readers"})
	clienttest.Fails(t, err, client.ErrOutcomeUnknown)
	clienttest.Equal(t, "groups made", made, 1)
	clienttest.Equal(t, "waits", len(c.Slept()), 0)
}

// What answered with a redirect has not acted, so what follows is as if it were the first request.
func TestCreateIsTriedAgainWhereItsRedirectLedToNoServer(t *testing.T) {
	const nobody = "https://127.0.0.1:1" // a port that no test's server is given
	r := clienttest.Serve(t, redirects(307, func(r *http.Request) string { return nobody + r.RequestURI }, nil))
	c := newCaller(t, r.URL)
	_, err := c.Rights.Create(t.Context(), rbac.RightCreate{Name: "x"})
	clienttest.Fails(t, err) // and is not in doubt
	clienttest.Equal(t, "attempts", len(c.Tried()), 5)
}

func TestDeleteIsTriedAgain(t *testing.T) {
	for name, fault := range map[string]authserver.Fault{
		"429": {Status: 429}, "502": {Status: 502}, "504": {Status: 504}, "connection lost": {Drop: authserver.DropBefore},
	} {
		t.Run(name, func(t *testing.T) {
			fault.Method, fault.Times = "DELETE", 2
			s := start(t, authserver.Config{Faults: []authserver.Fault{fault}})
			role := clienttest.Must(s.Roles.Create(t.Context(), rbac.RoleCreate{Name: "reader"}))(t)
			clienttest.Succeed(t, s.Roles.Delete(t.Context(), role.ID))
			clienttest.Equal(t, "roles", len(s.server.Snapshot().Roles), 0)
			clienttest.Equal(t, "requests", len(s.served()), 4)
		})
	}
}

func TestDeleteWhoseAnswerWasLostFindsNothing(t *testing.T) {
	s := start(t, authserver.Config{Faults: []authserver.Fault{{Method: "DELETE", Drop: authserver.DropAfter, Times: 1}}})
	role := clienttest.Must(s.Roles.Create(t.Context(), rbac.RoleCreate{Name: "reader"}))(t)
	s.served()
	clienttest.Fails(t, s.Roles.Delete(t.Context(), role.ID), client.ErrNotFound)
	clienttest.EqualLines(t, "requests", s.served(), "DELETE /auth/roles/{role_id} 0", "DELETE /auth/roles/{role_id} 404")
}

func TestUpdateWhoseAnswerWasLostIsRepeated(t *testing.T) {
	s := start(t, authserver.Config{Faults: []authserver.Fault{{Method: "PUT", Drop: authserver.DropAfter, Times: 1}}})
	role := clienttest.Must(s.Roles.Create(t.Context(), rbac.RoleCreate{Name: "reader"}))(t)
	s.served()
	role = clienttest.Must(s.Roles.Update(t.Context(), role.ID, rbac.RoleUpdate{Name: client.Set("writer")}))(t)
	clienttest.Equal(t, "name", role.Name, "writer")
	clienttest.EqualLines(t, "requests", s.served(), "PUT /auth/roles/{role_id} 0", "PUT /auth/roles/{role_id} 200")
}

func TestAssignmentWhoseAnswerWasLostIsRepeated(t *testing.T) {
	s := start(t, authserver.Config{Faults: []authserver.Fault{{Route: "/auth/groups/{group_id}/roles/{role_id}", Drop: authserver.DropAfter, Times: 1}}})
	group := clienttest.Must(s.Groups.Create(t.Context(), rbac.GroupCreate{Name: "readers"}))(t).ID
	role := clienttest.Must(s.Roles.Create(t.Context(), rbac.RoleCreate{Name: "reader"}))(t).ID
	s.served()
	clienttest.Succeed(t, s.Groups.AddRole(t.Context(), group, role))
	clienttest.Equal(t, "requests", len(s.served()), 2)
	clienttest.Equal(t, "roles", clienttest.Must(s.Groups.Get(t.Context(), group))(t).Roles, []string{role})
}

func TestRateLimitIsWaitedFor(t *testing.T) {
	s := start(t, authserver.Config{RateLimit: 1}, func(c *client.Config) { c.MaxConcurrentRequests = 1 })
	clock := s.clock
	patient := newCallerAt(t, clock, s.url, func(c *client.Config) {
		c.Sleep = func(_ context.Context, d time.Duration) error { clock.Advance(d); return nil }
	})
	for range 3 {
		clienttest.Must(patient.Users.List(t.Context()))(t)
	}
	clienttest.EqualLines(t, "requests", s.served(), "GET /auth/users/ 200", "GET /auth/users/ 429", "GET /auth/users/ 200", "GET /auth/users/ 429", "GET /auth/users/ 200")
}

func TestAnswerBrokenOffSaysSo(t *testing.T) {
	s := start(t, authserver.Config{Faults: []authserver.Fault{{Truncate: true}}}, withRetries(0))
	_, err := s.Users.List(t.Context())
	clienttest.Fails(t, err)
	clienttest.Equal(t, "text", err.Error(), "GET /auth/users/: the answer broke off: unexpected EOF")
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%v hides its cause", err)
	}
}

func TestBodyThatCannotBeEncodedIsNotSent(t *testing.T) {
	s := start(t, authserver.Config{})
	_, err := s.Organizations.Create(t.Context(), rbac.OrganizationCreate{Name: "Acme", IDPConfig: &rbac.IDPConfig{AdditionalConfig: []byte(`{"secret`)}})
	failure := clienttest.FailureOf(t, err)
	clienttest.Equal(t, "call", failure.Method+" "+failure.Path, "POST /auth/organizations/")
	clienttest.EqualLines(t, "requests", s.served())
	clienttest.Equal(t, "waits", len(s.Slept()), 0)
}
