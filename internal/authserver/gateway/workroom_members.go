package gateway

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// WorkroomMember is somebody who is or was in a workroom.
type WorkroomMember struct {
	ID                 string                     `json:"id"`
	WorkroomID         string                     `json:"workroom_id"`
	TenantID           string                     `json:"tenant_id"`
	UserID             string                     `json:"user_id"` // a subject id
	Role               string                     `json:"role"`
	InvitedByUserID    *string                    `json:"invited_by_user_id"`
	Active             bool                       `json:"active"`
	JoinedAt           authserver.ZonedTimestamp  `json:"joined_at"`
	UpdatedAt          *authserver.ZonedTimestamp `json:"updated_at"`
	RemovedAt          *authserver.ZonedTimestamp `json:"removed_at"`
	ActiveSessionCount int                        `json:"active_session_count"`
	SurfaceID          *string                    `json:"surface_id,omitempty"`
	LandingTarget      map[string]string          `json:"landing_target,omitempty"`
}

// RoleChange is a role that a member had for a while, or has.
type RoleChange struct {
	UserID          string                     `json:"user_id"`
	Role            string                     `json:"role"`
	ChangedByUserID *string                    `json:"changed_by_user_id"`
	ChangeReason    *string                    `json:"change_reason"`
	EffectiveFrom   authserver.ZonedTimestamp  `json:"effective_from"`
	EffectiveTo     *authserver.ZonedTimestamp `json:"effective_to"`
}

// roleCause is why a role changes, who changes it and when.
type roleCause struct {
	by     *string
	reason string
	at     authserver.ZonedTimestamp
}

// memberAnswer is a member as the API answers it.
type memberAnswer struct {
	WorkroomMember
	Username       *string         `json:"username"`
	Email          *string         `json:"email"`
	IsPrimaryOwner bool            `json:"is_primary_owner"`
	SurfaceID      json.RawMessage `json:"surface_id,omitempty"` // none before 1.2
	LandingTarget  json.RawMessage `json:"landing_target,omitempty"`
}

var (
	roomRoles = []string{"viewer", "editor", "owner"} // from what allows least to what allows most
	surfaces  = []string{"use", "analyze", "build", "operate"}
)

// member returns the index of a user among the members, those who have left included, or -1.
func (w WorkroomData) member(user string) int {
	return slices.IndexFunc(w.Members, func(m WorkroomMember) bool { return m.UserID == user })
}

func (w WorkroomData) activeMembers() (active int) {
	for _, m := range w.Members {
		if m.Active {
			active++
		}
	}
	return active
}

// join makes a user a member, or one again.
func (w *WorkroomData) join(m WorkroomMember, cause roleCause) {
	m.ID, m.WorkroomID, m.TenantID, m.Active, m.JoinedAt, m.InvitedByUserID = authserver.NewID(), w.ID, w.TenantID, true, cause.at, cause.by
	if i := w.member(m.UserID); i >= 0 {
		m.ID, m.UpdatedAt = w.Members[i].ID, &cause.at
		if w.Members[i].Active {
			m.JoinedAt, m.InvitedByUserID, m.ActiveSessionCount = w.Members[i].JoinedAt, w.Members[i].InvitedByUserID, w.Members[i].ActiveSessionCount
		}
		w.Members[i] = m
	} else {
		w.Members = append(w.Members, m)
	}
	w.record(m.UserID, m.Role, cause)
}

// setRole gives a member another role.
func (w *WorkroomData) setRole(i int, role string, cause roleCause) {
	w.Members[i].Role, w.Members[i].UpdatedAt = role, &cause.at
	w.record(w.Members[i].UserID, role, cause)
}

// leave ends a membership.
func (w *WorkroomData) leave(i int, cause roleCause) {
	m := &w.Members[i]
	m.Active, m.ActiveSessionCount, m.RemovedAt, m.UpdatedAt = false, 0, &cause.at, &cause.at
	w.record(m.UserID, "", cause)
}

// record ends a user's role in the history, and begins another unless it is "".
func (w *WorkroomData) record(user, role string, cause roleCause) {
	for i, r := range w.RoleHistory {
		if r.UserID == user && r.EffectiveTo == nil {
			if r.Role == role {
				return
			}
			w.RoleHistory[i].EffectiveTo = &cause.at
		}
	}
	if role != "" {
		w.RoleHistory = append(w.RoleHistory, RoleChange{
			UserID: user, Role: role, ChangedByUserID: cause.by, ChangeReason: &cause.reason, EffectiveFrom: cause.at,
		})
	}
}

