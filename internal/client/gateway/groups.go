package gateway

import (
	"context"
	"net/http"
	"net/url"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// groups is the path of the collection.
const groups = "/authz/groups/"

// Group is a set of users. Its id is free text, as subject ids are.
type Group struct {
	ID          string `json:"id"`
	TenantID    string `json:"tenant_id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	// ManagedBy says where the group comes from; the values are not documented.
	ManagedBy string      `json:"managed_by"`
	CreatedBy string      `json:"created_by"` // a subject id
	CreatedAt client.Time `json:"created_at"`
	UpdatedAt client.Time `json:"updated_at"`
}

// EntityID returns ID.
func (g Group) EntityID() string { return g.ID }

// GroupCreate is a new group. Name is needed.
type GroupCreate struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
}

// GroupUpdate is empty: the API cannot change a group.
type GroupUpdate struct{}

// GroupMembers are the members of one group.
type GroupMembers struct {
	GroupID string `json:"-"`
	// Members are the subject ids of users; nil if the answer leaves them out, which is not to say that there are none.
	Members client.Texts `json:"members"`
}

// EntityID returns GroupID.
func (m GroupMembers) EntityID() string { return m.GroupID }

// Groups is the part of the API about groups. Platforms before 1.2 do not offer it.
type Groups struct {
	client.Listed[Group, GroupCreate, GroupUpdate]
	client *client.Client
}

// DeleteCascade removes the group together with what the word stands for. Which words there are is not documented.
func (g Groups) DeleteCascade(ctx context.Context, id, cascade string) error {
	_, err := client.Do[client.Nothing](ctx, g.client, client.Request{
		Method: http.MethodDelete, Path: groups + client.Segment(id), Query: url.Values{"cascade": {cascade}},
	})
	return err
}

// Members returns the members of the group.
func (g Groups) Members(ctx context.Context, groupID string) (GroupMembers, error) {
	members, err := client.Do[GroupMembers](ctx, g.client, client.Request{Method: http.MethodGet, Path: groups + client.Segment(groupID) + "/members"})
	members.GroupID = groupID
	return members, err
}

// AddMember makes the user a member of the group. Whether doing so twice is an error is not documented.
func (g Groups) AddMember(ctx context.Context, groupID, subjectID string) error {
	_, err := client.Do[client.Nothing](ctx, g.client, client.Request{
		Method: http.MethodPost, Path: groups + client.Segment(groupID) + "/members", JSON: map[string]string{"user_id": subjectID},
	})
	return err
}

// RemoveMember ends the user's membership. Whether removing who is no member is an error is not documented.
func (g Groups) RemoveMember(ctx context.Context, groupID, subjectID string) error {
	_, err := client.Do[client.Nothing](ctx, g.client, client.Request{
		Method: http.MethodDelete, Path: groups + client.Segment(groupID) + "/members/" + client.Segment(subjectID),
	})
	return err
}
