package gateway

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// Workroom is a workroom as the platform holds it.
type Workroom struct {
	ID             string                     `json:"id"`
	TenantID       string                     `json:"tenant_id"`
	OwnerUserID    string                     `json:"owner_user_id"` // a subject id
	Name           string                     `json:"name"`
	Type           string                     `json:"type"`
	Description    *string                    `json:"description"`
	Labels         []string                   `json:"labels"`
	Classification *string                    `json:"classification"`
	Attributes     json.RawMessage            `json:"attributes,omitempty"`
	SCGReferences  []string                   `json:"scg_references"`
	Status         string                     `json:"status"`
	CreatedAt      authserver.ZonedTimestamp  `json:"created_at"`
	UpdatedAt      *authserver.ZonedTimestamp `json:"updated_at"`
	DeletedAt      *authserver.ZonedTimestamp `json:"deleted_at"`
}

// WorkroomData is a workroom and everybody who is or was in it.
type WorkroomData struct {
	Workroom
	Members     []WorkroomMember `json:"members"`
	RoleHistory []RoleChange     `json:"role_history"` // oldest first
}

// workroomAnswer is a workroom as the API answers it to one user.
type workroomAnswer struct {
	Workroom
	Attributes     json.RawMessage `json:"attributes"`
	Classification json.RawMessage `json:"classification,omitempty"`
	SCGReferences  json.RawMessage `json:"scg_references,omitempty"`
	MemberCount    int             `json:"member_count"`
	MembershipRole *string         `json:"membership_role"`
	IsOwner        bool            `json:"is_owner"`
	IsShared       bool            `json:"is_shared"`
	OwnerUsername  *string         `json:"owner_username"`
	OwnerEmail     *string         `json:"owner_email"`
}

// The statuses of a workroom.
const (
	roomActive   = "active"
	roomArchived = "archived"
	roomDeleted  = "deleted"
)

// globalRoom is the id of the workroom that everybody may read and nobody may change. It is not among the data.
const globalRoom = "ffffffff-ffff-ffff-ffff-ffffffffffff"

// mostRooms is how many active workrooms a user may own.
const mostRooms = 50

// roomTypes are the types of workrooms.
var roomTypes = []string{"ephemeral", "persistent"}

// roomAnswer is a workroom as a user sees it.
func (s *service) roomAnswer(w WorkroomData, to caller, people map[string]account) workroomAnswer {
	owner, members := people[w.OwnerUserID], w.activeMembers()
	answer := workroomAnswer{
		Workroom: w.Workroom, Attributes: w.Attributes, MemberCount: members, IsOwner: w.OwnerUserID == to.SubjectID, IsShared: members > 1,
		OwnerUsername: orNull(owner.Username), OwnerEmail: orNull(owner.Email),
	}
	if !s.behavior.NoClassification {
		answer.Classification, answer.SCGReferences = authserver.Encode(w.Classification), authserver.Encode(w.SCGReferences)
	}
	if i := w.member(to.SubjectID); i >= 0 && w.Members[i].Active {
		answer.MembershipRole = &w.Members[i].Role
	}
	return answer
}

// people are all users by their subject ids.
func (s *service) people() map[string]account {
	people := map[string]account{}
	s.Store.Read(func() {
		for _, a := range s.users.All() {
			people[a.SubjectID] = a
		}
	})
	return people
}

// readRoom reads the fields that a workroom is created and updated with. Null clears what may be missing.
func (s *service) readRoom(body *authserver.Object, w *Workroom) {
	body.MaxLength("name", w.Name, 255)
	body.OptionalText("description", &w.Description)
	readTexts(body, "labels", &w.Labels)
	body.OptionalJSON("attributes", &w.Attributes)
	if w.Description != nil {
		body.MaxLength("description", *w.Description, 1024)
	}
	if s.behavior.NoClassification {
		return
	}
	body.OptionalText("classification", &w.Classification)
	readTexts(body, "scg_references", &w.SCGReferences)
	if w.Classification != nil {
		body.MaxLength("classification", *w.Classification, 255)
	}
}

// readTexts reads a list of texts, which null clears.
func readTexts(body *authserver.Object, name string, into *[]string) {
	if body.IsNull(name) {
		*into = nil
	}
	body.Texts(name, into)
}

