package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/provider"
)

// NewImpatient returns a constructor of a provider that does not pause before it repeats a request.
func NewImpatient() func() provider.Provider {
	return func() provider.Provider {
		return &kamiwazaProvider{version: "test", sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
	}
}