// cause is that of a change that the caller makes.
func (s *service) cause(in *call, reason string) roleCause {
	return roleCause{by: &in.caller.SubjectID, reason: reason, at: *s.now()}
}

func (s *service) memberAnswer(w WorkroomData, m WorkroomMember, people map[string]account) memberAnswer {
	answer := memberAnswer{WorkroomMember: m, IsPrimaryOwner: m.UserID == w.OwnerUserID}
	if !s.behavior.MembersAnonymous {
		answer.Username, answer.Email = orNull(people[m.UserID].Username), orNull(people[m.UserID].Email)
	}
	if s.behavior.Platform.since(Platform12) {
		answer.SurfaceID, answer.LandingTarget = authserver.Encode(m.SurfaceID), authserver.Encode(m.LandingTarget)
	}
	return answer
}

func (s *service) listRoomMembers(in *call) (any, error) {
	inactive := queryFlag(in, "include_inactive")
	found, err := s.seeRoom(in)
	if err != nil {
		return nil, err
	}
	people, members := s.people(), []memberAnswer{}
	for _, m := range found.Members {
		if m.Active || inactive {
			members = append(members, s.memberAnswer(found, m, people))
		}
	}
	return map[string]any{"items": members}, nil
}

// byEmail returns the user who has an e-mail address.
func (s *service) byEmail(email string) (account, error) {
	key := s.behavior.Case.Key(email)
	for _, a := range s.users.All() {
		if !a.Deleted && a.Email != "" && s.behavior.Case.Key(a.Email) == key {
			return a, nil
		}
	}
	return account{}, s.notFound()
}