func (s *service) createRoom(in *call) (any, error) {
	body, err := in.Created()
	if err != nil {
		return nil, err
	}
	made := WorkroomData{Workroom: Workroom{TenantID: tenant, OwnerUserID: in.caller.SubjectID, Status: roomActive}}
	body.Name("name", &made.Name)
	body.Choice("type", &made.Type, roomTypes...)
	s.readRoom(body, &made.Workroom)
	if err := in.Refused(); err != nil {
		return nil, err
	}
	err = s.Store.Write(func() error {
		if err := s.checkRoomLimit(made.OwnerUserID); err != nil {
			return err
		}
		made.ID, made.CreatedAt = authserver.NewID(), *s.now()
		made.join(WorkroomMember{UserID: made.OwnerUserID, Role: "owner"}, roleCause{reason: "created", at: made.CreatedAt})
		if err := s.relateOwner(made); err != nil {
			return err
		}
		return s.workrooms.Put(made)
	})
	if err == nil {
		s.refusals.begin(made.ID, s.behavior.WorkroomProjection)
		s.refusals.begin("delete "+made.ID, s.behavior.WorkroomAuthority)
	}
	return s.roomAnswer(made, in.caller, s.people()), err
}

// checkRoomLimit refuses another active workroom to a user who has as many as one may.
func (s *service) checkRoomLimit(owner string) error {
	owned := 0
	for _, w := range s.workrooms.All() {
		if w.OwnerUserID == owner && w.Status == roomActive {
			owned++
		}
	}
	if owned >= mostRooms {
		return authserver.Refuse(http.StatusConflict, "The limit of %d active workrooms is reached", mostRooms)
	}
	return nil
}

// relateOwner makes the tuples of a workroom those of its owner, as far as owners have tuples.
func (s *service) relateOwner(w WorkroomData) error {
	if s.behavior.ReBACOff {
		return nil
	}
	owner := Tuple{SubjectNamespace: "user", SubjectID: w.OwnerUserID, ResourceType: "workroom", ResourceID: w.ID, Relation: "owner", TenantID: tenant}
	s.unrelateAll(func(t TupleData) bool {
		return t.object() == owner.object() && t.Relation == "owner" && t.Tuple != owner
	})
	_, err := s.relate(owner, false)
	return err
}

// listRooms answers the workrooms that the caller is in.
func (s *service) listRooms(in *call) (any, error) {
	archived, people, rooms := queryFlag(in, "include_archived"), s.people(), []workroomAnswer{}
	for _, w := range s.workrooms.SeeAll() {
		i := w.member(in.caller.SubjectID)
		if i >= 0 && w.Members[i].Active && (w.Status == roomActive || archived && w.Status == roomArchived) {
			rooms = append(rooms, s.roomAnswer(w, in.caller, people))
		}
	}
	return map[string]any{"items": rooms}, in.Refused()
}

// enter refuses a workroom that is gone, and whoever is not in it or has less than a role.
func (w WorkroomData) enter(who caller, role string) error {
	i := w.member(who.SubjectID)
	switch {
	case w.Status == roomDeleted:
		return authserver.Refuse(http.StatusNotFound, "Workroom not found")
	case i < 0 || !w.Members[i].Active:
		return authserver.Refuse(http.StatusForbidden, "Workroom access denied")
	case slices.Index(roomRoles, w.Members[i].Role) < slices.Index(roomRoles, role):
		return authserver.Refuse(http.StatusForbidden, "This needs the role %s in the workroom", role)
	}
	return nil
}

// roomID returns the id in the path, unless something is wrong with the request, or the room cannot be used now.
func (s *service) roomID(in *call) (string, error) {
	id := in.PathID("workroom_id")
	if err := in.Refused(); err != nil {
		return "", err
	}
	switch {
	case id == globalRoom:
		return "", authserver.Refuse(http.StatusForbidden, "The Global Workroom is protected")
	case s.refusals.strikes(id):
		return "", s.refuse(http.StatusServiceUnavailable, "authorization_unavailable", "The access to this workroom is being set up")
	}
	return id, nil
}

// seeRoom returns the workroom in the path, as a reader sees it.
func (s *service) seeRoom(in *call) (WorkroomData, error) {
	id, err := s.roomID(in)
	if err != nil {
		return WorkroomData{}, err
	}
	found, err := s.workrooms.See(id)
	if err != nil {
		return found, err
	}
	return found, found.enter(in.caller, "viewer")
}

// changeRoom changes the workroom in the path, for a caller who has a role in it.
func (s *service) changeRoom(in *call, role string, change func(*WorkroomData) error) (WorkroomData, error) {
	id, err := s.roomID(in)
	if err != nil {
		return WorkroomData{}, err
	}
	var changed WorkroomData
	err = s.Store.Write(func() error {
		if changed, err = s.workrooms.Get(id); err != nil {
			return err
		}
		if err := changed.enter(in.caller, role); err != nil {
			return err
		}
		changed.Members, changed.RoleHistory = slices.Clone(changed.Members), slices.Clone(changed.RoleHistory)
		if err := change(&changed); err != nil {
			return err
		}
		changed.UpdatedAt = s.now()
		return s.workrooms.Put(changed)
	})
	return changed, err
}

