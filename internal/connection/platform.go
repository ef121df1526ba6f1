package connection

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// The values of the argument api: which of two APIs the platform has.
const (
	apiAuto    = "auto"
	apiRBAC    = string(RBAC)
	apiGateway = string(Gateway)
)

// platform finds out, once a run and not before the first call, which API the platform has.
type platform struct {
	client     *client.Client // without a guard: this is one
	configured string
	isGateway  finding
	isRBAC     finding
	// atOnce is isGateway as far as one request tells.
	atOnce finding
	// explained says that the error about a gateway has said what to do. It is the same for every resource.
	explained atomic.Bool
}

func newPlatform(c *client.Client, api string) *platform {
	return &platform{client: c, configured: api, isGateway: newFinding(), isRBAC: newFinding(), atOnce: newFinding()}
}

// generation finds out which API the platform has, without a login.
func (p *platform) generation(ctx context.Context) (Generation, error) {
	return p.generationBy(func() (bool, error) { return p.isGateway.get(ctx, p.client, p.askHealth) })
}

// generationOnce finds out the same, but does not repeat a request. What it finds out counts for generation, too.
func (p *platform) generationOnce(ctx context.Context) (Generation, error) {
	return p.generationBy(func() (bool, error) {
		if isGateway, found := p.isGateway.known(); found {
			return isGateway, nil
		}
		isGateway, err := p.atOnce.get(ctx, p.client, p.askHealthOnce)
		if err == nil {
			p.isGateway.set(isGateway)
		}
		return isGateway, err
	})
}

func (p *platform) generationBy(isGateway func() (bool, error)) (Generation, error) {
	if p.configured != apiAuto {
		return Generation(p.configured), nil
	}
	gateway, err := isGateway()
	switch {
	case err != nil:
		return "", err
	case gateway:
		return Gateway, nil
	}
	return RBAC, nil
}

// requireRBAC guards the calls of the RBAC API.
func (p *platform) requireRBAC(ctx context.Context) error {
	if err := p.require(ctx, RBAC); err != nil || p.configured == apiRBAC {
		return err
	}
	_, err := p.isRBAC.get(ctx, p.client, p.askOrganization)
	return err
}

// requireGateway guards the calls of the gateway API.
func (p *platform) requireGateway(ctx context.Context) error { return p.require(ctx, Gateway) }

func (p *platform) require(ctx context.Context, needed Generation) error {
	generation, err := p.generation(ctx)
	if err == nil && generation != needed {
		err = &generationError{p, generation, needed}
	}
	return err
}

// supported says what this version of the provider is for.
const supported = "the provider manages platform 0.3 to 1.2."

// askHealth asks, without a login, for what only the gateway has.
func (p *platform) askHealth(ctx context.Context) (isGateway bool, err error) {
	return p.ask(ctx, client.Request{Method: http.MethodGet, Path: "/auth/health", Anonymous: true})
}

// askHealthOnce does not repeat the request.
func (p *platform) askHealthOnce(ctx context.Context) (isGateway bool, err error) {
	return p.ask(ctx, client.Request{Method: http.MethodGet, Path: "/auth/health", Anonymous: true, Once: true})
}

func (p *platform) ask(ctx context.Context, r client.Request) (isGateway bool, err error) {
	health, err := client.Do[struct {
		Status any `json:"status"`
	}](ctx, p.client, r)
	switch {
	case err == nil && health.Status != nil:
		return true, nil
	case err == nil:
		return false, undetermined(client.BadAnswer(r, "the answer has no status"))
	case errors.Is(err, client.ErrNotAPI):
		return false, undetermined(err)
	}
	if failure, ok := errors.AsType[*client.Error](err); ok {
		switch failure.Status {
		case http.StatusNotFound, http.StatusUnauthorized, http.StatusMethodNotAllowed:
			return false, nil
		}
	}
	return false, undetermined(err)
}

