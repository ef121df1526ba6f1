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

// routes builds the API's router. Methods are told apart here, and each path is registered
// with and without its slash, so that ServeMux never answers by itself: its own 404, 405
// and redirects are not FastAPI's.
func (s *Server) routes() *http.ServeMux {
	byRoute := map[string]map[string]Operation{}
	for _, op := range s.operations {
		if byRoute[op.Route] == nil {
			byRoute[op.Route] = map[string]Operation{}
		}
		byRoute[op.Route][op.Method] = op
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
		if s.rules.NoSlashRedirect {
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
