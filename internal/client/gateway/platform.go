package gateway

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// Health is what the platform says of itself to anybody.
type Health struct {
	Status string `json:"status"`
	// UsesAuth is false on a platform without Keycloak, and nil where the answer does not say.
	UsesAuth *bool `json:"KAMIWAZA_USE_AUTH"`
}

// Health asks without a login.
func (a *API) Health(ctx context.Context) (Health, error) {
	return client.Do[Health](ctx, a.Client, client.Request{Method: http.MethodGet, Path: "/auth/health", Anonymous: true})
}

// OpenAPI says which calls the platform offers.
type OpenAPI struct {
	Version string // of the platform
	methods map[string]bool
}

// OpenAPI asks for it, without a login. The answer has some megabytes.
func (a *API) OpenAPI(ctx context.Context) (OpenAPI, error) {
	return client.Do[OpenAPI](ctx, a.Client, client.Request{Method: http.MethodGet, Path: "/openapi.json", Anonymous: true})
}

// UnmarshalJSON reads the version and the paths.
func (o *OpenAPI) UnmarshalJSON(data []byte) error {
	var document struct {
		Info struct {
			Version string `json:"version"`
		} `json:"info"`
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	if err := json.Unmarshal(data, &document); err != nil {
		return err
	}
	*o = OpenAPI{Version: document.Info.Version, methods: map[string]bool{}}
	for path, methods := range document.Paths {
		for method := range methods {
			o.methods[strings.ToUpper(method)+" "+route(path)] = true
		}
	}
	return nil
}

// Offers tells whether the platform has a call, such as "GET" and "/authz/groups/{group_id}". How the parameters are called
// does not matter.
func (o OpenAPI) Offers(method, path string) bool { return o.methods[method+" "+route(path)] }

var parameter = regexp.MustCompile(`\{[^}]*\}`)

func route(path string) string { return parameter.ReplaceAllString(path, "{}") }
