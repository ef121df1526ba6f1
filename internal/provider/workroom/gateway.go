package workroom

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/idlist"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

// roles are those of members. The platform has no other ones.
var roles = gateway.WorkroomRoles

const (
	ownerRole  = gateway.WorkroomOwner
	globalRoom = gateway.GlobalWorkroom
)

func create(ctx context.Context, in *run.Run, plan workroomModel) (workroomModel, error) {
	attributes, err := decoded(plan.Attributes)
	if err != nil {
		return workroomModel{}, err
	}
	room, err := in.Gateway.Workrooms.Create(ctx, gateway.WorkroomCreate{
		Name: plan.Name.ValueString(), Type: plan.Type.ValueString(), Description: plan.Description.ValueString(), Labels: plan.Labels.Some(),
		Classification: plan.Classification.ValueString(), Attributes: attributes, SCGReferences: plan.SCGReferences.Some(),
	})
	if err != nil || !plan.Archived.ValueBool() {
		return fromRoom(room, plan), creatable(err)
	}
	archived, err := in.Gateway.Workrooms.Archive(ctx, room.ID)
	if err != nil {
		return fromRoom(room, plan), explained(err) // It exists, unarchived.
	}
	return fromRoom(archived, plan), nil
}

// read reads a workroom that the provider's user is in or, as an administrator, any other.
func read(ctx context.Context, in *run.Run, state workroomModel) (workroomModel, error) {
	id := state.ID.ValueString()
	if in.IsRecent(state.CreatedAt.ValueString()) {
		in.Gateway.Workrooms.Expect(id)
	}
	room, err := get(ctx, in, id)
	return fromRoom(room, state), err
}

// get reads a workroom as one who is in it or, if the platform refuses that, from the list that administrators may read. The
// platform may answer to others that there is no such room, so a room is gone only if that list has it no more.
func get(ctx context.Context, in *run.Run, id string) (gateway.Workroom, error) {
	room, refusal := in.Gateway.Workrooms.Get(ctx, id)
	if !errors.Is(refusal, client.ErrForbidden) && !errors.Is(refusal, client.ErrNotFound) {
		return room, explained(refusal)
	}
	rooms, err := in.Gateway.Workrooms.AdminList(ctx)
	switch {
	case errors.Is(err, client.ErrForbidden), errors.Is(err, client.ErrUnsupported):
		return gateway.Workroom{}, explained(refusal)
	case err != nil:
		return gateway.Workroom{}, err
	}
	for _, room := range rooms {
		if room.ID == id {
			return room, nil
		}
	}
	return gateway.Workroom{}, fmt.Errorf("there is no workroom %s: %w", id, client.ErrNotFound)
}

func update(ctx context.Context, in *run.Run, plan, state workroomModel) (workroomModel, error) {
	id := state.ID.ValueString()
	changes := gateway.WorkroomUpdate{
		Name:           framework.ChangedText(state.Name, plan.Name),
		Description:    nullable(state.Description, plan.Description),
		Labels:         changedTexts(state.Labels, plan.Labels),
		Classification: nullable(state.Classification, plan.Classification),
		SCGReferences:  changedTexts(state.SCGReferences, plan.SCGReferences),
	}
	if !framework.SameJSON(state.Attributes.ValueString(), plan.Attributes.ValueString()) {
		attributes, err := decoded(plan.Attributes)
		if err != nil {
			return workroomModel{}, err
		}
		changes.Attributes = client.Set(attributes)
	}
	rooms := in.Gateway.Workrooms
	room, err := rooms.Get(ctx, id)
	changing := changes != gateway.WorkroomUpdate{}
	if err == nil && room.Status == gateway.WorkroomArchived && (changing || !plan.Archived.ValueBool()) {
		room, err = rooms.Restore(ctx, id)
		err = limited(err)
	}
	if err == nil && changing {
		if room, err = rooms.Update(ctx, id, changes); err != nil && state.Archived.ValueBool() {
			// What was read-only must not stay open because of a change that failed.
			if _, archiveErr := rooms.Archive(ctx, id); archiveErr != nil {
				err = fmt.Errorf("%w; and the workroom, which was restored for this change, could not be archived again: %s", err, archiveErr.Error())
			}
		}
	}
	if err == nil && plan.Archived.ValueBool() && room.Status != gateway.WorkroomArchived {
		room, err = rooms.Archive(ctx, id)
	}
	return fromRoom(room, plan), explained(err)
}

