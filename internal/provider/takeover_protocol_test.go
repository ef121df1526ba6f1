package provider_test

import (
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// managed is an instance in a state: what Terraform passes from one call to the next.
type managed struct {
	typeName string
	state    map[string]any
	private  []byte
}

func encode(p acctest.Protocol, typeName string, given map[string]any) *tfprotov6.DynamicValue {
	p.T.Helper()
	objectType := p.StateType(typeName)
	value := tftypes.NewValue(objectType, nil)
	if given != nil {
		value = p.Values(objectType, given)
	}
	encoded, err := tfprotov6.NewDynamicValue(objectType, value)
	acctest.Must(p.T, err)
	return &encoded
}

func refresh(p acctest.Protocol, m *managed) {
	p.T.Helper()
	m.private = p.Read(m.typeName, encode(p, m.typeName, m.state), nil, m.private).Private
}

// planned plans an instance, from its state to the wanted one; nil is a destruction.
func planned(p acctest.Protocol, m managed, want map[string]any) *tfprotov6.PlanResourceChangeResponse {
	p.T.Helper()
	resp, err := p.Server.PlanResourceChange(p.T.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: m.typeName, PriorState: encode(p, m.typeName, m.state), Config: encode(p, m.typeName, want),
		ProposedNewState: encode(p, m.typeName, want), PriorPrivate: m.private,
	})
	acctest.Must(p.T, err)
	p.NoErrors(resp.Diagnostics)
	return resp
}

func applied(p acctest.Protocol, m managed, want *tfprotov6.DynamicValue, config map[string]any, private []byte) {
	p.T.Helper()
	resp, err := p.Server.ApplyResourceChange(p.T.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: m.typeName, PriorState: encode(p, m.typeName, m.state), PlannedState: want, Config: encode(p, m.typeName, config), PlannedPrivate: private,
	})
	acctest.Must(p.T, err)
	p.NoErrors(resp.Diagnostics)
}

// hasID tells whether a planned state's id is known, which is all that makes an update of an instance that does not change.
func hasID(p acctest.Protocol, m managed, planned *tfprotov6.DynamicValue) bool {
	p.T.Helper()
	value, err := planned.Unmarshal(p.StateType(m.typeName))
	acctest.Must(p.T, err)
	var attributes map[string]tftypes.Value
	acctest.Must(p.T, value.As(&attributes))
	return attributes["id"].IsKnown()
}

// TestProtocol_takeoverOrder: two instances have the same assignment and one is destroyed, in each order in which
// Terraform may read and plan the two, and in both orders of the apply.
func TestProtocol_takeoverOrder(t *testing.T) {
	t.Parallel()
	for name, kinds := range map[string][2]string{
		"singles": {"kamiwaza_group_member", "kamiwaza_group_member"}, "sets": {"kamiwaza_group_members", "kamiwaza_group_members"},
		"a single one stays": {"kamiwaza_group_member", "kamiwaza_user_groups"}, "a set stays": {"kamiwaza_user_groups", "kamiwaza_group_member"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.Start(t, acctest.AuthserverDefaults)
			group, err := s.API.Groups.Create(t.Context(), rbac.GroupCreate{Name: "ops"})
			acctest.Must(t, err)
			user, err := s.API.Users.Create(t.Context(), rbac.UserCreate{Username: "ada", Email: "ada@example.com", Password: "analytical engine"})
			acctest.Must(t, err)
			forms := map[string]map[string]any{
				"kamiwaza_group_member":  {"id": group.ID + "/" + user.ID, "group_id": group.ID, "user_id": user.ID},
				"kamiwaza_group_members": {"id": group.ID, "group_id": group.ID, "user_ids": []string{user.ID}},
				"kamiwaza_user_groups":   {"id": user.ID, "user_id": user.ID, "group_ids": []string{group.ID}},
			}
			for _, order := range [][]string{
				{"read stays", "plan stays", "read goes", "plan goes"},
				{"read goes", "plan goes", "read stays", "plan stays"},
				{"plan goes", "read goes", "read stays", "plan stays"},
				{"read stays", "read goes", "plan goes", "plan stays"},
				{"read stays", "plan goes", "read goes", "plan stays"},
				{"read goes", "read stays", "plan stays", "plan goes"},
			} {
				for _, deletesFirst := range []bool{true, false} {
					acctest.Must(t, s.API.Users.AddGroup(t.Context(), user.ID, group.ID))
					stays, goes := managed{typeName: kinds[0], state: forms[kinds[0]]}, managed{typeName: kinds[1], state: forms[kinds[1]]}
					config := maps.Clone(stays.state)
					// Each has been read before, and so has a mark of its own.
					refresh(acctest.NewProtocol(t, s), &stays)
					refresh(acctest.NewProtocol(t, s), &goes)

					p := acctest.NewProtocol(t, s)
					var update, removal *tfprotov6.PlanResourceChangeResponse
					for _, step := range order {
						switch step {
						case "read stays":
							refresh(p, &stays)
						case "read goes":
							refresh(p, &goes)
						case "plan stays":
							update = planned(p, stays, stays.state)
						case "plan goes":
							removal = planned(p, goes, nil)
						}
					}
					p = acctest.NewProtocol(t, s) // an apply has a process of its own
					remove := func() { applied(p, goes, encode(p, goes.typeName, nil), nil, removal.PlannedPrivate) }
					if deletesFirst {
						remove()
					}
					if !hasID(p, stays, update.PlannedState) {
						again := planned(p, stays, stays.state)
						if hasID(p, stays, again.PlannedState) {
							t.Fatalf("%v: Terraform would not apply what it has planned as an update", order)
						}
						applied(p, stays, again.PlannedState, config, again.PlannedPrivate)
					}
					if !deletesFirst {
						remove()
					}
					if s.Edges("group_member") != 1 {
						t.Errorf("%v, deletes first: %v: the assignment is gone", order, deletesFirst)
					}
				}
			}

			// Where both go, nothing stays.
			for _, order := range [][]int{{0, 1}, {1, 0}} {
				acctest.Must(t, s.API.Users.AddGroup(t.Context(), user.ID, group.ID))
				both := []managed{{typeName: kinds[0], state: forms[kinds[0]]}, {typeName: kinds[1], state: forms[kinds[1]]}}
				p := acctest.NewProtocol(t, s)
				private := map[int][]byte{}
				for _, i := range order {
					refresh(p, &both[i])
				}
				for _, i := range order {
					resp := planned(p, both[i], nil)
					if warnings := p.Warnings(resp.Diagnostics); len(warnings) > 0 {
						t.Errorf("a destruction of both warns: %q", warnings)
					}
					private[i] = resp.PlannedPrivate
				}
				p = acctest.NewProtocol(t, s)
				for i, m := range both {
					applied(p, m, encode(p, m.typeName, nil), nil, private[i])
				}
				if s.Edges("group_member") != 0 {
					t.Errorf("both went, and the assignment stays")
				}
			}
		})
	}
}
