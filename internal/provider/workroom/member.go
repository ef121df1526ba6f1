package workroom

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/idlist"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/claim"
)

// member is a user in a workroom, as the platform has it.
type member struct {
	userID, email, username, role string
	surfaceID                     string
	landingTarget                 map[string]string
	// isOwner says that the workroom is the member's own.
	isOwner bool
}

var roleValidator = stringvalidator.OneOf(roles...)

// memberClaim is a member as resources claim it: by the e-mail address, which is known before the user's id.
func memberClaim(room, email string) claim.Assignment {
	return claim.Assignment{Relation: "workroom_member", From: room, To: strings.ToLower(email)}
}

// memberClaims writes the claims of members.
type memberClaims struct{}

// AssignmentID writes a claim.
func (memberClaims) AssignmentID(a claim.Assignment) string { return a.From + "/" + a.To }

// Describe names several for a message.
func (memberClaims) Describe(all []claim.Assignment) string {
	texts := make([]string, len(all))
	for i, a := range all {
		texts[i] = fmt.Sprintf("%s in workroom %s", a.To, a.From)
	}
	slices.Sort(texts)
	return idlist.Short(texts)
}

func memberSubject(room, email string) framework.Subject {
	return framework.Subject{
		Noun: "member", Assignment: true, Text: fmt.Sprintf("member %s of workroom %s", email, room), Attributes: map[string]string{"email": "email"},
	}
}

const terminateDescription = "Whether removing a member ends the member's active sessions in the workroom; `false` by default: the platform then refuses to " +
	"remove a member with active sessions. Terraform uses the value in the state: set it and apply before you remove the member."

func terminateAttribute() schema.BoolAttribute {
	return schema.BoolAttribute{Optional: true, Computed: true, Default: booldefault.StaticBool(false), MarkdownDescription: terminateDescription}
}

// find returns the member whom a configuration means: the one with the user's id if it is known, and else with the address.
func find(members []member, userID, email string) (member, bool) {
	for _, m := range members {
		if userID != "" && m.userID == userID {
			return m, true
		}
	}
	for _, m := range members {
		if userID == "" && m.email != "" && strings.EqualFold(m.email, email) {
			return m, true
		}
	}
	return member{}, false
}

// name is how a set calls a member: by the address, if the platform tells it.
func (m member) name() string { return cmp.Or(m.email, m.username, m.userID) }

// change is what has to happen to one member.
type change struct {
	room, userID, email, role string
	surfaceID                 string
	landingTarget             map[string]string
}

// ensure makes sure that the user is in the workroom with the role, and returns what the platform has then.
func ensure(ctx context.Context, k keeper, c change) (member, error) {
	m, err := k.add(ctx, c)
	if errors.Is(err, client.ErrConflict) || isBadRequest(err) {
		// Some servers refuse to add a member twice. Another resource of this run may have removed the member since.
		if present, ok := k.present(ctx, c); ok {
			c.userID = present.userID
			m, err = present, k.keep(ctx, c)
		} else {
			m, err = k.add(ctx, c)
		}
	}
	if err == nil && m.role != c.role {
		c.userID = m.userID
		m, err = k.setRole(ctx, c)
	}
	return m, err
}