func (s *service) addRoomMember(in *call) (any, error) {
	body, err := in.Created()
	if err != nil {
		return nil, err
	}
	email, attested, added := "", false, WorkroomMember{Role: "viewer"}
	body.Email("email", &email, func(text string) string { return text })
	body.Choice("role", &added.Role, roomRoles...)
	body.Flag("attested", &attested)
	if s.behavior.Platform.since(Platform12) {
		body.OptionalChoice("surface_id", &added.SurfaceID, surfaces...)
		readTarget(body, &added.LandingTarget)
	}
	changed, err := s.changeRoom(in, "owner", func(w *WorkroomData) error {
		user, err := s.byEmail(email)
		if err != nil {
			return err
		}
		added.UserID = user.SubjectID
		switch i := w.member(added.UserID); {
		case added.UserID == w.OwnerUserID:
			return authserver.Refuse(http.StatusConflict, "The user is the owner of the workroom")
		case i >= 0 && w.Members[i].Active:
			if err := s.behavior.AddTwice.Refuse("The user is already a member of this workroom"); err != nil {
				return err
			}
		}
		w.join(added, s.cause(in, "added"))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.memberAnswer(changed, changed.Members[changed.member(added.UserID)], s.people()), nil
}

// readTarget reads where a user is to land: an object of texts, or null.
func readTarget(body *authserver.Object, into *map[string]string) {
	var raw json.RawMessage
	body.OptionalJSON("landing_target", &raw)
	var texts map[string]*string
	if raw == nil {
		return
	}
	if json.Unmarshal(raw, &texts) != nil {
		body.Report("string_type", "Input should be a valid string", "landing_target")
		return
	}
	target := map[string]string{}
	for key, text := range texts {
		if text == nil {
			body.Report("string_type", "Input should be a valid string", "landing_target", key)
			continue
		}
		target[key] = *text
	}
	*into = target
}

// changeMember changes the active member in the path, and answers it.
func (s *service) changeMember(in *call, change func(w *WorkroomData, i int) error) (any, error) {
	user := in.PathValue("member_user_id")
	changed, err := s.changeRoom(in, "owner", func(w *WorkroomData) error {
		i := w.member(user)
		switch {
		case i < 0:
			return authserver.Refuse(http.StatusNotFound, "Member not found")
		case user == w.OwnerUserID:
			return authserver.Refuse(http.StatusBadRequest, "The owner of the workroom cannot be changed; transfer the ownership first")
		}
		return change(w, i)
	})
	if err != nil {
		return nil, err
	}
	return s.memberAnswer(changed, changed.Members[changed.member(user)], s.people()), nil
}

func (s *service) updateRoomMember(in *call) (any, error) {
	body, err := in.Created()
	if err != nil {
		return nil, err
	}
	var role string
	body.Choice("role", &role, roomRoles...)
	return s.changeMember(in, func(w *WorkroomData, i int) error {
		if !w.Members[i].Active {
			return authserver.Refuse(http.StatusNotFound, "Member not found")
		}
		w.setRole(i, role, s.cause(in, "updated"))
		return nil
	})
}

func (s *service) removeRoomMember(in *call) (any, error) {
	confirmed := queryFlag(in, "confirm_active_sessions")
	return s.changeMember(in, func(w *WorkroomData, i int) error {
		const unconfirmed = "Member has active workroom sessions; confirm removal to continue"
		switch m := w.Members[i]; {
		case !m.Active:
			return s.behavior.RemoveAbsent.Refuse("The user is not a member of this workroom")
		case m.ActiveSessionCount == 0 || confirmed:
		case s.behavior.Platform.since(Platform12):
			return s.refuse(http.StatusConflict, "active_sessions_confirmation_required", unconfirmed)
		default:
			return authserver.Refuse(http.StatusConflict, unconfirmed)
		}
		if w.Members[i].Active {
			w.leave(i, s.cause(in, "removed"))
		}
		return nil
	})
}

// lookUpUser answers which user has an e-mail address.
func (s *service) lookUpUser(in *call) (any, error) {
	email := queryName(in, "email", 320)
	if _, err := s.seeRoom(in); err != nil {
		return nil, err
	}
	var found account
	var err error
	s.Store.Read(func() { found, err = s.byEmail(email) })
	return map[string]any{"user_id": found.SubjectID, "username": orNull(found.Username), "email": orNull(found.Email)}, err
}

// roleHistory answers the roles that members had, the newest first.
func (s *service) roleHistory(in *call) (any, error) {
	limit := queryInt(in, "limit", 200, 1, 500)
	found, err := s.seeRoom(in)
	if err != nil {
		return nil, err
	}
	type answer struct {
		RoleChange
		Username          *string `json:"username"`
		Email             *string `json:"email"`
		ChangedByUsername *string `json:"changed_by_username"`
		ChangedByEmail    *string `json:"changed_by_email"`
	}
	people, history := s.people(), []answer{}
	for _, change := range slices.Backward(found.RoleHistory) {
		user, by := people[change.UserID], account{}
		if change.ChangedByUserID != nil {
			by = people[*change.ChangedByUserID]
		}
		history = append(history, answer{change, orNull(user.Username), orNull(user.Email), orNull(by.Username), orNull(by.Email)})
	}
	return map[string]any{"items": rowsOf(history, page{limit: limit})}, nil
}

// transferRoom makes an active member the owner of the workroom. The one before leaves, or stays in another role.
func (s *service) transferRoom(in *call) (any, error) {
	body, err := in.Created()
	if err != nil {
		return nil, err
	}
	user, keep, role := "", false, "editor"
	var note *string
	body.Name("user_id", &user)
	body.Choice("previous_owner_role", &role, roomRoles...)
	if s.behavior.Platform.since(Platform102) {
		body.Flag("keep_previous_owner", &keep)
		if body.OptionalText("attestation_note", &note); note != nil {
			body.MaxLength("attestation_note", *note, 2048)
		}
	} else {
		keep = true
	}
	changed, err := s.changeRoom(in, "owner", func(w *WorkroomData) error {
		before, after := w.member(w.OwnerUserID), w.member(user)
		switch {
		case w.OwnerUserID != in.caller.SubjectID:
			return authserver.Refuse(http.StatusForbidden, "Only the owner of the workroom can transfer it")
		case after < 0 || !w.Members[after].Active:
			return authserver.Refuse(http.StatusBadRequest, "The new owner must be an active member of the workroom")
		case after == before:
			return nil
		}
		cause := s.cause(in, "transferred")
		w.OwnerUserID = user
		w.setRole(after, "owner", cause)
		if keep {
			w.setRole(before, role, cause)
		} else {
			w.leave(before, cause)
		}
		return s.relateOwner(*w)
	})
	return s.roomAnswer(changed, in.caller, s.people()), err
}