// now is the time of the current write.
func (s *service) now() *authserver.ZonedTimestamp {
	return &authserver.ZonedTimestamp{Timestamp: s.Store.Timestamp()}
}

func (s *service) getRoom(in *call) (any, error) {
	if strings.EqualFold(in.PathValue("workroom_id"), globalRoom) {
		global := WorkroomData{Workroom: Workroom{
			ID: globalRoom, TenantID: tenant, OwnerUserID: "system", Name: "Global Workroom", Type: "persistent", Status: roomActive,
		}}
		return s.roomAnswer(global, in.caller, nil), nil
	}
	found, err := s.seeRoom(in)
	return s.roomAnswer(found, in.caller, s.people()), err
}

func (s *service) updateRoom(in *call) (any, error) {
	body, err := in.Created() // null clears
	if err != nil {
		return nil, err
	}
	changed, err := s.changeRoom(in, "editor", func(w *WorkroomData) error {
		if body.Has("name") && !body.IsNull("name") {
			body.Name("name", &w.Name)
		}
		s.readRoom(body, &w.Workroom)
		if err := in.Refused(); err != nil {
			return err
		}
		if w.Status == roomArchived {
			return authserver.Refuse(http.StatusConflict, "The workroom is archived; restore it first")
		}
		return nil
	})
	return s.roomAnswer(changed, in.caller, s.people()), err
}

func (s *service) archiveRoom(in *call) (any, error) { return s.setRoomStatus(in, roomArchived) }

func (s *service) restoreRoom(in *call) (any, error) { return s.setRoomStatus(in, roomActive) }

func (s *service) setRoomStatus(in *call, status string) (any, error) {
	changed, err := s.changeRoom(in, "owner", func(w *WorkroomData) error {
		before := w.Status
		w.Status = status
		if status == roomActive && before != roomActive {
			return s.checkRoomLimit(w.OwnerUserID)
		}
		return nil
	})
	return s.roomAnswer(changed, in.caller, s.people()), err
}

func (s *service) deleteRoom(in *call) (any, error) {
	changed, err := s.changeRoom(in, "owner", s.remove)
	return deletedRoom(changed.ID), err
}

// remove makes a workroom a deleted one. Its row stays.
func (s *service) remove(w *WorkroomData) error {
	w.Status, w.DeletedAt = roomDeleted, s.now()
	gone := object{tenant, "workroom", w.ID}
	s.unrelateAll(func(t TupleData) bool { return t.object() == gone })
	return nil
}

func deletedRoom(id string) map[string]string {
	return map[string]string{"workroom_id": id, "status": roomDeleted, "message": "Workroom deleted"}
}

// listAllRooms answers the workrooms of everybody, to an admin.
func (s *service) listAllRooms(in *call) (any, error) {
	deleted, skip, limit := queryFlag(in, "include_deleted"), queryInt(in, "skip", 0, 0, 0), queryInt(in, "limit", 100, 1, 1000)
	if err := in.Refused(); err != nil {
		return nil, err
	}
	people, rooms := s.people(), []workroomAnswer{}
	for _, w := range s.workrooms.SeeAll() {
		if w.Status != roomDeleted || deleted {
			rooms = append(rooms, s.roomAnswer(w, in.caller, people))
		}
	}
	return map[string]any{"items": rowsOf(rooms, page{limit: limit, offset: skip})}, nil
}

// deleteAnyRoom deletes anybody's workroom, for an admin. A second time is a success, too.
func (s *service) deleteAnyRoom(in *call) (any, error) {
	id := in.PathID("workroom_id")
	if err := in.Refused(); err != nil {
		return nil, err
	}
	switch {
	case id == globalRoom:
		return nil, authserver.Refuse(http.StatusForbidden, "The Global Workroom is protected")
	case s.refusals.strikes("delete " + id):
		return nil, s.refuse(http.StatusServiceUnavailable, "workroom_authority_unavailable", "Another operation holds the workroom")
	}
	return deletedRoom(id), s.Store.Write(func() error {
		found, err := s.workrooms.Get(id)
		if err != nil || found.Status == roomDeleted {
			return err
		}
		if err := s.remove(&found); err != nil {
			return err
		}
		return s.workrooms.Put(found)
	})
}
