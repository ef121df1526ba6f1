package assignment_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	rbacserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
)

// Whole sets come with their owners and elements in one apply, shrink, empty and go, and plan nothing more after each
// of these, whichever way the server takes what its documentation leaves open.
func TestAccSets_everyBehavior(t *testing.T) {
	t.Parallel()
	for name, behavior := range map[string]rbacserver.Behavior{
		"defaults": {},
		"null clears, cascades, 400": {
			NullClears: true, DuplicateNames: true, DeleteCascades: true, DeleteDetaches: true,
			AssignTwice: rbacserver.RedundantBadRequest, RemoveUnassigned: rbacserver.RedundantBadRequest,
		},
		"no redirects, 404": {
			NoSlashRedirect: true, Case: rbacserver.CaseFoldStore,
			AssignTwice: rbacserver.RedundantNotFound, RemoveUnassigned: rbacserver.RedundantNotFound,
		},
		"409": {AssignTwice: rbacserver.RedundantConflict, RemoveUnassigned: rbacserver.RedundantConflict},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.Start(t, authserver.Config{API: behavior})
			step := func(edges int) resource.TestStep {
				return resource.TestStep{
					Config: s.Config(fmt.Sprintf(setsOfEachType, edges)),
					ConfigPlanChecks: resource.ConfigPlanChecks{
						PostApplyPreRefresh:  []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
						PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
					},
					Check: func(*terraform.State) error { return expectEdges(s, edges) },
				}
			}
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Factories,
				Steps:                    []resource.TestStep{step(2), step(1), step(0), step(2)},
				CheckDestroy: func(*terraform.State) error {
					data := s.Server.Snapshot()
					if n := len(data.Groups) + len(data.Roles) + len(data.Rights); n != 0 || len(data.Users) != 1 {
						return fmt.Errorf("the server still holds %+v", data)
					}
					return nil
				},
			})
		})
	}
}

// setsOfEachType has as many edges in each set as it is told.
const setsOfEachType = `
locals {
  edges = %d
}
resource "kamiwaza_user" "this" {
  count    = 3
  username = "User${count.index}"
  email    = "user${count.index}@example.com"
  password = "analytical engine"
}
resource "kamiwaza_group" "this" {
  count = 3
  name  = "group${count.index}"
}
resource "kamiwaza_role" "this" {
  count = 2
  name  = "role${count.index}"
}
resource "kamiwaza_right" "this" {
  count = 2
  name  = "right${count.index}"
}
resource "kamiwaza_group_members" "first" {
  group_id = kamiwaza_group.this[0].id
  user_ids = slice(kamiwaza_user.this[*].id, 0, local.edges)
}
resource "kamiwaza_user_groups" "last" {
  user_id   = kamiwaza_user.this[2].id
  group_ids = slice(kamiwaza_group.this[*].id, 1, 1 + local.edges)
}
resource "kamiwaza_group_roles" "first" {
  group_id = kamiwaza_group.this[0].id
  role_ids = slice(kamiwaza_role.this[*].id, 0, local.edges)
}
resource "kamiwaza_role_rights" "first" {
  role_id   = kamiwaza_role.this[0].id
  right_ids = slice(kamiwaza_right.this[*].id, 0, local.edges)
}
`

func expectEdges(s acctest.Service, want int) error {
	data := s.Server.Snapshot()
	ids := map[string]string{}
	for _, group := range data.Groups {
		ids[group.Name] = group.ID
	}
	members := 0
	for _, user := range data.Users {
		if slices.Contains(user.Groups, ids["group0"]) {
			members++
		}
		if (user.Username == "User2" || user.Username == "user2") && len(user.Groups) != want {
			return fmt.Errorf("the last user is in %d groups, want %d", len(user.Groups), want)
		}
	}
	if members != want {
		return fmt.Errorf("the first group has %d members, want %d", members, want)
	}
	for _, group := range data.Groups {
		if group.Name == "group0" && len(group.Roles) != want {
			return fmt.Errorf("the first group has %d roles, want %d", len(group.Roles), want)
		}
	}
	for _, role := range data.Roles {
		if role.Name == "role0" && len(role.Rights) != want {
			return fmt.Errorf("the first role has %d rights, want %d", len(role.Rights), want)
		}
	}
	return nil
}
