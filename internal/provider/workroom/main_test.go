package workroom_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

func TestMain(m *testing.M) { acctest.Main(m) }

const (
	roomType, memberType, setType = "kamiwaza_workroom", "kamiwaza_workroom_member", "kamiwaza_workroom_members"
	transferType                  = "kamiwaza_transfer_workroom_ownership"
)

// behaviors are the answers that the documentation of the API leaves open, as far as they concern workrooms.
var behaviors = map[string]gateway.Behavior{
	"default": {},
	"refusals": {
		AddTwice: "409", RemoveAbsent: "404", WorkroomProjection: 3, WorkroomAuthority: 2, ErrorObjects: true, NoSlashRedirect: true, TrimText: true,
	},
	"silent":   {AddTwice: "400", RemoveAbsent: "409", MembersAnonymous: true, NoClassification: true, ReBACOff: true},
	"lower":    {Case: authserver.CaseFoldStore, RemoveAbsent: "400", SubjectIDs: gateway.SubjectIDsExternal},
	"database": {Lite: true, AddTwice: "409"},
	"0.12":     {Platform: gateway.Platform012, AddTwice: "400"},
	"1.0.2":    {Platform: gateway.Platform102},
}

// eachBehavior runs a test under all of them, on servers that have the users ada, bela and chen.
func eachBehavior(t *testing.T, test func(t *testing.T, s acctest.Gateway)) {
	t.Helper()
	acctest.EachBehavior(t, behaviors, func(t *testing.T, s acctest.Gateway) {
		t.Helper()
		populate(s)
		test(t, s)
	})
}

// start starts a server that has the users ada, bela and chen.
func start(t *testing.T, behavior gateway.Behavior) acctest.Gateway {
	t.Helper()
	s := acctest.StartGateway(t, authserver.Config{API: behavior})
	populate(s)
	return s
}

func populate(s acctest.Gateway) {
	for _, name := range []string{"ada", "bela", "chen"} {
		s.User(name)
	}
}

// newRoom creates a workroom behind Terraform's back, and returns its id.
func newRoom(s acctest.Gateway, name string) string {
	id := s.Send("POST", "/workrooms/", map[string]any{"name": name, "type": "persistent"}).ID()
	for s.Send("GET", "/workrooms/"+id, nil).Status == 503 { // while its owner is projected
		continue
	}
	return id
}

// join and leave change who is in a workroom behind Terraform's back.
func join(s acctest.Gateway, room, user, role string) {
	s.Send("POST", "/workrooms/"+room+"/members", map[string]any{"email": user + "@example.com", "role": role, "attested": true})
}

func leave(t *testing.T, s acctest.Gateway, room, user string) {
	t.Helper()
	s.Send("DELETE", "/workrooms/"+room+"/members/"+s.SubjectID(t, user), nil).Want(200)
}

// setRole gives a member another role behind Terraform's back.
func setRole(t *testing.T, s acctest.Gateway, room, user, role string) {
	t.Helper()
	s.Send("PATCH", "/workrooms/"+room+"/members/"+s.SubjectID(t, user), map[string]any{"role": role}).Want(200)
}

// transfer makes a member the owner behind Terraform's back. The owner before stays as an editor, or leaves.
func transfer(t *testing.T, s acctest.Gateway, room, user string, keep bool) {
	t.Helper()
	s.Send("POST", "/workrooms/"+room+"/ownership/transfer", map[string]any{"user_id": s.SubjectID(t, user), "keep_previous_owner": keep}).Want(200)
}

// held returns who is in the workrooms that there are, but for their owners, as "lab: ada viewer", in order.
func held(s acctest.Gateway) []string {
	data, names, all := s.Server.Snapshot(), map[string]string{}, []string{}
	for _, user := range data.Users {
		names[user.SubjectID] = user.Username
	}
	for _, room := range data.Workrooms {
		for _, m := range room.Members {
			if room.DeletedAt == nil && m.Active && m.UserID != room.OwnerUserID {
				all = append(all, fmt.Sprintf("%s: %s %s", room.Name, names[m.UserID], m.Role))
			}
		}
	}
	slices.Sort(all)
	return all
}

func wantHeld(s acctest.Gateway, want ...string) resource.TestCheckFunc {
	return acctest.ServiceHas(func() []string { return held(s) }, slices.Sorted(slices.Values(want))...)
}

func checkHeld(t *testing.T, s acctest.Gateway, want ...string) {
	t.Helper()
	acctest.Check(t, wantHeld(s, want...))
}

// roomNamed returns a workroom of the name that is not deleted.
func roomNamed(s acctest.Gateway, name string) (found gateway.WorkroomData, ok bool) {
	for _, room := range s.Server.Snapshot().Workrooms {
		if room.Name == name && room.DeletedAt == nil {
			return room, true
		}
	}
	return gateway.WorkroomData{}, false
}

// room is the configuration of a workroom with more arguments; its name in Terraform is that on the platform.
func room(name, more string) string {
	return fmt.Sprintf(`
resource "kamiwaza_workroom" %q {
  name                = %q
  deletion_protection = false
  %s
}
`, name, name, more)
}

// single is the configuration of one member of a workroom, whose id is an expression or in quotes.
func single(name, room, user, role string) string {
	return fmt.Sprintf(`
resource "kamiwaza_workroom_member" %q {
  workroom_id = %s
  email       = "%s@example.com"
  role        = %q
}
`, name, room, user, role)
}

// set is the configuration of all members of a workroom: more are other arguments, and roles are by user.
func set(name, room, more string, roles map[string]string) string {
	members := ""
	for _, user := range slices.Sorted(maps.Keys(roles)) {
		members += fmt.Sprintf("    \"%s@example.com\" = %q\n", user, roles[user])
	}
	return fmt.Sprintf(`
resource "kamiwaza_workroom_members" %q {
  workroom_id = %s
  %s
  members = {
%s  }
}
`, name, room, more, members)
}

// roles are those of a set's members.
type roles = map[string]string

// lab is the id of the workroom in most configurations.
const lab = "kamiwaza_workroom.lab.id"

// as lets the provider authenticate as another user of the test.
func as(w acctest.Workdir, username string) acctest.Workdir {
	w.Environment = append(slices.Clone(w.Environment), "KAMIWAZA_USERNAME="+username, "KAMIWAZA_PASSWORD="+authservertest.Password)
	return w
}
