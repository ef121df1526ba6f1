package gateway

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// PATAudience is the audience of a personal access token that is to be used with the platform.
const PATAudience = "kamiwaza-platform"

// PAT is a personal access token of the user that the client is logged in as, without the token itself.
type PAT struct {
	ID       string `json:"id"`
	JTI      string `json:"jti"`
	OwnerID  string `json:"owner_id"` // a subject id
	Name     string `json:"name"`
	Scope    string `json:"scope"`
	Audience string `json:"aud"`
	// Expires is in seconds since 1970; nil if the token does not expire.
	Expires   *int64      `json:"exp"`
	TenantID  string      `json:"tenant_id"`
	CreatedAt client.Time `json:"created_at"`
	UpdatedAt client.Time `json:"updated_at"`
	Revoked   bool        `json:"revoked"`
}

// EntityID returns JTI, which is what the API's paths take.
func (p PAT) EntityID() string { return p.JTI }

// ExpiresAt is when the token expires; false if it does not.
func (p PAT) ExpiresAt() (time.Time, bool) {
	if p.Expires == nil {
		return time.Time{}, false
	}
	return time.Unix(*p.Expires, 0).UTC(), true
}

// PATCreate is a new personal access token. What is zero, the server chooses, but for the audience, which is PATAudience
// then.
type PATCreate struct {
	Name       string `json:"name,omitempty"`
	TTLSeconds int64  `json:"ttl_seconds,omitempty"`
	Scope      string `json:"scope,omitempty"`
	Audience   string `json:"aud"`
}

// query returns the fields as parameters.
func (p PATCreate) query() url.Values {
	query := url.Values{"aud": {p.Audience}}
	for name, value := range map[string]string{"name": p.Name, "scope": p.Scope} {
		if value != "" {
			query.Set(name, value)
		}
	}
	if p.TTLSeconds != 0 {
		query.Set("ttl_seconds", strconv.FormatInt(p.TTLSeconds, 10))
	}
	return query
}

// PATCreated is a new personal access token, together with the token, which the server tells only here.
type PATCreated struct {
	Token string `json:"token"`
	PAT   PAT    `json:"pat"`
}

// PATConfig is what the platform allows of personal access tokens.
type PATConfig struct {
	ScopeHierarchy  client.Texts      `json:"scope_hierarchy"`
	ScopeLabels     map[string]string `json:"scope_labels"`
	AvailableScopes client.Texts      `json:"available_scopes"`
	DefaultScope    string            `json:"default_scope"`
	TTL             struct {
		DefaultSeconds int64 `json:"default_seconds"`
		MinSeconds     int64 `json:"min_seconds"`
		MaxSeconds     int64 `json:"max_seconds"`
	} `json:"ttl"`
}

// PATs is the part of the API about personal access tokens. Each user has only their own.
type PATs struct{ client *client.Client }

// Config returns what the platform allows. Platforms before 0.12 do not offer it.
func (p PATs) Config(ctx context.Context) (PATConfig, error) {
	return client.Do[PATConfig](ctx, p.client, client.Request{Method: http.MethodGet, Path: "/auth/pat-config"})
}

// Create makes a new token. An error that is client.ErrOutcomeUnknown means that there may be one more all the same, whose
// token nobody knows.
func (p PATs) Create(ctx context.Context, body PATCreate) (PATCreated, error) {
	body.Audience = cmp.Or(body.Audience, PATAudience)
	r := client.Request{
		// Both are documented, and some releases read one of them alone.
		Method: http.MethodPost, Path: "/auth/pats", Query: body.query(), JSON: body, Creates: true,
	}
	created, err := client.Do[PATCreated](ctx, p.client, r)
	switch {
	case err != nil:
		return PATCreated{}, err
	case created.Token == "":
		return PATCreated{}, client.BadAnswer(r, "the answer has no token")
	case created.PAT.JTI == "":
		return PATCreated{}, client.BadAnswer(r, "the answer has no jti")
	}
	return created, nil
}

// List returns the tokens of the user that the client is logged in as, those that were revoked included.
func (p PATs) List(ctx context.Context) ([]PAT, error) {
	r := client.Request{Method: http.MethodGet, Path: "/auth/pats"}
	answer, err := client.Do[struct {
		PATs []PAT `json:"pats"`
	}](ctx, p.client, r)
	switch {
	case err != nil:
		return nil, err
	case answer.PATs == nil:
		return nil, client.BadAnswer(r, "the answer has no pats")
	case slices.ContainsFunc(answer.PATs, func(pat PAT) bool { return pat.JTI == "" }):
		return nil, client.BadAnswer(r, "a token in the answer has no jti")
	}
	return answer.PATs, nil
}

// Revoke ends a token. Whether doing so twice is an error is not documented.
func (p PATs) Revoke(ctx context.Context, jti string) error {
	_, err := client.Do[client.Nothing](ctx, p.client, client.Request{Method: http.MethodDelete, Path: "/auth/pats/" + client.Segment(jti)})
	return err
}

// UnmarshalJSON reads a token.
func (p *PAT) UnmarshalJSON(data []byte) error {
	type plain PAT
	err := json.Unmarshal(data, (*plain)(p))
	p.ID = client.NormalID(p.ID)
	return err
}
