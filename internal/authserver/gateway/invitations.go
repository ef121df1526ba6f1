package gateway

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// Invitation is an invitation of somebody, as the API answers it once.
type Invitation struct {
	ID            string                    `json:"id"`
	Invitee       string                    `json:"invitee"` // an e-mail address
	Groups        []string                  `json:"groups"`
	SurfaceID     string                    `json:"surface_id"`
	LandingTarget map[string]string         `json:"landing_target"`
	RoomScope     map[string]string         `json:"room_scope"`
	InvitedBy     string                    `json:"invited_by"` // a subject id
	Status        string                    `json:"status"`
	CreatedAt     authserver.ZonedTimestamp `json:"created_at"`
}

// mostInvited is how many people and groups a call may name.
const mostInvited = 50

// createInvitations invites some people. Nothing reads invitations.
func (s *service) createInvitations(in *call) (any, error) {
	body, err := in.Created()
	if err != nil {
		return nil, err
	}
	invitees, made := readInvitations(body)
	if err := in.Refused(); err != nil {
		return nil, err
	}
	items := []Invitation{}
	err = s.Store.Write(func() error {
		if room, has := made.RoomScope["workroom_id"]; has {
			if found, err := s.workrooms.Get(room); err != nil || found.Status == roomDeleted {
				return authserver.Refuse(http.StatusNotFound, "Workroom not found")
			}
		}
		made.InvitedBy, made.Status, made.CreatedAt = in.caller.SubjectID, "active", *s.now()
		for _, made.Invitee = range invitees {
			key := s.behavior.Case.Key(made.Invitee)
			if slices.ContainsFunc(s.invitations.All(), func(i Invitation) bool { return s.behavior.Case.Key(i.Invitee) == key }) {
				if err := s.behavior.InviteTwice.Refuse("%s is invited already", made.Invitee); err != nil {
					return err
				}
			}
			made.ID = authserver.NewID()
			if err := s.invitations.Put(made); err != nil {
				return err
			}
			items = append(items, made)
		}
		return nil
	})
	return map[string]any{"items": items}, err
}

// readInvitations reads whom a call invites, and to what.
func readInvitations(body *authserver.Object) (invitees []string, made Invitation) {
	made.Groups = []string{}
	body.Closed("groups", "invitees", "landing_target", "room_scope", "surface_id")
	switch body.Texts("invitees", &invitees); {
	case !body.Has("invitees"):
		body.Report("missing", "Field required", "invitees")
	case body.IsNull("invitees"):
		body.Report("list_type", "Input should be a valid list", "invitees")
	case invitees != nil && len(invitees) == 0:
		body.Report("too_short", "List should have at least 1 item", "invitees")
	}
	body.Texts("groups", &made.Groups)
	for _, list := range []struct {
		name  string
		items []string
	}{{"invitees", invitees}, {"groups", made.Groups}} {
		if len(list.items) > mostInvited {
			body.Report("too_long", fmt.Sprintf("List should have at most %d items", mostInvited), list.name)
		}
	}
	for i, email := range invitees {
		if err := authserver.CheckEmail(email); err != nil {
			body.Report("value_error", "value is not a valid email address: "+err.Error(), "invitees", i)
		}
	}
	body.Choice("surface_id", &made.SurfaceID, surfaces...)
	body.OptionalObject("landing_target", func(o *authserver.Object) { made.LandingTarget = readLanding(o) }, func() {})
	body.Inner("room_scope", func(o *authserver.Object) { made.RoomScope = readScope(o) })
	return invitees, made
}

func readLanding(o *authserver.Object) map[string]string {
	var kind string
	var id *string
	o.Closed("id", "kind")
	o.Name("kind", &kind)
	o.MaxLength("kind", kind, 128)
	target := map[string]string{"kind": kind}
	if o.OptionalText("id", &id); id != nil {
		if *id == "" {
			o.Report("string_too_short", "String should have at least 1 character", "id")
		}
		o.MaxLength("id", *id, 255)
		target["id"] = *id
	}
	return target
}

func readScope(o *authserver.Object) map[string]string {
	var kind string
	o.Choice("kind", &kind, "no_workroom", "workroom")
	scope := map[string]string{"kind": kind}
	if kind != "workroom" {
		o.Closed("kind")
		return scope
	}
	var id *string
	o.Closed("kind", "workroom_id")
	if !o.Has("workroom_id") {
		o.Report("missing", "Field required", "workroom_id")
	}
	if o.OptionalID("workroom_id", &id); id != nil {
		scope["workroom_id"] = *id
	} else if o.IsNull("workroom_id") {
		o.Report("uuid_type", "UUID input should be a string, bytes or UUID object", "workroom_id")
	}
	return scope
}
