// Package serve serves a provider to Terraform the way the plugin framework does, but in less memory and time, and with less to
// read in generated configuration.
package serve

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// framework is all that the plugin framework serves. These interfaces are deprecated because tfprotov6.ProviderServer will
// have what they have; it does not have it yet.
type framework interface {
	tfprotov6.ProviderServerWithListResource //nolint:staticcheck // see above
	tfprotov6.ProviderServerWithActions      //nolint:staticcheck // see above
	tfprotov6.ProviderServerWithStateStores  //nolint:staticcheck // see above
}

// server is the framework's server, made to forget the calls that have ended. The framework keeps the cancel function
// of each call until the process ends, and through it the call's context: its loggers and its request, about 17 kB. A
// plan makes four calls for each instance, so that was most of the memory of a large plan.
//
// Only the calls that Terraform makes for each instance, or as often as a configuration likes, are worth a method here. ListResource
// answers with a stream, which needs its context after the call has ended.
type server struct {
	framework
	provider provider.Provider
}

// Server returns what serves the provider.
func Server(p provider.Provider) tfprotov6.ProviderServer {
	return server{providerserver.NewProtocol6(p)().(framework), p} //nolint:forcetypeassert // Every test would tell.
}

func (s server) ValidateResourceConfig(ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return forgetting(ctx, req, s.framework.ValidateResourceConfig)
}

func (s server) UpgradeResourceState(ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	return forgetting(ctx, req, s.framework.UpgradeResourceState)
}

func (s server) UpgradeResourceIdentity(ctx context.Context, req *tfprotov6.UpgradeResourceIdentityRequest) (*tfprotov6.UpgradeResourceIdentityResponse, error) {
	return forgetting(ctx, req, s.framework.UpgradeResourceIdentity)
}

func (s server) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	return forgetting(ctx, req, s.framework.ReadResource)
}

func (s server) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	return forgetting(ctx, req, s.framework.PlanResourceChange)
}

func (s server) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return forgetting(ctx, req, s.framework.ApplyResourceChange)
}

func (s server) ImportResourceState(ctx context.Context, req *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	return forgetting(ctx, req, s.framework.ImportResourceState)
}

func (s server) MoveResourceState(ctx context.Context, req *tfprotov6.MoveResourceStateRequest) (*tfprotov6.MoveResourceStateResponse, error) {
	return forgetting(ctx, req, s.framework.MoveResourceState)
}

func (s server) ValidateDataResourceConfig(ctx context.Context, req *tfprotov6.ValidateDataResourceConfigRequest) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	return forgetting(ctx, req, s.framework.ValidateDataResourceConfig)
}

func (s server) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	return forgetting(ctx, req, s.framework.ReadDataSource)
}

func (s server) CallFunction(ctx context.Context, req *tfprotov6.CallFunctionRequest) (*tfprotov6.CallFunctionResponse, error) {
	return forgetting(ctx, req, s.framework.CallFunction)
}

// forgetting makes a call with a context that lets go of all that it holds when the call has ended.
func forgetting[Request, Response any](ctx context.Context, req Request, call func(context.Context, Request) (Response, error)) (Response, error) {
	brief := &briefContext{}
	brief.current.Store(&ctx)
	defer brief.current.Store(&ended)
	return call(brief, req)
}

// briefContext is the context of a call while that lasts, and an ended one from then on.
type briefContext struct {
	current atomic.Pointer[context.Context]
}

var ended = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()

func (c *briefContext) Deadline() (time.Time, bool) { return (*c.current.Load()).Deadline() }
func (c *briefContext) Done() <-chan struct{}       { return (*c.current.Load()).Done() }
func (c *briefContext) Err() error                  { return (*c.current.Load()).Err() }
func (c *briefContext) Value(key any) any           { return (*c.current.Load()).Value(key) }
