package gateway

import (
	"context"
	"net/http"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// UserInfo is what a token says of its owner. With a personal access token, Username may be the subject id.
type UserInfo struct {
	SubjectID string       `json:"sub"`
	Username  string       `json:"username"`
	Email     string       `json:"email"`
	Groups    client.Texts `json:"groups"`
	Roles     client.Texts `json:"roles"`
}

// Me returns the user that the client is logged in as. A platform without Keycloak may answer 401, though it takes the token
// for other calls.
func (a *API) Me(ctx context.Context) (UserInfo, error) {
	return client.Do[UserInfo](ctx, a.Client, client.Request{Method: http.MethodGet, Path: "/auth/users/me"})
}
