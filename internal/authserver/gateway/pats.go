package gateway

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// PAT is a personal access token as the API answers it.
type PAT struct {
	ID        string                    `json:"id"`
	JTI       string                    `json:"jti"`
	OwnerID   string                    `json:"owner_id"` // a subject id
	Name      *string                   `json:"name"`
	Scope     *string                   `json:"scope"`
	Aud       *string                   `json:"aud"`
	Exp       *int64                    `json:"exp"`                   // seconds since 1970
	TTL       *int                      `json:"ttl_seconds,omitempty"` // up to 0.9.3
	TenantID  *string                   `json:"tenant_id"`
	CreatedAt authserver.ZonedTimestamp `json:"created_at"`
	UpdatedAt authserver.ZonedTimestamp `json:"updated_at"`
	Revoked   bool                      `json:"revoked"`
}

// ownedPAT is a token and what the platform knows of it besides.
type ownedPAT struct {
	PAT
	UserID    string `json:"user_id"` // a local id
	TokenHash string `json:"token_hash"`
}

// The limits of a lifetime, in seconds, and what it is by default.
const (
	defaultTTL = 30 * 24 * 60 * 60
	minTTL     = 60
	maxTTL     = 365 * 24 * 60 * 60
)

// scopes go from what allows least to what allows most.
var scopes = []string{"read", "write", "admin"}

const defaultScope = "write"

// rolesOf are the roles that a token of a scope has, whatever its owner's are.
func rolesOf(scope string) []string {
	if scope == "admin" {
		return []string{"admin"}
	}
	return []string{"user", "editor", "viewer"}
}

func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// verifyPAT returns what a personal access token says, if it is in force.
func (s *service) verifyPAT(token string) (authserver.Claims, bool) {
	var found ownedPAT
	var err error
	s.Store.Read(func() {
		id, _ := s.patTokens.Owner(hashOf(token))
		found, err = s.pats.Get(id)
	})
	if err != nil || found.Revoked || found.Exp != nil && s.Config.Now().Unix() >= *found.Exp {
		return authserver.Claims{}, false
	}
	return authserver.Claims{Subject: found.UserID, Roles: rolesOf(*found.Scope)}, true
}

func (s *service) patConfig(in *call) (any, error) {
	available := scopes
	if !in.caller.isAdmin() {
		available = scopes[:len(scopes)-1]
	}
	return map[string]any{
		"scope_hierarchy": scopes, "available_scopes": available, "default_scope": defaultScope,
		"scope_labels": map[string]string{"read": "Read", "write": "Read and write", "admin": "Administration"},
		"ttl":          map[string]int{"default_seconds": defaultTTL, "min_seconds": minTTL, "max_seconds": maxTTL},
	}, nil
}

// patRequest is what a token is to be.
type patRequest struct {
	name, scope, aud *string
	ttl              *int
}

func (s *service) createPAT(in *call) (any, error) {
	wanted, err := s.readPAT(in)
	if err != nil {
		return nil, err
	}
	if in.caller.byPAT {
		if err := s.behavior.PATFromPAT.Refuse("A personal access token cannot create another"); err != nil {
			return nil, err
		}
	}
	if wanted.scope == nil {
		wanted.scope = new(string)
	}
	*wanted.scope = cmp.Or(*wanted.scope, defaultScope)
	if *wanted.scope == "admin" && !in.caller.isAdmin() {
		return nil, authserver.Refuse(http.StatusForbidden, "The scope admin needs the role admin")
	}
	ttl := defaultTTL
	if wanted.ttl != nil {
		ttl = *wanted.ttl
	}
	now := s.Config.Now()
	created := ownedPAT{UserID: in.caller.ID, PAT: PAT{
		ID: authserver.NewID(), JTI: authserver.NewID(), OwnerID: in.caller.SubjectID, Name: wanted.name, Scope: wanted.scope, Aud: wanted.aud,
	}}
	expires := now.Add(time.Duration(ttl) * time.Second).Unix()
	created.Exp = &expires
	defaultTenant := tenant
	created.TenantID = &defaultTenant
	if !s.behavior.Platform.since(Platform012) {
		created.TTL = &ttl
	}
	token, err := sign(map[string]any{
		"iss": "kamiwaza", "sub": created.OwnerID, "jti": created.JTI, "aud": created.Aud, "scope": created.Scope,
		"iat": now.Unix(), "exp": expires, "roles": rolesOf(*created.Scope), "tenant_id": tenant,
	})
	if err != nil {
		return nil, err
	}
	created.TokenHash = hashOf(token)
	err = s.Store.Write(func() error {
		created.CreatedAt = authserver.ZonedTimestamp{Timestamp: s.Store.Timestamp()}
		created.UpdatedAt = created.CreatedAt
		if s.behavior.PATNamesUnique && slices.ContainsFunc(s.pats.All(), func(other ownedPAT) bool { return s.samePATName(created, other) }) {
			return s.duplicate("A token with this name")
		}
		return s.pats.Put(created)
	})
	return map[string]any{"token": token, "pat": created.PAT}, err
}

