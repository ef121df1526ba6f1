package provider_test

import (
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

var authserverDefaults = authserver.Config{}

// objects are one object and one edge of each type, made without Terraform.
type objects struct {
	identities map[string]map[string]string // by type
	names      map[string]string            // by type, for those that have one
}

func seed(t *testing.T, s service) objects {
	t.Helper()
	ctx := t.Context()
	organization, err := s.api.Organizations.Create(ctx, rbac.OrganizationCreate{Name: "acme"})
	must(t, err)
	right, err := s.api.Rights.Create(ctx, rbac.RightCreate{Name: "restart"})
	must(t, err)
	role, err := s.api.Roles.Create(ctx, rbac.RoleCreate{Name: "operator", Rights: []string{right.ID}})
	must(t, err)
	group, err := s.api.Groups.Create(ctx, rbac.GroupCreate{Name: "admins", Roles: []string{role.ID}})
	must(t, err)
	user, err := s.api.Users.Create(ctx, rbac.UserCreate{
		Username: "ada", Email: "ada@example.com", Password: "analytical engine", OrganizationID: organization.ID, Groups: []string{group.ID},
	})
	must(t, err)
	return objects{
		identities: map[string]map[string]string{
			"kamiwaza_organization": {"id": organization.ID},
			"kamiwaza_user":         {"id": user.ID},
			"kamiwaza_group":        {"id": group.ID},
			"kamiwaza_role":         {"id": role.ID},
			"kamiwaza_right":        {"id": right.ID},
			"kamiwaza_group_member": {"group_id": group.ID, "user_id": user.ID},
			"kamiwaza_group_role":   {"group_id": group.ID, "role_id": role.ID},
			"kamiwaza_role_right":   {"role_id": role.ID, "right_id": right.ID},

			"kamiwaza_group_members": {"group_id": group.ID},
			"kamiwaza_user_groups":   {"user_id": user.ID},
			"kamiwaza_group_roles":   {"group_id": group.ID},
			"kamiwaza_role_rights":   {"role_id": role.ID},
		},
		names: map[string]string{
			"kamiwaza_organization": "acme", "kamiwaza_user": "ada", "kamiwaza_group": "admins", "kamiwaza_role": "operator", "kamiwaza_right": "restart",
		},
	}
}

// clear deletes everything but the administrator.
func (s service) clear(t *testing.T) {
	t.Helper()
	data := s.Server.Snapshot()
	for _, user := range data.Users {
		if user.ID != s.Server.AdminID() {
			must(t, s.api.Users.Delete(t.Context(), user.ID))
		}
	}
	for _, group := range data.Groups {
		must(t, s.api.Groups.Delete(t.Context(), group.ID))
	}
	for _, role := range data.Roles {
		must(t, s.api.Roles.Delete(t.Context(), role.ID))
	}
	for _, right := range data.Rights {
		must(t, s.api.Rights.Delete(t.Context(), right.ID))
	}
	for _, organization := range data.Organizations {
		must(t, s.api.Organizations.Delete(t.Context(), organization.ID))
	}
}
