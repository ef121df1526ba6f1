package directory_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	rbacserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
)

// A name costs no more than the walk to its own kind, and what one lookup has read serves the next.
func TestLookup(t *testing.T) {
	s := start(t, authserver.Config{})
	restart := s.right("restart")
	operator := s.role("operator", restart)
	admins := s.group("admins", operator)
	s.right("unused")
	s.group("empty")
	ada := s.user("ada", admins)
	s.asked()
	for _, test := range []struct {
		noun, name, id string
		asked          []string
	}{
		{"user", "ada", ada.ID, []string{listUsers}},
		{"group", "admins", admins, []string{"GET /auth/groups/" + admins}},
		{"role", "operator", operator, []string{"GET /auth/roles/" + operator}},
		{"right", "restart", restart, []string{"GET /auth/rights/" + restart}},
	} {
		for range 2 {
			lookup, err := s.Lookup(t.Context(), test.noun)
			must(t, err)
			id, err := lookup.ID(test.name)
			must(t, err)
			if id != test.id {
				t.Errorf("the %s %q has the id %s, want %s", test.noun, test.name, id, test.id)
			}
		}
		s.wantAsked(test.asked...)
	}
}

func TestLookup_none(t *testing.T) {
	s := start(t, authserver.Config{API: rbacserver.Behavior{DuplicateNames: true}})
	const composed, decomposed = "Jos\u00e9", "Jose\u0301"
	twins := []string{s.group("twins"), s.group("twins")}
	upper, jose := s.group("Platform"), s.group(composed)
	operator := s.role("operator")
	s.group("unreached", s.role("unreached"))
	s.user("ada", twins[0], twins[1], upper, jose, s.group("admins", operator))
	for _, test := range []struct{ noun, name, want string }{
		{"group", "Board", `none of the 5 groups that can be reached from the users is called "Board". The API lists users alone, so a group without members can ` +
			`be found by its id only, which is in the platform's console`},
		{"group", "unreached", `none of the 5 groups that can be reached from the users is called "unreached"`},
		{"group", "platform", fmt.Sprintf(`no group is called "platform", but there is "Platform" (%s)`, upper)},
		{"group", decomposed, fmt.Sprintf(`%q of the group %s looks the same, but is encoded differently in Unicode: use that group's id`, composed, jose)},
		{"role", "unreached", `the only role that can be reached from the users is not called "unreached". The API lists users alone, so a role that no group with members has`},
		{"right", "restart", `no right can be reached from the users, so "restart" was not found. The API lists users alone, so a right that no user has`},
		{"organization", "acme", `no organization can be reached from the users, so "acme" was not found. The API lists users alone, so an organization without users`},
	} {
		lookup, err := s.Lookup(t.Context(), test.noun)
		must(t, err)
		_, err = lookup.ID(test.name)
		wantError(t, err, client.ErrNotFound)
		if !strings.Contains(err.Error(), test.want) {
			t.Errorf("the %s %q: %s; want %s", test.noun, test.name, err, test.want)
		}
	}
	lookup, err := s.Lookup(t.Context(), "group")
	must(t, err)
	_, err = lookup.ID("twins")
	wantError(t, err, err, client.ErrNotFound)
	ids := lookup.IDs("twins")
	wantText(t, err, fmt.Sprintf(`2 groups are called "twins": %s, %s. Use the id of one of them`, ids[0], ids[1]))
}

// What a server leaves out may be what is looked for.
func TestLookup_silence(t *testing.T) {
	s := start(t, authserver.Config{})
	s.user("ada", s.group("admins", s.role("operator")))
	for noun, fault := range map[string]authserver.Fault{
		"group": {Method: "GET", Route: "/auth/users/", Status: 200, Body: `[{"id": "00000000-0000-4000-8000-000000000001", "username": "ada", "is_active": true}]`},
		"role":  {Method: "GET", Route: "/auth/groups/{group_id}", Status: 200, Body: `{"id": "00000000-0000-4000-8000-000000000001", "name": "admins"}`},
		"right": {Method: "GET", Route: "/auth/roles/{role_id}", Status: 403, Body: `{"detail": "Not permitted"}`},
	} {
		s.server.Inject(fault)
		_, err := directory.New(s.api, directory.Shared).Lookup(t.Context(), noun)
		s.server.ClearFaults()
		if err == nil {
			t.Errorf("%s: the lookup does not fail", noun)
		}
	}
}
