package gateway

import (
	"net/http"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// call is one request of an operation, by a user who may make it.
type call struct {
	*authserver.Input
	caller caller // nobody where anyone may
}

// operation is one call of the API.
type operation struct {
	method, route string
	access        access
	since         Platform // the first release that has it
	status        int      // of a success
	handle        func(*call) (any, error)
}

// catalog are all calls of the newest release.
func (s *service) catalog() []operation {
	return append(s.validations(), []operation{
		{"GET", "/openapi.json", anyone, Platform093, 200, s.openAPI},
		{"GET", "/ping", authenticated, Platform093, 200, s.ping},
		{"GET", "/whoami", authenticated, Platform093, 200, s.whoAmI},
		{"GET", "/config/runtime-posture", authenticated, Platform093, 200, s.posture},

		{"GET", "/auth/", anyone, Platform093, 200, s.root},
		{"GET", "/auth/health", anyone, Platform093, 200, s.health},
		{"GET", "/auth/jwks", anyone, Platform093, 200, s.jwks},
		{"POST", "/auth/token", anyone, Platform093, 200, s.passwordGrant},
		{"POST", "/auth/refresh", anyone, Platform093, 200, s.refresh},
		{"POST", "/auth/logout", anyone, Platform093, 200, s.logout},

		{"GET", "/auth/users/me", authenticated, Platform093, 200, s.currentUser},
		{"POST", "/auth/users/me/password", authenticated, Platform093, 200, s.changePassword},
		{"GET", "/auth/users/me/password-capability", authenticated, Platform12, 200, s.passwordCapability},
		{"POST", "/auth/users/local", admin, Platform093, 201, s.createUser},
		{"GET", "/auth/users/", admin, Platform093, 200, s.listUsers},
		{"GET", "/auth/users/resolve/{identifier}", admin, Platform012, 200, s.resolveUser},
		{"GET", "/auth/users/{user_id}", admin, Platform093, 200, s.getUser},
		{"PUT", "/auth/users/{user_id}", admin, Platform093, 200, s.updateUser},
		{"DELETE", "/auth/users/{user_id}", admin, Platform093, 200, s.deleteUser},
		{"POST", "/auth/users/{user_id}/password", admin, Platform093, 200, s.resetPassword},

		{"POST", "/auth/sessions/purge", admin, Platform093, 200, s.purgeSessions},
		{"DELETE", "/auth/sessions/{session_id}", admin, Platform093, 204, s.revokeSession},

		{"GET", "/auth/pat-config", authenticated, Platform012, 200, s.patConfig},
		{"POST", "/auth/pats", authenticated, Platform093, 200, s.createPAT},
		{"GET", "/auth/pats", authenticated, Platform093, 200, s.listPATs},
		{"DELETE", "/auth/pats/{jti}", authenticated, Platform093, 200, s.revokePAT},

		{"GET", "/auth/idp/providers", admin, Platform093, 200, s.listIDPs},
		{"GET", "/auth/idp/public/providers", anyone, Platform093, 200, s.listPublicIDPs},
		{"POST", "/auth/idp/register", admin, Platform093, 200, s.registerIDP},
		{"PUT", "/auth/idp/{alias}", admin, Platform093, 200, s.replaceIDP},
		{"PATCH", "/auth/idp/{alias}", admin, Platform093, 200, s.toggleIDP},
		{"DELETE", "/auth/idp/{alias}", admin, Platform093, 200, s.deleteIDP},

		{"GET", "/authz/group-mappings", rebacAdmin, Platform12, 200, s.listMappings},
		{"POST", "/authz/group-mappings", rebacAdmin, Platform12, 201, s.createMapping},
		{"GET", "/authz/group-mappings/{mapping_id}", rebacAdmin, Platform12, 200, s.getMapping},
		{"DELETE", "/authz/group-mappings/{mapping_id}", rebacAdmin, Platform12, 204, s.deleteMapping},

		{"GET", "/auth/tuples/", tupleAdmin, Platform093, 200, s.listTuples},
		{"POST", "/auth/tuples", tupleAdmin, Platform093, 204, s.writeTuple},
		{"DELETE", "/auth/tuples", tupleAdmin, Platform093, 204, s.deleteTuple},
		{"DELETE", "/auth/tuples/object", tupleAdmin, Platform093, 204, s.deleteTuplesOfObject},
		{"POST", "/auth/check", rebacUser, Platform093, 200, s.check},

		{"GET", "/authz/resources/{namespace}/grants", rebacUser, Platform12, 200, s.listGrants},
		{"POST", "/authz/resources/{namespace}/grants", rebacUser, Platform12, 201, s.createGrant},
		{"DELETE", "/authz/resources/{namespace}/grants", rebacUser, Platform12, 200, s.deleteGrant},
		{"GET", "/authz/resources/{namespace}/grant-capability", rebacUser, Platform12, 200, s.grantCapability},
		{"GET", "/authz/resources/{namespace}/access", rebacUser, Platform12, 200, s.whoCanAccess},
		{"GET", "/authz/access/resources", rebacUser, Platform12, 200, s.accessibleResources},
		{"GET", "/authz/policy", rebacAdmin, Platform12, 200, s.policy},

		{"GET", "/authz/subjects/{id_or_username}", routeAdmin, Platform102, 200, ofSubject(s.getSubject)},
		{"PUT", "/authz/subjects/{id_or_username}", routeAdmin, Platform102, 200, ofSubject(s.putSubject)},
		{"DELETE", "/authz/subjects/{id_or_username}", routeAdmin, Platform102, 200, ofSubject(s.deleteSubject)},
		{"GET", "/authz/subjects/{id_or_username}/grants", rebacAdmin, Platform102, 200, ofSubject(s.listSubjectGrants)},
		{"POST", "/authz/subjects/{id_or_username}/grants", rebacAdmin, Platform102, 201, ofSubject(s.createSubjectGrant)},
		{"DELETE", "/authz/subjects/{id_or_username}/grants", rebacAdmin, Platform102, 200, ofSubject(s.deleteSubjectGrant)},
		{"GET", "/authz/subjects/by-id", routeAdmin, Platform12, 200, ofSubjectID(s.getSubject)},
		{"PUT", "/authz/subjects/by-id", routeAdmin, Platform12, 200, ofSubjectID(s.putSubject)},
		{"DELETE", "/authz/subjects/by-id", routeAdmin, Platform12, 200, ofSubjectID(s.deleteSubject)},
		{"GET", "/authz/subjects/by-id/grants", rebacAdmin, Platform12, 200, ofSubjectID(s.listSubjectGrants)},
		{"POST", "/authz/subjects/by-id/grants", rebacAdmin, Platform12, 201, ofSubjectID(s.createSubjectGrant)},
		{"DELETE", "/authz/subjects/by-id/grants", rebacAdmin, Platform12, 200, ofSubjectID(s.deleteSubjectGrant)},

		{"GET", "/cluster/attribute-schema", viewer, Platform102, 200, s.listAttributes},
		{"PUT", "/cluster/attribute-schema/{name}", routeAdmin, Platform102, 200, s.declareAttribute},
		{"DELETE", "/cluster/attribute-schema/{name}", routeAdmin, Platform102, 200, s.withdrawAttribute},
		{"POST", "/platform/users/invitations", routeAdmin, Platform12, 201, s.createInvitations},

		{"POST", "/workrooms/", authenticated, Platform012, 201, s.createRoom},
		{"GET", "/workrooms/", authenticated, Platform012, 200, s.listRooms},
		{"GET", "/workrooms/{workroom_id}", authenticated, Platform012, 200, s.getRoom},
		{"PATCH", "/workrooms/{workroom_id}", authenticated, Platform012, 200, s.updateRoom},
		{"DELETE", "/workrooms/{workroom_id}", authenticated, Platform012, 200, s.deleteRoom},
		{"POST", "/workrooms/{workroom_id}/archive", authenticated, Platform012, 200, s.archiveRoom},
		{"POST", "/workrooms/{workroom_id}/restore", authenticated, Platform012, 200, s.restoreRoom},
		{"GET", "/workrooms/{workroom_id}/members", authenticated, Platform012, 200, s.listRoomMembers},
		{"POST", "/workrooms/{workroom_id}/members", authenticated, Platform012, 201, s.addRoomMember},
		{"GET", "/workrooms/{workroom_id}/members/lookup", authenticated, Platform012, 200, s.lookUpUser},
		{"PATCH", "/workrooms/{workroom_id}/members/{member_user_id}", authenticated, Platform012, 200, s.updateRoomMember},
		{"DELETE", "/workrooms/{workroom_id}/members/{member_user_id}", authenticated, Platform012, 200, s.removeRoomMember},
		{"GET", "/workrooms/{workroom_id}/role-history", authenticated, Platform012, 200, s.roleHistory},
		{"POST", "/workrooms/{workroom_id}/ownership/transfer", authenticated, Platform012, 200, s.transferRoom},
		{"GET", "/admin/workrooms/", routeAdmin, Platform012, 200, s.listAllRooms},
		{"DELETE", "/admin/workrooms/{workroom_id}", routeAdmin, Platform012, 200, s.deleteAnyRoom},

		{"GET", "/authz/groups/", rebacAdmin, Platform12, 200, s.listGroups},
		{"POST", "/authz/groups/", rebacAdmin, Platform12, 201, s.createGroup},
		{"GET", "/authz/groups/{group_id}", rebacAdmin, Platform12, 200, s.getGroup},
		{"DELETE", "/authz/groups/{group_id}", rebacAdmin, Platform12, 204, s.deleteGroup},
		{"GET", "/authz/groups/{group_id}/members", rebacAdmin, Platform12, 200, s.listMembers},
		{"POST", "/authz/groups/{group_id}/members", rebacAdmin, Platform12, 204, s.addMember},
		{"DELETE", "/authz/groups/{group_id}/members/{user_id}", rebacAdmin, Platform12, 204, s.removeMember},
	}...)
}

// validations are the calls of reverse proxies, which use the method of the request that they ask about.
func (s *service) validations() []operation {
	var all []operation
	for _, route := range []string{"/auth/validate", "/auth/forward/validate", "/auth/forward/validate/{path}"} {
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
			all = append(all, operation{method, route, authenticated, Platform093, 200, s.validate})
		}
	}
	return all
}

// Operations are the calls that the platform's release has.
func (s *service) Operations() []authserver.Operation {
	var all []authserver.Operation
	for _, op := range s.catalog() {
		if !s.behavior.Platform.since(op.since) {
			continue
		}
		all = append(all, authserver.Operation{Method: op.method, Route: op.route, Status: op.status, Handle: func(in *authserver.Input) (any, error) {
			caller, err := s.authorize(in, op.access)
			if err != nil {
				return nil, err
			}
			if op.access.needsReBAC() && s.behavior.ReBACOff {
				return nil, s.refuse(http.StatusNotFound, "rebac_disabled", "ReBAC is not enabled on this platform")
			}
			return op.handle(&call{in, caller})
		}})
	}
	return all
}
