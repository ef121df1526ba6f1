package directory_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// nobody is n ids of objects that are not there.
func nobody(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("00000000-0000-4000-8000-%012d", i)
	}
	return ids
}

func TestMissing(t *testing.T) {
	s := start(t, authserver.Config{})
	c := s.company()
	none := nobody(1)[0]
	for noun, id := range map[string]string{
		"user": c.ada.ID, "organization": c.organization.ID, "group": c.admins, "role": c.operator, "right": c.restart,
	} {
		missing, err := s.Missing(t.Context(), noun, []string{id, none})
		must(t, err)
		wantText(t, missing, fmt.Sprint([]string{none}))
	}
}

// However many ids there are, a question about them costs a bounded number of requests.
func TestMissing_bounded(t *testing.T) {
	s := start(t, authserver.Config{})
	s.asked()
	missing, err := s.Missing(t.Context(), "group", nobody(300))
	must(t, err)
	if asked := len(s.asked()); asked != 200 || len(missing) != 200 {
		t.Errorf("%d requests found %d ids missing, want 200 of 300", asked, len(missing))
	}
}

// Nearly all users come with the list, so that the bound is on those that are not in it.
func TestMissing_manyUsers(t *testing.T) {
	s := start(t, authserver.Config{})
	var ids []string
	for i := range 250 {
		ids = append(ids, s.user(fmt.Sprintf("user%03d", i)).ID)
	}
	none := nobody(1)[0]
	s.asked()
	missing, err := s.Missing(t.Context(), "user", append(slices.Clone(ids), none))
	must(t, err)
	wantText(t, missing, fmt.Sprint([]string{none}))
	s.wantAsked(listUsers, "GET /auth/users/"+none)
}

// Whoever may not list users may still read them.
func TestMissing_listFails(t *testing.T) {
	s := start(t, authserver.Config{})
	c := s.company()
	s.server.Inject(authserver.Fault{Method: "GET", Route: "/auth/users/", Status: 403})
	none := nobody(3)
	missing, err := s.Missing(t.Context(), "user", append([]string{c.ada.ID, c.grace.ID}, none...))
	must(t, err)
	wantText(t, missing, fmt.Sprint(none))
}
