package invitation_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

const typeName = "kamiwaza_invite_users"

func invite(more acctest.Fields) acctest.Fields {
	config := acctest.Fields{"emails": []any{"chen@larkspur.example.com", "amara@larkspur.example.com"}, "surface_id": "analyze"}
	maps.Copy(config, more)
	return config
}

// TestProtocol_invite invites users as Terraform 1.14 does.
func TestProtocol_invite(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{})
	p := acctest.NewProtocol(t, s)
	room := s.Send("POST", "/workrooms/", map[string]any{"name": "larkspur", "type": "persistent"}).ID()
	progress, problems := p.Invoke(typeName, invite(nil))
	if want := "Invited amara@larkspur.example.com.\nInvited chen@larkspur.example.com.\n"; problems != "" || progress != want {
		t.Errorf("the action says %q and %q", progress, problems)
	}
	_, problems = p.Invoke(typeName, invite(acctest.Fields{
		"emails": []any{"jonas@larkspur.example.com"}, "groups": []any{"ml", "web"}, "workroom_id": room,
		"landing_target": acctest.Fields{"kind": "dataset", "id": "d"},
	}))
	made := s.Server.Snapshot().Invitations
	if problems != "" || len(made) != 3 {
		t.Fatalf("the action says %q, and there are %v", problems, made)
	}
	got := fmt.Sprint(made[2].Invitee, made[2].Groups, " ", made[2].SurfaceID, " ", made[2].LandingTarget, made[2].RoomScope)
	if want := fmt.Sprintf("jonas@larkspur.example.com[ml web] analyze map[id:d kind:dataset] map[kind:workroom workroom_id:%s]", room); got != want {
		t.Errorf("the invitation is %s, want %s", got, want)
	}
}

// TestProtocol_inviteFails says what is wrong with an invitation, and what to do.
func TestProtocol_inviteFails(t *testing.T) {
	t.Parallel()
	const nowhere = "6f1c2b9e-4d3a-4c55-9f0e-0a7d3f1b2c48"
	for name, test := range map[string]struct {
		behavior gateway.Behavior
		config   acctest.Fields
		fault    authserver.Fault
		want     []string
	}{
		"an earlier release": {behavior: gateway.Behavior{Platform: gateway.Platform102}, want: []string{"Invitations need platform 1.2 and later."}},
		"no workroom":        {config: acctest.Fields{"workroom_id": nowhere}, want: []string{"Could not invite users", "Workroom not found", "Check workroom_id"}},
		"invited already":    {behavior: gateway.Behavior{InviteTwice: "409"}, want: []string{"is invited already", "Remove the users who are invited already from emails"}},
		"an answer is lost":  {fault: authserver.Fault{Method: "POST", Route: "/platform/users/invitations", Drop: authserver.DropAfter}, want: []string{"may have been made", "cannot be listed"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.StartGateway(t, authserver.Config{API: test.behavior})
			if test.behavior.InviteTwice != "" {
				if _, problems := acctest.NewProtocol(t, s).Invoke(typeName, invite(nil)); problems != "" {
					t.Fatal(problems)
				}
			}
			if test.fault.Method != "" {
				s.Server.Inject(test.fault)
			}
			progress, problems := acctest.NewProtocol(t, s).Invoke(typeName, invite(test.config))
			if acctest.WantWords(t, problems, test.want...); progress != "" || strings.Count(problems, "\n\n") > 2 {
				t.Errorf("the action says %q and %q", progress, problems)
			}
			if n := s.Count("POST", "/platform/users/invitations"); test.fault.Method != "" && n != 1 {
				t.Errorf("an invitation whose answer was lost was sent %d times", n)
			}
		})
	}
	rbac := acctest.Start(t, authserver.Config{})
	_, problems := acctest.NewProtocol(t, rbac).Invoke(typeName, invite(nil))
	acctest.WantWords(t, problems, "kamiwaza_invite_users is not available on this platform")
}