// samePATName reports whether a token's name is taken by another.
func (s *service) samePATName(a, b ownedPAT) bool {
	return a.UserID == b.UserID && !b.Revoked && a.Name != nil && b.Name != nil && *a.Name == *b.Name
}

// readPAT reads the parameters of a new token, from the query or from a JSON body, which wins.
func (s *service) readPAT(in *call) (patRequest, error) {
	wanted := patRequest{name: queryText(in, "name", 255), scope: queryText(in, "scope", 64), aud: queryText(in, "aud", 255)}
	if query := in.URL.Query(); query.Has("ttl_seconds") {
		ttl, err := strconv.Atoi(query.Get("ttl_seconds"))
		if err != nil {
			in.Report("int_parsing", "Input should be a valid integer, unable to parse string as an integer", "query", "ttl_seconds")
		} else if wanted.ttl, err = s.limitTTL(in, ttl); err != nil {
			return wanted, err
		}
	}
	body, err := in.CreatedIfAny()
	if err != nil {
		return wanted, err
	}
	if body != nil {
		s.readPATBody(body, &wanted)
	}
	return wanted, in.Refused()
}

// limitTTL holds a lifetime in the query against the limits.
func (s *service) limitTTL(in *call, ttl int) (*int, error) {
	within := min(max(ttl, minTTL), maxTTL)
	if within != ttl && s.behavior.Platform.since(Platform012) {
		switch s.behavior.PATLifetime {
		case PATLifetimeGiven:
		case PATLifetimeClamped:
			ttl = within
		case PATLifetime400:
			return nil, authserver.Refuse(http.StatusBadRequest, "ttl_seconds must be %d to %d", minTTL, maxTTL)
		default:
			in.Report("value_error", fmt.Sprintf("Value error, ttl_seconds must be %d to %d", minTTL, maxTTL), "query", "ttl_seconds")
		}
	}
	return &ttl, nil
}

func (s *service) readPATBody(body *authserver.Object, wanted *patRequest) {
	limited := s.behavior.Platform.since(Platform012)
	for _, field := range []struct {
		name    string
		into    **string
		longest int
	}{{"name", &wanted.name, 255}, {"scope", &wanted.scope, 50}, {"aud", &wanted.aud, 255}} {
		if body.OptionalText(field.name, field.into); limited && *field.into != nil {
			body.MaxLength(field.name, **field.into, field.longest)
		}
	}
	body.OptionalInt("ttl_seconds", &wanted.ttl)
	switch {
	case !limited || wanted.ttl == nil || !body.Has("ttl_seconds"):
	case *wanted.ttl < minTTL:
		body.Report("greater_than_equal", fmt.Sprintf("Input should be greater than or equal to %d", minTTL), "ttl_seconds")
	case *wanted.ttl > maxTTL:
		body.Report("less_than_equal", fmt.Sprintf("Input should be less than or equal to %d", maxTTL), "ttl_seconds")
	}
}

// listPATs answers the caller's own tokens, those that were revoked included.
func (s *service) listPATs(in *call) (any, error) {
	pats := []PAT{}
	for _, p := range s.pats.SeeAll() {
		if p.UserID == in.caller.ID {
			pats = append(pats, p.PAT)
		}
	}
	return map[string]any{"pats": pats}, nil
}

// revokePAT revokes one of the caller's own tokens.
func (s *service) revokePAT(in *call) (any, error) {
	jti := in.PathValue("jti")
	err := s.Store.Write(func() error {
		id, _ := s.patIDs.Owner(jti)
		found, err := s.pats.Get(id)
		switch {
		case err != nil:
			return err
		case found.UserID != in.caller.ID:
			return authserver.Refuse(http.StatusNotFound, "PAT not found")
		case found.Revoked:
			return s.behavior.RevokeTwice.Refuse("PAT is already revoked")
		}
		found.Revoked, found.UpdatedAt = true, authserver.ZonedTimestamp{Timestamp: s.Store.Timestamp()}
		return s.pats.Put(found)
	})
	return map[string]any{"revoked": true, "jti": jti}, err
}
