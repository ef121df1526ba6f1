package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// users is not a company as resources but the data sources that read all users of one.
const users shape = "users"

// resourceSizes leaves out those of data sources.
func resourceSizes(sizes []size) []size {
	return slices.DeleteFunc(slices.Clone(sizes), func(s size) bool { return s.Shape == users })
}

// measureUsers plans the data sources over so many users.
func (b bench) measureUsers(ctx context.Context, s size, rounds int, report func(run)) error {
	service, err := startService(b.latency, users)
	if err != nil {
		return err
	}
	defer service.listening.Close()
	service.answerUsers(s.Users)
	module := filepath.Join(b.dir, fmt.Sprintf("users-%d", s.Users))
	if err := os.Mkdir(module, 0o700); err != nil {
		return err
	}
	config, err := modules.ReadFile("modules/users/users.tf")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(module, "users.tf"), config, 0o600); err != nil {
		return err
	}
	for round := range rounds {
		r, err := b.terraform(ctx, module, s, service, plan, shared, round)
		if err != nil {
			return fmt.Errorf("%s of %s: %w", plan, s, err)
		}
		report(r)
	}
	return nil
}

// answerUsers makes the service answer with a company of so many users, because to create them would take much longer than
// to read them.
func (s *service) answerUsers(n int) {
	type object = map[string]any
	id := func(kind, i int) string { return fmt.Sprintf("00000000-0000-4000-8%03d-%012d", kind, i) }
	group, role, right := id(1, 0), id(2, 0), id(3, 0)
	rows := make([]object, n)
	for i, name := range names("user", n) {
		rows[i] = object{
			"id": id(0, i), "username": name, "email": name + "@example.com", "groups": []string{group}, "created_at": "2024-10-03T12:00:00",
		}
	}
	for route, answer := range map[string]any{
		"/auth/users/":          rows,
		"/auth/groups/" + group: object{"id": group, "name": "all", "roles": []string{role}},
		"/auth/roles/" + role:   object{"id": role, "name": "all", "rights": []string{right}},
		"/auth/rights/" + right: object{"id": right, "name": "all"},
	} {
		body, _ := json.Marshal(answer) //nolint:errchkjson // Strings always encode.
		s.server.Inject(authserver.Fault{Method: "GET", Route: route, Status: 200, Body: string(body)})
	}
}

func (r results) usersTable(sizes []size) string {
	var rows [][]string
	for _, s := range sizes {
		if s.Shape != users {
			continue
		}
		runs := r.of(s, plan, shared)
		rows = append(rows, []string{
			fmt.Sprint(s.Users), number("%.1f s", medianOf(runs, seconds)),
			number("%.1f s", medianOf(runs, func(r run) float64 { return r.CPUSeconds })),
			number("%.0f MB", medianOf(runs, megabytes)), r.spread(s, plan, shared),
		})
	}
	if len(rows) == 0 {
		return ""
	}
	return table([]string{"Users", "plan", "the provider's processor time", "its peak memory", "requests"}, rows)
}

// usersMeasured names the versions and the dates, which may be others than those of the resources.
func (r results) usersMeasured() string {
	var texts []string
	for _, run := range r.Runs {
		if text := fmt.Sprintf("version %s on %s", run.Version, run.Date); strings.HasPrefix(run.Size, string(users)) && !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, ", ")
}
