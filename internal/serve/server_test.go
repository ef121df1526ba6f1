package serve_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"weak"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/serve"
)

type key struct{}

// Every call that is wrapped lets go of its context, whether or not it succeeds: the provider here has nothing to offer.
func TestCallsAreForgotten(t *testing.T) {
	server := serve.Server(&emptyProvider{})
	for name, call := range map[string]func(context.Context) (any, error){
		"ValidateResourceConfig": func(ctx context.Context) (any, error) {
			return server.ValidateResourceConfig(ctx, &tfprotov6.ValidateResourceConfigRequest{})
		},
		"UpgradeResourceState": func(ctx context.Context) (any, error) {
			return server.UpgradeResourceState(ctx, &tfprotov6.UpgradeResourceStateRequest{})
		},
		"UpgradeResourceIdentity": func(ctx context.Context) (any, error) {
			return server.UpgradeResourceIdentity(ctx, &tfprotov6.UpgradeResourceIdentityRequest{})
		},
		"ReadResource": func(ctx context.Context) (any, error) {
			return server.ReadResource(ctx, &tfprotov6.ReadResourceRequest{})
		},
		"PlanResourceChange": func(ctx context.Context) (any, error) {
			return server.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{})
		},
		"ApplyResourceChange": func(ctx context.Context) (any, error) {
			return server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{})
		},
		"ImportResourceState": func(ctx context.Context) (any, error) {
			return server.ImportResourceState(ctx, &tfprotov6.ImportResourceStateRequest{})
		},
		"MoveResourceState": func(ctx context.Context) (any, error) {
			return server.MoveResourceState(ctx, &tfprotov6.MoveResourceStateRequest{})
		},
		"ValidateDataResourceConfig": func(ctx context.Context) (any, error) {
			return server.ValidateDataResourceConfig(ctx, &tfprotov6.ValidateDataResourceConfigRequest{})
		},
		"ReadDataSource": func(ctx context.Context) (any, error) {
			return server.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{})
		},
		"CallFunction": func(ctx context.Context) (any, error) {
			return server.CallFunction(ctx, &tfprotov6.CallFunctionRequest{})
		},
	} {
		held := new([1024]byte)
		ctx, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, held))
		if _, err := call(ctx); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		cancel() // as gRPC does at the end of a call
		witness := weak.Make(held)
		runtime.GC()
		if witness.Value() != nil {
			t.Errorf("%s: what its context held is still in memory", name)
		}
	}
	runtime.KeepAlive(server)
}

// While a call lasts, its context is what Terraform's call has: it has the values, and it ends with StopProvider.
func TestContextOfACall(t *testing.T) {
	p := &emptyProvider{called: make(chan context.Context)}
	server := serve.Server(p)
	ctx := context.WithValue(t.Context(), key{}, "value")
	go func() {
		if _, err := server.CallFunction(ctx, &tfprotov6.CallFunctionRequest{Name: "wait"}); err != nil {
			t.Error(err)
		}
		close(p.called)
	}()
	inCall := <-p.called
	if inCall.Value(key{}) != "value" || inCall.Err() != nil {
		t.Errorf("in the call: value %v, error %v", inCall.Value(key{}), inCall.Err())
	}
	if _, err := server.StopProvider(ctx, &tfprotov6.StopProviderRequest{}); err != nil {
		t.Fatal(err)
	}
	<-p.called
	if inCall.Value(key{}) != nil || !errors.Is(inCall.Err(), context.Canceled) {
		t.Errorf("after the call: value %v, error %v", inCall.Value(key{}), inCall.Err())
	}
}

// emptyProvider has one function, which tells of its context and waits for its end.
type emptyProvider struct{ called chan context.Context }

func (*emptyProvider) Metadata(context.Context, provider.MetadataRequest, *provider.MetadataResponse) {
}
func (*emptyProvider) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}
func (*emptyProvider) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {
}
func (*emptyProvider) Resources(context.Context) []func() resource.Resource       { return nil }
func (*emptyProvider) DataSources(context.Context) []func() datasource.DataSource { return nil }

func (p *emptyProvider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{func() function.Function { return waitFunction{p.called} }}
}

type waitFunction struct{ called chan context.Context }

func (waitFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "wait"
}

func (waitFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{Return: function.StringReturn{}}
}

func (f waitFunction) Run(ctx context.Context, _ function.RunRequest, resp *function.RunResponse) {
	f.called <- ctx
	<-ctx.Done()
	resp.Error = function.NewFuncError(ctx.Err().Error())
}
