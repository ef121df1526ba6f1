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

// endpoint is what stands at one path.
type endpoint struct {
	route  string // without the prefix; "" if the API has no such path
	answer func(*http.Request) answer
}

// mounted is a route of the API, with what answers there.
type mounted struct {
	endpoint
	parts []string
}

// routes builds the API's router. Each route is there with and without its slash.
func (s *Server) routes() []mounted {
	byRoute := map[string]map[string]Operation{}
	var order []string
	for _, op := range s.operations {
		if byRoute[op.Route] == nil {
			byRoute[op.Route] = map[string]Operation{}
			order = append(order, op.Route)
		}
		byRoute[op.Route][op.Method] = op
	}
	var routes []mounted
	mount := func(route, path string, answer func(*http.Request) answer) {
		routes = append(routes, mounted{endpoint{route, answer}, strings.Split(path, "/")})
	}
	for _, route := range order {
		mount(route, route, s.byMethod(byRoute[route]))
	}
	for _, route := range order { // last, as Starlette redirects only where nothing else matches
		if s.rules.NoSlashRedirect {
			mount(toggleSlash(route), toggleSlash(route), notFound)
		} else {
			mount(toggleSlash(route), toggleSlash(route), redirectSlash)
		}
	}
	return routes
}

// route finds what stands at the request's path. If several routes match, the one with the most fixed parts wins, and of
// those the first: http.ServeMux would refuse to hold two such as /users/resolve/{identifier} and /users/{user_id}/password.
func (s *Server) route(r *http.Request) endpoint {
	path, isAPI := strings.CutPrefix(r.URL.EscapedPath(), prefix)
	if !isAPI || path != "" && path[0] != '/' {
		return endpoint{"", notTheAPI}
	}
	values := strings.Split(path, "/")
	for i, value := range values {
		if text, err := url.PathUnescape(value); err == nil {
			values[i] = text
		}
	}
	found := endpoint{"", notFound}
	fewest := len(values) + 1
	for _, m := range s.api {
		if parameters, ok := match(m.parts, values); ok && parameters < fewest {
			found, fewest = m.endpoint, parameters
			for i, part := range m.parts {
				if name, isParameter := parameter(part); isParameter {
					r.SetPathValue(name, values[i])
				}
			}
		}
	}
	return found
}

// match reports whether a path has a route's fixed parts and something in the place of each parameter, and counts those.
func match(parts, values []string) (parameters int, ok bool) {
	if len(parts) != len(values) {
		return 0, false
	}
	for i, part := range parts {
		if _, isParameter := parameter(part); isParameter {
			if values[i] == "" {
				return 0, false
			}
			parameters++
		} else if part != values[i] {
			return 0, false
		}
	}
	return parameters, true
}

// parameter returns the name in a part such as {user_id}.
func parameter(part string) (name string, ok bool) {
	name, ok = strings.CutPrefix(part, "{")
	return strings.TrimSuffix(name, "}"), ok
}

// checkRoute refuses what is neither a route of the API nor a path of one: a fault there
// would never strike.
func (s *Server) checkRoute(route string) error {
	var routes []string
	for _, op := range s.operations {
		if route == "" || route == op.Route || isPathOf(op.Route, route) {
			return nil
		}
		routes = append(routes, op.Route)
	}
	slices.Sort(routes)
	return fmt.Errorf("the API has no route %q; its routes are %s", route, strings.Join(slices.Compact(routes), ", "))
}

// isPathOf reports whether path is a route with values in the place of its parameters.
func isPathOf(route, path string) bool {
	values := strings.Split(path, "/")
	_, ok := match(strings.Split(route, "/"), values)
	return ok && !slices.ContainsFunc(values, func(value string) bool { return strings.HasPrefix(value, "{") })
}

func (s *Server) byMethod(operations map[string]Operation) func(*http.Request) answer {
	allow := strings.Join(slices.Sorted(maps.Keys(operations)), ", ")
	return func(r *http.Request) answer {
		op, found := operations[r.Method]
		if !found {
			return refusedWith(http.StatusMethodNotAllowed, "Method Not Allowed", "Allow", allow)
		}
		return s.perform(op, r)
	}
}

// perform runs the operation.
func (s *Server) perform(op Operation, r *http.Request) answer {
	value, err := op.Handle(&Input{Request: r, rules: s.rules})
	if err != nil {
		return refused(err)
	}
	return succeeded(op.Status, value)
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
