package session

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/english"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var patNoun = framework.Noun{Name: "personal access token", Advice: framework.Advice{
	Lookup: "The data source kamiwaza_personal_access_tokens lists the tokens of the provider's own user. A token that nobody knows can be revoked after " +
		"an import.",
	Unsupported: "Personal access tokens need platform 0.7 and later.",
}}

// The limits of a token's life, in seconds. A platform may have narrower ones, which kamiwaza_pat_config tells.
const (
	shortestTTL = 60
	longestTTL  = 365 * 24 * 60 * 60
)

// newPAT is what a new personal access token is to be like.
type newPAT struct {
	name, scope, audience string
	ttlSeconds            int64
}

// pat is a personal access token as the server has it, with the token itself right after its creation.
type pat struct {
	jti, name, scope, audience, ownerID, token string
	createdAt                                  types.String
	expiresAt                                  time.Time // zero: never
	revoked                                    bool
}

// expiry is the time in a state, null for never.
func (p pat) expiry() types.String {
	if p.expiresAt.IsZero() {
		return types.StringNull()
	}
	return types.StringValue(p.expiresAt.Format(time.RFC3339))
}

// errEnded is about a token that is of no more use, and so leaves the state.
var errEnded = fmt.Errorf("the token is of no more use: %w", client.ErrNotFound)

// patRun tells why a token leaves the state.
type patRun struct {
	*run.Run
	why string
}

// Gone warns of a token that is of no more use, or unknown to the server.
func (r *patRun) Gone(diags *diag.Diagnostics, label string) {
	if r.why == "" {
		r.Run.Gone(diags, label)
		return
	}
	diags.AddWarning(english.Capitalize(label)+" is no longer valid", r.why+" It leaves the state, and the plan creates a new one if it is still configured.")
}

// read returns a token that can be used; errEnded says that it cannot.
func (r *patRun) read(ctx context.Context, jti string) (pat, error) {
	found, err := readPAT(ctx, r.Run, jti)
	if err != nil {
		return pat{}, err
	}
	if r.why = found.ended(r.Run); r.why != "" {
		return pat{}, errEnded
	}
	return found, nil
}

// ended says why a token is of no more use; "" means that it can be used.
func (p pat) ended(r *run.Run) string {
	switch {
	case p.revoked:
		return "It was revoked outside of Terraform."
	case !p.expiresAt.IsZero() && !r.Client.Now().Before(p.expiresAt):
		return fmt.Sprintf("It expired at %s.", p.expiresAt.Format(time.RFC3339))
	}
	return ""
}
