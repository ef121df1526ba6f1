package rbac

import "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"

// call is one request of an operation, by a user who may make it.
type call struct {
	*authserver.Input
	caller User // none where anyone may
}

// operation is one call of the API.
type operation struct {
	method, route string
	access        access
	handle        func(*call) (any, error)
}

// Operations are all calls of the API.
func (s *service) Operations() []authserver.Operation {
	var (
		organizations = s.organizationCalls()
		groups        = s.groupCalls()
		roles         = s.roleCalls()
		rights        = s.rightCalls()
		userGroups    = s.userGroups()
		groupRoles    = s.groupRoles()
		roleRights    = s.roleRights()
	)
	operations := []operation{
		{"POST", "/auth/token", anyone, s.passwordGrant},
		{"POST", "/auth/local-login", anyone, s.localLogin},
		{"GET", "/auth/verify-token", byCookie, s.whoAmI},
		{"GET", "/auth/users/me", byCookie, s.whoAmI},
		{"GET", "/auth/users/me/permissions", byQuery, s.permissions},

		{"POST", "/auth/users/local", superuser, s.createUser},
		{"GET", "/auth/users/", reader, s.listUsers},
		{"GET", "/auth/users/{user_id}", reader, s.getUser},
		{"PUT", "/auth/users/{user_id}", superuser, s.updateUser},
		{"DELETE", "/auth/users/{user_id}", superuser, s.deleteUser},
		{"POST", "/auth/users/{user_id}/groups/{group_id}", superuser, userGroups.assign},
		{"DELETE", "/auth/users/{user_id}/groups/{group_id}", superuser, userGroups.remove},

		{"POST", "/auth/organizations/", superuser, organizations.create},
		{"GET", "/auth/organizations/{org_id}", reader, organizations.get},
		{"PUT", "/auth/organizations/{org_id}", superuser, organizations.update},
		{"DELETE", "/auth/organizations/{org_id}", superuser, organizations.delete},

		{"POST", "/auth/groups/", superuser, groups.create},
		{"GET", "/auth/groups/{group_id}", reader, groups.get},
		{"PUT", "/auth/groups/{group_id}", superuser, groups.update},
		{"DELETE", "/auth/groups/{group_id}", superuser, groups.delete},
		{"POST", "/auth/groups/{group_id}/roles/{role_id}", superuser, groupRoles.assign},
		{"DELETE", "/auth/groups/{group_id}/roles/{role_id}", superuser, groupRoles.remove},

		{"POST", "/auth/roles/", superuser, roles.create},
		{"GET", "/auth/roles/{role_id}", reader, roles.get},
		{"PUT", "/auth/roles/{role_id}", superuser, roles.update},
		{"DELETE", "/auth/roles/{role_id}", superuser, roles.delete},
		{"POST", "/auth/roles/{role_id}/rights/{right_id}", superuser, roleRights.assign},
		{"DELETE", "/auth/roles/{role_id}/rights/{right_id}", superuser, roleRights.remove},

		{"POST", "/auth/rights/", superuser, rights.create},
		{"GET", "/auth/rights/{right_id}", reader, rights.get},
		{"PUT", "/auth/rights/{right_id}", superuser, rights.update},
		{"DELETE", "/auth/rights/{right_id}", superuser, rights.delete},
	}
	all := make([]authserver.Operation, len(operations))
	for i, op := range operations {
		all[i] = authserver.Operation{Method: op.method, Route: op.route, Handle: func(in *authserver.Input) (any, error) {
			caller, err := s.authorize(in, op.access)
			if err != nil {
				return nil, err
			}
			return op.handle(&call{in, caller})
		}}
	}
	return all
}
