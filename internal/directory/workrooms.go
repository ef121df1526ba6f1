package directory

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
)

// Workrooms are the workrooms that the caller is in, as one run sees them, the archived ones included.
type Workrooms struct {
	*Listing[gateway.Workroom, gateway.WorkroomCreate, gateway.WorkroomUpdate]
	api     gateway.Workrooms
	started func() (time.Time, bool)
	// everyones are the workrooms of all users, which are read from one list.
	everyones *fromList[gateway.Workroom]
	members   *WorkroomMembers

	mu   sync.Mutex
	made map[string]bool // by id: what this run has created
}

func newWorkrooms(api *gateway.API, mode ReadMode, members *WorkroomMembers) *Workrooms {
	name := func(room gateway.Workroom) string { return room.Name }
	w := &Workrooms{
		Listing: newListing(api.Pause, api.Workrooms, mode, "workroom", name),
		api:     api.Workrooms, started: api.Started, members: members,
		everyones: newFromList(api.Pause, api.Workrooms.AdminList, mode, "workroom", "id", name),
		made:      map[string]bool{},
	}
	w.deleted = func(id string) {
		w.everyones.memory.touch(id)
		members.lists.memory.touch(id)
	}
	return w
}

// Create makes a new workroom. One whose answer is lost is looked up by name, and taken for the new one if the caller has
// created it since this run began, and no other one like it.
func (w *Workrooms) Create(ctx context.Context, body gateway.WorkroomCreate) (gateway.Workroom, error) {
	room, err := w.Listing.Create(ctx, body)
	w.everyones.memory.touch("")
	if errors.Is(err, client.ErrOutcomeUnknown) {
		began, _ := w.started()
		isNew := func(room gateway.Workroom, _ time.Time) bool {
			return room.Name == body.Name && room.Type == body.Type && room.IsOwner && !room.CreatedAt.Before(began)
		}
		room, err = w.lostCreate(ctx, err, w.started, func(ctx context.Context) (gateway.Workroom, error) {
			return w.only(ctx, func(room gateway.Workroom) bool { return isNew(room, began) && !w.hasMade(room.ID) }, body.Name)
		}, isNew)
	}
	if err == nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.made[room.ID] = true
	}
	return room, err
}

func (w *Workrooms) hasMade(id string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.made[id]
}

// only finds the one workroom that is as wanted, which has the name.
func (w *Workrooms) only(ctx context.Context, wanted func(gateway.Workroom) bool, name string) (gateway.Workroom, error) {
	rooms, err := w.List(ctx)
	if err != nil {
		return gateway.Workroom{}, err
	}
	var found []gateway.Workroom
	for _, room := range rooms {
		if wanted(room) {
			found = append(found, room)
		}
	}
	switch len(found) {
	case 0:
		return gateway.Workroom{}, &noMatchError{fmt.Sprintf("no new workroom has the name %q", name)}
	case 1:
		return found[0], nil
	}
	return gateway.Workroom{}, fmt.Errorf("%d new workrooms have the name %q", len(found), name)
}

// ByName finds a workroom by name. Names need not be unique: that two rooms have the name is an error, which names them.
func (w *Workrooms) ByName(ctx context.Context, name string) (gateway.Workroom, error) {
	return w.by(ctx, "name", name, func(room gateway.Workroom) string { return room.Name })
}

// Update changes the workroom.
func (w *Workrooms) Update(ctx context.Context, id string, body gateway.WorkroomUpdate) (gateway.Workroom, error) {
	defer w.everyones.memory.touch(id)
	return w.Listing.Update(ctx, id, body)
}

// Archive makes the workroom read-only.
func (w *Workrooms) Archive(ctx context.Context, id string) (gateway.Workroom, error) {
	return w.change(ctx, id, w.api.Archive)
}

// Restore ends what Archive has done.
func (w *Workrooms) Restore(ctx context.Context, id string) (gateway.Workroom, error) {
	return w.change(ctx, id, w.api.Restore)
}

