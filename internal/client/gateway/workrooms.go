package gateway

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// workrooms is the path of the collection.
const workrooms = "/workrooms/"

// The documented states of a workroom.
const (
	WorkroomActive   = "active"
	WorkroomArchived = "archived" // read-only
	WorkroomPurging  = "purging"  // its content is being deleted
	WorkroomDeleted  = "deleted"
)

// GlobalWorkroom is the id of the workroom that everybody may read and nobody may change.
const GlobalWorkroom = "ffffffff-ffff-ffff-ffff-ffffffffffff"

// Workroom is a room that users work in together. Texts that the server does not have are "".
type Workroom struct {
	ID          string       `json:"id"`
	TenantID    string       `json:"tenant_id"`
	OwnerUserID string       `json:"owner_user_id"` // a subject id
	Name        string       `json:"name"`
	Type        string       `json:"type"` // "persistent", or "ephemeral"
	Description string       `json:"description"`
	Labels      client.Texts `json:"labels"`
	// Classification and SCGReferences are gone from platforms after 1.2.
	Classification string       `json:"classification"`
	Attributes     Values       `json:"attributes"`
	SCGReferences  client.Texts `json:"scg_references"`
	Status         string       `json:"status"`
	CreatedAt      client.Time  `json:"created_at"`
	UpdatedAt      client.Time  `json:"updated_at"`
	DeletedAt      client.Time  `json:"deleted_at"`
	MemberCount    int64        `json:"member_count"`
	MembershipRole string       `json:"membership_role"` // of the caller
	IsOwner        bool         `json:"is_owner"`        // about the caller
	IsShared       bool         `json:"is_shared"`
	OwnerUsername  string       `json:"owner_username"`
	OwnerEmail     string       `json:"owner_email"`
}

// EntityID returns ID.
func (w Workroom) EntityID() string { return w.ID }

// IsDeleted tells whether the room is gone, or about to be.
func (w Workroom) IsDeleted() bool {
	return w.Status == WorkroomDeleted || w.Status == WorkroomPurging
}

func (w Workroom) complete() bool { return w.ID != "" }

// UnmarshalJSON reads a workroom.
func (w *Workroom) UnmarshalJSON(data []byte) error {
	type plain Workroom
	err := json.Unmarshal(data, (*plain)(w))
	w.ID = client.NormalID(w.ID)
	return err
}

// WorkroomCreate is a new workroom. Name and Type are needed.
type WorkroomCreate struct {
	Name           string         `json:"name"`
	Type           string         `json:"type"`
	Description    string         `json:"description,omitempty"`
	Labels         []string       `json:"labels,omitzero"`
	Classification string         `json:"classification,omitempty"`
	Attributes     map[string]any `json:"attributes,omitzero"`
	SCGReferences  []string       `json:"scg_references,omitzero"`
}

// WorkroomUpdate changes a workroom. A Null clears. The Type cannot change, and an archived room is client.ErrConflict.
type WorkroomUpdate struct {
	Name           client.Field[string]         `json:"name,omitzero"`
	Description    client.Field[string]         `json:"description,omitzero"`
	Labels         client.Field[[]string]       `json:"labels,omitzero"`
	Classification client.Field[string]         `json:"classification,omitzero"`
	Attributes     client.Field[map[string]any] `json:"attributes,omitzero"`
	SCGReferences  client.Field[[]string]       `json:"scg_references,omitzero"`
}

// WorkroomTransfer gives a workroom another owner, who must be an active member.
type WorkroomTransfer struct {
	UserID string `json:"user_id"` // a subject id
	// KeepPreviousOwner leaves the owner in the room, as PreviousOwnerRole, which is "editor" where it is "".
	KeepPreviousOwner bool   `json:"keep_previous_owner"`
	PreviousOwnerRole string `json:"previous_owner_role,omitempty"`
	AttestationNote   string `json:"attestation_note,omitempty"`
}

// Workrooms is the part of the API about workrooms, for their members: to all others, the role admin included, they are
// client.ErrNotMember. Platforms before 0.12 do not offer it. A deleted one is not found.
type Workrooms struct {
	client.Entities[Workroom, WorkroomCreate, WorkroomUpdate]
	client *client.Client
}

func newWorkrooms(c *client.Client) Workrooms {
	return Workrooms{client.WithPatch(client.NewEntities[Workroom, WorkroomCreate, WorkroomUpdate](c, "workroom", workrooms, workrooms)), c}
}

// List returns the workrooms of the caller, and those that the caller is a member of, the archived ones included.
func (w Workrooms) List(ctx context.Context) ([]Workroom, error) {
	rooms, err := w.items(ctx, client.Request{Method: http.MethodGet, Path: workrooms, Query: url.Values{"include_archived": {"true"}}})
	return withoutDeleted(rooms), err
}

// items sends a request whose answer has workrooms as its items.
func (w Workrooms) items(ctx context.Context, r client.Request) ([]Workroom, error) {
	answer, err := client.Do[struct {
		Items []Workroom `json:"items"`
	}](ctx, w.client, r)
	if err != nil {
		return nil, err
	}
	return checkRows(answer.Items, r, "workroom")
}

func withoutDeleted(rooms []Workroom) []Workroom {
	left := rooms[:0]
	for _, room := range rooms {
		if !room.IsDeleted() {
			left = append(left, room)
		}
	}
	return left
}

// adminPage is how many workrooms are asked for at a time; it is the most that the API allows.
const adminPage = 1000

// AdminList returns the workrooms of all users. Only the role admin may ask.
func (w Workrooms) AdminList(ctx context.Context) ([]Workroom, error) {
	rooms, err := allPages(ctx,
		func(offset int) client.Request {
			return client.Request{Method: http.MethodGet, Path: "/admin/workrooms/", Query: url.Values{
				"skip": {strconv.Itoa(offset)}, "limit": {strconv.Itoa(adminPage)},
			}}
		},
		func(ctx context.Context, r client.Request) (page[Workroom], error) {
			rooms, err := w.items(ctx, r)
			return page[Workroom]{rooms, adminPage}, err
		},
		Workroom.EntityID)
	return withoutDeleted(rooms), err
}

// AdminDelete removes the workroom of any user, with all that is in it. Only the role admin may.
func (w Workrooms) AdminDelete(ctx context.Context, id string) error {
	_, err := client.Do[client.Nothing](ctx, w.client, client.Request{Method: http.MethodDelete, Path: "/admin/workrooms/" + client.Segment(id)})
	return err
}

// Archive makes the workroom read-only. That it is so already is no error.
func (w Workrooms) Archive(ctx context.Context, id string) (Workroom, error) {
	return w.change(ctx, id, "archive", nil)
}

// Restore ends what Archive has done.
func (w Workrooms) Restore(ctx context.Context, id string) (Workroom, error) {
	return w.change(ctx, id, "restore", nil)
}

// Transfer gives the workroom another owner.
func (w Workrooms) Transfer(ctx context.Context, id string, body WorkroomTransfer) (Workroom, error) {
	return w.change(ctx, id, "ownership/transfer", body)
}

func (w Workrooms) change(ctx context.Context, id, what string, body any) (Workroom, error) {
	r := client.Request{Method: http.MethodPost, Path: workrooms + client.Segment(id) + "/" + what, JSON: body}
	room, err := client.Do[Workroom](ctx, w.client, r)
	if err == nil {
		err = client.CheckAnswer(r, "workroom", id, room)
	}
	return room, err
}
