package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// WorkroomOwner is the role that lets a member change the workroom.
const WorkroomOwner = "owner"

// WorkroomRoles are the roles of members.
var WorkroomRoles = []string{WorkroomOwner, "editor", "viewer"}

// WorkroomMember is a user in a workroom. Texts that the server does not have are "".
type WorkroomMember struct {
	ID                 string            `json:"id"` // of the membership
	WorkroomID         string            `json:"workroom_id"`
	TenantID           string            `json:"tenant_id"`
	UserID             string            `json:"user_id"` // a subject id
	Role               string            `json:"role"`    // one of WorkroomRoles
	InvitedByUserID    string            `json:"invited_by_user_id"`
	Active             bool              `json:"active"` // false of those who were removed
	JoinedAt           client.Time       `json:"joined_at"`
	UpdatedAt          client.Time       `json:"updated_at"`
	RemovedAt          client.Time       `json:"removed_at"`
	Username           string            `json:"username"`
	Email              string            `json:"email"`
	ActiveSessionCount int64             `json:"active_session_count"`
	IsPrimaryOwner     bool              `json:"is_primary_owner"`
	SurfaceID          string            `json:"surface_id"`     // since platform 1.2
	LandingTarget      map[string]string `json:"landing_target"` // likewise
}

func (m WorkroomMember) complete() bool { return m.UserID != "" }

// UnmarshalJSON reads a member; one of whom nothing says that they were removed is active.
func (m *WorkroomMember) UnmarshalJSON(data []byte) error {
	type plain WorkroomMember
	read := plain{Active: true}
	err := json.Unmarshal(data, &read)
	*m = WorkroomMember(read)
	m.WorkroomID = client.NormalID(m.WorkroomID)
	m.Active = m.Active && m.RemovedAt.IsZero()
	return err
}

// WorkroomMemberAdd is a user to be added to a workroom. Email is needed; Role is "viewer" where it is "".
type WorkroomMemberAdd struct {
	Email         string            `json:"email"`
	Role          string            `json:"role,omitempty"`
	SurfaceID     string            `json:"surface_id,omitempty"`
	LandingTarget map[string]string `json:"landing_target,omitempty"`
}

// WorkroomUser is a user who may be added to a workroom.
type WorkroomUser struct {
	UserID   string `json:"user_id"` // a subject id
	Username string `json:"username"`
	Email    string `json:"email"`
}

// WorkroomMembers is the part of the API about who is in a workroom. Only its owners may change that.
type WorkroomMembers struct{ client *client.Client }

func membersOf(roomID string) string { return workrooms + client.Segment(roomID) + "/members" }

// List returns the members of the workroom, those who were removed included.
func (m WorkroomMembers) List(ctx context.Context, roomID string) ([]WorkroomMember, error) {
	r := client.Request{Method: http.MethodGet, Path: membersOf(roomID), Query: url.Values{"include_inactive": {"true"}}}
	answer, err := client.Do[struct {
		Items []WorkroomMember `json:"items"`
	}](ctx, m.client, r)
	if err != nil {
		return nil, err
	}
	return checkRows(answer.Items, r, "member")
}

// Add puts the user with the e-mail address into the workroom, who must exist. Whoever was removed comes back.
func (m WorkroomMembers) Add(ctx context.Context, roomID string, body WorkroomMemberAdd) (WorkroomMember, error) {
	r := client.Request{Method: http.MethodPost, Path: membersOf(roomID), JSON: struct {
		WorkroomMemberAdd
		Attested bool `json:"attested"` // what the web console asks to confirm
	}{body, true}}
	member, err := client.Do[WorkroomMember](ctx, m.client, r)
	switch {
	case err != nil:
		return WorkroomMember{}, err
	case !member.complete():
		return WorkroomMember{}, client.BadAnswer(r, "the answer has no user_id")
	case !member.Active:
		return WorkroomMember{}, client.BadAnswer(r, "the answer is about a member who was removed")
	}
	return member, nil
}

// SetRole gives the member another role.
func (m WorkroomMembers) SetRole(ctx context.Context, roomID, userID, role string) (WorkroomMember, error) {
	r := client.Request{Method: http.MethodPatch, Path: membersOf(roomID) + "/" + client.Segment(userID), JSON: map[string]string{"role": role}}
	return m.about(r, userID)(client.Do[WorkroomMember](ctx, m.client, r))
}

// Remove takes the member out of the workroom. Sessions in it are client.ErrActiveSessions, unless their end is confirmed.
func (m WorkroomMembers) Remove(ctx context.Context, roomID, userID string, confirmActiveSessions bool) error {
	r := client.Request{
		Method: http.MethodDelete, Path: membersOf(roomID) + "/" + client.Segment(userID),
		Query: url.Values{"confirm_active_sessions": {strconv.FormatBool(confirmActiveSessions)}},
	}
	member, err := m.about(r, userID)(client.Do[WorkroomMember](ctx, m.client, r))
	switch {
	case errors.Is(err, client.ErrEmpty):
		return nil
	case err == nil && member.Active:
		return client.BadAnswer(r, "the answer says that the member is active still")
	}
	return err
}

// about refuses an answer about somebody else.
func (m WorkroomMembers) about(r client.Request, userID string) func(WorkroomMember, error) (WorkroomMember, error) {
	return func(member WorkroomMember, err error) (WorkroomMember, error) {
		if err == nil && member.UserID != userID {
			err = client.BadAnswer(r, fmt.Sprintf("the answer is about the member %q", client.Shorten(member.UserID)))
		}
		return member, err
	}
}

// Lookup finds the user with the e-mail address, who need not be a member.
func (m WorkroomMembers) Lookup(ctx context.Context, roomID, email string) (WorkroomUser, error) {
	r := client.Request{Method: http.MethodGet, Path: membersOf(roomID) + "/lookup", Query: url.Values{"email": {email}}}
	user, err := client.Do[WorkroomUser](ctx, m.client, r)
	if err == nil && user.UserID == "" {
		err = client.BadAnswer(r, "the answer has no user_id")
	}
	return user, err
}