// remove deletes a workroom of the provider's user or, as an administrator, of another. The platform may answer to others that
// there is no such room.
func remove(ctx context.Context, in *run.Run, id string) error {
	err := in.Gateway.Workrooms.Delete(ctx, id)
	if !errors.Is(err, client.ErrForbidden) && !errors.Is(err, client.ErrNotFound) {
		return explained(err)
	}
	adminErr := in.Gateway.Workrooms.AdminDelete(ctx, id)
	switch {
	case adminErr == nil, errors.Is(adminErr, client.ErrNotFound):
		return nil
	case errors.Is(adminErr, client.ErrForbidden), errors.Is(adminErr, client.ErrUnsupported):
		return explained(err)
	}
	return adminErr
}

func idByName(ctx context.Context, in *run.Run, name string) (string, error) {
	room, err := in.Gateway.Workrooms.ByName(ctx, name)
	return room.ID, explained(err)
}

func fromRoom(room gateway.Workroom, prior workroomModel) workroomModel {
	if room.ID == "" {
		return workroomModel{}
	}
	m := workroomModel{
		ID: types.StringValue(room.ID), Name: framework.SameText(prior.Name, room.Name), Type: types.StringValue(room.Type),
		Description: framework.OptionalText(prior.Description, room.Description), Labels: texts(prior.Labels, room.Labels),
		Attributes: encoded(prior.Attributes, room.Attributes), Classification: framework.OptionalText(prior.Classification, room.Classification),
		SCGReferences: texts(prior.SCGReferences, room.SCGReferences), Archived: types.BoolValue(room.Status == gateway.WorkroomArchived),
		OwnerID: framework.TextOrNull(room.OwnerUserID), TenantID: framework.TextOrNull(room.TenantID), CreatedAt: framework.Timestamp(room.CreatedAt),
		DeletionProtection: framework.DeletionProtection(prior.DeletionProtection),
	}
	// Later platforms do not return these two, which is not to say that they are gone.
	if room.Classification == "" {
		m.Classification = prior.Classification
	}
	if room.SCGReferences == nil {
		m.SCGReferences = prior.SCGReferences
	}
	return m
}

// nullable is the update of a text that null clears.
func nullable(state, plan types.String) client.Field[string] {
	switch {
	case state.ValueString() == plan.ValueString():
		return client.Field[string]{}
	case plan.ValueString() == "":
		return client.Null[string]()
	}
	return client.Set(plan.ValueString())
}

func changedTexts(state, plan framework.IDSet) client.Field[[]string] {
	if slices.Equal(state.Some(), plan.Some()) {
		return client.Field[[]string]{}
	}
	return client.Set(idlist.NonNil(plan.Some()))
}

// texts is a set of the server. An empty set and none are the same to it, so the spelling of the configuration stays.
func texts(prior framework.IDSet, server []string) framework.IDSet {
	if len(server) == 0 && len(prior.Some()) == 0 {
		return prior
	}
	return framework.NewIDSet(server)
}

// decoded is a JSON object of a configuration, which was validated.
func decoded(text types.String) (map[string]any, error) {
	values := gateway.Values{}
	if text.ValueString() == "" {
		return values, nil
	}
	err := json.Unmarshal([]byte(text.ValueString()), &values)
	return values, err
}

// encoded is the server's JSON object; the spelling of the configuration stays where it is the same.
func encoded(prior types.String, server gateway.Values) types.String {
	data, err := json.Marshal(server)
	switch {
	case err != nil || server == nil && !prior.IsUnknown():
		return prior
	case server == nil:
		return types.StringNull()
	case !prior.IsUnknown() && framework.SameJSON(prior.ValueString(), string(data)) && (!prior.IsNull() || len(server) == 0):
		return prior
	}
	return types.StringValue(string(data))
}

// keeper changes who is in workrooms.
type keeper struct{ *run.Run }

func keeperOf(in *run.Run) keeper { return keeper{in} }

// list returns who is in the workroom. The platform may answer to those who are not in it that there is no such room, so a room
// is gone only if it cannot be found in another way either.
func (k keeper) list(ctx context.Context, room string) ([]member, error) {
	found, err := k.Gateway.WorkroomMembers.List(ctx, room)
	if errors.Is(err, client.ErrNotFound) {
		_, roomErr := get(ctx, k.Run, room)
		switch {
		case roomErr == nil:
			return nil, hidden(err)
		case !errors.Is(roomErr, client.ErrNotFound):
			return nil, roomErr
		}
	}
	members := []member{}
	for _, m := range found {
		if m.Active {
			members = append(members, fromMember(m))
		}
	}
	return members, explained(err)
}

func fromMember(m gateway.WorkroomMember) member {
	return member{
		userID: m.UserID, email: m.Email, username: m.Username, role: m.Role, surfaceID: m.SurfaceID, landingTarget: m.LandingTarget, isOwner: m.IsPrimaryOwner,
	}
}

