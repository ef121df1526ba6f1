package provider_test

import (
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// managed is an instance in a state: what Terraform passes from one call to the next.
type managed struct {
	typeName string
	state    map[string]any
	private  []byte
}

func (p protocol) encode(typeName string, given map[string]any) *tfprotov6.DynamicValue {
	p.t.Helper()
	objectType := p.stateType(typeName)
	value := tftypes.NewValue(objectType, nil)
	if given != nil {
		value = p.values(objectType, given)
	}
	encoded, err := tfprotov6.NewDynamicValue(objectType, value)
	must(p.t, err)
	return &encoded
}

func (p protocol) refresh(m *managed) {
	p.t.Helper()
	m.private = p.read(m.typeName, p.encode(m.typeName, m.state), nil, m.private).Private
}

// planned plans an instance, from its state to the wanted one; nil is a destruction.
func (p protocol) planned(m managed, want map[string]any) *tfprotov6.PlanResourceChangeResponse {
	p.t.Helper()
	resp, err := p.server.PlanResourceChange(p.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: m.typeName, PriorState: p.encode(m.typeName, m.state), Config: p.encode(m.typeName, want),
		ProposedNewState: p.encode(m.typeName, want), PriorPrivate: m.private,
	})
	must(p.t, err)
	p.noErrors(resp.Diagnostics)
	return resp
}

func (p protocol) applied(m managed, want *tfprotov6.DynamicValue, config map[string]any, private []byte) {
	p.t.Helper()
	resp, err := p.server.ApplyResourceChange(p.t.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: m.typeName, PriorState: p.encode(m.typeName, m.state), PlannedState: want, Config: p.encode(m.typeName, config), PlannedPrivate: private,
	})
	must(p.t, err)
	p.noErrors(resp.Diagnostics)
}

// hasID tells whether a planned state's id is known, which is all that makes an update of an instance that does not change.
func (p protocol) hasID(m managed, planned *tfprotov6.DynamicValue) bool {
	p.t.Helper()
	value, err := planned.Unmarshal(p.stateType(m.typeName))
	must(p.t, err)
	var attributes map[string]tftypes.Value
	must(p.t, value.As(&attributes))
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
			s := start(t, authserverDefaults)
			group, err := s.api.Groups.Create(t.Context(), rbac.GroupCreate{Name: "ops"})
			must(t, err)
			user, err := s.api.Users.Create(t.Context(), rbac.UserCreate{Username: "ada", Email: "ada@example.com", Password: "analytical engine"})
			must(t, err)
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
					must(t, s.api.Users.AddGroup(t.Context(), user.ID, group.ID))
					stays, goes := managed{typeName: kinds[0], state: forms[kinds[0]]}, managed{typeName: kinds[1], state: forms[kinds[1]]}
					config := maps.Clone(stays.state)
					// Each has been read before, and so has a mark of its own.
					newProtocol(t, s).refresh(&stays)
					newProtocol(t, s).refresh(&goes)

					p := newProtocol(t, s)
					var update, removal *tfprotov6.PlanResourceChangeResponse
					for _, step := range order {
						switch step {
						case "read stays":
							p.refresh(&stays)
						case "read goes":
							p.refresh(&goes)
						case "plan stays":
							update = p.planned(stays, stays.state)
						case "plan goes":
							removal = p.planned(goes, nil)
						}
					}
					p = newProtocol(t, s) // an apply has a process of its own
					remove := func() { p.applied(goes, p.encode(goes.typeName, nil), nil, removal.PlannedPrivate) }
					if deletesFirst {
						remove()
					}
					if !p.hasID(stays, update.PlannedState) {
						again := p.planned(stays, stays.state)
						if p.hasID(stays, again.PlannedState) {
							t.Fatalf("%v: Terraform would not apply what it has planned as an update", order)
						}
						p.applied(stays, again.PlannedState, config, again.PlannedPrivate)
					}
					if !deletesFirst {
						remove()
					}
					if s.edges("group_member") != 1 {
						t.Errorf("%v, deletes first: %v: the assignment is gone", order, deletesFirst)
					}
				}
			}

			// Where both go, nothing stays.
			for _, order := range [][]int{{0, 1}, {1, 0}} {
				must(t, s.api.Users.AddGroup(t.Context(), user.ID, group.ID))
				both := []managed{{typeName: kinds[0], state: forms[kinds[0]]}, {typeName: kinds[1], state: forms[kinds[1]]}}
				p := newProtocol(t, s)
				private := map[int][]byte{}
				for _, i := range order {
					p.refresh(&both[i])
				}
				for _, i := range order {
					resp := p.planned(both[i], nil)
					if warnings := p.warnings(resp.Diagnostics); len(warnings) > 0 {
						t.Errorf("a destruction of both warns: %q", warnings)
					}
					private[i] = resp.PlannedPrivate
				}
				p = newProtocol(t, s)
				for i, m := range both {
					p.applied(m, p.encode(m.typeName, nil), nil, private[i])
				}
				if s.edges("group_member") != 0 {
					t.Errorf("both went, and the assignment stays")
				}
			}
		})
	}
}
