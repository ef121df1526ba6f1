package acctest

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/provider"

	kamiwaza "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider"
)

// NewImpatient returns a constructor of a provider that does not pause before it repeats a request.
func NewImpatient() func() provider.Provider {
	return NewSleeping(func(ctx context.Context, _ time.Duration) error { return ctx.Err() })
}

// NewSleeping returns a constructor of a provider that pauses in its own way.
func NewSleeping(sleep func(context.Context, time.Duration) error) func() provider.Provider {
	return NewTimed(time.Now, sleep)
}

// NewTimed returns a constructor of a provider with a clock of its own.
func NewTimed(now func() time.Time, sleep func(context.Context, time.Duration) error) func() provider.Provider {
	return kamiwaza.New("test", kamiwaza.WithClock(now, sleep))
}
