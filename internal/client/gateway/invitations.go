package gateway

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// InvitationCreate invites users, who need not exist yet. Invitees and SurfaceID are needed.
type InvitationCreate struct {
	Invitees  []string // e-mail addresses, at most 50
	Groups    []string // at most 50
	SurfaceID string   // "use", "analyze", "build" or "operate"
	// LandingKind and LandingID say where the invitees begin; the server chooses where they are "".
	LandingKind, LandingID string
	// WorkroomID is a workroom to join, "" for none.
	WorkroomID string
}

// MarshalJSON writes the body. The server refuses fields that it does not know.
func (i InvitationCreate) MarshalJSON() ([]byte, error) {
	body := map[string]any{"invitees": i.Invitees, "surface_id": i.SurfaceID, "room_scope": map[string]string{"kind": "no_workroom"}}
	if len(i.Groups) > 0 {
		body["groups"] = i.Groups
	}
	if i.LandingKind != "" {
		target := map[string]string{"kind": i.LandingKind}
		if i.LandingID != "" {
			target["id"] = i.LandingID
		}
		body["landing_target"] = target
	}
	if i.WorkroomID != "" {
		body["room_scope"] = map[string]string{"kind": "workroom", "workroom_id": i.WorkroomID}
	}
	return json.Marshal(body)
}

// Invitation is one that was made.
type Invitation struct {
	ID        string       `json:"id"`
	Invitee   string       `json:"invitee"`
	Groups    client.Texts `json:"groups"`
	SurfaceID string       `json:"surface_id"`
	InvitedBy string       `json:"invited_by"`
	Status    string       `json:"status"`
	CreatedAt client.Time  `json:"created_at"`
}

func (i Invitation) complete() bool { return i.ID != "" }

// Invitations is the part of the API about invitations, which cannot be read again. Platforms before 1.2 do not offer it.
type Invitations struct{ client *client.Client }

// Create invites. An error that is client.ErrOutcomeUnknown means that the invitations may have been made.
func (i Invitations) Create(ctx context.Context, body InvitationCreate) ([]Invitation, error) {
	r := client.Request{Method: http.MethodPost, Path: "/platform/users/invitations", JSON: body, Creates: true}
	answer, err := client.Do[struct {
		Items []Invitation `json:"items"`
	}](ctx, i.client, r)
	if err != nil {
		return nil, err
	}
	return checkRows(answer.Items, r, "invitation")
}
