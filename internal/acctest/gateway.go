package acctest

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

// Gateway is a development AuthService with the gateway API, of a test's own. Its session changes things behind Terraform's
// back.
type Gateway struct {
	authservertest.GatewaySession
	url string
}

// StartGateway starts a service with the gateway API; what the configuration leaves open has defaults for tests.
func StartGateway(t testing.TB, config authserver.Config) Gateway {
	t.Helper()
	instance := authservertest.StartGateway(t, config)
	session := authservertest.GatewaySession{Caller: authservertest.NewCaller(t, instance.URL), Server: instance.Server}
	return Gateway{session, instance.URL}
}

// Address is the base URL.
func (s Gateway) Address() string { return s.url }

// Config is a configuration with a provider block that reaches the service.
func (s Gateway) Config(body string) string { return providerBlock(s.url) + body }

// Count tells how many requests of a method and route the service has seen.
func (s Gateway) Count(method, route string) int { return count(s.Server.Requests(), method, route) }

// EachBehavior runs a test with a service of each behavior.
func EachBehavior(t *testing.T, behaviors map[string]gateway.Behavior, test func(t *testing.T, s Gateway)) {
	t.Helper()
	for name, behavior := range behaviors {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, StartGateway(t, authserver.Config{API: behavior}))
		})
	}
}

// SubjectID returns the subject id of a user.
func (s Gateway) SubjectID(t *testing.T, username string) string {
	t.Helper()
	for _, user := range s.Server.Snapshot().Users {
		if user.Username == username && !user.Deleted {
			return user.SubjectID
		}
	}
	t.Fatalf("the service has no user %q", username)
	return ""
}

// CanLogIn tells whether the user can log in with the password.
func (s Gateway) CanLogIn(username, password string) bool {
	form := url.Values{"username": {username}, "password": {password}}
	resp, err := http.PostForm(s.url+"/auth/token", form)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// Population is how many objects of each kind there are: users, groups, tokens in force, tuples and grants, workrooms, group
// mappings, identity providers and declared attributes.
func (s Gateway) Population() string {
	data := s.Server.Snapshot()
	users, tokens := 0, 0
	for _, user := range data.Users {
		if !user.Deleted {
			users++
		}
	}
	for _, pat := range data.PATs {
		if !pat.Revoked {
			tokens++
		}
	}
	rooms := 0
	for _, room := range data.Workrooms {
		if room.DeletedAt == nil {
			rooms++
		}
	}
	attributes := 0
	for _, attribute := range data.Attributes {
		if attribute.DeprecatedAt == nil && attribute.WithdrawnAt == nil {
			attributes++
		}
	}
	return fmt.Sprint(users, len(data.Groups), tokens, len(data.Tuples), rooms, len(data.Mappings), len(data.IdentityProviders), attributes)
}

// SeedGateway makes one object of each type that a list can show, without Terraform.
func SeedGateway(t *testing.T, s Gateway) {
	t.Helper()
	s.User("ada")
	ada := s.SubjectID(t, "ada")
	group := s.Send("POST", "/authz/groups/", map[string]any{"name": "analysts"}).ID()
	s.Send("POST", "/authz/groups/"+group+"/members", map[string]any{"user_id": ada})
	s.Send("POST", "/authz/group-mappings", map[string]any{
		"issuer": "https://login.example.com", "idp_group_path": "/engineering/ml", "local_group_name": "analysts",
	})
	s.Send("POST", "/auth/idp/register", map[string]any{"provider": "oidc", "oidc": map[string]any{
		"alias": "larkspur", "issuer": "https://login.example.com", "client_id": "kamiwaza", "client_secret": "secret of the provider",
	}})
	s.Send("POST", "/authz/resources/dataset/grants", map[string]any{
		"object_id": "urn:li:dataset:sales", "subject": map[string]any{"namespace": "user", "id": ada}, "relation": "viewer",
	})
	room := s.Send("POST", "/workrooms/", map[string]any{"name": "Forecasts", "type": "persistent"}).ID()
	s.Send("POST", "/workrooms/"+room+"/members", map[string]any{"email": "ada@example.com", "role": "editor", "attested": true})
	s.Send("PUT", "/cluster/attribute-schema/clearance", map[string]any{"type": "string"})
	s.Send("POST", "/auth/pats", map[string]any{"name": "ci", "ttl_seconds": 3600, "scope": "read"})
}
