package acctest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// SetKind is one type of whole sets, and how to look at and change its edges without Terraform.
type SetKind struct {
	TypeName, Owner, Element string
	// write is the request that changes the set, and one tells whether it changes all at once.
	Write string
	One   bool

	NewOwner, NewElement func(name string) string
	Add, Remove          func(ctx context.Context, owner, element string) error
	Held                 func(owner string) []string
}

// SetKinds are the four types of whole sets, each with objects of its own on the service.
func SetKinds(t *testing.T, s Service) []SetKind {
	t.Helper()
	newUser := func(name string) string {
		user, err := s.API.Users.Create(t.Context(), rbac.UserCreate{Username: name, Email: name + "@example.com", Password: "analytical engine"})
		Must(t, err)
		return user.ID
	}
	newGroup := func(name string) string {
		group, err := s.API.Groups.Create(t.Context(), rbac.GroupCreate{Name: name})
		Must(t, err)
		return group.ID
	}
	newRole := func(name string) string {
		role, err := s.API.Roles.Create(t.Context(), rbac.RoleCreate{Name: name})
		Must(t, err)
		return role.ID
	}
	newRight := func(name string) string {
		right, err := s.API.Rights.Create(t.Context(), rbac.RightCreate{Name: name})
		Must(t, err)
		return right.ID
	}
	return []SetKind{
		{
			TypeName: "group_members", Owner: "group", Element: "user", Write: "POST /auth/users/{user_id}/groups/{group_id}",
			NewOwner: newGroup, NewElement: newUser,
			Add:    func(ctx context.Context, group, user string) error { return s.API.Users.AddGroup(ctx, user, group) },
			Remove: func(ctx context.Context, group, user string) error { return s.API.Users.RemoveGroup(ctx, user, group) },
			Held: func(group string) (members []string) {
				for _, user := range s.Server.Snapshot().Users {
					if slices.Contains(user.Groups, group) {
						members = append(members, user.ID)
					}
				}
				return members
			},
		},
		{
			TypeName: "user_groups", Owner: "user", Element: "group", Write: "PUT /auth/users/{user_id}", One: true,
			NewOwner: newUser, NewElement: newGroup, Add: s.API.Users.AddGroup, Remove: s.API.Users.RemoveGroup,
			Held: func(owner string) []string {
				for _, user := range s.Server.Snapshot().Users {
					if user.ID == owner {
						return user.Groups
					}
				}
				return nil
			},
		},
		{
			TypeName: "group_roles", Owner: "group", Element: "role", Write: "PUT /auth/groups/{group_id}", One: true,
			NewOwner: newGroup, NewElement: newRole, Add: s.API.Groups.AddRole, Remove: s.API.Groups.RemoveRole,
			Held: func(owner string) []string {
				for _, group := range s.Server.Snapshot().Groups {
					if group.ID == owner {
						return group.Roles
					}
				}
				return nil
			},
		},
		{
			TypeName: "role_rights", Owner: "role", Element: "right", Write: "PUT /auth/roles/{role_id}", One: true,
			NewOwner: newRole, NewElement: newRight, Add: s.API.Roles.AddRight, Remove: s.API.Roles.RemoveRight,
			Held: func(owner string) []string {
				for _, role := range s.Server.Snapshot().Roles {
					if role.ID == owner {
						return role.Rights
					}
				}
				return nil
			},
		},
	}
}

// Address is that of the resource in Config.
func (k SetKind) Address() string { return "kamiwaza_" + k.TypeName + ".test" }

// Config is a configuration with one set: the owner's id and the elements' are expressions.
func (k SetKind) Config(s Service, owner string, elements ...string) string {
	return s.Config(k.Resource(owner, elements...))
}

// Resource is the same without the provider.
func (k SetKind) Resource(owner string, elements ...string) string {
	list := ""
	if len(elements) > 0 {
		list = `"` + strings.Join(elements, `", "`) + `"`
	}
	return fmt.Sprintf("resource \"kamiwaza_%s\" \"test\" {\n  %s_id  = %q\n  %s_ids = [%s]\n}\n", k.TypeName, k.Owner, owner, k.Element, list)
}

// ExpectHeld checks what the service holds.
func (k SetKind) ExpectHeld(owner string, want ...string) resource.TestCheckFunc {
	return func(*terraform.State) error {
		got, wanted := slices.Sorted(slices.Values(k.Held(owner))), slices.Sorted(slices.Values(want))
		switch {
		case slices.Equal(got, wanted):
			return nil
		case len(wanted) > 10:
			return fmt.Errorf("the server holds %d elements that are not the %d wanted", len(got), len(wanted))
		}
		return fmt.Errorf("the server holds %v, want %v", got, wanted)
	}
}

// ExpectState checks the elements in the state.
func (k SetKind) ExpectState(elements ...string) statecheck.StateCheck {
	checks := make([]knownvalue.Check, len(elements))
	for i, element := range elements {
		checks[i] = knownvalue.StringExact(element)
	}
	return statecheck.ExpectKnownValue(k.Address(), tfjsonpath.New(k.Element+"_ids"), knownvalue.SetExact(checks))
}

// Plans checks what the plan does with the set.
func (k SetKind) Plans(action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{
		PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(k.Address(), action)},
		PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
	}
}

// EachSetKind runs a test for each type of sets with a server of its own.
func EachSetKind(t *testing.T, config authserver.Config, test func(t *testing.T, s Service, k SetKind)) {
	t.Helper()
	for i, typeName := range []string{"group_members", "user_groups", "group_roles", "role_rights"} {
		t.Run(typeName, func(t *testing.T) {
			t.Parallel()
			s := Start(t, config)
			test(t, s, SetKinds(t, s)[i])
		})
	}
}

// Fields is a configuration of a whole set.
func (k SetKind) Fields(owner string, elements ...string) Fields {
	ids := make([]any, len(elements))
	for i, element := range elements {
		ids[i] = element
	}
	return Fields{k.Owner + "_id": owner, k.Element + "_ids": ids}
}