func (c change) body() gateway.WorkroomMemberAdd {
	return gateway.WorkroomMemberAdd{Email: c.email, Role: c.role, SurfaceID: c.surfaceID, LandingTarget: c.landingTarget}
}

func (k keeper) add(ctx context.Context, c change) (member, error) {
	added, err := k.Gateway.WorkroomMembers.Add(ctx, c.room, c.body())
	return fromMember(added), explained(err)
}

// present finds the user whom the server refuses to add, because they are in the workroom already.
func (k keeper) present(ctx context.Context, c change) (member, bool) {
	members, err := k.list(ctx, c.room)
	if err != nil {
		return member{}, false
	}
	if m, is := find(members, "", c.email); is {
		return m, true
	}
	id, err := k.lookup(ctx, c.room, c.email)
	if err != nil {
		return member{}, false
	}
	return find(members, id, "")
}

func (k keeper) setRole(ctx context.Context, c change) (member, error) {
	changed, err := k.Gateway.WorkroomMembers.SetRole(ctx, c.room, c.userID, c.role)
	return fromMember(changed), memberError(err, k.owns(ctx, c, err))
}

func (k keeper) keep(ctx context.Context, c change) error {
	return explained(k.Gateway.WorkroomMembers.Keep(ctx, c.room, c.userID, c.body()))
}

func (k keeper) remove(ctx context.Context, c change, endSessions bool) error {
	err := k.Gateway.WorkroomMembers.Remove(ctx, c.room, c.userID, endSessions)
	return memberError(err, k.owns(ctx, c, err))
}

// owns tells, of a member whom the platform refuses to change, whether the workroom is the member's own.
func (k keeper) owns(ctx context.Context, c change, refusal error) bool {
	if refusal == nil {
		return false
	}
	members, _ := k.list(ctx, c.room)
	m, _ := find(members, c.userID, "")
	return m.isOwner
}

// lookup finds the id of the user with the address.
func (k keeper) lookup(ctx context.Context, room, email string) (string, error) {
	user, err := k.Gateway.WorkroomMembers.Lookup(ctx, room, email)
	return user.UserID, explained(err)
}

func isBadRequest(err error) bool {
	failure, ok := errors.AsType[*client.Error](err)
	return ok && failure.Status == http.StatusBadRequest
}

func findRoom(ctx context.Context, in *run.Run, wanted roomData) (roomData, error) {
	var room gateway.Workroom
	var err error
	if wanted.ID.IsNull() {
		room, err = in.Gateway.Workrooms.ByName(ctx, wanted.Name.ValueString())
	} else {
		room, err = get(ctx, in, wanted.ID.ValueString())
	}
	if err != nil {
		return wanted, explained(err)
	}
	return roomDataOf(room), nil
}

func listRooms(ctx context.Context, in *run.Run, ofAllUsers bool) ([]roomData, error) {
	list := in.Gateway.Workrooms.List
	if ofAllUsers {
		list = in.Gateway.Workrooms.AdminList
	}
	rooms, err := list(ctx)
	all := make([]roomData, len(rooms))
	for i, room := range rooms {
		all[i] = roomDataOf(room)
	}
	return all, explained(err)
}

func roomDataOf(room gateway.Workroom) roomData {
	return roomData{
		ID: types.StringValue(room.ID), Name: types.StringValue(room.Name), Type: types.StringValue(room.Type),
		Description: framework.TextOrNull(room.Description), Labels: framework.TextList(room.Labels),
		Attributes: encoded(types.StringNull(), room.Attributes), Classification: framework.TextOrNull(room.Classification),
		SCGReferences: framework.TextList(room.SCGReferences), Status: framework.TextOrNull(room.Status), OwnerID: framework.TextOrNull(room.OwnerUserID),
		OwnerUsername: framework.TextOrNull(room.OwnerUsername), OwnerEmail: framework.TextOrNull(room.OwnerEmail),
		TenantID: framework.TextOrNull(room.TenantID), CreatedAt: framework.Timestamp(room.CreatedAt),
	}
}

func transfer(ctx context.Context, in *run.Run, wanted transferModel) error {
	_, err := in.Gateway.Workrooms.Transfer(ctx, wanted.WorkroomID.ValueString(), gateway.WorkroomTransfer{
		UserID: wanted.UserID.ValueString(), KeepPreviousOwner: wanted.KeepPreviousOwner.ValueBool(),
		PreviousOwnerRole: wanted.PreviousOwnerRole.ValueString(), AttestationNote: wanted.AttestationNote.ValueString(),
	})
	return explained(err)
}