// askOrganization asks for an organization that cannot exist: how the server says so tells whether it knows organizations,
// which only the RBAC API does.
func (p *platform) askOrganization(ctx context.Context) (isRBAC bool, err error) {
	_, err = rbac.New(p.client).Organizations.Get(ctx, "00000000-0000-0000-0000-000000000000")
	failure, _ := errors.AsType[*client.Error](err)
	switch {
	case err == nil, errors.Is(err, client.ErrNotFound), errors.Is(err, client.ErrForbidden) && failure.ByAPI():
		return true, nil
	case errors.Is(err, client.ErrLogin):
		return false, err // which would be the same for any call
	case errors.Is(err, client.ErrUnsupported):
		return false, &platformError{
			fmt.Sprintf("the platform at %s has neither the gateway API nor the RBAC API: GET /auth/health was not found, and %s", p.client.BaseURL(), err),
			"Check base_url and the platform's version: " + supported,
		}
	}
	return false, undetermined(err)
}

// undetermined wraps an answer that does not tell which API the platform has.
func undetermined(err error) error {
	const text = "could not determine which API the platform has"
	failure, called := errors.AsType[*client.Error](err)
	switch {
	case !called: // The configuration is not known yet, or the run was stopped.
		return err
	case errors.Is(err, client.ErrNotAPI), hasAdvice(failure.Status):
		return fmt.Errorf("%s: %w", text, err)
	}
	return &platformError{
		fmt.Sprintf("%s: %s", text, err),
		"This is not a response of the platform. Check base_url, and whether a proxy in front of the platform refuses this request. " +
			`If the platform's version is 0.3 to 0.6, set api = "rbac" in the provider's configuration, or KAMIWAZA_API=rbac in the environment.`,
	}
}

// hasAdvice tells whether there is advice for this status whatever the call was; 0 is that of no answer.
func hasAdvice(status int) bool {
	return status == 0 || status == http.StatusUnauthorized || status == http.StatusTooManyRequests || status >= http.StatusInternalServerError
}

// platformError is about the platform as a whole. It wraps nothing, so that it never passes for an answer about an object.
type platformError struct{ text, todo string }

func (e *platformError) Error() string  { return e.text }
func (e *platformError) Advice() string { return e.todo }

// generationError says that a call needs the API that the platform does not have.
type generationError struct {
	platform    *platform
	has, needed Generation
}

func (e *generationError) Error() string {
	if e.platform.configured != apiAuto {
		return fmt.Sprintf("this needs the %s, but the provider is configured with api = %q", e.needed, e.platform.configured)
	}
	return fmt.Sprintf("this needs the %s, but the platform at %s has the %s", e.needed, e.platform.client.BaseURL(), e.has)
}

// Advice is given once: all resources have the same error.
func (e *generationError) Advice() string {
	if e.platform.explained.Swap(true) {
		return ""
	}
	advice := "Check base_url, and api if it is set. Nothing was changed, and the state keeps its objects."
	if e.needed == RBAC {
		advice += " Organizations, roles and rights exist with the RBAC API alone."
	}
	return advice
}

// finding is a yes or no that is found out once. Callers that come meanwhile wait for it.
type finding struct {
	turn  chan struct{}
	found bool
	value bool
	// failure is the last one. It is returned until failureEnds, so that not every resource waits for a server that is down.
	failure     error
	failureEnds time.Time
}

// findingRest is how long a failure is not tried again.
const findingRest = 30 * time.Second

func newFinding() finding { return finding{turn: make(chan struct{}, 1)} }

func (f *finding) get(ctx context.Context, clock interface{ Now() time.Time }, find func(context.Context) (bool, error)) (bool, error) {
	select {
	case f.turn <- struct{}{}:
		defer func() { <-f.turn }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	switch {
	case f.found:
		return f.value, nil
	case f.failure != nil && clock.Now().Before(f.failureEnds):
		return false, f.failure
	}
	value, err := find(ctx)
	switch {
	case err == nil:
		f.found, f.value = true, value
	case ctx.Err() == nil: // The end of one caller is no failure for the others.
		f.failure, f.failureEnds = err, clock.Now().Add(findingRest)
	}
	return value, err
}

// known returns what has been found out, if anything.
func (f *finding) known() (value, found bool) {
	f.turn <- struct{}{}
	defer func() { <-f.turn }()
	return f.value, f.found
}

// set is for what was found out in another way.
func (f *finding) set(value bool) {
	f.turn <- struct{}{}
	defer func() { <-f.turn }()
	f.found, f.value = true, value
}
