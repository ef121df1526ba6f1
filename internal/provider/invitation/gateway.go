package invitation

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

// invite returns the addresses of those who were invited.
func invite(ctx context.Context, in *run.Run, wanted inviteModel) ([]string, error) {
	body := gateway.InvitationCreate{
		Invitees: texts(wanted.Emails), Groups: texts(wanted.Groups), SurfaceID: wanted.SurfaceID.ValueString(), WorkroomID: wanted.WorkroomID.ValueString(),
	}
	if target := wanted.LandingTarget; target != nil {
		body.LandingKind, body.LandingID = target.Kind.ValueString(), target.ID.ValueString()
	}
	invitations, err := in.Gateway.Invite(ctx, body)
	invited := make([]string, len(invitations))
	for i, invitation := range invitations {
		invited[i] = invitation.Invitee
	}
	return invited, err
}

func texts(set types.Set) []string {
	var all []string
	for _, value := range set.Elements() {
		text, _ := value.(types.String)
		all = append(all, text.ValueString())
	}
	slices.Sort(all)
	return all
}
