package gateway

import (
	"context"
	"net/http"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// Subject is who a session belongs to.
type Subject struct {
	TenantID string `json:"tenant_id"`
	// Namespace is "user" where it is "".
	Namespace string `json:"subject_namespace,omitempty"`
	ID        string `json:"subject_id"`
}

// Sessions is the part of the API about sessions. Where the platform keeps no record of them, which is the default, its
// calls are client.ErrDisabled.
type Sessions struct{ client *client.Client }

// Purge ends the sessions of the subject and returns how many there were. Refresh tokens stay valid.
func (s Sessions) Purge(ctx context.Context, subject Subject) (revoked int, err error) {
	answer, err := client.Do[struct {
		Revoked int `json:"revoked"`
	}](ctx, s.client, client.Request{Method: http.MethodPost, Path: "/auth/sessions/purge", JSON: subject})
	return answer.Revoked, err
}

// Delete ends the session with the id, which tokens have as their claim sid. Whether an absent one is an error is not
// documented.
func (s Sessions) Delete(ctx context.Context, id string) error {
	_, err := client.Do[client.Nothing](ctx, s.client, client.Request{Method: http.MethodDelete, Path: "/auth/sessions/" + client.Segment(id)})
	return err
}