// Transfer gives the workroom another owner.
func (w *Workrooms) Transfer(ctx context.Context, id string, body gateway.WorkroomTransfer) (gateway.Workroom, error) {
	defer w.members.lists.memory.touch(id)
	return w.change(ctx, id, func(ctx context.Context, id string) (gateway.Workroom, error) { return w.api.Transfer(ctx, id, body) })
}

func (w *Workrooms) change(ctx context.Context, id string, do func(context.Context, string) (gateway.Workroom, error)) (gateway.Workroom, error) {
	defer w.everyones.memory.touch(id)
	began := w.memory.now()
	room, err := do(ctx, id)
	if err == nil {
		w.memory.update(began, room, []field{{name: "status", want: room.Status}, {name: "owner_user_id", want: room.OwnerUserID}})
	} else {
		w.memory.touch(id)
	}
	return room, err
}

// AdminDelete removes the workroom of any user. Its errors are those of Delete.
func (w *Workrooms) AdminDelete(ctx context.Context, id string) error {
	return w.wroteDelete(id, w.api.AdminDelete(ctx, id))
}

// AdminList returns the workrooms of all users, sorted by name. The slice is shared: it must not be changed.
func (w *Workrooms) AdminList(ctx context.Context) ([]gateway.Workroom, error) {
	return w.everyones.List(ctx)
}

// WorkroomMembers are the members of workrooms as one run sees them. Those of one room are read from one list.
//
// As with Edges, one apply may give a member up in one resource and take them over in another, in any order and at the same
// time: changes in one room run one after the other, and whoever was added or is kept is not removed any more.
type WorkroomMembers struct {
	lists *Collection[roomMembers, struct{}, struct{}]
	api   gateway.WorkroomMembers
	turns Turns // by room

	mu            sync.Mutex
	kept, removed map[edge]bool // from rooms to subject ids
}

// roomMembers are the members of one workroom, as an object of its own.
type roomMembers struct {
	roomID  string
	members []gateway.WorkroomMember
}

// EntityID returns the id of the workroom.
func (m roomMembers) EntityID() string { return m.roomID }

// active returns the member with the subject id, unless they were removed.
func (m roomMembers) active(userID string) (gateway.WorkroomMember, bool) {
	for _, member := range m.members {
		if member.UserID == userID && member.Active {
			return member, true
		}
	}
	return gateway.WorkroomMember{}, false
}

func newWorkroomMembers(api *gateway.API, mode ReadMode) *WorkroomMembers {
	return &WorkroomMembers{
		lists: newCollection(api.Pause, roomMemberLists{members: api.WorkroomMembers}, mode),
		api:   api.WorkroomMembers, kept: map[edge]bool{}, removed: map[edge]bool{},
	}
}

// List returns the members of the workroom, those who were removed included. The slice is shared: it must not be changed.
func (m *WorkroomMembers) List(ctx context.Context, roomID string) ([]gateway.WorkroomMember, error) {
	list, err := m.lists.Get(ctx, roomID)
	return list.members, err
}

// Get returns the member with the subject id. ErrNotFound means that they are not in the workroom, or no longer, or that there
// is no such workroom.
func (m *WorkroomMembers) Get(ctx context.Context, roomID, userID string) (gateway.WorkroomMember, error) {
	list, err := m.lists.Get(ctx, roomID)
	if err != nil {
		return gateway.WorkroomMember{}, err
	}
	if member, is := list.active(userID); is {
		return member, nil
	}
	return gateway.WorkroomMember{}, &noMatchError{fmt.Sprintf("the workroom %s has no member with the subject id %q", roomID, userID)}
}

// Lookup finds the user with the e-mail address, who need not be a member.
func (m *WorkroomMembers) Lookup(ctx context.Context, roomID, email string) (gateway.WorkroomUser, error) {
	return m.api.Lookup(ctx, roomID, email)
}

// Expect says that an earlier run added the member only moments ago, so that a read may miss them still.
func (m *WorkroomMembers) Expect(roomID, userID string) {
	m.lists.memory.expectEdge(roomID, userID, hasMember(userID, ""))
}

