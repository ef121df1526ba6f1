package authserver

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// prefix is the path of the API's base URL.
const prefix = "/api"

// operation is one call of the API.
type operation struct {
	method, route string
	access        access
	handle        func(*input) (any, error)
}

func (s *Server) operations() []operation {
	var (
		organizations = s.organizations()
		groups        = s.groups()
		roles         = s.roles()
		rights        = s.rights()
		userGroups    = s.userGroups()
		groupRoles    = s.groupRoles()
		roleRights    = s.roleRights()
	)
	return []operation{
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
}

// endpoint is what stands at one path.
type endpoint struct {
	route  string // without the prefix; "" if the API has no such path
	answer func(*http.Request) answer
}

// routes builds the API's router. Methods are told apart here, and each path is registered
// with and without its slash, so that ServeMux never answers by itself: its own 404, 405
// and redirects are not FastAPI's.
func (s *Server) routes() *http.ServeMux {
	byRoute := map[string]map[string]operation{}
	for _, op := range s.operations() {
		if byRoute[op.route] == nil {
			byRoute[op.route] = map[string]operation{}
		}
		byRoute[op.route][op.method] = op
	}

	mux := http.NewServeMux()
	register := func(route string, answer func(*http.Request) answer) {
		pattern := prefix + route
		if strings.HasSuffix(pattern, "/") {
			pattern += "{$}"
		}
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			s.serve(w, r, endpoint{route, answer})
		})
	}
	for route, methods := range byRoute {
		register(route, s.byMethod(methods))
		if s.config.Behavior.NoSlashRedirect {
			register(toggleSlash(route), notFound)
		} else {
			register(toggleSlash(route), redirectSlash)
		}
	}

	unknown := func(answer func(*http.Request) answer) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, endpoint{"", answer}) }
	}
	mux.Handle(prefix, unknown(notFound))
	mux.Handle(prefix+"/", unknown(notFound))
	mux.Handle("/", unknown(notTheAPI))
	return mux
}

// checkRoute refuses what is neither a route of the API nor a path of one: a fault there
// would never strike.
func (s *Server) checkRoute(route string) error {
	var routes []string
	for _, op := range s.operations() {
		if route == "" || route == op.route || isPathOf(op.route, route) {
			return nil
		}
		routes = append(routes, op.route)
	}
	slices.Sort(routes)
	return fmt.Errorf("the API has no route %q; its routes are %s", route, strings.Join(slices.Compact(routes), ", "))
}

// isPathOf reports whether path is a route with values in the place of its parameters.
func isPathOf(route, path string) bool {
	parts, values := strings.Split(route, "/"), strings.Split(path, "/")
	return len(parts) == len(values) && !slices.ContainsFunc(parts, func(part string) bool {
		value := values[0]
		values = values[1:]
		if strings.HasPrefix(part, "{") {
			return value == "" || strings.HasPrefix(value, "{")
		}
		return value != part
	})
}

func (s *Server) byMethod(operations map[string]operation) func(*http.Request) answer {
	allow := strings.Join(slices.Sorted(maps.Keys(operations)), ", ")
	return func(r *http.Request) answer {
		op, found := operations[r.Method]
		if !found {
			return refusedWith(http.StatusMethodNotAllowed, "Method Not Allowed", "Allow", allow)
		}
		return s.perform(op, r)
	}
}

// perform checks who asks, and runs the operation.
func (s *Server) perform(op operation, r *http.Request) answer {
	caller, err := s.authorize(r, op.access)
	if err != nil {
		return refused(err)
	}
	value, err := op.handle(&input{Request: r, caller: caller, behavior: s.config.Behavior})
	if err != nil {
		return refused(err)
	}
	return succeeded(value)
}

func notFound(*http.Request) answer {
	return refusedWith(http.StatusNotFound, "Not Found")
}

// notTheAPI is what a client sees whose base URL lacks /api.
func notTheAPI(*http.Request) answer {
	return answer{
		status:      http.StatusNotFound,
		contentType: "text/html; charset=utf-8",
		body:        []byte("<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>\n"),
		why:         "outside " + prefix,
	}
}

// redirectSlash sends the client to the same path with its trailing slash added or removed,
// whatever the method and before any check of credentials, as Starlette does.
func redirectSlash(r *http.Request) answer {
	to := url.URL{Scheme: "http", Host: r.Host, RawQuery: r.URL.RawQuery}
	if r.TLS != nil {
		to.Scheme = "https"
	}
	to.Path, to.RawPath = toggleSlash(r.URL.Path), toggleSlash(r.URL.EscapedPath())
	return answer{
		status: http.StatusTemporaryRedirect,
		header: map[string]string{"Location": to.String()},
	}
}

func toggleSlash(path string) string {
	if trimmed, had := strings.CutSuffix(path, "/"); had {
		return trimmed
	}
	return path + "/"
}
