package session

import (
	"context"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

// defaultAudience is what the platform needs, and what it takes if none is given.
const defaultAudience = gateway.PATAudience

func createPAT(ctx context.Context, r *run.Run, wanted newPAT) (pat, error) {
	created, err := r.Gateway.PATs.Create(ctx, gateway.PATCreate{
		Name: wanted.name, TTLSeconds: wanted.ttlSeconds, Scope: wanted.scope, Audience: wanted.audience,
	})
	if err != nil {
		return pat{}, err
	}
	made := patFromAPI(created.PAT)
	made.token = created.Token
	return made, nil
}

func readPAT(ctx context.Context, r *run.Run, jti string) (pat, error) {
	found, err := r.Gateway.PATs.Get(ctx, jti)
	return patFromAPI(found), err
}

// expectPAT says that the token was created only moments ago.
func expectPAT(r *run.Run, jti string) { r.Gateway.PATs.Expect(jti) }

func listPATs(ctx context.Context, r *run.Run) ([]pat, error) {
	found, err := r.Gateway.PATs.List(ctx)
	all := make([]pat, len(found))
	for i, one := range found {
		all[i] = patFromAPI(one)
	}
	return all, err
}

func revokePAT(ctx context.Context, r *run.Run, jti string) error {
	return r.Gateway.PATs.Revoke(ctx, jti)
}

func patFromAPI(found gateway.PAT) pat {
	expires, _ := found.ExpiresAt()
	return pat{
		jti: found.JTI, name: found.Name, scope: found.Scope, audience: found.Audience, ownerID: found.OwnerID,
		createdAt: framework.Timestamp(found.CreatedAt), expiresAt: expires, revoked: found.Revoked,
	}
}

// readPATConfig returns what the platform allows of personal access tokens.
func readPATConfig(ctx context.Context, r *run.Run) (patConfigModel, error) {
	config, err := r.Gateway.PATConfig(ctx)
	if err != nil {
		return patConfigModel{}, err
	}
	return newPATConfigModel(config.AvailableScopes, config.DefaultScope, config.TTL.DefaultSeconds, config.TTL.MinSeconds, config.TTL.MaxSeconds), nil
}