// hasMember tells whether a list shows the member; with the role, unless it is "".
func hasMember(userID, role string) func(roomMembers) bool {
	return func(list roomMembers) bool {
		member, is := list.active(userID)
		return is && (role == "" || member.Role == role)
	}
}

// Add puts a user into the workroom, or brings one back who was removed. That they are in it already is not an error, where
// the server says so; the role is what it answers.
func (m *WorkroomMembers) Add(ctx context.Context, roomID string, body gateway.WorkroomMemberAdd) (gateway.WorkroomMember, error) {
	defer m.turns.Take(roomID)()
	return m.addInTurn(ctx, roomID, body)
}

func (m *WorkroomMembers) addInTurn(ctx context.Context, roomID string, body gateway.WorkroomMemberAdd) (gateway.WorkroomMember, error) {
	member, err := m.api.Add(ctx, roomID, body)
	if err != nil {
		m.lists.memory.touch(roomID)
		return gateway.WorkroomMember{}, err
	}
	m.note(roomID, member.UserID, true)
	return member, m.lists.wroteEdge(roomID, member.UserID, nil, hasMember(member.UserID, member.Role))
}

// SetRole gives the member another role. No Remove of this run takes them out of the workroom from then on.
func (m *WorkroomMembers) SetRole(ctx context.Context, roomID, userID, role string) (gateway.WorkroomMember, error) {
	defer m.turns.Take(roomID)()
	m.keep(roomID, userID)
	member, err := m.api.SetRole(ctx, roomID, userID, role)
	return member, m.lists.wroteEdge(roomID, userID, err, hasMember(userID, member.Role))
}

// Keep says that a resource of this run wants the member to stay: no Remove takes them out from then on. One whom this run has
// already removed is added again, with the body.
func (m *WorkroomMembers) Keep(ctx context.Context, roomID, userID string, body gateway.WorkroomMemberAdd) error {
	defer m.turns.Take(roomID)()
	if !m.keep(roomID, userID) {
		return nil
	}
	_, err := m.addInTurn(ctx, roomID, body)
	return err
}

// Remove takes the member out of the workroom, unless this run has added or keeps them. That they were not in it is not an
// error. Sessions in it are client.ErrActiveSessions, unless their end is confirmed.
func (m *WorkroomMembers) Remove(ctx context.Context, roomID, userID string, confirmActiveSessions bool) error {
	defer m.turns.Take(roomID)()
	if m.isKept(roomID, userID) {
		return nil
	}
	err := m.api.Remove(ctx, roomID, userID, confirmActiveSessions)
	m.note(roomID, userID, false) // even after a failure: the server may have acted
	_ = m.lists.wroteEdge(roomID, userID, err, not(hasMember(userID, "")))
	failure, ok := errors.AsType[*client.Error](err)
	if !ok || errors.Is(err, client.ErrActiveSessions) {
		return err
	}
	switch failure.Status {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusConflict:
		if errors.Is(err, client.ErrNotFound) {
			return nil
		}
		if _, getErr := m.Get(ctx, roomID, userID); errors.Is(getErr, client.ErrNotFound) {
			return nil
		}
	}
	return err
}

// keep marks the member as wanted, and tells whether this run has removed them.
func (m *WorkroomMembers) keep(roomID, userID string) (removed bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kept[edge{roomID, userID}] = true
	return m.removed[edge{roomID, userID}]
}

func (m *WorkroomMembers) isKept(roomID, userID string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.kept[edge{roomID, userID}]
}

// note remembers whom this run has added, or removed.
func (m *WorkroomMembers) note(roomID, userID string, added bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if added {
		m.kept[edge{roomID, userID}] = true
	}
	m.removed[edge{roomID, userID}] = !added
}

// roomMemberLists read the lists.
type roomMemberLists struct {
	listOnly[roomMembers]
	members gateway.WorkroomMembers
}

// Get reads the members of one workroom.
func (l roomMemberLists) Get(ctx context.Context, roomID string) (roomMembers, error) {
	members, err := l.members.List(ctx, roomID)
	return roomMembers{roomID: roomID, members: members}, err
}
